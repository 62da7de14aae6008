"""Rare readings, counts near zero, and what is shown neither red nor sound."""

import numpy as np
import pandas as pd
import pytest
from outcomes_small import LIMITS, benefit, calm, found_in, inside_of, items_of, metric, portfolio, readings
from scipy import stats

from benchmarks.watermelon_cases import Design, cases
from vmo_helpers.measures import flow, outcomes
from vmo_helpers.measures.outcomes.counts import dispersion, judge
from vmo_helpers.measures.outcomes.plan import DAY
from vmo_helpers.measures.outcomes.sparse import Prior, prior, windows


def test_the_prior_finds_what_the_variances_were_drawn_from() -> None:
    rng = np.random.default_rng(1)
    true = 12 * 0.04 / rng.chisquare(12, 4000)
    seen = true * rng.chisquare(5, 4000) / 5
    found = prior(seen, np.full(4000, 5), np.ones(4000, dtype=bool))
    assert found.variance == pytest.approx(0.04, rel=0.05)
    assert found.degrees == pytest.approx(12, rel=0.25)


def test_metrics_that_are_all_as_noisy_lend_as_much_as_one_likes_and_few_lend_nothing() -> None:
    rng = np.random.default_rng(2)
    seen = 0.04 * rng.chisquare(5, 4000) / 5
    assert prior(seen, np.full(4000, 5), np.ones(4000, dtype=bool)).degrees > 100
    assert prior(seen[:9], np.full(9, 5), np.ones(9, dtype=bool)) == Prior()
    assert prior(seen[:10], np.full(10, 5), np.ones(10, dtype=bool)) != Prior()


@pytest.mark.parametrize(("gap", "wanted"), [(7, 5), (30, 5), (45, 4), (61, 3), (91, 2), (365, 2)])
def test_half_a_year_speaks_for_the_present_in_two_to_five_readings(gap: int, wanted: int) -> None:
    at = np.arange(9) * gap * DAY
    assert windows(np.zeros(9, dtype=np.int64), at, 2).tolist() == [wanted, 5]


def test_quarterly_metrics_are_judged_by_two_readings_and_monthly_ones_borrow_nothing() -> None:
    for design, needed in ((Design.QUARTERLY, 2), (Design.SECOND_MONTH, 3), (Design.MONTHLY, 4)):
        made = cases(1, items=40, design=design)
        exposed = outcomes.read(made.portfolio, flow.read(made.portfolio), attainment_line=0.8).exposed
        assert set(exposed.needed) == {needed}
        known = ~np.isnan(exposed.p)
        assert exposed.degrees[known].max() <= 8
        if design is Design.QUARTERLY:
            assert exposed.degrees[known].min() > 2


def counts(after: list[float], before: list[float], **plan: float) -> pd.Series:
    made = portfolio(
        observations=readings([*before, *after]),
        benefits=[benefit(**plan)],
        metrics=[metric(direction="decrease")],
    )
    return found_in(made).loc["B1"]


def test_counts_are_tested_by_the_sum_of_the_latest_against_what_the_line_asks_for() -> None:
    before = [6.0, 4, 7, 5, 9, 6, 3, 8, 5, 7, 6, 6]
    found = counts([5, 6, 6, 4, 5, 6, 4, 5, 4, 6, 5, 4], before, baseline=6, target=1)
    # three readings on the full plan and two on the ramp: 77 and 92 %, each asked for at .8 of its change
    inside = inside_of(
        portfolio(
            observations=readings([*before, 5, 6, 6, 4, 5, 6, 4, 5, 4, 6, 5, 4]),
            benefits=[benefit(baseline=6, target=1)],
            metrics=[metric(direction="decrease")],
        )
    )
    planned = inside.observed.planned[-5:]
    asked = float(np.sum(6 - 0.8 * planned * 5))
    count = int((inside.observed.planned == 0).sum())
    wide = 1 + (5 - 0.8 * planned.sum()) ** 2 * (2 * 6 / count) / asked
    assert found["p_value"] == pytest.approx(stats.gamma.cdf(asked / wide, 24 / wide), rel=1e-6)
    assert found["inside"] == "red"


@pytest.mark.parametrize(
    ("before", "baseline", "target"),
    [([], 6, 1), ([6.0], 6, 1), ([6.0, 7.0], 6, 1), ([0.0], 0.5, 0), ([0.0, 1.0], 0.5, 0)],
    ids=["as it is said", "one reading", "two readings", "under one", "two under one"],
)
def test_a_baseline_of_counts_is_as_uncertain_as_the_readings_that_stand_for_it_are_few(
    before: list[float], baseline: float, target: float
) -> None:
    """Its variance is twice the mean of Poisson by reading; without a reading it is taken as it is said."""
    after = [5.0, 6, 6, 4, 5, 6, 4, 5, 4] if baseline == 6 else [1.0, 0, 0, 1, 0, 1, 0, 0, 1]
    first = pd.Timestamp("2025-03-15") - pd.DateOffset(months=len(before))
    made = portfolio(
        observations=readings([*before, *after], first=str(first.date())),
        benefits=[benefit(baseline=baseline, target=target)],
        metrics=[metric(direction="decrease")],
    )
    planned = inside_of(made).observed.planned[-5:]
    asked = float(np.sum(baseline + 0.8 * planned * (target - baseline)))
    variance = 2 * baseline / len(before) if before else 0.0
    wide = 1 + (5 - 0.8 * planned.sum()) ** 2 * variance / asked
    wanted = stats.gamma.cdf(asked / wide, sum(after[-5:]) / wide)
    assert found_in(made).loc["B1", "p_value"] == pytest.approx(wanted)


