"""Portfolios with a known bottleneck: networks of FIFO stages with several servers, of which one changes.

A log is 130 weeks after a burn-in of 78; training are its first 52. Each change has a twin without it, from
the same random numbers. `self_check` holds the engine against Pollaczek–Khinchine and Little's law.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

import numpy as np

BURN_IN, LOG, TRAINING = 78, 130, 52
WEEKS = BURN_IN + LOG
RATES = (1, 2, 4, 8)
KINDS = ("step", "ramp", "surge", "inflated", "outage", "rework")
NEVER = np.inf


@dataclass(frozen=True)
class Ranges:
    """What a portfolio is drawn from. The shifted set draws from others than the one that thresholds saw."""

    load: tuple[float, float] = (0.55, 0.85)
    cv: tuple[float, float] = (0.6, 1.1)
    mean: tuple[float, float] = (1.0, 4.0)
    capacity: tuple[float, float] = (0.45, 0.7)
    surge: tuple[float, float] = (1.3, 1.8)
    inflated: tuple[float, float] = (1.5, 2.2)
    rework: tuple[float, float] = (0.35, 0.5)
    spread: float = 0.2


SHIFTED = Ranges(
    load=(0.5, 0.88), cv=(0.5, 1.3), mean=(0.8, 5.0), capacity=(0.4, 0.75), surge=(1.25, 2.0), spread=0.3
)


@dataclass
class Network:
    """One portfolio: servers, mean service in weeks, capacity by week and stage, work by item and stage."""

    arrivals: np.ndarray
    work: np.ndarray
    servers: list[int]
    capacity: np.ndarray
    again: np.ndarray
    rework: np.ndarray
    limits: list[float]


@dataclass
class Log:
    """Visits by stage (start, end; infinity while it lasts) and what finished (when, lead time), in weeks."""

    start: list[np.ndarray]
    end: list[np.ndarray]
    finished: np.ndarray
    lead: np.ndarray


@dataclass
class Case:
    """A log with its change: week of it (None: a control), true stages, and the twin without the change."""

    rate: int
    log: Log
    changed_at: int | None = None
    stages: tuple[int, ...] = ()
    twin: Log | None = None
    kind: str = "control"
    watched: int = field(default=0)


def simulate(net: Network) -> Log:
    """Runs a network, first come first served; a server whose item cannot move on is blocked."""
    stages = len(net.servers)
    grid = [np.append(0.0, np.cumsum(net.capacity[k])).tolist() for k in range(stages)]

    def done_at(stage: int, now: float, work: float) -> float:
        total = grid[stage]
        week = min(int(now), WEEKS - 1)
        target = total[week] + (now - week) * (total[week + 1] - total[week]) + work
        at = bisect_left(total, target)
        if at > WEEKS:
            return NEVER
        return at - 1 + (target - total[at - 1]) / (total[at] - total[at - 1])

    queue: list[deque[int]] = [deque() for _ in range(stages)]
    blocked: list[deque[int]] = [deque() for _ in range(stages)]
    free, inside = list(net.servers), [0] * stages
    entered = np.full((stages, len(net.arrivals)), NEVER)
    left = np.full((stages, len(net.arrivals)), NEVER)
    again = np.zeros((stages, len(net.arrivals)), dtype=int)
    events: list[tuple[float, int, int, int]] = [
        (float(at), -1, item, item) for item, at in enumerate(net.arrivals)
    ]
    heapq.heapify(events)
    number, backlog = len(events), deque[int]()

    def begin(stage: int, now: float) -> None:
        nonlocal number
        while free[stage] and queue[stage]:
            item = queue[stage].popleft()
            free[stage] -= 1
            size = net.work[item, stage] * (0.5 if again[stage, item] else 1.0)
            number += 1
            heapq.heappush(events, (done_at(stage, now, size), stage, item, number))

    def enter(stage: int, item: int, now: float) -> None:
        entered[stage, item] = now
        inside[stage] += 1
        queue[stage].append(item)
        begin(stage, now)

    def leave(stage: int, item: int, now: float) -> None:
        left[stage, item] = now
        inside[stage] -= 1
        free[stage] += 1
        begin(stage, now)
        before = blocked[stage - 1] if stage else backlog
        if before and inside[stage] < net.limits[stage]:
            waiting = before.popleft()
            enter(stage, waiting, now)
            if stage:
                leave(stage - 1, waiting, now)

    while events:
        now, stage, item, _ = heapq.heappop(events)
        if now >= WEEKS:
            break
        if stage < 0:
            if inside[0] < net.limits[0]:
                enter(0, item, now)
            else:
                backlog.append(item)
            continue
        tries = again[stage, item]
        if tries < 5 and net.again[item, stage, tries] < net.rework[stage, min(int(now), WEEKS - 1)]:
            again[stage, item] += 1
            free[stage] += 1
            queue[stage].append(item)
            begin(stage, now)
        elif stage + 1 == stages:
            leave(stage, item, now)
        elif inside[stage + 1] < net.limits[stage + 1]:
            enter(stage + 1, item, now)
            leave(stage, item, now)
        else:
            blocked[stage].append(item)
    seen = [np.isfinite(entered[k]) for k in range(stages)]
    out = np.isfinite(left[-1])
    return Log(
        [entered[k][seen[k]] - BURN_IN for k in range(stages)],
        [left[k][seen[k]] - BURN_IN for k in range(stages)],
        left[-1][out] - BURN_IN,
        left[-1][out] - net.arrivals[out],
    )


def draw(seed: int, ranges: Ranges, *, change: bool) -> Case:
    """One portfolio; with ``change`` at week 60–90 of the log one of the six kinds, and its twin."""
    rng = np.random.default_rng([seed, int(change)])
    rate, stages = int(rng.choice(RATES)), int(rng.integers(3, 6))
    noise, level = np.zeros(WEEKS), 0.0
    for week in range(WEEKS):
        level = 0.6 * level + rng.normal(0, ranges.spread * 0.8)
        noise[week] = level
    capacity, pace = np.ones(WEEKS), np.exp(noise)
    if rng.random() < 0.8:
        year = np.arange(WEEKS) % 52
        deep, mild = year < 3, (year >= 28) & (year < 31)
        capacity = np.where(deep, 0.3, np.where(mild, 0.7, 1.0))
        pace = pace * np.where(deep, 0.4, np.where(mild, 0.8, 1.0))
    kind = str(rng.choice(KINDS)) if change else "control"
    at = int(rng.integers(60, 91)) + BURN_IN
    stage = int(rng.integers(stages))
    times = rng.uniform(*ranges.surge) if kind == "surge" else 1.0
    base = _arrivals(rng, rate * pace, rng.random() < 0.5)
    extra = _arrivals(rng, rate * pace * (times - 1) * (np.arange(WEEKS) >= at), False)
    mean, load, cv = (rng.uniform(*one, stages) for one in (ranges.mean, ranges.load, ranges.cv))
    servers = np.maximum(1, np.round(rate * mean / load)).astype(int)
    mean = load * servers / rate / 1.03
    sigma = np.sqrt(np.log1p(cv**2))
    arrivals = np.concatenate([base, extra])
    work = mean * np.exp(rng.normal(-sigma * sigma / 2, sigma, (len(arrivals), stages)))
    again = rng.random((len(arrivals), stages, 5))
    limits = [
        float(np.ceil(2.0 * n)) if limited else NEVER for limited in [rng.random() < 0.3] for n in servers
    ]
    usual = np.tile(capacity, (stages, 1))
    rework = np.full((stages, WEEKS), 0.05)
    order = np.argsort(base, kind="stable")
    plain = Network(
        base[order],
        work[: len(base)][order],
        servers.tolist(),
        usual,
        again[: len(base)][order],
        rework,
        limits,
    )
    twin = simulate(plain)
    if not change:
        return Case(rate, twin)
    changed, redo, weeks = usual.copy(), rework.copy(), np.arange(WEEKS)
    after = load * times
    if kind in ("step", "ramp"):
        to = rng.uniform(*ranges.capacity)
        fallen = np.clip((weeks - at) / 12, 0, 1) if kind == "ramp" else (weeks >= at) * 1.0
        changed[stage] *= 1 - (1 - to) * fallen
        after[stage] /= to
    elif kind == "outage":
        changed[stage] *= np.where((weeks >= at) & (weeks < at + rng.integers(4, 8)), 0.1, 1.0)
    elif kind == "rework":
        more = rng.uniform(*ranges.rework)
        redo[stage] = np.where(weeks >= at, more, 0.05)
        after[stage] *= 1 + more / (1 - more) / 2
    elif kind == "inflated":
        more = rng.uniform(*ranges.inflated)
        work[arrivals >= at, stage] *= more
        after[stage] *= more
    order = np.argsort(arrivals, kind="stable")
    net = Network(arrivals[order], work[order], servers.tolist(), changed, again[order], redo, limits)
    true = tuple(np.flatnonzero(after >= 0.95).tolist()) or (
        (stage,) if kind != "surge" else (int(np.argmax(after)),)
    )
    return Case(rate, simulate(net), at - BURN_IN, true, twin, kind)


def _arrivals(rng: np.random.Generator, pace: np.ndarray, batched: bool) -> np.ndarray:
    week = np.repeat(np.arange(WEEKS), rng.poisson(pace))
    at = week + rng.random(len(week))
    if batched:
        quarter = int(rng.integers(10, 13))
        held = rng.random(len(at)) < 0.3
        at = np.where(held, (np.floor(at / quarter) + 1) * quarter + rng.random(len(at)) * 0.5, at)
    return np.sort(at[at < WEEKS])


def self_check() -> tuple[float, float]:
    """A single server: mean residence ÷ Pollaczek–Khinchine's, and Little's L ÷ (λ W), each about 1."""
    residences, littles = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        arrivals = np.sort(rng.uniform(0, WEEKS, rng.poisson(8 * WEEKS)))
        sigma = np.sqrt(np.log1p(0.8**2))
        mean = 0.7 / 8
        work = mean * np.exp(rng.normal(-sigma * sigma / 2, sigma, (len(arrivals), 1)))
        log = simulate(
            Network(
                arrivals,
                work,
                [1],
                np.ones((1, WEEKS)),
                np.ones((len(arrivals), 1, 5)),
                np.zeros((1, WEEKS)),
                [NEVER],
            )
        )
        start, end = log.start[0], log.end[0]
        theory = mean + 8 * mean**2 * (1 + 0.8**2) / 2 / (1 - 0.7)
        residences.append(log.lead.mean() / theory)
        weeks = np.arange(0, LOG - 4, 0.05)
        inside = np.searchsorted(start, weeks) - np.searchsorted(np.sort(end), weeks)
        arrived = (start >= 0) & (start < LOG - 4)
        spent = (np.minimum(end, LOG) - start)[arrived].mean()
        littles.append(inside.mean() / (arrived.sum() / (LOG - 4) * spent))
    return float(np.mean(residences)), float(np.mean(littles))
