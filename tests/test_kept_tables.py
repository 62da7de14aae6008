"""Tables that a review leaves: short ones as CSV, long ones as Parquet with the same cells."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from vmo_helpers.deck.compact import parquet_bytes
from vmo_helpers.deck.results import Results, csv_text
from vmo_helpers.results import tables

FRAME = pd.DataFrame(
    {
        "item_id": ["E-1", "=E-2", "E-3", None],
        "title": pd.Categorical(["Größe", "@x", None, "plain"]),
        "at": pd.to_datetime(
            ["2026-03-14T10:00:00.700+01:00", None, "1969-12-31T23:59:59.5Z", None], utc=True
        ),
        "day": pd.to_datetime(["2026-03-14", None, "1969-12-31", "2026-10-25"]),
        "flag": pd.array([True, None, False, True], dtype="boolean"),
        "sure": [True, False, True, False],
        "count": pd.array([1, None, 3, 4], dtype="Int64"),
        "part": [1 / 3, np.inf, -0.0, 12345.0],
        "mixed": [1, "-5.2", None, "-x"],
        "+head": ["a", "b", "a", "\tb"],
    }
)


TYPED = ("at", "day", "flag", "sure", "count", "part")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is longer than two rows is long."""
    monkeypatch.setattr(tables, "MOST_CSV_ROWS", 2)


def test_a_long_table_is_parquet_and_says_so_where_it_is_named(short: None, tmp_path: Path) -> None:
    results = Results(tmp_path, "flow_analysis")
    results.table("items", FRAME.head(2))
    assert [path.name for path in (tmp_path / "tables/flow_analysis").iterdir()] == ["items.csv"]
    results.table("items", FRAME)
    assert [path.name for path in (tmp_path / "tables/flow_analysis").iterdir()] == ["items.parquet"]
    assert results.file_of("items", 2) == "tables/flow_analysis/items.csv"
    assert results.file_of("items", 3) == "tables/flow_analysis/items.parquet"


def test_parquet_has_the_cells_of_the_csv() -> None:
    as_csv = tables.Kept(tables.CSV, csv_text(FRAME).encode()).texts().to_pydict()
    as_parquet = tables.Kept(tables.PARQUET, parquet_bytes(FRAME)).texts().to_pydict()
    numbers = ("count", "part")
    for name in numbers:
        assert [None if x is None else float(x) for x in as_csv.pop(name)] == [
            None if x is None else float(x) for x in as_parquet.pop(name)
        ]
    assert as_csv == as_parquet


def test_parquet_has_types_repeats_byte_for_byte_and_is_harmless() -> None:
    data = parquet_bytes(FRAME)
    assert data == parquet_bytes(FRAME.copy())
    read = pq.read_table(io.BytesIO(data))
    kinds = {
        name: str(read.schema.field(name).type) for name in ("at", "day", "flag", "sure", "count", "part")
    }
    assert kinds == {
        "at": "timestamp[ms, tz=UTC]",
        "day": "date32[day]",
        "flag": "bool",
        "sure": "bool",
        "count": "int64",
        "part": "double",
    }
    assert read["item_id"].to_pylist() == ["E-1", "'=E-2", "E-3", None]
    assert read["part"].to_pylist() == [0.333333, None, 0.0, 12345.0]
    assert "'+head" in read.column_names


def test_no_row_is_a_table_too() -> None:
    assert tables.Kept(tables.PARQUET, parquet_bytes(FRAME.head(0))).texts().num_rows == 0


@pytest.mark.parametrize("form", tables.FORMS)
def test_a_table_is_read_back_only_as_it_was_written(form: str, tmp_path: Path) -> None:
    data = csv_text(FRAME).encode() if form == tables.CSV else parquet_bytes(FRAME)
    file = tmp_path / f"tables/one/items{form}"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    digests = {f"tables/one/items{form}": hashlib.sha256(data).hexdigest()}
    kept = tables.kept(tmp_path, digests, "tables/one/items")
    assert kept is not None
    assert kept.texts().num_rows == len(FRAME)
    assert tables.kept(tmp_path, {}, "tables/one/items") is None
    file.write_bytes(data[:-9] + b"X" + data[-8:])
    assert tables.kept(tmp_path, digests, "tables/one/items") is None
    file.unlink()
    assert tables.kept(tmp_path, digests, "tables/one/items") is None
