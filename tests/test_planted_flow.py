"""Each planted flow case of the sample is found by its rule, and no near miss; and its figures agree with the
independent ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from independent_flow import Independent

from vmo_helpers.findings import Finding
from vmo_helpers.findings import flow as findings
from vmo_helpers.measures import flow
from vmo_helpers.results.figure import by_key
from vmo_helpers.sources import latest_fact, load
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import review_window

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
TRUTH = {
    case["rule"]: case
    for case in json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["cases"]
    if case["rule"].startswith("flow.")
}
LEVEL = "epic"
Review = tuple[Any, Any, Any, Any]


@pytest.fixture(scope="module")
def review() -> Review:
    everything = load(SAMPLE)
    fact = latest_fact(everything)
    assert fact is not None
    portfolio = everything.known_at(fact.at)
    window = review_window(fact.at, None, portfolio.settings.timezone)
    log = flow.read(portfolio)
    return portfolio, window, log, flow.items(log, window)


@pytest.fixture(scope="module")
def found(review: Review) -> dict[str, list[Finding]]:
    portfolio, window, log, items = review
    limits = Thresholds()
    pareto = flow.wait_pareto(log, items, window)
    every = [
        *findings.started_not_finished(items, window, limits, LEVEL),
        *findings.nothing_finished(items, window, LEVEL),
        *findings.too_few_to_say(items, limits, LEVEL),
        *findings.wait_queue(pareto, limits, portfolio.settings.currency),
        findings.gate(flow.wait_pareto(log, items, window, by="gate"), limits, portfolio.settings.currency),
        *findings.stalled_items(items, flow.service_level_expectation(log, items, window), limits, LEVEL),
        *findings.wip_limits(
            items, flow.wip_by_stream(items, portfolio), flow.wip_by_state(items, portfolio), limits, LEVEL
        ),
        *findings.rework(items, limits, LEVEL),
        *findings.reopened(items, limits, LEVEL),
        *findings.hand_offs(items, limits, LEVEL),
        *findings.blocked(flow.blocked_now(log, items), items, portfolio, LEVEL),
        *findings.release_rhythm(
            flow.overdue_items(items, window, limits.overdue_days), items, limits, LEVEL
        ),
        *findings.queue_after_done(flow.queue_after_done(log, items, window), window, limits, LEVEL),
        *findings.local_optimum(flow.local_against_system(log, items, window), LEVEL),
        *findings.slow_decisions(flow.decision_latency(portfolio), limits),
    ]
    by_rule: dict[str, list[Finding]] = {}
    for finding in every:
        by_rule.setdefault(finding.rule, []).append(finding)
    return by_rule


def subjects(told: list[Finding], rule: str) -> set[str]:
    """Whom a rule speaks up about; the rule of too little to say speaks by being unknown."""
    loud = {Severity.UNKNOWN} if rule == "flow.too_few_to_say" else {Severity.ALARM, Severity.WARNING}
    return {finding.subject for finding in told if finding.severity in loud}


@pytest.mark.parametrize("rule", TRUTH)
def test_every_planted_case_is_found_by_its_rule(rule: str, found: dict[str, list[Finding]]) -> None:
    missed = set(TRUTH[rule]["planted"]) - subjects(found[rule], rule)
    assert not missed, f"{rule}: {TRUTH[rule]['why']}"


@pytest.mark.parametrize("rule", TRUTH)
def test_no_near_miss_is_found(rule: str, found: dict[str, list[Finding]]) -> None:
    case = TRUTH[rule]
    told = subjects(found[rule], rule) - {"portfolio"} | (subjects(found[rule], rule) & set(case["planted"]))
    wrong = told - set(case["planted"]) if case["complete"] else told & set(case["near_misses"])
    assert not wrong, f"{rule}: {case['why']}"


def test_every_figure_of_the_sample_agrees_with_the_independent_one(review: Review) -> None:
    portfolio, window, log, items = review
    as_of = portfolio.as_of.isoformat()
    independent = Independent(SAMPLE, window.start_day, as_of, timezone=portfolio.settings.timezone)
    expected = independent.figures()
    for key, figure in by_key(flow.figures(log, items, window, portfolio)).items():
        known = expected[key]
        assert figure.value == (None if known is None else pytest.approx(known, rel=1e-9)), key
    waits = flow.wait_pareto(log, items, window).set_index("cause")["wait_days"]
    assert waits[waits > 0].to_dict() == pytest.approx(independent.wait_by_state(), rel=1e-9)
    wip = flow.wip_by_day(log, window)
    assert dict(zip(wip["day"].dt.strftime("%Y-%m-%d"), wip["wip"], strict=True)) == independent.wip_by_day()


def test_streams_add_up_to_the_whole(review: Review) -> None:
    portfolio, window, log, items = review
    table = flow.by_stream(log, items, window)
    streams, whole = (
        table[table["value_stream_id"] != "all"],
        table[table["value_stream_id"] == "all"].iloc[0],
    )
    figures = by_key(flow.figures(log, items, window, portfolio))
    for column in ("items", "started", "finished", "wip", "throughput_per_week", "wait_days"):
        assert (
            streams[column].sum()
            == pytest.approx(whole[column])
            == pytest.approx(figures[f"flow.{column}"].value)
        ), column
    for column in ("cycle_time_p85_days", "lead_time_p50_days", "age_p85_days", "flow_efficiency"):
        assert whole[column] == pytest.approx(figures[f"flow.{column}"].value), column
