"""The deck that a notebook calls: what it shows, what it refuses, what it leaves in the results folder."""

import io
import json
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest

from tests.review import demo
from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank
from vmo_helpers.deck import Deck
from vmo_helpers.deck.cells import table
from vmo_helpers.deck.results import csv_text, json_text
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.findings import Finding
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.finding import conclusion
from vmo_helpers.results.parts import CHART_MIME, PART_MIME
from vmo_helpers.review.pages.executed import read
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Label, Severity

WIP = Figure("flow.wip", 39, "items", 39, demo.WINDOW, "Started, neither finished nor cancelled")
OLD = demo.finding(
    "flow.stalled_items", "11 epics are older than 85 % of finished work", Severity.ALARM, value=11, n=39
)


class Shown(list[dict[str, Any]]):
    """What a deck displayed, in order."""

    def parts(self, kind: str) -> list[dict[str, Any]]:
        return [bundle[PART_MIME] for bundle in self if bundle.get(PART_MIME, {}).get("part") == kind]


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def deck(shown: Shown) -> Deck:
    return Deck("flow_analysis", demo.portfolio(), demo.WINDOW, Thresholds(), show=shown.append)


def chart(frame: pd.DataFrame, **more: Any) -> alt.Chart:
    return theme.describe(alt.Chart(frame).mark_bar().encode(x="a:Q", **more), "One bar of length one")


FRAME = pd.DataFrame({"a": [1.0]})


class TestASlide:
    def test_bears_the_loudest_finding_as_its_title(self, deck: Deck, shown: Shown) -> None:
        deck.slide([demo.finding("flow.calm", "All is well", Severity.GOOD), OLD])
        (slide,) = shown.parts("slide")
        assert (slide["title"], slide["severity"], slide["id"]) == (OLD.sentence, "alarm", "stalled_items")
        assert [entry["id"] for entry in slide["findings"]] == [
            "flow.calm:portfolio",
            "flow.stalled_items:portfolio",
        ]

    def test_shows_its_chart_beside_the_part_so_that_jupyterlab_draws_it(
        self, deck: Deck, shown: Shown
    ) -> None:
        deck.slide(OLD, chart(FRAME), data=FRAME)
        (bundle,) = [bundle for bundle in shown if CHART_MIME in bundle]
        assert bundle[PART_MIME] == {"part": "chart", "slide": "stalled_items", "fluid": False}
        assert bundle[CHART_MIME]["description"] == "One bar of length one"
        assert bundle["text/plain"] == "One bar of length one"

    def test_shows_a_fluid_chart_at_a_fixed_width_in_the_notebook_and_at_its_containers_on_the_page(
        self, deck: Deck, shown: Shown
    ) -> None:
        deck.slide(OLD, chart(FRAME).properties(width="container"), data=FRAME)
        (bundle,) = [bundle for bundle in shown if CHART_MIME in bundle]
        assert bundle[CHART_MIME]["width"] == theme.LAB_WIDTH
        outputs = [{"output_type": "display_data", "data": bundle} for bundle in shown]
        (slide,) = read({"cells": [{"cell_type": "code", "source": "", "outputs": outputs}]}).slides
        assert slide.spec is not None and slide.spec["width"] == "container"

    def test_needs_the_rows_behind_its_chart(self, deck: Deck) -> None:
        with pytest.raises(ValueError, match="rows behind it"):
            deck.slide(OLD, chart(FRAME))

    def test_needs_an_alt_text_for_its_chart(self, deck: Deck) -> None:
        with pytest.raises(ValueError, match="alt text"):
            deck.slide(OLD, alt.Chart(FRAME).mark_bar().encode(x="a:Q"), data=FRAME)

    def test_needs_a_finding(self, deck: Deck) -> None:
        with pytest.raises(ValueError, match="NOTE"):
            deck.slide([])

    def test_says_how_its_figures_moved(self, shown: Shown, tmp_path: Path) -> None:
        (tmp_path / "figures.json").write_text(json.dumps({"flow.wip": {"value": 37, "to": "2026-09-30"}}))
        deck = Deck(
            "flow_analysis", demo.portfolio(), demo.WINDOW, Thresholds(), previous=tmp_path, show=shown.append
        )
        deck.figures([WIP])
        deck.slide(OLD, figures=["flow.wip"])
        (slide,) = shown.parts("slide")
        assert slide["changes"] == [{"label": "In progress", "words": "▲ 2 more, worse", "tone": "bad"}]
        assert (
            slide["definition"]
            == "Started, neither finished nor cancelled; n = 39; 1 November 2025 – 31 October 2026"
        )
        assert shown.parts("review")[0]["previous"] == "2026-09-30"

    def test_names_only_figures_that_are_registered(self, deck: Deck) -> None:
        with pytest.raises(ValueError, match="not registered"):
            deck.slide(OLD, figures=["flow.wip"])

    def test_shows_ten_rows_and_counts_the_rest(self, deck: Deck, shown: Shown) -> None:
        deck.slide(OLD, table=pd.DataFrame({"item_id": [f"E-{place}" for place in range(412)]}))
        (slide,) = shown.parts("slide")
        assert (len(slide["table"]["rows"]), slide["table"]["total"]) == (10, 412)
        assert slide["table"]["file"] == "tables/flow_analysis/stalled_items_table.csv"

    def test_of_the_same_rule_gets_a_number(self, deck: Deck, shown: Shown) -> None:
        for _ in range(3):
            deck.slide(OLD)
        assert [slide["id"] for slide in shown.parts("slide")] == [
            "stalled_items",
            "stalled_items_2",
            "stalled_items_3",
        ]

    def test_takes_a_name_of_letters_digits_and_underscores(self, deck: Deck) -> None:
        for name in ("../up", "Two words", "", "7up", 'a"b'):
            with pytest.raises(ValueError, match="lower-case"):
                deck.slide(OLD, id=name)
        deck.slide(OLD, id="mine")
        with pytest.raises(ValueError, match="two slides"):
            deck.slide(OLD, id="mine")


