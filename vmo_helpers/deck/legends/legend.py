"""What stands around the chart of a slide, with the numbers that the review's thresholds put into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds

_TIMES = {1.0: "once", 2.0: "twice", 3.0: "three times"}
_ENDINGS = {"1": "st", "2": "nd", "3": "rd"}


@dataclass(frozen=True)
class Legend:
    """``read``: how to read the chart, or the table where there is none. ``definition``: what is counted;
    empty: that of the first of ``figures``. ``figures``: keys of the headline numbers that stand beside it.
    ``caption``: what the table lists.

    Texts name ``{level}`` (epic), ``{levels}``, ``{Level}``, ``{Levels}``, ``{days}`` and ``{Days}`` (working
    days where the calendar names some) and any threshold: ``{overdue_days}`` is "548 days". What follows a
    colon says it otherwise: ``:bare`` without its unit, ``:th`` as the 85th, ``:times`` as twice. Any other
    word is given with the slide (``words``).
    """

    read: str = ""
    definition: str = ""
    figures: tuple[str, ...] = ()
    caption: str = ""

    def filled(
        self, limits: Thresholds, level: str, words: Mapping[str, object], day_unit: str = "days"
    ) -> Legend:
        """The legend in the words of one review, and in those of its slide. Raises ValueError that names a
        word which is lacking."""
        several, sentence, days = wording.plural(level), wording.sentence, wording.unit(day_unit)
        known = {
            **{name: _Worded(name, value) for name, value in limits.as_dict().items()},
            **{name: word.replace("_", " ") for name, word in words.items() if isinstance(word, str)},
            **{"level": level, "levels": several, "Level": sentence(level), "Levels": sentence(several)},
            **{"days": days, "Days": sentence(days)},
        }
        try:
            read, definition, caption = (
                text.format_map(known) for text in (self.read, self.definition, self.caption)
            )
        except KeyError as lacking:
            raise ValueError(
                f"the legend {self.read!r} lacks a word for {lacking}: no finding says it"
            ) from None
        return Legend(read, definition, self.figures, caption)


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
