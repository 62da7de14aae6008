"""Portfolios from folders, workbooks and databases, whatever program wrote them."""

import datetime as dt
import hashlib
import os
import sqlite3
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vmo_helpers import sources
from vmo_helpers.cli.coverage import check_report, usable
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Portfolio

TOML = '[portfolio]\nname = "Small"\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\nreview_level = "epic"\n'
ITEMS = "item_id,title,level,created_at\nE1,One,epic,2026-01-01\nE2,Two,epic,2026-01-02T10:00:00+01:00\n"
STATES = "state,class\nTodo,backlog\nDoing,active\nDone,done\n"
MOVES = "item_id,at,to_state\nE1,2026-01-05,Doing\nE1,2026-01-09T12:00,Done\nE2,2026-01-06T09:00:00Z,Doing\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "small"
    place.mkdir()
    for name, text in (
        ("portfolio.toml", TOML),
        ("work_items.csv", ITEMS),
        ("states.csv", STATES),
        ("transitions.csv", MOVES),
    ):
        (place / name).write_text(text, encoding="utf-8")
    return place


def refused(place: Path | str, **more: object) -> str:
    with pytest.raises(InputProblems) as error:
        sources.load(place, **more)  # type: ignore[arg-type]
    return str(error.value)


def notes(portfolio: Portfolio, kind: str) -> list[str]:
    return [note.sentence for note in portfolio.notes if note.kind == kind]


def same(left: Portfolio, right: Portfolio) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(left.tables[name], right.tables[name], check_index_type=False)


# ---- a folder
# ----------------------------------------------------------------------------------------------------


def test_a_folder_of_csv_files_is_a_portfolio(folder: Path) -> None:
    portfolio = sources.load(folder)
    assert portfolio.settings.name == "Small" and portfolio.notes == ()
    assert portfolio.transitions["at"].iloc[1] == pd.Timestamp("2026-01-09T11:00Z")
    assert [len(portfolio.tables[name]) for name in ("work_items", "states", "transitions")] == [2, 3, 3]


def test_the_files_are_recorded_with_their_digest_and_rows(folder: Path) -> None:
    files = {str(file["name"]): file for file in sources.load(folder).files}
    assert list(files) == ["states.csv", "transitions.csv", "work_items.csv", "portfolio.toml"]
    assert files["work_items.csv"] == {
        "name": "work_items.csv",
        "sha256": hashlib.sha256(ITEMS.encode()).hexdigest(),
        "rows": 2,
    }


def test_csv_and_parquet_may_be_mixed_and_say_the_same(folder: Path) -> None:
    plain = sources.load(folder)
    moves = pd.read_csv(folder / "transitions.csv", dtype=str)
    pq.write_table(
        pa.table(
            {
                "item_id": moves["item_id"].tolist(),
                "to_state": pa.array(moves["to_state"].tolist()).dictionary_encode(),
                "at": pa.array(
                    plain.transitions["at"].dt.tz_localize(None).to_numpy().astype("datetime64[ns]")
                ).cast(pa.timestamp("ns", "UTC")),
            }
        ),
        folder / "transitions.parquet",
    )
    (folder / "transitions.csv").unlink()
    same(sources.load(folder), plain)


def test_numbers_in_parquet_are_ids(folder: Path) -> None:
    pq.write_table(
        pa.table(
            {
                "item_id": [1001, 1002],
                "parent_id": [None, 1001.0],
                "title": ["a", "b"],
                "level": ["epic"] * 2,
                "created_at": [45000, None],
            }
        ),
        folder / "work_items.parquet",
    )
    for name in ("work_items.csv", "transitions.csv"):
        (folder / name).unlink()
    assert sources.load(folder).work_items[["item_id", "parent_id"]].iloc[1].tolist() == ["1002", "1001"]


def test_odd_types_in_parquet_are_texts_and_refused_where_a_text_will_not_do(folder: Path) -> None:
    (folder / "work_items.csv").unlink()
    (folder / "transitions.csv").unlink()
    columns = {
        "item_id": [b"E1"],
        "title": [["a", "list"]],
        "level": ["epic"],
        "created_at": [dt.timedelta(1)],
        "planned_cost": [{"a": 1}],
    }
    pq.write_table(pa.table(columns), folder / "work_items.parquet")
    told = refused(folder)
    assert "row 2: “1 day, 0:00:00”" in told and "row 2: “{'a': 1}”" in told and "2 problems" in told
    pq.write_table(
        pa.table(columns).select(["item_id", "title", "level"]).append_column("created_at", [[None]]),
        folder / "work_items.parquet",
    )
    assert sources.load(folder).work_items[["item_id", "title"]].iloc[0].tolist() == ["E1", "['a', 'list']"]


