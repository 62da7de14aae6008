"""What may be compared: a window that begins soon after the record holds no long wait."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from flow_small import Moves, Small, small

from vmo_helpers.measures import flow
from vmo_helpers.results.figure import no_comparison

DAY = pd.Timestamp("2025-01-06")  # a Monday


def steady(days: int, took: int, first: pd.Timestamp = DAY) -> Moves:
    """One item a day from ``first`` on, each of which takes so many days."""
    begun = [first + pd.Timedelta(days=n) for n in range(days)]
    return {
        f"I{n}": [("Coding", str(at)), ("Resolved", str(at + pd.Timedelta(days=took)))]
        for n, at in enumerate(begun)
    }


def reviewed(moves: Moves, before: str, days: int = 60, **more: Any) -> Small:
    """A review whose window before begins on ``before``; both windows have so many days."""
    start = pd.Timestamp(before) + pd.Timedelta(days=days)
    end = start + pd.Timedelta(days=days - 1)
    return small(moves, start=str(start.date()), as_of=str(end.date()), **more)


def said(found: Small) -> dict[str, str | None]:
    record = flow.record(found.log, found.items, found.window)
    return {kind: flow.no_comparison(record, kind) for kind in flow.Kind}


@pytest.mark.parametrize(("before", "compared"), [("2025-01-16", True), ("2025-01-15", False)])
def test_a_window_is_compared_where_records_begin_the_95th_percentile_before_it(
    before: str, compared: bool
) -> None:
    told = said(reviewed(steady(200, 10), before))
    why = None if compared else "no comparison: records begin on 6 January 2025"
    assert told["cycle_time"] == told["lead_time"] == why
    assert told["counts"] is None


@pytest.mark.parametrize(("before", "compared"), [("2025-01-01", True), ("2024-12-30", False)])
def test_counts_need_every_whole_week_on_record(before: str, compared: bool) -> None:
    told = said(reviewed(steady(200, 10), before))
    assert (told["counts"] is None) is compared


def test_work_that_is_still_open_makes_the_reach_longer() -> None:
    ends = steady(100, 10)
    stuck = {f"S{n}": [("Coding", str(DAY + pd.Timedelta(days=n)))] for n in range(20)}
    found = reviewed(ends | stuck, "2025-01-20")
    record = flow.record(found.log, found.items, found.window).set_index("figure")
    assert record.loc["cycle_time", "reach_days"] == pytest.approx(
        (found.window.end - pd.Timestamp(DAY, tz="UTC")).total_seconds() / 86_400
    )
    assert reviewed(ends, "2025-01-20").items["cycle_time_days"].max() == 10


def test_what_finishes_in_the_last_instant_has_finished() -> None:
    """37 of 40 took five days, one took six and ends with the review, two are open: 95 in 100 took six."""
    ends = {f"I{n}": [("Coding", "2026-03-01"), ("Resolved", "2026-03-06")] for n in range(37)}
    last = {"L": [("Coding", "2026-03-25T12:00:00Z"), ("Resolved", "2026-03-31T12:00:00Z")]}
    stuck = {f"S{n}": [("Coding", "2026-01-01")] for n in range(2)}
    found = small(ends | last | stuck, start="2026-03-01", as_of="2026-03-31T12:00:00Z")
    record = flow.record(found.log, found.items, found.window).set_index("figure")
    assert record.loc["cycle_time", "reach_days"] == 6


def test_a_request_long_before_the_record_does_not_lengthen_it() -> None:
    asked = [{"item_id": "I0", "requested_at": "2019-01-01"}]
    told = said(reviewed(steady(200, 10), "2025-01-07", items=asked))
    assert told["lead_time"] == "no comparison: records begin on 6 January 2025"


def test_nothing_on_record_is_no_comparison() -> None:
    found = small({}, [{"item_id": "A"}], start="2025-03-01", as_of="2025-04-01")
    assert said(found)["counts"] == "no comparison: nothing is on record"


def test_every_comparison_of_two_windows_keeps_to_the_rule() -> None:
    early, late = (reviewed(steady(300, 20), before) for before in ("2025-01-10", "2025-03-01"))
    for found, compared in ((early, False), (late, True)):
        changes = flow.before_after(found.log, found.window.before, found.window)
        assert changes["why"].isna().all() == changes["before_days"].notna().all() == compared
        stages = flow.local_against_system(found.log, found.items, found.window)
        assert stages["why"].isna().all() == bool(stages["before_days"].notna().any()) == compared
    mix = flow.distribution(early.log, early.items, early.window)
    assert mix["share_before"].notna().all()
    unseen = reviewed(steady(300, 20), "2024-12-01")
    assert flow.distribution(unseen.log, unseen.items, unseen.window)["share_before"].isna().all()


def test_a_figure_says_from_when_on_it_can_be_compared() -> None:
    found = reviewed(steady(200, 10), "2025-01-15")
    entry = found.figures["flow.cycle_time_p85_days"].as_json()
    assert entry["comparable_from"] == "2025-01-16" and entry["record_begins"] == "2025-01-06"
    assert no_comparison(entry, "2025-01-15") == "no comparison: records begin on 6 January 2025"
    assert no_comparison(entry, "2025-01-16") is None and no_comparison(entry, None) is None
    assert "comparable_from" not in found.figures["flow.wip"].as_json()
