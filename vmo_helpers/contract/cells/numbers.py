"""Numbers as people and spreadsheets write them.

A point or a comma may mark the decimals, so a cell such as ``1.234`` or ``1,234`` has two readings. The cells
of one file whose reading is certain (``0,5``, ``1.234,56``, ``12.75``) decide for the others; where none
does, ``1.234`` is a decimal in a file whose cells are not separated by semicolons, and every other doubtful
cell is refused. Where certain cells contradict each other every doubtful one is refused. A cell that its
source typed as a number has one reading and tells nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells.text import cast, mask_of, strings
from vmo_helpers.contract.cells.typed import is_typed, texts, typed, typed_numbers

POINT, COMMA = ".", ","
EXPECTED = "expected a number such as 1200 or 1200.50"
TWO_WAYS = (
    "could be two numbers: is the mark for decimals or for thousands? expected 1234 or 1.234 without doubt"
)
EXPECTED_SHARE = "expected a share from 0 to 1 (0.7, 70 % or 7/10)"

_BLANKS = "[ \u00a0\u2009\u202f'\u2019]"
_BLANK_GROUPS = rf"^[+-]?\d{{1,3}}({_BLANKS}\d{{3}})+([.,]\d+)?$"
_EXPONENT = r"([eE][+-]?\d+)?"
_LIKELY = rf"^[+-]?[\d.,]([\d.,]|{_BLANKS})*{_EXPONENT}$"
_DOUBTFUL = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_PLAIN = rf"^[+-]?(\d+\.?\d*|\.\d+){_EXPONENT}$"
_POINT_GROUPS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$"
_COMMA_PLAIN = rf"^[+-]?(\d+,\d*|,\d+){_EXPONENT}$"
_COMMA_GROUPS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$"


@dataclass(frozen=True)
class Decimals:
    """How a file marks decimals. ``mark`` None: its cells do not tell, and a doubtful one is refused.
    ``certain``: they do."""

    mark: str | None = POINT
    certain: bool = False


def convention(columns: Iterable[Any], *, commas_likely: bool) -> Decimals:
    """The decimal mark that the certain cells of a file's number columns use, all of them together."""
    written = [text for column in columns if (text := _written(column)) is not None]
    if not commas_likely and not any(pc.any(pc.match_substring(text, COMMA)).as_py() for text in written):
        return Decimals(POINT)
    points = commas = False
    for text in written:
        by_point, by_comma = _certain(text)
        points, commas = points or by_point, commas or by_comma
    if points and commas:
        return Decimals(None)
    if commas:
        return Decimals(COMMA, certain=True)
    if points or not commas_likely:
        return Decimals(POINT, certain=points)
    return Decimals(None)


def _written(column: Any) -> Any | None:
    """The cells of a column that were written as texts; None where its source typed them all."""
    if is_typed(column):
        return texts(column).filter(pa.array(np.isnan(typed_numbers(column))))
    return column if pa.types.is_large_string(column.type) and len(column) else None


def _certain(column: Any) -> tuple[bool, bool]:
    """Whether some cell can only be read with a decimal point, and some only with a decimal comma."""
    text = _likely(pc.replace_substring_regex(column, r"\s*%$", ""))[0]
    certain = pc.invert(pc.match_substring_regex(text, _DOUBTFUL))
    decimal_point = pc.or_(
        pc.and_(pc.match_substring_regex(text, _PLAIN), pc.match_substring(text, POINT)),
        pc.and_(pc.match_substring_regex(text, _POINT_GROUPS), pc.match_substring(text, COMMA)),
    )
    decimal_comma = pc.or_(
        pc.match_substring_regex(text, _COMMA_PLAIN),
        pc.and_(pc.match_substring_regex(text, _COMMA_GROUPS), pc.match_substring(text, POINT)),
    )
    point_alone = pc.and_(certain, pc.and_(decimal_point, pc.invert(decimal_comma)))
    comma_alone = pc.and_(certain, pc.and_(decimal_comma, pc.invert(decimal_point)))
    return bool(pc.any(point_alone).as_py()), bool(pc.any(comma_alone).as_py())


