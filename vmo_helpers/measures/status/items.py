"""Outside against inside: one row an item, with its label, its suffixes and all that a reader may ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures import flow, outcomes
from vmo_helpers.measures.flow.arrays import texts
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes import Inside
from vmo_helpers.measures.outcomes.lacking import names_of
from vmo_helpers.measures.status import doubts, signs
from vmo_helpers.measures.status.delivery import delivery
from vmo_helpers.measures.status.doubts import Limits
from vmo_helpers.measures.status.evidence import evidence
from vmo_helpers.measures.status.matrix import labels
from vmo_helpers.measures.status.outside import reports
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Inside as Word
from vmo_helpers.vocabulary import Outside, Suffix

NO_REPORT = "status report"

TABLE = (
    "item_id",
    "title",
    "reported",
    "reported_since",
    "outside",
    "delivery",
    "inside_customer",
    "inside_behaviour",
    "inside_business",
    "inside",
    "label",
    "suffixes",
    "suspicion",
    "attainment",
    "low",
    "high",
    "p_value",
    "tier",
    "red_since",
    "due",
    "further_readings",
    "inside_today",
    "plan_moved_at",
    "missing",
    "money",
    "evidence",
)


def items(portfolio: Portfolio, log: FlowLog, inside: Inside, limits: Limits) -> pd.DataFrame:
    """One row an item of the review level that was created by as-of, finished or not.

    Index: its row in ``work_items``. The board tier's second look, one month before as-of, is computed from
    the same data as known then.

    Columns
        item_id, title, value_stream_id, team: the item
        reported, reported_since: newest report as given, and since when of this colour
        outside: that report as green, amber or red; else what delivery says; not_reported without either
        delivery: as in ``delivery``
        inside: red, green, open, not_yet_due or unknown
        inside_customer, inside_behaviour, inside_business: the same of each class alone
        p_value: Simes over its tests
        p_firm: the same without readings that rest on an assumed ramp
        tier: none, watch, red or board
        attainment (share, of either sign): of plan, by the test that speaks for it
        low, high (share, of either sign): its 90 % interval
        due: of that test
        days_to_due (days): negative when past
        benefit_id: of that test
        further_readings: that would settle an open one; missing: more than ten
        tests, read_tests: how many it has, and how many of them were tested
        label: of its cell of ``matrix``
        suffixes: joined by ";"
        suspicion (share 0–1): 1 − p_value where there is a test, else from the signs
        red_since: the observation since which it has been red without a break
        inside_today, plan_moved_at: by today's plan, where it was moved and nobody decided it, and when first
        missing: what its tests lack, or a status report; joined by "; "
        money (portfolio's currency): Σ planned_value of its benefits, else planned_cost
        money_basis: which of the two
        evidence: rows by table
        days_late (days): behind its first planned end; negative: ahead
        cost_ratio, scope_ratio, shrinkage, shrunk_by: as in ``delivery``
        contradiction, worst_part: as in ``reports``
        report_row: of ``status_reports``; −1 without one
        report_age_days, report_rhythm_days (days): of the newest report, and usual between its reports
        outcome_age_days (days): of the newest observation of its oldest metric
        outcome_rhythms: the same in units of the metric's own rhythm
        business_value_share (share, over 1 possible): actual ÷ planned business value of its PI objectives
        goals: metrics and key results that it has
        moved_at, looked_at: its newest transition, and the newest look at one of those goals
        in_progress: started, not ended
        plan_age_days (days): since its plan was last touched; missing without a baseline
    """
    as_of = log.as_of
    tested = outcomes.tests(inside, as_of, limits)
    found = outcomes.items(inside, tested, limits)
    if found["inside"].eq(Word.RED).any():
        found = outcomes.items(inside, tested, limits, before=_a_month_before(portfolio, as_of, limits))
    work = log.work
    posts = doubts.goalposts(inside, found, as_of, limits)
    told = reports(portfolio, work["item_id"])
    facts = delivery(portfolio, log, limits)
    outside = told["outside"].fillna(facts["delivery"]).fillna(str(Outside.NOT_REPORTED))
    age = signs.outcome_age(portfolio, inside, log)
    looked = signs.looked_at(portfolio, log)
    plan = signs.plan_age(portfolio, log)
    value = signs.business_value(portfolio, log)
    money, basis = _money(portfolio, log)
    flags = {
        Suffix.SHRUNK: facts["shrunk"],
        Suffix.SELF_CONTRADICTING: told["contradiction"].gt(0),
        Suffix.STALE: told["age_days"].gt(limits.stale_rhythms * told["rhythm_days"])
        | age["outcome_rhythms"].gt(limits.stale_rhythms),
        Suffix.OPINION_ONLY: doubts.opinion_only(value.ge(limits.opinion_value_share - 1e-9), inside, found),
        Suffix.FROZEN: doubts.frozen(looked, as_of, limits.frozen_days),
        Suffix.PLAN_AGED: plan["in_progress"]
        & plan["baselined_days"].gt(limits.plan_aged_days)
        & plan["touched_at"].isna(),
        Suffix.MOVED_GOALPOSTS: posts["kinder"],
        Suffix.RE_PLANNED: posts["replanned"],
    }
    weak = signs.weak_measurement(inside, log, stale_rhythms=limits.stale_rhythms, outcome=age)
    unreported = told["reported"].isna().to_numpy()
    lacks = found["missing_bits"].to_numpy() + (unreported.astype(np.int64) << len(outcomes.LACKS))
    inner: dict[str, Any] = {
        name: found[name] for name in found.columns if name not in ("item_id", "missing", "missing_bits")
    }
    return pd.DataFrame(
        {
            "item_id": work["item_id"],
            "title": work["title"],
            "value_stream_id": work["value_stream_id"],
            "team": work["team"],
            "reported": told["reported"],
            "reported_since": told["reported_since"],
            "outside": outside,
            "delivery": facts["delivery"],
            **inner,
            "label": labels(outside, found["inside"]),
            "suffixes": doubts.suffixes(flags),
            "suspicion": doubts.suspicion(
                found["p_value"], facts["shrinkage"], told["contradiction"], weak, limits
            ),
            "red_since": outcomes.red_since(inside, found, limits),
            "inside_today": posts["inside_today"],
            "plan_moved_at": posts["moved_at"],
            "missing": names_of(lacks, (*outcomes.LACKS, NO_REPORT)),
            "money": money,
            "money_basis": basis,
            "evidence": evidence(portfolio, inside, tested, found, told["row"]),
            "days_late": facts["days_late"],
            "cost_ratio": facts["cost_ratio"],
            "scope_ratio": facts["scope_ratio"],
            "shrinkage": facts["shrinkage"],
            "shrunk_by": facts["shrunk_by"],
            "contradiction": told["contradiction"],
            "worst_part": told["worst_part"],
            "report_row": told["row"],
            "report_age_days": told["age_days"],
            "report_rhythm_days": told["rhythm_days"],
            **{name: age[name] for name in ("outcome_age_days", "outcome_rhythms")},
            "business_value_share": value,
            **{name: looked[name] for name in ("goals", "moved_at", "looked_at")},
            "in_progress": plan["in_progress"],
            "plan_age_days": plan["plan_age_days"],
        }
    )


def table(items: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """One row an item of ``items``: ``tables/watermelon_metrics/items.csv``.

    Columns
        item_id, title: key and title of the item
        reported, reported_since: as there; the day in the portfolio's zone, as ISO 8601
        outside, delivery: as there
        inside_customer, inside_behaviour, inside_business: as there
        inside, label, suffixes: as there
        suspicion (share 0–1): as there
        attainment, low, high (share, of either sign): as there
        p_value, tier: as there
        red_since, due: days as ISO 8601, in the portfolio's zone
        further_readings (readings): as there
        inside_today: as there
        plan_moved_at: the day in the portfolio's zone, as ISO 8601
        missing: as there
        money (portfolio's currency): as there
        evidence: as there
    """
    shown = items[list(TABLE)].copy()
    for name in ("reported_since", "red_since", "plan_moved_at"):
        shown[name] = shown[name].dt.tz_convert(timezone).dt.strftime("%Y-%m-%d").astype("str")
    shown["due"] = shown["due"].dt.strftime("%Y-%m-%d").astype("str")
    return shown


def a_month_before(as_of: pd.Timestamp, timezone: str) -> pd.Timestamp:
    """The same time of day one calendar month earlier in the portfolio's zone, as UTC.

    Of the 31st it is the month's last day.
    """
    wall = as_of.tz_convert(timezone).tz_localize(None) - pd.DateOffset(months=1)
    return wall.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")


def _a_month_before(portfolio: Portfolio, as_of: pd.Timestamp, limits: Limits) -> pd.DataFrame:
    earlier = portfolio.known_at(a_month_before(as_of, portfolio.settings.timezone))
    log = flow.read(earlier)
    inside = outcomes.read(
        earlier, log, attainment_line=limits.attainment_line, decided_within_days=limits.decided_within_days
    )
    return outcomes.items(inside, outcomes.tests(inside, log.as_of, limits), limits)


def _money(portfolio: Portfolio, log: FlowLog) -> tuple[Any, Any]:
    benefits = portfolio.benefits
    item = places(benefits["item_id"], log.work["item_id"])
    value = benefits["planned_value"].to_numpy(dtype=np.float64)
    known = (item >= 0) & ~np.isnan(value)
    valued = np.bincount(item[known], minlength=log.items) > 0
    cost = log.work["planned_cost"].to_numpy(dtype=np.float64)
    money = np.where(valued, np.bincount(item[known], value[known], log.items), cost)
    return money, texts(np.select([valued, ~np.isnan(cost)], [0, 1], -1), ["planned value", "planned cost"])
