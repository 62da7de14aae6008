"""A place that fails: five families of sign on a few findings, at their lines and just beside them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from test_decision_findings import finding

from vmo_helpers.findings import Finding
from vmo_helpers.findings import places as judged
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

LIMITS = Thresholds()
CALM = {
    "tested": 5,
    "red": 0,
    "goals": 0,
    "spend": 100.0,
    "unaligned": 0.0,
    "wip": 9,
    "started": 0,
    "finished": 0,
}
OWN = ("S", "E-1", "E-2", "KR-1", "M-1", "D-1", "O-1")

DROP = finding("watermelon.satisfaction_drop", "S:nps", sentence="Stores: score fell from 18 to -3")
RED = finding("watermelon.watermelon", "E-1", sentence="“Kiosk” is green, yet “Orders” stands at 3 % of plan")
STARVED = finding("okr.starvation", "O-1", details={"share": 0.08, "intent_share": 0.3, "basis": "money"})
STUCK = finding("flow.nothing_finished", "S", sentence="Stores finished nothing since April")
BROKEN = finding(
    "decisions.not_kept", "D-1", "warning", details={"question": "Freeze?", "short": "is not kept"}
)
ALL = (DROP, RED, STARVED, STUCK, BROKEN)
BAD = {"red": 3}
"""Three of five tested outcomes."""


def signs(*rows: dict[str, Any], **counts: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(finding("a.b", "c")))
    own = pd.DataFrame({"place_id": "S", "place": "Stores", "kind": "value stream", "subject": OWN})
    return judged.signs(frame, own, pd.DataFrame([{"place_id": "S", **CALM, **counts}]), LIMITS)


def said(*rows: dict[str, Any], **counts: Any) -> dict[str, str]:
    return dict(signs(*rows, **counts).set_index("family")["sign"])


def failing(*rows: dict[str, Any], **counts: Any) -> list[Finding]:
    return judged.failing(signs(*rows, **counts), "2026-10-31")


def test_a_place_that_fails_is_one_sentence_in_the_order_customers_outcomes_money() -> None:
    (found,) = failing(*ALL, **BAD)
    assert found.sentence == (
        "Stores is failing its customers: score fell from 18 to -3, 3 of 5 outcomes and key "
        "results are behind and its goal gets 8 % of the money for 30 % of the intent"
    )
    assert (found.rule, found.severity, found.value) == ("places.fails", Severity.ALARM, 5)
    assert [one["family"] for one in found.details["families"]] == [str(one) for one in judged.Family]


OVER = finding("funding.over_budget", "S", value=1.38, money=2.3e6)


def test_a_goal_that_starves_where_the_stream_spends_over_its_budget_is_told_with_it() -> None:
    money = signs(STARVED, OVER).set_index("family").loc["money"]
    words = "its goal gets 8 % of the money for 30 % of the intent, though 138 % of the budget is spent"
    assert (money["sign"], money["words"]) == ("against", words)
    alone = signs(OVER).set_index("family").loc["money"]
    assert (alone["sign"], alone["words"]) == ("against", "it spent 138 % of its budget")


@pytest.mark.parametrize(
    ("rows", "way"),
    [
        (
            (STARVED,),
            "put money behind its goal, new or from what it spends elsewhere, or weigh the goal less",
        ),
        ((STARVED, OVER), "put money behind its goal from what it spends elsewhere, or weigh the goal less"),
        ((OVER,), "bring its spend back to its budget, or give it the budget"),
    ],
)
def test_no_new_money_is_an_option_where_more_than_the_budget_is_spent(
    rows: tuple[dict[str, Any], ...], way: str
) -> None:
    (found,) = failing(DROP, STUCK, *rows)
    assert way in found.details["options"].split("; ")


def test_outcomes_behind_that_are_under_half_are_told_though_they_are_no_sign() -> None:
    told = signs(RED, tested=8, red=3).set_index("family").loc["outcomes"]
    assert (told["sign"], told["words"]) == ("silent", "3 of 8 behind, under half")
    assert judged.lined(signs(RED, tested=8, red=3))["Outcomes"].tolist() == ["– 3 of 8 behind"]


def test_what_could_be_done_names_what_the_signs_name() -> None:
    (found,) = failing(*ALL, **BAD)
    _, outcomes, _, flow, decisions = found.details["options"].split("; ")
    assert outcomes == "change or stop what misses its outcome, “Orders” first"
    assert decisions == "keep “Freeze?”, or take it back"
    assert flow == "finish before anything new is started"


def test_where_one_family_speaks_for_it_signs_disagree_and_the_page_is_not_led_by_it() -> None:
    rows = (DROP, STARVED, BROKEN)
    (found,) = failing(*rows, started=5, finished=3, tested=4)
    assert (found.rule, found.severity) == ("places.mixed", Severity.WARNING)
    assert (
        found.sentence
        == "Signs disagree about Stores: customers, money and decisions against it, flow for it"
    )
    other = Finding("decisions.conclusion", "portfolio", Severity.ALARM, "Eight are red inside")
    assert judged.leading([found], other) is other
    (lead,) = failing(*ALL, **BAD)
    assert judged.leading([lead], other) is lead
    assert (
        judged.lede(lead, other, [], []) == "Eight are red inside."
        and judged.lede(other, other, [], []) == ""
    )
    assert judged.compared([lead, found], signs(*ALL, **BAD))[1:] == [found]


@pytest.mark.parametrize(("seen", "since"), [("2026-10-30", "30 October"), ("2026-10-31", None)])
def test_a_place_fails_since_an_earlier_review_and_with_the_most_money_of_what_is_against_it(
    seen: str, since: str | None
) -> None:
    rows = ({**DROP, "money": 5.0, "first_seen": seen}, {**STARVED, "money": 3.0}, BROKEN)
    calm = finding("flow.started_not_finished", "S", "good", money=900.0)
    (found,) = failing(*rows, calm, started=5, finished=3, tested=4)
    assert (found.details["since"], found.money) == (since, 5)


@pytest.mark.parametrize(
    ("counts", "sign"),
    [
        ({"tested": 5, "red": 3}, "against"),
        ({"tested": 5, "red": 2}, "silent"),
        ({"tested": 4, "red": 4}, "silent"),
        ({"tested": 4, "red": 2, "goals": 2}, "against"),
        ({"tested": 5, "red": 0}, "for"),
        ({"tested": 0, "red": 0}, "unknown"),
    ],
)
def test_outcomes_are_judged_by_half_of_at_least_five(counts: dict[str, int], sign: str) -> None:
    rows = (RED,) if counts["red"] else (finding("watermelon.watermelon", "portfolio", "good"),)
    missed = (finding("okr.key_result_will_miss", "KR-1"),) if counts.get("goals") else ()
    assert said(*rows, *missed, **counts)["outcomes"] == sign


@pytest.mark.parametrize(
    ("counts", "sign"),
    [
        ({"spend": 100.0, "unaligned": 20.1}, "against"),
        ({"spend": 100.0, "unaligned": 20.0}, "silent"),
        ({"spend": 100.0, "unaligned": 50.0}, "against"),
        ({"spend": 100.0, "unaligned": 50.1}, "unknown"),  # the links are missing, not the goals
        ({"spend": 0.0, "unaligned": 0.0}, "unknown"),
        ({"spend": 1.0, "unaligned": 0.5}, "against"),  # any spend counts, in whatever unit it is told
        ({"spend": 1.0, "unaligned": 0.1}, "silent"),
    ],
)
def test_money_speaks_by_what_serves_no_goal_of_the_places_own_spend(
    counts: dict[str, float], sign: str
) -> None:
    looked = finding("okr.starvation", "portfolio", "good")
    assert said(looked, **counts)["money"] == sign


@pytest.mark.parametrize(
    ("old", "counts", "sign"),
    [
        (2, {"wip": 10}, "against"),
        (1, {"wip": 10}, "silent"),
        (2, {"wip": 9}, "silent"),
        (0, {"started": 5, "finished": 3}, "for"),
        (0, {"started": 5, "finished": 2}, "silent"),
        (0, {"started": 4, "finished": 4}, "silent"),
    ],
)
def test_flow_speaks_of_the_place_as_a_whole_and_not_of_one_old_item(
    old: int, counts: dict[str, int], sign: str
) -> None:
    looked = finding("flow.wip_limit", "portfolio", "good")
    rows = [finding("flow.stalled_item", f"E-{n + 1}", "warning") for n in range(old)]
    assert said(looked, *rows, **counts)["flow"] == sign


@pytest.mark.parametrize("how", ["good", "warning"])
@pytest.mark.parametrize(
    ("rows", "compared", "sign"),
    [
        ((), ["S"], "silent"),
        ((), ["T", "E-1"], "silent"),  # an item of its own was asked about
        ((), ["T"], "unknown"),
        ((), [], "unknown"),
        ((DROP,), ["T"], "against"),
    ],
)
def test_of_customers_whom_too_few_asked_to_compare_nothing_is_known(
    rows: tuple[Any, ...], compared: list[str], sign: str, how: str
) -> None:
    told = {"compared": compared} if compared else {}
    looked = finding("watermelon.satisfaction_drop", "portfolio", how, details=told)
    assert said(*rows, looked)["customers"] == sign


def test_what_is_about_something_else_or_merely_noted_is_no_sign() -> None:
    noted = finding("watermelon.satisfaction_drop", "S:nps", "note")
    other = finding("flow.nothing_finished", "T")
    assert set(said(noted, other, tested=0).values()) == {"silent", "unknown"}
    blind = finding("watermelon.satisfaction_drop", "portfolio", "unknown")
    assert said(blind)["customers"] == "unknown"


@pytest.mark.parametrize(("letters", "cut"), [(180, False), (181, True)])
def test_what_a_sign_says_has_at_most_180_letters(letters: int, cut: bool) -> None:
    words = signs({**STUCK, "sentence": "x" * letters}).set_index("family").loc["flow", "words"]
    assert (len(words), words.endswith("…")) == (180, cut)


def test_places_stand_in_one_table_and_one_sentence() -> None:
    found = signs(*ALL, **BAD)
    table = judged.lined(found)
    assert table.iloc[0].tolist() == ["Stores", *["✕ against"] * 5, "score fell from 18 to -3"]
    assert judged.compared(failing(*ALL, **BAD), found)[0].sentence == (
        "1 of 1 streams and top goals fails by three signs or more"
    )
    (nothing,) = judged.compared([], found.head(0))
    assert nothing.severity is Severity.UNKNOWN and nothing.missing


def test_without_any_place_the_table_is_empty() -> None:
    assert judged.lined(pd.DataFrame(columns=signs().columns)).empty