def numbers(array: Any, decimals: Decimals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """float64 values, a mask of the cells that are no number, and a mask of those that could be two
    numbers."""
    if is_typed(array):
        return _each(numbers, array, decimals)
    if not pa.types.is_large_string(array.type):
        return _typed(array)
    if decimals.mark == POINT:
        quick = cast(array, pa.float64())
        if quick is not None:
            values = quick.to_numpy(zero_copy_only=False)
            bad = np.isinf(values) | (np.isnan(values) & mask_of(pc.is_valid(array)))
            return np.where(bad, np.nan, values), bad, np.zeros(len(values), dtype=bool)
    return _odd(array, decimals)


Read = Callable[[Any, Decimals], tuple[np.ndarray, np.ndarray, np.ndarray]]


def _each(read: Read, array: Any, decimals: Decimals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A column of typed cells: what was typed as a number is that number, the texts are read."""
    known = typed_numbers(array)
    there = ~np.isnan(known)
    texts_alone = pc.if_else(pa.array(there), pa.scalar(None, pa.large_string()), texts(array))
    values, bad, two_ways = read(texts_alone, decimals)
    values = np.where(there, known, values)
    return np.where(np.isinf(values), np.nan, values), bad | np.isinf(values), two_ways


def _typed(array: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    none = np.zeros(len(array), dtype=bool)
    kind = array.type
    if pa.types.is_null(kind):
        return np.full(len(array), np.nan), none, none
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        values = np.asarray(
            array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype="float64"
        )
        return np.where(np.isinf(values), np.nan, values), np.isinf(values), none
    return np.full(len(array), np.nan), mask_of(pc.is_valid(array)), none


def _likely(array: Any) -> tuple[Any, np.ndarray]:
    """The cells that look like numbers at all, without blanks between their digits, and where they stand."""
    text = pc.replace_substring(array, "\u2212", "-")  # the typographic minus
    likely = mask_of(pc.match_substring_regex(text, _LIKELY))
    text = text.filter(pa.array(likely))
    grouped = pc.match_substring_regex(text, _BLANK_GROUPS)
    if pc.any(grouped).as_py():
        text = pc.if_else(grouped, pc.replace_substring_regex(text, _BLANKS, ""), text)
    return text, likely


def _odd(array: Any, decimals: Decimals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    text, likely = _likely(array)
    doubtful = mask_of(pc.match_substring_regex(text, _DOUBTFUL))
    with_point = mask_of(pc.match_substring(text, POINT))
    by_point = mask_of(
        pc.or_(pc.match_substring_regex(text, _PLAIN), pc.match_substring_regex(text, _POINT_GROUPS))
    )
    by_comma = mask_of(
        pc.or_(pc.match_substring_regex(text, _COMMA_PLAIN), pc.match_substring_regex(text, _COMMA_GROUPS))
    )
    no = np.zeros(len(text), dtype=bool)
    if decimals.mark == COMMA:
        point, comma = no, doubtful
    elif decimals.mark == POINT:
        point, comma = doubtful if decimals.certain else doubtful & with_point, no
    else:
        point, comma = no, no
    unclear = doubtful & ~point & ~comma
    point = point | (~doubtful & by_point)
    comma = (comma | (~doubtful & by_comma)) & ~point
    plain = pc.if_else(
        pa.array(point),
        pc.replace_substring(text, COMMA, ""),
        pc.if_else(
            pa.array(comma),
            pc.replace_substring(pc.replace_substring(text, POINT, ""), COMMA, POINT),
            pa.scalar(None, text.type),
        ),
    )
    read = pc.cast(pc.replace_substring_regex(plain, r"^\+", ""), pa.float64()).to_numpy(zero_copy_only=False)
    values, two = np.full(len(array), np.nan), np.zeros(len(array), dtype=bool)
    values[likely] = np.where(np.isfinite(read), read, np.nan)
    two[likely] = unclear
    return values, mask_of(pc.is_valid(array)) & np.isnan(values) & ~two, two


def shares(array: Any, decimals: Decimals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As ``numbers``, and "70 %" and "7/10" as 0.7."""
    if is_typed(array):
        return _each(shares, array, decimals)
    if not pa.types.is_large_string(array.type):
        return _typed(array)
    percent = pc.match_substring_regex(array, r"^[+-]?[\d.,]+\s*%$")
    ratio = pc.match_substring_regex(array, r"^\d+([.,]\d+)?\s*/\s*\d+([.,]\d+)?$")
    if not pc.any(pc.or_(percent, ratio)).as_py():
        return numbers(array, decimals)
    top = pc.replace_substring_regex(array, r"\s*(%|/.*)$", "")
    bottom = pc.if_else(
        ratio, pc.replace_substring_regex(array, r"^.*/\s*", ""), pa.scalar("1", pa.large_string())
    )
    values, bad, two = numbers(top, decimals)
    below, bad_below, two_below = numbers(bottom, decimals)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = np.where(mask_of(percent), values / 100.0, values / np.where(np.isnan(below), 1.0, below))
    bad = bad | bad_below | np.isinf(quotient) | (mask_of(ratio) & np.isnan(quotient))
    return np.where(bad, np.nan, quotient), bad, two | two_below


def as_strings(array: Any) -> Any:
    """A column as large strings where it is text at all; typed columns and typed cells stay typed."""
    kind = array.type
    if is_typed(array):
        return typed(strings(array), pc.struct_field(array, "number"), pc.struct_field(array, "fault"))
    if pa.types.is_dictionary(kind):
        return as_strings(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return strings(array)
    return array
