"""Benefits against money: realisation as a share, what is at risk, what an item gives back and has ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints
from vmo_helpers.measures.flow.items import stream_names
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.value.benefits import ASSUMED, TESTED
from vmo_helpers.measures.value.level import Bearers, spent, summed
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.streams import stream_of
from vmo_helpers.vocabulary import Roam, SpendKind, ValueType

FIRST = "first_planned_to_date"
CASHABLE = (ValueType.REVENUE, ValueType.COST)


class Realisation(NamedTuple):
    """Realised over planned of some benefits. ``low`` counts the unmeasured as 0, ``high`` as on plan."""

    value: float
    low: float
    high: float
    realised: float
    planned: float
    measured: int
    unmeasured: int


def realisation(benefits: pd.DataFrame, planned: str = "planned_to_date") -> Realisation:
    """Realised ÷ planned of the benefits that are due a value and measured; NaN where there is none.

    ``benefits`` is the frame of ``value.benefits``, or rows of it; ``planned`` its column to measure against.
    Realised is the same whatever the plan.
    """
    due, measured = benefits["due_a_value"], benefits["measured"]
    first = planned == FIRST
    counts = benefits[planned].gt(0) & (due | first)
    paid = benefits.loc[measured & (due if first else counts), "realised"]
    known, missing = (float(benefits.loc[counts & rows, planned].sum()) for rows in (measured, ~measured))
    n, unmeasured = int((counts & measured).sum()), int((counts & ~measured).sum())
    if known <= 0:
        return Realisation(np.nan, np.nan, np.nan, np.nan, np.nan, 0, unmeasured)
    realised, whole = float(paid.sum()), known + missing
    low, high = realised / whole, (realised + missing) / whole
    return Realisation(realised / known, low, high, realised, known, n, unmeasured)


def cashable(benefits: pd.DataFrame) -> pd.DataFrame:
    """One row a benefit of revenue or cost: what is called cash.

    Columns
        the columns of ``benefits``
    """
    return benefits[benefits["value_type"].isin([str(one) for one in CASHABLE])]


def money(portfolio: Portfolio, log: FlowLog, benefits: pd.DataFrame) -> pd.DataFrame:
    """One row an item of the review level: its benefits, its risks and its money, with what lies below it.

    Index: its row in ``work_items``. At risk is min(left, Σ left × score + (1 − mean score) × Σ probability ×
    impact of its open risks), the mean weighed by what is left. Risks go with the tested benefits, else with
    the assumed ones. Cost to go is the newest forecast spend of the months without actual spend, else what of
    the planned cost is not spent.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key and name of its stream, else of its nearest ancestor's
        status: backlog, in_progress, finished or cancelled
        benefits (benefits): with a planned value over 0
        unmeasured (benefits): of them due a value without one on record
        realised (portfolio's currency): life to date, of its measured benefits; missing without any
        planned_to_date (portfolio's currency): of its measured benefits, due by now
        spent (portfolio's currency): life to date; missing where nothing was ever booked
        return (money back per money spent): realised ÷ spent
        at_risk (portfolio's currency): by tested benefits
        left_tested (portfolio's currency): what of these is not realised yet
        at_risk_assumed (portfolio's currency): by benefits whose score is assumed
        unpriced (benefits): without any score, or a yearly one without an end
        risk_exposure (portfolio's currency): Σ probability × impact of its open risks, of an item without
            benefits
        miss_score (share 0–1): the mean over its benefits, weighed by what is left
        ahead (portfolio's currency): Σ (planned in full − realised) × (1 − score); missing where any is
        cost_to_go (portfolio's currency): what is still to be spent
        ratio (money ahead per money to go): ahead ÷ cost_to_go
    """
    bearers, size = Bearers.of(portfolio, log), log.items
    work = log.work
    counts = benefits["planned_value"].gt(0)
    own = benefits[counts]
    place = bearers(own["item_id"])
    realised = own["realised"].to_numpy(dtype=np.float64)
    planned = own["planned_to_date"].where(own["due_a_value"] & own["measured"]).to_numpy(dtype=np.float64)
    held = np.bincount(place, minlength=size)
    risks = _open_risks(portfolio, bearers, size)
    left, score = (own[name].to_numpy(dtype=np.float64) for name in ("left", "miss_score"))
    tested, assumed = own["miss_basis"].eq(TESTED).to_numpy(), own["miss_basis"].eq(ASSUMED).to_numpy()
    by_test = _Left.of(place, left, score, tested, size)
    by_rate = _Left.of(place, left, score, assumed, size)
    full = own["planned_in_full"].to_numpy(dtype=np.float64)
    rest = (full - np.nan_to_num(realised)) * (1 - score)
    ahead = np.where(
        np.bincount(place, np.isnan(rest), minlength=size) > 0, np.nan, summed(place, rest, size)
    )
    booked = spent(portfolio, log, bearers)
    togo = _cost_to_go(portfolio, log, bearers, booked)
    back = summed(place, realised, size)
    stream = stream_of(portfolio.work_items).loc[work.index]
    lives = log.lives
    status = np.select(
        [lives.cancelled < NEVER, lives.finished < NEVER, lives.started < NEVER],
        [str(Status.CANCELLED), str(Status.FINISHED), str(Status.IN_PROGRESS)],
        str(Status.BACKLOG),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        returned = np.where(booked > 0, back / booked, np.nan)
        ratio = np.where(togo > 0, ahead / togo, np.where(togo == 0, np.sign(ahead) * np.inf, np.nan))
    return pd.DataFrame(
        {
            "item_id": work["item_id"],
            "title": work["title"],
            "value_stream_id": stream,
            "value_stream": stream_names(stream, portfolio.value_streams),
            "status": status,
            "benefits": held,
            "unmeasured": np.bincount(place, (own["due_a_value"] & ~own["measured"]), minlength=size).astype(
                int
            ),
            "realised": back,
            "planned_to_date": summed(place, planned, size),
            "spent": booked,
            "return": returned,
            "at_risk": by_test.at_risk(risks),
            "left_tested": np.where(by_test.left > 0, by_test.left, np.nan),
            "at_risk_assumed": by_rate.at_risk(np.where(by_test.left > 0, 0.0, risks)),
            "unpriced": np.bincount(place, np.isnan(score) | np.isnan(left), minlength=size).astype(int),
            "risk_exposure": np.where((held == 0) & (risks > 0), risks, np.nan),
            "miss_score": _mean(by_test.missed + by_rate.missed, by_test.left + by_rate.left),
            "ahead": ahead,
            "cost_to_go": togo,
            "ratio": ratio,
        },
        index=work.index,
    ).astype({"status": "str"})


@dataclass(frozen=True)
class _Left:
    """What is left of the benefits of each item, and what of it is missed by their scores."""

    left: Floats
    missed: Floats

    @classmethod
    def of(cls, place: Ints, left: Floats, score: Floats, among: Flags, size: int) -> _Left:
        some = among & ~np.isnan(left) & ~np.isnan(score)
        first, missed = (
            np.bincount(place[some], each[some], minlength=size).astype(np.float64)
            for each in (left, left * score)
        )
        return cls(first, missed)

    def at_risk(self, risks: Floats) -> Floats:
        """min(E, Σ E·P + (1 − P̄)·R) of each item; NaN where nothing is left."""
        mean = _mean(self.missed, self.left)
        risked: Floats = np.minimum(self.left, self.missed + (1 - mean) * risks)
        return np.where(self.left > 0, risked, np.nan)


def _mean(part: Floats, whole: Floats) -> Floats:
    mean: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return mean


def _open_risks(portfolio: Portfolio, bearers: Bearers, size: int) -> Floats:
    """Σ probability × impact of the risks of each item that are neither closed nor resolved."""
    risks = portfolio.risks
    risks = risks[risks["closed_at"].isna() & ~risks["roam"].eq(Roam.RESOLVED)]
    place = bearers(risks["item_id"])
    exposed = (risks["probability"] * risks["impact"]).to_numpy(dtype=np.float64)
    return np.bincount(place[place >= 0], exposed[place >= 0], minlength=size).astype(np.float64)


def _cost_to_go(portfolio: Portfolio, log: FlowLog, bearers: Bearers, booked: Floats) -> Floats:
    """What each item still costs: its forecast, else what of its planned cost is unspent; NaN for neither."""
    spend = portfolio.spend
    place = bearers(spend["item_id"])
    month = spend["period"].to_numpy().astype("datetime64[D]").astype(np.int64)
    actual = spend["kind"].eq(SpendKind.ACTUAL).to_numpy() & (place >= 0)
    last = np.full(log.items, np.iinfo(np.int64).min)
    np.maximum.at(last, place[actual], month[actual])
    forecast = spend["kind"].eq(SpendKind.FORECAST).to_numpy() & (place >= 0)
    forecast[forecast] = month[forecast] > last[place[forecast]]
    ahead = summed(np.where(forecast, place, -1), spend["amount"].to_numpy(dtype=np.float64), log.items)
    planned = log.work["planned_cost"].to_numpy(dtype=np.float64)
    rest = np.maximum(planned - np.nan_to_num(booked), 0.0)
    return np.where(np.isnan(ahead), rest, ahead)


def by_stream(money: pd.DataFrame) -> pd.DataFrame:
    """One row a value stream with benefits, risks or money, by what is at risk, then by name.

    Items without a stream are one row of their own. What the rows hold adds up to the portfolio.

    Columns
        value_stream_id, value_stream: key and name; missing for items without a stream
        items (items): of the review level
        realised, planned_to_date, spent (portfolio's currency): as in ``money``
        returned (portfolio's currency): realised by the items with known spend
        spent_on_them (portfolio's currency): by the items with a measured benefit
        return (money back per money spent): returned ÷ spent_on_them
        at_risk, at_risk_assumed, risk_exposure (portfolio's currency): as in ``money``
    """
    both = money["realised"].notna() & money["spent"].notna()
    added = money.assign(returned=money["realised"].where(both), spent_on_them=money["spent"].where(both))
    amounts = ["realised", "planned_to_date", "spent", "returned", "spent_on_them"]
    risked = ["at_risk", "at_risk_assumed", "risk_exposure"]
    grouped = added.groupby(["value_stream_id", "value_stream"], dropna=False, sort=True)
    sums = grouped[[*amounts, *risked]].sum(min_count=1)
    sums.insert(0, "items", grouped.size())
    sums.insert(6, "return", (sums["returned"] / sums["spent_on_them"]).where(sums["spent_on_them"].gt(0)))
    known = sums.dropna(how="all", subset=[*amounts, *risked]).reset_index()
    return known.sort_values(["at_risk", "value_stream"], ascending=[False, True], ignore_index=True)
