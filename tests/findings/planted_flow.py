"""The rules of flow on a few rows each, at their lines and just beside them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from planted import ALARM, GOOD, Case
from test_flow_findings import (
    LIMITS,
    LINE,
    RECORD,
    SOME,
    WINDOW,
    ages,
    change_rows,
    having,
    items,
    lengths,
    limited,
    pareto,
    queue,
    starts,
    weeks,
    worked,
)

from vmo_helpers.findings import Finding
from vmo_helpers.findings import flow as findings
from vmo_helpers.measures.flow.waits import NOTHING
from vmo_helpers.vocabulary import Severity

OTHERS = {"b": 0.2, "c": 0.2, "d": 0.2}


def throughput(now: list[int], then: list[int]) -> Finding:
    return findings.throughput(SOME, weeks(now), weeks(then), RECORD, WINDOW, LIMITS)


def grown(first: int, last: int) -> Finding:
    by_day = pd.DataFrame({"wip": [first, last], "arrivals": [0, 9], "departures": [0, 9]})
    by_day["on_record"] = True
    return findings.cumulative_flow(by_day, WINDOW, LIMITS)


def lead_time(now: list[float], then: list[float]) -> Finding:
    return findings.lead_time(lengths(now), lengths(then), RECORD, LINE, LIMITS)


def cycle_time(now: list[float], then: list[float]) -> Finding:
    return findings.cycle_time(lengths(now), lengths(then), RECORD, LIMITS)


def compared(change: float, low: float, high: float) -> list[Finding]:
    row = {"measure": "lead time, half", "change_days": change, "low": low, "high": high}
    sizes = {"n_before": 9, "n_after": 9, "before_days": 9.0, "after_days": 9.0, "why": None}
    return findings.before_after(pd.DataFrame([row | sizes]))


def stalled(*days: float) -> list[Finding]:
    took = pd.DataFrame({"quantile": [0.85], "days": [100.0], "n": [40], "why": [None]})
    return findings.stalled_items(ages(*days), took, LIMITS)


def waits(frame: pd.DataFrame, by: str = "state") -> list[Finding]:
    return findings.wait_queue(frame, LIMITS, by=by)


def three_queues(of_time: float) -> pd.DataFrame:
    """Of three one must hold a quarter of all waiting: the first holds so much of all time."""
    return pareto(a=0.4, b=0.3, c=0.3).assign(share_of_time=[of_time, 0.1, 0.1])


def gate(**shares: float) -> Finding:
    left = 1 - sum(shares.values())
    return findings.gate(pareto(**shares, **{NOTHING["gate"]: left}), LIMITS)


def limit(wip: int, of: int) -> list[Finding]:
    return findings.wip_limits(SOME, *limited(wip, of), LIMITS)


def rhythm(deliveries: int, gap: float, first: float, last: float) -> list[Finding]:
    frame = pd.DataFrame(
        {
            "value_stream_id": ["VS-1", "VS-2"],
            "value_stream": ["One", "Two"],
            "deliveries": [deliveries, 8],
            "gap_max_days": [gap, 38.0],
            "until_first_days": [first, 3.0],
            "since_last_days": [last, 34.0],
            "at_work": [3, 3],
        }
    )
    return findings.delivery_gap(frame, WINDOW, LIMITS)


def predictable(*shares: float) -> Finding:
    frame = pd.DataFrame({"predictability": shares, "planned_value": 100.0})
    frame = frame.assign(actual_value=frame["predictability"] * 100)
    return findings.predictability(frame.assign(objectives=3, unscored=0, teams_mean=0.9), LIMITS)


def steady(ratio: float) -> Finding:
    row = {"mean_wip": 9.0, "expected_wip": 9.0, "ratio": ratio, "arrivals": 5, "departures": 5}
    ends = {"wip_start": 9, "wip_end": 9, "age_mean_start_days": 5.0, "age_mean_end_days": 5.0}
    return findings.littles_law(pd.DataFrame([row | ends | {"cancelled": 0}]), LIMITS)


def went_back(moves: float, **more: Any) -> list[Finding]:
    return findings.rework(items({"backward_moves": moves, "rework_days": 9.0, **more}), LIMITS)


def changed_hands(times: float, **more: Any) -> list[Finding]:
    return findings.hand_offs(items({"handoffs": times, **more}), LIMITS)


def reopened(again: int, of: int) -> list[Finding]:
    rows = [{"finished_in_window": True, "reopened": n < again, "rework_days": 1.0} for n in range(of)]
    return findings.reopened(items(*rows), LIMITS)


def waited(days: float, lead_time: float = 400.0) -> list[Finding]:
    return findings.queue_after_done(queue((days, lead_time)), WINDOW, LIMITS)


def decided(days: float) -> list[Finding]:
    frame = pd.DataFrame({"latency_days": [days], "open": [False], "decision_id": ["D"], "question": ["Q?"]})
    return findings.slow_decisions(frame.set_axis([2]), LIMITS)


def blocked(*days: float) -> list[Finding]:
    going = {"age_days": 9.0, "state": "Test", "reason": None}
    frame = items(*({**going, "blocked_now_days": one} for one in days or (0.0,)))
    return findings.blocked(frame.head(len(days)), frame, having("blockers"))


def overdue(*days: float) -> list[Finding]:
    rows = ({"age_days": 9.0, "started_at": "2026-01-01", "since_start_days": one} for one in days or (0.0,))
    frame = items(*rows)
    return findings.overdue(frame.head(len(days)), frame, LIMITS)


def idle(started: int, finished: int, beside: int = 0) -> list[Finding]:
    """Beside the stream one that has so many in its backlog, and nothing in progress."""
    backlog = [{"value_stream_id": "W", "value_stream": "Wagons", "state": "Funnel"}] * beside
    frame = pd.concat([starts(started, finished), items(*backlog)]) if beside else starts(started, finished)
    return findings.nothing_finished(frame, WINDOW)


SLOW, FAST = [200.0 + n for n in range(40)], [100.0 + n for n in range(40)]
CASES = [
    Case(
        "flow.started_not_finished",
        lambda started, finished: findings.started_not_finished(starts(started, finished), WINDOW, LIMITS),
        planted=[(5, 2), (101, 50)],
        near=[(10, 5), (4, 0), (6, 4)],
    ),
    Case("flow.nothing_finished", idle, planted=[(1, 0)], near=[(2, 1), (1, 1), (2, 1, 3), (1, 1, 3)]),
    Case(
        "flow.too_few_to_say",
        lambda finished: findings.too_few_to_say(starts(finished, finished), LIMITS),
        planted=[(4,), (1,)],
        near=[(5,), (6,)],
        loud=frozenset({Severity.UNKNOWN}),
    ),
    Case(
        "flow.throughput",
        throughput,
        planted=[([1, 0, 1, 0] * 6, [3, 4, 3, 4] * 6), ([2] * 5, [3] * 5), ([0] * 5, [])],
        near=[([2] * 5, [2] * 5), ([2] * 5, [3] * 4), ([0] * 4, []), ([3] * 5, [2] * 5)],
    ),
    Case("flow.throughput", throughput, [([3] * 5, [2] * 5)], [([2] * 5, [2] * 5), ([3] * 5, [2] * 4)], GOOD),
    Case(
        "flow.cumulative_flow", grown, planted=[(0, 5), (19, 24), (20, 26)], near=[(0, 4), (20, 25), (26, 20)]
    ),
    Case("flow.stalled_item", stalled, planted=[(100.001,)], near=[(100.0,), (99.0,)]),
    Case("flow.lead_time", lead_time, [(SLOW, FAST)], [(SLOW, SLOW), (FAST, SLOW), (SLOW[:4], FAST)]),
    Case("flow.cycle_time", cycle_time, [(SLOW, FAST)], [(SLOW, SLOW), (FAST, SLOW), (SLOW[:4], FAST)]),
    Case(
        "flow.before_after",
        compared,
        planted=[(3, 0.001, 6)],
        near=[(3, 0.0, 6), (3, -1, 6), (-3, -6, -1), (3, math.nan, math.nan)],
    ),
    Case(
        "flow.before_after",
        compared,
        planted=[(-3, -6, -0.001)],
        near=[(-3, -6, 0.0), (3, 0.0, 6), (3, 1, 6)],
        loud=GOOD,
    ),
    Case(
        "flow.flow_efficiency",
        lambda share, n: findings.flow_efficiency(worked(share, n), LIMITS),
        planted=[(0.1499, 5)],
        near=[(0.15, 5), (0.1499, 4), (0.16, 5)],
    ),
    Case(
        "flow.wait_queue",
        waits,
        planted=[(pareto(a=0.25, e=0.15, **OTHERS),), (three_queues(0.25),)],
        near=[(pareto(a=0.2499, e=0.1501, **OTHERS),), (three_queues(0.2499),)],
    ),
    Case(
        "flow.wait_queue",
        waits,
        planted=[(pareto(a=0.25, b=0.25, c=0.25, d=0.25).assign(share_of_time=0.1),)],
        near=[(pareto(a=0.4, b=0.3, c=0.3).assign(share_of_time=0.1),), (pareto(a=0.0),)],
    ),
    Case(
        "flow.wait_queue",
        waits,
        planted=[(pareto(a=0.5, b=0.2, c=0.2, d=0.1),), (three_queues(0.5),)],
        near=[(pareto(a=0.4999, b=0.2, c=0.2, d=0.1001),), (three_queues(0.4999),)],
        loud=ALARM,
    ),
    Case(
        "flow.wait_function",
        lambda frame: waits(frame, by="function"),
        planted=[(pareto(legal=0.25, e=0.15, **OTHERS),)],
        near=[
            (pareto(legal=0.2499, e=0.1501, **OTHERS),),
            (pareto(legal=0.2, **{NOTHING["function"]: 0.8}).assign(share_of_time=0.2),),
        ],
    ),
    Case(
        "flow.gate",
        lambda shares: gate(**shares),
        planted=[({"legal": 0.25},), ({"legal": 0.15, "board": 0.1},)],
        near=[({"legal": 0.2499},), ({"legal": 0.1, "blocked": 0.8},), ({"legal": 0.0},)],
    ),
    Case(
        "flow.local_optimum",
        lambda stage, system: findings.local_optimum(change_rows(stage, system)),
        planted=[((-9, -12, -0.001), (1, -10, 15)), ((-9, -12, -6), (-5, -10, 0.0))],
        near=[((-9, -12, 0.0), (1, -10, 15)), ((-9, -12, -6), (-5, -10, -0.001))],
    ),
    Case("flow.wip_limit", limit, planted=[(9, 8)], near=[(8, 8), (7, 8)]),
    Case("flow.wip_limit", limit, planted=[(12, 8)], near=[(11, 8), (8, 8)], loud=ALARM),
    Case("flow.blocked", blocked, planted=[(1.0,)], near=[()], fewer="an open blocker is there or it is not"),
    Case(
        "flow.rework",
        lambda moves, more: went_back(moves, **more),
        planted=[(3.0, {"age_days": 1.0}), (3.0, {"finished_in_window": True})],
        near=[(2.0, {"age_days": 1.0}), (9.0, {})],
    ),
    Case("flow.reopened", reopened, planted=[(1, 20), (1, 21)], near=[(0, 20), (0, 1)]),
    Case(
        "flow.reopened",
        lambda again, of: reopened(again, of)[0],  # the count; each of them is listed however few
        planted=[(1, 20), (1, 2)],
        near=[(1, 21), (0, 20)],
    ),
    Case(
        "flow.hand_offs",
        lambda times, more: changed_hands(times, **more),
        planted=[(10.0, {"age_days": 1.0}), (10.0, {"finished_in_window": True})],
        near=[(9.0, {"age_days": 1.0}), (30.0, {})],
    ),
    Case("flow.queue_after_done", waited, planted=[(120.0,), (120.0, math.nan)], near=[(119.9,), (60.0,)]),
    Case(
        "flow.release_rhythm",
        overdue,
        planted=[(549.0,)],
        near=[()],
        fewer="the measure draws the line; the sample's near misses stand beside it",
    ),
    Case(
        "flow.delivery_gap",
        rhythm,
        planted=[(3, 183.0, 1, 1), (3, 1, 183.0, 1), (3, 1, 1, 183.0), (0, math.nan, math.nan, math.nan)],
        near=[(3, 182.9, 1, 1), (3, 1, 182.9, 1), (3, 1, 1, 182.9)],
    ),
    Case("flow.slow_decision", decided, planted=[(31.001,), (32.0,)], near=[(31.0,), (30.0,)]),
    Case("flow.predictability", predictable, [(0.7999,), (1.0, 0.5)], [(0.8,), (1.0,), (1.0, 0.6)]),
    Case("flow.littles_law", steady, planted=[(1.2501,), (0.7499,)], near=[(1.25,), (0.75,), (math.nan,)]),
]
