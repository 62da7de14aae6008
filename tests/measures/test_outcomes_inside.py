"""The inside of an item: what a test can say, in which order, from what; an independent computation beside
it."""

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outcomes_small import (
    DAY,
    GREEN,
    RED,
    benefit,
    calm,
    epic,
    found_in,
    inside_of,
    items_of,
    metric,
    portfolio,
    readings,
)
from scipy import stats

from vmo_helpers.measures.outcomes.plan import DAY as DAY_US
from vmo_helpers.measures.outcomes.plan import Plans, planned_share


def by_hand(
    at: list[float], value: list[float], effect: float, due: float, baseline: float, target: float
) -> dict[str, float]:
    """The rule of docs/measures.md, read by somebody who writes loops; times in days."""
    seen = []
    for t, v in zip(at, value, strict=True):
        x = min(max((t - effect) / (due - effect), 0.0), 1.0) if due > effect else float(t >= effect)
        seen.append((x, (v - baseline) / (target - baseline)))
    counted = [pair for pair in seen if pair[0] >= 0.25]
    if len(counted) < 4:
        return {}
    before = [y for x, y in seen if x == 0]
    latest = counted[-5:]
    mean = sum(before) / len(before) if before else 0.0
    if len(before) >= 4:
        variance = sum((y - mean) ** 2 for y in before) / (len(before) - 1)
        v = 2 * variance / len(before)
    else:
        variance, v = 0.0, 0.02
    shift = mean if len(before) >= 4 and abs(mean) > 2 * math.sqrt(v) else 0.0
    scale = 1 - shift
    v = v / scale**2 if len(before) >= 4 else v
    latest = [(x, (y - shift) / scale) for x, y in latest]
    n = len(latest)
    xx, x1 = sum(x * x for x, _ in latest), sum(x for x, _ in latest)
    a = sum(x * y for x, y in latest) / xx
    late = [y - a * x for x, y in latest]
    early = [(y - mean) / scale for y in before]
    lent = min(len(before) - 1, 4) if len(before) >= 4 else 0
    pooled = sum(r * r for r in late) + lent * variance / scale**2
    s2 = max(pooled / (n - 1 + lent), 0.03**2)
    chain = early + late
    total = sum(r * r for r in early) + sum(r * r for r in late)
    joint = sum(p * q for p, q in pairwise(chain))
    rho = min(max((joint / total if total else 0.0) + 1.5 / len(chain), 0.0), 0.8)
    error = math.sqrt(s2 / xx * (1 + rho) / (1 - rho) + v * (x1 / xx) ** 2)
    degrees = n - 1 + lent
    t = stats.t(degrees)
    return {
        "attainment": a,
        "p": float(t.cdf((a - 0.8) / error)),
        "half": float(t.ppf(0.95)) * error,
        "rho": rho,
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-60, 160), min_size=1, max_size=24),
    st.sampled_from([0, 30, 60, 200]),
    st.sampled_from(["2025-01-20", "2025-06-30", "2025-09-30"]),
    st.sampled_from([(0.0, 100.0), (50.0, -10.0), (12.0, 17.5)]),
)
def test_every_reading_gives_what_the_rule_gives_by_hand(
    values: list[float], lag: int, due: str, levels: tuple[float, float]
) -> None:
    baseline, target = levels
    direction = "increase" if target > baseline else "decrease"
    made = portfolio(
        metrics=[metric(direction=direction)],
        observations=readings(values),
        benefits=[benefit(baseline=baseline, target=target, due=due, lag_days=lag)],
    )
    inside = inside_of(made)
    origin = pd.Timestamp("2025-01-01", tz="UTC")
    days = [(pd.Timestamp(row["at"], tz="UTC") - origin).total_seconds() / 86400 for row in readings(values)]
    end = (pd.Timestamp(due, tz="UTC") - origin).days + 1
    for spot, position in enumerate(inside.exposed.position):
        wanted = by_hand(days[: position + 1], values[: position + 1], lag, end, baseline, target)
        if not wanted:
            assert np.isnan(inside.exposed.p[spot])
            continue
        if wanted["half"] > 1e6:  # the baseline measured lies next to the target
            continue
        assert inside.exposed.attainment[spot] == pytest.approx(wanted["attainment"], abs=1e-6)
        assert inside.exposed.rho[spot] == pytest.approx(wanted["rho"], abs=1e-6)
        low, high = inside.exposed.interval(np.array([spot]))
        assert (high - low)[0] / 2 == pytest.approx(wanted["half"], rel=1e-5)
        assert inside.exposed.p[spot] == pytest.approx(wanted["p"], abs=1e-6)


