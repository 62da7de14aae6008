"""The pages that lead to decks: a review's index and the shelf's."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.review import demo
from tests.review.test_page import Outline
from vmo_helpers.review.pages import page
from vmo_helpers.review.pages.executed import read
from vmo_helpers.review.shelf.shelf import Review
from vmo_helpers.style.wording import MINUS

DONE = {"status": "done", "page": "flow_analysis.html", "headline": "83 epics were started and 48 finished"}
FAILED = {
    "status": "failed",
    "why": "cell 7 ran longer than <600> seconds",
    "last_good": {"link": "../a/okr_alignment.html", "as_of_day": "2026-09-30"},
}


def manifest(**outcome: Any) -> dict[str, Any]:
    return {
        "portfolio": demo.HOSTILE[0],
        "as_of": "2026-10-31T22:59:59Z",
        "as_of_day": "2026-10-31",
        "parameters": {"streams": []},
        "window": {"from": "2025-11-01", "to": "2026-10-31"},
        "outcome": outcome,
        "program": {"name": "vmo-workbook", "version": "0.1.0"},
        "settings": {"timezone": "Europe/Berlin", "review_level": "epic"},
    }


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf") / "2026-10-31-3f9c12ab"
    (folder / "notebooks").mkdir(parents=True)
    notebook = demo.executed()
    (folder / "notebooks" / "flow_analysis.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "figures.json").write_text(json.dumps(read(notebook).figures), encoding="utf-8")
    return folder


class TestTheIndexOfAReview:
    def test_counts_what_needs_a_decision_and_leads_to_every_conclusion(self, review: Path) -> None:
        outline = Outline(page.index_page(manifest(flow_analysis=DONE), review))
        said = [text.strip() for text in outline.texts if text.strip()]
        assert "Two of 4 conclusions need a decision" in said
        assert "One is to be watched and one cannot be said for want of evidence." in said
        links = {attributes.get("href") for attributes in outline.all("a")}
        assert {"flow_analysis.html", "flow_analysis.html#stalled_items", "../index.html"} <= links

    def test_names_a_deck_that_failed_and_leads_to_the_last_good_one(self, review: Path) -> None:
        outline = Outline(page.index_page(manifest(flow_analysis=DONE, okr_alignment=FAILED), review))
        said = " ".join(outline.texts)
        assert "There is no OKR alignment deck in this review" in said
        assert "cell 7 ran longer than <600> seconds" in said
        assert "The last good one, as of 30 September 2026" in said
        assert "../a/okr_alignment.html" in {attributes.get("href") for attributes in outline.all("a")}

    def test_of_no_deck_at_all_says_so(self, review: Path) -> None:
        said = " ".join(
            Outline(page.index_page(manifest(okr_alignment={**FAILED, "last_good": None}), review)).texts
        )
        assert "No deck could be made" in said

    def test_shows_a_hostile_name_as_text(self, review: Path) -> None:
        outline = Outline(page.index_page(manifest(flow_analysis=DONE), review))
        assert demo.HOSTILE[0] in "".join(outline.texts)
        assert len(outline.all("script")) == 1

    def test_is_the_same_bytes_twice(self, review: Path) -> None:
        assert page.index_page(manifest(flow_analysis=DONE), review) == page.index_page(
            manifest(flow_analysis=DONE), review
        )


class TestTheShelf:
    def test_shows_the_newest_review_with_its_figures_and_the_others_below(self, review: Path) -> None:
        newest = Review(review, manifest(flow_analysis=DONE, okr_alignment=FAILED))
        older = Review(
            review.parent / "2026-09-30-aa", {**manifest(flow_analysis=DONE), "as_of_day": "2026-09-30"}
        )
        outline = Outline(page.shelf_page([newest, older], review.parent))
        said = [text.strip() for text in outline.texts if text.strip()]
        assert (
            said.index(f"{demo.HOSTILE[0]} as of 31 October 2026")
            < said.index("Earlier reviews")
            < said.index("30 September 2026")
        )
        assert "212 days" in said
        assert "Without a deck this time: OKR alignment." in said
        links = {attributes.get("href") for attributes in outline.all("a")}
        assert {
            "2026-10-31-3f9c12ab/index.html",
            "2026-10-31-3f9c12ab/flow_analysis.html",
            "2026-09-30-aa/index.html",
        } <= links

    def test_without_a_review_says_so(self) -> None:
        assert "No review yet" in " ".join(Outline(page.shelf_page([], Path("nowhere"))).texts)

    def test_lists_sixty_and_counts_the_rest(self, review: Path) -> None:
        every = [Review(review, manifest(flow_analysis=DONE))] * 100
        outline = Outline(page.shelf_page(every, review.parent))
        assert len(outline.all("tr")) == 61
        assert "39 older ones are in the folder." in [text.strip() for text in outline.texts]
        assert MINUS not in "".join(outline.texts)

    @staticmethod
    def _of(review: Path, name: str, day: str, **more: Any) -> Review:
        whole = manifest(flow_analysis={**DONE, "headline": f"headline of {name}"})
        given = {
            "portfolio": name,
            "as_of": f"{day}T22:59:59.999999Z",
            "as_of_day": day,
            "window": {"from": "2025-01-01", "to": day},
        }
        return Review(review.parent / f"{day}-{len(more):02d}-{name}", {**whole, **given, **more})

    def test_keeps_selections_of_streams_apart(self, review: Path) -> None:
        whole = self._of(review, "North", "2026-01-31")
        chosen = self._of(review, "North", "2026-01-30", parameters={"streams": ["Payments"]})
        older = self._of(review, "North", "2025-11-30")
        outline = Outline(page.shelf_page([whole, chosen, older], review.parent))
        said = [text.strip() for text in outline.texts if text.strip()]
        order = [
            "North",
            "North as of 31 January 2026",
            "Earlier reviews",
            "30 November 2025",
            "The newest review · Payments · from 1 January 2025",
            "North as of 30 January 2026",
        ]
        assert [said.index(text) for text in order] == sorted(said.index(text) for text in order)
        assert said.count("Earlier reviews") == 1
        assert (len(outline.all("h1")), len(outline.all("h2")), len(outline.all("h3"))) == (1, 2, 1)
        assert "Earlier reviews of North, newest first" in {
            attributes.get("aria-label") for attributes in outline.all("div")
        }
        ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
        assert len(ids) == len(set(ids))

    def test_says_what_a_review_was_made_with_so_that_no_two_rows_read_alike(self, review: Path) -> None:
        plain, again = (
            self._of(review, "P", "2025-12-31", times={"finished": f"2026-01-0{day}T09:00:00.5Z"})
            for day in (3, 2)
        )
        half = self._of(review, "P", "2025-12-31", as_of="2025-12-31T11:30:00Z")
        other = self._of(
            review,
            "P",
            "2025-12-31",
            parameters={"streams": [], "thresholds": {"wait_queue_share": 0.3}, "lenient": True},
        )
        level = self._of(
            review, "P", "2025-12-31", settings={"timezone": "Europe/Berlin", "review_level": "feature"}
        )
        longer = self._of(review, "P", "2025-12-31", window={"from": "2024-07-01", "to": "2025-12-31"})
        usual = self._of(review, "P", "2025-12-30", window={"from": "2024-12-31", "to": "2025-12-30"})
        said = [
            text.strip()
            for text in Outline(
                page.shelf_page([plain, again, half, other, level, longer, usual], review.parent)
            ).texts
            if text.strip()
        ]
        assert {
            "The newest review · level epic · made on 3 January 2026, 10:00:00",
            "level epic · made on 2 January 2026, 10:00:00",
            "31 December 2025, 12:30",
            "level epic · wait_queue_share 0.3 · without the rows that cannot be used",
            "level feature",
            "from 1 July 2024 · level epic",
        } <= set(said)
        rows = [text for text in Outline(page.shelf_page([half, usual], review.parent)).texts if text.strip()]
        assert "P as of 31 December 2025" in rows, "no time of day where no other review is of that day"
        assert rows[rows.index("30 December 2025") + 2].strip() == "Flow", (
            "where nothing is unusual nothing is said"
        )
