"""What must hold of any log: backward moves, reopenings, equal timestamps, gaps, blockers, mixed offsets."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from flow_small import STATES, Small, portfolio, reviewed, typed
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.findings import flow as findings
from vmo_helpers.measures import flow
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import review_window

FIRST = pd.Timestamp("2024-02-20")  # a leap day and, in Berlin, a change of clocks lie ahead
STEP = pd.Timedelta(hours=1)
DAYS = 60
ENDS = ("done", "cancelled")
NAMES = [str(row["state"]) for row in STATES]
CLASS = {str(row["state"]): str(row["class"]) for row in STATES}
POSITION = {str(row["state"]): int(row["position"]) for row in STATES}
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])
hours = st.one_of(st.just(0), st.integers(0, 90), st.integers(0, 600))
paths = st.lists(st.tuples(hours, st.sampled_from(NAMES)), max_size=9)
logs = st.lists(paths, max_size=5)
stretches = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 1300), st.one_of(st.none(), st.integers(0, 400))), max_size=6
)
quick = settings(deadline=None, max_examples=15)


@dataclass(frozen=True)
class Log:
    """A log as plain Python: the states of each item with their hours, the blockers, and the review of it."""

    paths: list[list[tuple[int, str]]]
    blocked: list[tuple[int, int, int]]
    now: int
    found: Small

    def state_at(self, item: int, hour: float) -> str | None:
        """Where an item stands at an hour: the last of its moves up to then."""
        standing = [state for at, state in self.paths[item] if at <= hour]
        return standing[-1] if standing else None

    def started(self, item: int) -> int | None:
        return next(
            (at for at, state in self.paths[item] if CLASS[state] in ("active", "wait") and at <= self.now),
            None,
        )


def build(
    paths: list[list[tuple[int, str]]],
    blocked: list[tuple[int, int, int | None]],
    now: int,
    zone: str = "UTC",
    start_day: int = 5,
) -> Log:
    timed = []
    for path in paths:
        at = 0
        timed.append([(at := at + gap, state) for gap, state in path])
    rows = [(f"I{item}", FIRST + at * STEP, state) for item, path in enumerate(timed) for at, state in path]
    stretches = [
        (item, begin, begin + length if length is not None else 10**6)
        for item, begin, length in blocked
        if item < len(paths)
    ]
    stretches = [(item, begin, end) for item, begin, end in stretches if end > begin and begin <= now]
    as_of = FIRST + now * STEP
    built = typed(
        str(as_of),
        zone,
        work_items={
            "item_id": [f"I{n}" for n in range(len(paths))],
            "title": ["t"] * len(paths),
            "level": ["epic"] * len(paths),
            "created_at": [FIRST] * len(paths),
            "work_type": ["feature"] * len(paths),
        },
        transitions={
            "item_id": [row[0] for row in rows],
            "at": [row[1] for row in rows],
            "to_state": [row[2] for row in rows],
        },
        states={
            "state": NAMES,
            "class": list(CLASS.values()),
            "position": [float(value) for value in POSITION.values()],
        },
        blockers={
            "item_id": [f"I{item}" for item, _, _ in stretches],
            "from_at": [FIRST + begin * STEP for _, begin, _ in stretches],
            "to_at": [FIRST + end * STEP if end <= now else pd.NaT for _, _, end in stretches],
            "reason": ["r"] * len(stretches),
        },
    )
    window = review_window(
        pd.Timestamp(as_of, tz="UTC").as_unit("us"),
        str((FIRST + start_day * pd.Timedelta(days=1)).date()),
        zone,
    )
    log = flow.read(built)
    return Log(
        timed,
        [(item, begin, min(end, now)) for item, begin, end in stretches],
        now,
        Small(built, window, log, flow.items(log, window)),
    )


random_logs = st.builds(build, logs, stretches, st.integers(200, DAYS * 24), ZONES)


def hour_of(day: pd.Timestamp, log: Log) -> float:
    """The hour at which a day is looked at: just before the next one begins in the portfolio's zone, at the
    latest as-of."""
    ends = (
        (day + pd.Timedelta(days=1))
        .tz_localize(log.found.window.timezone)
        .tz_convert("UTC")
        .tz_localize(None)
    )
    return min((ends - FIRST) / STEP - 1e-9, float(log.now))


@quick
@given(random_logs)
def test_bands_of_the_cumulative_flow_are_the_items_in_each_state_on_each_day(log: Log) -> None:
    frame = flow.cumulative_flow(log.found.log, log.found.window)
    for day, part in frame.groupby("day"):
        standing = [log.state_at(item, hour_of(day, log)) for item in range(len(log.paths))]
        here = part.set_index("state")
        for state in NAMES:
            assert here.loc[state, "in_state"] == standing.count(state)
            past = [
                s
                for s in standing
                if s is not None and CLASS[s] != "cancelled" and POSITION[s] >= POSITION[state]
            ]
            assert here.loc[state, "at_or_past"] == (
                standing.count(state) if CLASS[state] == "cancelled" else len(past)
            )


@quick
@given(random_logs)
def test_work_in_progress_of_a_day_is_what_had_started_and_had_not_ended(log: Log) -> None:
    frame = flow.wip_by_day(log.found.log, log.found.window)
    for day, wip in zip(frame["day"], frame["wip"], strict=True):
        hour = hour_of(day, log)
        going = 0
        for item in range(len(log.paths)):
            start, state = log.started(item), log.state_at(item, hour)
            going += start is not None and start <= hour and state is not None and CLASS[state] not in ENDS
        assert wip == going
    assert (
        frame["wip"].iloc[-1]
        == (log.found.figures["flow.wip"].value or 0)
        == len(flow.work_item_age(log.found.items))
    )  # or unknown


@quick
@given(random_logs)
def test_arrivals_less_departures_are_the_change_of_work_in_progress(log: Log) -> None:
    by_day = flow.wip_by_day(log.found.log, log.found.window)
    assert (by_day["wip"].diff().iloc[1:] == (by_day["arrivals"] - by_day["departures"]).iloc[1:]).all()
    weekly = flow.arrivals_departures(log.found.log, log.found.window)
    change = (
        (weekly["arrivals"] - weekly["departures"])
        .groupby(weekly["state"])
        .transform(lambda moves: moves.shift(-1))
    )
    after = weekly.groupby("state")["in_state"].shift(-1) - weekly["in_state"]
    assert (change.dropna() == after.dropna()).all()
    assert weekly[weekly["state"] == "in progress"]["in_state"].tolist()[-1] == by_day["wip"].iloc[-1]


@quick
@given(random_logs)
def test_an_items_visit_days_add_up_to_its_age(log: Log) -> None:
    items = log.found.items[log.found.items["age_days"].notna()].set_index("item_id")
    parts = items["active_days"] + items["wait_days"] + items["other_days"]
    assert np.allclose(parts, items["age_days"])
    visits = log.found.log.visits
    for item_id, item in items.iterrows():
        mine = visits[(visits["item_id"] == item_id) & (visits["start_at"] >= item["started_at"])]
        assert mine["days"].sum() == pytest.approx(item["age_days"])


@quick
@given(random_logs)
def test_days_of_work_and_wait_are_what_counting_hours_gives(log: Log) -> None:
    items = log.found.items.set_index("item_id")
    for item, path in enumerate(log.paths):
        told = items.loc[f"I{item}"]
        known = [(at, state) for at, state in path if at <= log.now]
        start = log.started(item)
        if not known:
            assert math.isnan(told["active_days"]) and told["status"] == "backlog"
            continue
        end = next(
            (
                at
                for place, (at, _) in enumerate(known)
                if all(CLASS[s] == CLASS[known[-1][1]] for _, s in known[place:])
            ),
            None,
        )
        ended = CLASS[known[-1][1]] in ENDS
        assert told["status"] == {"done": "finished", "cancelled": "cancelled"}.get(
            CLASS[known[-1][1]], "backlog" if start is None else "in_progress"
        )
        if start is None:
            assert told["active_days"] == told["wait_days"] == 0
            continue
        active = wait = 0
        for hour in range(start, min(end, log.now) if ended and end is not None else log.now):
            blocked = any(who == item and begin <= hour < over for who, begin, over in log.blocked)
            kind = CLASS[str(log.state_at(item, hour))]
            active += kind == "active" and not blocked
            wait += kind == "wait" or blocked
        assert told["active_days"] * 24 == pytest.approx(active)
        assert told["wait_days"] * 24 == pytest.approx(wait)


@quick
@given(random_logs)
def test_flow_efficiency_lies_between_nothing_and_all(log: Log) -> None:
    efficiency = log.found.items["flow_efficiency"].dropna()
    assert efficiency.between(0, 1).all()
    finished = log.found.items["status"].eq("finished")
    assert finished[efficiency.index].all()
    pooled = log.found.figures["flow.flow_efficiency"].value
    assert pooled is None or 0 <= pooled <= 1


@quick
@given(random_logs)
def test_causes_of_waiting_add_up_to_all_waiting_whatever_they_are_told_by(log: Log) -> None:
    total = log.found.figures["flow.wait_days"].value
    for by in ("state", "function", "gate", "owner", "reason"):
        frame = flow.wait_pareto(log.found.log, log.found.items, log.found.window, by=by)  # type: ignore[arg-type]
        assert frame["wait_days"].sum() == pytest.approx(total or 0.0)
        assert frame.empty or total == 0 or frame["share"].sum() == pytest.approx(1)


@quick
@given(random_logs)
def test_working_days_never_outrun_elapsed_days(log: Log) -> None:
    working = flow.items(
        flow.read(log.found.portfolio, calendar=Calendar(log.found.window.timezone, (0, 1, 2, 3, 4))),
        log.found.window,
    )
    for column in ("age_days", "cycle_time_days", "active_days", "wait_days", "lead_time_days"):
        both = pd.concat([working[column], log.found.items[column]], axis=1).dropna().to_numpy()
        assert (both[:, 0] <= both[:, 1] + 2).all()
        assert working[column].isna().equals(log.found.items[column].isna())
    going = working[working["age_days"].notna()]
    assert np.allclose(going["active_days"] + going["wait_days"] + going["other_days"], going["age_days"])


@quick
@given(logs, stretches, st.integers(200, 700), st.integers(1, 700), ZONES)
def test_what_happens_later_changes_nothing_that_was_said(
    paths: list, blocked: list, now: int, later: int, zone: str
) -> None:
    then, after = build(paths, blocked, now, zone), build(paths, blocked, now + later, zone)
    cut = after.found.log.cut(then.found.window.end)
    again = flow.items(cut, then.found.window)
    pd.testing.assert_frame_equal(again, then.found.items)
    for measure in (flow.cumulative_flow, flow.wip_by_day, flow.arrivals_departures, flow.littles_law):
        pd.testing.assert_frame_equal(
            measure(cut, then.found.window), measure(then.found.log, then.found.window)
        )


@settings(deadline=None, max_examples=12)
@given(
    logs.filter(lambda log: any(log)),
    st.lists(st.sampled_from(["Z", "+14:00", "-09:30", "+01:00", "+0530"]), min_size=1, max_size=5),
)
def test_rows_added_later_and_other_offsets_change_no_figure_finding_or_frame(
    paths: list, offsets: list[str]
) -> None:
    """A review as of the 6th from the data of the 12th is the one made on the 6th, whatever offsets the
    instants carry."""
    sixth, twelfth = FIRST + pd.Timedelta(days=16), FIRST + pd.Timedelta(days=22)
    rows = []
    for item, path in enumerate(paths):
        at = FIRST
        for place, (gap, state) in enumerate(path):
            at += gap * STEP
            rows.append((f"I{item}", at, state, place))
    spelled = [
        {"item_id": name, "at": _spelled(at, offsets[place % len(offsets)]), "to_state": state, "seq": place}
        for name, at, state, place in sorted(rows, key=lambda row: row[1])
    ]
    plain = [
        {"item_id": name, "at": _spelled(at, "Z"), "to_state": state, "seq": place}
        for name, at, state, place in sorted(rows, key=lambda row: row[1])
    ]
    items = [{"item_id": f"I{n}", "created_at": str(FIRST)} for n in range(len(paths))]
    up_to = {
        day: [
            row
            for row, (_, at, _, _) in zip(plain, sorted(rows, key=lambda row: row[1]), strict=True)
            if at <= day
        ]
        for day in (sixth, twelfth)
    }
    when = f"{sixth.isoformat()}Z"
    said = [
        _said(reviewed(portfolio({}, items, transitions=chosen), start="2024-02-25", as_of=when))
        for chosen in (
            up_to[sixth],
            up_to[twelfth],
            [row for row, known in zip(spelled, plain, strict=True) if known in up_to[twelfth]],
        )
    ]
    assert said[0] == said[1] == said[2]


def _spelled(at: pd.Timestamp, offset: str) -> str:
    zone = "UTC" if offset == "Z" else f"UTC{offset}" if ":" in offset else f"UTC{offset[:3]}:{offset[3:]}"
    local = at.tz_localize("UTC").tz_convert(zone)
    return local.strftime("%Y-%m-%dT%H:%M:%S") + offset


def _said(found: Small) -> str:
    """Figures, findings and frames as the text that a review would write."""
    limits = Thresholds()
    log, items, window = found.log, found.items, found.window
    told = [
        *findings.started_not_finished(items, window, limits),
        *findings.wait_queue(flow.wait_pareto(log, items, window), limits),
        *findings.stalled_items(items, flow.service_level_expectation(log, items, window), limits),
        findings.flow_efficiency(items, limits),
        findings.littles_law(flow.littles_law(log, window), limits),
    ]
    frames = [
        items,
        flow.cumulative_flow(log, window),
        flow.throughput(items, window),
        flow.started_finished(log, items, window),
    ]
    text = json.dumps([figure.as_json() for figure in found.figures.values()]) + json.dumps(
        [finding.as_json() for finding in told], default=str
    )
    assert not any(field.name == "now" for field in dataclasses.fields(found.window))
    return text + "".join(frame.to_csv() for frame in frames)
