"""A panel: controls above, a sentence, a chart with the rows beside it, and the lines that make the view
again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as w

from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.explore import look
from vmo_helpers.explore.controls import Common, Limits
from vmo_helpers.explore.drawing import Drawing
from vmo_helpers.explore.explain import Recipes, explained
from vmo_helpers.explore.reproduce import command_lines
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.explore.view import View, swiftly
from vmo_helpers.results.figure import Figure

Threshold = tuple[str, str, float, float, float]
"""A field of Thresholds, its words, lowest, highest, step."""


class Panel(ABC):
    """The parts that all panels share. ``show`` is asked anew whenever a control changes; it may raise
    ValueError."""

    _whole = False

    def __init__(self, source: Source, question: str, thresholds: Sequence[Threshold] = ()) -> None:
        self.source = source
        self.common = Common(source, self.changed)
        self.limits = Limits(source, thresholds, self.changed)
        self.said, self.lines = w.HTML(), w.HTML()
        self.body = w.Box()
        self.body.add_class("vmo-body")
        self.copy = w.Button(
            description="Copy as parameters",
            tooltip="The vmo review and papermill lines that make this view again",
        )
        self.copy.add_class("vmo-quiet")
        self.copy.on_click(lambda _: self._tell_lines())
        own = w.Box([*self.own_controls(), *self.limits.widgets])
        own.add_class("vmo-controls")
        self.widget = w.VBox(
            [
                w.HTML(look.heading(question)),
                self.common.widget,
                own,
                self.said,
                self.body,
                self.copy,
                self.lines,
            ]
        )
        self.widget.add_class("vmo-explore")
        self._whole = True
        self.changed()

    def own_controls(self) -> list[Any]:
        """Controls of this panel alone."""
        return []

    def scene(self) -> Scene:
        """What is chosen."""
        return self.source.scene(self.common.choice(self.limits.value))

    def changed(self) -> None:
        """A control has another value: draw anew, or say why that cannot be."""
        if not self._whole:  # a control may speak before the panel is there
            return
        self.lines.value = ""
        try:
            with swiftly():
                self.show(self.scene())
        except (ValueError, InputProblems) as error:
            self.said.value = look.wrong(str(error))

    @abstractmethod
    def show(self, scene: Scene) -> None:
        """Put what is chosen on the screen."""

    def _tell_lines(self) -> None:
        try:
            self.lines.value = look.lines(command_lines(self.scene(), Path.cwd()))
        except (ValueError, InputProblems) as error:
            self.lines.value = look.wrong(str(error))


class ViewPanel(Panel):
    """A chart whose selection filters the rows beside it; with several views, a switch between them."""

    def __init__(
        self,
        source: Source,
        question: str,
        views: Mapping[str, Callable[[Scene], View]],
        thresholds: Sequence[Threshold] = (),
    ) -> None:
        self.views = views
        self.drawing, self.rows = Drawing(), w.HTML()
        self.rows.add_class("vmo-right")
        self.drawing.add_class("vmo-left")
        self.drawing.observe(lambda _: self._filter(), names="selection")
        self.view: View | None = None
        super().__init__(source, question, thresholds)

    def own_controls(self) -> list[Any]:
        if len(self.views) < 2:
            self.switch = None
            return []
        self.switch = w.ToggleButtons(options=list(self.views), description="")
        self.switch.add_class("vmo-chips")
        self.switch.observe(lambda _: self.changed(), names="value")
        return [self.switch]

    def make(self, scene: Scene) -> View:
        """The view that the switch names."""
        return self.views[self.switch.value if self.switch is not None else next(iter(self.views))](scene)

    def show(self, scene: Scene) -> None:
        self.view = None  # a selection that arrives meanwhile is of the old chart
        view = self.make(scene)
        self.said.value = look.sentence(view)
        self.drawing.draw(view.spec)
        self.rows.value = look.rows(view.rows, scene, view.noun)
        if view.wide:
            self.body.add_class("vmo-wide")
        self.body.children = [self.drawing, self.rows]
        self.view = view

    def _filter(self) -> None:
        if self.view is not None:
            chosen = self.view.chosen(self.drawing.selection)
            self.rows.value = look.rows(
                chosen.frame, self.scene(), self.view.noun, chosen.words, len(self.view.rows)
            )


class NumberPanel(Panel):
    """One figure after another: what it means, the rows behind it, what was left out."""

    def __init__(
        self,
        source: Source,
        question: str,
        figures: Callable[[Scene], list[Figure]],
        recipes: Recipes,
        first: str,
    ) -> None:
        self._figures, self._recipes, self._first = figures, recipes, first
        self.rows, self.excluded = w.HTML(), w.HTML()
        self.rows.add_class("vmo-left")
        self.excluded.add_class("vmo-right")
        super().__init__(source, question)

    def own_controls(self) -> list[Any]:
        self.menu = w.Dropdown(
            description="Number", style={"description_width": "initial"}, layout=w.Layout(width="520px")
        )
        self.menu.observe(lambda change: self._told(change), names="value")
        return [self.menu]

    def _told(self, change: Any) -> None:
        if change["new"] is not None and change["old"] is not None and not self._filling:
            self.changed()

    _filling = False

    def show(self, scene: Scene) -> None:
        figures = {figure.key: figure for figure in self._figures(scene) if figure.key in self._recipes}
        chosen = self.menu.value if self.menu.value in figures else self._first
        self._filling = True
        self.menu.options = look.choices(figures.values(), scene.currency)
        self.menu.value = chosen
        self._filling = False
        found = explained(figures[chosen], self._recipes[chosen], scene)
        self.said.value = look.explanation(found, scene)
        self.rows.value = look.rows(found.rows, scene, "row behind it")
        self.excluded.value = look.exclusions(found, scene)
        self.body.children = [self.rows, self.excluded]
