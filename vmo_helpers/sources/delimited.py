"""A CSV file as a raw table, whatever program wrote it: its encoding, its separator, its ragged rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from vmo_helpers.contract.problems import MOST_ROWS, Cell, Problem, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note
from vmo_helpers.sources.found import HEADER_ROWS, NoTable, refuse_other_header
from vmo_helpers.tables.raw import Raw, of_arrow
from vmo_helpers.tables.shapes import fold

SEPARATORS = (",", ";", "\t", "|")
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "an Excel workbook or another ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a compressed file",
    b"SQLite format 3": "an SQLite database",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
MOST_CONTROL = 20
"""A text may have a control character here and there; where each twentieth byte is one it is no text."""
_STEP = 1 << 24


@dataclass(frozen=True)
class Content:
    """A file's raw table, the ragged rows that it has, and how its text was read."""

    raw: Raw
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()


def read(data: bytes, name: str, source: str) -> Content:
    """The bytes of a CSV file as a raw table of strings. Raises NoTable when they are none."""
    text, notes = utf8(data, name, source)
    start, header, separator = _header(text, name)
    end = len(text)
    while end > start and text[end - 1] in b"\r\n":
        end -= 1
    raw, problems = _rows(text, start, end, header, separator, name, source)
    return Content(raw, problems, notes)


def utf8(data: bytes, name: str, source: str) -> tuple[bytes, tuple[Note, ...]]:
    """The text as UTF-8 without a byte-order mark, and how it was read. Raises NoTable where it is none."""
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise NoTable(f"is {what}, not a CSV file")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(data, "utf-16"), ()
    head = data[:4096]
    if len(head) > 1 and head.count(b"\0") * 3 > len(head):
        return _decoded(data, "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"), ()
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    if not data[:65536].strip() and not data.strip():
        raise NoTable("is empty: expected at least a header")
    head = data[:65536]
    if b"\0" in data or len(_CONTROL.findall(head)) * MOST_CONTROL > len(head):
        raise NoTable("is no text: expected a CSV file in UTF-8")
    if data[:256].lstrip()[:1] in (b"<", b"{", b"["):
        raise NoTable("is a web page, XML or JSON by its first character: expected a CSV file with a header")
    if _is_utf8(data):
        return data, ()
    note = Note("assumed", name, f"{source} is not in UTF-8: it was read as Windows-1252 (Western European)")
    return _decoded(data, "cp1252"), (note,)


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(view), _STEP):
            decoder.decode(view[start : start + _STEP], start + _STEP >= len(view))
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes, encoding: str) -> bytes:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NoTable(
            f"is neither UTF-8 nor {encoding} ({error.reason} at byte {error.start:,}): save it as UTF-8"
        ) from None
    if "\0" in text:
        raise NoTable("is no text: expected a CSV file in UTF-8")
    if not text.strip("\ufeff \r\n\t"):
        raise NoTable("is empty: expected at least a header")
    return text.lstrip("\ufeff").encode("utf-8")


def _header(text: bytes, name: str) -> tuple[int, list[str], str]:
    """Where the rows begin, the header's names, and the separator under which most of them are known."""
    stated = re.match(rb"sep=(.)\r?\n", text)
    start = stated.end() if stated else 0
    if text[start : start + 1] in (b"\n", b"\r"):
        raise NoTable("begins with an empty line: expected the header in row 1")
    end = _record_end(text, start)
    line = text[start:end].decode("utf-8").strip("\r\n")
    if line.count('"') % 2:
        raise NoTable(f"has a quote in its header that is never closed: {quoted(line.splitlines()[0])}")
    known = {fold(column) for column in TABLES[name].names}
    candidates = (stated[1].decode("latin-1"),) if stated else SEPARATORS
    split: dict[str, list[str]] = {}
    for one in candidates:
        try:
            split[one] = next(csv.reader([line], delimiter=one), [])
        except csv.Error as error:
            why = error  # it may be one by another separator: a quoted name may hold a line end
    if not split:
        raise NoTable(f"has a header that cannot be read: {why}")
    separator = max(split, key=lambda one: (sum(fold(cell) in known for cell in split[one]), len(split[one])))
    rows = [split[separator], *_next_rows(text, end, separator)]
    refuse_other_header(name, rows)
    return end, split[separator], separator


