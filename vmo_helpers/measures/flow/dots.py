"""Rows for a chart of dots: all of them while they can be told apart, else bins that say how many."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import instants as of_micros
from vmo_helpers.measures.flow.arrays import micros
from vmo_helpers.measures.flow.views import OTHER_STREAMS
from vmo_helpers.measures.flow.wip import NO_STREAM
from vmo_helpers.portfolio.calendar import local_days

MOST_DOTS = 600  # beyond it dots cover each other and a page grows for nothing
MOST_MARKS = 1500
_SPANS, _STEPS = 40, 18  # bins along time and along length
_BINS = 16  # of a stream's queue
_PILE, _DOT_SHARE = (
    7,
    1 / 32,
)  # so many dots in one dot's width, of the whole axis, are a heap that nobody counts


def dots(frame: pd.DataFrame, at: str, length: str, most: int = MOST_DOTS) -> pd.DataFrame:
    """One row a row of the frame while there are at most ``most``; else one a bin of time × length.

    ``at`` is an instant, ``length`` days. Bins are 40 equal spans of time by 18 steps of equal ratio of
    length. A bin lies at the mean instant and the mean length of its items. Binned rows have no other columns
    than item_id, title, value_stream, these two and items. Their item_id and value_stream are empty, their
    title says the count.

    Columns
        the columns of ``frame``
        items (items): how many the dot stands for
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


def queue_dots(
    queue: pd.DataFrame, by_stream: pd.DataFrame, queue_after_done_days: float, most: int = MOST_DOTS
) -> pd.DataFrame:
    """One row a delivery of ``queue_after_done`` whose queue is known, longest first.

    Of more than ``most``, or where many waited as long as one another, those under the line become one row a
    bin. A bin is one of 16 equal steps from zero to the line, by stream, at its mean length. Those at and
    over the line are judged by themselves, so that a few of them among thousands stay one by one.

    Columns
        item_id: key of the item; empty for a bin
        title: the item's; of a bin how many it stands for
        value_stream: name of its stream
        row: its row of ``queue_by_stream``
        queue_days (days): from the team's done to delivery
        items (items): how many the dot stands for
    """
    line, known = queue_after_done_days, queue[queue["queue_days"].notna()]
    streams = known["value_stream"].fillna(NO_STREAM)
    dots = pd.DataFrame(
        {
            "item_id": known["item_id"],
            "title": known["title"],
            "value_stream": streams,
            "row": streams.where(streams.isin(by_stream["value_stream"]), OTHER_STREAMS),
            "queue_days": known["queue_days"],
            "items": 1,
        }
    ).sort_values("queue_days", ascending=False, kind="stable", ignore_index=True)
    longest = max(float(dots["queue_days"].max()), line) if len(dots) else line
    over, under = dots[dots["queue_days"] >= line], dots[dots["queue_days"] < line]
    if len(dots) > most or _heaped(under, longest * _DOT_SHARE):
        under = _by_row(under, 0.0, line)
    if len(over) > most or _heaped(over, longest * _DOT_SHARE):
        over = _by_row(over, line, longest)
    return pd.concat([over, under], ignore_index=True)


def _heaped(dots: pd.DataFrame, width: float) -> bool:
    """Whether more dots of one row than can be told apart lie within ``width`` days of one another."""
    ordered = dots.sort_values(["row", "queue_days"], kind="stable")
    row, days = pd.factorize(ordered["row"])[0], ordered["queue_days"].to_numpy(dtype=np.float64)
    return bool(((row[_PILE:] == row[:-_PILE]) & (days[_PILE:] - days[:-_PILE] <= width)).any())


def _by_row(dots: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """One row a row and bin of equal width between ``low`` and ``high``."""
    place = ((dots["queue_days"] - low) / ((high - low) or 1.0) * _BINS).astype("int64").clip(upper=_BINS - 1)
    by = dots.groupby(["row", place.rename("bin")], sort=True)
    binned = by["queue_days"].agg(["mean", "size"]).reset_index()
    return (
        pd.DataFrame(
            {
                "item_id": "",
                "title": [f"{count:,} items" if count > 1 else "1 item" for count in binned["size"]],
                "value_stream": binned["row"],
                "row": binned["row"],
                "queue_days": binned["mean"],
                "items": binned["size"],
            }
        )
        .astype({"item_id": "str", "title": "str"})
        .sort_values("queue_days", ascending=False, kind="stable")
    )


def first_a_day(frame: pd.DataFrame, at: str, timezone: str, most: int = MOST_MARKS) -> pd.DataFrame:
    """One row a row of the frame while there are at most ``most``; else each value stream's first a day.

    Where days are still too many, its first a week, a quarter, a year. For strips of marks, which cannot be
    told apart when they stand closer.

    Columns
        the columns of ``frame``
    """
    shown = frame
    for days in (1, 7, 91, 364):
        if len(shown) <= most:
            break
        span = pd.Series(local_days(micros(frame[at]), timezone) // days, index=frame.index)
        shown = frame[~pd.DataFrame({"stream": frame["value_stream"], "span": span}).duplicated()]
    return shown


def _binned(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], bins: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    low, high = float(values.min()), float(values.max())
    width = (high - low) or 1.0
    return np.minimum(((values - low) / width * bins).astype(np.int64), bins - 1)
