"""Every sentence of the findings, of none, one and two of everything, and under a working calendar: singular
and plural, and one unit of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from string import Formatter

import pytest
from calm import portfolio
from judged import said_of
from planted import SAMPLE

from vmo_helpers.deck.legends import LEGENDS
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.latest import latest_fact
from vmo_helpers.results.finding import Finding
from vmo_helpers.sources import load
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import day_end

LEVEL = "User Story"
MANY = (
    "User Stories|items|days|hours|minutes|weeks|times|reviews|spells|decisions|deliveries|limits|metrics"
    "|goals|key results|objectives|intervals|places|comparisons|signs|reports|questions|findings|teams|links"
)
ONE_OF_MANY = re.compile(rf"(?<![\d.,/–])1 (?!of )(?:\w+ ){{0,2}}(?:{MANY})\b")
SINGULAR = r"User Story|item|metric|decision|report|key result|objective|goal|delivery|limit"
GOING = "(?: in progress)?"
DISAGREES = re.compile(
    rf"(?<![\d.,])(?<!of )1 (?:\w+ )?(?:{SINGULAR}){GOING} (?:are|have|were|rest|serve|follow|move|stand)\b"
    rf"|(?<![\d.,])(?<!of )(?:0|[2-9]|\d\d+) (?:\w+ )?(?:{MANY}){GOING} (?:is|has|was|rests|serves|follows)\b"
)
CLUMSY = re.compile(
    r"\b[Ss]torys\b|\bAll [012] |in before|\bnan\b|\bNaT\b|\bNone\b(?! of)|  | ,|\(\)|: :|\.\."
)
ELAPSED = re.compile(r"\d (?:day|hour|minute)s?\b")


def variant(made: Portfolio, working: bool) -> Portfolio:
    """Under a level whose plural is not a mere "s", with elapsed or working days."""
    renamed = {
        name: made.tables[name].assign(level=made.tables[name]["level"].replace({"epic": LEVEL}))
        for name in ("work_items", "states")
    }
    settings = replace(
        made.settings, review_level=LEVEL, working_days=(0, 1, 2, 3, 4) if working else None, holidays=()
    )
    return replace(made, settings=settings, tables={**made.tables, **renamed}, origin=None)


def _sample() -> Portfolio:
    whole = load(SAMPLE)
    fact = latest_fact(whole)
    assert fact is not None
    return whole.known_at(day_end(str(fact.at.tz_convert(whole.settings.timezone).date()), "Europe/Berlin"))


KEPT = {"none": [], "one finished": ["E00"], "one open": ["E90"], "two of each": ["E00", "E01", "E90", "E91"]}
CASES = [
    *((name, False) for name in (*KEPT, "sample")),
    *(pytest.param(name, True, marks=pytest.mark.deep) for name in KEPT),
    ("sample", True),
]


@cache
def said(name: str, working: bool) -> list[Finding]:
    made = _sample() if name == "sample" else portfolio(KEPT[name])
    return said_of(variant(made, working))


def texts(found: list[Finding]) -> Iterator[str]:
    for one in found:
        yield from (one.sentence, one.clears_when, *one.missing)


@pytest.mark.parametrize(("name", "working"), CASES)
def test_singular_and_plural_agree_in_every_sentence(name: str, working: bool) -> None:
    wrong = [
        text
        for text in texts(said(name, working))
        if ONE_OF_MANY.search(text) or DISAGREES.search(text) or CLUMSY.search(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", [*KEPT, "sample"])
def test_under_a_working_calendar_every_sentence_has_one_unit_of_time_and_says_which(name: str) -> None:
    found = said(name, True)
    both = [one.sentence for one in found if "working day" in one.sentence and ELAPSED.search(one.sentence)]
    assert both == []
    unsaid = [one.sentence for one in found if one.unit == "working_days" and ELAPSED.search(one.sentence)]
    assert unsaid == []
    assert [
        one for one in said(name, False) if "working day" in one.sentence or one.unit == "working_days"
    ] == []


def test_lengths_of_the_log_are_in_working_days_and_those_of_the_calendar_are_not() -> None:
    rules: dict[str, set[str]] = {}
    for one in said("sample", True):
        rules.setdefault(one.unit, set()).add(one.rule)
    assert {"flow.lead_time", "flow.stalled_item", "flow.queue_after_done"} <= rules["working_days"]
    assert {"flow.release_rhythm", "flow.slow_decision", "flow.delivery_gap"} <= rules["days"]
    assert rules["days"] & rules["working_days"] == set()


@pytest.mark.parametrize("rule", sorted(LEGENDS))
def test_what_stands_beside_a_slide_speaks_of_one_in_the_singular(rule: str) -> None:
    ones = {
        one.name: 1
        for one in fields(Thresholds)
        if one.metadata["kind"] in ("days", "a whole number", "a multiple")
    }
    legend = LEGENDS[rule]
    asked = {
        str(name)
        for text in (legend.read, legend.definition, legend.caption)
        for _, name, _, _ in Formatter().parse(text)
        if name
    }
    known = {one.name for one in fields(Thresholds)} | {"level", "levels", "Level", "Levels"}
    filled = legend.filled(replace(Thresholds(), **ones), LEVEL, dict.fromkeys(asked - known, "spend"))
    shown = (filled.read, filled.definition, filled.caption)
    assert [text for text in shown if ONE_OF_MANY.search(text) or CLUMSY.search(text)] == []
