"""What a panel shows of a scene: one sentence, one chart, and the rows that a selection in the chart
leaves."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vmo_helpers.charts.unchecked import unchecked
from vmo_helpers.results.finding import Finding, headline
from vmo_helpers.vocabulary import Severity

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
    """A redraw must be quick: parts of a chart are not checked meanwhile, and the collector does not look at
    the tens of thousands of objects that one chart is made of while all are in use."""
    usual = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *usual[1:])
    try:
        with unchecked():
            yield
    finally:
        gc.set_threshold(*usual)


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
