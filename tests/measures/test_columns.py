"""The docstring of a measure says what one row is, then lists its columns: ``name (unit): meaning``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pytest

from vmo_helpers import measures, sources
from vmo_helpers.measures import (
    changes,
    decisions,
    flow,
    funding,
    okr,
    outcomes,
    places,
    satisfaction,
    status,
    transition,
    value,
)
from vmo_helpers.notebook.found import found_in
from vmo_helpers.portfolio.calendar import counts_calendar
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import review_window

SAMPLE = Path(__file__).parents[2] / "data" / "sample"

PASSED_ON = re.compile(r"the columns of ``([\w.]+)``")
ENTRY = re.compile(r"(?P<names>\w+(?:, \w+)*)(?: \((?P<unit>[^()]+)\))?: (?P<meaning>\S.*)", flags=re.S)
UNITS = {
    re.compile(r".*_days"): "days",
    re.compile(r".*_share"): "share",
    re.compile(r"(?:.*_)?(?:money|spend|cost)(?:_once|_of_delay)?(?:_per_\w+)?"): "portfolio's currency",
}


Measure: TypeAlias = Callable[..., pd.DataFrame]


class Column(NamedTuple):
    """A column as a docstring tells of it; the unit is empty where it has none."""

    name: str
    unit: str


def public() -> dict[str, Callable[..., Any]]:
    """Every function that the rooms of measures hand out, as ``topic.name``."""
    found = {}
    for topic in measures.__all__:
        module = getattr(measures, topic)
        for name in getattr(module, "__all__", vars(module)):
            member = getattr(module, name)
            here = inspect.isfunction(member) and member.__module__.startswith(module.__name__)
            if here and not name.startswith("_"):
                found[f"{topic}.{name}"] = member
    return found


MEASURES = {
    name: measure
    for name, measure in public().items()
    if inspect.signature(measure).return_annotation == "pd.DataFrame"
}


@dataclass
class Shown:
    """Frames of measures, by the measure's name, and what each was made from."""

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    given: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, measure: Measure, *args: Any, **options: Any) -> pd.DataFrame:
        name = next(name for name, one in MEASURES.items() if one is measure)
        self.given[name] = inspect.signature(measure).bind(*args, **options).arguments
        self.frames[name] = measure(*args, **options)
        return self.frames[name]


