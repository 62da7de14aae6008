"""Models of weekly counts, all of one signature: history, weeks ahead, trials, generator, weeks worked.

A history is a row of counts, one a whole week, oldest first. ``worked`` and ``ahead`` say how much of each of
its weeks, and of each week ahead, is worked (working days ÷ 5; None: all of them). Each takes the generator
of its random numbers, so the same seed gives the same bytes. Their source: docs/measures.md, "Looking
ahead".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Model = Callable[..., Floats]
"""history, weeks ahead, trials, generator, worked, ahead → counts (trials × weeks)."""
Weights = Floats | None
_STEADY = 1.02
_DISCOUNTS = (0.8, 0.88, 0.93, 0.96, 0.98, 1.0)


def over_dispersed(
    history: Floats,
    weeks: int,
    trials: int,
    rng: np.random.Generator,
    worked: Weights = None,
    ahead: Weights = None,
) -> Floats:
    """Counts of the weeks ahead (trials × weeks): a Gamma–Poisson predictive with the variance of the past.

    Each trial draws one rate, Gamma((Σh + ½) ÷ φ, rate L ÷ φ), and keeps it; φ = max(1, v ÷ max(m, .1)), L
    the weeks worked, v the variance about what the weeks worked would give.
    """
    rates = _rates(history, trials, rng, worked)
    return _counts(rates[:, None] * _all_of(weeks, ahead), _spread(history, worked), rng)


def totals(
    history: Floats,
    weeks: int,
    trials: int,
    rng: np.random.Generator,
    worked: Weights = None,
    ahead: Weights = None,
) -> Floats:
    """The sum of the weeks ahead under ``over_dispersed``: same distribution, drawn at once (one a trial)."""
    rates = _rates(history, trials, rng, worked)
    return _counts(rates * _all_of(weeks, ahead).sum(), _spread(history, worked), rng)


def discounted(
    history: Floats,
    weeks: int,
    trials: int,
    rng: np.random.Generator,
    worked: Weights = None,
    ahead: Weights = None,
) -> Floats:
    """Counts of the weeks ahead (trials × weeks) where the rate drifts: the power-steady model.

    Discounts are averaged by their marginal likelihood. Source: Smith 1979; West and Harrison 1997, 10.8.
    """
    m, length, full = max(float(history.mean()), 0.1), len(history), _all_of(weeks, ahead)
    jumps = float((np.diff(_lacking(history, worked)) ** 2).mean()) / 2 / m if length > 1 else 1.0
    spread = 1 + (max(1.0, jumps) - 1) * length / (length + 8)
    begins = 0.5 + max(_rate(history, worked), 0.1) / spread
    shape, rate, weight = _filtered(history / spread, _all_of(length, worked), begins)
    chosen = rng.choice(len(_DISCOUNTS), size=trials, p=weight)
    a, discount = shape[chosen], np.array(_DISCOUNTS)[chosen]
    level = rng.gamma(a, 1 / rate[chosen])
    drifts = discount < 1
    levels = np.empty((trials, weeks))
    for week in range(weeks):
        kept, lost = discount[drifts] * a[drifts], (1 - discount[drifts]) * a[drifts]
        level[drifts] *= rng.beta(kept, lost) / discount[drifts]
        a = np.maximum(discount * a, 0.6)
        levels[:, week] = level * full[week]
    return _counts(levels * spread, spread, rng)


def resampled(history: Floats, weeks: int, trials: int, rng: np.random.Generator) -> Floats:
    """Past weeks drawn independently (trials × weeks): what is usual, and promises too much."""
    return rng.choice(history, size=(trials, weeks))


def _all_of(weeks: int, worked: Weights) -> Floats:
    """How much of each week is worked."""
    return np.ones(weeks) if worked is None else worked[:weeks]


def _rate(history: Floats, worked: Weights) -> float:
    """Counts a whole week that is worked."""
    return float(history.sum()) / max(float(_all_of(len(history), worked).sum()), 0.2)


def _lacking(history: Floats, worked: Weights) -> Floats:
    """Each week's count less what its working days would give at the mean rate."""
    return history - _rate(history, worked) * _all_of(len(history), worked)


def _spread(history: Floats, worked: Weights) -> float:
    if len(history) < 2:
        return 1.0
    variance = float((_lacking(history, worked) ** 2).sum()) / (len(history) - 1)
    return max(1.0, variance / max(float(history.mean()), 0.1))


def _rates(history: Floats, trials: int, rng: np.random.Generator, worked: Weights) -> Floats:
    spread, length = _spread(history, worked), max(float(_all_of(len(history), worked).sum()), 0.2)
    return rng.gamma((history.sum() + 0.5) / spread, spread / length, size=trials)


def _counts(means: Floats, spread: float, rng: np.random.Generator) -> Floats:
    """Counts with these means and a variance of ``spread`` times the mean."""
    if spread > _STEADY:
        means = rng.gamma(means / (spread - 1), spread - 1)
    return rng.poisson(means).astype(np.float64)


def _filtered(scaled: Floats, worked: Floats, shape: float) -> tuple[Floats, Floats, Floats]:
    """Shape, rate and weight of each discount after the history."""
    discount = np.array(_DISCOUNTS)
    a, b, told = np.full(len(discount), shape), np.ones(len(discount)), np.zeros(len(discount))
    for count, part in zip(scaled, worked, strict=True):
        a, b = discount * a, discount * b
        told += (
            special.gammaln(a + count)
            - special.gammaln(a)
            - special.gammaln(count + 1)
            + a * np.log(b / (b + part))
            - count * np.log(b + part)
        )
        a, b = a + count, b + part
    weight = np.exp(told - told.max())
    return a, b, weight / weight.sum()
