"""From tests to items and tiers: Simes, the false discovery rate, the month before, every month at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from outcomes_small import (
    GREEN,
    LIMITS,
    RED,
    benefit,
    calm,
    epic,
    inside_of,
    items_of,
    metric,
    portfolio,
    readings,
    report,
)

from vmo_helpers.measures import outcomes
from vmo_helpers.measures.flow.arrays import micros

SHARES = st.one_of(st.floats(0, 1), st.just(float("nan")))


@given(st.lists(st.tuples(st.integers(0, 5), SHARES), max_size=30))
def test_simes_is_the_smallest_of_k_times_p_over_its_rank(pairs: list[tuple[int, float]]) -> None:
    group = np.array([who for who, _ in pairs], dtype=np.int64)
    p = np.array([value for _, value in pairs])
    found = outcomes.simes(p[:, None], group, 6)[:, 0]
    for who in range(6):
        mine = sorted(value for owner, value in pairs if owner == who and not np.isnan(value))
        wanted = min((len(mine) * value / rank for rank, value in enumerate(mine, 1)), default=np.nan)
        assert found[who] == pytest.approx(wanted, nan_ok=True)


@given(arrays.arrays(np.float64, st.integers(1, 25), elements=SHARES), st.sampled_from([0.05, 0.1, 0.3]))
def test_discoveries_are_those_of_benjamini_and_hochberg(p: np.ndarray, rate: float) -> None:
    found = outcomes.discoveries(p[:, None], rate)[:, 0]
    ranked = np.sort(p[~np.isnan(p)])
    passing = [value for rank, value in enumerate(ranked, 1) if value <= rank * rate / len(ranked)]
    wanted = p <= max(passing, default=-1.0)
    assert found.tolist() == wanted.tolist()


def test_an_item_is_red_by_all_its_tests_together_and_each_class_by_its_own() -> None:
    made = portfolio(
        metrics=[metric("M1"), metric("M2", kind="behaviour"), metric("M3")],
        benefits=[
            benefit("B1"),
            benefit("B2", metric_id="M2"),
            benefit("B3", metric_id="M3", value_type="customer", due="2027-12-31"),
        ],
        observations=readings(RED, "M1") + readings(GREEN, "M2"),
    )
    found = items_of(made).loc["E1"]
    assert found[["inside", "inside_business", "inside_behaviour", "inside_customer"]].tolist() == [
        "red",
        "red",
        "green",
        "not_yet_due",
    ]
    assert found["benefit_id"] == "B1"
    assert found["p_value"] == pytest.approx(
        2 * outcomes.tests(inside_of(made), made.as_of, LIMITS)["p_value"].min()
    )


def test_a_noisy_shortfall_is_watched_and_keeps_its_label() -> None:
    noisy = [0, 0, 10, 30, 10, 40, 20, 75, 40, 85, 40, 80]
    made = portfolio(observations=readings(calm(noisy, noise=20)), status_reports=[report()])
    found = items_of(made).loc["E1"]
    assert (found["tier"], found["label"], found["inside"]) == ("watch", "open_inside", "open")
    assert 0.05 <= found["p_value"] < 0.20


def test_red_since_is_the_reading_since_which_it_has_been_red_without_a_break() -> None:
    found = items_of(portfolio(observations=readings(RED))).loc["E1"]
    assert found["red_since"] == pd.Timestamp("2025-08-15", tz="UTC")
    assert items_of(portfolio(observations=readings(GREEN)))["red_since"].isna().all()


def many(count: int, bad: int, months: int = 24) -> dict[str, list[dict[str, object]]]:
    """So many items, the first of them red, the others sound."""
    numbers = range(count)
    return {
        "work_items": [epic(f"E{k}") for k in numbers],
        "metrics": [metric(f"M{k}") for k in numbers],
        "benefits": [benefit(f"B{k}", f"E{k}", f"M{k}") for k in numbers],
        "observations": [
            row for k in numbers for row in readings((RED if k < bad else GREEN)[:months], f"M{k}")
        ],
    }


def test_the_board_is_told_what_was_red_a_month_before_as_well() -> None:
    tables = many(6, 3)
    # due on the 30th of September: of the readings after it two stand on the 30th of November, a month after
    # that they stood a month before as well
    assert items_of(portfolio("2025-12-31", **tables))["tier"].tolist() == ["board"] * 3 + ["none"] * 3
    assert items_of(portfolio("2025-11-30", **tables))["tier"].tolist() == ["red"] * 3 + ["none"] * 3


def test_a_ramp_that_somebody_stated_may_reach_the_board_before_it_is_due() -> None:
    tables = many(6, 3)
    tables["targets"] = [
        {"goal_id": f"B{k}", "at": at, "value": level}
        for k in range(6)
        for at, level in (("2025-03-02", 0), ("2025-09-30", 100))
    ]
    assert items_of(portfolio("2025-09-30", **tables))["tier"].tolist() == ["board"] * 3 + ["none"] * 3
    # on the 31st of August the fourth counted reading is two weeks old: a month before there were three
    assert items_of(portfolio("2025-08-31", **tables))["tier"].tolist() == ["red"] * 3 + ["none"] * 3


def test_one_red_item_among_many_sound_ones_needs_more_than_one_in_twenty() -> None:
    p = np.array([[0.03], *[[0.5]] * 29])
    assert outcomes.tiers(np.hstack([p, p]), red_p=0.05, watch_p=0.2, rate=0.1)[0].tolist() == [2, 2]
    p[0] = 0.003
    assert outcomes.tiers(np.hstack([p, p]), red_p=0.05, watch_p=0.2, rate=0.1)[0].tolist() == [2, 3]


def test_every_month_at_once_says_what_a_review_of_that_month_says() -> None:
    made = portfolio(**many(5, 2))
    months = pd.date_range("2025-03-31", "2025-12-31", freq="ME", tz="UTC") + pd.Timedelta(hours=23)
    inside = inside_of(made)
    read = outcomes.readings(inside.exposed, inside.plans, inside.assessable, micros(pd.Series(months)))
    p = outcomes.simes(read.p, inside.item, len(inside.work))
    firm = outcomes.readings(inside.firm, inside.plans, inside.assessable, micros(pd.Series(months))).p
    tier = outcomes.tiers(
        p,
        firm=outcomes.simes(firm, inside.item, len(inside.work)),
        red_p=LIMITS.watermelon_red_p,
        watch_p=LIMITS.watermelon_watch_p,
        rate=LIMITS.board_false_discovery_rate,
    )
    for column, month in enumerate(months):
        then = items_of(made.known_at(month))
        assert then["p_value"].to_numpy() == pytest.approx(p[:, column], nan_ok=True)
        wanted = [["none", "watch", "red", "board"][place] for place in tier[:, column]]
        assert then["tier"].tolist() == wanted or column == 0


def test_history_tells_how_the_evidence_grew() -> None:
    made = portfolio(observations=readings(RED))
    past = outcomes.history(inside_of(made), pd.Series(["E1"], dtype="str"))
    assert past["at"].is_monotonic_increasing
    assert past["at"].iloc[0] == pd.Timestamp("2025-08-15", tz="UTC")
    assert (past["p_value"] < 0.05).all()
