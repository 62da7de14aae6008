"""Completion forecasts against answers that are exact, and against properties that must hold."""

import numpy as np
import pytest
from scipy import integrate, stats

from vmo_helpers.forecasts import completion, models

STEADY = np.array([3, 2, 4, 3, 1, 5, 2, 3, 4, 3, 2, 3, 4, 2, 3, 3], dtype=float)
WILD = np.array([0, 9, 0, 1, 12, 0, 0, 3, 8, 0, 1, 0, 6, 0, 2, 10], dtype=float)


def _rng(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def _error(total: np.ndarray, exact: np.ndarray) -> float:
    """The largest difference of the distributions, over 0 … len(exact) − 1."""
    empirical = np.searchsorted(np.sort(total), np.arange(len(exact)), side="right") / len(total)
    return float(np.abs(empirical - exact).max())


@pytest.mark.parametrize("history", [STEADY, WILD])
def test_the_independent_sampler_meets_the_exact_convolution(history: np.ndarray) -> None:
    one = np.bincount(history.astype(int)) / len(history)
    exact = one
    for _ in range(11):
        exact = np.convolve(exact, one)
    total = models.resampled(history, 12, 10_000, _rng()).sum(axis=1)
    assert _error(total, exact.cumsum()) <= 0.02


@pytest.mark.parametrize("history", [STEADY, WILD])
def test_the_default_meets_the_mixture_by_quadrature(history: np.ndarray) -> None:
    spread = max(1.0, history.var(ddof=1) / history.mean())
    rate = stats.gamma((history.sum() + 0.5) / spread, scale=spread / len(history))

    def given(level: float, most: int) -> float:
        if spread <= 1.02:
            return float(stats.poisson.cdf(most, 12 * level))
        return float(stats.nbinom.cdf(most, 12 * level / (spread - 1), 1 / spread))

    low, high = rate.ppf([1e-9, 1 - 1e-9])
    grid = np.linspace(low, high, 301)
    counts = np.arange(0, 150, 7)
    exact = [integrate.simpson([given(x, k) for x in grid] * rate.pdf(grid), x=grid) for k in counts.tolist()]
    for total in (
        models.over_dispersed(history, 12, 10_000, _rng()).sum(axis=1),
        models.totals(history, 12, 10_000, _rng()),
    ):
        told = np.searchsorted(np.sort(total), counts, side="right") / len(total)
        assert np.abs(told - exact).max() <= 0.02


@pytest.mark.parametrize("model", [models.over_dispersed, models.discounted, models.resampled])
def test_a_seed_gives_the_same_bytes(model: models.Model) -> None:
    assert model(WILD, 12, 500, _rng()).tobytes() == model(WILD, 12, 500, _rng()).tobytes()


def test_a_steady_rate_is_kept_and_a_fallen_one_is_followed() -> None:
    steady = models.discounted(np.tile(STEADY, 3), 12, 4_000, _rng())
    assert steady.mean() == pytest.approx(STEADY.mean(), rel=0.1)
    fallen = np.r_[np.full(40, 8.0), np.full(12, 1.0)]
    follows = models.discounted(fallen, 12, 4_000, _rng())
    keeps = models.over_dispersed(fallen, 12, 4_000, _rng())
    assert follows.mean() < 3 < 6 < keeps.mean()


def test_a_promise_is_the_lower_percentile_and_a_date_the_first_week_that_holds() -> None:
    assert completion.at_least(np.arange(100.0)) == 14
    paths = np.array([[1.0, 1, 1, 1]] * 85 + [[0.0, 0, 1, 1]] * 15)
    assert completion.by_week(paths, 2) == 2
    assert completion.by_week(paths, 2, 0.86) == 4
    assert completion.by_week(paths, 3, 0.86) is None
    assert completion.by_week(paths, 0) == 1


def test_growth_of_scope_only_delays_and_in_step_it_spreads_less() -> None:
    paths = models.over_dispersed(WILD, 40, 4_000, _rng())
    none = completion.growing(paths, np.zeros(52), np.tile(WILD, 4)[:52], _rng())
    week = completion.by_week(paths, 40)
    assert week is not None
    created = np.tile(WILD, 4)[:52] * 0.4
    grown = completion.growing(paths, created, np.tile(WILD, 4)[:52], _rng())
    later = completion.by_week(grown, 40)
    assert later is None or later > week
    assert (none <= paths).all()
    apart = completion.growing(paths, created, np.tile(WILD, 4)[:52][::-1] * 0, _rng())
    assert grown.sum(axis=1).std() < apart.sum(axis=1).std()


def test_rank_correlation_is_scipys() -> None:
    one, other = _rng().integers(0, 5, 60).astype(float), _rng(8).integers(0, 5, 60).astype(float)
    assert completion.rank_correlation(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)
    assert completion.rank_correlation(one, np.ones(60)) == 0


@pytest.mark.parametrize(
    ("history", "says"), [([1] * 9, False), ([1] * 10, True), ([1] * 4 + [0] * 20, False), ([], False)]
)
def test_a_short_history_is_too_few(history: list[int], says: bool) -> None:
    why = completion.too_few(np.array(history, dtype=float))
    assert (why is None) == says


def test_no_week_is_in_both_halves() -> None:
    record = np.arange(80.0) % 5
    seen: list[tuple[int, ...]] = []

    def spy(history: np.ndarray, weeks: int, trials: int, rng: np.random.Generator) -> np.ndarray:
        seen.append(tuple(history))
        return np.zeros((trials, weeks))

    said = completion.promised(record, spy, 12, 1)
    assert said[:, 0].tolist() == list(range(26, 69, 4))
    assert [len(one) for one in seen] == [min(int(week), 52) for week in said[:, 0]]
    for (week, _, actual), past in zip(said.tolist(), seen, strict=True):
        assert past == tuple(record[max(0, week - 52) : week])
        assert actual == record[week : week + 12].sum()


def test_promises_that_were_not_kept_hand_over_to_the_discounted_model() -> None:
    rng = _rng(20)
    falling = rng.poisson(9 * np.exp(np.cumsum(rng.normal(-0.01, 0.08, 110)))).astype(float)
    found = completion.tested(falling)
    assert found.model is models.discounted
    assert found.over_dispersed.share < 0.80
    assert found.discounted.kept > found.over_dispersed.kept
    steady = completion.tested(np.tile(STEADY, 5))
    assert steady.model is models.over_dispersed
    assert steady.chosen.share >= 0.80


def test_the_discounted_model_does_not_speak_where_it_did_no_better() -> None:
    """Every summer is slow, which is no drift: it keeps more by promising too little."""
    summer = np.where((np.arange(104) % 52 >= 20) & (np.arange(104) % 52 < 34), 0.45, 1.0)
    record = np.random.default_rng(4).poisson(6 * summer).astype(float)
    found = completion.tested(record)
    assert found.over_dispersed.share < 0.80 and found.discounted is not None
    assert found.model is models.over_dispersed and found.name == "over-dispersed"
    assert found.chosen == found.over_dispersed and found.other == found.discounted
    assert found.discounted.kept > found.over_dispersed.kept
    both = (models.over_dispersed, models.discounted)
    usual, other = (completion.promised(record, one, 12, 1) for one in both)
    assert completion.loss(usual) <= completion.loss(other)


def test_the_loss_weighs_what_lacks_by_85_and_what_came_beyond_by_15() -> None:
    said = np.array([[26, 10, 8], [30, 5, 8], [34, 8, 8]])
    assert completion.loss(said) == pytest.approx(0.85 * 2 + 0.15 * 3)


def test_a_short_record_is_not_yet_tested() -> None:
    found = completion.tested(np.tile(STEADY, 4)[:60])
    assert found.model is models.over_dispersed
    assert found.chosen.origins < completion.LEAST_ORIGINS
    assert np.isnan(found.chosen.share)


def test_wilsons_limits_are_newcombes() -> None:
    # Newcombe 1998, table I: 81 of 263
    assert completion.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


MODELS = [models.over_dispersed, models.totals, models.discounted]


@pytest.mark.parametrize("model", MODELS)
def test_whole_weeks_are_what_no_calendar_gives(model: models.Model) -> None:
    plain = model(WILD, 12, 500, _rng())
    assert (model(WILD, 12, 500, _rng(), np.ones(len(WILD)), np.ones(12)) == plain).all()


@pytest.mark.parametrize("model", MODELS)
def test_a_week_counts_with_its_working_days(model: models.Model) -> None:
    worked = np.tile([1.0, 1.0, 1.0, 0.2, 0.0], 8)
    history = 5 * worked
    ahead = np.array([1.0, 0.4, 0.0, 1.0])
    drawn = model(history, 4, 20_000, _rng(), worked, ahead)
    # the ups and downs are the calendar's alone: none is left to widen the forecast, and the rate is five
    assert drawn.sum() / len(drawn) == pytest.approx(5 * ahead.sum(), rel=0.05)
    blind = model(history, 4, 20_000, _rng())
    assert blind.sum() / len(blind) == pytest.approx(4 * history.mean(), rel=0.1)
    if drawn.ndim == 2:
        assert drawn[:, 2].sum() == 0
        assert drawn[:, 1].mean() == pytest.approx(2, rel=0.1)
        spread = [made[:, 0].var() / made[:, 0].mean() for made in (drawn, blind)]
        assert spread[0] < 1.2 < spread[1]


def test_promises_of_the_past_know_the_calendar_of_their_weeks() -> None:
    worked = np.where(np.arange(90) % 30 >= 26, 0.0, 1.0)
    record = 4 * worked
    said = completion.promised(record, models.over_dispersed, 4, 1, worked=worked)
    blind = completion.promised(record, models.over_dispersed, 4, 1)
    closed = said[:, 2] == 0
    assert closed.any() and (said[closed, 1] == 0).all() and (blind[closed, 1] > 0).all()
