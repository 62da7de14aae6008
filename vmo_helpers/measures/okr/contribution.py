"""Who is to move which key result by how much, and where more is promised than there is to win."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.measures.okr.progress import Floats, span_of
from vmo_helpers.portfolio.hierarchy import Positions
from vmo_helpers.vocabulary import LinkOrigin


def contributions(alignment: Alignment) -> pd.DataFrame:
    """One row an item of the denominator and key result for which a delta is expected.

    The largest contribution of each key result comes first. A delta stated on an ancestor is the ancestor's
    promise, not repeated for each item below it.

    Columns
        kr_id, key_result, objective_id: key, title and objective of the key result
        item_id, title: key and title of the item
        expected_delta (metric's unit): the item's own links and its children's added
        share (share 0–1): of the item's money that goes to the key result
        promised_share (share, of either sign): delta ÷ (target − baseline); reach: ÷ target; milestone: ÷ 1;
            else NaN
        contribution (share, of either sign): share × promised_share
        place: 1 contributes most to the key result
        due: the last of the links
    """
    links = alignment.counted_links
    links = links[links["result"].ge(0)]
    share = links.groupby(["item", "goal"], sort=False)["spend_share"].transform("sum")
    links = links.assign(share=share)[
        links["expected_delta"].notna() & links["origin"].ne(LinkOrigin.INHERITED)
    ]
    # of several standing links from one holder to one goal the newest holds: it replaced the others
    links = links.assign(holder=alignment.tree.place(links["holder_id"])).drop_duplicates(
        ["item", "holder", "goal"]
    )
    sums = links.groupby(["item", "result"], sort=True, as_index=False).agg(
        expected_delta=("expected_delta", "sum"), share=("share", "first"), due=("due", "max")
    )
    results, item, result = alignment.goals.key_results, sums["item"].to_numpy(), sums["result"].to_numpy()
    span = span_of(results)[result]
    promised = sums["expected_delta"] / span
    found = sums.assign(
        kr_id=results["kr_id"].array.take(result),
        key_result=results["title"].array.take(result),
        objective_id=results["objective_id"].array.take(result),
        item_id=alignment.items["item_id"].array.take(item),
        title=alignment.items["title"].array.take(item),
        promised_share=promised,
        contribution=sums["share"] * promised,
    ).sort_values(
        ["kr_id", "contribution", "item_id"], ascending=[True, False, True], kind="stable", ignore_index=True
    )
    names = [
        "kr_id",
        "key_result",
        "objective_id",
        "item_id",
        "title",
        "expected_delta",
        "share",
        "promised_share",
        "contribution",
        "place",
        "due",
    ]
    return found.assign(place=found.groupby("kr_id", sort=False).cumcount() + 1)[names]


def promised(alignment: Alignment) -> pd.DataFrame:
    """One row a key result of the day: how much of its whole way the standing links promise.

    The way runs from the baseline, so delivered work counts as well as open work, of any type and level. Each
    link counts once. Only what was cancelled promises nothing any more.

    Columns
        kr_id, title, objective_id: the key result
        items (items): of the denominator that serve it
        promising_items (items): that state a delta
        promised_share (share, over 1 possible): Σ expected deltas ÷ (target − baseline); NaN where none or no
            span
        against (items): whose delta points away from the target
    """
    results, links, every = (
        alignment.goals.current_key_results,
        alignment.counted_links,
        alignment.goals.key_results,
    )
    at = places(results["kr_id"], every["kr_id"])
    served = links.loc[links["stands"] & links["result"].ge(0), "result"].to_numpy()
    gone = alignment.items.loc[alignment.items["status"].eq(Status.CANCELLED), "item_id"]
    stated = alignment.stated
    kept = (
        stated["holds"].eq(True)
        & stated["result"].ge(0)
        & stated["expected_delta"].notna()
        & (places(stated["item_id"], gone) < 0)
    )
    # of several standing links from one item to one goal the newest holds: it replaced the others
    stated = stated[kept].sort_values("linked_at", kind="stable", na_position="first")
    stated = stated.assign(item=alignment.tree.place(stated["item_id"])).drop_duplicates(
        ["item", "result"], keep="last"
    )
    result = stated["result"].to_numpy()
    share = stated["expected_delta"].to_numpy(dtype=np.float64) / span_of(every)[result]
    known = ~np.isnan(share)

    def total(of: Positions, amount: Floats | None = None) -> Floats:
        return np.bincount(of, amount, minlength=len(every))[at].astype(np.float64)

    return pd.DataFrame(
        {
            "kr_id": results["kr_id"],
            "title": results["title"],
            "objective_id": results["objective_id"],
            "items": total(served).astype(np.int64),
            "promising_items": total(result).astype(np.int64),
            "promised_share": np.where(total(result[known]) > 0, total(result[known], share[known]), np.nan),
            "against": total(result[share < 0]).astype(np.int64),
        },
        index=results.index,
    )
