"""What the forecasts are made of: finishes and new items of whole weeks, of each value stream and of all."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.lookup import codes
from vmo_helpers.measures.flow.arrays import NEVER, Ints, micro, micros
from vmo_helpers.measures.flow.comparison import ALL, NO_STREAM
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.portfolio.calendar import Calendar, day_starts, local_days, monday
from vmo_helpers.vocabulary import PortfolioStage
from vmo_helpers.window import Window

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

IDEAS = (str(PortfolioStage.FUNNEL), str(PortfolioStage.REVIEWING))
"""Stages of the portfolio Kanban in which an item is an idea: nobody has said yes to it."""

_BEGUN_OR_ENDED = ("started_at", "finished_at", "cancelled_at")
COUNTED = ("value_stream_id", "value_stream", "status", "portfolio_stage", "created_at", *_BEGUN_OR_ENDED)
"""The columns of ``flow.items`` that places are made of."""


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
    code, keys = codes(items["value_stream_id"].fillna("").astype("str"))
    facts, names = _Facts.of(items), items["value_stream"].fillna(NO_STREAM)
    order = np.argsort(code, kind="stable")
    mine = np.split(order, np.cumsum(np.bincount(code, minlength=len(keys)))[:-1]) if keys else []
    found = [
        _place(facts.among(rows), key, str(names.iloc[rows[0]]), window, calendar)
        for key, rows in sorted(zip(keys, mine, strict=True), key=lambda one: one[0])
    ]
    return [*found, _place(facts, ALL, "All streams", window, calendar)]


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


@dataclass(frozen=True)
class _Facts:
    """Of each item, in microseconds (``NEVER``: it has not come): its finish, its creation where it was not
    cancelled, its first start or end; whether it is open, or an idea."""

    finished: Ints
    created: Ints
    first: Ints
    is_open: Flags
    idea: Flags

    @classmethod
    def of(cls, items: pd.DataFrame) -> _Facts:
        at = {name: micros(items[name]) for name in ("created_at", *_BEGUN_OR_ENDED)}
        created = np.where(at["cancelled_at"] < NEVER, NEVER, at["created_at"])
        first = np.minimum.reduce([at[name] for name in _BEGUN_OR_ENDED])
        return cls(at["finished_at"], created, first, *open_now(items))

    def among(self, rows: Ints) -> _Facts:
        """Those of some items."""
        return _Facts(*(getattr(self, one.name)[rows] for one in fields(self)))


def _place(facts: _Facts, key: str, name: str, window: Window, calendar: Calendar) -> Place:
    first = int(facts.first.min(initial=NEVER))
    by_week = _by_week(facts.finished, first, window)
    return Place(
        key,
        name,
        by_week,
        _by_week(facts.created, first, window),
        int(facts.is_open.sum()),
        int(facts.idea.sum()),
        calendar.weeks(record_end(window) - 7 * len(by_week), len(by_week)),
    )


def _by_week(when: Ints, first: int, window: Window) -> Floats:
    """How many fall in each whole week from that of the first fact to the last that ended by as-of."""
    if first == NEVER:
        return np.zeros(0)
    begin = int(monday(local_days(np.array([first]), window.timezone))[0])
    weeks = max(0, (record_end(window) - begin) // 7)
    week = (monday(local_days(when[when < NEVER], window.timezone)) - begin) // 7
    week = week[(week >= 0) & (week < weeks)]
    return np.bincount(week, minlength=weeks)[:weeks].astype(np.float64)
