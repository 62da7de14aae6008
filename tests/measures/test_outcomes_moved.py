"""Did it move, when was it adopted and realised, did use drop."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from outcomes_small import GREEN, benefit, calm, epic, found_in, inside_of, metric, portfolio, readings

from vmo_helpers.measures import flow, outcomes, value
from vmo_helpers.measures.outcomes.plan import DAY as DAY_US
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.thresholds import Thresholds

LIMITS = Thresholds()


def series(rows: int, before: int, after: int, rho: float, trend: float, seed: int) -> tuple[np.ndarray, ...]:
    """So many monthly AR(1) series of unit spread with a trend, as the arrays that ``moved`` takes."""
    rng = np.random.default_rng(seed)
    n = before + after
    noise = np.zeros((rows, n))
    noise[:, 0] = rng.standard_normal(rows)
    for step in range(1, n):
        noise[:, step] = rho * noise[:, step - 1] + np.sqrt(1 - rho**2) * rng.standard_normal(rows)
    value = noise + trend * np.arange(n)
    at = np.tile(np.arange(n) * 30 * DAY_US, rows)
    return np.repeat(np.arange(rows), n), at, value, np.full(rows, before * 30 * DAY_US)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
@pytest.mark.parametrize("trend", [0.0, 0.2])
@pytest.mark.parametrize(
    ("before", "after"), [(8, 3), (8, 8), (10, 10), (12, 4), (12, 12), (24, 6), (24, 12), (52, 12)]
)
def test_where_nothing_moved_at_most_ten_in_a_hundred_are_said_to_have(
    before: int, after: int, rho: float, trend: float
) -> None:
    subject, at, value, turn = series(1500, before, after, rho, trend, seed=before + after)
    found = outcomes.moved(subject, at, value.ravel(), turn, np.ones(1500))
    assert (found["p_value"] < 0.05).mean() <= 0.105  # ± .8 points of 1,500 series


def test_a_step_of_three_spreads_is_seen_with_its_size() -> None:
    subject, at, value, turn = series(400, 24, 12, 0.3, 0.05, seed=5)
    value[:, 24:] += 3
    found = outcomes.moved(subject, at, value.ravel(), turn, np.ones(400))
    assert found["verdict"].eq(outcomes.MOVED).mean() > 0.8
    assert found["effect"].median() == pytest.approx(3, abs=0.2)
    assert ((found["low"] < 3) & (found["high"] > 3)).mean() > 0.88


def test_a_move_against_the_wanted_direction_is_called_by_its_name() -> None:
    subject, at, value, turn = series(20, 24, 12, 0.0, 0.0, seed=6)
    value[:, 24:] += 6
    assert outcomes.moved(subject, at, value.ravel(), turn, -np.ones(20))["verdict"].eq(outcomes.WORSE).all()


def test_a_trend_that_bends_before_is_no_move() -> None:
    subject, at, value, turn = series(400, 36, 12, 0.3, 0.0, seed=5)
    value += 0.01 * np.arange(48) ** 2
    found = outcomes.moved(subject, at, value.ravel(), turn, np.ones(400))
    assert (found["p_value"] < 0.05).mean() > 0.8  # the straight line alone would call them moved
    assert found["verdict"].eq(outcomes.CURVED).mean() > 0.85
    assert found["verdict"].eq(outcomes.MOVED).mean() < 0.1


@pytest.mark.parametrize(("before", "after", "enough"), [(7, 3, False), (8, 2, False), (8, 3, True)])
def test_under_8_before_or_3_after_there_is_not_enough_data(before: int, after: int, enough: bool) -> None:
    subject, at, value, turn = series(3, before, after, 0.0, 0.0, seed=7)
    found = outcomes.moved(subject, at, value.ravel(), turn, np.ones(3))
    assert found["verdict"].ne(outcomes.FEW).all() == enough
    assert found["p_value"].notna().all() == enough


def test_the_smallest_visible_effect_is_seen_in_about_four_of_five() -> None:
    subject, at, value, turn = series(800, 24, 12, 0.0, 0.0, seed=8)
    visible = outcomes.moved(subject, at, value.ravel(), turn, np.ones(800))["smallest_visible"].median()
    value[:, 24:] += visible
    assert outcomes.moved(subject, at, value.ravel(), turn, np.ones(800))["verdict"].eq(
        outcomes.MOVED
    ).mean() == pytest.approx(0.8, abs=0.04)


def test_series_of_different_lengths_do_not_touch_each_other() -> None:
    subject, at, value, turn = series(2, 24, 12, 0.0, 0.0, seed=10)
    value[1, 24:] += 5
    kept = np.r_[np.arange(36), 36 + np.arange(6, 36)]  # the second one starts six months later
    both = outcomes.moved(subject[kept], at[kept], value.ravel()[kept], turn, np.ones(2))
    alone = outcomes.moved(
        np.zeros(30, dtype=np.int64), at[kept][36:], value.ravel()[kept][36:], turn[:1], np.ones(1)
    )
    assert both.loc[1, "effect"] == pytest.approx(alone.loc[0, "effect"])
    assert both.loc[1, "verdict"] == outcomes.MOVED


def test_a_benefit_moves_from_start_and_lag_on() -> None:
    made = portfolio(observations=readings(calm([0, 0, *[60] * 10])))
    found = outcomes.moves(inside_of(made)).iloc[0]
    assert found["verdict"] == outcomes.MOVED
    assert found["share"] == pytest.approx(0.6, abs=0.06)
    assert found[["before", "after"]].tolist() == [14, 10]


def test_the_three_clocks_run_from_delivery_to_adoption_to_realisation() -> None:
    use = calm(
        [10, 120, 40, 105, 110, 90, 100, 100, 100, 100, 100, 100]
    )  # one good month is luck, two are adoption
    made = portfolio(
        metrics=[metric("M1"), metric("M2", kind="behaviour")],
        benefits=[benefit("B1"), benefit("B2", metric_id="M2")],
        observations=readings([*GREEN[:-4], 98, 101, 100, 100]) + readings(use, "M2"),
    )
    inside = inside_of(made)
    tested = outcomes.tests(inside, made.as_of, LIMITS)
    found = outcomes.three_clocks(inside, flow.read(made), tested, adoption_hold_observations=2).iloc[0]
    assert found["deployed_at"] == pd.Timestamp("2025-01-01", tz="UTC")
    assert found["adopted_at"] == pd.Timestamp("2025-04-15", tz="UTC")
    assert found["realised_at"] == pd.Timestamp("2025-10-15", tz="UTC")
    assert found["adoption_days"] == 104
    assert found["adoption_known"] and found["realisation_known"]
    assert found[["adoption", "realisation"]].tolist() == ["reached", "reached"]


def test_a_benefit_that_is_no_test_has_no_line_of_its_plan() -> None:
    made = portfolio(benefits=[benefit()], observations=readings(GREEN))
    inside = inside_of(made)
    assert made.as_of is not None
    assert outcomes.plan_line(inside, "nothing", made.as_of).empty
    assert outcomes.outcome_line(inside, "nothing", attainment_line=0.8).empty
    assert len(outcomes.plan_line(inside, "B1", made.as_of)) > 1


def test_half_of_the_ways_from_deployment_to_use_and_on_to_the_outcome() -> None:
    """One item was adopted and realised, one has no behaviour metric; of both the first metric is M1."""
    use = calm([10, 120, 40, 105, 110, 90, 100, 100, 100, 100, 100, 100])
    tables = {
        "work_items": [epic("E1"), epic("E2")],
        "metrics": [metric("M1", kind="behaviour"), metric("M2"), metric("M3")],
        "benefits": [benefit("B1"), benefit("B2", metric_id="M2"), benefit("B3", "E2", "M3")],
        "observations": readings(use) + readings([*GREEN[:-4], 98, 101, 100, 100], "M2"),
    }
    made = portfolio(**tables)
    inside, as_of = inside_of(made), made.as_of
    assert as_of is not None
    tested = outcomes.tests(inside, as_of, LIMITS)
    clocks = outcomes.three_clocks(inside, flow.read(made), tested, adoption_hold_observations=2)
    adopted = value.time_to_adoption(inside, clocks, as_of)
    assert (adopted.reached, adopted.of, adopted.days) == (1, 1, 104)
    realised = value.time_to_realisation(inside, clocks, as_of)
    assert (realised.reached, realised.of, realised.days) == (1, 1, 183)


@pytest.mark.parametrize(
    ("level", "due", "word"),
    [
        (90, "2025-12-30", "on plan"),
        (10, "2025-12-30", "missed"),
        (5, "2025-12-31", "behind"),
        (20, None, "not measured"),
    ],
)
def test_what_is_not_realised_is_on_plan_behind_missed_or_not_measured(
    level: float, due: str | None, word: str
) -> None:
    values = [*calm([level] * 12)]
    made = portfolio(metrics=[metric("M1")], benefits=[benefit("B1", due=due)], observations=readings(values))
    inside = inside_of(made)
    tested = outcomes.tests(inside, made.as_of, LIMITS)
    found = outcomes.three_clocks(inside, flow.read(made), tested, adoption_hold_observations=2).iloc[0]
    assert (found["realisation"], found["adoption"]) == (word, "not measured")


def clocks_of(made: Portfolio) -> pd.Series:
    tested = found_in(made)
    frame = outcomes.three_clocks(inside_of(made), flow.read(made), tested, adoption_hold_observations=2)
    return frame.iloc[0]


def test_what_was_never_read_since_deployment_is_not_known_to_be_adopted_or_not() -> None:
    before = portfolio(metrics=[metric()], benefits=[benefit()], observations=readings([1.0] * 12))
    found = outcomes.three_clocks(
        inside_of(before), flow.read(before), found_in(before), adoption_hold_observations=2
    ).iloc[0]
    assert not found["adoption_known"] and not found["realisation_known"]
    since = portfolio(metrics=[metric()], benefits=[benefit()], observations=readings([1.0] * 13))
    found = outcomes.three_clocks(
        inside_of(since), flow.read(since), found_in(since), adoption_hold_observations=2
    ).iloc[0]
    assert not found["adoption_known"] and found["realisation_known"]


@pytest.mark.parametrize(
    ("tail", "dropped"),
    [([20, 20, 20], True), ([60, 20, 20], False), ([57, 56, 57], False)],
    ids=["three", "two", "three within the noise"],
)
def test_use_dropped_when_three_readings_in_a_row_lie_below_its_own_noise(
    tail: list[float], dropped: bool
) -> None:
    values = [60 + (3 if k % 2 else -3) for k in range(15)] + tail
    made = portfolio(
        metrics=[metric(kind="behaviour", item_id="E1")], observations=readings(values), benefits=[]
    )
    found = outcomes.usage_drops(made, inside_of(made), usage_drop_observations=3).iloc[0]
    assert found["dropped"] == dropped
    assert pd.notna(found["since"]) == dropped
    assert found["item_id"] == "E1"


def test_use_that_never_changed_has_not_dropped_and_any_less_has() -> None:
    for tail, dropped in ((60.0, False), (59.0, True)):
        made = portfolio(
            metrics=[metric(kind="behaviour")], observations=readings([60.0] * 8 + [tail] * 3), benefits=[]
        )
        found = outcomes.usage_drops(made, inside_of(made), usage_drop_observations=3).iloc[0]
        assert (found["level"], found["low"], found["dropped"]) == (60, 60, dropped)


def test_under_eight_readings_there_is_no_band_to_fall_below() -> None:
    made = portfolio(
        metrics=[metric(kind="behaviour")], observations=readings([60] * 7 + [10, 10, 10]), benefits=[]
    )
    assert pd.isna(outcomes.usage_drops(made, inside_of(made), usage_drop_observations=3)["dropped"].iloc[0])


def test_where_less_is_better_use_that_rises_is_a_drop() -> None:
    more: dict[str, Any] = {"metrics": [metric(kind="behaviour", direction="decrease")], "benefits": []}
    made = portfolio(
        observations=readings([60 + (3 if k % 2 else -3) for k in range(15)] + [90, 90, 90]), **more
    )
    assert outcomes.usage_drops(made, inside_of(made), usage_drop_observations=3)["dropped"].iloc[0]


def test_the_line_of_a_benefit_shows_what_was_seen_planned_and_noise() -> None:
    made = portfolio(observations=readings(GREEN))
    inside = inside_of(made)
    line = outcomes.outcome_line(inside, "B1", attainment_line=0.8)
    assert line["value"].tolist() == GREEN
    assert line["plan"].iloc[-1] == 100 and line["needed"].iloc[-1] == 80
    assert (line["band_high"] - line["plan"]).iloc[0] == pytest.approx(1.645 * 5 * np.sqrt(14 / 13), rel=0.1)
    assert line["counted"].sum() == 8
    marks = outcomes.marks(
        inside,
        "B1",
        outcomes.three_clocks(
            inside, flow.read(made), outcomes.tests(inside, made.as_of, LIMITS), adoption_hold_observations=2
        ),
    )
    assert marks["mark"].tolist() == ["delivery", "effect", "due"]
    assert outcomes.plan_line(inside, "B1", made.as_of)["plan"].is_monotonic_increasing
