"""The line of a figure's past in its tile: an inline SVG of a few hundred bytes, with the months at both
ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from markupsafe import escape

from vmo_helpers.review.pages import markup, variance
from vmo_helpers.review.pages.names import way_to
from vmo_helpers.style import palette, wording

WIDTH, HEIGHT, INSET = 176, 40, 5
ROOM = 18
FEW = 26
"""Up to so many points each one is marked: they are reviews, and the last but one is the last time."""
_TONES = {"bad": palette.ALARM, "good": palette.ACCENT}


def tiles(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tiles with the line of their past drawn."""
    return [{**tile, "line": _line(tile)} for tile in entries]


def sparkline(trend: Mapping[str, Any], tone: str) -> dict[str, str] | None:
    """SVG, and the first and last month in words; None for fewer than two points, which are no line.

    Points stand at their days, not at even steps: a gap in the past is a gap in the line's pace. ``wanted``
    of the trend, where there is one, is a dashed line at the value to reach; ``turn`` is written at its
    point, for which the drawing gets a line of room above.
    """
    days: Sequence[str] = trend["days"]
    values: Sequence[float] = trend["values"]
    if len(values) < 2:
        return None
    wanted = trend.get("wanted")
    places = [dt.date.fromisoformat(day).toordinal() for day in days]
    across = _scaled(places, places, INSET, WIDTH - INSET)
    span = [*values, wanted] if wanted is not None else values
    up = _scaled(values, span, HEIGHT - INSET, INSET)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
    goal = ""
    if wanted is not None:
        y = _scaled([wanted], span, HEIGHT - INSET, INSET)[0]
        goal = (
            f'<path d="M{INSET} {y:.1f}H{WIDTH - INSET}" stroke="{palette.MUTED}" stroke-width="1" '
            'stroke-dasharray="4 4"/>'
        )
    dots = ""
    if len(values) <= FEW:
        outline = f' stroke="{palette.GREY}" stroke-width="1.5"'
        dots = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3.5 if last else 2.2}" '
            f'fill="{palette.PAPER if last else palette.GREY}"'
            f"{outline if last else ''}/>"
            for x, y, last in zip(across[:-1], up[:-1], [*[False] * (len(up) - 2), True], strict=True)
        )
    room, told = (0, "") if "turn" not in trend else (ROOM, _turn(trend["turn"], across, up))
    svg = (
        f'<svg class="spark" width="{WIDTH}" height="{HEIGHT + room}" '
        f'viewBox="0 {-room} {WIDTH} {HEIGHT + room}" '
        f'aria-hidden="true" focusable="false">{goal}'
        f'<polyline points="{line}" fill="none" stroke="{palette.GREY}" stroke-width="2" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        f'{dots}<circle cx="{across[-1]:.1f}" cy="{up[-1]:.1f}" r="4.5" '
        f'fill="{_TONES.get(tone, palette.GREY)}"/>{told}</svg>'
    )
    return {"svg": svg, "from": wording.month(days[0], short=True), "to": wording.month(days[-1], short=True)}


def lined(table: Mapping[str, Any] | None, pages: Collection[str | None]) -> dict[str, Any] | None:
    """A slide's table with the past and the changes in its cells drawn, the past also said for who cannot see
    it; links that lead to none of ``pages`` are text."""
    if table is None:
        return None
    end = variance.scale(table["rows"])
    return {**table, "rows": [[_drawn(cell, pages, end) for cell in row] for row in table["rows"]]}


def _drawn(cell: Any, pages: Collection[str | None], end: float) -> Any:
    if not isinstance(cell, Mapping):
        return cell
    if "bar" in cell:
        share, tone = cell["bar"], cell["tone"]
        return {**cell, "drawn": "" if share is None else markup.inline_svg(variance.bar(share, tone, end))}
    if "deck" in cell:
        way = way_to(cell["deck"], cell["slide"], pages)
        return {**cell, "href": way} if way else cell["text"]
    if "trend" not in cell:
        return cell
    drawn = sparkline(cell["trend"], "")
    if drawn is None:
        return cell
    first, last = (wording.number(cell["trend"]["values"][place]) for place in (0, -1))
    return {
        "svg": markup.inline_svg(drawn["svg"]),
        "said": f"from {first} in {drawn['from']} to {last} in {drawn['to']}",
    }


def _line(tile: Mapping[str, Any]) -> dict[str, Any] | None:
    if not tile.get("trend"):
        return None
    drawn = sparkline(tile["trend"], (tile["change"] or {}).get("tone", ""))
    return None if drawn is None else {**drawn, "svg": markup.inline_svg(drawn["svg"])}


def _turn(turn: Mapping[str, Any], across: Sequence[float], up: Sequence[float]) -> str:
    """Where the line turned, in words over it, joined to its point."""
    x, y = across[turn["place"]], up[turn["place"]]
    anchor = "start" if x < WIDTH / 3 else "end" if x > 2 * WIDTH / 3 else "middle"
    return (
        f'<path d="M{x:.1f} {-2}V{y - 4:.1f}" stroke="{palette.GREY}" stroke-width="1"/>'
        f'<text x="{x:.1f}" y="-5" font-size="12" fill="{palette.MUTED}" text-anchor="{anchor}">'
        f"{escape(turn['words'])}</text>"
    )


def _scaled(values: Sequence[float], span: Sequence[float], low: float, high: float) -> list[float]:
    least, most = min(span), max(span)
    if most == least:
        return [(low + high) / 2 for _ in values]
    return [low + (value - least) / (most - least) * (high - low) for value in values]
