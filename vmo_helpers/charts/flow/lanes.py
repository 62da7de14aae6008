"""Lanes of a row of dots: each dot stays at its value, and those that would cover one another stand one above
the other."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
import pandas as pd

from vmo_helpers.charts.canvas import Floats

DOT = 9.0  # pixels across
_NARROW_PLOT = 300.0
_HIGHEST = 76.0


def lanes(rows: pd.Series, values: pd.Series, keys: pd.Series, longest: float) -> tuple[Floats, float]:
    """Upright offsets that keep dots of one row apart on the narrowest page, and how high the highest heap
    is, in pixels.

    From left to right each dot takes the free lane that is nearest to the middle; dots of one value in the
    order of their
    keys: the same data, the same picture. ``longest``: the value at the plot's right edge.
    """
    at = values.to_numpy(dtype=float) / longest * _NARROW_PLOT
    row = pd.factorize(rows)[0]
    lane = np.zeros(len(at))
    free: list[int] = []
    taken: list[tuple[float, int]] = []
    before, opened = -1, 0
    for place in np.lexsort((pd.factorize(keys, sort=True)[0], at, row)).tolist():
        if row[place] != before:
            before, opened, free, taken = row[place], 0, [], []
        while taken and taken[0][0] <= at[place]:
            heappush(free, heappop(taken)[1])
        if not free:
            heappush(free, opened)
            opened += 1
        mine = heappop(free)
        heappush(taken, (at[place] + DOT, mine))
        lane[place] = (1 if mine % 2 else -1) * ((mine + 1) // 2)
    reach = float(np.abs(lane).max(initial=0.0))
    gap = min(DOT, _HIGHEST / 2 / max(reach, 1.0))
    return lane * gap, 2 * reach * gap + DOT
