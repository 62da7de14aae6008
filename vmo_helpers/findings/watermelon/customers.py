"""What customers tell: answers to surveys that got worse, and use that fell."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, by_number, local_day, name
from vmo_helpers.findings.watermelon.saying import untold
from vmo_helpers.measures.decisions import titles
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Instrument

_ASKED = {
    Instrument.NPS: "net promoter score",
    Instrument.CSAT: "satisfied customers",
    Instrument.CES: "ease by customers' own score",
}
CUSTOMERS = [
    "value_stream_id",
    "value_stream",
    "instrument",
    "asked",
    "before",
    "now",
    "n_before",
    "n",
    "p_value",
    "dropped",
    "scale_before_share",
    "scale_share",
]


def satisfaction_drops(portfolio: Portfolio, drops: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "Customers are less content in 3 of 6 places", then each, such as "Payments: CSAT got worse, from 84 %
    to 76 %". ``drops`` as ``satisfaction.drops`` returns them; what too few answered is counted apart."""
    rule = Rule.by("watermelon.satisfaction_drop", limits, "satisfaction_drop_p")
    if drops.empty:
        why = "no survey was answered in this window and the one before"
        return [untold(rule, "satisfaction", why, "surveys")]
    known = drops[drops["dropped"].notna()]
    few = len(drops) - len(known)
    beside = (
        f"; {wording.number(few)} more {by_number(few, 'has', 'have')} too few answers to tell" if few else ""
    )
    if known.empty:
        why = f"under {limits.smallest_n_answers} answered in this window or in the one before"
        return [untold(rule, "satisfaction", why, "surveys")]
    found = known[known["dropped"].astype(bool)].sort_values("p_value", kind="stable")
    compared = {"compared": sorted({*known["subject"].astype("str")})}
    if found.empty:
        calm = f"Nowhere are customers less content than before ({wording.counted(len(known), 'comparison')})"
        return [
            Rule(rule.name).good(f"{calm}{beside}", value=0, unit="items", n=len(known), details=compared)
        ]
    names = titles(portfolio)
    zone = portfolio.settings.timezone
    each = [_fell(rule, row, names, zone) for _, row in found.head(MOST_SUBJECTS).iterrows()]
    first = rule.warning(
        f"Customers are less content in {wording.number(len(found))} of "
        f"{wording.counted(len(known), 'place')}{beside}",
        value=len(found),
        unit="items",
        n=len(known),
        clears_when="no score is lower than before beyond chance",
        details={"subjects": [finding.subject for finding in each], **compared},
    )
    return [first, *each]


def customers(portfolio: Portfolio, drops: pd.DataFrame) -> pd.DataFrame:
    """One row a comparison as a reader wants it, those that fell first, then by p_value: value_stream_id,
    value_stream (its name), instrument, what was asked, before and now (score and month in words), n_before
    and n (answers), p_value, dropped (missing: too few answers), and where on its scale each lies
    (scale_before_share, scale_share: 0 worst, 1 best).

    ``drops`` as ``satisfaction.drops`` returns them.
    """
    names, zone = titles(portfolio), portfolio.settings.timezone
    rows = [
        {
            "value_stream_id": str(row["subject"]),
            "value_stream": _who(row["subject"], names),
            "instrument": str(row["instrument"]),
            "asked": _ASKED[Instrument(row["instrument"])],
            "before": f"{_score(row['score_before'], row['unit'])} ({_month(row['at_before'], zone)})",
            "now": f"{_score(row['score'], row['unit'])} ({_month(row['at'], zone)})",
            "n_before": int(row["n_before"]),
            "n": int(row["n"]),
            "p_value": row["p_value"],
            "dropped": row["dropped"],
            "scale_before_share": row["place_before"],
            "scale_share": row["place"],
        }
        for row in drops.sort_values(["dropped", "p_value"], ascending=[False, True]).to_dict("records")
    ]
    return pd.DataFrame(rows, columns=CUSTOMERS).astype({"dropped": "boolean"})


def answered(portfolio: Portfolio, drops: pd.DataFrame) -> pd.DataFrame:
    """``customers`` as a table beside another chart: without its place on the scale and the test."""
    rest = ["value_stream_id", "instrument", "p_value", "scale_before_share", "scale_share"]
    return customers(portfolio, drops).drop(columns=rest)


def usage_drops(portfolio: Portfolio, drops: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "3 things are used less than before", then each since when. ``drops`` as ``outcomes.usage_drops``
    returns them."""
    line, zone = float(limits.usage_drop_observations), portfolio.settings.timezone
    rule = Rule("watermelon.usage_drop", line, "usage_drop_observations")
    known = drops[drops["dropped"].notna()]
    if known.empty:
        why = "no behaviour metric has enough readings"
        return [untold(rule, "usage", why, "behaviour metrics with observations")]
    found = known[known["dropped"].astype(bool)]
    return rule.listed(
        found,
        f"Usage fell by more than it usually varies in {wording.counted(len(found), 'place')}",
        lambda row: (
            f"{name(row, 'metric', 'metric_id')} fell from {wording.number(row['level'])} to "
            f"{wording.reading(row['last_value'], row['unit'])} since "
            f"{wording.day(local_day(row['since'], zone), year=True)}"
        ),
        n=len(known),
        calm=f"No usage fell by more than it usually varies ({wording.counted(len(known), 'metric')})",
        clears_when="a reading comes back into the band",
        value="last_value",
        table="metrics",
        key="metric_id",
    )


def used(drops: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """The metrics of use as a reader wants them, those that fell first: metric_id, metric, usually, now,
    read_at, fell, since. ``drops`` as ``outcomes.usage_drops`` returns them."""
    rows = [
        {
            "metric_id": row["metric_id"],
            "metric": name(row, "metric", "metric_id"),
            "usually": _measured(row, "level"),
            "now": _measured(row, "last_value"),
            "read_at": row["last_at"],
            "fell": _fell_or_not(row["dropped"]),
            "since": row["since"],
        }
        for _, row in drops.iterrows()
    ]
    return pd.DataFrame(rows, columns=["metric_id", "metric", "usually", "now", "read_at", "fell", "since"])


def _measured(row: pd.Series, column: str) -> str | None:
    return wording.reading(row[column], row["unit"]) if wording.known(row[column]) else None


def _fell_or_not(dropped: object) -> str:
    if not wording.known(dropped):
        return "? too few readings"
    return "✕ fell" if dropped else "• did not fall"


def _month(at: pd.Timestamp, zone: str) -> str:
    return wording.month(local_day(at, zone), short=True)


def _who(subject: object, names: Mapping[str, str]) -> str:
    return wording.plain(names.get(str(subject), str(subject)))


def _score(value: float, unit: str) -> str:
    """A score as people say it: +18, −17, 84 %, 5.2."""
    if unit != "score":
        return wording.quantity(value, unit)
    return f"+{value:.0f}" if round(value) > 0 else wording.number(round(value))


def _fell(rule: Rule, row: pd.Series, names: dict[str, str], zone: str) -> Finding:
    unit = str(row["unit"]) if row["unit"] in ("share", "score") else "number"
    now, before = (_score(row[column], unit) for column in ("score", "score_before"))
    then = wording.month(local_day(row["at_before"], zone))
    who = _who(row["subject"], names)
    return rule.warning(
        f"{who}: {_ASKED[Instrument(row['instrument'])]} fell from {before} in {then} to {now}",
        subject=f"{row['subject']}:{row['instrument']}",
        value=row["change"],
        unit=unit,
        n=row["n"],
        clears_when="the score is no longer lower than before beyond chance",
    )
