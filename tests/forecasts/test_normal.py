"""What is normal: limits by hand, signals by their rules, months against plain counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.forecasts.test_leaving import ZONE, sample
from vmo_helpers import findings, forecasts
from vmo_helpers.forecasts.normal import signals, steady


def test_limits_are_those_of_the_documents_example() -> None:
    values = np.array([20.0, 23.0] * 6 + [29.0, 31.0])
    mean, low, high, outside, in_run = signals(values)
    assert (mean, low, high) == pytest.approx((21.5, 21.5 - 2.66 * 3, 21.5 + 2.66 * 3))
    assert np.flatnonzero(outside).tolist() == [13] and not in_run.any()


def test_eight_in_a_row_on_one_side_are_a_signal_and_seven_are_none() -> None:
    usual = [20.0, 23.0] * 6
    assert np.flatnonzero(signals(np.array([*usual, *[24.0] * 7]))[4]).tolist() == list(range(11, 19))
    assert not signals(np.array([*usual[:11], *[24.0] * 7]))[4].any()


def test_a_short_record_has_no_limits_and_a_gap_is_left_out() -> None:
    assert np.isnan(signals(np.arange(7.0))[0])
    gap = np.array([np.nan, 20, 23, 20, np.nan, 23, 20, 23, 20, 23, 25.0])
    mean, _, _, outside, _ = signals(gap)
    assert mean == pytest.approx(gap[np.isfinite(gap)].mean())
    assert not outside[0] and not outside[4]


def test_a_record_that_is_filling_up_is_not_what_is_normal() -> None:
    filling = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    values = np.array([*filling, *[20.0, 23.0] * 6, 31.0, 31.0])
    assert steady(values).tolist() == list(range(6, 18))
    mean, low, high, outside, _ = signals(values)
    assert (mean, low, high) == pytest.approx((21.5, 13.52, 29.48))
    assert np.flatnonzero(outside).tolist() == [18, 19]  # none of the months before


def test_what_only_climbs_was_never_steady_and_has_no_limits() -> None:
    climbing = np.arange(24.0) * 2
    assert not len(steady(climbing))
    assert np.isnan(signals(climbing)[0])
    frame = pd.DataFrame(
        {"measure": "throughput", "month": pd.date_range("2025-01-01", periods=24, freq="MS")}
    )
    mean, low, high, outside, in_run = signals(climbing)
    told = findings.forecast.normal(
        frame.assign(value=climbing, mean=mean, low=low, high=high, outside=outside, in_run=in_run)
    )
    assert [(one.severity, one.sentence.partition(":")[0]) for one in told] == [
        ("unknown", "No conclusion on what is normal")
    ]


def test_the_months_of_the_sample_are_counted_by_hand() -> None:
    _, _, items, window = sample()
    frame = forecasts.normal(items, window)
    may = frame[frame["month"].eq("2026-05-01")].set_index("measure")["value"]
    first, after = (pd.Timestamp(day, tz=ZONE) for day in ("2026-05-01", "2026-06-01"))
    finished = items["finished_at"].ge(first) & items["finished_at"].lt(after)
    assert may["throughput"] == pytest.approx(finished.sum() / 31 * 7)
    going = items["started_at"].lt(after) & ~(
        items["finished_at"].lt(after) | items["cancelled_at"].lt(after)
    )
    assert may["work in progress"] == going.sum()
    assert frame["month"].max() == pd.Timestamp("2026-10-01")
    last = frame[frame["measure"].eq("work in progress")].iloc[-1]
    assert last["value"] == items["status"].eq("in_progress").sum()


def test_the_sentence_has_its_first_day() -> None:
    _, _, items, window = sample()
    frame = forecasts.normal(items, window)
    (told,) = findings.forecast.normal(frame)
    assert (told.severity, told.sentence) == (
        "note",
        "Throughput is now within what was normal; work in progress had no twelve steady months",
    )
    values = np.array([20.0, 23.0] * 6 + [31.0] * 2)
    mean, low, high, outside, in_run = signals(values)
    risen = frame[frame["measure"].eq("work in progress")].head(len(values)).assign(value=values)
    (wip,) = findings.forecast.normal(
        risen.assign(mean=mean, low=low, high=high, outside=outside, in_run=in_run)
    )
    first = risen["month"].iloc[12]
    assert (wip.severity, wip.subject, wip.details["since"]) == (
        "warning",
        "work in progress",
        str(first.date()),
    )
