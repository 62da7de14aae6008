"""Where texts stand among others: keys are looked up here and nowhere else.

A column of texts is pandas' ``str``, or ``category`` where a log repeats few names; inside both are Arrow
arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Places = npt.NDArray[np.int64]
Short = npt.NDArray[np.int32]
FEW = 4
"""A column that is so many times shorter than the list in which it is looked up is asked for first."""
Codes = npt.NDArray[np.integer[Any]]  # as narrow as they come; widen before you multiply


def text_array(texts: Any) -> Any:
    """A column of texts, or the array behind one, as one Arrow array of large strings."""
    array = pa.array(getattr(texts, "array", texts), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())


def places(column: pd.Series, among: pd.Series) -> Places:
    """Where each text stands in ``among``, the first place of one that stands there twice; −1 where it is
    missing or nowhere."""
    return short_places(column, among).astype(np.int64)


def short_places(column: pd.Series, among: pd.Series) -> Short:
    """As ``places``, in half the memory: to be looked up with, not to be multiplied."""
    known = text_array(among)
    if len(known) and column.isna().all():
        return np.full(len(column), -1, dtype=np.int32)
    if FEW * len(column) < len(known):  # of a long list first what is asked for at all
        asked = pc.is_in(known, value_set=text_array(column), skip_nulls=True)
        at = np.append(np.flatnonzero(asked.to_numpy(zero_copy_only=False)), -1).astype(np.int32)
        here = known.filter(asked)
        return at[_of_each(column, lambda texts: pc.index_in(texts, value_set=here, skip_nulls=True))]
    return _of_each(column, lambda texts: pc.index_in(texts, value_set=known, skip_nulls=True))


def among(column: pd.Series, known: pd.Series | Iterable[str]) -> npt.NDArray[np.bool_]:
    """True where a text is one of the known ones; a missing one is not. (pandas' ``isin`` takes minutes on
    large texts.)"""
    return (
        short_places(column, known if isinstance(known, pd.Series) else pd.Series(list(known), dtype="str"))
        >= 0
    )


def codes(column: pd.Series) -> tuple[Codes, list[str]]:
    """A number for each text, −1 where it is missing, and the text that each number stands for."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), [str(name) for name in column.cat.categories]
    names: list[str] = []

    def encoded(texts: Any) -> Any:
        found = texts.dictionary_encode()
        names.extend(found.dictionary.to_pylist())
        return found.indices

    return _of_each(column, encoded).astype(np.int64), names


def numbers(column: pd.Series) -> Places:
    """As ``codes``, without the texts."""
    return _of_each(column, lambda texts: texts.dictionary_encode().indices).astype(np.int64)


def _of_each(column: pd.Series, say: Callable[[Any], Any]) -> Short:
    """What ``say`` finds for each text (null: −1): asked once a name of a ``category``, else once a run of
    equal texts where runs are long, for logs come grouped more often than not."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.append(_filled(say(text_array(column.cat.categories))), np.int32(-1))[
            column.cat.codes.to_numpy()
        ]
    texts = text_array(column)
    if len(texts) < 2:
        return _filled(say(texts))
    heads = np.ones(len(texts), dtype=bool)
    heads[1:] = pc.fill_null(pc.not_equal(texts.slice(1), texts.slice(0, len(texts) - 1)), True).to_numpy(
        zero_copy_only=False
    )
    if 2 * int(np.count_nonzero(heads)) > len(heads):
        return _filled(say(texts))
    found = _filled(say(texts.filter(pa.array(heads))))
    run = np.cumsum(heads, dtype=np.int32)
    run -= 1
    spread: Short = found[run]
    return spread


def _filled(found: Any) -> Short:
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int32)


def repeated(
    frame: pd.DataFrame, names: list[str], codes: dict[str, Places] | None = None
) -> npt.NDArray[np.bool_]:
    """True where an earlier row has the same values in these columns (empty equals empty)."""
    numbers = [codes[name] if codes and name in codes else _numbered(frame[name]) for name in names]
    if _strictly_sorted(numbers):
        return np.zeros(len(frame), dtype=bool)
    mixed = np.zeros(len(frame), dtype=np.uint64)
    for number in numbers:
        mixed = (mixed ^ number.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    likely = pd.Series(mixed).duplicated(keep=False).to_numpy()
    result = np.zeros(len(frame), dtype=bool)
    if likely.any():  # equal numbers, or two keys whose numbers collide
        result[likely] = frame.loc[likely, names].duplicated().to_numpy()
    return result


def _strictly_sorted(numbers: list[Places]) -> bool:
    """True when rows of one first key stand together and grow from row to row: then none is repeated, as in
    most exports."""
    first, *rest = numbers
    same = first[1:] == first[:-1]
    if not grouped(first, same):
        return False
    grows = np.zeros(len(same), dtype=bool)
    equal = np.ones(len(same), dtype=bool)
    for number in rest:
        grows |= equal & (number[1:] > number[:-1])
        equal &= number[1:] == number[:-1]
    return bool((grows | ~same).all())


def grouped(codes: Codes, same: npt.NDArray[np.bool_] | None = None) -> bool:
    """True when rows of one code (−1 or more) stand together."""
    if len(codes) < 2:
        return True
    same = codes[1:] == codes[:-1] if same is None else same
    lowest = int(codes.min())
    if lowest < -1 or int(codes.max()) > 4 * len(codes) + 1000:
        return False
    return len(codes) - int(np.count_nonzero(same)) == int(np.count_nonzero(np.bincount(codes + 1)))


def _numbered(series: pd.Series) -> Places:
    """A number for each value, the same for the same; empty has its own."""
    if series.dtype in ("str", "category"):
        return numbers(series)
    if series.dtype == "float64":
        return np.asarray((series.fillna(-1.5).to_numpy() + 0.0).view(np.int64))  # + 0.0: minus zero is zero
    if series.dtype == "boolean":
        return np.asarray(series.astype("Int8").fillna(2).to_numpy(), dtype=np.int64)
    return np.asarray(series.to_numpy(dtype="datetime64[us]").view(np.int64))
