"""The line of a figure's past in its tile: an inline SVG of a few hundred bytes, with the months at both ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from vmo_helpers import palette, wording

WIDTH, HEIGHT, INSET = 176, 40, 5
_TONES = {"bad": palette.ALARM, "good": palette.ACCENT}


def sparkline(trend: Mapping[str, Any], tone: str) -> dict[str, str] | None:
    """SVG, and the first and last month in words; None for fewer than two points, which are no line.

    Points stand at their days, not at even steps: a gap in the past is a gap in the line's pace.
    """
    days: Sequence[str] = trend["days"]
    values: Sequence[float] = trend["values"]
    if len(values) < 2:
        return None
    places = [dt.date.fromisoformat(day).toordinal() for day in days]
    across = _scaled(places, INSET, WIDTH - INSET)
    up = _scaled(values, HEIGHT - INSET, INSET)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
    colour = _TONES.get(tone, palette.GREY)
    svg = (
        f'<svg class="spark" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        f'<polyline points="{line}" fill="none" stroke="{palette.GREY}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>'
        f'<circle cx="{across[-1]:.1f}" cy="{up[-1]:.1f}" r="4.5" fill="{colour}"/></svg>'
    )
    return {"svg": svg, "from": wording.month(days[0], short=True), "to": wording.month(days[-1], short=True)}


def _scaled(values: Sequence[float], low: float, high: float) -> list[float]:
    least, most = min(values), max(values)
    if most == least:
        return [(low + high) / 2 for _ in values]
    return [low + (value - least) / (most - least) * (high - low) for value in values]
