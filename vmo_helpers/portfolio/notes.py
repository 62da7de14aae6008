"""What a reader must know of the data: counted warnings, with the rows that they speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vmo_helpers.contract.problems import first_positions


@dataclass(frozen=True)
class Said:
    """All rows that a note speaks of, and how it words their number: what is needed to say it of fewer."""

    rows: npt.NDArray[np.int64]
    of: Callable[[int], str]


@dataclass(frozen=True)
class Note:
    """Something that a reader must know of the data: a counted warning, ignored facts, rows left out, an
    unknown column."""

    kind: str  # warning | ignored | later | left_out | unknown_column | assumed
    table: str
    sentence: str
    count: int = 1
    rows: tuple[int, ...] = ()  # the first of them
    said: Said | None = field(default=None, repr=False, compare=False)


def note_of(kind: str, table: str, rows: np.ndarray, sentence: Callable[[int], str]) -> Note:
    """A note on these rows, with their number and the first of them."""
    first = rows[first_positions(np.ones(len(rows), dtype=bool))]
    return Note(
        kind, table, sentence(len(rows)), len(rows), tuple(int(row) for row in first), Said(rows, sentence)
    )
