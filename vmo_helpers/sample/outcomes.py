"""Metrics, observations, benefits, phased targets and realised money, so that each benefit shows its planted
attainment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vmo_helpers.sample.benefits import (
    CHANGED,
    LAST_SEEN,
    LAST_SEEN_NEARLY,
    MISSING,
    NOISE,
    RECOVERED,
    Benefit,
)
from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.world import END, END_DAY, FIRST_DAY, at_work, month_end, months, stamp

Row = dict[str, Any]
Floats = NDArray[np.float64]

SHARE_OF_DECAYING = 0.55  # of the planned money that came before the effect was lost
COUNTED_FROM = 0.25  # of plan: where the inside test starts to count an observation
LATEST = 5
FEW = {
    "basket_merge": ("2026-08-10", "2026-09-15", "2026-10-20"),
    "dock_booking": ("2026-09-08", "2026-10-14"),
}
PHASED = {
    "vendor_scorecard": (0.3, 0.65, 1.0),
    "one_tap_returns": (0.5, 0.8, 1.0),
}  # share of the way at each third to due
REPORTED_EARLY = "fresh_forecast"  # one value that was restated: two versions of one fact


@dataclass(frozen=True)
class Clock:
    """When a benefit's plan starts and is due (local)."""

    start: datetime
    lag_days: float
    due: datetime

    def plan(self, at: datetime) -> float:
        """Share of the effect that is planned at an instant, 0–1."""
        effect = self.start + timedelta(days=self.lag_days)
        if self.due <= effect:
            return float(at >= effect)
        return float(np.clip((at - effect) / (self.due - effect), 0.0, 1.0))


