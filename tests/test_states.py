"""Which row of states holds."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.portfolio.board import QUALIFIERS, board, kinds_of, resolve

WORDS = [None, "a", "b"]
row = st.tuples(st.sampled_from(["s", "t"]), *(st.sampled_from(WORDS) for _ in QUALIFIERS))


def frame(rows: list[tuple[str | None, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["state", *QUALIFIERS], dtype="str")


@settings(deadline=None, max_examples=60)
@given(st.lists(row, max_size=6, unique=True))
def test_the_row_with_most_matching_columns_holds_and_an_equal_one_is_a_tie(
    states: list[tuple[str | None, ...]],
) -> None:
    combinations = [("s", *rest) for rest in itertools.product("ab", repeat=3)] + [("u", "a", "a", "a")]
    found = resolve(frame(states), frame(combinations))
    for place, wanted in enumerate(combinations):
        fits = [
            (sum(value is not None for value in stated[1:]), -number)
            for number, stated in enumerate(states)
            if stated[0] == wanted[0]
            and all(value in (None, other) for value, other in zip(stated[1:], wanted[1:], strict=True))
        ]
        fits.sort(reverse=True)
        assert found["place"].iloc[place] == (-fits[0][1] if fits else -1)
        assert found["tie"].iloc[place] == (-fits[1][1] if len(fits) > 1 and fits[1][0] == fits[0][0] else -1)


LEVELS, TYPES, STREAMS = [None, "epic", "feature"], [None, "feature", "debt", "risk"], [None, "V", "W", "X"]
bound = st.tuples(
    st.sampled_from(["Todo", "Doing", "Done"]),
    st.sampled_from(LEVELS),
    st.sampled_from(TYPES[:3]),
    st.sampled_from(STREAMS[:3]),
)
told = st.tuples(st.sampled_from(LEVELS[:2]), st.sampled_from(TYPES), st.sampled_from(STREAMS))


def states_of(rows: list[tuple[str | None, ...]]) -> pd.DataFrame:
    given_to = frame(rows).assign(
        position=[float(place) for place in range(len(rows))], wip_limit=None, is_gate=None
    )
    given_to["class"] = pd.Series(["active"] * len(rows), dtype="str")
    for name in ("portfolio_stage", "function", "layer", "owner"):
        given_to[name] = pd.Series([None] * len(rows), dtype="str")
    return given_to.set_index(pd.RangeIndex(2, len(rows) + 2, name="row"))


@settings(deadline=None, max_examples=80)
@given(
    st.one_of(st.lists(bound, max_size=1), st.lists(bound, min_size=3, max_size=9, unique=True)),
    st.lists(told, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 3)), min_size=4, max_size=12),
    st.booleans(),
)
def test_each_move_is_held_by_the_row_that_says_most_of_its_item(
    rows: list, items: list, moves: list, coded: bool
) -> None:
    names = ["Doing", "Nowhere", "Done", "Todo"]
    work = pd.DataFrame(items, columns=list(QUALIFIERS), dtype="str")
    if coded:
        work = work.astype({"value_stream_id": "category"})
    moves = [(item, name) for item, name in moves if item < len(items)]
    the_board = board(states_of(rows), "epic")
    found = the_board.rows_for(
        np.array([name for _, name in moves], dtype=np.int8),
        names,
        np.array([item for item, _ in moves], dtype=np.int32),
        work,
    )
    mine = [
        row for row in rows if row[1] in (None, "epic")
    ]  # the rows of the board, in the order of the file
    for (item, name), place in zip(moves, found, strict=True):
        _, kind, stream = items[item]
        best, most = -1, -1
        for number, (state, *words) in enumerate(mine):
            fits = (
                name >= 0 and state == names[name] and words[1] in (None, kind) and words[2] in (None, stream)
            )
            said = sum(word is not None for word in words)
            if fits and said > most:
                best, most = number, said
        assert place == best


@settings(deadline=None, max_examples=60)
@given(st.lists(bound, max_size=6, unique=True), st.lists(told, max_size=8))
def test_items_are_of_one_kind_where_no_row_of_states_tells_them_apart(rows: list, items: list) -> None:
    named = [{row[place] for row in rows} - {None} for place in (1, 2, 3)]
    kind, kinds = kinds_of(pd.DataFrame(items, columns=list(QUALIFIERS), dtype="str"), frame(rows))
    seen = [
        tuple(word if word in words else None for word, words in zip(item, named, strict=True))
        for item in items
    ]
    listed = [
        tuple(None if pd.isna(word) else word for word in row)
        for row in kinds[list(QUALIFIERS)].itertuples(index=False)
    ]
    assert [listed[number] for number in kind] == seen
    assert sorted(map(str, listed)) == sorted(map(str, set(seen) or {(None, None, None)}))
