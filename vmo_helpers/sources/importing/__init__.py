"""``vmo import``: a tool's export, or the tool itself, as the contract's tables.

An importer is one module beside this one and one line in ``IMPORTERS``. Its function takes what was asked
(``Asked``: where, the map that holds, what may be guessed) and returns ``Imported``: columns by table, the
map with its guesses marked, counted sentences, and the items that could not be read whole. It raises
InputProblems for what cannot be used, and writes nothing: ``made`` turns its answer into files.

What importers share: ``mapping`` (map.toml), ``guessing`` (what a name says), ``documents`` (JSON of any
size), ``kept`` (what ``vmo check`` and the decks tell of an import). Trackers share ``moves`` (an item's
history in order), ``boards`` (states and types held against the map), ``trackers`` (items as tables).
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, counted, listed
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.sources.importing import kept, portfolio_file
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.kept import Told
from vmo_helpers.sources.importing.watch import Watch

__all__ = ["IMPORTERS", "Asked", "Imported", "Importer", "Made", "Told", "Unfinished", "Watch", "made"]

Columns = Mapping[str, Sequence[Any]]
"""A table by column, all of one length. Cells are texts, numbers, flags, days, instants with an offset; None
is empty."""


@dataclass(frozen=True)
class Asked:
    """One import. ``out``: the folder that it goes to, where an earlier import may lie. ``propose``: guess
    what the map does not say. ``options``: those that only some importers have, by name. ``watch``: who is
    told how far it is."""

    where: str
    out: Path
    map: maps.Map = field(default_factory=maps.Map)
    propose: bool = False
    history: bool = True
    lenient: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)


@dataclass(frozen=True)
class Imported:
    """What an importer hands over. ``lost``: items that could not be read whole, each in a sentence.
    ``partial``: tables of an earlier import that are not among these stay as they are. ``unread``: sentences
    on what the source holds and nothing took, for whoever imports."""

    tables: Mapping[str, Columns]
    map: maps.Map
    told: Sequence[Told] = ()
    lost: Sequence[str] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    partial: bool = False
    unread: Sequence[str] = ()


@dataclass(frozen=True)
class Importer:
    """One tool. ``options``: names of options of its own; ``sections``: of sections of its own in
    map.toml."""

    what: str
    module: str
    options: frozenset[str] = frozenset()
    sections: tuple[str, ...] = ()

    @property
    def read(self) -> Callable[[Asked], Imported]:
        """Its function ``imported``; its module is loaded when it is asked for."""
        found: Callable[[Asked], Imported] = importlib.import_module(f"{__name__}.{self.module}").imported
        return found


IMPORTERS: dict[str, Importer] = {
    "jira": Importer(
        "an export of Jira Cloud or Data Center, or the site", "jira", frozenset({"jql", "resume"}), ("csv",)
    ),
    "azure-devops": Importer(
        "an export of Azure DevOps, or the organisation",
        "azure_devops",
        frozenset({"wiql", "odata_filter", "resume"}),
    ),
    "excel": Importer(
        "registers in a workbook, a CSV file or a folder of them", "excel", frozenset({"table"}), ("tables",)
    ),
    "sql": Importer(
        "a database by a query a table, such as postgresql+pg8000://host/name, or an SQLite file",
        "sql",
        frozenset({"table"}),
        ("queries",),
    ),
    "xes": Importer("event logs in XES, plain or packed", "xes"),
}


CORE = ("work_items", "transitions", "states")
_PARQUET = tuple(f"{table}.parquet" for table in CORE)
OWN = ("value_streams.csv", "plan_changes.csv")
"""Tables that a person may keep beside an import: a tracker knows no more of streams than their names, and of
plans its own fields alone."""


_BESIDE = "the tables beside it"
"""What of an import's losses is about tables that stay."""


class Unfinished(Exception):
    """A service did not answer to the end; what was read is in the cache, and --resume goes on from it."""


@dataclass(frozen=True)
class Made:
    """The files of an import by name (None: to be taken away), and what to tell the person."""

    files: Mapping[str, bytes | None]
    rows: Mapping[str, int]
    told: Sequence[Told]
    lost: Sequence[str]
    confirmed: bool
    unread: Sequence[str] = ()


