"""The controls of a panel: small widgets, each with a value and a label, that say when they change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as w

from vmo_helpers.explore.scene import Source
from vmo_helpers.request.asked import Request
from vmo_helpers.thresholds import Thresholds

_MOST_CHIPS = 12
_FREE = w.Layout(width="auto")
_LABELLED = {"description_width": "initial"}


class Streams:
    """Value streams to choose from; none chosen: all. Chips while they fit, a list beyond."""

    def __init__(self, source: Source, changed: Callable[[], None]) -> None:
        streams = source.whole.value_streams
        top = streams[streams["parent_id"].isna()]
        names = dict(zip(top["value_stream_id"], top["name"].fillna(top["value_stream_id"]), strict=True))
        chosen = source.opened.streams
        names |= {one: one for one in chosen if one not in names}
        self._few = len(names) <= _MOST_CHIPS
        self.widget: w.Widget
        if self._few:
            self._chips = {
                one: w.ToggleButton(value=one in chosen, description=str(name), layout=_FREE)
                for one, name in names.items()
            }
            for chip in self._chips.values():
                chip.observe(lambda _: changed(), names="value")
            self.widget = w.Box([w.Label("Value streams"), *self._chips.values()] if names else [])
            self.widget.add_class("vmo-chips")
        else:
            options = [(str(name), one) for one, name in names.items()]
            self._list = w.SelectMultiple(
                options=options, value=tuple(chosen), rows=4, description="Value streams", style=_LABELLED
            )
            self._list.observe(lambda _: changed(), names="value")
            self.widget = self._list

    @property
    def value(self) -> tuple[str, ...]:
        return (
            tuple(one for one, chip in self._chips.items() if chip.value)
            if self._few
            else tuple(self._list.value)
        )


class Common:
    """What every panel can choose: streams, window, level."""

    def __init__(self, source: Source, changed: Callable[[], None]) -> None:
        self._source, self._changed = source, changed
        window = source.window
        self.streams = Streams(source, self._told)
        self._opened = (dt.date.fromisoformat(window.start_day), dt.date.fromisoformat(window.end_day))
        self.first = w.DatePicker(
            value=self._opened[0], description="From", style=_LABELLED, layout=w.Layout(width="190px")
        )
        self.last = w.DatePicker(
            value=self._opened[1], description="As of", style=_LABELLED, layout=w.Layout(width="195px")
        )
        levels = sorted(set(source.whole.work_items["level"].dropna()))
        now = source.whole.settings.review_level
        self.level = w.Dropdown(
            options=levels or [now],
            value=now if now in levels or not levels else levels[0],
            description="Level",
            style=_LABELLED,
            layout=w.Layout(width="150px"),
        )
        for control in (self.first, self.last, self.level):
            control.observe(lambda _: self._told(), names="value")
        self.widget = w.Box(
            [self.streams.widget, self.first, self.last, *([self.level] if len(levels) > 1 else [])]
        )
        self.widget.add_class("vmo-controls")

    def _told(self) -> None:
        self._changed()

    def choice(self, thresholds: Sequence[tuple[str, float]] = ()) -> Request:
        """What is chosen; a date that was not touched stays the instant that the notebook was opened with."""
        opened = self._source.opened
        first, last = self.first.value, self.last.value
        moved = last not in (None, self._opened[1])
        # the window's first day stays where it is shown when its last one moves
        stays = first == self._opened[0] and not (moved and opened.from_day is None)
        kept = self.level.value == self._source.whole.settings.review_level
        judged = {**dict(opened.thresholds), **dict(thresholds)}
        return replace(
            opened,
            streams=self.streams.value,
            as_of=last.isoformat() if moved else opened.as_of,
            from_day=None if first is None else opened.from_day if stays else first.isoformat(),
            level=opened.level if kept else str(self.level.value),
            thresholds=tuple(sorted(judged.items())),
        )


class Limits:
    """Thresholds that a view judges by: a slider for each, its reason as tooltip."""

    def __init__(
        self,
        source: Source,
        names: Sequence[tuple[str, str, float, float, float]],
        changed: Callable[[], None],
    ) -> None:
        self._opened = source.limits
        self._sliders: dict[str, Any] = {}
        for name, words, low, high, step in names:
            value = float(getattr(source.limits, name))
            share = high <= 1
            slider = w.FloatSlider(
                value=value,
                min=min(low, value),
                max=max(high, value),
                step=step,
                description=words,
                continuous_update=False,
                readout_format=".0%" if share else ".3~f",
                style=_LABELLED,
                layout=w.Layout(width="330px"),
                tooltip=Thresholds.reason(name),
            )
            slider.observe(lambda _: changed(), names="value")
            self._sliders[name] = slider
        self.widgets = list(self._sliders.values())

    @property
    def value(self) -> list[tuple[str, float]]:
        """Those that were moved."""
        moved = {name: round(float(slider.value), 6) for name, slider in self._sliders.items()}
        return [
            (name, value)
            for name, value in moved.items()
            if value != round(float(getattr(self._opened, name)), 6)
        ]
