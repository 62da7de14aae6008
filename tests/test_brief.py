"""The executive page's parts: what a deck cites, the decisions in words, cells that lead somewhere, and the
page made of them."""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.review import demo
from tests.review.test_page import Outline
from vmo_helpers.deck import Deck
from vmo_helpers.deck.cells import table
from vmo_helpers.deck.payloads import turn
from vmo_helpers.deck.results import plain_json
from vmo_helpers.findings import Finding
from vmo_helpers.results.change import Change, Tone
from vmo_helpers.results.parts import PART_MIME
from vmo_helpers.review.pages import page, variance
from vmo_helpers.review.pages.executed import Executed
from vmo_helpers.review.pages.sparkline import lined, sparkline
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

HOSTILE = "</script><script>alert(1)</script>"
ASKS = pd.DataFrame(
    [
        {
            "rank": 1,
            "ask": HOSTILE,
            "evidence": "43 % waits",
            "owner": "Release lead",
            "cost_per_month": 655_000.0,
            "cost_basis": "cost of delay",
            "counted_above": 100.0,
            "costs": "EUR 22 k a month",
            "brings": "43 days an item",
            "without": "work goes on waiting there",
            "options": "two engineers; one",
            "within": f"“{HOSTILE}” (D-2)",
            "money": 7.9e6,
            "sureness": 0.9,
            "sureness_is": "counted from the data",
            "asked_since": pd.Timestamp("2026-09-04T22:30Z"),
            "subject": "Q",
            "decision_id": "D-001",
            "finding_id": "flow.wait_queue:Q",
            "deck": "flow_analysis",
            "slide": "wait_queue",
            "severity": "alarm",
        },
        {
            "rank": 2,
            "ask": "Stop it?",
            "evidence": "Nothing",
            "owner": None,
            "cost_per_month": None,
            "cost_basis": None,
            "counted_above": None,
            **dict.fromkeys(["costs", "brings", "without", "options", "within"]),
            "money": None,
            "sureness": 1.0,
            "sureness_is": "tested",
            "asked_since": pd.NaT,
            "subject": "E",
            "decision_id": None,
            "finding_id": None,
            "deck": "gone",
            "slide": None,
            "severity": "note",
        },
    ]
)
UNSEEN = Finding(
    "changes.not_seen",
    "okr_alignment",
    Severity.UNKNOWN,
    "There is no OKR deck: it failed",
    details={"last_good": "../a/okr_alignment.html", "last_day": "2026-09-30"},
)
WHOLE = demo.finding("decisions.conclusion", "Value reaches customers more slowly", Severity.ALARM)


@pytest.fixture
def shown() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def deck(shown: list[dict[str, Any]]) -> Deck:
    return Deck("portfolio_review", demo.portfolio(), demo.WINDOW, Thresholds(), show=shown.append)


def opening(shown: list[dict[str, Any]]) -> dict[str, Any]:
    return next(bundle[PART_MIME] for bundle in shown if bundle[PART_MIME]["part"] == "opening")


def test_decisions_are_said_in_words_unknown_where_they_are_not_known(
    deck: Deck, shown: list[dict[str, Any]]
) -> None:
    deck.opening(WHOLE, decisions=ASKS, rule="Ranked by cost", unseen=[UNSEEN])
    part = opening(shown)
    first, second = part["asks"]
    assert (first["cost"], first["sure"]) == ("EUR 655 k a month", "Counted from the data, weighted 90 %")
    assert (
        first["asked"] == "D-001, asked on 5 September, open for 57 days"
    )  # half past ten in the evening is the next day in Berlin
    assert (second["owner"], second["cost"], second["asked"], second["sure"]) == (
        "no owner named",
        "unknown",
        "",
        "Tested, weighted 99 %",
    )
    assert part["unseen"][0]["link"] == "The last good one, as of 30 September 2026"


def test_figures_of_other_decks_are_cited_and_not_written_again(tmp_path: Path) -> None:
    deck = Deck(
        "portfolio_review",
        demo.portfolio(),
        demo.WINDOW,
        Thresholds(),
        results=tmp_path,
        show=lambda bundle: None,
    )
    deck.cite(
        {
            "flow.wip": {
                "value": 39,
                "unit": "items",
                "n": 39,
                "from": "2025-11-01",
                "to": "2026-10-31",
                "definition": "…",
            }
        }
    )
    deck.opening(WHOLE, tiles=["flow.wip"], decisions=ASKS.head(0))
    deck.close()
    assert json.loads((tmp_path / "figures" / "portfolio_review.json").read_text()) == {}