def test_a_table_in_both_formats_is_refused(folder: Path) -> None:
    pq.write_table(pa.table({"state": ["Todo"], "class": ["backlog"]}), folder / "states.parquet")
    told = refused(folder)
    assert "states: is there twice, as states.csv and states.parquet: expected one of them" in told
    assert told.count("\n") == 1, "no complaint of states that could not be read"


def test_without_portfolio_toml_the_folders_name_utc_and_the_only_level_hold_and_are_said(
    folder: Path,
) -> None:
    (folder / "portfolio.toml").unlink()
    portfolio = sources.load(folder)
    assert (portfolio.settings.name, portfolio.settings.timezone, portfolio.settings.review_level) == (
        "small",
        "UTC",
        "epic",
    )
    assert len(notes(portfolio, "assumed")) == 1


def test_without_portfolio_toml_several_levels_need_a_choice(folder: Path) -> None:
    (folder / "portfolio.toml").unlink()
    (folder / "work_items.csv").write_text(ITEMS.replace("Two,epic", "Two,feature"))
    assert "several levels (epic, feature)" in refused(folder)


def test_another_configuration_may_be_named(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(TOML.replace("Small", "Other"))
    assert sources.load(folder, config=other).settings.name == "Other"
    assert "none.toml: cannot be read" in refused(folder, config=tmp_path / "none.toml")


def test_problems_of_files_settings_cells_and_references_come_in_one_go(folder: Path) -> None:
    (folder / "portfolio.toml").write_text(TOML.replace("Berlin", "Berlinn"))
    (folder / "states.csv").write_bytes(b"")
    (folder / "work_items.csv").write_text(ITEMS + "E1,Three,epic,soon\n")
    told = refused(folder)
    for part in ("is no time zone", "states.csv: is empty", "row 4: “soon”", "row 4: “E1” (first in row 2)"):
        assert part in told
    assert "4 problems" in told


# ---- files that are not what they seem
# ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty: expected at least a header"),
        (b"  \n\n", "is empty: expected at least a header"),
        (b"\xff\xfe", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "is a PNG picture, not a CSV file"),
        (b"PK\x03\x04abc", "is an Excel workbook or another ZIP archive"),
        (bytes(range(256)) * 9, "is no text: expected a CSV file in UTF-8"),
        (b"<html><body>Sign in</body></html>", "is a web page, XML or JSON"),
        (b"PAR1abcPAR1", "is a Parquet file, not a CSV file"),
        (b"the quick brown fox\njumps\n", "has no column of states in its first row"),
        (b"\nstate,class\n", "begins with an empty line: expected the header in row 1"),
        (b"state,class\nTodo,\x81\n", "is neither UTF-8 nor cp1252"),
        (
            b'state,class\n"Todo,backlog\nDoing,active\n',
            "cannot be read beyond row 1: a quote that is opened in row 2 is never closed",
        ),
        (
            b'state,class\nTodo,"backlog\nDoing,active\n',
            "cannot be read beyond row 1: a quote that is opened in row 2 is never closed",
        ),
        (
            b'state,class\nTodo,backlog\nDoing,"active\n',
            "cannot be read beyond row 2: a quote that is opened in row 3 is never closed",
        ),
        (
            b'state,class\nTodo,"backlog\nDoing,"active"\n',
            "cannot be read beyond row 1: ',' expected after '\"' (is a quote opened and never closed?)",
        ),
        (b'state,"class\nTodo,backlog\n', 'has a quote in its header that is never closed: “state,"class”'),
    ],
)
def test_a_file_that_is_no_table_is_told_what_it_is(folder: Path, content: bytes, expected: str) -> None:
    (folder / "states.csv").write_bytes(content)
    told = refused(folder)
    assert f"states.csv: {expected}" in told
    assert "1 problem." in told


