"""What cannot be said: greens without a test, thin coverage, rows that lead nowhere."""

from __future__ import annotations

import re

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, each, name, number
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Label, Outside, Severity

# what would make a green testable, by what it lacks
REMEDIES = {
    "outcome metric": "name a metric that shows what customers or the business gain",
    "baseline": "state where the metric stood before",
    "target": "state the level that counts as reached",
    "due date": "state by when",
    "lag": "state how many days after delivery an effect can show first",
    "target other than the baseline": "state a target that differs from the baseline",
    "target in the metric's direction": "correct the target or the metric's direction",
    "delivery, finish or planned end": "record the delivery, or plan its end",
    "more observations": "read the metric more often",
}


def unknown_inside(
    portfolio: Portfolio, items: pd.DataFrame, elements: pd.DataFrame, level: str = "item"
) -> list[Finding]:
    """ "9 green epics cannot be tested (EUR 3.1 M): 5 lack an outcome metric", then each with what it lacks.

    ``elements`` as ``status.missing_elements`` returns them. Evidence is missing: severity unknown, never
    calm.
    """
    rule = Rule("watermelon.unknown_inside")
    greens = int(items["outside"].eq(Outside.GREEN).sum())
    found = items[items["label"].eq(Label.UNKNOWN_INSIDE)].sort_values(
        "money", ascending=False, kind="stable"
    )
    if found.empty and greens:
        green = wording.counted(greens, f"green {level}")
        calm = f"Each of {green} can be tested, or its outcome is not yet due"
        return [rule.good(calm, value=0, unit="items", n=greens)]
    if found.empty:
        return [rule.note(f"No {level} is green", value=0, unit="items")]
    money = number(found["money"].sum(min_count=1))
    aside = f" ({wording.money(money, portfolio.settings.currency)})" if money else ""
    lacks = list(zip(elements["element"].astype(str), elements["items"], strict=True))
    most = f": {wording.number(lacks[0][1])} for want of {_a(lacks[0][0])}" if lacks else ""
    first = rule.unknown(
        f"{wording.counted(len(found), f'green {level}')} cannot be tested{aside}{most}",
        *(f"{element} ({wording.counted(count, level)})" for element, count in lacks),
        value=len(found),
        unit="items",
        n=greens,
        money=money,
        rows=found,
        clears_when="what is missing is stated and read",
        details={"subjects": found["item_id"].tolist()[:MOST_SUBJECTS]},
    )
    return [first, *(_untested(rule, index, row) for index, row in each(found))]


def coverage(covered: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """ "36 % of 106 epics can be tested, 60 % are reported on": the first row of ``status.coverage`` (the
    portfolio as a whole)."""
    rule, whole = Rule.by("watermelon.coverage", limits, "coverage_share"), covered.iloc[0]
    n = int(whole["items"])
    if n == 0:
        return rule.unknown(f"No {level} was started: nothing to measure yet")
    testable, reported = float(whole["assessable_share"]), float(whole["reported_share"])
    thin = covered.iloc[1:]
    thin = thin[thin["assessable_share"].lt(limits.coverage_share)].sort_values(
        "assessable_share", kind="stable"
    )
    return rule.finds(
        Severity.GOOD if min(testable, reported) >= limits.coverage_share else Severity.WARNING,
        f"{wording.percent(testable)} of {wording.counted(n, level)} can be tested, "
        f"{wording.percent(reported)} report at all",
        value=testable,
        unit="share",
        n=n,
        clears_when=f"{wording.percent(limits.coverage_share)} have an outcome metric with baseline, "
        "target and dates, and report",
        details={"thin": thin["name"].astype(str).tolist()[:MOST_SUBJECTS], "reported_share": reported},
    )


def loose_ends(ends: pd.DataFrame, portfolio: Portfolio) -> list[Finding]:
    """One finding a kind of row that leads nowhere or contradicts itself, with its rows and what is done
    about it. Without metrics, benefits and readings: unknown."""
    rule, tables = Rule("watermelon.loose_ends"), ("metrics", "benefits", "observations")
    if ends.empty and not any(portfolio.has(table) for table in tables):
        why = "No conclusion on loose ends: there are no metrics, benefits and readings"
        return [rule.unknown(why, *tables)]
    if ends.empty:
        return [rule.note("No metric, benefit or reading leads nowhere", value=0, unit="items")]
    return [
        rule.note(
            wording.plain(
                f"{str(kind)[0].upper()}{str(kind)[1:]}: "
                f"{wording.listed(rows['subject'].astype(str).unique())} ({rows['rule'].iloc[0]})"
            ),
            subject=kind,
            value=len(rows),
            unit="items",
            n=len(rows),
            rows=rows.set_index("row"),
            table=str(rows["table"].iloc[0]),
        )
        for kind, rows in ends.groupby("kind", sort=True)
    ]


def _untested(rule: Rule, index: object, row: pd.Series) -> Finding:
    missing = row["missing"].split("; ") if isinstance(row["missing"], str) else []
    lacks = [part for part in missing if part != "status report"]
    wants = wording.listed([_a(part) for part in lacks], most=5)
    remedies = [REMEDIES.get(re.sub(r"^\d+ (more observation)s?$", r"\1s", part), part) for part in lacks]
    return rule.unknown(
        f"{name(row)} is green and cannot be tested" + (f" for want of {wants}" if lacks else ""),
        *lacks,
        subject=row["item_id"],
        n=1,
        money=row["money"],
        row=index,
        clears_when="; ".join(dict.fromkeys(remedies)),
    )


def _a(element: str) -> str:
    """The element with its article, where it is one thing."""
    if element[:1].isdigit() or element.startswith(("more ", "room ")):
        return element
    return f"{'an' if element[0] in 'aeiou' else 'a'} {element}"
