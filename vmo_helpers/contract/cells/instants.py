"""Instants and days as people, spreadsheets and databases write them.

ISO 8601 is read at once. Of the other ways, those with one reading are accepted (31.10.2026, 31 Oct 2026, a
spreadsheet's serial number); 10/31/2026 and 31/10/2026 are accepted where the column itself says which of the
two it writes. A day from 1700 to 2261 is a day; 9999-12-31 is how many programs write "no end", and any other
day is none that a portfolio knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells.months import month_numbers
from vmo_helpers.contract.cells.text import cast, mask_of, strings, to_pandas
from vmo_helpers.contract.cells.typed import is_typed

EXPECTED = "expected a day or an instant such as 2026-10-31 or 2026-10-31T18:00:00+01:00"
EXPECTED_DAY = "expected a day such as 2026-10-31"
EXPECTED_NEAR = "lies in a year that no portfolio knows: expected a day from 1700 to 2261, or an empty cell"
EXPECTED_END = f"{EXPECTED_NEAR} (9999-12-31 means “no end”, and this column ends nothing)"
EXPECTED_ORDER = (
    "could be two days; expected 2026-10-31 (no cell of this column tells whether day or month comes first)"
)

_CLOCK = (
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?: "
    r"?(?P<half>[AaPp][Mm]))?)?$"
)
_ZONED = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)? ?([Zz]|UTC|[+-]\d{2}(:?\d{2})?)$"
_LOCAL = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)?$"
_DOTTED = r"^(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})" + _CLOCK
_SLASHED = r"^(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})" + _CLOCK
_NAMED = r"^(?P<day>\d{1,2})\.?[ /-](?P<name>\p{L}{3,10})\.?[ /-](?P<year>\d{4})" + _CLOCK
_NAME_FIRST = r"^(?P<name>\p{L}{3,10})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _CLOCK
_YEAR_SLASHED = r"^(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})" + _CLOCK
_COMPACT = r"^(?P<year>(?:19|20)\d{2}|9999)(?P<month>\d{2})(?P<day>\d{2})$"
_SERIAL = r"^[2-7]\d{4}([.,]\d+)?$"
_LIKELY = r"^\p{L}{0,10}\.?[ ,]*\d"
_SERIAL_START = np.datetime64("1899-12-30", "us")
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # 1954-10-03 and 2119-01-10
_NONE = np.datetime64("NaT", "us")
FIRST, LAST = np.datetime64("1700-01-01", "us"), np.datetime64("2261-12-31", "us")
"""The days that can be read. Nanoseconds, in which some charts count, end in April 2262."""
_BEYOND = LAST + np.timedelta64(1, "D")
# 9999-12-31 in some zone of the world, written as UTC
_ENDLESS = np.datetime64("9999-12-30T10:00", "us")


@dataclass(frozen=True)
class Stamps:
    """``local``: wall-clock times in the portfolio's zone (naive); ``utc``: instants that came with an
    offset. ``endless``: cells that say 9999-12-31; ``far``: cells of years that cannot be used. Neither has a
    time."""

    local: np.ndarray
    utc: np.ndarray
    bad: np.ndarray
    two_ways: np.ndarray
    serial: np.ndarray
    endless: np.ndarray
    far: np.ndarray


def instants(array: Any, timezone: str) -> tuple[pd.DatetimeIndex, Stamps]:
    """UTC instants in microseconds; a time without offset is the portfolio's, a bare day its start."""
    stamps = read(array)
    utc = pd.DatetimeIndex(stamps.utc).tz_localize("UTC")
    if not np.isnat(stamps.local).all():
        utc = utc.where(~np.isnat(stamps.utc), at_zone(stamps.local, timezone))
    return utc.as_unit("us"), stamps


def days(array: Any, timezone: str) -> tuple[np.ndarray, np.ndarray, Stamps]:
    """Midnights of the days in the portfolio's zone, a mask of the cells that named a time of day, and the
    stamps."""
    stamps = read(array)
    local = stamps.local
    if not np.isnat(stamps.utc).all():
        zoned = (
            pd.DatetimeIndex(stamps.utc).tz_localize("UTC").tz_convert(ZoneInfo(timezone)).tz_localize(None)
        )
        local = np.where(np.isnat(stamps.utc), local, zoned.as_unit("us").to_numpy())
    midnight = local.astype("datetime64[D]").astype("datetime64[us]")
    return midnight, ~np.isnat(local) & (midnight != local), stamps