def test_a_table_that_is_not_read_whole_brings_no_complaint_of_what_refers_to_it(folder: Path) -> None:
    (folder / "work_items.csv").write_text('item_id,title\nE1,"One\nE2,Two\n')
    assert refused(folder).splitlines()[1:] == [
        "  work_items.csv: cannot be read beyond row 1: a quote that is opened in row 2 is never closed"
    ]
    (folder / "work_items.csv").write_text("item_id,title,level,created_at\nE1,One,epic,\nE2,Two\n")
    told = refused(folder)
    assert "1 problem." in told and "expected 4 cells" in told and "E2,Two" in told


def test_a_lone_quote_inside_a_text_is_text(folder: Path) -> None:
    (folder / "work_items.csv").write_text(ITEMS.replace("One", 'A 5" pipe'))
    assert sources.load(folder).work_items["title"].iloc[0] == 'A 5" pipe'


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "is empty"), (b"state,class\n", "is no Parquet file"), (None, "is a damaged Parquet file")],
)
def test_a_parquet_file_that_is_none_is_told(folder: Path, content: bytes | None, expected: str) -> None:
    (folder / "states.csv").unlink()
    path = folder / "states.parquet"
    if content is None:
        pq.write_table(
            pa.table({"state": ["Todo", "Doing", "Done"], "class": ["backlog", "active", "done"]}), path
        )
        content = path.read_bytes()[:-60]
    path.write_bytes(content)
    assert f"states.parquet: {expected}" in refused(folder)


def test_a_folder_with_the_name_of_a_table_is_told(folder: Path) -> None:
    (folder / "states.csv").unlink()
    (folder / "states.csv").mkdir()
    assert "states.csv: is a folder: expected one file" in refused(folder)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file"
)
def test_a_file_that_must_not_be_read_is_told(folder: Path) -> None:
    (folder / "states.csv").chmod(0)
    assert "states.csv: cannot be read: Permission denied" in refused(folder)


def test_a_misspelt_file_is_named_with_the_table_it_may_be(folder: Path) -> None:
    (folder / "transitions.csv").rename(folder / "transition.csv")
    (folder / "notes.csv").write_text("a,b\n")
    assert notes(sources.load(folder), "warning") == [
        "notes.csv is no table of the contract and was not read",
        "transition.csv is no table of the contract and was not read; did you mean transitions?",
    ]


def test_a_compressed_table_is_named(folder: Path) -> None:
    (folder / "blockers.csv.gz").write_bytes(b"\x1f\x8b")
    assert notes(sources.load(folder), "warning") == [
        "blockers.csv.gz was not read: expected blockers.csv or blockers.parquet"
    ]


def test_a_folder_without_any_table_is_refused_with_near_misses(tmp_path: Path) -> None:
    (tmp_path / "workitems.csv").write_text(ITEMS)
    told = refused(tmp_path)
    assert "holds no table of the contract" in told and "did you mean work_items?" in told


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("nowhere", "there is nothing at"),
        ("small/work_items.csv", "is one file; expected the folder that holds it"),
        (
            "small/portfolio.toml",
            "is no source that can be read; expected a folder of CSV and Parquet files; an Excel workbook",
        ),
    ],
)
def test_a_place_that_is_no_source_is_refused_with_what_is_supported(
    folder: Path, place: str, expected: str
) -> None:
    assert expected in refused(folder.parent / place)


# ---- how text is written
# -----------------------------------------------------------------------------------------

UMLAUT = ITEMS.replace("One", "Kündigung früh")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_usual_encoding_is_read_and_a_guessed_one_said(folder: Path, encoding: str) -> None:
    (folder / "work_items.csv").write_bytes(UMLAUT.encode(encoding))
    portfolio = sources.load(folder)
    assert portfolio.work_items["title"].iloc[0] == "Kündigung früh"
    assert notes(portfolio, "assumed") == (
        ["work_items.csv is not in UTF-8: it was read as Windows-1252 (Western European)"]
        if encoding == "cp1252"
        else []
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_usual_separator_and_line_end_is_read(folder: Path, separator: str, line_end: str) -> None:
    plain = sources.load(folder)
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_text().replace(",", separator).replace("\n", line_end).encode())
    same(sources.load(folder), plain)


def test_a_separator_may_be_stated_in_the_first_line(folder: Path) -> None:
    (folder / "states.csv").write_text("sep=;\r\n" + STATES.replace(",", ";"))
    assert sources.load(folder).states["state"].tolist() == ["Todo", "Doing", "Done"]


