"""Small frames with the columns that measures.flow returns, for tests of charts: any number of items, always
the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

HOSTILE = '</script><script>alert(1)</script> {{x}} $& datum["a.b"] \u202e [y] 東京 🍉 ' + "x" * 300
STATES = ["Analysing", "Legal review", "Building", "Integration queue", "Release test"]
CLASSES = ["active", "wait", "active", "wait", "active"]


def ages(count: int, name: str = "Epic") -> pd.DataFrame:
    random = np.random.default_rng(1)
    place = np.arange(count)
    return pd.DataFrame(
        {
            "item_id": [f"E-{n:04d}" for n in place],
            "title": [f"{name} {n}" for n in place],
            "value_stream": [["Checkout", "Stores", "Returns"][n % 3] for n in place],
            "state": [STATES[n % 5] for n in place],
            "age_days": np.round(random.lognormal(4.2, 0.7, count), 3),
            "planned_cost": np.where(place % 4 == 0, np.nan, 1e5 * (place + 1)),
        }
    )


def states(ages: pd.DataFrame) -> pd.DataFrame:
    counts = ages["state"].value_counts()
    return pd.DataFrame(
        {
            "state": STATES,
            "position": range(5),
            "state_class": CLASSES,
            "wip": [int(counts.get(state, 0)) for state in STATES],
            "wip_limit": [8, 4, np.nan, 8, np.nan],
            "age_p85_days": [120.0, np.nan, 212.4, 90.0, 12.0],
        }
    )


def finished(count: int) -> pd.DataFrame:
    random = np.random.default_rng(2)
    when = pd.Timestamp("2025-11-03T09:30Z") + pd.to_timedelta(
        np.sort(random.integers(0, 360 * 86_400, count)), unit="s"
    )
    return pd.DataFrame(
        {
            "item_id": [f"E-{n:04d}" for n in range(count)],
            "title": [f"Epic {n}" for n in range(count)],
            "value_stream": [["Checkout", "Stores", "Returns"][n % 3] for n in range(count)],
            "finished_at": when,
            "cycle_time_days": np.round(random.lognormal(4.2, 0.5, count), 3),
        }
    )


def lines(*pairs: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(pairs or [(0.5, 71.0), (0.85, 148.0)], columns=["quantile", "days"])


def steps(days: int, *, finished: bool = True) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"day": pd.date_range("2025-11-03", periods=days), "started": np.arange(days) // 2 + 1}
    )
    frame["finished"] = frame["started"] // 2 if finished else 0
    return frame.assign(in_progress=frame["started"] - frame["finished"] + 4)


def bands(days: int) -> pd.DataFrame:
    every = [
        (state, place, kind)
        for place, (state, kind) in enumerate(
            zip([*STATES, "Done", "Dropped"], [*CLASSES, "done", "cancelled"], strict=True)
        )
    ]
    rows: list[tuple[Any, ...]] = [
        (day, state, place, kind, 3 + number // 9 if kind == "done" else place + 1)
        for number, day in enumerate(pd.date_range("2025-11-03", periods=days))
        for state, place, kind in every
    ]
    return pd.DataFrame(rows, columns=["day", "state", "position", "state_class", "in_state"])


def pareto(count: int) -> pd.DataFrame:
    days = 4000 / (np.arange(count) + 1.0) ** 1.5
    money = np.where(np.arange(count) % 3 == 2, np.nan, days * 2200)
    return pd.DataFrame(
        {
            "cause": [f"Queue {n}" for n in range(count)],
            "wait_days": days,
            "share": days / days.sum(),
            "items": range(count, 0, -1),
            "money": money,
        }
    )


def columns(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "column": ["funnel", "analyzing", "implementing", "done"],
            "order": range(4),
            "items": [count, max(count - 2, 0), count * 2, 90],
            "wip_limit": [np.nan, 6, 10, np.nan],
            "oldest_age_days": [np.nan, 180.0, 530.0, np.nan],
            "done": [False, False, False, True],
        }
    )


def cards(columns: pd.DataFrame) -> pd.DataFrame:
    going = columns[~columns["done"]]
    names = np.repeat(going["column"].to_numpy(), going["items"])
    return pd.DataFrame(
        {
            "column": names,
            "item_id": [f"E-{n}" for n in range(len(names))],
            "title": [f"Epic {n}" for n in range(len(names))],
            "value_stream": "Checkout",
            "age_days": np.where(names == "funnel", np.nan, 20.0 + 10 * np.arange(len(names))),
        }
    )


def changes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Coding", "Integration queue", "Release test", "lead time to value, 85th percentile"],
            "measure": [
                "cycle time, median",
                "cycle time, 85th percentile",
                "lead time, median",
                "lead time, 85th percentile",
            ],
            "before_days": [30.0, 60.0, 20.0, 194.0],
            "after_days": [21.0, 80.0, np.nan, 212.0],
            "change_days": [-9.0, 20.0, np.nan, 18.0],
            "low": [-12.0, 4.0, np.nan, 2.0],
            "high": [-5.0, 31.0, np.nan, 40.0],
            "system": [False, False, False, True],
        }
    )
