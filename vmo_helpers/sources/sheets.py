"""What a sheet of a workbook holds beside its values: formulas that were never computed, merged cells.

The package that reads the values says nothing of them, and their cells would be empty without a word.
"""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

NO_VALUE = (
    "is a formula whose value was never computed: open the workbook in a spreadsheet program, save it, and "
    "read it again"
)
MERGED = "lies in merged cells, of which only the first has the value: unmerge them, and fill each row"

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    NotImplementedError,
    EOFError,
    OSError,
)
"""What reading a damaged workbook ends with."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TELLING = re.compile(rb"<(?:\w+:)?(?:f|mergeCell)[ />]")
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_STEP = 1 << 20


@dataclass
class Unsaid:
    """Cells that are there and say nothing: (row, column) → why, both counted from 1. ``merged``: those of
    them that a merged range covers, with its first."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def rows(self) -> set[int]:
        """Rows with a formula that has no value: a row of them alone is a row."""
        return {row for (row, _), why in self.cells.items() if why is NO_VALUE}

    def by_column(self, width: int) -> Iterator[tuple[int, dict[int, str]]]:
        """Column → the rows of its cells, and why."""
        columns: dict[int, dict[int, str]] = {}
        for (row, column), why in self.cells.items():
            if column <= width and row > 1:
                columns.setdefault(column, {})[row] = why
        yield from columns.items()


def sizes(data: bytes) -> dict[str, int]:
    """Bytes that each part of the workbook unpacks to; no more than that is ever unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {part.filename: part.file_size for part in archive.infolist()}


def parts(data: bytes) -> dict[str, str]:
    """Name of a sheet → the part of the workbook that holds it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        except KeyError:  # a workbook whose parts bear other names is read without what they would tell
            return {}
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in links}
    return {sheet.get("name", ""): targets.get(sheet.get(_LINK), "") for sheet in book.iter(f"{_MAIN}sheet")}


def unsaid(data: bytes, part: str) -> Unsaid:
    """The cells of a sheet that hold a formula without a value, and those that a merged range covers."""
    result = Unsaid()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if part not in archive.namelist() or not _tells(archive, part):
            return result
        with archive.open(part) as sheet:
            _collect(sheet, result)  # type: ignore[arg-type]
    return result


def _tells(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a sheet has any formula or merged range: most have none, and are not parsed twice."""
    with archive.open(part) as sheet:
        last = b""
        while step := sheet.read(_STEP):
            if _TELLING.search(last + step):
                return True
            last = step[-40:]
    return False


def _collect(sheet: io.BufferedIOBase, result: Unsaid) -> None:
    filled: set[tuple[int, int]] = set()
    ranges: list[str] = []
    for _, element in ElementTree.iterparse(sheet):
        if element.tag == f"{_MAIN}c":
            place = _place(element.get("r", ""))
            value = element.find(f"{_MAIN}v")
            if element.find(f"{_MAIN}f") is not None and (value is None or not value.text):
                if place and element.get("t") != "str":  # a text that is empty was computed
                    result.cells[place] = NO_VALUE
            elif place and len(element):
                filled.add(place)
        elif element.tag == f"{_MAIN}row":
            element.clear()
        elif element.tag == f"{_MAIN}mergeCell":
            ranges.append(element.get("ref", ""))
    for covered in ranges:
        _merged(covered, filled, result)


def _merged(covered: str, filled: set[tuple[int, int]], result: Unsaid) -> None:
    """The cells of a merged range beside its first, where that has a value; of a whole column merged by
    accident no more than the rows that are there."""
    ends = [_place(end) for end in covered.split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] not in filled:
        return
    (top, left), (bottom, right) = ends[0], ends[1]
    bottom = min(bottom, max(row for row, _ in filled))
    for row in range(top, bottom + 1):
        for column in range(left, min(right, left + 1_000) + 1):
            if (row, column) not in filled:
                result.cells[row, column] = MERGED
                result.merged[row, column] = (top, left)


def _place(name: str) -> tuple[int, int] | None:
    """B12 → row 12, column 2."""
    found = _PLACE.fullmatch(name)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column
