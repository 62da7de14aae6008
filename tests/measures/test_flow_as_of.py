"""As of an instant, a log with later rows says what the rows up to then say: not a visit, figure, frame or
finding differs."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

import pandas as pd
import pytest
from flow_small import STATES, Small, portfolio, reviewed
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers import findings
from vmo_helpers.findings import Finding
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import review_window

FIRST = dt.datetime(2024, 2, 20, tzinfo=dt.UTC)
DAY = 1440
LAST = 45 * DAY
OFFSETS = {
    "Z": 0,
    "+14:00": 14 * 60,
    "-12:00": -12 * 60,
    "-09:30": -9 * 60 - 30,
    "+01:00": 60,
    "+0530": 5 * 60 + 30,
}
INSTANTS = {
    "work_items": ("created_at", "requested_at", "delivered_at", "started_at", "finished_at", "cancelled_at"),
    "transitions": ("at",),
    "blockers": ("from_at", "to_at"),
    "decisions": ("asked_at", "decided_at"),
}
KNOWN_FROM = {"work_items": "created_at", "transitions": "at", "blockers": "from_at", "decisions": "asked_at"}
NAMES = [str(row["state"]) for row in STATES]
Frames = dict[str, pd.DataFrame]

minutes = st.integers(0, LAST)
perhaps = st.one_of(st.none(), minutes)
items_of = st.tuples(
    st.one_of(st.none(), st.integers(0, 40 * DAY)), perhaps, perhaps, st.sampled_from([None, "V", "W"])
)
moves_of = st.lists(
    st.tuples(st.one_of(st.just(0), st.integers(0, 12 * DAY)), st.sampled_from(NAMES)), min_size=2, max_size=8
)
logs = st.lists(st.tuples(items_of, st.one_of(st.just([]), moves_of, moves_of)), min_size=2, max_size=7)
stretches = st.lists(
    st.tuples(st.integers(0, 4), minutes, st.one_of(st.none(), st.integers(1, 20 * DAY))),
    min_size=1,
    max_size=5,
)
asked = st.lists(st.tuples(minutes, st.one_of(st.none(), st.integers(0, 20 * DAY))), max_size=3)


def tables(log: list, stretches: list, asked: list, as_of: int, seed: int) -> Frames:
    """All rows, in any order, with their instants as minutes; one move at as-of itself and one a microsecond
    (1e-9) later."""
    items, moves = [], []
    for number, ((created, requested, delivered, stream), path) in enumerate(log):
        row: dict[str, Any] = {
            "item_id": f"I{number}",
            "created_at": created,
            "requested_at": requested,
            "value_stream_id": stream,
        }
        row["delivered_at"] = delivered
        if not path:  # known by its dates alone
            row |= {"started_at": created, "finished_at": delivered, "delivered_at": None}
        items.append(row)
        at, steps = 0, []
        for gap, state in path:
            at += gap
            steps.append((float(at), state))
        if steps and seed % 2:
            steps += [(float(as_of), NAMES[seed % 7]), (as_of + 1 / 60e6, NAMES[seed % 5])]
        moves += [
            {"item_id": f"I{number}", "at": at, "to_state": state, "seq": place}
            for place, (at, state) in enumerate(steps)
        ]
    blocked = {(item, begin): length for item, begin, length in stretches if item < len(log)}
    rows = {
        "work_items": items,
        "transitions": moves,
        "blockers": [
            {
                "item_id": f"I{item}",
                "from_at": begin,
                "to_at": None if length is None else begin + length,
                "reason": "vendor",
            }
            for (item, begin), length in blocked.items()
        ],
        "decisions": [
            {
                "decision_id": f"D{place}",
                "question": "go on",
                "asked_at": at,
                "decided_at": None if took is None else at + took,
            }
            for place, (at, took) in enumerate(asked)
        ],
    }
    for table in rows.values():
        random.Random(seed).shuffle(table)
    return {
        name: pd.DataFrame(table, index=pd.RangeIndex(2, len(table) + 2, name="row"), dtype=object)
        for name, table in rows.items()
    }


def up_to(frames: Frames, as_of: int) -> Frames:
    """The rows that were there at an instant, by hand; each keeps its row in the file."""
    cut: Frames = {}
    for name, frame in frames.items():
        if frame.empty:
            continue
        rows = frame[[at is None or pd.isna(at) or at <= as_of for at in frame[KNOWN_FROM[name]]]].copy()
        if name in ("transitions", "blockers"):
            rows = rows[rows["item_id"].isin(cut["work_items"]["item_id"])]
        for column in set(INSTANTS[name]) & set(rows.columns):
            rows[column] = [None if at is None or pd.isna(at) or at > as_of else at for at in rows[column]]
        cut[name] = rows
    return cut


def read(frames: Frames, as_of: int, offsets: list[str], zone: str) -> Small:
    """The review of the rows, their instants written with these offsets in turn."""
    told: dict[str, Any] = {
        "states": STATES,
        "value_streams": [
            {"value_stream_id": name, "name": f"Stream {name}", "wip_limit": 1, "people": 2} for name in "VW"
        ],
    }
    for name, frame in frames.items():
        columns = {
            column: [_spelled(at, offsets[place % len(offsets)]) for place, at in enumerate(frame[column])]
            for column in set(INSTANTS[name]) & set(frame.columns)
        }
        if len(frame):
            told[name] = frame.assign(**columns)
    if "work_items" in told:
        told["work_items"] = told["work_items"].assign(title=told["work_items"]["item_id"], level="epic")
    instant = pd.Timestamp(FIRST + dt.timedelta(minutes=as_of)).as_unit("us")
    known: Portfolio = portfolio_of(told, Settings(timezone=zone, review_level="epic")).known_at(instant)
    window = review_window(instant, "2024-03-01", zone)
    log = flow.read(known)
    return Small(known, window, log, flow.items(log, window))


def _spelled(at: float | None, offset: str) -> str | None:
    if at is None or pd.isna(at):
        return None
    local = FIRST + dt.timedelta(microseconds=round(at * 60e6)) + dt.timedelta(minutes=OFFSETS[offset])
    return local.replace(tzinfo=None).isoformat(timespec="microseconds") + offset


def every_finding(found: Small) -> dict[str, list[Finding]]:
    """Each rule of flow once, as the notebook asks it."""
    say, limits, log, items, window, known = (
        findings.flow,
        Thresholds(),
        found.log,
        found.items,
        found.window,
        found.portfolio,
    )
    before = flow.items(log, window.before)
    cycles, waits, by_state = (
        flow.cycle_time(items, window),
        flow.wait_pareto(log, items, window),
        flow.wip_by_state(items, known),
    )
    leads, streams = flow.lead_time_to_value(items, window), flow.wip_by_stream(items, known)
    expected, law = (
        flow.service_level_expectation(log, items, window, [0.5, limits.stalled_percentile]),
        flow.littles_law(log, window),
    )
    record = flow.record(log, items, window)
    trend = flow.trend(leads, "lead_time_end_at", "lead_time_days", window)
    told: dict[str, Any] = {
        "started_not_finished": say.started_not_finished(items, window, limits),
        "wait_queue": say.wait_queue(waits, limits),
        "local_optimum": say.local_optimum(flow.local_against_system(log, items, window)),
        "stalled_items": say.stalled_items(items, expected, limits),
        "lead_time": say.lead_time(
            leads, flow.lead_time_to_value(before, window.before), record, trend, limits
        ),
        "queue_after_done": say.queue_after_done(flow.queue_after_done(log, items, window), window, limits),
        "wip_limits": say.wip_limits(items, streams, by_state, limits),
        "sensitivity": say.sensitivity(flow.sensitivity(log, items, window)),
        "board": say.board(flow.kanban(items, known)),
        "halved": say.halved(flow.if_halved(log, items, window)),
        "gate": say.gate(flow.wait_pareto(log, items, window, by="gate"), limits),
        "blocked": say.blocked(flow.blocked_now(log, items), items, known),
        "unfinished_needs": say.unfinished_needs(flow.unfinished_needs(known, items), items, known),
        "cumulative_flow": say.cumulative_flow(flow.wip_by_day(log, window), window, limits),
        "service_level_expectation": say.service_level_expectation(expected, cycles, limits),
        "cycle_time": say.cycle_time(cycles, flow.cycle_time(before, window.before), record, limits),
        "throughput": say.throughput(
            items,
            flow.throughput(items, window),
            flow.throughput(before, window.before),
            record,
            window,
            limits,
        ),
        "delivery_gap": say.delivery_gap(
            flow.release_rhythm(items, window, limits.overdue_days), window, limits
        ),
        "overdue": say.overdue(flow.overdue_items(items, window, 10), items, limits),
        "concept_to_customer": say.concept_to_customer(
            flow.concept_to_customer(log, items, window), flow.concept_stages(log, items, window), limits
        ),
        "wip_per_person": say.wip_per_person(streams),
        "rework": say.rework(items, limits),
        "reopened": say.reopened(items, limits),
        "hand_offs": say.hand_offs(items, limits),
        "distribution": say.distribution(flow.distribution(log, items, window), limits),
        "predictability": say.predictability(flow.predictability(known, window), limits),
        "before_after": say.before_after(flow.before_after(log, window.before, window)),
        "littles_law": say.littles_law(law, limits),
        "nothing_finished": say.nothing_finished(items, window),
        "too_few_to_say": say.too_few_to_say(items, limits),
        "slow_decisions": say.slow_decisions(flow.decision_latency(known), limits),
        "flow_efficiency": say.flow_efficiency(items, limits),
        "excluded": say.excluded(items),
    }
    return {name: [said] if isinstance(said, Finding) else list(said) for name, said in told.items()}


def test_no_rule_of_flow_is_forgotten_here() -> None:
    found = every_finding(reviewed(portfolio({}, states=[]), start="2026-01-01", as_of="2026-01-31"))
    forgotten = set(findings.flow.__all__) - {"small", "law_conditions"} - found.keys()
    assert forgotten == set(), "a rule takes a line in every_finding"


def frames_of(found: Small) -> dict[str, pd.DataFrame]:
    log, items, window = found.log, found.items, found.window
    paretos = {
        f"wait pareto by {by}": flow.wait_pareto(log, items, window, by=by)  # type: ignore[arg-type]
        for by in ("state", "function", "gate", "owner", "reason")
    }
    return {
        "log": log.visits,
        "items": items,
        "cumulative flow": flow.cumulative_flow(log, window),
        **paretos,
        "wip": flow.wip_by_day(log, window),
        "weeks": flow.arrivals_departures(log, window),
        "streams": flow.by_stream(log, items, window),
    }


@pytest.mark.slow
@settings(deadline=None, max_examples=6)
@given(
    logs,
    stretches,
    asked,
    st.integers(15 * DAY, 30 * DAY),
    st.integers(0, 9),
    st.lists(st.sampled_from(list(OFFSETS)), min_size=1, max_size=5),
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_as_of_an_instant_all_that_flow_says_is_what_the_rows_up_to_then_say(
    log: list, stretches: list, asked: list, as_of: int, seed: int, offsets: list[str], zone: str
) -> None:
    whole = tables(log, stretches, asked, as_of, seed)
    then, now = read(up_to(whole, as_of), as_of, ["Z"], zone), read(whole, as_of, offsets, zone)
    later_frames, later_findings = frames_of(now), every_finding(now)
    for name, frame in frames_of(then).items():
        pd.testing.assert_frame_equal(later_frames[name], frame, obj=name, check_index_type=False)
    assert [figure.as_json() for figure in now.figures.values()] == [
        figure.as_json() for figure in then.figures.values()
    ]
    for name, told in every_finding(then).items():
        assert json.dumps([f.as_json() for f in later_findings[name]], default=str) == json.dumps(
            [f.as_json() for f in told], default=str
        ), name
