"""Growth of scope by item: the parts that came after it was begun."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.hierarchy import Tree

LEAST_PARTS = 3
"""At the start: an item with fewer was still to be cut into parts, and what came is no growth."""


def scope_growth(portfolio: Portfolio, items: pd.DataFrame) -> pd.DataFrame:
    """One row an item in progress with parts on record, the most grown first.

    Parts are the items of other levels below it, at any depth, whatever became of them. One created at the
    instant of its start, or without a day of creation, was there. Index: its row in ``work_items``.

    Columns
        item_id, title: key and title of the item
        value_stream: name of its stream
        started_at: as in ``flow.items``
        parts_at_start (items): created by its start
        added_since (items): created after it
        grown_share (share): added ÷ at its start; missing where it had under three parts then: it was still
            to be cut into parts
    """
    work = portfolio.work_items
    going = items[items["age_days"].notna() & items["started_at"].notna()]
    tree = Tree.of(work["item_id"], work["parent_id"], what="item")
    top = places(tree.names.iloc[tree.above], going["item_id"])
    is_part = (tree.distance > 0) & (top >= 0)
    part, of = tree.own[is_part], top[is_part]
    created, started = work["created_at"].iloc[part].reset_index(drop=True), going["started_at"].iloc[of]
    later = created.gt(started.reset_index(drop=True)).to_numpy()
    every, added = (np.bincount(of[some], minlength=len(going)) for some in (slice(None), later))
    found = going[["item_id", "title", "value_stream", "started_at"]].assign(
        parts_at_start=every - added, added_since=added
    )
    share = found["added_since"] / found["parts_at_start"].where(found["parts_at_start"].ge(LEAST_PARTS))
    found = found.assign(grown_share=share)[every > 0]
    return found.sort_values(["grown_share", "added_since"], ascending=False, kind="stable")
