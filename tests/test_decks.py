"""One row a notebook: what a row of ``decks.py`` says is what every page, command and panel says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.review import small
from vmo_helpers import decks, sources
from vmo_helpers.cli.coverage import check_report
from vmo_helpers.notebook.found import found_in
from vmo_helpers.results.parts import MOST_ROWS

ROOT = Path(__file__).parents[1]
ROW = decks.Entry(
    "delay_cost",
    "What waiting costs",
    least=("work_items",),
    better=("risks",),
    topic="delay_cost",
    tiles={"delay_cost.items": "items"},
    followed=("delay_cost.items",),
)

WITH_ROW = """
import sys
from tests.test_decks import ROW
from vmo_helpers import decks
from vmo_helpers.cli.main import main

first, *others = decks.ENTRIES
decks.ENTRIES = (first, ROW, *others)
sys.exit(main(sys.argv[1:]))
"""
"""The program with a row more: as its workers have it, too."""


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> decks.Entry:
    """A row more, after that of flow."""
    first, *others = decks.ENTRIES
    monkeypatch.setattr(decks, "ENTRIES", (first, ROW, *others))
    return ROW


def test_a_new_notebook_is_one_file_and_one_row(tmp_path: Path, row: decks.Entry) -> None:
    data, shelf = small.portfolio(tmp_path / "data"), tmp_path / "shelf"
    for name in ("a_name_without_row", "watermelon_metrics", row.name, "flow_analysis"):
        small.notebook(tmp_path / "nb", name)
    asked = ["review", data, "--out", shelf, "--notebook-folder", tmp_path / "nb"]
    made = subprocess.run(
        [sys.executable, "-c", WITH_ROW, *map(str, asked)],
        cwd=Path(__file__).parents[1],
        env=small.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    (review,) = small.reviews(shelf)
    in_order = ["flow_analysis", row.name, "watermelon_metrics", "a_name_without_row"]
    assert list(json.loads((review / "manifest.json").read_text())["outcome"]) == in_order
    page = (review / row.page).read_text()
    places = [page.index(f">{decks.title(name)}<") for name in in_order]
    assert places == sorted(places)
    assert ">What waiting costs<" in page and ">A name without row<" in page
    assert ">Items</p>" in (shelf / "index.html").read_text()  # its tile
    found = found_in(review)
    assert found.deck_names[row.name] == row.title and "delay_cost.items" in found.tiles


def test_the_row_says_what_is_checked_and_followed(tmp_path: Path, row: decks.Entry) -> None:
    said = check_report(sources.load(small.portfolio(tmp_path / "data")), [row.name])
    assert "delay_cost          can run; would say more with risks" in said
    assert decks.missing(row.name, frozenset({"work_items"})) == ["risks"]
    assert "delay_cost.items" in decks.followed()


def test_a_closing_notebook_comes_last_and_is_the_index() -> None:
    names = ["zebra", "portfolio_review", "okr_alignment", "alpha", "flow_analysis"]
    assert sorted(names, key=decks.place) == [
        "flow_analysis",
        "okr_alignment",
        "alpha",
        "zebra",
        "portfolio_review",
    ]
    assert [one.page for one in decks.ENTRIES if one.closes] == [decks.INDEX]


def test_a_row_speaks_of_its_own_topic_alone() -> None:
    for one in decks.ENTRIES:
        said = {*one.tiles, *one.followed}
        assert {key.partition(".")[0] for key in said} <= {one.topic}, one.name
        assert set(one.tiles) <= set(one.followed), one.name


def test_the_names_of_notebooks_stand_in_their_rows_alone() -> None:
    package = Path(decks.__file__).parent
    names = {f'"{one.name}"' for one in decks.ENTRIES}
    found = [
        f"{path.relative_to(package)} names {name}"
        for path in sorted(package.rglob("*.py"))
        if path.name != "decks.py" and "sample" not in path.parts
        for name in names
        if name in path.read_text(encoding="utf-8")
    ]
    # the example of the package's own docstring
    assert found == ['__init__.py names "flow_analysis"']


def test_all_leading_figures_stand_in_their_table() -> None:
    assert len(decks.followed()) <= MOST_ROWS  # the last are what customers say


def test_the_samples_review_does_not_stand_for_data_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VMO_DATA", str(tmp_path / "mine"))
    with pytest.raises(ValueError, match="review of the sample, and VMO_DATA names 'mine'"):
        found_in(ROOT / "data" / "review")
    monkeypatch.setenv("VMO_DATA", str(ROOT / "data" / "sample"))
    assert len(found_in(ROOT / "data" / "review").figures)
