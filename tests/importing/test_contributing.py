"""Sheets of goals that say what contributes to them, and that name an objective once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.sheets import Rows, book, run, table
from vmo_helpers.cli.main import main
from vmo_helpers.sources.importing.contributing import contributors_in, items_in

EPICS: Rows = [
    ["Epic-ID", "Name", "Created", "Start date"],
    ["E-1", "Click and collect", "2026-01-05", "2026-01-10"],
    ["E-2", "Loyalty", "2026-01-05", "2026-01-11"],
    ["E-3", "Returns, online", "2026-01-05", "2026-01-12"],
]
OKRS: Rows = [
    ["OKRs Q3 2026"],
    ["Objective", "Key result", "Baseline", "Target", "Contributing epics"],
    ["Grow", "More orders", 10, 12, "E-1, E-2"],
    [None, "More baskets", 3, 4, "e-1 Click and collect\nE-99"],
    ["Save", None, None, None, "Loyalty"],
    [None, "Fewer returns", 9, 6, "Returns, online; E-1 (60 %)"],
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _links(out: Path) -> list[tuple[str, str, str]]:
    return [(row["item_id"], row["goal_type"], row["goal_id"]) for row in table(out, "links")]


LINKS = [
    ("E-2", "objective", "Save"),
    ("E-1", "key_result", "More orders"),
    ("E-2", "key_result", "More orders"),
    ("E-1", "key_result", "More baskets"),
    ("E-3", "key_result", "Fewer returns"),
    ("E-1", "key_result", "Fewer returns"),
]


def test_what_contributes_to_a_goal_is_a_link_each_and_who_is_unknown_is_named(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS, OKRs=OKRS), out, "--propose-map") == 3
    assert _links(out) == LINKS
    told = capsys.readouterr()
    assert "sheet OKRs, row 4: “E-99” is no work item: no link of it to “More baskets”" in told.err
    assert "6 links from a goal to a work item that its row names" in told.out
    assert "not read" not in told.out
    assert main(["check", str(out)]) == 0
    before = (out / "links.csv").read_bytes()
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS, OKRs=OKRS), out) == 3
    assert (out / "links.csv").read_bytes() == before


def test_a_key_result_below_an_objective_that_stands_once_belongs_to_it(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(book(tmp_path / "b.xlsx", Epics=EPICS, OKRs=OKRS), out, "--propose-map")
    assert [(row["objective_id"], row["title"]) for row in table(out, "key_results")] == [
        ("Grow", "More orders"),
        ("Grow", "More baskets"),
        ("Save", "Fewer returns"),
    ]
    assert [row["title"] for row in table(out, "objectives")] == ["Grow", "Save"]
    what = "2 rows without an objective taken to belong to the one above it (b.xlsx, sheet OKRs, row 4, 6)"
    assert what in capsys.readouterr().out


def test_where_each_row_says_its_objective_an_empty_cell_is_a_gap(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: Rows = [
        *OKRS[:2],
        ["Grow", "More orders", 10, 12, None],
        ["Grow", "More baskets", 3, 4, None],
        [None, "Fewer returns", 9, 6, None],
    ]
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS, OKRs=said), out, "--propose-map") == 3
    assert [row["title"] for row in table(out, "key_results")] == ["More orders", "More baskets"]
    assert "row 5, no objective_id (the row was left out)" in capsys.readouterr().err


def test_nothing_is_doubled_where_items_say_the_same_goal(tmp_path: Path, out: Path) -> None:
    epics = [
        [*EPICS[0], "Goal"],
        [*EPICS[1], "More orders, Save"],
        [*EPICS[2], "More orders"],
        [*EPICS[3], None],
    ]
    assert run(book(tmp_path / "b.xlsx", Epics=epics, OKRs=OKRS), out, "--propose-map") == 3
    links = _links(out)
    assert sorted(links) == sorted([*LINKS, ("E-1", "objective", "Save")])
    assert len({*links}) == len(links)


def test_links_that_stay_in_the_folder_are_not_written_over_and_what_they_lack_is_named(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets: dict[str, Rows] = {"Epics": EPICS, "objectives": [["Objective", "Period"], ["Grow", "Q3 2026"]]}
    sheets["links"] = [["Epic", "Objective"], ["Loyalty", "Grow"]]
    assert run(book(tmp_path / "b.xlsx", **sheets), out, "--propose-map") == 0
    before = (out / "links.csv").read_bytes()
    (out / "map.toml").unlink()
    goals = book(
        tmp_path / "o.xlsx", OKRs=[["OKRs Q3 2026"], ["Objective", "Initiatives"], ["Grow", "E-1, E-2"]]
    )
    assert run(goals, out, "--table", "objectives", "--propose-map") == 3
    assert (out / "links.csv").read_bytes() == before
    told = capsys.readouterr().err
    assert "links.csv stays as it is and lacks 1 link that a sheet of goals says (E-1 → Grow)" in told


def test_goals_that_come_alone_bring_their_links_and_bring_them_anew(tmp_path: Path, out: Path) -> None:
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS), out, "--propose-map") == 0
    for named in ("E-1, E-2", "E-2", None):
        rows = [["OKRs Q3 2026"], ["Objective", "Initiatives"], ["Grow", named], ["Save", "E-3"]]
        goals = book(tmp_path / "o.xlsx", OKRs=rows)
        assert run(goals, out, "--table", "objectives", "--propose-map") == 0
        wanted = [(one, "objective", "Grow") for one in (named or "").split(", ") if one]
        assert _links(out) == [*wanted, ("E-3", "objective", "Save")]
    rows = [["OKRs Q3 2026"], ["Objective", "Rank"], ["Grow", 1]]
    (out / "map.toml").unlink()
    assert run(book(tmp_path / "o.xlsx", OKRs=rows), out, "--table", "objectives", "--propose-map") == 0
    assert not (out / "links.csv").exists()
    assert (out / "work_items.csv").exists()


@pytest.mark.parametrize(
    "header",
    ["Contributing epics", "Beitragende Epics", "Initiatives", "Linked work items", "Maßnahmen", "Epic IDs"],
)
def test_headers_of_what_contributes(header: str) -> None:
    assert contributors_in(["Objective", header], {"title": "Objective"}) == header


@pytest.mark.parametrize(
    "header", ["Key result", "Epic owner", "Contributing teams", "Linked", "Project status"]
)
def test_headers_of_something_else(header: str) -> None:
    assert contributors_in(["Objective", header], {"title": "Objective"}) is None


@pytest.mark.parametrize(
    ("cell", "found", "strange"),
    [
        ("E-1; E-2\nE-1", ["E-1", "E-2"], []),
        ("• Loyalty\n• Returns, online", ["E-2", "E-3"], []),
        ("Returns, online, Loyalty", ["E-2"], ["Returns", "online"]),
        ("Loyalty (E-1)", ["E-2"], []),
        ("Robots (E-1)", ["E-1"], []),
        ("E-1: Click and collect / E-9", ["E-1"], ["E-9"]),
        ("Robots and shelves", [], ["Robots and shelves"]),
        ("", [], []),
    ],
)
def test_cells_of_several_items(cell: str, found: list[str], strange: list[str]) -> None:
    known = {"e-1": "E-1", "e-2": "E-2", "e-3": "E-3", "loyalty": "E-2", "returns, online": "E-3"}
    assert items_in(cell, known) == (found, strange)


def test_without_any_item_each_part_is_a_key() -> None:
    assert items_in("E-1, Click and collect", {}) == (["E-1", "Click and collect"], [])
