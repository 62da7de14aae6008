"""JSON of any size, an element at a time: documents, pages of a list, and files with one document a line."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, TextIO

from vmo_helpers.contract.problems import InputProblems, Problem

SUFFIXES = (".json", ".jsonl", ".ndjson")
_STEP = 1 << 20
_BLANK = re.compile(r"[\s]*")
_DECODER = json.JSONDecoder()


def files(where: Path, suffixes: Collection[str] = SUFFIXES) -> list[Path]:
    """The files of these kinds in a folder and below it, those that describe the tool first; or the one
    file. Raises InputProblems where there is none."""
    if where.is_file():
        return [where]
    found = [
        path
        for path in sorted(where.rglob("*"))
        if path.suffix.lower() in suffixes and path.is_file() and not path.name.startswith(".")
    ]
    if not found:
        told = f"holds no file that ends in {', '.join(suffixes)}" if where.is_dir() else "is not there"
        raise InputProblems([Problem("source", told, source=where.name)])
    describing = re.compile(r"field|status|states|board|config", re.IGNORECASE)
    return sorted(found, key=lambda path: describing.search(path.stem) is None)


def elements(path: Path, lists: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Each element of the top-level lists of these names, as (name, element); then the rest of the document
    that it stood in, as ("", rest). A file that is one list gives its elements as ("", element).

    Raises InputProblems, naming file and place, where the file is no JSON.
    """
    with path.open(encoding="utf-8-sig") as file:
        stream = _Stream(file)
        try:
            while letter := stream.peek():
                if letter == "[":
                    yield from stream.array("")
                elif letter == "{":
                    yield from stream.document(lists)
                else:
                    raise json.JSONDecodeError("Expecting a document or a list", stream.text, stream.at)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            told = f"is no JSON at character {stream.gone + stream.at:,}: {error}"
            cut = "" if stream.text[stream.at :].strip() else " (was it cut off while it was written?)"
            raise InputProblems([Problem("source", told + cut, source=path.name)]) from error


def rows(path: Path, several: re.Pattern[str] | None = None) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a CSV file as ("", cells by column); of columns that repeat a name the first cell that is
    filled, but of those whose name is of ``several`` all, a line each. Raises InputProblems where it is no
    text."""
    lines = _lines(path)
    names = next(lines, [])
    for line in lines:
        cells: dict[str, str] = {}
        for name, cell in zip(names, line, strict=False):
            if cell.strip() and name not in cells:
                cells[name] = cell
            elif cell.strip() and several is not None and several.fullmatch(name):
                cells[name] += f"\n{cell}"
        if cells:
            yield "", cells


def header(path: Path) -> list[str]:
    """The names of a CSV file's columns."""
    return next(_lines(path), [])


def _lines(path: Path) -> Iterator[list[str]]:
    """The lines of a CSV file in UTF-8, UTF-16 or Windows-1252, whatever separates their cells."""
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            head = file.readline()
            file.seek(0)
            yield from csv.reader(file, delimiter=max((",", ";", "\t"), key=head.count))
    except (UnicodeDecodeError, csv.Error) as error:
        told = f"is no CSV file in UTF-8: {error}"
        raise InputProblems([Problem("source", told, source=path.name)]) from error


def _encoding(path: Path) -> str:
    """UTF-8 where every byte is; else what Excel saves in Western Europe."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        chunk = file.read(_STEP)
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_STEP)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


class _Stream:
    def __init__(self, file: TextIO) -> None:
        self.file, self.text, self.at, self.gone = file, "", 0, 0

    def _more(self) -> bool:
        chunk = self.file.read(max(_STEP, len(self.text) - self.at))
        self.gone += self.at
        self.text, self.at = self.text[self.at :] + chunk, 0
        return bool(chunk)

    def peek(self) -> str:
        """The next letter that is no blank; "" at the end."""
        while True:
            blank = _BLANK.match(self.text, self.at)
            self.at = blank.end() if blank else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def value(self) -> Any:
        """The next value, however much of the file it takes."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError:
                if self._more():
                    continue
                raise
            if end < len(self.text):
                self.at = end
                return value
            if not self._more():  # at the end of a chunk a number may go on; here the file ends
                self.at = len(self.text)
                return value

    def take(self, letter: str, optional: bool = False) -> bool:
        if self.peek() == letter:
            self.at += 1
            return True
        if not optional:
            raise json.JSONDecodeError(f"Expecting {letter!r}", self.text, self.at)
        return False

    def array(self, name: str) -> Iterator[tuple[str, Any]]:
        self.take("[")
        while not self.take("]", optional=True):
            yield name, self.value()
            self.take(",", optional=True)

    def document(self, lists: Collection[str]) -> Iterator[tuple[str, Any]]:
        rest = {}
        self.take("{")
        while not self.take("}", optional=True):
            name = self.value()
            self.take(":")
            if name in lists and self.peek() == "[":
                yield from self.array(name)
            else:
                rest[name] = self.value()
            self.take(",", optional=True)
        yield "", rest
