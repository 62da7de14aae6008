"""What hangs on work below the review level counts for its ancestor there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from vmo_helpers.measures import outcomes
from vmo_helpers.measures.flow.arrays import Floats, Ints
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes.goalposts import DECIDED_WITHIN_DAYS
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.hierarchy import Tree
from vmo_helpers.vocabulary import SpendKind


@dataclass(frozen=True)
class Bearers:
    """For each work item of any level the place in ``log.work`` of itself or its nearest ancestor there."""

    tree: Tree
    place: Ints  # −1 without such an ancestor

    @classmethod
    def of(cls, portfolio: Portfolio, log: FlowLog) -> Self:
        """Raises ValueError when parents run in a circle."""
        work = portfolio.work_items
        tree = Tree.of(work["item_id"], work["parent_id"], what="item")
        at = tree.place(log.work["item_id"])
        listed = np.zeros(len(work), dtype=bool)
        listed[at] = True
        own = np.full(len(work) + 1, -1)
        own[at] = np.arange(log.items)
        return cls(tree, own[tree.reached(listed)])

    def __call__(self, item_ids: pd.Series) -> Ints:
        """The place of each item's bearer; −1 where it has none."""
        found: Ints = np.append(self.place, -1)[self.tree.place(item_ids)]
        return found


def at_level(portfolio: Portfolio, log: FlowLog) -> Portfolio:
    """The portfolio with the benefits of lower items on their ancestor of the review level."""
    benefits = portfolio.benefits
    place = Bearers.of(portfolio, log)(benefits["item_id"])
    lifted = pd.Series(
        log.work["item_id"].array.take(place, allow_fill=True), index=benefits.index, dtype="str"
    )
    moved = benefits.assign(item_id=lifted.where(lifted.notna(), benefits["item_id"]))
    return replace(portfolio, tables={**portfolio.tables, "benefits": moved})


def inside(
    portfolio: Portfolio,
    log: FlowLog,
    *,
    attainment_line: float,
    decided_within_days: float = DECIDED_WITHIN_DAYS,
) -> outcomes.Inside:
    """The tests of ``outcomes.read`` with those of lower items, which count for their ancestor."""
    lines = {"attainment_line": attainment_line, "decided_within_days": decided_within_days}
    return outcomes.read(at_level(portfolio, log), log, **lines)


def spent(portfolio: Portfolio, log: FlowLog, bearers: Bearers) -> Floats:
    """Actual spend of each item of the review level and what lies below it, life to date.

    NaN where nothing was ever booked there: not known, and not nothing.
    """
    spend = portfolio.spend
    actual = spend[spend["kind"].eq(SpendKind.ACTUAL)]
    return summed(bearers(actual["item_id"]), actual["amount"].to_numpy(dtype=np.float64), log.items)


def summed(place: Ints, amount: Floats, size: int) -> Floats:
    """The sum of amounts by place (−1: none); NaN where a place has no amount that is known."""
    known = (place >= 0) & ~np.isnan(amount)
    total = np.bincount(place[known], amount[known], minlength=size)
    count = np.bincount(place[known], minlength=size)
    sums: Floats = np.where(count > 0, total, np.nan)
    return sums
