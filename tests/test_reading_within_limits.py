"""What is too large, never ends, or is no value at all is refused by name, in time."""

import os
import sqlite3
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vmo_helpers import sources
from vmo_helpers.cli.main import main
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.sources import database, limits

ITEMS = "item_id,title,level,created_at\nE1,One,epic,2026-01-01\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "small"
    place.mkdir()
    (place / "work_items.csv").write_text(ITEMS)
    return place


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 60


def refused(place: Path | str, **more: Any) -> str:
    with pytest.raises(InputProblems) as error:
        sources.load(place, **more)
    return str(error.value)


# ---- files that are none
# -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["blockers.csv", "blockers.parquet"])
def test_a_pipe_or_a_device_under_a_tables_name_is_refused_at_once(folder: Path, name: str) -> None:
    os.mkfifo(folder / name)
    assert f"{name}: is a pipe or a device, not a regular file" in refused(folder)
    (folder / name).unlink()
    (folder / name).symlink_to("/dev/zero")
    assert f"{name}: is a pipe or a device, not a regular file" in refused(folder)


def test_a_pipe_as_configuration_or_as_the_data_themselves_is_refused(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "pipe.toml: is no regular file" in refused(folder, config=tmp_path / "pipe.toml")
    for name in ("pipe.xlsx", "pipe.sqlite", "pipe.duckdb", "pipe"):
        os.mkfifo(tmp_path / name)
        assert "is no source that can be read" in refused(tmp_path / name)


@pytest.mark.parametrize("name", ["work_items.csv", "work_items.parquet", "portfolio.toml"])
def test_a_file_of_nul_bytes_is_refused_in_words(folder: Path, name: str) -> None:
    (folder / "work_items.csv").unlink()
    (folder / name).write_bytes(bytes(9_000))
    assert f"{name}: is " in refused(folder) or name == "portfolio.toml"


@pytest.mark.parametrize("name", ["x.xlsx", "x.duckdb", "x.sqlite"])
def test_a_whole_source_of_nul_bytes_is_refused_in_words(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(9_000))
    assert f"{name}: is no " in refused(tmp_path / name)


# ---- sizes
# -------------------------------------------------------------------------------------------------------


def test_a_file_beyond_the_limit_is_refused_by_name_and_the_option_allows_it(folder: Path) -> None:
    (folder / "work_items.csv").write_text(ITEMS + "".join(f"F{n},t,epic,\n" for n in range(500)))
    told = refused(folder, max_table_size=1_000)
    assert "work_items.csv: has 6." in told and "more than the 1 kB that a table may have" in told
    assert len(sources.load(folder, max_table_size=10_000).work_items) == 501


def test_the_environment_may_set_the_limit_and_nonsense_there_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.VARIABLE, "20 bytes")
    assert "VMO_MAX_TABLE_SIZE: '20 bytes' is no size" in refused(folder)
    monkeypatch.setenv(limits.VARIABLE, "20")
    assert "more than the 20 bytes" in refused(folder)


@pytest.mark.parametrize(
    ("text", "size"), [("500", 500), ("5kB", 5_000), ("1.5 GB", 1_500_000_000), ("2g", 2_000_000_000)]
)
def test_sizes_have_units(text: str, size: int) -> None:
    assert limits.size_of(text) == size


def test_the_command_line_takes_a_limit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder), "--max-table-size", "10"]) == 2
    told = capsys.readouterr().err
    assert "more than the 10 bytes that a table may have (--max-table-size allows more)" in told
    with pytest.raises(SystemExit):
        main(["check", str(folder), "--max-table-size", "much"])
    assert "'much' is no size" in capsys.readouterr().err


def test_a_sheet_that_unpacks_to_more_than_the_limit_is_refused_unread(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "work_items"
    for line in ITEMS.splitlines():
        book.active.append(line.split(","))
    path = tmp_path / "book.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            if name.startswith("xl/worksheets/"):
                content = content.replace(b"</sheetData>", b" " * 30_000_000 + b"</sheetData>")
            new.writestr(name, content)
    assert path.stat().st_size < 100_000
    told = refused(path, max_table_size=20_000_000)
    assert "book.xlsx, sheet work_items: unpacks to 30 MB, more than the 20 MB" in told


def test_a_parquet_file_that_unpacks_to_more_than_the_limit_is_refused_unread(folder: Path) -> None:
    size = 2_000_000
    many = pa.table({"item_id": pa.array(["E1"] * size).dictionary_encode(), "reason": pa.nulls(size)})
    pq.write_table(many, folder / "blockers.parquet")
    assert (folder / "blockers.parquet").stat().st_size < 1_000_000
    assert "blockers.parquet: unpacks to 32 MB" in refused(folder, max_table_size=20_000_000)


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"


def test_a_view_that_never_ends_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lite = sqlite3.connect(tmp_path / "d.sqlite")
    lite.execute(f"CREATE VIEW work_items AS {ENDLESS} 'E' || x AS item_id, 't' AS title FROM n")
    lite.execute(f"CREATE VIEW blockers AS {ENDLESS} count(*) AS item_id FROM n")
    lite.close()
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 4.0)
    told = refused(tmp_path / "d.sqlite", max_table_size=10_000_000)
    assert "work_items: takes 10" in told and "and goes on, more than the 10 MB" in told
    assert "blockers: cannot be read: it gave no more rows within" in told