def at_zone(local: np.ndarray, timezone: str) -> pd.DatetimeIndex:
    """Wall-clock times as UTC: the earlier of two equal times in autumn, the first instant after the gap in
    spring."""
    index = pd.DatetimeIndex(local)
    if timezone == "UTC":
        return index.tz_localize("UTC").as_unit("us")
    zoned = index.tz_localize(
        ZoneInfo(timezone), ambiguous=np.ones(len(index), dtype=bool), nonexistent="shift_forward"
    )
    return zoned.tz_convert("UTC").as_unit("us")


def read(array: Any) -> Stamps:
    """A column of any Arrow type as wall-clock times and instants."""
    local, utc, bad, two_ways, serial = _read(strings(array) if is_typed(array) else array)
    endless, far = np.zeros(len(local), dtype=bool), np.zeros(len(local), dtype=bool)
    for stamps in (local, utc):
        outside = (stamps < FIRST) | (stamps >= _BEYOND)
        if outside.any():
            without_end = stamps >= (_ENDLESS if stamps is utc else np.datetime64("9999-12-31", "us"))
            endless, far = endless | without_end, far | (outside & ~without_end)
    if endless.any() or far.any():
        local, utc = (np.where(endless | far, _NONE, stamps) for stamps in (local, utc))
    return Stamps(local, utc, bad, two_ways, serial, endless, far)


