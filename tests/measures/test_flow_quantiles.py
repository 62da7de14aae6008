"""Percentiles, their intervals, and the expectation that open work has a say in."""

import math

import numpy as np
import pandas as pd
import pytest
from flow_small import Small, small
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.quantiles import SmallN, by_group, change, interpolated, resampled

lengths = st.lists(st.floats(0, 500, allow_nan=False), min_size=1, max_size=60)


@settings(deadline=None, max_examples=60)
@given(lengths, st.sampled_from([0.05, 0.5, 0.85, 0.95]))
def test_a_percentile_is_the_linear_interpolation_that_numpy_and_sql_use(
    values: list[float], q: float
) -> None:
    assert interpolated(np.sort(values), q) == pytest.approx(np.quantile(values, q))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(-1, 4), st.one_of(st.just(math.nan), st.floats(0, 500))), max_size=60),
    st.sampled_from([0.5, 0.85]),
)
def test_the_percentile_of_each_group_is_the_percentile_of_its_values(
    pairs: list[tuple[int, float]], q: float
) -> None:
    group = np.array([pair[0] for pair in pairs], dtype=np.int64)
    values = np.array([pair[1] for pair in pairs])
    found = by_group(values, group, 5, q, SmallN(3, 6))
    for code in range(5):
        mine = values[(group == code) & ~np.isnan(values)]
        expected = np.quantile(mine, q) if len(mine) >= (6 if q == 0.85 else 3) else math.nan
        assert found[code] == pytest.approx(expected, nan_ok=True)


def test_where_one_is_enough_the_only_value_of_a_group_is_its_percentile() -> None:
    for least in (0, 1):
        found = by_group(np.array([7.0]), np.array([1]), 2, 0.5, SmallN(least, least))
        assert found[1] == 7 and math.isnan(found[0])


def test_under_five_items_there_is_no_median_and_under_ten_no_85th() -> None:
    four, nine = flow.percentiles(range(4)), flow.percentiles(range(9))
    assert four["days"].isna().all() and set(four["why"]) == {
        "too few to say: 4 items, 5 are needed",
        "too few to say: 4 items, 10 are needed",
    }
    assert nine["days"].tolist()[0] == 4 and nine["days"].isna().tolist() == [False, True, True]
    assert flow.percentiles(range(10))["days"].notna().all()


def test_unasked_the_median_the_85th_and_the_95th_are_told() -> None:
    assert flow.percentiles(range(60))["quantile"].tolist() == [0.5, 0.85, 0.95]


def test_missing_values_do_not_count() -> None:
    assert flow.percentiles([1, 2, 3, 4, 5, math.nan], [0.5])[["days", "n"]].iloc[0].tolist() == [3, 5]


def test_the_limits_of_a_percentile_hold_the_true_one_19_times_in_20() -> None:
    random, held = np.random.default_rng(1), 0
    for _ in range(300):
        row = flow.percentiles(random.exponential(10, 60), [0.85]).iloc[0]
        held += row["low"] <= -10 * math.log(0.15) <= row["high"]
    assert held >= 0.93 * 300


def test_resampling_without_drawing_the_samples_gives_what_drawing_them_gives() -> None:
    values = np.random.default_rng(3).lognormal(3, 1, 41)
    ours = resampled(values, 0.85, seed=5, draws=20_000)
    drawn = np.quantile(np.random.default_rng(4).choice(values, (20_000, len(values))), 0.85, axis=1)
    for q in (0.025, 0.25, 0.5, 0.75, 0.975):
        assert np.quantile(ours, q) == pytest.approx(np.quantile(drawn, q), rel=0.03)


def test_the_median_of_resamples_of_two_is_either_half_as_often_as_what_lies_between() -> None:
    found = resampled([0.0, 1.0], 0.5, seed=5, draws=20_000)
    assert [(found == value).mean() for value in (0, 0.5, 1)] == pytest.approx([0.25, 0.5, 0.25], abs=0.015)
    assert set(resampled([3.0], 0.5, seed=5, draws=9)) == {3.0}


def test_the_same_data_give_the_same_interval() -> None:
    first, second = (change(np.arange(30), np.arange(10, 45), 0.85) for _ in range(2))
    assert first == second and first["low"] <= first["change"] <= first["high"]


def test_a_change_of_too_few_has_no_interval() -> None:
    found = change(np.arange(30), np.arange(9), 0.85)
    assert math.isnan(found["after"]) and math.isnan(found["low"]) and found["n_after"] == 9


def test_a_change_of_just_enough_has_one() -> None:
    found = change(np.arange(10), np.arange(10) + 3, 0.85)
    assert (found["change"], found["n_before"], found["n_after"]) == (pytest.approx(3), 10, 10)
    assert found["low"] <= 3 <= found["high"]


def log_of(
    spans: list[tuple[int, int | None]], start: str = "2026-03-01", as_of: str = "2026-06-09T00:00:00Z"
) -> Small:
    """Items that start on day a (from 2026-03-01) and take so many days; None: still open."""
    day = pd.Timestamp("2026-03-01")
    moves = {}
    for number, (begin, took) in enumerate(spans):
        steps = [("Coding", str(day + pd.Timedelta(days=begin)))]
        moves[f"I{number}"] = steps + (
            [("Resolved", str(day + pd.Timedelta(days=begin + took)))] if took is not None else []
        )
    return small(moves, start=start, as_of=as_of)


def expectation(found: Small, quantiles: tuple[float, ...] = (0.5, 0.85)) -> pd.DataFrame:
    return flow.service_level_expectation(found.log, found.items, found.window, quantiles).set_index(
        "quantile"
    )


