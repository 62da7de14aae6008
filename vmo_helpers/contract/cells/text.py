"""Keys, texts, words of a vocabulary and yes/no flags."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells.typed import is_typed, texts, typed
from vmo_helpers.vocabulary import ALIASES

TRUE = ("true", "yes", "1", "1.0", "y", "t")
FALSE = ("false", "no", "0", "0.0", "n", "f")
EXPECTED_FLAG = "expected true or false (also yes/no, 1/0)"
SHEET_ERROR = "is a spreadsheet's error, not a value: mend the formula, or leave the cell empty"
# as English, German, French, Spanish, Italian and Portuguese spreadsheets write them
_SHEET_ERRORS = (
    "#N/A #N/D #NV #REF! #NAME? #VALUE! #DIV/0! #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! "
    "#UNKNOWN! #BUSY! #GETTING_DATA #BEZUG! #WERT! #ZAHL! #LEER! #ÜBERLAUF! #KALK! #NOM? #VALEUR! #NOMBRE! "
    "#NUL! #PROPAGATION! #¡REF! #¿NOMBRE? #¡VALOR! #¡DIV/0! #¡NUM! #¡NULO! #¡DESBORDAMIENTO! #RIF! #NOME? "
    "#VALORE! #NULLO! #VALOR! #NÚM! #NULO!"
)
SHEET_ERRORS = tuple(_SHEET_ERRORS.split())
_PLANES = "".join(rf"\x{{{plane:X}FFFE}}\x{{{plane:X}FFFF}}" for plane in range(1, 17))
_UNSEEN = (
    r"[\x{00}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}\x{7F}-\x{9F}\x{FDD0}-\x{FDEF}\x{FFFE}\x{FFFF}" + _PLANES + "]"
)
"""Control characters and code points that are no characters; blanks, tabs and line ends are none of them."""


def trimmed(array: Any) -> Any:
    """Large strings without surrounding blanks; what is then empty becomes null."""
    if not _needs_trimming(array):
        return array
    lean = pc.utf8_trim_whitespace(array)
    empty = pc.equal(pc.binary_length(lean), 0)
    return pc.if_else(empty, pa.scalar(None, lean.type), lean) if pc.any(empty).as_py() else lean


def _needs_trimming(array: Any) -> bool:
    """False when every cell has a letter and no cell has a blank, or a character beyond ASCII, which might be
    one."""
    _, offsets, data = array.buffers()
    if not len(array) or data is None:
        return bool(array.null_count < len(array))
    ends = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    empty = np.count_nonzero(ends[1:] == ends[:-1])
    letters = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]
    return empty > array.null_count or (len(letters) > 0 and (letters.min() <= 32 or letters.max() >= 127))


def strings(array: Any) -> Any:
    """Any Arrow column as large strings, trimmed: 1001 and 1001.0 as "1001", a midnight as its day, NaN as
    null."""
    kind = array.type
    if is_typed(array):
        return trimmed(texts(array))
    if pa.types.is_dictionary(kind):
        return strings(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_string_view(kind):
        return trimmed(array.cast(pa.large_string()))
    if pa.types.is_large_string(kind):
        return trimmed(array)
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.large_string())
    if pa.types.is_decimal(kind):
        return _decimal_digits(array.cast(pa.large_string()))
    if pa.types.is_floating(kind):
        return _float_digits(array.cast(pa.float64()))
    if pa.types.is_timestamp(kind) and kind.tz is None:
        text = array.cast(pa.large_string())
        return pc.replace_substring_regex(text, r"[ T]00:00:00(\.0+)?$", "")
    return array.cast(pa.large_string())


def _float_digits(array: Any) -> Any:
    array = pc.if_else(pc.is_nan(array), pa.scalar(None, pa.float64()), array)
    whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), 2.0**53))
    digits = pc.if_else(whole, array, pa.scalar(None, pa.float64())).cast(pa.int64()).cast(pa.large_string())
    return pc.if_else(pc.fill_null(whole, False), digits, array.cast(pa.large_string()))


def _decimal_digits(text: Any) -> Any:
    """All digits of decimals, which a float would round, without zeros behind the point."""
    return pc.replace_substring_regex(pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1"), r"\.$", "")


def readable(array: Any) -> tuple[Any, np.ndarray]:
    """The column with U+FFFD for every control character and every code point that is no character, and a
    mask of the cells that had one: drawing a page would end at them, and a terminal obey them."""
    if is_typed(array):
        text, unseen = readable(texts(array))
        if not unseen.any():
            return array, unseen
        return typed(text, pc.struct_field(array, "number"), pc.struct_field(array, "fault")), unseen
    if pa.types.is_dictionary(array.type):
        known, unseen = readable(array.dictionary)
        if not unseen.any():
            return array, np.zeros(len(array), dtype=bool)
        cells = mask_of(pc.take(pa.array(unseen), array.indices))
        return pa.DictionaryArray.from_arrays(array.indices, known).dictionary_decode(), cells
    if not pa.types.is_large_string(array.type) or not _has_odd_bytes(array):
        return array, np.zeros(len(array), dtype=bool)
    unseen = mask_of(pc.match_substring_regex(array, _UNSEEN))
    return (pc.replace_substring_regex(array, _UNSEEN, "\ufffd") if unseen.any() else array), unseen


def _bytes(array: Any) -> np.ndarray:
    """The bytes of all cells of a large string array, one behind the other."""
    _, offsets, data = array.buffers()
    if not len(array) or data is None:
        return np.zeros(0, dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]


def _has_odd_bytes(array: Any) -> bool:
    """False when all cells are printable ASCII."""
    letters = _bytes(array)
    return len(letters) > 0 and bool(letters.min() < 32 or letters.max() >= 127)


def sheet_errors(array: Any) -> np.ndarray:
    """The cells of a text column that are a spreadsheet's error."""
    letters = _bytes(array)
    if not (letters == ord("#")).any():
        return np.zeros(len(array), dtype=bool)
    return mask_of(pc.is_in(array, value_set=pa.array(SHEET_ERRORS, pa.large_string())))


