"""What a query of Azure DevOps exports to CSV: a tree of titles, dates of a browser, and no history."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.importing.jira import table
from tests.importing.test_azure_devops import run
from vmo_helpers.cli.main import main
from vmo_helpers.measures import flow
from vmo_helpers.sources import load
from vmo_helpers.sources.importing import trackers
from vmo_helpers.window import Window

HEAD = "ID,Work Item Type,Title 1,Title 2,Assigned To,State,Area Path,Created Date,Changed Date,Closed Date\n"
PERSON = '"Jane Doe <jane@example.com>"'


def _file(folder: Path, *rows: str) -> Path:
    (folder / "query.csv").write_text("\ufeff" + HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return folder / "query.csv"


TREE = (
    f"1,Epic,Checkout,,{PERSON},Active,Shop,8/20/2025 9:00:00 AM,10/1/2025 2:05:00 PM,",
    "2,Feature,,Pay,,Closed,Shop,8/21/2025 9:00:00 AM,9/1/2025 2:05:00 PM,9/1/2025 2:05:00 PM",
    "3,Feature,,Ship,,Closed,Shop,8/21/2025 9:00:00 AM,9/1/2025 2:05:00 PM,",
    f"4,Epic,Returns,,{PERSON},New,Shop,8/22/2025 9:00:00 AM,9/1/2025 2:05:00 PM,",
    "5,Feature,,Label,,New,Shop,8/22/2025 9:00:00 AM,9/1/2025 2:05:00 PM,",
)


def test_a_tree_of_titles_says_parents_and_dates_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = _file(tmp_path, *TREE), tmp_path / "mine"
    assert run(source, out, "--propose-map") == 2
    assert "holds no history" in capsys.readouterr().err
    assert run(source, out, "--propose-map", "--no-history") == 0
    rows = table(out, "work_items")
    assert [(row["title"], row["level"], row["parent_id"]) for row in rows] == [
        ("Checkout", "epic", ""),
        ("Pay", "feature", "1"),
        ("Ship", "feature", "1"),
        ("Returns", "epic", ""),
        ("Label", "feature", "4"),
    ]
    assert [row["created_at"] for row in rows[:2]] == ["2025-08-20T09:00:00Z", "2025-08-21T09:00:00Z"]
    assert [row["finished_at"] for row in rows] == ["", "2025-09-01T14:05:00Z", "", "", ""]
    assert not any(row.get("started_at") for row in rows)  # created is not begun
    whole = "".join(path.read_text() for path in out.iterdir())
    assert "Jane" not in whole and "csv" not in (out / "map.toml").read_text()
    said = [note.sentence for note in load(out).notes]
    assert {f"{trackers.UNBEGUN}: 1", f"{trackers.UNENDED}: 1"} <= set(said)


def test_days_and_months_that_no_date_tells_are_guessed_and_marked_or_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "1,Epic,One,,,Closed,Shop,03/04/2026 09:00,05/04/2026 09:00,04/05/2026 09:00"
    source = _file(
        tmp_path, rows, "2,Epic,Two,,,Closed,Shop,12/03/2026 09:00,01/04/2026 09:00,02/04/2026 09:00"
    )
    assert run(source, tmp_path / "a", "--propose-map", "--no-history") == 0
    assert [row["created_at"][:10] for row in table(tmp_path / "a", "work_items")] == [
        "2026-04-03",
        "2026-03-12",
    ]
    text = (tmp_path / "a" / "map.toml").read_text()
    assert '"csv.dates"' in text and 'dates = "day first"' in text
    mine = tmp_path / "my.toml"
    mine.write_text(text.replace('dates = "day first"', 'dates = "month first"'))
    assert run(source, tmp_path / "b", "--no-history", "--map", str(mine)) == 0
    assert table(tmp_path / "b", "work_items")[1]["created_at"][:10] == "2026-12-03"
    mine.write_text(
        "\n".join(line for line in text.splitlines() if "csv" not in line and "dates" not in line)
    )
    capsys.readouterr()
    assert run(source, tmp_path / "c", "--no-history", "--map", str(mine)) == 2
    assert "no date tells whether days or months come first" in capsys.readouterr().err


def test_work_in_progress_without_any_start_is_unknown(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert run(_file(tmp_path, *TREE), out, "--propose-map", "--no-history") == 0
    (out / "portfolio.toml").write_text('[portfolio]\nname = "x"\nreview_level = "feature"\n')
    end = pd.Timestamp("2025-12-01", tz="UTC")
    portfolio, window = load(out).known_at(end), Window(end - pd.Timedelta(days=364), end)
    read = flow.read(portfolio)
    found = {one.key: one for one in flow.figures(read, flow.items(read, window), window, portfolio)}
    assert found["flow.wip"].value is None and "start" in str(found["flow.wip"].why)
    assert found["flow.finished"].value == 1


def test_check_lists_what_was_guessed_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "1,Epic,One,,,Closed,Shop,03/04/2026 09:00,05/04/2026 09:00,"
    assert run(_file(tmp_path, rows), tmp_path / "a", "--propose-map", "--no-history") == 0
    capsys.readouterr()
    assert main(["check", str(tmp_path / "a")]) == 0
    assert "csv.dates is day first" in capsys.readouterr().out


LANGUAGES = {
    "German": (
        "ID;Arbeitselementtyp;Titel 1;Titel 2;Zugewiesen zu;Zustand;Bereichspfad;Erstellungsdatum;"
        "Änderungsdatum;Schließdatum",
        ("Epic", "Feature"),
        ("Aktiv", "Geschlossen", "Neu"),
        "20.08.2025 09:00",
    ),
    "French": (
        "ID;Type d'élément de travail;Titre 1;Titre 2;Assigné à;État;Chemin de zone;Date de création;"
        "Date de modification;Date de fermeture",
        ("Epic", "Fonctionnalité"),
        ("Actif", "Fermé", "Nouveau"),
        "20/08/2025 09:00",
    ),
    "Spanish": (
        "Id.;Tipo de elemento de trabajo;Título 1;Título 2;Asignado a;Estado;Ruta de área;Fecha de creación;"
        "Fecha de modificación;Fecha de cierre",
        ("Epic", "Característica"),
        ("Activo", "Cerrado", "Nuevo"),
        "20/08/2025 9:00",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_speaks_another_language_is_understood(tmp_path: Path, language: str) -> None:
    head, (epic, feature), (active, closed, new), at = LANGUAGES[language]
    rows = (
        f"1;{epic};Checkout;;{PERSON};{active};Shop;{at};{at};",
        f"2;{feature};;Pay;;{closed};Shop;{at};{at};{at}",
        f"3;{feature};;Ship;;{new};Shop;{at};{at};",
    )
    source, out = tmp_path / "query.csv", tmp_path / "mine"
    source.write_text("\ufeff" + "\n".join((head, *rows)) + "\n", encoding="utf-8")
    assert run(source, out, "--propose-map", "--no-history") == 0
    found = [
        (row["title"], row["level"], row["parent_id"], row["created_at"]) for row in table(out, "work_items")
    ]
    when = "2025-08-20T09:00:00Z"
    assert found == [
        ("Checkout", "epic", "", when),
        ("Pay", "feature", "1", when),
        ("Ship", "feature", "1", when),
    ]
    assert [row["finished_at"] for row in table(out, "work_items")] == ["", when, ""]
    text = (out / "map.toml").read_text(encoding="utf-8")
    assert all(f'class = "{one}"' in text for one in ("active", "done", "backlog"))
    assert "Jane" not in "".join(path.read_text(encoding="utf-8") for path in out.iterdir())


def test_headers_of_a_language_that_is_not_known_are_told_with_what_is_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "query.csv").write_text("ID,Typ elementu,Tytuł,Stan\n1,Epic,One,New\n", encoding="utf-8")
    assert run(tmp_path / "query.csv", tmp_path / "mine", "--propose-map", "--no-history") == 2
    told = capsys.readouterr().err
    assert "has no column Work Item Type, State: expected a query's export to CSV" in told
    assert "English, German, French or Spanish (there are ID, Typ elementu, Tytuł, Stan)" in told


@pytest.mark.parametrize("prefix", ["System.", ""])
def test_columns_as_the_api_and_odata_name_them(tmp_path: Path, prefix: str) -> None:
    names = ("Id", "WorkItemType", "Title", "State", "CreatedDate")
    head = ",".join(f"{prefix}{name}" for name in names)
    (tmp_path / "query.csv").write_text(f"{head}\n1,Epic,One,New,2026-01-05T10:00:00Z\n", encoding="utf-8")
    assert run(tmp_path / "query.csv", tmp_path / "mine", "--propose-map", "--no-history") == 0
    assert table(tmp_path / "mine", "work_items")[0]["created_at"] == "2026-01-05T10:00:00Z"


@pytest.mark.parametrize("name", ["Activated Date", "Aktiviert am", "Fecha de activación"])
def test_when_work_was_activated_it_began(tmp_path: Path, name: str) -> None:
    head = f"ID,Work Item Type,Title,State,Created Date,{name},Closed Date\n"
    rows = (
        "1,Epic,Checkout,Active,1/20/2026 9:00:00 AM,2/2/2026 9:00:00 AM,",
        "2,Epic,Loyalty,Closed,1/12/2026 9:00:00 AM,3/3/2026 9:00:00 AM,9/21/2026 10:00:00 AM",
        "3,Epic,Back again,New,1/12/2026 9:00:00 AM,3/4/2026 9:00:00 AM,",
        "4,Epic,Quick,Closed,1/12/2026 9:00:00 AM,,9/21/2026 10:00:00 AM",
    )
    source = tmp_path / "query.csv"
    source.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    assert run(source, tmp_path / "mine", "--propose-map", "--no-history") == 0
    began = [row["started_at"][:10] for row in table(tmp_path / "mine", "work_items")]
    assert began == ["2026-02-02", "2026-03-03", "", ""]
    assert "Microsoft.VSTS.Common.ActivatedDate" in (tmp_path / "mine" / "map.toml").read_text()


@pytest.mark.parametrize("cell", ["n/a", "soon"])
def test_a_date_that_cannot_be_read_costs_its_item_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    rows = (f"1,Epic,Odd,,,New,Shop,{cell},,", "2,Epic,Fine,,,New,Shop,1/20/2026 9:00:00 AM,,")
    out = tmp_path / "mine"
    assert run(_file(tmp_path, *rows), out, "--propose-map", "--no-history") == 3
    assert f"work item 1: createddate “{cell}” is no instant" in capsys.readouterr().err
    assert [row["item_id"] for row in table(out, "work_items")] == ["2"]
