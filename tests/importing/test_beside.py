"""Tables that stay in a folder while what their rows lead to goes, and comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.importing.sheets import Rows, book, run, table, text
from vmo_helpers.cli.main import main


def _items(*names: str) -> Rows:
    return [
        ["Epic-ID", "Name", "Created", "Start date"],
        *([one, one, "2026-01-05", "2026-01-10"] for one in names),
    ]


REPORTS: Rows = [
    ["Epic", "Date", "RAG", "Comment"],
    ["E-1", "2026-02-01", "green", "fine,\nreally"],
    ["E-2", "2026-02-01", "red", None],
    ["E-3", "2026-02-01", "amber", None],
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    assert run(book(tmp_path / "b.xlsx", Epics=_items("E-1", "E-2", "E-3")), out, "--propose-map") == 0
    source = book(tmp_path / "r.xlsx", Report=REPORTS)
    assert run(source, out, "--table", "status_reports", "--propose-map") == 0
    return out


def _again(tmp_path: Path, out: Path, *names: str, options: tuple[str, ...] = ()) -> int:
    source = book(tmp_path / "b.xlsx", Epics=_items(*names))
    files = [file.name for file in out.iterdir()]
    assert "map.toml" in files
    return run(source, out, "--propose-map", *options)


def test_rows_that_lead_to_what_is_gone_wait_beside_and_come_back_with_it(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (out / "status_reports.csv").read_bytes()
    assert _again(tmp_path, out, "E-1", "E-3") == 3
    assert [row["item_id"] for row in table(out, "status_reports")] == ["E-1", "E-3"]
    assert (out / "as_imported" / "status_reports.csv").read_bytes() == before
    told = capsys.readouterr().err
    assert (
        "status_reports.csv, column item_id: 1 row left out: leads to no row of work_items (row 3: “E-2”)"
        in told
    )
    assert "the table lies whole in as_imported" in told
    assert main(["check", str(out)]) == 0
    assert "row 3: “E-2”" in capsys.readouterr().out
    assert _again(tmp_path, out, "E-2", "E-3") == 3
    assert [row["item_id"] for row in table(out, "status_reports")] == ["E-2", "E-3"]
    assert _again(tmp_path, out, "E-1", "E-2", "E-3") == 0
    assert (out / "status_reports.csv").read_bytes() == before
    assert not (out / "as_imported").exists()
    assert "lost" not in json.loads((out / "import.json").read_text(encoding="utf-8"))


def test_a_table_of_which_no_row_holds_goes_and_comes_back(tmp_path: Path, out: Path) -> None:
    before = (out / "status_reports.csv").read_bytes()
    assert _again(tmp_path, out, "E-7", "E-8") == 3
    assert table(out, "status_reports") == []
    assert main(["check", str(out)]) == 0
    assert _again(tmp_path, out, "E-1", "E-2", "E-3") == 0
    assert (out / "status_reports.csv").read_bytes() == before


def test_a_table_that_comes_anew_leaves_nothing_of_the_old_one(tmp_path: Path, out: Path) -> None:
    assert _again(tmp_path, out, "E-1", "E-3") == 3
    source = book(tmp_path / "r.xlsx", Report=[REPORTS[0], REPORTS[1]])
    assert run(source, out, "--table", "status_reports") == 0
    assert not (out / "as_imported").exists()
    assert _again(tmp_path, out, "E-1", "E-2", "E-3") == 0
    assert [row["item_id"] for row in table(out, "status_reports")] == ["E-1"]


def test_a_reference_that_its_row_can_do_without_is_emptied_and_comes_back(tmp_path: Path, out: Path) -> None:
    rows: Rows = [
        ["KPI", "Unit", "Direction", "Kind", "Epic"],
        ["Returns", "days", "decrease", "outcome", "E-2"],
    ]
    assert run(book(tmp_path / "m.xlsx", KPIs=rows), out, "--table", "metrics", "--propose-map") == 0
    before = (out / "metrics.csv").read_bytes()
    assert b"E-2" in before
    assert _again(tmp_path, out, "E-1", "E-3") == 3
    assert [(row["metric_id"], row["item_id"]) for row in table(out, "metrics")] == [("Returns", "")]
    assert main(["check", str(out)]) == 0
    assert _again(tmp_path, out, "E-1", "E-2", "E-3") == 0
    assert (out / "metrics.csv").read_bytes() == before


def test_a_table_of_a_person_is_not_touched_and_it_is_said_what_to_do(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ["decision_id", "asked_at", "question", "item_id"]
    own = text(out / "decisions.csv", [header, ["D1", "2026-02-01", "Go?", "E-2"]])
    text(out / "risks.csv", [["risk_id", "item_id", "probability", "impact"], ["R1", "E-2", "0.5", "10"]])
    before = own.read_bytes()
    assert main(["check", str(out)]) == 0
    assert _again(tmp_path, out, "E-1", "E-3") == 3
    assert own.read_bytes() == before
    assert len(table(out, "risks")) == 1
    told = capsys.readouterr().err
    assert "risks.csv, column item_id: 1 row left out: leads to no row of work_items (row 2: “E-2”)" in told
    assert told.count("no import wrote this table, so it stays as it is") == 2
    assert main(["check", str(out)]) == 2
    assert main(["check", str(out), "--lenient"]) == 0


def test_with_lenient_what_does_not_hold_is_counted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _again(tmp_path, out, "E-1", "E-3", options=("--lenient",)) == 0
    assert [row["item_id"] for row in table(out, "status_reports")] == ["E-1", "E-3"]
    assert "row 3: “E-2”" in capsys.readouterr().out
    assert main(["check", str(out)]) == 0


def test_a_tracker_that_no_longer_has_an_item_leaves_the_tables_beside_it_whole(tmp_path: Path) -> None:
    def issues(*keys: str) -> Path:
        rows = [["Issue key", "Issue id", "Issue Type", "Summary", "Status", "Created", "Updated"]]
        rows += [[one, one[2:], "Epic", one, "Build", "2026-01-05 10:00", "2026-02-05 10:00"] for one in keys]
        return text(tmp_path / "jira.csv", rows)

    out = tmp_path / "jira"

    def imported(*keys: str) -> int:
        return main(
            ["import", "jira", str(issues(*keys)), "--out", str(out), "--propose-map", "--no-history"]
        )

    assert imported("E-1", "E-2", "E-3") == 0
    assert (
        run(book(tmp_path / "r.xlsx", Report=REPORTS), out, "--table", "status_reports", "--propose-map") == 0
    )
    assert imported("E-1", "E-3") == 3
    assert [row["item_id"] for row in table(out, "status_reports")] == ["E-1", "E-3"]
    assert main(["check", str(out)]) == 0
    assert imported("E-1", "E-2", "E-3") == 0
    assert [row["item_id"] for row in table(out, "status_reports")] == ["E-1", "E-2", "E-3"]
