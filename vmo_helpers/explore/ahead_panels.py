"""The panels of what lies ahead: what leaves, stops or gains a place, and in which order work is begun."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import pandas as pd

from vmo_helpers.explore import ahead_views
from vmo_helpers.explore.ordering import Ordering
from vmo_helpers.explore.panel import ViewPanel
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.explore.view import View
from vmo_helpers.forecasts.order import CD3, OURS

_WIDE = {"description_width": "initial"}


class AheadPanel(ViewPanel):
    """By when all is done, were items to leave or stop, and a stream to have a place more."""

    _filling = False

    def __init__(self, source: Source) -> None:
        super().__init__(source, "What if work leaves, stops, or has a place more?", {"Done": self._what_if})

    def own_controls(self) -> list[Any]:
        self.switch = None
        self.leaving, self.stopping = (
            w.SelectMultiple(rows=7, description=words, style=_WIDE, layout=w.Layout(width="460px"))
            for words in ("Leaves, not begun", "Stops, in progress")
        )
        self.stream = w.Dropdown(description="More places in", style=_WIDE, layout=w.Layout(width="330px"))
        self.places = w.BoundedIntText(
            value=1, min=1, max=20, description="how many", style=_WIDE, layout=w.Layout(width="150px")
        )
        controls = [self.leaving, self.stopping, self.stream, self.places]
        for control in controls:
            control.observe(lambda _: None if self._filling else self.changed(), names="value")
        return controls

    def _what_if(self, scene: Scene) -> View:
        """Fills the menus for what is chosen, keeping what is still there."""
        self._filling = True
        try:
            for menu, going in ((self.leaving, False), (self.stopping, True)):
                _fill(menu, ahead_views.open_items(scene, going=going))
            streams = scene.portfolio.value_streams
            named = zip(streams["name"], streams["value_stream_id"], strict=True)
            options = [("none", ""), *((str(name), str(key)) for name, key in named)]
            if list(self.stream.options) != options:
                kept = self.stream.value
                self.stream.options = options
                self.stream.value = kept if kept in {key for _, key in options} else ""
        finally:
            self._filling = False
        more = {self.stream.value: int(self.places.value)} if self.stream.value else {}
        return ahead_views.if_changed(scene, self.leaving.value, self.stopping.value, more)


class OrderPanel(ViewPanel):
    """The order of waiting work as a person puts it, and what it costs."""

    _filling = False

    def __init__(self, source: Source) -> None:
        super().__init__(source, "What would another order cost?", {"Order": self._what_if})

    def own_controls(self) -> list[Any]:
        self.switch = None
        self.ordering = Ordering()
        self.ordering.observe(lambda _: None if self._filling else self.changed(), names="order")
        self.best, self.cd3 = (
            w.Button(description=words, tooltip=told)
            for words, told in (
                ("Best order", "Back to the order that costs least"),
                ("By cost of delay ÷ length", "Known as CD3: the highest first"),
            )
        )
        self.best.on_click(lambda _: self._put(OURS))
        self.cd3.on_click(lambda _: self._put(CD3))
        return [w.VBox([w.Box([self.best, self.cd3]), self.ordering])]

    def _put(self, rule: str) -> None:
        self.ordering.order = ahead_views.by_rule(self.scene(), rule)

    def _what_if(self, scene: Scene) -> View:
        """Lists what can be put in order for what is chosen; a person's order stays where it is the same
        work."""
        table = ahead_views.in_best_order(scene)
        names = dict(zip(table["item_id"], table["title"], strict=True))
        if set(names) != set(self.ordering.order):
            self._filling = True
            try:
                with self.ordering.hold_sync():
                    self.ordering.names, self.ordering.order = names, list(names)
            finally:
                self._filling = False
        return ahead_views.in_order(scene, self.ordering.order)


def _fill(menu: Any, items: pd.DataFrame) -> None:
    """The items of a menu, which is hidden without any; what was chosen stays chosen where it is still
    there."""
    options = [(f"{title} ({key})", key) for key, title in zip(items["item_id"], items["title"], strict=True)]
    if list(menu.options) != options:
        kept = tuple(one for one in menu.value if one in set(items["item_id"]))
        menu.options = options
        menu.value = kept
    menu.layout.display = None if options else "none"
