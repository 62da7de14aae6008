"""Beyond the cast: any number of plain epics in streams of their own, drawn with numpy and held as Arrow
tables.

The bulk leaves the planted cases as they are: it has its own value streams and goals without key results of
the cast, its cycle times share the cast's 85th percentile, and the limits of the board's states grow by what
the bulk has in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtri

from vmo_helpers.sample.journeys import ACTIVE_DAYS, BUILDING_BEFORE
from vmo_helpers.sample.world import BOARD, generator, state_rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Arrow = dict[str, pa.Table]

CAST = 120
FIRST_NUMBER = 1001
ORIGIN = np.datetime64("2024-10-28", "us")  # a Monday: working days are counted from it
LAST_WORKING_DAY = 524.0  # Friday 30 October 2026, in working days from ORIGIN
WINDOW_WORKING_DAY = 264.0  # Friday 31 October 2025: the window of a review as of the end starts after it
WORKING = 5.0 / 7.0
DAY_US = 86_400_000_000

CATEGORIES = (
    "Garden",
    "Toys",
    "Shoes",
    "Kitchen",
    "Sports",
    "Books",
    "Beauty",
    "Pets",
    "Baby",
    "Office",
    "Lighting",
    "Bikes",
)
VERBS = ("Faster", "Simpler", "Clearer", "Cheaper", "Safer", "Smarter", "Leaner", "Digital")
THINGS = (
    "returns",
    "checkout",
    "search",
    "delivery slots",
    "stock view",
    "price labels",
    "supplier orders",
    "gift cards",
    "store pick-up",
    "product pages",
    "recommendations",
    "invoices",
    "size advice",
    "click & reserve",
    "shelf checks",
    "complaints",
    "spare parts",
    "bundles",
    "reviews",
    "reorders",
)
# code, share of epics that pass it, median days, spread; the second pass of four states is taken by the few
# that are sent back
WAY = (
    ("AN", 1.0, 9.0, 0.6),
    ("AR", 0.4, 12.0, 0.8),
    ("LE", 0.45, 22.0, 0.8),
    ("RD", 0.9, 11.0, 0.9),
    ("BD", 1.0, 23.0, 0.35),
    ("CR", 0.7, 3.0, 0.6),
    ("IQ", 1.0, 81.0, 1.45),
    ("IT", 0.8, 5.0, 0.5),
    ("BD", 0.06, 7.0, 0.5),
    ("CR", 0.06, 2.0, 0.5),
    ("IQ", 0.06, 24.0, 0.8),
    ("IT", 0.06, 3.0, 0.5),
    ("RW", 0.9, 10.0, 0.6),
    ("RL", 1.0, 0.0, 0.0),
)
SENT_BACK = (8, 9, 10, 11)  # these are passed together or not at all


@dataclass(frozen=True)
class Drawn:
    """The bulk before it is a set of tables. Days are working days since ``ORIGIN``; ``entered`` is inf where
    a state is not reached."""

    codes: tuple[str, ...]
    entered: Floats  # one row an epic, one column a move
    created: Floats
    begun: NDArray[np.bool_]
    finished: NDArray[np.bool_]
    ids: pa.Array


def draw(count: int, rng: np.random.Generator) -> Drawn:
    """Every epic's moves: arrivals that grow a little, lognormal stays, gates passed by some, one in
    seventeen sent back."""
    created = rng.uniform(0.0, 1.0, count) ** np.where(rng.random(count) < 0.3, 0.5, 1.0)
    created = np.sort(created) * (LAST_WORKING_DAY - 2.0)
    begun = rng.random(count) < 0.9
    start = created + rng.lognormal(2.6, 0.6, count) * WORKING
    stays = np.zeros((count, len(WAY)))
    passed = np.ones((count, len(WAY)), dtype=bool)
    back = rng.random(count) < 0.06
    slower = np.where(
        start < WINDOW_WORKING_DAY - 25.0, BUILDING_BEFORE / ACTIVE_DAYS["BD"], 1.0
    )  # coding fell here as well
    for place, (code, share, median, spread) in enumerate(WAY):
        passed[:, place] = (
            back if place in SENT_BACK else (rng.random(count) < share if share < 1.0 else True)
        )
        if median:
            # stratified, so that the tail is the planted one in small portfolios too
            drawn = (
                ndtri((rng.permutation(count) + 0.5) / count) if code == "IQ" else rng.standard_normal(count)
            )
            stay = median * np.exp(spread * drawn) * (slower if code == "BD" else 1.0) * WORKING + 0.01
            stays[:, place] = np.where(passed[:, place], stay, 0.0)
    entered = start[:, None] + np.concatenate(
        [np.zeros((count, 1)), np.cumsum(stays, axis=1)[:, :-1]], axis=1
    )
    cancelled = np.where(rng.random(count) < 0.04, start + rng.uniform(10.0, 90.0, count), np.inf)
    reached = passed & begun[:, None] & (entered <= LAST_WORKING_DAY) & (entered < cancelled[:, None])
    finished = reached[:, -1]
    gone = np.where(begun & ~finished & (cancelled <= LAST_WORKING_DAY), cancelled, np.inf)
    columns = np.concatenate([created[:, None], np.where(reached, entered, np.inf), gone[:, None]], axis=1)
    codes = ("FU", *(code for code, *_ in WAY), "CA")
    numbers = np.arange(FIRST_NUMBER, FIRST_NUMBER + count)
    ids = pa.array(np.char.add("E-", numbers.astype("U")), pa.string())
    return Drawn(codes, columns, created, begun, finished, ids)


def instants(working_days: Floats) -> pa.Array:
    """Working days as UTC instants between 7 and 17 h; weekends do not occur; inf is null."""
    known = np.isfinite(working_days)
    days = np.where(known, working_days, 0.0)
    whole = np.floor(days).astype("int64")
    calendar = 7 * (whole // 5) + whole % 5
    micros = calendar * DAY_US + ((7.0 + 10.0 * (days - whole)) * 3600).astype("int64") * 1_000_000
    return (
        pa.array(ORIGIN.astype("int64") + micros, pa.int64(), mask=~known)
        .cast(pa.timestamp("us"))
        .cast(pa.timestamp("us", "UTC"))
    )


def days(working_days: Floats) -> pa.Array:
    """Working days as calendar days; inf is null."""
    return instants(working_days).cast(pa.timestamp("us")).cast(pa.date32(), safe=False)


def transitions(drawn: Drawn) -> pa.Table:
    """One row a move, by item and time."""
    reached = np.isfinite(drawn.entered)
    item, move = np.nonzero(reached)
    names = pa.array([BOARD[code][0] for code in drawn.codes], pa.string())
    return pa.table(
        {
            "item_id": drawn.ids.take(pa.array(item)),
            "at": instants(drawn.entered[reached]),
            "to_state": names.take(pa.array(move)),
        }
    )


def streams() -> pa.Table:
    """One row a value stream of the bulk: product categories."""
    return pa.table(
        {
            "value_stream_id": [f"VS-{name.upper()}" for name in CATEGORIES],
            "name": [f"{name} category" for name in CATEGORIES],
            "type": ["operational"] * len(CATEGORIES),
            "owner": [f"Category lead {name}" for name in CATEGORIES],
            "people": [30.0] * len(CATEGORIES),
        }
    )


def work_items(drawn: Drawn, rng: np.random.Generator) -> pa.Table:
    """One row an epic."""
    count = len(drawn.created)
    stream = rng.integers(0, len(CATEGORIES), count)
    titles = pa.array(
        [
            f"{verb} {thing} in {name}"
            for name in (c.lower() for c in CATEGORIES)
            for verb in VERBS
            for thing in THINGS
        ]
    )
    title = stream * len(VERBS) * len(THINGS) + rng.integers(0, len(VERBS) * len(THINGS), count)
    teams = pa.array([f"{name} team {n}" for name in CATEGORIES for n in (1, 2, 3)])
    kinds = pa.array(["feature", "enabler", "defect", "debt", "compliance", "run"])
    horizons = pa.array(["evaluating", "emerging", "investing", "extracting", "retiring"])
    start, end = drawn.entered[:, 1], drawn.entered[:, len(WAY)]
    cost = np.round(rng.lognormal(12.0, 0.7, count), -3)
    planned = drawn.begun & (rng.random(count) < 0.35)
    baselined = np.where(planned & np.isfinite(start), np.minimum(start + 8.0, LAST_WORKING_DAY), np.inf)
    return pa.table(
        {
            "item_id": drawn.ids,
            "title": titles.take(pa.array(title)),
            "level": pa.array(["epic"] * count, pa.string()),
            "created_at": instants(drawn.created),
            "value_stream_id": streams()["value_stream_id"].combine_chunks().take(pa.array(stream)),
            "team": teams.take(pa.array(stream * 3 + rng.integers(0, 3, count))),
            "work_type": kinds.take(pa.array(rng.choice(6, count, p=[0.78, 0.08, 0.05, 0.04, 0.03, 0.02]))),
            "horizon": horizons.take(pa.array(rng.choice(5, count, p=[0.05, 0.15, 0.5, 0.25, 0.05]))),
            "requested_at": instants(np.maximum(drawn.created - rng.gamma(2.0, 9.0, count), 0.0)),
            "baselined_at": instants(baselined),
            "planned_end": days(
                np.where(np.isfinite(baselined), baselined + rng.uniform(90.0, 220.0, count), np.inf)
            ),
            "planned_cost": pa.array(cost),
            "delivered_at": instants(
                np.minimum(
                    end + rng.uniform(0.0, 4.0, count),
                    np.where(np.isfinite(end), LAST_WORKING_DAY + 0.99, np.inf),
                )
            ),
        }
    )


def waiting_room(drawn: Drawn) -> Mapping[str, int]:
    """How many epics of the bulk stand in each state at the end: what the states' limits grow by."""
    reached = np.isfinite(drawn.entered)
    last = reached.shape[1] - 1 - np.argmax(reached[:, ::-1], axis=1)
    counted = np.bincount(last, minlength=len(drawn.codes))
    room: dict[str, int] = {}
    for code, number in zip(drawn.codes, counted.tolist(), strict=True):
        room[BOARD[code][0]] = room.get(BOARD[code][0], 0) + number
    return room


def states_with_room(states: pd.DataFrame, room: Mapping[str, int]) -> pd.DataFrame:
    """The board with limits that leave every state as far over or under its limit as the cast alone."""
    more = states["state"].map(room).fillna(0)
    return states.assign(wip_limit=states["wip_limit"] + more)


def flow_log(items: int, seed: int) -> dict[str, pd.DataFrame]:
    """work_items, transitions, states and value_streams of ``items`` plain epics, as typed frames in memory:
    for benchmarks."""
    drawn = draw(items, generator(seed, 20))
    made = {
        "work_items": work_items(drawn, generator(seed, 21)),
        "transitions": transitions(drawn),
        "value_streams": streams(),
    }
    board = state_rows()
    return {
        **{name: table.to_pandas() for name, table in made.items()},
        "states": board[board["level"] == "epic"].dropna(axis="columns", how="all").reset_index(drop=True),
    }
