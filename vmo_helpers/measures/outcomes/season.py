"""The season's shape before the start of an effect, so that a December is compared with Decembers."""

from __future__ import annotations

import numpy as np

from vmo_helpers.measures.outcomes.plan import Bools, Floats, Ints

HARMONICS = 3
# of an observation, times the harmonic squared: few points give a smooth shape, many give the shape itself
PULL = 0.5
FULL_SEASON = 0.9  # of a season must lie before the start: one missed reading at its edge is forgiven
FEWEST = 4


def seasonal_part(test: Ints, at: Ints, value: Floats, start: Ints, season: Floats) -> tuple[Floats, Bools]:
    """The seasonal part of each observation (0 where none is known), and for which tests it was found.

    ``test``, ``at`` (µs) and ``value`` are one entry an observation, by test, then by time. ``start`` (µs)
    and ``season`` (µs, NaN without one) are one entry a test.

    The shape is a trigonometric polynomial of three harmonics; its mean over a season is 0. It is fitted by
    ridge regression to the observations before the start of tests that have a full season there. Subtracting
    last year's same day instead doubles the noise.
    """
    tests = len(start)
    part = np.zeros(len(value))
    with np.errstate(invalid="ignore"):
        before = (at < start[test]) & ~np.isnan(season[test])
    first = np.full(tests, np.iinfo(np.int64).max)
    np.minimum.at(first, test[before], at[before])
    count = np.bincount(test[before], minlength=tests)
    length = np.nan_to_num(season, nan=np.inf)
    found: Bools = (count >= FEWEST) & (length > 0) & (start - first >= FULL_SEASON * length)
    if not found.any():
        return part, found
    mine = np.flatnonzero(found[test])
    fresh = np.cumsum(found) - 1
    owner = fresh[test[mine]]
    waves = _waves((at[mine] - start[test[mine]]) / length[test[mine]])
    fit = before[mine]
    size = waves.shape[1] + 1
    design = np.column_stack([np.ones(int(fit.sum())), waves[fit]])
    gram = np.zeros((int(found.sum()), size, size))
    moment = np.zeros((int(found.sum()), size))
    centre = np.bincount(owner[fit], value[mine][fit]) / np.bincount(owner[fit])
    np.add.at(gram, owner[fit], design[:, :, None] * design[:, None, :])
    np.add.at(moment, owner[fit], design * (value[mine][fit] - centre[owner[fit]])[:, None])
    pull = np.r_[0.0, np.repeat(PULL * np.arange(1, HARMONICS + 1) ** 2, 2)]
    shape = np.linalg.solve(gram + np.diag(pull), moment[:, :, None])[:, 1:, 0]
    part[mine] = np.sum(waves * shape[owner], axis=1)
    return part, found


def _waves(turns: Floats) -> Floats:
    angles = 2 * np.pi * turns[:, None] * np.arange(1, HARMONICS + 1)
    waves: Floats = np.stack([np.cos(angles), np.sin(angles)], axis=2).reshape(len(turns), 2 * HARMONICS)
    return waves
