"""The bar of a change in a table's cell: an inline SVG, all bars of a table on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vmo_helpers.style import palette

WIDTH, HEIGHT = 120, 12
BEYOND = 0.5
"""A change of more than so much of the other value is drawn broken."""
LEAST = 0.05
"""Where all changes are smaller, the scale still ends here: small changes look small."""
_FILLS = {"bad": palette.ALARM, "good": palette.ACCENT}


def scale(rows: Iterable[Sequence[Any]]) -> float:
    """The change at which bars end: the largest of a table, within ``LEAST`` and ``BEYOND``."""
    drawn = (cell.get("bar") for row in rows for cell in row if isinstance(cell, Mapping))
    shares: list[float] = [abs(share) for share in drawn if share is not None]
    return min(max([LEAST, *shares]), BEYOND)


def bar(share: float, tone: str, end: float) -> str:
    """A bar from the middle, to the right where the figure rose; two gaps near its end where it goes beyond
    ``end``."""
    middle = WIDTH / 2
    length = min(abs(share) / end, 1.0) * (middle - 2)
    left = middle if share > 0 else middle - length
    broken = abs(share) > end * 1.0001
    way = 1 if share > 0 else -1
    gaps = "".join(
        f'<path d="M{x - 2:.1f} {HEIGHT}l4 -{HEIGHT}" stroke="{palette.PAPER}" stroke-width="1.5"/>'
        for x in ((middle + way * (length - 9), middle + way * (length - 13)) if broken else ())
    )
    return (
        f'<svg class="bar" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-hidden="true" focusable="false"><path d="M{middle} 0V{HEIGHT}" stroke="{palette.GREY}"/>'
        f'<rect x="{left:.1f}" y="2" width="{length:.1f}" height="{HEIGHT - 4}" '
        f'fill="{_FILLS.get(tone, palette.GREY)}"/>{gaps}</svg>'
    )
