"""What the forecasts are made of: finishes and new items of whole weeks, of each value stream and of all."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, micro, micros
from vmo_helpers.measures.flow.comparison import ALL, NO_STREAM
from vmo_helpers.measures.flow.log import Status
from vmo_helpers.measures.flow.pace import first_fact
from vmo_helpers.portfolio.calendar import Calendar, day_starts, local_days, monday
from vmo_helpers.vocabulary import PortfolioStage
from vmo_helpers.window import Window

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

IDEAS = (str(PortfolioStage.FUNNEL), str(PortfolioStage.REVIEWING))
"""Stages of the portfolio Kanban in which an item is an idea: nobody has said yes to it."""

_COUNTED = ["status", "portfolio_stage", "created_at", "started_at", "finished_at", "cancelled_at"]


@dataclass(frozen=True)
class Place:
    """A value stream, or all of them (``key`` "all"): counts of its whole weeks, oldest first, and its open
    items.

    ``finished``, ``created`` (items a week): from the week of its first start or end on record to the last
    whole week before as-of; what was created and cancelled is not in the second. ``open_items``: neither
    finished nor cancelled, without ``ideas`` (in funnel or reviewing). ``worked``: working days ÷ 5 of each
    of these weeks, 1 without a calendar.
    """

    key: str
    name: str
    finished: Floats
    created: Floats
    open_items: int
    ideas: int
    worked: Floats

    @property
    def seed(self) -> int:
        """Of its random numbers: its own, so that a choice of streams changes no other."""
        return zlib.crc32(self.key.encode())


def places(items: pd.DataFrame, window: Window, calendar: Calendar | None = None) -> list[Place]:
    """Each value stream by its key, and last all of them; ``items`` as ``flow.items`` returns them. Without a
    ``calendar`` every week counts 1."""
    calendar = calendar or Calendar(window.timezone)
    keys = items["value_stream_id"].fillna("").astype("str")
    names = items["value_stream"].fillna(NO_STREAM).groupby(keys).first()
    counted = items[_COUNTED]
    mine = counted.groupby(keys.to_numpy(), sort=False).indices
    found = [
        _place(counted.iloc[mine[key]], key, names[key], window, calendar) for key in sorted(names.index)
    ]
    return [*found, _place(counted, ALL, "All streams", window, calendar)]


def next_monday(window: Window) -> int:
    """The Monday after as-of (days since 1970), on which every horizon begins."""
    return int(monday(local_days(np.array([micro(window.end)]), window.timezone))[0]) + 7


def record_end(window: Window) -> int:
    """The Monday after the last whole week: that of as-of is whole where as-of is its last instant."""
    end = next_monday(window)
    return end if int(day_starts(end, end, window.timezone)[0]) - 1 <= micro(window.end) else end - 7


def open_now(items: pd.DataFrame) -> tuple[Flags, Flags]:
    """Which items are open, and which of the unfinished are ideas yet."""
    unfinished = items["status"].isin([str(Status.BACKLOG), str(Status.IN_PROGRESS)]).to_numpy(dtype=bool)
    idea = items["portfolio_stage"].isin(IDEAS).to_numpy(dtype=bool)
    return unfinished & ~idea, unfinished & idea


def _place(items: pd.DataFrame, key: str, name: str, window: Window, calendar: Calendar) -> Place:
    is_open, idea = open_now(items)
    finished, created = micros(items["finished_at"]), micros(items["created_at"])
    created = created[items["cancelled_at"].isna().to_numpy()]
    first = first_fact(items)
    by_week = _by_week(finished, first, window)
    return Place(
        key,
        name,
        by_week,
        _by_week(created, first, window),
        int(is_open.sum()),
        int(idea.sum()),
        calendar.weeks(record_end(window) - 7 * len(by_week), len(by_week)),
    )


def _by_week(when: npt.NDArray[np.int64], first: int, window: Window) -> Floats:
    """How many fall in each whole week from that of the first fact to the last that ended by as-of."""
    if first == NEVER:
        return np.zeros(0)
    begin = int(monday(local_days(np.array([first]), window.timezone))[0])
    weeks = max(0, (record_end(window) - begin) // 7)
    week = (monday(local_days(when[when < NEVER], window.timezone)) - begin) // 7
    week = week[(week >= 0) & (week < weeks)]
    return np.bincount(week, minlength=weeks)[:weeks].astype(np.float64)
