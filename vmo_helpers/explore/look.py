"""How panels look: the deck's type and colours on JupyterLab's widgets, and frames and sentences as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from vmo_helpers.deck import cells, lab
from vmo_helpers.explore.explain import Explained
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import View
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.style import palette, wording
from vmo_helpers.style.templates import environment
from vmo_helpers.vocabulary import Severity

_COLOURS = ("ACCENT", "FONT", "GREY", "GRID", "INK", "MUTED", "PAPER", "WASH")
_STYLE = Path(__file__).with_name("look.css").read_text(encoding="utf-8")
_VARIABLES = "".join(f"--vmo-{name.lower()}:{getattr(palette, name)};" for name in _COLOURS)
STYLE = f".vmo-explore{{{_VARIABLES}}}{_STYLE}"


def _html(macro: str, *values: Any) -> str:
    template = environment(Path(__file__).parent, lab.TEMPLATES).get_template("look.j2")
    return str(getattr(template.module, macro)(*values))


def heading(question: str) -> str:
    """What can be asked here."""
    return _html("heading", STYLE, question)


def sentence(view: View) -> str:
    """The conclusion for what is chosen, its status as sign and word, and how to go on."""
    return _html("sentence", view, palette.SEVERITY[view.severity])


def wrong(message: str) -> str:
    """A choice that cannot be, in words."""
    return _html("wrong", palette.SEVERITY[Severity.UNKNOWN], message)


def short(text: str) -> str:
    """A name as a label: forty characters at the most."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def told(message: str) -> str:
    """What was done."""
    return _html("told", message)


def board(columns: Iterable[Any]) -> str:
    """The states of a board in order, each with its class in words, how many items were in it, and whether
    its class is a guess."""
    return _html("board", list(columns))


def rows(frame: pd.DataFrame, scene: Scene, noun: str, words: str = "", total: int | None = None) -> str:
    """The first ten rows and how many there are; of a selection also of how many, and which."""
    of = f" of {wording.number(total)}" if total is not None and words else ""
    which = f": {words}" if words else ""
    return _counted(
        f"{wording.number(len(frame))}{of}", f" {_plural(noun, total or len(frame))}{which}", frame, scene
    )


def exclusions(found: Explained, scene: Scene) -> str:
    """What was left out, and why."""
    if not len(found.excluded):
        return _html("counted", "", "Nothing was left out.", None)
    return _counted(wording.number(len(found.excluded)), " left out, and why", found.excluded, scene)


def _counted(count: str, after: str, frame: pd.DataFrame, scene: Scene) -> str:
    known = {"timezone": scene.window.timezone, "currency": scene.currency, "day_unit": scene.day_unit}
    table = lab.shown(cells.table(frame, name="rows", **known)) if len(frame) else None
    return _html("counted", count, after, table)


def explanation(found: Explained, scene: Scene) -> str:
    """The number, its definition, the sum, how much it rests on."""
    figure = found.figure

    def said(value: float | None) -> str:
        return wording.quantity(value, figure.unit, scene.currency)

    facts = [
        f"n = {wording.number(figure.n)}",
        wording.span(figure.window.start_day, figure.window.end_day, " to "),
        f"{figure.key} in figures.json",
    ]
    if figure.low is not None and figure.high is not None:
        facts.insert(2, f"95 % between {said(figure.low)} and {said(figure.high)}")
    value = f"not known: {figure.why}" if figure.value is None else said(figure.value)
    return _html("explanation", found, value, " · ".join(facts))


def lines(text: str) -> str:
    """Command lines to be copied."""
    return _html("lines", text.strip())


def choices(figures: Iterable[Figure], currency: str) -> list[tuple[str, str]]:
    """Figures for a menu: label and value, key."""
    found = []
    for figure in figures:
        value = (
            wording.quantity(figure.value, figure.unit, currency) if figure.value is not None else "not known"
        )
        found.append((f"{headline_of(figure.key).label}: {value}", figure.key))
    return found


def _plural(noun: str, n: int) -> str:
    head, space, rest = noun.partition(" ")
    return noun if n == 1 else f"{wording.plural(head)}{space}{rest}"
