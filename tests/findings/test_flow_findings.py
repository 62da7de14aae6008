"""What flow tells a board: the sentence, the number, the threshold, and when nothing can be said."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from vmo_helpers.findings import Finding, headline
from vmo_helpers.findings import flow as findings
from vmo_helpers.findings.flow.saying import moved
from vmo_helpers.measures import flow
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import day_end, review_window

LIMITS = Thresholds()
WINDOW = review_window(day_end("2026-10-31", "UTC"), "2026-04-01", "UTC")
COLUMNS = {
    "item_id": "str",
    "title": "str",
    "value_stream_id": "str",
    "value_stream": "str",
    "team": "str",
    "state": "str",
    "state_class": "str",
    "position": "float64",
    "status": "str",
    "started_in_window": "bool",
    "finished_in_window": "bool",
    "planned_cost": "float64",
    "age_days": "float64",
    "backward_moves": "float64",
    "rework_days": "float64",
    "handoffs": "float64",
    "flow_efficiency": "float64",
    "active_days": "float64",
    "wait_days": "float64",
    "cycle_time_days": "float64",
    "lead_time_days": "float64",
    "lead_time_fell_back": "bool",
}


class having:
    """A portfolio of which all that is asked is whether it has a table."""

    def __init__(self, *tables: str) -> None:
        self.has = tables.__contains__


def items(*rows: dict[str, object]) -> pd.DataFrame:
    """Item rows with what a rule looks at; other columns are empty."""
    frame = pd.DataFrame(
        [{"item_id": f"E-{n}", "title": f"Epic {n}", **row} for n, row in enumerate(rows)],
        index=pd.RangeIndex(2, len(rows) + 2),
    )
    for name, kind in COLUMNS.items():
        blank: object = False if kind == "bool" else None if kind == "str" else math.nan
        frame[name] = frame.get(name, blank)
        frame[name] = frame[name].fillna(False).astype("bool") if kind == "bool" else frame[name].astype(kind)
    for name in ("started_at", "finished_at", "cancelled_at", "lead_time_end_at"):
        given = frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index)
        frame[name] = pd.to_datetime(given, utc=True).astype("datetime64[us, UTC]")
    frame["reopened"] = (
        frame["reopened"].astype("boolean")
        if "reopened" in frame
        else pd.array([pd.NA] * len(frame), dtype="boolean")
    )
    return frame


SOME = items({"state": "Test"})


def record(begins: str, why: str | None = None) -> pd.DataFrame:
    """The record of every kind of figure, as ``flow.record`` returns it."""
    frame = pd.DataFrame({"figure": list(flow.Kind), "begins_at": pd.Timestamp(begins, tz="UTC")})
    return frame.assign(why=pd.array([why] * len(frame), dtype="str"))


RECORD = record("2020-01-01")
LINE = pd.DataFrame({"days": []})


def starts(started: int, finished: int, stream: str = "V") -> pd.DataFrame:
    ended = [{"finished_at": "2026-09-01", "finished_in_window": True}] * finished + [{"age_days": 9.0}] * (
        started - finished
    )
    return items(
        *(
            {"started_in_window": True, "value_stream_id": stream, "value_stream": "Vans", **row}
            for row in ended
        )
    )


def test_many_started_and_none_finished_is_an_alarm_that_says_since_when() -> None:
    told = findings.started_not_finished(starts(70, 0), WINDOW, LIMITS, "epic")
    assert (
        told[0].severity is Severity.ALARM
        and told[0].sentence == "70 started, 0 of them finished since 1 April"
    )
    assert [finding.subject for finding in told] == ["portfolio", "V"] and told[1].sentence.startswith(
        "Vans: 70 started"
    )
    assert told[0].evidence[0].total == 70 and len(told[0].evidence[0].rows) == 50


@pytest.mark.parametrize(("finished", "severity"), [(5, Severity.GOOD), (4, Severity.ALARM)])
def test_half_of_what_was_started_is_enough(finished: int, severity: Severity) -> None:
    assert findings.started_not_finished(starts(10, finished), WINDOW, LIMITS)[0].severity is severity


def test_streams_that_finish_nothing_are_told_in_the_order_of_their_ids() -> None:
    both = pd.concat([starts(9, 0, "W"), starts(8, 0, "V")], ignore_index=True)
    told = findings.started_not_finished(both, WINDOW, LIMITS)
    assert [finding.subject for finding in told] == ["portfolio", "V", "W"]


def test_four_starts_are_no_conclusion() -> None:
    told = findings.started_not_finished(starts(4, 0), WINDOW, LIMITS, "epic")
    assert [finding.severity for finding in told] == [Severity.UNKNOWN] and told[0].sentence.endswith(
        "4 epics started"
    )
    moved = items({"state": "Funnel"})
    assert (
        findings.started_not_finished(moved, WINDOW, LIMITS)[0].sentence
        == "Nothing was started since 1 April"
    )


def test_where_no_start_and_no_finish_is_on_record_nothing_is_said_to_be_calm() -> None:
    nothing, limit = (
        items({"title": "A"}),
        pd.DataFrame({"state": ["Test"], "wip": [0], "items": [0], "wip_limit": [3.0]}),
    )
    streams = pd.DataFrame(
        {"value_stream_id": ["V"], "value_stream": ["Vans"], "wip": [0], "wip_limit": [2.0], "owner": [None]}
    )
    limit = limit.assign(owner=None)
    told = [
        findings.started_not_finished(nothing, WINDOW, LIMITS)[0],
        findings.stalled_items(nothing, pd.DataFrame({"cycle_time_days": [1.0] * 20}), LIMITS)[0],
        findings.wip_limits(nothing, streams, limit, LIMITS)[0],
        findings.blocked(nothing.iloc[:0], nothing, having("blockers"))[0],
    ]
    for finding in told:
        assert finding.severity is Severity.UNKNOWN and finding.value is None and finding.missing
        assert finding.sentence.endswith(("no start and no finish is on record", ": no start is on record"))


def test_a_stream_that_finished_nothing_is_named_and_its_percentiles_are_unknown() -> None:
    frame = pd.concat([starts(7, 0), starts(6, 5, "W").assign(value_stream="Wagons")])
    assert (
        headline(findings.nothing_finished(frame, WINDOW, "epic"))
        == "Vans finished nothing since 1 April, with 7 epics in progress"
    )
    few = findings.too_few_to_say(frame, LIMITS, "epic")
    assert [(finding.subject, finding.severity) for finding in few] == [("V", Severity.UNKNOWN)]
    assert few[0].sentence == "Vans: too few to say, 0 epics finished"


def pareto(**shares: float) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "cause": cause,
                "wait_days": 1000 * share,
                "share": share,
                "share_of_time": share / 2,
                "items": 3,
                "waiting_now": 1,
                "owner": None,
                "money": 1e6 * share,
                "money_basis": "cost of delay",
            }
            for cause, share in shares.items()
        ]
    ).astype({"owner": "str", "money_basis": "str"})


def test_the_longest_queue_is_told_with_its_days_and_money() -> None:
    told = findings.wait_queue(pareto(integration=0.64, legal=0.3, ready=0.04, release=0.02), LIMITS, "EUR")
    assert [finding.severity for finding in told] == [Severity.ALARM, Severity.WARNING]
    assert (
        told[0].clears_when == "it holds under 25 % of all waiting"
        and headline(told) == "64 % of all waiting is in integration: 640 days, EUR 640 k of delay"
    )


def test_where_no_queue_holds_a_quarter_the_longest_is_a_note() -> None:
    shares = {"a": 0.2499, "b": 0.2, "c": 0.2, "d": 0.2, "e": 0.1501}
    assert [
        (finding.subject, finding.severity) for finding in findings.wait_queue(pareto(**shares), LIMITS)
    ] == [("a", Severity.NOTE)]
    held = findings.wait_queue(pareto(b=0.7, a=0.25, c=0.03, d=0.02), LIMITS)
    assert [finding.severity for finding in held] == [Severity.ALARM, Severity.WARNING]


def test_of_three_queues_one_always_holds_a_quarter_so_its_share_of_all_time_counts() -> None:
    small = pareto(a=0.9, b=0.06, c=0.04)  # half of the time is waiting
    told = findings.wait_queue(small, LIMITS)
    assert [(finding.subject, finding.severity) for finding in told] == [("a", Severity.WARNING)]
    assert (
        told[0].sentence.startswith("90 % of all waiting is in a")
        and told[0].clears_when == "it holds under 25 % of all time"
    )
    calm = findings.wait_queue(small.assign(share_of_time=small["share"] * 0.2), LIMITS)
    assert [(finding.subject, finding.severity) for finding in calm] == [("a", Severity.NOTE)]
    loud = findings.wait_queue(small.assign(share_of_time=small["share"] * 0.6), LIMITS)
    assert loud[0].severity is Severity.ALARM


def test_waiting_for_nobody_by_name_is_unknown_and_no_cause() -> None:
    told = findings.wait_queue(pareto(**{"no function named": 0.9, "legal": 0.1}), LIMITS, by="function")
    assert [(finding.subject, finding.severity) for finding in told] == [("legal", Severity.NOTE)]
    assert (
        findings.wait_queue(pareto(**{"no function named": 1.0}), LIMITS, by="function")[0].severity
        is Severity.UNKNOWN
    )
    assert findings.wait_queue(pareto(a=0.0), LIMITS)[0].severity is Severity.UNKNOWN


def ages(*days: float) -> pd.DataFrame:
    return items(*({"age_days": day, "state": "Test", "planned_cost": 10.0} for day in days))


def test_items_older_than_85_percent_of_work_takes_are_counted_and_listed() -> None:
    took = pd.DataFrame({"quantile": [0.5, 0.85], "days": [20.0, 100.0], "n": [40, 40], "why": [None, None]})
    told = findings.stalled_items(ages(100, 101, 250), took, LIMITS, "epic")
    assert [one.n for one in told[1:]] == [1, 1]
    assert (
        told[0].sentence == "2 epics are taking longer than 85 % of work does"
        and told[0].severity is Severity.ALARM
        and told[0].money == 20
    )
    assert [finding.subject for finding in told[1:]] == ["E-2", "E-1"]
    assert findings.stalled_items(ages(100), took, LIMITS)[0].severity is Severity.GOOD
    assert findings.stalled_items(items({"state": "Test"}), took, LIMITS)[0].severity is Severity.NOTE


def test_against_too_few_finished_items_nothing_is_stalled_or_calm() -> None:
    few = items(*({"cycle_time_days": float(n)} for n in range(9)))
    told = findings.stalled_items(ages(900), few, LIMITS)
    assert told[0].severity is Severity.UNKNOWN and "9 items, 10 are needed" in told[0].sentence
    unknown = pd.DataFrame({"quantile": [0.85], "days": [math.nan], "n": [3], "why": ["not reached"]})
    assert findings.stalled_items(ages(900), unknown, LIMITS)[0].severity is Severity.UNKNOWN
    assert (
        findings.stalled_items(ages(900), unknown.assign(quantile=0.7), LIMITS)[0].severity
        is Severity.UNKNOWN
    )


def lengths(values: list[float]) -> pd.DataFrame:
    return items(*({"lead_time_days": value, "cycle_time_days": value} for value in values))


def test_lead_time_says_where_it_stands_and_whether_it_moved() -> None:
    slow, fast = lengths([200.0 + n for n in range(40)]), lengths([100.0 + n for n in range(40)])
    assert (
        findings.lead_time(slow, fast, RECORD, LINE, LIMITS, "epic").sentence
        == "Lead time to value: 85 % within 233 days, 100 days more than in the window before"
    )
    assert findings.lead_time(slow, fast, RECORD, LINE, LIMITS).severity is Severity.WARNING
    assert findings.lead_time(fast, slow, RECORD, LINE, LIMITS).severity is Severity.GOOD
    assert (
        findings.cycle_time(slow, slow, RECORD, LIMITS).sentence
        == "Cycle time: 85 % within 233 days, no clear change from the window before"
    )


def test_few_deliveries_speak_by_their_median_and_very_few_not_at_all() -> None:
    assert (
        findings.lead_time(lengths([1, 2, 3, 4, 5]), lengths([]), RECORD, LINE, LIMITS).sentence
        == "Lead time to value: half within 3 days"
    )
    told = findings.lead_time(lengths([1, 2, 3, 4]), lengths([]), RECORD, LINE, LIMITS, "epic")
    assert (told.severity, told.sentence) == (
        Severity.UNKNOWN,
        "No conclusion on lead time to value: 4 epics",
    )


def worked(share: float, n: int = 5) -> pd.DataFrame:
    """Finished items that were worked on for this share of their time."""
    row = {"flow_efficiency": share, "active_days": share, "wait_days": 1 - share}
    return items(*({"finished_in_window": True, **row} for _ in range(n)))


def test_flow_efficiency_alarms_under_its_threshold_alone() -> None:
    assert findings.flow_efficiency(worked(0.14), LIMITS).severity is Severity.ALARM
    assert findings.flow_efficiency(worked(0.15), LIMITS).severity is Severity.NOTE
    assert (
        findings.flow_efficiency(worked(0.14), LIMITS).sentence
        == "Work waits 86 % of its time: flow efficiency is 14 %"
    )
    assert findings.flow_efficiency(items(), LIMITS).severity is Severity.UNKNOWN


def limited(wip: int, limit: float | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    streams = pd.DataFrame(
        {"value_stream_id": ["V"], "value_stream": ["Vans"], "wip": [wip], "wip_limit": [math.nan]}
    )
    states = pd.DataFrame(
        {"state": ["Test"], "items": [wip], "wip_limit": [math.nan if limit is None else limit]}
    )
    return streams, states


def test_a_limit_is_exceeded_from_one_more_on() -> None:
    assert findings.wip_limits(SOME, *limited(8, 8), LIMITS)[0].severity is Severity.GOOD
    told = findings.wip_limits(SOME, *limited(9, 8), LIMITS)
    assert [finding.severity for finding in told] == [Severity.WARNING] * 2 and told[
        0
    ].sentence == "1 of 1 limit is exceeded: Test 9 of 8"
    assert findings.wip_limits(SOME, *limited(12, 8), LIMITS)[0].severity is Severity.ALARM
    assert findings.wip_limits(SOME, *limited(12, None), LIMITS)[0].severity is Severity.UNKNOWN


def stages(**counts: int) -> pd.DataFrame:
    ages = [715.2 if name == "implementing" else math.nan for name in counts]
    frame = pd.DataFrame(
        {
            "column": [name.replace("_", " ") for name in counts],
            "items": list(counts.values()),
            "oldest_age_days": ages,
        }
    )
    return frame.assign(done=frame["column"].eq("done"))


def test_the_fullest_column_of_the_board_is_said_of_what_is_open_and_has_a_state() -> None:
    told = findings.board(stages(funnel=5, implementing=30, done=90, no_state=40), "epic")
    assert told.sentence == "30 of 35 epics on the board stand in implementing, the oldest is 715 days old"
    assert (told.rule, told.subject, told.value, told.n, told.severity) == (
        "flow.board",
        "implementing",
        30.0,
        35,
        Severity.NOTE,
    )
    assert (
        findings.board(stages(funnel=2, implementing=1), "epic").sentence
        == "2 of 3 epics on the board stand in funnel"
    )
    assert findings.board(stages(funnel=0, implementing=1), "epic").sentence == (
        "The one epic on the board stands in implementing, it is 715 days old"
    )
    nothing = findings.board(stages(funnel=0, done=9, no_state=4), "epic")
    assert (nothing.severity, nothing.sentence) == (
        Severity.UNKNOWN,
        "No conclusion on the board: no epic stands on it",
    )


def test_a_title_of_the_median_queue_gives_its_days_to_the_chart() -> None:
    assert (
        findings.queue_after_done(queue(*[(10.0, 40.0)] * 5), WINDOW, LIMITS)[0].details["half_days"] == 10.0
    )
    assert (
        "half_days" not in findings.queue_after_done(queue(*[(200.0, 400.0)] * 5), WINDOW, LIMITS)[0].details
    )


def weeks(counts: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "week": pd.date_range("2026-04-06", periods=len(counts), freq="7D"),
            "finished": counts,
            "whole": [True] * len(counts),
        }
    )


def test_throughput_tells_a_change_only_where_it_is_clear() -> None:
    assert (
        findings.throughput(
            SOME, weeks([3, 4, 3, 4] * 6), weeks([1, 0, 1, 0] * 6), RECORD, WINDOW, LIMITS, "epic"
        ).severity
        is Severity.GOOD
    )
    assert (
        "no clear change"
        in findings.throughput(
            SOME, weeks([1, 0, 1, 2] * 3), weeks([1, 1, 0, 1] * 3), RECORD, WINDOW, LIMITS
        ).sentence
    )
    assert (
        findings.throughput(SOME, weeks([0] * 6), weeks([]), RECORD, WINDOW, LIMITS, "epic").sentence
        == "No epic was finished in 6 weeks"
    )
    assert (
        findings.throughput(SOME, weeks([5]), weeks([]), RECORD, WINDOW, LIMITS).severity is Severity.UNKNOWN
    )


def test_items_are_listed_after_their_count() -> None:
    frame = items(
        {
            "backward_moves": 3.0,
            "rework_days": 12.0,
            "age_days": 9.0,
            "handoffs": 10.0,
            "reopened": True,
            "planned_cost": 5.0,
        },
        {
            "backward_moves": 2.0,
            "rework_days": 8.0,
            "finished_in_window": True,
            "handoffs": 9.0,
            "reopened": False,
        },
        {
            "backward_moves": 9.0,
            "rework_days": 90.0,
            "handoffs": 30.0,
            "reopened": False,
        },  # finished long ago
    )
    for told in (
        findings.rework(frame, LIMITS, "epic"),
        findings.hand_offs(frame, LIMITS, "epic"),
        findings.reopened(frame, LIMITS, "epic"),
    ):
        assert [finding.subject for finding in told] == ["portfolio", "E-0"] and told[0].value == 1
        assert told[1].evidence[0].rows == (2,)
    assert (
        findings.rework(frame, LIMITS, "epic")[0].sentence
        == "1 epic went back three times or more: 12 days spent again"
    )
    assert (
        findings.reopened(frame, LIMITS, "epic")[0].sentence
        == "0 of 1 finished epic had been reopened, 1 more is open again"
    )
    for rule in (findings.rework, findings.hand_offs, findings.reopened):
        assert rule(items({"age_days": 3.0}), LIMITS)[0].severity is Severity.UNKNOWN


def change_rows(coding: tuple[float, float, float], lead: tuple[float, float, float]) -> pd.DataFrame:
    names = ["change_days", "low", "high"]
    rows = [
        {"name": "Coding", "system": False, **dict(zip(names, coding, strict=True))},
        {"name": "all", "system": True, **dict(zip(names, lead, strict=True))},
    ]
    return pd.DataFrame(rows).assign(n_before=20, n_after=20, why=None)


def test_a_gain_that_no_customer_felt_is_told_as_such() -> None:
    told = findings.local_optimum(change_rows((-9, -12, -6), (1, -10, 15)))
    assert (
        told[0].subject == "Coding"
        and told[0].sentence == "Time in Coding fell 9 days; customers gained nothing"
    )
    assert (
        "customers wait 30 days longer"
        in findings.local_optimum(change_rows((-9, -12, -6), (30, 5, 60)))[0].sentence
    )
    at_zero = findings.local_optimum(change_rows((-9, -12, -6), (30, 0, 60)))[0]
    assert at_zero.sentence.endswith("; customers gained nothing"), "no clear change where it touches zero"
    assert findings.local_optimum(change_rows((-9, -12, 1), (1, -10, 15)))[0].severity is Severity.NOTE
    assert findings.local_optimum(change_rows((-9, -12, -6), (-20, -30, -5)))[0].severity is Severity.GOOD
    assert findings.local_optimum(change_rows((-9, -12, -6), (math.nan,) * 3))[0].severity is Severity.UNKNOWN


def test_where_nothing_named_is_waited_for_no_cause_is_told() -> None:
    frame = pareto(**{"no function named": 1.0, "legal": 0.0})
    [told] = findings.wait_queue(frame, LIMITS, by="function")
    assert told.severity is Severity.UNKNOWN
    assert told.sentence == "No conclusion on what is waited for: no function is named"


def test_a_window_with_few_items_is_no_comparison_and_the_smaller_number_is_said() -> None:
    row = {"measure": "cycle time", "change_days": 9.0, "low": math.nan, "high": math.nan}
    [told] = findings.before_after(pd.DataFrame([{**row, "n_before": 3, "n_after": 40, "why": None}]), "epic")
    assert told.sentence == "No conclusion on cycle time: 3 epics in one of the two windows"
    assert (told.severity, told.n) == (Severity.UNKNOWN, 3)


def test_the_cost_of_one_unfinished_item_is_at_stake_and_no_cost_known_is_none() -> None:
    begun = {"started_in_window": True, "started_at": WINDOW.start}
    rows = [{**begun, "planned_cost": 7.0}, *[dict(begun) for _ in range(5)]]
    dates = {
        name: pd.Series(pd.NaT, index=range(2, 8), dtype="datetime64[us, UTC]")
        for name in ("finished_at", "cancelled_at")
    }
    one = findings.started_not_finished(items(*rows).assign(**dates), WINDOW, LIMITS)[0]
    assert one.money == 7
    none = findings.started_not_finished(items(*rows[1:], dict(begun)).assign(**dates), WINDOW, LIMITS)[0]
    assert none.money is None


def test_every_rule_says_something_of_an_empty_portfolio_and_never_good_news() -> None:
    nothing = items()
    told: list[Finding] = [
        *findings.started_not_finished(nothing, WINDOW, LIMITS),
        *findings.nothing_finished(nothing, WINDOW),
        *findings.rework(nothing, LIMITS),
        *findings.reopened(nothing, LIMITS),
        *findings.hand_offs(nothing, LIMITS),
        findings.flow_efficiency(nothing, LIMITS),
        *findings.blocked(nothing, nothing, having()),
        *findings.overdue(nothing, nothing, LIMITS),
        findings.gate(pareto(a=0.0), LIMITS),
        *findings.slow_decisions(pd.DataFrame({"latency_days": []}), LIMITS),
        findings.lead_time(nothing, nothing, RECORD, LINE, LIMITS),
        findings.sensitivity(pd.DataFrame({"dimension": pd.Series(dtype="str"), "flow_efficiency": []})),
        findings.predictability(pd.DataFrame({"predictability": [], "unscored": []}), LIMITS),
        findings.distribution(pd.DataFrame({"finished": [], "share": []}), LIMITS),
        findings.halved(pd.DataFrame({"gain_share": []})),
        findings.wip_per_person(pd.DataFrame({"wip_per_person": []})),
        *findings.delivery_gap(pd.DataFrame({"deliveries": []}), WINDOW, LIMITS),
        findings.concept_to_customer(pd.DataFrame({"concept_days": []}), pd.DataFrame({"share": []}), LIMITS),
    ]
    assert {finding.severity for finding in told} == {Severity.UNKNOWN}
    assert all(finding.sentence and finding.missing for finding in told)


def test_streams_that_all_deliver_often_enough_are_good() -> None:
    rhythm = pd.DataFrame(
        {
            "value_stream_id": ["VS-1", "VS-2"],
            "value_stream": ["One", "Two"],
            "deliveries": [11, 8],
            "gap_max_days": [45.0, 38.0],
            "until_first_days": [10.0, math.nan],
            "since_last_days": [20.0, 34.0],
            "at_work": [3, 3],
        }
    )
    (told,) = findings.delivery_gap(rhythm, WINDOW, LIMITS)
    assert (told.severity, told.n) == (Severity.GOOD, 19)
    (late,) = findings.delivery_gap(rhythm.assign(since_last_days=[20.0, 200.0]), WINDOW, LIMITS)
    assert (late.subject, late.value) == ("VS-2", 200.0)
    (slow,) = findings.delivery_gap(rhythm.assign(until_first_days=[190.0, math.nan]), WINDOW, LIMITS)
    assert slow.sentence == "One went 190 days without a delivery"


def test_little_law_names_the_conditions_that_fail() -> None:
    row = {
        "mean_wip": 37.1,
        "expected_wip": 22.1,
        "ratio": 1.68,
        "arrivals": 75,
        "departures": 49,
        "cancelled": 1,
        "wip_start": 24,
        "wip_end": 50,
        "age_mean_start_days": 183.0,
        "age_mean_end_days": 198.0,
    }
    told = findings.littles_law(pd.DataFrame([row]), LIMITS, "epic")
    assert told.severity is Severity.WARNING
    assert told.details["conditions_that_fail"] == [
        "as much arrives as departs",
        "work in progress is the same at both ends",
    ]
    assert findings.littles_law(pd.DataFrame([{**row, "ratio": 1.25}]), LIMITS).severity is Severity.NOTE


@pytest.mark.parametrize(
    ("cells", "holds"),
    [
        ({"arrivals": 75, "departures": 100}, True),
        ({"arrivals": 74, "departures": 100}, False),
        ({"wip_start": 100, "wip_end": 75}, True),
        ({"wip_start": 100, "wip_end": 74}, False),
        ({"age_mean_start_days": 75.0, "age_mean_end_days": 100.0}, True),
        ({"age_mean_start_days": 74.9, "age_mean_end_days": 100.0}, False),
        ({"cancelled": 25, "arrivals": 100, "departures": 100}, True),
        ({"cancelled": 26, "arrivals": 100, "departures": 100}, False),
    ],
)
def test_a_condition_of_littles_law_holds_up_to_a_quarter_of_the_larger(
    cells: dict[str, float], holds: bool
) -> None:
    even = {"arrivals": 5, "departures": 5, "wip_start": 5, "wip_end": 5, "cancelled": 0}
    ages = {"age_mean_start_days": 5.0, "age_mean_end_days": 5.0}
    conditions = findings.law_conditions(pd.DataFrame([even | ages | cells]), LIMITS)
    assert conditions["holds"].all() == holds and conditions["holds"].sum() >= 3


def test_a_window_that_begins_and_ends_without_work_in_progress_has_the_same_age_at_both_ends() -> None:
    row = {
        "mean_wip": 1.0,
        "expected_wip": 1.0,
        "ratio": 1.0,
        "arrivals": 5,
        "departures": 5,
        "cancelled": 0,
        "wip_start": 0,
        "wip_end": 0,
        "age_mean_start_days": math.nan,
        "age_mean_end_days": math.nan,
    }
    told = findings.littles_law(pd.DataFrame([row]), LIMITS, "epic")
    assert told.details["conditions_that_fail"] == []
    assert told.sentence == "1 epic in progress on average, as throughput × cycle time says"
    one_end = findings.littles_law(pd.DataFrame([{**row, "wip_end": 2, "age_mean_end_days": 3.0}]), LIMITS)
    assert "its age is the same at both ends" in one_end.details["conditions_that_fail"]


def test_what_can_be_promised_stands_beside_what_the_finished_alone_say() -> None:
    took = pd.DataFrame(
        {
            "quantile": [0.85],
            "days": [456.0],
            "low": [300.0],
            "high": [math.nan],
            "n": [90],
            "n_censored": [50],
            "why": [None],
        }
    )
    alone = items(*({"cycle_time_days": 263.0} for _ in range(12)))
    told = findings.service_level_expectation(took, alone, LIMITS, "epic")
    assert told.sentence == "85 % of epics can be expected within 456 days; finished ones alone say 263 days"
    missing = took.assign(days=math.nan, why="not reached: old work")
    assert (
        findings.service_level_expectation(missing, alone, LIMITS).sentence
        == "No promise can be made: not reached: old work"
    )


def test_text_from_data_is_shown_as_text() -> None:
    told = findings.rework(
        items(
            {"title": "</script>\u202eevil\x00", "backward_moves": 4.0, "rework_days": 1.0, "age_days": 1.0}
        ),
        LIMITS,
    )
    assert "\u202e" not in told[1].sentence and "\x00" not in told[1].sentence


def test_small_n_follows_the_thresholds() -> None:
    assert findings.small(LIMITS.with_overrides({"smallest_n_tail": 20})) == flow.SmallN(5, 20)


def test_one_is_said_in_the_singular() -> None:
    assert (
        findings.throughput(SOME, weeks([1, 0, 2, 1] * 3), weeks([]), RECORD, WINDOW, LIMITS, "epic").sentence
        == "1 epic finished a week"
    )
    streams = pd.DataFrame(
        {
            "value_stream_id": ["V"],
            "value_stream": ["Vans"],
            "wip": [4],
            "people": [4.0],
            "wip_per_person": [1.0],
        }
    )
    assert (
        findings.wip_per_person(streams, "epic").sentence
        == "Vans carries most a person: 1 epic, all streams 1"
    )
    hands = items(*({"handoffs": 1.0, "age_days": 3.0} for _ in range(5)))
    assert (
        findings.hand_offs(hands, LIMITS, "epic")[0].sentence
        == "No epic changed hands ten times or more, the median epic 1 time"
    )


def test_what_reached_its_customers_in_no_time_has_no_longest_stage() -> None:
    concepts = items(*({"concept_days": 0.0} for _ in range(5)))
    told = findings.concept_to_customer(concepts, pd.DataFrame({"stage": [], "share": []}), LIMITS, "epic")
    assert (told.sentence, told.value) == ("From idea to customer: half within 0 days", 0)


def test_where_no_work_has_a_value_stream_nothing_is_said_of_every_stream() -> None:
    nowhere = items(*({"finished_in_window": True} for _ in range(9)))
    assert (
        findings.too_few_to_say(nowhere, LIMITS, "epic")[0].sentence
        == "No conclusion by stream: no epic has a value stream"
    )
    rhythm = pd.DataFrame(
        {
            "value_stream_id": pd.array([None], dtype="str"),
            "value_stream": pd.array([None], dtype="str"),
            "deliveries": [9],
            "gap_max_days": [20.0],
            "since_last_days": [4.0],
        }
    )
    for told in (findings.too_few_to_say(nowhere, LIMITS), findings.delivery_gap(rhythm, WINDOW, LIMITS)):
        assert [finding.severity for finding in told] == [Severity.UNKNOWN] and told[0].missing


def test_work_in_progress_that_did_not_change_is_said_with_its_day() -> None:
    by_day = pd.DataFrame({"wip": [5, 5], "arrivals": [0, 1], "departures": [0, 1], "on_record": True})
    told = findings.cumulative_flow(by_day, WINDOW, LIMITS, "epic")
    assert told.sentence == "Work in progress stands at 5, as on 1 April"


def test_time_under_blockers_is_no_function_that_is_waited_for() -> None:
    told = findings.wait_queue(
        pareto(blocked=0.6, legal=0.39, security=0.006, audit=0.004), LIMITS, "EUR", by="function"
    )
    assert told[0].sentence == "60 % of all waiting is under blockers: 600 days, EUR 600 k of delay"
    assert told[1].sentence.startswith("39 % of all waiting is for legal")


def test_no_share_of_nothing_and_no_lift_to_nothing_is_told() -> None:
    open_again = items({"reopened": True, "age_days": 3.0, "rework_days": 1.0})
    assert findings.reopened(open_again, LIMITS, "epic")[0].sentence == "1 epic that was done is open again"
    halves = pd.DataFrame(
        {
            "cause": ["Legal"],
            "flow_efficiency": [0.0],
            "flow_efficiency_if_halved": [0.0],
            "gain_share": [0.0],
            "days_saved_per_item": [3.0],
        }
    )
    streams = pd.DataFrame(
        {
            "value_stream_id": ["V"],
            "value_stream": ["Vans"],
            "wip": [0],
            "people": [4.0],
            "wip_per_person": [0.0],
        }
    )
    nothing_gained = halves.assign(flow_efficiency=0.4, gain_share=math.nan)
    for told in (
        findings.halved(halves),
        findings.halved(nothing_gained),
        findings.wip_per_person(streams, "epic"),
    ):
        assert told.severity is Severity.UNKNOWN and told.missing


def test_a_decision_that_is_still_open_was_not_taken() -> None:
    asked = pd.DataFrame({"latency_days": [3.0, 30.0], "open": [True, False]})
    assert findings.slow_decisions(asked, LIMITS)[0].sentence == "No decision took or waits over 31 days"
    taken = findings.slow_decisions(asked.assign(open=False), LIMITS)[0]
    assert (taken.severity, taken.sentence) == (
        Severity.GOOD,
        "Every decision asked for was taken within 31 days",
    )


def queue(*rows: tuple[float, float]) -> pd.DataFrame:
    return items(*({"queue_days": wait, "lead_time_days": lead} for wait, lead in rows))


def test_the_share_of_lead_time_that_is_queue_is_of_deliveries_that_have_both() -> None:
    told = findings.queue_after_done(queue((200, 400), (200, math.nan)), WINDOW, LIMITS)
    assert "50 % of their lead time" in told[0].clears_when
    assert findings.queue_after_done(queue(*[(10.0, 40.0)] * 5), WINDOW, LIMITS)[0].value == 0.25
    assert findings.queue_after_done(queue(*[(0.05, 0.2)] * 5), WINDOW, LIMITS)[0].value == 0.25
    assert findings.queue_after_done(queue(*[(0.0, 0.0)] * 5), WINDOW, LIMITS)[0].value is None


def test_a_median_of_too_few_is_not_told_in_a_sentence() -> None:
    few = findings.queue_after_done(queue((10, 40), (20, 40)), WINDOW, LIMITS, "epic")[0]
    assert (few.severity, few.sentence) == (Severity.UNKNOWN, "No conclusion on queues after done: 2 epics")
    at_once = findings.queue_after_done(queue(*[(0.0, 40.0)] * 5), WINDOW, LIMITS)[0]
    assert at_once.sentence == "Half of what is delivered waits no time after the team is done"
    hours = findings.queue_after_done(queue(*[(0.5, 40.0)] * 5), WINDOW, LIMITS)[0]
    assert hours.sentence == "Half of what is delivered waits under 12 hours after the team is done"
    hands = findings.hand_offs(items({"handoffs": 2.0, "age_days": 3.0}), LIMITS, "epic")[0]
    assert hands.sentence == "No epic changed hands ten times or more"


def test_what_the_finished_alone_say_follows_the_thresholds() -> None:
    took = pd.DataFrame(
        {
            "quantile": [0.85],
            "days": [456.0],
            "low": [300.0],
            "high": [math.nan],
            "n": [90],
            "n_censored": [5],
            "why": [None],
        }
    )
    alone = items(*({"cycle_time_days": 263.0} for _ in range(12)))
    strict = LIMITS.with_overrides({"smallest_n_tail": 20})
    assert (
        findings.service_level_expectation(took, alone, strict, "epic").sentence
        == "85 % of epics can be expected within 456 days"
    )


def test_what_stands_over_a_limit_in_the_backlog_is_not_said_to_be_in_progress() -> None:
    streams, states = limited(9, 8)
    told = findings.wip_limits(SOME, streams, states.assign(state="Funnel", wip=0), LIMITS)
    assert told[1].sentence == "Funnel: 9 there, the limit is 8"
    assert (
        findings.wip_limits(SOME, streams, states.assign(wip=9), LIMITS)[1].sentence
        == "Test: 9 in progress, the limit is 8"
    )
    assert (
        findings.wip_limits(SOME, *limited(0, None), LIMITS, "epic")[0].sentence
        == "No limit holds work in progress"
    )


def test_where_no_start_and_no_finish_is_on_record_nothing_is_an_alarm_and_nothing_is_said_to_count() -> None:
    assert (
        not flow.on_record(items({}))
        and flow.on_record(items({"state": "Funnel"}))
        and flow.on_record(items({"finished_at": "2026-05-01"}))
    )
    for told in (
        findings.throughput(items({}), weeks([0] * 6), weeks([]), RECORD, WINDOW, LIMITS, "epic"),
        findings.excluded(items({}).assign(excluded_because=None)),
    ):
        assert told.severity is Severity.UNKNOWN and told.missing == ("transitions",)


@pytest.mark.parametrize(("finished", "known"), [(5, True), (4, False)])
def test_a_mix_is_told_of_five_finished_items_on(finished: int, known: bool) -> None:
    mix = pd.DataFrame(
        {"work_type": ["risk"], "finished": [finished], "share": 1.0, "share_before": math.nan}
    )
    told = findings.distribution(mix, LIMITS)
    assert (told.severity, told.n) == (Severity.NOTE if known else Severity.UNKNOWN, finished)


def test_a_mix_that_moved_by_nothing_that_shows_is_not_said_to_have_moved() -> None:
    mix = pd.DataFrame(
        {"work_type": ["feature"], "finished": [9000], "share": [0.9], "share_before": [0.90004]}
    )
    assert (
        findings.distribution(mix, LIMITS, "epic").sentence == "90 % of 9,000 finished epics are feature work"
    )
    assert findings.distribution(mix.assign(share_before=0.8), LIMITS).sentence.endswith(
        ", 10 points more than in the window before"
    )


def test_windows_that_are_no_comparison_are_not_compared_whatever_their_numbers() -> None:
    why = "no comparison: records begin on 27 September 2025"
    short = record("2025-09-27", why)
    slow, fast = lengths([100 + n for n in range(30)]), lengths([10 + n for n in range(30)])
    leads, cycles = (
        findings.lead_time(slow, fast, short, LINE, LIMITS),
        findings.cycle_time(slow, fast, short, LIMITS),
    )
    assert leads.sentence == f"Lead time to value: 85 % within 125 days; {why}"
    assert cycles.sentence == f"Cycle time: 85 % within 125 days; {why}"
    pace = findings.throughput(SOME, weeks([3, 4] * 6), weeks([1, 0] * 6), short, WINDOW, LIMITS)
    assert pace.sentence == f"3.5 items finished a week; {why}"
    assert {found.severity for found in (leads, cycles, pace)} == {Severity.NOTE}
    stages = change_rows((-9, -12, -6), (84, 7, 279)).assign(why=why)
    assert findings.local_optimum(stages)[0].severity is Severity.UNKNOWN


@pytest.mark.parametrize(
    ("line", "says"), [([200.0, 300.0], "more than"), ([300.0, 200.0], "no steady change")]
)
def test_a_title_says_no_direction_that_its_own_line_contradicts(line: list[float], says: str) -> None:
    slow, fast = lengths([100 + n for n in range(30)]), lengths([10 + n for n in range(30)])
    told = findings.lead_time(slow, fast, RECORD, pd.DataFrame({"days": line}), LIMITS)
    assert says in told.sentence
    assert (told.severity is Severity.WARNING) is (says == "more than")


def test_of_what_is_blocked_one_is_named_where_there_are_several() -> None:
    rows = items(*({"age_days": 9.0, "state": "Test", "reason": None, "blocked_now_days": 3.0} for _ in "ab"))
    several, *_ = findings.blocked(rows, rows, having("blockers"))
    alone, *_ = findings.blocked(rows.head(1), rows, having("blockers"))
    assert several.sentence == "2 of 2 items in progress are blocked, one for 3 days"
    assert alone.sentence == "1 of 2 items in progress is blocked, for 3 days"


@pytest.mark.parametrize(
    ("low", "high", "clear"), [(0.0, 9.0, False), (-9.0, 0.0, False), (0.1, 9.0, True), (-9.0, -0.1, True)]
)
def test_a_change_whose_interval_touches_zero_is_not_clear(low: float, high: float, clear: bool) -> None:
    change = {"why": None, "change": low + high, "low": low, "high": high}
    severity, words = moved(change, True, "days")
    assert ("no clear change" not in words) == clear
    assert severity == (Severity.NOTE if not clear else Severity.WARNING if high > 0 else Severity.GOOD)
