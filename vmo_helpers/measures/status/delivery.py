"""Delivery facts: end and spend against the first plan; what shrank; how good the estimates were."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, Flags, Ints, micros, texts
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import local_days
from vmo_helpers.vocabulary import Outside, SpendKind

COLOURS = (
    str(Outside.GREEN),
    str(Outside.AMBER),
    str(Outside.RED),
)  # by the number of facts that speak against it
SHRANK_BY = ("cost", "scope", "cost and scope")
_NO_MONTH = np.iinfo(np.int64).max


class Tolerances(Protocol):
    """The thresholds of delivery."""

    @property
    def delivery_late_days(self) -> float: ...
    @property
    def delivery_cost_share(self) -> float: ...
    @property
    def shrunk_cost_share(self) -> float: ...
    @property
    def shrunk_scope_share(self) -> float: ...


def delivery(portfolio: Portfolio, log: FlowLog, limits: Tolerances) -> pd.DataFrame:
    """One row an item of the review level: its delivery against its first plan.

    Index: its row in ``work_items``.

    Delivery fails by its end when that lies over delivery_late_days after the first planned end. It fails by
    its cost when the spend is over delivery_cost_share of the first planned cost. Green fails by none, amber
    by one, red by both. A spend or cost that is not known does not speak. Without a planned end there is no
    plan, and delivery is missing.

    Shrunk: delivered, and spend under shrunk_cost_share of the first planned cost, or scope under
    shrunk_scope_share. The cost speaks only where the bookings can be complete. They can where they begin in
    or before the month of the start, or are one booking in the month of the end or later.

    Columns
        item_id: key of the item
        delivered: delivered_at is known, or it is finished
        first_planned_end: of its first plan
        first_planned_cost (portfolio's currency): of its first plan
        first_scope_planned: of its first plan
        days_late (days): local day of delivered_at, else of as-of, − first planned end; negative: ahead
        spend (portfolio's currency): actual, its own and its descendants'; missing without a booking
        cost_ratio: spend ÷ first planned cost
        scope_ratio: scope_delivered ÷ first scope planned, of delivered items
        delivery: green, amber or red; missing without a plan
        bookings: months with a booking
        bookings_complete: they can be complete
        shrunk: by cost or by scope
        shrunk_by: cost, scope, or cost and scope
        shrinkage (share 0–1): how far, by the larger of the two; missing where neither is known
    """
    zone = portfolio.settings.timezone
    work = log.work
    end_day = _days(_first(portfolio, work, "planned_end"))
    cost, scope = (
        _first(portfolio, work, name).to_numpy(dtype=np.float64) for name in ("planned_cost", "scope_planned")
    )
    delivered_at = micros(work["delivered_at"])
    ended = np.minimum(delivered_at, log.lives.finished)
    delivered = ended < NEVER
    over_at = np.minimum(delivered_at, log.now)
    days_late = np.where(
        end_day == NEVER, np.nan, local_days(over_at, zone) - np.where(end_day == NEVER, 0, end_day)
    )
    money = bookings(portfolio, log)
    spend = money["spend"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        cost_ratio = np.where(cost > 0, spend / cost, np.nan)
        scope_ratio = np.where(
            delivered & (scope > 0), work["scope_delivered"].to_numpy(dtype=np.float64) / scope, np.nan
        )
    against = (days_late > limits.delivery_late_days).astype(np.int64) + (
        cost_ratio > limits.delivery_cost_share
    )
    complete = _complete(money, log, ended, zone)
    by_cost = delivered & complete & (cost_ratio < limits.shrunk_cost_share)
    by_scope = scope_ratio < limits.shrunk_scope_share
    left_out = np.stack([np.where(delivered & complete, 1 - cost_ratio, np.nan), 1 - scope_ratio])
    known = ~np.isnan(left_out).all(axis=0)
    shrinkage = np.where(known, np.clip(np.fmax(left_out[0], left_out[1]), 0, 1), np.nan)
    return pd.DataFrame(
        {
            "item_id": work["item_id"],
            "delivered": delivered,
            "first_planned_end": np.where(
                end_day == NEVER, np.datetime64("NaT"), end_day.astype("datetime64[D]")
            ).astype("datetime64[us]"),
            "first_planned_cost": cost,
            "first_scope_planned": scope,
            "days_late": days_late,
            "spend": spend,
            "cost_ratio": cost_ratio,
            "scope_ratio": scope_ratio,
            "delivery": texts(np.where(end_day == NEVER, -1, against), list(COLOURS)),
            "bookings": money["months"].to_numpy(),
            "bookings_complete": complete,
            "shrunk": by_cost | by_scope,
            "shrunk_by": texts(
                np.select([by_cost & by_scope, by_scope, by_cost], [2, 1, 0], -1), list(SHRANK_BY)
            ),
            "shrinkage": shrinkage,
        },
        index=work.index,
    )


def bookings(portfolio: Portfolio, log: FlowLog) -> pd.DataFrame:
    """One row an item of the review level: spend, months, first_month.

    spend is actual, its own and its descendants', missing without any. months counts those with a booking.
    first_month is in months since 1970, a large number without any.
    """
    table = portfolio.spend
    table = table[table["kind"].eq(SpendKind.ACTUAL) & table["item_id"].notna()]
    everyone = portfolio.work_items
    nested = everyone["parent_id"].notna().any()
    parent = places(everyone["parent_id"], everyone["item_id"]) if nested else np.full(len(everyone), -1)
    at_level = log.work.index.get_indexer(everyone.index)
    here = places(table["item_id"], everyone["item_id"])
    amount = table["amount"].to_numpy(dtype=np.float64)
    month = table["period"].to_numpy().astype("datetime64[M]").astype(np.int64)
    owners: list[Ints] = []
    rows: list[Ints] = []
    row = np.flatnonzero(here >= 0)
    here = here[row]
    while len(row):  # once a level of the hierarchy; the data are free of cycles when they are read
        counts = at_level[here] >= 0
        owners.append(at_level[here[counts]])
        rows.append(row[counts])
        here = parent[here]
        row, here = row[here >= 0], here[here >= 0]
    owner = np.concatenate(owners) if owners else np.zeros(0, dtype=np.int64)
    row = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    size = log.items
    some = np.bincount(owner, minlength=size) > 0
    first = np.full(size, _NO_MONTH)
    np.minimum.at(first, owner, month[row])
    order = np.lexsort((month[row], owner))
    who, when = owner[order], month[row][order]
    new = (
        np.r_[True, (who[1:] != who[:-1]) | (when[1:] != when[:-1])] if len(who) else np.zeros(0, dtype=bool)
    )
    return pd.DataFrame(
        {
            "spend": np.where(some, np.bincount(owner, amount[row], size), np.nan),
            "months": np.bincount(who[new], minlength=size),
            "first_month": first,
        },
        index=log.work.index,
    )


def estimate_accuracy(portfolio: Portfolio, log: FlowLog, facts: pd.DataFrame) -> pd.DataFrame:
    """One row a delivered (or finished) item with a plan: how good the estimates were.

    It says nothing of success. Index: its row in ``work_items``.

    Columns
        item_id, title, value_stream_id: the item
        days_late (days): local day of delivery, else of the finish, − first planned end; negative: ahead
        cost_ratio: spend ÷ first planned cost
        days_late_today, cost_ratio_today: the same against today's plan
        scope_ratio: scope_delivered ÷ first scope planned
    """
    work = log.work
    ended = np.minimum(micros(work["delivered_at"]), log.lives.finished)
    ended = np.where(micros(work["delivered_at"]) < NEVER, micros(work["delivered_at"]), ended)
    known = ended < NEVER
    day = np.where(known, local_days(np.where(known, ended, 0), portfolio.settings.timezone), 0)

    def late(planned: pd.Series) -> Any:
        plan = _days(planned)
        return np.where(known & (plan < NEVER), day - np.where(plan < NEVER, plan, 0), np.nan)

    cost = work["planned_cost"]
    frame = pd.DataFrame(
        {
            "item_id": work["item_id"],
            "title": work["title"],
            "value_stream_id": work["value_stream_id"],
            "days_late": late(facts["first_planned_end"]),
            "cost_ratio": facts["cost_ratio"],
            "days_late_today": late(work["planned_end"]),
            "cost_ratio_today": facts["spend"] / cost.where(cost > 0),
            "scope_ratio": facts["scope_ratio"],
        },
        index=work.index,
    )
    measured = frame[["days_late", "cost_ratio", "scope_ratio"]].notna().any(axis=1)
    return frame[known & measured]


def _first(portfolio: Portfolio, work: pd.DataFrame, column: str) -> pd.Series:
    """The first plan of the items; where nothing ever changed it is today's."""
    if not portfolio.has("plan_changes"):
        return work[column]
    return portfolio.first_plan(column).reindex(work.index)


def _days(values: pd.Series) -> Ints:
    return np.where(values.isna(), NEVER, values.to_numpy().astype("datetime64[D]").astype(np.int64))


def _complete(money: pd.DataFrame, log: FlowLog, ended: Ints, zone: str) -> Flags:
    """Whether the bookings can be all of them: they begin with the work, or are one that closes it."""
    first, months = money["first_month"].to_numpy(), money["months"].to_numpy()
    begun, over = _months(log.lives.started, zone), _months(ended, zone)
    from_the_start = (begun < _NO_MONTH) & (first <= begun)
    closing = (months == 1) & (over < _NO_MONTH) & (first >= over)
    complete: Flags = (months > 0) & (from_the_start | closing)
    return complete


def _months(at: Ints, zone: str) -> Ints:
    known = at < NEVER
    months = np.full(len(at), _NO_MONTH)
    months[known] = (
        local_days(at[known], zone).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )
    return months
