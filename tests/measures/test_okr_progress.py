"""Progress of key results for all eight types, expected progress, and the faults of other tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from okr_small import checkins, epic, key_result, link, results

from vmo_helpers.vocabulary import KeyResultType

Case = tuple[dict[str, Any], float | None]


def scored(cases: Sequence[Case]) -> pd.DataFrame:
    """The key results of one portfolio, one a case (its columns and its only value, of 30 October), in the
    order given."""
    krs = [key_result(f"K{n:02d}", **kr) for n, (kr, _) in enumerate(cases)]
    values = [
        row
        for n, (_, value) in enumerate(cases)
        for row in checkins(f"K{n:02d}", ("2026-10-30T09:00", value))
    ]
    return results(key_results=krs, checkins=values)


def progress(*cases: Case) -> list[float]:
    return scored(cases)["progress"].to_list()


NONE = {"baseline": None, "target": None}


def test_each_type_of_key_result_has_its_own_progress_with_bounds_inclusive() -> None:
    expected: list[tuple[dict[str, Any], float, float]] = [
        ({"type": "increase", "baseline": 20, "target": 60}, 30, 0.25),
        ({"type": "decrease", "baseline": 18, "target": 12}, 13.5, 0.75),
        ({"type": "reach", "baseline": None, "target": 400}, 100, 0.25),
        ({"type": "maintain_above", "baseline": None, "target": 45}, 45, 1),
        ({"type": "maintain_above", "baseline": None, "target": 45}, 44.9, 0),
        ({"type": "maintain_below", "baseline": None, "target": 5}, 5.1, 0),
        ({"type": "range", **NONE, "low": 2, "high": 4}, 2, 1),
        ({"type": "range", **NONE, "low": 2, "high": 4}, 4, 1),
        ({"type": "range", **NONE, "low": 2, "high": 4}, 4.01, 0),
        ({"type": "binary", **NONE}, 1, 1),
        ({"type": "binary", **NONE}, 0, 0),
        ({"type": "milestone", **NONE}, 0.4, 0.4),
    ]
    assert progress(*((kr, value) for kr, value, _ in expected)) == pytest.approx(
        [share for *_, share in expected], abs=1e-12
    )


def test_every_type_of_the_vocabulary_is_covered() -> None:
    found = progress(
        *(
            ({"type": str(kind), "low": 1, "high": 3, "baseline": 1, "target": 2}, 1.5)
            for kind in KeyResultType
        )
    )
    assert not np.isnan(found).any()


def test_a_decrease_goal_counts_upward_as_its_value_falls() -> None:
    falling = {"type": "decrease", "baseline": 100, "target": 50}
    assert progress(*((falling, value) for value in (100, 75, 50, 40))) == pytest.approx([0, 0.5, 1, 1.2])


def test_a_decrease_goal_that_got_worse_is_below_zero_and_not_hidden() -> None:
    assert progress(({"type": "decrease", "baseline": 100, "target": 50}, 110)) == pytest.approx([-0.2])


def test_decimals_are_not_truncated_and_progress_is_stored_beyond_the_target() -> None:
    found = progress(
        ({"type": "increase", "baseline": 2.1, "target": 2.8}, 2.68),
        ({"type": "increase", "baseline": 0, "target": 10}, 25),
    )
    assert found == pytest.approx([0.58 / 0.7, 2.5])


def test_a_maintain_goal_is_scored_by_its_value_not_as_nothing_or_half_done() -> None:
    assert progress(
        *(({"type": "maintain_above", "baseline": 41, "target": 45}, value) for value in (46, 45, 44))
    ) == [1, 1, 0]


def test_stay_below_holds_at_equality() -> None:
    assert progress(({"type": "maintain_below", "baseline": None, "target": 5}, 5)) == [1]


def test_what_is_missing_makes_it_not_measured_and_is_named() -> None:
    cases: list[tuple[dict[str, Any], float | None, str]] = [
        ({"type": "increase"}, None, "no value yet"),
        ({"type": "increase", "baseline": None}, 3, "no baseline"),
        ({"type": "decrease", "target": None}, 3, "no target"),
        ({"type": "increase", "baseline": 4, "target": 4}, 4, "its target equals its baseline"),
        ({"type": "reach", "target": 0}, 3, "its target is 0"),
        ({"type": "range", "low": 2}, 3, "no low and high"),
        ({"type": "maintain_below", "target": None}, 3, "no target"),
    ]
    found = scored([(kr, value) for kr, value, _ in cases])
    assert found["progress"].isna().all()
    assert found["verdict"].eq("not_measured").all()
    assert found["not_measured_because"].to_list() == [reason for *_, reason in cases]


def test_a_check_in_without_a_value_is_no_value() -> None:
    found = results(
        key_results=[key_result("K1")], checkins=checkins("K1", ("2026-09-01", 4), ("2026-10-30", None))
    )
    assert found.at["K1", "value"] == 4
    assert f"{found.at['K1', 'last_checkin']:%Y-%m-%d}" == "2026-08-31"  # 1 September in Berlin


METRIC = [{"metric_id": "M1", "name": "Orders", "unit": "a day", "direction": "increase", "kind": "outcome"}]


@pytest.mark.parametrize(("observed_at", "held"), [("2026-10-20T10:00", 8), ("2026-10-10T10:00", 4)])
def test_of_check_in_and_observation_the_newer_holds(observed_at: str, held: float) -> None:
    found = results(
        key_results=[key_result("K1", metric_id="M1")],
        metrics=METRIC,
        checkins=checkins("K1", ("2026-10-15T10:00", 4)),
        observations=[{"metric_id": "M1", "at": observed_at, "value": 8}],
    )
    assert found.at["K1", "value"] == held


def test_an_observation_of_a_segment_is_not_the_metric() -> None:
    found = results(
        key_results=[key_result("K1", metric_id="M1")],
        metrics=METRIC,
        checkins=checkins("K1", ("2026-10-01", 4)),
        observations=[{"metric_id": "M1", "at": "2026-10-20", "value": 8, "segment": "rural"}],
    )
    assert found.at["K1", "value"] == 4


def test_progress_comes_from_the_metric_and_not_from_finished_tickets() -> None:
    done = [epic(f"E{n}", finished_at="2026-06-01", delivered_at="2026-06-01") for n in range(3)]
    found = results(
        work_items=done,
        links=[link(row["item_id"], "K1", expected_delta=5, due="2026-06-30") for row in done],
        key_results=[key_result("K1")],
        checkins=checkins("K1", ("2026-10-30", 1)),
    )
    assert found.at["K1", "progress"] == pytest.approx(0.1)


def test_expected_progress_is_linear_in_time_both_ends_in() -> None:
    kr = key_result("K1", **{"from": "2026-09-01", "to": "2026-09-30"})
    assert results("2026-09-15", key_results=[kr]).at["K1", "expected"] == pytest.approx(0.5)
    assert results("2026-09-30", key_results=[kr]).at["K1", "expected"] == 1


def test_expected_progress_follows_phased_targets() -> None:
    phased = [
        {"goal_id": "K1", "at": "2026-10-01", "value": 2},
        {"goal_id": "K1", "at": "2026-12-01", "value": 6},
    ]
    kr = key_result("K1", baseline=0, target=10)
    assert results("2026-09-30", key_results=[kr], targets=phased).at["K1", "expected"] == pytest.approx(
        0.2, abs=1e-6
    )
    between = results("2026-10-31", key_results=[kr], targets=phased).at["K1", "expected"]
    assert between == pytest.approx(
        0.2 + 0.4 * (31 + 1 / 24) / (61 + 1 / 24), abs=1e-6
    )  # the clocks went back in between
    assert results("2026-12-31", key_results=[kr], targets=phased).at["K1", "expected"] == pytest.approx(1)


def test_a_goal_to_hold_has_no_expected_progress() -> None:
    held = ("maintain_above", "maintain_below", "range")
    assert scored([({"type": kind, "low": 1, "high": 3}, 2) for kind in held])["expected"].isna().all()
