"""Names of months in the languages in which spreadsheets write them.

Whole words and their usual abbreviations, without accents; no word is a month of two numbers. A beginning is
not enough: "Margin" and "Mayor" are none.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian
_NAMES = (
    "jan january januar jaenner janner janvier janv enero ene gennaio gen janeiro januari",
    "feb february februar feber fevrier fevr fev febrero febbraio fevereiro februari",
    "mar march marz maerz mrz mars marzo marco maart mrt marts",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei maj",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august aout aou agosto ago augustus augusti",
    "sep sept september septembre septiembre setiembre set settembre sett setembro",
    "oct october okt oktober octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dez dezember decembre diciembre dic dicembre dezembro des desember",
)
NUMBER_OF = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}


def month_number(word: str) -> int | None:
    """1–12 for the name of a month in any case, with or without accents and a point; None for another."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    )
    return NUMBER_OF.get(plain.lower().removesuffix("."))


def month_numbers(words: Any) -> np.ndarray:
    """``month_number`` of a whole column; 0 for what names no month."""
    plain = pc.utf8_lower(pc.replace_substring_regex(pc.utf8_normalize(words, "NFKD"), r"\p{M}", ""))
    place = pc.index_in(plain, value_set=pa.array(list(NUMBER_OF), words.type))
    known = np.array([*NUMBER_OF.values(), 0], dtype=np.int64)
    return np.take(known, np.asarray(pc.fill_null(place, -1).to_numpy(zero_copy_only=False)))