class TestADeck:
    def test_puts_what_concludes_nothing_and_draws_nothing_behind_the_rest(
        self, deck: Deck, shown: Shown
    ) -> None:
        unknown = demo.finding("flow.local_optimum", "No conclusion on local gains", Severity.UNKNOWN)
        empty = blank("no comparison", "Nothing to compare")
        calm = demo.finding("flow.calm", "All is well", Severity.GOOD)
        deck.slide(unknown, empty, data=FRAME, id="nothing")
        deck.slide(unknown, chart(FRAME), data=FRAME, id="drawn")
        deck.slide(calm, empty, data=FRAME.head(0), id="good")
        deck.slide(OLD, id="loud")
        outputs = [{"output_type": "display_data", "data": bundle} for bundle in shown]
        slides = read({"cells": [{"cell_type": "code", "source": "", "outputs": outputs}]}).slides
        assert [slide.says["id"] for slide in slides] == ["drawn", "good", "loud", "nothing"]
        assert all("usermeta" not in (slide.spec or {}) for slide in slides)

    def test_holds_seven_slides_and_any_number_in_the_appendix(self, deck: Deck, shown: Shown) -> None:
        for _ in range(7):
            deck.slide(OLD)
        with pytest.raises(ValueError, match="at most 7"):
            deck.slide(OLD)
        deck.appendix()
        for _ in range(9):
            deck.slide(OLD)
        assert [slide["appendix"] for slide in shown.parts("slide")] == [False] * 7 + [True] * 9

    def test_opens_with_its_conclusion_its_tiles_and_what_is_asked(self, deck: Deck, shown: Shown) -> None:
        deck.figures(
            [
                WIP,
                Figure("flow.started_unfinished", 35, "items", 83, demo.WINDOW, "…"),
                Figure("flow.started", 83, "items", 83, demo.WINDOW, "…"),
            ]
        )
        asked = demo.finding(
            "flow.queue",
            "Half of all waiting is for one queue",
            Severity.WARNING,
            money=9.1e6,
            details={"ask": "Free it", "owner": "Release"},
        )
        every = [asked, OLD, demo.finding("flow.calm", "All is well", Severity.GOOD)]
        deck.opening(every, ["flow.wip", "flow.started_unfinished"], lede="Two things.")
        (opening,) = shown.parts("opening")
        assert opening["title"] == conclusion(every)
        assert [(tile["label"], tile["value"]) for tile in opening["tiles"]] == [
            ("In progress", "39"),
            ("Started, not finished", "35 of 83"),
        ]
        assert [(ask["ask"], ask["owner"], ask["money"]) for ask in opening["asks"]] == [
            (OLD.sentence, None, None),
            ("Free it", "Release", 9.1e6),
        ]

    def test_shows_an_unknown_figure_as_unknown_with_its_reason(self, deck: Deck, shown: Shown) -> None:
        deck.figures([Figure("value.nps", None, "score", 0, demo.WINDOW, "…", why="no survey since June")])
        deck.opening(OLD, ["value.nps"])
        (tile,) = shown.parts("opening")[0]["tiles"]
        assert (tile["value"], tile["known"], tile["note"]) == ("unknown", False, "no survey since June")

    def test_has_at_most_four_tiles(self, deck: Deck) -> None:
        with pytest.raises(ValueError, match="at most 4"):
            deck.opening(OLD, ["flow.wip"] * 5)

    def test_refuses_a_figure_that_is_computed_twice(self, deck: Deck) -> None:
        deck.figures([WIP])
        with pytest.raises(ValueError, match=r"twice: flow\.wip"):
            deck.figures([WIP])

    def test_says_at_the_end_what_was_missing_and_which_thresholds_judged(self, shown: Shown) -> None:
        limits = Thresholds(wait_queue_share=0.4)
        deck = Deck("flow_analysis", demo.portfolio(), demo.WINDOW, limits, show=shown.append)
        deck.slide(
            demo.finding("flow.x", "No conclusion: no surveys", Severity.UNKNOWN, missing=("surveys",))
        )
        deck.close()
        (closing,) = shown.parts("closing")
        assert closing["absent"] == ["value_streams", "blockers", "dependencies", "spend", "teams"]
        assert closing["missing"] == ["surveys"]
        changed = [entry for entry in closing["thresholds"] if entry["changed"]]
        assert [(entry["name"], entry["value"]) for entry in changed] == [("wait_queue_share", 0.4)]
        with pytest.raises(ValueError, match="closed already"):
            deck.close()

    def test_shows_the_same_bytes_twice(self) -> None:
        assert json.dumps(demo.executed()) == json.dumps(demo.executed())

    def test_shows_nothing_that_json_cannot_hold(self) -> None:
        for notebook in (demo.executed(), demo.hostile(), demo.empty()):
            json.dumps(notebook, allow_nan=False).encode("utf-8")


