"""What becomes of the key results: the worst beside the distribution, never an average of colours."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import MOST_SUBJECTS, PORTFOLIO, name, number, unknown
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity, Verdict

_PARTS = (
    (Verdict.MISSED, "has missed", "have missed"),
    (Verdict.WILL_MISS, "will miss", "will miss"),
    (Verdict.AT_RISK, "is at risk", "are at risk"),
    (Verdict.STALE, "is stale", "are stale"),
    (Verdict.NOT_MEASURED, "is not measured", "are not measured"),
)
_RULES = {
    Verdict.MISSED: ("okr.key_result_missed", Severity.ALARM),
    Verdict.WILL_MISS: ("okr.key_result_will_miss", Severity.ALARM),
    Verdict.AT_RISK: ("okr.key_result_at_risk", Severity.WARNING),
    Verdict.STALE: ("okr.key_result_stale", Severity.UNKNOWN),
    Verdict.NOT_MEASURED: ("okr.key_result_not_measured", Severity.UNKNOWN),
}


def key_results(results: pd.DataFrame) -> list[Finding]:
    """ "4 key results will miss, 3 are not measured", then each that is missed, will miss, is at risk, stale
    or not measured.

    ``results`` as ``okr.key_results`` returns it. Alarm: any missed or will miss. A stale or unmeasured key
    result is unknown, never on track; a stale one says neither good nor bad.
    """
    rule, n = "okr.key_results", len(results)
    if n == 0:
        return [
            unknown(
                rule,
                "No conclusion on key results: none belongs to an objective whose period holds the day",
                missing=("key_results",),
                clears_when="objectives of the period have key results",
            )
        ]
    counts = {str(verdict): int(results["verdict"].eq(str(verdict)).sum()) for verdict in Verdict}
    said = [
        (counts[str(verdict)], one if counts[str(verdict)] == 1 else many)
        for verdict, one, many in _PARTS
        if counts[str(verdict)]
    ]
    measured = n - counts[str(Verdict.NOT_MEASURED)]
    if measured == 0:
        return [
            unknown(
                rule,
                f"None of {wording.counted(n, 'key result')} is measured",
                n=n,
                missing=("values of key results",),
                clears_when="they have check-ins or a metric with observations",
            ),
            *_each(results),
        ]
    loud = counts[str(Verdict.MISSED)] + counts[str(Verdict.WILL_MISS)]
    if not said:
        open_ = counts[str(Verdict.TOO_EARLY)]
        fine = n - open_
        sentence = (
            f"{wording.number(fine)} of {wording.counted(n, 'key result')} "
            f"{'is' if fine == 1 else 'are'} on track"
            + (f"; for {wording.number(open_)} it is too early to say" if open_ else "")
        )
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD if fine else Severity.UNKNOWN,
                sentence,
                value=0.0,
                n=n,
                details=counts,
            )
        ]
    first = f"{wording.counted(said[0][0], 'key result')} {said[0][1]}"
    rest = [f"{wording.number(count)} {words}" for count, words in said[1:]]
    severity = Severity.ALARM if loud else Severity.WARNING
    loud_rows = results[results["verdict"].isin([str(verdict) for verdict in _RULES])]
    return [
        Finding(
            rule,
            PORTFOLIO,
            severity,
            ", ".join([first, *rest]),
            value=float(loud + counts[str(Verdict.AT_RISK)]),
            n=n,
            evidence=(Evidence.of("key_results", loud_rows),),
            missing=tuple(sorted(set(results["not_measured_because"].dropna()))),
            clears_when="each is measured on time and projected to reach the score it needs",
            details={**counts, "measured": measured},
        ),
        *_each(results),
    ]


def _each(results: pd.DataFrame) -> list[Finding]:
    found = []
    for verdict, (rule, severity) in _RULES.items():
        chosen = results[results["verdict"].eq(str(verdict))].head(MOST_SUBJECTS)
        found += [
            _one(rule, severity, verdict, row, results.loc[[index]]) for index, row in chosen.iterrows()
        ]
    return found


def _one(rule: str, severity: Severity, verdict: Verdict, row: pd.Series, frame: pd.DataFrame) -> Finding:
    title = name(row["title"], row["kr_id"])
    needed = wording.percent(row["needed"])
    clears = {
        Verdict.STALE: "a new check-in or observation arrives",
        Verdict.NOT_MEASURED: "what is missing is given",
    }.get(verdict, f"its projected end reaches {needed}")
    sentence = {
        Verdict.MISSED: f"{title} ended at {wording.percent(row['progress'])}, {needed} was needed",
        Verdict.WILL_MISS: f"{title} {_ends(row)}",
        Verdict.AT_RISK: f"{title} {_ends(row)}",
        Verdict.STALE: f"{title} is stale: its next value is overdue by {wording.days(row['overdue_days'])}",
        Verdict.NOT_MEASURED: f"{title} is not measured: {row['not_measured_because']}",
    }[verdict]
    value = row["projected"] if verdict in (Verdict.WILL_MISS, Verdict.AT_RISK) else row["progress"]
    return Finding(
        rule,
        str(row["kr_id"]),
        severity,
        sentence,
        value=float(value) if value == value else None,
        unit="share",
        threshold=float(row["needed"]),
        n=int(row["values_in_period"]),
        evidence=(Evidence.of("key_results", frame),),
        clears_when=clears,
        missing=(str(row["not_measured_because"]),) if verdict == Verdict.NOT_MEASURED else (),
    )


def _ends(row: pd.Series) -> str:
    """ "is heading for between 41 and 55 %", for a goal to hold: "is heading out of its bounds"."""
    if row["expected"] != row["expected"]:  # maintain and range have no way to go, only bounds
        return (
            "is out of its bounds today"
            if row["projected"] >= row["needed"]
            else "is heading out of its bounds"
        )
    needed = (
        f"{wording.percent(row['needed'])} of its target {'is' if row['needed'] == 1 else 'would be'} needed"
    )
    if row["projected_high"] < 0:
        return f"is moving away from its target; {needed}"
    low = max(float(row["projected_low"]), 0.0)
    return f"is heading for {wording.between(low, row['projected_high'], wording.percent)}; {needed}"


def late_edits(read: Alignment, edits: pd.DataFrame) -> list[Finding]:
    """ "“Sale parcels on time” was changed after its end: target from 97 to 96 on 12 October 2026": each such
    change.

    ``edits`` as ``okr.late_edits`` returns it. A review of an earlier day still sees the goal as it stood
    then.
    """
    rule = "okr.late_edit"
    if not read.portfolio.has("plan_changes"):
        return [
            unknown(
                rule,
                "No conclusion on changed goals: no change of a plan is on record",
                missing=("plan_changes",),
            )
        ]
    if edits.empty:
        return [Finding(rule, PORTFOLIO, Severity.GOOD, "No goal was changed after its period was over")]
    return [
        Finding(
            rule,
            str(row["key"]),
            Severity.WARNING,
            f"{name(row['title'], row['key'])} was changed after its end: {wording.plain(row['column'])} "
            f"from {_said(row['old_value'])} to "
            f"{_said(row['new_value'])} on {wording.day(row['changed_at'].isoformat(), year=True)}",
            n=1,
            evidence=(Evidence.of("plan_changes", edits.loc[[index]]),),
            clears_when="the goal is scored as it stood on its last day",
            details={"column": str(row["column"]), "ended": f"{row['ended']:%Y-%m-%d}"},
        )
        for index, row in edits.head(MOST_SUBJECTS).iterrows()
    ]


def _said(value: object) -> str:
    """A value as a text table holds it: "97.0" is 97 to a person."""
    if not isinstance(value, str):
        return "nothing"
    try:
        return wording.number(float(value))
    except ValueError:
        return wording.plain(value)


def objectives(status: pd.DataFrame) -> list[Finding]:
    """ "Deliver faster: score 0.62, 5 of 7 measured, worst will miss": one note per objective that has key
    results.

    ``status`` as ``okr.objective_status`` returns it: the worst verdict stands beside the distribution;
    colours are not averaged.
    """
    rule = "okr.objective"
    found = []
    for index, row in status[status["key_results"].gt(0)].head(MOST_SUBJECTS).iterrows():
        worst = Verdict(row["worst"])
        loud = worst in (Verdict.MISSED, Verdict.WILL_MISS)
        unsaid = worst in (Verdict.STALE, Verdict.NOT_MEASURED, Verdict.TOO_EARLY)
        severity = (
            Severity.WARNING
            if loud or worst == Verdict.AT_RISK
            else Severity.UNKNOWN
            if unsaid
            else Severity.GOOD
        )
        score = f"score {wording.number(round(row['score'], 2))}, " if wording.known(row["score"]) else ""
        found.append(
            Finding(
                rule,
                str(row["objective_id"]),
                severity,
                f"{name(row['title'], row['objective_id'])}: {score}{int(row['measured'])} of "
                f"{int(row['key_results'])} measured, "
                f"worst {str(worst).replace('_', ' ')}",
                value=number(row["score"]),
                unit="score",
                n=int(row["key_results"]),
                evidence=(Evidence.of("objectives", status.loc[[index]]),),
                details={str(verdict): int(row[str(verdict)]) for verdict in Verdict},
            )
        )
    return found
