"""Warnings against hand counts, and against the identities that a hazard must keep."""

import numpy as np
import pytest

from vmo_helpers.forecasts import bottleneck

NEVER = np.inf


def _visits(weeks: int, rate: float, mean: float, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    start = np.sort(rng.uniform(0, weeks, rng.poisson(rate * weeks)))
    return start, start + rng.gamma(2, mean / 2, len(start))


def test_the_hazard_is_counted_by_hand() -> None:
    start = np.array([0.0, 0, 0, 0, 5])
    end = np.array([1.0, 2, 2, 9, NEVER])
    found = bottleneck.hazard(start, end, 0, 20)
    # five at risk at age 1; four at age 2, two of them left; under three at age 4 and 9
    assert found.ages.tolist() == [1, 2]
    assert found.cumulative.tolist() == pytest.approx([1 / 5, 1 / 5 + 2 / 4])
    assert found.at(np.array([0.5, 1, 3])).tolist() == pytest.approx([0, 0.2, 0.7 + found.slope])
    assert found.slope == pytest.approx((0.7 - 0.2) / 1)
    assert found.departures == 4


def test_a_visit_that_began_earlier_enters_at_its_age() -> None:
    start, end = np.array([-3.0, 0, 0, 0]), np.array([4.0, 1, 5, 8])
    late = bottleneck.hazard(start, end, 0, 20)
    # at age 1 the old visit (aged 3 at the beginning) was not seen yet: three at risk
    assert late.cumulative[0] == pytest.approx(1 / 3)


def test_over_its_own_baseline_as_many_left_as_were_expected() -> None:
    start, end = _visits(60, 4, 2)
    usual = bottleneck.hazard(start, end, 0, 60)
    observed, expected = bottleneck.weekly(start, end, usual, 0, 60)
    assert observed.sum() == (end < 60).sum()
    assert expected.sum() == pytest.approx(observed.sum(), rel=0.05)


def test_expected_telescopes_over_any_weeks() -> None:
    start, end = _visits(40, 3, 2)
    usual = bottleneck.hazard(start, end, 0, 40)
    _, expected = bottleneck.weekly(start, end, usual, 0, 40)
    by_visit = usual.at(np.minimum(end, 40) - start)
    assert expected.sum() == pytest.approx(by_visit.sum())


def test_a_score_is_the_likelihood_ratio_of_the_worst_span() -> None:
    observed = np.array([3.0, 3, 3, 1, 1, 0])
    expected = np.full(6, 3.0)
    best, span = bottleneck.score(observed, expected)
    assert best[0] == 0 and best[2] == 0
    assert span[5] == 3
    assert best[5] == pytest.approx(2 * np.log(2 / 9) - (2 - 9))
    assert bottleneck.score(expected + 1, expected)[0].max() == 0
    assert bottleneck.score(np.zeros(4), np.zeros(4))[0].max() == 0


def test_a_warning_begins_and_ends_after_two_weeks() -> None:
    scores = np.array([0, 4, 0, 4, 4, 3, 2, 3, 2, 2, 0.0])
    on = bottleneck.standing(scores, theta=4)
    assert on.tolist() == [False] * 4 + [True] * 5 + [False] * 2
    assert bottleneck.onsets(on).tolist() == [4]


def test_a_stage_that_lets_half_as_many_out_is_warned_of_and_a_steady_one_is_not() -> None:
    start, end = _visits(156, 4, 2)
    usual = bottleneck.hazard(start, end, 40, 92)
    assert bottleneck.watched(usual, 52) is None
    calm, _ = bottleneck.score(*bottleneck.weekly(start, end, usual, 92, 60))
    slow = np.where(end > 100, 100 + (end - 100) * 3, end)
    hit, _ = bottleneck.score(
        *bottleneck.weekly(start, np.where(start > 100, start + (end - start) * 3, slow), usual, 92, 60)
    )
    warned = bottleneck.onsets(bottleneck.standing(hit))
    assert len(warned) and 100 - 92 <= warned[0] <= 112 - 92
    assert not bottleneck.standing(calm).any()


def test_a_thin_baseline_is_not_watched_and_says_why() -> None:
    start, end = _visits(60, 0.2, 2)
    usual = bottleneck.hazard(start, end, 0, 52)
    assert "a warning needs 20" in str(bottleneck.watched(usual, 52))
    assert "whole weeks" in str(bottleneck.watched(usual, 20))


def test_lead_time_is_hurt_where_it_rises_and_not_where_it_does_not() -> None:
    rng = np.random.default_rng(5)
    finished = np.sort(rng.uniform(0, 120, 480))
    lead = rng.gamma(4, 5, 480)
    assert not bottleneck.hurt(finished, lead, (0, 80), 80, 40).any()
    risen = np.where(finished > 95, lead * 2, lead)
    weeks = np.flatnonzero(bottleneck.hurt(finished, risen, (0, 80), 80, 40)) + 80
    assert 95 <= weeks[0] <= 103
    assert not bottleneck.hurt(finished[:10], risen[:10], (0, 80), 80, 40).any()
