"""The panels of each notebook: which views, which thresholds, which questions."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from vmo_helpers import decks
from vmo_helpers.explore import (
    alignment_views,
    compare_views,
    flow_views,
    limit_views,
    numbers_ahead,
    numbers_flow,
    numbers_okr,
    numbers_value,
    numbers_watermelon,
    value_views,
    watermelon_views,
)
from vmo_helpers.explore.panel import NumberPanel, Panel, ViewPanel
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.explore.view import View
from vmo_helpers.results.figure import Figure
from vmo_helpers.vocabulary import Recommendation

_WIDE = {"description_width": "initial"}
NUMBERS = {
    "flow": numbers_flow,
    "watermelon": numbers_watermelon,
    "okr": numbers_okr,
    "value": numbers_value,
    "forecast": numbers_ahead,
}
"""By topic: the figures of a scene, and where each comes from."""


def flow_panel(source: Source) -> Panel:
    """Open work, lead times and queues."""
    thresholds = [
        ("stalled_percentile", "Percentile", 0.5, 0.95, 0.05),
        ("wait_queue_share", "A queue is large from", 0.05, 0.75, 0.05),
    ]
    return ViewPanel(source, "Which work is old, late or waiting, and where?", flow_views.VIEWS, thresholds)


def watermelon_panel(source: Source) -> Panel:
    """The matrix of outside × inside."""
    thresholds = [
        ("attainment_line", "Reached from", 0.5, 1.0, 0.05),
        ("watermelon_red_p", "Red under p", 0.01, 0.2, 0.01),
    ]
    return ViewPanel(source, "Which items stand where?", {"Matrix": watermelon_views.matrix}, thresholds)


def alignment_panel(source: Source) -> Panel:
    """The ladder."""
    thresholds = [("okr_alignment_share", "Asked for", 0.5, 1.0, 0.05)]
    return ViewPanel(
        source, "Which work stands on which rung?", {"Ladder": alignment_views.ladder}, thresholds
    )


def guardrail_panel(source: Source) -> Panel:
    """What spend goes to, against the portfolio's own split."""
    thresholds = [("guardrail_tolerance", "Tolerated either way", 0.0, 0.2, 0.01)]
    question = "Does spend keep to the guardrails?"
    return ViewPanel(source, question, {"Guardrails": value_views.guardrails}, thresholds)


class WeightPanel(ViewPanel):
    """Ranks by value, were the framework's weights others."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, "What leads if other things count?", {"Ranks": self._what_if})

    def own_controls(self) -> list[Any]:
        self.switch = None
        stated = value_views.weights(self.source.scene(self.source.opened))
        self.weights = {
            name: w.FloatSlider(
                value=weight,
                min=0.0,
                max=max(1.0, weight),
                step=0.05,
                description=name.replace("_", " "),
                continuous_update=False,
                style=_WIDE,
                layout=w.Layout(width="330px"),
            )
            for name, weight in stated.items()
        }
        for slider in self.weights.values():
            slider.observe(lambda _: self.changed(), names="value")
        return list(self.weights.values())

    def _what_if(self, scene: Scene) -> View:
        return value_views.ranks(scene, {name: float(one.value) for name, one in self.weights.items()})


class StopPanel(ViewPanel):
    """What stopping some items frees, and what it forgoes."""

    _filling = False

    def __init__(self, source: Source) -> None:
        super().__init__(source, "What if these stop?", {"Stopped": self._what_if})

    def own_controls(self) -> list[Any]:
        self.switch = None
        self.items = w.SelectMultiple(
            rows=7, description="In progress", style=_WIDE, layout=w.Layout(width="560px")
        )
        self.items.observe(lambda _: None if self._filling else self.changed(), names="value")
        self._begun = False
        return [self.items]

    def _what_if(self, scene: Scene) -> View:
        """Fills the menu for what is chosen, keeping what is still there; at first what the review says to
        stop is chosen."""
        going = value_views.in_progress(scene)
        advised = going.loc[going["verdict"].eq(Recommendation.STOP), "item_id"]
        kept = tuple(one for one in self.items.value if one in set(going["item_id"]))
        self._filling = True
        try:
            self.items.options = [
                (f"{title} ({name})", name)
                for name, title in zip(going["item_id"], going["title"], strict=True)
            ]
            self.items.value = kept if self._begun else tuple(advised)
            self._begun = True
        finally:
            self._filling = False
        return value_views.if_stopped(scene, self.items.value)


class LimitPanel(ViewPanel):
    """What a limit on work in progress would do."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, "What would a limit on work in progress do?", {"Limit": self._what_if})

    def own_controls(self) -> list[Any]:
        self.switch = None
        now = max(1, limit_views.in_progress(self.source.scene(self.source.opened)))
        self.limit = w.IntSlider(
            value=max(1, round(now * 0.75)),
            min=1,
            max=max(2, 2 * now),
            description="At most in progress",
            continuous_update=False,
            style=_WIDE,
            layout=w.Layout(width="420px"),
        )
        self.limit.observe(lambda _: self.changed(), names="value")
        return [self.limit]

    def _what_if(self, scene: Scene) -> View:
        return limit_views.what_if(scene, int(self.limit.value))


