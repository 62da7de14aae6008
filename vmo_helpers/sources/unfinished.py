"""Files that are still being written while a portfolio is read: read once more a little later, then refused
by name."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vmo_helpers.contract.problems import InputProblems, Problem

WAIT_SECONDS = 5.0
READ = frozenset({".csv", ".parquet", ".toml"})
"""What is read of a folder."""
_TAIL = 1 << 16

Read = TypeVar("Read")


def read_when_written(where: str, read: Callable[[], Read]) -> Read:
    """What ``read`` makes of the files at a place, once nobody writes to them.

    A file whose size or time moves while it is read, or whose last line is not finished, is being written:
    all is read again after 5 seconds. Raises InputProblems where it still moves then, and what ``read``
    raises with such a file named.
    """
    found, moved = _attempt(where, read)
    if moved or unfinished(where):
        time.sleep(WAIT_SECONDS)
        found, moved = _attempt(where, read)
    if moved:
        what = "is still being written: it changed while it was read"
        raise InputProblems([Problem(Path(name).stem, what, source=name) for name in moved], Path(where).name)
    if not isinstance(found, InputProblems):
        return found
    told = [
        Problem(Path(name).stem, f"may still be being written: {why}", source=name)
        for name, why in unfinished(where).items()
    ]
    raise InputProblems([*told, *found.problems], found.where) from found


def unfinished(where: str) -> dict[str, str]:
    """CSV files by name whose last line has no end and fewer cells than the header, each with how many."""
    found = {}
    for path in _files(where):
        if path.suffix.lower() == ".csv" and (why := _cut(path)):
            found[path.name] = why
    return found


def _attempt(where: str, read: Callable[[], Read]) -> tuple[Read | InputProblems, list[str]]:
    """What a reading gave or raised, and the files that moved meanwhile."""
    before = _stamps(where)
    found: Read | InputProblems
    try:
        found = read()
    except InputProblems as error:
        found = error
    after = _stamps(where)
    return found, [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _files(where: str) -> list[Path]:
    """Those that a place is read from; none where it is a database's address."""
    path = Path(where)
    if path.is_dir():
        return sorted(one for one in path.iterdir() if one.suffix.lower() in READ and one.is_file())
    return [path] if path.is_file() else []


def _stamps(where: str) -> dict[str, tuple[int, int]]:
    stamps = {}
    for path in _files(where):
        try:
            found = path.stat()
        except FileNotFoundError:  # it is replaced at this moment
            continue
        stamps[path.name] = found.st_size, found.st_mtime_ns
    return stamps


def _cut(path: Path) -> str | None:
    """Why the last line of a CSV file looks as if more were to come, or None."""
    try:
        with path.open("rb") as file:
            header = file.readline(_TAIL)
            file.seek(max(0, path.stat().st_size - _TAIL))
            tail = file.read(_TAIL)
    except OSError:  # the reader says so
        return None
    last = tail.rpartition(b"\n")[2]
    if not last.strip() or last == header.rstrip(b"\n"):
        return None
    separator = max(",;\t|", key=lambda one: header.count(one.encode()))
    try:
        wide, found = (_cells(line, separator) for line in (header, last))
    except csv.Error:  # no text: the reader says so
        return None
    return f"its last line has {found} of {wide} cells and no line end" if found < wide else None


def _cells(line: bytes, separator: str) -> int:
    return len(next(csv.reader([line.decode("utf-8", errors="replace")], delimiter=separator), []))
