"""Where texts stand among others: keys are looked up here and nowhere else.

A column of texts is pandas' ``str``, or ``category`` where a log repeats few names; inside both are Arrow arrays.
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
Codes = npt.NDArray[np.integer[Any]]  # as narrow as they come; widen before you multiply


def text_array(texts: Any) -> Any:
    """A column of texts, or the array behind one, as one Arrow array of large strings."""
    array = pa.array(getattr(texts, "array", texts), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())


def places(column: pd.Series, among: pd.Series) -> Places:
    """Where each text stands in ``among``, the first place of one that stands there twice; −1 where it is missing or nowhere."""
    return short_places(column, among).astype(np.int64)


def short_places(column: pd.Series, among: pd.Series) -> Short:
    """As ``places``, in half the memory: to be looked up with, not to be multiplied."""
    known = text_array(among)
    return _of_each(column, lambda texts: pc.index_in(texts, value_set=known, skip_nulls=True))


def among(column: pd.Series, known: pd.Series | Iterable[str]) -> npt.NDArray[np.bool_]:
    """True where a text is one of the known ones; a missing one is not. (pandas' ``isin`` takes minutes on large texts.)"""
    return short_places(column, known if isinstance(known, pd.Series) else pd.Series(list(known), dtype="str")) >= 0


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
    """What ``say`` finds for each text (null: −1): asked once a name of a ``category``, else once a run of equal texts where runs
    are long, for logs come grouped more often than not."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.append(_filled(say(text_array(column.cat.categories))), np.int32(-1))[column.cat.codes.to_numpy()]
    texts = text_array(column)
    if len(texts) < 2:
        return _filled(say(texts))
    heads = np.ones(len(texts), dtype=bool)
    heads[1:] = pc.fill_null(pc.not_equal(texts.slice(1), texts.slice(0, len(texts) - 1)), True).to_numpy(zero_copy_only=False)
    if 2 * int(np.count_nonzero(heads)) > len(heads):
        return _filled(say(texts))
    found = _filled(say(texts.filter(pa.array(heads))))
    run = np.cumsum(heads, dtype=np.int32)
    run -= 1
    spread: Short = found[run]
    return spread


def _filled(found: Any) -> Short:
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int32)