def observed_days(cadence: int, first: date, last: date) -> list[datetime]:
    """When a metric is read: month ends, quarter-month ends, or Saturday evenings from the pipeline."""
    if cadence <= 7:
        day = first + timedelta(days=(5 - first.weekday()) % 7)
        return [
            datetime.combine(day, time(18, 30)) + timedelta(days=7 * k)
            for k in range((last - day).days // 7 + 1)
        ]
    ends = [month_end(month) for month in months(first, last)]
    if cadence >= 90:
        ends = [day for day in ends if day.month in (2, 5, 8, 11)]
    return [datetime.combine(day, time()) for day in ends if first <= day <= last]


def observation(metric: str, at: datetime, value: float, **more: Any) -> Row:
    """One row of observations: a bare day for readings at midnight, UTC for those of the pipeline."""
    evening = at.time() != time()
    return {
        "metric_id": metric,
        "at": stamp(at, utc=True) if evening else at.date().isoformat(),
        "value": _rounded(value),
        **more,
    }


def _rounded(value: float) -> float:
    """Four significant digits: what a report prints."""
    return float(f"{value:.4g}")


def clock(benefit: Benefit, made: Journey, planned_end: date | None) -> Clock | None:
    """The benefit's clock, from delivery, else finish, else today's planned end; None when an element is
    missing."""
    start = (
        made.delivered or made.finished or (datetime.combine(planned_end, time()) if planned_end else None)
    )
    if start is None or benefit.due is None or benefit.lag is None:
        return None
    return Clock(start, benefit.lag, datetime.combine(benefit.due, time()))


def observation_rows(
    benefit: Benefit, made: Journey, planned_end: date | None, rng: np.random.Generator
) -> list[Row]:
    """The metric's observations: baseline before delivery, then progress = attainment × plan, with shaped
    noise."""
    if benefit.metric_id is None:
        return []
    at = _when(benefit, made)
    base = benefit.baseline if benefit.baseline is not None else 0.6 * (benefit.target or 1.0)
    target = benefit.target if benefit.target is not None else base * 0.7
    reach = target - base if target != base else 0.25 * base
    timing = clock(benefit, made, planned_end)
    plan = np.array([timing.plan(t) if timing else 0.0 for t in at])
    progress = _progress(benefit, timing, at, plan) + _noise(benefit, plan, rng)
    values = base + progress * reach
    if benefit.mode == "season":
        day = np.array([t.timetuple().tm_yday for t in at])
        values = values + 0.30 * abs(reach) * np.sign(reach) * np.cos(2 * np.pi * (day - 350) / 365)
    rows = [
        observation(benefit.metric_id, t, v, n=_sample_size(benefit, rng))
        for t, v in zip(at, values.tolist(), strict=True)
    ]
    if benefit.slug == REPORTED_EARLY:
        place = len(rows) - 3
        rows[place]["recorded_at"] = stamp(at[place] + timedelta(days=24, hours=10))
        rows.insert(
            place,
            {
                **rows[place],
                "value": _rounded(values[place] - 0.5 * reach),
                "recorded_at": stamp(at[place] + timedelta(days=2, hours=9)),
            },
        )
    return rows


def _when(benefit: Benefit, made: Journey) -> list[datetime]:
    begun = made.delivered or made.finished or made.started or END
    back = 200 if benefit.cadence <= 7 else 400
    first = max(FIRST_DAY, begun.date() - timedelta(days=back)) if benefit.mode != "season" else FIRST_DAY
    last = LAST_SEEN.get(benefit.slug, END_DAY)
    nearly = LAST_SEEN_NEARLY.get(benefit.slug)
    if benefit.mode == "few":
        return [
            *observed_days(30, first, begun.date()),
            *(datetime.fromisoformat(d) for d in FEW[benefit.slug]),
        ]
    at = observed_days(benefit.cadence, first, date(2026, 8, 1) if nearly else last)
    return [*at, datetime.combine(nearly, time())] if nearly else at


def _progress(benefit: Benefit, timing: Clock | None, at: list[datetime], plan: Floats) -> Floats:
    if timing is None:
        return np.zeros(len(at))
    if benefit.mode == "decay":  # sound until due, then a share of plan lost each month
        late = np.array([max(0.0, (t - timing.due).total_seconds() / 86400 / 30.4) for t in at])
        return plan * np.maximum(1.0 - benefit.attainment * late, 0.0)
    if benefit.slug in RECOVERED:
        share, day = RECOVERED[benefit.slug]
        reached: Floats = np.array([share if t.date() < day else benefit.attainment for t in at])
        return plan * reached
    return benefit.attainment * plan


def _noise(benefit: Benefit, plan: Floats, rng: np.random.Generator) -> Floats:
    """Noise that leaves the planted numbers exact: no mean before delivery, no slope in the observations that
    are judged."""
    spread = NOISE.get(benefit.mode, 0.08)
    noise = rng.normal(0, spread, len(plan))
    before = plan == 0
    if benefit.mode == "season":
        noise[before] *= 0.4  # the season before is what it is compared with
    if before.sum() > 2:
        noise[before] -= noise[before].mean()
        if benefit.mode == "watch":  # alternating: no autocorrelation to widen the interval by chance
            signs = np.where(np.arange(int(before.sum())) % 2 == 0, 1.0, -1.0)
            noise[before] = spread * (signs - signs.mean())
    judged = np.flatnonzero(plan >= COUNTED_FROM)[-LATEST:]
    if benefit.mode != "decay" and len(judged) >= 3:
        x, e = plan[judged], noise[judged]
        if benefit.mode == "watch":
            e = np.array([1.0, -1.0, 0.6, -1.0, 0.4])[: len(judged)]
        e = e - x * float(x @ e) / float(x @ x)
        noise[judged] = e * spread * np.sqrt(len(judged) - 1) / np.sqrt(float(e @ e))
    return noise


def _sample_size(benefit: Benefit, rng: np.random.Generator) -> int | None:
    return int(rng.integers(400, 5000)) if benefit.unit == "%" else None


def metric_row(benefit: Benefit, item_id: str, stream_id: str) -> Row:
    """The row of metrics."""
    direction = (
        "decrease"
        if benefit.target is not None and benefit.baseline is not None and benefit.target < benefit.baseline
        else "increase"
    )
    if benefit.slug in ("risk_rules", "parcel_photo"):
        direction = "decrease"
    return {
        "metric_id": benefit.metric_id,
        "name": benefit.metric,
        "unit": benefit.unit,
        "direction": direction,
        "kind": benefit.kind,
        "timing": "leading" if benefit.kind == "behaviour" else "lagging",
        "cadence_days": benefit.cadence,
        "season_days": 365 if benefit.mode == "season" else None,
        "item_id": item_id,
        "value_stream_id": stream_id,
    }


def benefit_row(benefit: Benefit, item_id: str, owner: str, rng: np.random.Generator) -> Row:
    """The row of benefits, as its plan stands today."""
    row: Row = {
        "benefit_id": benefit.benefit_id,
        "item_id": item_id,
        "metric_id": benefit.metric_id,
        "baseline": benefit.baseline,
        "target": benefit.target,
        "due": benefit.due,
        "lag_days": benefit.lag,
        "planned_value": benefit.value,
        "value_type": benefit.value_type,
        "owner": owner if rng.random() < 0.9 else None,
        "attribution": str(
            rng.choice(
                [
                    "before and after",
                    "pilot stores against others",
                    "shared with two other epics",
                    "holdout group",
                ]
            )
        ),
    }
    if benefit.slug in CHANGED:
        column, _, today, *_ = CHANGED[benefit.slug]
        row[column] = today
    return row


def change_rows(benefits: Iterable[Benefit], rng: np.random.Generator) -> list[Row]:
    """The plan changes of benefits."""
    rows: list[Row] = []
    for benefit in benefits:
        if benefit.slug not in CHANGED:
            continue
        column, before, _, day, reason = CHANGED[benefit.slug]
        rows.append(
            {
                "table": "benefits",
                "key": benefit.benefit_id,
                "column": column,
                "changed_at": stamp(at_work(day, rng)),
                "old_value": before.isoformat() if isinstance(before, date) else f"{before:g}",
                "reason": reason,
            }
        )
    return rows


def target_rows(benefit: Benefit, made: Journey, planned_end: date | None) -> list[Row]:
    """Phased targets, for the benefits that have them."""
    timing = clock(benefit, made, planned_end)
    if benefit.slug not in PHASED or timing is None or benefit.baseline is None or benefit.target is None:
        return []
    effect = timing.start + timedelta(days=timing.lag_days)
    return [
        {
            "goal_id": benefit.benefit_id,
            "at": (effect + (timing.due - effect) * (k + 1) / 3).date().isoformat(),
            "value": _rounded(benefit.baseline + share * (benefit.target - benefit.baseline)),
        }
        for k, share in enumerate(PHASED[benefit.slug])
    ]


def realisation_rows(
    benefit: Benefit, made: Journey, planned_end: date | None, rng: np.random.Generator
) -> tuple[list[Row], float, float]:
    """Money booked at month ends; also what was planned to date and what the rows add up to."""
    timing = clock(benefit, made, planned_end)
    if timing is None or timing.start > END:
        return [], 0.0, 0.0
    planned = benefit.value * timing.plan(END)
    total = planned * SHARE_OF_DECAYING if benefit.mode == "decay" else planned * benefit.attainment
    total *= float(rng.uniform(0.8, 0.98))
    days = observed_days(30, timing.start.date() + timedelta(days=int(timing.lag_days)), END_DAY)
    if total < 10_000 or not days or benefit.mode in ("early", *MISSING):
        return [], planned, 0.0
    parts = rng.lognormal(0, 0.25, len(days))
    amounts = np.round(total * parts / parts.sum(), -2)
    rows = [
        {"benefit_id": benefit.benefit_id, "at": day.date().isoformat(), "value": float(amount)}
        for day, amount in zip(days, amounts, strict=True)
    ]
    return rows, planned, float(amounts.sum())
