"""A figure as a dot on its column's scale, which is the same in each row: an inline SVG."""

from __future__ import annotations

from vmo_helpers.review.across.beside import Mark

WIDTH, HEIGHT, INSET = 120, 16, 6


def strip(mark: Mark, end: float, tone: str) -> str:
    """The scale from zero to ``end``, the range as a bar, the review before hollow, now as a dot in the
    change's ``tone``. Colours are the page's, so that they hold in the dark."""
    middle = HEIGHT / 2

    def at(value: float) -> float:
        share = min(max(value / end, 0.0), 1.0) if end else 0.0
        return INSET + share * (WIDTH - 2 * INSET)

    drawn = f'<path class="rail" d="M{INSET} {middle}H{WIDTH - INSET}M{INSET} {middle - 4}v8"/>'
    if mark.low is not None and mark.high is not None and mark.high > mark.low:
        drawn += f'<path class="range" d="M{at(mark.low):.1f} {middle}H{at(mark.high):.1f}"/>'
    if mark.before is not None:
        drawn += f'<circle class="before" cx="{at(mark.before):.1f}" cy="{middle}" r="3.5"/>'
    drawn += f'<circle class="now {tone}" cx="{at(mark.now):.1f}" cy="{middle}" r="4.5"/>'
    return (
        f'<svg class="strip" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-hidden="true" focusable="false">{drawn}</svg>'
    )
