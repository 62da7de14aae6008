"""The stages that are watched: how many left, how many should have, and what earlier warnings were worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.forecasts import bottleneck
from vmo_helpers.forecasts.bottleneck import BASELINE_WEEKS, GAP_WEEKS, SEEN_WEEKS, Floats, Hazard
from vmo_helpers.forecasts.places import record_end
from vmo_helpers.measures.flow.arrays import NEVER, micros
from vmo_helpers.measures.flow.comparison import ALL
from vmo_helpers.measures.flow.items import stream_names
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio.board import ACTIVE, WAIT
from vmo_helpers.portfolio.calendar import day_starts, local_days, monday
from vmo_helpers.window import Window

Ints = npt.NDArray[np.int64]

LEAST_ARRIVALS = 1.0
"""A week in the baseline: a stream with fewer is watched with all others together."""
TESTED_WEEKS, FOLLOWED_WEEKS, EVERY = 52, 26, 4
LEAST_WARNINGS = 3
NOW_WEEKS = 3.0
LEADS = {2: (6, 35), 4: (5, 28), 8: (5, 29)}
"""Weeks from a warning to the harm, 10th and 90th percentile, by arrivals a week, on the benchmark's tuning
set. At one a week too few were hurt to say: there the widest holds."""


@dataclass(frozen=True)
class Weeks:
    """The clock: ``mondays`` are the first instants of the weeks from 0 on, ``last`` the week after the last
    whole one."""

    mondays: Ints
    last: int

    def at(self, when: Ints) -> Floats:
        """Instants as weeks; infinity for one that has not come."""
        known = np.interp(when, self.mondays, np.arange(len(self.mondays), dtype=np.float64))
        return np.where(when == NEVER, np.inf, known)

    def monday(self, week: float, timezone: str) -> pd.Timestamp:
        """The first day of a week, also of one to come."""
        day = int(local_days(self.mondays[:1], timezone)[0]) + 7 * int(week)
        return pd.Timestamp(np.datetime64(day, "D")).as_unit("us")


@dataclass(frozen=True)
class Stays:
    """Stays in a stage of active or waiting work: item, stage (its place in ``names``), start and end in
    weeks."""

    item: Ints
    stage: Ints
    start: Floats
    end: Floats
    names: tuple[str, ...]


def stages(
    log: FlowLog, items: pd.DataFrame, window: Window, warning_score: float = bottleneck.THETA
) -> pd.DataFrame:
    """One row a stage, in board order: of each stream with an arrival a week or more, else of all together.

    A stage is the portfolio stage where the state has one, else the state, of active or waiting work. A stay
    ends when the item leaves it. The baseline is rebuilt every four weeks from what was known then.

    Columns
        stage: its name
        value_stream_id, value_stream: key and name of the stream; "all" for all together
        baseline_weeks (weeks): that the usual pace rests on
        arrivals_per_week (items): into the stage in these weeks
        why: why it is not watched; missing where it is
        score: of the last week; a warning begins at ``warning_score``
        on: a warning stands
        since: the first day of the week in which it began; missing without one
        weeks (weeks): over which most lack, 22 where none do
        expected (items): should have left in these weeks, given their ages
        departed (items): did
        earliest, latest: from when to when lead time may be hurt; missing without a warning
        now: half of all work takes three weeks or less, so a warning is about today
        past_warnings (items): began in the last 52 weeks, and their 26 weeks are over or they were followed
        past_followed (items): of them, lead time was hurt within 26 weeks
    """
    log = log.seen_from(window)
    clock = _clock(log, window)
    stays = _stays(log, clock)
    leads = _leads(items, clock)
    found = [
        _watched(stays, chosen, leads.of(key), clock, window, warning_score, stage, (key, name))
        for stage, key, name, chosen in _units(log, stays, clock)
    ]
    return pd.DataFrame(found, columns=list(_COLUMNS)).astype(_COLUMNS)


_COLUMNS = {
    **dict.fromkeys(("stage", "value_stream_id", "value_stream"), "str"),
    **dict.fromkeys(("baseline_weeks", "arrivals_per_week"), "float64"),
    "why": "str",
    "score": "float64",
    "on": "bool",
    "since": "datetime64[us]",
    **dict.fromkeys(("weeks", "expected", "departed"), "float64"),
    **dict.fromkeys(("earliest", "latest"), "datetime64[us]"),
    "now": "bool",
    **dict.fromkeys(("past_warnings", "past_followed"), "int64"),
}


def _clock(log: FlowLog, window: Window) -> Weeks:
    end = record_end(window)
    first = (
        end
        if not len(log.start)
        else int(monday(local_days(log.start.min(keepdims=True), window.timezone))[0])
    )
    first = min(first, end)
    starts = day_starts(first, end + 6, window.timezone)[::7]
    return Weeks(starts.astype(np.int64), (end - first) // 7)


def _stays(log: FlowLog, clock: Weeks) -> Stays:
    """Visits of one item to states of one stage, joined where nothing lies between them."""
    rows = log.board.rows
    words = rows["portfolio_stage"].fillna(rows["state"]).astype("str")
    order = np.argsort(log.board.position, kind="stable")
    names = tuple(dict.fromkeys(words.iloc[order]))
    at_work = np.isin(log.board.state_class, (ACTIVE, WAIT))
    code = np.where(at_work, [names.index(word) for word in words], -1).astype(np.int64)
    stage = code[log.state] if len(log.state) else np.zeros(0, dtype=np.int64)
    new = np.append(True, (log.item[1:] != log.item[:-1]) | (stage[1:] != stage[:-1]))[: len(stage)]
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(stage))[: len(first)] - 1
    kept = stage[first] >= 0
    first, last = first[kept], last[kept]
    return Stays(
        log.item[first].astype(np.int64),
        stage[first],
        clock.at(log.start[first]),
        clock.at(log.end[last]),
        names,
    )


def _units(log: FlowLog, stays: Stays, clock: Weeks) -> Iterator[tuple[str, str, str, Ints]]:
    """Each stage of a stream that is busy enough, then of all together where a stream is not."""
    keys = log.item_column("value_stream_id")
    stream, ids = pd.factorize(keys, use_na_sentinel=True)
    names = stream_names(pd.Series(ids, dtype="str"), log.streams).tolist()
    of = stream[stays.item] if len(stays.item) else np.zeros(0, dtype=np.int64)
    high = clock.last - GAP_WEEKS
    low = max(0, high - BASELINE_WEEKS)
    usual = (stays.start >= low) & (stays.start < high)
    for place, stage in enumerate(stays.names):
        mine = np.flatnonzero(stays.stage == place)
        mine = mine[np.argsort(stays.start[mine], kind="stable")]
        if not len(mine):
            continue
        arrived = np.bincount(of[mine][usual[mine] & (of[mine] >= 0)], minlength=len(ids))
        busy = [k for k in range(len(ids)) if high > low and arrived[k] >= LEAST_ARRIVALS * (high - low)]
        for k in sorted(busy, key=lambda one: str(ids[one])):
            yield stage, str(ids[k]), names[k], mine[of[mine] == k]
        if not np.isin(of[mine], busy).all() or not busy:
            yield stage, ALL, "All streams", mine


@dataclass(frozen=True)
class Leads:
    """When what was delivered was (weeks), its lead time (days) and its stream."""

    when: Floats
    days: Floats
    stream: npt.NDArray[np.object_]

    def of(self, key: str) -> tuple[Floats, Floats]:
        """Those of a stream, or of all."""
        if key == ALL:
            return self.when, self.days
        mine = self.stream == key
        return self.when[mine], self.days[mine]


def _leads(items: pd.DataFrame, clock: Weeks) -> Leads:
    days = items["lead_time_days"].to_numpy(dtype=np.float64)
    known = np.isfinite(days)
    when = clock.at(micros(items["lead_time_end_at"])[known])
    return Leads(when, days[known], items["value_stream_id"].to_numpy(dtype=object)[known])


def _baseline(end: int) -> tuple[int, int]:
    """The weeks that are usual as of the end of a week."""
    return max(0, end - GAP_WEEKS - BASELINE_WEEKS), max(0, end - GAP_WEEKS)


def _usual(start: Floats, end: Floats, at: int) -> tuple[Hazard, str | None]:
    """The hazard as it was known at the end of a week, and why it is none to watch by."""
    low, high = _baseline(at)
    usual = bottleneck.hazard(start, end, low, max(high, low + 1))
    return usual, bottleneck.watched(usual, high - low)


def _watched(
    stays: Stays,
    chosen: Ints,
    leads: tuple[Floats, Floats],
    clock: Weeks,
    window: Window,
    theta: float,
    stage: str,
    stream: tuple[str, str],
) -> tuple[object, ...]:
    start, end = stays.start[chosen], stays.end[chosen]
    low, high = _baseline(clock.last)
    rate = ((start >= low) & (start < high)).sum() / max(high - low, 1)
    head = (stage, *stream, high - low, rate)
    usual, why = _usual(start, end, clock.last)
    if why is not None:
        return (*head, why, np.nan, False, pd.NaT, np.nan, np.nan, np.nan, pd.NaT, pd.NaT, False, 0, 0)
    observed, expected = bottleneck.weekly(start, end, usual, clock.last - SEEN_WEEKS, SEEN_WEEKS)
    score, span = bottleneck.score(observed, expected)
    weeks = int(span[-1]) or SEEN_WEEKS
    scores = _scores(start, end, clock.last)
    on = bottleneck.standing(scores, theta)
    begun = bottleneck.onsets(on) + clock.last - len(scores)
    since = int(begun[-1]) if on[-1] else None
    at_once = _median(leads, low, high) <= 7 * NOW_WEEKS
    ahead = LEADS[min(LEADS, key=lambda one: abs(np.log(one) - np.log(max(rate, 0.1))))]
    dates = [
        clock.monday(week, window.timezone)
        for week in ((since + ahead[0], since + ahead[1]) if since is not None else ())
    ]
    return (
        *head,
        None,
        float(score[-1]),
        bool(on[-1]),
        clock.monday(since, window.timezone) if since is not None else pd.NaT,
        weeks,
        float(expected[-weeks:].sum()),
        float(observed[-weeks:].sum()),
        *(dates or (pd.NaT, pd.NaT)),
        at_once,
        *_followed(begun, leads, clock.last),
    )


def _scores(start: Floats, end: Floats, last: int) -> Floats:
    """The scores of the last 52 weeks, each by a baseline that ended 13 weeks or more before; 0 unwatched."""
    found = []
    for at in range(last - TESTED_WEEKS + EVERY, last + 1, EVERY):
        usual, why = _usual(start, end, at) if at > 0 else (None, "before the record")
        if usual is None or why is not None:
            found.append(np.zeros(EVERY))
        else:
            told = bottleneck.weekly(start, end, usual, at - SEEN_WEEKS - EVERY, SEEN_WEEKS + EVERY)
            found.append(bottleneck.score(*told)[0][-EVERY:])
    return np.concatenate(found)


def _followed(begun: Ints, leads: tuple[Floats, Floats], last: int) -> tuple[int, int]:
    """Of the warnings whose weeks are over or that were followed: how many, and how many were followed."""
    told = followed = 0
    for week in begun.tolist():
        weeks = min(FOLLOWED_WEEKS, last - week - 1)
        low, high = _baseline(week)
        hurt = weeks > 0 and bottleneck.hurt(*leads, (low, max(high, low + 1)), week + 1, weeks).any()
        followed += bool(hurt)
        told += bool(hurt) or weeks == FOLLOWED_WEEKS
    return told, followed


def _median(leads: tuple[Floats, Floats], low: int, high: int) -> float:
    chosen = leads[1][(leads[0] >= low) & (leads[0] < high)]
    return float(np.median(chosen)) if len(chosen) else np.inf
