"""Numbers, days and money as people say them, for titles, tiles and labels. Pure, without pandas; unknown
stays "unknown".

Words are what English-speaking reports use: ``41 %``, ``EUR 9.1 M``, ``212 days``, ``14 March``. Rounding is
for the reader's eye alone; rules and tables work on the unrounded number.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

UNKNOWN = "unknown"
MINUS = "−"
WORKING_DAYS = "working_days"
DAYS = ("days", WORKING_DAYS)
"""Units of a length of time: elapsed days, and days of the portfolio's calendar where it names some."""
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SMALL = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)

# Embedding, override and isolate characters: one in a title would turn the rest of a sentence around.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")
_CONTROLS = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
    **_TURNING,
    **dict.fromkeys((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "\ufffd"),
}


def known(value: Any) -> bool:
    """False for None, NaN, NaT, pandas' NA and infinities."""
    if value is None:
        return False
    try:
        return bool(value == value) and not (isinstance(value, float) and math.isinf(value))
    except TypeError:  # pandas.NA has no truth value
        return False


def number(value: float | None, *, decimals: int | None = None) -> str:
    """``1204`` → "1,204"; ``3.26`` → "3.3"; ``0.042`` → "0.042": two digits that count under 1, one decimal
    under 100.

    What is nearly nothing is "under 0.001", never "0".
    """
    if not known(value):
        return UNKNOWN
    assert value is not None
    size = abs(float(value))
    if decimals is None and 0 < size < 0.001:
        return "under 0.001" if value > 0 else f"over {MINUS}0.001"
    if decimals is None:
        decimals = (
            0
            if size >= 99.95 or float(value).is_integer()
            else 1
            if size >= 0.95
            else min(6, 1 - math.floor(math.log10(size)))
        )
    text = f"{size:,.{decimals}f}"
    if decimals and "." in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if value < 0 and text.strip("0.,") else "") + text


def percent(share: float | None, *, decimals: int = 0) -> str:
    """``0.41`` → "41 %". A share that is neither nothing nor all never reads "0 %" or "100 %"."""
    if not known(share):
        return UNKNOWN
    assert share is not None
    scaled = round(abs(share) * 100, 9)
    step = 10.0**-decimals
    shown = f"{scaled:.{decimals}f}"
    if 0 < scaled < step / 2:
        shown = f"under {step:.{decimals}f}"
    elif 100 - step / 2 <= scaled < 100:
        shown = f"over {100 - step:.{decimals}f}"
    return f"{MINUS if share < 0 and scaled else ''}{shown} %"


def percent_beside(share: float, line: float) -> str:
    """A share as it stands beside a line that it is not at: ``0.7996`` beside 0.8 → "79.96 %", not "80 %"."""
    for decimals in range(4):
        if share == line or percent(share, decimals=decimals) != percent(line, decimals=decimals):
            return percent(share, decimals=decimals)
    return percent(share, decimals=4)


def points(difference: float | None) -> str:
    """A difference of two shares: ``0.06`` → "6 points"."""
    if not known(difference):
        return UNKNOWN
    assert difference is not None
    size = abs(difference) * 100
    if not known(size):
        return UNKNOWN
    return counted(round(size, 1) if size < 0.95 else round(size), "point")


def money(amount: float | None, currency: str = "") -> str:
    """``9_100_000, "EUR"`` → "EUR 9.1 M"; ``410_000`` → "EUR 410 k"; ``2.3e9`` → "EUR 2.3 bn"."""
    if not known(amount):
        return UNKNOWN
    assert amount is not None
    size, unit = abs(float(amount)), ""
    for limit, scale, name in ((999.5e6, 1e9, " bn"), (999.5e3, 1e6, " M"), (999.5, 1e3, " k")):
        if size >= limit:
            size, unit = size / scale, name
            break
    decimals = 1 if unit and size < (9.95 if unit == " k" else 99.95) else 0
    text = f"{size:,.{decimals}f}".removesuffix(".0")
    sign = MINUS if amount < 0 and text != "0" else ""
    return f"{currency} {sign}{text}{unit}".strip()


def days(length: float | None, unit: str = "days") -> str:
    """``212.3`` → "212 days", ``6.34`` → "6.3 days", ``0.634`` → "15 hours", ``0.01`` → "14 minutes".

    In ``working_days`` "146 working days", "0.63 working days": no hours, for a working day may have any
    number of them.
    """
    if not known(length):
        return UNKNOWN
    assert length is not None
    if unit == WORKING_DAYS:
        size = abs(length)
        shown = round(size) if size >= 9.95 else round(size, 1) if size >= 0.95 else size
        return counted(math.copysign(shown, length), "working day")
    size, sign = abs(float(length)), MINUS if length < 0 else ""
    if size == 0:
        return "0 days"
    if size < 1 / 24:
        minutes = size * 1440
        return "under a minute" if minutes < 0.5 else sign + counted(round(minutes), "minute")
    if round(size, 1) < 1:
        return sign + counted(round(size * 24), "hour")
    return sign + counted(round(size) if size >= 9.95 else round(size, 1), "day")


