"""The page over several portfolios: what leads it, what is told once, what is not compared, and what a
broken review costs."""

import copy
import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.review import demo, shelves
from tests.review.shelves import asking, figure, finding, index, place, put
from tests.review.test_page import Outline
from vmo_helpers.review.across import asked, beside, contradictions, places, pooled, reporting, rules
from vmo_helpers.review.across.conclusion import conclusion_of
from vmo_helpers.review.across.left import Left, read
from vmo_helpers.review.across.portfolios import portfolios
from vmo_helpers.review.shelf.shelf import Shelf
from vmo_helpers.thresholds import Thresholds

LEAD, MELONS, GREEN = "flow.lead_time_p85_days", "watermelon.count", "watermelon.green"


def lefts(shelf: Path) -> list[Left]:
    return [read(review) for review in Shelf(shelf).reviews()]


def said(shelf: Path) -> list[str]:
    return [" ".join(text.split()) for text in Outline(index(shelf)).texts if text.strip()]


def whole(shelf: Path) -> str:
    return " ".join(said(shelf))


def links(shelf: Path) -> set[str]:
    return {str(one.get("href")) for one in Outline(index(shelf)).all("a")}


class TestWhatNeedsADecision:
    def test_the_title_counts_what_is_asked_and_sums_what_waiting_costs(self, tmp_path: Path) -> None:
        put(tmp_path, "Retail", findings=asking(("A", "Free A", 100_000), ("B", "Stop B", None)))
        put(tmp_path, "Claims", findings=asking(("C", "Fund C", 50_000)))
        put(tmp_path, "Quiet", findings=asking())
        assert "Three decisions are asked today in two portfolios: waiting costs EUR 150 k a month" in said(
            tmp_path
        )

    def test_the_same_sentence_is_had_without_the_page(self, tmp_path: Path) -> None:
        assert conclusion_of(Shelf(tmp_path).reviews()) == ""
        put(tmp_path, "Retail", findings=asking(("A", "Free A", 100_000)))
        put(tmp_path, "Claims", findings=asking())
        assert conclusion_of(Shelf(tmp_path).reviews()[::-1]) in said(tmp_path)

    def test_one_portfolio_alone_has_the_page_that_it_had(self, tmp_path: Path) -> None:
        put(tmp_path, "Retail", findings=asking(("A", "Free A", 100_000)))
        assert "Retail as of 31 October 2026" in said(tmp_path)
        assert "asked today" not in whole(tmp_path)

    def test_dearer_and_surer_comes_first_and_what_has_no_price_last(self, tmp_path: Path) -> None:
        put(tmp_path, "P", findings=asking(("dear", "dear", 100.0), ("dearer", "dearer", 130.0)))
        put(tmp_path, "Q", findings=asking(("sure", "sure", 125.0), sureness=0.99))
        put(tmp_path, "R", findings=asking(("staked", "staked", None), stake=9e9))
        put(tmp_path, "S", findings=asking(("bare", "bare", None)))
        (ranked,) = asked.asks(lefts(tmp_path)).values()
        # 125 × 0.99 = 123.75 > 130 × 0.9 = 117 > 100 × 0.9
        assert [one.words for one in ranked] == ["sure", "dearer", "dear", "staked", "bare"]

    def test_what_several_ask_in_the_same_words_is_told_once_with_their_names(self, tmp_path: Path) -> None:
        one = put(tmp_path, "Retail", findings=asking(("KR-1", "Change KR-1", 100_000)))
        two = put(tmp_path, "Claims", findings=asking(("KR-1", "Change KR-1", 200_000)))
        put(tmp_path, "Other", findings=asking(("KR-1", "Change something else", 1.0)))
        (ranked,) = asked.asks(lefts(tmp_path)).values()
        assert [(ask.words, ask.cost, len(ask.where)) for ask in ranked] == [
            ("Change KR-1", 300_000, 2),
            ("Change something else", 1.0, 1),
        ]
        assert [at.left.name for at in ranked[0].where] == ["Claims", "Retail"], "the dearest first"
        assert {f"{one.name}/flow_analysis.html#blocked", f"{two.name}/flow_analysis.html#blocked"} <= links(
            tmp_path
        )

    def test_money_of_two_currencies_is_neither_summed_nor_ranked_together(self, tmp_path: Path) -> None:
        dollars = {"timezone": "UTC", "review_level": "epic", "currency": "USD"}
        put(tmp_path, "P", findings=asking(("A", "Free A", 100_000)))
        put(tmp_path, "Q", findings=asking(("B", "Free B", 200_000)))
        put(tmp_path, "R", findings=asking(("C", "Free C", 900_000)), settings=dollars)
        assert list(asked.asks(lefts(tmp_path))) == ["EUR", "USD"], "that of most portfolios first"
        text = whole(tmp_path)
        assert "waiting costs EUR 300 k and USD 900 k a month" in text
        assert "EUR and USD are not compared with each other." in text

    def test_a_review_without_an_executive_page_asks_what_is_not_known_never_nothing(
        self, tmp_path: Path
    ) -> None:
        flow = {"flow_analysis": {"status": "done", "page": "flow_analysis.html", "headline": "Flow"}}
        put(tmp_path, "P", findings=[finding("flow.blocked", "A")], outcome=flow)
        put(tmp_path, "Q", outcome=flow)
        assert "What is asked of leaders is not known: no portfolio has an executive page" in said(tmp_path)
        put(tmp_path, "R", findings=asking(("A", "Free A", 1.0)))
        assert "Of 2 portfolios it is not known: no executive page was made." in whole(tmp_path)

    def test_ten_are_shown_and_the_rest_is_counted(self, tmp_path: Path) -> None:
        for name in ("P", "Q", "R"):
            put(tmp_path, name, findings=asking(*((f"{name}{n}", f"Free {name}{n}", 1.0) for n in range(5))))
        assert len(asked.shown(asked.asks(lefts(tmp_path)))) == 10
        assert "5 more are asked on the portfolios' own pages." in whole(tmp_path)

    def test_of_one_portfolio_alone_what_cannot_be_read_is_said_too(self, tmp_path: Path) -> None:
        put(tmp_path, "Retail")
        assert "cannot be read" not in whole(tmp_path)
        half = put(tmp_path, "Retail")
        (half / "manifest.json").write_text("{")
        assert f"Cannot be read, and is left out: {half.name}." in said(tmp_path)
        edited = put(tmp_path, "Retail", day="2026-11-01")
        (edited / "findings.json").write_text("[1]")
        why = "its findings.json is not as it was written"
        assert f"Cannot be read, and is left out: {edited.name} ({why}) and {half.name}." in said(tmp_path)


