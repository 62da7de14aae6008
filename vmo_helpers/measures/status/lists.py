"""The items that a slide lists, with the columns that its reader needs."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.vocabulary import Label, Outside, Suffix, Tier


def shrunk(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item of ``items`` that shrank.

    Columns
        item_id, title: key and title of the item
        label: what it is, such as watermelon
        cost_ratio, scope_ratio (share, may pass 1): actual ÷ first plan
        shrunk_by: what shrank, in words
        money (portfolio's currency): at stake
    """
    kept = ["item_id", "title", "label", "cost_ratio", "scope_ratio", "shrunk_by", "money"]
    return items.loc[items["suffixes"].str.contains("shrunk"), kept]


_BOUNDS = {"attainment": "attainment", "low": "lower_attainment", "high": "upper_attainment"}


def red_or_open(items: pd.DataFrame) -> pd.DataFrame:
    """One row a green item of ``items`` that is tested and not sound: red inside or open, as ``label`` says.
    Board first, then red, then watch, then the others; within each by money.

    Columns
        item_id, title: key and title of the item
        label, tier: as in ``items``
        money (portfolio's currency): at stake
        attainment, lower_attainment, upper_attainment (share, of either sign): of plan, and its 90 % interval
        red_since: the observation since which it has been red without a break
        due: when the outcome is due
        reported_since: since when it is reported green; missing without a report
        further_readings: how many more would settle an open one; missing where not even ten would
    """
    kept = ["item_id", "title", "label", "tier", "money", *_BOUNDS.values()]
    kept += ["red_since", "due", "reported_since", "further_readings"]
    order = [str(tier) for tier in (Tier.BOARD, Tier.RED, Tier.WATCH, Tier.NONE)]
    shown = items["outside"].eq(Outside.GREEN) & items["label"].isin([Label.WATERMELON, Label.OPEN_INSIDE])
    found = items[shown].rename(columns=_BOUNDS)
    found = found.assign(place=found["tier"].map(order.index))  # of none, the others' tiers would make rows
    return found.sort_values(["place", "money"], ascending=[True, False], kind="stable")[kept]


def contradictions(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item of ``items`` that is reported better than one of its parts, or green against delivery.

    Columns
        item_id, title: key and title of the item
        reported: the overall colour
        worst_part: the colour of its worst part
        delivery: what delivery facts say
        money (portfolio's currency): at stake
    """
    kept = ["item_id", "title", "reported", "worst_part", "delivery", "money"]
    green = items["reported"].notna() & items["outside"].eq(Outside.GREEN)
    late = items["delivery"].notna() & items["delivery"].ne(Outside.GREEN)
    return items.loc[(items["contradiction"] > 0) | (green & late), kept]


def changed_plans(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item of ``items`` whose benefits have another plan than at first.

    Columns
        item_id, title: key and title of the item
        suffixes: moved-goalposts or re-planned, with all others
        plan_moved_at: when its plan was changed without a decision; missing where somebody decided it
        inside, inside_today: the verdict by the first plan, and by the plan of today
        money (portfolio's currency): at stake
    """
    kept = ["item_id", "title", "suffixes", "plan_moved_at", "inside", "inside_today", "money"]
    changed = f"{Suffix.MOVED_GOALPOSTS}|{Suffix.RE_PLANNED}"
    return items.loc[items["suffixes"].str.contains(changed), kept]


def suffixed(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item of ``items`` whose status has a suffix, such as stale or frozen.

    Columns
        item_id, title: key and title of the item
        suffixes: all of them
        report_age_days, outcome_age_days, plan_age_days (days): of the newest report, outcome and plan
    """
    kept = ["item_id", "title", "suffixes", "report_age_days", "outcome_age_days", "plan_age_days"]
    return items.loc[items["suffixes"].ne(""), kept]
