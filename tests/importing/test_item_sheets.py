"""Sheets of items with dates that are no states among those that are, in the languages of the readers; and
what is told of columns and sheets that nothing takes."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from tests.importing.sheets import book, run, table
from vmo_helpers.contract.dated import NO_COLUMN, date_meant
from vmo_helpers.contract.words import words_of

COLUMNS = ("created_at", "requested_at", "planned_end", "delivered_at")
SHEETS = {
    "English": "ID|Name|Registered on|Asked for on|Target date|Went live|Last updated|In analysis|In build|"
    "Done",
    "short": "Key|Title|Created|Requested|Due|Delivered|Updated|Analysis|Test|Closed",
    "German": "Nummer|Titel|Erfasst am|Beantragt am|Zieltermin|Ausgeliefert am|Geändert am|In Analyse|"
    "In Umsetzung|Fertig",
    "French": "Clé|Titre|Créé le|Date de la demande|Fin prévue|Mise en production|Mis à jour le|En analyse|"
    "En cours|Terminé",
    "Spanish": "Clave|Título|Fecha de alta|Solicitado el|Fecha límite|Entregado el|Actualizado el|"
    "En análisis|En curso|Finalizado",
    "without accents": "Cle|Titre|Date de creation|Demande le|Date d'echeance|Livre le|Modifie le|"
    "En analyse|En cours|Ferme",
}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _items(header: str, count: int = 3) -> list[list[object]]:
    names: list[object] = list(header.split("|"))
    days = (0, -9, 85, 91, 95, 10, 30, 80)  # from the day on which the item was registered
    rows = [
        [f"E{item}", f"Epic {item}", *(dt.date(2025, 1, 6) + dt.timedelta(7 * item + day) for day in days)]
        for item in range(count)
    ]
    return [names, *rows]


@pytest.mark.parametrize("header", SHEETS.values(), ids=SHEETS)
def test_dates_of_asking_creation_delivery_and_plan_are_columns_and_no_states(
    tmp_path: Path, out: Path, header: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(book(tmp_path / "b.xlsx", Epics=_items(header)), out, "--propose-map") == 0
    first = table(out, "work_items")[0]
    assert [first[name] for name in COLUMNS] == ["2025-01-06", "2024-12-28", "2025-04-01", "2025-04-07"]
    assert [row["state"] for row in table(out, "states")] == header.split("|")[-3:]
    assert [row["class"] for row in table(out, "states")][-1] == "done"
    assert f"not read: {header.split('|')[6]} (b.xlsx, sheet Epics)" in capsys.readouterr().out


def test_where_nothing_else_ends_the_board_delivery_does(tmp_path: Path, out: Path) -> None:
    rows = [row[:-1] for row in _items("ID|Name|Created|Asked on|Due|Went live|Updated|Analysis|Build|-")]
    assert run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map") == 0
    board = [(row["state"], row["class"]) for row in table(out, "states")]
    assert board == [("Analysis", "active"), ("Build", "active"), ("Went live", "done")]
    assert [row["delivered_at"] for row in table(out, "work_items")] == [
        "2025-04-07",
        "2025-04-14",
        "2025-04-21",
    ]


def test_one_state_and_an_end_are_a_board(tmp_path: Path, out: Path) -> None:
    rows = [
        [row[at] for at in (0, 1, 2, 3, 8, 9)]
        for row in _items("ID|Name|Created|Asked on|-|-|-|-|In build|Done")
    ]
    assert run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map") == 0
    assert [row["state"] for row in table(out, "states")] == ["In build", "Done"]


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        *(
            (one, None)
            for one in ("Live", "Released", "Planned", "Submitted", "Scheduled for build", "In Betrieb")
        ),
        *((one, "delivered_at") for one in ("Live since", "Released on", "In Betrieb seit", "Go-live")),
        *(
            (one, "planned_end")
            for one in ("Target go-live", "ETA", "Voraussichtliches Ende", "Fecha objetivo")
        ),
        *(
            (one, NO_COLUMN)
            for one in ("Planned start", "Début prévu", "Baseline end", "Date", "Next review")
        ),
    ],
)
def test_a_state_is_told_from_a_date_by_what_stands_beside_it(header: str, meant: str | None) -> None:
    assert date_meant(words_of(header)) == meant


def test_what_nothing_takes_is_told_once_and_goes_when_the_map_names_it(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Objective", "Key result", "Period", "Baseline", "Target", "Sponsor", "T-shirt size", "Empty", None],
        ["Grow", "More", "Q1 2026", 1, 2, "Sales", "M", None, "stray"],
    ]
    source = book(tmp_path / "b.xlsx", OKRs=rows, Lists=[["Red", "Green"], ["x", "y"]])
    assert run(source, out, "--propose-map") == 0
    told = capsys.readouterr().out
    left = (
        "not read: Sponsor, T-shirt size, column I (b.xlsx, sheet OKRs); map them in map.toml, or leave them"
    )
    assert told.count("not read") == 2 and left in told and "1 sheet not read (Lists)" in told
    map_file = out / "map.toml"
    text = map_file.read_text(encoding="utf-8").replace(
        'title = "Key result"', 'title = "Key result"\nowner = "Sponsor"'
    )
    assert tomllib.loads(text)["tables"]["key_results"]["columns"]["owner"] == "Sponsor"
    map_file.write_text(text, encoding="utf-8")
    assert run(source, out) == 0
    assert "not read: T-shirt size, column I (b.xlsx" in capsys.readouterr().out