def made(tool: str, asked: Asked, map_file: Path | None) -> Made:
    """Runs an importer. The map is that of ``map_file``, else the one that lies in the folder.

    Raises InputProblems where the map or the source cannot be used, or where the folder holds tables that no
    import wrote or that were changed since.
    """
    importer = IMPORTERS[tool]
    before = _untouched(asked.out, (f"{table}.csv" for table in CORE))
    file = map_file or asked.out / maps.FILE
    if map_file is None and not file.exists() and not asked.propose:
        told = "there is no map; add --propose-map to have one written, or name yours with --map"
        raise InputProblems([Problem(maps.FILE, told, source=maps.FILE)])
    sections = {section for one in IMPORTERS.values() for section in one.sections}
    known = maps.read(file, sections) if map_file or file.exists() else maps.Map()
    found = importer.read(Asked(**{**asked.__dict__, "map": known}))
    if found.lost and not any(map(_length, found.tables.values())):
        told = f"no item could be read whole: {listed(found.lost, 5)}"
        raise InputProblems([Problem("source", told, source=Path(asked.where).name)])
    tables = {name: columns for name, columns in found.tables.items() if _length(columns)}
    files: dict[str, bytes | None] = {f"{name}.csv": _csv(name, columns) for name, columns in tables.items()}
    _untouched(asked.out, files)
    own = [name for name in OWN if name in files and (asked.out / name).exists() and name not in before]
    told_of = [*found.told, *(_beside(name, _length(tables[Path(name).stem])) for name in own)]
    files = {name: data for name, data in files.items() if name not in own}
    earlier, option = kept.record_in(asked.out) or {}, asked.options.get("table")
    anew = kept.replaced(asked.out, option if found.partial else None)
    stays = {
        name: digest
        for name, digest in earlier.get("files", {}).items()
        if name in before and name not in anew and name not in files
    }
    come, taken = _stems(files), _stems({*before} - {*stays})
    stay = _stems(stays) | kept.whole(asked.out) - come - _stems(anew)
    coming = {name: columns for name, columns in tables.items() if name in come}
    beside, dangling = _held(coming, asked.out, stay, taken - come)
    if asked.lenient:
        told_of += [Told(one, Path(one.split(",")[0]).stem) for one in dangling]
        dangling = []
    wrote = {name: data for name, data in {**files, **beside}.items() if data and "/" not in name}
    stood = _stems(stays) - tables.keys()
    joined = {name: of for name, of in earlier.get("joined", {}).items() if name in stays or name in beside}
    record = {
        "tool": earlier.get("tool", tool) if found.partial else tool,
        "sections": sorted(sections),
        "files": stays | {name: hashlib.sha256(data).hexdigest() for name, data in wrote.items()},
        "joined": dict(sorted((joined | (dict.fromkeys(files, option) if found.partial else {})).items())),
        "told": [one for one in earlier.get("told", ()) if one["table"] in stood]
        + [one.__dict__ for one in told_of],
        **found.record,
    }
    lost = [{"of": option or "", "sentence": one} for one in found.lost]
    if found.partial:
        lost = [one for one in earlier.get("lost", ()) if one["of"] not in (option, _BESIDE)] + lost
    lost += [{"of": _BESIDE, "sentence": one} for one in dangling]
    if lost:
        record["lost"] = lost
    if found.map != known or map_file:
        files[maps.FILE] = maps.text(found.map).encode()
    levels = tables.get("work_items", {}).get("level", ())
    if not (asked.out / portfolio_file.FILE).exists():
        files[portfolio_file.FILE] = portfolio_file.text(asked.out, levels).encode()
    files[kept.FILE] = (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()
    for name in set(before) - set(files) - set(stays):
        files[name] = None  # a table that the source no longer has
    files |= beside | {f"{kept.WHOLE}/{one}.csv": None for one in kept.whole(asked.out) - stay}
    rows = {name: _length(columns) for name, columns in tables.items()}
    return Made(files, rows, told_of, [*found.lost, *dangling], found.map.confirmed, found.unread)


def _held(
    tables: Mapping[str, Columns], out: Path, stay: set[str], gone: set[str]
) -> tuple[dict[str, bytes | None], list[str]]:
    """The files of the tables that stay, held to those that come (``beside``, loaded where one stays)."""
    known = {*tables, *gone}
    if not stay and all(
        file.stem in known for ending in ("csv", "parquet") for file in out.glob(f"*.{ending}")
    ):
        return {}, []
    module = importlib.import_module(f"{__name__}.beside")
    found: tuple[dict[str, bytes | None], list[str]] = module.held(tables, out, stay, gone)
    return found


def _stems(names: Iterable[str]) -> set[str]:
    return {Path(name).stem for name in names}


def _beside(name: str, count: int) -> Told:
    """What is told of a table that a person keeps."""
    table = Path(name).stem
    return Told(f"your own {name} stays; the source says {counted(count, 'row')} of it", table, count)


def _untouched(out: Path, coming: Iterable[str]) -> list[str]:
    """The files of an earlier import as it wrote them; refuses to write over what a person wrote or changed.

    A person's own tables of ``OWN`` stay.
    """
    wrote = (kept.record_in(out) or {"files": {}})["files"]
    there = {name: _digest(out / name) for name in {*wrote, *coming, *_PARQUET} if (out / name).is_file()}
    changed = {name for name, digest in there.items() if wrote.get(name) != digest} - {*OWN}
    problems = []
    for name in sorted(changed):
        told = (
            "was changed by hand since it was imported: name another folder, or delete it here"
            if name in wrote
            else f"is there, and no import wrote it: name another folder than {out}"
        )
        problems.append(Problem(name, told, source=name))
    if problems:
        raise InputProblems(problems, str(out))
    return [name for name in wrote if there.get(name) == wrote[name]]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _length(columns: Columns) -> int:
    return max(map(len, columns.values()), default=0)


def _csv(table: str, columns: Columns) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    needed = {column.name for column in TABLES[table].columns if column.required}
    filled = [
        name for name, cells in columns.items() if name in needed or any(cell is not None for cell in cells)
    ]
    writer.writerow(filled)
    writer.writerows(zip(*(_cells(columns[name]) for name in filled), strict=True))
    return text.getvalue().encode()


def _cells(cells: Sequence[Any]) -> Iterator[str]:
    for cell in cells:
        if cell is None:
            yield ""
        elif isinstance(cell, bool):
            yield "true" if cell else "false"
        elif isinstance(cell, date | datetime):
            yield cell.isoformat()
        else:
            yield str(cell)
