"""What plans were before they changed, from the histories of trackers; and tables that stay beside an
import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.importing import sheets, test_azure_devops
from tests.importing.jira import history, issue, item, moved, run, search, table, written
from tests.importing.server import JiraCloud, served
from tests.importing.test_azure_devops import batch, revision
from vmo_helpers.cli.main import main
from vmo_helpers.contract.columns import Kind
from vmo_helpers.sources import load
from vmo_helpers.sources.importing import planned
from vmo_helpers.sources.importing.moves import Move

GUESS = "--propose-map"


def _changes(out: Path) -> list[tuple[str, str, str, str]]:
    rows = table(out, "plan_changes")
    assert {row["table"] for row in rows} == {"work_items"}
    return [(row["key"], row["column"], row["changed_at"], row.get("old_value", "")) for row in rows]


def due(old: str | None, new: str | None, id: str = "duedate") -> dict[str, Any]:
    shown = [f"{day} 00:00:00.0" if day else None for day in (old, new)]
    return item(id, shown[0], shown[1], old, new)


ENTRIES = [
    history(1, "2026-01-06T10:00:00.000+0000", due(None, "2026-03-31"), moved("1", "3")),
    history(2, "2026-02-10T10:00:00.000+0000", due("2026-03-31", "2026-05-31")),
    history(3, "2026-02-20T10:00:00.000+0000", item("Story Points", "3", "8", id="customfield_5")),
    history(4, "2026-03-10T10:00:00.000+0000", due("2026-05-31", "2026-06-30")),
]
NAMES = [{"id": "customfield_5", "name": "Story Points", "schema": {}}]
CHANGES = [
    ("A-1", "planned_end", "2026-01-06T10:00:00Z", ""),
    ("A-1", "planned_end", "2026-02-10T10:00:00Z", "2026-03-31"),
    ("A-1", "planned_end", "2026-03-10T10:00:00Z", "2026-05-31"),
    ("A-1", "scope_planned", "2026-02-20T10:00:00Z", "3"),
]


def _issue(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return issue(1, "3", entries, duedate="2026-06-30", customfield_5=8.0)


@pytest.mark.parametrize("turned", [False, True])
def test_due_dates_and_estimates_of_jira(tmp_path: Path, turned: bool) -> None:
    entries = ENTRIES[::-1] if turned else ENTRIES
    source = written(tmp_path / "export", search=search(_issue(entries)), field=NAMES)
    out = tmp_path / "mine"
    assert run(source, out, GUESS) == 0
    assert _changes(out) == CHANGES
    portfolio = load(out)
    assert portfolio.first_plan("planned_end").tolist() == [pd.Timestamp("2026-03-31")]
    known = portfolio.known_at(pd.Timestamp("2026-02-15", tz="UTC"))
    assert known.tables["work_items"]["planned_end"].tolist() == [pd.Timestamp("2026-05-31")]
    assert known.tables["work_items"]["scope_planned"].tolist() == [3]


def test_due_dates_of_the_site_and_what_changes_later(tmp_path: Path) -> None:
    site = JiraCloud([_issue(ENTRIES[:2])])
    site.field += NAMES
    out = tmp_path / "mine"
    with served(site) as address:
        command = ["import", "jira", address, "--out", str(out), "--jql", "project = A", GUESS]
        assert main(command) == 0
        assert _changes(out) == CHANGES[:2]
        site.calls.clear()
        assert main(command) == 0
        assert not site.count("bulkfetch")  # nothing is fetched anew for the sake of plans
        again = _issue(ENTRIES)
        again["fields"]["updated"] = "2026-04-01T00:00:00.000+0000"
        site.issues = {again["id"]: again}
        assert main(command) == 0
    assert _changes(out) == CHANGES


def test_a_date_field_that_the_map_names_and_older_answers_without_ids(tmp_path: Path) -> None:
    field = [{"id": "customfield_9", "name": "Go-live", "schema": {}}]
    changed = item("Go-live", "01/Mär/26", "2026-09-30", id="customfield_9")
    unnamed = {"field": "Go-live", "fromString": "30/Sep/26", "toString": "2026-10-31"}
    odd = item("Go-live", "soon", "2026-11-30", id="customfield_9")
    entries = [
        history(n, f"2026-02-{n:02}T10:00:00.000Z", one)
        for n, one in enumerate((changed, unnamed, odd), start=1)
    ]
    mine = tmp_path / "my.toml"
    mine.write_text('[fields]\nplanned_end = "Go-live"\n')
    source = written(
        tmp_path / "export", search=search(issue(1, "3", entries, customfield_9="2026-11-30")), field=field
    )
    assert run(source, tmp_path / "mine", GUESS, "--map", str(mine)) == 0
    assert _changes(tmp_path / "mine") == [
        ("A-1", "planned_end", "2026-02-01T10:00:00Z", "2026-03-01"),
        ("A-1", "planned_end", "2026-02-02T10:00:00Z", "2026-09-30"),
    ]
    said = [note.sentence for note in load(tmp_path / "mine").notes]
    assert f"{planned.UNREAD}: 1" in said


@pytest.mark.parametrize("field", ["TargetDate", "FinishDate"])
def test_target_dates_of_azure_devops(tmp_path: Path, field: str) -> None:
    def at(rev: int, day: str, end: str | None) -> dict[str, Any]:
        name = f"Microsoft__VSTS__Scheduling__{field}"
        return revision(1, rev, "Active", f"{day}T09:00:00Z", **({name: end} if end else {}))

    revisions = batch(
        at(1, "01-05", None),
        at(2, "01-06", "2026-03-31T00:00:00Z"),
        at(3, "01-07", "2026-03-31T00:00:00Z"),
        at(4, "02-07", "2026-06-30T00:00:00Z"),
    )
    out = tmp_path / "mine"
    assert test_azure_devops.run(written(tmp_path / "export", revisions=revisions), out, GUESS) == 0
    assert _changes(out) == [
        ("1", "planned_end", "2026-01-06T09:00:00Z", ""),
        ("1", "planned_end", "2026-02-07T09:00:00Z", "2026-03-31T00:00:00Z"),
    ]
    assert load(out).first_plan("planned_end").tolist() == [pd.Timestamp("2026-03-31")]


def test_no_history_is_no_plan_that_moved(tmp_path: Path) -> None:
    source = written(tmp_path / "export", search=search(_issue(ENTRIES)), field=NAMES)
    assert run(source, tmp_path / "mine", GUESS, "--no-history") == 0
    assert not (tmp_path / "mine" / "plan_changes.csv").exists()


def test_two_changes_at_one_instant_and_one_of_nothing_are_one_row() -> None:
    moves = [Move(5, (1, 0), "2026-01-01", "2026-02-01"), Move(5, (1, 1), "2026-02-01", "2026-03-01")]
    moves += [Move(9, (2, 0), "2026-03-01", "2026-03-01")]
    found = planned.table([("A", {"planned_end": moves})], Counter())
    assert found["old_value"] == ["2026-01-01"]


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("2026-03-01", Kind.DAY, "2026-03-01"),
        ("2026-03-01 00:00:00.0", Kind.DAY, "2026-03-01"),
        ("2026-03-01T09:00:00.000+0100", Kind.DAY, "2026-03-01T09:00:00.000+0100"),
        ("01/Mai/26", Kind.DAY, "2026-05-01"),
        ("5", Kind.NUMBER, "5"),
        ("many", Kind.NUMBER, None),
    ],
)
def test_values_as_the_tables_write_them(text: str, kind: Kind, told: str | None) -> None:
    assert planned.value(text, kind) == told


def test_a_persons_own_changes_of_plans_stay_and_are_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = written(tmp_path / "export", search=search(_issue(ENTRIES)), field=NAMES), tmp_path / "mine"
    out.mkdir()
    own = "table,key,column,changed_at,old_value\nwork_items,A-1,planned_end,2026-02-01,2026-03-01\n"
    (out / "plan_changes.csv").write_text(own)
    for _ in range(2):
        assert run(source, out, GUESS) == 0
        assert (out / "plan_changes.csv").read_text() == own
        assert "your own plan_changes.csv stays; the source says 4 rows of it" in capsys.readouterr().out


def test_a_table_that_came_by_itself_stays_when_the_tracker_is_imported_again(tmp_path: Path) -> None:
    source, out = written(tmp_path / "export", search=search(_issue(ENTRIES)), field=NAMES), tmp_path / "mine"
    assert run(source, out, GUESS) == 0
    rows = [["Item", "Date", "RAG"], ["A-1", "2026-02-01", "Green"], ["A-1", "2026-02-08", "Greenish"]]
    register = sheets.text(tmp_path / "RAG register.csv", rows)
    assert sheets.run(register, out, "--table", "status_reports", GUESS, "--lenient") == 0
    before = (out / "status_reports.csv").read_bytes()
    said = [note.sentence for note in load(out).notes if note.table == "status_reports"]
    for _ in range(2):
        assert run(source, out, GUESS) == 0
        assert (out / "status_reports.csv").read_bytes() == before
        assert [note.sentence for note in load(out).notes if note.table == "status_reports"] == said != []
    assert len(table(out, "plan_changes")) == 4
