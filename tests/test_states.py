"""Which row of states holds."""

import itertools

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.states import QUALIFIERS, resolve

WORDS = [None, "a", "b"]
row = st.tuples(st.sampled_from(["s", "t"]), *(st.sampled_from(WORDS) for _ in QUALIFIERS))


def frame(rows: list[tuple[str | None, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["state", *QUALIFIERS], dtype="str")


@settings(deadline=None, max_examples=60)
@given(st.lists(row, max_size=6, unique=True))
def test_the_row_with_most_matching_columns_holds_and_an_equal_one_is_a_tie(states: list[tuple[str | None, ...]]) -> None:
    combinations = [("s", *rest) for rest in itertools.product("ab", repeat=3)] + [("u", "a", "a", "a")]
    found = resolve(frame(states), frame(combinations))
    for place, wanted in enumerate(combinations):
        fits = [
            (sum(value is not None for value in stated[1:]), -number)
            for number, stated in enumerate(states)
            if stated[0] == wanted[0] and all(value in (None, other) for value, other in zip(stated[1:], wanted[1:], strict=True))
        ]
        fits.sort(reverse=True)
        assert found["place"].iloc[place] == (-fits[0][1] if fits else -1)
        assert found["tie"].iloc[place] == (-fits[1][1] if len(fits) > 1 and fits[1][0] == fits[0][0] else -1)
