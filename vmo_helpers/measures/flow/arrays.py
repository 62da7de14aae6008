"""Frames at the face, codes and sorted arrays inside: the bridge between the two.

Instants are microseconds since 1970 (UTC) as int64; ``NEVER`` stands for one that has not come. Texts are
codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.lookup import Codes

NEVER = np.iinfo(np.int64).max
_NAT = np.iinfo(np.int64).min
_BLOCK = 1 << 16

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Small = npt.NDArray[np.int8]


def micros(column: pd.Series) -> Ints:
    """An instant column as microseconds; missing becomes ``NEVER``.

    The unit is stated, for pandas keeps s, ms or us.
    """
    values: Ints = np.asarray(column.dt.as_unit("us").array.asi8)
    return np.where(values == _NAT, NEVER, values)


def micro(stamp: pd.Timestamp) -> int:
    """One instant as microseconds."""
    return int(stamp.to_datetime64().astype("datetime64[us]").astype(np.int64))


def instants(values: Ints) -> pd.arrays.DatetimeArray:
    """Microseconds as a UTC column; ``NEVER`` becomes missing."""
    naive = np.where(values == NEVER, _NAT, values).view("datetime64[us]")
    return pd.DatetimeIndex(naive).tz_localize("UTC").array


def texts(numbers: Ints, names: list[str]) -> Any:
    """Codes as a text column; −1 becomes missing."""
    return pd.array(names, dtype="str").take(numbers, allow_fill=True)


def file_rows(table: pd.DataFrame) -> Codes:
    """The row in the file of each row of a table.

    A range that is asked for its values keeps them for good, so it is not asked.
    """
    index = table.index
    return (
        np.arange(index.start, index.stop, index.step, dtype=np.int32)
        if isinstance(index, pd.RangeIndex)
        else index.to_numpy(np.int32)
    )


def picked(
    frame: pd.DataFrame, rows: pd.Series, columns: Sequence[str], by: Ints | Floats | None = None
) -> pd.DataFrame:
    """The rows with a true flag, of these columns alone; where ``by`` is given, in its rising order.

    ``frame.loc[rows, columns]`` would copy all columns on the way.
    """
    place = np.flatnonzero(rows.to_numpy(dtype=bool))
    if by is not None:
        place = place[np.argsort(by[place], kind="stable")]
    return pd.DataFrame(
        {name: frame[name].array.take(place) for name in columns}, index=frame.index[place], copy=False
    )


def grouped_order(item: Codes, at: Ints, count: int, seq: Callable[[], Floats] | None = None) -> Ints | None:
    """Rows ordered by item, time, seq, row; None when each item's rows already stand together in that order.

    Rows with the same time are ordered by ``seq`` where given, else by row; it is asked for when there are
    such rows.
    """
    if len(item) < 2:
        return None
    same = item[1:] == item[:-1]
    seen = np.zeros(count, dtype=bool)
    seen[item] = True
    grouped = 1 + int(np.count_nonzero(~same)) == int(np.count_nonzero(seen))
    if (
        grouped
        and not (same & (at[1:] < at[:-1])).any()
        and (seq is None or not (same & (at[1:] == at[:-1])).any())
    ):
        return None
    turn = np.full(len(item), np.nan) if seq is None else seq()
    if grouped and not _disorder(same, at, turn).any():
        return None
    order = _stable(item)
    item, at, turn = item[order], at[order], turn[order]
    wrong = _disorder(item[1:] == item[:-1], at, turn)
    if wrong.any():
        troubled = np.zeros(count, dtype=bool)
        troubled[item[1:][wrong]] = True
        rows = np.flatnonzero(troubled[item])
        order[rows] = order[rows][np.lexsort((turn[rows], at[rows], item[rows]))]
    return order


def _disorder(same: Flags, at: Ints, seq: Floats) -> Flags:
    tied = at[1:] == at[:-1]
    later = (seq[1:] < seq[:-1]) | (np.isnan(seq[:-1]) & ~np.isnan(seq[1:]))
    wrong: Flags = same & ((at[1:] < at[:-1]) | (tied & later))
    return wrong


def _stable(item: Codes) -> Ints:
    """A stable order by code: two passes of 16 bits, for which numpy sorts by counting."""
    first = np.argsort((item & 0xFFFF).astype(np.uint16), kind="stable")
    high = (item >> 16).astype(np.uint16)
    return first if not high.any() else first[np.argsort(high[first], kind="stable")]


def in_blocks(size: int) -> Iterator[slice]:
    """So many rows in slices short enough that what is computed on the way fits the processor's cache."""
    return (slice(begin, begin + _BLOCK) for begin in range(0, size, _BLOCK))


def day_ticks(first: int, last: int, timezone: str, as_of: int) -> Ints:
    """The instant at which each local day is looked at: its last microsecond, at the latest as-of."""
    from vmo_helpers.portfolio.calendar import day_starts

    return np.minimum(day_starts(first, last, timezone)[1:] - 1, as_of)


def standing(start: Ints, end: Ints, group: Codes, groups: int, ticks: Ints) -> Ints:
    """``counts[tick, group]``: intervals [start, end) that hold each tick."""
    size = len(ticks) + 1
    change = np.zeros(groups * size, dtype=np.int64)
    for part in in_blocks(len(start)):
        touching = np.flatnonzero((end[part] > ticks[0]) & (start[part] <= ticks[-1]))
        of_group = group[part][touching].astype(np.int64) * size
        change += np.bincount(of_group + tick_of(start[part][touching], ticks), minlength=len(change))
        change -= np.bincount(of_group + tick_of(end[part][touching], ticks), minlength=len(change))
    counts: Ints = np.cumsum(change.reshape(groups, size), axis=1)[:, :-1].T
    return counts


def tick_of(when: Ints, ticks: Ints) -> Ints:
    """The place of the first tick at or after each instant, as ``searchsorted`` finds it.

    Ticks are days or weeks of a zone, nearly even: a division guesses the place, and one step either way
    mends it.
    """
    if len(ticks) < 3 or len(when) < 1000:
        return np.searchsorted(ticks, when, side="left").astype(np.int64)
    step = float(np.median(np.diff(ticks)))
    guess: Ints = np.clip(np.ceil((when - ticks[0]) / step), 0, len(ticks)).astype(np.int64)
    low, high = np.concatenate([[_NAT], ticks]), np.concatenate([ticks, [NEVER]])
    guess += high[guess] < when
    guess -= low[guess] >= when
    if ((low[guess] < when) & (when <= high[guess])).all():
        return guess
    return np.searchsorted(ticks, when, side="left").astype(np.int64)
