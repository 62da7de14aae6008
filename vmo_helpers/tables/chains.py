"""Moves of one instant follow the chain that their from_state tells, whatever the order of the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.lookup import codes, grouped, places
from vmo_helpers.tables.inspection import Draft

Ints = npt.NDArray[np.int64]
LONGEST = 50  # moves of one instant; what moves more often at once is an import, not a way


def in_chains(moves: Draft) -> None:
    """Fills ``seq`` of moves of one item and instant that have none, where each names its from_state and one
    way through them exists that the rows do not stand in.

    A list that is written newest first, or in no order, is thereby read as it happened. Where no such way
    exists (or the rows stand in one) the order of the rows holds.
    """
    if not len(moves) or not {"item_id", "at", "from_state", "to_state"} <= moves.given:
        return
    rows = _tied(moves.frame)
    if not len(rows):
        return
    frame = moves.frame.iloc[rows]
    item, _ = codes(frame["item_id"])
    at = frame["at"].to_numpy(dtype="datetime64[us]").view(np.int64)
    seq = frame["seq"].to_numpy(dtype=np.float64)
    order = np.lexsort((seq, at, item))
    same_item = item[order][1:] == item[order][:-1]
    tied = same_item & (at[order][1:] == at[order][:-1])
    if not tied.any():
        return
    target, names = codes(frame["to_state"])
    origin = _coded(frame["from_state"], names)
    loose = np.isnan(seq) & (item >= 0) & (origin >= 0) & (target >= 0) & frame["at"].notna().to_numpy()
    first = np.flatnonzero(np.r_[True, ~tied])
    size = np.diff(np.r_[first, len(order)])
    f, t = origin[order], target[order].astype(np.int64)
    breaks = np.r_[False, same_item & (f[1:] != t[:-1])]
    broken = np.add.reduceat(breaks, first) > 0
    open_to = np.logical_and.reduceat(loose[order], first)
    fresh = seq.copy()
    for group in np.flatnonzero((size > 1) & (size <= LONGEST) & broken & open_to):
        start, stop = first[group], first[group] + size[group]
        before = int(t[start - 1]) if start and same_item[start - 1] else None
        way = _way(f[start:stop].tolist(), t[start:stop].tolist(), before)
        if way is not None:
            mine = order[start:stop]
            fresh[mine[way]] = np.arange(1.0, size[group] + 1)
            t[start:stop] = t[start:stop][way]  # the next instant goes on from where this one ended
    if not np.array_equal(fresh, seq, equal_nan=True):
        whole = moves.frame["seq"].to_numpy(dtype=np.float64).copy()
        whole[rows] = fresh
        moves.frame = moves.frame.assign(seq=whole)


def _tied(frame: pd.DataFrame) -> Ints:
    """The rows of items that may have two moves of one instant: of a log that comes in order those that have,
    else every row."""
    item, _ = codes(frame["item_id"])
    at = frame["at"].to_numpy(dtype="datetime64[us]").view(np.int64)
    same = item[1:] == item[:-1]
    if not bool(((at[1:] >= at[:-1]) | ~same).all()) or not grouped(item, same):
        return np.arange(len(frame))
    twice = np.zeros(int(item.max()) + 2, dtype=bool)
    twice[item[1:][same & (at[1:] == at[:-1])]] = True  # a move without an item (−1) has the last place
    return np.flatnonzero(twice[item])


def _coded(states: pd.Series, names: list[str]) -> Ints:
    """Each from_state as a number of the to_states, one beyond them where it is never entered; −1 where
    missing."""
    place = places(states, pd.Series(names, dtype="str"))
    number = codes(states)[0].astype(np.int64)
    return np.where(number < 0, -1, np.where(place >= 0, place, len(names) + number))


def _way(origin: Sequence[int], target: Sequence[int], before: int | None) -> list[int] | None:
    """An order of the moves in which each begins where the one before ended; None where there is none, or
    where the moves do not say with which to begin."""
    enter, leave = Counter(target), Counter(origin)
    starts = [state for state in leave if leave[state] - enter[state] == 1]
    if len(starts) == 1:
        start = starts[0]
    elif not starts and before is not None and before in leave:
        start = before
    else:
        return None
    waiting: dict[int, list[int]] = {}
    for move in range(len(origin) - 1, -1, -1):  # the upper row first, where two lead on
        waiting.setdefault(origin[move], []).append(move)
    trail: list[int] = []
    stack: list[tuple[int, int]] = [(start, -1)]
    while stack:  # Hierholzer 1873
        state, by = stack[-1]
        if waiting.get(state):
            move = waiting[state].pop()
            stack.append((target[move], move))
        else:
            stack.pop()
            if by >= 0:
                trail.append(by)
    trail.reverse()
    whole = len(trail) == len(origin) and all(target[a] == origin[b] for a, b in pairwise(trail))
    return trail if whole else None
