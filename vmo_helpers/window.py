"""The stretch of time that a review looks at, and days as instants."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd

from vmo_helpers.vocabulary import NO_DAY, WINDOW_DAYS

FIRST_YEAR, LAST_YEAR = 1800, 2200
"""Years that a review may be of: with the windows before it, it lies within the days that can be read."""


@dataclass(frozen=True)
class Window:
    """[start, end], both ends in; ``end`` is the review's as-of. Instants are UTC, ``timezone`` is the
    portfolio's."""

    start: pd.Timestamp
    end: pd.Timestamp
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"the window starts on {self.start_day}, after its end on {self.end_day}")

    @property
    def start_day(self) -> str:
        """First day in the portfolio's zone, ISO 8601."""
        return str(self.start.tz_convert(ZoneInfo(self.timezone)).date())

    @property
    def end_day(self) -> str:
        """Last day in the portfolio's zone, ISO 8601."""
        return str(self.end.tz_convert(ZoneInfo(self.timezone)).date())

    @property
    def first_day(self) -> pd.Timestamp:
        """``start_day`` as a naive midnight, as charts draw days."""
        return pd.Timestamp(self.start_day)

    @property
    def last_day(self) -> pd.Timestamp:
        """``end_day`` as a naive midnight."""
        return pd.Timestamp(self.end_day)

    @property
    def before(self) -> Window:
        """The window of equal length that ends where this one starts: as many days and hours by the clocks of
        its zone, so that a change of clocks in either does not cut a day."""
        zone, step = ZoneInfo(self.timezone), pd.Timedelta(1, "us")
        start, end = (stamp.tz_convert(zone).tz_localize(None) for stamp in (self.start, self.end))
        begin = (
            (start - (end - start) - step)
            .tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
            .tz_convert("UTC")
        )
        return Window(min(begin.as_unit("us"), self.start - step), self.start - step, self.timezone)

    def until(self, day: str | pd.Timestamp) -> Window:
        """The window of equal length that ends with that day, from the start of a day."""
        end = day_end(day, self.timezone)
        first = (end - (self.end - self.start)).tz_convert(ZoneInfo(self.timezone)).tz_localize(None)
        return Window(day_start(first, self.timezone), end, self.timezone)

    def holds(self, instants: pd.Series) -> pd.Series:
        """True where an instant lies in the window; a missing instant does not."""
        return instants.ge(self.start) & instants.le(self.end)


def day_start(day: str | pd.Timestamp, timezone: str) -> pd.Timestamp:
    """The first instant of a day in a zone, as UTC. A day that starts in a daylight-saving gap starts after
    the gap."""
    local = (
        pd.Timestamp(day)
        .normalize()
        .tz_localize(ZoneInfo(timezone), ambiguous=True, nonexistent="shift_forward")
    )
    return local.tz_convert("UTC").as_unit("us")


def day_end(day: str | pd.Timestamp, timezone: str) -> pd.Timestamp:
    """The last microsecond of a day in a zone, as UTC."""
    return day_start(pd.Timestamp(day) + pd.Timedelta(days=1), timezone) - pd.Timedelta(1, "us")


def instant(text: str, timezone: str, *, end_of_day: bool) -> pd.Timestamp:
    """A day or an ISO 8601 instant as UTC; a bare day is its end or its start, a time without offset is
    local.

    Raises ValueError with what was expected when the text is neither.
    """
    text = text.strip()
    expected = f"{text!r} {NO_DAY}"
    try:
        stamp = pd.Timestamp(text)
    except ValueError as error:
        raise ValueError(expected) from error
    if pd.isna(stamp):  # pandas reads "nat" and "" as no time at all
        raise ValueError(expected)
    if not FIRST_YEAR <= stamp.year <= LAST_YEAR:
        raise ValueError(f"{text!r} lies in a year of no portfolio: expected {FIRST_YEAR}–{LAST_YEAR}")
    if len(text) <= 10:
        return day_end(text, timezone) if end_of_day else day_start(text, timezone)
    if stamp.tzinfo is None:
        stamp = stamp.tz_localize(ZoneInfo(timezone), ambiguous=True, nonexistent="shift_forward")
    return stamp.tz_convert("UTC").as_unit("us")


def review_window(as_of: pd.Timestamp, from_day: str | None, timezone: str) -> Window:
    """From the given day (default: 364 days before as-of, from that day's start) to as-of."""
    if from_day is None:
        local = as_of.tz_convert(ZoneInfo(timezone)).tz_localize(None).normalize()
        return Window(day_start(local - pd.Timedelta(days=WINDOW_DAYS), timezone), as_of, timezone)
    return Window(instant(str(from_day), timezone, end_of_day=False), as_of, timezone)
