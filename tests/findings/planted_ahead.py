"""What the rules that look ahead are tried with: frames of a few rows, and near misses beside each line."""

from __future__ import annotations

import numpy as np
import pandas as pd
from planted import LIMITS, Case

from vmo_helpers.findings import forecast
from vmo_helpers.forecasts.normal import signals
from vmo_helpers.results.finding import Finding

FAN = pd.DataFrame({"day": pd.to_datetime(["2026-12-06"])})


def whole(**more: object) -> pd.DataFrame:
    """The row of all streams."""
    known = {
        "value_stream_id": "all",
        "value_stream": "All streams",
        "open_items": 9,
        "history_weeks": 52,
        "finished": 40.0,
        "added": 40.0,
        "items_p85": 6.0,
        "items_p50": 8.0,
        "done_p85": pd.NaT,
        "done_p85_days": np.nan,
        "grown_p85": pd.NaT,
        "model": "over-dispersed",
        "kept": 8.0,
        "tested": 10.0,
        "coverage": 0.8,
        "kept_by_other": np.nan,
        "why": None,
    }
    return pd.DataFrame([{**known, **more}])


def covered(share: float, tested: float = 10.0) -> Finding:
    row = whole(kept=round(share * tested), tested=tested, coverage=share if tested >= 8 else np.nan)
    return forecast.leaving(row, FAN, LIMITS)


def promises(kept: int, of: int, of_nothing: int = 0) -> Finding:
    """``of_nothing`` promise nothing more, which cannot be broken."""
    days = pd.date_range("2025-08-31", periods=of + of_nothing, freq="ME")
    said = pd.DataFrame({"said_on": days, "value_stream_id": "all", "promised": 1.0})
    said["kept"] = [n < kept or n >= of for n in range(len(days))]
    said.loc[of:, "promised"] = 0.0
    return forecast.kept(said, LIMITS)


def grown(added: float, caught: object) -> Finding:
    return forecast.growth(whole(added=added, grown_p85=caught))


def late(*ages: float, expected: float = 100.0) -> Finding:
    rows = {"item_id": [f"E{n}" for n in range(len(ages))], "title": "Epic", "age_days": ages}
    frame = pd.DataFrame(rows).assign(expected_days=expected, why=None)
    is_late = frame["age_days"].ge(expected)
    frame = frame.assign(late=is_late.astype("boolean"), late_chance=is_late.astype("float64"))
    return forecast.late_items(frame)


def months(before: float, after: float, many: int, measure: str = "work in progress") -> list[Finding]:
    """Twelve months about a level, then so many at another."""
    values = np.array([before + 3 * (n % 2) for n in range(12)] + [after] * many)
    mean, low, high, outside, in_run = signals(values)
    days = pd.date_range("2025-01-01", periods=len(values), freq="MS")
    frame = pd.DataFrame({"measure": measure, "month": days, "value": values, "mean": mean})
    return forecast.normal(frame.assign(low=low, high=high, outside=outside, in_run=in_run))


def watched(*on: bool, past: int = 0) -> list[Finding]:
    frame = pd.DataFrame({"on": on, "stage": [f"Stage {n}" for n in range(len(on))]})
    span = {"since": DAY, "earliest": DAY, "latest": DAY, "weeks": 6.0, "expected": 9.2, "departed": 4.0}
    more = {"past_warnings": past, "past_followed": 0, "score": 9.5, "now": False, "why": None}
    return forecast.warning(frame.assign(value_stream_id="all", **span, **more), LIMITS)


def shifted(*places: tuple[int, int]) -> list[Finding]:
    """Items by their place before a shift and now; the first of them is what it reaches."""
    frame = pd.DataFrame(places, columns=["unshifted_place", "place"])
    frame["item_id"] = [f"E{n}" for n in range(len(frame))]
    told = {"title": "Epic", "shift_factor": 2.0, "added_per_week": 5.0, "shifted_on": DAY}
    frame = frame.assign(**told, why=["rival", *[None] * (len(frame) - 1)][: len(frame)])
    return forecast.market(frame, pd.DataFrame(index=range(14)), LIMITS)


def scope(*shares: float) -> Finding:
    """Items in progress by the share by which they grew."""
    frame = pd.DataFrame({"grown_share": shares, "title": "Epic", "item_id": "E1", "added_since": 1})
    return forecast.scope_growth(frame, LIMITS)


DAY = pd.Timestamp("2027-03-07")
CASES = [
    Case("forecast.leaving", covered, [(0.79,), (0.0, 8.0)], [(0.8,), (1.0,), (0.5, 7.0)]),
    Case("forecast.kept", promises, [(6, 8), (0, 12), (6, 8, 9)], [(7, 8), (6, 7), (8, 8), (6, 7, 9)]),
    Case("forecast.growth", grown, [(41.0, pd.NaT), (90.0, None)], [(40.0, None), (41.0, DAY)]),
    Case("forecast.normal", months, [(20, 31, 1), (20, 24, 7)], [(20, 29, 1), (20, 24, 6), (20, 12, 2)]),
    Case("forecast.warning", watched, [(True,), (False, True)], [(False,), (False, False)]),
    Case("forecast.stage_warning", watched, [(True, True)], [(False,), (False, False, False)]),
    Case("sequence.market", shifted, [((4, 1),), ((2, 2), (1, 9))], [((3, 1),), ((1, 3), (2, 1)), ()]),
    Case("sequence.moved", shifted, [((4, 1),), ((1, 4), (7, 3))], [((3, 1),), ((1, 3), (2, 1)), ()]),
    Case("forecast.scope_growth", scope, [(0.2,), (0.0, 3.0)], [(0.19,), (0.0, np.nan), (np.nan,)]),
    Case("forecast.late_items", late, [(100.0,), (3.0, 400.0)], [(99.9,), ()]),
]
