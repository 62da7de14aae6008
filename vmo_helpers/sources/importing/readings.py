"""Columns of a register as the contract writes them: dates in one order, amounts without signs, words of the
vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from vmo_helpers.contract import cells
from vmo_helpers.contract.cells import instants, numbers
from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.tables.months import month_of
from vmo_helpers.tables.raw import as_text, column_of
from vmo_helpers.tables.shapes import NUMERIC, fold

DAY_FIRST, MONTH_FIRST = "day first", "month first"
ORDERS = (DAY_FIRST, MONTH_FIRST)
DATES = (Kind.INSTANT, Kind.DAY)
MONTHLY = "at"
"""A column of instants that says how things were: a month in it is its last day."""

_NO_TEXT = frozenset({"n/a", "n.a.", "k.a.", "-", "--", "–", "—"})
_NOTHING = _NO_TEXT | {"na", "n.v.", "k._a.", "none", "null", "nil", "tbd", "tba", "tbc", "?", "unknown"}
"""What a cell says that says nothing; texts and keys may be such words."""
_NOT_YET = frozenset(
    {"open", "offen", "noch_offen", "pending", "ongoing", "not_yet", "in_progress", "laufend"}
) | {*("ouvert", "en_cours", "à_définir", "abierto", "pendiente", "en_curso", "por_definir", "not_started")}
"""What a cell of dates says where nothing happened yet."""
_SHORT = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?=$|[ T,])")
_NAMED = re.compile(r"^(\d{1,2})([/ .-]{1,2})([^\W\d_]{3,10})\.?[/ -](\d{2})(?=$|[ T,])")
_QUARTER = re.compile(
    r"^(?:(?:(?:q|quartal ?)([1-4])|h([12])|fy)[ /'-]*((?:19|20)?\d{2})|((?:19|20)\d{2}))$", re.IGNORECASE
)
_YEAR_FIRST = re.compile(
    r"^(?:fy[ ']?((?:19|20)?\d{2})|((?:19|20)\d{2}))[ /'-]*(?:q([1-4])|h([12]))$", re.IGNORECASE
)
_SPAN = re.compile(
    r"(?<!\w)(?:(?:fy[ ']?(?:19|20)?\d{2}|(?:19|20)\d{2})[ /'-]*(?:q[1-4]|h[12])"
    r"|(?:q[1-4]|h[12]|fy)[ /'-]*(?:19|20)?\d{2}|(?:19|20)\d{2})(?!\w)",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{4}-\d{2}-\d{2}")
"""A day in a title, whose year is no period."""
_SIGNS = re.compile(r"[€$£¥₹₩₽₺₪฿]|\b[A-Z]{3}\b|\b(?:kr|zł|Kč|Fr|Ft)\b\.?")
_CODES = {"€": "EUR", "$": "USD", "£": "GBP", "₹": "INR", "₩": "KRW", "zł": "PLN", "Kč": "CZK", "Fr": "CHF"}
_THOUSANDS = re.compile(r"^(-?[1-9]\d{0,2})[.,](\d{3})$")
MONEY = frozenset(
    {"amount", "planned_cost", "planned_value", "impact", "late_cost", "cost_of_delay_per_week"}
)
"""Columns of money, which has no thousandths: 1,200 in them is twelve hundred."""
_FACTORS = {"k": 1e3, "t": 1e3, "0": 1e3, "m": 1e6, "b": 1e9}
_SUFFIX = re.compile(r"^([^a-z]*\d)\s*(k|tsd|m|mn|mio|bn)\.?$", re.IGNORECASE)
_SCALE = re.compile(
    r"(?:[(\[]|\bin\b)\s*(?:in\s+)?(?:[€$£]|eur|usd|gbp|chf)?\s*"
    r"(k|t|tsd|thousands?|'?000s?|m|mn|mio|millions?)\.?\s*(?:[€$£]|eur|usd|gbp|chf)?\s*(?:[)\]]|$)",
    re.IGNORECASE,
)
_SCALED_SIGN = re.compile(
    r"(?:^|[\s,;:(\[])(k|t|tsd|m|mn|mio)\.?\s?(?:[€$£]|eur|usd|gbp|chf)(?![^\W_])", re.IGNORECASE
)
_SIGN_SCALED = re.compile(
    r"(?:[€$£]|(?<![^\W_])(?:eur|usd|gbp|chf)\s?)(k|tsd|m|mn|mio)(?![^\W_])", re.IGNORECASE
)
"""The same without brackets, where a currency stands beside it: "Budget T€", "by stream, TEUR"."""
_BRACKETS = re.compile(r"^\((.*)\)$")


@dataclass(frozen=True)
class Reading:
    """How one sheet writes dates (None: no cell tells) and decimals, and the words that a map gives."""

    dates: str | None = None
    decimals: numbers.Decimals = field(default_factory=numbers.Decimals)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """A column as texts; the places of cells that cannot be used, each with why; the currencies that cells
    name."""

    values: list[str | None]
    faults: Mapping[int, str]
    currencies: Mapping[int, str] = field(default_factory=dict)


def read(
    values: Sequence[Any], column: Column, how: Reading, empty: Mapping[int, str] = {}, factor: float = 1
) -> Read:
    """A column of a sheet as cells that the contract reads in one way alone. ``empty``: places of cells that
    say nothing though something is there, with why. ``factor``: what amounts are multiplied by."""
    lean = [plain(value, column.kind) for value in values]
    currencies: dict[int, str] = {}
    factors = np.full(len(lean), float(factor))
    if column.kind in DATES:
        lean = [_dated(value, how.dates, column) for value in lean]
    elif column.kind in NUMERIC:
        signs = [_SIGNS.search(value) if _is_amount(value) else None for value in lean]
        currencies = {place: _CODES.get(sign[0], sign[0]) for place, sign in enumerate(signs) if sign}
        money, share = column.name in MONEY, column.kind is Kind.SHARE
        lean = [_amount(value if share else without_percent(value), money) for value in lean]
        for place, value in enumerate(lean):
            if (money or place in currencies) and isinstance(value, str) and (found := _SUFFIX.match(value)):
                lean[place], factors[place] = found[1].strip(), _FACTORS[found[2].casefold()[0]]
        lean = _percent(lean, how) if share else lean
    elif column.kind is Kind.WORD:
        words = {fold(word): meant for word, meant in how.words.get(column.name, {}).items()}
        lean = [words.get(fold(as_text(value) or ""), value) for value in lean]
    lean = [None if place in empty else value for place, value in enumerate(lean)] if empty else lean
    array = column_of(lean, [empty.get(place) for place in range(len(lean))] if empty else None)
    parsed = cells.parse(array, column, cells.Reading("UTC", how.decimals))
    faults = {int(place): fault.what for fault in parsed.faults for place in np.flatnonzero(fault.mask)}
    told = _told(array, column, parsed.values, factors)
    return Read([None if place in faults else one for place, one in enumerate(told)], faults, currencies)


def plain(value: Any, kind: Kind = Kind.NUMBER) -> Any:
    """A cell, and None where it says that there is nothing."""
    if not isinstance(value, str):
        return value
    text = value.strip().replace("\u00a0", " ")
    nothing = _NO_TEXT if kind in (Kind.KEY, Kind.TEXT, Kind.NAME) else _NOTHING
    nothing = nothing | _NOT_YET if kind in DATES else nothing
    return None if not text or re.sub(r"\s+", "_", text.casefold()) in nothing else text


def _told(array: Any, column: Column, parsed: Any, factors: np.ndarray) -> Sequence[str | None]:
    """The cells as texts of one reading."""
    if column.kind in DATES:
        stamps = instants.read(array)
        local, utc = (np.datetime_as_string(one, unit="s") for one in (stamps.local, stamps.utc))
        texts = np.where(np.isnat(stamps.local), np.char.add(utc, "Z"), local)
        known = ~(np.isnat(stamps.local) & np.isnat(stamps.utc))
        return [
            text.removesuffix("T00:00:00") if there else "9999-12-31" if endless else None
            for text, there, endless in zip(texts.tolist(), known, stamps.endless, strict=True)
        ]
    if column.kind in NUMERIC:
        amounts = np.round(np.asarray(parsed, dtype="float64") * factors, 9).tolist()
        return [as_text(one) for one in amounts]
    return [as_text(one) for one in parsed]


def order_of(columns: Iterable[Sequence[Any]]) -> str | None:
    """Whether days or months come first in dates such as 12/03/2024: what a cell with a number over 12 says,
    of all columns together. None where no cell tells, or where two contradict each other; "" without such
    dates."""
    first = second = there = False
    for values in columns:
        for value in values:
            found = _SHORT.match(value.strip()) if isinstance(value, str) else None
            if found is not None and found[2] != ".":
                there = True
                first, second = first or int(found[1]) > 12, second or int(found[3]) > 12
    return ("" if not there else None) if first == second else DAY_FIRST if first else MONTH_FIRST


def decimals_of(columns: Iterable[Sequence[Any]], commas: bool) -> numbers.Decimals:
    """How the amounts of a sheet mark decimals, all columns together."""
    known = [column_of([_amount(plain(one)) for one in values]) for values in columns]
    return numbers.convention(known, commas_likely=commas)


def backward(columns: Sequence[Sequence[Any]], order: str) -> int:
    """How many dates of a row lie before one that stands to their left, when they are read in this order."""
    column = Column("when", Kind.INSTANT)
    read_as = [read(values, column, Reading(order)).values for values in columns]
    known = [[one for one in row if one] for row in zip(*read_as, strict=True)]
    return sum(later < earlier for row in known for earlier, later in pairwise(row))


def dates_in(values: Sequence[Any]) -> int:
    """How many cells are days or instants, whatever their order; a bare number is none."""
    at = Column("when", Kind.INSTANT)
    texts = [_dated(one.strip(), DAY_FIRST, at) for one in values if isinstance(one, str)]
    texts = [None if one.isdigit() else one for one in texts]
    bad = instants.read(pa.array(texts, pa.large_string())).bad
    plain_text = sum(one is not None for one in texts) - int(bad.sum())
    return plain_text + sum(hasattr(one, "isoformat") for one in values)


def read_in(values: Sequence[Any], column: Column) -> int:
    """How many cells can be read as a column's, whatever the order of days and months."""
    found = (read(values, column, Reading(order)).values for order in ORDERS)
    return max(sum(one is not None for one in cells) for cells in found)


