"""The search for the cheapest order against every order there is, and against what is known to be best."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from vmo_helpers.forecasts import bounds, sequence
from vmo_helpers.forecasts.sequence import ANYWHERE, Work


def work_of(seed: int) -> Work:
    """Six items or fewer, two streams, every urgency, some needs, some that run anywhere."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 7))
    dated, decaying = rng.random(n) < 0.4, rng.random(n) < 0.3
    pairs = [(a, b) for a, b in itertools.permutations(range(n), 2) if a > b and rng.random() < 0.15]
    return Work(
        weeks=rng.integers(1, 9, n).astype(float),
        per_week=rng.uniform(1, 20, n).round(),
        due=np.where(dated, rng.integers(2, 20, n), np.inf),
        late=np.where(dated & (rng.random(n) < 0.5), 40.0, 0.0),
        dated=dated,
        decay=np.where(decaying & ~dated, 12.0, 0.0),
        stream=rng.choice([ANYWHERE, 0, 1], n, p=[0.2, 0.4, 0.4]),
        free=((0.0, 2.0), (float(rng.integers(0, 4)),)),
        needs=tuple(pairs),
        ready=rng.integers(0, 3, n).astype(float) if seed % 3 == 0 else None,
    )


def by_hand(work: Work, order: tuple[int, ...], stream: tuple[int, ...]) -> float:
    """The cost of one plan in plain loops; infinity where an item stands before what it needs."""
    free = [list(one) for one in work.free]
    done: dict[int, float] = {}
    total = 0.0
    for item in order:
        needs = [need for one, need in work.needs if one == item]
        if any(need not in done for need in needs):
            return np.inf
        ready = 0.0 if work.ready is None else work.ready[item]
        places = free[stream[item]]
        at = max(min(places), ready, *(done[need] for need in needs), 0.0)
        place = max(
            (one for one in range(len(places)) if places[one] <= at), key=lambda one: (places[one], -one)
        )
        places[place] = done[item] = at + work.weeks[item]
        t, v = done[item], work.per_week[item]
        if work.decay[item] > 0:
            total += v * work.decay[item] * (1 - np.exp(-t / work.decay[item]))
        elif work.dated[item]:
            total += v * max(0.0, t - work.due[item]) + (work.late[item] if t > work.due[item] else 0.0)
        else:
            total += v * t
    return total


def cheapest(work: Work) -> float:
    open_to = [range(len(work.free)) if one == ANYWHERE else [int(one)] for one in work.stream]
    return min(
        by_hand(work, order, stream)
        for stream in itertools.product(*open_to)
        for order in itertools.permutations(range(len(work)))
    )


@pytest.mark.parametrize("seed", range(40))
def test_no_order_at_all_is_cheaper(seed: int) -> None:
    work = work_of(seed)
    best = sequence.search(work)[0]
    assert best.cost == pytest.approx(cheapest(work))
    assert by_hand(work, tuple(best.order), tuple(best.stream)) == pytest.approx(best.cost)


def test_one_place_and_linear_costs_are_smith_s_rule() -> None:
    rng = np.random.default_rng(3)
    n = 25
    none = np.zeros(n)
    work = Work(
        weeks=rng.integers(1, 30, n).astype(float),
        per_week=rng.uniform(1, 90, n),
        due=np.full(n, np.inf),
        late=none,
        dated=none.astype(bool),
        decay=none,
        stream=np.zeros(n, dtype=np.int64),
        free=((0.0,),),
    )
    found = sequence.search(work, rounds=3)[0]
    ratio = work.per_week / work.weeks
    assert found.order.tolist() == np.argsort(-ratio, kind="stable").tolist()
    assert found.cost == sequence.cd3(work).cost


def test_the_same_seed_gives_the_same_plans_and_near_ones_are_near() -> None:
    work = work_of(2)
    one, two = sequence.search(work, seed=5), sequence.search(work, seed=5)
    assert [plan.order.tolist() for plan in one] == [plan.order.tolist() for plan in two]
    assert all(plan.cost <= one[0].cost * (1 + sequence.NEAR) + 1e-9 for plan in one)


@pytest.mark.parametrize("streams", [1, 12])
def test_a_search_over_many_ends_after_its_looks_and_is_no_worse_than_any_rule(
    monkeypatch: pytest.MonkeyPatch, streams: int
) -> None:
    rng, n, looks = np.random.default_rng(5), 120, 2_000_000
    work = Work(
        weeks=rng.integers(4, 40, n).astype(float),
        per_week=rng.uniform(1, 20, n),
        due=np.full(n, np.inf),
        late=np.zeros(n),
        dated=np.zeros(n, dtype=bool),
        decay=np.zeros(n),
        stream=np.where(rng.random(n) < 0.3, ANYWHERE, rng.integers(0, streams, n)),
        free=((0.0, 2.0),) * streams,
    )
    looked, priced = [], sequence.costs

    def counted(of: Work, order: np.ndarray, stream: np.ndarray) -> np.ndarray:
        looked.append(order.size)
        return priced(of, order, stream)

    monkeypatch.setattr(sequence, "costs", counted)
    found = sequence.search(work, looks=looks)[0]
    assert sum(looked) < looks
    rules = (sequence.first_come, sequence.value_first, sequence.cd3)
    assert found.cost <= min(rule(work).cost for rule in rules)
    assert sequence.search(work, looks=looks)[0].cost == found.cost


def test_rules_keep_needs_and_places() -> None:
    for seed in range(12):
        work = work_of(seed)
        for rule in (sequence.first_come, sequence.value_first, sequence.cd3):
            plan = rule(work)
            assert plan.cost == pytest.approx(by_hand(work, tuple(plan.order), tuple(plan.stream)))
            for item, need in work.needs:
                assert plan.start[item] >= plan.done[need]


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_is_never_over_the_cheapest(seed: int) -> None:
    work = work_of(seed)
    low, best = bounds.bound(work), cheapest(work)
    assert low <= best + 1e-6
    whole = replace(work, weeks=work.weeks + 0.4)
    assert bounds.bound(whole) <= cheapest(whole) + 1e-6


def test_the_bound_is_tight_where_everything_has_its_own_place() -> None:
    work = replace(work_of(1), needs=(), ready=None)
    alone = replace(work, stream=np.arange(len(work)), free=tuple((0.0,) for _ in range(len(work))))
    assert bounds.bound(alone) == pytest.approx(sequence.search(alone)[0].cost)