def test_decimal_commas_and_thousands_are_read_among_semicolons(folder: Path) -> None:
    (folder / "spend.csv").write_text(
        "period;item_id;amount\n2026-01-01;E1;1.234,50\n01.02.2026;E1;12,5\n2026-03-01;E1;2.000\n"
    )
    assert sources.load(folder).spend["amount"].tolist() == [1234.5, 12.5, 2000.0]


def test_a_doubtful_number_among_semicolons_is_refused(folder: Path) -> None:
    (folder / "spend.csv").write_text("period;item_id;amount\n2026-01-01;E1;2.000\n")
    assert "spend.csv, column amount: could be two numbers" in refused(folder)


def test_text_in_quotes_may_hold_separators_line_ends_and_quotes(folder: Path) -> None:
    (folder / "work_items.csv").write_text(
        ITEMS.replace("One", '"One, ""two""\nand three"') + "E1,again,epic,\n"
    )
    told = refused(folder)
    assert "row 4: “E1” (first in row 2)" in told, "a record is a row, whatever lines it has"
    (folder / "work_items.csv").write_text(ITEMS.replace("One", '"One, ""two""\nand three"'))
    assert sources.load(folder).work_items["title"].iloc[0] == 'One, "two"\nand three'


@pytest.mark.parametrize("empty", ["\n", ",,,\n", "\r\n", "\n\n"])
def test_rows_without_any_cell_are_no_rows_and_the_others_keep_their_number(folder: Path, empty: str) -> None:
    first, one, two, _ = ITEMS.split("\n")
    (folder / "work_items.csv").write_text(f"{first}\n{one}\n{empty}{two}\n{empty}")
    portfolio = sources.load(folder)
    assert portfolio.work_items.index.tolist() == [2, 3 + empty.count("\n")]


def test_cells_too_many_or_too_few_are_told(folder: Path) -> None:
    (folder / "work_items.csv").write_text(
        ITEMS + "E3,Three, a story,epic,2026-01-01\nE4,Four\nE5,Five,epic,2026-01-01,,\n"
    )
    told = refused(folder)
    assert "work_items.csv: expected 4 cells, as in the header" in told and "(2 rows)" in told
    assert (
        "row 4: “E3,Three, a story,epic,2026-01-01” (5 cells)" in told
        and "row 5: “E4,Four” (2 cells)" in told
    )
    portfolio = sources.load(folder, lenient=True)
    assert portfolio.work_items["item_id"].tolist() == ["E1", "E2", "E5"]
    assert "2 rows left out" in notes(portfolio, "left_out")[0]


def test_a_header_without_rows_is_no_evidence(folder: Path) -> None:
    (folder / "transitions.csv").write_text("item_id,at,to_state\n")
    assert not sources.load(folder).has("transitions")


def test_a_column_without_a_name_passes_through_and_trailing_separators_do_not_matter(folder: Path) -> None:
    (folder / "states.csv").write_text(",state,class,,\n0,Todo,backlog,,\n1,Doing,active,,\n2,Done,done,,\n")
    portfolio = sources.load(folder)
    assert notes(portfolio, "unknown_column") == [
        "states.csv has a column “column 1” that the contract does not know"
    ]
    assert portfolio.states["state"].tolist() == ["Todo", "Doing", "Done"]


def test_names_of_files_are_matched_without_case(folder: Path) -> None:
    (folder / "states.csv").rename(folder / "States.CSV")
    assert sources.load(folder).has("states")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(0, len(STATES)), st.integers(0, 30))
def test_any_bytes_are_a_portfolio_or_a_report(folder: Path, junk: bytes, start: int, cut: int) -> None:
    text = STATES.encode()
    (folder / "states.csv").write_bytes(text[:start] + junk + text[start + cut :])
    try:
        sources.load(folder)
    except InputProblems as problems:
        assert str(problems).startswith("The input of small cannot be used")


# ---- lenient
# -----------------------------------------------------------------------------------------------------


def test_lenient_names_the_rows_that_it_left_out(folder: Path) -> None:
    (folder / "transitions.csv").write_text(MOVES + "E9,2026-01-07,Doing\nE1,yesterday,Doing\n")
    portfolio = sources.load(folder, lenient=True)
    assert len(portfolio.transitions) == 3
    assert [(note.table, note.count, note.rows) for note in portfolio.notes] == [
        ("transitions", 1, (6,)),
        ("transitions", 1, (5,)),
    ]
    assert (
        notes(portfolio, "left_out")[1]
        == "transitions.csv, column item_id: 1 row left out: leads to no row of work_items"
    )


