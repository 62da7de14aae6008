"""A portfolio in a running PostgreSQL: the tables of the sample, typed as a database types them, say the same
as its files."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests import postgresql
from tests.review import small
from vmo_helpers import sources
from vmo_helpers.contract.schema import TABLES, Kind

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
TYPES = {
    Kind.NUMBER: "double precision",
    Kind.SHARE: "numeric",
    Kind.WHOLE: "integer",
    Kind.FLAG: "boolean",
    Kind.INSTANT: "timestamptz",
    Kind.DAY: "date",
}


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: a portfolio in a running server is not tested")
    with postgresql.server(programs) as url:
        fill(url)
        yield url


def fill(url: str) -> None:
    """The sample in the server, one table a file; work items as a view, as a database's owner would give
    them."""
    sqlalchemy: Any = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "alter database postgres set timezone to 'America/New_York'"
        )  # what readers get is not the portfolio's
        connection.exec_driver_sql(
            "set time zone 'Europe/Berlin'"
        )  # in which the files write times without an offset
        for path in sorted(SAMPLE.glob("*.csv")):
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            name = "everything" if path.stem == "work_items" else path.stem
            kinds = {
                column: declared.kind for column in frame if (declared := TABLES[path.stem].column(column))
            }
            types = {column: TYPES.get(kinds.get(column, Kind.TEXT), "text") for column in frame}
            columns = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
            connection.exec_driver_sql(f'create table "{name}" ({columns})')
            slots = ", ".join(
                f"cast(nullif(:p{place}, '') as {kind})" for place, kind in enumerate(types.values())
            )
            rows = [
                {f"p{place}": cell for place, cell in enumerate(row)} for row in frame.itertuples(index=False)
            ]
            connection.execute(sqlalchemy.text(f'insert into "{name}" values ({slots})'), rows)
        connection.exec_driver_sql("create view work_items as select * from everything")
    engine.dispose()


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    names = {name: "str" for name, kind in table.dtypes.items() if kind == "category"}
    return table.astype(names).sort_values(table.columns.to_list(), ignore_index=True)


def test_a_portfolio_in_a_running_postgresql_is_that_of_its_files(database: str) -> None:
    found, plain = sources.load(database, config=SAMPLE / "portfolio.toml"), sources.load(SAMPLE)
    for name in TABLES:
        pd.testing.assert_frame_equal(in_order(found.tables[name]), in_order(plain.tables[name]), obj=name)
    assert found.settings == plain.settings and sources.latest_fact(found).at == sources.latest_fact(plain).at


def test_rows_that_a_server_gives_in_another_order_are_the_same_portfolio(database: str) -> None:
    import sqlalchemy

    config = SAMPLE / "portfolio.toml"
    before = sources.load(database, config=config)
    engine = sqlalchemy.create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table turned as select * from status_reports order by random()")
        connection.exec_driver_sql("truncate status_reports")
        connection.exec_driver_sql("insert into status_reports select * from turned")
        connection.exec_driver_sql("drop table turned")
    engine.dispose()
    after = sources.load(database, config=config)
    assert after.files == before.files
    pd.testing.assert_frame_equal(after.status_reports, before.status_reports)


def test_a_board_without_positions_stands_as_the_server_gives_it_and_that_is_noted(database: str) -> None:
    import sqlalchemy

    engine = sqlalchemy.create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("create schema bare")
        connection.exec_driver_sql(
            "create table bare.states as select state, class from states where value_stream_id is null "
            "order by level, position"
        )
        connection.exec_driver_sql(
            "create table bare.work_items as select item_id, title, level, created_at from work_items"
        )
        connection.exec_driver_sql(
            "create table bare.transitions as select item_id, at, to_state from transitions"
        )
        connection.exec_driver_sql(
            "create role bare login; alter role bare set search_path to bare; grant all on schema bare "
            "to bare"
        )
        connection.exec_driver_sql("grant select on all tables in schema bare to bare")
    engine.dispose()
    found = sources.load(database.replace("vmo@", "bare@"), config=SAMPLE / "portfolio.toml")
    states = sources.load(SAMPLE).states
    assert (
        found.states["state"].to_list()
        == states[states["value_stream_id"].isna()].sort_values(["level", "position"])["state"].to_list()
    )
    assert [
        note.sentence
        for note in found.notes
        if note.table == "states" and "keeps no order of rows" in note.sentence
    ]


def test_a_portfolio_in_a_running_postgresql_is_read_again_as_it_was(database: str) -> None:
    found = sources.load(database, config=SAMPLE / "portfolio.toml")
    assert sources.load(database, config=SAMPLE / "portfolio.toml").files == found.files


def test_a_review_of_it_gives_the_figures_of_the_files_and_names_no_password(
    database: str, tmp_path: Path
) -> None:
    def figures(data: str, shelf: str) -> tuple[Any, str]:
        command = [
            sys.executable,
            "-m",
            "vmo_helpers",
            "review",
            data,
            "--config",
            str(SAMPLE / "portfolio.toml"),
            "--out",
            shelf,
        ]
        done = subprocess.run(
            [*command, "--notebook", "flow_analysis"], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        (review,) = (tmp_path / shelf).glob("2026-*")
        return json.loads((review / "figures.json").read_text()), (
            review / "manifest.json"
        ).read_text() + done.stdout

    secret = database.replace("vmo@", "vmo:never-told@")
    of_server, told = figures(secret, "server")
    assert of_server == figures(str(SAMPLE), "files")[0]
    assert "never-told" not in told


@pytest.mark.parametrize(
    ("user", "query"),
    [
        ("vmo:pa/ss3cr3t@", ""),
        pytest.param("vmo:pa#ss3cr3t@", "", marks=pytest.mark.deep),
        pytest.param("vmo:pa?ss3cr3t@", "", marks=pytest.mark.deep),
        pytest.param('vmo:pq"ss3cr3t@', "", marks=pytest.mark.deep),
        pytest.param("vmo:p%40ss3cr3t@", "", marks=pytest.mark.deep),
        ("vmo@", "&password=ss3cr3t"),
    ],
)
def test_no_file_of_a_shelf_and_no_output_holds_the_password(
    database: str, tmp_path: Path, user: str, query: str
) -> None:
    """A notebook that shows its parameters, and one that raises them, whatever the form of the address."""
    small.notebook(tmp_path / "nb", "telling")
    small.bare(tmp_path / "nb", "raising", small.PARAMETERS, "raise RuntimeError(f'cannot use {data!r}')")
    where = database.replace("vmo@", user) + query
    command = ["review", where, "--config", str(SAMPLE / "portfolio.toml"), "--out", str(tmp_path / "shelf")]
    done = small.vmo(*command, "--notebook-folder", str(tmp_path / "nb"))
    assert done.returncode == 3 and "raising" in done.stdout + done.stderr
    files = [path for path in (tmp_path / "shelf").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".ipynb", ".json", ".html"}
    told = [done.stdout, done.stderr, *(path.read_text(encoding="utf-8") for path in files)]
    assert not [text for text in told if "ss3cr3t" in text]


def test_a_server_that_is_not_there_is_said_in_one_paragraph(tmp_path: Path) -> None:
    pytest.importorskip("pg8000", reason="pg8000 is not installed")
    url = f"postgresql+pg8000://vmo:never-told@/postgres?unix_sock={tmp_path}/.s.PGSQL.5432"
    done = subprocess.run(
        [sys.executable, "-m", "vmo_helpers", "check", url], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2 and "cannot be opened" in done.stderr and "Traceback" not in done.stderr
    assert "never-told" not in done.stderr + done.stdout
