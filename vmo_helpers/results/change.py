"""How a headline number moved, or how far it is from its plan, in words that say whether that is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vmo_helpers.results.headlines import Better, headline_of
from vmo_helpers.style.wording import DAYS, days, known, money, number, points


class Tone(StrEnum):
    """What a change means for the reader; ``NONE`` where nothing is known to compare with."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"
    NONE = "none"


@dataclass(frozen=True)
class Change:
    """The difference to another value of the figure: ``words`` start with an arrow, ``tone`` says whether it
    is good.

    ``share`` is the difference ÷ the other value, of either sign; None where the two are not compared, or
    the other is not above 0.
    """

    words: str
    tone: Tone
    share: float | None = None

    def __str__(self) -> str:
        return self.words


def change(
    key: str,
    now: float | None,
    before: float | None,
    unit: str,
    currency: str = "",
    within: tuple[float, float] | None = None,
) -> Change | None:
    """How a figure moved: ``▲ 18 days slower`` is bad, ``▲ 6 points, better`` is good; None when either is
    unknown. A value before that lies ``within`` the range of the figure is neither."""
    if not known(now) or not known(before):
        return None
    assert now is not None and before is not None
    difference = _as_shown(now, unit) - _as_shown(before, unit)
    size = _size(abs(difference), unit, currency)
    if difference == 0 or size.startswith("0 ") or size in {"0", "under a minute"}:
        return Change("unchanged", Tone.NEUTRAL, 0.0)
    row = headline_of(key)
    rose = difference > 0
    share = difference / before if before > 0 and unit != "score" else None
    words = f"{'▲' if rose else '▼'} {size} {row.rise if rose else row.fall}".rstrip()
    if row.better is Better.NEITHER:
        return Change(words, Tone.NEUTRAL, share)
    if within is not None and within[0] <= before <= within[1]:
        return Change(f"{words}, within its range", Tone.NEUTRAL, share)
    good = rose is (row.better is Better.HIGHER)
    if not row.judges:
        words = f"{words}, {'better' if good else 'worse'}"
    return Change(words, Tone.GOOD if good else Tone.BAD, share)


def against(key: str, now: float | None, plan: float | None, unit: str, currency: str = "") -> Change | None:
    """How far a figure is from its plan: ``▼ 27 points under plan``; None where either is unknown."""
    if not known(now) or not known(plan):
        return None
    assert now is not None and plan is not None
    difference = _as_shown(now, unit) - _as_shown(plan, unit)
    if difference == 0:
        return Change("as planned", Tone.GOOD, 0.0)
    over = difference > 0
    words = (
        f"{'▲' if over else '▼'} {_size(abs(difference), unit, currency)} {'over' if over else 'under'} plan"
    )
    better = headline_of(key).better
    good = (
        Tone.NEUTRAL
        if better is Better.NEITHER
        else Tone.GOOD
        if over is (better is Better.HIGHER)
        else Tone.BAD
    )
    return Change(words, good, difference / plan if plan > 0 else None)


def moved_since(key: str, entry: Mapping[str, Any], currency: str = "") -> Change | None:
    """How a figure (its entry) moved since the review before; why that is no comparison, where it is none."""
    before = entry.get("previous")
    if known(entry["value"]) and known(before) and entry.get("no_comparison"):
        return Change(str(entry["no_comparison"]), Tone.NONE)
    ends = [float(end) for end in (entry.get("low"), entry.get("high")) if end is not None and known(end)]
    within = (ends[0], ends[1]) if len(ends) == 2 else None
    return change(key, entry["value"], before, str(entry["unit"]), currency, within)


def _as_shown(value: float, unit: str) -> float:
    """A share or a small number as it stands on the page: 40 % and 53 % are 13 points apart, 0.59 and 0.68
    are 0.09."""
    value = float(value)
    return (
        round(value, 2)
        if (unit == "share" and abs(value) >= 0.01) or (unit == "number" and abs(value) >= 0.1)
        else value
    )


def _size(difference: float, unit: str, currency: str) -> str:
    if unit in DAYS:
        return days(difference, unit)
    if unit == "share":
        return points(difference)
    if unit == "money":
        return money(difference, currency)
    if unit == "per_week":
        return f"{number(difference)} a week"
    return number(difference)
