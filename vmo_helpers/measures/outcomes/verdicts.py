"""What the tests say as of an instant: one row a test, one row an item."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, instants, micro, texts
from vmo_helpers.measures.outcomes.attainment import SMALLEST_PLAN
from vmo_helpers.measures.outcomes.inside import CLASSES, Inside
from vmo_helpers.measures.outcomes.lacking import ELEMENTS, NO_METRIC, names_of
from vmo_helpers.measures.outcomes.plan import DAY, Bools, Floats, Ints, planned_share
from vmo_helpers.measures.outcomes.settling import further_readings
from vmo_helpers.measures.outcomes.sparse import FEWEST
from vmo_helpers.measures.outcomes.tiers import State, discoveries, readings, simes
from vmo_helpers.vocabulary import Inside as Word
from vmo_helpers.vocabulary import Tier

WORDS = (Word.RED, Word.GREEN, Word.OPEN, Word.NOT_YET_DUE, Word.UNKNOWN)
RED, GREEN, OPEN, NOT_YET_DUE, UNKNOWN = range(5)
LEANS = 0.5  # the present itself must rather be above the line than under it before a year may say so
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
        moved_at: when its plan was first changed and nobody decided it; the plan before measures
        replanned_at: when it was last changed with a decision
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
        chance_under (share 0–1): chance that attainment lies under the line, by the latest readings. Where
            these lean to its being above, the latest year may be surer
        p_firm: p_value without readings that rest on an assumed ramp
        assumed: the plan is a ramp that nobody stated, and due lies ahead
        autocorrelation: of the residuals
        inside: red under watermelon_red_p, green where chance_under is below watermelon_watch_p, open where
            neither is shown, not_yet_due, unknown
        further_readings: how many more on their course would settle an open one; missing: not even ten
        tier: none, watch or red
        last_at, last_value: the newest observation
        lacks: what is missing, in words; "2 more observations" included
        lacks_bits: the same as bits of ``LACKS``
        spot: of the newest observation judged, a place in ``Inside.exposed``; −1 unless tested
        days_to_due (days): negative when past
    """
    now = micro(as_of)
    read = readings(inside.exposed, inside.plans, inside.assessable, np.array([now], dtype=np.int64))
    state, p, under, spot = read.state[:, 0], read.p[:, 0], read.under[:, 0], read.read_at[:, 0]
    firm, year = (
        readings(exposed, inside.plans, inside.assessable, np.array([now], dtype=np.int64))
        for exposed in (inside.firm, inside.year)
    )
    under = np.where(under < LEANS, np.fmin(under, year.under[:, 0]), under)
    tested = state == State.TESTED
    exposed = inside.exposed
    attained, low, high, rho = np.full((4, inside.tests), np.nan)
    attained[tested], rho[tested] = exposed.attainment[spot[tested]], exposed.rho[spot[tested]]
    low[tested], high[tested] = exposed.interval(spot[tested])
    seen = inside.observed.at <= now
    count = np.bincount(inside.observed.test[seen], minlength=inside.tests)
    enough = np.bincount(
        inside.observed.test[seen & (inside.observed.planned >= SMALLEST_PLAN)], minlength=inside.tests
    )
    last = np.full(inside.tests, -1)
    last[inside.observed.test[seen]] = np.flatnonzero(seen)
    word = np.select(
        [
            tested & (p < limits.watermelon_red_p),
            tested & (under < limits.watermelon_watch_p),
            tested,
            state == State.NOT_YET_DUE,
        ],
        [RED, GREEN, OPEN, NOT_YET_DUE],
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
            "low": low,
            "high": high,
            "p_value": p,
            "chance_under": under,
            "p_firm": firm.p[:, 0],
            "assumed": tested & inside.assumed & (due > now),
            "autocorrelation": rho,
            "inside": texts(word, [str(each) for each in WORDS]),
            "further_readings": further_readings(
                inside, np.where(word == OPEN, spot, -1), limits.watermelon_red_p, limits.watermelon_watch_p
            ),
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
    tested items by p_firm, here and in ``before``. That is the ``items`` frame as of one month
    earlier, computed from the data as known then. Without ``before`` no item is board.

    Columns
        item_id: key of the item
        inside: red by all its tests together, green where each of them is, open where neither is shown,
            not_yet_due or unknown
        inside_customer, inside_behaviour, inside_business: the same of each class alone
        p_value: Simes over its tests
        p_firm: the same without readings that rest on an assumed ramp
        tier: none, watch, red or board
        attainment (share, of either sign): of the test that decides: the smallest p, else the next one due
        low, high (share, of either sign): its 90 % interval
        due: of that test
        days_to_due (days): negative when past
        benefit_id: of that test
        further_readings: of the tests that are open the most that one needs; missing: more than ten
        tests: how many the item has
        read_tests: how many of them were tested
        missing: what the tests lack that cannot be judged; empty when none does
        missing_bits: the same as bits of ``LACKS``
    """
    size = len(inside.work)
    p, under, firm, further = (
        tested[name].to_numpy(dtype=np.float64)
        for name in ("p_value", "chance_under", "p_firm", "further_readings")
    )
    combined, combined_firm = (simes(each[:, None], inside.item, size)[:, 0] for each in (p, firm))
    board = _board(combined_firm, inside.work["item_id"], before, limits.board_false_discovery_rate)
    word = places(tested["inside"], pd.Series([str(each) for each in WORDS], dtype="str"))
    everything = np.ones(len(p), dtype=bool)
    words: dict[str, Any] = {
        name: _words(p, under, word, inside.item, among, size, limits)
        for name, among in (
            ("inside", everything),
            *((f"inside_{name}", inside.outcome_class == place) for place, name in enumerate(CLASSES)),
        )
    }
    decides = _deciding(inside, p, tested["days_to_due"].to_numpy(dtype=np.float64))
    lacks = _item_lacks(inside, tested)
    of_decider: dict[str, Any] = {
        name: tested[name].array.take(decides, allow_fill=True)
        for name in ("attainment", "low", "high", "due", "days_to_due", "benefit_id")
    }
    still_open = word == OPEN
    most = np.full(size, -1.0)
    np.maximum.at(most, inside.item[still_open], np.nan_to_num(further[still_open], nan=np.inf))
    return pd.DataFrame(
        {
            "item_id": inside.work["item_id"],
            **words,
            "p_value": combined,
            "p_firm": combined_firm,
            "tier": _tier_texts(combined, board, limits),
            **of_decider,
            "further_readings": np.where((most >= 0) & np.isfinite(most), most, np.nan),
            "tests": np.bincount(inside.item, minlength=size),
            "read_tests": np.bincount(inside.item[~np.isnan(p)], minlength=size),
            "missing": names_of(lacks, LACKS),
            "missing_bits": lacks,
        },
        index=inside.work.index,
    )


def _tier_texts(p: Floats, board: Bools, limits: Judged) -> Any:
    with np.errstate(invalid="ignore"):
        red, watched = p < limits.watermelon_red_p, p < limits.watermelon_watch_p
    return texts(watched.astype(np.int64) + red + (red & board), [str(tier) for tier in Tier])


def _board(p: Floats, item_ids: pd.Series, before: pd.DataFrame | None, rate: float) -> Bools:
    if before is None or len(before) == 0:
        return np.zeros(len(p), dtype=bool)
    earlier = discoveries(before[["p_firm"]].to_numpy(dtype=np.float64), rate)[:, 0]
    spot = places(item_ids, before["item_id"])
    both: Bools = discoveries(p[:, None], rate)[:, 0] & np.append(earlier, False)[spot]
    return both


def _words(p: Floats, under: Floats, word: Ints, item: Ints, among: Bools, size: int, limits: Judged) -> Any:
    """The inside of each item from some of its tests.

    Red by their combined p, green where each that was tested is shown to be, else open, not yet due, unknown.
    """
    combined = simes(np.where(among, p, np.nan)[:, None], item, size)[:, 0]
    waiting = np.bincount(item[among & (word == NOT_YET_DUE)], minlength=size) > 0
    doubtful = np.bincount(item[among & (under >= limits.watermelon_watch_p)], minlength=size) > 0
    tested = ~np.isnan(combined)
    with np.errstate(invalid="ignore"):
        red = combined < limits.watermelon_red_p
    code = np.select([red, tested & ~doubtful, tested, waiting], [RED, GREEN, OPEN, NOT_YET_DUE], UNKNOWN)
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
    more = 1 << (len(ELEMENTS) - 1 + np.clip(inside.exposed.needed - exposed, 1, FEWEST))
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
