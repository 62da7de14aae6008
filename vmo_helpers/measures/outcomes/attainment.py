"""Attainment: how much of the planned change did arrive, and its noise, at every reading that can tell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from vmo_helpers.measures.outcomes import counts as poisson
from vmo_helpers.measures.outcomes import regression
from vmo_helpers.measures.outcomes.counts import LARGEST_RHO, Counts
from vmo_helpers.measures.outcomes.plan import Bools, Floats, Ints
from vmo_helpers.measures.outcomes.sparse import (
    FEWEST,
    FULL_DEGREES,
    LATEST,
    LATEST_YEAR,
    SMALLEST_SD,
    YEAR_DAYS,
    prior,
    windows,
)

SMALLEST_PLAN = 0.25  # earlier on the ramp, noise divided by a small plan says nothing
FEWEST_FIRM = 2  # readings that no assumed ramp stands behind, before a board hears of an item
BORROWED = (
    4  # degrees of freedom at most that a metric's own noise before the effect lends to its latest readings
)
RHO_BIAS = 1.5  # the sample autocorrelation of N points is too small by about (1 + 3 rho) / N
RHO_LENT = 2.0  # readings' worth of the other metrics' autocorrelation that comes with each degree lent
# of the planned change squared, where under FEWEST observations precede the effect
BASELINE_VARIANCE_UNKNOWN = 0.02
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

    Ordered by test, then by time. ``ordinal`` counts those of the test from 1. The figures are NaN under the
    ``needed`` of them. That is one entry a test: 4, for a rarely read metric what half a year holds. ``p`` is
    one-sided, for "attainment is under the line"; ``under`` is the mirror, the chance that it lies there.
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
    under: Floats
    low: Floats  # of counts; NaN where the interval is Student's
    high: Floats
    needed: Ints
    latest: Ints  # how many of its latest readings speak for each test

    def interval(self, spots: Ints) -> tuple[Floats, Floats]:
        """The 90 % interval of the attainment, at some of the entries."""
        half = stdtrit(self.degrees[spots], (1 + INTERVAL) / 2) * self.error[spots]
        low, high, centre = self.low[spots], self.high[spots], self.attainment[spots]
        counted = ~np.isnan(low)
        return np.where(counted, low, centre - half), np.where(counted, high, centre + half)


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


def attainment(
    observed: Observed,
    tests: int,
    line: float,
    borrowed: int = BORROWED,
    *,
    counts: Counts | None = None,
    assumed: Bools | None = None,
    year: bool = False,
) -> Exposed:
    """The test of "attainment is under ``line``" as of every observation at ≥ 25 % of plan.

    Progress is regressed through the origin on the plan over the latest n ≤ 5 such observations. se² = s² ÷
    Σx² · (1 + ρ) ÷ (1 − ρ) + v (Σx ÷ Σx²)². s² pools the residuals of those n (n − 1 degrees) with the noise
    from before the effect, which counts for at most ``borrowed`` degrees; Student t with both.

    A metric whose half year holds under 5 readings is judged by those alone. The noise of all metrics stands
    in for the degrees that it lacks. ``counts`` are judged by Poisson's distribution.

    ``assumed``: tests whose plan is not known before it is due. Of these only the readings at the whole plan
    count, and it takes two. Where it is left out, all count from 25 % on. ``year``: the latest year speaks,
    up to 12 readings. Formula: docs/measures.md.
    """
    before = before_effect(observed, tests)
    enough = observed.planned >= SMALLEST_PLAN
    if assumed is not None:
        enough &= ~assumed[observed.test] | (observed.planned >= 1)
    position = np.flatnonzero(enough)
    test = observed.test[position]
    ordinal = regression.ordinals(test)
    noise = _noise(before, observed, tests, borrowed)
    if year:
        held = windows(observed.test, observed.at, tests, days=YEAR_DAYS, most=LATEST_YEAR)
        noise = replace(noise, latest=np.maximum(held, noise.latest))
    n = np.minimum(ordinal, noise.latest[test])
    latest = regression.latest(
        test,
        observed.planned[position],
        (observed.progress[position] - before.shift[test]) / before.scale[test],
        n,
        LATEST_YEAR if year else LATEST,
    )
    own = n - 1 + noise.own_degrees[test]
    lent = np.where(noise.rare[test], np.clip(FULL_DEGREES - own, 0, noise.lent_degrees), 0.0)
    degrees = np.maximum(own + lent, 1.0)
    squares = latest.squares + (noise.variance * noise.own_degrees)[test] + noise.lent_variance * lent
    variance = np.maximum(squares / degrees, SMALLEST_SD**2)
    rho = _autocorrelation(before, test, n, latest, RHO_LENT * lent)
    baseline = before.variance[test] * (latest.sum_x / latest.sum_xx) ** 2
    error = np.sqrt(variance / latest.sum_xx * (1 + rho) / (1 - rho) + baseline)
    needed = np.minimum(noise.latest, FEWEST)
    if assumed is not None:
        needed = np.where(assumed, FEWEST_FIRM, needed)
    known = (ordinal >= needed[test]) & ~before.lost[test]
    p = np.full(len(test), np.nan)
    p[known] = stdtr(degrees[known], ((latest.slope - line) / error)[known])
    blank, nothing = np.where(known, 0.0, np.nan), np.full(len(test), np.nan)
    found = Exposed(
        test,
        observed.at[position],
        position,
        ordinal,
        latest.slope + blank,
        error + blank,
        degrees,
        rho + blank,
        p,
        1 - p,
        nothing,
        nothing.copy(),
        needed,
        noise.latest,
    )
    return found if counts is None else _counted(found, observed, before, counts, line)


@dataclass(frozen=True)
class _Noise:
    """What is known of each metric's noise before the test itself is read; one entry a test."""

    latest: Ints  # readings that speak for the present
    rare: Bools  # fewer than a metric that is read monthly, and other metrics' noise is known
    own_degrees: Ints
    variance: Floats  # before the effect
    lent_degrees: float  # at most, from all metrics
    lent_variance: float