@cache
def shown(working: bool = False) -> Shown:
    """Every measure of the sample, each made once: a new one takes its line here. ``working``: under a
    calendar of working days."""
    show = Shown()
    whole, limits = sources.load(SAMPLE), Thresholds()
    if working:
        whole = replace(whole, settings=replace(whole.settings, working_days=(0, 1, 2, 3, 4)), origin=None)
    window = review_window(sources.latest_fact(whole).at, None, whole.settings.timezone)
    portfolio = whole.known_at(window.end)
    log = flow.read(portfolio)

    items = show(flow.items, log, window)
    leads, ages, cycles = (
        show(flow.lead_time_to_value, items, window),
        show(flow.work_item_age, items),
        show(flow.cycle_time, items, window),
    )
    dated = ("lead_time_end_at", "lead_time_days")
    measure: Measure
    for measure in (
        flow.age_at_leaving,
        flow.blockers,
        flow.by_stream,
        flow.concept_stages,
        flow.concept_to_customer,
        flow.distribution,
        flow.if_halved,
        flow.local_against_system,
        flow.promises,
        flow.sensitivity,
        flow.service_level_expectation,
        flow.stage_times,
        flow.started_finished,
        flow.survival_curve,
        flow.wait_pareto,
    ):
        show(measure, log, items, window)
    for measure in (flow.arrivals_departures, flow.cumulative_flow, flow.littles_law, flow.wip_by_day):
        show(measure, log, window)
    for measure in (flow.blocked_now, flow.handoffs):
        show(measure, log, items)
    for measure in (flow.distribution_by_period, flow.release_rhythm, flow.throughput):
        show(measure, items, window)
    for measure in (flow.excluded, flow.handed_on, flow.rework):
        show(measure, items)
    show(flow.unfinished_needs, portfolio, items)
    for measure in (flow.kanban, flow.kanban_cards):
        show(measure, items, portfolio)
    show(flow.before_after, log, window.before, window)
    show(flow.cycle_time_bins, cycles)
    show(flow.decision_latency, portfolio)
    show(flow.dots, leads, *dated)
    show(flow.first_a_day, leads, "lead_time_end_at", window.timezone)
    show(flow.age_dots, ages)
    show(flow.bands, flow.cumulative_flow(log, window))
    show(flow.overdue_items, items, window, limits.overdue_days)
    show(flow.percentiles, leads["lead_time_days"])
    show(flow.percentile_before, leads["lead_time_days"], leads["lead_time_days"])
    show(flow.predictability, portfolio, window)
    show(flow.gates, flow.wait_pareto(log, items, window, by="gate"))
    show(flow.record, log, items, window)
    show(flow.month_ends, log, window, portfolio)
    queue = show(flow.queue_after_done, log, items, window)
    show(flow.queue_dots, queue, show(flow.queue_by_stream, queue), limits.queue_after_done_days)
    show(flow.trend, leads, *dated, window)
    numbers = flow.figures(log, items, window, portfolio), flow.figures_before(log, window, portfolio)
    show(flow.window_change, *numbers)
    show(
        flow.wip_limits, show(flow.wip_by_stream, items, portfolio), show(flow.wip_by_state, items, portfolio)
    )

    aligned = okr.read(portfolio, items, window)
    for measure in (
        okr.contributions,
        okr.coverage,
        okr.goal_spread,
        okr.goal_work,
        okr.item_goals,
        okr.items_table,
        okr.key_result_moves,
        okr.line_of_sight,
        okr.money,
        okr.orphan_items,
        okr.promised,
        okr.pulled_against_wanted,
        okr.served_by,
        okr.starvation,
    ):
        show(measure, aligned)
    results = show(okr.key_results, portfolio, aligned.goals)
    show(okr.conflicting, aligned.goals)
    show(okr.key_results_table, results)
    show(okr.ladder, aligned, moved := show(okr.moved_items, aligned))
    show(okr.moved_table, moved)
    show(okr.late_edits, portfolio, aligned.goals)
    show(okr.objectives_table, show(okr.objective_status, aligned.goals, results))
    show(okr.values, portfolio, aligned.goals)

    inside = outcomes.read(portfolio, log, attainment_line=limits.attainment_line)
    tested = show(outcomes.tests, inside, window.end, limits)
    clocks = show(
        outcomes.three_clocks,
        inside,
        log,
        tested,
        adoption_hold_observations=limits.adoption_hold_observations,
    )
    benefit = (moves := show(outcomes.moves, inside))["benefit_id"].iloc[0]
    show(outcomes.moves_table, moves)
    show(outcomes.items, inside, tested, limits)
    show(outcomes.history, inside, inside.frame["item_id"])
    show(outcomes.marks, inside, benefit, clocks)
    one, readings = np.zeros(12, dtype=np.int64), np.arange(12)
    show(outcomes.moved, one, readings, np.sin(readings), np.array([8]), np.array([1.0]))
    show(outcomes.outcome_line, inside, benefit, attainment_line=limits.attainment_line)
    show(outcomes.plan_line, inside, benefit, window.end)
    show(outcomes.usage_drops, portfolio, inside, usage_drop_observations=limits.usage_drop_observations)

    statuses = reported = show(status.items, portfolio, log, inside, limits)
    show(status.coverage, portfolio, log, inside, stale_rhythms=limits.stale_rhythms, by="value_stream_id")
    show(status.estimate_accuracy, portfolio, log, show(status.delivery, portfolio, log, limits))
    show(status.fake_agility, portfolio, log, items, window)
    show(status.loose_ends, portfolio, log, inside)
    for listing in (
        status.changed_plans,
        status.contradictions,
        status.matrix,
        status.red_or_open,
        status.shrunk,
        status.suffixed,
    ):
        show(listing, reported)
    show(status.missing_elements, reported)
    show(status.reports, portfolio, log.work["item_id"])
    show(status.table, reported, window.timezone)
    show(status.vanity_metrics, portfolio)

    lifted = value.inside(portfolio, log, attainment_line=limits.attainment_line)
    benefits = show(value.benefits, portfolio, log, outcomes.tests(lifted, window.end, limits))
    money = show(value.money, portfolio, log, benefits)
    scores, streams = show(value.scores, portfolio), show(funding.streams, portfolio, window)
    costs = show(decisions.waiting_cost, portfolio)
    known = (money, reported, scores, clocks, streams, costs)
    advised = show(value.recommendations, *known, stop_ratio=limits.stop_ratio)
    for measure in (value.by_stream, value.cashable, value.claimed_twice, value.life_table):
        show(measure, money if measure is value.by_stream else benefits)
    show(value.advice_table, advised)
    show(value.clocks_table, clocks)
    show(value.business_value, portfolio, window)
    show(value.items_table, money, scores, advised)
    show(value.realised_by_stream, portfolio, benefits)
    show(flow.ended_objectives, portfolio, window)
    for measure in (funding.budgets, funding.persistence, funding.quarters):
        show(measure, portfolio, window)
    show(funding.guardrails, portfolio, window, guardrail_tolerance=limits.guardrail_tolerance)
    show(funding.rounds_fit, show(funding.rounds, portfolio, scores, money))
    share = value.realisation(benefits).value
    signs, latency = show.frames["status.fake_agility"], show.frames["flow.decision_latency"]
    uses = show.frames["okr.money"]
    evidence = (portfolio, log, lifted, signs, latency, aligned.items, uses, share, window)
    axes = show(transition.axes, *evidence, decision_quick_days=limits.decision_quick_days)
    show(transition.over_reviews, axes, axes.assign(day=pd.Timestamp("2026-04-30")), window)
    moved_on = replace(portfolio, settings=replace(portfolio.settings, vmo_since="2026-01-01"))
    show(transition.before_after, moved_on, log, flow.SMALL_N)

    answered = show(satisfaction.answers, portfolio, window)
    show(satisfaction.satisfaction, answered)
    show(
        satisfaction.drops,
        answered,
        satisfaction.answers(portfolio, window.before),
        satisfaction_drop_p=0.05,
        smallest_n_answers=30,
    )

    asked = show(decisions.states, portfolio)
    effects = show(decisions.effects, portfolio, asked)
    held = show(decisions.kept, portfolio, asked, effects, log, items)
    told = statuses.assign(day=pd.Timestamp("2026-04-30"))
    flagged = show(transition.flags, told, statuses, asked, "2026-10-31", portfolio.settings.timezone)
    priced = pd.DataFrame(columns=["day", "decision_id", "cost_per_month", "counted_above"])
    counts = (
        decisions.figures(asked, window, 5),
        status.coverage(portfolio, log, inside, stale_rhythms=limits.stale_rhythms, by="value_stream_id"),
    )
    show(transition.scorecard, told, flagged, priced, asked, effects, *counts)
    show(decisions.journeys, asked, effects, held)
    show(decisions.summary, asked, effects, held)
    show(decisions.standing, portfolio, items, aligned.links)
    goals = aligned.goals
    owned = show(places.belonging, portfolio, items, aligned.links, goals.objectives, held)
    show(places.counts, owned, items, aligned.counted, goals.key_results, statuses)

    found = found_in(SAMPLE.parent / "review")
    past = (found.past_findings, found.reviews, found.complete, window.end_day)
    show(changes.findings, found.findings, *past)
    show(changes.figures, found.figures, found.past_figures, found.reviews)
    return show


