"""What a panel shows of a scene: one sentence, one chart, and the rows that a selection in the chart
leaves."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from vmo_helpers.deck.specs import spec_of
from vmo_helpers.results.finding import Finding, headline
from vmo_helpers.style import palette
from vmo_helpers.vocabulary import Severity

PICKED = "picked"
"""The name of the selection that filters the rows."""

_COLLECT_AFTER = 200_000  # new objects

MOST_DRAWN = 600  # dots; more cover each other and a page grows for nothing


@dataclass(frozen=True)
class Rows:
    """A part of the rows, and in words which: "aged 100 to 240 days"."""

    frame: pd.DataFrame
    words: str = ""


Selection = Mapping[str, Mapping[str, Any]]
"""Name of a selection → what Vega-Lite says of it: of an interval field → [from, to], of points ``vlPoint`` →
``or`` → fields."""


@dataclass(frozen=True)
class View:
    """``rows`` are all rows behind the chart, shown columns only; ``pick`` gives those of a selection.
    ``noun`` names one row.

    ``wide``: the chart needs the panel's width, so its rows stand below.
    """

    sentence: str
    severity: Severity
    note: str
    spec: dict[str, Any]
    rows: pd.DataFrame
    noun: str
    pick: Callable[[Selection], Rows]
    wide: bool = False

    def chosen(self, selection: Selection) -> Rows:
        """The rows of a selection; all without one."""
        some = {name: value for name, value in selection.items() if value}
        return self.pick(some) if some else Rows(self.rows)


def said(findings: Finding | list[Finding]) -> tuple[str, Severity]:
    """The sentence that leads, and how loud it is."""
    every = [findings] if isinstance(findings, Finding) else findings
    sentence = headline(every)
    return sentence, next(finding.severity for finding in every if finding.sentence == sentence)


@contextmanager
def swiftly() -> Iterator[None]:
    """A redraw must be quick: Altair does not check each part of a chart meanwhile (the charts are the
    deck's, which are checked), and the collector does not look at the tens of thousands of objects that one
    chart is made of while all are in use."""
    from altair.utils.schemapi import debug_mode

    usual = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *usual[1:])
    try:
        with debug_mode(False):
            yield
    finally:
        gc.set_threshold(*usual)


def with_interval(chart: alt.LayerChart, layer: str, channels: list[str]) -> dict[str, Any]:
    """The specification with a brush over the named layer; its selection filters the rows."""
    shade = alt.BrushConfig(fill=palette.ACCENT, fillOpacity=0.08)
    brush = alt.selection_interval(name=PICKED, encodings=channels, mark=shade)  # type: ignore[arg-type]
    return _with(spec_of(chart), brush, layer)


def with_point(chart: alt.LayerChart, mark: str, fields: list[str]) -> dict[str, Any]:
    """The specification in which the marks of the first layer of a kind can be clicked (with Shift, several);
    the others pale."""
    click = alt.selection_point(name=PICKED, fields=fields)
    spec = spec_of(chart)
    chosen = next(layer for layer in spec["layer"] if layer["mark"]["type"] == mark)
    chosen["name"] = "choices"
    chosen["encoding"]["opacity"] = {"condition": {"param": PICKED, "value": 1}, "value": 0.35}
    chosen["encoding"]["stroke"] = {
        "condition": {"param": PICKED, "empty": False, "value": palette.INK},
        "value": None,
    }
    chosen["mark"]["cursor"] = "pointer"
    return _with(spec, click, "choices")


def _with(spec: dict[str, Any], selection: alt.Parameter, layer: str) -> dict[str, Any]:
    made: dict[str, Any] = selection.param.to_dict(validate=False)  # type: ignore[union-attr]
    return {**spec, "params": [*spec.get("params", []), {**made, "views": [layer]}]}


def watched(spec: dict[str, Any]) -> list[str]:
    """The names of a specification's selections."""
    return [str(param["name"]) for param in spec.get("params", []) if "select" in param]


def points(selection: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The marks of a point selection, each with the values of its fields."""
    return [dict(one) for one in selection.get("vlPoint", {}).get("or", [])]


def between(values: pd.Series, interval: list[float] | None) -> pd.Series:
    """True where a value lies in an interval, ends in; without an interval everywhere."""
    if not interval:
        return pd.Series(True, index=values.index)
    low, high = min(interval), max(interval)
    return values.ge(low) & values.le(high)
