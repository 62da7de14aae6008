"""Jira's export to CSV: in its languages, with its dates, and what a map must say where none is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.jira import run, table
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load

GUESS = "--propose-map"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "mine"


CSV = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Created,Updated,Resolved,"
    "Resolution,Sprint,Sprint,Parent,Status Category,Custom field (Story Points)\n"
    "Epic one,A-1,10001,Epic,Done,A,Alpha,05/Jan/26 9:00 AM,01/Mar/26 9:00 AM,01/Feb/26 4:30 PM,Done,"
    "S1,S2,,Done,\n"
    '"Story, two",A-2,10002,Story,Wird geprüft,A,Alpha,06/Jan/26 9:00 AM,01/Mar/26 9:00 AM,,,'
    "S1,,10001,In Progress,3\n"
)


def test_jiras_csv_holds_no_history_and_is_taken_without(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "export.csv"
    file.write_text(CSV, encoding="utf-8")
    assert run(file, out, GUESS) == 2
    assert "holds no history" in capsys.readouterr().err
    assert run(file, out, GUESS, "--no-history") == 0
    rows = table(out, "work_items")
    assert [row["created_at"] for row in rows] == ["2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z"]
    assert [row["finished_at"] for row in rows] == ["2026-02-01T16:30:00Z", ""]
    assert [row["parent_id"] for row in rows] == ["", "A-1"]
    assert [row["level"] for row in rows] == ["epic", "story"]
    assert [row["scope_planned"] for row in rows] == ["", "3"]
    assert len(load(out).tables["work_items"]) == 2


def test_a_csv_of_another_header_is_refused(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.csv").write_text("id,title\n1,x\n")
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history") == 2
    assert "Issue key" in capsys.readouterr().err


LANGUAGES = {
    "German": (
        "Zusammenfassung;Vorgangsschlüssel;Vorgangs-ID;Vorgangstyp;Status;Projektschlüssel;Projektname;"
        "Erstellt;Aktualisiert;Erledigt;Lösung;Fälligkeitsdatum;Sprint;Sprint;Übergeordnet;Statuskategorie;"
        "Benutzerdefinierte Felder (Story Points);Benutzerdefinierte Felder (Start date)",
        ("Fertig", "In Arbeit", "Nicht erledigt", "Unteraufgabe"),
        ("05/Mär/26 9:00 vorm.", "01/Mai/26 2:30 nachm.", "31/Dez/26 12:00 vorm."),
    ),
    "French": (
        "Résumé;Clé de ticket;ID de ticket;Type de ticket;État;Clé de projet;Nom du projet;Création;"
        "Mise à jour;Résolue;Résolution;Date d'échéance;Sprint;Sprint;Parent;Catégorie d'état;"
        "Champs personnalisés (Story Points);Champs personnalisés (Start date)",
        ("Terminé", "En cours", "Non résolue", "Sous-tâche"),
        ("05/mars/26 9:00 AM", "01/mai/26 2:30 PM", "31/déc./26 12:00 AM"),
    ),
    "Spanish": (
        "Resumen;Clave de incidencia;ID de la incidencia;Tipo de Incidencia;Estado;Clave del proyecto;"
        "Nombre del proyecto;Creada;Actualizada;Resuelta;Resolución;Fecha de vencimiento;Sprint;Sprint;"
        "Principal;Categoría de estado;Campo personalizado (Story Points);Campo personalizado (Start date)",
        ("Finalizada", "En curso", "Sin resolver", "Subtarea"),
        ("05/mar/26 9:00 a. m.", "01/may/26 2:30 p. m.", "31/dic/26 12:00 a. m."),
    ),
    "Portuguese": (
        "Resumo;Chave da item;ID da item;Tipo de item;Status;Chave do projeto;Nome do projeto;Criado;"
        "Atualizado(a);Resolvido;Resolução;Data limite;Sprint;Sprint;Pai;Categoria do status;"
        "Campo personalizado (Story Points);Campo personalizado (Start date)",
        ("Itens concluídos", "Em andamento", "Não resolvido", "Subtarefa"),
        ("05/mar/26 9:00 AM", "01/mai/26 2:30 PM", "31/dez/26 12:00 AM"),
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_of_jira(tmp_path: Path, out: Path, language: str, encoding: str) -> None:
    header, (done, doing, unresolved, part), (created, ended, due) = LANGUAGES[language]
    rows = (
        f"Epic one;A-1;10001;Epic;X done;A;Alpha;{created};{ended};{ended};Y;{due};S1;S2;;{done};3;{created}",
        f'"Part; two";A-2;10002;{part};Z;A;Alpha;{created};{ended};;{unresolved};;S1;;10001;{doing};;',
    )
    (tmp_path / "export.csv").write_bytes("\n".join((header, *rows)).encode(encoding))
    mine = tmp_path / "my.toml"
    mine.write_text('[fields]\nstarted_at = "Start date"\n')
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history", "--map", str(mine)) == 0
    first, second = table(out, "work_items")
    assert (first["created_at"], first["finished_at"]) == ("2026-03-05T09:00:00Z", "2026-05-01T14:30:00Z")
    assert (first["planned_end"], first["scope_planned"]) == ("2026-12-31", "3")
    assert (second["parent_id"], second["level"], second["finished_at"]) == ("A-1", "sub-task", "")
    assert second["title"] == "Part; two" and first["started_at"].startswith("2026-03-05T09:00:00")
    load(out)
    assert "csv" not in (out / "map.toml").read_text()


def test_a_map_says_what_the_columns_of_another_language_are(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here Polish: the column of keys is known by its cells, the others a person must say."""
    text = "Klucz zgłoszenia,Podsumowanie,Stan,Utworzono\nA-1,Jeden,Gotowe,05/Mar/26 9:00 AM\n"
    (tmp_path / "export.csv").write_text(text, encoding="utf-8")
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history") == 2
    said = capsys.readouterr().err
    assert "no column is known to be Status, Created" in said and '[csv] status = "…"' in said
    mine = tmp_path / "my.toml"
    mine.write_text('[csv]\nstatus = "Stan"\ncreated = "Utworzono"\nsummary = "Podsumowanie"\n')
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history", "--map", str(mine)) == 0
    row = table(out, "work_items")[0]
    assert (row["item_id"], row["title"], row["created_at"]) == ("A-1", "Jeden", "2026-03-05T09:00:00Z")
    capsys.readouterr()
    assert main(["check", str(out)]) == 0
    assert "csv.issue_key is Klucz zgłoszenia" in capsys.readouterr().out


