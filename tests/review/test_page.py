"""The page of an executed notebook: whole, offline, the same from run to run, and text from data is text."""

import base64
import hashlib
import html
import itertools
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.review import demo
from vmo_helpers.results.parts import PART_MIME
from vmo_helpers.review.pages import markup, page
from vmo_helpers.review.pages.executed import NotADeck, read

TITLE = "50 % of all waiting is for one queue, and 83 epics were started and 48 finished in a year"
CONTEXT = page.Context(
    pages=(page.Link("Flow", None), page.Link("OKR alignment", "okr_alignment.html")),
    previous="2026-09-30",
    tables=True,
)


class Outline(HTMLParser):
    """Every tag with its attributes, and the text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.raw: list[tuple[str, str]] = []
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw.append((self._inside[-1], data))
        else:
            self.texts.append(data)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    return demo.executed()


@pytest.fixture(scope="module")
def text(notebook: dict[str, Any]) -> str:
    return page.render(notebook, CONTEXT)


@pytest.fixture(scope="module")
def outline(text: str) -> Outline:
    return Outline(text)


@pytest.fixture(scope="module")
def hostile() -> Outline:
    return Outline(page.render(demo.hostile()))


class TestAPage:
    def test_is_the_same_bytes_from_a_file_its_json_and_a_second_time(
        self, notebook: dict[str, Any], text: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "deck.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        assert page.render(path, CONTEXT) == text
        assert page.render(demo.executed(), CONTEXT) == text

    def test_weighs_less_than_three_megabytes(self, text: str) -> None:
        assert len(text.encode("utf-8")) < 3_000_000

    def test_names_nothing_that_would_be_fetched(self, outline: Outline) -> None:
        addresses = [
            value or ""
            for _, attributes in outline.tags
            for name, value in attributes.items()
            if name in ("src", "srcset", "href")
        ]
        assert {address.partition(":")[0] for address in addresses if ":" in address} <= {"data", "https"}
        assert {a.get("href") for a in outline.all("a") if (a.get("href") or "").startswith("https:")} == {
            "https://example.org"
        }
        assert not outline.all("link", "iframe", "object", "base")

    def test_allows_its_own_scripts_and_style_by_digest_and_nothing_else(
        self, text: str, outline: Outline
    ) -> None:
        policy = outline.all("meta")[1]["content"] or ""
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert "unsafe" not in policy and "http" not in policy
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        assert (len(scripts), len(styles)) == (2, 1)
        for part in scripts + styles:
            digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        assert "\r" not in text

    def test_has_no_style_or_handler_in_an_attribute(self, outline: Outline) -> None:
        assert not [
            name
            for _, attributes in outline.tags
            for name in attributes
            if name == "style" or name.startswith("on")
        ]

    def test_puts_the_conclusion_first_and_each_question_over_its_slide(self, outline: Outline) -> None:
        said = [text.strip() for text in outline.texts if text.strip()]
        assert said.index(TITLE) < said.index("What is asked of you")
        at = said.index("Do we finish what we start?")
        assert "83 epics were started and 48 finished in a year: 35 are open" in said[at + 1 : at + 4]

    def test_has_headings_in_order_and_landmarks(self, outline: Outline) -> None:
        levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        for landmark in ("header", "nav", "main", "footer"):
            assert len(outline.all(landmark)) == 1
        assert outline.all("html")[0]["lang"] == "en"

    def test_gives_every_chart_an_alt_text_a_picture_and_a_table(self, outline: Outline) -> None:
        pictures = outline.all("img")
        assert len(pictures) == 4
        assert all(len((picture["alt"] or "").split()) > 5 for picture in pictures)
        assert (
            len([attributes for attributes in outline.all("details") if attributes.get("class") == "behind"])
            == 4
        )

    def test_answers_why(self, outline: Outline) -> None:
        said = [text.strip() for text in outline.texts]
        for fact in (
            "50 % (n = 41)",
            "25 % (wait_queue_share)",
            "EUR 9.1 M",
            "the queue holds under a quarter of all waiting",
        ):
            assert fact in said
        assert any(
            text.startswith("transitions, rows 12, 13, 14") and text.endswith("and 1,184 more")
            for text in said
        )

    def test_says_what_moved_since_when(self, tmp_path: Path) -> None:
        (tmp_path / "figures.json").write_text(
            json.dumps({"flow.started_unfinished": {"value": 33, "to": "2025-09-30"}})
        )
        said = "".join(Outline(page.render(demo.executed(previous=tmp_path))).texts)
        assert "Started, not finished ▲ 2 more, worse since 30 September 2025" in said

    def test_ends_with_what_is_missing_and_what_was_left_out(self, outline: Outline) -> None:
        said = " ".join(outline.texts)
        assert "What is missing. Not there: value streams, blockers, dependencies, spend and teams." in said
        assert "3 rows were left out: the state “Parked” is unknown." in said

    def test_links_to_the_other_decks_and_its_tables(self, outline: Outline) -> None:
        links = [attributes.get("href") for attributes in outline.all("a")]
        assert {"index.html", "okr_alignment.html"} <= set(links)
        assert "tables/flow_analysis/stalled_items_table.csv" in links

    def test_alone_links_to_no_file(self, notebook: dict[str, Any]) -> None:
        links = [attributes.get("href") or "" for attributes in Outline(page.render(notebook)).all("a")]
        assert all(link.startswith(("#", "https:")) for link in links)

    def test_of_no_charts_carries_no_chart_scripts(self, notebook: dict[str, Any]) -> None:
        bare = {
            "cells": [{"cell_type": "code", "source": "", "outputs": notebook["cells"][1]["outputs"][:1]}]
        }
        assert len(page.render(bare)) < 60_000


class TestHostileText:
    def test_is_shown_and_not_run(self, hostile: Outline) -> None:
        assert not [
            a for a in hostile.all("img") if not (a.get("src") or "").startswith("data:image/svg+xml;base64,")
        ]
        assert not [
            a for a in hostile.all("a") if (a.get("href") or "").lower().startswith(("javascript:", "data:"))
        ]
        scripts = [
            attributes for attributes in hostile.all("script") if attributes.get("type") != "application/json"
        ]
        assert len(scripts) == 2
        said = "".join(hostile.texts)
        for text in (demo.HOSTILE[0], demo.HOSTILE[1], demo.HOSTILE[2], demo.HOSTILE[3], demo.HOSTILE[5]):
            assert text in said

    def test_cannot_turn_a_sentence_around_or_hide_in_it(self, hostile: Outline) -> None:
        every = "".join(hostile.texts) + "".join(
            value or "" for _, attributes in hostile.tags for value in attributes.values()
        )
        assert not set(every) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\x00\x07\x1b")

    def test_of_ten_thousand_characters_is_clipped_with_the_whole_at_hand(self, hostile: Outline) -> None:
        headings = re.findall(r"<h[1-3][^>]*>(.*?)</h[1-3]>", page.render(demo.hostile()), re.DOTALL)
        assert max(len(html.unescape(heading)) for heading in headings) < 400
        assert demo.HOSTILE[-1] in "".join(hostile.texts)

    def test_is_inert_in_chart_data(self) -> None:
        holders = re.findall(r"data-chart>(.*?)</script>", page.render(demo.hostile()), re.DOTALL)
        assert len(holders) == 5
        for holder in holders:
            assert not set(holder) & set("<>&\u2028\u2029")
            json.loads(holder)

    def test_in_json_cannot_end_its_script(self) -> None:
        value = json.dumps("</script><!--<script>&\u2028\u2029", ensure_ascii=False)
        assert (
            str(markup.inert(value)) == r'"\u003c/script\u003e\u003c!--\u003cscript\u003e\u0026\u2028\u2029"'
        )
        assert json.loads(str(markup.inert(value))) == json.loads(value)

    def test_in_markdown_is_text(self) -> None:
        shown = str(
            markup.prose(
                "<script>x</script> [a](javascript:x) [b](data:text/html,x) ![c](https://e.org/x.png) "
                "[d](https://e.org)"
            )
        )
        tags = [tag for tag, _ in Outline(shown).tags]
        assert sorted(tags) == ["a", "a", "p"] or sorted(tags) == ["a", "p"]
        assert (
            "javascript:x" in shown
            and 'href="javascript' not in shown
            and 'href="data' not in shown
            and "src=" not in shown
        )


class TestReading:
    def test_a_notebook_that_failed_is_no_deck(self, notebook: dict[str, Any]) -> None:
        failed = json.loads(json.dumps(notebook))
        failed["cells"][1]["outputs"].append(
            {"output_type": "error", "ename": "KeyError", "evalue": "'age_days'", "traceback": []}
        )
        with pytest.raises(NotADeck, match="KeyError: 'age_days'"):
            page.render(failed)

    def test_a_notebook_without_parts_is_no_deck(self) -> None:
        with pytest.raises(NotADeck, match="open_review"):
            page.render({"cells": [{"cell_type": "markdown", "source": ["# Hello"]}]})

    def test_outputs_without_a_part_leave_nothing(self, notebook: dict[str, Any], text: str) -> None:
        explored = json.loads(json.dumps(notebook))
        explored["cells"][3]["outputs"] += [
            {
                "output_type": "display_data",
                "metadata": {},
                "data": {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider(value=3)"},
            },
            {"output_type": "stream", "name": "stderr", "text": "a warning"},
        ]
        assert page.render(explored, CONTEXT) == text

    def test_figures_and_findings_travel_in_the_notebook(self, notebook: dict[str, Any]) -> None:
        deck = read(notebook)
        assert deck.figures["flow.flow_efficiency"]["value"] == 0.2312
        assert {
            "flow.stalled_items:portfolio",
            "flow.wait_queue:portfolio",
            "flow.nps:portfolio",
        } <= deck.findings.keys()
        assert deck.title == "Flow analysis"

    def test_a_question_belongs_to_the_next_slide_alone(self, notebook: dict[str, Any]) -> None:
        deck = read(notebook)
        assert [slide.question for slide in deck.slides][:2] == [
            "Do we finish what we start?",
            "What does work wait for?",
        ]
        assert "inside the window" in deck.slides[1].prose
        assert deck.slides[2].prose == ""

    def test_what_is_written_for_analysts_stays_in_the_notebook(self) -> None:
        source = "## Where does work wait?\n\nTry a lower threshold."
        parts = [{"part": "review"}, {"part": "slide", "id": "a", "findings": [], "title": "…"}]
        outputs = [{"output_type": "display_data", "data": {PART_MIME: part}} for part in parts]
        cells = [
            {"cell_type": "markdown", "metadata": {"tags": ["analyst"]}, "source": source},
            {"cell_type": "code", "source": "", "outputs": outputs},
        ]
        (slide,) = read({"cells": cells}).slides
        assert (slide.question, slide.prose) == ("Where does work wait?", "")

    def test_a_heading_loses_its_markdown_marks_and_keeps_its_names(self) -> None:
        source = "## Which *items* of `first_seen_at` are **old**? ##"
        part = {"part": "slide", "id": "a", "findings": [], "title": "…"}
        cells = [
            {
                "cell_type": "code",
                "source": "",
                "outputs": [{"output_type": "display_data", "data": {PART_MIME: {"part": "review"}}}],
            },
            {"cell_type": "markdown", "source": source},
            {
                "cell_type": "code",
                "source": "",
                "outputs": [{"output_type": "display_data", "data": {PART_MIME: part}}],
            },
        ]
        assert read({"cells": cells}).slides[0].question == "Which items of first_seen_at are old?"


def test_an_empty_portfolio_has_a_page_too() -> None:
    said = " ".join(Outline(page.render(demo.empty())).texts)
    assert "No conclusion: there are no items" in said
    assert "nothing was delivered" in said
    assert "Too little is known to ask for a decision" in said and "Nothing here needs a decision" not in said


def test_a_chart_that_cannot_be_drawn_leaves_its_words_and_its_rows() -> None:
    broken = json.loads(json.dumps(demo.executed()))
    for cell in broken["cells"]:
        for output in cell.get("outputs", ()):
            spec = output["data"].get("application/vnd.vegalite.v5+json")
            if spec is not None:
                spec["layer" if "layer" in spec else "mark"] = [{"mark": "no such mark"}]
    shown = Outline(page.render(broken))
    assert len([text for text in shown.texts if "This chart could not be drawn" in text]) == 4
    assert len([attributes for attributes in shown.all("details") if "open" in attributes]) == 4


def test_drawing_a_page_needs_neither_pandas_nor_altair_nor_nbconvert() -> None:
    heavy = {"pandas", "altair", "nbconvert", "nbformat", "vl_convert"}
    code = f"import sys, vmo_helpers.review.pages.page; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
