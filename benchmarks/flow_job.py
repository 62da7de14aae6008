"""The flow job as this project does it: Parquet through load with validation to every flow output. The peers'
opposite number."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pandas as pd

from vmo_helpers import sources
from vmo_helpers.measures import flow
from vmo_helpers.window import Window


def job(folder: Path, start: str, end: str) -> dict[str, float]:
    """Headline figures and the sums that the peers give: cycle times, ages, weeks, the cumulative flow."""
    window = Window(pd.Timestamp(start).as_unit("us"), pd.Timestamp(end).as_unit("us"))
    portfolio = sources.load(folder).known_at(window.end)
    log = flow.read(portfolio)
    items = flow.items(log, window)
    figures = {figure.key: figure.value for figure in flow.figures(log, items, window, portfolio)}
    bands = flow.cumulative_flow(log, window)
    weeks = flow.throughput(items, window)
    ages, cycles = flow.work_item_age(items), flow.cycle_time(items, window)
    found = {
        "items": "items",
        "finished": "finished",
        "wip": "wip",
        "cycle_p50": "cycle_time_p50_days",
        "cycle_p85": "cycle_time_p85_days",
        "lead_p50": "lead_time_p50_days",
        "lead_p85": "lead_time_p85_days",
        "age_p85": "age_p85_days",
        "flow_efficiency": "flow_efficiency",
        "flow_efficiency_median": "flow_efficiency_median",
        "started": "started",
        "started_unfinished": "started_unfinished",
        "reopened": "reopened_items",
        "wait_days": "wait_days",
    }
    sums = {
        "cycle_sum": float(cycles["cycle_time_days"].sum()),
        "age_sum": float(ages["age_days"].sum()),
        "weeks": float((weeks["finished"] > 0).sum()),
        "flow_cells": float(bands["in_state"].sum()),
    }
    return {
        name: float("nan") if (value := figures[f"flow.{key}"]) is None else float(value)
        for name, key in found.items()
    } | sums


if __name__ == "__main__":
    where, since, until = sys.argv[1:4]
    begun = time.perf_counter()
    done = job(Path(where), since, until)
    print(json.dumps({"seconds": time.perf_counter() - begun, "figures": done}))
