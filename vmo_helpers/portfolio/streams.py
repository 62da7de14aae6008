"""A part of a portfolio: some of its value streams, with all that belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from vmo_helpers.contract.problems import InputProblems, Problem, listed, nearest, quoted
from vmo_helpers.lookup import among, places
from vmo_helpers.portfolio.portfolio import Portfolio

# tables whose rows go with the item that they name
BY_ITEM = (
    "transitions",
    "blockers",
    "dependencies",
    "status_reports",
    "benefits",
    "criteria_scores",
    "risks",
    "links",
)


def in_streams(portfolio: Portfolio, ids: Sequence[str]) -> Portfolio:
    """The portfolio of these value streams and of the streams below them; no ids: all of it.

    An item without a stream belongs to its nearest ancestor's. What hangs on an item (transitions, reports,
    benefits …) goes with it; spend and surveys go with their item, else with their stream; budgets and value
    streams with the stream; objectives and key results are everybody's and stay. Raises InputProblems for an
    id that is neither in ``value_streams`` nor on any item, with the nearest that is.
    """
    if not ids:
        return portfolio
    tables = dict(portfolio.tables)
    wanted = _with_children(portfolio, list(ids))
    items = tables["work_items"]
    tables["work_items"] = items = items[among(stream_of(items), wanted)]
    kept = items["item_id"]
    for name in BY_ITEM:
        tables[name] = tables[name][among(tables[name]["item_id"], kept)]
    for name in ("spend", "surveys"):
        frame = tables[name]
        own = among(frame["item_id"], kept) | (
            frame["item_id"].isna() & among(frame["value_stream_id"], wanted)
        )
        tables[name] = frame[own]
    tables["dependencies"] = tables["dependencies"][among(tables["dependencies"]["needs_item_id"], kept)]
    for name in ("value_streams", "budgets"):
        tables[name] = tables[name][among(tables[name]["value_stream_id"], wanted)]
    for name in ("pi_objectives", "decisions"):
        frame = tables[name]
        own = among(frame["item_id"], kept)
        free = frame["item_id"].isna()
        if name == "pi_objectives":
            free &= among(frame["team"], _teams(portfolio, wanted, items))
        tables[name] = frame[own | free]
    tables |= _measured(tables, wanted)
    return replace(portfolio, tables=tables)


def check_streams(portfolio: Portfolio, ids: Sequence[str]) -> None:
    """Raises what ``in_streams`` would, and cuts nothing."""
    _with_children(portfolio, list(ids))


def stream_of(items: pd.DataFrame) -> pd.Series:
    """Each item's value stream, else its nearest ancestor's; missing where none has one."""
    stream = items["value_stream_id"]
    if stream.notna().all() or items["parent_id"].isna().all():
        return stream
    up = places(items["parent_id"], items["item_id"])
    known = stream.to_numpy(dtype=object)
    for _ in range(len(items)):
        missing = pd.isna(known)
        filled = np.where(missing & (up >= 0), known[up], known)
        if (pd.isna(filled) == missing).all():
            break
        known = filled
    return pd.Series(known, index=items.index, dtype="str", name="value_stream_id")


def _with_children(portfolio: Portfolio, ids: list[str]) -> set[str]:
    streams = portfolio.tables["value_streams"]
    known = set(streams["value_stream_id"]) | set(portfolio.tables["work_items"]["value_stream_id"].dropna())
    lost = [one for one in ids if one not in known]
    problems = [
        Problem("streams", f"there is no value stream {quoted(one)}; {_meant(one, known, streams)}")
        for one in lost
    ]
    if problems:
        raise InputProblems(problems)
    wanted = set(ids)
    while True:
        below = set(streams.loc[among(streams["parent_id"], wanted), "value_stream_id"])
        if below <= wanted:
            return wanted
        wanted |= below


def _meant(given: str, known: set[str], streams: pd.DataFrame) -> str:
    """The stream that an unknown id is the name of or nearly the id of, else all of them, each by its id and
    name."""
    names = {
        str(one): str(name)
        for one, name in zip(streams["value_stream_id"], streams["name"], strict=True)
        if pd.notna(name)
    }
    called = [one for one, name in names.items() if name.casefold() == given.strip().casefold()]
    near = nearest(given, known, 0.5)
    meant = called or ([near] if near else [])
    told = [one if names.get(one, one) == one else f"{one} ({names[one]})" for one in meant or sorted(known)]
    return f"did you mean {listed(told)}?" if meant else f"there are {listed(told) or 'none'}"


def _teams(portfolio: Portfolio, wanted: set[str], items: pd.DataFrame) -> set[str]:
    teams = portfolio.tables["teams"]
    return set(teams.loc[among(teams["value_stream_id"], wanted), "team"]) | set(items["team"].dropna())


def _measured(tables: dict[str, pd.DataFrame], wanted: set[str]) -> dict[str, pd.DataFrame]:
    """Metrics of the kept items and streams, of kept benefits and of key results, those of nobody, and what
    hangs on them."""
    metrics, benefits = tables["metrics"], tables["benefits"]
    used = pd.concat([benefits["metric_id"], tables["key_results"]["metric_id"]]).dropna()
    own = among(metrics["item_id"], tables["work_items"]["item_id"]) | among(
        metrics["value_stream_id"], wanted
    )
    nobody = metrics["item_id"].isna() & metrics["value_stream_id"].isna()
    metrics = metrics[own | nobody | among(metrics["metric_id"], used)]
    goals = pd.concat([benefits["benefit_id"], tables["key_results"]["kr_id"]])
    return {
        "metrics": metrics,
        "observations": tables["observations"][
            among(tables["observations"]["metric_id"], metrics["metric_id"])
        ],
        "realisations": tables["realisations"][
            among(tables["realisations"]["benefit_id"], benefits["benefit_id"])
        ],
        "targets": tables["targets"][among(tables["targets"]["goal_id"], goals)],
    }