class TestFindings:
    def entry(self, tmp_path: Path, before: list[dict[str, Any]], severity: Severity) -> dict[str, Any]:
        (tmp_path / "findings.json").write_text(json.dumps(before))
        shown = Shown()
        deck = Deck(
            "flow_analysis", demo.portfolio(), demo.WINDOW, Thresholds(), previous=tmp_path, show=shown.append
        )
        deck.findings(demo.finding("flow.x", "…", severity))
        entry: dict[str, Any] = shown.parts("findings")[0]["findings"][0]
        return entry

    def test_a_new_one_is_first_seen_on_the_day_of_the_review(self, tmp_path: Path) -> None:
        entry = self.entry(tmp_path, [], Severity.ALARM)
        assert (entry["first_seen"], entry["previous_severity"]) == ("2026-10-31", None)

    def test_one_that_stays_raised_keeps_its_first_day(self, tmp_path: Path) -> None:
        before = [{"id": "flow.x:portfolio", "severity": "warning", "first_seen": "2026-03-14"}]
        entry = self.entry(tmp_path, before, Severity.ALARM)
        assert (entry["first_seen"], entry["previous_severity"]) == ("2026-03-14", "warning")

    def test_one_that_was_calm_before_is_new_when_it_is_raised(self, tmp_path: Path) -> None:
        before = [{"id": "flow.x:portfolio", "severity": "good", "first_seen": "2026-03-14"}]
        assert self.entry(tmp_path, before, Severity.ALARM)["first_seen"] == "2026-10-31"


