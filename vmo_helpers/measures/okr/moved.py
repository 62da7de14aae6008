"""Did the key result move after the delivery? The last rung of the ladder, with its own denominator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import Flags, Floats, Ints, micros
from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.measures.okr.progress import values, wanted_direction
from vmo_helpers.measures.outcomes.moved import FEW, MOVED
from vmo_helpers.measures.outcomes.moved import moved as regression
from vmo_helpers.vocabulary import Moved, WorkType

FEWEST_BEFORE, FEWEST_AFTER = 3, 2
CONTRIBUTION_RUNG = 3
PROMISED_NONE = "promised none"
_COUNTS, _EFFECT = ("before", "after"), ("effect", "low", "high", "p_value")
_BEYOND = "both lie beyond every value before the delivery"


def moved_items(alignment: Alignment) -> pd.DataFrame:
    """One row a feature of the review level that was delivered in the window: did its key results move?

    A move is consistent with the delivery, never proof that the delivery caused it.

    Columns
        item_id, title, value_stream: the item
        delivered_on: delivered_at, else the finish
        rung, level: its firmest link, 0–3 and L0–L3
        planned_cost (portfolio's currency): as in ``work_items``
        spend (portfolio's currency): its own and its descendants', in the window
        spend_once (portfolio's currency): the part that no other item of the table counts
        wip_days (days): in progress inside the window
        moved: moved when any key result has; else unknown when any has too few values; else not_moved
        key_results: that it serves with an expected delta and a date
        kr_id: the one that decided
        because: in words
    """
    items = alignment.items
    delivered = items[items["delivered"] & items["work_type"].eq(WorkType.FEATURE)]
    tests = key_result_moves(alignment)
    words = [str(Moved.MOVED), str(Moved.UNKNOWN), str(Moved.NOT_MOVED)]
    best = tests.assign(order=pd.Categorical(tests["moved"], words).codes).sort_values(
        ["item_id", "order", "kr_id"], kind="stable"
    )
    first = best.drop_duplicates("item_id").set_index("item_id").reindex(delivered["item_id"])
    count = tests.groupby("item_id", sort=False).size().reindex(delivered["item_id"]).fillna(0)
    kept = [
        "item_id",
        "title",
        "value_stream",
        "delivered_on",
        "rung",
        "level",
        "planned_cost",
        "spend",
        "spend_once",
        "wip_days",
    ]
    return delivered[kept].assign(
        moved=pd.Series(first["moved"].array, index=delivered.index).fillna(str(Moved.NOT_MOVED)),
        key_results=count.to_numpy(dtype=np.int64),
        kr_id=first["kr_id"].array,
        because=pd.Series(first["because"].array, index=delivered.index).fillna(
            "no link with an expected delta and a date"
        ),
    )


def key_result_moves(alignment: Alignment) -> pd.DataFrame:
    """One row an item delivered in the window and key result that it was to move (rung L3): the test.

    By regression, as in ``outcomes.moved``, from 8 values before and 3 since on. Else by the latest two:
    moved when both lie beyond every value before the delivery in the wanted direction. Unknown with under 3
    before or 2 since, and for a range, which has no wanted direction.

    Columns
        item_id, kr_id: the item and the key result
        delivered_on: delivered_at, else the finish
        before, after: values before the delivery, and since
        effect (metric's unit): by regression alone
        low, high (metric's unit): its 95 % interval
        p_value: of no effect
        method: "regression", "latest two" or empty
        moved: moved, not_moved or unknown
        because: in words
    """
    items, links, results = alignment.items, alignment.links, alignment.goals.key_results
    delivered = (items["delivered"] & items["work_type"].eq(WorkType.FEATURE)).to_numpy()
    claims = links.loc[
        links["rung"].eq(CONTRIBUTION_RUNG) & delivered[links["item"]], ["item", "result", "item_id", "kr_id"]
    ]
    pairs = claims.drop_duplicates(["item", "result"]).reset_index(drop=True)
    pairs = pairs.assign(delivered_on=items["delivered_on"].array.take(pairs["item"].to_numpy()))
    way = wanted_direction(results)[pairs["result"]]
    turn = micros(pairs["delivered_on"])
    series = (
        pairs[["kr_id"]]
        .assign(pair=np.arange(len(pairs)))
        .merge(values(alignment.portfolio, alignment.goals), on="kr_id")
    )
    series = series.sort_values(["pair", "at"], kind="stable", ignore_index=True)
    pair, at, value = (
        series["pair"].to_numpy(dtype=np.int64),
        micros(series["at"]),
        series["value"].to_numpy(dtype=np.float64),
    )
    fit = regression(pair, at, value, turn, way.astype(np.float64))
    found = pairs.drop(columns=["item", "result"]).assign(
        **{name: fit[name].array for name in (*_COUNTS, *_EFFECT)}
    )
    tested = fit["verdict"].ne(FEW).to_numpy()
    both = _latest_two(pair, at, value, turn, way)
    few = (found["before"].lt(FEWEST_BEFORE) | found["after"].lt(FEWEST_AFTER)).to_numpy()
    unknown = (way == 0) | (~tested & few)
    moved = np.where(tested, fit["verdict"].eq(MOVED), both)
    said = np.where(unknown, str(Moved.UNKNOWN), np.where(moved, str(Moved.MOVED), str(Moved.NOT_MOVED)))
    few_words, fitted = "too few values before or since the delivery", fit["verdict"].to_numpy(dtype=object)
    why = np.select(
        [way == 0, unknown, tested, moved.astype(bool)],
        ["a range has no wanted direction", few_words, fitted, f"the latest two {_BEYOND}"],
        default=f"not so that the latest two {_BEYOND}",
    )
    method = np.where(unknown, "", np.where(tested, "regression", "latest two"))
    return found.assign(method=method, moved=said, because=why).astype(
        {"method": "str", "moved": "str", "because": "str"}
    )


def _latest_two(pair: Ints, at: Ints, value: Floats, turn: Ints, way: Ints) -> Flags:
    """True where the latest two values since the turn lie beyond every value before it, the wanted way."""
    towards, since = value * way[pair], at >= turn[pair]
    highest, lowest = np.full(len(turn), -np.inf), np.full(len(turn), np.inf)
    np.maximum.at(highest, pair[~since], towards[~since])
    size = np.bincount(pair, minlength=len(turn))
    left = np.cumsum(size)[pair] - 1 - np.arange(len(pair))  # values of the pair after this one
    latest = since & (left < FEWEST_AFTER)
    np.minimum.at(lowest, pair[latest], towards[latest])
    return lowest > highest


def moved_table(moved: pd.DataFrame) -> pd.DataFrame:
    """One row a row of ``moved_items``, with what a reader needs of it.

    Columns
        item_id, title: key and title of the item
        delivered_on: delivered_at, else the finish
        level: its firmest link, L0–L3
        moved: moved, not_moved or unknown; PROMISED_NONE where no link says what it was to move
        kr_id: the key result that decided
        because: in words
    """
    shown = moved[["item_id", "title", "delivered_on", "level", "moved", "kr_id", "because"]]
    return shown.assign(moved=shown["moved"].where(moved["key_results"].gt(0), PROMISED_NONE))
