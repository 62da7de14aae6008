"""Elapsed or working days between instants, and days of a time zone, by prefix sums: no loop over rows.

A working day counts 1 whatever its length: on the day that clocks go forward (23 hours) half of it is 11½
hours. Days start where the portfolio's zone says; a day that starts in a daylight-saving gap starts after the
gap.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.portfolio.portfolio import Settings

Instants = npt.NDArray[np.int64]  # microseconds since 1970 UTC
Floats = npt.NDArray[np.float64]

DAY_US = 86_400_000_000
_COUNTED = re.compile(
    r"(?:(?:age|cycle_time|lead_time)(?:_p50|_p85)?|oldest_age|median_age|expected|active|other|rework|wip"
    r"|wait|blocked|blocked_now|queue|concept|total|mean|p50|p85|low|high|before|after|change)_days"
    r"|days_saved_\w+"
)
_LAW = "throughput_per_day"  # Little's law is told in elapsed days, the length of its window among them
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


@lru_cache(maxsize=64)
def _day_starts(timezone: str, first: int, last: int) -> Instants:
    """The first instants of local days first … last + 1 (days since 1970)."""
    days = pd.DatetimeIndex(np.arange(first, last + 2).astype("datetime64[D]").astype("datetime64[us]"))
    local = days.tz_localize(
        ZoneInfo(timezone), ambiguous=np.ones(len(days), dtype=bool), nonexistent="shift_forward"
    )
    starts: Instants = (
        local.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]").view("int64")
    )
    starts.flags.writeable = False
    return starts


def day_starts(first: int, last: int, timezone: str) -> Instants:
    """First instant (µs, UTC) of each local day from ``first`` to ``last + 1``, days counted from
    1970-01-01."""
    if timezone == "UTC":
        return np.arange(first, last + 2, dtype=np.int64) * DAY_US
    return _day_starts(timezone, int(first), int(last))


def local_days(instants: Instants, timezone: str) -> Instants:
    """The local day (days since 1970-01-01) that each instant falls on."""
    if timezone == "UTC" or len(instants) == 0:
        return instants // DAY_US
    first = int(instants.min()) // DAY_US - 1
    starts = day_starts(first, int(instants.max()) // DAY_US + 1, timezone)
    return first + np.searchsorted(starts, instants, side="right").astype(np.int64) - 1


def days_between(first: int, last: int) -> npt.NDArray[np.datetime64]:
    """Naive midnights of days ``first`` … ``last``, both in."""
    return np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[us]")


def monday(days: Instants) -> Instants:
    """The Monday on or before each day: an ISO week is named by it, so weeks of two years never share a
    key."""
    return days - (days + _EPOCH_WEEKDAY) % 7


def counts_calendar(column: str, beside: Collection[Any]) -> bool:
    """Whether a column of a measure counts the calendar's days; all else that is named days counts elapsed
    ones, whatever the calendar.

    ``beside``: the columns of its frame, for a mere ``days`` is told by them.
    """
    return bool(_COUNTED.fullmatch(column)) or (column == "days" and _LAW not in beside)


@dataclass(frozen=True)
class Calendar:
    """What a duration counts: elapsed days (``working_days`` None), else working days (0 = Monday) without
    holidays."""

    timezone: str = "UTC"
    working_days: tuple[int, ...] | None = None
    holidays: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Calendar:
        """The calendar of a portfolio's settings."""
        return cls(settings.timezone, settings.working_days, tuple(settings.holidays))

    @property
    def day_unit(self) -> str:
        """The unit of a length of time: days, or working_days."""
        return "days" if self.working_days is None else "working_days"

    @property
    def unit(self) -> str:
        """What a day is, in words: for definitions that are printed beside a number."""
        if self.working_days is None:
            return "elapsed days"
        free = len(self.holidays)
        return "working days" + (f" without {free} {'holiday' if free == 1 else 'holidays'}" if free else "")

    def days(self, start: Instants, end: Instants) -> Floats:
        """Days from ``start`` to ``end`` (µs, UTC), element by element; negative where end lies before
        start."""
        if self.working_days is None:
            return (end - start) / DAY_US
        return self.clock(end) - self.clock(start)

    def weeks(self, first: int, count: int) -> Floats:
        """Working days ÷ 5 of each of so many weeks from a Monday on (days since 1970): 1 without a
        calendar."""
        if self.working_days is None or count <= 0:
            return np.ones(max(count, 0))
        _, _, before = _working(self.timezone, self.working_days, self.holidays, first, first + 7 * count - 1)
        return np.diff(before[::7]) / 5

    def clock(self, instants: Instants) -> Floats:
        """A reading that runs only while the calendar works: the difference of two readings is the time
        between them."""
        if self.working_days is None or len(instants) == 0:
            return instants / DAY_US
        first = int(instants.min()) // DAY_US - 1
        last = int(instants.max()) // DAY_US + 1
        starts, works, before = _working(self.timezone, self.working_days, self.holidays, first, last)
        day = np.searchsorted(starts, instants, side="right") - 1
        within = (instants - starts[day]) / (starts[day + 1] - starts[day])
        return before[day] + works[day] * within


@lru_cache(maxsize=64)
def _working(
    timezone: str, working_days: tuple[int, ...], holidays: tuple[str, ...], first: int, last: int
) -> tuple[Instants, Floats, Floats]:
    """Day starts, 1 or 0 per day, and the working days before each day."""
    free = np.array(holidays, dtype="datetime64[D]").astype(np.int64)

    def worked(first: int, last: int) -> tuple[Instants, Floats]:
        starts, days = day_starts(first, last, timezone), np.arange(first, last + 1)
        works = np.isin((days + _EPOCH_WEEKDAY) % 7, working_days) & ~np.isin(days, free)
        return starts, (works & (np.diff(starts) > 0)).astype(
            np.float64
        )  # a day that a zone skipped was worked by nobody

    starts, works = worked(first, last)
    origin = worked(min(first, 0), max(first, 0) - 1)[1].sum() * np.sign(
        first
    )  # readings of any two calls share 1970 as zero
    before = np.concatenate([[0.0], np.cumsum(works)]) + origin
    return starts, works, before