def test_the_interval_of_a_count_touches_the_line_where_p_is_five_in_a_hundred() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        before = rng.poisson(4, 12).astype(float).tolist()
        found = counts(
            rng.poisson(rng.uniform(0.5, 4), 12).astype(float).tolist(), before, baseline=4, target=0
        )
        if not np.isnan(found["p_value"]):
            assert (found["p_value"] < 0.05) == (found["high"] < 0.8)
            assert found["low"] <= found["attainment"] <= found["high"]


@pytest.mark.parametrize("wide", [1.0, 2.0])
@pytest.mark.parametrize("change", [1.0, -2.0])
@pytest.mark.parametrize("total", [0, 1, 4, 9])
def test_a_sum_of_counts_is_judged_by_the_exact_tails_of_poisson_and_garwood_s_interval(
    total: int, change: float, wide: float
) -> None:
    """Two readings on the whole plan, from 2 by 1 up or by 2 down; where they scatter twice as wide, all
    counts half."""
    one = np.ones(1)
    found = judge(total * one, np.array([2]), 2 * one, 2 * one, change * one, wide * one, 0.8, 0 * one, 0.9)
    seen, asked = total / wide, (4 + 0.8 * change * 2) / wide
    at_most, at_least = stats.gamma.sf(asked, seen + 1), stats.gamma.cdf(asked, seen) if seen else 1.0
    if seen == int(seen):
        assert at_most == pytest.approx(stats.poisson.cdf(seen, asked))
        assert at_least == pytest.approx(stats.poisson.sf(seen - 1, asked))
    least, most = stats.chi2.ppf(0.05, 2 * seen) / 2 if seen else 0.0, stats.chi2.ppf(0.95, 2 * seen + 2) / 2
    ends = sorted((wide * end - 4) / (2 * change) for end in (least, most))
    assert found.attainment[0] == pytest.approx((total - 4) / (2 * change))
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(ends))
    up = change > 0
    assert (found.p[0], found.under[0]) == pytest.approx((at_most, at_least) if up else (at_least, at_most))


@pytest.mark.parametrize(
    ("count", "mean", "squares", "products", "wide", "even"),
    [
        (3, 2.0, 99.0, 0.0, 1, False),  # under four readings nothing is known
        (4, 2.0, 60.0, 0.0, 10, False),  # Σ r² ÷ mean is 30 on 3 degrees of freedom
        (4, 0.0, 60.0, 0.0, 1, False),  # of a mean of nothing no scatter is asked
        (4, 2.0, 6.0, 0.0, 1, False),  # just what Poisson gives
        (
            9,
            2.0,
            16.0,
            12.0,
            (1 + 1 / 12) / (1 - 1 / 12),
            False,
        ),  # neighbours alike by 3/4, and chance gives 2/3
        (9, 2.0, 0.2, 0.0, 1, True),
    ],
)
def test_the_scatter_of_counts_by_hand(
    count: int, mean: float, squares: float, products: float, wide: float, even: bool
) -> None:
    found, evenly = dispersion(*(np.array([value]) for value in (count, mean, squares, products)))
    assert found[0] == pytest.approx(wide)
    assert evenly[0] == even


@pytest.mark.parametrize(
    ("value", "target"), [(4.5, 0.0), (4.0, 40.0)], ids=["no whole number", "far from zero"]
)
def test_what_is_no_count_near_zero_is_regressed(value: float, target: float) -> None:
    made = portfolio(
        observations=readings([4.0, 5, 3, 4] * 3 + [value] * 12),
        benefits=[benefit(baseline=4, target=target)],
        metrics=[
            {
                "metric_id": "M1",
                "name": "M",
                "unit": "n",
                "direction": "increase" if target else "decrease",
                "kind": "outcome",
            }
        ],
    )
    assert not inside_of(made).counts.which.any()


def test_sound_is_shown_red_is_shown_and_the_rest_is_open() -> None:
    noisy = [0, 0, 10, 30, 10, 40, 60, 75, 70, 85, 120, 60]
    found = items_of(portfolio(observations=readings(calm(noisy, noise=25)))).loc["E1"]
    assert found["inside"] == "open"
    tested = found_in(portfolio(observations=readings(calm(noisy, noise=25)))).loc["B1"]
    assert tested["chance_under"] >= LIMITS.watermelon_watch_p
    assert tested["p_value"] >= LIMITS.watermelon_red_p


def test_what_is_open_says_how_many_further_readings_would_settle_it() -> None:
    made = cases(1)
    inside = outcomes.read(made.portfolio, flow.read(made.portfolio), attainment_line=0.8)
    tested = outcomes.tests(inside, made.months[20], LIMITS)
    further = tested["further_readings"]
    assert further[tested["inside"].ne("open")].isna().all()
    known = further[tested["inside"].eq("open")].dropna()
    assert len(known) > 20 and known.between(1, 10).all()


def test_of_what_is_sound_hardly_anything_is_bad() -> None:
    bad = healthy = 0
    for seed in (1, 2, 3):
        made = cases(seed, between=True)
        inside = outcomes.read(made.portfolio, flow.read(made.portfolio), attainment_line=0.8)
        tested = outcomes.tests(inside, made.months[-1], LIMITS)
        sound = outcomes.items(inside, tested, LIMITS)["inside"].eq("green").to_numpy()
        bad, healthy = bad + int((sound & made.bad).sum()), healthy + int((sound & ~made.bad).sum())
    assert bad / (bad + healthy) <= 0.05
    assert healthy > 300
