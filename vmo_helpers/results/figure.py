"""One headline number with all that it takes to trust it: n, window, range, definition, or why it is not
known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from vmo_helpers.window import Window


@dataclass(frozen=True)
class Figure:
    """One headline number of ``figures.json``.

    ``value`` is None when unknown, and then ``why`` says in words what is missing. ``unit`` is one of
    ``days``, ``share`` (0–1), ``items``, ``per_week``, ``money``, ``score``, ``number``. ``low`` and ``high``
    bound the value where its uncertainty is known. ``n`` is the number of subjects that the value rests on.
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
        return entry


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
