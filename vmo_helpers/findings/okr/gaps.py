"""Orphans both ways: work that serves no goal, money that serves none, goals that nobody works on, broken
lines of sight.
"""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import MOST_SUBJECTS, PORTFOLIO, feature_items, name, unknown
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.measures.okr.sight import STEPS
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import GoalType, Severity


def unaligned_spend(read: Alignment, money: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "EUR 4 M serves no goal": the spend, in the window, of features in progress that no link takes.

    ``money`` as ``okr.money`` returns it. Alarm from ``okr_unaligned_share`` of the judged money on, a
    warning under it. What cannot be traced or stands apart is in neither number.
    """
    rule, currency = "okr.unaligned_spend", read.portfolio.settings.currency
    judged = money[money["judged"]]
    total, lost = float(judged["amount"].sum()), float(money.loc[money["part"].eq("no_goal"), "amount"].sum())
    why = read.missing.get("linked") or (
        "" if total > 0 else "no actual spend of work in progress is known in the window"
    )
    if why:
        return unknown(rule, f"No conclusion on spend without a goal: {why}", missing=(why,))
    share = lost / total
    untraced = float(money.loc[money["part"].eq("not_traceable"), "amount"].sum())
    beside = f"; {wording.money(untraced, currency)} more cannot be traced" if untraced > 0 else ""
    details = dict(zip(money["part"].astype(str), money["amount"].tolist(), strict=True))
    items = read.counted
    orphaned = items[(items["spend_once"] * (1 - items["linked_spend_share"])).gt(1e-6)]
    if lost <= 1e-6 * total:
        return Finding(
            rule,
            PORTFOLIO,
            Severity.GOOD,
            f"All {wording.money(total, currency)} of traceable spend serves a goal{beside}",
            value=0.0,
            unit="share",
            n=len(items),
            threshold=limits.okr_unaligned_share,
            threshold_name="okr_unaligned_share",
            money=0.0,
            details=details,
        )
    return Finding(
        rule,
        PORTFOLIO,
        Severity.ALARM if share >= limits.okr_unaligned_share else Severity.WARNING,
        f"{wording.money(lost, currency)} serves no goal, {wording.percent(share)} of the traceable "
        f"spend{beside}",
        value=share,
        unit="share",
        threshold=limits.okr_unaligned_share,
        threshold_name="okr_unaligned_share",
        n=len(items),
        money=lost,
        evidence=(Evidence.of("work_items", orphaned),),
        clears_when=f"each {feature_items(read)} in progress is linked to a goal, or stopped",
        details=details,
    )


def orphan_items(read: Alignment, orphans: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "9 of 44 feature epics serve no goal (EUR 4 M spent)", then each of them, the costliest first.
    ``orphans`` as ``okr.orphan_items`` returns it.
    """
    rule, currency, n = "okr.orphan_item", read.portfolio.settings.currency, len(read.counted)
    why = read.missing.get("linked")
    if why:
        return [
            unknown("okr.orphan_items", f"No conclusion on work without a goal: {why}", n=n, missing=(why,))
        ]
    found = orphans[orphans["orphan"]]
    if found.empty:
        return [
            Finding(
                "okr.orphan_items",
                PORTFOLIO,
                Severity.GOOD,
                f"All {wording.counted(n, feature_items(read))} in progress serve a goal",
                value=0.0,
                unit="items",
                n=n,
            )
        ]
    spent = float(found["spend"].sum())
    aside = f" ({wording.money(spent, currency)} spent in the window)" if spent > 0 else ""
    alarm = len(found) / n > 1 - limits.okr_alignment_share
    first = Finding(
        "okr.orphan_items",
        PORTFOLIO,
        Severity.ALARM if alarm else Severity.WARNING,
        f"{wording.number(len(found))} of {wording.counted(n, feature_items(read))} in progress "
        f"{'serves' if len(found) == 1 else 'serve'} no goal{aside}",
        value=float(len(found)),
        unit="items",
        n=n,
        evidence=(Evidence.of("work_items", found),),
        money=spent or None,
        clears_when="each is linked to a goal, or stopped",
    )
    return [
        first,
        *[
            Finding(
                rule,
                str(row["item_id"]),
                Severity.WARNING,
                f"{name(row['title'], row['item_id'])} serves no goal"
                + (f" ({wording.money(row['spend'], currency)} spent)" if row["spend"] > 0 else ""),
                n=1,
                evidence=(Evidence.of("work_items", found.loc[[index]]),),
                money=float(row["spend"]) if row["spend"] > 0 else None,
                clears_when="it is linked to a goal, or stopped",
            )
            for index, row in found.head(MOST_SUBJECTS).iterrows()
        ],
    ]


def goals_without_work(read: Alignment, work: pd.DataFrame) -> list[Finding]:
    """ "3 of 12 objectives have no work in progress", then each objective and each key result without any.
    ``work`` as ``okr.goal_work`` returns it.
    """
    why = read.missing.get("linked")
    if why:
        return [
            unknown("okr.goals_without_work", f"No conclusion on goals without work: {why}", missing=(why,))
        ]
    kinds = {GoalType.OBJECTIVE: "objective", GoalType.KEY_RESULT: "key result"}
    idle = {kind: work[work["goal_type"].eq(str(kind)) & work["without_work"]] for kind in kinds}
    total = {kind: int(work["goal_type"].eq(str(kind)).sum()) for kind in kinds}
    objectives, results = idle[GoalType.OBJECTIVE], idle[GoalType.KEY_RESULT]
    if not len(objectives) and not len(results):
        said = f"Each of {wording.counted(total[GoalType.OBJECTIVE], 'objective')} has work in progress"
        return [
            Finding(
                "okr.goals_without_work",
                PORTFOLIO,
                Severity.GOOD,
                said,
                value=0.0,
                n=total[GoalType.OBJECTIVE],
            )
        ]
    parts = [
        f"{wording.number(len(idle[kind]))} of {wording.counted(total[kind], word)}"
        for kind, word in kinds.items()
        if len(idle[kind])
    ]
    first = Finding(
        "okr.goals_without_work",
        PORTFOLIO,
        Severity.WARNING,
        f"{wording.listed(parts)} {'has' if len(work[work['without_work']]) == 1 else 'have'} no work in "
        "progress",
        value=float(len(objectives)),
        n=total[GoalType.OBJECTIVE],
        evidence=tuple(
            Evidence.of(table, frame)
            for table, frame in (("objectives", objectives), ("key_results", results))
            if len(frame)
        ),
        clears_when="work is started for them, or they are dropped",
        details={"objectives": len(objectives), "key_results": len(results)},
    )
    return [
        first,
        *[
            Finding(
                f"okr.{kind}_without_work",
                str(row["goal_id"]),
                Severity.WARNING if kind == GoalType.OBJECTIVE else Severity.NOTE,
                f"Nobody works on the {word} {name(row['title'], row['goal_id'])}"
                + (
                    f"; {wording.counted(int(row['finished_items']), 'item')} finished in the window"
                    if row["finished_items"]
                    else ""
                ),
                n=1,
                evidence=(
                    Evidence.of(
                        "objectives" if kind == GoalType.OBJECTIVE else "key_results", idle[kind].loc[[index]]
                    ),
                ),
                clears_when="work is started for it, or it is dropped",
            )
            for kind, word in kinds.items()
            for index, row in idle[kind].head(MOST_SUBJECTS).iterrows()
        ],
    ]


def line_of_sight(read: Alignment, coverage: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "54 % of 44 feature epics lead through a key result to an enterprise objective". ``coverage`` as
    ``okr.coverage`` returns it.
    """
    rule, n = "okr.line_of_sight", len(read.counted)
    why = read.missing.get("linked")
    if why:
        return unknown(rule, f"No conclusion on the line of sight: {why}", n=n, missing=(why,))
    by_step: dict[str, float] = dict(
        zip(coverage["step"].astype(str), coverage["share"].tolist(), strict=True)
    )
    share = by_step[STEPS[3]]
    weakest = min(STEPS[:3], key=lambda step: by_step[step])
    low = share < limits.okr_line_of_sight_share
    tail = f"; the line breaks most often at the {weakest}" if low else ""
    return Finding(
        rule,
        PORTFOLIO,
        Severity.WARNING if low else Severity.GOOD,
        f"{wording.percent(share)} of {wording.counted(n, feature_items(read))} lead through a key "
        f"result to an enterprise objective{tail}",
        value=share,
        unit="share",
        threshold=limits.okr_line_of_sight_share,
        threshold_name="okr_line_of_sight_share",
        n=n,
        clears_when="links name key results, and objectives their parents" if low else "",
        details={**by_step},
    )
