"""A slide that cannot be made is lost alone: the deck stands, says which and why, and the run ends with 3."""

from __future__ import annotations

import functools
import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import inprocess
from tests.review import small
from vmo_helpers import charts, findings, sources
from vmo_helpers.findings import Finding
from vmo_helpers.findings.changes import not_seen
from vmo_helpers.measures import flow
from vmo_helpers.notebook.found import found_in
from vmo_helpers.notebook.lost import Lost, lost_among
from vmo_helpers.vocabulary import Severity

SMALL = sources.load(inprocess.ROOT / "tests" / "golden" / "small")
OPEN = """\
from vmo_helpers import charts, open_review
from vmo_helpers.findings import Finding
from vmo_helpers.vocabulary import Severity
review = open_review(
    "demo", data, config=config, as_of=as_of, from_day=from_day, streams=streams,
    thresholds=thresholds, lenient=lenient, results=results, previous=previous,
)
rows = review.portfolio.work_items[["item_id", "title"]]
def says(name):
    return Finding(f"demo.{name}", "portfolio", Severity.NOTE, f"This is the slide {name}", n=3)
def raises(frame, *, alt):
    raise ValueError("no room for 17 stages")
def draws(frame, *, alt):
    return charts.canvas.blank("it is only a test", alt)
"""
SLIDES = """\
review.slide(says("first"), draws, rows)
review.slide(says("second"), raises, rows)
review.slide(says("third"), draws, rows)
review.slide(review.judge(lambda frame: says("fourth"), review.measure(lambda portfolio: 1 / 0)), table=rows)
review.close()
"""


def _slides(parts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {part["id"]: part for part in parts if part["part"] == "slide"}


def _run(tmp_path: Path, results: str) -> inprocess.Ran:
    return inprocess.run("flow_analysis", SMALL, tmp_path / results, as_of="2026-10-31")


@pytest.mark.parametrize(
    ("room", "name", "slides"),
    [
        (charts.flow, "cumulative_flow", {"cumulative_flow"}),
        (findings.flow, "wip_limits", {"slide"}),
        (flow, "wait_pareto", {"slide"}),
    ],
)
def test_what_fails_costs_its_slide_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: Any, name: str, slides: set[str]
) -> None:
    whole = _slides(_run(tmp_path, "whole").parts)

    @functools.wraps(getattr(room, name))
    def fails(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("float division by zero")

    monkeypatch.setattr(room, name, fails)
    with pytest.raises(ZeroDivisionError):  # where somebody looks, nothing is hidden
        _run(tmp_path, "looked_at")
    monkeypatch.setenv("VMO_MODE", "deck")
    ran = _run(tmp_path, "deck")
    left = _slides(ran.parts)
    lost = {slide: part for slide, part in left.items() if part.get("lost")}
    assert slides <= set(lost)
    assert len(lost) <= 3
    assert all("ZeroDivisionError in " in part["read"] for part in lost.values())
    assert all(part["read"].startswith("This slide could not be made. ") for part in lost.values())
    assert {part["title"] for part in left.values() if not part.get("lost")} <= {
        part["title"] for part in whole.values()
    }
    assert len(left) >= len(whole)
    assert ran.parts[-1]["part"] == "closing"


def test_whatever_is_asked_of_what_is_lost_is_lost() -> None:
    lost = Lost("why")
    first, *rest = [*lost[:1], lost.sentence, lost[0].subject]
    assert (first, *rest) == (lost, lost, lost)
    assert lost_among([1, {"words": {"counted": lost.sentence}}], 2) is lost
    assert lost_among([1, {"words": ["there"]}], None) is None


@pytest.fixture
def place(tmp_path: Path) -> Path:
    small.portfolio(tmp_path / "data")
    small.bare(tmp_path / "nb", "demo", small.PARAMETERS, OPEN, SLIDES)
    return tmp_path


ABORTS = """
import os, signal, sys
from vmo_helpers.cli.main import main
from vmo_helpers.review.pages import page

still = page.still

def aborts(spec, width):
    if "third" in spec["description"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return still(spec, width)

page.still = aborts
sys.exit(main(sys.argv[1:]))
"""
"""The program, where drawing the third chart ends the process."""


def _review(place: Path, *python: str) -> subprocess.CompletedProcess[str]:
    asked = ["--out", place / "shelf", "--notebook-folder", place / "nb", "--as-of", "2026-03-31", "--quiet"]
    command = [sys.executable, *(python or ("-m", "vmo_helpers")), "review", place / "data", *asked]
    return subprocess.run(
        list(map(str, command)), env=small.environment(), capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked")
def test_a_deck_stands_without_the_slides_that_fail_and_without_those_that_abort(place: Path) -> None:
    first = _review(place, "-c", ABORTS)
    assert first.returncode == 3
    (review,) = small.reviews(place / "shelf")
    manifest = json.loads((review / "manifest.json").read_text(encoding="utf-8"))
    outcome = manifest["outcome"]["demo"]
    assert (manifest["exit_status"], outcome["status"], outcome["page"]) == (3, "done", "demo.html")
    assert outcome["lost"] == {
        "second": "ValueError in __main__.raises: no room for 17 stages",
        "slide": "ZeroDivisionError in __main__.<lambda>: division by zero",
        "third": "its process ended with signal SIGKILL",
    }
    page = (review / "demo.html").read_text(encoding="utf-8")
    said = re.findall(r"This slide could not be made\. ([^<]*)", page)
    assert sorted(map(html.unescape, said)) == sorted(outcome["lost"].values())
    assert all(f"This is the slide {name}</h2>" in page for name in ("first", "second", "third"))
    lines = [f"the slide {slide} could not be made: {why}" for slide, why in outcome["lost"].items()]
    assert all(line in first.stdout for line in lines)
    entries = json.loads((review / "findings.json").read_text(encoding="utf-8"))
    assert [entry["rule"] for entry in entries] == ["demo.first", "demo.second", "demo.third"]

    assert _review(place, "-c", ABORTS).returncode == 3  # the same outcome: the review that stands is the one
    assert small.reviews(place / "shelf") == [review]
    assert _review(place).returncode == 3  # fewer slides are lost: another review
    assert len(small.reviews(place / "shelf")) == 2


def test_what_a_deck_with_a_lost_slide_does_not_say_is_not_cleared(tmp_path: Path) -> None:
    states = {
        "flow_analysis": {"status": "done", "page": "flow_analysis.html", "lost": {"aging": "why"}},
        "okr_alignment": {"status": "done", "page": "okr_alignment.html"},
    }
    (tmp_path / "outcome.json").write_text(json.dumps({"notebooks": states}))
    found = found_in(tmp_path)
    assert (found.complete, found.failed) == ({"okr_alignment"}, frozenset())
    (told,) = not_seen(found.notebooks, found.deck_names)
    assert isinstance(told, Finding)
    assert told.severity is Severity.UNKNOWN
    assert told.sentence == "1 slide of the Flow deck could not be made"
