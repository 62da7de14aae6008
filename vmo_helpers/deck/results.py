"""What a deck leaves in the results folder and reads from the review before: figures, findings, tables.

Same input, same bytes: keys in a fixed order, UTF-8, "\\n", floats rounded to ten digits in JSON and six
decimals in tables.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.deck.compact import parquet_bytes
from vmo_helpers.deck.harmless import safe
from vmo_helpers.results import tables
from vmo_helpers.results.parts import checked_name
from vmo_helpers.style import wording


class Previous:
    """The review before: its figures by key, its findings by id. Without a folder both are empty."""

    def __init__(self, folder: str | Path | None) -> None:
        self.figures: dict[str, dict[str, Any]] = {}
        self.findings: dict[str, dict[str, Any]] = {}
        if folder is None:
            return
        where = Path(folder)
        if not where.is_dir():
            raise ValueError(f"the previous review {where.name!r} is not a folder")
        self.figures = _json(where / "figures.json", {})
        self.findings = {entry["id"]: entry for entry in _json(where / "findings.json", [])}

    @property
    def day(self) -> str | None:
        """The last day that the review before looked at."""
        return max((str(entry["to"]) for entry in self.figures.values() if entry.get("to")), default=None)


class Results:
    """The results folder of one notebook; without a folder nothing is written."""

    def __init__(self, folder: str | Path | None, notebook: str) -> None:
        self.folder = None if folder is None else Path(folder)
        self.notebook = checked_name(notebook, "the notebook")

    def file_of(self, name: str, rows: int) -> str:
        """Where a table's rows are, relative to the review's folder."""
        stem = f"tables/{self.notebook}/{checked_name(name, 'the table')}"
        return f"{stem}{tables.form_of(rows)}"

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Writes ``tables/<notebook>/<name>.csv``, harmless in a spreadsheet; as ``.parquet`` where it is
        longer than ``tables.MOST_CSV_ROWS``."""
        file = self.file_of(name, len(frame))
        if self.folder is None:
            return
        path = self.folder / file
        for form in tables.FORMS:  # of a run before into the same folder
            path.with_suffix(form).unlink(missing_ok=True)
        if path.suffix == tables.CSV:
            _write(path, csv_text(frame))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(parquet_bytes(frame))

    def close(self, figures: Mapping[str, Any], findings: list[dict[str, Any]]) -> None:
        """Writes ``figures/<notebook>.json`` and ``findings/<notebook>.json``, which a review joins over its
        notebooks."""
        if self.folder is not None:
            _write(self.folder / "figures" / f"{self.notebook}.json", json_text(figures))
            _write(self.folder / "findings" / f"{self.notebook}.json", json_text(findings))


def json_text(value: Any) -> str:
    """JSON of one key a line, in the order given."""
    return json.dumps(plain_json(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def plain_json(value: Any) -> Any:
    """Numbers of numpy and pandas as Python's, unknown as null, instants in ISO 8601, floats to twelve digits
    and ten decimals: what lies beyond differs from one processor to another."""
    if isinstance(value, Enum):
        return plain_json(value.value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.Index)):
        return [plain_json(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain_json(item) for item in value), key=str)
    if not wording.known(value):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return round(float(f"{value:.12g}"), 10) if math.isfinite(value) else None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as CSV: a text that a spreadsheet would run as a formula gets a leading apostrophe, column
    names too."""
    written = io.StringIO(newline="")
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow([safe(str(name)) for name in frame.columns])
    lines.writerows(zip(*(_written(frame.iloc[:, place]) for place in range(frame.shape[1])), strict=True))
    return written.getvalue()


def _written(values: pd.Series) -> list[Any]:
    """The cells of a column as they stand in a file; "" where nothing is known."""
    kind = values.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        values = values.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    elif pd.api.types.is_datetime64_dtype(kind):
        values = values.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_bool_dtype(kind):
        values = values.map({True: "true", False: "false"})
    elif pd.api.types.is_float_dtype(kind):
        return _numbers(values.to_numpy(dtype=np.float64, na_value=np.nan))
    known, cells = values.notna().to_numpy(), values.tolist()
    if not pd.api.types.is_numeric_dtype(kind):
        cells = [safe(cell) for cell in cells]
    return cells if known.all() else [cell if there else "" for cell, there in zip(cells, known, strict=True)]


def _numbers(values: npt.NDArray[np.float64]) -> list[Any]:
    """Six decimals; none where all are whole."""
    known = np.isfinite(values)
    rounded = values.round(6)
    seen = rounded[known]
    whole = bool((seen == seen.round()).all() and (np.abs(seen) < 2**53).all())
    cells = np.where(known, rounded, 0).astype(np.int64).tolist() if whole else rounded.tolist()
    return cells if known.all() else [cell if there else "" for cell, there in zip(cells, known, strict=True)]


def _json(path: Path, empty: Any) -> Any:
    if not path.is_file():
        return empty
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
