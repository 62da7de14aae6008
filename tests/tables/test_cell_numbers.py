"""Numbers as people write them."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.contract.cells import numbers


def column(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.large_string())


def read(*cells: str | None, commas_likely: bool = False) -> tuple[list[float], list[bool], list[bool]]:
    array = column(*cells)
    values, bad, two = numbers.numbers(array, numbers.convention([array], commas_likely=commas_likely))
    return [None if np.isnan(value) else value for value in values], bad.tolist(), two.tolist()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12.0),
        ("12.5", 12.5),
        ("-3", -3.0),
        ("+3", 3.0),
        ("1e6", 1e6),
        ("1E+06", 1e6),
        (".5", 0.5),
        ("1.0", 1.0),
        ("1.234", 1.234),
        ("1 234 567", 1234567.0),
        ("1'234.50", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("\u22125", -5.0),
        ("1,234,567", 1234567.0),
        ("1,234.56", 1234.56),
        ("0,5", 0.5),
        ("12,75", 12.75),
        ("1.234,56", 1234.56),
        ("1.234.567", 1234567.0),
    ],
)
def test_a_number_with_one_reading_is_read(cell: str, value: float) -> None:
    assert read(cell) == ([value], [False], [False])


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "12x",
        "1,2,3",
        "1.2.3",
        "--1",
        "inf",
        "nan",
        "N/A",
        "EUR 5",
        "(500)",
        "1_000",
        "12,34,567.8",
        "#N/A",
        "-",
    ],
)
def test_what_is_no_number_is_refused(cell: str) -> None:
    assert read("1", cell) == ([1.0, None], [False, True], [False, False])


def test_an_empty_cell_is_not_known_and_no_error() -> None:
    assert read("1", None) == ([1.0, None], [False, False], [False, False])


def test_a_doubtful_comma_is_refused_where_no_other_cell_tells() -> None:
    assert read("7", "1,234") == ([7.0, None], [False, False], [False, True])


def test_among_semicolons_a_doubtful_point_is_refused_too() -> None:
    assert read("7", "1.234", commas_likely=True) == ([7.0, None], [False, False], [False, True])


@pytest.mark.parametrize(
    ("certain", "cell", "value"),
    [
        ("12,5", "1.234", 1234.0),
        ("12,5", "1,234", 1.234),
        ("12.5", "1,234", 1234.0),
        ("12.5", "1.234", 1.234),
        ("1.234,5", "2.500", 2500.0),
    ],
)
def test_the_certain_cells_of_a_file_decide_for_the_doubtful_ones(
    certain: str, cell: str, value: float
) -> None:
    assert read(certain, cell, commas_likely=True)[0][1] == value


def test_where_certain_cells_contradict_each_other_a_doubtful_one_is_refused() -> None:
    values, bad, two = read("12,5", "12.5", "1.234", commas_likely=True)
    assert values == [12.5, 12.5, None]
    assert (bad, two) == ([False] * 3, [False, False, True])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0.7", 0.7),
        ("70 %", 0.7),
        ("70%", 0.7),
        ("7/10", 0.7),
        ("7 / 10", 0.7),
        ("1", 1.0),
        ("12.5 %", 0.125),
    ],
)
def test_a_share_may_be_a_number_a_percentage_or_a_fraction(cell: str, value: float) -> None:
    values, bad, two = numbers.shares(column(cell), numbers.Decimals())
    assert values[0] == pytest.approx(value)
    assert not bad[0] and not two[0]


@pytest.mark.parametrize("cell", ["7/0", "high", "%", "7/ten"])
def test_what_is_no_share_is_refused(cell: str) -> None:
    assert numbers.shares(column(cell), numbers.Decimals())[1][0]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1, 2, None], pa.int16()),
        pa.array([1.0, 2.0, None]),
        pa.array([1, 2, None]).cast(pa.decimal128(25, 2)),
    ],
)
def test_typed_numbers_need_no_reading(array: pa.Array) -> None:
    values, bad, _ = numbers.numbers(array, numbers.Decimals())
    assert values[:2].tolist() == [1.0, 2.0] and np.isnan(values[2]) and not bad.any()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_every_number_that_python_writes_comes_back(written: list[float]) -> None:
    values, bad, two = numbers.numbers(column(*map(repr, written)), numbers.Decimals())
    assert values.tolist() == written
    assert not bad.any() and not two.any()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1, max_size=30))
def test_a_file_with_decimal_commas_and_thousands_reads_as_the_same_file_with_points(
    written: list[float],
) -> None:
    german = [f"{n:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".") for n in written]
    english = [f"{n:,.2f}" for n in written]
    for cells in (german, english):
        assert read(*cells, commas_likely=True) == (
            pytest.approx(written),
            [False] * len(written),
            [False] * len(written),
        )