def encoded(array: Any) -> Any:
    """Any Arrow column as texts in codes, trimmed as ``strings`` does it."""
    if pa.types.is_dictionary(array.type) and pa.types.is_large_string(array.type.value_type):
        known = array.dictionary
        if not known.null_count and len(known.unique()) == len(known) and trimmed(known).equals(known):
            return array
    return strings(array).dictionary_encode()


def names(array: Any) -> Any:
    """Texts in codes as pandas' ``category``."""
    known = pd.CategoricalDtype(to_pandas(array.dictionary))
    return pd.Categorical.from_codes(
        pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False), dtype=known
    )


def to_pandas(array: Any) -> Any:
    """A string array as pandas' ``str``."""
    dtype: Any = pd.StringDtype(na_value=np.nan)
    return dtype.__from_arrow__(array)


def booleans(array: Any) -> Any:
    """A boolean array as pandas' nullable ``boolean``."""
    dtype: Any = pd.BooleanDtype()
    return dtype.__from_arrow__(array)


def folded(array: Any) -> Any:
    """Words as vocabularies compare them: lower case, inner blanks and dashes as one underscore."""
    return pc.replace_substring_regex(pc.utf8_lower(trimmed(array)), r"[\s\-_]+", "_")


def words(array: Any, vocabulary: type[StrEnum]) -> tuple[Any, np.ndarray]:
    """The vocabulary's word of each cell (null where there is none) and a mask of the cells that name no word
    of it."""
    if len(array) == 0:
        return array, np.zeros(0, dtype=bool)
    encoded = array.dictionary_encode()
    known = {str(word): str(word) for word in vocabulary} | ALIASES.get(vocabulary, {})
    found = pc.index_in(folded(encoded.dictionary), value_set=pa.array(list(known), pa.large_string()))
    meaning = pc.take(pa.array(list(known.values()), pa.large_string()), found)
    result = pc.take(meaning, encoded.indices)
    bad = pc.and_(pc.is_valid(array), pc.is_null(result))
    return result, mask_of(bad)


def flags(array: Any) -> tuple[Any, np.ndarray]:
    """pandas ``boolean`` values and a mask of the cells that are neither true nor false."""
    if pa.types.is_boolean(array.type):
        return booleans(array), np.zeros(len(array), dtype=bool)
    lower = pc.utf8_lower(strings(array))
    yes = pc.is_in(lower, value_set=pa.array(TRUE, pa.large_string()))
    no = pc.is_in(lower, value_set=pa.array(FALSE, pa.large_string()))
    known = pc.or_(yes, no)
    bad = pc.and_(pc.is_valid(lower), pc.invert(known))
    return booleans(pc.if_else(known, yes, pa.scalar(None, pa.bool_()))), mask_of(bad)


def cast(array: Any, kind: Any) -> Any:
    """The array as another type, or None when a cell cannot be; a sample goes first, for Arrow words every
    failure it meets."""
    size = len(array)
    try:
        for start in (0, size // 2, max(size - 50, 0)):
            pc.cast(array.slice(start, 50), kind)
        return pc.cast(array, kind)
    except pa.ArrowInvalid:
        return None


def mask_of(booleans: Any) -> np.ndarray:
    """An Arrow boolean array as a numpy mask; null is False."""
    return np.asarray(pc.fill_null(booleans, False).to_numpy(zero_copy_only=False), dtype=bool)
