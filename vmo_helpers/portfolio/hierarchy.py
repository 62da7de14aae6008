"""Parents of items and of objectives as pairs: "under" and "inherits" are plain look-ups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from vmo_helpers.lookup import places, text_array

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """Every key with each of its ancestors, itself included, as positions in ``names``.

    ``own[i]`` lies ``distance[i]`` steps under ``above[i]`` (0 = itself). A parent that is not among the keys
    is none.
    """

    names: pd.Series
    own: Positions
    above: Positions
    distance: Positions

    @classmethod
    def of(cls, ids: pd.Series, parents: pd.Series, *, what: str) -> Self:
        """The tree of keys and their parents; ``what`` names the keys in an error.

        Raises ValueError that prints the cycle when parents run in a circle.
        """
        names = ids.reset_index(drop=True)
        parent = places(parents, ids)
        _refuse_cycles(parent, names, what)
        own = above = np.arange(len(parent))
        parts = [(own, above, np.zeros(len(parent), dtype=np.int64))]
        while len(own):
            above = parent[above]
            known = above >= 0
            own, above = own[known], above[known]
            parts.append((own, above, np.full(len(own), len(parts), dtype=np.int64)))
        return cls(names, *(np.concatenate(part) for part in zip(*parts, strict=True)))

    def sums(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """For each key the sum of a value over itself and its descendants."""
        return np.bincount(self.above, values[self.own], minlength=len(self.names)).astype(np.float64)

    @cached_property
    def rank(self) -> Positions:
        """Where each key stands in the order of their names, whatever the order of the rows."""
        return np.asarray(pc.rank(text_array(self.names), tiebreaker="first"), dtype=np.int64)

    def place(self, ids: pd.Series) -> Positions:
        """Where each id stands among the keys; −1 for one that is not among them."""
        return places(ids, self.names)

    def reached(self, may: npt.NDArray[np.bool_], *, farthest: bool = False) -> Positions:
        """For each key its nearest (or farthest) ancestor-or-self that may be one; −1 for none."""
        pairs = may[self.above]
        order = np.argsort(self.distance[pairs] * (1 if farthest else -1), kind="stable")
        found = np.full(len(self.names), -1, dtype=np.int64)
        found[self.own[pairs][order]] = self.above[pairs][order]
        return found


def _refuse_cycles(parent: Positions, names: pd.Series, what: str) -> None:
    """Raises ValueError where parents run in a circle.

    Jumping twice as far each time, every chain ends after log₂ n jumps. What still has somewhere to go then
    runs in a circle.
    """
    jump = parent.copy()
    for _ in range(len(parent).bit_length()):
        jump = np.where(jump >= 0, jump[jump], -1)
    running = np.flatnonzero(jump >= 0)
    if not len(running):
        return
    here = int(jump[running[0]])
    circle: list[int] = []
    while here not in circle:
        circle.append(here)
        here = int(parent[here])
    circle = circle[circle.index(here) :]
    first = min(range(len(circle)), key=lambda place: str(names[circle[place]]))
    named = [str(names[place]) for place in circle[first:] + circle[: first + 1]]
    raise ValueError(f"the parents of {what}s run in a circle: {' → '.join(named)}")