def test_lenient_does_not_read_what_is_no_table(folder: Path) -> None:
    (folder / "states.csv").write_bytes(b"")
    assert "states.csv: is empty" in refused(folder, lenient=True)


# ---- preloading
# --------------------------------------------------------------------------------------------------


def test_a_preloaded_portfolio_is_returned_for_the_same_arguments(folder: Path) -> None:
    first = sources.preload(folder)
    assert sources.load(str(folder)) is first
    assert sources.load(folder, lenient=True) is not first
    assert sources.load(folder, config=folder / "portfolio.toml") is not first


# ---- workbooks and databases
# -------------------------------------------------------------------------------------


def workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for path in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(path.stem)
        for line in path.read_text().splitlines():
            sheet.append(line.split(","))
    book.save(folder / "small.xlsx")
    return folder / "small.xlsx"


def test_a_workbook_is_a_portfolio(folder: Path) -> None:
    portfolio = sources.load(workbook(folder))
    same(portfolio, sources.load(folder))
    assert portfolio.settings.name == "Small" and portfolio.files[0]["rows"] == 8


def test_typed_cells_of_a_workbook_are_read_as_what_they_are(folder: Path) -> None:
    path = workbook(folder)
    book = openpyxl.load_workbook(path)
    items = book["work_items"]
    items.append([1001, "Three", "epic", pd.Timestamp("2026-01-03 12:30").to_pydatetime()])
    items.append([])
    items.append([1002.0, "Four", "epic", 46025])
    book.create_sheet("work item")
    book.save(path)
    portfolio = sources.load(path)
    assert portfolio.work_items["item_id"].tolist()[2:] == [
        "1001",
        "1002",
    ] and portfolio.work_items.index.tolist() == [2, 3, 4, 6]
    assert [str(stamp) for stamp in portfolio.work_items["created_at"].iloc[2:]] == [
        "2026-01-03 11:30:00+00:00",
        "2026-01-02 23:00:00+00:00",
    ]
    assert notes(portfolio, "warning") == [
        "work item is no table of the contract and was not read; did you mean work_items?"
    ]


def test_problems_in_a_workbook_name_the_sheet_and_the_row(folder: Path) -> None:
    path = workbook(folder)
    book = openpyxl.load_workbook(path)
    book["states"].append(["Odd", "odd"])
    book.save(path)
    told = refused(path)
    assert (
        "small.xlsx, sheet states, column class: expected one of backlog" in told and "row 5: “odd”" in told
    )


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_workbook_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    assert "book.xlsx: is no Excel workbook that can be read" in refused(path)


def test_a_sheet_without_a_header_or_with_cells_beyond_it_is_refused(folder: Path) -> None:
    path = workbook(folder)
    book = openpyxl.load_workbook(path)
    book.create_sheet("blockers")
    book["states"].cell(row=3, column=9, value="a remark")
    book.save(path)
    told = refused(path)
    assert (
        "sheet blockers: begins with an empty row" in told
        and "sheet states: has cells beyond its header in row 3" in told
    )


def database(folder: Path, kind: str) -> Path:
    path = folder / f"small.{kind}"
    frames = {csv.stem: pd.read_csv(csv, dtype=str) for csv in folder.glob("*.csv")}
    if kind == "duckdb":
        with duckdb.connect(str(path)) as connection:
            for name, frame in frames.items():
                connection.register("incoming", frame.astype(object))
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
    else:
        connection = sqlite3.connect(path)
        for name, frame in frames.items():
            frame.to_sql(name, connection, index=False)
        connection.close()
    return path


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_database_is_a_portfolio_by_its_file_and_by_its_url(folder: Path, kind: str) -> None:
    path = database(folder, kind)
    plain = sources.load(folder)
    same(sources.load(path), plain)
    by_url = sources.load(f"{kind}:///{path}", config=folder / "portfolio.toml")
    same(by_url, plain)
    assert by_url.files[0]["name"] == path.name


