"""What the tests say as of an instant: one row a test, one row an item, and each item's history."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, instants, micro, texts
from vmo_helpers.measures.outcomes.attainment import FEWEST, SMALLEST_PLAN
from vmo_helpers.measures.outcomes.inside import CLASSES, ELEMENTS, NO_METRIC, Inside, names_of
from vmo_helpers.measures.outcomes.plan import DAY, Bools, Floats, Ints, planned_share
from vmo_helpers.measures.outcomes.tiers import State, discoveries, readings, simes
from vmo_helpers.vocabulary import Inside as Word
from vmo_helpers.vocabulary import Tier

WORDS = (Word.RED, Word.GREEN, Word.NOT_YET_DUE, Word.UNKNOWN)
RED, GREEN, NOT_YET_DUE, UNKNOWN = range(4)
LACKS = (
    *ELEMENTS,
    *(f"{n} more observation{'s' if n > 1 else ''}" for n in range(1, FEWEST + 1)),
    "room between the baseline measured and the target",
)


class Judged(Protocol):
    """The thresholds that an inside is judged by."""

    @property
    def watermelon_red_p(self) -> float: ...
    @property
    def watermelon_watch_p(self) -> float: ...
    @property
    def board_false_discovery_rate(self) -> float: ...


def tests(inside: Inside, as_of: pd.Timestamp, limits: Judged) -> pd.DataFrame:
    """One row a test: a benefit of the review level, and what it says as of an instant.

    Index: its row in ``benefits``. All figures are empty unless tested, but inside, tier and the counts.

    Columns
        benefit_id, item_id, metric_id: key of the benefit, of its item and of its metric
        unit, direction, metric: of the metric
        baseline, target (metric's unit): levels from which and to which it is to move
        due: by when
        lag_days (days): from the start to the first effect
        planned_value, owner: as in ``benefits``
        outcome_class: customer, behaviour or business
        start_at, start_from: when the item was delivered, finished or is planned to end, and which of the
            three
        effect_at: start + lag
        stepped: the plan jumps from 0 to 1, for due lies on or before start + lag
        phased: it has phased targets
        seasonal: compared with its season
        missing: what the test lacks, in words
        planned (share 0–1): of the change, due by then
        observations: by then
        exposed: of them at ≥ 25 % of plan
        attainment (share, of either sign): of plan
        low, high (share, of either sign): its 90 % interval
        p_value: one-sided, for "under the line"
        autocorrelation: of the residuals
        inside: red under watermelon_red_p, not_yet_due, unknown, else green
        tier: none, watch or red
        last_at, last_value: the newest observation
        lacks: what is missing, in words; "2 more observations" included
        lacks_bits: the same as bits of ``LACKS``
        spot: of the newest observation judged, a place in ``Inside.exposed``; −1 unless tested
        days_to_due (days): negative when past
    """
    now = micro(as_of)
    read = readings(inside.exposed, inside.plans, inside.assessable, np.array([now], dtype=np.int64))
    state, p, spot = read.state[:, 0], read.p[:, 0], read.read_at[:, 0]
    tested = state == State.TESTED
    exposed = inside.exposed
    attained, half, rho = np.full((3, inside.tests), np.nan)
    attained[tested], rho[tested] = exposed.attainment[spot[tested]], exposed.rho[spot[tested]]
    half[tested] = exposed.half_width(spot[tested])
    seen = inside.observed.at <= now
    count = np.bincount(inside.observed.test[seen], minlength=inside.tests)
    enough = np.bincount(
        inside.observed.test[seen & (inside.observed.planned >= SMALLEST_PLAN)], minlength=inside.tests
    )
    last = np.full(inside.tests, -1)
    last[inside.observed.test[seen]] = np.flatnonzero(seen)
    word = np.select(
        [tested & (p < limits.watermelon_red_p), tested, state == State.NOT_YET_DUE],
        [RED, GREEN, NOT_YET_DUE],
        UNKNOWN,
    )
    due = inside.plans.due_at
    lacks = _lacks(inside, state, enough)
    before: dict[str, Any] = {name: inside.frame[name].array for name in inside.frame.columns}
    planned = planned_share(inside.plans, np.arange(inside.tests), np.full(inside.tests, now))
    return pd.DataFrame(
        {
            **before,
            "planned": np.where(inside.assessable, planned, np.nan),
            "observations": count,
            "exposed": enough,
            "attainment": attained,
            "low": attained - half,
            "high": attained + half,
            "p_value": p,
            "autocorrelation": rho,
            "inside": texts(word, [str(each) for each in WORDS]),
            "tier": _tier_texts(p, np.zeros(len(p), dtype=bool), limits),
            "last_at": instants(np.where(last >= 0, np.append(inside.observed.at, 0)[last], NEVER)),
            "last_value": np.where(last >= 0, np.append(inside.values, np.nan)[last], np.nan),
            "lacks": names_of(lacks, LACKS),
            "lacks_bits": lacks,
            "spot": np.where(tested, spot, -1),
            "days_to_due": np.where(inside.assessable, (due - now) / DAY, np.nan),
        },
        index=inside.frame.index,
    )


def items(
    inside: Inside, tested: pd.DataFrame, limits: Judged, *, before: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row an item of the review level, from the frame of ``tests``.

    Index: its row in ``work_items``. Tier board: red, and a discovery of Benjamini and Hochberg among all
    tested items, here and in ``before``. That is the ``items`` frame as of one month earlier, computed from
    the data as known then. Without ``before`` no item is board.

    Columns
        item_id: key of the item
        inside: red, not_yet_due, unknown or green
        inside_customer, inside_behaviour, inside_business: the same of each class alone
        p_value: Simes over its tests
        tier: none, watch, red or board
        attainment (share, of either sign): of the test that decides: the smallest p, else the next one due
        low, high (share, of either sign): its 90 % interval
        due: of that test
        days_to_due (days): negative when past
        benefit_id: of that test
        tests: how many the item has
        missing: what the tests lack that cannot be judged; empty when none does
        missing_bits: the same as bits of ``LACKS``
    """
    size = len(inside.work)
    p = tested["p_value"].to_numpy(dtype=np.float64)
    combined = simes(p[:, None], inside.item, size)[:, 0]
    board = _board(combined, inside.work["item_id"], before, limits.board_false_discovery_rate)
    word = places(tested["inside"], pd.Series([str(each) for each in WORDS], dtype="str"))
    classes: dict[str, Any] = {
        f"inside_{name}": _words(
            p, word, inside.item, inside.outcome_class == place, size, limits.watermelon_red_p
        )
        for place, name in enumerate(CLASSES)
    }
    decides = _deciding(inside, p, tested["days_to_due"].to_numpy(dtype=np.float64))
    lacks = _item_lacks(inside, tested)
    of_decider: dict[str, Any] = {
        name: tested[name].array.take(decides, allow_fill=True)
        for name in ("attainment", "low", "high", "due", "days_to_due", "benefit_id")
    }
    return pd.DataFrame(
        {
            "item_id": inside.work["item_id"],
            "inside": _words(
                p, word, inside.item, np.ones(len(p), dtype=bool), size, limits.watermelon_red_p
            ),
            **classes,
            "p_value": combined,
            "tier": _tier_texts(combined, board, limits),
            **of_decider,
            "tests": np.bincount(inside.item, minlength=size),
            "missing": names_of(lacks, LACKS),
            "missing_bits": lacks,
        },
        index=inside.work.index,
    )


def history(inside: Inside, items: pd.Series) -> pd.DataFrame:
    """One row an item and day on which one of its tests could be read anew.

    ``items``: the item_ids wanted.

    Columns
        item_id: key of the item
        at: when
        p_value: Simes over its tests, as the observations dated by then give it
    """
    item, at, p = _history(inside, places(items, inside.work["item_id"]))
    return pd.DataFrame(
        {"item_id": inside.work["item_id"].array.take(item), "at": instants(at), "p_value": p}
    )


def red_since(inside: Inside, found: pd.DataFrame, limits: Judged) -> pd.Series:
    """Per item that is red now, the day of observation since which it has been red without a break.

    Index as ``found``.
    """
    red = found["inside"].eq(Word.RED).to_numpy()
    since = np.full(len(found), NEVER)
    if red.any():
        item, at, p = _history(inside, np.flatnonzero(red))
        calm = np.full(len(found), -1)
        place = np.arange(len(item))
        np.maximum.at(calm, item, np.where(p >= limits.watermelon_red_p, place, -1))
        running = place > calm[item]
        np.minimum.at(since, item[running], at[running])
    return pd.Series(instants(since), index=found.index, name="red_since")


def _history(inside: Inside, wanted: Ints) -> tuple[Ints, Ints, Floats]:
    """Item, instant and combined p at every new reading of the wanted items' tests, by item, then by time."""
    mine = np.isin(inside.item, wanted)
    exposed = inside.exposed
    spots = np.flatnonzero(mine[exposed.test] & ~np.isnan(exposed.p))
    at = exposed.at[spots]
    events = (
        pd.DataFrame({"item": inside.item[exposed.test[spots]], "at": at})
        .drop_duplicates()
        .sort_values(["item", "at"], ignore_index=True)
    )
    members = pd.DataFrame({"test": np.flatnonzero(mine), "item": inside.item[mine]})
    pairs = events.reset_index(names="event").merge(members, on="item")
    known = pd.DataFrame({"test": exposed.test[spots], "at": at, "p": exposed.p[spots]})
    read = pd.merge_asof(pairs.sort_values("at"), known.sort_values("at"), on="at", by="test")
    p = simes(read[["p"]].to_numpy(dtype=np.float64), read["event"].to_numpy(dtype=np.int64), len(events))[
        :, 0
    ]
    return events["item"].to_numpy(dtype=np.int64), events["at"].to_numpy(dtype=np.int64), p


def _tier_texts(p: Floats, board: Bools, limits: Judged) -> Any:
    with np.errstate(invalid="ignore"):
        red, watched = p < limits.watermelon_red_p, p < limits.watermelon_watch_p
    return texts(watched.astype(np.int64) + red + (red & board), [str(tier) for tier in Tier])


def _board(p: Floats, item_ids: pd.Series, before: pd.DataFrame | None, rate: float) -> Bools:
    if before is None or len(before) == 0:
        return np.zeros(len(p), dtype=bool)
    earlier = discoveries(before[["p_value"]].to_numpy(dtype=np.float64), rate)[:, 0]
    spot = places(item_ids, before["item_id"])
    both: Bools = discoveries(p[:, None], rate)[:, 0] & np.append(earlier, False)[spot]
    return both


def _words(p: Floats, word: Ints, item: Ints, among: Bools, size: int, red_p: float) -> Any:
    """The inside of each item from some of its tests.

    Red by their combined p, else green, not yet due, else unknown.
    """
    combined = simes(np.where(among, p, np.nan)[:, None], item, size)[:, 0]
    waiting = np.bincount(item[among & (word == NOT_YET_DUE)], minlength=size) > 0
    with np.errstate(invalid="ignore"):
        code = np.select([combined < red_p, ~np.isnan(combined), waiting], [RED, GREEN, NOT_YET_DUE], UNKNOWN)
    return texts(code, [str(each) for each in WORDS])


def _deciding(inside: Inside, p: Floats, days_to_due: Floats) -> Ints:
    """The test that speaks for each item (−1: none).

    It has the smallest p, else is the next one due, else the last that was.
    """
    wait = np.where(days_to_due >= 0, days_to_due, 1e9 - np.nan_to_num(days_to_due, nan=-1e9))
    order = np.lexsort((wait, np.nan_to_num(p, nan=2.0), inside.item))[::-1]
    decides = np.full(len(inside.work), -1)
    decides[inside.item[order]] = order
    return decides


def _lacks(inside: Inside, state: np.ndarray[Any, np.dtype[np.int8]], exposed: Ints) -> Ints:
    """What keeps each test from being judged, as bits of ``LACKS``.

    That is what it lacks, or how many more observations it needs.
    """
    more = 1 << (len(ELEMENTS) - 1 + np.clip(FEWEST - exposed, 1, FEWEST))
    lost = 1 << (len(LACKS) - 1)
    bits: Ints = inside.lacks + np.where(state == State.TOO_LITTLE_DATA, more, 0)
    return bits + np.where(inside.assessable & (state == State.NOT_ASSESSABLE), lost, 0)


def _item_lacks(inside: Inside, tested: pd.DataFrame) -> Ints:
    """All that an item's tests lack, as bits of ``LACKS``.

    An item without any test lacks an outcome metric.
    """
    bits = np.zeros(len(inside.work), dtype=np.int64)
    np.bitwise_or.at(bits, inside.item, tested["lacks_bits"].to_numpy(dtype=np.int64))
    untested = np.bincount(inside.item, minlength=len(bits)) == 0
    lacks: Ints = np.where(untested, 1 << ELEMENTS.index(NO_METRIC), bits)
    return lacks
