"""A notebook's three verbs: what a cell hands over, what the review adds, what is said where something is
lacking; and the words around each slide."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from vmo_helpers.deck.legends import LEGENDS, legend_of
from vmo_helpers.deck.legends.legend import Legend
from vmo_helpers.notebook.opening import Review
from vmo_helpers.notebook.supply import supplied
from vmo_helpers.portfolio import Settings
from vmo_helpers.results.finding import Finding
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import day_end, review_window

ROOT = Path(__file__).parents[1]
FRAME = pd.DataFrame({"a": [1.0]})
WINDOW = review_window(day_end("2026-10-31", "UTC"), None, "UTC")


def pareto(items: pd.DataFrame, window: str, by: str = "state", *, level: str = "item") -> tuple[Any, ...]:
    return len(items), window, by, level


def drawn(frame: pd.DataFrame, *, alt: str, half_days: float | None = None) -> tuple[Any, ...]:
    return alt, half_days


class TestACall:
    def test_takes_frames_in_order_and_the_rest_by_name_from_what_is_known(self) -> None:
        known = {"window": "2026", "level": "epic", "currency": "EUR"}
        assert supplied(pareto, [FRAME], {}, known) == (1, "2026", "state", "epic")

    def test_fills_parameters_that_are_known_by_no_frame(self) -> None:
        assert supplied(pareto, [FRAME, "gate"], {}, {"window": "2026"}) == (1, "2026", "gate", "item")

    def test_prefers_what_the_notebook_names(self) -> None:
        known = {"window": "2026", "level": "epic"}
        assert supplied(pareto, [FRAME], {"window": "2025", "by": "gate"}, known) == (
            1,
            "2025",
            "gate",
            "epic",
        )

    def test_takes_what_a_finding_says_for_parameters_that_only_have_a_name(self) -> None:
        said = {"half_days": 12.0, "frame": "never"}
        assert supplied(drawn, [FRAME], {}, {"alt": "Half"}, said) == ("Half", 12.0)
        with pytest.raises(TypeError, match="lacks frame"):
            supplied(drawn, [], {}, {"alt": "Half"}, said)

    def test_says_what_it_lacks_and_what_a_review_knows(self) -> None:
        with pytest.raises(TypeError, match=r"pareto lacks items, window; a review knows currency, level"):
            supplied(pareto, [], {}, {"level": "epic", "currency": "EUR"})

    def test_says_what_it_does_not_take(self) -> None:
        with pytest.raises(TypeError, match="pareto has no bye: it takes items, window, by, level"):
            supplied(pareto, [FRAME], {"bye": "gate"}, {"window": "2026"})

    def test_says_how_many_it_takes_where_too_many_are_handed_over(self) -> None:
        with pytest.raises(TypeError, match="was handed 3 without a name, and takes items, by"):
            supplied(pareto, [FRAME, "gate", "x"], {}, {"window": "2026"})

    def test_is_named_as_a_notebook_names_it(self) -> None:
        from vmo_helpers.findings import flow

        with pytest.raises(TypeError, match=r"^findings\.flow\.wait_queue lacks pareto, limits"):
            supplied(flow.wait_queue, [], {}, {})


class Shown:
    """Keeps what a review hands to its deck."""

    def __init__(self) -> None:
        self.slides: list[tuple[Any, Any, dict[str, Any]]] = []
        self.findings_told: list[Finding] = []

    def slide(self, findings: Any, chart: Any, **more: Any) -> None:
        self.slides.append((findings, chart, more))

    def findings(self, findings: list[Finding], *, slide: str | None = None) -> None:
        self.findings_told += findings


@pytest.fixture
def review() -> Review:
    settings = Settings(review_level="epic", currency="EUR")
    portfolio: Any = SimpleNamespace(settings=settings)
    deck: Any = Shown()
    asked: Any = None
    return Review(portfolio, WINDOW, Thresholds(wait_queue_share=0.4), deck, asked, portfolio)


def finding(rule: str, severity: Severity, **more: Any) -> Finding:
    return Finding(rule, "portfolio", severity, f"{rule} is {severity}", **more)


class TestAReview:
    def test_knows_every_threshold_by_its_name(self, review: Review) -> None:
        assert review.known["wait_queue_share"] == 0.4
        assert set(Thresholds().as_dict()) <= set(review.known)

    def test_knows_the_words_of_its_level(self, review: Review) -> None:
        assert (review.known["level"], review.known["unit"], review.known["day"]) == (
            "epic",
            "epics",
            "2026-10-31",
        )

    def test_draws_a_slide_under_its_loudest_finding(self, review: Review) -> None:
        calm = finding("flow.calm", Severity.GOOD, details={"half_days": 1.0})
        loud = finding("flow.loud", Severity.ALARM, details={"half_days": 9.0})
        review.slide([calm, loud], drawn, FRAME)
        ((_, chart, more),) = review.deck.slides  # type: ignore[attr-defined]
        assert chart == (loud.sentence, 9.0)
        assert more["data"] is FRAME

    def test_shows_other_rows_behind_the_chart_where_the_notebook_names_them(self, review: Review) -> None:
        rows = FRAME.head(0)
        review.slide(finding("flow.calm", Severity.GOOD), drawn, FRAME, data=rows)
        assert review.deck.slides[0][2]["data"] is rows  # type: ignore[attr-defined]

    def test_wants_a_chart_where_it_is_handed_frames(self, review: Review) -> None:
        with pytest.raises(TypeError, match="table="):
            review.slide(finding("flow.calm", Severity.GOOD), None, FRAME)

    def test_writes_several_findings_down_at_once(self, review: Review) -> None:
        one, two = finding("flow.a", Severity.GOOD), finding("flow.b", Severity.GOOD)
        review.findings(one, [two], [])
        assert review.deck.findings_told == [one, two]  # type: ignore[attr-defined]


class TestALegend:
    def test_says_thresholds_in_words(self) -> None:
        limits = Thresholds(
            overdue_days=365, predictability_low=0.9, stalled_percentile=0.91, stale_rhythms=2
        )
        text = (
            "{levels} over {overdue_days}; {predictability_low:bare} to 100 %; {predictability_low}; "
            "{stalled_percentile:th}; {stale_rhythms:times} its rhythm; {Level}"
        )
        assert Legend(read=text).filled(limits, "epic", {}).read == (
            "epics over 365 days; 90 to 100 %; 90 %; 91st; twice its rhythm; Epic"
        )

    def test_is_found_by_the_slides_name_before_the_rule_of_its_title(self) -> None:
        assert legend_of("flow.blocked", "flow.rework") is LEGENDS["flow.blocked"]
        assert legend_of("mine", "flow.rework") is LEGENDS["flow.rework"]
        assert legend_of("mine", "my.rule") == Legend()

    def test_says_which_word_of_its_slide_is_lacking(self) -> None:
        legend = Legend(read="Rings are {money_basis}.")
        assert (
            legend.filled(Thresholds(), "epic", {"money_basis": "planned_cost"}).read
            == "Rings are planned cost."
        )
        with pytest.raises(ValueError, match="lacks a word for 'money_basis'"):
            legend.filled(Thresholds(), "epic", {})

    @pytest.mark.parametrize("name", LEGENDS)
    def test_can_be_said_for_any_thresholds(self, name: str) -> None:
        said = LEGENDS[name].filled(
            Thresholds(), "epic", {"money_basis": "spend", "counted": "12 are counted"}
        )
        assert said.read and "{" not in said.read + said.definition + said.caption


def test_a_plain_script_that_opens_a_review_prints_nothing() -> None:
    script = (
        "from vmo_helpers import findings, open_review\n"
        "from vmo_helpers.measures import flow\n"
        "review = open_review('flow_analysis', 'tests/golden/small', lenient=True)\n"
        "log = review.measure(flow.read)\n"
        "items = review.measure(flow.items, log)\n"
        "review.slide(review.judge(findings.flow.excluded, items))\n"
        "review.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
