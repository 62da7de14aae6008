"""The items that a slide lists, with the columns that its reader needs."""

from __future__ import annotations

import pandas as pd


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


def contradictions(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item of ``items`` with a part that is reported worse than its whole.

    Columns
        item_id, title: key and title of the item
        reported: the overall colour
        worst_part: the colour of its worst part
        delivery: what delivery facts say
        money (portfolio's currency): at stake
    """
    kept = ["item_id", "title", "reported", "worst_part", "delivery", "money"]
    return items.loc[items["contradiction"] > 0, kept]


def suffixed(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item of ``items`` whose status has a suffix, such as stale or frozen.

    Columns
        item_id, title: key and title of the item
        suffixes: all of them
        report_age_days, outcome_age_days, plan_age_days (days): of the newest report, outcome and plan
    """
    kept = ["item_id", "title", "suffixes", "report_age_days", "outcome_age_days", "plan_age_days"]
    return items.loc[items["suffixes"].ne(""), kept]
