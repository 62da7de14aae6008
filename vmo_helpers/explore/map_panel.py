"""The panel in which a person looks through the classes of an imported board and writes them into its map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets as w

from vmo_helpers.explore import look, map_views
from vmo_helpers.vocabulary import StateClass

_CLASSES = tuple(map(str, StateClass))


class MapPanel:
    """A row of classes for each state, in the board's order; a press chooses one and the board redraws."""

    def __init__(self, folder: str | Path) -> None:
        self.board = map_views.board(folder)
        self.drawn, self.said = w.HTML(), w.HTML()
        self.choices: dict[str, Any] = {}
        for column in self.board.columns:
            choice = w.ToggleButtons(
                options=_CLASSES,
                value=column.state_class,
                description=look.short(column.name),
                style={"description_width": "220px", "button_width": "84px"},
            )
            choice.observe(lambda change, key=column.key: self._chosen(key, change["new"]), names="value")
            self.choices[column.key] = choice
        self.right = w.Button(description="All are right", tooltip="Take the mark from every guess")
        self.right.on_click(lambda _: self._confirm())
        self.save = w.Button(description="Write map.toml", tooltip=f"into {self.board.folder}")
        self.save.on_click(lambda _: self._write())
        buttons = w.Box([self.right, self.save])
        buttons.add_class("vmo-controls")
        question = "What does each state of the board mean?"
        besides = f"Guessed besides, and confirmed in {self.board.folder / 'map.toml'} itself: "
        also = [w.HTML(look.told(besides + "; ".join(found)))] if (found := self.board.besides) else []
        self.widget = w.VBox(
            [w.HTML(look.heading(question)), self.drawn, *self.choices.values(), buttons, self.said, *also]
        )
        self.widget.add_class("vmo-explore")
        self._draw()

    def _chosen(self, key: str, state_class: str) -> None:
        self.board = self.board.chosen(key, state_class)
        self.said.value = ""
        self._draw()

    def _confirm(self) -> None:
        for one in self.board.columns:
            self._chosen(one.key, one.state_class)

    def _draw(self) -> None:
        self.drawn.value = look.board(self.board.columns)

    def _write(self) -> None:
        try:
            file = map_views.write(self.board)
        except OSError as error:
            self.said.value = look.wrong(f"{self.board.folder} cannot be written: {error.strerror or error}")
        else:
            self.said.value = look.told(f"Written to {file}. Import again, and the tables follow it.")
