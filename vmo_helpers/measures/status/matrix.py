"""Outside against inside: one row an item, with its label, its suffixes and all that a reader may ask for."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures import flow, outcomes
from vmo_helpers.measures.flow.arrays import NEVER, instants, micros, texts
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes import Inside
from vmo_helpers.measures.outcomes.inside import names_of
from vmo_helpers.measures.status import signs
from vmo_helpers.measures.status.delivery import Tolerances, delivery
from vmo_helpers.measures.status.evidence import evidence
from vmo_helpers.measures.status.outside import reports
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Inside as Word
from vmo_helpers.vocabulary import Label, Outside, Suffix

NO_REPORT = "status report"

_GREEN_ROW = {
    Word.RED: Label.WATERMELON,
    Word.GREEN: Label.SOUND,
    Word.OPEN: Label.OPEN_INSIDE,
    Word.NOT_YET_DUE: Label.GREEN_UNPROVEN,
    Word.UNKNOWN: Label.UNKNOWN_INSIDE,
}
_OTHER_ROW = {
    Word.RED: Label.RED_THROUGH,
    Word.GREEN: Label.BETTER_INSIDE,
    Word.OPEN: Label.RED_OPEN,
    Word.NOT_YET_DUE: Label.RED_UNPROVEN,
    Word.UNKNOWN: Label.RED_UNKNOWN,
}
# the label of each outside (a row) and inside (a column), in the order of the two vocabularies
LABELS = (_GREEN_ROW, _OTHER_ROW, _OTHER_ROW, dict.fromkeys(Word, Label.NOT_REPORTED))

# the words of the inside from the least to the most welcome
_KINDER = ((Word.RED,), (Word.OPEN,), (Word.NOT_YET_DUE, Word.UNKNOWN), (Word.GREEN,))

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


class Limits(outcomes.Judged, Tolerances, Protocol):
    """The thresholds of reported status and outcomes."""

    @property
    def attainment_line(self) -> float: ...
    @property
    def stale_rhythms(self) -> float: ...
    @property
    def opinion_value_share(self) -> float: ...
    @property
    def frozen_days(self) -> float: ...
    @property
    def decided_within_days(self) -> float: ...
    @property
    def plan_aged_days(self) -> float: ...
    @property
    def suspicion_shrunk(self) -> float: ...
    @property
    def suspicion_contradiction(self) -> float: ...
    @property
    def suspicion_weak_measurement(self) -> float: ...


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
    posts = _goalposts(inside, found, as_of, limits)
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
        Suffix.OPINION_ONLY: _opinion_only(value.ge(limits.opinion_value_share - 1e-9), inside, found),
        Suffix.FROZEN: _frozen(looked, as_of, limits.frozen_days),
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
            "label": _labels(outside, found["inside"]),
            "suffixes": _joined(flags),
            "suspicion": _suspicion(
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


def _goalposts(inside: Inside, found: pd.DataFrame, as_of: pd.Timestamp, limits: Limits) -> pd.DataFrame:
    """Per item what became of its plan.

    moved_at: its plan was changed and nobody decided it. replanned: somebody did. inside_today: by today's
    plan, where it was moved. kinder: whether that judges it more kindly.
    """
    frame, item = inside.frame, inside.item
    moved_at = np.full(len(found), NEVER)
    np.minimum.at(moved_at, item, micros(frame["moved_at"]))
    replanned = np.bincount(item[frame["replanned_at"].notna().to_numpy()], minlength=len(found)) > 0
    today = pd.Series(pd.array([None] * len(found), dtype="str"), index=found.index)
    if inside.today is not None:
        tested = outcomes.tests(inside.today, as_of, limits)
        judged = outcomes.items(inside.today, tested, limits)["inside"]
        today = judged.where(moved_at < NEVER)
    kindness = {str(word): place for place, words in enumerate(_KINDER) for word in words}
    kinder = today.map(kindness).gt(found["inside"].map(kindness))
    return pd.DataFrame(
        {"moved_at": instants(moved_at), "replanned": replanned, "inside_today": today, "kinder": kinder},
        index=found.index,
    )


def _opinion_only(praised: pd.Series, inside: Inside, found: pd.DataFrame) -> pd.Series:
    """Business value was achieved as people scored it, and the outcome is red or flat."""
    if not praised.any():
        return praised
    return praised & (found["inside"].eq(Word.RED) | _flat(inside, found))


def _flat(inside: Inside, found: pd.DataFrame) -> pd.Series:
    """Not sound inside, and no metric that had enough data for the regression moved.

    At least one had enough.
    """
    moves = outcomes.moves(inside)
    still = moves.loc[moves["verdict"].eq(outcomes.STILL), "item_id"]
    moved = moves.loc[moves["verdict"].eq(outcomes.MOVED), "item_id"]
    return found["item_id"].isin(still) & ~found["item_id"].isin(moved) & ~found["inside"].eq(Word.GREEN)


def _frozen(looked: pd.DataFrame, as_of: pd.Timestamp, days: float) -> pd.Series:
    since = as_of - pd.Timedelta(days=days)
    return looked["goals"].gt(0) & looked["moved_at"].gt(since) & ~looked["looked_at"].gt(since)


def _suspicion(
    p: pd.Series, shrinkage: pd.Series, contradiction: pd.Series, weak: pd.Series, limits: Limits
) -> pd.Series:
    """1 − p where there is a test; else 1 − Π (1 − weight × sign).

    Signs add up, none of them alone makes it certain.
    """
    signs_of_it = (
        (limits.suspicion_shrunk, shrinkage),
        (limits.suspicion_contradiction, contradiction),
        (limits.suspicion_weak_measurement, weak),
    )
    calm = np.ones(len(p))
    for weight, sign in signs_of_it:
        calm *= 1 - weight * sign.fillna(0).to_numpy(dtype=np.float64)
    return (1 - p).fillna(pd.Series(1 - calm, index=p.index))


def _labels(outside: pd.Series, inside: pd.Series) -> Any:
    rows, columns = (
        places(words, pd.Series([str(word) for word in known], dtype="str"))
        for words, known in ((outside, Outside), (inside, Word))
    )
    return texts(rows * len(Word) + columns, [str(row[word]) for row in LABELS for word in Word])


def _money(portfolio: Portfolio, log: FlowLog) -> tuple[Any, Any]:
    benefits = portfolio.benefits
    item = places(benefits["item_id"], log.work["item_id"])
    value = benefits["planned_value"].to_numpy(dtype=np.float64)
    known = (item >= 0) & ~np.isnan(value)
    valued = np.bincount(item[known], minlength=log.items) > 0
    cost = log.work["planned_cost"].to_numpy(dtype=np.float64)
    money = np.where(valued, np.bincount(item[known], value[known], log.items), cost)
    return money, texts(np.select([valued, ~np.isnan(cost)], [0, 1], -1), ["planned value", "planned cost"])


def _joined(flags: dict[Suffix, pd.Series]) -> Any:
    """The suffixes that hold, joined by ";", in the order of the vocabulary; empty text where none does."""
    columns = np.stack([flags[suffix].fillna(False).to_numpy(dtype=bool) for suffix in Suffix])
    bits = (columns * (1 << np.arange(len(columns)))[:, None]).sum(axis=0)
    kinds, code = np.unique(bits, return_inverse=True)
    return texts(
        code,
        [
            ";".join(str(suffix) for place, suffix in enumerate(Suffix) if number >> place & 1)
            for number in kinds
        ],
    )
