"""Which plan a benefit is measured by: the first one, unless a decision was recorded for the change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, instants, micros
from vmo_helpers.measures.outcomes.plan import DAY, Bools, Ints
from vmo_helpers.portfolio import Portfolio

DECIDED_WITHIN_DAYS = 31.0  # before or after the change: the longest month
PLANNED = ("baseline", "target", "delta_type", "due", "lag_days")
_NO = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Goalposts:
    """One entry a benefit, with the index of ``benefits``.

    ``plan``: the columns ``PLANNED`` as the benefit is measured. ``moved_at``: the first change that nobody
    decided and that today's plan still shows. ``replanned_at``: the newest change that a decision stands
    behind. Microseconds, ``NEVER`` where there is none.
    """

    plan: pd.DataFrame
    moved_at: Ints
    replanned_at: Ints


def goalposts(portfolio: Portfolio, *, within_days: float = DECIDED_WITHIN_DAYS) -> Goalposts:
    """The plan that each benefit is measured by.

    The first plan is what stood when the item was first baselined (``baselined_at``), at the latest when it
    was delivered. Without a baseline it is the oldest value known. A change since then counts only with a
    decision on the item within so many days before or after it. Then the plan after that change holds. Column
    by column: a decision on a new date leaves a target that moved a year before where it was.
    """
    benefits = portfolio.benefits
    moved, replanned = np.full(len(benefits), NEVER), np.full(len(benefits), _NO)
    plan: dict[str, Any] = {name: benefits[name] for name in PLANNED}
    changes = portfolio.plan_changes
    changes = changes[changes["table"].eq("benefits") & changes["column"].isin(PLANNED)]
    row = places(changes["key"], benefits["benefit_id"])
    changes, row = changes[row >= 0], row[row >= 0]
    at = micros(changes["changed_at"])
    decided = _decided(portfolio, benefits["item_id"].array.take(row), at, within_days)
    drafted = _drafted(portfolio)
    for column in PLANNED:
        mine = changes["column"].eq(column).to_numpy(dtype=bool)
        if not mine.any():
            continue
        settled = np.full(len(benefits), _NO)
        np.maximum.at(settled, row[mine & decided], at[mine & decided])
        since = np.maximum(settled, drafted)
        stamps = pd.Series(instants(np.where(since == _NO, NEVER, since)), index=benefits.index)
        first, today = portfolio.first_plan(column, "benefits", stamps), benefits[column]
        differs = ~(first.eq(today) | (first.isna() & today.isna())).to_numpy(dtype=bool)
        loose = mine & (at > since[row]) & differs[row]
        np.minimum.at(moved, row[loose], at[loose])
        replanned = np.where(settled > drafted, np.maximum(replanned, settled), replanned)
        plan[column] = first
    return Goalposts(
        pd.DataFrame(plan, index=benefits.index), moved, np.where(replanned == _NO, NEVER, replanned)
    )


def _drafted(portfolio: Portfolio) -> Ints:
    """Until when what changed was a draft.

    That is the first baseline of the item, or its delivery where that came sooner.
    """
    work = portfolio.work_items
    baselined = micros(portfolio.first_plan("baselined_at"))
    until = np.where(baselined == NEVER, _NO, np.minimum(baselined, micros(work["delivered_at"])))
    drafted: Ints = np.append(until, _NO)[places(portfolio.benefits["item_id"], work["item_id"])]
    return drafted


def _decided(portfolio: Portfolio, item_id: Any, at: Ints, within_days: float) -> Bools:
    """Which changes have a decision on their item, taken within so many days."""
    decisions = portfolio.decisions
    decisions = decisions[decisions["decided_at"].notna() & decisions["item_id"].notna()]
    found = np.zeros(len(at), dtype=bool)
    if len(decisions) == 0 or len(at) == 0:
        return found
    change = pd.DataFrame({"item_id": item_id, "change": np.arange(len(at)), "at": at})
    pairs = change.merge(
        pd.DataFrame({"item_id": decisions["item_id"], "decided": micros(decisions["decided_at"])}),
        on="item_id",
    )
    near = (pairs["decided"] - pairs["at"]).abs() <= within_days * DAY
    found[pairs.loc[near, "change"].to_numpy(dtype=np.int64)] = True
    return found
