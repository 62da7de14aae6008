"""A database by a query a table: what leaves the server, and what is refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import event

from tests import postgresql
from tests.importing.sheets import table
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load

ISSUES = [
    (1, "A-1", "Returns", "Jane Doe", "2026-01-05 09:00:00", "open"),
    (2, "A-2", "=cmd </script>", "John Roe", "2026-01-06 09:00:00", "open"),
    (3, "B-1", "Elsewhere", "Jane Doe", "2026-01-06 09:00:00", "closed"),
]
MOVES = [
    (1, 2, "2026-01-09 10:00:00", "Done"),
    (1, 1, "2026-01-07 10:00:00", "In progress"),
    (2, 1, "2026-01-08 10:00:00", "In progress"),
    (3, 1, "2026-01-08 10:00:00", "Unread"),
]
MAP = """
[queries]
work_items = '''SELECT key AS item_id, summary AS title, created AS created_at, 'epic' AS level, reporter
FROM issues WHERE key LIKE 'A-%' AND '10:30' <> ':x' '''
transitions = '''SELECT key AS item_id, at, to_state, seq FROM moves JOIN issues ON issues.id = moves.issue
WHERE key < 'B' '''

[status."In progress"]
class = "active"
position = 1
[status.Done]
class = "done"
position = 2
"""


def fill(url: str) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        columns = "id INTEGER, key TEXT, summary TEXT, reporter TEXT, created TIMESTAMP, state TEXT"
        run(f"CREATE TABLE issues ({columns})")
        run("CREATE TABLE moves (issue INTEGER, seq INTEGER, at TIMESTAMP, to_state TEXT)")
        for name, rows in (("issues", ISSUES), ("moves", MOVES)):
            for row in rows:
                run(f"INSERT INTO {name} VALUES ({', '.join(map(repr, row))})")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        fill(f"sqlite:///{tmp_path / 'tracker.db'}")
        yield str(tmp_path / "tracker.db")
        return
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgresql.server(programs) as url:
        fill(url)
        yield url


@pytest.fixture
def seen() -> Iterator[list[str]]:
    """Every statement that a server gets."""
    found: list[str] = []

    def note(connection, cursor, statement, *_) -> None:  # type: ignore[no-untyped-def]
        found.append(statement)

    event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    yield found
    event.remove(sqlalchemy.Engine, "before_cursor_execute", note)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def run(source: str, out: Path, content: str, *options: str) -> int:
    own = out.parent / "own.toml"
    own.write_text(content, encoding="utf-8")
    return main(["import", "sql", source, "--out", str(out), "--map", str(own), *options])


def test_only_the_columns_and_rows_that_are_needed_leave_the_server(
    server: str, out: Path, seen: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(server, out, MAP) == 0
    assert [(row["item_id"], row["title"]) for row in table(out, "work_items")] == [
        ("A-1", "Returns"),
        ("A-2", "=cmd </script>"),
    ]
    assert [(row["item_id"], row["to_state"]) for row in table(out, "transitions")] == [
        ("A-1", "In progress"),
        ("A-1", "Done"),
        ("A-2", "In progress"),
    ]
    assert [row["class"] for row in table(out, "states")] == ["active", "done"]
    asked = [one.partition(" FROM (")[0] for one in seen if "vmo_query" in one and "1 = 0" not in one]
    assert asked == ["SELECT item_id, title, created_at, level", "SELECT item_id, at, to_state, seq"]
    assert all("WHERE 1 = 0" in one for one in seen if one.startswith("SELECT * FROM"))
    assert "left on the server: reporter" in capsys.readouterr().out
    everything = "".join(file.read_text(encoding="utf-8") for file in out.iterdir())
    assert "Doe" not in everything and "Elsewhere" not in everything
    assert len(load(out).tables["transitions"]) == 3


def test_a_second_run_gives_the_same_bytes(server: str, out: Path) -> None:
    assert run(server, out, MAP) == 0
    first = {file.name: file.read_bytes() for file in out.iterdir()}
    assert run(server, out, MAP) == 0
    assert {file.name: file.read_bytes() for file in out.iterdir()} == first


def test_queries_are_proposed_from_the_tables_that_are_there(tmp_path: Path, out: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "own.db")) as connection, connection:
        connection.execute("CREATE TABLE Epics (Key TEXT, Title TEXT, Created TEXT, Reporter TEXT)")
        moves = "SELECT Key, '2026-01-07' AS Date, 'Doing' AS Status FROM Epics"
        connection.execute(f"CREATE VIEW status_history AS {moves}")
        connection.execute("INSERT INTO Epics VALUES ('A', 'One', '2026-01-05', 'Jane Doe')")
    source = str(tmp_path / "own.db")
    assert main(["import", "sql", source, "--out", str(out), "--propose-map"]) == 0
    content = (out / "map.toml").read_text(encoding="utf-8")
    assert 'guess = ["queries.transitions", "queries.work_items"]' in content and "Reporter" not in content
    assert table(out, "transitions") == [{"item_id": "A", "at": "2026-01-07", "to_state": "Doing"}]
    assert table(out, "states")[0]["class"] == "active"
    assert main(["check", str(out)]) == 0
    assert main(["import", "sql", source, "--out", str(out)]) == 0


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ('work_itms = "SELECT 1"', "work_itms: is no table of the contract; did you mean work_items?"),
        ('work_items = "DELETE FROM issues"', "begins with SELECT or WITH"),
        ('work_items = "SELECT 1; DELETE FROM issues"', "expected one query"),
        ('work_items = "SELECT key FROM issues"', "its columns (key) lack item_id: write … AS item_id"),
        ('work_items = "SELECT nothing FROM nowhere"', "the server refuses it: "),
        ("work_items = 3", "begins with SELECT or WITH"),
        ("", "says nothing of this database"),
    ],
)
def test_a_query_that_cannot_be_run_is_refused(
    server: str, out: Path, query: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(server, out, f"[queries]\n{query}\n") == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_query_cannot_write(server: str, out: Path) -> None:
    query = "WITH x AS (DELETE FROM issues RETURNING key) SELECT * FROM x"
    assert run(server, out, f"[queries]\nwork_items = '{query}'") == 2
    engine = sqlalchemy.create_engine(server if "://" in server else f"sqlite:///{server}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM issues").scalar() == 3
    engine.dispose()


def test_a_secret_in_the_address_is_refused_and_told_to_nobody(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("postgresql+pg8000://me:hunter22@nowhere/db", out, MAP) == 2
    told = capsys.readouterr().err
    assert "holds a secret: put the whole address into VMO_DATABASE" in told and "hunter22" not in told


def test_an_address_from_the_environment_is_used_and_not_written(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VMO_DATABASE", "postgresql+pg8000://me:hunter22@127.0.0.1:1/db")
    assert run("postgresql+pg8000://127.0.0.1/db", out, MAP) == 2
    told = capsys.readouterr().err
    assert "cannot be opened" in told and "hunter22" not in told


@pytest.mark.parametrize("where", ["nothing.db", "sqlite:////nowhere/x.db", "gibberish://x"])
def test_what_is_no_database_is_refused(out: Path, where: str) -> None:
    assert run(where, out, MAP) == 2
    assert not out.exists()
