"""Each planted case of the sample is found by its rule, and no near miss; the truth comes from the generation
alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from vmo_helpers.measures import flow, outcomes, satisfaction, status
from vmo_helpers.measures.status.items import a_month_before
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.sources import latest_fact, load
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Label, Outside, Suffix, Tier
from vmo_helpers.window import Window, day_end, instant, review_window

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
LIMITS = Thresholds()


@dataclass(frozen=True)
class Judged:
    """The sample, judged."""

    portfolio: Portfolio
    window: Window
    log: flow.FlowLog
    inside: outcomes.Inside
    tests: pd.DataFrame
    items: pd.DataFrame


@cache
def truth() -> dict[str, Any]:
    return dict(json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8")))


@cache
def judged() -> Judged:
    whole = load(SAMPLE)
    zone = whole.settings.timezone
    fact = latest_fact(whole)
    assert fact is not None
    as_of = day_end(str(fact.at.tz_convert(zone).date()), zone)
    made = whole.known_at(as_of)
    log = flow.read(made)
    inside = outcomes.read(made, log, attainment_line=LIMITS.attainment_line)
    items = status.items(made, log, inside, LIMITS)
    return Judged(
        made, review_window(as_of, None, zone), log, inside, outcomes.tests(inside, as_of, LIMITS), items
    )


def labelled(label: Label) -> Callable[[], set[str]]:
    return lambda: ids(judged().items["label"].eq(label))


def marked(suffix: Suffix) -> Callable[[], set[str]]:
    return lambda: ids(judged().items["suffixes"].str.split(";").map(lambda parts: str(suffix) in parts))


def ids(chosen: pd.Series) -> set[str]:
    return set(judged().items.loc[chosen.to_numpy(dtype=bool), "item_id"])


def green_of(tier: Tier) -> Callable[[], set[str]]:
    return lambda: ids(judged().items["outside"].eq(Outside.GREEN) & judged().items["tier"].eq(tier))


def not_assessable() -> set[str]:
    tests = judged().tests
    return set(tests.loc[tests["missing"].notna(), "benefit_id"])


def too_few() -> set[str]:
    tests = judged().tests
    return set(
        tests.loc[
            tests["missing"].isna()
            & tests["lacks"].str.contains("more observation").fillna(False).astype(bool),
            "item_id",
        ]
    )


def usage() -> set[str]:
    made = judged()
    drops = outcomes.usage_drops(
        made.portfolio, made.inside, usage_drop_observations=int(LIMITS.usage_drop_observations)
    )
    return set(drops.loc[drops["dropped"].fillna(False).astype(bool), "metric_id"])


def content() -> set[str]:
    made = judged()
    asked = [
        satisfaction.answers(made.portfolio, window, by="value_stream_id")
        for window in (made.window, made.window.before)
    ]
    drops = satisfaction.drops(
        *asked, satisfaction_drop_p=LIMITS.satisfaction_drop_p, smallest_n_answers=LIMITS.smallest_n_answers
    )
    drops = drops[drops["dropped"].fillna(False)]
    return set(drops["subject"] + ":" + drops["instrument"])


def signs() -> set[str]:
    made = judged()
    found = status.fake_agility(
        made.portfolio, made.log, flow.items(made.log, made.window), made.window
    ).set_index("sign")["value"]
    limits = {
        "project_funding": LIMITS.project_funding_share,
        "annual_cadence": LIMITS.annual_cadence_share,
        "large_batches": LIMITS.large_batch_items,
        "approval_waits": LIMITS.approval_wait_share,
        "upfront_time": LIMITS.upfront_time_share,
    }
    return {sign for sign, limit in limits.items() if found[sign] > limit}


RULES: dict[str, Callable[[], set[str]]] = {
    "watermelon.watermelon": labelled(Label.WATERMELON),
    "watermelon.board": green_of(Tier.BOARD),
    "watermelon.watch": green_of(Tier.WATCH),
    "watermelon.open_inside": labelled(Label.OPEN_INSIDE),
    "watermelon.moved_goalposts": marked(Suffix.MOVED_GOALPOSTS),
    "watermelon.re_planned": marked(Suffix.RE_PLANNED),
    "watermelon.unknown_inside": labelled(Label.UNKNOWN_INSIDE),
    "watermelon.not_assessable": not_assessable,
    "watermelon.too_few_data": too_few,
    "watermelon.shrunk": marked(Suffix.SHRUNK),
    "watermelon.self_contradicting": marked(Suffix.SELF_CONTRADICTING),
    "watermelon.stale_status": lambda: ids(
        judged().items["report_age_days"].gt(LIMITS.stale_rhythms * judged().items["report_rhythm_days"])
    ),
    "watermelon.stale_outcome": lambda: ids(judged().items["outcome_rhythms"].gt(LIMITS.stale_rhythms)),
    "watermelon.stale": marked(Suffix.STALE),
    "watermelon.opinion_only": marked(Suffix.OPINION_ONLY),
    "watermelon.frozen": marked(Suffix.FROZEN),
    "watermelon.plan_aged": marked(Suffix.PLAN_AGED),
    "watermelon.delivery_contradicts": lambda: ids(
        judged().items["reported"].eq(Outside.GREEN)
        & judged().items["delivery"].isin([Outside.AMBER, Outside.RED])
    ),
    "watermelon.vanity_metric": lambda: set(status.vanity_metrics(judged().portfolio)["metric_id"]),
    "watermelon.usage_drop": usage,
    "watermelon.satisfaction_drop": content,
    "watermelon.fake_agility": signs,
}
CASES = [case for case in truth()["cases"] if case["rule"].startswith("watermelon.")]


def test_every_planted_rule_is_tried() -> None:
    assert {case["rule"] for case in CASES} == set(RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_each_planted_case_is_found_and_no_near_miss(case: dict[str, Any]) -> None:
    found = RULES[case["rule"]]()
    assert set(case["planted"]) - found == set()
    assert found & set(case["near_misses"]) == set()
    if case["complete"]:
        assert found == set(case["planted"])


def test_every_item_bears_the_label_that_was_planted() -> None:
    planted = {item["item_id"]: item["label"] for item in truth()["items"]}
    found = judged().items.set_index("item_id")["label"].to_dict()
    assert {item: label for item, label in found.items() if planted.get(item) != label} == {}


def test_attainment_is_what_was_planted_within_its_interval() -> None:
    planted = {
        b["benefit_id"]: b["attainment"] for b in truth()["benefits"] if b["mode"] in {"level", "season"}
    }
    tests = judged().tests.set_index("benefit_id")
    tests = tests[tests.index.isin(planted) & tests["p_value"].notna()]
    off = (tests["attainment"] - tests.index.map(planted)).abs()
    assert (off < 0.03).all()
    assert len(tests) > 15


def test_the_review_of_a_month_ago_agrees_with_the_boards_second_look() -> None:
    made = judged()
    zone = made.portfolio.settings.timezone
    assert made.portfolio.as_of is not None
    before = a_month_before(made.portfolio.as_of, zone)
    assert before == instant("2026-09-30", zone, end_of_day=True)
    then = load(SAMPLE).known_at(before)
    log = flow.read(then)
    earlier = status.items(
        then, log, outcomes.read(then, log, attainment_line=LIMITS.attainment_line), LIMITS
    ).set_index("item_id")
    board = made.items[made.items["tier"].eq(Tier.BOARD)]["item_id"]
    assert earlier.loc[board, "tier"].isin([Tier.RED, Tier.BOARD]).all()
