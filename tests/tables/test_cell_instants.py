"""Days and instants as people, spreadsheets and databases write them."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.contract.cells import instants

BERLIN = "Europe/Berlin"


def column(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.large_string())


def utc(*cells: str | None, timezone: str = "UTC") -> list[str | None]:
    values, _ = instants.instants(column(*cells), timezone)
    return [None if pd.isna(value) else value.isoformat() for value in values]


def day(*cells: str | None, timezone: str = "UTC") -> list[str | None]:
    values, _, _ = instants.days(column(*cells), timezone)
    return [None if pd.isna(value) else str(value)[:10] for value in pd.DatetimeIndex(values)]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10-31T18:05:00Z",
        "2026-10-31 18:05:00Z",
        "2026-10-31T19:05:00+01:00",
        "2026-10-31T19:05:00+0100",
        "2026-10-31 19:05+01",
        "2026-10-31T18:05:00.000+0000",
        "2026-10-31T18:05:00 UTC",
        "2026-10-31T18:05:00.000000000Z",
        "2026-10-31T14:05:00-04:00",
    ],
)
def test_an_instant_with_an_offset_is_that_instant(cell: str) -> None:
    assert utc(cell, timezone=BERLIN) == ["2026-10-31T18:05:00+00:00"]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10-31T19:05:00",
        "2026-10-31 19:05",
        "31.10.2026 19:05",
        "31.10.2026 19:05:00",
        "10/31/2026 7:05 PM",
        "31 Oct 2026 19:05",
        "31-October-2026 19:05",
        "Oct 31, 2026 19:05",
        "2026/10/31 19:05",
    ],
)
def test_a_time_without_an_offset_is_the_portfolios(cell: str) -> None:
    assert utc(cell, timezone=BERLIN) == ["2026-10-31T18:05:00+00:00"]


def test_offsets_and_none_may_stand_in_one_column() -> None:
    cells = ("2026-07-01T12:00:00Z", "2026-07-01T12:00:00", "2026-07-01", "2026-07-01T12:00:00+0300", None)
    assert utc(*cells, timezone=BERLIN) == [
        "2026-07-01T12:00:00+00:00",
        "2026-07-01T10:00:00+00:00",
        "2026-06-30T22:00:00+00:00",
        "2026-07-01T09:00:00+00:00",
        None,
    ]


def test_a_bare_day_is_its_start_in_the_portfolios_zone() -> None:
    assert utc("2026-10-31", timezone=BERLIN) == ["2026-10-30T23:00:00+00:00"]


def test_of_two_equal_times_in_autumn_the_earlier_holds_and_a_time_in_the_gap_of_spring_is_after_it() -> None:
    assert utc("2026-10-25T02:30:00", "2026-03-29T02:30:00", timezone=BERLIN) == [
        "2026-10-25T00:30:00+00:00",
        "2026-03-29T01:00:00+00:00",
    ]


@pytest.mark.parametrize("cell", ["45000", "45000.0", "45000,0"])
def test_a_spreadsheets_serial_number_is_days_since_the_end_of_1899(cell: str) -> None:
    values, stamps = instants.instants(column(cell), "UTC")
    assert values[0] == pd.Timestamp("2023-03-15", tz="UTC") and stamps.serial[0]


def test_a_serial_number_may_hold_a_time() -> None:
    assert utc("45000.75") == ["2023-03-15T18:00:00+00:00"]
    typed, _ = instants.instants(pa.array([45000.75, None]), "UTC")
    assert typed[0] == pd.Timestamp("2023-03-15T18:00Z") and pd.isna(typed[1])


@pytest.mark.parametrize(
    "cell",
    [
        "2026-13-01",
        "2026-02-30",
        "31.02.2026",
        "32.01.2026",
        "2026",
        "2026-10",
        "yesterday",
        "1698765432000",
        "12345",
        "31/10/26",
        "25:00",
        "2026-10-31T25:00:00",
        "13/13/2026",
        "2026-10-31T10:00:00+99:99",
        "31 Foo 2026",
    ],
)
def test_what_is_no_day_is_refused(cell: str) -> None:
    values, stamps = instants.instants(column("2026-01-01", cell), "UTC")
    assert pd.isna(values[1]) and stamps.bad.tolist() == [False, True]


def test_slashes_are_read_as_the_column_itself_tells() -> None:
    assert day("03/04/2026", "31/10/2026") == ["2026-04-03", "2026-10-31"]
    assert day("03/04/2026", "10/31/2026") == ["2026-03-04", "2026-10-31"]


def test_slashes_that_could_be_two_days_are_refused() -> None:
    values, _, stamps = instants.days(column("03/04/2026", "05/05/2026"), "UTC")
    assert stamps.two_ways.tolist() == [True, False]
    assert pd.isna(values[0]) and str(values[1])[:10] == "2026-05-05"


def test_a_column_that_writes_both_orders_is_refused_where_it_is_doubtful() -> None:
    _, _, stamps = instants.days(column("31/10/2026", "10/31/2026", "03/04/2026"), "UTC")
    assert stamps.two_ways.tolist() == [False, False, True]


def test_days_with_dots_put_the_day_first() -> None:
    assert (
        day("03.04.2026", "3.4.2026", "20260403", "2026-04-03 00:00:00", "3 April 2026") == ["2026-04-03"] * 5
    )


def test_a_day_with_an_offset_is_the_day_in_the_portfolios_zone_and_is_told() -> None:
    values, timed, _ = instants.days(column("2026-10-30T23:30:00Z", "2026-10-31"), BERLIN)
    assert [str(value)[:10] for value in values] == ["2026-10-31", "2026-10-31"] and timed.tolist() == [
        True,
        False,
    ]


def test_far_years_that_can_be_drawn_fit_and_no_others() -> None:
    values, stamps = instants.instants(
        column("2206-01-01T10:00:00Z", "2261-12-31", "1700-01-01", "9999-12-31", "1677-01-01", "2262-01-01"),
        "UTC",
    )
    assert [None if pd.isna(value) else value.isoformat() for value in values] == [
        "2206-01-01T10:00:00+00:00",
        "2261-12-31T00:00:00+00:00",
        "1700-01-01T00:00:00+00:00",
        None,
        None,
        None,
    ]
    assert stamps.endless.tolist() == [False, False, False, True, False, False]
    assert stamps.far.tolist() == [False, False, False, False, True, True] and not stamps.bad.any()


@pytest.mark.parametrize(
    "array",
    [
        pa.array([2**31 - 1, -(2**31), 0], pa.date32()),
        pa.array([2**62, -(2**62), 0], pa.timestamp("us", "UTC")),
        pa.array([2**62, -(2**62), 0], pa.timestamp("s")),
        pa.array([2**62 // 86400000 * 86400000, -(2**62) // 86400000 * 86400000, 0], pa.date64()),
    ],
)
def test_typed_times_beyond_any_calendar_are_far_and_no_error(array: pa.Array) -> None:
    for zone in ("UTC", "America/New_York", "Pacific/Kiritimati"):
        values, stamps = instants.instants(array, zone)
        assert stamps.far.tolist() == [True, True, False] and pd.isna(values[0]) and pd.isna(values[1])


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati", BERLIN])
@pytest.mark.parametrize(
    "cell", ["9999-12-31T23:59:59-11:00", "9999-12-31T00:00:00+14:00", "9999-12-31", "9999-12-30T23:00:00Z"]
)
def test_no_end_is_no_end_in_every_zone(cell: str, zone: str) -> None:
    assert instants.instants(column(cell), zone)[1].endless.tolist() == [True]
    assert instants.days(column(cell), zone)[2].endless.tolist() == [True]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([dt.datetime(2026, 10, 31, 12)], pa.timestamp("ns")), "2026-10-31T11:00:00+00:00"),
        (pa.array([dt.datetime(2026, 10, 31, 12)], pa.timestamp("s", "UTC")), "2026-10-31T12:00:00+00:00"),
        (pa.array([dt.date(2026, 10, 31)], pa.date32()), "2026-10-30T23:00:00+00:00"),
        (pa.array([dt.date(2026, 10, 31)], pa.date64()), "2026-10-30T23:00:00+00:00"),
    ],
)
def test_typed_times_of_any_unit_are_microseconds_in_utc(array: pa.Array, expected: str) -> None:
    values, stamps = instants.instants(array, BERLIN)
    assert values[0].isoformat() == expected and values.unit == "us" and not stamps.bad.any()


moments = st.datetimes(min_value=dt.datetime(1951, 1, 1), max_value=dt.datetime(2099, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(moments, st.sampled_from(["Z", "+01:00", "-0530", "+02"])), min_size=1, max_size=20)
)
def test_iso_instants_come_back_whatever_their_offsets(written: list[tuple[dt.datetime, str]]) -> None:
    values, stamps = instants.instants(
        column(*(f"{moment.isoformat(sep=' ')}{offset}" for moment, offset in written)), BERLIN
    )
    expected = [
        dt.datetime.fromisoformat(f"{moment.isoformat()}{offset}").astimezone(dt.UTC)
        for moment, offset in written
    ]
    assert [value.to_pydatetime() for value in values] == expected and not stamps.bad.any()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(moments, min_size=1, max_size=20),
    st.sampled_from(["%d.%m.%Y %H:%M:%S", "%d %b %Y %H:%M:%S", "%B %d, %Y %I:%M:%S %p", "%Y/%m/%d %H:%M:%S"]),
)
def test_other_ways_to_write_a_time_mean_the_same_as_iso(written: list[dt.datetime], form: str) -> None:
    local = instants.read(column(*(moment.strftime(form) for moment in written))).local
    assert local.tolist() == [np.datetime64(moment, "us").tolist() for moment in written]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.dates(dt.date(1955, 1, 1), dt.date(2118, 1, 1)), min_size=1, max_size=20))
def test_serial_numbers_come_back_as_their_days(written: list[dt.date]) -> None:
    serials = column(*(str((one - dt.date(1899, 12, 30)).days) for one in written))
    values, _, _ = instants.days(serials, "UTC")
    assert [value.date() for value in pd.DatetimeIndex(values)] == written


@settings(deadline=None, max_examples=40)
@given(st.lists(moments, min_size=1, max_size=10))
def test_local_times_are_what_the_zone_database_says(written: list[dt.datetime]) -> None:
    values = instants.at_zone(np.array(written, dtype="datetime64[us]"), BERLIN)
    for value, moment in zip(values, written, strict=True):
        expected = moment.replace(tzinfo=ZoneInfo(BERLIN), fold=0)
        exists = expected.astimezone(dt.UTC).astimezone(ZoneInfo(BERLIN)).replace(tzinfo=None) == moment
        assert not exists or value.to_pydatetime() == expected.astimezone(dt.UTC)
