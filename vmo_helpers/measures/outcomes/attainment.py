"""Attainment: how much of the planned change did arrive, and its noise, at every reading that can tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import stdtr, stdtrit

from vmo_helpers.measures.outcomes.plan import Bools, Floats, Ints

SMALLEST_PLAN = 0.25  # earlier on the ramp, noise divided by a small plan says nothing
FEWEST = 4  # observations that a test needs
LATEST = 5  # observations that it looks at: the present, not the whole history
BORROWED = (
    4  # degrees of freedom at most that the noise before the effect lends to that of the latest observations
)
SMALLEST_SD = 0.03  # of the planned change; five equal values are no proof of a noiseless metric
LARGEST_RHO = 0.8
RHO_BIAS = 1.5  # the sample autocorrelation of N points is too small by about (1 + 3 rho) / N
BASELINE_VARIANCE_UNKNOWN = (
    0.02  # of the planned change squared, where under FEWEST observations precede the effect
)
INTERVAL = (
    0.90  # two-sided, so that its upper end lies under the line exactly when the one-sided p is under .05
)


@dataclass(frozen=True)
class Observed:
    """One entry an observation of a test, by test, then by time.

    ``progress`` = (value − baseline) ÷ (target − baseline); ``planned`` = the plan at that instant.
    """

    test: Ints
    at: Ints
    progress: Floats
    planned: Floats


@dataclass(frozen=True)
class Before:
    """One entry a test: what the observations tell from before any effect.

    They are those with plan 0 ahead of the first at ≥ 25 %. ``shift`` is their mean where it lies over two of
    its standard errors off the stated baseline, else 0. ``scale`` = 1 − shift; both in units of the planned
    change. ``lost``: the shift reaches the target, nothing is left to test.
    """

    count: Ints
    shift: Floats
    scale: Floats
    variance: Floats  # v: of the baseline, after scaling
    squares: Floats  # Σ r² of the residuals, after scaling
    products: Floats  # Σ of neighbours' products
    last: Floats  # the last residual
    lost: Bools


@dataclass(frozen=True)
class Exposed:
    """One entry an observation at ≥ 25 % of plan: the test as it would read on that day.

    Ordered by test, then by time. ``ordinal`` counts those of the test from 1. The figures are NaN under 4 of
    them. ``p`` is one-sided, for "attainment is under the line".
    """

    test: Ints
    at: Ints
    position: Ints  # in the Observed that it came from
    ordinal: Ints
    attainment: Floats
    error: Floats
    degrees: Floats
    rho: Floats
    p: Floats

    def half_width(self, spots: Ints) -> Floats:
        """Half the width of the 90 % interval of the attainment, at some of the entries."""
        width: Floats = stdtrit(self.degrees[spots], (1 + INTERVAL) / 2) * self.error[spots]
        return width


def before_effect(observed: Observed, tests: int) -> Before:
    """Baseline noise per test, from the observations with plan 0 before the first at ≥ 25 % of plan."""
    exposed = observed.planned >= SMALLEST_PLAN
    first_exposed = np.full(tests, np.iinfo(np.int64).max)
    positions = np.flatnonzero(exposed)[::-1]
    first_exposed[observed.test[positions]] = positions
    zero = np.flatnonzero(observed.planned == 0)
    zero = zero[zero < first_exposed[observed.test[zero]]]
    test, value = observed.test[zero], observed.progress[zero]
    count = np.bincount(test, minlength=tests)
    mean = np.bincount(test, value, tests) / np.maximum(count, 1)
    spread = np.bincount(test, (value - mean[test]) ** 2, tests) / np.maximum(count - 1, 1)
    enough = count >= FEWEST
    variance = np.where(enough, 2 * spread / np.maximum(count, 1), BASELINE_VARIANCE_UNKNOWN)
    moved = enough & (np.abs(mean) > 2 * np.sqrt(variance))
    shift = np.where(moved, mean, 0.0)
    lost = shift >= 1 - 1e-9
    scale = np.where(lost, 1.0, 1 - shift)
    variance = np.where(enough, variance / scale**2, variance)
    residual = (value - mean[test]) / scale[test]
    neighbours = np.flatnonzero(test[1:] == test[:-1])
    last = np.zeros(tests)
    last[test] = residual
    return Before(
        count,
        shift,
        scale,
        variance,
        np.bincount(test, residual**2, tests).astype(np.float64),
        np.bincount(test[neighbours], residual[neighbours] * residual[neighbours + 1], tests).astype(
            np.float64
        ),
        last,
        lost,
    )


def attainment(observed: Observed, tests: int, line: float, borrowed: int = BORROWED) -> Exposed:
    """The test of "attainment is under ``line``" as of every observation at ≥ 25 % of plan.

    Progress is regressed through the origin on the plan over the latest n ≤ 5 such observations. se² = s² ÷
    Σx² · (1 + ρ) ÷ (1 − ρ) + v (Σx ÷ Σx²)². s² pools the residuals of those n (n − 1 degrees) with the noise
    from before the effect, which counts for at most ``borrowed`` degrees; Student t with both. Formula:
    docs/measures.md.
    """
    before = before_effect(observed, tests)
    position = np.flatnonzero(observed.planned >= SMALLEST_PLAN)
    test = observed.test[position]
    ordinal = _ordinals(test)
    n = np.minimum(ordinal, LATEST)
    latest = _latest(
        test,
        observed.planned[position],
        (observed.progress[position] - before.shift[test]) / before.scale[test],
        n,
    )
    before_degrees = np.maximum(before.count - 1, 0)
    lent = np.where(before.count >= FEWEST, np.minimum(before_degrees, borrowed), 0)
    calm = before.squares / np.maximum(before_degrees, 1)  # variance before the effect
    degrees = np.maximum(n - 1 + lent[test], 1).astype(np.float64)
    variance = np.maximum((latest.squares + (calm * lent)[test]) / degrees, SMALLEST_SD**2)
    rho = _autocorrelation(before, test, n, latest)
    baseline = before.variance[test] * (latest.sum_x / latest.sum_xx) ** 2
    error = np.sqrt(variance / latest.sum_xx * (1 + rho) / (1 - rho) + baseline)
    known = (ordinal >= FEWEST) & ~before.lost[test]
    p = np.full(len(test), np.nan)
    p[known] = stdtr(degrees[known], ((latest.slope - line) / error)[known])
    blank = np.where(known, 0.0, np.nan)
    return Exposed(
        test,
        observed.at[position],
        position,
        ordinal,
        latest.slope + blank,
        error + blank,
        degrees,
        rho + blank,
        p,
    )


@dataclass(frozen=True)
class _Latest:
    """Regression through the origin over the latest n ≤ 5 observations, as of each of them."""

    slope: Floats
    sum_x: Floats
    sum_xx: Floats
    squares: Floats  # Σ r² of the residuals
    products: Floats  # Σ of neighbours' products
    oldest: Floats  # the first of those residuals


def _latest(test: Ints, x: Floats, y: Floats, n: Ints) -> _Latest:
    """Windows as shifted views of two arrays in which each test is preceded by zeros.

    A zero adds nothing to any sum.
    """
    ahead = LATEST - 1
    run = np.cumsum(np.r_[True, test[1:] != test[:-1]]) if len(test) else np.zeros(0, dtype=np.int64)
    spot = np.arange(len(test)) + ahead * run
    size = len(test) + ahead * int(run[-1] if len(run) else 0)
    wide = np.zeros((2, size + ahead))
    wide[0, spot], wide[1, spot] = x, y
    xs = [wide[0, ahead - lag : ahead - lag + size] for lag in range(LATEST)]
    ys = [wide[1, ahead - lag : ahead - lag + size] for lag in range(LATEST)]
    spot = spot - ahead
    sum_xx = _total(a * a for a in xs)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = _total(a * b for a, b in zip(xs, ys, strict=True)) / sum_xx
    residuals = [b - slope * a for a, b in zip(xs, ys, strict=True)]
    squares, products = _total(r * r for r in residuals), _total(a * b for a, b in pairwise(residuals))
    oldest = np.where(n < LATEST, residuals[FEWEST - 1][spot], residuals[LATEST - 1][spot])
    return _Latest(slope[spot], _total(xs)[spot], sum_xx[spot], squares[spot], products[spot], oldest)


def _total(parts: Iterable[Floats]) -> Floats:
    first, *others = parts
    total = first.copy()
    for part in others:
        total += part
    return total


def _ordinals(test: Ints) -> Ints:
    first = np.r_[True, test[1:] != test[:-1]] if len(test) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(test)), 0))
    ordinals: Ints = np.arange(len(test)) - start + 1
    return ordinals


def _autocorrelation(before: Before, test: Ints, n: Ints, latest: _Latest) -> Floats:
    """Lag-1 autocorrelation of the residuals before the effect followed by those n, corrected and clipped."""
    total = before.squares[test] + latest.squares
    joint = before.products[test] + before.last[test] * latest.oldest + latest.products
    raw = np.divide(joint, total, out=np.zeros_like(joint), where=total > 0)
    rho: Floats = np.clip(raw + RHO_BIAS / (before.count[test] + n), 0.0, LARGEST_RHO)
    return rho
