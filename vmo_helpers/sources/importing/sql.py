"""A tracker's own database, or a warehouse: one query a table, of which only the contract's columns leave the
server."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from vmo_helpers.contract.cells.text import strings
from vmo_helpers.contract.names import columns_meant, table_meant
from vmo_helpers.contract.problems import InputProblems, Problem, did_you_mean, listed, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.sources import address, database, limits
from vmo_helpers.sources.found import NoTable
from vmo_helpers.sources.importing import Asked, Imported
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.boards import drafted_states
from vmo_helpers.sources.importing.kept import Told
from vmo_helpers.sources.importing.people import masked
from vmo_helpers.tables.shapes import fold

SECTION = "queries"
_READS = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:select|with)\b", re.IGNORECASE)
_COLON = re.compile(r"(?<!:):(?=\w)")


def imported(asked: Asked) -> Imported:
    """The rows of each query of the map; queries that a database's own tables suggest, where guesses are
    asked for. Raises InputProblems where a query cannot be run, writes, or lacks what each row must have."""
    queries = _queries(asked.map)
    wanted = asked.options.get("table")
    told: list[Told] = []
    tables: dict[str, dict[str, list[Any]]] = {}
    with _connected(asked.where) as connection:
        proposed = _proposed(connection, queries) if asked.propose else {}
        there = "" if queries or proposed else _there(connection)
        whole = {**queries, **proposed}
        for table, query in whole.items():
            if wanted in (None, table):
                asked.watch.read("queries", len(tables), len(whole))
                tables[table] = _rows(connection, table, query, told)
    if not tables:
        what = f"says nothing of {wanted or 'this database'}: add a query [{SECTION}] {wanted or 'TABLE'} = …"
        raise _refused(f"{what} (there are {there})" if there else what)
    known = replace(
        asked.map,
        rest={**asked.map.rest, SECTION: whole} if whole else asked.map.rest,
        guess=asked.map.guess | {f"{SECTION}.{table}" for table in proposed},
    )
    if (
        "transitions" in tables
        and "states" not in whole
        and not (wanted and (asked.out / "states.csv").exists())
    ):
        known, tables["states"] = drafted_states(known, asked.propose, tables["transitions"])
    return Imported(tables, known, told, partial=wanted is not None)


def _refused(what: str) -> InputProblems:
    return InputProblems([Problem(maps.FILE, what, source=maps.FILE)])


def _queries(known: maps.Map) -> dict[str, str]:
    """The queries of a map by table. Raises InputProblems with each that is none."""
    problems: list[str] = []
    queries = known.rest.get(SECTION, {})
    for table, query in queries.items():
        place = f"[{SECTION}] {table}"
        if table not in TABLES:
            problems.append(
                f"{place}: is no table of the contract; {did_you_mean(table, TABLES)}".rstrip("; ")
            )
        elif not isinstance(query, str) or not _READS.match(query):
            problems.append(
                f"{place}: expected a text that begins with SELECT or WITH, not {quoted(str(query))}"
            )
        elif ";" in query.strip().rstrip(";"):
            problems.append(f"{place}: expected one query, without “;” within it")
    if problems:
        raise InputProblems([Problem(maps.FILE, what, source=maps.FILE) for what in problems])
    return {table: query.strip().rstrip(";") for table, query in queries.items()}


@contextmanager
def _connected(where: str) -> Iterator[Any]:
    """A connection that reads alone. Raises InputProblems where there is none, without a word of a secret."""
    url, shown = _address(where)
    try:
        sqlalchemy: Any = importlib.import_module("sqlalchemy")
    except ImportError as error:
        raise _unreachable("needs the package SQLAlchemy: pip install sqlalchemy", shown) from error
    try:
        engine = sqlalchemy.create_engine(url)
        connection = engine.connect()
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(postgresql_readonly=True)
            milliseconds = limits.PATIENCE_SECONDS * 1000
            connection.execute(sqlalchemy.text(f"SET LOCAL statement_timeout = {milliseconds:.0f}"))
    except ImportError as error:
        raise _unreachable(f"needs the driver {error.name}, which is not installed", shown) from error
    # a driver raises what it likes, and its text may hold the password
    except Exception as error:  # noqa: BLE001
        raise _unreachable(f"cannot be opened: {database.why(error)}", shown) from None
    try:
        yield connection
    finally:
        connection.close()
        engine.dispose()


def _address(where: str) -> tuple[str, str]:
    """The address for SQLAlchemy, and as it is shown. A password in what was typed is refused: it comes from
    the environment."""
    if not address.is_address(where):
        path = Path(where)
        if not path.is_file():
            raise _unreachable("there is no such file", path.name)
        return f"sqlite:///file:{path.resolve()}?mode=ro&uri=true", path.name
    shown = address.shown(where)
    if address.secrets_of(where):
        what = f"holds a secret: put the whole address into {address.VARIABLE}, and write {shown} here"
        raise _unreachable(what, shown)
    return address.whole(where), shown


def _unreachable(what: str, source: str) -> InputProblems:
    return InputProblems([Problem("source", what, source=source)])


def _proposed(connection: Any, known: Mapping[str, str]) -> dict[str, str]:
    """A query for each table of the contract that a table or view of the database seems to mean."""
    sqlalchemy: Any = importlib.import_module("sqlalchemy")
    inspector = sqlalchemy.inspect(connection)
    quote = connection.dialect.identifier_preparer.quote
    found: dict[str, tuple[int, str]] = {}
    for name in sorted([*inspector.get_table_names(), *inspector.get_view_names()]):
        table = table_meant(name)
        if table is None or table in known:
            continue
        columns = columns_meant(table, [column["name"] for column in inspector.get_columns(name)])
        if TABLES[table].key and TABLES[table].key[0] not in columns:
            continue
        said = ", ".join(
            quote(own) if fold(own) == column else f"{quote(own)} AS {column}"
            for column, own in columns.items()
        )
        if len(columns) > found.get(table, (0, ""))[0]:
            found[table] = (len(columns), f"SELECT {said} FROM {quote(name)}")
    return {table: query for table, (_, query) in found.items()}


def _there(connection: Any) -> str:
    """The tables and views that a database has, by name."""
    inspector = importlib.import_module("sqlalchemy").inspect(connection)
    return listed(sorted([*inspector.get_table_names(), *inspector.get_view_names()]))


def _rows(connection: Any, table: str, query: str, told: list[Told]) -> dict[str, list[Any]]:
    """The columns of a query that the contract knows, in the order of the table's key."""
    sqlalchemy: Any = importlib.import_module("sqlalchemy")
    quote = connection.dialect.identifier_preparer.quote

    def run(columns: str, rest: str, stream: bool = True) -> Any:
        text = f"SELECT {columns} FROM ({query}) vmo_query {rest}"
        return connection.execute(
            sqlalchemy.text(_COLON.sub(r"\\:", text)), execution_options={"stream_results": stream}
        )

    try:
        names = list(run("*", "WHERE 1 = 0", stream=False).keys())
        columns = {fold(name): name for name in names if fold(name) in TABLES[table].names}
        _whole(table, columns, names)
        key = [quote(columns[name]) for name in TABLES[table].key if name in columns]
        order = f"ORDER BY {', '.join(key)}" if key else ""
        rows = run(", ".join(map(quote, columns.values())), order)
        chunks = ([tuple(row) for row in part] for part in rows.partitions(limits.CHUNK))
        arrays = limits.gathered(len(columns), chunks, limits.usual())
    except NoTable as error:
        raise _unreachable(str(error), table) from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        lines = str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__]
        raise _refused(f"[{SECTION}] {table}: the server refuses it: {lines[0]}") from None
    left = [name for name in names if name not in columns.values()]
    if left:
        what = f"columns that {table} does not know, left on the server: {listed(left, 5)}"
        told.append(Told(what, table, len(left)))
    found = {
        name: list(map(masked, strings(array).to_pylist()))
        for name, array in zip(columns, arrays, strict=True)
    }
    length = max(map(len, found.values()), default=0)
    needed = [one.name for one in TABLES[table].columns if one.required and one.name not in found]
    return found | {name: [None] * length for name in needed}


def _whole(table: str, columns: Mapping[str, str], names: Sequence[str]) -> None:
    lacking = [
        one.name for one in TABLES[table].columns if one.filled and not one.derived and one.default is None
    ]
    lacking = [name for name in lacking if name not in columns]
    if lacking:
        what = f"its columns ({listed(names, 8)}) lack {listed(lacking)}: write … AS {lacking[0]}"
        raise _refused(f"[{SECTION}] {table}: {what}")
