"""One column read as its kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells import instants, numbers, text
from vmo_helpers.contract.schema import Column, Kind


@dataclass(frozen=True)
class Reading:
    """What the cells of one file have in common: the portfolio's time zone and how decimals are marked."""

    timezone: str = "UTC"
    decimals: numbers.Decimals = field(default_factory=numbers.Decimals)


@dataclass(frozen=True)
class Fault:
    """Cells that cannot be used, and what was expected of them."""

    mask: np.ndarray
    what: str


@dataclass(frozen=True)
class Remark:
    """Cells that were read by a policy that their owner should know of: ``one`` is said of a single cell,
    ``many`` of several."""

    mask: np.ndarray
    one: str
    many: str


@dataclass(frozen=True)
class Parsed:
    """A column's values, typed as its kind says, with what was wrong and what is worth telling."""

    values: Any
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Remark, ...] = ()


def parse(array: Any, column: Column, reading: Reading) -> Parsed:
    """A column of any Arrow type as the column of the contract; bounds are held, defaults are not filled."""
    kind = column.kind
    if kind in (Kind.NUMBER, Kind.SHARE, Kind.WHOLE):
        return _number(array, column, reading)
    if kind is Kind.INSTANT:
        values, stamps = instants.instants(array, reading.timezone)
        return Parsed(values, _date_faults(stamps, instants.EXPECTED), _serial_remark(stamps))
    if kind is Kind.DAY:
        days, timed, stamps = instants.days(array, reading.timezone)
        remarks = _serial_remark(stamps)
        if timed.any():
            remarks += (_timed_remark(timed),)
        return Parsed(pd.DatetimeIndex(days), _date_faults(stamps, instants.EXPECTED_DAY), remarks)
    if kind is Kind.FLAG:
        flags, bad = text.flags(array)
        return Parsed(flags, _faults(bad, text.EXPECTED_FLAG))
    if kind is Kind.NAME:
        return Parsed(text.names(text.encoded(array)))
    lean = text.strings(array)
    if kind is Kind.WORD and column.words is not None:
        words, bad = text.words(lean, column.words)
        allowed = ", ".join(str(word) for word in column.words)
        return Parsed(text.to_pandas(words), _faults(bad, f"expected one of {allowed}"))
    return Parsed(text.to_pandas(lean))


def empty(column: Column, size: int) -> Any:
    """The values of a column that its source does not have: nothing is known."""
    if column.kind in (Kind.NUMBER, Kind.SHARE, Kind.WHOLE):
        return np.full(size, np.nan)
    if column.kind is Kind.FLAG:
        return text.booleans(pa.nulls(size, pa.bool_()))
    if column.kind in (Kind.INSTANT, Kind.DAY):
        index = pd.DatetimeIndex(np.full(size, np.datetime64("NaT", "us")))
        return index.tz_localize("UTC") if column.kind is Kind.INSTANT else index
    if column.kind is Kind.NAME:
        return text.names(text.encoded(pa.nulls(size, pa.large_string())))
    return text.to_pandas(pa.nulls(size, pa.large_string()))


def _number(array: Any, column: Column, reading: Reading) -> Parsed:
    read = numbers.shares if column.kind is Kind.SHARE else numbers.numbers
    values, bad, two_ways = read(array, reading.decimals)
    expected = numbers.EXPECTED_SHARE if column.kind is Kind.SHARE else numbers.EXPECTED
    faults = _faults(bad, expected)
    faults += _faults(
        two_ways,
        "could be two numbers: is the mark for decimals or for thousands? expected 1234 or 1.234 without "
        "doubt",
    )
    if column.kind is Kind.WHOLE:
        faults += _faults(np.isfinite(values) & (np.floor(values) != values), "expected a whole number")
    outside = np.zeros(len(values), dtype=bool)
    if column.low is not None:
        outside |= values < column.low
    if column.high is not None:
        outside |= values > column.high
    if outside.any():
        faults += (Fault(outside, _bounds(column)),)
    return Parsed(values, faults)


def _bounds(column: Column) -> str:
    if column.kind is Kind.SHARE:
        return numbers.EXPECTED_SHARE
    if column.high is None:
        return f"expected {column.low:g} or more"
    if column.low is None:
        return f"expected {column.high:g} or less"
    return f"expected a number from {column.low:g} to {column.high:g}"


def _faults(mask: np.ndarray, what: str) -> tuple[Fault, ...]:
    return (Fault(mask, what),) if mask.any() else ()


def _date_faults(stamps: instants.Stamps, expected: str) -> tuple[Fault, ...]:
    return _faults(stamps.bad, expected) + _faults(stamps.two_ways, instants.EXPECTED_ORDER)


def _serial_remark(stamps: instants.Stamps) -> tuple[Remark, ...]:
    if not stamps.serial.any():
        return ()
    read = "read as days since 1899-12-30"
    return (
        Remark(
            stamps.serial,
            f"is a spreadsheet's serial number, {read}",
            f"are a spreadsheet's serial numbers, {read}",
        ),
    )


def _timed_remark(timed: np.ndarray) -> Remark:
    taken = "in the portfolio's time zone was taken"
    return Remark(timed, f"names a time of day; its day {taken}", f"name a time of day; their day {taken}")


def filled(values: Any, column: Column) -> Any:
    """The values with the column's default where nothing stands."""
    if column.default is None:
        return values
    if column.kind in (Kind.NUMBER, Kind.SHARE, Kind.WHOLE):
        return np.where(np.isnan(values), float(column.default), values)
    missing = pd.isna(values)
    if not missing.any():
        return values
    return (
        pd.array(values, copy=True).fillna(column.default)
        if column.kind is Kind.FLAG
        else text.to_pandas(
            pc.fill_null(pa.array(values, pa.large_string(), from_pandas=True), str(column.default))
        )
    )


def untouched(array: Any) -> Any:
    """A column that the contract does not know, as pandas holds it."""
    if pa.types.is_large_string(array.type):
        return text.to_pandas(array)
    return pd.Series(array.to_pandas()).array