def test_without_open_or_earlier_work_the_expectation_is_the_share_that_was_finished() -> None:
    found = expectation(log_of([(day, day + 1) for day in range(20)]))
    assert found["days"].tolist() == [10, 17] and found["n_censored"].tolist() == [0, 0]


def test_open_work_lengthens_what_can_be_expected() -> None:
    finished = [(day, 5 + day) for day in range(12)]
    alone, with_old = (
        expectation(log_of(finished)),
        expectation(log_of([*finished, (0, None), (1, None), (2, None), (3, None)])),
    )
    assert with_old.loc[0.5, "days"] > alone.loc[0.5, "days"]
    assert math.isnan(with_old.loc[0.85, "days"]) and "not reached" in with_old.loc[0.85, "why"]


def test_kaplan_and_meier_by_hand() -> None:
    # ages at finish 2, 4, 4, 7 and open ones at 3 and 9: S = 5/6, then 2 of 4 left, then 1 of 2
    spans = [(0, 2), (0, 4), (0, 4), (0, 7), (97, None), (91, None)]
    curve = flow.survival_curve(*(lambda f: (f.log, f.items, f.window))(log_of(spans)))
    assert curve["days"].tolist() == [2, 4, 7]
    assert (1 - curve["finished_share"]).tolist() == pytest.approx([5 / 6, 5 / 12, 5 / 24])
    low, high = curve["low"].iloc[0], curve["high"].iloc[0]
    spread = 1.959963984540054 * math.sqrt(1 / 30) / abs(math.log(5 / 6))
    assert (1 - low, 1 - high) == pytest.approx(((5 / 6) ** math.exp(-spread), (5 / 6) ** math.exp(spread)))


def test_work_that_began_before_the_window_enters_at_the_age_it_had() -> None:
    spans = [
        (-50, 60),
        (0, 10),
        (0, 20),
    ]  # the first is at risk from 50 days on: it says nothing of younger work
    found = log_of(spans)
    curve = flow.survival_curve(found.log, found.items, found.window)
    assert (1 - curve["finished_share"]).tolist() == pytest.approx([0.5, 0, 0])


def test_the_expectation_is_not_fooled_by_where_the_window_cuts() -> None:
    random = np.random.default_rng(7)
    took = random.exponential(30, 4000)
    begin = random.uniform(-300, 100, 4000)
    spans = [(int(a), max(1, round(t))) for a, t in zip(begin, took, strict=True) if a + t > 0]
    spans = [(a, t if a + t <= 100 else None) for a, t in spans]
    days = expectation(log_of(spans), (0.5, 0.85, 0.95))["days"]
    assert days.tolist() == pytest.approx(
        [30 * math.log(2), -30 * math.log(0.15), -30 * math.log(0.05)], rel=0.12
    )


def test_ages_that_only_a_few_were_seen_at_make_no_promise() -> None:
    spans = [(-50 - n, 60 + n) for n in range(20)] + [(0, 1), (0, 2)]
    found = expectation(log_of(spans))
    assert found["days"].isna().all() and found["why"].str.contains("short ages").all()


@pytest.mark.parametrize(("young", "few"), [(4, True), (5, False)])
def test_five_seen_at_an_age_are_enough_to_speak_of_it(young: int, few: bool) -> None:
    spans = [(-50 - n, 60 + n) for n in range(20)] + [(n, 1) for n in range(young)]
    median = expectation(log_of(spans), (0.5,)).loc[0.5]
    assert math.isnan(median["days"]) if few else median["days"] == 1


def test_a_cancelled_item_is_no_finish_and_no_wait_for_ever() -> None:
    moves = {f"I{n}": [("Coding", "2026-03-01"), ("Resolved", f"2026-03-{n + 2:02d}")] for n in range(12)}
    moves |= {f"C{n}": [("Coding", "2026-03-01"), ("Dropped", "2026-03-02")] for n in range(5)}
    found = expectation(small(moves, start="2026-03-01", as_of="2026-06-09"))
    assert found["n_censored"].tolist() == [5, 5] and found.loc[0.5, "days"] == 7


def test_what_finishes_in_the_first_instant_of_the_window_was_at_risk_then() -> None:
    spans = [(-5, 5), (-3, 8), (0, 5)]  # the window begins on day 0: one is done at that instant, at 5 days
    found = log_of(spans)
    curve = flow.survival_curve(found.log, found.items, found.window)
    assert curve["days"].tolist() == [5, 8]
    assert (1 - curve["finished_share"]).tolist() == pytest.approx([1 / 3, 0])


@pytest.mark.parametrize("start", ["2026-03-01", "2026-03-07"])  # a Sunday, a Saturday
def test_the_expectation_in_working_days_takes_work_not_begun_for_what_it_is(start: str) -> None:
    moves = {f"I{n}": [("Coding", "2026-03-04"), ("Resolved", f"2026-03-{n + 8:02d}")] for n in range(12)}
    moves |= {"B": [("Funnel", "2026-03-02")], "S": [("Coding", "2026-03-02"), ("Resolved", "2026-03-08")]}
    found = small(moves, start=start, as_of="2026-06-09", working_days=(0, 1, 2, 3, 4))
    curve = flow.survival_curve(found.log, found.items, found.window)
    assert curve["finished_share"].between(0, 1).all() and curve["finished_share"].is_monotonic_increasing
    assert curve["finished_share"].iloc[-1] == 1 and curve["days"].iloc[-1] == 11
    assert flow.service_level_expectation(found.log, found.items, found.window)["n"].tolist() == [13] * 3
