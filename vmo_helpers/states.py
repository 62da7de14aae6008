"""The board of one level: its states in order, and which row of ``states`` holds for which item.

A row may be bound to a work type or a value stream; the row with most matching columns holds (a tie is refused when the
data are read).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.vocabulary import StateClass

CLASSES = tuple(StateClass)  # a class is its place in this tuple
BACKLOG, ACTIVE, WAIT, DONE, CANCELLED = range(5)

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Board:
    """The states of one level.

    ``rows``: the rows of ``states`` that may hold at the level (index = row of the file), ``position`` filled by row
    order where empty. ``columns``: one row a state with its class, in board order (state, label, state_class, code,
    position, wip_limit, portfolio_stage, function, layer, is_gate, owner as its most general row has them; the label is the
    state, with its class where one state has two). ``state_class`` and
    ``column`` map a row to its class and its place in ``columns``.
    """

    level: str
    rows: pd.DataFrame
    columns: pd.DataFrame
    state_class: npt.NDArray[np.int8]
    column: npt.NDArray[np.int64]

    @property
    def position(self) -> npt.NDArray[np.float64]:
        return self.rows["position"].to_numpy(dtype=np.float64)

    def lookup(self, names: list[str], items: pd.DataFrame) -> tuple[Codes, Codes]:
        """``table[name, kind]``: the row that holds, −1 where none does; and the kind of each item.

        Items are of one kind when work type and value stream are the same as far as any row names them.
        """
        rows = self.rows
        kinds = (
            pd.DataFrame(
                {
                    "work_type": items["work_type"].where(items["work_type"].isin(rows["work_type"].dropna().unique())),
                    "value_stream_id": items["value_stream_id"].where(
                        items["value_stream_id"].isin(rows["value_stream_id"].dropna().unique())
                    ),
                }
            )
            if rows[["work_type", "value_stream_id"]].notna().to_numpy().any()
            else None
        )
        if kinds is None:
            kind: Codes = np.zeros(len(items), dtype=np.int64)
            unique = pd.DataFrame({"work_type": [None], "value_stream_id": [None]})
        else:
            kind = np.asarray(kinds.groupby(["work_type", "value_stream_id"], dropna=False, sort=False).ngroup(), dtype=np.int64)
            unique = kinds.drop_duplicates(ignore_index=True)
        table = np.full((len(names), max(len(unique), 1)), -1, dtype=np.int64)
        place = {name: code for code, name in enumerate(names)}
        specific = rows[["level", "work_type", "value_stream_id"]].notna().sum(axis=1).to_numpy()
        for row in np.argsort(specific, kind="stable"):  # over the board's rows: the most specific is written last
            code = place.get(str(rows["state"].iloc[row]))
            if code is None:
                continue
            fits = np.ones(len(unique), dtype=bool)  # none where there is no item
            for column in ("work_type", "value_stream_id"):
                wanted = rows[column].iloc[row]
                if pd.notna(wanted):
                    fits &= (unique[column] == wanted).fillna(False).to_numpy(dtype=bool)
            table[code, np.flatnonzero(fits)] = row
        return table, kind


def board(states: pd.DataFrame, level: str) -> Board:
    """The board of a level from the table ``states``; a row without a level holds at every level."""
    numbered = states.assign(position=states["position"].fillna(pd.Series(np.arange(1.0, len(states) + 1), index=states.index)))
    rows = numbered[numbered["level"].isna() | numbered["level"].eq(level)]
    state_class = np.asarray(rows["class"].map({str(word): code for code, word in enumerate(CLASSES)}), dtype=np.int8)
    general = rows.assign(
        state_class=rows["class"],
        code=state_class,
        specific=rows[["work_type", "value_stream_id"]].notna().sum(axis=1),
        order=np.arange(len(rows)),
    ).sort_values(["specific", "order"])
    columns = general.drop_duplicates(["state", "state_class"]).sort_values(["position", "order"])
    kept = ["state", "state_class", "code", "position", "wip_limit", "portfolio_stage", "function", "layer", "is_gate", "owner"]
    columns = columns[kept].reset_index(drop=True)
    twice = columns["state"].duplicated(keep=False)
    columns["label"] = columns["state"].where(~twice, columns["state"] + " (" + columns["state_class"].astype("str") + ")").astype("str")
    keys = pd.MultiIndex.from_frame(columns[["state", "state_class"]])
    column = keys.get_indexer(pd.MultiIndex.from_frame(rows[["state", "class"]])) if len(rows) else np.empty(0)
    return Board(level, rows, columns, state_class, np.asarray(column, dtype=np.int64))
