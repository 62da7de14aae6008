"""What happens on the very first and on the very last instant of a window, and on its first and last day."""

from __future__ import annotations

import numpy as np
import pytest
from flow_small import small

from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.arrays import NEVER, standing, tick_of
from vmo_helpers.measures.flow.blocks import Blocks

FIRST, LAST = "2026-01-01T00:00:00Z", "2026-01-31T12:00:00Z"


def test_littles_law_counts_what_comes_and_goes_on_the_first_and_the_last_instant() -> None:
    moves = {
        "leaves first": [("Coding", "2025-12-20"), ("Resolved", FIRST)],
        "comes first": [("Coding", FIRST)],
        "leaves last": [("Coding", "2026-01-05"), ("Resolved", LAST)],
        "comes last": [("Coding", LAST)],
        "given up last": [("Coding", "2026-01-05"), ("Dropped", LAST)],
        "given up first": [("Coding", "2025-12-20"), ("Dropped", FIRST)],
    }
    found = small(moves, start="2026-01-01", as_of=LAST)
    law = flow.littles_law(found.log, found.window).iloc[0]
    counted = ["arrivals", "departures", "cancelled", "wip_start", "wip_end"]
    assert law[counted].tolist() == [4, 4, 2, 2, 2]


def test_what_leaves_on_the_last_instant_has_left() -> None:
    leaves = {"A": [("Coding", FIRST), ("Resolved", LAST)]}
    found = small(leaves, start="2026-01-01", as_of=LAST)
    law = flow.littles_law(found.log, found.window).iloc[0]
    assert (law["days"], law["mean_wip"], law["mean_cycle_time_days"], law["ratio"]) == (30.5, 1, 30.5, 1)
    assert law["wip_end"] == 0
    assert law[["age_mean_start_days", "age_mean_end_days"]].isna().all()
    found = small({**leaves, "B": [("Coding", "2026-01-21")]}, start="2026-01-01", as_of=LAST)
    law = flow.littles_law(found.log, found.window).iloc[0]
    assert (law["wip_end"], law["age_mean_end_days"]) == (1, 10.5)


@pytest.mark.parametrize(
    ("last_day", "counts"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-01-31", True), ("2026-02-01", False)],
)
def test_a_planning_interval_counts_that_ends_on_a_day_of_the_window(last_day: str, counts: bool) -> None:
    objective = {
        "pi": "P1",
        "team": "x",
        "objective": "Faster",
        "planned_value": 10,
        "actual_value": 8,
        "committed": True,
        "from": "2025-10-01",
        "to": last_day,
    }
    moves = {"A": [("Coding", "2026-01-05")]}
    found = small(moves, pi_objectives=[objective], start="2026-01-01", as_of="2026-01-31")
    assert len(flow.predictability(found.portfolio, found.window)) == counts


@pytest.mark.parametrize(
    ("first_day", "last_day", "whole"),
    [
        ("2026-01-05", "2026-01-18", [True, True]),
        ("2026-01-05", "2026-01-17", [True, False]),
        ("2026-01-06", "2026-01-18", [False, True]),
        ("2026-01-05", "2026-01-18T23:59:59.999999Z", [True, True]),
        ("2026-01-05", "2026-01-18T23:59:59.999998Z", [True, False]),
    ],
)
def test_a_week_is_whole_from_its_monday_to_its_sunday(
    first_day: str, last_day: str, whole: list[bool]
) -> None:
    moves = {"A": [("Coding", "2025-12-01"), ("Resolved", "2026-01-08")]}
    found = small(moves, start=first_day, as_of=last_day)
    assert flow.throughput(found.items, found.window)["whole"].tolist() == whole


def test_what_is_overdue_started_longer_ago_than_the_line_and_the_oldest_comes_first() -> None:
    moves = {
        "at the line": [("Coding", "2026-01-21T12:00:00Z")],
        "just over": [("Coding", "2026-01-21T11:59:59Z")],
        "oldest": [("Coding", "2026-01-02")],
        "done": [("Coding", "2026-01-02"), ("Resolved", "2026-01-20")],
    }
    found = small(moves, start="2026-01-01", as_of=LAST)
    late = flow.overdue_items(found.items, found.window, 10)
    assert late["item_id"].tolist() == ["oldest", "just over"]
    assert late["since_start_days"].iloc[0] == 29.5


def test_concept_to_customer_holds_what_was_delivered_on_the_first_and_the_last_instant() -> None:
    before, after = "2025-12-31T23:59:59Z", "2026-01-31T12:00:01Z"
    moves = {at: [("Coding", "2025-12-20"), ("Resolved", at)] for at in (before, FIRST, LAST)}
    found = small(moves, start="2026-01-01", as_of=LAST)
    concepts = flow.concept_to_customer(found.log, found.items, found.window)
    assert concepts["excluded_because"].isna().eq(concepts["concept_days"].notna()).all()
    assert concepts["item_id"].tolist() == [FIRST, LAST]
    assert concepts["concept_days"].tolist() == [12, 42.5]
    later = small({**moves, after: [("Coding", FIRST), ("Resolved", after)]}, start="2026-01-01", as_of=LAST)
    assert len(flow.concept_to_customer(later.log, later.items, later.window)) == 2
    at_once = small({"E": [("Coding", FIRST), ("Resolved", FIRST)]}, start="2026-01-01", as_of=LAST)
    assert flow.concept_to_customer(at_once.log, at_once.items, at_once.window)["concept_days"].tolist() == [
        0
    ]


@pytest.mark.parametrize("uneven", [0, 3, 40])
def test_instants_find_their_ticks_whatever_the_steps_between_them(uneven: int) -> None:
    random = np.random.default_rng(uneven)
    ticks = np.cumsum(100 + random.integers(-uneven, uneven + 1, 50)).astype(np.int64)
    ticks[25:] += 2_000 * (uneven > 3)  # a gap, after which no guess by the median step is near
    when = np.concatenate([ticks, ticks - 1, ticks + 1, random.integers(-500, 9_000, 1_500)])
    assert tick_of(when, ticks).tolist() == np.searchsorted(ticks, when, side="left").tolist()
    end = when + random.integers(0, 400, len(when))
    group = (np.arange(len(when)) % 2).astype(np.int32)
    counts = standing(when, end, group, 2, ticks)
    by_hand = [[((when <= at) & (at < end) & (group == one)).sum() for one in (0, 1)] for at in ticks]
    assert counts.tolist() == by_hand


def test_a_blocker_is_known_from_the_instant_at_which_it_opens_and_closed_from_that_at_which_it_closes() -> (
    None
):
    item, reason = np.array([0, 0, 1]), np.array([-1, -1, -1])
    start, end = np.array([10, 30, 20]), np.array([20, 40, NEVER])
    known = Blocks(item, start, end, reason, [], np.array([2, 3, 4])).cut(20)
    assert [known.start.tolist(), known.end.tolist(), known.row.tolist()] == [[10, 20], [20, NEVER], [2, 4]]
    before = Blocks(item, start, end, reason, [], np.array([2, 3, 4])).cut(19)
    assert (before.start.tolist(), before.end.tolist()) == ([10], [NEVER])
