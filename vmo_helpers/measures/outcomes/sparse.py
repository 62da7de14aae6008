"""Metrics that are read rarely: how many readings speak for the present, and what other metrics lend them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from vmo_helpers.measures.outcomes.plan import DAY, Bools, Floats, Ints

LATEST = 5  # readings that a test looks at: the present, not the whole history
PRESENT_DAYS = 183  # the half year that five monthly readings span; rarer ones are as many as it holds …
FEWEST_LATEST = 2  # … and never under two
YEAR_DAYS = 366  # what is open by the present alone is asked of the year …
LATEST_YEAR = 12  # … in as many readings as a monthly metric has
FEWEST = 4  # readings that a test needs, unless the present holds fewer
FULL_DEGREES = 8  # of freedom of a test that lacks no reading: 4 of its latest ones, 4 from before the effect
FEWEST_LENDERS = 10  # metrics whose noise before the effect is known; fewer tell little of another one's
SMALLEST_SD = 0.03  # of the planned change; five equal values are no proof of a noiseless metric
LARGEST_PRIOR = 1e3  # degrees of freedom where all metrics are as noisy as one another


@dataclass(frozen=True)
class Prior:
    """What the noise of all metrics before their effect says of one that is hardly known.

    ``variance`` in units of the planned change squared; ``degrees`` of freedom that it is worth, 0 where too
    few metrics are known.
    """

    degrees: float = 0.0
    variance: float = 0.0


def windows(test: Ints, at: Ints, tests: int, *, days: int = PRESENT_DAYS, most: int = LATEST) -> Ints:
    """How many of its latest readings speak for each test.

    Those that so many days hold by its median gap, from 2 to ``most``; all ``most`` without a gap.
    """
    gap, owner = np.diff(at), test[1:]
    inner = owner == test[:-1]
    gap, owner = gap[inner], owner[inner]
    order = np.lexsort((gap, owner))
    gap, owner = gap[order], owner[order]
    count = np.bincount(owner, minlength=tests)
    first = np.cumsum(count) - count
    middle = np.full(tests, np.nan)
    some = count > 0
    low, high = (first + (count - 1) // 2)[some], (first + count // 2)[some]
    middle[some] = (gap[low] + gap[high]) / 2 / DAY
    with np.errstate(divide="ignore"):
        held = np.floor(days / middle + 0.5)
    return np.where(np.isnan(held), most, np.clip(held, FEWEST_LATEST, most)).astype(np.int64)


def prior(variance: Floats, degrees: Ints, known: Bools) -> Prior:
    """The scaled inverse χ² that the variances of the known metrics come from.

    Moments of log s² (Smyth, Stat. Appl. Genet. Mol. Biol. 3, 2004). Where they scatter more than their
    degrees explain, metrics differ and the prior is worth few degrees.
    """
    if int(known.sum()) < FEWEST_LENDERS:
        return Prior()
    half = degrees[known] / 2
    log = np.log(np.maximum(variance[known], SMALLEST_SD**2)) - digamma(half) + np.log(half)
    centre = float(log.mean())
    beyond = float(log.var(ddof=1) - polygamma(1, half).mean())
    if beyond <= float(polygamma(1, LARGEST_PRIOR / 2)):
        return Prior(LARGEST_PRIOR, float(np.exp(centre)))
    worth = 2 * float(brentq(lambda x: float(polygamma(1, x)) - beyond, 1e-3, LARGEST_PRIOR))
    return Prior(worth, float(np.exp(centre + digamma(worth / 2) - np.log(worth / 2))))
