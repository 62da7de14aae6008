"""Signs beside the two axes: data nobody renews, goals nobody looks at, plans nobody touches, opinion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints, instants, micros
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes.inside import Inside
from vmo_helpers.measures.outcomes.plan import DAY
from vmo_helpers.measures.status.outside import rhythm_days
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import GoalType

_NO = np.iinfo(np.int64).min


def outcome_age(portfolio: Portfolio, inside: Inside, log: FlowLog) -> pd.DataFrame:
    """One row an item of the review level: outcome_age_days, outcome_rhythms.

    The first is as-of − the newest observation of its oldest metric. The second is the same in units of the
    metric's own rhythm: cadence_days, else the median gap. Of the metrics of its tests the one that is the
    most rhythms behind counts. Missing without an observation.
    """
    series = inside.series
    metrics = len(portfolio.metrics)
    last = np.full(metrics, _NO)
    last[series.metric] = series.at
    rhythm = portfolio.metrics["cadence_days"].to_numpy(dtype=np.float64)
    rhythm = np.where(
        np.isnan(rhythm) | (rhythm <= 0), rhythm_days(series.metric, series.at, metrics), rhythm
    )
    metric = inside.metric
    seen = (metric >= 0) & (np.append(last, _NO)[metric] > _NO)
    item, metric = inside.item[seen], metric[seen]
    age = (log.now - last[metric]) / DAY
    with np.errstate(invalid="ignore"):
        behind = age / rhythm[metric]
    order = np.argsort(np.nan_to_num(behind, nan=-1.0), kind="stable")  # the furthest behind is written last
    days, rhythms = np.full((2, log.items), np.nan)
    days[item[order]], rhythms[item[order]] = age[order], behind[order]
    return pd.DataFrame({"outcome_age_days": days, "outcome_rhythms": rhythms}, index=log.work.index)


def looked_at(portfolio: Portfolio, log: FlowLog) -> pd.DataFrame:
    """One row an item of the review level: moved_at, looked_at, goals.

    moved_at is its newest transition or one of its descendants'. looked_at is the newest look at its metrics,
    or at the key results that it is linked to. A look is an observation or a check-in. goals counts those
    metrics and key results.
    """
    moved = _newest_move(portfolio, log)
    metric_owner, metric = _metrics(portfolio, log)
    kr_owner, kr = _key_results(portfolio, log)
    seen = _newest(
        places(portfolio.observations["metric_id"], portfolio.metrics["metric_id"]),
        micros(portfolio.observations["at"]),
        len(portfolio.metrics),
    )
    checked = _newest(
        places(portfolio.checkins["kr_id"], portfolio.key_results["kr_id"]),
        micros(portfolio.checkins["at"]),
        len(portfolio.key_results),
    )
    own_metric = places(portfolio.key_results["metric_id"], portfolio.metrics["metric_id"])
    checked = np.maximum(checked, np.append(seen, _NO)[own_metric]) if len(checked) else checked
    looked = np.full(log.items, _NO)
    np.maximum.at(looked, metric_owner, seen[metric])
    np.maximum.at(looked, kr_owner, checked[kr])
    goals = np.bincount(metric_owner, minlength=log.items) + np.bincount(kr_owner, minlength=log.items)
    return pd.DataFrame(
        {"moved_at": _stamps(moved), "looked_at": _stamps(looked), "goals": goals}, index=log.work.index
    )


def plan_age(portfolio: Portfolio, log: FlowLog) -> pd.DataFrame:
    """One row an item of the review level: baselined_days, touched_at, plan_age_days, in_progress.

    baselined_days are since baselined_at. touched_at is the newest plan change of it or of its benefits, or
    decision on it, since then. plan_age_days are since the later of the two. Missing without a baseline.
    """
    work = log.work
    baselined = micros(work["baselined_at"])
    touched = np.full(log.items, _NO)
    changes = portfolio.plan_changes
    if len(changes):
        _touch(touched, _changed_items(portfolio, log), micros(changes["changed_at"]), baselined)
    decisions = portfolio.decisions
    if len(decisions):
        _touch(
            touched, places(decisions["item_id"], work["item_id"]), micros(decisions["decided_at"]), baselined
        )
    known = baselined < NEVER
    since = np.where(known, np.maximum(touched, np.where(known, baselined, _NO)), log.now)
    days = np.where(known, (log.now - np.where(known, baselined, 0)) / DAY, np.nan)
    return pd.DataFrame(
        {
            "baselined_days": days,
            "touched_at": _stamps(touched),
            "plan_age_days": np.where(known, (log.now - since) / DAY, np.nan),
            "in_progress": log.lives.in_progress,
        },
        index=work.index,
    )


def business_value(portfolio: Portfolio, log: FlowLog) -> pd.Series:
    """Per item of the review level, actual ÷ planned business value of its PI objectives.

    Those count that name it and have an actual value: Σ actual of all ÷ Σ planned of the committed. Where
    none is committed, ÷ Σ planned of all. Missing without any.
    """
    table = portfolio.pi_objectives
    item = places(table["item_id"], log.work["item_id"])
    known = (item >= 0) & table["actual_value"].notna().to_numpy()
    item, planned = item[known], table["planned_value"].to_numpy(dtype=np.float64)[known]
    committed = table["committed"].fillna(True).to_numpy(dtype=bool)[known]
    actual = np.bincount(item, table["actual_value"].to_numpy(dtype=np.float64)[known], log.items)
    promised, everything = (np.bincount(item, weight, log.items) for weight in (planned * committed, planned))
    base = np.where(promised > 0, promised, everything)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(base > 0, actual / base, np.nan)
    return pd.Series(share, index=log.work.index, name="business_value_share")


def weak_measurement(
    inside: Inside, log: FlowLog, *, stale_rhythms: float, outcome: pd.DataFrame
) -> pd.Series:
    """Per item of the review level the share (0–1) that is missing of five elements.

    They are an outcome metric, a baseline, a target, dates (due and lag), fresh data. Of several benefits the
    best measured counts. An item without any misses all: 1.
    """
    frame = inside.frame
    has = np.stack(
        [
            inside.metric >= 0,
            frame["baseline"].notna(),
            frame["target"].notna(),
            frame["due"].notna() & frame["lag_days"].notna(),
        ]
    )
    best = np.zeros(log.items)
    np.maximum.at(best, inside.item, has.sum(axis=0) + 0.0)
    fresh = outcome["outcome_rhythms"].le(stale_rhythms).to_numpy()
    missing: Floats = 1 - (best + fresh) / (len(has) + 1)
    return pd.Series(missing, index=log.work.index, name="weak_measurement")


def _changed_items(portfolio: Portfolio, log: FlowLog) -> Ints:
    """The item of each plan change: its own, or that of the benefit whose plan changed; −1 for others."""
    changes, benefits = portfolio.plan_changes, portfolio.benefits
    of_benefit = places(changes["key"].where(changes["table"].eq("benefits")), benefits["benefit_id"])
    of_item = places(changes["key"].where(changes["table"].eq("work_items")), log.work["item_id"])
    owner = np.append(places(benefits["item_id"], log.work["item_id"]), -1)
    changed: Ints = np.where(of_benefit >= 0, owner[of_benefit], of_item)
    return changed


def _newest_move(portfolio: Portfolio, log: FlowLog) -> Ints:
    everyone = portfolio.work_items
    if not portfolio.has("transitions"):
        return np.full(log.items, _NO)
    last = _newest(
        places(portfolio.transitions["item_id"], everyone["item_id"]),
        micros(portfolio.transitions["at"]),
        len(everyone),
    )
    parent = places(everyone["parent_id"], everyone["item_id"])
    reached = last.copy()
    above = parent.copy()
    while (above >= 0).any():  # once a level of the hierarchy
        np.maximum.at(reached, above[above >= 0], last[above >= 0])
        above = np.where(above >= 0, parent[above], -1)
    here = places(log.work["item_id"], everyone["item_id"])
    return reached[here]


def _metrics(portfolio: Portfolio, log: FlowLog) -> tuple[Ints, Ints]:
    """Pairs of an item and a metric that is reported on it or measures a benefit of it."""
    metrics, benefits = portfolio.metrics, portfolio.benefits
    own = places(metrics["item_id"], log.work["item_id"])
    by_benefit = places(benefits["item_id"], log.work["item_id"])
    measured = places(benefits["metric_id"], metrics["metric_id"])
    owner = np.r_[own, by_benefit]
    metric = np.r_[np.arange(len(metrics)), measured]
    return _pairs(owner, metric)


def _key_results(portfolio: Portfolio, log: FlowLog) -> tuple[Ints, Ints]:
    links = portfolio.links
    if len(links) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    links = links[links["goal_type"].eq(GoalType.KEY_RESULT) & links["removed_at"].isna()]
    return _pairs(
        places(links["item_id"], log.work["item_id"]),
        places(links["goal_id"], portfolio.key_results["kr_id"]),
    )


def _pairs(owner: Ints, goal: Ints) -> tuple[Ints, Ints]:
    known = (owner >= 0) & (goal >= 0)
    unique = np.unique(np.stack([owner[known], goal[known]], axis=1), axis=0)
    return unique[:, 0], unique[:, 1]


def _newest(owner: Ints, at: Ints, owners: int) -> Ints:
    last = np.full(owners, _NO)
    known: Flags = (owner >= 0) & (at < NEVER)
    np.maximum.at(last, owner[known], at[known])
    return last


def _touch(touched: Ints, item: Ints, at: Ints, baselined: Ints) -> None:
    known = (item >= 0) & (at < NEVER)
    item, at = item[known], at[known]
    since = at > baselined[item]
    np.maximum.at(touched, item[since], at[since])


def _stamps(at: Ints) -> pd.arrays.DatetimeArray:
    return instants(np.where(at == _NO, NEVER, at))
