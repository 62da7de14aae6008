"""Orphans both ways: work that serves no goal, money that serves none, goals that nobody works on, broken
lines of sight.
"""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import feature_items
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, name
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.measures.okr.sight import STEPS
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import GoalType, Severity


def unaligned_spend(alignment: Alignment, money: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "EUR 4 M serves no goal": the spend, in the window, of features in progress that no link takes.

    ``money`` as ``okr.money`` returns it. Alarm from ``okr_unaligned_share`` of the judged money on, a
    warning under it. What cannot be traced or stands apart is in neither number.
    """
    rule = Rule.by("okr.unaligned_spend", limits, "okr_unaligned_share")
    currency, items = alignment.portfolio.settings.currency, alignment.counted
    total = float(money.loc[money["judged"], "amount"].sum())
    lost, untraced = (
        float(money.loc[money["part"].eq(part), "amount"].sum()) for part in ("no_goal", "not_traceable")
    )
    why = alignment.missing.get("linked") or (
        "" if total > 0 else "no actual spend of work in progress is known in the window"
    )
    if why:
        return rule.unknown(f"No conclusion on spend without a goal: {why}", why)
    share = lost / total
    beside = f"; {wording.money(untraced, currency)} more cannot be traced" if untraced > 0 else ""
    details = dict(zip(money["part"].astype(str), money["amount"].tolist(), strict=True))
    if lost <= 1e-6 * total:
        return rule.good(
            f"All {wording.money(total, currency)} of traceable spend serves a goal{beside}",
            value=0,
            unit="share",
            n=len(items),
            money=0,
            details=details,
        )
    return rule.finds(
        Severity.ALARM if share >= limits.okr_unaligned_share else Severity.WARNING,
        f"{wording.money(lost, currency)} serves no goal, {wording.percent(share)} of the traceable "
        f"spend{_of_all(lost, money)}{beside}",
        value=share,
        unit="share",
        n=len(items),
        money=lost,
        rows=items[(items["spend_once"] * (1 - items["linked_spend_share"])).gt(1e-6)],
        clears_when=f"each {feature_items(alignment)} in progress is linked to a goal, or stopped",
        details=details,
    )


def _of_all(lost: float, money: pd.DataFrame) -> str:
    """Its share of all spend, too, where that is another number: the chart tells the one beside the other."""
    whole, judged = (float(part["amount"].sum()) for part in (money, money[money["judged"]]))
    return f" and {wording.percent(lost / whole)} of all" if whole > judged * 1.005 else ""


def orphan_items(alignment: Alignment, orphans: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "9 of 44 feature epics serve no goal", then each of them, the costliest first; their money together is
    ``unaligned_spend``'s to tell. ``orphans`` as ``okr.orphan_items`` returns it.
    """
    rule, currency, n = (
        Rule("okr.orphan_items"),
        alignment.portfolio.settings.currency,
        len(alignment.counted),
    )
    why = alignment.missing.get("linked")
    if why:
        return [rule.unknown(f"No conclusion on work without a goal: {why}", why, n=n)]
    found = orphans[orphans["orphan"]]
    counted = wording.counted(n, feature_items(alignment))
    if found.empty:
        return [rule.good(f"All {counted} in progress serve a goal", value=0, unit="items", n=n)]
    first = rule.finds(
        Severity.ALARM if (n - len(found)) / n < limits.okr_alignment_share else Severity.WARNING,
        f"{wording.number(len(found))} of {counted} in progress "
        f"{by_number(len(found), 'serves', 'serve')} no goal",
        value=len(found),
        unit="items",
        n=n,
        rows=found,
        clears_when="each is linked to a goal, or stopped",
    )
    return [
        first,
        *(
            Rule("okr.orphan_item").warning(
                f"{name(row)} serves no goal"
                + (f" ({wording.money(row['spend'], currency)} spent)" if row["spend"] > 0 else ""),
                subject=row["item_id"],
                n=1,
                row=index,
                money=row["spend"] if row["spend"] > 0 else None,
                clears_when="it is linked to a goal, or stopped",
            )
            for index, row in each(found)
        ),
    ]


def goals_without_work(alignment: Alignment, work: pd.DataFrame) -> list[Finding]:
    """ "3 of 12 objectives have no work in progress", then each objective and each key result without any.
    ``work`` as ``okr.goal_work`` returns it.
    """
    rule, why = Rule("okr.goals_without_work"), alignment.missing.get("linked")
    if why:
        return [rule.unknown(f"No conclusion on goals without work: {why}", why)]
    kinds = {GoalType.OBJECTIVE: "objective", GoalType.KEY_RESULT: "key result"}
    every = {kind: work[work["goal_type"].eq(str(kind))] for kind in kinds}
    idle = {kind: goals[goals["without_work"]] for kind, goals in every.items()}
    n = len(every[GoalType.OBJECTIVE])
    parts = [
        f"{wording.number(len(idle[kind]))} of {wording.counted(len(every[kind]), word)}"
        for kind, word in kinds.items()
        if len(idle[kind])
    ]
    if not parts:
        said = f"Each of {wording.counted(n, 'objective')} has work in progress"
        return [rule.good(said, value=0, n=n)]
    first = rule.warning(
        f"{wording.listed(parts)} {by_number(sum(map(len, idle.values())), 'has', 'have')} no work in "
        "progress",
        value=len(idle[GoalType.OBJECTIVE]),
        n=n,
        evidence=tuple(Evidence.of(f"{kind}s", goals) for kind, goals in idle.items() if len(goals)),
        clears_when="work is started for them, or they are dropped",
        details={f"{kind}s": len(goals) for kind, goals in idle.items()},
    )
    return [
        first,
        *(
            Rule(f"okr.{kind}_without_work").finds(
                Severity.WARNING if kind == GoalType.OBJECTIVE else Severity.NOTE,
                f"Nobody works on the {word} {name(row, key='goal_id')}"
                + (
                    f"; {wording.counted(int(row['finished_items']), 'item')} finished in the window"
                    if row["finished_items"]
                    else ""
                ),
                subject=row["goal_id"],
                n=1,
                row=index,
                table=f"{kind}s",
                clears_when="work is started for it, or it is dropped",
            )
            for kind, word in kinds.items()
            for index, row in each(idle[kind])
        ),
    ]


def line_of_sight(alignment: Alignment, coverage: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "54 % of 44 feature epics lead through a key result to an enterprise objective". ``coverage`` as
    ``okr.coverage`` returns it.
    """
    rule, n = Rule.by("okr.line_of_sight", limits, "okr_line_of_sight_share"), len(alignment.counted)
    why = alignment.missing.get("linked")
    if why:
        return rule.unknown(f"No conclusion on the line of sight: {why}", why, n=n)
    by_step: dict[str, float] = dict(
        zip(coverage["step"].astype(str), coverage["share"].tolist(), strict=True)
    )
    share = by_step[STEPS[3]]
    weakest = min(STEPS[:3], key=lambda step: by_step[step])
    low = share < limits.okr_line_of_sight_share
    tail = f"; the line breaks most often at the {weakest}" if low else ""
    return rule.finds(
        Severity.WARNING if low else Severity.GOOD,
        f"{wording.percent(share)} of {wording.counted(n, feature_items(alignment))} lead through a key "
        f"result to an enterprise objective{tail}",
        value=share,
        unit="share",
        n=n,
        clears_when="links name key results, and objectives their parents" if low else "",
        details=by_step,
    )
