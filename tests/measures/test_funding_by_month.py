"""Budgets and spend with a column a month say what the same amounts say in a row each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from vmo_helpers.measures import funding
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.sources import load
from vmo_helpers.window import review_window

ITEMS = "item_id,title,level,created_at,value_stream_id,started_at,finished_at\n" + "".join(
    f"E{n},One,epic,2025-01-01,{stream},2025-01-02,2025-12-0{n}\n" for n, stream in ((1, "S"), (2, "T"))
)
FACTS = {"budgets": {"S": (10, 20, 30), "T": (1, 2, None)}, "spend": {"S": (9, 25, None), "T": (3, 3, 3)}}
AS_OF = pd.Timestamp("2025-12-31T23:00:00Z")
MONTHS = ("2025-10", "2025-11", "2025-12")


@pytest.fixture
def wide(tmp_path: Path) -> Portfolio:
    return _portfolio(
        tmp_path / "wide",
        "budget_id,value_stream_id,horizon,funding_type," + ",".join(MONTHS),
        [f"B{one},{one},investing,project,{_cells(cells)}" for one, cells in FACTS["budgets"].items()],
        "value_stream_id," + ",".join(MONTHS),
        [f"{one},{_cells(cells)}" for one, cells in FACTS["spend"].items()],
    )


@pytest.fixture
def long(tmp_path: Path) -> Portfolio:
    return _portfolio(
        tmp_path / "long",
        "budget_id,value_stream_id,horizon,funding_type,from,to,amount",
        [
            f"B{one} {month},{one},investing,project,{month}-01,{pd.Period(month).end_time.date()},{cell}"
            for one, cells in FACTS["budgets"].items()
            for month, cell in zip(MONTHS, cells, strict=True)
            if cell
        ],
        "value_stream_id,period,amount",
        [
            f"{one},{month}-01,{cell}"
            for one, cells in FACTS["spend"].items()
            for month, cell in zip(MONTHS, cells, strict=True)
            if cell
        ],
    )


def _cells(cells: tuple[int | None, ...]) -> str:
    return ",".join("" if cell is None else str(cell) for cell in cells)


def _portfolio(folder: Path, budget: str, budgets: list[str], spent: str, spend: list[str]) -> Portfolio:
    folder.mkdir()
    (folder / "work_items.csv").write_text(ITEMS)
    (folder / "budgets.csv").write_text("\n".join([budget, *budgets]) + "\n")
    (folder / "spend.csv").write_text("\n".join([spent, *spend]) + "\n")
    return load(folder).known_at(AS_OF)


@pytest.mark.parametrize("first", ["2025-10-01", "2025-11-15"])
def test_a_column_a_month_is_a_row_a_month_in_every_table_of_funding(
    wide: Portfolio, long: Portfolio, first: str
) -> None:
    for measure in (
        funding.streams,
        funding.budgets,
        funding.quarters,
        lambda made, window: funding.guardrails(made, window, guardrail_tolerance=0.1),
    ):
        tables = [measure(made, review_window(AS_OF, first, "UTC")) for made in (wide, long)]
        tables = [one.reset_index(drop=True) for one in tables]
        pd.testing.assert_frame_equal(*tables)
        assert len(tables[0])
    by_stream = funding.streams(wide, review_window(AS_OF, "2025-10-01", "UTC"))
    found = by_stream.set_index("value_stream_id")
    assert found["budget"].to_dict() == {"S": 60, "T": 3} and found["spend"].to_dict() == {"S": 34, "T": 9}