class TestResults:
    def test_figures_and_findings_are_written_when_the_deck_closes(
        self, shown: Shown, tmp_path: Path
    ) -> None:
        deck = Deck(
            "flow_analysis", demo.portfolio(), demo.WINDOW, Thresholds(), results=tmp_path, show=shown.append
        )
        deck.figures([WIP])
        deck.slide(OLD, chart(FRAME), data=FRAME)
        deck.table("items", pd.DataFrame({"item_id": ["E-1"]}))
        deck.close()
        assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
            "figures/flow_analysis.json",
            "findings/flow_analysis.json",
            "tables/flow_analysis/items.csv",
            "tables/flow_analysis/stalled_items.csv",
        ]
        figures = json.loads((tmp_path / "figures/flow_analysis.json").read_text())
        assert figures["flow.wip"]["value"] == 39
        assert figures["flow.wip"]["previous"] is None
        assert [
            entry["id"] for entry in json.loads((tmp_path / "findings/flow_analysis.json").read_text())
        ] == [OLD.id]

    def test_nothing_is_written_without_a_folder(
        self, deck: Deck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        deck.table("items", FRAME)
        deck.close()
        assert list(tmp_path.iterdir()) == []

    def test_a_table_may_not_leave_its_folder(self, deck: Deck) -> None:
        with pytest.raises(ValueError, match="lower-case"):
            deck.table("../../etc/passwd", FRAME)

    def test_what_a_spreadsheet_would_run_is_text_in_a_csv_and_numbers_stay_numbers(self) -> None:
        frame = pd.DataFrame(
            {
                "=cmd()": ["=1+1", "+49 170", "-5.2", "@x", "\tx", "\rx", "＝1", "plain", None],
                "n": [-1.5, *range(8)],
            }
        )
        back = pd.read_csv(
            io.StringIO(csv_text(frame), newline=""), dtype=str, keep_default_na=False, lineterminator="\n"
        )
        assert list(back.columns) == ["'=cmd()", "n"]
        assert list(back["'=cmd()"]) == [
            "'=1+1",
            "'+49 170",
            "-5.2",
            "'@x",
            "'\tx",
            "'\rx",
            "'＝1",
            "plain",
            "",
        ]
        assert back["n"].iloc[0] == "-1.5"

    def test_instants_days_flags_and_unknowns_have_one_spelling(self) -> None:
        frame = pd.DataFrame(
            {
                "at": pd.to_datetime(["2026-03-14T10:00:00+01:00", None], utc=True),
                "day": pd.to_datetime(["2026-03-14", None]),
                "flag": pd.array([True, None], dtype="boolean"),
                "whole": [3.0, np.nan],
                "part": [1 / 3, np.inf],
            }
        )
        assert (
            csv_text(frame)
            == "at,day,flag,whole,part\n2026-03-14T09:00:00Z,2026-03-14,true,3,0.333333\n,,,,\n"
        )

    def test_two_columns_of_one_name_both_stay(self) -> None:
        assert csv_text(pd.DataFrame([[1, 2]], columns=["a", "a"])) == "a,a\n1,2\n"

    def test_json_knows_neither_nan_nor_numpy(self) -> None:
        value = {
            "a": np.float64("nan"),
            "b": np.int64(3),
            "c": (pd.NaT, pd.NA),
            "d": {Label.SOUND},
            "e": np.bool_(True),
            "f": pd.Timestamp("2026-03-14"),
            "g": 0.1 + 0.2,
        }
        assert json.loads(json_text(value)) == {
            "a": None,
            "b": 3,
            "c": [None, None],
            "d": ["sound"],
            "e": True,
            "f": "2026-03-14T00:00:00",
            "g": 0.3,
        }


class TestATable:
    def test_says_cells_as_people_do(self) -> None:
        frame = pd.DataFrame(
            {
                "item_id": ["E-1", "E-2"],
                "age_days": [212.34, 3.26],
                "blocked_share": [0.412, np.nan],
                "planned_cost": [9.1e6, np.nan],
                "finished_at": pd.to_datetime(["2026-03-14T23:30Z", None]),
                "reopened": [True, False],
                "label": ["watermelon", None],
            }
        )
        part = table(frame, name="t", timezone="Europe/Berlin", currency="EUR")
        assert [column["label"] for column in part["columns"]] == [
            "Item",
            "Age, days",
            "Blocked",
            "Planned cost, EUR",
            "Finished",
            "Reopened",
            "Label",
        ]
        assert part["rows"][0] == [
            "E-1",
            "212",
            "41 %",
            "9.1 M",
            "15 Mar 2026",
            "yes",
            {"text": "✕ watermelon", "tone": "bad"},
        ]
        assert part["rows"][1] == ["E-2", "3.3", "–", "–", "–", "no", "–"]

    def test_says_differences_of_shares_as_points_and_the_middle_as_the_median(self) -> None:
        frame = pd.DataFrame(
            {
                "gap": [0.65, -0.004],
                "gain_share": [0.09, 0.0001],
                "days_saved_per_item": [42.66, 0.085],
                "lead_time_p50_days": [201.2, 3.0],
            }
        )
        part = table(frame, name="t", timezone="UTC", currency="EUR")
        assert [column["label"] for column in part["columns"]] == [
            "Gap",
            "Gain",
            "Days saved per item",
            "Lead time, median, days",
        ]
        assert part["rows"] == [
            ["+65 points", "+9 points", "43", "201"],
            ["−0.4 points", "0 points", "0.1", "3"],
        ]

    def test_leaves_out_an_id_that_stands_beside_its_name(self) -> None:
        frame = pd.DataFrame({"value_stream_id": ["S1"], "value_stream": ["Store"]})
        assert [
            column["label"] for column in table(frame, name="t", timezone="UTC", currency="")["columns"]
        ] == ["Value stream"]

    def test_of_no_rows_or_no_columns_is_still_one(self) -> None:
        assert table(pd.DataFrame(), name="t", timezone="UTC", currency="")["rows"] == []
        assert table(pd.DataFrame({"a": []}), name="t", timezone="UTC", currency="")["total"] == 0


class TestASpecification:
    def test_does_not_depend_on_the_charts_drawn_before_it(self) -> None:
        def one() -> dict[str, Any]:
            pick = alt.selection_point(fields=["a"])
            return spec_of(chart(FRAME).add_params(pick).transform_filter(pick))

        assert one() == one()

    def test_leads_nowhere_and_loads_nothing(self) -> None:
        frame = pd.DataFrame({"a": [1.0], "link": ["javascript:alert(1)"]})
        spec = spec_of(chart(frame, href="link:N"))
        assert "href" not in json.dumps(spec["encoding"])
        assert next(iter(spec["datasets"].values()))[0]["link"] == "javascript:alert(1)"
        with pytest.raises(ValueError, match="carry its data"):
            spec_of(
                theme.describe(
                    alt.Chart("https://example.org/a.csv").mark_bar().encode(x="a:Q"), "A chart from afar"
                )
            )

    def test_shows_control_characters_in_its_data(self) -> None:
        spec = spec_of(chart(pd.DataFrame({"a": [1.0], "title": ["a\x07b\u202ec\\u0007"]}), y="title:N"))
        assert next(iter(spec["datasets"].values()))[0]["title"] == "a␇b\ufffdc\\u0007"

    def test_has_null_where_a_number_is_not_known(self) -> None:
        spec = spec_of(chart(pd.DataFrame({"a": [1.0, np.nan, np.inf]})))
        assert [row["a"] for row in next(iter(spec["datasets"].values()))] == [1.0, None, None]

    def test_takes_more_rows_than_altair_would(self) -> None:
        spec = spec_of(chart(pd.DataFrame({"a": np.arange(6000.0)})))
        assert len(next(iter(spec["datasets"].values()))) == 6000


def test_a_finding_without_evidence_still_has_every_key() -> None:
    assert set(Finding("flow.x", "portfolio", Severity.NOTE, "…").as_json()) >= {
        "id",
        "sentence",
        "threshold",
        "evidence",
        "money",
        "missing",
    }


@pytest.mark.parametrize(
    ("subject", "sentence", "said"),
    [
        ("portfolio", "Stop 2 of 50 epics", "8 epics are red inside, and stop 2 of 50 epics"),
        ("portfolio", "EUR 3 M serves no goal", "8 epics are red inside, and EUR 3 M serves no goal"),
        ("VS-1", "Stores started 9 epics", "8 epics are red inside, and Stores started 9 epics"),
    ],
)
def test_the_second_half_of_a_conclusion_begins_small_unless_with_a_name(
    subject: str, sentence: str, said: str
) -> None:
    first = Finding("watermelon.x", "portfolio", Severity.ALARM, "8 epics are red inside")
    assert conclusion([first, Finding("flow.x", subject, Severity.WARNING, sentence)]) == said
