"""Work in progress that needs what is not finished yet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import among, places
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.hierarchy import Tree

NEED = {
    str(Status.IN_PROGRESS): "in progress",
    str(Status.BACKLOG): "not begun",
    str(Status.CANCELLED): "cancelled",
}
NOT_KNOWN = "not on record"


def unfinished_needs(portfolio: Portfolio, items: pd.DataFrame) -> pd.DataFrame:
    """One row an item in progress and work that it needs and that is not finished, oldest item first.

    Index: the item's row in ``work_items``. What lower items need counts for their nearest ancestor at the
    review level, and what is needed likewise; an item's own parts are no need. A need that was finished, and
    whatever an item needs that was not begun, is not here.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        age_days (days): as-of − start
        needs_item_id, needs_title: key and title of what it needs
        needs_stream: name of the value stream of that
        needs_status: in progress, not begun, cancelled or not on record
    """
    work, needs = portfolio.work_items, portfolio.dependencies
    tree = Tree.of(work["item_id"], work["parent_id"], what="item")
    up = tree.reached(among(tree.names, items["item_id"]))
    own, other = (_at_level(needs[name], tree, up) for name in ("item_id", "needs_item_id"))
    pairs = pd.DataFrame({"one": own, "need": other}).drop_duplicates()
    pairs = pairs[pairs["one"].notna() & pairs["one"].ne(pairs["need"])]
    one = places(pairs["one"], items["item_id"])
    need = places(pairs["need"], items["item_id"])
    known = need >= 0
    status = pd.Series(items["status"].array.take(need, allow_fill=True)).map(NEED)
    status = status.where(known, NOT_KNOWN)
    going = items["age_days"].notna().to_numpy()[one] & status.notna().to_numpy()
    kept = ["item_id", "title", "value_stream_id", "value_stream", "age_days"]
    frame = (
        items[kept]
        .iloc[one]
        .assign(
            needs_item_id=pairs["need"].array,
            needs_title=items["title"].array.take(need, allow_fill=True),
            needs_stream=items["value_stream"].array.take(need, allow_fill=True),
            needs_status=status.array.astype("str"),
        )
    )
    return frame[going].sort_values(["age_days", "needs_item_id"], ascending=[False, True], kind="stable")


def _at_level(ids: pd.Series, tree: Tree, up: np.ndarray) -> pd.Series:
    """The item of the review level that each id is, or lies under; an id without one stays what it is."""
    place = np.append(up, -1)[tree.place(ids)]
    found = tree.names.array.take(place, allow_fill=True)
    return pd.Series(found, index=ids.index, dtype="str").fillna(ids)