class ComparePanel(ViewPanel):
    """Two value streams side by side."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, "Do two value streams differ?", {"Streams": self._compared})
        self.common.streams.widget.layout.display = "none"  # the two menus choose

    def own_controls(self) -> list[Any]:
        self.switch = None
        named = compare_views.streams(self.source.scene(self.source.opened))
        options = [(str(name), one) for one, name in named.items()]
        self.pair = [
            w.Dropdown(
                options=options,
                value=options[min(place, len(options) - 1)][1] if options else None,
                description=words,
                style=_WIDE,
                layout=w.Layout(width="330px"),
            )
            for place, words in enumerate(("Value stream", "and"))
        ]
        for menu in self.pair:
            menu.observe(lambda _: self.changed(), names="value")
        return self.pair

    def _compared(self, scene: Scene) -> View:
        return compare_views.compared(scene, *(menu.value for menu in self.pair))


class LinkPanel(ViewPanel):
    """What linking some items to a goal would do to the ladder."""

    _filling = False

    def __init__(self, source: Source) -> None:
        super().__init__(source, "What if these items were linked to a goal?", {"Ladder": self._what_if})

    def own_controls(self) -> list[Any]:
        self.switch = None
        self.items = w.SelectMultiple(
            rows=7, description="Without a top-three goal", style=_WIDE, layout=w.Layout(width="560px")
        )
        self.goal = w.Dropdown(description="Link to", style=_WIDE, layout=w.Layout(width="520px"))
        self.firm = w.Checkbox(
            value=True,
            description="with an expected delta and a date",
            indent=False,
            layout=w.Layout(width="300px"),
        )
        for control in (self.items, self.goal, self.firm):
            control.observe(lambda _: None if self._filling else self.changed(), names="value")
        return [self.items, w.VBox([self.goal, self.firm])]

    def _what_if(self, scene: Scene) -> View:
        """Fills the menus for what is chosen, keeping what is still there, then links."""
        free = alignment_views.unmapped(scene).head(MOST_TO_LINK)
        goals = alignment_views.goals(scene)
        kept = tuple(one for one in self.items.value if one in set(free["item_id"]))
        self._filling = True
        try:
            self.items.options = [
                (f"{title} ({name})", name)
                for name, title in zip(free["item_id"], free["title"], strict=True)
            ]
            self.items.value = kept
            if list(self.goal.options) != list(goals):
                self.goal.options = list(goals)
                self.goal.index = 0 if goals else None
        finally:
            self._filling = False
        if not goals:
            raise ValueError("there is no goal whose period holds the day: nothing can be linked")
        kind, name = goals[self.goal.value or next(iter(goals))]
        return alignment_views.if_linked(scene, kept, alignment_views.Link(kind, name, bool(self.firm.value)))


MOST_TO_LINK = 200


def number_panel(source: Source) -> Panel:
    """Every figure of the notebook; of one that sums up the others, theirs."""
    notebook = decks.entry(source.notebook)
    topics = [NUMBERS[notebook.topic]] if notebook.topic in NUMBERS else list(NUMBERS.values())
    recipes = {key: recipe for topic in topics for key, recipe in topic.RECIPES.items()}

    def figures(scene: Scene) -> list[Figure]:
        found = {figure.key: figure for topic in topics for figure in topic.figures(scene)}
        return list(found.values())

    first = next(key for key in (*notebook.tiles, *notebook.followed, *decks.tiles()) if key in recipes)
    return NumberPanel(source, "Explain this number: where does it come from?", figures, recipes, first)
