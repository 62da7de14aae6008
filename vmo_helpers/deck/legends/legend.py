"""What stands around the chart of a slide, with the numbers that the review's thresholds put into it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds

_TIMES = {1.0: "once", 2.0: "twice", 3.0: "three times"}
_ENDINGS = {"1": "st", "2": "nd", "3": "rd"}


@dataclass(frozen=True)
class Legend:
    """``read``: how to read the chart, or the table where there is none. ``definition``: what is counted;
    empty: that of the first of ``figures``. ``figures``: keys of the headline numbers that stand beside it.
    ``caption``: what the table lists.

    Texts name ``{level}`` (epic), ``{levels}``, ``{Level}`` and any threshold: ``{overdue_days}`` is
    "548 days". What follows a colon says it otherwise: ``:bare`` without its unit, ``:th`` as the 85th,
    ``:times`` as twice.
    """

    read: str = ""
    definition: str = ""
    figures: tuple[str, ...] = ()
    caption: str = ""

    def filled(self, limits: Thresholds, level: str) -> Legend:
        """The legend in the words of one review."""
        words: dict[str, Any] = {name: _Worded(name, value) for name, value in limits.as_dict().items()}
        words |= {"level": level, "levels": f"{level}s", "Level": level.capitalize()}
        return Legend(
            self.read.format_map(words),
            self.definition.format_map(words),
            self.figures,
            self.caption.format_map(words),
        )


@dataclass(frozen=True)
class _Worded:
    """A threshold in a text."""

    name: str
    value: float

    def __format__(self, how: str) -> str:
        share = Thresholds.bounds(self.name)[1] == 1
        if how == "bare":
            return wording.number(self.value * 100 if share else self.value)
        if how == "th":
            return _ordinal(f"{self.value * 100:.10g}" if share else f"{self.value:g}")
        if how == "times":
            return _TIMES.get(self.value) or f"{wording.number(self.value)} times"
        if how:
            raise ValueError(f"a threshold can be said as bare, th or times, not as {how!r}")
        if share:
            return wording.percent(self.value)
        return wording.days(self.value) if self.name.endswith("_days") else wording.number(self.value)


def _ordinal(number: str) -> str:
    """``85`` → "85th", ``91`` → "91st", ``97.5`` → "97.5th"."""
    return number + ("th" if re.search(r"\.|1\d$", number) else _ENDINGS.get(number[-1], "th"))