def unit(day_unit: str) -> str:
    """``working_days`` → "working days": a unit of a length of time as an axis or a heading says it."""
    return day_unit.replace("_", " ")


def counted(n: float | None, noun: str, several: str | None = None) -> str:
    """``11, "epic"`` → "11 epics", ``1`` → "1 epic"; ``several`` where the plural is no ``plural``."""
    if not known(n):
        return UNKNOWN
    text = number(n)
    return f"{text} {noun if text.lstrip(MINUS) == '1' else several or plural(noun)}"


def plural(noun: str) -> str:
    """``"epic"`` → "epics", ``"User Story"`` → "User Stories", ``"Features"`` stays; the last word alone."""
    if re.search(r"(?i)[^aeiou]y$", noun):
        return noun[:-1] + ("IES" if noun[-2:].isupper() else "ies")
    if re.search(r"(?i)(ss|x|z|ch|sh)$", noun):
        return noun + "es"
    return noun if noun[-1:] in "sS" else noun + "s"


def small(n: int) -> str:
    """Whole numbers up to twelve as words, as at the start of a sentence: ``7`` → "seven"; others as
    digits."""
    return _SMALL[n] if 0 <= n < len(_SMALL) else number(n)


def times(n: int) -> str:
    """``1`` → "once", ``3`` → "three times"."""
    return {1: "once", 2: "twice"}.get(n, f"{small(n)} times")


def per_week(rate: float | None) -> str:
    """``0.42`` → "0.42 a week"."""
    return f"{number(rate)} a week" if known(rate) else UNKNOWN


def day(value: str | dt.date | None, *, year: bool = False, beside: str | dt.date | None = None) -> str:
    """``"2026-03-14"`` → "14 March"; with ``year``, or where the year is another than ``beside``'s, "14 March
    2026"."""
    date = _date(value)
    if date is None:
        return UNKNOWN
    other = _date(beside)
    tail = f" {date.year}" if year or (other is not None and other.year != date.year) else ""
    return f"{date.day} {MONTHS[date.month - 1]}{tail}"


def month(value: str | dt.date | None, *, short: bool = False) -> str:
    """``"2026-03-14"`` → "March 2026"; short: "Mar 26"."""
    date = _date(value)
    if date is None:
        return UNKNOWN
    return (
        f"{MONTHS[date.month - 1][:3]} {date.year % 100:02d}"
        if short
        else f"{MONTHS[date.month - 1]} {date.year}"
    )


def span(start: str | dt.date | None, end: str | dt.date | None, to: str = " – ") -> str:
    """``"2025-11-03", "2026-10-31"`` → "3 November 2025 – 31 October 2026"; a shared year is said once."""
    if _date(start) is None or _date(end) is None:
        return UNKNOWN
    return f"{day(start, beside=end)}{to}{day(end, year=True)}"


def between(low: float | None, high: float | None, say: Callable[[float | None], str]) -> str:
    """A range in words: ``0.28, 0.54, percent`` → "between 28 and 54 %"; what both ends share is said
    once."""
    if not (known(low) and known(high)):
        return UNKNOWN
    first, last = say(low), say(high)
    if first == last:
        return f"about {last}"
    unit = re.search(r"( [^\d]+)$", last)
    if unit and first.endswith(unit[1]):
        first = first.removesuffix(unit[1])
    head = re.match(r"^([A-Z]{3} )", last)
    if head and first.startswith(head[1]):
        last = last.removeprefix(head[1])
    return f"between {first} and {last}"


def listed(names: Iterable[str], *, most: int = 3) -> str:
    """``["a", "b", "c"]`` → "a, b and c"; beyond ``most``: "a, b, c and 4 more"."""
    every = list(names)
    shown = every[:most]
    if len(every) > most:
        return f"{', '.join(shown)} and {number(len(every) - most)} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def quantity(value: float | None, unit: str, currency: str = "") -> str:
    """A figure's value in its unit: days, working_days, share, items, per_week, money, score or number."""
    if unit in DAYS:
        return days(value, unit)
    if unit == "share":
        return percent(value)
    if unit == "money":
        return money(value, currency)
    if unit == "per_week":
        return per_week(value)
    return number(value)


def reading(value: float | None, unit: Any) -> str:
    """A metric's value in the metric's own unit, or bare where it has none."""
    return f"{number(value)} {plain(unit) if known(unit) else ''}".strip()


def sentence(text: str) -> str:
    """The text with a capital letter at its start; the rest, such as a name, stays as it is."""
    return text[:1].upper() + text[1:]


def plain(text: Any) -> str:
    """Text from data as it may be shown: control and direction-turning characters become visible, the rest
    stays as it is."""
    return str(text).translate(_CONTROLS)


def clipped(text: str, most: int) -> str:
    """At most so many characters, cut at a word where there is one, with "…" for what is left out."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > most * 0.6 else head).rstrip(" ,;:.") + "…"


def _date(value: str | dt.date | None) -> dt.date | None:
    if not known(value):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
