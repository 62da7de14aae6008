"""What became of past decisions: carried through or not, how long they took, and whether their metric
moved."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.decisions.asks import MOST, WHOLE, evidence_of
from vmo_helpers.measures.outcomes import FEW, MOVED
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import DecisionState, Severity

LATE_RULE = "value.late_decision"


def past(states: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """Such as "8 of 10 decisions that are due were carried through; half were taken within 25 days", then
    each that is late."""
    rule = "decisions.carried_through"
    taken = states[states["state"].ne(str(DecisionState.OPEN))]
    if states.empty:
        sentence = "No conclusion on past decisions: none is on record"
        return [
            Finding(
                rule,
                WHOLE,
                Severity.UNKNOWN,
                sentence,
                missing=("table decisions",),
                clears_when="decisions are recorded: vmo decide",
            )
        ]
    if taken.empty:
        return [
            Finding(
                rule,
                WHOLE,
                Severity.NOTE,
                f"None of {wording.counted(len(states), 'decision')} asked for has been taken yet",
                n=len(states),
                evidence=evidence_of(states),
            )
        ]
    done = taken["state"].eq(str(DecisionState.CARRIED_THROUGH)).sum()
    late = taken[taken["state"].eq(str(DecisionState.LATE))].sort_values(
        "late_days", ascending=False, kind="stable"
    )
    due = int(done + len(late))
    delays = taken["delay_days"].dropna()
    pace = (
        f"; half were taken within {wording.days(delays.median())}"
        if len(delays) >= limits.smallest_n_percentile
        else ""
    )
    verb = "was" if due == 1 else "were"
    said = (
        f"{done} of {wording.counted(due, 'decision')} that {'is' if due == 1 else 'are'} due {verb} "
        f"carried through{pace}"
    )
    if not due:
        said = f"{wording.counted(len(taken), 'decision')} taken, none due yet{pace}"
    share = done / due if due else None
    well = share is not None and share >= limits.carried_through_share
    loud = Severity.NOTE if share is None else Severity.GOOD if late.empty else Severity.WARNING
    whole = Finding(
        rule,
        WHOLE,
        loud,
        said,
        value=share,
        unit="share",
        threshold=limits.carried_through_share,
        threshold_name="carried_through_share",
        n=due,
        evidence=evidence_of(taken),
        clears_when="" if late.empty else "each that is late is carried through, or decided anew",
        details={
            "as_wanted": well,
            "open": len(states) - len(taken),
            "taken": len(taken),
            "late": late["decision_id"].tolist(),
        },
    )
    return [whole, *(_late(row, states.loc[[index]]) for index, row in late.iterrows())]


def effects(found: pd.DataFrame) -> list[Finding]:
    """Such as "1 of 3 decisions with a metric can be seen in it"; ``found`` as ``measures.decisions.effects``
    returns it."""
    rule = "decisions.effect"
    if found.empty:
        return [
            Finding(
                rule,
                WHOLE,
                Severity.UNKNOWN,
                "No conclusion on what decisions brought: none that is done names a metric",
                missing=("effect_metric_id of decisions",),
                clears_when="decisions name the metric that they should move",
            )
        ]
    moved = found["verdict"].eq(MOVED).sum()
    tested = int(found["verdict"].ne(FEW).sum())
    if not tested:
        sentence = f"Too early to see what {wording.counted(len(found), 'decision')} with a metric brought"
        return [
            Finding(
                rule,
                WHOLE,
                Severity.UNKNOWN,
                sentence,
                n=len(found),
                missing=("observations after the decision",),
                evidence=evidence_of(found),
                clears_when="there are three observations after each decision",
            )
        ]
    sentence = (
        f"{moved} of {wording.counted(tested, 'decision')} with a metric and enough readings "
        "moved it the wanted way"
    )
    return [
        Finding(
            rule,
            WHOLE,
            Severity.NOTE,
            sentence,
            value=moved / tested,
            unit="share",
            n=tested,
            evidence=evidence_of(found),
        )
    ]


def unfinished(summary: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``measures.decisions.summary`` that nobody has settled and that are not among the decisions
    asked today (``ranked``)."""
    today = set(ranked.head(MOST)["decision_id"].dropna())
    left = summary[
        summary["decision_state"].ne(str(DecisionState.CARRIED_THROUGH)) & ~summary["decision"].isin(today)
    ]
    return left.drop(columns="decision")


def _late(row: pd.Series, rows: pd.DataFrame) -> Finding:
    question = wording.clipped(wording.plain(row["question"]), 90)
    return Finding(
        LATE_RULE,
        str(row["decision_id"]),
        Severity.WARNING,
        f"{question} Due on {wording.day(row['due'], year=True)}, not done "
        f"{wording.days(float(row['late_days']))} later",
        value=float(row["late_days"]),
        unit="days",
        n=1,
        evidence=evidence_of(rows),
        clears_when="it is carried through, or decided anew",
        details={"owner": row["owner"] if isinstance(row["owner"], str) else None},
    )
