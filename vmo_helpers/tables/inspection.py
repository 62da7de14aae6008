"""Tables under inspection: what has been read so far, which rows offend, and the problems found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.contract.cells import Reading
from vmo_helpers.contract.problems import MOST_ROWS, Cell, Problem, counted, first_positions
from vmo_helpers.contract.schema import Table
from vmo_helpers.lookup import Short
from vmo_helpers.portfolio.notes import Note, note_of
from vmo_helpers.tables.raw import as_text


@dataclass
class Draft:
    """One table with typed columns. ``given``: the columns that the source had. ``reading``: how its cells
    were read.

    ``held``: its source had rows, so that references to it can be judged even when all of them were left out.
    """

    table: Table
    frame: pd.DataFrame
    source: str
    given: frozenset[str] = frozenset()
    reading: Reading = field(default_factory=Reading)
    held: bool = False

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def rows(self) -> pd.Index:
        return self.frame.index

    def __len__(self) -> int:
        return len(self.frame)


@dataclass
class Inspection:
    """Collects problems with the rows that offend, and notes; one inspection is one pass over all tables.

    ``lenient``: a cell that its row can do without becomes empty, and is noted; it is no problem.
    """

    problems: list[Problem] = field(default_factory=list)
    offending: dict[str, np.ndarray] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    places: dict[tuple[str, str], Short] = field(
        default_factory=dict
    )  # (table, column) → where each reference leads
    lenient: bool = False
    inherited: dict[str, pd.Index] = field(default_factory=dict)  # rows of key results with their objective's

    def whole(self, table: str, what: str, *, column: str | None = None, source: str = "") -> None:
        """A problem that leaving out rows would not mend."""
        self.problems.append(Problem(table, what, column, source=source))

    def cells(
        self,
        draft: Draft,
        column: str | None,
        mask: np.ndarray,
        what: str,
        *,
        value: Callable[[int], Any] | None = None,
        hint: Callable[[int], str] | None = None,
        spared: bool = False,
    ) -> None:
        """A problem of the masked rows. ``value`` and ``hint`` give a position's cell and what may help; by
        default the frame's. ``spared``: the rows can do without the cell."""
        if not mask.any():
            return
        if self.lenient and spared:
            self.emptied(draft, column, mask, what)
            if column in draft.frame.columns:
                draft.frame = draft.frame.assign(**{str(column): draft.frame[column].mask(mask)})
            return
        self.problems.append(
            _problem(draft, draft.rows, column, mask, what, value or _cell_of(draft.frame, column), hint)
        )
        self.offending[draft.name] = self.offends(draft) | mask

    def emptied(self, draft: Draft, column: str | None, mask: np.ndarray, what: str) -> None:
        """A note that cells were taken as empty, and why."""

        def sentence(count: int) -> str:
            place = f"{draft.source}, column {column}" if column else draft.source
            return f"{place}: {counted(count, 'cell')} taken as empty: {what}"

        self.warn(draft, mask, sentence, "left_out")

    def offends(self, draft: Draft) -> np.ndarray:
        """The rows of a table about which something was said already."""
        return self.offending.get(draft.name, np.zeros(len(draft), dtype=bool))

    def warn(
        self, draft: Draft, mask: np.ndarray, sentence: Callable[[int], str], kind: str = "warning"
    ) -> None:
        """A counted note on the masked rows; ``sentence`` words their number."""
        if mask.any():
            self.notes.append(note_of(kind, draft.name, draft.rows[mask].to_numpy(), sentence))


def _cell_of(frame: pd.DataFrame, column: str | None) -> Callable[[int], Any]:
    return (lambda position: None) if column is None else (lambda position: frame[column].iloc[position])


def _problem(
    draft: Draft,
    rows: Sequence[int] | pd.Index,
    column: str | None,
    mask: np.ndarray,
    what: str,
    value: Callable[[int], Any],
    hint: Callable[[int], str] | None,
) -> Problem:
    cells = tuple(
        Cell(int(rows[place]), as_text(value(int(place))), hint(int(place)) if hint else "")
        for place in first_positions(mask)[:MOST_ROWS]
    )
    return Problem(draft.name, what, column, cells, int(mask.sum()), draft.source)
