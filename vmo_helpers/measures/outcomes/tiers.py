"""From tests to items: Simes' combination and Benjamini and Hochberg's false discovery rate.

Every instant at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from vmo_helpers.measures.outcomes.attainment import SMALLEST_PLAN, Exposed
from vmo_helpers.measures.outcomes.plan import Bools, Floats, Ints, Plans, planned_share

States = NDArray[np.int8]


class State(IntEnum):
    """What a test can say at an instant, in the order of the rule: the first that holds."""

    NOT_ASSESSABLE = 0
    NOT_YET_DUE = 1
    TOO_LITTLE_DATA = 2
    TESTED = 3


@dataclass(frozen=True)
class Readings:
    """Tests × instants: the state of each, what it says, and where in ``Exposed`` it was read.

    ``p`` and ``under`` (the chance that attainment lies under the line) are NaN unless tested; −1 is read
    nowhere.
    """

    state: States
    p: Floats
    under: Floats
    read_at: Ints


def readings(exposed: Exposed, plans: Plans, assessable: Bools, as_of: Ints) -> Readings:
    """What every test says as of every instant (ascending), from the observations up to and including it.

    A metric that stood at its target before any effect cannot be tested: not assessable.
    """
    tests, instants = len(assessable), len(as_of)
    column = np.searchsorted(as_of, exposed.at)  # the first instant that knows the observation
    seen = column < instants
    read_at = np.full((tests, instants), -1, dtype=np.int64)
    # later observations of one cell come later in the arrays, and the last assignment holds
    read_at[exposed.test[seen], column[seen]] = np.flatnonzero(seen)
    np.maximum.accumulate(read_at, axis=1, out=read_at)
    some = read_at >= 0
    count = np.where(some, exposed.ordinal[read_at], 0) if len(exposed.ordinal) else np.zeros_like(read_at)
    nowhere = np.full(read_at.shape, np.nan)
    p = np.where(some, exposed.p[read_at], np.nan) if len(exposed.p) else nowhere
    under = np.where(some, exposed.under[read_at], np.nan) if len(exposed.p) else nowhere
    everyone = np.repeat(np.arange(tests), instants)
    share = planned_share(plans, everyone, np.tile(as_of, tests)).reshape(tests, instants)
    ahead = plans.due_at[:, None] > as_of[None, :]
    few = count < exposed.needed[:, None]
    lost = ~few & np.isnan(p)
    state = np.select(
        [~assessable[:, None] | lost, (share < SMALLEST_PLAN) | (ahead & few), few],
        [State.NOT_ASSESSABLE, State.NOT_YET_DUE, State.TOO_LITTLE_DATA],
        State.TESTED,
    ).astype(np.int8)
    tested = state == State.TESTED
    return Readings(state, np.where(tested, p, np.nan), np.where(tested, under, np.nan), read_at)


def simes(p: Floats, group: Ints, groups: int) -> Floats:
    """Simes' combined p per group and column: the smallest of k · p₍ᵢ₎ ÷ i over its k p-values.

    NaN without any. ``p`` has one row a member and one column an instant; ``group`` is the group of each row.
    Simes, Biometrika 73 (1986).
    """
    combined = np.full((groups, p.shape[1]), np.nan)
    order = np.argsort(group, kind="stable")
    size = np.bincount(group, minlength=groups)
    first = np.cumsum(size) - size
    for members in np.unique(size[size > 0]):  # groups of one size stand in one block, without padding
        mine = np.flatnonzero(size == members)
        block = p[order[first[mine][:, None] + np.arange(members)]]
        if members > 1:
            block = np.sort(block, axis=1)  # NaN last
            known = np.sum(~np.isnan(block), axis=1, keepdims=True)
            block = np.fmin.reduce(block * known / np.arange(1, members + 1)[:, None], axis=1, keepdims=True)
        combined[mine] = block[:, 0]
    return combined


def discoveries(p: Floats, rate: float) -> Bools:
    """True where a p-value is rejected by Benjamini and Hochberg at a false discovery rate, column by column.

    NaN is not tested and does not count. J. R. Statist. Soc. B 57 (1995).
    """
    ordered = np.sort(p, axis=0)  # NaN last
    tested = np.sum(~np.isnan(ordered), axis=0)
    rank = np.arange(1, len(p) + 1)[:, None]
    passes = ordered <= rank * rate / np.maximum(tested, 1)[None, :]
    largest = np.max(np.where(passes, ordered, -1.0), axis=0, initial=-1.0)
    rejected: Bools = p <= largest[None, :]
    return rejected


def tiers(p: Floats, *, red_p: float, watch_p: float, rate: float, firm: Floats | None = None) -> States:
    """Items × instants one month apart: 0 none, 1 watch, 2 red, 3 board (the places of ``vocabulary.Tier``).

    Board: red, and a discovery in this month and in the one before; the first column has no month before.
    ``firm``: the p-values without readings that rest on an assumed ramp, by which discoveries are made; none
    given: ``p``.
    """
    found = discoveries(p if firm is None else firm, rate)
    with np.errstate(invalid="ignore"):
        red, watch = p < red_p, p < watch_p
    board = red & found
    board[:, 1:] &= found[:, :-1]
    board[:, :1] = False
    return (watch.astype(np.int8) + red + board).astype(np.int8)
