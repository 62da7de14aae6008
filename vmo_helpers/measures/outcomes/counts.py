"""Counts near zero: whole numbers that no normal distribution describes are tested by Poisson's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, gammainc, gammaincc, gammaincinv

from vmo_helpers.measures.outcomes.plan import Bools, Floats, Ints

NEAR_ZERO = 10  # the larger of baseline and target; above it a count is as good as normal
SPREADS_EVENLY = (
    0.01  # counts that keep so close to one another that chance would in 1 % only are no Poisson's
)
SPREADS_WIDELY = 0.10  # counts that scatter more than Poisson's at this p scatter by what was seen
LARGEST_RHO = 0.8


@dataclass(frozen=True)
class Counts:
    """Which tests are counts, and the levels that they are judged between; one entry a test.

    A test is a count where every reading is a whole number from 0 on, and baseline and target lie from 0 to
    10.
    """

    which: Bools
    baseline: Floats
    change: Floats

    @classmethod
    def none(cls, tests: int) -> Counts:
        return cls(np.zeros(tests, dtype=bool), np.zeros(tests), np.ones(tests))

    @classmethod
    def of(cls, test: Ints, value: Floats, baseline: Floats, target: Floats, plain: Bools) -> Counts:
        """``value`` is one entry a reading; ``plain`` the tests that nothing was taken out of (no season)."""
        broken = (value != np.round(value)) | (value < 0)
        whole = plain & (np.fmax(baseline, target) <= NEAR_ZERO) & (np.fmin(baseline, target) >= 0)
        whole = whole & (np.bincount(test[broken], minlength=len(whole)) == 0)
        change = np.where(whole, target - baseline, 1.0)
        return cls(whole & (change != 0), np.where(whole, baseline, 0.0), np.where(change == 0, 1.0, change))


@dataclass(frozen=True)
class Judged:
    """One entry a reading: attainment with its 90 % interval, p and its mirror.

    ``p`` is one-sided, for "attainment is under the line"; ``under`` is the chance that it lies there.
    """

    attainment: Floats
    low: Floats
    high: Floats
    p: Floats
    under: Floats


def dispersion(count: Ints, mean: Floats, squares: Floats, products: Floats) -> tuple[Floats, Bools]:
    """How much wider than Poisson's the readings before the effect scatter, and where too evenly for it.

    The width is 1 or more. ``mean``, ``squares`` (Σ r²) and ``products`` (Σ of neighbours' products) are in
    the metric's unit. Known from 4 readings on.
    """
    known = (count >= 4) & (mean > 0)
    degrees = np.maximum(count - 1, 1)
    pearson = np.where(known, squares / np.where(mean > 0, mean, 1.0), degrees)
    upper = np.ones(len(count))
    upper[known] = chdtrc(degrees[known], pearson[known])
    wide = np.where(known & (upper < SPREADS_WIDELY), pearson / degrees, 1.0)
    raw = np.divide(products, squares, out=np.zeros_like(products), where=squares > 0)
    rho = np.clip(raw - 2 / np.sqrt(np.maximum(count, 1)), 0.0, LARGEST_RHO)  # beyond what chance gives
    return wide * (1 + rho) / (1 - rho), known & (1 - upper < SPREADS_EVENLY)


def judge(
    total: Floats,
    n: Ints,
    shares: Floats,
    baseline: Floats,
    change: Floats,
    wide: Floats,
    line: float,
    baseline_variance: Floats,
    confidence: float,
) -> Judged:
    """The sum of n readings against Poisson's with the mean that ``line`` of the plan asks for.

    ``shares`` is Σ of the planned shares. Exact tails of the sum, widened by the dispersion and by the
    uncertainty of the baseline. The interval's end touches the line where p is half of what it leaves out.
    """
    mean = np.maximum(n * baseline + line * change * shares, 1e-9)
    wide = wide * (1 + (n - line * shares) ** 2 * baseline_variance / mean)
    seen, asked = total / wide, mean / wide
    at_most = gammaincc(seen + 1, asked)
    at_least = np.where(seen > 0, gammainc(np.maximum(seen, 1e-12), asked), 1.0)
    tail = (1 - confidence) / 2
    least = np.where(seen > 0, gammaincinv(np.maximum(seen, 1e-12), tail), 0.0) * wide
    most = gammaincinv(seen + 1, 1 - tail) * wide
    of_plan = change * shares
    ends = np.stack([(least - n * baseline) / of_plan, (most - n * baseline) / of_plan])
    up = change > 0
    return Judged(
        (total - n * baseline) / of_plan,
        ends.min(axis=0),
        ends.max(axis=0),
        np.where(up, at_most, at_least),
        np.where(up, at_least, at_most),
    )
