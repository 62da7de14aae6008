"""A portfolio that finishes less and less, and whose stages slow down: forecasts of it are kept too seldom,
and it is warned of, rightly."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np

DAY = "2026-04-19"
"""The last day of its last week."""
_FIRST = dt.datetime(2023, 1, 2)
_WEEKS, _TESTS_SLOW_FROM, _BUILDS_SLOW_FROM = 172, 130.0, 160.0


def portfolio(folder: Path) -> Path:
    """Three streams, 172 weeks: arrivals fall by half in 90 weeks, all testing takes three times as long from
    week 130 on, and building in the first stream four times from week 160 on."""
    rng = np.random.default_rng(4)
    count = rng.poisson(24 * np.exp(-np.arange(182) / 130))
    start = np.sort(np.repeat(np.arange(182), count) + rng.random(count.sum()))
    build, test = (rng.gamma(3, mean / 3, len(start)) for mean in (2.0, 3.0))
    stream = np.arange(len(start)) % 3
    built = np.where(stream == 0, _slow(start, start + build, _BUILDS_SLOW_FROM, 4), start + build)
    done = _slow(built, built + test, _TESTS_SLOW_FROM, 3)
    work, moves = [], []
    for n in np.flatnonzero(start < _WEEKS):
        work.append((f"E{n}", f"Work {n}", "epic", _at(start[n] - 0.4), f"V{stream[n]}"))
        times = (("Build", start[n]), ("Test", built[n]), ("Done", done[n]))
        moves += [(f"E{n}", _at(week), state) for state, week in times if week < _WEEKS]
    folder.mkdir(parents=True)
    _write(folder, "work_items", "item_id,title,level,created_at,value_stream_id", work)
    _write(folder, "transitions", "item_id,at,to_state", moves)
    states = [("Build", "active", 1), ("Test", "wait", 2), ("Done", "done", 3)]
    _write(folder, "states", "state,class,position", states)
    _write(folder, "value_streams", "value_stream_id,name", [(f"V{n}", f"Stream {n}") for n in range(3)])
    return folder


def _slow(start: np.ndarray, end: np.ndarray, week: float, times: float) -> np.ndarray:
    """The ends, were all work slower by a factor from a week on."""
    begins = np.maximum(start, week)
    return np.where(end > week, begins + times * (end - begins), end)


def _at(week: float) -> str:
    return (_FIRST + float(week) * dt.timedelta(weeks=1)).isoformat(timespec="microseconds") + "Z"


def _write(folder: Path, table: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns.split(","), *rows])
