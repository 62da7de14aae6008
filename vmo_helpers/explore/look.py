"""How panels look: the deck's type and colours on JupyterLab's widgets, and frames and sentences as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

import pandas as pd

from vmo_helpers.deck import cells, lab
from vmo_helpers.explore.explain import Explained
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import View
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.style import palette, wording
from vmo_helpers.vocabulary import Severity

_COLOURS = ("ACCENT", "FONT", "GREY", "GRID", "INK", "MUTED", "PAPER", "WASH")
_STYLE = Path(__file__).with_name("look.css").read_text(encoding="utf-8")
_VARIABLES = "".join(f"--vmo-{name.lower()}:{getattr(palette, name)};" for name in _COLOURS)
STYLE = f".vmo-explore{{{_VARIABLES}}}{_STYLE}"

_TONES = {Severity.ALARM: "bad", Severity.WARNING: "careful", Severity.GOOD: "good"}


def heading(question: str) -> str:
    """What can be asked here."""
    return f"<style>{STYLE}</style>" + lab.wrapped(f'<p class="k">Explore</p><h3>{escape(question)}</h3>')


def sentence(view: View) -> str:
    """The conclusion for what is chosen, its status as sign and word, and how to go on."""
    mark = palette.SEVERITY[view.severity]
    tone = _TONES.get(view.severity, "")
    return lab.wrapped(
        f'<p class="q"><span class="{tone}">{mark.sign} {mark.word}</span></p>',
        f'<h3>{_text(view.sentence)}</h3><p class="q">{_text(view.note, 600)}</p>',
    )


def wrong(message: str) -> str:
    """A choice that cannot be, in words."""
    mark = palette.SEVERITY[Severity.UNKNOWN]
    return lab.wrapped(
        f'<p class="q"><span class="careful">{mark.sign} This choice cannot be '
        f"shown</span></p><p>{_text(message, 600)}</p>"
    )


def rows(frame: pd.DataFrame, scene: Scene, noun: str, words: str = "", total: int | None = None) -> str:
    """The first ten rows and how many there are; of a selection also of how many, and which."""
    zone = scene.window.timezone
    part = cells.table(frame, name="rows", timezone=zone, currency=scene.currency)
    of = f" of {wording.number(total)}" if total is not None and words else ""
    which = f": {_text(words)}" if words else ""
    head = (
        f'<p class="q"><b>{wording.number(len(frame))}{of}</b> '
        f"{_text(_plural(noun, total or len(frame)))}{which}</p>"
    )
    return lab.wrapped(head, lab.rows_table(part)) if len(frame) else lab.wrapped(head)


def explanation(found: Explained, scene: Scene) -> str:
    """The number, its definition, the sum, how much it rests on."""
    figure = found.figure
    shown = (
        wording.quantity(figure.value, figure.unit, scene.currency)
        if figure.value is not None
        else f"not known: {figure.why}"
    )
    span = wording.span(figure.window.start_day, figure.window.end_day, " to ")
    ends = [
        wording.quantity(end, figure.unit, scene.currency)
        for end in (figure.low, figure.high)
        if end is not None
    ]
    between = f" · 95 % between {ends[0]} and {ends[1]}" if len(ends) == 2 else ""
    worked = f"<p>{_text(found.working.words, 600)} = <b>{_text(shown)}</b></p>" if found.working else ""
    return lab.wrapped(
        f"<h3>{_text(found.label)}: {_text(shown)}</h3><p>{_text(figure.definition, 600)}</p>{worked}"
        f'<p class="d">n = {wording.number(figure.n)} · {_text(span)}{_text(between)} · '
        f"{_text(figure.key)} in figures.json</p>"
    )


def exclusions(found: Explained, scene: Scene) -> str:
    """What was left out, and why."""
    count = len(found.excluded)
    if not count:
        return lab.wrapped('<p class="q">Nothing was left out.</p>')
    part = cells.table(
        found.excluded, name="excluded", timezone=scene.window.timezone, currency=scene.currency
    )
    return lab.wrapped(
        f'<p class="q"><b>{wording.number(count)}</b> left out, and why</p>', lab.rows_table(part)
    )


def lines(text: str) -> str:
    """Command lines to be copied."""
    return lab.wrapped(f"<pre>{escape(text.strip())}</pre>")


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
    return noun if n == 1 else f"{head}s{space}{rest}"


def _text(text: str, most: int = 400) -> str:
    return escape(wording.clipped(wording.plain(text), most))
