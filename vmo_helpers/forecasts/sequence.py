"""The order of work that costs least: urgencies as money over time, plans on places, search, and a bound.

Times are weeks from now. A plan is an order of the items and the stream of each. An item starts as soon as a
place of its stream is free and what it needs is done. The search stops by rounds, never by a clock.
Source: docs/measures.md, "Looking ahead".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DECAY_WEEKS = 30.0
ANYWHERE = -1
ROUNDS = 40
ROUNDS_OF_ONE = 160
"""Kicks of the search, each followed by a descent; more where one place serves all: there each is quick."""
NEAR, MOST_NEAR = 0.02, 6
"""Plans that cost at most so much more than the best stay in the choice, and so many of them."""
LOOKS = 120_000_000
"""So many places of plans a search looks at, some seconds; no descent more than an eighth. Fifty items need
fewer, hundreds more: their plans are good, and not the best of all."""
_DEARER = 8  # so much more a place costs to look at where streams and needs are to be followed

_CHUNK = 512  # neighbours looked at before the best of them is taken


@dataclass(frozen=True)
class Work:
    """Items to put in order; arrays have one entry an item.

    ``weeks``: duration; ``per_week``: cost of delay; ``due``: weeks from now, infinity without a date;
    ``late``: what a missed date costs at once; ``dated``: the cost runs from the date alone; ``decay``: weeks
    in which a decaying value falls to 37 %, 0 for the others. ``stream``: place in ``free``, or ``ANYWHERE``.
    ``free``: of each stream, when each of its places gets free. ``needs``: pairs (item, needs item).
    ``ready``: the week before which an item cannot start; None: now.
    """

    weeks: Floats
    per_week: Floats
    due: Floats
    late: Floats
    dated: Flags
    decay: Floats
    stream: Ints
    free: tuple[tuple[float, ...], ...]
    needs: tuple[tuple[int, int], ...] = ()
    ready: Floats | None = None

    def __len__(self) -> int:
        return len(self.weeks)

    @cached_property
    def loose(self) -> Ints:
        """The items that may run in any stream."""
        return np.flatnonzero(self.stream == ANYWHERE)

    @cached_property
    def places(self) -> tuple[Floats, Ints]:
        """When each place gets free, and its stream."""
        stream = np.repeat(np.arange(len(self.free)), [len(one) for one in self.free])
        return np.array([at for one in self.free for at in one], dtype=np.float64), stream

    @cached_property
    def before(self) -> Ints:
        """What each item needs (items × most needs), filled up with the number of items: nothing."""
        each = [[need for item, need in self.needs if item == one] for one in range(len(self))]
        most = max(map(len, each), default=0)
        return np.array([one + [len(self)] * (most - len(one)) for one in each], dtype=np.int64).reshape(
            len(self), most
        )

    @cached_property
    def single(self) -> bool:
        """One place for all, and nothing needs anything: an order is its own plan."""
        return len(self.places[0]) == 1 and not self.needs and self.ready is None

    def cost(self, done: Floats, item: Ints | slice = slice(None), per_week: Floats | None = None) -> Floats:
        """What finishing at ``done`` (… × items) costs, summed over the last axis; ``item``: who stands
        there.

        linear: v t; late_penalty: v max(0, t − d); fixed_date: the same, and ``late`` where t > d; decaying:
        v τ (1 − e^(−t ÷ τ)). ``per_week``: other costs of delay, as ``done``.
        """
        since = np.maximum(0.0, done - self._runs_from[item])
        if self.decay.any():
            tau = self.decay[item]
            since = np.where(tau > 0, tau * -np.expm1(-done / np.where(tau > 0, tau, 1.0)), since)
        total = (self.per_week[item] if per_week is None else per_week) * since
        if self.late.any():
            total = total + self.late[item] * (done > self.due[item])
        return np.asarray(total.sum(axis=-1), dtype=np.float64)

    @cached_property
    def _runs_from(self) -> Floats:
        return np.where(self.dated, self.due, 0.0)


@dataclass(frozen=True)
class Plan:
    """An order (items, first to start first), the stream of each item, when each starts and is done."""

    order: Ints
    stream: Ints
    start: Floats
    done: Floats
    cost: float


def planned(work: Work, order: Ints, stream: Ints, weeks: Floats | None = None) -> tuple[Floats, Floats]:
    """Start and end (plans × items) of each order (plans × items), with the stream of each item.

    ``weeks``: durations, a row a plan; by default those of ``work``. Of the places that are free by its start
    an item takes the one that got free last.
    """
    plans, items = order.shape
    rows = np.arange(plans)
    weeks = np.broadcast_to(work.weeks if weeks is None else weeks, (plans, items))
    # a row an item or place, a column a plan: what is compared in one step lies side by side
    start, done = np.zeros((items, plans)), np.zeros((items + 1, plans))  # the last one: nothing is needed
    places, of = work.places
    free = np.repeat(places[:, None], plans, axis=1)
    for item in np.ascontiguousarray(order.T):
        usable = np.where(of[:, None] == stream[rows, item], free, np.inf)
        at = usable.min(axis=0)
        for need in work.before[item].T if work.needs else ():
            at = np.maximum(at, done[need, rows])
        if work.ready is not None:
            at = np.maximum(at, work.ready[item])
        taken = np.where(usable <= at, usable, -1.0).argmax(axis=0)
        ends = at + weeks[rows, item]
        start[item, rows], done[item, rows], free[taken, rows] = at, ends, ends
    return start.T, done[:-1].T


def costs(work: Work, order: Ints, stream: Ints) -> Floats:
    """The cost of each plan; infinite where an item stands before what it needs."""
    if work.single:
        return work.cost(work.places[0][0] + np.cumsum(work.weeks[order], axis=1), order)
    found = np.full(len(order), np.inf)
    allowed = np.ones(len(order), dtype=bool)
    if work.needs:
        place = np.argsort(order, axis=1)
        item, need = np.array(work.needs).T
        allowed &= (place[:, need] < place[:, item]).all(axis=1)
    if allowed.any():
        found[allowed] = work.cost(planned(work, order[allowed], stream[allowed])[1])
    return found


def plan(work: Work, order: Ints, stream: Ints) -> Plan:
    """One order as a plan."""
    start, done = planned(work, order[None], stream[None])
    return Plan(order, stream, start[0], done[0], float(work.cost(done)[0]))


def by_priority(work: Work, priority: Floats) -> Plan:
    """What is highest starts next, of what has all its needs before it; ties by place in ``work``.

    An item without a stream takes the one with the place that gets free first.
    """
    free = [sorted(one) for one in work.free]
    left, stream, done = set(range(len(work))), work.stream.copy(), np.zeros(len(work))
    order: list[int] = []
    while left:
        able = [one for one in left if not left.intersection(work.before[one].tolist())]
        item = min(able, key=lambda one: (-priority[one], one))
        left.remove(item)
        order.append(item)
        if stream[item] == ANYWHERE:
            stream[item] = min(range(len(free)), key=lambda k: (free[k][0] if free[k] else np.inf, k))
        needs = done[[one for one in work.before[item] if one < len(work)]]
        ready = 0.0 if work.ready is None else float(work.ready[item])
        at = max(free[stream[item]][0], needs.max(initial=0.0), ready)
        done[item] = at + work.weeks[item]
        free[stream[item]] = sorted([*free[stream[item]][1:], done[item]])
    return plan(work, np.array(order, dtype=np.int64), stream)


def first_come(work: Work) -> Plan:
    """In the order of ``work``."""
    return by_priority(work, -np.arange(len(work), dtype=np.float64))


def value_first(work: Work) -> Plan:
    """The dearest delay first, whatever it takes."""
    return by_priority(work, work.per_week)


def cd3(work: Work) -> Plan:
    """Cost of delay ÷ duration, highest first. Source: Reinertsen 2009; Smith 1956."""
    return by_priority(work, work.per_week / np.maximum(work.weeks, 1e-9))


def search(work: Work, rounds: int | None = None, seed: int = 1, looks: int = LOOKS) -> list[Plan]:
    """The best plan found and those near it, cheapest first: descents from kicks (Lourenço et al. 2003).

    A descent tries every swap and every move of an item within its stream, and every other stream of an item
    that may run anywhere. It all ends after ``looks`` places of plans; what every rule says is tried.
    """
    rng = np.random.default_rng(seed)
    rounds = rounds if rounds is not None else ROUNDS_OF_ONE if work.single else ROUNDS
    starts = [rule(work) for rule in (first_come, value_first, cd3)]
    starts.append(by_priority(work, -np.where(np.isfinite(work.due), work.due - work.weeks, 1e9)))
    met: dict[bytes, tuple[float, Ints, Ints]] = {}
    best = (np.inf, starts[0].order, starts[0].stream)
    moves = _moves(len(work))
    left = looks
    for turn in range(len(starts) + (rounds if len(work) > 2 else 0)):
        if turn >= len(starts) and left <= 0:
            break
        if turn < len(starts):
            begin = starts[turn].order, starts[turn].stream
        else:
            begin = _kicked(work, best[1], best[2], moves, rng, 2 + turn % 5)
        found, looked = _descended(work, *begin, moves, rng, min(left, looks // 8))
        left -= looked
        met[planned(work, found[1][None], found[2][None])[0].tobytes()] = found
        best = min(best, found, key=lambda one: one[0])
    near = sorted(met.values(), key=lambda one: one[0])
    line = near[0][0] + NEAR * abs(near[0][0])
    return [plan(work, order, stream) for cost, order, stream in near[:MOST_NEAR] if cost <= line]


def _moves(items: int) -> tuple[Ints, Ints]:
    """Every swap of two places and every move of one to another: the places that stand there after it, and
    the two (from, to)."""
    usual = np.arange(items)
    made, ends = [], []
    for a in range(items):
        for b in range(items):
            if a < b:
                swapped = usual.copy()
                swapped[[a, b]] = b, a
                made.append(swapped)
                ends.append((a, b))
            if abs(a - b) > 1:
                made.append(np.insert(np.delete(usual, a), b, a))
                ends.append((a, b))
    return np.array(made, dtype=np.int64).reshape(-1, items), np.array(ends, dtype=np.int64).reshape(-1, 2)


def _worth_trying(work: Work, order: Ints, stream: Ints, ends: Ints) -> Ints:
    """The moves that can change a plan: past an item of the same stream, or between two tied by needs."""
    if len(work.free) < 2:
        return np.arange(len(ends))
    tied = np.isin(np.arange(len(work)), np.array(work.needs, dtype=np.int64).ravel())
    a, b = order[ends.T]
    return np.flatnonzero((stream[a] == stream[b]) | (tied[a] & tied[b]))


def _descended(
    work: Work, order: Ints, stream: Ints, moves: tuple[Ints, Ints], rng: np.random.Generator, looks: int
) -> tuple[tuple[float, Ints, Ints], int]:
    """A plan that no move makes cheaper, or the cheapest met within ``looks``, and how many were taken; of
    each lot of moves the best is taken."""
    cost, better, looked = float(costs(work, order[None], stream[None])[0]), True, 0
    while better:
        better = False
        tries = rng.permutation(_worth_trying(work, order, stream, moves[1]))
        lots = (
            (order[moves[0][tries[at : at + _CHUNK]]], stream[None]) for at in range(0, len(tries), _CHUNK)
        )
        for orders, streams in chain(lots, _other_streams(work, order, stream)):
            if looked >= looks:
                return (cost, order, stream), looked
            streams = np.broadcast_to(streams, orders.shape)
            found = costs(work, orders, streams)
            looked += orders.size * (1 if work.single else _DEARER)
            one = int(found.argmin())
            if found[one] < cost - 1e-9 * max(1.0, abs(cost)):
                cost, order, stream, better = float(found[one]), orders[one], streams[one], True
                break
    return (cost, order, stream), looked


def _other_streams(work: Work, order: Ints, stream: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Every item that may run anywhere in each of the other streams, at every place of the order."""
    at = np.arange(len(order))[:, None]
    for item in work.loose:
        for other in range(len(work.free)):
            if other != stream[item] and work.free[other]:
                rest = np.append(order[order != item], item)
                orders = np.where(at > at.T, rest, np.roll(rest, 1))
                orders[at, at] = item
                streams = stream.copy()
                streams[item] = other
                yield orders, streams[None]


def _kicked(
    work: Work, order: Ints, stream: Ints, moves: tuple[Ints, Ints], rng: np.random.Generator, times: int
) -> tuple[Ints, Ints]:
    """The plan after some moves at random, those left out that no plan allows."""
    tries = _worth_trying(work, order, stream, moves[1])
    for move in rng.choice(tries, size=times) if len(tries) else ():
        moved = order[moves[0][move]]
        if np.isfinite(costs(work, moved[None], stream[None])[0]):
            order = moved
    open_to = [k for k, one in enumerate(work.free) if one]
    if len(work.loose) and len(open_to) > 1 and rng.random() < 0.5:
        stream = stream.copy()
        stream[rng.choice(work.loose)] = rng.choice(open_to)
    return order, stream
