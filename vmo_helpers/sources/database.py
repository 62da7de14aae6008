"""A SQL database with a table or view a table: DuckDB and SQLite files, and any URL for which SQLAlchemy has
a driver."""

from __future__ import annotations

import hashlib
import importlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.problems import Problem
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note
from vmo_helpers.sources.address import secrets_of, shown, without_secrets
from vmo_helpers.sources.found import Found, chosen
from vmo_helpers.tables.raw import Raw, of_arrow, of_cells
from vmo_helpers.tables.shapes import fold

DUCKDB, SQLITE = (".duckdb", ".ddb"), (".sqlite", ".sqlite3", ".db")
Reader = Callable[[str, str], Raw]  # (table of the contract, its name in the database)


def read_file(path: Path) -> Found:
    """A DuckDB or SQLite file, opened for reading only."""
    found = Found()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (_duckdb if path.suffix.lower() in DUCKDB else _sqlite)(path, found)
    found.files.append({"name": path.name, "sha256": digest, "rows": sum(len(raw) for raw in found.raws)})
    found.nothing(path.name)
    return found


def read_url(url: str) -> Found:
    """A database URL: duckdb:///file, sqlite:///file, or what SQLAlchemy knows (postgresql://host/database
    …).

    The digest of each table is taken over its rows as read, for a server has no file; nor has it an order of
    rows, so a server's rows are numbered in the order of their key.
    """
    scheme, _, rest = url.partition(":///")
    if rest and scheme in ("duckdb", "sqlite"):
        path = Path(rest)
        if path.is_file():
            return (read_file if path.suffix.lower() in (*DUCKDB, *SQLITE) else _read_as(scheme))(path)
        found = Found()
        found.problems.append(Problem("source", "there is no such file", source=path.name))
        return found
    found = Found()
    _sqlalchemy(url, found)
    for raw in found.raws:
        found.files.append({"name": raw.source, "sha256": _digest(raw), "rows": len(raw)})
    found.nothing(shown(url))
    return found


def _read_as(scheme: str) -> Callable[[Path], Found]:
    def read(path: Path) -> Found:
        found = Found()
        (_duckdb if scheme == "duckdb" else _sqlite)(path, found)
        found.files.append(
            {
                "name": path.name,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "rows": sum(len(raw) for raw in found.raws),
            }
        )
        found.nothing(path.name)
        return found

    return read


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _take(
    names: list[str],
    reader: Reader,
    found: Found,
    errors: tuple[type[Exception], ...],
    secrets: tuple[str, ...] = (),
) -> None:
    for table, name in chosen(names, found).items():
        try:
            found.raws.append(reader(table, name))
        except errors as error:
            found.refuse(
                table, f"cannot be read: {without_secrets(str(error).splitlines()[0], secrets)}", name
            )


def _sqlite(path: Path, found: Found) -> None:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"
            )
        ]
    except sqlite3.Error as error:
        found.problems.append(
            Problem("source", f"is no SQLite database that can be read: {error}", source=path.name)
        )
        return

    def reader(table: str, name: str) -> Raw:
        cursor = connection.execute(f"SELECT * FROM {_quoted(name)}")
        header = [column[0] for column in cursor.description]
        return of_cells(table, header, cursor.fetchall(), source=name)

    _take([name for name in names if not name.startswith("sqlite_")], reader, found, (sqlite3.Error,))
    connection.close()


def _duckdb(path: Path, found: Found) -> None:
    try:
        duckdb: Any = importlib.import_module("duckdb")
    except ImportError:
        found.problems.append(
            Problem("source", "a DuckDB file needs the package duckdb: pip install duckdb", source=path.name)
        )
        return
    try:
        connection = duckdb.connect(str(path), read_only=True)
        names = [
            row[0]
            for row in connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY "
                "table_name"
            ).fetchall()
        ]
    except duckdb.Error as error:
        found.problems.append(
            Problem(
                "source",
                f"is no DuckDB database that can be read: {str(error).splitlines()[0]}",
                source=path.name,
            )
        )
        return

    def reader(table: str, name: str) -> Raw:
        return of_arrow(table, connection.sql(f"SELECT * FROM {_quoted(name)}").to_arrow_table(), source=name)

    _take(names, reader, found, (duckdb.Error, pa.ArrowException))
    connection.close()


def _sqlalchemy(url: str, found: Found) -> None:
    try:
        sqlalchemy: Any = importlib.import_module("sqlalchemy")
    except ImportError:
        what = (
            "a database URL needs the package SQLAlchemy and the driver of its database: pip install "
            "sqlalchemy"
        )
        found.problems.append(Problem("source", what, source=shown(url)))
        return
    try:
        engine = sqlalchemy.create_engine(url)
        inspector = sqlalchemy.inspect(engine)
        names = sorted([*inspector.get_table_names(), *inspector.get_view_names()])
    except ImportError as error:
        other = (
            "; pg8000 comes with the sources: write postgresql+pg8000://…"
            if url.startswith("postgresql")
            else ""
        )
        what = f"needs the driver {error.name}, which is not installed{other}"
        found.problems.append(Problem("source", what, source=shown(url)))
        return
    except sqlalchemy.exc.SQLAlchemyError as error:
        found.problems.append(
            Problem("source", f"cannot be opened: {type(error).__name__}", source=shown(url))
        )
        return

    def reader(table: str, name: str) -> Raw:
        with engine.connect() as connection:
            rows = connection.execute(
                sqlalchemy.text(f"SELECT * FROM {engine.dialect.identifier_preparer.quote(name)}")
            )
            return _in_order(
                of_cells(table, list(rows.keys()), [tuple(row) for row in rows], source=name), found
            )

    _take(names, reader, found, (sqlalchemy.exc.SQLAlchemyError,), secrets_of(url))
    engine.dispose()


def _in_order(raw: Raw, found: Found) -> Raw:
    """The rows in the order of their key, then of all else: a server has none of its own, and the same rows
    must give the same review.

    Where the contract has the order of rows speak, as the server gives it: states without a position (which
    is noted), and transitions of one item at one instant without seq.
    """
    by_name = {fold(name): name for name in raw.columns}
    key = [by_name[column] for column in TABLES[raw.name].key if column in by_name]
    if raw.name == "states" and (
        "position" not in by_name or raw.columns[by_name["position"]].null_count == len(raw)
    ):
        what = (
            f"{raw.source} has no positions, and a server keeps no order of rows: the board stands in "
            "the order in which they came"
        )
        found.notes.append(Note("assumed", raw.name, what))
        return raw
    names = key if raw.name == "transitions" else [*key, *(name for name in raw.columns if name not in key)]
    table = pa.table([raw.columns[name] for name in names], names=[str(place) for place in range(len(names))])
    order = pc.sort_indices(
        table, sort_keys=[(name, "ascending") for name in table.column_names]
    )  # a stable one
    return Raw(
        raw.name,
        {name: array.take(order) for name, array in raw.columns.items()},
        raw.rows,
        raw.source,
        raw.commas,
    )


def _digest(raw: Raw) -> str:
    sink = pa.BufferOutputStream()
    table: Any = pa.table(dict(raw.columns))
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()
