"""Keys, words and flags."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.contract.cells import text
from vmo_helpers.vocabulary import ALIASES, Rag, StateClass


def column(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.large_string())


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([1001, None]), ["1001", None]),
        (pa.array([1001.0, None]), ["1001", None]),
        (pa.array([1001.5, float("nan")]), ["1001.5", None]),
        (pa.array([7, 8]).cast(pa.decimal128(25, 2)), ["7", "8"]),
        (pa.array(["007", " A 1 "]), ["007", "A 1"]),
        (pa.array(["1001.0", ""]), ["1001.0", None]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([None, None]), [None, None]),
        (pa.array(["\u00a0Ä\u00a0", "  "]), ["Ä", None]),
    ],
)
def test_keys_are_texts_and_numeric_ids_their_digits(array: pa.Array, expected: list[str | None]) -> None:
    assert text.strings(array).to_pylist() == expected


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(alphabet=" ab\t\u00a0é", max_size=4)), max_size=20))
def test_trimming_is_what_python_strips(cells: list[str | None]) -> None:
    assert text.strings(column(*cells)).to_pylist() == [(cell or "").strip() or None for cell in cells]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(alphabet=" ab", max_size=4), min_size=3, max_size=20), st.integers(0, 2))
def test_a_slice_of_a_column_is_trimmed_as_the_slice(cells: list[str], start: int) -> None:
    assert text.strings(column(*cells).slice(start)).to_pylist() == [
        cell.strip() or None for cell in cells[start:]
    ]


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("Green ", "green"),
        ("on track", "green"),
        ("🟢", "green"),
        ("G", "green"),
        ("amber-red", "amber_red"),
        ("AT RISK", "amber"),
        ("🔴", "red"),
        ("Yellow", "amber"),
        ("Green/Amber", "green_amber"),
    ],
)
def test_a_status_is_matched_without_case_and_by_its_usual_synonyms(cell: str, word: str) -> None:
    words, bad = text.words(column(cell), Rag)
    assert words.to_pylist() == [word] and not bad.any()


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("Proposed", "backlog"),
        ("In Progress", "active"),
        ("completed", "done"),
        ("Removed", "cancelled"),
        ("ACTIVE", "active"),
    ],
)
def test_a_state_class_knows_the_categories_of_trackers(cell: str, word: str) -> None:
    assert text.words(column(cell), StateClass)[0].to_pylist() == [word]


def test_resolved_must_be_stated_for_it_means_two_things() -> None:
    words, bad = text.words(column("resolved", None, "done"), StateClass)
    assert words.to_pylist() == [None, None, "done"] and bad.tolist() == [True, False, False]


@pytest.mark.parametrize("vocabulary", list(ALIASES))
def test_every_synonym_is_written_as_words_are_compared_and_leads_to_a_word(vocabulary: type) -> None:
    aliases = ALIASES[vocabulary]
    assert text.folded(column(*aliases)).to_pylist() == list(aliases)
    assert set(aliases.values()) <= {str(word) for word in vocabulary}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("true", True),
        ("YES", True),
        ("1", True),
        ("1.0", True),
        ("False", False),
        ("no", False),
        ("0", False),
        (" No ", False),
    ],
)
def test_a_flag_may_be_written_in_several_ways(cell: str, value: bool) -> None:
    flags, bad = text.flags(column(cell))
    assert flags[0] == value and not bad.any()


def test_what_is_no_flag_is_refused_and_an_empty_one_is_not_known() -> None:
    flags, bad = text.flags(column("maybe", None))
    assert bad.tolist() == [True, False] and pd.isna(flags[1])


@pytest.mark.parametrize(
    "array", [pa.array([True, False, None]), pa.array([1, 0, None]), pa.array([1.0, 0.0, None])]
)
def test_typed_flags_are_flags(array: pa.Array) -> None:
    flags, bad = text.flags(array)
    assert flags[0] and not flags[1] and pd.isna(flags[2]) and not bad.any()
