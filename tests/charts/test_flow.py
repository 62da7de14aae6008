"""Charts of flow, tested by the numbers that their specifications carry."""

import inspect
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import altair
import numpy as np
import pandas as pd
import pytest

from tests.charts import frames, read
from vmo_helpers import measures
from vmo_helpers.charts import canvas, flow, theme

ALT = "Half of all waiting is for one queue"
DAY = pd.Timestamp
Draw = Callable[..., altair.LayerChart]


def _scatter(n: int, **more: Any) -> altair.LayerChart:
    return flow.cycle_time_scatter(
        frames.finished(n), alt=ALT, lines=frames.lines(), alarm_after_days=148.0, **more
    )


def _aging(n: int, **more: Any) -> altair.LayerChart:
    ages = frames.ages(n)
    return flow.aging_wip(
        ages,
        frames.states(ages),
        alt=ALT,
        lines=frames.lines(),
        alarm_after_days=148.0,
        currency="EUR",
        **more,
    )


def _streams(n: int) -> pd.DataFrame:
    names = [f"Stream {place}" for place in range(n)]
    return pd.DataFrame(
        {
            "value_stream": names,
            "wip": range(n, 0, -1),
            "wip_limit": 3.0,
            "people": 5.0,
            "wip_per_person": 0.4,
        }
    )


def _weeks(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "week": pd.date_range("2025-11-03", periods=n, freq="W-MON"),
            "finished": np.arange(n) % 4,
            "whole": np.arange(n) < n - 1,
        }
    )


def _rhythm(n: int) -> altair.LayerChart:
    done = frames.finished(n).rename(columns={"finished_at": "lead_time_end_at"})
    summary = pd.DataFrame(
        {
            "value_stream_id": ["C", "S", "N"],
            "value_stream": ["Checkout", "Stores", "Nobody"],
            "deliveries": [n, n, 0],
            "gap_p50_days": [9.0, np.nan, np.nan],
            "since_last_days": [3.0, 200.0, np.nan],
        }
    )
    return flow.release_rhythm(
        summary,
        done,
        alt=ALT,
        first_day=DAY("2025-11-01"),
        last_day=DAY("2026-10-31"),
        loud=["S", "N"],
        delivery_gap_days=90,
    )


def _periods(n: int) -> pd.DataFrame:
    months = pd.date_range("2025-01-01", periods=n, freq="MS")
    return pd.DataFrame(
        [(month, kind, 3) for month in months for kind in ("feature", "run")],
        columns=["period", "work_type", "finished"],
    )


def _bins(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"low_days": np.arange(n) * 10.0, "high_days": np.arange(1, n + 1) * 10.0, "items": np.arange(n) + 1}
    )


def _curve(n: int) -> pd.DataFrame:
    share = (np.arange(n) + 1) / (n + 1)
    return pd.DataFrame(
        {
            "days": np.arange(n) + 1.0,
            "finished_share": share,
            "low": share * 0.9,
            "high": np.minimum(1, share * 1.1),
        }
    )


def _law() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "mean_wip": [37.0],
            "throughput_per_day": [0.12],
            "mean_cycle_time_days": [140.0],
            "expected_wip": [16.8],
        }
    )


def _intervals(n: int) -> pd.DataFrame:
    share = np.linspace(0.7, 1.1, n)
    return pd.DataFrame(
        {
            "pi": [f"PI 26.{k}" for k in range(n)],
            "planned_value": 40.0,
            "actual_value": share * 40,
            "predictability": share,
        }
    )


def _stages(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"stage": [f"stage {k}" for k in range(n)], "mean_days": np.arange(n) + 1.0, "share": 1 / n}
    )


def _conventions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "convention": ["start to finish, pooled", "the median item", "from request"],
            "flow_efficiency": [0.2185, 0.2021, np.nan],
            "used": [True, False, False],
        }
    )


def _reasons(n: int) -> pd.DataFrame:
    days = np.arange(n, 0, -1) * 10.0
    return pd.DataFrame(
        {
            "reason": [f"Reason {k}" for k in range(n)],
            "blocked_days": days,
            "share": days / 1000,
            "blocks": 2,
            "items": 2,
            "open_now": [1] + [0] * (n - 1),
        }
    )


def _limited(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"cause": [f"limit {place}" for place in range(min(n, 4))], "days": np.linspace(180, 120, min(n, 4))}
    )


def _streams_apart(n: int) -> pd.DataFrame:
    """Two streams, each with a length of time that is known and one that is not."""
    lengths = pd.Series([180.0, 140.0, np.nan, 90.0])
    every = pd.DataFrame(
        {
            "figure": ["Lead time", "Lead time", "Cycle time", "Cycle time"],
            "value_stream": ["Checkout", "Stores"] * 2,
            "value": lengths,
            "low": lengths * 0.7,
            "high": lengths * 1.4,
            "n": [17, 12, 2, 9],
        }
    )
    return every.head(n)


def _queue(n: int, **more: Any) -> altair.LayerChart:
    waited = frames.finished(n).rename(columns={"cycle_time_days": "queue_days"})
    dots = waited.assign(row=waited["value_stream"], items=1)
    streams = pd.DataFrame(
        {
            "value_stream": ["Checkout", "Stores", "Returns"],
            "items": [17, 12, 1],
            "p50_days": [39.2, 0.0, np.nan],
        }
    )
    return flow.queue_after_done(dots, streams, alt=ALT, queue_after_done_days=120.0, **more)


def _held(n: int) -> pd.DataFrame:
    counts = np.arange(n, 0, -1)
    frame = pd.DataFrame(
        {
            "state_or_stream": [f"State {k}" for k in range(n)],
            "limit_of": "state",
            "wip": counts,
            "wip_limit": 8.0,
        }
    )
    return frame.assign(over=(frame["wip"] - frame["wip_limit"]).clip(lower=0))


