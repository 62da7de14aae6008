"""No calm without its record: what each rule needs before it may say that all is well, taken away in turn."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from calm import portfolio
from decisions_small import NONE_HELD
from judged import said_of

from vmo_helpers.contract.schema import TABLES
from vmo_helpers.findings import decisions as of_decisions
from vmo_helpers.findings.record import RECORD, borne_out, either
from vmo_helpers.findings.rule import Rule
from vmo_helpers.measures import decisions
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

ROOT = Path(__file__).parents[2]
DECK = {
    "flow": "flow_analysis",
    "watermelon": "watermelon_metrics",
    "okr": "okr_alignment",
    **dict.fromkeys(("value", "funding", "transition"), "value_and_funding"),
}
OF_TABLES = {rule: row for rule, row in RECORD.items() if rule.partition(".")[0] in DECK}
NEEDS = sorted({need for row in OF_TABLES.values() for need in row.needs})


def emptied(made: Portfolio, need: str) -> Portfolio:
    """The portfolio without any of the tables and columns that would meet a need."""
    tables = dict(made.tables)
    for table, _, column in (one.partition(".") for one in either(need)):
        frame = tables[table]
        tables[table] = (
            frame.assign(**{column: frame[column].array[:0].take([-1] * len(frame), allow_fill=True)})
            if column
            else frame.head(0)
        )
    return replace(made, tables=tables, origin=None)


@cache
def calm() -> dict[str, list[Finding]]:
    """What is good in the calm portfolio, by rule."""
    found: dict[str, list[Finding]] = {}
    for one in said_of(portfolio()):
        if one.severity is Severity.GOOD:
            found.setdefault(one.rule, []).append(one)
    return found


def test_in_the_calm_portfolio_every_rule_that_can_be_good_is() -> None:
    assert set(OF_TABLES) - set(calm()) == set(), "tests/findings/calm.py lacks what makes it good"
    assert set(calm()) - set(RECORD) == set(), "what can be good takes a row in findings/record.py"


@pytest.mark.parametrize(
    "need", [pytest.param(need, marks=pytest.mark.deep) if "." in need else need for need in NEEDS]
)
def test_nothing_stays_good_and_no_calm_sentence_stands_without_its_record(need: str) -> None:
    rules = {rule for rule, row in OF_TABLES.items() if need in row.needs}
    decks = sorted({DECK[rule.partition(".")[0]] for rule in rules})
    said = said_of(emptied(portfolio(), need), decks, held=False)
    assert {one.rule for one in said if one.severity is Severity.GOOD} & rules == set()
    sentences = {one.sentence for rule in rules for one in calm()[rule]}
    assert [one.sentence for one in said if one.sentence in sentences] == []


WITHOUT = {
    "benefits": {
        "value.realisation",
        "value.return",
        "value.at_risk",
        "value.recommendations",
        "value.disbenefits",
        "value.life",
        "value.clocks",
        "value.not_measured",
    },
    "realisations": {"value.realisation", "value.return", "value.benefit_shortfall", "value.not_measured"},
    "budgets": {"funding.value_streams", "funding.over_budget", "funding.rounds", "funding.project_funded"},
    "surveys": set(),
    "decisions": set(),
}
"""What the deck on value and funding cannot say without a table."""


@pytest.mark.parametrize("gone", [*WITHOUT, "; ".join(WITHOUT)])
def test_what_cannot_be_said_names_what_to_record_first(gone: str) -> None:
    made, tables = portfolio(), gone.split("; ")
    for table in tables:
        made = emptied(made, table)
    said = said_of(made, ["value_and_funding"])
    unknown = [one for one in said if one.severity is Severity.UNKNOWN]
    assert [one.sentence for one in unknown if not one.missing] == []
    wanted = set().union(*(WITHOUT[table] for table in tables))
    assert wanted - {one.rule for one in unknown} == set()
    if "surveys" in tables:
        (business,) = [one for one in said if one.rule == "value.business_value"]
        assert "what customers feel is not known" in business.sentence and business.missing


def test_without_decisions_nothing_is_said_of_them() -> None:
    states = decisions.states(emptied(portfolio(), "decisions"))
    (told,) = of_decisions.past(states, NONE_HELD, Thresholds())
    assert (told.rule, told.severity) == ("decisions.carried_through", Severity.UNKNOWN)
    (whole, *_) = of_decisions.past(decisions.states(portfolio()), NONE_HELD, Thresholds())
    assert borne_out(whole, portfolio()).severity is Severity.GOOD
    assert borne_out(whole, emptied(portfolio(), "decisions")).severity is Severity.UNKNOWN


def test_without_figures_there_is_no_conclusion_and_a_calm_one_needs_theirs() -> None:
    row = {"key": "watermelon.count", "unit": "items", "value": 0.0, "before": 0.0}
    calm_one = of_decisions.conclusion(pd.DataFrame([row]), Thresholds(), "epic")
    assert (calm_one.rule, calm_one.severity) == ("decisions.conclusion", Severity.GOOD)
    for gone in (pd.DataFrame(columns=list(row)), pd.DataFrame([{**row, "value": None}])):
        none = of_decisions.conclusion(gone, Thresholds(), "epic")
        assert (none.severity, bool(none.missing)) == (Severity.UNKNOWN, True)


def test_a_good_finding_whose_record_is_not_there_becomes_unknown_and_names_it() -> None:
    good = Rule("flow.rework", 3.0, "rework_moves").good("No epic went back", n=4, subject="portfolio")
    assert borne_out([good], portfolio()) == [good]
    (told,) = borne_out([good], emptied(portfolio(), "transitions"))
    assert (told.severity, told.value, told.missing) == (Severity.UNKNOWN, None, ("transitions",))
    assert told.sentence == "No conclusion on rework: the table transitions is not on record"
    links = Rule("okr.orphan_items").good("All serve a goal")
    told = borne_out(links, emptied(portfolio(), "links or work_items.goal"))
    assert told.sentence.endswith("neither the table links nor goal of work_items is on record")
    loud = Rule("flow.rework").warning("Two went back")
    assert borne_out(loud, emptied(portfolio(), "transitions")) is loud


def test_every_need_is_a_table_or_a_column_of_the_contract() -> None:
    named = {one.partition(".")[::2] for row in RECORD.values() for need in row.needs for one in either(need)}
    assert {table for table, _ in named} <= set(TABLES)
    assert [(t, c) for t, c in named if c and c not in TABLES[t].names] == []


def test_every_rule_that_says_something_good_has_its_row() -> None:
    """By the source: a function that makes a good finding, or is calm, names its rule."""
    makers = {}
    for path in (ROOT / "vmo_helpers" / "findings").rglob("*.py"):
        for made in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(made, ast.FunctionDef) and re.search(
                r"Severity\.GOOD|\.good\(|calm=", ast.unparse(made)
            ):
                makers[made.name] = set(re.findall(r"Rule(?:\.by)?\('([\w.]+)'", ast.unparse(made)))
    named = set().union(*makers.values()) - {"okr.orphan_item"}  # each of them, beside the calm count
    assert named - set(RECORD) == set()
    assert set(RECORD) - named <= {"flow.lead_time", "flow.cycle_time", "watermelon.watermelon"}


def test_the_documents_name_what_each_rule_needs() -> None:
    said = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w.]+)` \| on record: (.*) \|$", said, re.M))
    assert rows == {
        rule: "; ".join(" or ".join(f"`{one}`" for one in either(need)) for need in row.needs)
        or "the figures of the other decks"
        for rule, row in RECORD.items()
    }
