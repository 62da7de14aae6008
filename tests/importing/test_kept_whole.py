"""What an import could not read stays on record, and what it writes holds together with what stays."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.importing.sheets import Rows, book, run, table
from vmo_helpers.cli.main import main

DAY = dt.date
EPICS: Rows = [
    ["Epic-ID", "Titel", "Start", "Fertig"],
    *([f"EP-0{n}", f"Vorhaben {n}", DAY(2026, 1, n), DAY(2026, 5, n)] for n in range(1, 9)),
]
OKRS: Rows = [
    ["Objective-ID", "Objective", "Key Result", "Baseline", "Target"],
    ["O1", "Happy", "NPS", 10, 30],
    ["O2", "Fast", "Days", 30, 10],
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_all_that_was_lost_stands_in_the_record_and_check_says_so(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [*EPICS, *([f"EP-1{n}", f"V {n}", f"ca. KW {n}", None] for n in range(5))]
    rag: Rows = [["Epic-ID", "Jan 26", "Feb 26"], ["EP-01", "green", "red"], ["EP-02", "mauve", "red"]]
    source = book(tmp_path / "b.xlsx", Epics=rows, RAG=[*rag, ["EP-03", "green", "amber"]])
    assert run(source, out, "--propose-map") == 3
    told = capsys.readouterr().err
    assert "row 3, column Jan 26: “mauve” expected one of green" in told and "\x00" not in told
    lost = [one["sentence"] for one in json.loads((out / "import.json").read_text())["lost"]]
    assert len(lost) == 6 and all(one in told for one in lost)
    assert main(["check", str(out)]) == 0
    said = capsys.readouterr().out
    assert f"6 items of the import could not be read whole: {lost[0]}" in said
    assert lost[2] in said and lost[3] not in said and "all of them stand in import.json" in said
    # one table more leaves what was lost before; the same again does not double it
    more = book(tmp_path / "c.xlsx", RAG=rag)
    for _ in range(2):
        assert run(more, out, "--table", "status_reports", "--propose-map") == 3
        assert len(json.loads((out / "import.json").read_text())["lost"]) == 7
    mended = [row if not str(row[2]).startswith("ca.") else [*row[:2], None, None] for row in rows]
    assert run(book(tmp_path / "b.xlsx", Epics=mended), out / "new", "--propose-map") == 0
    assert "lost" not in json.loads((out / "new" / "import.json").read_text())


def test_goals_that_the_map_no_longer_has_are_no_goals_of_key_results(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets: dict[str, Rows] = {"Epics": EPICS, "OKRs 2026": OKRS}
    source = book(tmp_path / "b.xlsx", **sheets)
    assert run(source, out, "--propose-map") == 0
    assert [row["objective_id"] for row in table(out, "key_results")] == ["O1", "O2"]
    text = (out / "map.toml").read_text(encoding="utf-8")
    start = text.index("[tables.objectives]")
    end = text.find("[tables.", text.index("[tables.objectives.fixed]") + 1)
    without = text[:start] + (text[end:] if end > 0 else "")
    (out / "map.toml").write_text(without.replace('"tables.objectives", ', ""), encoding="utf-8")
    run(source, out)
    assert not (out / "objectives.csv").exists()
    capsys.readouterr()
    assert main(["check", str(out)]) == 0, capsys.readouterr()


def test_what_stays_and_leads_to_rows_that_are_gone_is_said(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rag: Rows = [["Epic-ID", "Datum", "RAG"], *([f"EP-0{n}", DAY(2026, 2, 1), "rot"] for n in (1, 8))]
    assert run(book(tmp_path / "a.xlsx", Epics=EPICS), out, "--propose-map") == 0
    whole = out / "map.toml"
    items = whole.read_text(encoding="utf-8")
    assert run(book(tmp_path / "b.xlsx", RAG=rag), out, "--table", "status_reports", "--propose-map") == 0
    (tmp_path / "own.toml").write_text(items, encoding="utf-8")
    for rows, status in ((EPICS, 0), (EPICS[:-1], 3)):  # as before, and without EP-08
        source = book(tmp_path / "a.xlsx", Epics=rows)
        capsys.readouterr()
        assert run(source, out, "--map", str(tmp_path / "own.toml")) == status
        told = capsys.readouterr().err
        assert ("leads to no row of work_items" in told and "lies whole in as_imported" in told) is bool(
            status
        )
        assert len(table(out, "status_reports")) == (1 if status else 2)


def test_ids_with_blanks_or_in_another_case_are_matched_and_counted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[list[Any]] = [list(row) for row in EPICS]
    rows[3][0] = " ep-03 "
    rag: Rows = [
        ["Epic-ID", "Datum", "RAG"],
        ["EP-03", DAY(2026, 2, 1), "rot"],
        ["EP-04 ", DAY(2026, 2, 1), "rot"],
    ]
    assert run(book(tmp_path / "b.xlsx", Epics=rows, RAG=rag), out, "--propose-map") == 0
    assert [row["item_id"] for row in table(out, "status_reports")] == ["ep-03", "EP-04"]
    assert (
        "1 id of work_items in status_reports matched without regard to its case" in capsys.readouterr().out
    )
    # where two ids differ by their case alone, neither is meant
    rows.append(["Ep-03", "Another", DAY(2026, 1, 1), DAY(2026, 5, 1)])
    assert run(book(tmp_path / "c.xlsx", Epics=rows, RAG=rag), tmp_path / "two", "--propose-map") == 3
    assert [row["item_id"] for row in table(tmp_path / "two", "status_reports")] == ["EP-04"]


def test_check_says_what_the_dates_of_items_alone_can_tell(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS), out, "--propose-map") == 0
    assert (
        run(book(tmp_path / "c.xlsx", Epics=[row[:2] for row in EPICS]), tmp_path / "bare", "--propose-map")
        == 0
    )
    capsys.readouterr()
    assert main(["check", str(out)]) == 0
    told = capsys.readouterr().out
    assert "flow_analysis       can run on the starts and ends of items; nothing by state without" in told
    assert main(["check", str(tmp_path / "bare")]) == 0
    assert "flow_analysis       has nothing to say without transitions, states" in capsys.readouterr().out


class TestJira:
    HEAD = (
        "Issue key",
        "Issue id",
        "Issue Type",
        "Summary",
        "Status",
        "Created",
        "Custom field (Start date)",
    )

    def _file(self, tmp_path: Path) -> Path:
        rows = [
            ("S-1", 1, "Epic", "One", "In Progress", "26/Sep/25 12:00 AM", "26/Oct/25 12:00 AM"),
            ("S-2", 2, "Epic", "Two", "In Progress", "26/Sep/25 12:00 AM", ""),
            ("S-3", 3, "Epic", "Three", "Done", "26/Sep/25 12:00 AM", "27/Oct/25 12:00 AM"),
        ]
        with (tmp_path / "jira.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([self.HEAD, *rows])
        return tmp_path / "jira.csv"

    def test_a_start_that_the_map_names_holds_for_open_issues(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        own = tmp_path / "own.toml"
        own.write_text('[fields]\nstarted_at = "Start date"\n', encoding="utf-8")
        command = ["import", "jira", str(self._file(tmp_path)), "--out", str(out), "--no-history"]
        assert main([*command, "--propose-map", "--map", str(own)]) == 0
        starts = [row["started_at"][:10] for row in table(out, "work_items")]
        assert starts == ["2025-10-26", "", "2025-10-27"]
        told = capsys.readouterr().out
        assert "they stand without a start: 1" in told and "not read: dates of" not in told

    def test_a_column_of_dates_that_nothing_takes_is_named(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = ["import", "jira", str(self._file(tmp_path)), "--out", str(out), "--no-history"]
        assert main([*command, "--propose-map"]) == 0
        told = capsys.readouterr().out
        assert (
            'not read: dates of Start date; name them in [fields] of map.toml, such as started_at = "Start'
            in told
        )
        assert "they stand without a start: 2" in told