HEAD = "Issue key,Summary,Status,Status Category,Created,Updated,Resolved\n"


def test_days_and_months_are_told_by_any_date_else_guessed_and_marked(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doubtful = "A-1,One,Done,Done,03/04/2026 10:00,05/04/2026 10:00,05/04/2026 9:00\n"
    file = tmp_path / "export.csv"
    file.write_text(HEAD + doubtful + "A-2,Two,Done,Done,01/04/2026 8:00,20/04/2026 8:00,\n")
    assert run(file, out, GUESS, "--no-history") == 0
    assert table(out, "work_items")[0]["created_at"] == "2026-04-03T10:00:00Z"
    assert "dates" not in (out / "map.toml").read_text()
    file.write_text(HEAD + doubtful + "A-2,Two,Done,Done,12/03/2026 8:00,01/04/2026 8:00,\n")
    assert run(file, tmp_path / "other", GUESS, "--no-history") == 0
    assert table(tmp_path / "other", "work_items")[1]["created_at"] == "2026-03-12T08:00:00Z"
    said = (tmp_path / "other" / "map.toml").read_text()
    assert 'dates = "day first"' in said and '"csv.dates"' in said
    unsaid = "\n".join(
        line for line in said.splitlines() if not line.startswith(("dates =", "guess = [", "[csv]"))
    )
    (tmp_path / "my.toml").write_text(unsaid)
    capsys.readouterr()
    assert run(file, tmp_path / "third", "--no-history", "--map", str(tmp_path / "my.toml")) == 2
    assert "no date tells whether days or months come first" in capsys.readouterr().err
    (tmp_path / "my.toml").write_text(unsaid + '\n[csv]\ndates = "month first"\n')
    assert run(file, tmp_path / "third", "--no-history", "--map", str(tmp_path / "my.toml")) == 0
    assert table(tmp_path / "third", "work_items")[1]["created_at"] == "2026-12-03T08:00:00Z"


def test_a_date_that_cannot_be_read_costs_its_issue_by_name(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "A-1,One,Done,Done,2026-01-05 9:00,2026-01-07 9:00,someday\nA-2,Two,Done,Done,2026-01-05 9:00,,\n"
    (tmp_path / "export.csv").write_text(HEAD + rows)
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history") == 3
    assert "export.csv, A-1: ValueError: Invalid isoformat string: 'someday (resolved)'" in (
        capsys.readouterr().err
    )
    assert [row["item_id"] for row in table(out, "work_items")] == ["A-2"]


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ('issue_ky = "Key"', "[csv] issue_ky: is not known; did you mean issue_key?"),
        ("status = 7", "[csv] status: expected the header of a column"),
        ('dates = "years first"', "[csv] dates: expected day first or month first"),
    ],
)
def test_a_section_that_cannot_hold_is_refused(
    tmp_path: Path, out: Path, section: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "my.toml").write_text(f"[csv]\n{section}\n")
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history", "--map", str(tmp_path / "my.toml")) == 2
    assert told in capsys.readouterr().err


def test_a_task_is_no_sub_task_in_jira(tmp_path: Path, out: Path) -> None:
    kinds = ("Task", "Sub-task", "Epic", "Story")
    rows = "".join(f"A-{n},x,To Do,{kind},2026-01-05 9:00\n" for n, kind in enumerate(kinds))
    (tmp_path / "export.csv").write_text("Issue key,Summary,Status,Issue Type,Created\n" + rows)
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history") == 0
    levels = [row["level"] for row in table(out, "work_items")]
    assert levels == ["story", "sub-task", "epic", "story"]


def test_a_planned_start_in_the_backlog_is_no_start_and_links_that_block_are_dependencies(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = (
        "Issue key,Issue id,Issue Type,Summary,Status,Status Category,Created,Updated,"
        "Inward issue link (Blocks),Inward issue link (Blocks),Inward issue link (Relates),"
        "Outward issue link (Blocks),Custom field (Start date)"
    )
    at = "2026-03-05 09:00"
    rows = (
        f"A-1,1,Epic,One,Idea,To Do,{at},{at},,,A-3,,{at}",
        f"A-2,2,Epic,Two,Doing,In Progress,{at},{at},A-1,A-3,,,{at}",
        f"A-3,3,Epic,Three,Doing,In Progress,{at},{at},,,,A-2,",
    )
    (tmp_path / "export.csv").write_text("\n".join((header, *rows)), encoding="utf-8")
    mine = tmp_path / "my.toml"
    mine.write_text('[fields]\nstarted_at = "Start date"\n')
    assert run(tmp_path / "export.csv", out, GUESS, "--no-history", "--map", str(mine)) == 0
    assert [bool(row["started_at"]) for row in table(out, "work_items")] == [False, True, False]
    assert [(row["item_id"], row["needs_item_id"]) for row in table(out, "dependencies")] == [
        ("A-2", "A-1"),
        ("A-2", "A-3"),
    ]
    assert "a planned start is no start: 1" in capsys.readouterr().out
