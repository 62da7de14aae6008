"""How many bottlenecks are warned of three weeks before lead time is hurt, at what rate of false alarms.

The line of a detector is fitted on the tuning set at .25 false alarms a stage and year; it is scored on a
held-out set and on one with other ranges. Peers' rules stand beside: WIP over its limit, CUSUM, drain time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ahead_queues import LOG, NEVER, SHIFTED, TRAINING, Case, Log, Ranges, draw
from benchmarks.measuring import Line
from vmo_helpers.forecasts import bottleneck

FALSE_ALARMS = 0.25
AHEAD, SOONEST = 3, 4
TUNING, HELD_OUT, SHIFTED_SET = 0, 10_000, 20_000
CONTROLS, CHANGES = 300, 600
ASKED = {1: 0.55, 2: None, 4: 0.90, 8: None}
"""Recall that is asked for, by arrivals a week."""
YEARS = (LOG - TRAINING) / 52


def hazard_ratio(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Ours."""
    usual = bottleneck.hazard(start, end, 0, TRAINING)
    if bottleneck.watched(usual, TRAINING):
        return np.full(LOG, -1.0)
    return bottleneck.score(*bottleneck.weekly(start, end, usual, 0, LOG))[0]


def wip_over_limit(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Work in progress over its own usual: the limit is a multiple of the mean in training."""
    inside = _inside(start, end)
    return inside / max(inside[:TRAINING].mean(), 0.5)


def cusum(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Page's CUSUM of departures that lack, half a standard deviation allowed."""
    left = _weekly(end)
    mean, sd = left[:TRAINING].mean(), max(left[:TRAINING].std(), 0.3)
    total, found = 0.0, np.zeros(LOG)
    for week, one in enumerate((mean - left) / sd - 0.5):
        found[week] = total = max(0.0, total + one)
    return found


def drain_time(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Work in progress ÷ departures of the last six weeks (Little), over its usual."""
    inside, left = _inside(start, end), _weekly(end)
    recent = np.convolve(left, np.ones(6), "full")[:LOG] / 6
    drain = inside / np.maximum(recent, 0.25)
    return drain / max(float(np.median(drain[:TRAINING])), 0.1)


DETECTORS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "hazard ratio": hazard_ratio,
    "WIP over limit": wip_over_limit,
    "CUSUM": cusum,
    "drain time": drain_time,
}


def _weekly(at: np.ndarray) -> np.ndarray:
    inside = at[(at >= 0) & (at < LOG)].astype(int)
    return np.bincount(inside, minlength=LOG).astype(float)


def _inside(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    weeks = np.arange(1, LOG + 1)
    return (np.searchsorted(np.sort(start), weeks) - np.searchsorted(np.sort(end), weeks)).astype(float)


@dataclass
class Scored:
    """What is kept of a case: scores of each detector by stage, and when lead time was hurt."""

    rate: int
    changed_at: int | None
    impact: int | None
    stages: tuple[int, ...]
    scores: dict[str, list[np.ndarray]]


def impact(case: Case) -> int | None:
    """The first week, two running, in which lead time is hurt, and by 15 % more than in the twin."""
    if case.twin is None or case.changed_at is None:
        return None
    weeks = range(case.changed_at, LOG)
    hurt = bottleneck.hurt(case.log.finished, case.log.lead, (0, TRAINING), weeks[0], len(weeks))
    over = [_p85(case.log, week + 1) >= 1.15 * _p85(case.twin, week + 1) for week in weeks]
    found = np.flatnonzero(hurt & np.array(over))
    return int(found[0]) + weeks[0] if len(found) else None


def _p85(log: Log, end: float) -> float:
    chosen = (log.finished >= end - 8) & (log.finished < end)
    return float(np.quantile(log.lead[chosen], 0.85)) if chosen.any() else NEVER


def scored(seed: int, ranges: Ranges, change: bool) -> Scored:
    """One case of a set."""
    case = draw(seed, ranges, change=change)
    log = case.log
    scores = {
        name: [rule(start, end) for start, end in zip(log.start, log.end, strict=True)]
        for name, rule in DETECTORS.items()
    }
    return Scored(case.rate, case.changed_at, impact(case), case.stages, scores)


def cases(first: int, controls: int, changes: int, ranges: Ranges) -> list[Scored]:
    """A set: seeds from ``first`` on."""
    with ProcessPoolExecutor() as pool:
        calm = pool.map(
            partial(scored, ranges=ranges, change=False), range(first, first + controls), chunksize=10
        )
        changed = pool.map(
            partial(scored, ranges=ranges, change=True), range(first, first + changes), chunksize=10
        )
        return [*calm, *changed]


def false_alarms(every: Iterable[Scored], name: str, theta: float) -> float:
    """Onsets in controls, a watched stage and year."""
    on = [
        int((bottleneck.onsets(bottleneck.standing(one, theta)) >= TRAINING).sum())
        for case in every
        if case.changed_at is None
        for one in case.scores[name]
        if one.max() >= 0
    ]
    return sum(on) / (len(on) * YEARS)


def fitted(every: list[Scored], name: str) -> float:
    """The line at which a detector gives as many false alarms as are allowed, by bisection."""
    low, high = 0.0, 60.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if false_alarms(every, name, middle) > FALSE_ALARMS else (low, middle)
    return high


def hits(every: list[Scored], name: str, theta: float) -> tuple[list[tuple[int, bool, float]], int]:
    """Of each case (rate, hit, weeks from onset to impact), and how many were on before their change."""
    found, early = [], 0
    for case in every:
        if case.changed_at is None or case.impact is None or case.impact < case.changed_at + SOONEST:
            continue
        stands = {k: bottleneck.standing(case.scores[name][k], theta) for k in case.stages}
        if any(on[case.changed_at - 1] for on in stands.values()):
            early += 1
            continue
        leads = []
        for on in stands.values():
            begun = bottleneck.onsets(on)
            begun = begun[(begun >= case.changed_at) & (begun <= case.impact - AHEAD)]
            if on[case.impact - AHEAD] and len(begun):
                leads.append(case.impact - int(begun[-1]))
        found.append((case.rate, bool(leads), float(max(leads, default=0))))
    return found, early


def by_chance(every: list[Scored], name: str, theta: float) -> float:
    """The same rule on controls, with the weeks and stages of cases that were hurt."""
    calm = [case for case in every if case.changed_at is None]
    told = [
        case
        for case in every
        if case.impact is not None
        and case.changed_at is not None
        and case.impact >= case.changed_at + SOONEST
    ]
    found = []
    for control, case in zip(calm, told * (len(calm) // max(len(told), 1) + 1), strict=False):
        assert case.changed_at is not None and case.impact is not None
        on = bottleneck.standing(control.scores[name][0], theta)
        begun = bottleneck.onsets(on)
        since = (begun >= case.changed_at) & (begun <= case.impact - AHEAD)
        if not on[case.changed_at - 1]:
            found.append(bool(on[case.impact - AHEAD] and since.any()))
    return float(np.mean(found))


def lines() -> list[Line]:
    """Ours at its line, on the held-out and the shifted set, beside peers' rules at lines fitted on the
    tuning set."""
    tuning = cases(TUNING, CONTROLS, CHANGES, Ranges())
    held, shifted = (
        cases(first, CONTROLS, CHANGES, ranges)
        for first, ranges in ((HELD_OUT, Ranges()), (SHIFTED_SET, SHIFTED))
    )
    ours, theta = "hazard ratio", bottleneck.THETA
    found, early = hits(held, ours, theta)
    leads = [lead for _, hit, lead in found if hit]
    peers = {name: fitted(tuning, name) for name in DETECTORS if name != ours}
    told = {name: _recall(hits(held, name, line)[0]) for name, line in peers.items()}
    return [
        Line("hazard ratio: line fitted on the tuning set", fitted(tuning, ours)),
        Line("held out: recall", _recall(found), 0.80),
        *(
            Line(f"held out: recall at {rate} a week", _recall(found, rate), asked)
            for rate, asked in ASKED.items()
        ),
        Line("held out: false alarms a stage and year", false_alarms(held, ours, theta), 0.30, False),
        Line("held out: hits by chance", by_chance(held, ours, theta), 0.06, False),
        Line("held out: weeks ahead, median", float(np.median(leads)), 10),
        Line("held out: weeks ahead, 10th percentile", float(np.quantile(leads, 0.1)), 4),
        Line("held out: share left out, on before the change", early / (early + len(found))),
        Line("shifted: recall", _recall(hits(shifted, ours, theta)[0])),
        Line("shifted: false alarms a stage and year", false_alarms(shifted, ours, theta), 0.35, False),
        Line("points over WIP over limit", 100 * (_recall(found) - told["WIP over limit"]), 12),
        *(Line(f"{name}: recall", recall) for name, recall in told.items()),
    ]


def _recall(found: list[tuple[int, bool, float]], rate: int | None = None) -> float:
    mine = [hit for at, hit, _ in found if rate in (None, at)]
    return float(np.mean(mine)) if mine else float("nan")