def test_typed_columns_of_a_database_are_read_as_what_they_are(folder: Path) -> None:
    path = folder / "typed.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE items AS SELECT 1001::HUGEINT AS item_id, 'One' AS title, 'epic' AS level, "
            "TIMESTAMP '2026-01-05 12:00:00' AS created_at, DATE '2026-06-30' AS planned_end, "
            "12.50::DECIMAL(9,2) AS planned_cost"
        )
        connection.execute("CREATE VIEW work_items AS SELECT * FROM items")
    row = sources.load(path).work_items.iloc[0]
    assert (row["item_id"], str(row["created_at"]), str(row["planned_end"].date()), row["planned_cost"]) == (
        "1001",
        "2026-01-05 11:00:00+00:00",
        "2026-06-30",
        12.5,
    )


def test_any_database_that_sqlalchemy_knows_is_a_portfolio(folder: Path) -> None:
    pytest.importorskip(
        "sqlalchemy", reason="SQLAlchemy is not installed: URLs of other databases are not tested"
    )
    path = database(folder, "sqlite")
    portfolio = sources.load(f"sqlite+pysqlite:///{path}", config=folder / "portfolio.toml")
    same(portfolio, sources.load(folder))
    assert [(file["name"], file["rows"]) for file in portfolio.files[:-1]] == [
        ("states", 3),
        ("transitions", 3),
        ("work_items", 2),
    ]
    assert (
        portfolio.files == sources.load(f"sqlite+pysqlite:///{path}", config=folder / "portfolio.toml").files
    )
    assert "cannot be opened" in refused("nosuchdialect://host/db") or "needs the package" in refused(
        "nosuchdialect://host/db"
    )
    assert (
        "needs the driver" in (told := refused("postgresql+nosuchdriver://host/db"))
        or "cannot be opened" in told
    )


@pytest.mark.parametrize("name", ["book.duckdb", "book.sqlite"])
def test_a_database_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no database" * 200)
    assert f"{name}: is no " in refused(tmp_path / name)


def test_a_url_shows_no_password() -> None:
    told = refused("oddsql://someone:secret@host/db?token=hidden")
    assert "oddsql://host/db" in told and "secret" not in told and "hidden" not in told


# ---- what is there and what is missing
# ---------------------------------------------------------------------------


def test_a_check_says_what_is_there_and_what_each_notebook_lacks(folder: Path) -> None:
    (folder / "work_items.csv").write_text(
        ITEMS.replace("created_at", "created_at,planed_end")
        .replace("\nE1,One,epic,2026-01-01", "\nE1,One,epic,2026-01-01,x")
        .replace("+01:00", "+01:00,")
    )
    portfolio = sources.load(folder)
    told = check_report(portfolio, ["flow_analysis", "okr_alignment", "another"])
    assert "watermelon_metrics" not in told and "another" not in told
    for part in (
        "Small: 2 work items, 2 of them at the review level “epic”",
        "The latest fact is transitions, row 3, at 2026-01-09T11:00:00Z",
        "transitions               3 rows   without from_state, seq, recorded_at",
        "Not there, or without rows: blockers",
        "flow_analysis       can run; would say more with value_streams",
        "okr_alignment       has nothing to say without objectives, links",
        "“planed_end” that the contract does not know; did you mean planned_end?",
    ):
        assert part in told
    assert usable(portfolio)["flow_analysis"] and not usable(portfolio)["okr_alignment"]


def test_a_check_of_data_with_a_mistyped_date_says_so_and_goes_on(folder: Path) -> None:
    (folder / "transitions.csv").write_text(MOVES.replace("2026-01-09", "2206-01-09"))
    told = check_report(sources.load(folder), [])
    assert "so it is likely mistyped" in told
    assert "1 date of transitions.at lies before 1950 or after 2100 (row 3)" in told


# ---- real data
# ---------------------------------------------------------------------------------------------------

REAL = os.environ.get("VMO_REAL_DATA")


@pytest.mark.real_data
@pytest.mark.skipif(REAL is None, reason="VMO_REAL_DATA names no real data")
@pytest.mark.parametrize(
    ("name", "items", "fact"),
    [
        ("bpic2013_incidents", 7554, "transitions, row 58, at 2012-05-22T23:22:25Z"),
        ("world_bank", 4205, "spend, row 4149, period 2017-03-31T23:59:59Z"),
    ],
)
def test_real_data_are_read_without_a_complaint(name: str, items: int, fact: str) -> None:
    portfolio = sources.load(Path(str(REAL)) / name / "portfolio")
    assert len(portfolio.work_items) == items and portfolio.notes == ()
    assert str(sources.latest_fact(portfolio)) == fact
