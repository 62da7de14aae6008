"""What became of past decisions: carried through or not, how long they took, and whether their metric
moved."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.decisions.asks import MOST
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, text
from vmo_helpers.measures.decisions.kept import KEPT, NOT_KEPT, UNSEEN
from vmo_helpers.measures.outcomes import FEW, MOVED
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import DecisionState, Severity


def past(states: pd.DataFrame, held: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """Such as "8 of 10 decisions that are due are done, 5 after the due day: 3 kept, 1 not kept, 4 cannot be
    seen; half of 13 were taken within 25 days of being asked", then each that is late.

    ``held`` as ``measures.decisions.kept`` returns it.
    """
    rule = Rule.by("decisions.carried_through", limits, "carried_through_share")
    if states.empty:
        return [
            rule.unknown(
                "No conclusion on past decisions: none is on record",
                "table decisions",
                clears_when="decisions are recorded: vmo decide",
            )
        ]
    taken = states[states["state"].ne(str(DecisionState.OPEN))]
    if taken.empty:
        none = f"None of {wording.counted(len(states), 'decision')} asked for has been taken yet"
        return [Rule(rule.name).note(none, n=len(states), rows=states, table="decisions")]
    through = taken["state"].eq(str(DecisionState.CARRIED_THROUGH))
    done, after = through.sum(), int((through & taken["late_days"].gt(0)).sum())
    late = taken[taken["state"].eq(str(DecisionState.LATE))].sort_values(
        "late_days", ascending=False, kind="stable"
    )
    due = int(done + len(late))
    pace = _pace(taken["delay_days"].dropna(), limits.smallest_n_percentile)
    said = (
        f"{done} of {wording.counted(due, 'decision')} that {by_number(due, 'is', 'are')} due "
        f"{by_number(int(done), 'is', 'are')} done{f', {after} after the due day' if after else ''}"
        f"{_held(held)}{pace}"
    )
    if not due:
        said = f"{wording.counted(len(taken), 'decision')} taken, none due yet{pace}"
    share = done / due if due else None
    whole = rule.finds(
        Severity.NOTE if share is None else Severity.GOOD if late.empty else Severity.WARNING,
        said,
        value=share,
        unit="share",
        n=due,
        rows=taken,
        table="decisions",
        clears_when="" if late.empty else "each that is late is carried through, or decided anew",
        details={
            "as_wanted": share is not None and share >= limits.carried_through_share,
            "open": len(states) - len(taken),
            "taken": len(taken),
            "late": late["decision_id"].tolist(),
        },
    )
    return [whole, *(_late(row, index) for index, row in late.iterrows())]


def _pace(delays: pd.Series, fewest: int) -> str:
    if len(delays) < fewest:
        return ""
    half = wording.days(delays.median())
    return f"; half of {wording.number(len(delays))} were taken within {half} of being asked"


def _held(held: pd.DataFrame) -> str:
    """What became of those that are done, where anything of it can be seen."""
    count = held["kept"].value_counts()
    unseen = int(count.get(UNSEEN, 0))
    if not len(held) or unseen == len(held):
        return ""
    words = ((KEPT, "kept"), (NOT_KEPT, "not kept"), (UNSEEN, "cannot be seen"))
    return ": " + ", ".join(f"{count[one]} {said}" for one, said in words if count.get(one, 0))


def _late(row: pd.Series, index: object) -> Finding:
    question = wording.clipped(wording.plain(row["question"]), 90)
    return Rule("value.late_decision").warning(
        f"{question} Due on {wording.day(row['due'], year=True)}, not done "
        f"{wording.days(float(row['late_days']))} later",
        subject=row["decision_id"],
        value=row["late_days"],
        unit="days",
        n=1,
        row=index,
        table="decisions",
        clears_when="it is carried through, or decided anew",
        details={
            "owner": text(row["owner"]),
            "question": str(row["question"]),
            "short": f"is late by {wording.days(float(row['late_days']))}",
        },
    )


def kept(held: pd.DataFrame) -> list[Finding]:
    """Such as "1 of 8 decisions that are done was not kept; of 4 it cannot be seen", then each that was not;
    ``held`` as ``measures.decisions.kept`` returns it. None where nothing is done."""
    rule, n = Rule("decisions.kept"), len(held)
    broken, unseen = held[held["kept"].eq(NOT_KEPT)], int(held["kept"].eq(UNSEEN).sum())
    if not n:
        return []
    done = f"{wording.counted(n, 'decision')} that {by_number(n, 'is', 'are')} done"
    rest = f"; of {unseen} it cannot be seen" if unseen and unseen < n else ""
    if unseen == n:
        return [rule.unknown(f"Whether {done} was kept cannot be seen", "a place, an item or a metric", n=n)]
    if broken.empty:
        return [rule.good(f"Nothing speaks against {done}{rest}", value=0, n=n, rows=held, table="decisions")]
    whole = rule.warning(
        f"{len(broken)} of {done} {by_number(len(broken), 'was', 'were')} not kept{rest}",
        value=len(broken),
        n=n,
        rows=broken,
        table="decisions",
        clears_when="each is kept from now on, or taken back",
    )
    return [whole, *(_broken(row, index) for index, row in each(broken))]


def _broken(row: pd.Series, index: object) -> Finding:
    question = wording.clipped(wording.plain(row["question"]), 90)
    since = wording.day(str(row["done_at"].date()), year=True)
    return Rule("decisions.not_kept").warning(
        f"{question} Done on {since}, and not kept: {row['facts']}",
        subject=row["decision_id"],
        n=1,
        row=index,
        table="decisions",
        clears_when="it is kept from now on, or taken back",
        details={
            "ask": f"Keep to it, or take it back: {question}",
            "place": text(row["place"]),
            "question": str(row["question"]),
            "short": f"is done, and not kept: {row['facts']}",
        },
    )


def effects(found: pd.DataFrame) -> list[Finding]:
    """Such as "1 of 3 decisions with a metric can be seen in it"; ``found`` as ``measures.decisions.effects``
    returns it."""
    rule = Rule("decisions.effect")
    if found.empty:
        return [
            rule.unknown(
                "No conclusion on what decisions brought: none that is done names a metric",
                "effect_metric_id of decisions",
                clears_when="decisions name the metric that they should move",
            )
        ]
    tested = int(found["verdict"].ne(FEW).sum())
    if not tested:
        return [
            rule.unknown(
                f"Too early to see what {wording.counted(len(found), 'decision')} with a metric brought",
                "observations after the decision",
                n=len(found),
                rows=found,
                table="decisions",
                clears_when="there are three observations after each decision",
            )
        ]
    moved = found["verdict"].eq(MOVED).sum()
    return [
        rule.note(
            f"{moved} of {wording.counted(tested, 'decision')} with a metric and enough readings "
            "moved it the wanted way",
            value=moved / tested,
            unit="share",
            n=tested,
            rows=found,
            table="decisions",
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
