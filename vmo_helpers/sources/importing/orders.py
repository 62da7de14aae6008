"""Whether days or months come first in the dates of a sheet where no cell with a number over 12 tells, and
which cells stay doubtful."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.contract.problems import counted
from vmo_helpers.sources.importing import readings

_SLASHED = re.compile(r"^\s*(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d{2})(?=$|[ T,])")
_AT = Column("when", Kind.INSTANT)
ENOUGH = 3
"""So many cells must lie outside all other dates in one order, and in the other not, to tell which it is."""
SURE = 5
"""A column with so many dates that can be read in one way tells which others lie beyond them."""


@dataclass(frozen=True)
class Guess:
    """``order``: the one taken, for ``why``; ``count``: cells that it decides and none of
    which is doubtful. ``told``: cells of this sheet
    tell it, so that no single cell is doubtful."""

    order: str
    why: str
    count: int
    told: bool


def guess(columns: Sequence[Sequence[Any]]) -> Guess:
    """The order in which fewer dates of a row go back; else in which fewer lie outside the other dates of
    their column; else days first. ``columns``: those of dates, a cell a row."""
    back = {one: readings.backward(columns, one) for one in readings.ORDERS}
    beyond = {one: sum(_outside(values, one) for values in columns) for one in readings.ORDERS}
    count = sum(two_ways(value) for values in columns for value in values)
    for found, least, what in ((back, 1, "go back"), (beyond, ENOUGH, "lie outside all others")):
        best = min(found, key=found.__getitem__)
        worse = max(found.values()) - found[best]
        if worse >= least:
            return Guess(best, f"for otherwise {counted(worse, 'date')} more would {what}", count, True)
    count -= sum(len(doubtful(values, readings.DAY_FIRST)) for values in columns)
    return Guess(readings.DAY_FIRST, "for no cell tells", count, False)


def two_ways(value: Any) -> bool:
    """Whether a cell is another day with the month first."""
    found = _SLASHED.match(value) if isinstance(value, str) else None
    return (
        found is not None and int(found[1]) <= 12 and int(found[2]) <= 12 and int(found[1]) != int(found[2])
    )


def doubtful(values: Sequence[Any], order: str) -> Mapping[int, str]:
    """Place → why, of the cells of a column that this order puts behind every date of it that can be read in
    one way, and the other order does not. Nothing where fewer than ``SURE`` can, or more cells cannot."""
    sure, mine = _sure(values), _read(values, order)
    places = [place for place, value in enumerate(values) if two_ways(value)]
    if len(sure) < max(SURE, len(places)):
        return {}
    other = _read(values, next(one for one in readings.ORDERS if one != order))
    return {
        place: f"may be {mine[place]} or {other[place]}, no cell tells which, and the one lies behind every "
        "other date of its column"
        for place in places
        if (mine[place] or "") > sure[-1] >= (other[place] or "")
    }


def _outside(values: Sequence[Any], order: str) -> int:
    sure, found = _sure(values), _read(values, order)
    there = [found[place] for place, value in enumerate(values) if two_ways(value)]
    return sum(not sure[0] <= (one or "") <= sure[-1] for one in there) if len(sure) >= SURE else 0


def _sure(values: Sequence[Any]) -> list[str]:
    """The dates that can be read in one way, in order."""
    plain = [None if two_ways(value) else value for value in values]
    return sorted(one for one in _read(plain, readings.DAY_FIRST) if one)


def _read(values: Sequence[Any], order: str) -> list[str | None]:
    return readings.read(values, _AT, readings.Reading(order)).values
