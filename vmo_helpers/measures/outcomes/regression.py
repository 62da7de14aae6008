"""Regression through the origin over the latest readings, as of each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vmo_helpers.measures.outcomes.plan import Floats, Ints


@dataclass(frozen=True)
class Latest:
    """Regression through the origin over the latest n observations, as of each of them."""

    slope: Floats
    sum_x: Floats
    sum_xx: Floats
    squares: Floats  # Σ r² of the residuals
    products: Floats  # Σ of neighbours' products
    oldest: Floats  # the first of those residuals


def latest(test: Ints, x: Floats, y: Floats, n: Ints, most: int) -> Latest:
    """Windows as shifted views of two arrays in which each test is preceded by zeros.

    A zero adds nothing to any sum.
    """
    ahead = most - 1
    run = np.cumsum(np.r_[True, test[1:] != test[:-1]]) if len(test) else np.zeros(0, dtype=np.int64)
    spot = np.arange(len(test)) + ahead * run
    size = len(test) + ahead * int(run[-1] if len(run) else 0)
    wide = np.zeros((2, size + ahead))
    wide[0, spot], wide[1, spot] = x, y
    xs = [wide[0, ahead - lag : ahead - lag + size] for lag in range(most)]
    ys = [wide[1, ahead - lag : ahead - lag + size] for lag in range(most)]
    spot = spot - ahead
    short = np.flatnonzero(n < np.minimum(ordinals(test), most))
    for lag in range(1, most):  # a window of fewer ends earlier
        over = spot[short[n[short] <= lag]]
        if len(over):
            xs[lag], ys[lag] = xs[lag].copy(), ys[lag].copy()
            xs[lag][over], ys[lag][over] = 0.0, 0.0
    sum_xx = _total(a * a for a in xs)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = _total(a * b for a, b in zip(xs, ys, strict=True)) / sum_xx
    residuals = [b - slope * a for a, b in zip(xs, ys, strict=True)]
    squares, products = _total(r * r for r in residuals), _total(a * b for a, b in pairwise(residuals))
    oldest = np.stack(residuals)[n - 1, spot]
    return Latest(slope[spot], _total(xs)[spot], sum_xx[spot], squares[spot], products[spot], oldest)


def _total(parts: Iterable[Floats]) -> Floats:
    first, *others = parts
    total = first.copy()
    for part in others:
        total += part
    return total


def ordinals(test: Ints) -> Ints:
    """The place of each entry among those of its test, from 1."""
    first = np.r_[True, test[1:] != test[:-1]] if len(test) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(test)), 0))
    ordinals: Ints = np.arange(len(test)) - start + 1
    return ordinals
