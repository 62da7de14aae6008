"""What the market shifted of waiting work, and where it stands in both orders."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.forecasts.order import Order, order_table
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.shifts import reached


def market_table(portfolio: Portfolio, order: Order) -> pd.DataFrame:
    """One row an item of the order whose cost of delay the market shifted, or whose place that changed.

    The furthest moved first. ``order`` as ``best_order`` returns it. Empty where no shift reaches what waits.

    Columns
        item_id, title: key and title of the item
        unshifted_place: its place in the best order had the market shifted nothing
        place: its place now
        shift_factor (number): what its cost of delay is multiplied by, 1 for what moved because others did
        added_per_week (portfolio's currency): its cost of delay, less what it was before
        shifted_on: the day of the newest shift that reaches it; missing where none does
        why: the reasons of these shifts, or what they are about; missing where none does
    """
    table = order_table(order)
    told = reached(portfolio)
    told = told[told["item_id"].isin(table["item_id"])].sort_values(["at", "subject_id"], kind="stable")
    words = told["reason"].fillna(told["subject_type"] + " " + told["subject_id"]).astype("str")
    why = words.groupby(told["item_id"]).agg(lambda each: "; ".join(dict.fromkeys(each)))
    zone = portfolio.settings.timezone
    days = told["at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().groupby(told["item_id"]).max()
    cost = table["cost_of_delay_per_week"]
    table = table.assign(
        added_per_week=cost - cost / table["shift_factor"],
        shifted_on=days.reindex(table["item_id"]).array,
        why=why.reindex(table["item_id"]).array,
    )
    moved = table["place"].ne(table["unshifted_place"])
    far = (table["unshifted_place"] - table["place"]).abs()
    kept = table.assign(far=far)[moved | table["why"].notna()]
    kept = kept.sort_values(["far", "place"], ascending=[False, True], kind="stable")
    return kept[
        [
            "item_id",
            "title",
            "unshifted_place",
            "place",
            "shift_factor",
            "added_per_week",
            "shifted_on",
            "why",
        ]
    ]