def listed(name: str, *, passed_on: bool = True) -> list[Column]:
    """The columns that the docstring of a measure lists.

    A phrase stands for those of another frame: one that the measure was given, or that of another measure.
    """
    _, heading, block = (inspect.getdoc(MEASURES[name]) or "").partition("\n\nColumns\n")
    assert heading, f"{name} lists no columns: a last paragraph that begins with the line 'Columns'"
    columns: list[Column] = []
    for entry in re.split(r"\n {4}(?! )", "\n" + block)[1:]:
        told = " ".join(entry.split())
        passed, parts = PASSED_ON.fullmatch(told), ENTRY.fullmatch(told)
        assert passed or parts, f"{name}: {told!r} does not read 'name (unit): meaning'"
        if parts:
            columns += [Column(one, parts["unit"] or "") for one in parts["names"].split(", ")]
        elif passed and passed_on:
            columns += _of(passed[1], name)
    return columns


def _of(frame: str, name: str) -> list[Column]:
    """The columns of what a measure was given under that name, else of the measure that bears it."""
    given = shown().given[name].get(frame)
    if isinstance(given, pd.DataFrame):
        return [Column(str(column), "") for column in given.columns]
    return listed(frame if "." in frame else f"{name.partition('.')[0]}.{frame}")


@pytest.mark.parametrize("name", MEASURES)
def test_a_frame_has_the_columns_that_its_docstring_lists_in_that_order(name: str) -> None:
    assert name in shown().frames, f"{name} returns a frame: it takes a line in shown()"
    assert (inspect.getdoc(MEASURES[name]) or "").startswith("One row")
    assert [column.name for column in listed(name)] == list(shown().frames[name].columns)


@pytest.mark.parametrize("name", MEASURES)
def test_days_shares_and_money_say_their_unit(name: str) -> None:
    wrong = [
        f"{column.name} ({column.unit}) is in {unit}"
        for column in listed(name, passed_on=False)
        for named, unit in UNITS.items()
        if named.fullmatch(column.name) and not column.unit.startswith(unit)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", MEASURES)
def test_a_share_0_1_lies_between_0_and_1(name: str) -> None:
    frame = shown().frames[name]
    shares = [column.name for column in listed(name, passed_on=False) if column.unit == "share 0–1"]
    outside = [one for one in shares if not frame[one].dropna().between(-1e-9, 1 + 1e-9).all()]
    assert outside == []


NOT_SHOWN = {("status.reports", "age_days")}
"""A name that counts the calendar's days elsewhere; no slide shows this frame."""


def test_a_heading_says_working_days_of_just_the_columns_that_a_working_calendar_changes() -> None:
    changed, wrong = set(), []
    for name, frame in shown().frames.items():
        other = shown(working=True).frames[name]
        for column in map(str, frame.columns):
            if not re.search(r"(^|_)days(_|$)", column) or not pd.api.types.is_numeric_dtype(frame[column]):
                continue
            plain, counted = (one[column].dropna().astype("float64").sort_values() for one in (frame, other))
            if plain.empty or (name, column) in NOT_SHOWN:
                continue
            differs = len(plain) != len(counted) or not np.allclose(plain, counted)
            changed |= {column} if differs else set()
            if differs != counts_calendar(column, frame.columns):
                wrong.append((name, column))
    assert wrong == []
    assert {"age_days", "days", "days_saved_per_item", "wait_days", "wip_days"} <= changed
