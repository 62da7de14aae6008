"""What is looked at, and all that is measured of it. What a change of a control leaves as it was is not
computed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from vmo_helpers import forecasts, measures
from vmo_helpers.forecasts import Ahead, Order
from vmo_helpers.measures.flow import FlowLog, SmallN
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.measures.outcomes import Inside
from vmo_helpers.notebook.opening import Review
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.request.asked import Request
from vmo_helpers.request.settled import Settled, settle

_KEPT = 24  # results kept; going back and forth between a few choices computes nothing twice

_Any = TypeVar("_Any")


class Source:
    """A notebook's data, to be cut and measured as chosen. ``opened`` is the request that shows what the
    notebook itself shows; a choice is another request of the same data."""

    def __init__(self, notebook: str, settled: Settled) -> None:
        self.notebook, self.whole = notebook, settled.whole
        self.window, self.limits = settled.window, settled.thresholds
        self.opened = replace(settled.asked, as_of=settled.days["as_of"])
        self._made: OrderedDict[Hashable, Any] = OrderedDict()

    @classmethod
    def of(cls, review: Review) -> Source:
        """The data of an open review."""
        return cls(review.notebook, review.settled)

    def once(self, key: Hashable, make: Callable[[], _Any]) -> _Any:
        """What was made under a key, made now where it is not kept."""
        if key not in self._made:
            self._made[key] = make()
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        value: _Any = self._made[key]
        return value

    def scene(self, choice: Request) -> Scene:
        """What is looked at; raises ValueError for dates, a level or thresholds that cannot be."""
        return self.once(choice, lambda: Scene(self, choice))


class Scene:
    """One choice: its portfolio, window and thresholds at once, each measure when it is asked for."""

    def __init__(self, source: Source, choice: Request) -> None:
        self.source, self.choice = source, choice
        settled = settle(choice, source.whole)
        self.window, self.limits, self.request = settled.window, settled.thresholds, settled.request
        self._cut = ("portfolio", choice.streams, self.window.end, choice.level)
        self._times = (*self._cut, self.window.start)
        self.portfolio: Portfolio = source.once(self._cut, settled.known)

    @property
    def reference(self) -> Scene:
        """The same choice over the streams that the notebook was opened with: what one stream is held
        against."""
        return self.source.scene(replace(self.choice, streams=self.source.opened.streams))

    @property
    def narrowed(self) -> bool:
        """Whether other streams are chosen than the notebook was opened with."""
        return self.choice.streams != self.source.opened.streams

    @property
    def level(self) -> str:
        return self.portfolio.settings.review_level

    @property
    def currency(self) -> str:
        return self.portfolio.settings.currency

    @property
    def day_unit(self) -> str:
        return Calendar.of(self.portfolio.settings).day_unit

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
    def record(self) -> pd.DataFrame:
        """``flow.record``."""
        return self.source.once(
            (*self._times, "record"), lambda: measures.flow.record(self.log, self.items, self.window)
        )

    @property
    def inside(self) -> Inside:
        line, days = self.limits.attainment_line, self.limits.decided_within_days
        return self.source.once(
            (*self._cut, "inside", line, days),
            lambda: measures.outcomes.read(
                self.portfolio, self.log, attainment_line=line, decided_within_days=days
            ),
        )

    @property
    def lifted(self) -> Inside:
        """``value.inside``."""
        line, days = self.limits.attainment_line, self.limits.decided_within_days
        found: Inside = self.source.once(
            (*self._cut, "lifted", line, days),
            lambda: measures.value.inside(
                self.portfolio, self.log, attainment_line=line, decided_within_days=days
            ),
        )
        return found

    @cached_property
    def lifted_tested(self) -> pd.DataFrame:
        """``outcomes.tests`` of ``value.inside``."""
        tested: pd.DataFrame = measures.outcomes.tests(self.lifted, self.window.end, self.limits)
        return tested

    @cached_property
    def benefits(self) -> pd.DataFrame:
        """``value.benefits``."""
        found: pd.DataFrame = measures.value.benefits(self.portfolio, self.log, self.lifted_tested)
        return found

    @cached_property
    def money(self) -> pd.DataFrame:
        """``value.money``."""
        found: pd.DataFrame = measures.value.money(self.portfolio, self.log, self.benefits)
        return found

    @cached_property
    def clocks(self) -> pd.DataFrame:
        """``outcomes.three_clocks``."""
        hold = int(self.limits.adoption_hold_observations)
        found: pd.DataFrame = measures.outcomes.three_clocks(
            self.lifted, self.log, self.lifted_tested, adoption_hold_observations=hold
        )
        return found

    @cached_property
    def waiting(self) -> pd.DataFrame:
        """``decisions.waiting_cost``."""
        found: pd.DataFrame = measures.decisions.waiting_cost(self.portfolio)
        return found

    @cached_property
    def advised(self) -> pd.DataFrame:
        """``value.recommendations``."""
        made, window = self.portfolio, self.window
        judged = measures.status.items(made, self.log, self.lifted, self.limits)
        scores, streams = measures.value.scores(made), measures.funding.streams(made, window)
        known = (self.money, judged, scores, self.clocks, streams, self.waiting)
        found: pd.DataFrame = measures.value.recommendations(*known, stop_ratio=self.limits.stop_ratio)
        return found

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
    def ahead(self) -> Ahead:
        """``forecasts.read``."""
        return self.forecast()

    def forecast(self, gone: Sequence[str] = (), pace: Mapping[str, float] | None = None) -> Ahead:
        """The same with items gone and streams that are faster."""
        weeks, share = int(self.limits.forecast_history_weeks), self.limits.forecast_kept_share
        key = (*self._times, "ahead", weeks, share, tuple(gone), tuple(sorted((pace or {}).items())))
        items = forecasts.without(self.items, gone) if gone else self.items
        calendar = Calendar.of(self.portfolio.settings)
        found: Ahead = self.source.once(
            key, lambda: forecasts.read(items, self.window, weeks, share, calendar, pace)
        )
        return found

    @property
    def said_and_came(self) -> pd.DataFrame:
        """``forecasts.said_and_came``."""
        weeks, share = int(self.limits.forecast_history_weeks), self.limits.forecast_kept_share
        found: pd.DataFrame = self.source.once(
            (*self._times, "said", weeks, share),
            lambda: forecasts.said_and_came(self.log, self.window, weeks, share),
        )
        return found

    @property
    def late(self) -> pd.DataFrame:
        """``forecasts.items_late``."""
        line = self.limits.stalled_percentile
        found: pd.DataFrame = self.source.once(
            (*self._times, "late", line, self.small),
            lambda: forecasts.items_late(self.log, self.items, self.window, line, self.small),
        )
        return found

    @property
    def watched(self) -> pd.DataFrame:
        """``forecasts.stages``."""
        score = self.limits.warning_score
        found: pd.DataFrame = self.source.once(
            (*self._times, "stages", score),
            lambda: forecasts.stages(self.log, self.items, self.window, score),
        )
        return found

    @property
    def order(self) -> Order:
        """``forecasts.best_order``."""
        found: Order = self.source.once(
            (*self._times, "order"), lambda: forecasts.best_order(self.portfolio, self.items, self.window)
        )
        return found

    @property
    def moved(self) -> pd.DataFrame:
        """``okr.moved_items``."""
        return self.source.once((*self._times, "moved"), lambda: measures.okr.moved_items(self.alignment))
