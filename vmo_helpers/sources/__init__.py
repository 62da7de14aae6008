"""Where portfolios come from: ``load(where)`` reads any known source into a validated Portfolio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from vmo_helpers import tables
from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.latest import Fact, latest_fact
from vmo_helpers.portfolio.streams import in_streams
from vmo_helpers.sources import address, database, folder, limits, workbook
from vmo_helpers.sources import portfolio_toml as portfolio_settings
from vmo_helpers.sources.found import Found

__all__ = ["Fact", "called", "in_streams", "latest_fact", "load", "preload"]


@dataclass(frozen=True)
class Source:
    """One kind of place that a portfolio can come from."""

    what: str
    accepts: Callable[[str], bool]
    read: Callable[[str, int], Found]  # a place, and how many bytes a table may have


def _suffixed(*suffixes: str) -> Callable[[str], bool]:
    return lambda where: Path(where).is_file() and Path(where).suffix.lower() in suffixes


SOURCES = (
    Source(
        "a folder of CSV and Parquet files",
        lambda where: Path(where).is_dir(),
        lambda where, limit: folder.read(Path(where), limit),
    ),
    Source(
        "an Excel workbook (.xlsx)",
        _suffixed(".xlsx", ".xlsm"),
        lambda where, limit: workbook.read(Path(where), limit),
    ),
    Source(
        "a DuckDB or SQLite file (.duckdb, .sqlite, .db)",
        _suffixed(*database.DUCKDB, *database.SQLITE),
        lambda where, limit: database.read_file(Path(where), limit),
    ),
    Source(
        "a database URL (duckdb:///…, sqlite:///…, postgresql://…)", address.is_address, database.read_url
    ),
)

_PRELOADED: dict[tuple[str, str | None, bool], Portfolio] = {}


def load(
    where: str | Path,
    config: str | Path | None = None,
    lenient: bool = False,
    max_table_size: int | None = None,
) -> Portfolio:
    """The portfolio at a place: a folder, a workbook, a database file or URL.

    ``config`` names another ``portfolio.toml`` than the one beside the tables. ``lenient`` goes on without
    offending rows and notes them. ``max_table_size``: a table of more bytes is refused (None: what the
    environment variable VMO_MAX_TABLE_SIZE says, else a gigabyte). Raises InputProblems with all problems of
    all tables.
    """
    ready = _PRELOADED.get(_key(where, config, lenient))
    if ready is not None:
        return ready
    return _load(address.whole(str(where)), config, lenient, max_table_size)


def preload(
    where: str | Path,
    config: str | Path | None = None,
    lenient: bool = False,
    max_table_size: int | None = None,
) -> Portfolio:
    """Reads a portfolio once, for ``load`` to return in this process and in those forked from it.

    A database's is also returned for its address as ``address.shown``: a notebook is told no more.
    """
    portfolio = _load(str(where), config, lenient, max_table_size)
    _PRELOADED[_key(where, config, lenient)] = portfolio
    if address.is_address(str(where)):
        _PRELOADED[_key(address.shown(str(where)), config, lenient)] = portfolio
    return portfolio


def called(where: str | Path, config: str | Path | None = None) -> str:
    """What a portfolio calls itself, without reading a table of it."""
    name, beside = _name_and_folder(str(where))
    return portfolio_settings.read(_settings_file(config, beside), name).settings.name


def _key(where: str | Path, config: str | Path | None, lenient: bool) -> tuple[str, str | None, bool]:
    place = str(where) if address.is_address(str(where)) else str(Path(where).resolve())
    return place, None if config is None else str(Path(config).resolve()), bool(lenient)


def _load(where: str, config: str | Path | None, lenient: bool, max_table_size: int | None) -> Portfolio:
    name, beside = _name_and_folder(where)
    source = next((source for source in SOURCES if source.accepts(where)), None)
    if source is None:
        raise InputProblems([Problem("source", _unknown(where), source=name)])
    stated = portfolio_settings.read(_settings_file(config, beside), name)
    try:
        limit = max_table_size or limits.usual()
    except ValueError as error:
        raise InputProblems([Problem("source", f"{limits.VARIABLE}: {error}", source=name)]) from error
    found = source.read(where, limit)
    portfolio = tables.assemble(
        found.raws,
        stated.settings,
        level_stated=None if stated.problems else stated.level,
        lenient=lenient,
        where=name,
        problems=[*stated.problems, *found.problems],
        notes=[*stated.notes, *found.notes],
        unread=found.unread,
    )
    found.raws.clear()
    # what reading took beside the tables: a review goes on for long, and is forked from
    pa.default_memory_pool().release_unused()
    return replace(portfolio, files=(*found.files, *stated.files))


def _settings_file(config: str | Path | None, beside: Path | None) -> Path | None:
    """The file that was named, else the one beside the tables where there is one."""
    if config is not None:
        return Path(config)
    return (
        beside / portfolio_settings.FILE if beside and (beside / portfolio_settings.FILE).is_file() else None
    )


def _name_and_folder(where: str) -> tuple[str, Path | None]:
    """What a portfolio without a name is called, and where its portfolio.toml is looked for."""
    if address.is_address(where):
        return address.shown(where), None
    path = Path(where).resolve()
    return (path.name, path) if path.is_dir() else (path.stem, path.parent)


def _unknown(where: str) -> str:
    supported = "; ".join(source.what for source in SOURCES)
    path = Path(where)
    if not path.exists():
        return f"there is nothing at {where}; expected {supported}"
    if path.suffix.lower() in folder.SUFFIXES:
        return f"is one file; expected the folder that holds it ({path.parent})"
    return f"is no source that can be read; expected {supported}"
