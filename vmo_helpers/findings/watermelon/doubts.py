"""What is neither shown to be red nor to be sound, and whose plan was changed until it looked sound."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, local_day, name, number
from vmo_helpers.findings.watermelon.saying import marked, spread, untold
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.style.palette import INSIDE
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Inside, Label, Outside, Severity, Suffix, Tier


def watch(
    portfolio: Portfolio, items: pd.DataFrame, limits: Thresholds, level: str = "item"
) -> list[Finding]:
    """ "3 green epics might be red inside: the data do not settle it", then each of them.

    One whose interval lies under the line is not noisy: it shares the item with other tests, and says so.
    """
    rule = Rule.by("watermelon.watch", limits, "watermelon_watch_p")
    greens = items[items["outside"].eq(Outside.GREEN) & items["p_value"].notna()]
    if greens.empty:
        return [
            untold(
                rule,
                f"{wording.plural(level)} to watch",
                "no green one can be tested",
                "outcomes of green items",
            )
        ]
    found = greens[greens["tier"].eq(Tier.WATCH)].sort_values("p_value", kind="stable")
    return rule.listed(
        found,
        f"{wording.counted(len(found), f'green {level}')} might be red inside: the data do not settle it",
        lambda row: f"{_stands(row)}: {_unsettled(row, limits)}",
        severity=Severity.NOTE,
        one=Severity.NOTE,
        n=len(greens),
        calm=f"No green {level} is close to red inside",
        clears_when="more observations, or less noise in them, tell",
        value="p_value",
    )


def open_inside(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """ "9 green epics are open inside", then each with the further readings that would settle it."""
    rule = Rule.by("watermelon.open_inside", limits, "watermelon_watch_p")
    greens = items[items["outside"].eq(Outside.GREEN) & items["p_value"].notna()]
    if greens.empty:
        why = f"no green {level} can be tested"
        return [untold(rule, "what is open", why, "outcomes of green items")]
    found = greens[greens["label"].eq(Label.OPEN_INSIDE)].sort_values("money", ascending=False, kind="stable")
    return rule.listed(
        found,
        f"{wording.counted(len(found), f'green {level}')} {by_number(len(found), 'is', 'are')} open inside: "
        "neither red nor sound is shown",
        lambda row: f"{_stands(row)}: {_settles(row, limits)}",
        severity=Severity.NOTE,
        one=Severity.NOTE,
        n=len(greens),
        calm=f"No tested green {level} is open: each is shown to be red or sound",
        clears_when="more readings, or less noise in them, tell",
        value="attainment",
        unit="share",
    )


def moved_goalposts(
    portfolio: Portfolio, items: pd.DataFrame, limits: Thresholds, level: str = "item"
) -> list[Finding]:
    """ "5 epics moved their goalposts (EUR 4 M)", then each: when, and what today's plan would say of it."""
    rule = Rule.by("watermelon.moved_goalposts", limits, "decided_within_days")
    zone, currency = portfolio.settings.timezone, portfolio.settings.currency
    found = marked(items, Suffix.MOVED_GOALPOSTS, "money")
    known = int((items["p_value"].notna() | items["item_id"].isin(found["item_id"])).sum())
    if known == 0:
        return [untold(rule, "moved goalposts", f"no outcome of any {level} can be tested", "benefits")]
    if not portfolio.plan_changes["table"].eq("benefits").any():
        return [untold(rule, "moved goalposts", "no changes of plans are known", "plan_changes of benefits")]
    money = number(found["money"].sum(min_count=1))
    aside = f" ({wording.money(money, currency)})" if money else ""

    def say(row: pd.Series) -> str:
        day = wording.day(local_day(row["plan_moved_at"], zone), year=True)
        first, today = (INSIDE[Inside(row[column])].word for column in ("inside", "inside_today"))
        return f"{name(row)} had its plan changed on {day}: “{today}” by today's plan, “{first}” by the first"

    within = wording.days(limits.decided_within_days)
    return rule.listed(
        found,
        f"{wording.counted(len(found), level)} moved {by_number(len(found), 'its', 'their')} "
        f"goalposts{aside}: the first plan says otherwise",
        say,
        n=known,
        calm=f"No {level} looks better by today's plan than by its first one",
        clears_when=f"the change is decided, within {within} of it, or what was given up is said",
    )


def _stands(row: pd.Series) -> str:
    return f"{name(row)} stands at {wording.percent(row['attainment'])} of the planned change, {spread(row)}"


def _unsettled(row: pd.Series, limits: Thresholds) -> str:
    return _shared(row, limits) or "too noisy to call"


def _shared(row: pd.Series, limits: Thresholds) -> str:
    """What is said where the test that speaks lies under the line, and the item's tests together do not."""
    if row["high"] >= limits.attainment_line or row["read_tests"] < 2:
        return ""
    return (
        f"under the line by itself, not shown by its {wording.number(int(row['read_tests']))} tests together"
    )


def _settles(row: pd.Series, limits: Thresholds) -> str:
    if shared := _shared(row, limits):
        return shared
    if pd.isna(row["further_readings"]):
        return "its readings scatter too widely to settle it soon"
    readings = int(row["further_readings"])
    verb = by_number(readings, "reading like these", "readings like these")
    return f"{wording.number(readings)} further {verb} would settle it"