def _noise(before: Before, observed: Observed, tests: int, borrowed: int) -> _Noise:
    degrees = np.maximum(before.count - 1, 0)
    variance = before.squares / np.maximum(degrees, 1)
    others = prior(variance, degrees, (degrees > 0) & ~before.lost)
    latest = windows(observed.test, observed.at, tests)
    if others.degrees == 0:
        latest = np.full(tests, LATEST)
    rare = latest < LATEST
    own = np.where((before.count >= FEWEST) | (rare & (degrees > 0)), np.minimum(degrees, borrowed), 0)
    return _Noise(latest, rare, own, variance, others.degrees, others.variance)


def _counted(found: Exposed, observed: Observed, before: Before, counts: Counts, line: float) -> Exposed:
    """The entries of counts judged by Poisson's distribution.

    Those that spread too evenly for it stay as they are.
    """
    unit = counts.change * before.scale
    level = counts.baseline + before.shift * counts.change
    wide, even = poisson.dispersion(before.count, level, before.squares * unit**2, before.products * unit**2)
    spots = np.flatnonzero((counts.which & ~even)[found.test] & ~np.isnan(found.p))
    if not len(spots):
        return found
    value = counts.baseline[observed.test] + counts.change[observed.test] * observed.progress
    test = found.test[spots]
    n = np.minimum(found.ordinal[spots], found.latest[test])
    summed = [np.r_[0.0, np.cumsum(part[found.position])] for part in (np.round(value), observed.planned)]
    total, shares = (part[spots + 1] - part[spots + 1 - n] for part in summed)
    # v of a Poisson mean: its variance is the mean itself, doubled as for any baseline
    doubt = np.where(before.count > 0, 2 * np.maximum(level, 0) / np.maximum(before.count, 1), 0.0)
    judged = poisson.judge(total, n, shares, level[test], unit[test], wide[test], line, doubt[test], INTERVAL)
    parts = {"attainment": judged.attainment, "p": judged.p, "under": judged.under}
    parts |= {"low": judged.low, "high": judged.high}
    fresh = {name: getattr(found, name).copy() for name in parts}
    for name, values in parts.items():
        fresh[name][spots] = values
    return replace(found, **fresh)


def _autocorrelation(before: Before, test: Ints, n: Ints, latest: regression.Latest, lent: Floats) -> Floats:
    """Lag-1 autocorrelation of the residuals before the effect followed by those n, corrected and clipped.

    ``lent``: readings' worth of what the tests that borrow show together, at their newest reading.
    """
    total = before.squares[test] + latest.squares
    joint = before.products[test] + before.last[test] * latest.oldest + latest.products
    raw = np.divide(joint, total, out=np.zeros_like(joint), where=total > 0)
    count = before.count[test] + n
    rho = raw + RHO_BIAS / count
    borrows = lent > 0
    if borrows.any():
        newest = borrows & np.r_[test[1:] != test[:-1], True]
        newest = newest if newest.any() else borrows
        shared = np.clip(np.average(rho[newest], weights=count[newest]), 0.0, LARGEST_RHO)
        rho = np.where(borrows, (rho * count + shared * lent) / (count + lent), rho)
    clipped: Floats = np.clip(rho, 0.0, LARGEST_RHO)
    return clipped
