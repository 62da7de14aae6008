"""What is looked at, and all that is measured of it. What a change of a control leaves as it was is not
computed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from vmo_helpers import measures
from vmo_helpers.measures.flow import FlowLog, SmallN
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.measures.outcomes import Inside
from vmo_helpers.notebook.opening import Asked, Review
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.streams import in_streams
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window, day_end, day_start, instant, review_window

_KEPT = 24  # results kept; going back and forth between a few choices computes nothing twice

_Any = TypeVar("_Any")


@dataclass(frozen=True)
class Choice:
    """The controls that every panel has. ``as_of`` and ``from_day`` read as a notebook's parameters do; None:
    as opened.

    ``thresholds`` are those that differ from what the notebook was opened with.
    """

    streams: tuple[str, ...] = ()
    as_of: str | None = None
    from_day: str | None = None
    level: str | None = None
    thresholds: tuple[tuple[str, float], ...] = ()

    def with_threshold(self, name: str, value: float) -> Choice:
        """The same choice, judged by another number."""
        return replace(self, thresholds=tuple(sorted({**dict(self.thresholds), name: value}.items())))


class Source:
    """A notebook's data, to be cut and measured as chosen."""

    def __init__(self, whole: Portfolio, asked: Asked, window: Window, limits: Thresholds) -> None:
        self.whole, self.asked, self.window, self.limits = whole, asked, window, limits
        self._made: OrderedDict[Hashable, Any] = OrderedDict()

    @classmethod
    def of(cls, review: Review) -> Source:
        """The data of an open review."""
        return cls(review.whole, review.asked, review.window, review.thresholds)

    @property
    def opened(self) -> Choice:
        """The choice that shows what the notebook itself shows."""
        return Choice(self.asked.streams, None, self.asked.from_day, self.asked.level, self.asked.thresholds)

    def once(self, key: Hashable, make: Callable[[], _Any]) -> _Any:
        """What was made under a key, made now where it is not kept."""
        if key not in self._made:
            self._made[key] = make()
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        value: _Any = self._made[key]
        return value

    def scene(self, choice: Choice) -> Scene:
        """What is looked at; raises ValueError for dates, a level or thresholds that cannot be."""
        return self.once(choice, lambda: Scene(self, choice))


class Scene:
    """One choice: its portfolio, window and thresholds at once, each measure when it is asked for."""

    def __init__(self, source: Source, choice: Choice) -> None:
        self.source, self.choice = source, choice
        zone = source.whole.settings.timezone
        end = source.window.end if choice.as_of is None else instant(choice.as_of, zone, end_of_day=True)
        self.window: Window = review_window(end, choice.from_day, zone)
        self.limits: Thresholds = source.limits.with_overrides(dict(choice.thresholds))
        self._cut = ("portfolio", choice.streams, end, choice.level)
        self._times = (*self._cut, self.window.start)
        self.portfolio: Portfolio = source.once(self._cut, self._known)

    def _known(self) -> Portfolio:
        whole = self.source.whole
        whole = whole if self.choice.level is None else whole.at_level(self.choice.level)
        return in_streams(whole, list(self.choice.streams)).known_at(self.window.end)

    @property
    def level(self) -> str:
        return self.portfolio.settings.review_level

    @property
    def currency(self) -> str:
        return self.portfolio.settings.currency

    @property
    def small(self) -> SmallN:
        return SmallN(int(self.limits.smallest_n_percentile), int(self.limits.smallest_n_tail))

    @property
    def log(self) -> FlowLog:
        return self.source.once((*self._cut, "log"), lambda: measures.flow.read(self.portfolio))

    @property
    def items(self) -> pd.DataFrame:
        """``flow.items``."""
        return self.source.once((*self._times, "items"), lambda: measures.flow.items(self.log, self.window))

    @property
    def ages(self) -> pd.DataFrame:
        """``flow.work_item_age``."""
        return self.source.once((*self._times, "ages"), lambda: measures.flow.work_item_age(self.items))

    @property
    def states(self) -> pd.DataFrame:
        """``flow.wip_by_state``."""
        key = (*self._times, "states", self.small)
        return self.source.once(
            key, lambda: measures.flow.wip_by_state(self.items, self.portfolio, self.small)
        )

    @property
    def leads(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """``flow.lead_time_to_value`` of the window, and of the one before."""
        return self.source.once((*self._times, "leads"), self._leads)

    def _leads(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        before = self.window.before
        earlier = measures.flow.items(self.log, before)
        return measures.flow.lead_time_to_value(self.items, self.window), measures.flow.lead_time_to_value(
            earlier, before
        )

    @property
    def inside(self) -> Inside:
        line = self.limits.attainment_line
        return self.source.once(
            (*self._cut, "inside", line), lambda: measures.outcomes.read(self.portfolio, self.log, line=line)
        )

    @cached_property
    def tested(self) -> pd.DataFrame:
        """``outcomes.tests``."""
        tested: pd.DataFrame = measures.outcomes.tests(self.inside, self.window.end, self.limits)
        return tested

    @property
    def statuses(self) -> pd.DataFrame:
        """``status.items``."""
        key = (*self._cut, "statuses", self.limits)
        found: pd.DataFrame = self.source.once(
            key, lambda: measures.status.items(self.portfolio, self.log, self.inside, self.limits)
        )
        return found

    @property
    def alignment(self) -> Alignment:
        return self.source.once(
            (*self._times, "alignment"), lambda: measures.okr.read(self.portfolio, self.items, self.window)
        )

    @property
    def moved(self) -> pd.DataFrame:
        """``okr.moved_items``."""
        return self.source.once((*self._times, "moved"), lambda: measures.okr.moved_items(self.alignment))

    @cached_property
    def as_of_said(self) -> str:
        """The review's instant as a parameter says it: a day where it is a day's end."""
        end = self.window.end
        return (
            self.window.end_day
            if end == day_end(self.window.end_day, self.window.timezone)
            else end.isoformat()
        )

    @cached_property
    def from_said(self) -> str:
        """The window's start as a parameter says it."""
        start = self.window.start
        return (
            self.window.start_day
            if start == day_start(self.window.start_day, self.window.timezone)
            else start.isoformat()
        )
