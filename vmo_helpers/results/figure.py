"""One headline number with all that it takes to trust it: n, window, range, definition, or why it is not
known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vmo_helpers.style import wording
from vmo_helpers.window import Window


@dataclass(frozen=True)
class Figure:
    """One headline number of ``figures.json``.

    ``value`` is None when unknown, and then ``why`` says in words what is missing. ``unit`` is one of
    ``days``, ``share`` (0–1), ``items``, ``per_week``, ``money``, ``score``, ``number``. ``low`` and ``high``
    bound the value where its uncertainty is known. ``n`` is the number of subjects that the value rests on.
    ``comparable_from`` is the first day on which a window can begin that is compared with this one, and
    ``record_begins`` the day of the first fact; both None where every window can be.
    """

    key: str
    value: float | int | None
    unit: str
    n: int
    window: Window
    definition: str
    low: float | None = None
    high: float | None = None
    why: str | None = None
    comparable_from: str | None = None
    record_begins: str | None = None

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            object.__setattr__(self, "value", None)
        if self.value is None and not self.why:
            raise ValueError(f"figure {self.key}: an unknown value needs its reason in 'why'")

    def because(self, why: str) -> Figure:
        """The same figure, unknown for the given reason."""
        return replace(self, value=None, low=None, high=None, why=why)

    def as_json(self) -> dict[str, Any]:
        """The entry of ``figures.json``; ``previous`` is added by the deck that knows the shelf."""
        entry: dict[str, Any] = {
            "value": _plain(self.value),
            "unit": self.unit,
            "n": int(self.n),
            "from": self.window.start_day,
            "to": self.window.end_day,
            "low": _plain(self.low),
            "high": _plain(self.high),
            "definition": self.definition,
        }
        if self.why:
            entry["why"] = self.why
        if self.comparable_from:
            entry |= {"comparable_from": self.comparable_from, "record_begins": self.record_begins}
        return entry


def no_comparison(entry: Mapping[str, Any], window_from: str | None) -> str | None:
    """Why a figure (its entry) is not compared with its value over a window from that day on, in words."""
    line = entry.get("comparable_from")
    if not wording.known(line) or not wording.known(window_from) or str(window_from) >= str(line):
        return None
    return records_begin(entry["record_begins"])


def records_begin(day: str | None) -> str:
    """Why two windows are no comparison, in words; ``day`` is that of the first fact."""
    if day is None:
        return "no comparison: nothing is on record"
    return f"no comparison: records begin on {wording.day(day, year=True)}"


def by_key(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Figures by their key; the same key twice is a programming error."""
    found: dict[str, Figure] = {}
    for figure in figures:
        if figure.key in found:
            raise ValueError(f"figure {figure.key} was computed twice")
        found[figure.key] = figure
    return found


def _plain(value: float | int | None) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, int):
        return value
    return round(float(value), 10)