def numbers_in(values: Sequence[Any]) -> int:
    """How many cells are amounts, as numbers or as texts."""
    return sum(any(one.isdigit() for one in str(value)) and not dates_in([value]) for value in values)


def spans_in(values: Sequence[Any]) -> int:
    """How many cells are a quarter, a half or a year."""
    return sum(_span(str(value)) is not None for value in values)


def _dated(value: Any, order: str | None, column: Column) -> Any:
    """A date as it can be read in one way: with its year first where the order is known; a quarter or a year
    as its first day, or as its last in a column that ends something."""
    if not isinstance(value, str):
        return value
    span = _span(value)
    if span is not None and column.kind is Kind.DAY:
        return span[1] if column.ends else span[0]
    month = month_in(value) if column.kind is Kind.DAY or column.name == MONTHLY else None
    if month is not None:
        last = column.ends or column.name == MONTHLY
        return str((month + pd.offsets.MonthEnd(0) if last else month).date())
    named = _NAMED.match(value)
    if named:
        return f"{named[1]} {named[3]} 20{named[4]}{value[named.end() :]}"
    found = _SHORT.match(value)
    if not found:
        return value
    year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
    first, second = found[1], found[3]
    if found[2] == "." or order == DAY_FIRST or (order is None and int(first) > 12):
        first, second = second, first
    elif order is None and int(second) <= 12:
        return f"{found[1]}/{found[3]}/{year}{value[found.end() :]}"
    return f"{year}/{first}/{second}{value[found.end() :].replace(',', '')}"


