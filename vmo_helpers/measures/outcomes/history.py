"""How the p of an item ran over time, and since when it has been red."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, instants
from vmo_helpers.measures.outcomes.inside import Inside
from vmo_helpers.measures.outcomes.plan import Floats, Ints
from vmo_helpers.measures.outcomes.tiers import simes
from vmo_helpers.measures.outcomes.verdicts import Judged
from vmo_helpers.vocabulary import Inside as Word


def history(inside: Inside, items: pd.Series) -> pd.DataFrame:
    """One row an item and day on which one of its tests could be read anew.

    ``items``: the item_ids wanted.

    Columns
        item_id: key of the item
        at: when
        p_value: Simes over its tests, as the observations dated by then give it
    """
    item, at, p = _history(inside, places(items, inside.work["item_id"]))
    return pd.DataFrame(
        {"item_id": inside.work["item_id"].array.take(item), "at": instants(at), "p_value": p}
    )


def red_since(inside: Inside, found: pd.DataFrame, limits: Judged) -> pd.Series:
    """Per item that is red now, the day of observation since which it has been red without a break.

    Index as ``found``.
    """
    red = found["inside"].eq(Word.RED).to_numpy()
    since = np.full(len(found), NEVER)
    if red.any():
        item, at, p = _history(inside, np.flatnonzero(red))
        calm = np.full(len(found), -1)
        place = np.arange(len(item))
        np.maximum.at(calm, item, np.where(p >= limits.watermelon_red_p, place, -1))
        running = place > calm[item]
        np.minimum.at(since, item[running], at[running])
    return pd.Series(instants(since), index=found.index, name="red_since")


def _history(inside: Inside, wanted: Ints) -> tuple[Ints, Ints, Floats]:
    """Item, instant and combined p at every new reading of the wanted items' tests, by item, then by time."""
    mine = np.isin(inside.item, wanted)
    exposed = inside.exposed
    spots = np.flatnonzero(mine[exposed.test] & ~np.isnan(exposed.p))
    at = exposed.at[spots]
    events = (
        pd.DataFrame({"item": inside.item[exposed.test[spots]], "at": at})
        .drop_duplicates()
        .sort_values(["item", "at"], ignore_index=True)
    )
    members = pd.DataFrame({"test": np.flatnonzero(mine), "item": inside.item[mine]})
    pairs = events.reset_index(names="event").merge(members, on="item")
    known = pd.DataFrame({"test": exposed.test[spots], "at": at, "p": exposed.p[spots]})
    read = pd.merge_asof(pairs.sort_values("at"), known.sort_values("at"), on="at", by="test")
    p = simes(read[["p"]].to_numpy(dtype=np.float64), read["event"].to_numpy(dtype=np.int64), len(events))[
        :, 0
    ]
    return events["item"].to_numpy(dtype=np.int64), events["at"].to_numpy(dtype=np.int64), p