CHARTS: dict[str, Callable[[int], altair.LayerChart]] = {
    "started_finished": lambda n: flow.started_finished(
        frames.steps(n), alt=ALT, unit="epics", stretch=(DAY("2025-11-03"), DAY("2025-12-01"))
    ),
    "throughput": lambda n: flow.throughput(_weeks(n), alt=ALT, value=1.5),
    "wip_by_day": lambda n: flow.wip_by_day(
        pd.DataFrame({"day": pd.date_range("2025-11-03", periods=n), "wip": np.arange(n) % 40}),
        alt=ALT,
        limit=30,
    ),
    "wait_pareto": lambda n: flow.wait_pareto(
        frames.pareto(n), alt=ALT, currency="EUR", loud=frames.pareto(n)["cause"][:1].tolist()
    ),
    "blocked_reasons": lambda n: flow.blocked_reasons(_reasons(n), alt=ALT),
    "aging_wip": _aging,
    "cycle_time_scatter": _scatter,
    "lead_time_scatter": lambda n: flow.lead_time_scatter(
        frames.finished(n).rename(
            columns={"finished_at": "lead_time_end_at", "cycle_time_days": "lead_time_days"}
        ),
        alt=ALT,
        lines=frames.lines(),
    ),
    "cumulative_flow": lambda n: flow.cumulative_flow(frames.bands(n), alt=ALT),
    "flow_distribution": lambda n: flow.flow_distribution(
        _periods(n), alt=ALT, shares=pd.DataFrame({"work_type": ["feature", "run"], "share": [0.5, 0.5]})
    ),
    "kanban": lambda n: flow.kanban(
        frames.columns(n), frames.cards(frames.columns(n)), alt=ALT, alarm_after_days=148.0
    ),
    "wip_by_stream": lambda n: flow.wip_by_stream(_streams(n), alt=ALT),
    "wip_by_state": lambda n: flow.wip_by_state(frames.states(frames.ages(n)), alt=ALT),
    "cycle_time_distribution": lambda n: flow.cycle_time_distribution(
        _bins(min(n, 24)), alt=ALT, lines=frames.lines()
    ),
    "service_level_survival": lambda n: flow.service_level_survival(_curve(n), alt=ALT, lines=frames.lines()),
    "stage_change": lambda n: flow.stage_change(frames.changes(), alt=ALT),
    "before_after": lambda n: flow.before_after(frames.changes(), alt=ALT),
    "littles_law": lambda n: flow.littles_law(_law(), alt=ALT),
    "sensitivity": lambda n: flow.sensitivity(_conventions(), alt=ALT),
    "predictability": lambda n: flow.predictability(
        _intervals(min(n, 40)), alt=ALT, value=0.9, predictability_low=0.8
    ),
    "concept_to_customer": lambda n: flow.concept_to_customer(_stages(min(n, 14)), alt=ALT),
    "queue_after_done": _queue,
    "wip_limits": lambda n: flow.wip_limits(_held(n), alt=ALT, unit="epics"),
    "release_rhythm": _rhythm,
    "time_in_progress": lambda n: flow.time_in_progress(_limited(n), alt=ALT),
    "two_streams": lambda n: flow.two_streams(_streams_apart(n), alt=ALT),
}

EMPTY: dict[str, Callable[[], altair.LayerChart]] = {
    "started_finished": lambda: flow.started_finished(frames.steps(0), alt=ALT),
    "throughput": lambda: flow.throughput(_weeks(1).head(0), alt=ALT),
    "wip_by_day": lambda: flow.wip_by_day(pd.DataFrame({"day": pd.DatetimeIndex([]), "wip": []}), alt=ALT),
    "wait_pareto": lambda: flow.wait_pareto(frames.pareto(1).head(0), alt=ALT),
    "blocked_reasons": lambda: flow.blocked_reasons(_reasons(1).head(0), alt=ALT),
    "aging_wip": lambda: flow.aging_wip(frames.ages(0), frames.states(frames.ages(0)), alt=ALT),
    "cycle_time_scatter": lambda: flow.cycle_time_scatter(frames.finished(0), alt=ALT),
    "cumulative_flow": lambda: flow.cumulative_flow(frames.bands(0), alt=ALT),
    "flow_distribution": lambda: flow.flow_distribution(_periods(0), alt=ALT),
    "kanban": lambda: flow.kanban(frames.columns(0).assign(items=0), None, alt=ALT),
    "wip_by_stream": lambda: flow.wip_by_stream(_streams(0), alt=ALT),
    "wip_by_state": lambda: flow.wip_by_state(frames.states(frames.ages(0)), alt=ALT),
    "cycle_time_distribution": lambda: flow.cycle_time_distribution(_bins(0), alt=ALT),
    "service_level_survival": lambda: flow.service_level_survival(_curve(0), alt=ALT),
    "stage_change": lambda: flow.stage_change(frames.changes().assign(change_days=np.nan), alt=ALT),
    "before_after": lambda: flow.before_after(frames.changes().head(0), alt=ALT),
    "littles_law": lambda: flow.littles_law(_law().head(0), alt=ALT),
    "sensitivity": lambda: flow.sensitivity(_conventions().head(0), alt=ALT),
    "predictability": lambda: flow.predictability(_intervals(0), alt=ALT),
    "concept_to_customer": lambda: flow.concept_to_customer(_stages(1).head(0), alt=ALT),
    "queue_after_done": lambda: _queue(0),
    "wip_limits": lambda: flow.wip_limits(_held(0), alt=ALT),
    "time_in_progress": lambda: flow.time_in_progress(_limited(0), alt=ALT),
    "two_streams": lambda: flow.two_streams(_streams_apart(0), alt=ALT),
}

