"""Rows for a chart of dots: all of them while they can be told apart, else bins that say how many each stands for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.calendar import local_days
from vmo_helpers.measures.flow.arrays import instants as of_micros
from vmo_helpers.measures.flow.arrays import micros

MOST_DOTS = 600  # beyond it dots cover each other and a page grows for nothing
MOST_MARKS = 1500
_SPANS, _STEPS = 60, 30  # bins along time and along length


def dots(frame: pd.DataFrame, at: str, length: str, most: int = MOST_DOTS) -> pd.DataFrame:
    """The frame with ``items`` = 1 while it has at most ``most`` rows; else one row a bin of time × length.

    ``at`` is an instant, ``length`` days. Bins: 60 equal spans of time, 30 steps of equal ratio of length; a bin lies at the mean
    instant and the mean length of its ``items``. Their item_id and value_stream are empty, their title says the count.
    """
    if len(frame) <= most:
        return frame.assign(items=1)
    instants = micros(frame[at])
    days = np.maximum(frame[length].to_numpy(dtype=np.float64), 0.0)
    span = _binned(instants.astype(np.float64), _SPANS)
    step = _binned(np.log(np.maximum(days, 1 / 1440)), _STEPS)
    cell, place = np.unique(span * _STEPS + step, return_inverse=True)
    items = np.bincount(place)
    since = np.bincount(place, weights=(instants - instants.min()).astype(np.float64)) / items
    binned = {
        "item_id": np.full(len(cell), ""),
        "title": [f"{count:,} items" if count > 1 else "1 item" for count in items],
        "value_stream": np.full(len(cell), ""),
        at: of_micros(instants.min() + since.astype(np.int64)),
        length: np.bincount(place, weights=days) / items,
        "items": items,
    }
    return pd.DataFrame(binned)


def first_a_day(frame: pd.DataFrame, at: str, timezone: str, most: int = MOST_MARKS) -> pd.DataFrame:
    """The frame while it has at most ``most`` rows; else each value stream's first row a day, or a week, a quarter, a year where days
    are still too many: for strips of marks, which cannot be told apart when they stand closer.
    """
    shown = frame
    for days in (1, 7, 91, 364):
        if len(shown) <= most:
            break
        span = pd.Series(local_days(micros(frame[at]), timezone) // days, index=frame.index)
        shown = frame[~pd.DataFrame({"stream": frame["value_stream"], "span": span}).duplicated()]
    return shown


def _binned(values: np.ndarray[tuple[int], np.dtype[np.float64]], bins: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    low, high = float(values.min()), float(values.max())
    width = (high - low) or 1.0
    return np.minimum(((values - low) / width * bins).astype(np.int64), bins - 1)
