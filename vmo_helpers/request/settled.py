"""A request settled against the data: as-of, window, streams, level and thresholds, in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.latest import Fact, latest_fact
from vmo_helpers.portfolio.streams import check_streams, in_streams
from vmo_helpers.request.asked import Request, Unfit
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window, day_end, day_start, instant, review_window


@dataclass(frozen=True)
class Settled:
    """What a review is of. ``whole`` is all that was read, at the level asked for; ``fact`` is the latest
    one, where it settled the day."""

    asked: Request
    whole: Portfolio
    window: Window
    thresholds: Thresholds
    fact: Fact | None

    def known(self) -> Portfolio:
        """The chosen streams, as known at the window's end."""
        return in_streams(self.whole, self.asked.streams).known_at(self.window.end)

    @property
    def days(self) -> dict[str, Any]:
        """``as_of`` and ``from_day`` as parameters: they settle the same window whatever is read then."""
        window, zone = self.window, self.window.timezone
        return {
            "as_of": window.end_day if window.end == day_end(window.end_day, zone) else text(window.end),
            "from_day": window.start_day
            if window.start == day_start(window.start_day, zone)
            else text(window.start),
        }

    @property
    def request(self) -> Request:
        """What makes the same review again, in as few words as can be."""
        said = replace(self.asked, **self.days)
        usual = review_window(self.window.end, None, self.window.timezone)
        return replace(said, from_day=None) if self.window == usual else said


def settle(request: Request, read: Portfolio) -> Settled:
    """Settle a request against the portfolio that was read for it.

    ``as_of`` None is the latest fact, a day is its end in the portfolio's zone. ``from_day`` None is 364 days
    before, ``level`` None the portfolio's own. Thresholds are those of ``portfolio.toml``, overridden by
    those asked for. Raises ValueError for what does not fit the data (``Unfit`` where one parameter is at
    fault), InputProblems for a stream that is not there or data without a date.
    """
    request.check()
    check_streams(read, request.streams)
    whole = read
    if request.level is not None:
        with _fitting("level", ": "):
            whole = read.at_level(request.level)
    limits = _own(whole.settings.thresholds).with_overrides(dict(request.thresholds))
    zone = whole.settings.timezone
    fact = latest_fact(whole) if request.as_of is None else None
    with _fitting("as_of", " "):
        end = fact.at if fact is not None else instant(str(request.as_of), zone, end_of_day=True)
    if request.from_day is not None:
        with _fitting("from_day", " "):
            instant(request.from_day, zone, end_of_day=False)
    return Settled(request, whole, review_window(end, request.from_day, zone), limits, fact)


def text(at: pd.Timestamp) -> str:
    """An instant in UTC, always of one length, so that text sorts as time does."""
    return str(at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


@contextmanager
def _fitting(name: str, joint: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Unfit(name, f"{joint}{error}") from error


def _own(thresholds: Mapping[str, float]) -> Thresholds:
    try:
        return Thresholds().with_overrides(thresholds)
    except ValueError as error:
        raise ValueError(f"[thresholds] of portfolio.toml: {error}") from error
