"""The board of one level: its states in order, and which row of ``states`` holds for which item.

A row may be bound to a work type or a value stream; the row with most matching columns holds (a tie is
refused when the data are read).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.lookup import Codes, places
from vmo_helpers.vocabulary import StateClass

QUALIFIERS = (
    "level",
    "work_type",
    "value_stream_id",
)  # what binds a row of states to some items; where one is empty, to all
CLASSES = tuple(StateClass)  # a class is its place in this tuple
BACKLOG, ACTIVE, WAIT, DONE, CANCELLED = range(5)


@dataclass(frozen=True)
class Board:
    """The states of one level.

    ``rows``: the rows of ``states`` that may hold at the level (index = row of the file), ``position`` filled
    by row order where empty. ``columns``: one row a state with its class, in board order (state, label,
    state_class, code, position, wip_limit, portfolio_stage, function, layer, is_gate, owner as its most
    general row has them; the label is the state, with its class where one state has two). ``state_class`` and
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

    def rows_for(
        self, name: Codes, names: list[str], item: Codes, items: pd.DataFrame
    ) -> npt.NDArray[np.int16]:
        """The row that holds for each move of an item (its place in ``items``) into a state (its place in
        ``names``), −1 for none."""
        kind, kinds = kinds_of(items, self.rows)
        combinations = kinds.loc[kinds.index.repeat(len(names))].assign(
            level=self.level, state=names * len(kinds)
        )
        table = (
            resolve(self.rows, combinations.reset_index(drop=True))["place"]
            .to_numpy(dtype=np.int16)
            .reshape(len(kinds), len(names))
        )
        table = np.append(
            table, np.full((len(kinds), 1), -1, dtype=np.int16), axis=1
        )  # the last column: no name
        rows: npt.NDArray[np.int16] = (
            table[0][name] if len(kinds) == 1 else table[np.append(kind, 0)[item], name]
        )
        return rows


def kinds_of(items: pd.DataFrame, states: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """The kind of each item, as far as any row of ``states`` tells items apart, and the kinds.

    One row a kind: level, work_type and value_stream_id, missing where no row names what its items have.
    There is at least one.
    """
    told = {name: states[name].dropna().drop_duplicates() for name in QUALIFIERS}
    number = np.zeros(len(items), dtype=np.int64)
    for name, words in told.items():
        if len(words):
            number = number * (len(words) + 1) + places(items[name], words) + 1
    seen = np.zeros(int(np.prod([len(words) + 1 for words in told.values()])), dtype=bool)
    seen[number] = True
    seen[0] |= not len(items)
    kind = (np.cumsum(seen) - 1)[number]
    left, columns = np.flatnonzero(seen), {}
    for name, words in reversed(told.items()):
        left, place = np.divmod(left, len(words) + 1)
        columns[name] = words.array.take(place - 1, allow_fill=True)
    return kind, pd.DataFrame(columns)


def resolve(states: pd.DataFrame, combinations: pd.DataFrame) -> pd.DataFrame:
    """The row of ``states`` that holds for each combination of state, level, work_type and value_stream_id.

    A row holds where each of its qualifiers is empty or equal; of several the one with most qualifiers.
    Returned with the index of ``combinations``: ``place`` (position in ``states``, −1 where no row holds) and
    ``tie`` (position of a second row that holds as much, −1 where there is none).
    """
    asked, row = _pairs(
        places(combinations["state"], states["state"].dropna().drop_duplicates()), states["state"]
    )
    fits, score = np.ones(len(row), dtype=bool), np.zeros(len(row), dtype=np.int64)
    for name in QUALIFIERS:
        words = states[name].dropna().drop_duplicates()
        bound = places(states[name], words)[row]
        fits &= (bound < 0) | (bound == places(combinations[name], words)[asked])
        score += bound >= 0
    asked, row, score = asked[fits], row[fits], score[fits]
    order = np.lexsort((row, -score, asked))  # of each combination the row with most qualifiers first
    asked, row, score = asked[order], row[order], score[order]
    again = np.append(False, asked[1:] == asked[:-1])[: len(asked)]
    result = pd.DataFrame({"place": -1, "tie": -1}, index=combinations.index)
    result.iloc[asked[~again], 0] = row[~again]
    second = np.flatnonzero(again & ~np.append(False, again[:-1])[: len(again)])
    second = second[score[second] == score[second - 1]]
    result.iloc[asked[second], 1] = row[second]
    return result


def _pairs(place: Codes, state: pd.Series) -> tuple[Codes, Codes]:
    """Every combination with every row of its state: the places of both. ``place``: the combination's state
    among the distinct ones."""
    of_row = places(state, state.dropna().drop_duplicates())
    by_state = np.argsort(of_row, kind="stable")[int(np.count_nonzero(of_row < 0)) :]  # without nameless rows
    many = np.bincount(of_row[of_row >= 0], minlength=1)
    asked = np.flatnonzero(place >= 0)
    count = many[place[asked]]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    begin = np.cumsum(many) - many
    return np.repeat(asked, count), by_state[np.repeat(begin[place[asked]], count) + within]


def board(states: pd.DataFrame, level: str) -> Board:
    """The board of a level from the table ``states``; a row without a level holds at every level."""
    numbered = states.assign(
        position=states["position"].fillna(pd.Series(np.arange(1.0, len(states) + 1), index=states.index))
    )
    rows = numbered[numbered["level"].isna() | numbered["level"].eq(level)]
    state_class = np.asarray(
        rows["class"].map({str(word): code for code, word in enumerate(CLASSES)}), dtype=np.int8
    )
    general = rows.assign(
        state_class=rows["class"],
        code=state_class,
        specific=rows[["work_type", "value_stream_id"]].notna().sum(axis=1),
        order=np.arange(len(rows)),
    ).sort_values(["specific", "order"])
    columns = general.drop_duplicates(["state", "state_class"]).sort_values(["position", "order"])
    kept = [
        "state",
        "state_class",
        "code",
        "position",
        "wip_limit",
        "portfolio_stage",
        "function",
        "layer",
        "is_gate",
        "owner",
    ]
    columns = columns[kept].reset_index(drop=True)
    twice = columns["state"].duplicated(keep=False)
    columns["label"] = (
        columns["state"]
        .where(~twice, columns["state"] + " (" + columns["state_class"].astype("str") + ")")
        .astype("str")
    )
    keys = pd.MultiIndex.from_frame(columns[["state", "state_class"]])
    column = (
        keys.get_indexer(pd.MultiIndex.from_frame(rows[["state", "class"]])) if len(rows) else np.empty(0)
    )
    return Board(level, rows, columns, state_class, np.asarray(column, dtype=np.int64))
