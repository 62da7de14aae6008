"""What a rule is tried with: cases of a few rows each, and the sample with what was planted in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from decisions_small import NONE_HELD
from test_watermelon_findings import everything

from vmo_helpers import forecasts
from vmo_helpers.findings import Finding
from vmo_helpers.findings import decisions as of_decisions
from vmo_helpers.findings import flow as of_flow
from vmo_helpers.findings import forecast as of_forecast
from vmo_helpers.findings import funding as of_funding
from vmo_helpers.findings import okr as of_okr
from vmo_helpers.findings import value as of_value
from vmo_helpers.measures import decisions, flow, funding, okr, outcomes, status, value
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.sources import latest_fact, load
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window, day_end, review_window

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
LIMITS = Thresholds()
LOUD = frozenset({Severity.ALARM, Severity.WARNING})
ALARM = frozenset({Severity.ALARM})
GOOD = frozenset({Severity.GOOD})
Found = Finding | Iterable[Finding]


@dataclass(frozen=True)
class Case:
    """A rule tried on the smallest frames: ``judge`` raises it for each of ``planted``, for none of ``near``.

    Each of both is a tuple of arguments of ``judge``. Raised means a finding of the rule as loud as ``loud``.
    ``fewer`` is why there are under two near misses.
    """

    rule: str
    judge: Callable[..., Found]
    planted: list[tuple[Any, ...]]
    near: list[tuple[Any, ...]]
    loud: frozenset[Severity] = LOUD
    fewer: str = ""

    def raised_by(self, arguments: tuple[Any, ...]) -> bool:
        return bool(subjects(self.judge(*arguments), self.rule, self.loud))


def subjects(found: Found, rule: str, loud: frozenset[Severity] = LOUD) -> set[str]:
    """Whom a rule speaks up about."""
    each = [found] if isinstance(found, Finding) else found
    told = [finding for finding in each if finding.rule == rule and finding.severity in loud]
    return {subject for one in told for subject in (one.subject, *one.details.get("subjects", ()))}


@cache
def truth() -> dict[str, dict[str, Any]]:
    """What was planted in the sample, by rule."""
    told = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return {case["rule"]: case for case in told["cases"]}


@cache
def sample() -> list[Finding]:
    """Every finding about items, streams, states, goals and decisions of the sample, as of its last fact."""
    whole = load(SAMPLE)
    zone, fact = whole.settings.timezone, latest_fact(whole)
    assert fact is not None
    as_of = day_end(str(fact.at.tz_convert(zone).date()), zone)
    made, window = whole.known_at(as_of), review_window(as_of, None, zone)
    return [
        *_flow(made, window),
        *everything(made),
        *_okr(made, window),
        *_value(made, window),
        *_ahead(made, window),
        *of_decisions.past(decisions.states(made), NONE_HELD, LIMITS),
    ]


def _flow(made: Portfolio, window: Window) -> list[Finding]:
    level, currency = made.settings.review_level, made.settings.currency
    log = flow.read(made)
    items = flow.items(log, window)
    took = flow.service_level_expectation(log, items, window)
    overdue = flow.overdue_items(items, window, LIMITS.overdue_days)
    streams, states = flow.wip_by_stream(items, made), flow.wip_by_state(items, made)
    queue, changes = flow.queue_after_done(log, items, window), flow.local_against_system(log, items, window)
    return [
        *of_flow.started_not_finished(items, window, LIMITS, level),
        *of_flow.nothing_finished(items, window, level),
        *of_flow.too_few_to_say(items, LIMITS, level),
        *of_flow.wait_queue(flow.wait_pareto(log, items, window), LIMITS, currency),
        of_flow.gate(flow.wait_pareto(log, items, window, by="gate"), LIMITS, currency),
        *of_flow.stalled_items(items, took, LIMITS, level),
        *of_flow.wip_limits(items, streams, states, LIMITS, level),
        *of_flow.rework(items, LIMITS, level),
        *of_flow.reopened(items, LIMITS, level),
        *of_flow.hand_offs(items, LIMITS, level),
        *of_flow.blocked(flow.blocked_now(log, items), items, made, level),
        *of_flow.unfinished_needs(flow.unfinished_needs(made, items), items, made, level),
        *of_flow.overdue(overdue, items, LIMITS, level),
        *of_flow.queue_after_done(queue, window, LIMITS, level),
        *of_flow.local_optimum(changes, level),
        *of_flow.slow_decisions(flow.decision_latency(made), LIMITS),
    ]


def _okr(made: Portfolio, window: Window) -> list[Finding]:
    read = okr.read(made, flow.items(flow.read(made), window), window)
    return [
        *of_okr.orphan_items(read, okr.orphan_items(read), LIMITS),
        *of_okr.goals_without_work(read, okr.goal_work(read)),
        *of_okr.starvation(read, okr.starvation(read), LIMITS),
        *of_okr.over_promised(okr.promised(read), LIMITS),
        *of_okr.over_mapped_items(read, LIMITS),
        *of_okr.siloed_goals(okr.served_by(read)),
        *of_okr.conflicting_goals(read, okr.conflicting(read.goals)),
        *of_okr.key_results(okr.key_results(made, read.goals)),
        *of_okr.late_edits(read, okr.late_edits(made, read.goals)),
    ]


def _ahead(made: Portfolio, window: Window) -> list[Finding]:
    items = flow.items(flow.read(made), window)
    order = forecasts.best_order(made, items, window)
    return [
        *of_forecast.market(forecasts.market_table(made, order), forecasts.order_table(order), LIMITS),
        of_forecast.scope_growth(forecasts.scope_growth(made, items), LIMITS),
    ]


def _value(made: Portfolio, window: Window) -> list[Finding]:
    log, currency = flow.read(made), made.settings.currency
    inside = value.inside(made, log, attainment_line=LIMITS.attainment_line)
    benefits = value.benefits(made, log, outcomes.tests(inside, window.end, LIMITS))
    money, streams = value.money(made, log, benefits), funding.streams(made, window)
    budgets, teams = funding.budgets(made, window), funding.persistence(made, window)
    guarded = funding.guardrails(made, window, guardrail_tolerance=LIMITS.guardrail_tolerance)
    tested = outcomes.tests(inside, window.end, LIMITS)
    clocks = outcomes.three_clocks(
        inside, log, tested, adoption_hold_observations=LIMITS.adoption_hold_observations
    )
    known = status.items(made, log, inside, LIMITS), value.scores(made), clocks, streams
    costs = decisions.waiting_cost(made)
    advised = value.recommendations(money, *known, costs, stop_ratio=LIMITS.stop_ratio)
    return [
        *of_value.recommendations(advised, LIMITS, currency),
        *of_value.shortfalls(benefits, LIMITS, currency),
        *of_value.vanished_shortfalls(benefits, LIMITS, currency),
        *of_value.not_measured(benefits),
        *of_value.claimed_twice(value.claimed_twice(benefits), benefits, currency),
        *of_value.low_returns(value.by_stream(money), money, LIMITS, currency),
        *of_funding.guardrails(guarded, LIMITS),
        *of_funding.over_budget(streams, LIMITS, currency),
        *of_funding.project_funded(budgets, streams, LIMITS),
        *of_funding.unstable_teams(teams),
    ]
