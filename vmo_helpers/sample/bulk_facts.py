"""What is said, spent and promised of the bulk: thinner than the cast's tables, with the same columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from vmo_helpers.sample.bulk import LAST_WORKING_DAY as END
from vmo_helpers.sample.bulk import (
    WAY,
    WORKING,
    Arrow,
    Drawn,
    days,
    draw,
    instants,
    streams,
    transitions,
    waiting_room,
    work_items,
)
from vmo_helpers.sample.world import generator

RATINGS = ("green", "green_amber", "amber", "amber_red", "red")
OBJECTIVES = ("O-1", "O-2", "O-3", "O-4", "O-5", "O-61")
LINKED = (0.62, 0.05, 0.11, 0.11, 0.07, 0.04)  # the rest of the linked; one in eight has no link


def bulk_tables(count: int, seed: int) -> tuple[Arrow, dict[str, int]]:
    """The bulk's tables, and how many of its epics stand in each state at the end."""
    drawn = draw(count, generator(seed, 20))
    rng = generator(seed, 22)
    items = work_items(drawn, generator(seed, 21))
    made = {
        "work_items": items,
        "transitions": transitions(drawn),
        "value_streams": streams(),
        "status_reports": _reports(drawn, rng),
        "spend": _spend(drawn, items, rng),
        "links": _links(drawn, rng),
        **_outcomes(drawn, rng),
    }
    return made, dict(waiting_room(drawn))


def _reports(drawn: Drawn, rng: np.random.Generator) -> pa.Table:
    """Three monthly reports on one begun epic in seven, the last of them in the last weeks."""
    start = drawn.entered[:, 1]
    chosen = np.flatnonzero((start < END - 70 * WORKING) & (rng.random(len(start)) < 0.15))
    last = END - rng.uniform(1.0, 10.0, len(chosen))
    at = (last[:, None] - np.array([42.0, 21.0, 0.0])).ravel()
    words = pa.array(RATINGS)
    rating = rng.choice(len(RATINGS), len(chosen), p=[0.5, 0.12, 0.2, 0.08, 0.1])
    earlier = np.maximum(rating[:, None] - np.array([1, 1, 0]), 0).ravel()
    return pa.table(
        {
            "item_id": drawn.ids.take(pa.array(np.repeat(chosen, 3))),
            "at": instants(at),
            "overall": words.take(pa.array(earlier)),
            "schedule": words.take(pa.array(earlier)),
            "author": pa.array(["Epic owner"] * len(at), pa.string()),
        }
    )


def _spend(drawn: Drawn, items: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Four monthly bookings from the first month in progress on one begun epic in four."""
    start = drawn.entered[:, 1]
    chosen = np.flatnonzero((start < END - 5 * 21.0) & (rng.random(len(start)) < 0.25))
    cost = items["planned_cost"].to_numpy()[chosen] * rng.uniform(0.82, 1.06, len(chosen))
    parts = rng.dirichlet(np.full(4, 6.0), len(chosen)) if len(chosen) else np.empty((0, 4))
    calendar = (7 * (start[chosen] // 5)).astype("int64")
    first = (np.datetime64("2024-10-28") + calendar).astype("datetime64[M]")
    period = (first[:, None] + np.arange(4)).ravel().astype("datetime64[D]")
    return pa.table(
        {
            "period": pa.array(period),
            "amount": np.round((cost[:, None] * parts).ravel(), 2),
            "item_id": drawn.ids.take(pa.array(np.repeat(chosen, 4))),
            "kind": pa.array(["actual"] * len(period), pa.string()),
            "line": pa.array(["opex"] * len(period), pa.string()),
        }
    )


def _links(drawn: Drawn, rng: np.random.Generator) -> pa.Table:
    """Most begun epics are tagged with an objective of this year."""
    start = drawn.entered[:, 1]
    chosen = np.flatnonzero(np.isfinite(start) & (rng.random(len(start)) < 0.87))
    goal = rng.choice(len(OBJECTIVES), len(chosen), p=LINKED)
    at = np.minimum(np.maximum(start[chosen] + 2.0, 310.0), END)
    return pa.table(
        {
            "item_id": drawn.ids.take(pa.array(chosen)),
            "goal_type": pa.array(["objective"] * len(chosen), pa.string()),
            "goal_id": pa.array(OBJECTIVES).take(pa.array(goal)),
            "linked_at": instants(at),
        }
    )


def _outcomes(drawn: Drawn, rng: np.random.Generator) -> Arrow:
    """One delivered epic in forty has a benefit, read monthly; a quarter of these miss by far."""
    end = drawn.entered[:, len(WAY)]
    chosen = np.flatnonzero((end < END - 120.0) & (end > 60.0) & (rng.random(len(end)) < 0.025))
    count, reads = len(chosen), 15
    metric = pa.array([f"M-{10_000 + n}" for n in range(count)], pa.string())
    item = drawn.ids.take(pa.array(chosen))
    missing = rng.random(count) < 0.25
    attainment = np.where(missing, rng.uniform(0.05, 0.55, count), rng.uniform(0.9, 1.15, count))
    baseline, reach = np.round(rng.uniform(20.0, 400.0, count), 1), np.round(rng.uniform(5.0, 60.0, count), 1)
    at = end[chosen][:, None] + (np.arange(reads) - 6.0) * 21.0
    plan = np.clip((at - end[chosen][:, None] - 21.0) / 84.0, 0.0, 1.0)
    value = baseline[:, None] + reach[:, None] * (
        attainment[:, None] * plan + rng.normal(0.0, 0.06, (count, reads))
    )
    seen = ((at <= END) & (at >= 0)).ravel()
    metrics = pa.table(
        {
            "metric_id": metric,
            "name": pa.array([f"Outcome of {x}" for x in item.to_pylist()], pa.string()),
            "unit": pa.array(["points"] * count, pa.string()),
            "direction": pa.array(["increase"] * count, pa.string()),
            "kind": pa.array(["outcome"] * count, pa.string()),
            "cadence_days": pa.array([30.0] * count),
            "item_id": item,
        }
    )
    benefits = pa.table(
        {
            "benefit_id": pa.array([f"BEN-{10_000 + n}" for n in range(count)], pa.string()),
            "item_id": item,
            "metric_id": metric,
            "baseline": baseline,
            "target": np.round(baseline + reach, 1),
            "due": days(end[chosen] + 105.0),
            "lag_days": pa.array([29.4] * count),
            "planned_value": np.round(rng.lognormal(12.3, 0.6, count), -3),
            "value_type": pa.array(["revenue"] * count, pa.string()),
        }
    )
    observations = pa.table(
        {
            "metric_id": metric.take(pa.array(np.repeat(np.arange(count), reads)[seen])),
            "at": instants(at.ravel()[seen]),
            "value": np.round(value.ravel()[seen], 3),
        }
    )
    return {"metrics": metrics, "benefits": benefits, "observations": observations}
