"""What `vmo review` prints when it is done."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vmo_helpers.cli.review import _told

FLOW = {"status": "done", "page": "flow_analysis.html", "headline": "83 epics were started"}
WHOLE = {"status": "done", "page": "index.html", "headline": "Value reaches customers more slowly"}
FAILED = {"status": "failed", "why": "cell 7 raised", "last_good": None}


def told(shelf: Path, **outcome: Any) -> list[str]:
    manifest = {"portfolio": "P", "as_of_day": "2026-10-31", "outcome": outcome}
    review = SimpleNamespace(folder=shelf / "reviews" / "a", manifest=manifest)
    return _told(SimpleNamespace(review=review, new=True, beside=None))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_of_the_whole_review_comes_first_once_with_its_sentence(here: Path) -> None:
    assert told(here, flow_analysis=FLOW, portfolio_review=WHOLE) == [
        "P as of 2026-10-31",
        "  reviews/a/index.html",
        "      Value reaches customers more slowly",
        "  reviews/a/flow_analysis.html",
        "      83 epics were started",
    ]


def test_without_it_the_index_stands_first_alone(here: Path) -> None:
    assert told(here, flow_analysis=FLOW, portfolio_review=FAILED) == [
        "P as of 2026-10-31",
        "  reviews/a/index.html",
        "  reviews/a/flow_analysis.html",
        "      83 epics were started",
        "  portfolio_review FAILED: cell 7 raised",
    ]
