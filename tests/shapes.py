"""Portfolios of every shape: the sample with its tables, columns, states, dates and amounts changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.contract.schema import TABLES, Kind
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.sources import load
from vmo_helpers.tables import portfolio_of

ROOT = Path(__file__).parents[1]
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Shape:
    """A portfolio, what a review of it is asked with, and by which changes it came to be."""

    portfolio: Portfolio
    parameters: dict[str, Any]
    changes: tuple[str, ...]


@cache
def _base(folder: str) -> Portfolio:
    return load(ROOT / folder)


def shape(seed: int) -> Shape:
    """The same seed gives the same; each change is the first of every ``len(CHANGES)``-th, others follow."""
    rng = np.random.default_rng(seed)
    base = _base("data/sample" if rng.random() < 0.2 else "tests/golden/small")
    frames = {name: frame.reset_index(drop=True) for name, frame in base.tables.items() if len(frame)}
    more = rng.permutation(len(CHANGES))[: int(rng.choice([0, 1, 2, 4]))]
    changes = [CHANGES[place] for place in dict.fromkeys([seed % len(CHANGES), *more.tolist()])]
    for change in changes:
        frames = change(frames, rng)
    days = tuple(sorted(rng.choice(7, int(rng.integers(1, 6)), False).tolist()))
    free = tuple(f"2026-{month:02d}-{day:02d}" for month in range(1, 11) for day in range(1, 29))
    settings = Settings(
        name=str(rng.choice(["Shapes", "A <b>name</b>", "名前"])),
        timezone=str(rng.choice(["UTC", "Europe/Berlin", "Pacific/Apia"])),
        review_level="epic",
        working_days=days if rng.random() < 0.3 else None,
        holidays=free if rng.random() < 0.3 else (),
    )
    made = portfolio_of({name: frame for name, frame in frames.items() if len(frame)}, settings, lenient=True)
    first = rng.choice([None, "2026-10-30", "2026-01-01", "1979-01-01"], p=[0.6, 0.1, 0.2, 0.1])
    as_of = rng.choice(["2026-10-31", "2025-11-01", "2016-01-01"], p=[0.9, 0.05, 0.05])
    asked = {"as_of": str(as_of), "from_day": first if first is None or first < as_of else None}
    return Shape(made, asked, tuple(change.__name__.strip("_") for change in changes))


def _fewer(frames: Frames, rng: np.random.Generator) -> Frames:
    """A table cut to none, one, two or a few rows."""
    name = str(rng.choice(list(frames)))
    return frames | {name: frames[name].head(int(rng.choice([0, 1, 2, 5])))}


def _few_items(frames: Frames, rng: np.random.Generator) -> Frames:
    """None, one, two or five items, with what hangs on them."""
    kept = frames["work_items"].head(int(rng.choice([0, 1, 2, 5, 40])))
    frames = frames | {"work_items": kept.assign(parent_id=None)}
    for name, frame in frames.items():
        if name != "work_items" and "item_id" in frame:
            frames[name] = frame[frame["item_id"].isin(kept["item_id"])]
    return frames


def _one_of_everything(frames: Frames, rng: np.random.Generator) -> Frames:
    """One row of every table."""
    return {name: frame.head(1) for name, frame in frames.items()}


def _no_benefits(frames: Frames, rng: np.random.Generator) -> Frames:
    """Targets of key results, and no benefit that has any."""
    if not {"targets", "key_results"} <= frames.keys():
        return frames
    goals = rng.choice(frames["key_results"]["kr_id"], len(frames["targets"]))
    targets = frames["targets"].assign(goal_id=goals).drop_duplicates(["goal_id", "at"])
    return {name: frame for name, frame in frames.items() if name != "benefits"} | {"targets": targets}


def _many_items(frames: Frames, rng: np.random.Generator) -> Frames:
    """Each item several times over, with what hangs on it."""
    times = int(rng.integers(2, 7))
    copied = {}
    for name in ("work_items", "transitions", "status_reports", "blockers", "links", "spend"):
        if "item_id" in frames.get(name, ()):
            copies = [
                frames[name].assign(
                    item_id=frames[name]["item_id"].where(
                        frames[name]["item_id"].isna(), frames[name]["item_id"] + f"-{n}"
                    )
                )
                for n in range(times)
            ]
            copied[name] = pd.concat(copies, ignore_index=True)
    copied["work_items"] = copied["work_items"].assign(parent_id=None)
    return frames | copied


def _no_table(frames: Frames, rng: np.random.Generator) -> Frames:
    gone = rng.choice(list(frames), int(rng.integers(1, len(frames))), replace=False)
    return {name: frame for name, frame in frames.items() if name not in gone or name == "work_items"}


def _empty_columns(frames: Frames, rng: np.random.Generator) -> Frames:
    changed = dict(frames)
    for name in rng.choice(list(frames), min(len(frames), 6), replace=False):
        able = [c.name for c in TABLES[name].columns if not c.filled and c.name in frames[name]]
        some = [c for c in able if rng.random() < 0.5]
        needed = {c: None for c in some if TABLES[name].column(c).required}  # type: ignore[union-attr]
        changed[name] = frames[name].drop(columns=[c for c in some if c not in needed]).assign(**needed)
    return changed


def _many_states(frames: Frames, rng: np.random.Generator) -> Frames:
    """Each state of the board as many of its kind, up to 400 in all, with or without portfolio stages."""
    if "states" not in frames or "transitions" not in frames:
        return frames
    states, moves = frames["states"], frames["transitions"]
    times = int(rng.integers(2, max(3, 400 // max(1, len(states)))))
    copies = [
        states.assign(state=states["state"].astype(str) + f" {n}", position=range(n, n + len(states)))
        for n in range(times)
    ]
    many = pd.concat(copies, ignore_index=True)
    if rng.random() < 0.5:
        many = many.drop(columns="portfolio_stage", errors="ignore")
    which = pd.util.hash_pandas_object(moves["item_id"], index=False).to_numpy() % times
    moved = {
        c: moves[c]
        .astype(object)
        .where(moves[c].isna(), moves[c].astype(str) + " " + pd.Series(which).astype(str))
        for c in ("to_state", "from_state")
        if c in moves
    }
    return frames | {"states": many, "transitions": moves.assign(**moved)}


def _one_state_each(frames: Frames, rng: np.random.Generator) -> Frames:
    return (
        frames | {"states": frames["states"].groupby("class", dropna=False).head(1)}
        if "states" in frames
        else frames
    )


def _streams(frames: Frames, rng: np.random.Generator) -> Frames:
    """Items over none, one or up to sixty streams."""
    count = int(rng.choice([0, 1, 60]))
    names = [f"S{n}" for n in range(count)]
    items = frames["work_items"]
    chosen = rng.choice(names, len(items)) if names else None
    table = pd.DataFrame({"value_stream_id": names, "name": [f"Stream {n}" * 4 for n in names]})
    return frames | {"work_items": items.assign(value_stream_id=chosen), "value_streams": table}


def _nothing_finished(frames: Frames, rng: np.random.Generator) -> Frames:
    items = frames["work_items"].assign(delivered_at=pd.NaT, finished_at=pd.NaT)
    if "transitions" not in frames or "states" not in frames:
        return frames | {"work_items": items}
    done = set(frames["states"].loc[frames["states"]["class"].isin(["done", "cancelled"]), "state"])
    moves = frames["transitions"]
    return frames | {"work_items": items, "transitions": moves[~moves["to_state"].isin(done)]}


def _long_ago(frames: Frames, rng: np.random.Generator) -> Frames:
    """Every date earlier by years, or by the days that put the last ones on the edge of the window."""
    by = pd.Timedelta(days=int(rng.choice([365, 364, 366, 3650, -1])))
    return {
        name: frame.assign(
            **{
                c.name: frame[c.name] - by
                for c in TABLES[name].columns
                if c.name in frame and c.kind in (Kind.INSTANT, Kind.DAY)
            }
        )
        for name, frame in frames.items()
    }


def _one_instant(frames: Frames, rng: np.random.Generator) -> Frames:
    """Everything happened at one instant: the first or the last of the window."""
    at = pd.Timestamp(
        str(rng.choice(["2025-11-01T00:00:00Z", "2026-10-31T22:59:59.999999Z", "2026-10-31T00:00:00Z"]))
    )
    name = str(
        rng.choice(
            [n for n in ("transitions", "observations", "status_reports", "checkins") if n in frames]
            or ["work_items"]
        )
    )
    return frames | {name: frames[name].assign(at=at)} if "at" in frames[name] else frames


def _empty_titles(frames: Frames, rng: np.random.Generator) -> Frames:
    return {
        n: f.assign(title=str(rng.choice(["", " ", "x" * 400, "</script><b>"]))) if "title" in f else f
        for n, f in frames.items()
    }


def _amounts(frames: Frames, rng: np.random.Generator) -> Frames:
    value = float(rng.choice([0.0, -1.0, 1e15, 1e-9]))
    changed = dict(frames)
    for name, frame in frames.items():
        numbers = [c.name for c in TABLES[name].columns if c.kind is Kind.NUMBER and c.name in frame]
        some = [c for c in numbers if rng.random() < 0.5]
        changed[name] = frame.assign(**{c: frame[c].where(frame[c].isna(), value) for c in some})
    return changed


def _intervals(frames: Frames, rng: np.random.Generator) -> Frames:
    """Up to sixty planning intervals."""
    if "pi_objectives" not in frames or not len(frames["pi_objectives"]):
        return frames
    row, count = frames["pi_objectives"].iloc[[0]], int(rng.integers(1, 61))
    days = pd.date_range("2021-01-01", periods=count + 1, freq="30D")
    rows = [
        row.assign(pi=f"PI {n}", objective_id=f"PO-{n}", **{"from": days[n], "to": days[n + 1]})
        for n in range(count)
    ]
    return frames | {"pi_objectives": pd.concat(rows, ignore_index=True)}


def _objectives(frames: Frames, rng: np.random.Generator) -> Frames:
    """None more, one goal, or three hundred, which the work serves instead of its own, by as many teams."""
    if "objectives" not in frames or not len(frames["objectives"]):
        return frames
    row, count = frames["objectives"].iloc[[0]], int(rng.choice([0, 1, 300]))
    rows = [
        row.assign(objective_id=f"G-{n}", title=f"Goal {n} " + "long " * 20, rank=n + 1, parent_id=None)
        for n in range(count)
    ]
    goals = pd.concat([frames["objectives"], *rows], ignore_index=True)
    if "links" not in frames or not count:
        return frames | {"objectives": goals}
    items, links = frames["work_items"], frames["links"]
    served = links.assign(goal_type="objective", goal_id=rng.choice(goals["objective_id"], len(links)))
    served = served.drop_duplicates([name for name in TABLES["links"].key if name in served])
    teams = items.assign(team=[f"Team {n % 30}" for n in range(len(items))])
    return frames | {"objectives": goals, "links": served, "work_items": teams}


Change = Callable[[Frames, np.random.Generator], Frames]
CHANGES: tuple[Change, ...] = (
    *(
        _fewer,
        _few_items,
        _one_of_everything,
        _no_benefits,
        _many_items,
        _no_table,
        _empty_columns,
        _many_states,
        _one_state_each,
        _streams,
    ),
    *(_nothing_finished, _long_ago, _one_instant, _empty_titles, _amounts, _intervals, _objectives),
)
