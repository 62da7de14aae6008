"""One column read as its kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells import instants, numbers, text, typed
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
    """A column of any Arrow type as the column of the contract; bounds are held, defaults are not filled.

    A cell at fault has no value; the only exception is a number outside its bounds, which is kept.
    """
    usable, faults = _usable(array)
    parsed = _parsed(usable, column, reading)
    return Parsed(parsed.values, (*faults, *parsed.faults), parsed.remarks)


def _usable(array: Any) -> tuple[Any, tuple[Fault, ...]]:
    """The column without the cells of which its source knows that they are no values, and these."""
    faults: tuple[Fault, ...] = ()
    if typed.is_typed(array):
        faults = tuple(Fault(mask, what) for what, mask in typed.faults(array))
        wrong = text.sheet_errors(typed.texts(array))
    elif pa.types.is_dictionary(array.type) and pa.types.is_large_string(array.type.value_type):
        known = text.sheet_errors(array.dictionary)
        wrong = text.mask_of(pc.take(pa.array(known), array.indices))
        array = array.dictionary_decode() if wrong.any() else array
    elif pa.types.is_large_string(array.type):
        wrong = text.sheet_errors(array)
    else:
        return array, ()
    faults += _faults(wrong, text.SHEET_ERROR)
    if not faults:
        return array, ()
    unusable = pa.array(np.logical_or.reduce([fault.mask for fault in faults]))
    return pc.if_else(unusable, pa.nulls(len(array), array.type), array), faults


def _parsed(array: Any, column: Column, reading: Reading) -> Parsed:
    kind = column.kind
    if kind in (Kind.NUMBER, Kind.SHARE, Kind.WHOLE):
        return _number(array, column, reading)
    if kind is Kind.INSTANT:
        values, stamps = instants.instants(array, reading.timezone)
        return _date(values, column, stamps, instants.EXPECTED)
    if kind is Kind.DAY:
        days, timed, stamps = instants.days(array, reading.timezone)
        if column.filled and column.ends:
            days = np.where(stamps.endless, instants.LAST, days)
        parsed = _date(pd.DatetimeIndex(days), column, stamps, instants.EXPECTED_DAY)
        remarks = parsed.remarks + ((_timed_remark(timed),) if timed.any() else ())
        return Parsed(parsed.values, parsed.faults, remarks)
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


def _date(values: Any, column: Column, stamps: instants.Stamps, expected: str) -> Parsed:
    """Dates with what is wrong with them; 9999-12-31 means "no end" where a column ends something."""
    faults = _faults(stamps.bad, expected) + _faults(stamps.two_ways, instants.EXPECTED_ORDER)
    faults += _faults(stamps.far, instants.EXPECTED_NEAR)
    remarks = _serial_remark(stamps)
    if not column.ends:
        return Parsed(values, faults + _faults(stamps.endless, instants.EXPECTED_END), remarks)
    if stamps.endless.any():
        read = "9999-12-31, read as “no end”"
        remarks += (Remark(stamps.endless, f"says {read}", f"say {read}"),)
    return Parsed(values, faults, remarks)


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
    faults += _faults(two_ways, numbers.TWO_WAYS)
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
    if typed.is_typed(array):
        return text.to_pandas(typed.texts(array))
    return pd.Series(array.to_pandas()).array