def test_a_view_of_duckdb_that_never_ends_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(tmp_path / "d.duckdb")) as duck:
        duck.execute("CREATE VIEW work_items AS SELECT 'E' || range AS item_id FROM range(100000000000)")
        duck.execute(f"CREATE VIEW blockers AS {ENDLESS} x AS item_id FROM n")
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 2.0)
    told = refused(tmp_path / "d.duckdb", max_table_size=10_000_000)
    assert "work_items: takes 1" in told
    assert "blockers: takes 1" in told or "blockers: cannot be read" in told  # as fast as the machine is
    assert threading.active_count() < 20


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+pg8000://u:secret@localhost:port/db",
        "postgresql+pg8000://u:secret@localhost:99999999/db",
        "postgresql+pg8000://u:secret@localhost:1/db?nosuchoption=1",
        "postgresql+pg8000://u:secret@[::1/db",
        "postgresql+pg8000://",
        "sqlite+pysqlite:////no/such/folder/x.db",
        "://",
        "duckdb://x",
    ],
)
def test_a_bad_address_is_refused_in_words_that_hold_no_password(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed: URLs of databases are not tested")
    assert main(["check", url]) == 2
    told = capsys.readouterr().err
    assert "cannot be" in told and "secret" not in told and "no words" not in told


def test_mixed_chunks_of_a_database_keep_their_types() -> None:
    parts = limits.gathered(1, iter([[("a",), ("b",)], [(1.234,), (None,)]]), 10**6)
    assert [cell and cell["number"] for cell in parts[0].to_pylist()] == [None, None, 1.234, None]
    assert database.PATIENCE_SECONDS == 60


# ---- workbooks
# ---------------------------------------------------------------------------------------------------


def book(path: Path, sheets: dict[str, list[list[Any]]], merge: str | None = None) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if merge:
            sheet.merge_cells(merge)
    made.save(path)
    return path


HEADER = ["item_id", "title", "level", "created_at", "planned_cost", "value_stream_id"]


def test_typed_numbers_of_a_workbook_have_one_reading(tmp_path: Path) -> None:
    rows = [
        [*HEADER, "scope_planned"],
        ["E1", "a", "epic", "2026-01-05", 1.234, None, "0,5"],
        ["E2", "b", "epic", "2026-01-05", 20.125, None, 12.75],
    ]
    found = sources.load(book(tmp_path / "b.xlsx", {"work_items": rows})).work_items
    assert found["planned_cost"].tolist() == [1.234, 20.125]
    assert found["scope_planned"].tolist() == [0.5, 12.75]


def test_a_formula_that_was_never_computed_is_refused_and_named(tmp_path: Path) -> None:
    spend = [["period", "item_id", "amount"], ["2026-01-01", "E1", "=1000*2"], ["2026-02-01", "E1", 5]]
    rows = [HEADER, ["E1", "a", "epic", "2026-01-05", "=1+1", None]]
    told = refused(path := book(tmp_path / "b.xlsx", {"work_items": rows, "spend": spend}))
    assert "sheet spend, column amount: is a formula whose value was never computed: open" in told
    assert "sheet work_items, column planned_cost: is a formula" in told and told.count("row 2") == 2
    spared = sources.load(path, lenient=True)
    assert spared.spend["amount"].tolist() == [5.0] and spared.work_items["planned_cost"].isna().all()
    assert any("1 cell taken as empty: is a formula" in note.sentence for note in spared.notes)


def test_merged_cells_are_named(tmp_path: Path) -> None:
    streams = ("Retail", None, None)
    rows = [HEADER, *([f"E{n}", "a", "epic", "2026-01-05", 1, stream] for n, stream in enumerate(streams))]
    told = refused(book(tmp_path / "b.xlsx", {"work_items": rows}, "F2:F3"))
    assert "column value_stream_id: lies in merged cells" in told and "unmerge them" in told
    assert "row 3: empty" in told and "row 4" not in told


def test_errors_of_a_workbook_are_refused_in_keys_and_titles(tmp_path: Path) -> None:
    rows = [HEADER, ["E1", "#NAME?", "epic", "2026-01-05", 1, "#N/A"]]
    told = refused(book(tmp_path / "b.xlsx", {"work_items": rows}))
    assert "column title: is a spreadsheet's error" in told
    assert "column value_stream_id: is a spreadsheet's error" in told


def test_a_title_above_the_header_is_named(tmp_path: Path, folder: Path) -> None:
    rows = [["Portfolio 2026"], [], HEADER, ["E1", "a", "epic", "2026-01-05", 1, None]]
    told = refused(book(tmp_path / "b.xlsx", {"work_items": rows}))
    assert "has its header in row 3, below “Portfolio 2026”: delete the rows above it" in told
    (folder / "work_items.csv").write_text("Portfolio 2026,,,\n,,,\n" + ITEMS)
    assert "has its header in row 3, below “Portfolio 2026”: delete the rows above it" in refused(folder)


def test_columns_that_the_contract_does_not_know_may_stand_there_twice(folder: Path) -> None:
    (folder / "work_items.csv").write_text(
        "Sprint,item_id,title,level,created_at,Sprint,Labels,Sprint\nS1,E1,One,epic,2026-01-01,S2,a,\n"
    )
    found = sources.load(folder).work_items
    assert found[["Sprint", "Sprint (2)", "Sprint (3)"]].fillna("").iloc[0].tolist() == ["S1", "S2", ""]
    (folder / "work_items.csv").write_text("item_id,title,Item ID,level,created_at\nE1,One,E2,epic,\n")
    assert "column item_id: two columns of this name" in refused(folder)


# ---- what a terminal or a page would obey
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "letter", ["\uffff", "\ufffe", "\x1b[2J", "\x07", "\x0b", "\x7f", "\x9b", "\ufdd0", "\U0001ffff"]
)
def test_letters_that_cannot_be_shown_are_replaced_and_named_by_row(folder: Path, letter: str) -> None:
    text = f"{ITEMS}E2,a{letter}b,epic,\nE{letter}3,c,epic,\n"
    (folder / "work_items.csv").write_text(text, encoding="utf-8")
    portfolio = sources.load(folder)
    rest = letter[1:]
    assert portfolio.work_items["title"].tolist()[1:] == [f"a\ufffd{rest}b", "c"]
    assert portfolio.work_items["item_id"].tolist()[2] == f"E\ufffd{rest}3"
    told = {note.sentence.split(":")[0]: note.rows for note in portfolio.notes if "\ufffd" in note.sentence}
    assert told == {"work_items.csv, column title": (3,), "work_items.csv, column item_id": (4,)}