def test_a_finding_says_which_slide_answers_why(tmp_path: Path) -> None:
    deck = Deck(
        "flow_analysis",
        demo.portfolio(),
        demo.WINDOW,
        Thresholds(),
        results=tmp_path,
        show=lambda bundle: None,
    )
    shown = demo.finding("flow.stalled_item", "One is old", Severity.ALARM)
    deck.slide(shown, id="stalled")
    item = Finding("flow.stalled_item", "E-1", Severity.WARNING, "E-1 is old")
    deck.findings([item, Finding("flow.gate", "Legal", Severity.WARNING, "Legal holds")], slide="waits")
    deck.findings([Finding("flow.rework", "E-2", Severity.WARNING, "E-2 went back")])
    deck.findings([])
    deck.slide(demo.finding("flow.waits", "It waits", Severity.NOTE), id="waits")
    deck.close()
    places = {
        entry["id"]: (entry["deck"], entry["slide"])
        for entry in json.loads((tmp_path / "findings" / "flow_analysis.json").read_text())
    }
    assert places["flow.stalled_item:portfolio"] == ("flow_analysis", "stalled")
    assert places["flow.stalled_item:E-1"] == ("flow_analysis", "waits")
    assert places["flow.gate:Legal"] == ("flow_analysis", "waits")
    assert places["flow.rework:E-2"] == ("flow_analysis", None)


class TestCells:
    FRAME = pd.DataFrame(
        {
            "figure": ["WIP", "Efficiency"],
            "change": [Change("▲ 2 more, worse", Tone.BAD, 0.4), Change("no comparison: short", Tone.NONE)],
            "_deck": ["flow_analysis", "gone"],
            "_slide": ["wip", ""],
            "_trend": [pd.Series([1.0, 3.0], ["2026-09-30", "2026-10-31"]), None],
        }
    )

    def shown(self) -> dict[str, Any]:
        return table(self.FRAME, name="numbers", timezone="UTC", currency="EUR")

    def test_hidden_columns_give_links_and_lines_and_a_change_is_a_bar(self) -> None:
        part = self.shown()
        assert [column["label"] for column in part["columns"]] == ["Figure", "Change", "Over the reviews"]
        first, second = part["rows"]
        assert (first[0]["deck"], first[0]["slide"]) == ("flow_analysis", "wip")
        assert first[1] == {"text": "▲ 2 more, worse", "tone": "bad", "bar": 0.4}
        assert second[1] == "no comparison: short"
        assert first[2]["trend"] == {"days": ["2026-09-30", "2026-10-31"], "values": [1.0, 3.0]}
        assert second[2] == "–"

    def test_a_link_to_a_page_that_is_not_there_is_text(self) -> None:
        rows = lined(self.shown(), {"flow_analysis.html"})
        assert rows is not None
        assert rows["rows"][0][0]["href"] == "flow_analysis.html#wip"
        assert rows["rows"][1][0] == "Efficiency"
        assert rows["rows"][0][2]["said"] == "from 1 in Sep 26 to 3 in Oct 26"


def test_a_line_marks_each_review_and_the_value_to_reach() -> None:
    trend = {"days": ["2026-08-31", "2026-09-30", "2026-10-31"], "values": [0.4, 0.5, 0.6], "wanted": 0.8}
    drawn = sparkline(trend, "good")
    assert drawn is not None
    assert drawn["svg"].count("<circle") == 3
    assert drawn["svg"].count("stroke-dasharray") == 1
    assert sparkline({"days": ["2026-08-31"], "values": [1.0]}, "") is None


def test_the_page_shows_decisions_first_as_text_and_leads_only_where_a_deck_is(
    deck: Deck, shown: list[dict[str, Any]]
) -> None:
    deck.opening(WHOLE, decisions=ASKS, rule="Ranked by cost", unseen=[UNSEEN])
    review = next(bundle[PART_MIME] for bundle in shown if bundle[PART_MIME]["part"] == "review")
    executed = Executed(review=review, opening=opening(shown), slides=[])
    links = (page.Link("Flow", "flow_analysis.html"), page.Link("Portfolio review", None))
    outline = Outline(page.render(executed, page.Context(pages=links, tables=True)))
    text = " ".join(" ".join(outline.texts).split())
    assert HOSTILE in text
    assert (
        text.index("There is no OKR deck")
        < text.rindex("Value reaches customers")
        < text.index("Decisions asked today")
    )
    hrefs = [tag.get("href") for tag in outline.all("a")]
    assert "flow_analysis.html#wait_queue" in hrefs
    assert not [href for href in hrefs if href and href.startswith("gone")]
    assert hrefs.index("flow_analysis.html") > 0