every_chart = pytest.mark.parametrize("name", list(CHARTS))


@cache
def _spec(name: str, items: int = 40) -> read.Spec:
    return dict(CHARTS[name](items).to_dict(validate=items == 40))


def test_every_chart_of_flow_is_tested_here() -> None:
    assert set(CHARTS) == set(flow.__all__)


@every_chart
def test_a_chart_says_its_takeaway_and_fills_its_column(name: str) -> None:
    spec = _spec(name)
    assert spec["description"] == ALT
    assert spec["width"] == "container"
    assert spec["height"] > 50


@every_chart
def test_every_chart_asks_for_an_alt_text_by_name(name: str) -> None:
    assert inspect.signature(getattr(flow, name)).parameters["alt"].default is inspect.Parameter.empty


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_a_chart_without_an_alt_text_is_refused(empty: str) -> None:
    with pytest.raises(ValueError, match="alt text"):
        flow.wait_pareto(frames.pareto(1), alt=empty)
    with pytest.raises(ValueError, match="alt text"):
        flow.wait_pareto(frames.pareto(1).head(0), alt=empty)


@every_chart
def test_a_chart_aggregates_nothing_and_knows_no_field_but_its_own(name: str) -> None:
    found = list(read.walk(_spec(name)))
    assert not [
        key
        for key, _ in found
        if key in {"aggregate", "joinaggregate", "bin", "calculate", "lookup", "timeUnit"}
    ]
    fields = {value for key, value in found if key == "field"}
    assert all(re.fullmatch(r"[a-z0-9_]+", field) for field in fields)


@every_chart
def test_a_chart_drawn_twice_is_the_same_to_the_byte(name: str) -> None:
    first, second = (json.dumps(spec) for spec in (_spec(name), CHARTS[name](40).to_dict(validate=False)))
    assert first == second
    assert not re.search(r'"(param|view|concat)_\d+"', first)


@every_chart
@pytest.mark.parametrize(("items", "width"), [(1, 350), (5, 1000), (400, 350)])
def test_one_five_and_four_hundred_items_are_drawn_wide_and_narrow(name: str, items: int, width: int) -> None:
    spec = _spec(name, items)
    svg = read.drawn(spec, width)
    assert "NaN" not in svg
    size = re.search(r'<svg[^>]* width="(\d+)"', svg)
    assert size is not None and int(size[1]) == width
    assert len(json.dumps(spec)) < 320_000


@pytest.mark.parametrize("name", list(EMPTY))
def test_nothing_to_draw_is_said_in_words_that_fit_a_telephone(name: str) -> None:
    spec = dict(EMPTY[name]().to_dict())
    words = read.texts(spec)
    assert len(words) == 1
    assert words[0].startswith("Nothing to draw:\n")
    assert max(len(line) for line in words[0].splitlines()) <= 50
    assert spec["description"] == ALT


@pytest.mark.parametrize("why", ["no comparison: records begin on 27 September 2024", None])
@pytest.mark.parametrize("chart", [flow.stage_change, flow.before_after])
def test_windows_that_cannot_be_compared_say_why_as_their_title_does(
    chart: Callable[..., altair.LayerChart], why: str | None
) -> None:
    unknown = frames.changes().assign(before_days=np.nan, change_days=np.nan, why=[why, None, None, None])
    words = read.texts(dict(chart(unknown, alt=ALT).to_dict()))
    assert words == [f"Nothing to draw:\n{why or 'too few items in a window to compare'}."]


