"""What was decided, written into the portfolio's own decisions table: a row added, or the empty cells of one
filled.

Nothing that stands is lost: other rows keep their bytes, and a cell that says something is said otherwise
only by a correction, which keeps in the row what it said. The file is replaced whole under a lock, so that
two writers lose neither's row.
"""

from __future__ import annotations

import csv
import errno
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from vmo_helpers.review.errors import NotWritable, Refused, nearest, not_writable
from vmo_helpers.review.shelf import folders, locks

TABLE = "decisions"
KEY = "decision_id"
CORRECTIONS = "corrections"
LOCK = ".decisions.lock"
LOCK_WAIT_SECONDS = 30.0
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_RECORD = re.compile(r'(?:"(?:[^"]|"")*"|[^"\r\n])*(?:\r\n|\r|\n|$)')


def record(
    data: Path, given: Mapping[str, str], *, corrected: str | None = None
) -> tuple[Path, dict[str, str], bool]:
    """Write one decision; returns the file, the whole row as it now stands, and whether the row is new.

    ``given`` maps columns of the contract to texts. With the ``decision_id`` of a row that is there its empty
    cells are filled; otherwise a row is added, under that id or the next free one. ``corrected``: the day of
    a correction, by which cells that stand are changed or emptied. Raises Refused where the table is no CSV
    or Parquet file in a folder, where a cell would be overwritten, or where a new row lacks its question;
    NotWritable.
    """
    if not data.is_dir():
        raise Refused(
            f"{data} is no folder of tables. Decisions can be recorded in a decisions.csv or "
            "decisions.parquet; in a workbook or a "
            f"database, add the row to its table {TABLE!r} yourself."
        )
    with _locked(data):
        path = _table(data)
        write = _parquet if path.suffix.lower() == ".parquet" else _csv
        try:
            return write(path, given, corrected)
        except OSError as error:
            raise not_writable(f"{path} cannot be written", error) from error


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    try:
        with locks.held(data / LOCK, wait_seconds=LOCK_WAIT_SECONDS, note="vmo decide"):
            yield
    except locks.Held as error:
        raise NotWritable(
            f"The decisions of {data} are locked by another command. Nothing was changed; try again."
        ) from error
    except OSError as error:
        if error.errno in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}:
            raise NotWritable(
                f"The file system of {data} has no file locks, so two writers could not be told apart."
            ) from error
        raise not_writable(f"{data} cannot be written to", error) from error


def _table(data: Path) -> Path:
    """The file of the decisions table; the CSV file to be made where there is none."""
    found = [
        path
        for path in data.iterdir()
        if path.stem.lower() == TABLE and path.suffix.lower() in (".csv", ".parquet")
    ]
    if len(found) > 1:
        raise Refused(
            f"{data} has {' and '.join(sorted(path.name for path in found))}; one of them must go first"
        )
    return found[0].resolve() if found else data / f"{TABLE}.csv"


def _filled(row: dict[str, str], given: Mapping[str, str], corrected: str | None) -> dict[str, str]:
    """The row with its empty cells filled; Refused where one says something else and nothing is corrected."""
    taken = [name for name, value in given.items() if row.get(name) and row[name] != value]
    if taken and corrected is None:
        says = "; ".join(f"{name} is {row[name]!r}" for name in taken)
        raise Refused(
            f"{row[KEY]} says otherwise already ({says}); what was decided since is a decision of its own, "
            "and a mistaken entry is mended with --correct"
        )
    if not taken:
        return {**row, **given}
    was = f"{corrected}: " + ", ".join(f"{name} was {row[name]!r}" for name in taken)
    return {**row, **given, CORRECTIONS: f"{row[CORRECTIONS]}; {was}" if row.get(CORRECTIONS) else was}


def _new(given: Mapping[str, str], ids: Sequence[str]) -> dict[str, str]:
    if not given.get("question"):
        if KEY in given:
            raise Refused(
                f"there is no decision {given[KEY]!r}{nearest(given[KEY], ids)}; a new one needs --question"
            )
        raise Refused("a new decision needs --question; the outcome of one that was asked needs its --id")
    return {KEY: _next_id(ids), **given}


def _next_id(ids: Sequence[str]) -> str:
    """D-004 after D-003: the largest number under the commonest prefix, one more, with as many digits."""
    numbered = [match for match in (re.fullmatch(r"(.*?)(\d+)", one) for one in ids) if match]
    if not numbered:
        return "D-001"
    prefixes = [match[1] for match in numbered]
    prefix = max(prefixes, key=prefixes.count)
    numbers = [match[2] for match in numbered if match[1] == prefix]
    return f"{prefix}{max(map(int, numbers)) + 1:0{max(map(len, numbers))}d}"


