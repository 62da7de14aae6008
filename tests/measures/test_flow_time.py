"""Leap days, daylight saving, year-end weeks, working days: what a day is."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from flow_small import small
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.measures import flow
from vmo_helpers.portfolio.calendar import Calendar, day_starts, days_between, local_days, monday

WORKING = (0, 1, 2, 3, 4)
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "America/Havana")


def us(*stamps: str) -> np.ndarray:
    return pd.to_datetime(list(stamps), utc=True, format="ISO8601").as_unit("us").asi8


def test_a_leap_day_is_a_day() -> None:
    moves = {"A": [("Coding", "2024-02-28"), ("Resolved", "2024-03-01")]}
    assert small(moves, start="2024-02-01", as_of="2024-03-31").item("A")["cycle_time_days"] == 2
    found = small(moves, start="2024-02-27", as_of="2024-03-01")
    assert flow.wip_by_day(found.log, found.window)["wip"].tolist() == [0, 1, 1, 0]


def test_elapsed_days_do_not_stretch_when_clocks_go_forward() -> None:
    moves = {"A": [("Coding", "2026-03-28T12:00"), ("Resolved", "2026-03-29T12:00")]}
    item = small(moves, start="2026-03-01", as_of="2026-03-31", timezone="Europe/Berlin").item("A")
    assert item["cycle_time_days"] == pytest.approx(23 / 24)


def test_the_day_on_which_clocks_change_is_one_day_in_every_frame() -> None:
    moves = {
        "A": [("Coding", "2026-03-28T12:00"), ("Resolved", "2026-03-30T00:30")],
        "B": [("Coding", "2026-10-25T02:30+01:00")],
    }
    found = small(moves, start="2026-03-27", as_of="2026-10-26", timezone="Europe/Berlin")
    wip = flow.wip_by_day(found.log, found.window).set_index("day")["wip"]
    assert wip["2026-03-28":"2026-03-31"].tolist() == [1, 1, 0, 0]
    assert wip["2026-10-24":"2026-10-26"].tolist() == [0, 1, 1]
    assert len(wip) == (dt.date(2026, 10, 26) - dt.date(2026, 3, 27)).days + 1


def test_a_finish_late_on_sunday_here_is_in_this_week_even_if_it_is_monday_there() -> None:
    moves = {"A": [("Coding", "2026-01-05"), ("Resolved", "2026-01-11T23:30-05:00")]}
    found = small(moves, start="2026-01-05", as_of="2026-01-25", timezone="America/New_York")
    assert flow.throughput(found.items, found.window)["finished"].tolist() == [1, 0, 0]
    there = small(moves, start="2026-01-05", as_of="2026-01-25", timezone="UTC")
    assert flow.throughput(there.items, there.window)["finished"].tolist() == [0, 1, 0]


def test_the_cut_weeks_at_both_ends_are_drawn_and_not_counted() -> None:
    ends = ["2026-01-08", "2026-01-13", "2026-01-14", "2026-01-20"]
    moves = {
        name: [("Coding", "2026-01-02"), ("Resolved", end)] for name, end in zip("ABCD", ends, strict=True)
    }
    found = small(moves, start="2026-01-07", as_of="2026-01-21")
    weeks = flow.throughput(found.items, found.window)
    assert (weeks["finished"].tolist(), weeks["whole"].tolist()) == ([1, 2, 1], [False, True, False])
    assert found.figures["flow.throughput_per_week"].value == 2
    whole = small(moves, start="2026-01-05", as_of="2026-01-18")
    assert flow.throughput(whole.items, whole.window)["whole"].all()
    short = small(moves, start="2026-01-07", as_of="2026-01-09").figures["flow.throughput_per_week"]
    assert short.value is None and "no whole ISO week" in str(short.why)


def test_the_last_week_of_a_year_is_whole_across_new_year() -> None:
    found = small(
        {"A": [("Coding", "2025-12-01"), ("Resolved", "2026-01-01")]}, start="2025-12-29", as_of="2026-01-04"
    )
    weeks = flow.throughput(found.items, found.window)
    assert weeks.to_dict("records") == [{"week": pd.Timestamp("2025-12-29"), "finished": 1, "whole": True}]


def test_working_days_leave_out_weekends_and_holidays() -> None:
    moves = {
        "A": [("Coding", "2026-01-02T12:00"), ("Legal", "2026-01-06T00:00"), ("Resolved", "2026-01-08T12:00")]
    }
    found = small(
        moves, start="2026-01-01", as_of="2026-01-31", working_days=WORKING, holidays=("2026-01-06",)
    )
    item = found.item("A")
    assert (item["active_days"], item["wait_days"], item["cycle_time_days"]) == (1.5, 1.5, 3)
    assert "working days without 1 holiday," in found.figures["flow.cycle_time_p50_days"].definition


def test_half_of_a_short_working_day_is_half_a_day() -> None:
    calendar = Calendar("Europe/Berlin", (0, 1, 2, 3, 4, 5, 6))
    noon = us(
        "2026-03-29T00:00+01:00", "2026-03-29T12:30+02:00"
    )  # 23 hours: the middle is 11:30 after midnight
    assert calendar.days(noon[:1], noon[1:])[0] == pytest.approx(0.5)


def test_the_day_that_samoa_skipped_is_nobodys_working_day() -> None:
    calendar = Calendar("Pacific/Apia", (0, 1, 2, 3, 4))  # Friday, 30 December 2011 never was
    days = us("2011-12-29T00:00-10:00", "2011-12-31T00:00+14:00", "2012-06-04T00:00+13:00")
    assert calendar.days(days[:1], days[1:2])[0] == 1
    assert calendar.days(days[:1], days[2:])[0] == 1 + 22 * 5
    assert calendar.days(days[:2], days[1:]).sum() == calendar.days(days[:1], days[2:])[0]


def test_the_window_before_has_whole_days_across_a_change_of_clocks() -> None:
    moves = {
        "A": [("Coding", "2025-07-01"), ("Resolved", "2025-07-04")]
    }  # the first of the 181 days before 2026, at midnight
    found = small(moves, start="2026-01-01", as_of="2026-06-30", timezone="Europe/Berlin")
    before = found.window.before
    assert (before.start_day, before.end_day) == ("2025-07-04", "2025-12-31")
    assert before.start.tz_convert("Europe/Berlin").hour == 0
    assert flow.items(found.log, before)["finished_in_window"].tolist() == [True]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(ZONES),
    st.sets(st.integers(0, 6)),
    st.lists(st.integers(0, 400), max_size=4),
    st.lists(st.integers(-20_000_000, 40_000_000), min_size=2, max_size=6),
    st.integers(2000, 2030),
)
def test_working_time_is_what_counting_every_day_gives(
    zone: str, week: set[int], free: list[int], minutes: list[int], year: int
) -> None:
    first = pd.Timestamp(year=year, month=1, day=1)
    holidays = tuple(str((first + pd.Timedelta(days=day)).date()) for day in free)
    calendar = Calendar(zone, tuple(sorted(week)), holidays)
    stamps = sorted(
        pd.Timestamp(year=year, month=6, day=1, tz="UTC") + pd.Timedelta(seconds=30 * minute % 40_000_000)
        for minute in minutes
    )
    instants = us(*(str(stamp) for stamp in stamps))
    counted = calendar.days(instants[:-1], instants[1:])
    for start, end, days in zip(stamps[:-1], stamps[1:], counted, strict=True):
        assert days == pytest.approx(_by_counting(start, end, zone, week, set(holidays)), abs=1e-9)
    assert calendar.days(instants[:1], instants[-1:])[0] == pytest.approx(counted.sum(), abs=1e-9)


def _by_counting(
    start: pd.Timestamp, end: pd.Timestamp, zone: str, week: set[int], holidays: set[str]
) -> float:
    total, day = 0.0, start.tz_convert(ZoneInfo(zone)).date()
    while True:
        opens, closes = (_midnight(day + dt.timedelta(days=add), zone) for add in (0, 1))
        if opens >= end:
            return total
        if day.weekday() in week and str(day) not in holidays and closes > opens:
            total += max(0.0, (min(end, closes) - max(start, opens)) / (closes - opens))
        day += dt.timedelta(days=1)


def _midnight(day: dt.date, zone: str) -> pd.Timestamp:
    return (
        pd.Timestamp(day)
        .tz_localize(ZoneInfo(zone), ambiguous=True, nonexistent="shift_forward")
        .tz_convert("UTC")
    )


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(ZONES), st.lists(st.integers(0, 2_000_000_000), min_size=1, max_size=20))
def test_every_instant_falls_on_the_day_that_its_zone_says(zone: str, seconds: list[int]) -> None:
    instants = np.array(seconds, dtype=np.int64) * 1_000_000
    told = (
        pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC")
        .tz_convert(ZoneInfo(zone))
        .tz_localize(None)
        .normalize()
    )
    ours = local_days(instants, zone)
    assert (days_between(0, 0)[0] + ours.astype("timedelta64[D]") == told.to_numpy()).all()
    starts = day_starts(int(ours.min()), int(ours.max()), zone)
    assert (starts[ours - ours.min()] <= instants).all() and (instants < starts[ours - ours.min() + 1]).all()


@settings(deadline=None, max_examples=60)
@given(st.integers(-40_000, 80_000))
def test_a_week_begins_on_its_monday(day: int) -> None:
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    assert (
        int(monday(np.array([day]))[0])
        == (date - dt.timedelta(days=date.weekday()) - dt.date(1970, 1, 1)).days
    )


def test_a_span_that_goes_backward_over_a_weekend_is_left_out_in_working_days_too() -> None:
    items = [
        {
            "item_id": "A",
            "created_at": "2026-01-01",
            "requested_at": "2026-01-11",
            "delivered_at": "2026-01-10",
        },
        {"item_id": "B", "created_at": "2026-01-01", "started_at": "2026-01-11", "finished_at": "2026-01-10"},
    ]
    found = small(
        {}, items, start="2026-01-01", as_of="2026-01-31", working_days=(0, 1, 2, 3, 4)
    ).items.set_index("item_id")
    assert (
        np.isnan(found.at["A", "lead_time_days"])
        and "before it was asked for" in found.at["A", "excluded_because"]
    )
    assert (
        np.isnan(found.at["B", "cycle_time_days"])
        and "finished before it started" in found.at["B", "excluded_because"]
    )


def test_weeks_before_the_first_start_or_end_on_record_are_no_weeks_without_a_finish() -> None:
    moves = {"A": [("Coding", "2026-01-14"), ("Resolved", "2026-01-21")]}
    found = small(moves, start="2025-12-29", as_of="2026-02-01")
    assert flow.throughput(found.items, found.window)["whole"].tolist() == [False, False, True, True, True]
    assert found.figures["flow.throughput_per_week"].value == pytest.approx(1 / 3)
    by_day = flow.wip_by_day(found.log, found.window).set_index("day")["on_record"]
    assert (by_day["2026-01-14"], by_day["2026-01-15"]) == (False, True)
    before = flow.throughput(flow.items(found.log, found.window.before), found.window.before)
    assert not before["whole"].any()
