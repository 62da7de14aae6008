"""How much of a table is read: what is larger is refused by name before it fills the memory, and what is no
file, or never comes to an end, is not waited for."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from vmo_helpers.contract.cells.typed import is_typed, typed
from vmo_helpers.sources.found import NoTable
from vmo_helpers.tables.raw import column_of
from vmo_helpers.vocabulary import TABLE_LIMIT

MAX_TABLE_SIZE = 1_000_000_000
"""Bytes of one table: its file, what a sheet unpacks to, or what the rows of a database take."""
VARIABLE = TABLE_LIMIT
OPTION = "--max-table-size"
CELL_BYTES = 8
"""What a cell takes at the least: an empty one has its place, too."""
CHUNK = 10_000
PATIENCE_SECONDS = 60.0
"""So long a database may take for the next rows."""

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)b?", re.IGNORECASE)


def size_of(text: str) -> int:
    """Bytes that a text such as 500000000, 500MB or 2 GB names; raises ValueError for another."""
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
    if size < 1:
        raise ValueError(f"{text!r} is no size; expected bytes, or a number with a unit such as 500MB or 2GB")
    return size


def usual() -> int:
    """The limit that the environment variable VMO_MAX_TABLE_SIZE sets, else one gigabyte."""
    return size_of(os.environ.get(VARIABLE) or str(MAX_TABLE_SIZE))


def in_words(size: int) -> str:
    """1.5 GB, 20 MB, 300 bytes."""
    for name, unit in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"


def too_large(what: str, limit: int) -> NoTable:
    """A table beyond the limit; ``what`` says what it takes."""
    return NoTable(f"{what}, more than the {in_words(limit)} that a table may have ({OPTION} allows more)")


def file_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a regular file. Raises NoTable for a pipe, a device or a folder, which may never end, and
    for a file beyond the limit."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise NoTable("is a folder: expected one file")
    if not stat.S_ISREG(mode):
        raise NoTable("is a pipe or a device, not a regular file: save what it gives into a file")
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise too_large(f"has {in_words(max(path.stat().st_size, len(data)))}", limit)
    return data


def gathered(width: int, chunks: Iterable[Sequence[Sequence[Any]]], limit: int) -> list[Any]:
    """The columns of rows that come in chunks, as Arrow arrays; raises NoTable as soon as they are too
    large."""
    parts: list[list[Any]] = [[] for _ in range(width)]
    size = 0
    for rows in chunks:
        for place, part in enumerate(parts):
            part.append(column_of([row[place] for row in rows]))
            size += max(part[-1].nbytes, CELL_BYTES * len(rows))
        if size > limit:
            raise too_large(f"takes {in_words(size)} and goes on", limit)
    return [joined(part) for part in parts]


def joined(parts: Sequence[Any]) -> Any:
    """Chunks of one column in one piece; texts are typed cells where any chunk has some."""
    if any(map(is_typed, parts)):
        parts = [part if is_typed(part) else typed(part) for part in parts]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.large_string())


@contextmanager
def patience(interrupt: Callable[[], Any]) -> Iterator[None]:
    """Interrupts what a database does when it takes too long."""
    clock = threading.Timer(PATIENCE_SECONDS, interrupt)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def patiently(fetch: Callable[[], Any], interrupt: Callable[[], Any]) -> Iterator[Any]:
    """What a database gives time after time until it gives nothing, each time within the patience."""
    while True:
        with patience(interrupt):
            rows = fetch()
        if not rows:
            return
        yield rows