def _span(text: str) -> tuple[str, str] | None:
    """The first and last day of a quarter, a half or a whole year."""
    found, turned = _QUARTER.match(text.strip()), _YEAR_FIRST.match(text.strip())
    if found:
        year, quarter, half = found[3] or found[4], found[1], found[2]
    elif turned:
        year, quarter, half = turned[1] or turned[2], turned[3], turned[4]
    else:
        return None
    year = year if len(year) == 4 else f"20{year}"
    start = 3 * int(quarter) - 2 if quarter else 6 * int(half) - 5 if half else 1
    end = start + (2 if quarter else 5 if half else 11)
    last = (np.datetime64(f"{year}-{end:02}") + 1).astype("datetime64[D]") - 1
    return f"{year}-{start:02}-01", str(last)


def span_named(text: str) -> tuple[str, str] | None:
    """The first and last day of the one quarter, half or year that a title or a name speaks of: "OKRs Q3
    2026"."""
    found = _SPAN.findall(_DAY.sub(" ", text))
    return _span(found[0]) if len(found) == 1 else None


def month_in(value: Any) -> Any:
    """The first day of the month that a text names; None for anything else, such as a day."""
    month = isinstance(value, str) and 4 < len(value) < 20 and len(re.findall(r"\d+", value)) < 3
    return month_of(value.strip()) if month else None


def _is_amount(value: Any) -> bool:
    return isinstance(value, str) and not value.startswith("#")


def factor_in(text: Any) -> float:
    """What a header or title says that its amounts are multiplied by: "Cost (k€)", "in Mio. EUR"; 0 for
    none."""
    said = text if isinstance(text, str) else ""
    found = _SCALE.search(said) or _SCALED_SIGN.search(said) or _SIGN_SCALED.search(said)
    return _FACTORS[found[1].casefold().lstrip("'")[0]] if found else 0.0


def without_percent(value: Any) -> Any:
    """A cell such as 12 % as its number, in a column that is no share."""
    return re.sub(r"\s*%$", "", value) if isinstance(value, str) else value


def _amount(value: Any, money: bool = False) -> Any:
    """An amount without its currency; (500) is −500."""
    if not _is_amount(value):
        return value
    text = _SIGNS.sub("", value).strip()
    bracketed = _BRACKETS.match(text)
    text = f"-{bracketed[1].strip()}" if bracketed else text
    text = re.sub(r"^([+-])\s+", r"\1", text)
    if money or _SIGNS.search(value):
        text = _THOUSANDS.sub(r"\1\2", text)
    return text or value


def _percent(values: list[Any], how: Reading) -> list[Any]:
    """Shares that were written as 70 for 70 %: none lies between 0 and 1, and one lies above."""
    read = numbers.numbers(column_of(values), how.decimals)[0]
    known = read[~np.isnan(read)]
    hundreds = bool(len(known)) and known.max() > 1 and not ((known > 0) & (known < 1)).any()
    if not hundreds:
        return values
    return [value if np.isnan(one) else one / 100 for value, one in zip(values, read.tolist(), strict=True)]