def test_ten_of_a_hundred_orders_is_red_and_a_hundred_is_green() -> None:
    assert found_in(portfolio(observations=readings(RED))).loc["B1", "inside"] == "red"
    green = found_in(portfolio(observations=readings(GREEN))).loc["B1"]
    assert green["inside"] == "green"
    assert green["attainment"] == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"metric_id": None}, "outcome metric"),
        ({"baseline": None}, "baseline"),
        ({"target": None}, "target"),
        ({"due": None}, "due date"),
        ({"lag_days": None}, "lag"),
        ({"target": 0}, "target other than the baseline"),
        ({"target": -50}, "target in the metric's direction"),
    ],
)
def test_a_test_that_lacks_something_is_never_red_and_says_what(lacking: dict[str, Any], named: str) -> None:
    found = found_in(portfolio(observations=readings(RED), benefits=[benefit(**lacking)])).loc["B1"]
    assert found["inside"] == "unknown"
    assert found["lacks"] == named
    assert pd.isna(found["p_value"])


def test_without_delivery_finish_or_planned_end_there_is_no_start() -> None:
    made = portfolio(observations=readings(RED), work_items=[epic(delivered_at=None)])
    assert found_in(made).loc["B1", "lacks"] == "delivery, finish or planned end"


def test_the_start_is_the_delivery_else_the_finish_else_the_planned_end() -> None:
    dates = {"delivered_at": "2025-03-01", "finished_at": "2025-02-01", "planned_end": "2025-01-15"}
    for name, said in (
        ("delivered_at", "delivery"),
        ("finished_at", "finish"),
        ("planned_end", "planned end"),
    ):
        found = found_in(portfolio(work_items=[epic(**{"delivered_at": None, **dates})])).loc["B1"]
        assert found["start_from"] == said
        del dates[name]


def test_before_a_quarter_of_the_plan_nothing_is_due() -> None:
    made = portfolio("2025-04-01", observations=readings(RED))
    assert found_in(made).loc["B1", "inside"] == "not_yet_due"


def test_with_due_ahead_and_three_readings_nothing_is_due_yet_but_with_four_it_is() -> None:
    assert found_in(portfolio("2025-07-16", observations=readings(RED))).loc[
        "B1", ["inside", "exposed"]
    ].tolist() == ["not_yet_due", 3]
    assert found_in(portfolio("2025-08-16", observations=readings(RED))).loc[
        "B1", ["inside", "exposed"]
    ].tolist() == ["red", 4]


def test_after_due_too_few_readings_are_said_as_such() -> None:
    rows = [row for row in readings(RED) if row["at"] < "2025-05-01" or row["at"] > "2025-11-01"]
    found = found_in(portfolio(observations=rows)).loc["B1"]
    assert (found["inside"], found["lacks"]) == ("unknown", "2 more observations")


def test_output_and_activity_metrics_are_no_tests_at_all() -> None:
    for kind in ("output", "activity"):
        made = portfolio(metrics=[metric(kind=kind)], observations=readings(RED))
        assert found_in(made).empty
        assert items_of(made).loc["E1", ["inside", "missing"]].tolist() == [
            "unknown",
            "outcome metric; status report",
        ]


def test_classes_follow_the_metric_then_the_value_then_business() -> None:
    kinds = {
        "B1": ("behaviour", "customer", "behaviour"),
        "B2": ("outcome", "customer", "customer"),
        "B3": ("outcome", "revenue", "business"),
    }
    made = portfolio(
        metrics=[metric(f"M{key}", kind=kind) for key, (kind, _, _) in kinds.items()],
        benefits=[
            benefit(key, metric_id=f"M{key}", value_type=value) for key, (_, value, _) in kinds.items()
        ],
    )
    assert found_in(made)["outcome_class"].to_dict() == {key: wanted for key, (_, _, wanted) in kinds.items()}


def test_points_are_added_to_the_baseline_and_relative_targets_multiply_it() -> None:
    made = portfolio(
        benefits=[
            benefit("B1", baseline=40, target=5, delta_type="points"),
            benefit("B2", baseline=40, target=0.25, delta_type="relative"),
        ]
    )
    assert found_in(made)["target"].to_dict() == {"B1": 45, "B2": 50}


def test_due_before_the_effect_can_show_makes_the_plan_a_step_and_says_so() -> None:
    made = portfolio(observations=readings(RED), benefits=[benefit(due="2025-02-01")])
    found = found_in(made).loc["B1"]
    assert found["stepped"]
    assert found["inside"] == "red"
    assert inside_of(made).observed.planned.tolist() == [0.0] * 14 + [1.0] * 10


def test_phased_targets_bend_the_plan() -> None:
    targets = [
        {"goal_id": "B1", "at": "2025-05-01", "value": 80},
        {"goal_id": "B1", "at": "2025-09-28", "value": 100},
    ]
    inside = inside_of(portfolio(observations=readings(RED), targets=targets))
    at = pd.to_datetime([row["at"] for row in readings(RED)], utc=True)
    plan = pd.Series(inside.observed.planned, index=at)
    effect = pd.Timestamp("2025-03-02", tz="UTC")
    assert plan["2025-01-15"] == 0
    assert plan["2025-03-15"] == pytest.approx(0.8 * 13 / 60)
    assert plan["2025-05-15"] == pytest.approx(0.8 + 0.2 * 14 / 150)
    assert plan["2025-12-15"] == 1
    assert inside.frame["effect_at"].iloc[0] == effect