def _csv(path: Path, given: Mapping[str, str], corrected: str | None) -> tuple[Path, dict[str, str], bool]:
    from vmo_helpers.contract.schema import TABLES
    from vmo_helpers.tables.shapes import fold

    text, encoding = _text(path, ",".join(TABLES[TABLE].names) + "\n")
    lines = [match[0] for match in _RECORD.finditer(text) if match[0]]
    if text.startswith("sep="):
        raise Refused(f"{path.name} begins with a sep= line; save it as plain CSV first")
    if "".join(lines) != text:
        raise Refused(f"{path.name} has a quotation mark that is never closed")
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    separator = max(",;\t|", key=lines[0].count)
    known = {fold(name): name for name in TABLES[TABLE].names}
    columns = [known.get(fold(cell), cell.strip()) for cell in _cells(lines[0], separator)]
    if KEY not in columns:
        raise Refused(f"{path.name} has no column {KEY}")
    rows = [
        dict(zip(columns, _cells(line, separator), strict=False)) if line.strip() else {} for line in lines
    ]
    ids = [row.get(KEY, "").strip() for row in rows[1:]]
    place = ids.index(given[KEY]) + 1 if given.get(KEY) in ids else None
    row = _filled(rows[place], given, corrected) if place else _new(given, [one for one in ids if one])
    missing = [name for name in row if name not in columns]
    if missing:  # every record gets the new cells, or the file would be ragged
        columns += missing
        lines = [
            _with(line, separator, missing if number == 0 else [""] * len(missing))
            for number, line in enumerate(lines)
        ]
    written = _line([_harmless(row.get(name, "")) for name in columns], separator, end)
    if place:
        lines[place] = written
    else:
        lines[-1] = lines[-1] if lines[-1].endswith(("\n", "\r")) else lines[-1] + end
        lines.append(written)
    try:
        folders.replace(path, "".join(lines), encoding=encoding)
    except UnicodeEncodeError as error:
        raise Refused(
            f"{path.name} is in {encoding}, which has no {error.object[error.start]!r}; save it as UTF-8 "
            "first"
        ) from error
    return path, row, place is None


def _text(path: Path, empty: str) -> tuple[str, str]:
    """The file's text and its encoding, to be written in the same."""
    if not path.exists():
        return empty, "utf-8"
    content = path.read_bytes()
    if not content.strip():
        return empty, "utf-8"
    if content.startswith(b"\xef\xbb\xbf"):
        return content.decode("utf-8-sig"), "utf-8-sig"
    for encoding in ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise Refused(f"{path.name} is in an encoding that rows cannot be added to; save it as UTF-8 first")


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])


def _line(cells: Sequence[str], separator: str, end: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerow(cells)
    return out.getvalue()


def _with(line: str, separator: str, more: Sequence[str]) -> str:
    body = line.rstrip("\r\n")
    return f"{body}{separator}{separator.join(more)}{line[len(body) :]}" if body.strip() else line


def _harmless(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _parquet(
    path: Path, given: Mapping[str, str], corrected: str | None
) -> tuple[Path, dict[str, str], bool]:
    import pyarrow as pa
    from pyarrow import parquet

    table = parquet.read_table(path)
    rows = table.to_pylist()
    ids = [str(row.get(KEY) or "") for row in rows]
    place = ids.index(given[KEY]) if given.get(KEY) in ids else None
    shown = {name: _shown(value) for name, value in rows[place].items()} if place is not None else {}
    row = _filled(shown, given, corrected) if place is not None else _new(given, [one for one in ids if one])
    schema = table.schema
    for name in row:
        if name not in schema.names:
            schema = schema.append(pa.field(name, pa.string()))
    typed = {
        name: _typed(row[name], schema.field(name).type)
        for name in row
        if name in given or name == CORRECTIONS or place is None
    }
    if place is None:
        rows.append(typed)
    else:
        rows[place] = {**rows[place], **typed}
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    folders.replace(path, sink.getvalue().to_pybytes())
    return path, row, place is None


def _shown(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _typed(text: str, kind: Any) -> Any:
    """A text as a column of this type holds it."""
    import pandas as pd
    import pyarrow as pa

    if not text:
        return None
    if pa.types.is_timestamp(kind):
        stamp = pd.Timestamp(text)
        if kind.tz is None:
            return (
                stamp.tz_convert("UTC").tz_localize(None).to_pydatetime()
                if stamp.tzinfo
                else stamp.to_pydatetime()
            )
        return (stamp if stamp.tzinfo else stamp.tz_localize(kind.tz)).to_pydatetime()
    return pd.Timestamp(text).date() if pa.types.is_date(kind) else text
