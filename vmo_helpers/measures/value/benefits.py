"""Each benefit in money: what was planned by now, what was realised, and how likely the rest is missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import among, codes, places
from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints, instants, micros, texts
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes.inside import day_ends
from vmo_helpers.measures.outcomes.plan import DAY, Plans, planned_days, planned_share
from vmo_helpers.measures.outcomes.schedule import schedule, starts
from vmo_helpers.measures.value.level import Bearers
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.streams import stream_of
from vmo_helpers.vocabulary import BenefitState, Inside, ValueBasis

YEAR = 365.25  # days
FEWEST_TESTED = 5  # tests under which a base rate says nothing
TESTED, ASSUMED = "tested", "assumed"
STATES = [str(state) for state in BenefitState]
PLANNED = ("planned_value", "target", "baseline", "due", "lag_days")


def benefits(portfolio: Portfolio, log: FlowLog, tested: pd.DataFrame) -> pd.DataFrame:
    """One row a benefit of an item of the review level, or of one below it, as of the log's day.

    Index: its row in ``benefits``. ``tested`` is the frame of ``outcomes.tests`` of ``value.inside``. Money
    is the part that the benefit's share claims. A plan starts with the delivery, else the finish, else the
    planned end; the first plan with the first planned end. Without a lag or a due day there is none.

    Columns
        benefit_id, metric_id: key of the benefit and of its metric
        item_id, title: of the item of the review level
        value_stream_id: of that item, else of its nearest ancestor
        owner, value_type, value_basis: as in ``benefits``
        share (share 0–1): as in ``benefits``
        planned_value (portfolio's currency): in all, or in each year
        planned_share (share 0–1): of the plan that is due by now; missing without a plan
        planned_to_date (portfolio's currency): due by now
        planned_in_full (portfolio's currency): over its whole life; missing for a yearly one without end
        first_planned_to_date (portfolio's currency): due by now under the first plan; missing without one, or
            for a benefit that came after its item's baseline
        first_planned_share (share 0–1): of the first plan that is due by now; likewise
        came_later: it came after its item's baseline
        replanned: a change of its plan, or of its item's planned end, is on record
        unagreed: its plan was changed, and nobody decided that (``moved_at`` of its test)
        measured: something was realised, or recorded to be nothing
        realised (portfolio's currency): life to date, corrections included; missing unless measured
        due_a_value: planned_value over 0 and part of the plan due by now
        left (portfolio's currency): what of planned_in_full was not realised yet, at least 0
        miss_score (share 0–1): chance that its attainment is under the line; missing where it cannot be told
        miss_basis: tested, or assumed from how many tested benefits of the portfolio are red
        state: projected, awaited, realising, sustained, ended, not_measured or unknown
        effect_at: when its plan begins
        due: by when the metric is to be there
        ends_on: last day of a yearly benefit; of another one its due day
    """
    bearers = Bearers.of(portfolio, log)
    place = bearers(portfolio.benefits["item_id"])
    table, place = portfolio.benefits[place >= 0], place[place >= 0]
    zone, now = portfolio.settings.timezone, log.now
    share = table["share"].fillna(1.0).to_numpy(dtype=np.float64)
    value = table["planned_value"].to_numpy(dtype=np.float64) * share
    yearly = table["value_basis"].eq(ValueBasis.YEARLY).to_numpy(dtype=bool)
    until = day_ends(table["value_until"], zone)
    start = starts(log, place, zone)
    plans, known = schedule(portfolio, _unmoved(table), start)
    plan = Plan(plans, known, value, yearly, until)
    first, came_later, replanned = _first_plan(portfolio, log, table, place, yearly, until, share)
    realised, of_year, measured = _realised(portfolio, table, share, now)
    due_share = plan.share(now)
    due_a_value = (value > 0) & (np.nan_to_num(due_share) > 0)
    full = plan.in_full()
    left = np.maximum(full - np.nan_to_num(realised), 0.0)
    miss, basis = _miss_scores(table["benefit_id"], tested)
    delivered = np.minimum(micros(log.work["delivered_at"]), log.lives.finished)[place] < NEVER
    ends = np.where(yearly, until, plans.due_at)
    on_plan = of_year >= plan.to_date(now) - plan.to_date(now - round(YEAR * DAY)) - 0.005
    long = plans.effect_at <= now - round(YEAR * DAY)
    over = np.where(yearly, until < now, plans.due_at <= now - round(YEAR * DAY))
    state = np.select(
        [due_a_value & ~measured, ~known | np.isnan(value), ~delivered, due_share <= 0, over, long & on_plan],
        [STATES.index(one) for one in _IN_ORDER],
        STATES.index(BenefitState.REALISING),
    )
    stream = stream_of(portfolio.work_items)
    work = log.work
    return pd.DataFrame(
        {
            "benefit_id": table["benefit_id"],
            "metric_id": table["metric_id"],
            "item_id": work["item_id"].array.take(place),
            "title": work["title"].array.take(place),
            "value_stream_id": stream.loc[work.index].array.take(place),
            **{name: table[name] for name in ("owner", "value_type", "value_basis")},
            "share": share,
            "planned_value": value,
            "planned_share": due_share,
            "planned_to_date": plan.to_date(now),
            "planned_in_full": full,
            "first_planned_to_date": np.where(came_later, np.nan, first.to_date(now)),
            "first_planned_share": np.where(came_later, np.nan, first.share(now)),
            "came_later": came_later,
            "replanned": replanned,
            "unagreed": among(table["benefit_id"], tested.loc[tested["moved_at"].notna(), "benefit_id"]),
            "measured": measured,
            "realised": realised,
            "due_a_value": due_a_value,
            "left": left,
            "miss_score": miss,
            "miss_basis": basis,
            "state": texts(state, STATES),
            "effect_at": instants(np.where(known, plans.effect_at, NEVER)),
            "due": table["due"],
            "ends_on": table["due"].where(~yearly, table["value_until"]),
        },
        index=table.index,
    ).assign(ends_on=lambda frame: frame["ends_on"].mask(np.asarray(ends) == NEVER))


_IN_ORDER = (
    BenefitState.NOT_MEASURED,
    BenefitState.UNKNOWN,
    BenefitState.PROJECTED,
    BenefitState.AWAITED,
    BenefitState.ENDED,
    BenefitState.SUSTAINED,
)


@dataclass(frozen=True)
class Plan:
    """The plans of some benefits in money; ``value`` is planned in all, or in each year of a yearly one."""

    plans: Plans
    known: Flags
    value: Floats
    yearly: Flags
    until: Ints  # the end of a yearly one, ``NEVER`` without

    def share(self, at: int) -> Floats:
        """The share of each plan that is due at an instant, 0–1; NaN without a plan."""
        every = np.arange(len(self.value))
        due = planned_share(self.plans, every, np.full(len(every), at))
        held: Floats = np.where(self.known, np.clip(due, 0.0, 1.0), np.nan)
        return held

    def to_date(self, at: int) -> Floats:
        """What is planned by an instant: of a yearly benefit its value of a year for each year so far."""
        due = self.value * self.share(at)
        years = np.flatnonzero(self.yearly & self.known)
        days = planned_days(self.plans, years, np.minimum(at, self.until[years]))
        due[years] = self.value[years] / YEAR * days
        return due

    def in_full(self) -> Floats:
        """What is planned over the whole life; NaN for a yearly benefit without an end, or without a plan."""
        years = np.maximum(self.until - self.plans.effect_at, 0) / DAY / YEAR
        ends = self.known & (self.until < NEVER)
        full: Floats = np.where(self.yearly, np.where(ends, self.value * years, np.nan), self.value)
        return full


def _unmoved(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(moved_at=pd.Series(pd.NaT, table.index, dtype="datetime64[us]"))


def _first_plan(
    portfolio: Portfolio,
    log: FlowLog,
    table: pd.DataFrame,
    place: Ints,
    yearly: Flags,
    until: Ints,
    share: Floats,
) -> tuple[Plan, Flags, Flags]:
    """The oldest known plan of each benefit, whether it came later than that, and whether it was changed."""
    changes = portfolio.plan_changes
    rows = portfolio.benefits.index.isin(table.index)
    old = {name: portfolio.first_plan(name, "benefits")[rows] for name in PLANNED}
    moved = pd.concat([~old[name].eq(table[name]) & old[name].notna() for name in PLANNED], axis=1).any(
        axis=1
    )
    first = table.assign(**old, moved_at=pd.Series(pd.NaT, table.index).mask(moved, pd.Timestamp(0)))
    ends = day_ends(portfolio.first_plan("planned_end"), portfolio.settings.timezone)
    start = ends[portfolio.work_items.index.get_indexer(log.work.index)][place]
    plans, known = schedule(portfolio, first, start)
    value = first["planned_value"].to_numpy(dtype=np.float64) * share
    of_benefits = changes[changes["table"].eq("benefits") & changes["column"].isin(PLANNED)]
    of_ends = changes[changes["table"].eq("work_items") & changes["column"].eq("planned_end")]
    replanned = (places(table["benefit_id"], of_benefits["key"]) >= 0) | (
        places(pd.Series(log.work["item_id"].array.take(place)), of_ends["key"]) >= 0
    )
    came = of_benefits[of_benefits["old_value"].isna()].groupby("key")["changed_at"].min()
    at = places(table["benefit_id"], pd.Series(came.index, dtype="str"))
    came_at = (
        np.append(micros(came.reset_index(drop=True)), NEVER)[at] if len(came) else np.full(len(at), NEVER)
    )
    baselined = micros(portfolio.first_plan("baselined_at"))
    baselined = baselined[portfolio.work_items.index.get_indexer(log.work.index)][place]
    came_later = (came_at < NEVER) & (baselined < NEVER) & (came_at > baselined)
    return Plan(plans, known, value, yearly, until), came_later, replanned


def _realised(
    portfolio: Portfolio, table: pd.DataFrame, share: Floats, now: int
) -> tuple[Floats, Floats, Flags]:
    """What each benefit realised in all (NaN with nothing on record) and in the last year, and whether."""
    rows = portfolio.realisations
    place, at = places(rows["benefit_id"], table["benefit_id"]), micros(rows["at"])
    seen = (place >= 0) & (at <= now)
    place, at = place[seen], at[seen]
    amount = rows["value"].to_numpy(dtype=np.float64)[seen] * share[place]
    size = len(table)
    measured = np.bincount(place, minlength=size) > 0
    recent = at > now - round(YEAR * DAY)
    of_year = np.bincount(place[recent], amount[recent], minlength=size)
    total = np.where(measured, np.bincount(place, amount, minlength=size), np.nan)
    return total, of_year.astype(np.float64), measured


def _miss_scores(benefit_ids: pd.Series, tested: pd.DataFrame) -> tuple[Floats, Any]:
    """The chance of each benefit to end under the line, and what it rests on."""
    at = places(benefit_ids, tested["benefit_id"])
    under = tested["chance_under"].to_numpy(dtype=np.float64)
    own = np.append(under, np.nan)[at]
    n, red = int(np.sum(~np.isnan(under))), int(tested["inside"].eq(Inside.RED).sum())
    base = (red + 0.5) / (n + 1) if n >= FEWEST_TESTED else np.nan
    code = np.select([~np.isnan(own), np.full(len(own), n >= FEWEST_TESTED)], [0, 1], -1)
    return np.where(np.isnan(own), base, own), texts(code, [TESTED, ASSUMED])


def claimed_twice(benefits: pd.DataFrame) -> pd.DataFrame:
    """One row a metric whose benefits claim more than all of its way at one time, dearest first.

    A benefit claims its share from ``effect_at`` to ``ends_on``. Money is not halved for it.

    Columns
        metric_id: key of the metric
        benefits: keys of those that claim it then, joined by "; "
        claimed (share, over 1): what they claim together, at the worst time
        planned_value (portfolio's currency): what they plan together
        since: when that time begins
    """
    span = benefits[
        benefits["metric_id"].notna() & benefits["effect_at"].notna() & benefits["ends_on"].notna()
    ]
    metric, names = codes(span["metric_id"])
    begins = micros(span["effect_at"])
    ends = micros(span["ends_on"].dt.tz_localize("UTC")) + round(DAY)
    share = span["share"].to_numpy(dtype=np.float64)
    event = np.concatenate([begins, np.maximum(ends, begins)])
    change, group = np.concatenate([share, -share]), np.concatenate([metric, metric])
    order = np.lexsort((change, event, group))
    held = np.cumsum(change[order])  # every metric ends with as much as it began with: nothing
    peak = pd.DataFrame({"metric": group[order], "claimed": held, "at": event[order]})
    peak = peak[peak["claimed"].gt(1 + 1e-9)].sort_values(
        ["metric", "claimed", "at"], ascending=[True, False, True]
    )
    rows = []
    for one in peak.drop_duplicates("metric").to_dict("records"):
        mine = span[(metric == one["metric"]) & (begins <= one["at"]) & (ends > one["at"])]
        rows.append(
            {
                "metric_id": names[one["metric"]],
                "benefits": "; ".join(mine["benefit_id"]),
                "claimed": one["claimed"],
                "planned_value": float(mine["planned_value"].sum()),
                "since": pd.Timestamp(one["at"], unit="us"),
            }
        )
    found = pd.DataFrame(rows, columns=["metric_id", "benefits", "claimed", "planned_value", "since"])
    return found.sort_values(["planned_value", "metric_id"], ascending=[False, True], ignore_index=True)
