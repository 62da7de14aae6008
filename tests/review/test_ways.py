"""From a finding to the slide that speaks of it: where a leader comes out who asks why."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

ON_THE_FIRST_PAGE = {"decisions.asked", "decisions.ask", "decisions.conclusion", "places.fails"}
"""What the title page itself says needs no slide."""
OF_A_FINDING = "changes.comes_and_goes"
"""It speaks of other findings: its slide has those worth a leader's minute, changes.csv all of them."""
BEHIND = {"places": ("signs",)}
"""A slide that names places in words: this table has the rows of the same places by their ids."""
OF_ONE_ITEM = "worst"
"""This slide is of the item that its title names."""


@pytest.fixture(scope="module")
def raised(latest: Path) -> list[dict[str, Any]]:
    """What the newest review of the sample found that asks for attention."""
    found = json.loads((latest / "findings.json").read_text(encoding="utf-8"))
    loud = [one for one in found if one["severity"] in {"alarm", "warning"}]
    assert len(loud) > 100
    return [one for one in loud if one["rule"] not in ON_THE_FIRST_PAGE]


def test_each_finding_that_is_raised_leads_to_a_slide(raised: list[dict[str, Any]]) -> None:
    assert [one["id"] for one in raised if not one["slide"]] == []


def test_whom_it_speaks_of_stands_among_the_rows_of_that_slide(
    raised: list[dict[str, Any]], latest: Path
) -> None:
    """A pair, such as a team and a goal, stands there part by part."""
    lost = [
        (one["id"], one["slide"])
        for one in raised
        if one["subject"] != "portfolio"
        and one["rule"] != OF_A_FINDING
        and one["slide"] != OF_ONE_ITEM
        and not set(re.split(r"[:|]", one["subject"])) <= _words(latest, one["deck"], one["slide"])
    ]
    assert lost == []


def _words(review: Path, deck: str, slide: str) -> set[str]:
    """Every cell of the rows behind a slide's chart and of its table."""
    files = [
        review / "tables" / deck / f"{name}.csv" for name in (slide, f"{slide}_table", *BEHIND.get(slide, ()))
    ]
    return {
        cell
        for file in files
        if file.exists()
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines())
        for cell in row
    }
