"""Percentiles that know when they rest on too little, with their uncertainty; overall and by group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.measures.flow.arrays import Floats, Ints

SMALLEST_N = 5  # under it the median is one item's story
SMALLEST_N_TAIL = 10  # under it the 85th percentile is the slowest item or the one before it
TAIL = 0.85
_Z95 = 1.959963984540054
RESAMPLES = 2000


@dataclass(frozen=True)
class SmallN:
    """Under how many items a percentile is not printed, in the middle and from the 85th on."""

    middle: int = SMALLEST_N
    tail: int = SMALLEST_N_TAIL

    def needed(self, quantile: float) -> int:
        return self.tail if quantile >= TAIL - 1e-9 else self.middle

    def why(self, n: int, quantile: float) -> str | None:
        """In words why a percentile of n items is not printed; None where it is."""
        needed = self.needed(quantile)
        if n >= needed:
            return None
        return f"too few to say: {n} {'item' if n == 1 else 'items'}, {needed} are needed"


SMALL_N = SmallN()


def percentiles(
    values: npt.ArrayLike, quantiles: Sequence[float] = (0.5, 0.85, 0.95), small: SmallN = SMALL_N
) -> pd.DataFrame:
    """One row a quantile, by linear interpolation (Hyndman and Fan's type 7).

    The limits are by order statistics, whatever the distribution. Missing values do not count.

    Columns
        quantile: such as 0.85
        days (days): the percentile; missing under ``small``
        low, high (days): its 95 % limits
        n: values that it rests on
        why: in words why it is missing
    """
    known = _known(values)
    rows = [(q, *_percentile(known, q, small)) for q in quantiles]
    return pd.DataFrame(rows, columns=["quantile", "days", "low", "high", "n", "why"]).astype({"why": "str"})


def percentile(
    values: npt.ArrayLike, q: float, small: SmallN = SMALL_N
) -> tuple[float, float, float, int, str | None]:
    """One row of ``percentiles`` without its quantile: days, low, high, n, why."""
    return _percentile(_known(values), q, small)


def percentile_before(
    before: npt.ArrayLike,
    now: npt.ArrayLike,
    why: str | None = None,
    stalled_percentile: float = TAIL,
    small: SmallN = SMALL_N,
) -> pd.DataFrame:
    """One row: the percentile of the window before that a comparison with this one speaks of.

    It is the percentile that judges, or the median where ``now`` holds too few for it. ``why`` there is no
    comparison, as ``flow.no_comparison`` says it: then there is no percentile either.

    Columns
        the columns of ``flow.percentiles``
    """
    n = int(np.count_nonzero(~np.isnan(np.asarray(now, dtype=np.float64))))
    median = small.why(n, stalled_percentile) is not None and small.why(n, 0.5) is None
    row = percentiles(before, [0.5 if median else stalled_percentile], small)
    return row if why is None else row.assign(days=math.nan, low=math.nan, high=math.nan, why=why)


def _known(values: npt.ArrayLike) -> Floats:
    known = np.asarray(values, dtype=np.float64)
    return np.sort(known[~np.isnan(known)])


def _percentile(ordered: Floats, q: float, small: SmallN) -> tuple[float, float, float, int, str | None]:
    n = len(ordered)
    why = small.why(n, q)
    if why:
        return math.nan, math.nan, math.nan, n, why
    spread = _Z95 * math.sqrt(n * q * (1 - q))
    low = ordered[max(0, math.floor(n * q - spread))]
    high = ordered[min(n - 1, math.ceil(n * q + spread))]
    return float(interpolated(ordered, q)), float(low), float(high), n, None


def interpolated(ordered: Floats, q: float) -> float:
    """The q-quantile of sorted values by linear interpolation."""
    place = q * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (place - low) * (ordered[high] - ordered[low]))


def by_group(values: Floats, group: Ints, groups: int, q: float, small: SmallN = SMALL_N) -> Floats:
    """The q-quantile of each group's known values; missing where a group is too small."""
    kept = ~np.isnan(values) & (group >= 0)
    values, group = values[kept], group[kept]
    ordered = values[np.lexsort((values, group))]
    counts = np.bincount(group, minlength=groups)
    first = np.cumsum(counts) - counts
    place = q * np.maximum(counts - 1, 0)
    low = np.floor(place).astype(np.int64)
    enough = counts >= max(small.needed(q), 1)
    found = np.full(groups, np.nan)
    at = (first + low)[enough]
    after = (first + np.minimum(low + 1, counts - 1))[enough]
    found[enough] = ordered[at] + (place - low)[enough] * (ordered[after] - ordered[at])
    return found


def resampled(values: npt.ArrayLike, q: float, seed: int, draws: int = RESAMPLES) -> Floats:
    """Bootstrap draws of the interpolated q-quantile, without drawing the samples.

    The order statistics of a resample are those of n uniforms looked up in the sorted values. One is a beta
    variate, the next the smallest of the uniforms above it. Source: Hutson and Ernst 2000, the exact
    bootstrap of L-estimators.
    """
    known = np.asarray(values, dtype=np.float64)
    ordered = np.sort(known[~np.isnan(known)])
    n = len(ordered)
    if n == 0:
        return np.full(draws, np.nan)
    random = np.random.default_rng(seed)
    place = q * (n - 1)
    k = math.floor(place)
    lower = random.beta(k + 1, n - k, draws)
    upper = lower if k + 1 >= n else 1 - (1 - lower) * random.random(draws) ** (1 / (n - k - 1))
    below, above = (ordered[np.minimum((u * n).astype(np.int64), n - 1)] for u in (lower, upper))
    return below + (place - k) * (above - below)


def change(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    q: float,
    seed: int = 0,
    small: SmallN = SMALL_N,
    why: str | None = None,
) -> dict[str, Any]:
    """The change of a quantile with its 95 % bootstrap interval.

    Keys: before, after, change, low, high, n_before, n_after, why. Missing where a side is under ``small``,
    or where ``why`` says that the two are no comparison (``flow.no_comparison``).
    """
    first, second = (
        np.sort(v[~np.isnan(v)])
        for v in (np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64))
    )
    enough = [len(v) >= small.needed(q) for v in (first, second)]
    values = [interpolated(v, q) if ok else math.nan for v, ok in zip((first, second), enough, strict=True)]
    low = high = math.nan
    if why is not None:
        values[0] = math.nan
    elif all(enough):
        moved = resampled(second, q, seed + 1) - resampled(first, q, seed)
        low, high = (float(v) for v in np.quantile(moved, [0.025, 0.975]))
    return {
        "before": values[0],
        "after": values[1],
        "change": values[1] - values[0],
        "low": low,
        "high": high,
        "n_before": len(first),
        "n_after": len(second),
        "why": why,
    }