@given(st.integers(0, 400), st.integers(0, 400), st.lists(st.integers(-100, 900), min_size=1, max_size=20))
def test_a_ramp_rises_from_0_to_1_and_never_falls(lag: int, length: int, days: list[int]) -> None:
    at = np.sort(np.array(days, dtype=np.int64)) * DAY_US
    due = np.array([(lag + length) * DAY_US])
    plans = Plans(np.array([lag * DAY_US]), due, np.array([0, 0]), np.array([], dtype=np.int64), np.array([]))
    share = planned_share(plans, np.zeros(len(at), dtype=np.int64), at)
    assert ((share >= 0) & (share <= 1)).all()
    assert (np.diff(share) >= 0).all()
    assert (share[at < lag * DAY_US] == 0).all()
    assert (share[at >= (lag + length) * DAY_US] == 1).all()


def test_a_baseline_that_was_stated_wrong_is_replaced_by_the_one_measured() -> None:
    lifted = [50 + value for value in calm([0] * 12, noise=2)]
    made = portfolio(
        observations=readings(lifted)
    )  # stated 0, stood at 50 all along: half of the target came for free
    found = found_in(made).loc["B1"]
    assert found["attainment"] == pytest.approx(0, abs=0.05)
    assert found["inside"] == "red"


def test_a_metric_that_stood_at_its_target_before_cannot_be_tested() -> None:
    made = portfolio(observations=readings([120 + value for value in calm([0] * 12, noise=2)]))
    found = found_in(made).loc["B1"]
    assert (found["inside"], found["lacks"]) == (
        "unknown",
        "room between the baseline measured and the target",
    )


def test_several_readings_of_one_instant_count_as_their_mean() -> None:
    rows = readings(RED)
    series = inside_of(portfolio(observations=rows)).series
    table = portfolio(observations=rows)
    twice = pd.concat(
        [table.observations, table.observations.tail(1).assign(value=20.0)]
    )  # as two offsets of one instant would give it
    again = inside_of(replace(table, tables={**table.tables, "observations": twice})).series
    assert again.merged == 1
    assert len(again.value) == len(series.value)
    assert again.value[-1] == 15
    assert again.value[:-1].tolist() == series.value[:-1].tolist()


def test_segments_are_shown_never_tested() -> None:
    rows = readings(GREEN) + [{**row, "segment": "app", "value": 0} for row in readings(GREEN)]
    assert found_in(portfolio(observations=rows)).loc["B1", "inside"] == "green"


def test_a_december_is_compared_with_decembers() -> None:
    year = [60 * math.cos(2 * math.pi * k / 12) for k in range(36)]
    effect = [0.0] * 24 + [0, 0, 5, 20, 38, 50, 65, 80, 98, 100, 100, 100]
    values = [season + grown for season, grown in zip(year, effect, strict=True)]
    more = {
        "observations": readings(values, first="2023-01-15"),
        "work_items": [epic(created_at="2022-12-01")],
    }
    seasonal = found_in(portfolio("2025-10-31", metrics=[metric(season_days=365)], **more)).loc["B1"]
    plain = found_in(portfolio("2025-10-31", **more)).loc["B1"]
    assert seasonal["seasonal"] and seasonal["inside"] == "green"
    assert seasonal["attainment"] == pytest.approx(1, abs=0.08)
    assert plain["attainment"] < 0.8


def test_without_a_full_season_before_the_start_nothing_is_adjusted() -> None:
    made = portfolio(metrics=[metric(season_days=365)], observations=readings(RED[4:], first="2024-05-15"))
    assert not found_in(made).loc["B1", "seasonal"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 300), st.floats(-200, 300)), max_size=6), st.booleans())
def test_what_is_dated_or_recorded_after_as_of_changes_nothing(
    later: list[tuple[int, float]], recorded: bool
) -> None:
    end = pd.Timestamp(DAY)
    extra = []
    for days, value in later:
        day = (end + pd.Timedelta(days=days)).date().isoformat()
        at = "2025-12-20" if recorded else day
        extra.append({"metric_id": "M1", "at": at, "value": value, "recorded_at": day})
    extra = list({(row["at"], row["recorded_at"]): row for row in extra}.values())
    reports = [{"item_id": "E1", "at": "2025-12-01", "overall": "green"}]
    late = [*reports, {"item_id": "E1", "at": "2026-01-02", "overall": "red"}]
    plain = items_of(portfolio(observations=readings(RED), status_reports=reports))
    more = items_of(portfolio(observations=readings(RED) + extra, status_reports=late))
    pd.testing.assert_frame_equal(plain, more)
