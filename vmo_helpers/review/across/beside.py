"""The leading figures of all portfolios side by side: what may be compared on one scale, and why not where it
may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vmo_helpers import decks
from vmo_helpers.results.change import Change, moved_since
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.review.across.left import Left, number, text
from vmo_helpers.review.across.reporting import is_late
from vmo_helpers.style import wording

_A_WEEK = 7
JUDGED_BY = {
    "watermelon.count": ("attainment_line", "watermelon_red_p", "watermelon_watch_p", "decided_within_days")
}
"""The thresholds that decide what a figure counts: it is compared where these are the same."""


@dataclass(frozen=True)
class Mark:
    """Where a figure stands on its column's scale: now, in the review before, and its range; None: not
    known. A count that is part of another stands at its share of it."""

    now: float
    before: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Cell:
    """A figure of one portfolio in words. ``why``: why it is unknown, or not compared; then it has no
    mark."""

    value: str
    n: str
    change: Change | None
    why: str
    mark: Mark | None


@dataclass(frozen=True)
class Column:
    """One figure over all portfolios, in their order. ``end``: where its scale ends, from zero; ``ends``: in
    words."""

    key: str
    label: str
    note: str
    end: float
    ends: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """The figures of the portfolios ``lefts``; ``apart``: why none of a portfolio's figures is compared, ""
    where they are."""

    lefts: tuple[Left, ...]
    apart: tuple[str, ...]
    columns: tuple[Column, ...]


def beside(lefts: Sequence[Left]) -> Table:
    """The figures of the executive page's tiles, one column each; a figure that no review has is none."""
    level, days = most([_level(left) for left in lefts]), most([left.window_days for left in lefts])
    newest = max((left.day for left in lefts), default=date.min)
    apart = tuple(_apart(left, level, days, newest) for left in lefts)
    keys = [key for key in decks.tiles() if any(key in left.figures for left in lefts)]
    return Table(tuple(lefts), apart, tuple(_column(key, lefts, apart) for key in keys))


def _column(key: str, lefts: Sequence[Left], apart: Sequence[str]) -> Column:
    unit = most([left.figures[key]["unit"] for left in lefts if key in left.figures])
    limits = most([_limits(key, left) for left in lefts])
    cells = tuple(
        _cell(key, left, _otherwise(key, left, unit, limits), compared=not why)
        for left, why in zip(lefts, apart, strict=True)
    )
    reached = [
        end
        for cell in cells
        if cell.mark is not None
        for end in (cell.mark.now, cell.mark.before, cell.mark.high)
        if end is not None
    ]
    row, end = headline_of(key), max([0.0, *reached])
    scale = "share" if row.of else unit
    return Column(key, row.label, row.note, end, f"0 to {wording.quantity(end, scale)}" if end else "", cells)


def _cell(key: str, left: Left, otherwise: str, *, compared: bool) -> Cell:
    entry = left.figures.get(key)
    if entry is None:
        return Cell(wording.UNKNOWN, "", None, "its deck is not in this review", None)
    value, unit = number(entry["value"]), str(entry["unit"])
    n = f"n {wording.number(count)}" if (count := number(entry.get("n"))) is not None else ""
    if value is None:
        return Cell(wording.UNKNOWN, n, None, wording.clipped(text(entry.get("why")), 120), None)
    words, whole = wording.quantity(value, unit, left.currency), _whole(key, left)
    if whole is not None:
        words = f"{words} of {wording.number(whole)}"
    mark = _mark(key, left) if compared and not otherwise else None
    return Cell(words, n, moved_since(key, entry, left.currency), otherwise, mark)


def _apart(left: Left, level: str, days: int | None, newest: date) -> str:
    """Why a portfolio is not compared with most others; "" where it is."""
    if is_late(left, newest):
        return "of another day"
    if _level(left) != level:
        return f"counts {_level(left)}, most others {level}"
    own = left.window_days
    if own is not None and days is not None and abs(own - days) > _A_WEEK:
        return f"over {wording.counted(own, 'day')}, most others over {wording.number(days)}"
    return ""


def _otherwise(key: str, left: Left, unit: str, limits: Hashable) -> str:
    """Why one figure is not compared with that of most others; "" where it is."""
    own = left.figures.get(key, {}).get("unit", unit)
    if own != unit:
        return f"not compared: in {_words(own)}, most others in {_words(unit)}"
    if _limits(key, left) != limits:
        return "not compared: judged by other thresholds than most others"
    return ""


def _mark(key: str, left: Left) -> Mark | None:
    """The place on the scale; None for what has none: a part of nothing, or less than nothing."""
    entry, whole = left.figures[key], 1.0
    if headline_of(key).of is not None:
        whole = _whole(key, left) or 0.0
    now, low, high = (number(entry.get(name)) for name in ("value", "low", "high"))
    before = None if entry.get("no_comparison") else _before(key, left)
    if now is None or whole <= 0 or now < 0:
        return None
    return Mark(now / whole, before, low and low / whole, high and high / whole)


def _before(key: str, left: Left) -> float | None:
    entry, of = left.figures[key], headline_of(key).of
    before = number(entry.get("previous"))
    if before is None or of is None:
        return before
    whole = number(left.figures.get(of, {}).get("previous"))
    return before / whole if whole else None


def _whole(key: str, left: Left) -> float | None:
    of = headline_of(key).of
    return number(left.figures.get(of, {}).get("value")) if of else None


def _limits(key: str, left: Left) -> Hashable:
    return tuple(left.limits.get(name) for name in JUDGED_BY.get(key, ()))


def most(values: Sequence[Any]) -> Any:
    """The commonest, the first of several; None of none."""
    return Counter(values).most_common(1)[0][0] if values else None


def _words(unit: str) -> str:
    return unit.replace("_", " ")


def _level(left: Left) -> str:
    return wording.plural(left.level) if left.level else "items of a level that it does not name"
