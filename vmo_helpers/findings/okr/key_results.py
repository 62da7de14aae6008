"""What becomes of the key results: the worst beside the distribution, never an average of colours."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, name
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity, Verdict

# verdict → how loud, and what is said of one and of many
_LOUD = {
    Verdict.MISSED: (Severity.ALARM, "has missed", "have missed"),
    Verdict.WILL_MISS: (Severity.ALARM, "will miss", "will miss"),
    Verdict.AT_RISK: (Severity.WARNING, "is at risk", "are at risk"),
    Verdict.STALE: (Severity.UNKNOWN, "is stale", "are stale"),
    Verdict.NOT_MEASURED: (Severity.UNKNOWN, "is not measured", "are not measured"),
}

_LOST = [str(Verdict.MISSED), str(Verdict.WILL_MISS)]


def key_results(results: pd.DataFrame, pairs: pd.DataFrame | None = None) -> list[Finding]:
    """ "4 key results will miss, 3 are not measured", then each that is missed, will miss, is at risk, stale
    or not measured.

    ``results`` as ``okr.key_results`` returns it; with ``pairs`` as ``okr.conflicting`` returns them it is
    said of how many the opposite is on track: not both can be reached. Alarm: any missed or will miss. A
    stale or unmeasured key result is unknown, never on track; a stale one says neither good nor bad.
    """
    rule, n = Rule("okr.key_results"), len(results)
    if n == 0:
        return [
            rule.unknown(
                "No conclusion on key results: none belongs to an objective whose period holds the day",
                "key_results",
                clears_when="objectives of the period have key results",
            )
        ]
    counts = {str(verdict): int(results["verdict"].eq(str(verdict)).sum()) for verdict in Verdict}
    measured = n - counts[Verdict.NOT_MEASURED]
    if measured == 0:
        return [
            rule.unknown(
                f"None of {wording.counted(n, 'key result')} is measured",
                "values of key results",
                n=n,
                clears_when="they have check-ins or a metric with observations",
            ),
            *_each(results),
        ]
    said = [
        (counts[verdict], by_number(counts[verdict], one, many))
        for verdict, (_, one, many) in _LOUD.items()
        if counts[verdict]
    ]
    if not said:
        early = counts[Verdict.TOO_EARLY]
        paceless = {"begin": counts[Verdict.NO_BEGIN], "end": counts[Verdict.NO_END]}
        fine = n - early - sum(paceless.values())
        sentence = (
            f"{wording.number(fine)} of {wording.counted(n, 'key result')} "
            f"{by_number(fine, 'is', 'are')} on track"
            + (f"; for {wording.number(early)} it is too early to say" if early else "")
            + "".join(
                f"; {wording.number(some)} {by_number(some, 'has', 'have')} no {what}, and so no pace"
                for what, some in paceless.items()
                if some
            )
        )
        severity = Severity.GOOD if fine else Severity.UNKNOWN
        return [rule.finds(severity, sentence, value=0, n=n, details=counts)]
    first = f"{wording.counted(said[0][0], 'key result')} {said[0][1]}"
    rest = [f"{wording.number(count)} {words}" for count, words in said[1:]]
    lost = counts[Verdict.MISSED] + counts[Verdict.WILL_MISS]
    return [
        rule.finds(
            Severity.ALARM if lost else Severity.WARNING,
            ", ".join([first, *rest]) + _opposed(results, pairs),
            value=lost + counts[Verdict.AT_RISK],
            n=n,
            rows=results[results["verdict"].isin([str(verdict) for verdict in _LOUD])],
            table="key_results",
            missing=tuple(sorted(set(results["not_measured_because"].dropna()))),
            clears_when="each is measured on time and projected to reach the score it needs",
            details={**counts, "measured": measured},
        ),
        *_each(results),
    ]


def _opposed(results: pd.DataFrame, pairs: pd.DataFrame | None) -> str:
    """ "; 2 of those that miss lose to an opposite that is on track"; empty where none does."""
    if pairs is None or pairs.empty:
        return ""
    verdict = results.set_index("kr_id")["verdict"].astype("str")
    of = [pairs[name].map(verdict) for name in ("kr_id", "other_kr_id")]
    lost, fine = ([one.isin(words).to_numpy() for one in of] for words in (_LOST, [str(Verdict.ON_TRACK)]))
    n = int((lost[0] & fine[1]).sum() + (lost[1] & fine[0]).sum())
    if not n:
        return ""
    lose = by_number(n, "loses", "lose")
    return f"; {wording.number(n)} of those that miss {lose} to an opposite that is on track"


def _each(results: pd.DataFrame) -> list[Finding]:
    return [
        _one(verdict, row, index)
        for verdict in _LOUD
        for index, row in each(results[results["verdict"].eq(str(verdict))])
    ]


def _one(verdict: Verdict, row: pd.Series, index: object) -> Finding:
    title = name(row, key="kr_id")
    needed = wording.percent(row["needed"])
    ends = f"its projected end reaches {needed}"
    sentence, value, clears = {
        Verdict.MISSED: (
            f"{title} ended at {wording.percent(row['progress'])}, {needed} was needed",
            "progress",
            ends,
        ),
        Verdict.WILL_MISS: (f"{title} {_ends(row)}", "projected", ends),
        Verdict.AT_RISK: (f"{title} {_ends(row)}", "projected", ends),
        Verdict.STALE: (
            f"{title} is stale: its next value is overdue by {wording.days(row['overdue_days'])}",
            "progress",
            "a new check-in or observation arrives",
        ),
        Verdict.NOT_MEASURED: (
            f"{title} is not measured: {row['not_measured_because']}",
            "progress",
            "what is missing is given",
        ),
    }[verdict]
    return Rule(f"okr.key_result_{verdict}", float(row["needed"])).finds(
        _LOUD[verdict][0],
        sentence,
        subject=row["kr_id"],
        value=row[value],
        unit="share",
        n=row["values_in_period"],
        row=index,
        table="key_results",
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


def late_edits(alignment: Alignment, edits: pd.DataFrame) -> list[Finding]:
    """ "“Sale parcels on time” was changed after its end: target from 97 to 96 on 12 October 2026": each such
    change.

    ``edits`` as ``okr.late_edits`` returns it. A review of an earlier day still sees the goal as it stood
    then.
    """
    rule = Rule("okr.late_edit")
    if not alignment.portfolio.has("plan_changes"):
        return [
            rule.unknown("No conclusion on changed goals: no change of a plan is on record", "plan_changes")
        ]
    goals = [*alignment.goals.objectives["objective_id"], *alignment.goals.key_results["kr_id"]]
    if edits.empty and not alignment.portfolio.plan_changes["key"].isin(goals).any():
        why = "the changes on record are of no goal"
        return [rule.unknown(f"No conclusion on changed goals: {why}", "plan_changes of goals")]
    if edits.empty:
        return [rule.good("No change of a goal on record was made after its period was over")]
    return [
        rule.warning(
            f"{name(row, key='key')} was changed after its end: {wording.plain(row['column'])} "
            f"from {_said(row['old_value'])} to "
            f"{_said(row['new_value'])} on {wording.day(row['changed_at'].isoformat(), year=True)}",
            subject=row["key"],
            n=1,
            row=index,
            table="plan_changes",
            clears_when="the goal is scored as it stood on its last day",
            details={"column": str(row["column"]), "ended": f"{row['ended']:%Y-%m-%d}"},
        )
        for index, row in each(edits)
    ]


def _said(value: object) -> str:
    """A value as a text table holds it: "97.0" is 97 to a person."""
    if not isinstance(value, str):
        return "nothing"
    try:
        return wording.number(float(value))
    except ValueError:
        return wording.plain(value)


_OF_WORST = {
    Verdict.MISSED: Severity.WARNING,
    Verdict.WILL_MISS: Severity.WARNING,
    Verdict.AT_RISK: Severity.WARNING,
    Verdict.STALE: Severity.UNKNOWN,
    Verdict.NOT_MEASURED: Severity.UNKNOWN,
    Verdict.NO_END: Severity.UNKNOWN,
    Verdict.NO_BEGIN: Severity.UNKNOWN,
    Verdict.TOO_EARLY: Severity.UNKNOWN,
}


def objectives(status: pd.DataFrame) -> list[Finding]:
    """ "Deliver faster: score 0.62, 5 of 7 measured, worst will miss": one note per objective that has key
    results.

    ``status`` as ``okr.objective_status`` returns it: the worst verdict stands beside the distribution;
    colours are not averaged.
    """
    found = []
    for index, row in each(status[status["key_results"].gt(0)]):
        worst = Verdict(row["worst"])
        score = f"score {wording.number(round(row['score'], 2))}, " if wording.known(row["score"]) else ""
        found.append(
            Rule("okr.objective").finds(
                _OF_WORST.get(worst, Severity.GOOD),
                f"{name(row, key='objective_id')}: {score}{int(row['measured'])} of "
                f"{int(row['key_results'])} measured, worst {worst.replace('_', ' ')}",
                subject=row["objective_id"],
                value=row["score"],
                unit="score",
                n=row["key_results"],
                row=index,
                table="objectives",
                details={str(verdict): int(row[str(verdict)]) for verdict in Verdict},
            )
        )
    return found