class TestTheSameContradiction:
    def test_is_told_once_with_each_portfolio_and_its_own_sentence(self, tmp_path: Path) -> None:
        rule = "watermelon.watermelon"
        loud = [finding(rule, "E-1"), finding(rule, sentence="8 of 34 green epics are red inside")]
        put(tmp_path, "P", findings=loud)
        put(tmp_path, "Q", findings=[finding(rule, "E-9", "warning", sentence="E-9 is green")])
        put(tmp_path, "R", findings=[finding(rule, severity="good")])
        put(tmp_path, "S", findings=[finding(rule, severity="unknown")])
        (one,) = contradictions.contradictions(lefts(tmp_path))
        assert [(at.left.name, at.words) for at in one.where] == [
            ("P", "8 of 34 green epics are red inside"),
            ("Q", "E-9 is green"),
        ]
        assert (one.unknown, one.of) == (1, 4)
        assert "2 of 4 portfolios; in one it cannot be said" in whole(tmp_path)

    def test_of_one_portfolio_alone_is_none(self, tmp_path: Path) -> None:
        put(tmp_path, "P", findings=[finding("watermelon.watermelon")])
        put(tmp_path, "Q", findings=[finding("okr.moved", severity="note"), finding("flow.blocked")])
        assert contradictions.contradictions(lefts(tmp_path)) == []
        assert "No contradiction shows in more than one portfolio" in said(tmp_path)

    def test_every_one_is_a_rule_of_the_findings(self) -> None:
        documented = (Path(__file__).parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
        assert [rule for rule in rules.CONTRADICTIONS if f"`{rule}`" not in documented] == []


class TestSharedPlaces:
    def test_are_joined_by_id_and_say_where_their_signs_disagree(self, tmp_path: Path) -> None:
        put(tmp_path, "P", signs=place("O-1", "Deliver faster", "goal", flow="against", money="against"))
        put(tmp_path, "Q", signs=place("O-1", "Deliver faster", "goal", flow="for", money="unknown"))
        ((one,), unlike) = places.shared(lefts(tmp_path))
        assert (one.name, one.against, one.disagree, unlike) == ("Deliver faster", 2, ("flow",), [])
        assert "1 against and 1 for of 2" in said(tmp_path) and "signs disagree on flow" in whole(tmp_path)

    def test_one_id_with_two_names_or_of_two_kinds_is_not_one_place(self, tmp_path: Path) -> None:
        put(tmp_path, "P", signs=[*place("X", "Payments"), *place("Y", "Claims")])
        put(tmp_path, "Q", signs=[*place("X", "Loyalty"), *place("Y", "Claims", "goal")])
        joined, unlike = places.shared(lefts(tmp_path))
        assert joined == [] and [one.place_id for one in unlike[0]] == ["X", "X"]
        assert "Not joined, for one id bears several names: X (“Payments” and “Loyalty”)." in said(tmp_path)

    def test_a_portfolio_has_counts_of_its_places_and_no_verdict_over_them(self, tmp_path: Path) -> None:
        failing = finding("places.fails", "A", value=3.0, sentence="A is failing its customers")
        signs = [*place("A", "A", customers="against"), *place("B", "B", customers="for"), *place("C", "C")]
        put(tmp_path, "P", signs=signs, findings=[failing])
        put(tmp_path, "Q")
        text = whole(tmp_path)
        assert "1 against and 1 for of 3" in text
        assert "1 of 3 streams and top goals fails by three signs or more; in P, A is failing" in text


class TestFiguresSideBySide:
    def test_stand_on_one_scale_with_n_range_and_change(self, tmp_path: Path) -> None:
        put(tmp_path, "P", figures={LEAD: figure(200.0, "days", n=43, low=180.0, high=260.0, previous=150.0)})
        put(tmp_path, "Q", figures={LEAD: figure(100.0, "days", n=9)})
        (column,) = beside.beside(lefts(tmp_path)).columns
        assert column.end == 260.0 and column.ends == "0 to 260 days"
        first, second = column.cells
        assert (first.value, first.n, first.mark) == (
            "200 days",
            "n 43",
            beside.Mark(200.0, 150.0, 180.0, 260.0),
        )
        assert first.change is not None and str(first.change) == "▲ 50 days slower"
        assert (second.change, second.why) == (None, "")

    def test_a_part_stands_at_its_share_so_that_large_and_small_compare(self, tmp_path: Path) -> None:
        part = {MELONS: figure(8, previous=6), GREEN: figure(32, previous=24)}
        put(tmp_path, "Large", figures=part)
        put(tmp_path, "Small", figures={MELONS: figure(1), GREEN: figure(2)})
        put(tmp_path, "None", figures={MELONS: figure(0), GREEN: figure(0)})
        (column,) = beside.beside(lefts(tmp_path)).columns
        assert [cell.value for cell in column.cells] == ["8 of 32", "1 of 2", "0 of 0"]
        assert [cell.mark and cell.mark.now for cell in column.cells] == [0.25, 0.5, None]
        assert column.cells[0].mark and column.cells[0].mark.before == 0.25

    @pytest.mark.parametrize(
        ("more", "entry", "why"),
        [
            ({}, {"unit": "working_days"}, "not compared: in working days, most others in days"),
            ({"settings": {"review_level": "feature"}}, {}, "counts features, most others epics"),
            (
                {"window": {"from": "2026-05-01", "to": shelves.DAY}},
                {},
                "over 184 days, most others over 365",
            ),
            ({"day": "2026-10-16", "window": {"from": "2025-10-17"}}, {}, "of another day"),
            ({"day": "2026-10-17", "window": {"from": "2025-10-18"}}, {}, ""),
            ({}, {"value": None, "why": "too few to say: 1 item, 10 are needed"}, "too few to say"),
        ],
    )
    def test_what_is_counted_otherwise_says_so_and_has_no_place_on_the_scale(
        self, tmp_path: Path, more: dict[str, Any], entry: dict[str, Any], why: str
    ) -> None:
        usual = figure(100.0, "days")
        for name in ("P", "Q"):
            put(tmp_path, name, figures={LEAD: usual})
        put(tmp_path, "R", figures={LEAD: usual | entry}, **more)
        found = {left.name: left for left in lefts(tmp_path)}
        table = beside.beside([found[name] for name in "PQR"])
        cell = table.columns[0].cells[2]
        told = table.apart[2] or cell.why
        assert told.startswith(why) and bool(told) is bool(why)
        assert (cell.mark is None) is bool(why)

    def test_the_thresholds_that_judge_a_figure_are_known_ones(self) -> None:
        assert {name for names in beside.JUDGED_BY.values() for name in names} <= set(vars(Thresholds()))

    def test_what_thresholds_judge_compares_under_the_same_thresholds(self, tmp_path: Path) -> None:
        figures = {LEAD: figure(9.0, "days"), MELONS: figure(1), GREEN: figure(2)}
        for name, thresholds in (("P", {}), ("Q", {"overdue_days": 9.0}), ("R", {"attainment_line": 0.7})):
            put(tmp_path, name, figures=figures, parameters={"streams": [], "thresholds": thresholds})
        lead, melons = beside.beside(lefts(tmp_path)).columns
        assert [cell.why for cell in lead.cells] == ["", "", ""]
        why = "not compared: judged by other thresholds than most others"
        assert [cell.why for cell in melons.cells] == ["", "", why]


class TestSums:
    def test_are_over_those_that_know_both_parts_and_are_compared(self, tmp_path: Path) -> None:
        money = {"value.realised": figure(2e6, "money", previous=8e5)}
        money["value.planned_to_date"] = figure(8e6, "money", previous=8e6)
        for name in "PQ":
            put(
                tmp_path, name, figures={MELONS: figure(3, previous=2), GREEN: figure(9, previous=9), **money}
            )
        put(tmp_path, "R", figures={MELONS: figure(None, why="…"), GREEN: figure(5)})
        put(tmp_path, "S", day="2026-01-31", figures={MELONS: figure(50), GREEN: figure(50)})
        melons, value = pooled.sums(beside.beside(lefts(tmp_path)))
        assert (pooled.said(melons), melons.count) == ("6 of 18", 2)
        assert str(melons.change) == "▲ 2 more, worse"
        assert (pooled.said(value), str(value.change)) == ("EUR 4 M of 16 M", "▲ 15 points, better")

    def test_have_no_change_where_one_has_no_review_before_and_no_money_of_two_currencies(
        self, tmp_path: Path
    ) -> None:
        money = {key: figure(8e6, "money") for key in (rules.REALISED, rules.PLANNED)}
        put(tmp_path, "P", figures={MELONS: figure(3, previous=2), GREEN: figure(9, previous=9), **money})
        put(tmp_path, "Q", figures={MELONS: figure(3), GREEN: figure(9), **money})
        dollars = {"settings": {"review_level": "epic", "currency": "USD"}}
        put(tmp_path, "R", figures=money, **dollars)
        melons, value = pooled.sums(beside.beside(lefts(tmp_path)))
        assert melons.change is None
        assert (pooled.said(value), value.count) == ("EUR 16 M of 16 M", 2)


class TestReporting:
    @staticmethod
    def expect(shelf: Path, **reviews: str | None) -> None:
        entries = [
            {"id": name.lower(), "name": name, "status": "done" if review else "refused", "review": review}
            | {"message": None if review else "work_items.csv cannot be read"}
            for name, review in reviews.items()
        ]
        (shelf / reporting.EXPECTED).write_text(json.dumps({"portfolios": entries}))

    def test_who_did_not_report_and_who_is_late_stands_before_the_title(self, tmp_path: Path) -> None:
        on_time = put(tmp_path, "Retail", findings=asking(("A", "Free A", 1.0)))
        late = put(tmp_path, "Late", day="2026-10-16", findings=asking())
        put(tmp_path, "Just", day="2026-10-17")
        old = put(tmp_path, "Labs", day="2026-08-31")
        self.expect(tmp_path, Retail=on_time.name, Late=late.name, Labs=None, New=None)
        text = said(tmp_path)
        title = text.index(
            "One decision is asked today in one portfolio: waiting costs EUR 1 a month; two did not report"
        )
        told = "Two of 5 portfolios did not report: Labs and New. One of 5 portfolios is late: Late."
        assert text.index(told) < title
        assert "its newest review is 15 days older" in text
        assert "work_items.csv cannot be read" in text and "none on the shelf" in text
        assert "Of two that are late it is what the last review asked." in whole(tmp_path)
        assert f"{old.name}/index.html" in links(tmp_path)
        assert "Two of 5 portfolios reported" in text
        self.expect(tmp_path, Retail=on_time.name)
        gone = "its newest review is 15 days older; the last run over all does not name it"
        assert gone in said(tmp_path)

    def test_a_portfolio_that_is_expected_and_one_that_is_there_are_two(self, tmp_path: Path) -> None:
        put(tmp_path, "Retail", findings=asking())
        self.expect(tmp_path, Retail="2026-10-31-00000000", Claims=None)
        assert "One of 2 portfolios did not report: Claims." in said(tmp_path)

    def test_a_selection_of_streams_that_is_expected_is_no_further_portfolio(self, tmp_path: Path) -> None:
        part = put(tmp_path, "P", parameters={"streams": ["S1"]})
        put(tmp_path, "Q")
        self.expect(tmp_path, P=part.name)
        assert "All 2 portfolios reported" in said(tmp_path)

    def test_all_that_reported_are_said_to_have(self, tmp_path: Path) -> None:
        put(tmp_path, "P")
        put(tmp_path, "Q")
        assert "All 2 portfolios reported" in said(tmp_path)

    def test_a_broken_review_costs_its_own_line_alone(self, tmp_path: Path) -> None:
        for name in ("Fine", "Edited", "Half"):
            put(tmp_path, name, findings=asking((name, f"Free {name}", 100_000)))
        before = whole(tmp_path)
        _, edited, half = sorted(tmp_path.iterdir())
        (edited / "findings.json").write_text("[]")
        (half / "manifest.json").write_text('{"portfolio": "Ha')
        text = whole(tmp_path)
        assert "Three decisions are asked today" in before and "One decision is asked today" in text
        assert f"Edited and {half.name} cannot be read, and are left out." in text
        assert "its findings.json is not as it was written" in text
        assert f"{half.name} holds no manifest.json that reads as one" in text
        self.expect(tmp_path, Fine="2026-10-31-00000000", Half=half.name)
        assert "Edited and Half cannot be read, and are left out." in whole(tmp_path)

    def test_where_the_newest_is_broken_the_one_before_speaks_and_that_is_said(self, tmp_path: Path) -> None:
        put(tmp_path, "P", findings=asking(("A", "Free A", 1.0)), day="2026-10-30")
        newest = put(tmp_path, "P", findings=asking(("B", "Free B", 1.0)))
        put(tmp_path, "Q")
        (newest / "figures.json").write_text("{")
        text = whole(tmp_path)
        assert "Free A" in text and "Free B" not in text
        assert (
            f"A newer review is left out: {newest.name}: its figures.json is not as it was written." in text
        )

    @pytest.mark.parametrize("content", ["{", "[1]", '{"portfolios": 3}', '[{"name": 7, "review": []}]'])
    def test_a_broken_list_of_who_is_expected_costs_nothing_else(self, tmp_path: Path, content: str) -> None:
        put(tmp_path, "P")
        put(tmp_path, "Q")
        (tmp_path / reporting.EXPECTED).write_text(content)
        assert "No decision" in whole(tmp_path) or "not known" in whole(tmp_path)


def test_the_worst_off_come_first_and_selections_of_streams_stand_under_the_whole(tmp_path: Path) -> None:
    put(tmp_path, "Cheap", findings=asking(("A", "Free A", 1.0)))
    put(tmp_path, "Dear", findings=asking(("A", "Free it", 9.0)))
    put(tmp_path, "Failing", findings=[finding("places.fails", "S", value=3.0)])
    part = put(tmp_path, "Dear", parameters={"streams": ["Payments"]})
    groups: dict[Any, list[Any]] = {}
    for review in Shelf(tmp_path).reviews()[::-1]:
        streams = tuple(review.manifest["parameters"]["streams"])
        groups.setdefault((review.manifest["portfolio"], streams), []).append(review)
    found = portfolios(list(groups.values()))
    assert [one.left.name for one in found] == ["Failing", "Dear", "Cheap"]
    assert [review.name for review in found[1].apart] == [part.name]


def test_text_from_data_is_text_and_the_page_is_the_same_bytes_twice(tmp_path: Path) -> None:
    hostile = demo.HOSTILE[0]
    asks = asking((hostile, hostile, 1.0))
    for name in (hostile, f"{hostile} 2"):
        put(tmp_path, name, findings=asks, signs=place("=1+1", hostile, hostile))
    outline = Outline(index(tmp_path))
    assert hostile in "".join(outline.texts)
    assert len(outline.all("script")) == 1
    assert index(tmp_path) == index(tmp_path)
    assert {one["href"] for one in outline.all("a") if "://" in str(one["href"])} == set()


@pytest.mark.parametrize("name", ["manifest.json", "figures.json", "findings.json"])
def test_whatever_stands_in_one_review_the_others_are_told(tmp_path: Path, name: str) -> None:
    wrong: list[Any] = [None, -1, 1e308, "", [], {}, [None], "2026-10-31", True]
    put(tmp_path, "Fine", findings=asking(("A", "Free A", 1.0)), figures={LEAD: figure(1.0, "days")})
    put(tmp_path, "Other")
    odd = put(
        tmp_path,
        "Odd",
        findings=[*asking(("B", "Free B", 1.0)), finding("okr.moved")],
        figures={LEAD: figure(2.0, "days", previous=1.0), MELONS: figure(1), GREEN: figure(2)},
        signs=place("S", "Stream", flow="against"),
    )
    manifest = json.loads((odd / "manifest.json").read_text())
    content = json.loads((odd / name).read_text())
    chance = random.Random(7)
    for _ in range(40):
        mutated = copy.deepcopy(content)
        holder, key = chance.choice(list(_places(mutated)))
        holder[key] = chance.choice(wrong)
        text = json.dumps(mutated)
        (odd / name).write_text(text)
        if name != "manifest.json":  # as if the program had written it so
            output = manifest["output"] | {name: hashlib.sha256(text.encode()).hexdigest()}
            (odd / "manifest.json").write_text(json.dumps({**manifest, "output": output}))
        assert "Free A" in index(tmp_path), (holder, key)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a JSON value that something else could stand in."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def test_every_way_down_is_there(tmp_path: Path) -> None:
    for name in ("P", "Q"):
        put(
            tmp_path,
            name,
            findings=[*asking(("A", f"Free {name}", 1.0)), finding("okr.moved", deck="okr_alignment")],
            figures={LEAD: figure(1.0, "days")},
            signs=place("S", "Stream", flow="against"),
        )
    ways = {way.partition("#")[0] for way in links(tmp_path) if not way.startswith("#")}
    assert ways and all((tmp_path / way).is_file() for way in ways), "no way to a deck that is not there"


@pytest.mark.slow
@pytest.mark.deep
def test_over_real_reviews_it_says_what_their_own_pages_say(months: list[Path], tmp_path: Path) -> None:
    for folder, name in ((months[-1], "Northwind Retail"), (months[-2], "Southwind Retail")):
        kept = tmp_path / folder.name
        shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("notebooks", "*.csv"))
        shutil.copytree(
            folder / "tables" / "portfolio_review", kept / "tables" / "portfolio_review", dirs_exist_ok=True
        )
        manifest = json.loads((kept / "manifest.json").read_text())
        (kept / "manifest.json").write_text(json.dumps({**manifest, "portfolio": name}))
    own = [json.loads((folder / "findings.json").read_text()) for folder in months[-2:]]
    cost = sum(one["money"] for findings in own for one in findings if one["rule"] == "decisions.asked")
    assert asked.waiting(lefts(tmp_path)) == {"EUR": pytest.approx(cost)}
    text = whole(tmp_path)
    assert "Ten decisions are asked today in two portfolios" in text
    assert "Reported green, and red inside: so in 2 of 2 portfolios." in text
    for findings in own:
        assert all(
            one["sentence"] in text for one in findings if one["id"] == "watermelon.watermelon:portfolio"
        )
    pages = {way.partition("#")[0] for way in links(tmp_path) if not way.startswith("#")}
    assert all((tmp_path / page).is_file() for page in pages)
