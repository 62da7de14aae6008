"""Every rule is raised by what was planted for it, and by no near miss; a rule that nobody planted fails."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import planted_ahead
import planted_flow
import planted_goals
import planted_reviews
import planted_value
import pytest
from planted import GOOD, LOUD, Case, sample, subjects, truth

from vmo_helpers.vocabulary import Severity

ROOT = Path(__file__).parents[2]
UNKNOWN = frozenset({Severity.UNKNOWN})
UNSURE = frozenset({Severity.NOTE, Severity.UNKNOWN})
CASES = [
    *planted_ahead.CASES,
    *planted_flow.CASES,
    *planted_goals.CASES,
    *planted_reviews.CASES,
    *planted_value.CASES,
]

ALIASES = {
    "okr.conflicting_key_results": ("okr.conflicting_goals",),
    "okr.edited_goal": ("okr.late_edit",),
    "okr.goal_without_work": ("okr.key_result_without_work", "okr.objective_without_work"),
    "okr.key_result_at_risk": ("okr.key_result_at_risk", "okr.key_result_will_miss"),
    "okr.over_mapped": ("okr.over_mapped_item",),
    "okr.over_mapped_key_result": ("okr.over_promised",),
    "okr.siloed_key_result": ("okr.siloed_goal",),
    "okr.stale_key_result": ("okr.key_result_stale",),
    "okr.starved_objective": ("okr.starvation",),
    "okr.unmeasured_key_result": ("okr.key_result_not_measured",),
    "watermelon.shrunk": ("watermelon.shrunk", "watermelon.thrift"),
}
"""Planted in the sample under another name than that of the rule, or the rules, that raise it."""

QUIET = {
    "flow.too_few_to_say": UNKNOWN,
    "watermelon.watch": UNSURE,
    "watermelon.open_inside": UNSURE,
    "watermelon.unknown_inside": UNKNOWN,
    "watermelon.thrift": GOOD,
    "value.not_measured": UNKNOWN,
    "okr.key_result_without_work": UNSURE,
    "okr.siloed_goal": UNSURE,
    "okr.key_result_stale": UNKNOWN,
    "okr.key_result_not_measured": UNKNOWN,
}
"""Rules that speak up without alarm or warning, and as what."""

OF_THE_WHOLE = {"okr.moved", "okr.unaligned_spend", "flow.local_optimum", "transition.rebadged"}
"""Rules about the whole; under their names the sample plants the items or axes that they count, or a stage
that fell since a window with which its record bears no comparison."""

OF_A_MEASURE = {
    "watermelon.board": "a tier of watermelon.watermelon",
    "watermelon.re_planned": "a suffix; watermelon.moved_goalposts without a decision",
    "watermelon.not_assessable": "a reason of watermelon.unknown_inside",
    "watermelon.too_few_data": "a reason of watermelon.unknown_inside",
    "watermelon.stale_status": "a half of watermelon.stale",
    "watermelon.stale_outcome": "a half of watermelon.stale",
    "value.disbenefit": "what value.disbenefits counts",
    "value.yearly": "a basis of value.benefits",
    "transition.flag_wrong": "a flag of transition.flags, which speaks of five at the least",
    "value.predictability": "the intervals that flow.predictability pools",
}
"""Planted in the sample, and raised by no rule of its own: tests of the measures hold it."""

JUDGES_NOTHING = {
    "flow.board",
    "flow.concept_to_customer",
    "flow.distribution",
    "flow.excluded",
    "flow.expectation",
    "flow.if_halved",
    "flow.sensitivity",
    "flow.wip_per_person",
    "watermelon.estimate_accuracy",
    "watermelon.loose_ends",
    "watermelon.three_clocks",
    "okr.denominator",
    "okr.siloed_goals",
    "forecast.all_done",
    "sequence.left_out",
    "sequence.order",
    "decisions.effect",
    "decisions.questions",
    "places.compared",
    "funding.rounds",
    "transition.before_after",
    "transition.needs",
    "value.clocks",
    "value.disbenefits",
    "value.life",
}
"""Rules that say a number and hold it against no line: a note, or unknown where evidence is missing."""


def _rules() -> set[str]:
    """Each rule with a row in the documents, which a test holds complete, or named where one is made."""
    rows = re.findall(
        r"^\| `((?!charts)[\w.]+)` \|", (ROOT / "docs" / "findings.md").read_text("utf-8"), re.M
    )
    named = {
        node.args[0].value
        for path in (ROOT / "vmo_helpers" / "findings").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"Rule", "Rule.by"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    return {*(row for row in rows if not row.startswith("charts.")), *named}


RULES = _rules()
IN_SAMPLE = {
    rule: names
    for rule in truth()
    if rule not in OF_THE_WHOLE
    for names in [ALIASES.get(rule, (rule,))]
    if set(names) <= RULES
}


def _planted(rule: str) -> tuple[int, int, bool]:
    """How many cases of a rule are planted, how many near misses stand beside them, and whether one says why
    there are so few."""
    units = [case for case in CASES if case.rule == rule]
    rows = [truth()[name] for name, rules in IN_SAMPLE.items() if rule in rules]
    return (
        sum(len(case.planted) for case in units) + sum(len(row["planted"]) for row in rows),
        sum(len(case.near) for case in units) + sum(len(row["near_misses"]) for row in rows),
        any(case.fewer for case in units),
    )


@pytest.mark.parametrize("rule", sorted(RULES - JUDGES_NOTHING))
def test_every_rule_has_a_planted_case_and_two_near_misses(rule: str) -> None:
    planted, near, fewer = _planted(rule)
    assert planted >= 1, f"{rule}: plant a case in tests/findings/planted_*.py, or sample/cases (make sample)"
    assert near >= (1 if fewer else 2), f"{rule}: a near miss stands just on the other side of the line"


def test_every_name_in_these_tables_is_that_of_a_rule_and_of_something_planted() -> None:
    named = {
        *JUDGES_NOTHING,
        *QUIET,
        *(case.rule for case in CASES),
        *(r for rs in ALIASES.values() for r in rs),
    }
    assert named - RULES == set()
    assert (set(ALIASES) | OF_THE_WHOLE | set(OF_A_MEASURE)) - set(truth()) == set()
    assert JUDGES_NOTHING & {case.rule for case in CASES} == set()


def test_all_that_is_planted_is_judged_by_a_rule_or_a_measure_or_by_a_topic_to_come() -> None:
    topics = {path.name for path in (ROOT / "vmo_helpers" / "findings").iterdir() if path.is_dir()}
    left = set(truth()) - set(IN_SAMPLE) - OF_THE_WHOLE - set(OF_A_MEASURE)
    assert {rule for rule in left if rule.partition(".")[0] in topics} == set()


def test_a_rule_that_judges_nothing_never_warns_in_the_sample() -> None:
    found = json.loads((ROOT / "data" / "review" / "findings.json").read_text(encoding="utf-8"))
    loud = {one["rule"] for one in found if one["severity"] in {str(word) for word in LOUD}}
    assert loud & JUDGES_NOTHING == set()


def _each(planted: bool) -> list[Any]:
    return [
        pytest.param(case, arguments, id=f"{case.rule}-{place}-{n}")
        for place, case in enumerate(CASES)
        for n, arguments in enumerate(case.planted if planted else case.near)
    ]


@pytest.mark.parametrize(("case", "arguments"), _each(planted=True))
def test_a_planted_case_raises_its_rule(case: Case, arguments: tuple[Any, ...]) -> None:
    assert case.raised_by(arguments)


@pytest.mark.parametrize(("case", "arguments"), _each(planted=False))
def test_a_near_miss_does_not(case: Case, arguments: tuple[Any, ...]) -> None:
    assert not case.raised_by(arguments)


@pytest.mark.parametrize("name", sorted(IN_SAMPLE))
def test_what_is_planted_in_the_sample_is_raised_and_no_near_miss(name: str) -> None:
    row = truth()[name]
    rules = IN_SAMPLE[name]
    raised = set().union(*(subjects(sample(), rule, QUIET.get(rule, LOUD)) for rule in rules))
    assert raised, f"no finding at all of {sorted(rules)}: are they called in tests/findings/planted.py?"
    assert set(row["planted"]) - raised == set(), row["why"]
    assert set(row["near_misses"]) & raised == set(), row["why"]
    if row["complete"]:
        assert raised - {"portfolio"} == set(row["planted"]) - {"portfolio"}, row["why"]
