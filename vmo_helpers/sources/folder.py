"""A folder with one file a table, CSV or Parquet, mixed as one likes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from vmo_helpers.contract.schema import TABLES, Kind
from vmo_helpers.portfolio import Note
from vmo_helpers.sources import delimited, limits
from vmo_helpers.sources.found import Found, NoTable, table_named
from vmo_helpers.sources.importing import kept
from vmo_helpers.tables.raw import Raw, of_arrow

SUFFIXES = (".csv", ".parquet")
# files that might hold a table and are not read: named, for they may be meant as one
TELLING = (*SUFFIXES, ".tsv", ".txt", ".xls", ".xlsx", ".gz", ".zip", ".feather", ".arrow")


def read(folder: Path, limit: int) -> Found:
    """All tables of the contract in a folder; files that almost bear a table's name are noted."""
    found = Found()
    by_table: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~")):
            continue
        table, suffix = table_named(path.stem), path.suffix.lower()
        if table is not None and suffix in SUFFIXES:
            by_table.setdefault(table, []).append(path)
        elif suffix in TELLING:
            _stranger(path, found)
    for table, paths in by_table.items():
        if len(paths) > 1:
            names = " and ".join(path.name for path in paths)
            found.refuse(table, f"is there twice, as {names}: expected one of them", table)
        else:
            _read_file(paths[0], table, found, limit)
    notes, problems = kept.notes(folder)
    found.notes += notes
    found.problems += problems
    found.nothing(folder.resolve().name)
    return found


def _stranger(path: Path, found: Found) -> None:
    stem = path.name.split(".")[0].strip().lower()
    if table := table_named(stem):
        what = f"{path.name} was not read: expected {table}.csv or {table}.parquet"
        found.notes.append(Note("warning", table, what))
    else:
        found.stranger(path.name, stem)


def _read_file(path: Path, table: str, found: Found, limit: int) -> None:
    try:
        data = limits.file_bytes(path, limit)
        raw = (
            _parquet(data, table, path.name, limit)
            if path.suffix.lower() == ".parquet"
            else _csv(data, table, path.name, found)
        )
    except NoTable as error:
        found.refuse(table, str(error), path.name)
    except OSError as error:
        found.refuse(table, f"cannot be read: {error.strerror or error}", path.name)
    else:
        found.raws.append(raw)
        found.files.append({"name": path.name, "sha256": hashlib.sha256(data).hexdigest(), "rows": len(raw)})


def _csv(data: bytes, table: str, source: str, found: Found) -> Raw:
    content = delimited.read(data, table, source)
    found.problems += content.problems
    found.notes += content.notes
    return content.raw


def _parquet(data: bytes, table: str, source: str, limit: int) -> Raw:
    if not data.startswith(b"PAR1"):
        raise NoTable("is no Parquet file" if data else "is empty: expected a Parquet file")
    try:
        content = _columns(pa.BufferReader(data), table, limit)
        content.validate(full=True)  # texts that are not UTF-8
    except (pa.ArrowException, OSError) as error:
        raise NoTable(
            f"is a damaged Parquet file (cut off while it was copied?): {str(error).splitlines()[0]}"
        ) from None
    return of_arrow(table, content, source=source)


def _columns(file: Any, table: str, limit: int) -> Any:
    """All columns of a Parquet file; names that repeat are read in codes, as the file keeps them."""
    opened = pyarrow.parquet.ParquetFile(file)
    about = opened.metadata
    unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
    unpacked = max(unpacked, about.num_rows * about.num_columns * limits.CELL_BYTES)
    if unpacked > limit:
        raise limits.too_large(f"unpacks to {limits.in_words(unpacked)}", limit)
    texts = {
        field.name
        for field in opened.schema_arrow
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    }
    coded = [
        column.name for column in TABLES[table].columns if column.kind is Kind.NAME and column.name in texts
    ]
    return pyarrow.parquet.ParquetFile(file, metadata=opened.metadata, read_dictionary=coded).read()
