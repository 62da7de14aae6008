"""The board that an import's map makes: states in order, and the map with another class for one of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources import load
from vmo_helpers.sources.draft import first_visits, passes
from vmo_helpers.sources.importing import kept
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.mapping import Map


@dataclass(frozen=True)
class Column:
    """One state: its key in the map, its name, its class, how many items were in it, and why its class was
    guessed so ("" where it is confirmed)."""

    key: str
    name: str
    state_class: str
    items: int
    guess: str


@dataclass(frozen=True)
class Board:
    """A folder's map, with how many items were in each state."""

    folder: Path
    map: Map
    items: dict[str, int]

    @property
    def columns(self) -> list[Column]:
        """The states in the order of the board; those without a position at its end."""
        order = sorted(
            self.map.status.items(), key=lambda one: (one[1].position is None, one[1].position or 0)
        )
        return [
            Column(key, one.name or key, one.class_, self.items.get(one.name or key, 0), one.guess)
            for key, one in order
        ]

    @property
    def besides(self) -> list[str]:
        """What the map guesses beside states."""
        return kept.guesses(self.map)

    def chosen(self, key: str, state_class: str) -> Board:
        """The board with this class for a state, confirmed by whoever chose it."""
        row = replace(self.map.status[key], class_=state_class, guess="")
        return replace(self, map=replace(self.map, status={**self.map.status, key: row}))


def board(folder: str | Path) -> Board:
    """The board of a folder that was imported. Raises InputProblems where it has no map or cannot be used."""
    where = Path(folder)
    record, file = kept.record_in(where), where / maps.FILE
    if record is None or not file.is_file():
        what = "is not there: a board is chosen where `vmo import … --propose-map` wrote it"
        raise InputProblems([Problem(maps.FILE, what, source=str(file))])
    items = passes(first_visits(load(where).tables["transitions"]))
    return Board(where, maps.read(file, record["sections"]), {str(k): int(n) for k, n in items.items()})


def write(chosen: Board) -> Path:
    """Writes the map into its folder, whole or not at all."""
    file = chosen.folder / maps.FILE
    new = file.with_name(f".{maps.FILE}-{secrets.token_hex(4)}")
    try:
        new.write_text(maps.text(chosen.map), encoding="utf-8", newline="")
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    return file
