"""What no order of work can cost less than: a linear relaxation, so that a gap can be printed."""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

from vmo_helpers.forecasts.sequence import ANYWHERE, Floats, Ints, Work

MOST_STARTS = 50_000
"""Weeks in which an item could start, over all items. So many take some seconds; with more nothing is solved,
which is said."""


def bound(work: Work) -> float:
    """No plan costs less: the relaxation of starts by week, without the needs. Source: Sousa and Wolsey 1992.

    Where all lengths are whole weeks an item holds its place for each of them; else one that starts within a
    week counts as from its beginning, and holds its place from the next week on. NaN where it was not solved,
    or would have more than ``MOST_STARTS``.
    """
    places, _ = work.places
    ready = np.zeros(len(work)) if work.ready is None else work.ready
    whole = all(bool((one % 1 == 0).all()) for one in (work.weeks, places, ready))
    last = max(places.max(initial=0.0), ready.max(initial=0.0)) + work.weeks.sum()
    if not last < MOST_STARTS:
        return float("nan")
    horizon = int(np.ceil(last)) + 1
    first = np.floor(np.maximum(ready, [_soonest(work, one) for one in range(len(work))])).astype(np.int64)
    if float((horizon - first).sum(dtype=np.float64)) > MOST_STARTS:
        return float("nan")
    item = np.repeat(np.arange(len(work)), horizon - first)
    start = np.concatenate([np.arange(one, horizon) for one in first])
    ends = np.maximum(start, ready[item]) + work.weeks[item]
    price = [float(work.cost(ends[one : one + 1], item[one : one + 1])) for one in range(len(item))]
    each_once = sparse.csr_array((np.ones(len(item)), (item, np.arange(len(item)))))
    held, free = _places_held(work, item, start, horizon, 0 if whole else 1)
    told = optimize.linprog(
        price, A_ub=held, b_ub=free, A_eq=each_once, b_eq=np.ones(len(work)), method="highs"
    )
    return float(told.fun) if told.status == 0 else float("nan")


def _places_held(
    work: Work, item: Ints, start: Ints, horizon: int, late: int
) -> tuple[sparse.csr_array, Floats]:
    """By stream and week, which starts hold a place, and how many there are; one more block for all streams
    where items may run anywhere."""
    places, of = work.places
    until = np.minimum(horizon, np.ceil(start + work.weeks[item]).astype(np.int64))
    count = np.maximum(0, until - start - late)
    column = np.repeat(np.arange(len(item)), count)
    week = np.arange(len(column)) - np.repeat(np.cumsum(count) - count, count) + start[column] + late
    stream = work.stream[item][column]
    blocks = [(stream == k, places[of == k]) for k in range(len(work.free))]
    if ANYWHERE in work.stream:
        blocks.append((np.ones(len(column), dtype=bool), places))
    rows = np.concatenate([week[mine] + k * horizon for k, (mine, _) in enumerate(blocks)])
    columns = np.concatenate([column[mine] for mine, _ in blocks])
    shape = (len(blocks) * horizon, len(item))
    held = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    weeks = np.arange(horizon)
    free = [(np.floor(usable)[:, None] <= weeks).sum(axis=0) for _, usable in blocks]
    return held, np.concatenate(free).astype(np.float64)


def _soonest(work: Work, item: int) -> float:
    """When the first place that an item may take gets free."""
    places, of = work.places
    mine = places if work.stream[item] == ANYWHERE else places[of == work.stream[item]]
    return float(mine.min())
