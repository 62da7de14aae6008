"""Where a key result will end if it goes on as it did: a straight line with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import micro, micros
from vmo_helpers.measures.okr.progress import Floats, period, score, time_gone
from vmo_helpers.portfolio.calendar import DAY_US
from vmo_helpers.vocabulary import KeyResultType

# of the interval; ordinary least squares, a new value at the end of the period, Student t with n − 2 degrees
LEVEL = 0.80
FEWEST_VALUES = 3
EARLIEST_SHARE = 0.25  # of the period


def projection(
    key_results: pd.DataFrame, values: pd.DataFrame, as_of: pd.Timestamp, timezone: str
) -> pd.DataFrame:
    """One row a key result, in their order: what to expect on the last day of its period.

    Columns: kr_id, values_in_period, time_gone_share, slope_per_day, projected_value, projected_value_low and
    projected_value_high (80 % prediction interval). projected, projected_low and projected_high are the same
    as progress.

    All are NaN unless at least 3 values lie in the period at different times. At least 25 % of the time must
    be gone and the period not over. A yes/no has no trend. For maintain and range, low is 1 when the whole
    interval keeps to the bounds, high when any of it does.
    """
    first, last = period(key_results, timezone)
    place = places(values["kr_id"], key_results["kr_id"])
    values, place = values[place >= 0], place[place >= 0]
    at = micros(values["at"])
    inside = (at >= first[place]) & (at <= last[place])
    at, place = at[inside], place[inside]
    fit = _lines(
        place,
        (at - first[place]) / DAY_US,
        values["value"].to_numpy(dtype=np.float64)[inside],
        len(key_results),
    )
    end = (last - first) / DAY_US
    gone = time_gone(key_results, as_of, timezone)
    may = (
        (fit.n >= FEWEST_VALUES)
        & (fit.spread > 0)
        & (gone >= EARLIEST_SHARE)
        & (last > micro(as_of))
        & ~key_results["type"].eq(KeyResultType.BINARY).to_numpy()
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = fit.cross / fit.spread
        ahead = end - fit.mean_x
        value = fit.mean_y + slope * ahead
        freedom = np.maximum(fit.n - 2, 1)
        variance = np.maximum(fit.square - slope * fit.cross, 0.0) / freedom
        half = stats.t.ppf(0.5 + LEVEL / 2, freedom) * np.sqrt(
            variance * (1 + 1 / fit.n + ahead**2 / fit.spread)
        )
    value, low, high = (np.where(may, part, np.nan) for part in (value, value - half, value + half))
    at_low, at_high = score(key_results, low), score(key_results, high)
    bounds = np.where(np.isnan(low), np.nan, 1.0)
    touches = (key_results["low"].to_numpy() <= high) & (key_results["high"].to_numpy() >= low)
    ranged = key_results["type"].eq(KeyResultType.RANGE).to_numpy() & ~np.isnan(at_low)
    return pd.DataFrame(
        {
            "kr_id": key_results["kr_id"],
            "values_in_period": fit.n.astype(np.int64),
            "time_gone_share": gone,
            "slope_per_day": np.where(may, slope, np.nan),
            "projected_value": value,
            "projected_value_low": low,
            "projected_value_high": high,
            "projected": score(key_results, value),
            "projected_low": np.fmin(at_low, at_high) * bounds,
            "projected_high": np.where(ranged, touches.astype(np.float64), np.fmax(at_low, at_high) * bounds),
        },
        index=key_results.index,
    )


@dataclass(frozen=True)
class _Lines:
    """Sums of a least-squares line per group: count, means, Σ(x − x̄)², Σ(x − x̄)(y − ȳ), Σ(y − ȳ)²."""

    n: Floats
    mean_x: Floats
    mean_y: Floats
    spread: Floats
    cross: Floats
    square: Floats


def _lines(group: npt.NDArray[np.int64], x: Floats, y: Floats, groups: int) -> _Lines:
    def total(part: Floats) -> Floats:
        return np.bincount(group, part, minlength=groups).astype(np.float64)

    n = total(np.ones(len(x)))
    some = np.maximum(n, 1)
    mean_x, mean_y = total(x) / some, total(y) / some
    dx, dy = x - mean_x[group], y - mean_y[group]
    return _Lines(n, mean_x, mean_y, total(dx * dx), total(dx * dy), total(dy * dy))
