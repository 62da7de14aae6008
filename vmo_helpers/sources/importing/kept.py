"""What an import leaves beside its tables: ``import.json`` (what was read and counted) and ``map.toml`` (what
was guessed). A folder with them tells both to whoever reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, counted, listed, quoted
from vmo_helpers.portfolio import Note
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.tables.raw import Raw
from vmo_helpers.tables.shapes import fold

FILE = "import.json"


@dataclass(frozen=True)
class Told:
    """A counted sentence of an import: what a reader must know. ``table``: the one that it is about."""

    sentence: str
    table: str = "work_items"
    count: int = 1


def notes(folder: Path, raws: Iterable[Raw]) -> tuple[list[Note], list[Problem]]:
    """What an import in this folder counted, each state whose class is a guess with the number of items that
    pass it, and one warning for the deck until the map is confirmed. Nothing where nothing was imported."""
    if not (folder / FILE).is_file():
        return [], []
    record = record_in(folder)
    if record is None:
        return [], [Problem(FILE, "cannot be read: import again, or take the file away", source=FILE)]
    found = [
        Note("warning", str(one["table"]), str(one["sentence"]), int(one["count"])) for one in record["told"]
    ]
    if not (folder / maps.FILE).is_file():
        return found, []
    try:
        whole = maps.read(folder / maps.FILE, record["sections"])
    except InputProblems as error:
        return found, list(error.problems)
    return [*_guesses(whole, _passing(raws)), *found], []


def record_in(folder: Path) -> dict[str, Any] | None:
    """The record of the last import into this folder; None where there is none that can be read."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
        _ = [(one["table"], one["sentence"], int(one["count"])) for one in record["told"]], record["sections"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(record)


def _passing(raws: Iterable[Raw]) -> dict[str, int]:
    """State → how many items enter it."""
    for raw in raws:
        by_name = {fold(name): column for name, column in raw.columns.items()}
        if raw.name == "transitions" and {"item_id", "to_state"} <= by_name.keys():
            items, states = by_name["item_id"].to_pylist(), by_name["to_state"].to_pylist()
            passed: dict[str, set[str]] = {}
            for item, state in zip(items, states, strict=True):
                passed.setdefault(str(state), set()).add(str(item))
            return {state: len(items) for state, items in passed.items()}
    return {}


def _guesses(whole: maps.Map, passing: Mapping[str, int]) -> list[Note]:
    guessed = [(key, one) for key, one in whole.status.items() if one.guess]
    plain = [f"type {one.name or key}: {one.level}" for key, one in whole.type.items() if one.guess]
    plain += [_plain(whole, name) for name in sorted(whole.guess)]
    found = [
        Note(
            "assumed",
            "states",
            f"guessed: the state {quoted(one.name or key)} is {one.class_}; "
            f"{counted(passing.get(one.name or key, 0), 'item')} passed it",
            passing.get(one.name or key, 0),
        )
        for key, one in guessed
    ]
    found += [Note("assumed", "work_items", f"guessed: {what}") for what in plain]
    if found:
        words = [*(f"{one.name or key} is {one.class_}" for key, one in guessed), *plain]
        say = f"what the words of the tool mean was guessed, and nobody has confirmed it: {listed(words, 6)}"
        found.insert(0, Note("warning", "states", f"{maps.FILE}: {say}", len(found)))
    return found


def _plain(whole: maps.Map, name: str) -> str:
    section, _, column = name.rpartition(".")
    value = whole.fields.get(column, "") if section else getattr(whole, name, "")
    return f"{name} = {listed(value) if isinstance(value, tuple) else value}"
