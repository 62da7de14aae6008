"""The suffixes as findings: shrunk, self-contradicting, delivery against report, stale, opinion-only, frozen,
plan-aged."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, local_day, name, number
from vmo_helpers.findings.watermelon.saying import marked, untold
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import GREEN_BY_SHRINKING, Inside, Label, Outside, Suffix


def shrunk(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """ "6 epics are green and were delivered well under plan (11 such in all, 3 of them sound, 2 not green)",
    then each shrunk item, green ones first: how far, and in what.

    The claim, and its money, is of greens that are red inside or cannot be tested. What shrank and reached
    its plan is thrift, by a rule of its own and good.
    """
    rule = Rule.by("watermelon.shrunk", limits, "shrunk_cost_share")
    known = int(items["shrinkage"].notna().sum())
    if known == 0:
        why = "none was delivered with spend or scope beside its plan"
        return [untold(rule, f"shrunk {wording.plural(level)}", why, "spend", "scope")]
    found = marked(items, Suffix.SHRUNK)
    sound = found["inside"].eq(Inside.GREEN)
    thrift, left = found[sound], found[~sound]
    accused = left["label"].isin(GREEN_BY_SHRINKING)
    parts = (left[accused], left[~accused])
    left = pd.concat([part.sort_values("shrinkage", ascending=False) for part in parts])
    first, *every = rule.listed(
        left,
        _because(int(accused.sum()), len(left), len(thrift), level),
        lambda row: f"{name(row)} was delivered with {_left(row)}{_so(row)}",
        n=known,
        calm=_calm(len(thrift), known, limits, level),
        clears_when="what was left out is said, and the plan of value cut by it",
        value="shrinkage",
        unit="share",
    )
    at_stake = number(parts[0]["money"].sum(min_count=1)) if len(parts[0]) else first.money
    return [
        replace(first, money=at_stake),
        *every,
        *(
            Rule("watermelon.thrift").good(
                f"{name(row)} reached {wording.percent(row['attainment'])} of its planned change with "
                f"{_left(row)}: thrift",
                subject=row["item_id"],
                value=row["shrinkage"],
                unit="share",
                n=1,
                row=index,
                money=row["money"],
            )
            for index, row in each(thrift.sort_values("shrinkage", ascending=False))
        ),
    ]


def _because(accused: int, left: int, thrift: int, level: str) -> str:
    """How many are green and were delivered well under plan, and what else was."""
    every = left + thrift
    said = [f"{thrift} of them sound"] if thrift else []
    said += [f"{left - accused} not green"] if left > accused else []
    if not accused:
        rest = f" ({said[0]})" if thrift else ""
        was = by_number(every, "was", "were")
        return (
            f"{wording.counted(every, level)} {was} delivered well under plan, none of them green by it{rest}"
        )
    because = by_number(accused, "is green and was", "are green and were")
    aside = f" ({', '.join([f'{wording.number(every)} such in all', *said])})" if said else ""
    return f"{wording.counted(accused, level)} {because} delivered well under plan{aside}"


def _calm(thrift: int, known: int, limits: Thresholds, level: str) -> str:
    if thrift:
        return f"{wording.counted(thrift, level)} did for less what was planned; no other is well under plan"
    return (
        f"No {level} was delivered under {wording.percent(limits.shrunk_cost_share)} of its planned "
        f"cost or {wording.percent(limits.shrunk_scope_share)} of its scope ({known:,} compared)"
    )


def _so(row: pd.Series) -> str:
    """What that says of its outcome, where it is green."""
    if row["label"] == Label.WATERMELON:
        return ", and is red inside"
    return ", and cannot be tested" if row["label"] == Label.UNKNOWN_INSIDE else ""


def self_contradicting(items: pd.DataFrame, level: str = "item") -> list[Finding]:
    """ "4 reports contradict themselves: green over all, amber or red in a part", then each with its part.
    Without a green report that rates its parts: unknown."""
    rule = Rule("watermelon.self_contradicting")
    green = items["reported"].notna() & items["outside"].eq(Outside.GREEN)
    reported = int((green & items["contradiction"].notna()).sum())
    if reported == 0:
        why = "no green report rates its parts"
        return [untold(rule, "contradictions", why, "sub-ratings of status reports")]
    found = marked(items, Suffix.SELF_CONTRADICTING, "contradiction")
    verb = by_number(len(found), "contradicts itself", "contradict themselves")
    return rule.listed(
        found,
        f"{wording.counted(len(found), 'report')} {verb}: green over all, amber or red in a part",
        lambda row: f"{name(row)} is reported green over all, yet it rates its {row['worst_part']} lower",
        n=reported,
        calm=f"No green report contradicts itself ({wording.counted(reported, level)} with rated parts)",
        clears_when="the overall colour follows its parts, or the part is corrected",
    )


def delivery_contradicts(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """ "3 epics are reported green while delivery says otherwise", then each with the first plan that it
    overran."""
    rule = Rule.by("watermelon.delivery_contradicts", limits, "delivery_late_days")
    green = items[items["reported"].notna() & items["outside"].eq(Outside.GREEN)]
    judged = green[green["delivery"].notna()]
    if judged.empty:
        why = "no green report beside a plan"
        return [untold(rule, "delivery against reports", why, "status reports", "planned_end")]
    found = judged[judged["delivery"].ne(Outside.GREEN)].sort_values("money", ascending=False, kind="stable")
    return rule.listed(
        found,
        f"{wording.counted(len(found), level)} {by_number(len(found), 'is', 'are')} reported green while "
        "delivery says otherwise",
        lambda row: (
            f"{name(row)} is reported green, delivery says {row['delivery']}: {_overrun(row, limits)}"
        ),
        n=len(judged),
        calm=f"No green report is contradicted by delivery ({wording.counted(len(judged), level)} compared)",
        clears_when="the report says that the first plan was left, and what the new one is worth",
    )


def stale(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """ "8 epics are judged on old news", then each: which data, how old, against which rhythm. Where nothing
    came twice no rhythm is known: unknown."""
    rule = Rule.by("watermelon.stale", limits, "stale_rhythms")
    reported = items["report_rhythm_days"].notna() & items["report_age_days"].notna()
    read = items["outcome_rhythms"].notna()
    known = int((reported | read).sum())
    if known == 0:
        why = "no rhythm of reports or outcome data is known"
        return [untold(rule, "old news", why, "two status reports of an item", "observations")]
    kinds = {"reports": int(reported.sum()), "outcomes": int(read.sum())}
    said = [f"{kind} ({wording.counted(n, level)})" for kind, n in kinds.items() if n]
    found = marked(items, Suffix.STALE, "report_age_days")
    return rule.listed(
        found,
        f"{wording.counted(len(found), level)} {by_number(len(found), 'rests', 'rest')} on old news: "
        "reports or outcomes stopped coming",
        lambda row: f"{name(row)}: {_old(row, limits)}",
        n=known,
        calm=wording.sentence(f"{wording.listed(said)} come in their rhythm"),
        clears_when="the report is renewed, the metric read again",
    )


def opinion_only(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """ "3 epics have their value by opinion only", then each: value scored beside the outcome seen. Where no
    scored one has an outcome that was tested: unknown."""
    rule = Rule.by("watermelon.opinion_only", limits, "opinion_value_share")
    named = items["business_value_share"].notna()
    if not named.any():
        why = f"no PI objective names one of the {wording.plural(level)}"
        return [untold(rule, "value by opinion", why, "pi_objectives with item_id")]
    found = marked(items, Suffix.OPINION_ONLY, "money")
    scored = int((named & (items["p_value"].notna() | items["item_id"].isin(found["item_id"]))).sum())
    if scored == 0:
        why = f"no outcome of {wording.counted(int(named.sum()), f'scored {level}')} can be tested"
        return [untold(rule, "value by opinion", why, "benefits with observations")]
    return rule.listed(
        found,
        f"{wording.counted(len(found), level)} {by_number(len(found), 'has', 'have')} business value by "
        "opinion only",
        lambda row: (
            f"{name(row)} scored {wording.percent(row['business_value_share'])} of its planned business "
            "value, its outcome "
            + (
                f"stands at {wording.percent(row['attainment'])} of the planned change"
                if pd.notna(row["attainment"])
                else "did not move"
            )
        ),
        n=scored,
        calm=f"No business value by opinion alone ({wording.counted(scored, level)} scored and tested)",
        clears_when="value is scored from the outcome metric",
        value="business_value_share",
        unit="share",
    )


def frozen(
    portfolio: Portfolio, items: pd.DataFrame, limits: Thresholds, level: str = "item"
) -> list[Finding]:
    """ "Nobody looks at the goal of 3 epics on which work goes on", then each: when it moved, when its goal
    was last looked at."""
    rule, zone = Rule.by("watermelon.frozen", limits, "frozen_days"), portfolio.settings.timezone
    known = int((items["goals"].gt(0) & items["moved_at"].notna()).sum())
    if known == 0:
        why = f"no {level} that moved has a goal"
        return [untold(rule, "frozen goals", why, "metrics or key results", "transitions")]
    found = marked(items, Suffix.FROZEN, "money")

    def say(row: pd.Series) -> str:
        moved, seen = (local_day(row[when], zone) for when in ("moved_at", "looked_at"))
        looked = (
            f"its goal was last looked at on {wording.day(seen, year=True)}"
            if seen
            else "nobody ever looked at its goal"
        )
        return f"{name(row)} moved on {wording.day(moved, year=True)}; {looked}"

    return rule.listed(
        found,
        f"Nobody looks at the goal of {wording.counted(len(found), level)} on which work goes on",
        say,
        n=known,
        calm=f"Where work moves, its goal is looked at ({wording.counted(known, level)} with a goal)",
        clears_when="the metric is read or the key result checked in",
    )


def plan_aged(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """ "4 epics follow a plan that nobody touched for 270 days", then each with its age."""
    rule = Rule.by("watermelon.plan_aged", limits, "plan_aged_days")
    known = int((items["in_progress"] & items["plan_age_days"].notna()).sum())
    if known == 0:
        return [untold(rule, "old plans", f"no {level} in progress was baselined", "baselined_at")]
    found = marked(items, Suffix.PLAN_AGED, "plan_age_days")
    days = wording.days(limits.plan_aged_days)
    return rule.listed(
        found,
        f"{wording.counted(len(found), level)} in progress {by_number(len(found), 'follows', 'follow')} "
        f"a plan untouched for over {days}",
        lambda row: (
            f"{name(row)} follows a plan of {wording.days(row['plan_age_days'])} ago, with no change and "
            "no decision since"
        ),
        n=known,
        calm=f"No plan of work in progress was left untouched for over {days}",
        clears_when="the plan is confirmed by a decision, changed, or the work stopped",
        value="plan_age_days",
        unit="days",
    )


def _left(row: pd.Series) -> str:
    parts = []
    if "cost" in str(row["shrunk_by"]):
        parts.append(f"{wording.percent(row['cost_ratio'])} of its first budget spent")
    if "scope" in str(row["shrunk_by"]):
        parts.append(f"{wording.percent(row['scope_ratio'])} of its scope")
    return " and ".join(parts)


def _overrun(row: pd.Series, limits: Thresholds) -> str:
    parts = []
    if row["days_late"] > limits.delivery_late_days:
        parts.append(f"{wording.days(row['days_late'])} after its first planned end")
    if row["cost_ratio"] > limits.delivery_cost_share:
        parts.append(f"{wording.percent(row['cost_ratio'])} of its first budget spent")
    return " and ".join(parts)


def _old(row: pd.Series, limits: Thresholds) -> str:
    parts = []
    if row["report_age_days"] > limits.stale_rhythms * row["report_rhythm_days"]:
        parts.append(
            f"last report {wording.days(row['report_age_days'])} ago, usually every "
            f"{wording.days(row['report_rhythm_days'])}"
        )
    if row["outcome_rhythms"] > limits.stale_rhythms:
        rhythm = row["outcome_age_days"] / row["outcome_rhythms"]
        parts.append(
            f"outcome last read {wording.days(row['outcome_age_days'])} ago, usually every "
            f"{wording.days(rhythm)}"
        )
    return "; ".join(parts)