def _next_rows(text: bytes, start: int, separator: str) -> list[list[str]]:
    """The rows below the first, as far as they can be read: the header may stand there."""
    below = io.StringIO(text[start : start + 100_000].decode("utf-8", errors="replace"), newline="")
    try:
        return list(islice(csv.reader(below, delimiter=separator), HEADER_ROWS - 1))
    except csv.Error:
        return []


def _record_end(text: bytes, start: int) -> int:
    """The position behind the header's line end; line ends inside quotes do not count."""
    inside = False
    for found in re.finditer(rb'"|\r\n|\n|\r', text[start : start + 1_000_000]):
        if found[0] == b'"':
            inside = not inside
        elif not inside:
            return start + found.end()
    return len(text)


def _rows(
    text: bytes, start: int, end: int, header: list[str], separator: str, name: str, source: str
) -> tuple[Raw, tuple[Problem, ...]]:
    while len(header) > 1 and not header[-1].strip():
        header = header[:-1]
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(header, start=1)]
    if start >= end:
        return of_arrow(name, _table([[] for _ in names], names), source=source), ()
    body = memoryview(text)[start:end]
    quotes = text.count(b'"', start, end)
    table = _fast(body, names, separator, quotes=quotes > 0)
    if table is None or (quotes and not _closed(body, separator, quotes, table.num_rows)):
        return _slow(body, names, separator, name, source)
    return of_arrow(name, table, source=source, commas=separator != ","), ()


def _table(columns: list[Any], names: list[str]) -> Any:
    return pa.Table.from_arrays([pa.array(column, pa.large_string()) for column in columns], names=names)


def _fast(body: memoryview, names: list[str], separator: str, *, quotes: bool) -> Any:
    """All cells as strings, in parallel; None when a row is ragged or empty. A quote that is never closed
    takes the rows after it into one cell without a word: ``_closed`` tells."""
    keys = [str(place) for place in range(len(names))]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=pyarrow.csv.ReadOptions(column_names=keys, block_size=4 << 20),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=separator, newlines_in_values=quotes, ignore_empty_lines=False
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.large_string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return table.rename_columns(names)


def _closed(body: memoryview, separator: str, quotes: int, rows: int) -> bool:
    """True when every quote that is opened is closed, so that there are so many rows. Where each line is a
    row there is no doubt."""
    content = bytes(body)
    if quotes % 2 == 0 and rows == 1 + (content.count(b"\n") or content.count(b"\r")):
        return True
    try:
        return sum(1 for _ in _records(body, separator)) == rows
    except csv.Error:
        return False


def _records(body: memoryview, separator: str) -> Iterator[list[str]]:
    return csv.reader(
        io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline=""), delimiter=separator, strict=True
    )


def _slow(
    body: memoryview, names: list[str], separator: str, name: str, source: str
) -> tuple[Raw, tuple[Problem, ...]]:
    """Record by record: empty lines are no rows, rows with too few or too many cells are told, and a quote
    that stays open is refused."""
    records: list[list[str]] = []
    rows: list[int] = []
    ragged: list[Cell] = []
    total, row, width = 0, 1, len(names)
    try:
        for row, record in enumerate(_records(body, separator), start=2):
            while len(record) > width and not record[-1].strip():
                record.pop()
            if len(record) == width:
                records.append(record)
                rows.append(row)
            elif any(record):
                total += 1
                if len(ragged) < MOST_ROWS:
                    ragged.append(Cell(row, separator.join(record), f"{len(record)} cells"))
    except csv.Error as error:
        sure = f"a quote that is opened in row {row + 1:,} is never closed"
        why = sure if "unexpected end" in str(error) else f"{error} (is a quote opened and never closed?)"
        raise NoTable(f"cannot be read beyond row {row:,}: {why}") from None
    table = _table([[record[place] or None for record in records] for place in range(width)], names)
    raw = of_arrow(name, table, source=source, rows=np.array(rows, dtype=np.int64), commas=separator != ",")
    if not total:
        return raw, ()
    what = (
        f"expected {width} cells, as in the header (does a text hold a separator or a line end "
        "without quotes around it?)"
    )
    return raw, (Problem(name, what, None, tuple(ragged), total, source),)
