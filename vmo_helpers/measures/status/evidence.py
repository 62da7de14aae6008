"""The rows behind an item's judgement, by table and row of the file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import Ints
from vmo_helpers.measures.outcomes import LATEST, Inside
from vmo_helpers.portfolio import Portfolio


def observation_rows(inside: Inside, spots: Ints) -> tuple[Ints, Ints]:
    """The rows of ``observations`` that some readings rest on: place in ``spots``, row.

    Each rests on its latest n ≤ 5; −1 has none.
    """
    exposed = inside.exposed
    back = np.arange(LATEST)
    valid = spots >= 0
    count = np.where(valid, np.minimum(np.append(exposed.ordinal, 0)[spots], LATEST), 0)
    there = back[None, :] < count[:, None]
    owner, lag = np.nonzero(there)
    return owner, inside.rows[exposed.position[spots[owner] - lag]]


def rows(
    portfolio: Portfolio, inside: Inside, tested: pd.DataFrame, found: pd.DataFrame, report_row: pd.Series
) -> dict[str, tuple[Ints, Ints]]:
    """Per table the rows behind each item: place in ``found``, row of the file, by item, then by row.

    The item itself, its newest report, its benefits, and the observations of the test that speaks for it.
    """
    told = report_row.to_numpy(dtype=np.int64)
    parts = {
        "work_items": (np.arange(len(found)), found.index.to_numpy(dtype=np.int64)),
        "status_reports": (np.flatnonzero(told >= 0), told[told >= 0]),
        "benefits": _of_items(portfolio.benefits, found["item_id"]),
        "observations": observation_rows(inside, _decider_spots(tested, found)),
    }
    return {name: _sorted(*pair) for name, pair in parts.items()}


def evidence(
    portfolio: Portfolio, inside: Inside, tested: pd.DataFrame, found: pd.DataFrame, report_row: pd.Series
) -> Any:
    """Per item its rows as text: "work_items 12; status_reports 118; benefits 14; observations 321, 322"."""
    size = len(found)
    parts = []
    for name, (item, row) in rows(portfolio, inside, tested, found, report_row).items():
        if len(item) == 0:
            continue
        count = np.bincount(item, minlength=size)
        offsets = pa.array(np.r_[0, np.cumsum(count)], pa.int32())
        joined = pc.binary_join(pa.ListArray.from_arrays(offsets, pa.array(row).cast(pa.string())), ", ")
        text = pc.binary_join_element_wise(name, joined, " ")
        parts.append(pc.if_else(pa.array(count > 0), text, pa.scalar(None, pa.string())))
    if not parts:
        return pd.array([], dtype="str")
    return pd.array(pc.binary_join_element_wise(*parts, "; ", null_handling="skip"), dtype="str")


def _of_items(table: pd.DataFrame, item_ids: pd.Series) -> tuple[Ints, Ints]:
    item = places(table["item_id"], item_ids)
    return item[item >= 0], table.index.to_numpy(dtype=np.int64)[item >= 0]


def _sorted(item: Ints, row: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((row, item))
    return item[order], row[order]


def _decider_spots(tested: pd.DataFrame, found: pd.DataFrame) -> Ints:
    decider = places(found["benefit_id"], tested["benefit_id"])
    spots: Ints = np.append(tested["spot"].to_numpy(dtype=np.int64), -1)[decider]
    return spots
