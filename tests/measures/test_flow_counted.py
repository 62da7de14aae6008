"""What the package says of a random log is what counting its minutes gives."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest
from flow_counted import CLASS, DAY, ENDS, NAMES, STREAMS, Counted, late_windows, random_logs
from hypothesis import given, settings

from vmo_helpers.measures import flow
from vmo_helpers.window import Window

quick = settings(deadline=None, max_examples=20)
slower = settings(deadline=None, max_examples=10)
MINUTE = pd.Timedelta(minutes=1)


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


@quick
@given(random_logs)
def test_work_wait_and_the_rest_are_the_life_of_an_item_in_the_days_of_its_calendar(log: Counted) -> None:
    items = log.found.items.set_index("item_id")
    visits = log.found.log.visits
    assert len(visits) == sum(len(log.moves(item)) for item in range(len(log.items)))
    for item in range(len(log.items)):
        told, life = items.loc[f"I{item}"], log.life(item)
        assert told["status"] == life.status
        if not log.moves(item):
            assert math.isnan(told["active_days"]) and math.isnan(told["wait_days"])
            continue
        for kind in ("active", "wait", "other", "blocked"):
            assert told[f"{kind}_days"] == close(log.spent(kind, item)), kind
        assert told["blocked_days"] <= told["wait_days"] + 1e-9
        whole = 0.0 if life.start is None else log.days(life.start, life.until)
        assert told["active_days"] + told["wait_days"] + told["other_days"] == close(whole)
        mine = visits[visits["item_id"] == f"I{item}"]
        assert mine["state"].tolist() == [state for _, state in log.moves(item)]
        if life.status == "in_progress":
            assert told["age_days"] == close(whole)
            assert mine.loc[mine["start_at"] >= told["started_at"], "days"].sum() == close(whole)
        else:
            assert math.isnan(told["age_days"])
        assert (
            math.isnan(told["cycle_time_days"])
            if life.status != "finished" or life.start is None
            else (told["cycle_time_days"] == close(whole))
        )


@quick
@given(random_logs)
def test_flow_efficiency_is_work_over_work_and_wait_and_lies_between_nothing_and_all(log: Counted) -> None:
    items, active, total = log.found.items.set_index("item_id"), 0.0, 0.0
    for item in range(len(log.items)):
        life, work, both = (
            log.life(item),
            log.spent("active", item),
            log.spent("active", item) + log.spent("wait", item),
        )
        said = items.loc[f"I{item}", "flow_efficiency"]
        if life.status != "finished" or both < 1e-9:
            assert math.isnan(said)
            continue
        assert 0 <= said <= 1 and said == close(work / both)
        if life.end is not None and life.end >= log.begin:
            active, total = active + work, total + both
    figure = log.found.figures["flow.flow_efficiency"]
    assert figure.value is None if total == 0 else figure.value is not None and 0 <= figure.value <= 1
    assert figure.value is None or figure.value == close(active / total)
    assert (
        figure.low is None
        or figure.high is None
        or 0 <= figure.low <= (figure.value or 0) <= figure.high <= 1
    )


@slower
@given(random_logs)
def test_bands_of_the_cumulative_flow_are_what_stands_in_each_state_on_each_day(log: Counted) -> None:
    frame = flow.cumulative_flow(log.found.log, log.found.window)
    days = list(log.window_days())
    assert frame["day"].drop_duplicates().tolist() == [pd.Timestamp(day) for day, _ in days]
    bands = frame.pivot(index="day", columns="state", values="in_state")
    for day, at in days:
        standing = [log.state_at(item, at) for item in range(len(log.items))]
        assert bands.loc[pd.Timestamp(day), NAMES].tolist() == [standing.count(state) for state in NAMES]
    for day, at in days[:: max(len(days) // 3, 1)] + days[-1:]:
        end = log.found.window.end if at == log.now else log.found.window.end - (log.now - at) * MINUTE
        items = flow.items(
            log.found.log, Window(log.found.window.start, max(end, log.found.window.start), log.zone)
        )
        by_state = flow.wip_by_state(items, log.found.portfolio).set_index("state")
        open_states = [state for state in NAMES if CLASS[state] not in ENDS]
        assert by_state["items"][open_states].tolist() == bands.loc[pd.Timestamp(day), open_states].tolist()
        going = [str(log.state_at(item, at)) for item in range(len(log.items)) if log.in_progress(item, at)]
        assert by_state["wip"][open_states].tolist() == [going.count(state) for state in open_states]


@quick
@given(random_logs)
def test_what_arrives_less_what_departs_is_the_change_of_work_in_progress(log: Counted) -> None:
    frame = flow.wip_by_day(log.found.log, log.found.window)
    before, who = log.begin - 1, range(len(log.items))
    for (day, at), row in zip(log.window_days(), frame.to_dict("records"), strict=True):
        wip, was = (sum(log.in_progress(item, when) for item in who) for when in (at, before))
        assert (row["day"], row["wip"]) == (pd.Timestamp(day), wip)
        assert row["arrivals"] - row["departures"] == wip - was
        moved = {(item, when) for item in who for when, _ in log.moves(item) if before < when <= at}
        turns = [log.in_progress(item, when) - log.in_progress(item, when - 1) for item, when in moved]
        assert (row["arrivals"], row["departures"]) == (turns.count(1), turns.count(-1))
        before = at
    entries: dict[tuple[pd.Timestamp, str], int] = {}
    for item in who:
        for at, state in log.moves(item):
            monday = log.day(at) - dt.timedelta(days=log.day(at).weekday())
            if at >= log.begin:
                entries[pd.Timestamp(monday), state] = entries.get((pd.Timestamp(monday), state), 0) + 1
    weekly = flow.arrivals_departures(log.found.log, log.found.window)
    some = weekly[weekly["state"].isin(NAMES) & (weekly["arrivals"] > 0)]
    assert dict(zip(zip(some["week"], some["state"], strict=True), some["arrivals"], strict=True)) == entries


@slower
@given(random_logs)
def test_money_in_queues_is_split_as_waiting_is_by_every_cause(log: Counted) -> None:
    inside = [part for part in log.stretches if part.kind == "wait" and part.begin >= log.begin]
    weeks = sum(part.end - part.begin for part in inside)
    priced = sum(part.end - part.begin for part in inside if log.items[part.item][2] is not None)
    by_delay = priced > 0 and 2 * priced >= weeks
    basis = "cost of delay" if by_delay else "planned cost standing"
    for by in ("state", "function", "gate", "owner", "reason"):
        days: dict[str, float] = {}
        money: dict[str, float] = {}
        for part in inside:
            cause, length = part.cause(by), (part.end - part.begin) / DAY
            _, cost, delay = log.items[part.item]
            days[cause] = days.get(cause, 0.0) + log.days(part.begin, part.end)
            if by_delay and delay is not None:
                money[cause] = money.get(cause, 0.0) + length / 7 * delay
            elif not by_delay and cost is not None:
                money[cause] = money.get(cause, 0.0) + length / ((log.now - log.begin) / DAY) * cost
        frame = flow.wait_pareto(log.found.log, log.found.items, log.found.window, by=by)  # type: ignore[arg-type]
        frame = frame[frame["wait_days"] > 1e-9].set_index("cause")
        waited = {cause: length for cause, length in days.items() if length > 1e-9}
        assert frame["wait_days"].to_dict() == close_all(waited)
        assert frame["money"].to_dict() == close_all(
            {cause: money.get(cause, math.nan) for cause in waited}
        ), by
        assert not money or set(frame["money_basis"]) <= {basis}
        assert log.found.figures["flow.wait_days"].value in (None, close(sum(days.values())))


@quick
@given(late_windows)
def test_the_curve_of_kaplan_and_meier_is_the_product_of_the_shares_that_stayed_open(log: Counted) -> None:
    seen = []
    for item in range(len(log.items)):
        life = log.life(item)
        if life.start is not None and life.until >= log.begin:
            seen.append((max(log.begin - life.start, 0), life.until - life.start, life.status == "finished"))
    share, curve = 1.0, []
    for age in sorted({age for _, age, finished in seen if finished}):
        at_risk = sum(entry <= age <= left for entry, left, _ in seen)
        share *= 1 - sum(finished and left == age for _, left, finished in seen) / at_risk
        curve.append((age / DAY, 1 - share))
    told = flow.survival_curve(log.found.log, log.found.items, log.found.window)
    assert told["days"].tolist() == pytest.approx([days for days, _ in curve])
    assert told["finished_share"].tolist() == pytest.approx([finished for _, finished in curve], abs=1e-12)


@quick
@given(random_logs)
def test_the_share_that_is_finished_lies_between_nothing_and_all_and_never_falls(log: Counted) -> None:
    told = flow.survival_curve(log.found.log, log.found.items, log.found.window)
    for column in ("finished_share", "low", "high"):
        assert told[column].between(0, 1).all(), column
    assert (
        told["days"].is_monotonic_increasing
        and told["days"].is_unique
        and (told["finished_share"].diff().iloc[1:] >= -1e-12).all()
    )
    assert (told["low"] <= told["finished_share"] + 1e-12).all() and (
        told["finished_share"] <= told["high"] + 1e-12
    ).all()
    expected = flow.service_level_expectation(log.found.log, log.found.items, log.found.window)
    assert expected["days"].dropna().is_monotonic_increasing
    assert (expected["n"] == expected["n_finished"] + expected["n_censored"]).all()


@slower
@given(random_logs)
def test_streams_and_what_is_in_none_add_up_to_all(log: Counted) -> None:
    table = flow.by_stream(log.found.log, log.found.items, log.found.window)
    lives = [log.life(item) for item in range(len(log.items))]

    def counts(stream: str | None, every: bool = False) -> list[float]:
        mine = [item for item in range(len(log.items)) if every or log.items[item][0] == stream]
        started = [item for item in mine if (start := lives[item].start) is not None and start >= log.begin]
        finished = [
            item for item in mine if lives[item].how == "done" and (lives[item].end or 0) >= log.begin
        ]
        going = [item for item in mine if lives[item].status == "in_progress"]
        waited = sum(log.spent("wait", item, inside=True) for item in mine)
        return [len(mine), len(started), len(finished), len(going), waited]

    columns = ["items", "started", "finished", "wip", "wait_days"]
    if not len(log.items):
        assert table.empty
        return
    whole, parts = table.iloc[-1], table.iloc[:-1]
    assert whole["value_stream"] == "All streams" and whole[columns].tolist() == close_list(
        counts(None, every=True)
    )
    assert parts[columns].sum().tolist() == close_list(whole[columns].tolist())
    for row in parts.to_dict("records"):
        stream = row["value_stream_id"] if isinstance(row["value_stream_id"], str) else None
        assert row["value_stream"] == (STREAMS[stream] if stream else "no value stream")
        assert [row[column] for column in columns] == close_list(counts(stream))
    for key in columns:
        assert log.found.figures[f"flow.{key}"].value in (None, close(whole[key]))
    by_stream = flow.wip_by_stream(log.found.items, log.found.portfolio)
    assert by_stream["wip"].sum() == whole["wip"]
    assert flow.release_rhythm(log.found.items, log.found.window)["deliveries"].sum() == whole["finished"]


def close_list(values: list[float]) -> object:
    return pytest.approx(values, rel=1e-9, abs=1e-9)


def close_all(values: dict[str, float]) -> object:
    return pytest.approx(values, rel=1e-9, abs=1e-9, nan_ok=True)
