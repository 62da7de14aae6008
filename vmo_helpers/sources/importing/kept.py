"""What an import leaves beside its tables: ``import.json`` (what was read and counted) and ``map.toml`` (what
was guessed). A folder with them tells both to whoever reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, counted, listed
from vmo_helpers.portfolio import Note
from vmo_helpers.sources.importing import mapping as maps

FILE = "import.json"
WHOLE = "as_imported"
"""The folder of tables that stay, as they came, of which not all rows hold beside the others."""
_FEW = 3
"""So many of the sentences on what could not be read whole are said again."""


@dataclass(frozen=True)
class Told:
    """A counted sentence of an import: what a reader must know. ``table``: the one that it is about."""

    sentence: str
    table: str = "work_items"
    count: int = 1


def notes(folder: Path) -> tuple[list[Note], list[Problem]]:
    """What an import into this folder counted, and a warning until its map is confirmed. Nothing where
    nothing was imported."""
    if not (folder / FILE).is_file():
        return [], []
    record = record_in(folder)
    if record is None:
        return [], [Problem(FILE, "cannot be read: import again, or take the file away", source=FILE)]
    found = [
        Note("warning", str(one["table"]), str(one["sentence"]), int(one["count"])) for one in record["told"]
    ]
    if lost := [str(one["sentence"]) for one in record.get("lost", ())]:
        what = f"{counted(len(lost), 'item')} of the import could not be read whole: {listed(lost, _FEW)}"
        rest = f"; all of them stand in {FILE}" if len(lost) > _FEW else ""
        found.insert(0, Note("warning", "work_items", what + rest, len(lost)))
    if not (folder / maps.FILE).is_file():
        return found, []
    try:
        whole = maps.read(folder / maps.FILE, record["sections"])
    except InputProblems as error:
        return found, list(error.problems)
    return [*_guesses(whole), *found], []


def record_in(folder: Path) -> dict[str, Any] | None:
    """The record of the last import into this folder; None where there is none that can be read."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
        _ = [(one["table"], one["sentence"], int(one["count"])) for one in record["told"]], record["sections"]
        _ = [(one["of"], one["sentence"]) for one in record.get("lost", ())]
        joined = record.get("joined", {})  # a list in folders of before: each file came with its own table
        record["joined"] = joined if isinstance(joined, dict) else {one: Path(one).stem for one in joined}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(record)


def replaced(folder: Path, table: str | None) -> set[str]:
    """The files of earlier imports that one into this folder writes anew or takes away: of one table those
    that came with it; of a whole import all that came with no table of their own."""
    record = record_in(folder) or {}
    joined = record.get("joined", {})
    if table is None:
        return {*record.get("files", ())} - {*joined}
    return {name for name in joined if joined[name] == table}


def whole(folder: Path) -> set[str]:
    """The tables that lie whole beside those that hold."""
    return {file.stem for file in (folder / WHOLE).glob("*.csv")}


def guesses(whole: maps.Map) -> list[str]:
    """What is guessed of types, fields and sheets, each in words."""
    types = [f"type {key} is {one.level}" for key, one in whole.type.items() if one.guess]
    return types + [_plain(whole, name) for name in sorted(whole.guess)]


def _guesses(whole: maps.Map) -> list[Note]:
    """Types and fields that were guessed; of states the table ``states`` tells itself."""
    plain = guesses(whole)
    sentence = f"{maps.FILE} holds guesses that nobody has confirmed: {listed(plain, 12)}"
    return [Note("warning", "work_items", sentence, len(plain))] if plain else []


def _plain(whole: maps.Map, name: str) -> str:
    section, _, column = name.rpartition(".")
    value = whole.fields.get(column, "") if section else getattr(whole, name, "")
    if section in whole.rest:
        plan = whole.rest[section].get(column, {})
        if isinstance(plan, str):
            return f"{name} is {plan}"
        said = [f"{key} from {header}" for key, header in plan.get("columns", {}).items()]
        return f"{name}: the sheet {plan.get('sheet', '')}, {listed([*said, *plan.get('moves', ())], 4)}"
    return f"{name} is {listed(value) if isinstance(value, tuple) else value}"