@pytest.mark.parametrize("there", [True, False])
def test_why_is_answered_on_the_page_itself_and_leads_on_where_the_deck_is(
    deck: Deck, shown: list[dict[str, Any]], there: bool
) -> None:
    said = Finding(
        "flow.wait_queue",
        "Q",
        Severity.ALARM,
        f"43 % of all waiting is here {HOSTILE}",
        value=0.43,
        unit="share",
        n=59,
        threshold=0.25,
        threshold_name="wait_queue_share",
        clears_when="under 25 %",
    )
    rows = pd.DataFrame([said.as_json(), demo.finding("a.b", "Elsewhere", Severity.NOTE).as_json()])
    rows = rows.assign(first_seen="2026-09-30", previous_severity="warning")
    deck.opening(WHOLE, decisions=ASKS, grounds=rows)
    part = opening(shown)
    assert list(part["grounds"]) == ["flow.wait_queue:Q"]
    review = next(bundle[PART_MIME] for bundle in shown if bundle[PART_MIME]["part"] == "review")
    links = (page.Link("Flow", "flow_analysis.html"),) if there else ()
    outline = Outline(
        page.render(Executed(review=review, opening=part, slides=[]), page.Context(pages=links))
    )
    text = " ".join(" ".join(outline.texts).split())
    for told in (
        "43 % (n = 59)",
        "25 % (wait_queue_share)",
        "under 25 %",
        "30 September 2026; last time: watch",
    ):
        assert told in text
    assert ("Its slide in the deck Flow" in text) == there
    assert text.count("Why?") == 1  # the other ask stands on no finding, and its deck is gone


def test_a_number_is_written_to_twelve_digits_for_the_rest_differs_between_processors() -> None:
    assert plain_json(6528.2337900931) == plain_json(6528.2337900936) == 6528.23379009
    assert plain_json(0.123456789012) == 0.123456789
    assert plain_json(1e15 + 1) == 1e15


def test_a_line_is_annotated_where_it_turns_and_not_where_it_only_rises() -> None:
    days = [f"2026-0{month}-01" for month in range(1, 8)]
    peak = pd.Series([100.0, 120.0, 400.0, 380.0, 300.0, 250.0, 240.0], days)
    assert turn(peak) == 2
    assert turn(-peak) == 2
    assert turn(pd.Series([1.0, 2, 3, 4, 5, 6, 7], days)) is None
    assert (
        turn(pd.Series([100.0, 101, 129, 128, 120, 110, 200], days)) is None
    )  # a small bend of a rising line
    assert turn(pd.Series([5.0] * 7, days)) is None
    assert turn(pd.Series([1.0, 9, 1], days[:3])) is None
    told = {"days": days, "values": peak.tolist(), "turn": {"place": 2, "words": "400 <EUR>, Mar 26"}}
    drawn = sparkline(told, "")
    assert drawn is not None
    assert "400 &lt;EUR&gt;, Mar 26</text>" in drawn["svg"]


def test_bars_of_a_table_share_one_scale_and_what_goes_beyond_it_is_broken() -> None:
    rows = [[{"text": "a", "tone": "bad", "bar": 0.2}, "x"], [{"text": "b", "tone": "", "bar": None}]]
    assert variance.scale(rows) == 0.2
    assert variance.scale([["x"]]) == variance.LEAST
    assert variance.scale([*rows, [{"bar": -8.0}]]) == variance.BEYOND
    half, whole = variance.bar(0.25, "bad", 0.5), variance.bar(-8.0, "good", 0.5)
    width = float(re.findall(r'width="([\d.]+)" height="8"', half)[0])
    assert width == pytest.approx((variance.WIDTH / 2 - 2) / 2)
    assert (half.count("l4 -"), whole.count("l4 -")) == (0, 2)
    left = re.findall(r'<rect x="([\d.]+)"', half)[0], re.findall(r'<rect x="([\d.]+)"', whole)[0]
    assert [float(x) for x in left] == [variance.WIDTH / 2, 2.0]  # a rise to the right, a fall to the left
