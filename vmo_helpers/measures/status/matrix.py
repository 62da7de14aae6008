"""The matrix of outside × inside: the label of each cell, and what stands in it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import texts
from vmo_helpers.vocabulary import Inside, Label, Outside

BAD_ROW = "amber_or_red"  # the two colours that the matrix holds together
_CELLS = {
    (str(Outside.GREEN), Inside.RED): Label.WATERMELON,
    (str(Outside.GREEN), Inside.GREEN): Label.SOUND,
    (str(Outside.GREEN), Inside.OPEN): Label.OPEN_INSIDE,
    (str(Outside.GREEN), Inside.NOT_YET_DUE): Label.GREEN_UNPROVEN,
    (str(Outside.GREEN), Inside.UNKNOWN): Label.UNKNOWN_INSIDE,
    (BAD_ROW, Inside.RED): Label.RED_THROUGH,
    (BAD_ROW, Inside.GREEN): Label.BETTER_INSIDE,
    (BAD_ROW, Inside.OPEN): Label.RED_OPEN,
    (BAD_ROW, Inside.NOT_YET_DUE): Label.RED_UNPROVEN,
    (BAD_ROW, Inside.UNKNOWN): Label.RED_UNKNOWN,
    **{(str(Outside.NOT_REPORTED), inside): Label.NOT_REPORTED for inside in Inside},
}


def labels(outside: pd.Series, inside: pd.Series) -> Any:
    """The label of each item, as a text column."""
    rows, columns = (
        places(words, pd.Series([str(word) for word in known], dtype="str"))
        for words, known in ((outside, Outside), (inside, Inside))
    )
    names = [str(_CELLS[row, word]) for row in _row(pd.Series(list(Outside))) for word in Inside]
    return texts(rows * len(Inside) + columns, names)


def matrix(items: pd.DataFrame) -> pd.DataFrame:
    """One row a cell of outside × inside, all fifteen.

    The labels of the row not_reported are one: not_reported.

    Columns
        outside: green, amber_or_red or not_reported
        inside: red, green, not_yet_due or unknown
        label: the cell's name
        items (items): in the cell
        money (portfolio's currency): at stake with them
    """
    cells = pd.DataFrame(
        [(outside, str(inside), str(label)) for (outside, inside), label in _CELLS.items()],
        columns=["outside", "inside", "label"],
    )
    counted = (
        items.assign(outside=_row(items["outside"]))
        .groupby(["outside", "inside"], as_index=False)
        .agg(items=("item_id", "size"), money=("money", "sum"))
    )
    found = cells.merge(counted, on=["outside", "inside"], how="left")
    return found.assign(items=found["items"].fillna(0).astype("int64"), money=found["money"].fillna(0.0))


def _row(outside: pd.Series) -> pd.Series:
    return outside.where(outside.isin([Outside.GREEN, Outside.NOT_REPORTED]), BAD_ROW)
