"""What a test lacks: one bit an element, and the names of those whose bit is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vmo_helpers.measures.flow.arrays import texts
from vmo_helpers.measures.outcomes.plan import Bools, Ints

NO_METRIC, NO_BASELINE, NO_TARGET, NO_DUE, NO_LAG = "outcome metric", "baseline", "target", "due date", "lag"
NO_CHANGE = "target other than the baseline"
NO_SENSE = "target in the metric's direction"
NO_START = "delivery, finish or planned end"
ELEMENTS = (NO_METRIC, NO_BASELINE, NO_TARGET, NO_DUE, NO_LAG, NO_CHANGE, NO_SENSE, NO_START)


def bits_of(flags: list[Bools]) -> Ints:
    """One number a row, bit by bit the flags."""
    return sum(
        (np.asarray(flag).astype(np.int64) << bit for bit, flag in enumerate(flags)),
        np.zeros(len(flags[0]), dtype=np.int64),
    )


def names_of(bits: Ints, names: Sequence[str], between: str = "; ") -> Any:
    """The names whose bit is set, joined; missing where none is."""
    kinds, code = np.unique(bits, return_inverse=True)
    joined = [between.join(name for bit, name in enumerate(names) if number >> bit & 1) for number in kinds]
    return texts(np.where(bits == 0, -1, code), joined)
