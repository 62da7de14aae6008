"""Where key results stand: values, progress for all eight types, what is expected by now, how fresh it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.contract.cells.instants import FIRST, LAST
from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import Ints, micro, micros
from vmo_helpers.measures.okr.goals import Goals
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import local_days
from vmo_helpers.vocabulary import KeyResultType
from vmo_helpers.window import day_end, day_start

Floats = npt.NDArray[np.float64]

RAMPS = (KeyResultType.INCREASE, KeyResultType.DECREASE)
HELD = (KeyResultType.MAINTAIN_ABOVE, KeyResultType.MAINTAIN_BELOW, KeyResultType.RANGE)
DEFAULT_CADENCE_DAYS = 30.0
GRACE_DAYS, GRACE_SHARE = 3.0, 0.25  # a check-in is stale when overdue by more than the larger of the two
TESTED_SEGMENT = "all"
_FIRST = pd.Timestamp(FIRST)
NO_END = pd.Timestamp(LAST)  # what 9999-12-31 is read as where a period must have an end


def values(portfolio: Portfolio, goals: Goals) -> pd.DataFrame:
    """One row a value of a key result, in order of time.

    They are its check-ins, and the observations (segment all) of the metric that it names. Of two at one
    instant the check-in comes last, so it holds. Check-ins without a value are none.

    Columns
        kr_id: the key result
        at: when
        value (metric's unit): what it was
        row: of the file
        table: checkins or observations
    """
    checkins = portfolio.checkins[portfolio.checkins["value"].notna()]
    observed = portfolio.observations[
        portfolio.observations["segment"].fillna(TESTED_SEGMENT).eq(TESTED_SEGMENT)
    ]
    measured = goals.key_results.loc[goals.key_results["metric_id"].notna(), ["kr_id", "metric_id"]]
    observed = observed.assign(row=observed.index).merge(measured, on="metric_id")
    every = pd.concat(
        [
            observed[["kr_id", "at", "value", "row"]].assign(table="observations"),
            checkins[["kr_id", "at", "value"]].assign(table="checkins", row=checkins.index),
        ],
        ignore_index=True,
    )
    every = every[every["kr_id"].isin(goals.key_results["kr_id"])]
    return every.sort_values(["kr_id", "at"], kind="stable", ignore_index=True)


def score(key_results: pd.DataFrame, value: Floats) -> Floats:
    """The progress that a value means for each key result: 0 = baseline, 1 = target, unclamped.

    Bounds are inclusive. NaN where the value or a column that the type needs is missing, or target =
    baseline.

    - increase, decrease: (v − baseline) ÷ (target − baseline);
    - reach: v ÷ target;
    - maintain_above: 1 when v ≥ target, else 0;
    - maintain_below: 1 when v ≤ target, else 0;
    - range: 1 when low ≤ v ≤ high, else 0;
    - binary: 1 when v ≥ 1, else 0;
    - milestone: v, the share done.
    """
    kind = key_results["type"]
    baseline, target, low, high = (
        key_results[name].to_numpy(dtype=np.float64) for name in ("baseline", "target", "low", "high")
    )
    span = target - baseline
    with np.errstate(divide="ignore", invalid="ignore"):
        ramp = np.where(span == 0, np.nan, (value - baseline) / span)
        reach = np.where(target == 0, np.nan, value / target)
    held = {
        KeyResultType.MAINTAIN_ABOVE: (value >= target, np.isnan(target)),
        KeyResultType.MAINTAIN_BELOW: (value <= target, np.isnan(target)),
        KeyResultType.RANGE: ((low <= value) & (value <= high), np.isnan(low) | np.isnan(high)),
        KeyResultType.BINARY: (value >= 1, np.zeros(len(value), dtype=bool)),
    }
    found = np.full(len(key_results), np.nan)
    for word, (met, unknown) in held.items():
        found = np.where(
            kind.eq(word), np.where(unknown | np.isnan(value), np.nan, met.astype(np.float64)), found
        )
    found = np.where(kind.isin(RAMPS), ramp, found)
    found = np.where(kind.eq(KeyResultType.REACH), reach, found)
    result: Floats = np.where(kind.eq(KeyResultType.MILESTONE), value, found)
    return result


def lacking(key_results: pd.DataFrame, value: Floats) -> pd.Series:
    """What keeps a key result from being measured, in words; missing where nothing does."""
    kind = key_results["type"]
    needs_target = kind.isin([*RAMPS, KeyResultType.REACH, *HELD[:2]])
    flat = kind.isin(RAMPS) & key_results["target"].eq(key_results["baseline"])
    reasons = (
        (kind.eq(KeyResultType.REACH) & key_results["target"].eq(0), "its target is 0"),
        (flat, "its target equals its baseline"),
        (
            kind.eq(KeyResultType.RANGE) & (key_results["low"].isna() | key_results["high"].isna()),
            "no low and high",
        ),
        (kind.isin(RAMPS) & key_results["baseline"].isna(), "no baseline"),
        (needs_target & key_results["target"].isna(), "no target"),
        (pd.Series(np.isnan(value), index=key_results.index), "no value yet"),
    )
    said = pd.Series(None, index=key_results.index, dtype="str")
    for holds, reason in reasons:  # the last that holds is said: the value first, then what the type needs
        said = said.mask(holds, reason)
    return said


def span_of(key_results: pd.DataFrame) -> Floats:
    """What a whole key result is in its metric's unit: target − baseline.

    Of reach it is the target, of a milestone 1; NaN for the other types.
    """
    kind, target = key_results["type"], key_results["target"]
    span = (
        (target - key_results["baseline"]).where(kind.isin(RAMPS)).mask(kind.eq(KeyResultType.REACH), target)
    )
    found: Floats = (
        span.mask(kind.eq(KeyResultType.MILESTONE), 1.0).replace(0.0, np.nan).to_numpy(dtype=np.float64)
    )
    return found


def wanted_direction(key_results: pd.DataFrame) -> Ints:
    """+1 where the value is to rise or stay up, −1 where it is to fall or stay down.

    0 for a range, or where it cannot be told.
    """
    kind = key_results["type"]
    ramp = np.sign(
        (key_results["target"] - key_results["baseline"]).fillna(0.0).to_numpy(dtype=np.float64)
    ).astype(np.int64)
    down = kind.isin([KeyResultType.DECREASE, KeyResultType.MAINTAIN_BELOW])
    stated = np.where(down, -1, np.where(kind.eq(KeyResultType.RANGE), 0, 1))
    return np.where(kind.isin(RAMPS) & (ramp != 0), ramp, stated)


def period(key_results: pd.DataFrame, timezone: str) -> tuple[Ints, Ints]:
    """First and last instant of each key result's period (µs, UTC), ``to`` inclusive.

    One without ``from`` begins with the first day that can be read.
    """
    begins = key_results["from"].fillna(_FIRST)
    firsts = {day: micro(day_start(day, timezone)) for day in begins.unique()}
    lasts = {day: micro(day_end(day, timezone)) for day in key_results["to"].unique()}
    return begins.map(firsts).to_numpy(dtype=np.int64), key_results["to"].map(lasts).to_numpy(dtype=np.int64)


def time_gone(key_results: pd.DataFrame, as_of: pd.Timestamp, timezone: str) -> Floats:
    """The share of each key result's period that is over, 0–1; NaN of one without an end.

    Of one whose begin is unknown it is NaN until its last day is over.
    """
    first, last = period(key_results, timezone)
    gone = np.clip((micro(as_of) - first) / (last - first), 0.0, 1.0)
    unknown = key_results["to"].eq(NO_END) | (key_results["from"].isna() & (gone < 1.0))
    return np.where(unknown, np.nan, gone)


def expected(portfolio: Portfolio, key_results: pd.DataFrame) -> Floats:
    """The progress that the plan asks for by now: linear in time, or between phased targets.

    The phased plan runs straight from the baseline on the first day through each target to the target on the
    last day. Of reach and milestone it starts at 0. None (NaN) for maintain and range, nor where progress
    itself cannot be formed. Without an end, or where the begin is unknown, there is none but between phased
    targets.
    """
    as_of, timezone = portfolio.as_of, portfolio.settings.timezone
    assert as_of is not None
    formed = ~key_results["type"].isin(HELD) & lacking(key_results, np.ones(len(key_results))).isna()
    linear = np.where(formed, time_gone(key_results, as_of, timezone), np.nan)
    phased = key_results["kr_id"].isin(portfolio.targets["goal_id"]) & ~key_results["type"].isin(
        [*HELD, KeyResultType.BINARY]
    )
    if not phased.any():
        return linear
    some = key_results[phased]
    first, last = period(some, timezone)
    start = some["baseline"].where(some["type"].isin(RAMPS), 0.0)
    end = some["target"].mask(some["type"].eq(KeyResultType.MILESTONE), 1.0)
    stated = portfolio.targets[portfolio.targets["goal_id"].isin(some["kr_id"])]
    place = places(stated["goal_id"], some["kr_id"])
    every = np.arange(len(some))
    level = _between(
        np.concatenate([every, every, place]),
        np.concatenate([first, last, micros(stated["at"])]),
        np.concatenate([start, end, stated["value"]]),
        np.full(len(some), micro(as_of)),
    )
    reached = np.bincount(place, stated["at"].le(as_of), minlength=len(some)) > 0
    level = np.where(some["from"].isna() & ~reached, np.nan, level)
    plan = linear.copy()
    plan[phased.to_numpy()] = score(some, level)
    return plan


def _between(group: Ints, at: Ints, value: Floats, now: Ints) -> Floats:
    """For each group the value at an instant on the straight line between its points.

    Beyond its ends it is the end's value. Of several points of one instant the last given holds.
    """
    order = np.lexsort([np.arange(len(at)), at, group])
    group, at, value = group[order], at[order], value[order]
    kept = np.append((group[1:] != group[:-1]) | (at[1:] != at[:-1]), True)
    group, at, value = group[kept], at[kept], value[kept]
    first = np.searchsorted(group, np.arange(len(now)), side="left")
    last = np.searchsorted(group, np.arange(len(now)), side="right") - 1
    passed = np.bincount(group, at <= now[group], minlength=len(now)).astype(np.int64)
    before = np.clip(first + passed - 1, first, last)
    after = np.clip(first + passed, first, last)
    width = np.maximum(at[after] - at[before], 1)
    part = np.clip((now - at[before]) / width, 0.0, 1.0)
    line: Floats = value[before] + np.where(after > before, (value[after] - value[before]) * part, 0.0)
    return line


def overdue_days(
    key_results: pd.DataFrame, last_value: pd.Series, as_of: pd.Timestamp, timezone: str
) -> Floats:
    """By how many days the next value is overdue; negative: not yet due.

    It is due a cadence (30 days if none) after the newest, whatever the hour, so local days are counted.
    After a key result's last day no more values are asked for. NaN without any value.
    """
    _, last = period(key_results, timezone)
    cadence = key_results["cadence_days"].fillna(DEFAULT_CADENCE_DAYS).to_numpy(dtype=np.float64)
    known = last_value.notna().to_numpy()
    overdue = np.full(len(key_results), np.nan)
    asked = local_days(np.minimum(last, micro(as_of)), timezone)
    overdue[known] = (asked[known] - local_days(micros(last_value[known]), timezone)) - cadence[known]
    return overdue


def stale(key_results: pd.DataFrame, overdue: Floats) -> npt.NDArray[np.bool_]:
    """True where a value is overdue by more than max(3 days, 25 % of the cadence, 30 days if none)."""
    cadence = key_results["cadence_days"].fillna(DEFAULT_CADENCE_DAYS).to_numpy(dtype=np.float64)
    return np.nan_to_num(overdue, nan=-np.inf) > np.maximum(GRACE_DAYS, GRACE_SHARE * cadence)
