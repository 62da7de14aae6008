"""Files, sheets and columns under a user's own names: read where they differ in blanks alone, proposed where
they mean a table or column, and never met with no work items and no word."""

from pathlib import Path

import pandas as pd
import pytest

from vmo_helpers import sources
from vmo_helpers.cli.main import main
from vmo_helpers.contract.names import column_meant, columns_meant, table_meant
from vmo_helpers.contract.schema import TABLES

ITEMS = pd.DataFrame({"item_id": ["E1"], "title": ["One"], "level": ["epic"], "created_at": ["2026-01-01"]})
OWN = ITEMS.set_axis(["Epic-ID", "Titel", "Ebene", "Angelegt am"], axis="columns")

MEANT = {
    "work_items": "Epic-ID item_id|Issue key item_id|Projekt-Nr. item_id|ID item_id|Summary title|"
    "Epic Name title|Created created_at|Creation date created_at|Angelegt am created_at|Team Name team|"
    "Ebene level|"
    "Parent Epic parent_id|Wertstrom value_stream_id|Geplantes Ende planned_end|Fällig am planned_end|"
    "Sprint -|Status -|🚀 -",
    "transitions": "Issue Key item_id|Epic item_id|Datum at|Zeitpunkt at|New Status to_state|Status to_state|"
    "From from_state|Neuer Status to_state",
    "states": "Status state|Zustand state|Category class|Klasse class",
    "status_reports": "Project item_id|Report date at|RAG overall|Ampel overall|Termine schedule|"
    "Kosten budget",
    "benefits": "Benefit ID benefit_id|Kennzahl metric_id|KPI metric_id|Zielwert target|"
    "Ausgangswert baseline",
    "key_results": "KR ID kr_id|Key result title|Objective objective_id",
    "spend": "Month period|Monat period|Betrag amount|Epic item_id",
}


@pytest.mark.parametrize(
    ("table", "header", "wanted"),
    [(table, *one.rsplit(" ", 1)) for table, told in MEANT.items() for one in told.split("|")],
)
def test_the_column_that_a_header_means(table: str, header: str, wanted: str) -> None:
    assert (column_meant(table, header) or "-") == wanted


@pytest.mark.parametrize("table", TABLES)
def test_the_names_of_the_contract_mean_themselves(table: str) -> None:
    names = [*TABLES[table].names]
    assert columns_meant(table, names) == {name: name for name in names}
    assert columns_meant(table, [name.replace("_", " ").title() for name in names]).keys() == set(names)
    assert table_meant(table) == table_meant(table.replace("_", " ").title()) == table


def test_the_surest_header_takes_a_column_and_none_takes_two() -> None:
    assert columns_meant("key_results", ["Key Result", "KR ID", "Objective"]) == {
        "kr_id": "KR ID",
        "objective_id": "Objective",
        "title": "Key Result",
    }
    assert columns_meant("work_items", ["Epic", "Key", "Created", "Created at"]) == {
        "item_id": "Key",
        "title": "Epic",
        "created_at": "Created at",
    }


@pytest.mark.parametrize("name", ["Work Items", "work-items", " WORK ITEMS "])
def test_blanks_dashes_and_case_make_no_other_table(tmp_path: Path, name: str) -> None:
    ITEMS.to_csv(tmp_path / f"{name}.csv", index=False)
    ITEMS.to_excel(tmp_path / "book.xlsx", sheet_name=name.strip(), index=False)
    (tmp_path / "alone").mkdir()
    assert len(sources.load(tmp_path / "book.xlsx").tables["work_items"]) == 1
    (tmp_path / "book.xlsx").unlink()
    assert len(sources.load(tmp_path).tables["work_items"]) == 1


@pytest.mark.parametrize("sheet", ["Epics", "Projekte", "Tabelle1"])
def test_own_names_are_proposed_and_refused(
    tmp_path: Path, sheet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = pd.DataFrame({"value_stream_id": ["V"], "name": ["Stream"]})
    for place in ("folder", "book.xlsx"):
        where = tmp_path / place
        if place == "folder":
            where.mkdir()
            OWN.to_csv(where / f"{sheet}.csv", index=False)
            streams.to_csv(where / "value_streams.csv", index=False)
        else:
            with pd.ExcelWriter(where) as book:
                OWN.to_excel(book, sheet_name=sheet, index=False)
                streams.to_excel(book, sheet_name="Value Streams", index=False)
        assert main(["check", str(where)]) == 2
        told = capsys.readouterr().err
        assert "holds no work_items among its tables" in told and f"{sheet}" in told
        assert ("did you mean work_items?" in told) == (sheet != "Tabelle1")


def test_each_own_column_is_proposed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    OWN.to_csv(tmp_path / "work_items.csv", index=False)
    assert main(["check", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    for pair in (
        "item_id by “Epic-ID”",
        "title by “Titel”",
        "level by “Ebene”",
        "created_at by “Angelegt am”",
    ):
        assert pair in told
    OWN.rename(columns={"Titel": "title"}).to_csv(tmp_path / "work_items.csv", index=False)
    assert main(["check", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "column item_id: the column is missing; did you mean it by Epic-ID?" in told


def test_a_portfolio_without_work_items_and_without_strangers_is_one(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("metric_id,name,unit,direction,kind\nM,Metric,%,increase,outcome\n")
    assert sources.load(tmp_path).tables["work_items"].empty
