"""Does the work go where the intent goes: starving goals, one goal for everything, too much promised, pulled,
siloed, at odds.
"""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import feature_items
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, name
from vmo_helpers.measures.okr import Alignment, effective_goals
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


def starvation(alignment: Alignment, starved: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "Goal 2 carries 30 % of intent, 6 % of money": each goal whose share of money, without money of work,
    lies ``okr_starvation_points`` under its intent.

    ``starved`` as ``okr.starvation`` returns it. Where none does, one finding says so. Unknown where less
    than ``okr_linked_share`` of the money is linked to any goal: nobody knows whom the rest serves.
    """
    rule, line = Rule.by("okr.starvation", limits, "okr_starvation_points"), limits.okr_starvation_points
    why = alignment.missing.get("linked") or (
        "" if starved["intent_share"].notna().any() else "no objective that holds the day bears a weight"
    )
    if why:
        sentence = f"No conclusion on starving goals: {why}"
        return [rule.unknown(sentence, why, clears_when="objectives bear weights")]
    by_money = bool(starved["spend_share"].notna().any())
    basis, words = ("spend", "money") if by_money else ("wip", "the work in progress")
    gap, share = f"{basis}_gap", f"{basis}_share"
    if starved[gap].isna().all():
        why = "neither spend nor work in progress serves a goal"
        return [rule.unknown(f"No conclusion on starving goals: {why}", "spend", "links of work in progress")]
    linked = float(starved[share].sum())
    if linked < limits.okr_linked_share - 1e-9:
        why = f"{wording.percent(linked)} of {words} is linked to a goal; whom the rest serves, nobody knows"
        clears = f"{wording.percent(limits.okr_linked_share)} of {words} is linked to a goal"
        return [rule.unknown(f"No conclusion on starving goals: {why}", "links", clears_when=clears)]
    # a gap of exactly the threshold must not hang on the last bit of a sum
    hungry = starved[starved[gap].ge(line - 1e-9)].sort_values(
        [gap, "objective_id"], ascending=[False, True], kind="stable"
    )
    if hungry.empty:
        calm = f"No goal gets {wording.points(line)} less of {words} than of intent"
        return [rule.good(calm, value=starved[gap].max(), unit="share", n=starved[gap].notna().sum())]
    rows = alignment.goals.objectives
    return [
        rule.alarm(
            f"{name(row, key='objective_id')} carries {wording.percent(row['intent_share'])} of intent, "
            f"{wording.percent(row[share])} of {words}",
            subject=row["objective_id"],
            value=row[gap],
            unit="share",
            n=row["items"],
            rows=rows[rows["objective_id"].eq(row["objective_id"])],
            table="objectives",
            money=row["spend"] if by_money else None,
            clears_when=f"its share of {words} comes within {wording.points(line)} of its share of intent",
            details={"intent_share": float(row["intent_share"]), "share": float(row[share]), "basis": words},
        )
        for _, row in each(hungry)
    ]


def over_mapping(alignment: Alignment, spread: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "Every link goes to growth: 1 effective goal of 3". ``spread`` as ``okr.goal_spread`` returns it; what
    has no link is counted beside it.

    Warning: the effective number is under ``okr_effective_goals_share`` of the top-level objectives that hold
    the day.
    """
    goals, value = len(spread), effective_goals(spread)
    line = limits.okr_effective_goals_share * goals
    rule = Rule("okr.effective_goals", line, "okr_effective_goals_share")
    why = alignment.missing.get("linked") or ("" if value == value else "no link of work in progress counts")
    if why:
        return rule.unknown(f"No conclusion on how goals are spread: {why}", why)
    first = spread.iloc[0]
    share = float(first["link_share"])
    who = name(first, key="objective_id")
    head = f"Every link goes to {who}" if share == 1 else f"{wording.percent(share)} of all links go to {who}"
    narrow = goals > 1 and value < line
    without = int(alignment.counted["rung"].eq(0).sum())
    beside = (
        f"; {wording.counted(without, feature_items(alignment))} {by_number(without, 'has', 'have')} none"
    )
    return rule.finds(
        Severity.WARNING if narrow else Severity.NOTE,
        f"{head}: {wording.counted(round(value, 1), 'effective goal')} of {wording.number(goals)}"
        + (beside if without else ""),
        value=value,
        n=spread["links"].sum(),
        clears_when="links name the goal that an item was chosen for" if narrow else "",
        details={"goals": goals, "largest_share": share},
    )


def over_promised(promised: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "Delivery promise kept is promised 1.8 times over by 4 items": each key result with more than
    ``okr_over_promised`` of its way promised.

    ``promised`` as ``okr.promised`` returns it.
    """
    rule, line = Rule.by("okr.over_promised", limits, "okr_over_promised"), limits.okr_over_promised
    stated = promised[promised["promised_share"].notna() & promised["promising_items"].gt(0)]
    if stated.empty:
        return [
            rule.unknown(
                "No conclusion on what is promised: no link states an expected delta",
                "expected_delta of links",
                clears_when="links state what they are expected to move",
            )
        ]
    much = stated[stated["promised_share"].gt(line + 1e-9)].sort_values(
        "promised_share", ascending=False, kind="stable"
    )
    if much.empty:
        calm = f"No key result is promised more than {wording.number(line)} times over"
        return [rule.good(calm, value=stated["promised_share"].max(), n=len(stated))]
    return [
        rule.warning(
            f"{name(row, key='kr_id')} is promised "
            f"{wording.number(round(row['promised_share'], 1))} times over by "
            f"{wording.counted(int(row['promising_items']), 'item')}",
            subject=row["kr_id"],
            value=row["promised_share"],
            n=row["promising_items"],
            row=index,
            table="key_results",
            clears_when=f"the deltas add up to at most {wording.number(line)} times the way to go",
        )
        for index, row in each(much)
    ]


def over_mapped_items(alignment: Alignment, limits: Thresholds) -> list[Finding]:
    """ "Self-checkout claims 5 key results": each item in progress that serves more than
    ``okr_key_results_per_item``. Without a link to a key result: unknown.
    """
    rule = Rule.by("okr.over_mapped_item", limits, "okr_key_results_per_item")
    line, items = limits.okr_key_results_per_item, alignment.counted
    claimed = (items["key_results"].str.count(";") + 1).fillna(0)
    if not claimed.any():
        why = "no work in progress is linked to a key result"
        return [rule.unknown(f"No conclusion on over-mapping: {why}", "links to key_results", n=len(items))]
    many = items.assign(claimed=claimed)[claimed.gt(line)].sort_values(
        ["claimed", "item_id"], ascending=[False, True], kind="stable"
    )
    if many.empty:
        calm = f"No item claims more than {wording.counted(line, 'key result')}"
        return [rule.good(calm, value=claimed.max(), n=len(items))]
    return [
        rule.warning(
            f"{name(row)} claims {wording.counted(int(row['claimed']), 'key result')}",
            subject=row["item_id"],
            value=row["claimed"],
            n=1,
            row=index,
            clears_when="it names the one that it was chosen for",
        )
        for index, row in each(many)
    ]
