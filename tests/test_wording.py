"""Numbers, days and money as people say them."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmo_helpers.style import wording


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.41, "41 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.004, "under 1 %"),
        (0.999, "over 99 %"),
        (-0.05, "−5 %"),
        (1.5, "150 %"),
        (None, "unknown"),
    ],
)
def test_a_share_is_said_in_whole_percent_and_never_as_nothing_or_all_when_it_is_neither(
    share: float | None, said: str
) -> None:
    assert wording.percent(share) == said


@pytest.mark.parametrize(
    ("share", "line", "said"),
    [(0.7996, 0.8, "79.96 %"), (0.796, 0.8, "79.6 %"), (0.79, 0.8, "79 %"), (0.8, 0.8, "80 %")],
)
def test_a_share_under_a_line_never_reads_as_the_line(share: float, line: float, said: str) -> None:
    assert wording.percent_beside(share, line) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (9_100_000, "EUR 9.1 M"),
        (410_000, "EUR 410 k"),
        (999_960, "EUR 1 M"),
        (4_550, "EUR 4.5 k"),
        (2.3e9, "EUR 2.3 bn"),
        (-12.4e6, "EUR −12.4 M"),
        (0, "EUR 0"),
        (950.4, "EUR 950"),
        (float("nan"), "unknown"),
    ],
)
def test_money_is_said_with_two_digits_that_count(amount: float, said: str) -> None:
    assert wording.money(amount, "EUR") == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (212.3, "212 days"),
        (6.34, "6.3 days"),
        (1.0, "1 day"),
        (0.98, "1 day"),
        (0.634, "15 hours"),
        (0.01, "14 minutes"),
        (0, "0 days"),
        (0.0001, "under a minute"),
        (-3.0, "−3 days"),
        (None, "unknown"),
    ],
)
def test_a_stretch_of_time_is_said_in_the_unit_that_fits_it(length: float | None, said: str) -> None:
    assert wording.days(length) == said


def test_a_day_is_said_without_its_year_unless_the_year_is_news() -> None:
    assert wording.day("2026-03-14") == "14 March"
    assert wording.day(pd.Timestamp("2026-03-14T23:00Z"), year=True) == "14 March 2026"
    assert wording.day("2025-12-01", beside="2026-03-14") == "1 December 2025"
    assert wording.day(dt.date(2026, 3, 14), beside="2026-10-31") == "14 March"
    assert wording.day(pd.NaT) == "unknown"  # type: ignore[arg-type]


def test_a_range_says_what_both_ends_share_only_once() -> None:
    assert wording.between(0.28, 0.54, wording.percent) == "between 28 and 54 %"
    assert (
        wording.between(2e6, 3.5e6, lambda amount: wording.money(amount, "EUR")) == "between EUR 2 and 3.5 M"
    )
    assert (
        wording.between(4e5, 3.5e6, lambda amount: wording.money(amount, "EUR"))
        == "between EUR 400 k and 3.5 M"
    )
    assert wording.between(12, 20, wording.days) == "between 12 and 20 days"
    assert wording.between(12.1, 12.2, wording.days) == "about 12 days"


def test_a_list_ends_in_and_or_in_the_number_of_the_rest() -> None:
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b"]) == "a and b"
    assert wording.listed("abcde") == "a, b, c and 2 more"
    assert wording.listed([]) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1204, "1,204"),
        (0.042, "0.042"),
        (3.26, "3.3"),
        (99.97, "100"),
        (0.0, "0"),
        (-4.0, "−4"),
        (1e-9, "under 0.001"),
        (-1e-9, "over −0.001"),
    ],
)
def test_a_number_keeps_the_digits_that_count_and_is_nothing_only_when_it_is(value: float, said: str) -> None:
    assert wording.number(value) == said


def test_one_is_singular() -> None:
    assert [wording.counted(n, "epic") for n in (0, 1, 1204)] == ["0 epics", "1 epic", "1,204 epics"]
    assert wording.counted(2, "queue is", "queues are") == "2 queues are"


@given(st.floats(-1e300, 1e300) | st.sampled_from([float("nan"), float("inf"), None]))
def test_every_number_can_be_said(value: float | None) -> None:
    for say in (
        wording.percent,
        wording.money,
        wording.days,
        wording.number,
        wording.points,
        wording.per_week,
    ):
        assert say(value)
        assert "nan" not in say(value) and "inf" not in say(value)


@given(st.text())
def test_text_from_data_keeps_its_length_and_loses_what_cannot_be_seen(text: str) -> None:
    shown = wording.plain(text)
    assert len(shown) == len(text)
    assert not set(shown) & {chr(code) for code in (0, 7, 27, 0x7F, 0x85, 0x202E, 0x2066)}
    assert wording.plain(shown) == shown


def test_a_direction_override_in_a_title_does_not_turn_the_rest_of_the_sentence() -> None:
    assert wording.plain("Stop “\u202ehsilop” now") == "Stop “\ufffdhsilop” now"


@given(st.text(), st.integers(2, 50))
def test_a_clipped_text_is_never_longer_than_it_may_be(text: str, most: int) -> None:
    assert (
        wording.clipped(text, most) == text if len(text) <= most else len(wording.clipped(text, most)) <= most
    )


@pytest.mark.parametrize(
    ("noun", "several"),
    [
        ("epic", "epics"),
        ("User Story", "User Stories"),
        ("CAPABILITY", "CAPABILITIES"),
        ("survey", "surveys"),
        ("Features", "Features"),
        ("batch", "batches"),
        ("class", "classes"),
    ],
)
def test_a_level_has_its_plural(noun: str, several: str) -> None:
    assert wording.plural(noun) == several
    assert [wording.counted(n, noun) for n in (0, 1, 2)] == [f"0 {several}", f"1 {noun}", f"2 {several}"]


def test_a_length_in_working_days_says_so_and_never_becomes_hours() -> None:
    said = [wording.days(length, "working_days") for length in (146.2, 6.34, 1.0, 0.634, 0, -3.0, None)]
    assert said == [
        "146 working days",
        "6.3 working days",
        "1 working day",
        "0.63 working days",
        "0 working days",
        "−3 working days",
        "unknown",
    ]
    assert wording.quantity(12.0, "working_days") == "12 working days"
    assert wording.between(3, 5, lambda n: wording.days(n, "working_days")) == "between 3 and 5 working days"


def test_how_often_is_said_in_words() -> None:
    assert [wording.times(n) for n in (1, 2, 3, 15)] == ["once", "twice", "three times", "15 times"]


@given(st.text())
def test_a_sentence_begins_with_a_capital_letter_and_keeps_the_rest(text: str) -> None:
    said = wording.sentence(text)
    assert said[:1] == text[:1].upper()[:1] and said.endswith(text[1:])


@pytest.mark.parametrize(
    ("value", "unit", "said"), [(50.84, "orders", "50.8 orders"), (3.0, None, "3"), (3.0, float("nan"), "3")]
)
def test_a_reading_has_its_metrics_unit_or_none(value: float | None, unit: object, said: str) -> None:
    assert wording.reading(value, unit) == said