@every_chart
def test_no_chart_has_a_second_axis_a_pie_or_a_rainbow(name: str) -> None:
    spec = _spec(name)
    assert not read.of_type(spec, "arc")
    assert "resolve" not in spec
    hues = {
        value.upper()
        for _, value in read.walk(spec)
        if isinstance(value, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", value)
    }
    loud = {colour.upper() for colour in (theme.ALARM, theme.ACCENT)}
    assert len(hues & loud) <= 2


def test_bars_of_the_wait_pareto_are_its_days_from_zero() -> None:
    spec = _spec("wait_pareto", 7)
    (bars,) = read.of_type(spec, "bar")
    assert [row["value"] for row in bars["rows"]] == [
        round(days, 2) for days in frames.pareto(7)["wait_days"]
    ]
    assert bars["encoding"]["x2"]["datum"] == 0
    assert bars["encoding"]["x"]["scale"]["domain"][0] == 0
    assert bars["encoding"]["x"]["axis"]["title"] == "days waited in the window"


def test_queues_that_are_raised_alone_are_in_the_alarm_colour() -> None:
    (bars,) = read.of_type(_spec("wait_pareto", 7), "bar")
    assert [row["tone"] for row in bars["rows"]] == ["alarm"] + ["plain"] * 6
    alarm = next(part for part in bars["encoding"]["color"]["condition"] if "'alarm'" in part["test"])
    assert alarm["value"] == theme.ALARM


def test_a_queue_says_its_share_its_days_and_its_money() -> None:
    frame = pd.DataFrame(
        {"cause": ["Legal"], "wait_days": [1530.4], "share": [0.19], "items": [12], "money": [2.8e6]}
    )
    words = read.texts(dict(flow.wait_pareto(frame, alt=ALT, currency="EUR").to_dict()))
    assert "19 % · 1,530 days · EUR 2.8 M" in words
    assert "19 % · EUR 2.8 M" in words


def test_rows_beyond_fourteen_are_counted_and_left_to_the_table() -> None:
    spec = _spec("wait_pareto", 37)
    assert len(read.of_type(spec, "bar")[0]["rows"]) == 14
    assert "The first 14 of 37; all are in the table" in read.texts(spec)


def test_a_percentile_is_drawn_where_the_measure_says_and_said_in_words() -> None:
    spec = _spec("aging_wip")
    assert set(read.values(spec, "rule", "value")) == {71.0, 148.0}
    words = read.texts(spec)
    assert "85 % took less than 148 days" in words
    assert "85 %: 148 days" in words


def test_every_item_in_progress_is_one_dot_at_its_age_and_old_ones_alarm() -> None:
    ages = frames.ages(60)
    dots = read.of_type(_spec("aging_wip", 60), "circle")[0]["rows"]
    assert sorted(row["age"] for row in dots) == sorted(ages["age_days"].round(1))
    assert {row["tone"] for row in dots if row["age"] > 148} == {"alarm"}
    assert {row["tone"] for row in dots if row["age"] <= 148} == {"plain"}


def test_dots_of_one_age_and_state_do_not_cover_one_another() -> None:
    ages = frames.ages(30).assign(state="Building", age_days=100.0)
    spec = dict(flow.aging_wip(ages.head(8), frames.states(ages), alt=ALT).to_dict())
    places = sorted(row["row"] for row in read.of_type(spec, "circle")[0]["rows"])
    assert min(np.diff(places)) >= 9


def test_dots_of_neighbouring_ages_do_not_cover_one_another_on_a_telephone() -> None:
    ages = frames.ages(40).assign(state="Building", age_days=np.linspace(10, 400, 40))
    spec = dict(flow.aging_wip(ages, frames.states(ages), alt=ALT).to_dict())
    dots = pd.DataFrame(read.of_type(spec, "circle")[0]["rows"])
    x, y = dots["age"].to_numpy() / (400 * 1.03) * 300, dots["row"].to_numpy()
    apart = np.hypot(x[:, None] - x, y[:, None] - y)[~np.eye(len(dots), dtype=bool)]
    assert apart.min() >= 8.9


def test_every_delivery_is_a_dot_in_its_stream_and_those_from_the_line_on_alarm() -> None:
    waited = frames.finished(60)["cycle_time_days"]
    spec = _spec("queue_after_done", 60)
    dots = read.of_type(spec, "circle")[0]["rows"]
    assert sorted(row["days"] for row in dots) == sorted(waited.round(1))
    assert sum(row["tone"] == "alarm" for row in dots) == int((waited >= 120).sum()) > 0
    assert set(read.values(spec, "rule", "value")) == {120.0}
    assert "120 days" in read.texts(spec)


def test_a_delivery_that_waited_as_long_as_the_line_is_counted_as_the_title_counts_it() -> None:
    dots = (
        frames.finished(3)
        .rename(columns={"cycle_time_days": "queue_days"})
        .assign(row="Stores", items=1, queue_days=[119.9, 120.0, 0])
    )
    streams = pd.DataFrame({"value_stream": ["Stores"], "items": [3], "p50_days": [np.nan]})
    rows = read.of_type(
        dict(flow.queue_after_done(dots, streams, alt=ALT, queue_after_done_days=120.0).to_dict()), "circle"
    )[0]["rows"]
    assert {row["days"]: row["tone"] for row in rows} == {119.9: "plain", 120.0: "alarm", 0.0: "plain"}


def test_a_stream_says_its_deliveries_and_their_median_as_a_person_would() -> None:
    words = read.texts(_spec("queue_after_done"))
    assert {
        "17 deliveries · half within 39 days",
        "17 · half within 39 days",
        "12 deliveries · half at once",
        "1 delivery",
    } <= set(words)


def test_a_title_of_the_median_has_its_line() -> None:
    spec = dict(_queue(40, half_days=6.0).to_dict())
    assert set(read.values(spec, "rule", "value")) == {120.0, 6.0}
    assert "half waited under 6 days" in read.texts(spec)
    assert "half waited no time" in read.texts(dict(_queue(40, half_days=0.0).to_dict()))


def test_where_nothing_waited_the_dots_stand_at_zero_far_from_the_line() -> None:
    streams = pd.DataFrame({"value_stream": ["Stores"], "items": [4_000], "p50_days": [0.0]})
    bins = {
        "item_id": [""],
        "title": ["4,000 items"],
        "value_stream": ["Stores"],
        "row": ["Stores"],
        "queue_days": [0.0],
        "items": [4_000],
    }
    spec = dict(
        flow.queue_after_done(pd.DataFrame(bins), streams, alt=ALT, queue_after_done_days=120.0).to_dict()
    )
    (dots,) = read.of_type(spec, "circle")
    assert [(row["days"], row["items"], row["tone"]) for row in dots["rows"]] == [(0.0, 4_000, "plain")]
    assert dots["encoding"]["x"]["scale"]["domain"] == [0, pytest.approx(123.6)]
    assert dots["encoding"]["size"]["field"] == "items"
    assert "larger: more deliveries" in dots["encoding"]["x"]["axis"]["title"]


def test_each_mark_beyond_a_limit_is_one_item_over_it_in_the_alarm_colour() -> None:
    spec = _spec("wip_limits", 10)
    (marks,) = read.of_type(spec, "bar")
    by_row = pd.DataFrame(marks["rows"]).groupby("row")["tone"].value_counts().unstack(fill_value=0)
    assert by_row["alarm"].tolist() == [2, 1] + [0] * 8
    assert by_row.sum(axis=1).tolist() == list(range(10, 0, -1))
    (ticks,) = read.of_type(spec, "tick")
    assert [row["limit"] for row in ticks["rows"]] == [8] * 10
    rows = {
        row["label"]: row for layer in read.of_type(spec, "text") for row in layer["rows"] if "label" in row
    }
    assert (rows["State 0"]["note"], rows["State 0"]["tone"]) == ("10 of 8, 2 over", "alarm")
    assert (rows["State 2"]["note"], rows["State 2"]["tone"]) == ("8 of 8", "plain")
    assert {"within the limit", "over it", "the limit"} <= set(read.texts(spec))


def test_limits_that_are_all_kept_are_grey_and_speak_of_nothing_over() -> None:
    spec = _spec("wip_limits", 8)
    assert {row["tone"] for row in read.of_type(spec, "bar")[0]["rows"]} == {"plain"}
    assert not any("over" in text for text in read.texts(spec))


def test_of_many_limits_twelve_are_drawn_and_hundreds_of_items_are_bars() -> None:
    spec = _spec("wip_limits", 400)
    assert len(read.of_type(spec, "tick")[0]["rows"]) == 12
    assert "The first 12 of 400; all are in the table" in read.texts(spec)
    bars = read.of_type(spec, "bar")[0]["rows"]
    assert [(row["from"], row["to"], row["tone"]) for row in bars[:2]] == [(0, 8, "plain"), (8, 400, "alarm")]


def test_a_state_over_its_limit_says_so_in_words_and_in_the_alarm_colour() -> None:
    ages = frames.ages(40)
    spec = dict(flow.aging_wip(ages, frames.states(ages), alt=ALT).to_dict())
    rows = {
        row["label"]: row for layer in read.of_type(spec, "text") for row in layer["rows"] if "label" in row
    }
    assert rows["Legal review"]["note"] == "8 of limit 4"
    assert rows["Legal review"]["tone"] == "alarm"
    assert rows["Building"]["note"] == "8 in progress"
    assert rows["Building"]["tone"] == "plain"


def test_started_and_finished_end_with_their_names_and_counts_apart() -> None:
    spec = _spec("started_finished", 200)
    ends = [
        row
        for layer in read.of_type(spec, "text")
        for row in layer["rows"]
        if str(row.get("text", "")).startswith(("started", "finished"))
    ]
    assert [row["text"] for row in ends] == ["started 100", "finished 50"]
    assert abs(ends[0]["at"] - ends[1]["at"]) >= 17


def test_labels_of_lines_that_end_together_are_moved_apart() -> None:
    frame = frames.steps(50).assign(finished=lambda rows: rows["started"])
    spec = dict(flow.started_finished(frame, alt=ALT).to_dict())
    at = [
        row["at"]
        for layer in read.of_type(spec, "text")
        for row in layer["rows"]
        if str(row.get("text", "")).startswith(("started", "finished"))
    ]
    assert abs(at[0] - at[1]) == pytest.approx(17)


def test_the_longest_time_without_a_finish_is_marked_and_said() -> None:
    stretch = (DAY("2025-12-01"), DAY("2026-02-13"))
    spec = dict(flow.started_finished(frames.steps(200), alt=ALT, stretch=stretch).to_dict())
    marked = [row for layer in read.of_type(spec, "rule") for row in layer["rows"] if "to" in row]
    assert [(row["day"], row["to"]) for row in marked] == [("2025-12-01", "2026-02-13")]
    assert "nothing finished for 74 days, from 1 December 2025" in read.texts(spec)


def test_a_week_that_is_not_over_is_outlined_and_named() -> None:
    spec = _spec("throughput", 20)
    whole, cut = read.of_type(spec, "bar")
    assert whole["transform"][0]["filter"] == "datum.whole"
    assert cut["transform"][0]["filter"] == "!datum.whole"
    assert cut["mark"]["color"] == theme.PAPER
    assert [row["finished"] for row in whole["rows"]] == [n % 4 for n in range(20)]
    assert "week not over" in read.texts(spec)


def test_bands_stack_to_the_items_on_the_board_and_finished_work_counts_from_the_first_day() -> None:
    spec = _spec("cumulative_flow", 100)
    areas = read.of_type(spec, "area")
    assert len(areas) == 6
    last = [layer["rows"][-1] for layer in areas]
    assert last[0]["lower"] == 0
    assert [lower["upper"] for lower in last[:-1]] == [upper["lower"] for upper in last[1:]]
    assert last[0]["upper"] == 99 // 9
    assert last[-1]["upper"] == 99 // 9 + 1 + 2 + 3 + 4 + 5
    assert not any("Dropped" in text for text in read.texts(spec))


def test_waiting_states_are_tinted_and_worked_states_are_not() -> None:
    colours = [layer["mark"]["color"] for layer in read.of_type(_spec("cumulative_flow", 100), "area")]
    assert len(set(colours)) == 3
    assert colours[1] == colours[3] == colours[5] != colours[2] == colours[4]


def test_a_dot_stands_on_its_day_in_the_portfolio_s_zone() -> None:
    frame = frames.finished(1).assign(finished_at=pd.to_datetime(["2026-03-14T23:30Z"]))
    spec = dict(flow.cycle_time_scatter(frame, alt=ALT, timezone="Europe/Berlin").to_dict())
    (dot,) = read.of_type(spec, "circle")[0]["rows"]
    assert dot["day"] == "2026-03-15T00:30Z"
    assert "15 March 2026" in dot.values()


def _below(chart: altair.LayerChart) -> str:
    return str(chart.to_dict().get("title", {}).get("text", ""))


def test_more_than_a_chart_can_hold_is_cut_and_said_and_what_it_holds_is_not() -> None:
    scatter = [flow.cycle_time_scatter(frames.finished(n), alt=ALT) for n in (2_000, 2_001)]
    aging = [flow.aging_wip(frames.ages(n), frames.states(frames.ages(5)), alt=ALT) for n in (300, 301)]
    assert [_below(chart) for chart in scatter] == ["", "The last 2,000 of 2,001; all are in the table"]
    assert [_below(chart) for chart in aging] == ["", "The first 300 of 301; all are in the table"]
    assert len(read.of_type(dict(scatter[1].to_dict()), "circle")[0]["rows"]) == 2_000


def test_of_many_planning_intervals_the_last_forty_are_drawn() -> None:
    kept = pd.DataFrame({"pi": [f"PI {n}" for n in range(45)], "planned_value": 10.0, "actual_value": 8.0})
    chart = flow.predictability(kept.assign(predictability=0.8), alt=ALT, predictability_low=0.8)
    bars = read.of_type(dict(chart.to_dict()), "bar")[0]["rows"]
    assert (len(bars), bars[0]["name"], bars[-1]["name"]) == (40, "PI 5", "PI 44")
    assert _below(chart) == "The last 40 of 45; all are in the table"


def test_of_many_weeks_the_last_ones_are_drawn() -> None:
    weeks = pd.DataFrame({"week": pd.date_range("1980-01-07", periods=2_410, freq="7D"), "whole": True})
    chart = flow.throughput(weeks.assign(finished=range(2_410)), alt=ALT)
    assert read.of_type(dict(chart.to_dict()), "bar")[0]["rows"][0]["finished"] == 410
    assert _below(chart) == "The last 2,000 of 2,410; all are in the table"


def test_a_way_of_many_stages_is_drawn_as_far_as_there_is_room() -> None:
    ways = pd.DataFrame({"stage": [f"Stage {n}" for n in range(20)], "mean_days": 2.0, "share": 0.05})
    spec = dict(flow.concept_to_customer(ways, alt=ALT).to_dict())
    assert [(row["from"], row["to"]) for row in read.of_type(spec, "bar")[0]["rows"]][-1] == (26, 28)
    assert "The first 14 of 20; all are in the table" in read.texts(spec)


def test_a_board_of_many_columns_shows_those_that_hold_something_and_says_so() -> None:
    board = pd.DataFrame({"column": [f"C{n}" for n in range(60)], "order": range(60), "wip_limit": np.nan})
    board = board.assign(items=[0] * 30 + [2] * 30, oldest_age_days=5.0)
    spec = dict(flow.kanban(board, alt=ALT).to_dict())
    assert {row["label"] for row in read.of_type(spec, "bar")[0]["rows"]} == {f"C{n}" for n in range(30, 44)}
    assert "The first 14 of 30; all are in the table" in read.texts(spec)


def test_a_board_of_many_states_is_drawn_by_their_class_and_nothing_is_lost() -> None:
    days = pd.date_range("2026-01-01", periods=3).repeat(50)
    board = pd.DataFrame({"day": days, "state": [f"S{n}" for n in range(50)] * 3, "in_state": 2})
    board = board.assign(position=[*range(50)] * 3, at_or_past=2, state_class=["active", "wait"] * 75)
    assert measures.flow.bands(board[board["position"] < 40]).equals(board[board["position"] < 40])
    chart = flow.cumulative_flow(measures.flow.bands(board), alt=ALT)
    bands = read.of_type(dict(chart.to_dict()), "area")
    assert [max(row["upper"] for row in band["rows"]) for band in bands] == [50, 100]
    assert _below(chart) == "50 states, added up by class"


def test_a_bin_is_a_dot_whose_area_is_its_items() -> None:
    spec = dict(flow.cycle_time_scatter(frames.finished(30).assign(items=range(1, 31)), alt=ALT).to_dict())
    dots = read.of_type(spec, "circle")[0]
    assert dots["encoding"]["size"]["field"] == "items"
    assert sorted(row["items"] for row in dots["rows"]) == list(range(1, 31))


def test_a_chart_pressed_to_the_floor_by_one_long_item_becomes_logarithmic_and_says_so() -> None:
    frame = frames.finished(60)
    frame.loc[0, "cycle_time_days"] = 9_000.0
    spec = dict(flow.cycle_time_scatter(frame, alt=ALT, lines=frames.lines()).to_dict())
    axis = read.of_type(spec, "circle")[0]["encoding"]["y"]
    assert axis["scale"]["type"] == "log"
    assert "logarithmic" in axis["axis"]["title"]
    linear = read.of_type(_spec("cycle_time_scatter"), "circle")[0]["encoding"]["y"]
    assert linear["scale"]["type"] == "linear"
    assert linear["scale"]["domain"][0] == 0


def test_a_list_below_the_scatter_shows_one_value_stream_alone() -> None:
    spec = _spec("cycle_time_scatter")
    (stream,) = spec["params"]
    streams = sorted(set(frames.finished(40)["value_stream"]))
    assert stream["name"] == "stream"
    assert stream["bind"] == {
        "input": "select",
        "name": "Show ",
        "options": [None, *streams],
        "labels": ["all value streams", *streams],
    }
    assert stream["select"]["fields"] == ["stream"]
    assert stream["views"] == ["items"]
    assert "field" not in read.of_type(spec, "circle")[0]["encoding"]["color"]
    alone = flow.cycle_time_scatter(frames.finished(40).assign(value_stream="Stores"), alt=ALT).to_dict()
    assert "bind" not in alone["params"][0]


def test_the_window_before_is_a_lighter_line_that_says_so_beside_it() -> None:
    before = pd.DataFrame({"quantile": [0.85], "days": [130.0]})
    trend = pd.DataFrame({"day": pd.to_datetime(["2026-03-01", "2026-03-08"]), "days": [150.0, 140.0]})
    spec = dict(
        flow.cycle_time_scatter(
            frames.finished(40), alt=ALT, lines=frames.lines(), before=before, trend=trend
        ).to_dict()
    )
    earlier, now = read.of_type(spec, "rule")
    assert [row["days"] for row in earlier["rows"]] == [130.0]
    assert earlier["mark"]["color"] == theme.FAINT and earlier["mark"]["strokeDash"] == [1, 0]
    assert [row["days"] for row in now["rows"]] == frames.lines()["days"].tolist() and "color" not in now[
        "mark"
    ]
    assert {"85 % before: 130 days", "before: 130 days", "trend, now 140 days", "trend: 140 days"} <= set(
        read.texts(spec)
    )


@pytest.mark.parametrize("before", [None, pd.DataFrame({"quantile": [0.85], "days": [np.nan]})])
def test_a_window_before_that_is_not_known_draws_no_line(before: pd.DataFrame | None) -> None:
    spec = dict(
        flow.cycle_time_scatter(frames.finished(40), alt=ALT, lines=frames.lines(), before=before).to_dict()
    )
    assert len(read.of_type(spec, "rule")) == 1
    assert not any("before" in text for text in read.texts(spec))


def test_each_card_of_the_board_is_one_item_and_finished_work_is_only_counted() -> None:
    board = frames.columns(8)
    spec = _spec("kanban", 8)
    drawn = read.of_type(spec, "bar")
    cards = [row for layer in drawn for row in layer["rows"] if "from" in row]
    assert len(cards) == int(board.loc[~board["done"], "items"].sum())
    bars = [row for layer in drawn for row in layer["rows"] if row.get("value") is not None]
    assert not bars
    assert "90 finished" in read.texts(spec)


def test_a_board_of_hundreds_is_drawn_as_bars() -> None:
    drawn = read.of_type(_spec("kanban", 400), "bar")
    assert [row["value"] for row in drawn[0]["rows"]] == [400, 398, 800, None]


def test_limits_are_marked_where_there_is_one() -> None:
    spec = _spec("wip_by_state")
    (ticks,) = read.of_type(spec, "tick")
    assert ticks["transform"][0]["filter"] == "isValid(datum.limit)"
    assert [row["limit"] for row in ticks["rows"]] == [8, 4, None, 8, None]


def test_a_bin_that_holds_the_long_tail_is_as_wide_as_the_others_and_says_so() -> None:
    bins = _bins(10)
    bins.loc[9, "high_days"] = 700.0
    spec = dict(flow.cycle_time_distribution(bins, alt=ALT).to_dict())
    assert read.of_type(spec, "rect")[0]["rows"][-1]["high"] == 100
    assert "up to 700 days →" in read.texts(spec)


def test_what_is_clear_of_zero_is_coloured_and_the_rest_is_grey() -> None:
    dots = read.of_type(_spec("stage_change"), "point")[0]["rows"]
    assert [row["tone"] for row in dots] == ["accent", "strong", "strong", "alarm"]
    words = read.texts(_spec("stage_change"))
    assert "9 days faster (−12 to −5)" in words
    assert "too few to say" in words


def test_the_convention_of_the_deck_is_a_line_through_all_others() -> None:
    spec = _spec("sensitivity")
    assert read.values(spec, "rule", "value") == [0.2185]
    labels = [row["label"] for row in read.of_type(spec, "point")[0]["rows"]]
    assert labels == ["this deck", "the median item", "from request"]


def test_an_interval_that_is_not_known_is_a_question_mark_not_a_zero() -> None:
    frame = _intervals(3)
    frame.loc[1, "predictability"] = np.nan
    spec = dict(flow.predictability(frame, alt=ALT, predictability_low=0.8).to_dict())
    assert [row["share"] for row in read.of_type(spec, "bar")[0]["rows"]] == [0.7, None, 1.1]
    assert [layer["mark"]["text"] for layer in read.of_type(spec, "text") if "transform" in layer] == ["?"]


def test_a_quiet_stream_is_a_line_from_its_last_delivery_to_the_end() -> None:
    spec = _spec("release_rhythm")
    quiet = [row for layer in read.of_type(spec, "rule") for row in layer["rows"] if "to" in row]
    assert [(row["day"], row["to"]) for row in quiet] == [
        ("2026-04-14", "2026-10-31"),
        ("2025-11-01", "2026-10-31"),
    ]
    assert "never delivered" in read.texts(spec)


def test_stages_follow_one_another_from_the_idea_on() -> None:
    bars = read.of_type(_spec("concept_to_customer", 4), "bar")[0]["rows"]
    assert [(row["from"], row["to"]) for row in bars] == [(0, 1), (1, 3), (3, 6), (6, 10)]


@pytest.mark.parametrize("column", ["title", "value_stream", "state", "item_id"])
def test_hostile_text_stays_text(column: str) -> None:
    ages = frames.ages(10)
    ages.loc[2, column] = frames.HOSTILE
    stood = frames.states(ages)
    stood.loc[2, "state"] = ages.loc[2, "state"]
    spec = dict(flow.aging_wip(ages, stood, alt=ALT).to_dict())
    told = [(key, value) for key, value in read.walk(spec) if isinstance(value, str) and "alert(1)" in value]
    rows = [row for layer in read.layers(spec) for row in layer["rows"]]
    shown = [
        value for row in rows for value in row.values() if isinstance(value, str) and "alert(1)" in value
    ]
    assert shown
    assert not [key for key, _ in told if key in {"expr", "field", "signal", "test", "filter"}]
    assert all(len(value) <= 200 and "\u202e" not in value for value in shown)
    svg = read.drawn(spec, 350)
    assert "<script" not in svg


def test_a_state_called_image_is_no_picture_in_a_tooltip() -> None:
    frame = frames.bands(20).replace({"state": {"Building": "image", "Legal review": "title"}})
    spec = dict(flow.cumulative_flow(frame, alt=ALT).to_dict())
    titles = [part["title"] for layer in read.layers(spec) for part in layer["encoding"].get("tooltip", [])]
    assert titles
    assert not {"image", "title"} & set(titles)


def test_a_frame_without_a_column_is_refused_by_the_column_s_name() -> None:
    with pytest.raises(ValueError, match="the frame lacks money, it has cause"):
        flow.wait_pareto(frames.pareto(2).drop(columns="money"), alt=ALT)


def test_an_axis_that_counts_names_each_whole_number_once() -> None:
    assert canvas.whole_ticks(2.1) == {"values": [0, 1, 2]} and canvas.whole_ticks(40) == {"tickMinStep": 1}


def test_work_in_progress_without_a_state_has_a_row_of_its_own() -> None:
    ages = frames.ages(3)
    states, ages = frames.states(ages).iloc[:0], ages.assign(state=pd.array([None] * 3, dtype="str"))
    spec = dict(flow.aging_wip(ages, states, alt=ALT).to_dict())
    assert "no state" in read.texts(spec)


def test_a_chart_leaves_the_frame_of_its_measure_as_it_was() -> None:
    ages = frames.ages(20)
    before = ages.copy(deep=True)
    flow.aging_wip(ages, frames.states(ages), alt=ALT)
    pd.testing.assert_frame_equal(ages, before)


@pytest.mark.filterwarnings("error")
def test_a_curve_of_work_that_took_no_time_has_a_scale() -> None:
    curve = pd.DataFrame({"days": [0.0], "finished_share": [1.0], "low": [1.0], "high": [1.0]})
    lines = pd.DataFrame({"quantile": [0.5, 0.85], "days": [0.0, 0.0]})
    text = flow.service_level_survival(curve, alt=ALT, lines=lines).to_json()
    assert "NaN" not in text


def test_the_window_before_is_a_paler_line_beside_the_percentiles_of_the_histogram() -> None:
    before = pd.DataFrame({"quantile": [0.85], "days": [60.0]})
    spec = dict(
        flow.cycle_time_distribution(_bins(20), alt=ALT, lines=frames.lines(), before=before).to_dict()
    )
    rows = read.of_type(spec, "rule")[0]["rows"]
    assert {(row["value"], row["pale"]) for row in rows} >= {(60.0, True), (148.0, False)}
    assert {"85 % in the window before: 60 days", "before: 60 days"} <= set(read.texts(spec))


def test_the_rate_of_the_window_before_is_a_grey_line_beside_this_one_s() -> None:
    spec = dict(flow.throughput(_weeks(20), alt=ALT, value=1.5, before=0.27).to_dict())
    lines = [(layer["rows"][0]["mean"], layer["mark"]["color"]) for layer in read.of_type(spec, "rule")]
    assert lines == [(0.27, theme.GREY), (1.5, theme.ACCENT)]
    assert {"before: 0.27", "1.5 a week"} <= set(read.texts(spec))
    assert not any("before" in text for text in read.texts(_spec("throughput")))


def test_a_change_is_said_in_the_days_of_its_interval() -> None:
    row = {
        "name": "Coding",
        "before_days": 3.0,
        "after_days": 2.3,
        "change_days": -0.7,
        "low": -1.7,
        "high": 1.0,
        "system": False,
    }
    assert "0.7 days faster (−1.7 to +1)" in read.texts(
        dict(flow.stage_change(pd.DataFrame([row]), alt=ALT).to_dict())
    )


def test_a_blocker_says_its_days_and_leaves_the_share_of_all_time_to_the_tooltip() -> None:
    rows = read.of_type(_spec("blocked_reasons", 3), "bar")[0]["rows"]
    assert [row["note"] for row in rows] == ["30 days · 1 open now", "20 days", "10 days"]
    assert "3 %" in rows[0].values()


def test_a_stretch_without_a_finish_is_marked_where_it_can_be_seen() -> None:
    steps = frames.steps(200)
    first = steps["day"].iloc[0]
    seen = {
        days: any(
            "finished for" in text
            for text in read.texts(
                dict(
                    flow.started_finished(
                        steps, alt=ALT, stretch=(first, first + pd.Timedelta(days=days))
                    ).to_dict()
                )
            )
        )
        for days in (3, 30)
    }
    assert seen == {3: False, 30: True}


def test_words_on_a_line_or_beside_one_have_a_rim_of_paper() -> None:
    for name, word in (
        ("predictability", "70 %"),
        ("concept_to_customer", "stage 0"),
        ("before_after", "window before"),
    ):
        told = [
            layer
            for layer in read.of_type(_spec(name), "text")
            if any(word in row.values() for row in layer["rows"])
        ]
        assert any(layer["mark"].get("stroke") == theme.PAPER for layer in told), name


def test_words_on_the_week_that_is_not_over_stand_above_the_bars_that_they_reach_over() -> None:
    weeks = _weeks(20).assign(finished=[1] * 18 + [9, 0])
    notes = [
        row
        for layer in read.of_type(dict(flow.throughput(weeks, alt=ALT, value=1.0).to_dict()), "text")
        for row in layer["rows"]
    ]
    (at,) = {row["at"] for row in notes if row.get("text") == "week not over"}
    assert 0 < at < 220 * (1 - 9 / (9 * 1.12))


@pytest.mark.parametrize(("top", "end"), [(3.0, 3.0), (1e-7, 1e-7), (0.0, 1.0), (np.nan, 1.0), (np.inf, 1.0)])
def test_an_axis_from_zero_ends_over_zero(top: float, end: float) -> None:
    assert canvas.zero_based(top) == (0.0, end)