_Read = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _read(array: Any) -> _Read:
    """Times without an offset, instants with one, unreadable cells, doubtful cells, serial numbers."""
    size = len(array)
    none = np.full(size, _NONE)
    no = np.zeros(size, dtype=bool)
    kind = array.type
    if pa.types.is_null(kind):
        return (none, none, no, no, no)
    if pa.types.is_timestamp(kind):
        values = _microseconds(array, kind.unit)
        return (none, values, no, no, no) if kind.tz else (values, none, no, no, no)
    if pa.types.is_date(kind):
        return (_microseconds(array, "D" if pa.types.is_date32(kind) else "ms"), none, no, no, no)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = np.asarray(array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        return _serials(numbers)
    if not pa.types.is_large_string(kind):
        return (none, none, mask_of(pc.is_valid(array)), no, no)
    zoned_first = bool(len(array)) and any(_looks_zoned(cell) for cell in array[:8].to_pylist())
    quick = cast(array, pa.timestamp("us", "UTC" if zoned_first else None))
    if quick is None:
        return _odd(array)
    values = quick.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
    return (none, values, no, no, no) if zoned_first else (values, none, no, no, no)


def _microseconds(array: Any, unit: str) -> np.ndarray:
    """Dates and times that a source typed; those beyond any calendar stay beyond, and do not overflow."""
    counts = array.cast(pa.int32()).cast(pa.int64()) if unit == "D" else array.cast(pa.int64())
    empty = mask_of(pc.is_null(counts))
    values = np.asarray(pc.fill_null(counts, 0).to_numpy(zero_copy_only=False), dtype=np.int64)
    if unit != "ns":  # nanoseconds cannot say a day that microseconds cannot
        before, beyond, end = (
            stamp.astype(f"datetime64[{unit}]").astype(np.int64)
            for stamp in (FIRST - np.timedelta64(1, "D"), _BEYOND, np.datetime64("9999-12-31T23:59:59", "us"))
        )
        values = np.where(values > end, beyond, np.maximum(values, before))
    return np.where(empty, _NONE, values.astype(f"datetime64[{unit}]").astype("datetime64[us]"))


def _looks_zoned(cell: str | None) -> bool:
    return cell is not None and len(cell) > 10 and (cell[-1] in "Zz" or "+" in cell or "-" in cell[10:])


def _serials(numbers: np.ndarray) -> _Read:
    inside = (numbers >= FIRST_SERIAL) & (numbers < LAST_SERIAL)
    seconds = np.round(np.where(inside, numbers, 0.0) * 86_400.0)
    local = np.where(inside, _SERIAL_START + (seconds * 1e6).astype("timedelta64[us]"), _NONE)
    none = np.full(len(numbers), _NONE)
    return (local, none, ~np.isnan(numbers) & ~inside, np.zeros(len(numbers), dtype=bool), inside)


def _odd(array: Any) -> _Read:
    """Each cell by its own form; only what the quick ways could not read comes here."""
    size = len(array)
    local, utc = np.full(size, _NONE), np.full(size, _NONE)
    serial, two_ways = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    left = np.flatnonzero(mask_of(pc.match_substring_regex(array, _LIKELY)))

    def take(pattern: str) -> tuple[Any, np.ndarray]:
        """The cells of this form among those left, and where they stand; they are left no more."""
        nonlocal left
        among = array.take(pa.array(left))
        fits = mask_of(pc.match_substring_regex(among, pattern))
        here, left = left[fits], left[~fits]
        return among.filter(pa.array(fits)), here

    cells, here = take(_ZONED)
    if len(here):
        cells = pc.replace_substring_regex(cells, r" ?([Zz]|UTC)$", "Z")
        utc[here] = _iso(pc.replace_substring_regex(cells, " ([+-])", r"\1"), utc=True)
    cells, here = take(_LOCAL)
    if len(here):
        local[here] = _iso(cells, utc=False)
    cells, here = take(_SERIAL)
    if len(here):
        numbers = pc.cast(pc.replace_substring(cells, ",", "."), pa.float64())
        local[here], serial[here] = _serials(numbers.to_numpy(zero_copy_only=False))[0], True
    for pattern in (_DOTTED, _NAMED, _NAME_FIRST, _YEAR_SLASHED, _COMPACT):
        cells, here = take(pattern)
        if len(here):
            local[here] = _stamp(_parts(cells, pattern))
    cells, here = take(_SLASHED)
    if len(here):
        local[here], two_ways[here] = _slashed(_parts(cells, _SLASHED))
    bad = mask_of(pc.is_valid(array)) & np.isnat(local) & np.isnat(utc) & ~two_ways
    return (local, utc, bad, two_ways, serial)


def _iso(text: Any, *, utc: bool) -> np.ndarray:
    series = pd.Series(to_pandas(pc.replace_substring(text, ",", ".")))
    parsed = pd.to_datetime(series, errors="coerce", format="ISO8601", utc=utc)
    naive = parsed.dt.tz_localize(None) if utc else parsed
    return np.asarray(naive.dt.as_unit("us").to_numpy(), dtype="datetime64[us]")


def _parts(cells: Any, pattern: str) -> dict[str, np.ndarray]:
    """The whole numbers that a pattern names in each cell; a clock that is not there is midnight."""
    found = pc.extract_regex(cells, pattern)
    parts: dict[str, np.ndarray] = {
        name: np.zeros(len(cells), dtype=np.int64) for name in ("hour", "minute", "second", "half")
    }
    for field in found.type:
        part = found.field(field.name)
        if field.name == "name":
            parts["month"] = month_numbers(part)
        elif field.name == "half":
            parts["half"] = _place(part, ("", "am", "pm"))
        else:
            filled = pc.if_else(pc.equal(pc.binary_length(part), 0), pa.scalar("0", part.type), part)
            parts[field.name] = filled.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return parts


def _place(words: Any, known: tuple[str, ...]) -> np.ndarray:
    found = pc.index_in(pc.utf8_lower(words), value_set=pa.array(known, words.type))
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _stamp(parts: dict[str, np.ndarray]) -> np.ndarray:
    """Wall-clock times of year, month, day and clock; NaT where there is no such day or time."""
    month, day, hour, minute, second, half = (
        parts[name] for name in ("month", "day", "hour", "minute", "second", "half")
    )
    valid = (month >= 1) & (month <= 12) & (day >= 1) & (minute < 60) & (second < 60)
    valid &= np.where(half > 0, (hour >= 1) & (hour <= 12), hour < 24)
    hour = np.where(half == 0, hour, hour % 12 + np.where(half == 2, 12, 0))
    first = (parts["year"] * 12 + np.where(valid, month, 1) - 1 - 1970 * 12).astype("datetime64[M]")
    date = first.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    valid &= date.astype("datetime64[M]") == first
    return np.where(
        valid,
        date.astype("datetime64[us]") + ((hour * 60 + minute) * 60 + second).astype("timedelta64[s]"),
        _NONE,
    )


def _slashed(parts: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Day or month first, as the cells with a number over 12 tell; without any, or with both, each doubtful
    cell is refused."""
    day_first, month_first = _stamp(parts), _stamp(parts | {"day": parts["month"], "month": parts["day"]})
    only_day, only_month = (
        ~np.isnat(day_first) & np.isnat(month_first),
        np.isnat(day_first) & ~np.isnat(month_first),
    )
    same = (day_first == month_first) & ~np.isnat(day_first)
    none = np.zeros(len(day_first), dtype=bool)
    if only_day.any() and not only_month.any():
        return day_first, none
    if only_month.any() and not only_day.any():
        return month_first, none
    certain = np.where(only_day | same, day_first, np.where(only_month, month_first, _NONE))
    return certain, ~np.isnat(day_first) & ~np.isnat(month_first) & ~same
