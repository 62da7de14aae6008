"""What is tested and shown neither red nor sound: how many further readings would settle it."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from vmo_helpers.measures.outcomes.attainment import Exposed
from vmo_helpers.measures.outcomes.inside import Inside
from vmo_helpers.measures.outcomes.plan import DAY, Floats, Ints, planned_share

MOST = 10  # readings; what takes longer is another question
A_MONTH = round(365.25 / 12 * DAY)


def further_readings(inside: Inside, spots: Ints, red_p: float, sound_p: float) -> Floats:
    """Per test the fewest further readings that would settle it.

    Then it is red (p < ``red_p``) or sound (chance of lying under the line < ``sound_p``).

    They come in the metric's own rhythm, show the attainment that is there now and scatter as much. What
    stands under the line has its latest readings to be shown red by, what stands above it those of a year.
    ``spots``: the reading judged, a place in ``inside.exposed``; −1: not asked. Missing: more than ten.
    """
    found = np.full(len(spots), np.nan)
    asked = np.flatnonzero(spots >= 0)
    if not len(asked):
        return found
    spot = spots[asked]
    shortfall = inside.exposed.attainment[spot] < inside.line
    for exposed, mine in ((inside.exposed, shortfall), (inside.year, ~shortfall)):
        if mine.any():
            found[asked[mine]] = _steps(inside, exposed, asked[mine], spot[mine], red_p, sound_p)
    return found


def _steps(inside: Inside, exposed: Exposed, test: Ints, spot: Ints, red_p: float, sound_p: float) -> Floats:
    window = exposed.latest[test]
    held, longest = np.minimum(exposed.ordinal[spot], window), int(window.max())
    # planned shares of the latest readings, then of those to come
    shares = np.zeros((len(test), longest + MOST))
    for back in range(longest):
        there = back < held
        shares[there, longest - 1 - back] = inside.observed.planned[exposed.position[spot[there] - back]]
    rhythm = _rhythm(inside)[test]
    for step in range(MOST):
        shares[:, longest + step] = planned_share(inside.plans, test, exposed.at[spot] + (step + 1) * rhythm)
    column = np.arange(longest + MOST)
    found = np.full(len(test), np.nan)
    scatter = exposed.error[spot] ** 2 * np.sum(shares[:, :longest] ** 2, axis=1)  # of a single reading
    for step in range(MOST, 0, -1):
        last = longest + step
        looked = (column < last) & (column >= (last - window)[:, None]) & (shares > 0)
        error = np.sqrt(scatter / np.maximum(np.sum(np.where(looked, shares, 0.0) ** 2, axis=1), 1e-9))
        degrees = np.maximum(exposed.degrees[spot] + looked.sum(axis=1) - held, 1)
        chance = stdtr(degrees, (exposed.attainment[spot] - inside.line) / error)
        found = np.where((chance < red_p) | (1 - chance < sound_p), step, found)
    return found


def _rhythm(inside: Inside) -> Ints:
    """The mean gap between the readings of each test; a month where there are not two."""
    test, at = inside.observed.test, inside.observed.at
    count = np.bincount(test, minlength=inside.tests)
    first, last = np.zeros(inside.tests, dtype=np.int64), np.zeros(inside.tests, dtype=np.int64)
    first[test[::-1]], last[test] = at[::-1], at
    rhythm: Ints = np.where(count > 1, (last - first) // np.maximum(count - 1, 1), A_MONTH)
    return rhythm
