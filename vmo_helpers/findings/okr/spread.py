"""Does the work go where the intent goes: starving goals, one goal for everything, too much promised, pulled,
siloed, at odds.
"""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import MOST_SUBJECTS, PORTFOLIO, name, unknown
from vmo_helpers.measures.okr import Alignment, effective_goals
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


def starvation(read: Alignment, starved: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "Goal 2 carries 30 % of intent, 6 % of money": each goal whose share of money, without money of work,
    lies ``okr_starvation_points`` under its intent.

    ``starved`` as ``okr.starvation`` returns it. Where none does, one finding says so.
    """
    rule, line = "okr.starvation", limits.okr_starvation_points
    why = read.missing.get("linked") or (
        "" if starved["intent_share"].notna().any() else "no objective that holds the day bears a weight"
    )
    by_money = bool(starved["spend_share"].notna().any())
    if why:
        return [
            unknown(
                rule,
                f"No conclusion on starving goals: {why}",
                missing=(why,),
                clears_when="objectives bear weights",
            )
        ]
    gap, share, words = (
        ("spend_gap", "spend_share", "money")
        if by_money
        else ("wip_gap", "wip_share", "the work in progress")
    )
    # a gap of exactly the threshold must not hang on the last bit of a sum
    hungry = starved[starved[gap].ge(line - 1e-9)].sort_values(
        [gap, "objective_id"], ascending=[False, True], kind="stable"
    )
    if hungry.empty:
        known = starved[starved[gap].notna()]
        sentence = f"No goal gets {wording.points(line)} less of {words} than of intent"
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                sentence,
                value=float(known[gap].max()),
                unit="share",
                threshold=line,
                threshold_name="okr_starvation_points",
                n=len(known),
            )
        ]
    rows = read.goals.objectives.reset_index().set_index("objective_id")[["row"]]
    return [
        Finding(
            rule,
            str(row["objective_id"]),
            Severity.ALARM,
            f"{name(row['title'], row['objective_id'])} carries {wording.percent(row['intent_share'])} "
            "of intent, "
            f"{wording.percent(row[share])} of {words}",
            value=float(row[gap]),
            unit="share",
            threshold=line,
            threshold_name="okr_starvation_points",
            n=int(row["items"]),
            evidence=(Evidence("objectives", (int(rows.loc[row["objective_id"], "row"]),), 1),),
            money=float(row["spend"]) if by_money else None,
            clears_when=f"its share of {words} comes within {wording.points(line)} of its share of intent",
            details={"intent_share": float(row["intent_share"]), "share": float(row[share]), "basis": words},
        )
        for _, row in hungry.head(MOST_SUBJECTS).iterrows()
    ]


def over_mapping(read: Alignment, spread: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "Everything maps to growth: 1.3 effective goals of 3". ``spread`` as ``okr.goal_spread`` returns it.

    Warning: the effective number is under ``okr_effective_goals_share`` of the top-level objectives that hold
    the day.
    """
    rule, goals = "okr.effective_goals", len(spread)
    value = effective_goals(spread)
    why = read.missing.get("linked") or ("" if value == value else "no link of work in progress counts")
    if why:
        return unknown(rule, f"No conclusion on how goals are spread: {why}", missing=(why,))
    first = spread.iloc[0]
    share = float(first["link_share"])
    who = name(first["title"], first["objective_id"])
    head = f"Everything maps to {who}" if share == 1 else f"{wording.percent(share)} of all links go to {who}"
    narrow = goals > 1 and value < limits.okr_effective_goals_share * goals
    return Finding(
        rule,
        PORTFOLIO,
        Severity.WARNING if narrow else Severity.NOTE,
        f"{head}: {wording.counted(round(value, 1), 'effective goal')} of {wording.number(goals)}",
        value=value,
        threshold=limits.okr_effective_goals_share * goals,
        threshold_name="okr_effective_goals_share",
        n=int(spread["links"].sum()),
        clears_when="links name the goal that an item was chosen for" if narrow else "",
        details={"goals": goals, "largest_share": share},
    )


def over_promised(promised: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "Delivery promise kept is promised 1.8 times over by 4 items": each key result with more than
    ``okr_over_promised`` of its way promised.

    ``promised`` as ``okr.promised`` returns it.
    """
    rule, line = "okr.over_promised", limits.okr_over_promised
    stated = promised[promised["promised_share"].notna()]
    if stated.empty:
        return [
            unknown(
                rule,
                "No conclusion on what is promised: no link of work in progress states an expected delta",
                missing=("expected_delta of links",),
                clears_when="links state what they are expected to move",
            )
        ]
    much = stated[stated["promised_share"].gt(line + 1e-9)].sort_values(
        "promised_share", ascending=False, kind="stable"
    )
    if much.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No key result is promised more than {wording.number(line)} times over",
                value=float(stated["promised_share"].max()),
                threshold=line,
                threshold_name="okr_over_promised",
                n=len(stated),
            )
        ]
    return [
        Finding(
            rule,
            str(row["kr_id"]),
            Severity.WARNING,
            f"{name(row['title'], row['kr_id'])} is promised "
            f"{wording.number(round(row['promised_share'], 1))} times over by "
            f"{wording.counted(int(row['promising_items']), 'item')}",
            value=float(row["promised_share"]),
            threshold=line,
            threshold_name="okr_over_promised",
            n=int(row["promising_items"]),
            evidence=(Evidence.of("key_results", much.loc[[index]]),),
            clears_when=f"the deltas add up to at most {wording.number(line)} times the way to go",
        )
        for index, row in much.head(MOST_SUBJECTS).iterrows()
    ]


def over_mapped_items(read: Alignment, limits: Thresholds) -> list[Finding]:
    """ "Self-checkout claims 5 key results": each item in progress that serves more than
    ``okr_key_results_per_item``.
    """
    rule, line = "okr.over_mapped_item", limits.okr_key_results_per_item
    items = read.counted
    claimed = (items["key_results"].str.count(";") + 1).fillna(0)
    many = items.assign(claimed=claimed)[claimed.gt(line)].sort_values(
        ["claimed", "item_id"], ascending=[False, True], kind="stable"
    )
    if many.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No item claims more than {wording.counted(line, 'key result')}",
                n=len(items),
                threshold=line,
                threshold_name="okr_key_results_per_item",
                value=float(claimed.max()) if len(items) else None,
            )
        ]
    return [
        Finding(
            rule,
            str(row["item_id"]),
            Severity.WARNING,
            f"{name(row['title'], row['item_id'])} claims "
            f"{wording.counted(int(row['claimed']), 'key result')}",
            value=float(row["claimed"]),
            threshold=line,
            threshold_name="okr_key_results_per_item",
            n=1,
            evidence=(Evidence.of("work_items", many.loc[[index]]),),
            clears_when="it names the one that it was chosen for",
        )
        for index, row in many.head(MOST_SUBJECTS).iterrows()
    ]