def test_no_terminal_obeys_the_data(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "x\x1b]0;owned\x07\x1b[2J\nExit 0: all good\u202e"
    quoted = bad.replace("\n", "\\n").replace("\x1b", "\\u001b").replace("\x07", "\\u0007")
    stated = f'[portfolio]\nname = "{quoted}"\ncurrency = "{quoted}"\n'
    (folder / "portfolio.toml").write_text(stated, encoding="utf-8")
    (folder / "work_items.csv").write_text(
        f'item_id,title,level,created_at,"a{bad}",parent_id\nE1,"{bad}",epic,2026-01-01,,\n', encoding="utf-8"
    )
    (folder / f"blocker{bad.replace('/', '')}s.csv").write_text("x")
    assert main(["check", str(folder)]) == 0
    (folder / "work_items.csv").write_text(
        f'item_id,title,level,created_at,parent_id\n"E{bad}",t,"{bad}",,"E{bad}2"\n', encoding="utf-8"
    )
    assert main(["check", str(folder)]) == 2
    told = capsys.readouterr()
    for text in (told.out, told.err):
        assert not set(text) & set("\x1b\x07\u202e") and "\nExit 0" not in text


# ---- far dates
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1677-01-01", "2262-12-31"])
def test_a_review_of_a_year_of_no_portfolio_is_refused_in_words(
    folder: Path, tmp_path: Path, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--as-of", "--from"):
        assert main(["review", str(folder), "--out", str(tmp_path / "shelf"), "--quiet", option, day]) == 2
        assert f"'{day}' lies in a year of no portfolio" in capsys.readouterr().err
