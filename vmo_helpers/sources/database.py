"""A SQL database with a table or view a table: DuckDB and SQLite files, and any URL for which SQLAlchemy has
a driver."""

from __future__ import annotations

import hashlib
import importlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells.text import strings
from vmo_helpers.contract.problems import Problem
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note
from vmo_helpers.sources.address import secrets_of, shown, without_secrets
from vmo_helpers.sources.found import Found, NoTable, chosen
from vmo_helpers.sources.limits import (
    CELL_BYTES,
    CHUNK,
    PATIENCE_SECONDS,
    gathered,
    in_words,
    patience,
    patiently,
    too_large,
)
from vmo_helpers.tables.raw import Raw, of_arrow
from vmo_helpers.tables.shapes import fold

DUCKDB, SQLITE = (".duckdb", ".ddb"), (".sqlite", ".sqlite3", ".db")
Reader = Callable[[str, str], Raw]  # (table of the contract, its name in the database)


def read_file(path: Path, limit: int) -> Found:
    """A DuckDB or SQLite file, opened for reading only."""
    return _read_as("duckdb" if path.suffix.lower() in DUCKDB else "sqlite", path, limit)


def read_url(url: str, limit: int) -> Found:
    """A database URL: duckdb:///file, sqlite:///file, or what SQLAlchemy knows (postgresql://host/database
    …).

    The digest of each table is taken over its rows as read, for a server has no file; nor has it an order of
    rows, so a server's rows are numbered in the order of their key.
    """
    scheme, _, rest = url.partition(":///")
    if rest and scheme in ("duckdb", "sqlite"):
        path = Path(rest)
        if path.is_file():
            known = path.suffix.lower() in (*DUCKDB, *SQLITE)
            return read_file(path, limit) if known else _read_as(scheme, path, limit)
        found = Found()
        found.problems.append(Problem("source", "there is no such file", source=path.name))
        return found
    found = Found()
    _sqlalchemy(url, found, limit)
    for raw in found.raws:
        found.files.append({"name": raw.source, "sha256": _digest(raw), "rows": len(raw)})
    found.nothing(shown(url))
    return found


def _read_as(scheme: str, path: Path, limit: int) -> Found:
    found = Found()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    (_duckdb if scheme == "duckdb" else _sqlite)(path, found, limit)
    found.files.append({"name": path.name, "sha256": digest, "rows": sum(len(raw) for raw in found.raws)})
    found.nothing(path.name)
    return found


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
        except NoTable as error:
            found.refuse(table, str(error), name)
        except errors as error:
            told = without_secrets((str(error) or type(error).__name__).splitlines()[0], secrets)
            found.refuse(table, f"cannot be read: {_STOPPED if 'interrupt' in told.lower() else told}", name)


_STOPPED = (
    f"it gave no more rows within {PATIENCE_SECONDS:g} seconds (is it a view that never ends? a table of its "
    "rows can be read)"
)


def _sqlite(path: Path, found: Found, limit: int) -> None:
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)  # the clock interrupts it
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
        with patience(connection.interrupt):
            cursor = connection.execute(f"SELECT * FROM {_quoted(name)}")
        header = [column[0] for column in cursor.description]
        chunks = patiently(lambda: cursor.fetchmany(CHUNK), connection.interrupt)
        return _of_chunks(table, header, chunks, name, limit)

    _take([name for name in names if not name.startswith("sqlite_")], reader, found, (sqlite3.Error,))
    connection.close()


def _of_chunks(table: str, header: list[str], chunks: Iterator[Sequence[Any]], name: str, limit: int) -> Raw:
    arrays = gathered(len(header), chunks, limit)
    return of_arrow(table, pa.Table.from_arrays(arrays, names=header), source=name)


def _duckdb(path: Path, found: Found, limit: int) -> None:
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
        with patience(connection.interrupt):
            reader = connection.sql(f"SELECT * FROM {_quoted(name)}").to_arrow_reader(CHUNK * 10)
        batches: list[Any] = []
        size = 0
        for (batch,) in patiently(lambda: [*islice(reader, 1)], connection.interrupt):
            batches.append(batch)
            size += max(batch.nbytes, CELL_BYTES * batch.num_rows * batch.num_columns)
            if size > limit:
                raise too_large(f"takes {in_words(size)} and goes on", limit)
        return of_arrow(table, pa.Table.from_batches(batches, reader.schema), source=name)

    _take(names, reader, found, (duckdb.Error, pa.ArrowException, OSError))
    connection.close()


def _sqlalchemy(url: str, found: Found, limit: int) -> None:
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
    # a driver raises what it likes: ValueError for a port, TypeError for an option
    except Exception as error:  # noqa: BLE001
        found.problems.append(Problem("source", f"cannot be opened: {why(error)}", source=shown(url)))
        return

    def reader(table: str, name: str) -> Raw:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(
                    sqlalchemy.text(f"SET LOCAL statement_timeout = {PATIENCE_SECONDS * 1000:.0f}")
                )
            rows = connection.execution_options(stream_results=True).execute(
                sqlalchemy.text(f"SELECT * FROM {engine.dialect.identifier_preparer.quote(name)}")
            )
            chunks = ([tuple(row) for row in part] for part in rows.partitions(CHUNK))
            return _in_order(_of_chunks(table, list(rows.keys()), chunks, name, limit), found)

    _take(names, reader, found, (Exception,), secrets_of(url))
    engine.dispose()


def why(error: Exception) -> str:
    """What kind of error a driver met, in words where they are known; its text may hold the password."""
    told = {
        "ArgumentError": "the address cannot be read; expected dialect+driver://user@host:port/database",
        "ValueError": "the address cannot be read (is its port a number?)",
        "TypeError": "the driver does not know an option of the address",
        "NoSuchModuleError": "there is no such dialect",
    }
    name = type(error).__name__
    return f"{told[name]} ({name})" if name in told else name


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
    table = pa.table(
        [strings(raw.columns[name]) for name in names], names=[str(place) for place in range(len(names))]
    )
    order = pc.sort_indices(
        table, sort_keys=[(name, "ascending") for name in table.column_names]
    )  # a stable one
    return replace(raw, columns={name: array.take(order) for name, array in raw.columns.items()})


def _digest(raw: Raw) -> str:
    sink = pa.BufferOutputStream()
    table: Any = pa.table(dict(raw.columns))
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()
