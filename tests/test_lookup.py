"""Where texts stand among others: whatever a column is made of, as a dictionary says it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.lookup import among, codes, numbers, places, short_places

WORDS = ["", " ", "a", "A", "b", "ä", "a b", "007", "7"]
Cells = list[str | None]
words = st.one_of(st.sampled_from([None, *WORDS]), st.sampled_from([None, "a", "b"]))
runs = st.lists(st.tuples(words, st.integers(1, 9)), min_size=2, max_size=6).map(
    lambda parts: [word for word, count in parts for _ in range(count)]
)
columns = st.one_of(st.lists(words, max_size=3), st.lists(words, min_size=8, max_size=20), runs)
quick = settings(deadline=None, max_examples=80)


def series(cells: Cells, kind: str, unused: list[str]) -> pd.Series:
    """The cells as a column, with rows that are no count from 0; a category's words also in another order,
    and some unused."""
    index = pd.RangeIndex(2, len(cells) + 2, name="row")
    if kind == "str":
        return pd.Series(cells, dtype="str", index=index)
    known = pd.Index(
        sorted({*unused, *(cell for cell in cells if cell is not None)}, reverse=True), dtype="str"
    )
    return pd.Series(pd.Categorical(cells, categories=known), index=index)


kinds = st.sampled_from(["str", "category"])
some = st.lists(st.sampled_from(WORDS), max_size=3)


@quick
@given(
    columns,
    st.one_of(st.lists(words, max_size=2), st.lists(words, min_size=4, max_size=9)),
    kinds,
    kinds,
    some,
)
def test_a_text_stands_where_it_stands_first_and_a_missing_one_nowhere(
    cells: Cells, known: Cells, one: str, two: str, more: list
) -> None:
    first: dict[str, int] = {}
    for place, word in enumerate(known):
        if word is not None:
            first.setdefault(word, place)
    column, home = series(cells, one, more), series(known, two, more)
    expected = [-1 if cell is None else first.get(cell, -1) for cell in cells]
    assert places(column, home).tolist() == short_places(column, home).tolist() == expected
    assert places(column, home).dtype == np.int64
    assert among(column, home).tolist() == [place >= 0 for place in expected]
    said = [word for word in known if word is not None]
    assert (
        among(column, said).tolist()
        == among(column, (word for word in said)).tolist()
        == [place >= 0 for place in expected]
    )


@quick
@given(columns, kinds, some, st.integers(0, 5))
def test_codes_lead_back_to_the_texts_and_equal_texts_have_one_code(
    cells: Cells, kind: str, more: list, start: int
) -> None:
    for column, left in (
        (series(cells, kind, more), cells),
        (series(cells, kind, more).iloc[start:], cells[start:]),
    ):
        code, names = codes(column)
        assert [None if number < 0 else names[number] for number in code] == left
        assert len(set(names)) == len(names) and set(names) >= {cell for cell in left if cell is not None}
        number = numbers(column).tolist()
        assert [place >= 0 for place in number] == [cell is not None for cell in left]
        assert len(set(zip(number, left, strict=True))) == len(set(number)) == len(set(left))


@pytest.mark.parametrize("kind", ["str", "category"])
def test_a_column_without_rows_or_without_texts_has_no_places(kind: str) -> None:
    for cells in ([], [None], [None, None, None]):
        column = series(list(cells), kind, [])
        assert places(column, pd.Series(["a"], dtype="str")).tolist() == [-1] * len(cells)
        assert places(pd.Series(["a"], dtype="str"), column).tolist() == [-1]
        assert codes(column)[0].tolist() == [-1] * len(cells) and codes(column)[1] == []
        assert among(column, []).tolist() == [False] * len(cells)
