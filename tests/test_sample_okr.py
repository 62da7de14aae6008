"""The sample portfolio: every figure of alignment agrees with an independent computation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from independent_okr import IndependentAlignment

from vmo_helpers.measures import flow, okr
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.sources import load
from vmo_helpers.vocabulary import Moved, Verdict
from vmo_helpers.window import day_end, review_window

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
TRUTH: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
CASES = {case["rule"]: case for case in TRUTH["cases"]}
Review = tuple[okr.Alignment, pd.DataFrame]


@pytest.fixture(scope="module")
def sample() -> Portfolio:
    return load(SAMPLE)


def review(sample: Portfolio, day: str) -> Review:
    known = sample.known_at(day_end(day, sample.settings.timezone))
    assert known.as_of is not None
    window = review_window(known.as_of, None, sample.settings.timezone)
    alignment = okr.read(known, flow.items(flow.read(known), window), window)
    return alignment, okr.key_results(known, alignment.goals)


@pytest.fixture(scope="module")
def today(sample: Portfolio) -> Review:
    return review(sample, TRUTH["parameters"]["last_day"])


@pytest.mark.parametrize("day", ["2026-10-31", "2026-09-30", "2026-05-15"])
def test_every_figure_agrees_with_the_independent_one(sample: Portfolio, day: str) -> None:
    alignment, results = review(sample, day)
    independent = IndependentAlignment(
        SAMPLE, alignment.window.start_day, day, sample.settings.timezone, sample.settings.review_level
    )
    counted = alignment.counted.set_index("item_id")
    assert counted["rung"].to_dict() == independent.levels()
    ours = {figure.key: figure.value for figure in okr.figures(alignment, results)}
    for key, value in independent.figures().items():
        assert ours[key] == pytest.approx(value, rel=1e-9, abs=1e-9), key
    expected = pd.DataFrame.from_dict(independent.key_results(), orient="index")
    table = results.set_index("kr_id").loc[expected.index]
    assert table["verdict"].to_dict() == expected["verdict"].to_dict()
    for column in ("progress", "projected", "projected_low", "projected_high"):
        assert table[column].to_numpy() == pytest.approx(
            expected[column].astype("float64").to_numpy(), rel=1e-6, abs=1e-6, nan_ok=True
        ), column


def test_the_counts_are_those_that_were_planted(today: Review) -> None:
    alignment, _ = today
    planted, items = TRUTH["parameters"], alignment.counted
    assert len(items) == planted["okr_denominator"]
    assert int(items["rung"].ge(1).sum()) == planted["okr_linked"]
    assert int(items["top_three"].sum()) == planted["okr_top_three"]
    assert int(items["rung"].ge(2).sum()) == planted["okr_key_result"]
    assert int(items["rung"].ge(3).sum()) == planted["okr_contribution"]


@pytest.mark.parametrize("rule", ["okr.moved", "okr.unaligned_spend"])
def test_the_items_planted_under_a_rule_about_the_whole_are_those_that_it_counts(
    rule: str, today: Review
) -> None:
    read, _ = today
    moved, orphans = okr.moved_items(read), okr.orphan_items(read)
    counted = {
        "okr.moved": moved.loc[moved["moved"].eq(Moved.MOVED), "item_id"],
        "okr.unaligned_spend": orphans.loc[orphans["orphan"] & orphans["spend"].gt(0), "item_id"],
    }[rule]
    assert set(CASES[rule]["planted"]) <= set(counted)
    assert not set(CASES[rule]["near_misses"]) & set(counted)


def test_last_quarters_deck_can_be_run_again(sample: Portfolio) -> None:
    """The sale's key result was judged against the 97 % of its quarter; the target was lowered to 96 % in
    October."""
    _, results = review(sample, "2026-09-30")
    sale = results.set_index("kr_id").loc["KR-42"]
    assert (sale["target"], sale["verdict"]) == (97, Verdict.MISSED)


def test_the_tables_of_the_review_have_their_columns(today: Review) -> None:
    alignment, results = today
    items, table = okr.items_table(alignment), okr.key_results_table(results)
    assert {
        "item_id",
        "title",
        "level",
        "top_three",
        "objectives",
        "key_results",
        "planned_cost",
        "spend",
        "excluded_because",
    } <= set(items)
    assert {
        "kr_id",
        "objective_id",
        "progress",
        "expected",
        "projected",
        "projected_low",
        "projected_high",
        "needed",
        "verdict",
        "confidence",
        "last_checkin",
        "stale",
    } <= set(table)
    assert int(items["excluded_because"].isna().sum()) == TRUTH["parameters"]["okr_denominator"]
