"""Jira's answers from files: each behaviour that its documentation tells of, and each that people meet."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.importing import jira
from tests.importing.jira import history, issue, item, moved, run, run_of, search, table, written
from vmo_helpers.cli.main import main
from vmo_helpers.measures import flow
from vmo_helpers.sources import load
from vmo_helpers.window import Window

GUESS = "--propose-map"
REAL = Path(os.environ.get("VMO_REAL_DATA", "absent")) / "jira_cloud"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def _imported(tmp_path: Path, *issues: dict[str, Any], **files: Any) -> Path:
    out = tmp_path / "mine"
    assert run(written(tmp_path / "export", search=search(*issues), **files), out, GUESS) == 0
    return out


def test_a_folder_of_answers_becomes_a_portfolio_that_loads(tmp_path: Path) -> None:
    done = [
        history(2, "2026-02-10T10:00:00.000+0100", moved("3", "6")),
        history(1, "2026-01-12T10:00:00.000-0500", moved("1", "3")),
    ]
    out = _imported(tmp_path, issue(1, "6", done), issue(2, "1"))
    assert run_of(out, "A-1") == [
        ("2026-01-05T09:00:00Z", "Backlog"),
        ("2026-01-12T15:00:00Z", "In Progress"),
        ("2026-02-10T09:00:00Z", "Done"),
    ]
    assert run_of(out, "A-2") == [("2026-01-05T09:00:00Z", "Backlog")]
    portfolio = load(out)
    assert list(portfolio.tables["states"]["class"]) == ["backlog", "active", "done"]


def test_no_person_and_no_mail_is_in_any_file(tmp_path: Path) -> None:
    flagged = history(1, "2026-01-12T10:00:00.000Z", item("Flagged", "", "Ask bob@example.com"))
    out = _imported(tmp_path, issue(1, "3", [flagged], summary="Call jane.doe@example.com soon"))
    whole = "".join(path.read_text(encoding="utf-8") for path in out.iterdir())
    assert "@" not in whole and "Jane" not in whole
    assert table(out, "work_items")[0]["title"] == "Call … soon"


@pytest.mark.parametrize("turned", [False, True])
def test_newest_first_and_oldest_first_are_the_same(tmp_path: Path, turned: bool) -> None:
    entries = [
        history(1, "2026-01-12T10:00:00.000Z", moved("1", "3"), item("priority", "Low", "High")),
        history(2, "2026-01-12T10:00:00.000Z", moved("3", "4")),
        history(3, "2026-01-12T10:00:00.000Z", moved("4", "3")),
        history(4, "2026-02-12T10:00:00.000Z", moved("3", "6")),
    ]
    out = _imported(tmp_path, issue(1, "6", entries[::-1] if turned else entries))
    states = [state for _, state in run_of(out, "A-1")]
    assert states == ["Backlog", "In Progress", "Waiting for legal", "In Progress", "Done"]
    assert [row["seq"] for row in table(out, "transitions")] == ["1", "1", "2", "3", "1"]


def test_moves_of_one_instant_follow_their_from_state_whatever_their_numbers_say(tmp_path: Path) -> None:
    entries = [
        history(2, "2026-01-12T10:00:00.000Z", moved("1", "3")),
        history(1, "2026-01-12T10:00:00.000Z", moved("3", "4")),
    ]
    out = _imported(tmp_path, issue(1, "4", entries))
    assert [state for _, state in run_of(out, "A-1")] == ["Backlog", "In Progress", "Waiting for legal"]


def test_pages_of_histories_complete_what_a_search_cut(tmp_path: Path) -> None:
    entries = []
    for number in range(130):
        old, new = ("1", "3") if number % 2 == 0 else ("3", "1")
        entries.append(
            history(number, f"2026-01-{6 + number // 24:02}T{number % 24:02}:00:00.000Z", moved(old, new))
        )
    address = "https://x.example/rest/api/3/issue/10001/changelog?startAt="
    pages = {
        f"page{start}": {
            "self": f"{address}{start}",
            "startAt": start,
            "maxResults": 100,
            "total": 130,
            "isLast": start > 0,
            "values": entries[start : start + 100],
        }
        for start in (0, 100)
    }
    cut = issue(1, "1", entries[:40], total=130)
    out = _imported(tmp_path, cut, **pages)
    assert len(run_of(out, "A-1")) == 131
    source = written(
        tmp_path / "other", search=search(cut, issue(2, "1")), **{"A-1_changelog_0": pages["page0"]}
    )
    assert run(source, tmp_path / "cut", GUESS) == 3


def _forty() -> list[dict[str, Any]]:
    return [
        history(n, f"2026-01-{6 + n // 24:02}T{n % 24:02}:00:00.000Z", moved(*("13", "31")[n % 2]))
        for n in range(40)
    ]


def test_forty_entries_of_a_search_of_cloud_may_be_cut_without_a_word(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = issue(1, "1", _forty())
    source = written(tmp_path / "export", search=search(full, issue(2, "1")))
    assert run(source, out, GUESS) == 3
    assert "A-1: a search gives 40 entries of its history at the most" in capsys.readouterr().err
    assert run(source, out, GUESS, "--lenient") == 0
    server = {"startAt": 0, "maxResults": 50, "total": 2, "issues": [full, issue(2, "1")]}
    assert run(written(tmp_path / "server", search=server), tmp_path / "server_out", GUESS) == 0
    page = {"startAt": 0, "maxResults": 100, "total": 40, "isLast": True, "values": _forty()}
    written(tmp_path / "export", **{"A-1_changelog": page})
    assert run(source, out, GUESS) == 0
    assert len(run_of(out, "A-1")) == 41


def test_an_issue_whose_history_is_cut_fails_by_name_or_is_counted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [history(n, f"2026-01-{5 + n:02}T10:00:00.000Z", moved("1", "3")) for n in range(1, 5)]
    source = written(tmp_path / "export", search=search(issue(1, "3", entries, total=5), issue(2, "1")))
    alone = written(tmp_path / "alone", search=search(issue(1, "3", entries, total=5)))
    assert run(alone, out, GUESS) == 2
    assert "no item could be read whole" in capsys.readouterr().err and not out.exists()
    assert run(source, out, GUESS) == 3
    assert "A-1: 4 of 5 entries of its history could be read" in capsys.readouterr().err
    assert [row["item_id"] for row in table(out, "work_items")] == ["A-2"]
    assert run(source, out, GUESS, "--lenient") == 0
    assert [row["item_id"] for row in table(out, "work_items")] == ["A-1", "A-2"]
    assert main(["check", str(out)]) == 0
    assert "issues with only a part of their history: 1" in capsys.readouterr().out


def test_bulk_changelogs_lie_on_pages_and_an_absent_issue_has_no_changes(tmp_path: Path) -> None:
    def page(*entries: dict[str, Any], token: str | None) -> dict[str, Any]:
        logs = [{"issueId": "10001", "changeHistories": list(entries)}]
        return {"issueChangeLogs": logs, "nextPageToken": token}

    out = _imported(
        tmp_path,
        issue(1, "6", None),
        issue(2, "3", None),
        bulk1=page(history(1, 1655462700447, moved("1", "3")), token="a"),
        bulk2=page(history(2, 1655462700448, moved("3", "4")), token="b"),
        bulk3=page(history(3, 1655549100447, moved("4", "6")), token=None),
    )
    assert run_of(out, "A-1")[1:] == [
        ("2022-06-17T10:45:00.447Z", "In Progress"),
        ("2022-06-17T10:45:00.448Z", "Waiting for legal"),
        ("2022-06-18T10:45:00.447Z", "Done"),
    ]
    assert run_of(out, "A-2") == [("2026-01-05T09:00:00Z", "In Progress")]


def test_one_issue_on_two_pages_counts_once_as_it_is_newest(tmp_path: Path) -> None:
    first = history(1, "2026-01-12T10:00:00.000Z", moved("1", "3"))
    second = history(2, "2026-03-02T10:00:00.000Z", moved("3", "6"))
    old = issue(1, "3", [first], summary="Before")
    new = issue(1, "6", [second, first], summary="After", updated="2026-03-02T10:00:00.000+0000")
    out = _imported(tmp_path, new, again=search(old))
    assert [row["title"] for row in table(out, "work_items")] == ["After"]
    assert [state for _, state in run_of(out, "A-1")] == ["Backlog", "In Progress", "Done"]


def test_a_history_that_does_not_end_in_todays_status_is_closed_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _imported(tmp_path, issue(1, "6", [history(1, "2026-01-12T10:00:00.000Z", moved("1", "3"))]))
    assert run_of(out, "A-1")[-1] == ("2026-03-01T09:00:00Z", "Done")
    capsys.readouterr()
    assert main(["check", str(out)]) == 0
    assert (
        "histories that do not end in today's state, to which a transition was added: 1"
        in capsys.readouterr().out
    )


def test_a_renamed_status_is_one_state_and_a_deleted_one_keeps_its_name(tmp_path: Path) -> None:
    entries = [
        history(1, "2026-01-12T10:00:00.000Z", item("status", "Backlog", "Doing", "1", "3")),
        history(2, "2026-01-13T10:00:00.000Z", item("status", "Working", "Old gate", "3", "99")),
        history(3, "2026-01-14T10:00:00.000Z", item("status", "Gate", "In Progress", "99", "3")),
    ]
    out = _imported(tmp_path, issue(1, "3", entries))
    assert [state for _, state in run_of(out, "A-1")] == ["Backlog", "In Progress", "Gate", "In Progress"]


def test_a_deleted_status_that_the_map_does_not_say_is_listed(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _imported(tmp_path, issue(1, "3", [history(1, "2026-01-12T10:00:00.000Z", moved("1", "3"))]))
    gone = history(2, "2026-01-13T10:00:00.000Z", item("status", "In Progress", "Old gate", "3", "99"))
    source = written(tmp_path / "next", search=search(issue(1, "3", [gone])))
    assert run(source, out) == 2
    assert "Old gate (99)" in capsys.readouterr().err
    with (out / "map.toml").open("a") as file:
        file.write("[status.99]\nclass = 'wait'\n")
    assert run(source, out) == 0
    assert ("Old gate", "wait") in {(row["state"], row["class"]) for row in table(out, "states")}


def test_two_statuses_of_one_name_are_two_states(tmp_path: Path) -> None:
    statuses = {**jira.STATUSES, "7": ("Review", "indeterminate"), "8": ("Review", "indeterminate")}
    one = issue(1, "1", [history(1, "2026-01-12T10:00:00.000Z", moved("1", "7", statuses))])
    other = issue(2, "1", [history(2, "2026-01-12T10:00:00.000Z", moved("1", "8", statuses))], key="B-2")
    for given, id in ((one, "7"), (other, "8")):
        given["fields"]["status"] = jira.status(id, statuses)
    out = _imported(tmp_path, one, other)
    states = {row["to_state"] for row in table(out, "transitions")}
    assert states == {"Backlog", "Review (A)", "Review (B)"}


def test_a_change_of_workflow_is_no_transition(tmp_path: Path) -> None:
    out = _imported(
        tmp_path, issue(1, "1", [history(1, "2026-01-12T10:00:00.000Z", item("Workflow", "a", "b"))])
    )
    assert len(run_of(out, "A-1")) == 1


def test_an_issue_that_moved_keeps_its_history_and_is_found_by_its_old_key(tmp_path: Path) -> None:
    entries = [
        history(1, "2026-01-12T10:00:00.000Z", moved("1", "3")),
        history(2, "2026-02-01T10:00:00.000Z", item("Key", "A-5", "B-9", id="")),
    ]
    child = issue(6, "1", parent={"id": "0", "key": "A-5"})
    out = _imported(
        tmp_path,
        issue(5, "3", entries, key="B-9"),
        child,
        older=search(issue(5, "3", entries[:1], updated="2026-01-20T00:00:00.000Z")),
    )
    items = {row["item_id"]: row for row in table(out, "work_items")}
    assert set(items) == {"A-6", "B-9"}
    assert items["B-9"]["former_key"] == "A-5" and items["A-6"]["parent_id"] == "B-9"
    assert len(run_of(out, "B-9")) == 2


def test_a_resolution_that_delivers_nothing_cancels(tmp_path: Path) -> None:
    entries = [
        history(1, "2026-01-12T10:00:00.000Z", moved("1", "6")),
        history(2, "2026-01-13T10:00:00.000Z", moved("6", "3")),
        history(3, "2026-01-14T10:00:00.000Z", moved("3", "6"), item("resolution", None, "Won't Do")),
    ]
    dead = issue(1, "6", entries, resolution={"id": "9", "name": "Won't Do"})
    out = _imported(tmp_path, dead, issue(2, "6", entries, resolution={"id": "1", "name": "Done"}))
    assert [state for _, state in run_of(out, "A-1")] == ["Backlog", "Done", "In Progress", "Done (Won't Do)"]
    assert run_of(out, "A-2")[-1][1] == "Done"
    classes = {row["state"]: row["class"] for row in table(out, "states")}
    assert classes["Done (Won't Do)"] == "cancelled" and classes["Done"] == "done"


def test_the_clock_change_is_exact_in_utc(tmp_path: Path) -> None:
    entries = [
        history(1, "2025-11-02T01:30:00.000-0400", moved("1", "3")),
        history(2, "2025-11-02T01:10:00.000-0500", moved("3", "6")),
    ]
    out = _imported(tmp_path, issue(1, "6", entries, created="2025-10-01T00:00:00.000-0400"))
    assert [at for at, _ in run_of(out, "A-1")] == [
        "2025-10-01T04:00:00Z",
        "2025-11-02T05:30:00Z",
        "2025-11-02T06:10:00Z",
    ]


def test_both_parents_and_a_parent_outside_the_export_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"customfield_10014": "Epic Link"}
    both = issue(2, "1", parent={"id": "10001", "key": "A-1"}, customfield_10014="A-3")
    old = issue(4, "1", customfield_10014="A-1")
    out = _imported(
        tmp_path,
        issue(1, "1"),
        both,
        issue(3, "1", parent={"id": "7", "key": "Z-7"}),
        old,
        zz={"issues": [], "names": names},
    )
    assert [row["parent_id"] for row in table(out, "work_items")] == ["", "A-1", "", "A-1"]
    said = capsys.readouterr().out
    assert "that name two parents, of which the field parent counts: 1" in said
    assert "parent was not exported, and that stand without one: 1" in said


@pytest.mark.parametrize("word", ["等待审批", "Wartet auf Freigabe"])
def test_statuses_in_other_languages(tmp_path: Path, word: str) -> None:
    statuses = {
        "1": ("待办", "new"),
        "3": ("进行中", "indeterminate"),
        "4": (word, "indeterminate"),
        "6": ("Erledigt", "done"),
    }
    entries = [
        history(1, "2026-01-12T10:00:00.000Z", moved("1", "3", statuses)),
        history(2, "2026-01-13T10:00:00.000Z", moved("3", "4", statuses)),
        history(3, "2026-01-14T10:00:00.000Z", moved("4", "6", statuses)),
    ]
    given = issue(1, "6", entries)
    given["fields"]["status"] = jira.status("6", statuses)
    site = [jira.status(id, statuses) for id in statuses]
    out = _imported(tmp_path, given, statuses=site)
    classes = [(row["state"], row["class"]) for row in table(out, "states")]
    assert classes == [("待办", "backlog"), ("进行中", "active"), (word, "wait"), ("Erledigt", "done")]
    assert load(out).tables["transitions"]["to_state"].tolist() == ["待办", "进行中", word, "Erledigt"]


@pytest.mark.parametrize(
    "title", ["</script><script>", "=cmd|' /C calc'!A0", "x" * 10_000, "🚀 emoji", "مرحبا \u202e", 'a "b"\nc']
)
def test_odd_names_come_through_whole(tmp_path: Path, title: str) -> None:
    out = _imported(tmp_path, issue(1, "3", summary=title))
    assert table(out, "work_items")[0]["title"] == title
    assert len(load(out).tables["work_items"]) == 1


def test_many_moves_in_one_minute_look_like_a_migration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    issues = [
        issue(
            n,
            "6",
            [
                history(2 * n, f"2026-02-01T10:00:{n % 60:02}.000Z", moved("1", "3")),
                history(2 * n + 1, f"2026-02-01T10:00:{n % 60:02}.500Z", moved("3", "6")),
            ],
        )
        for n in range(1, 101)
    ]
    out = _imported(tmp_path, *issues)
    said = capsys.readouterr().out
    assert "(2026-02-01T10:00Z), which look like a migration; nothing was changed: 200" in said
    assert len(table(out, "transitions")) == 300
    few = tmp_path / "few"
    assert run(written(tmp_path / "other", search=search(*issues[:49])), few, GUESS) == 0
    assert "migration" not in capsys.readouterr().out


def test_one_document_one_list_and_lines_are_all_read(tmp_path: Path) -> None:
    issues = [issue(n, "1") for n in range(1, 40)]
    shapes = {
        "page.json": json.dumps(search(*issues), indent=1),
        "list.json": json.dumps(issues),
        "lines.jsonl": "\n".join(map(json.dumps, issues)),
        "board.json": json.dumps(
            {"expand": "schema", "startAt": 0, "maxResults": 50, "total": 39, "issues": issues}
        ),
    }
    for name, text in shapes.items():
        (tmp_path / name).write_text("\ufeff" + text, encoding="utf-8")
        assert run(tmp_path / name, tmp_path / f"out-{name}", GUESS) == 0
        assert len(table(tmp_path / f"out-{name}", "work_items")) == 39


def test_issues_that_the_search_found_and_nobody_exported_are_counted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(
        tmp_path / "export", page={"startAt": 0, "maxResults": 1, "total": 3, "issues": [issue(1, "1")]}
    )
    assert run(source, out, GUESS) == 0
    assert "issues that the search found and nobody exported, of 3: 2" in capsys.readouterr().out


def test_without_histories_it_is_refused_unless_none_are_wanted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = issue(1, "6", None, resolutiondate="2026-02-01T10:00:00.000+0000", resolution={"name": "Done"})
    source = written(tmp_path / "export", search=search(done, issue(2, "1", None)))
    assert run(source, out, GUESS) == 2
    assert "holds no history" in capsys.readouterr().err and not out.exists()
    assert run(source, out, GUESS, "--no-history") == 0
    rows = table(out, "work_items")
    assert [row["finished_at"] for row in rows] == ["2026-02-01T10:00:00Z", ""]
    assert not (out / "transitions.csv").exists()
    assert len(load(out).tables["work_items"]) == 2


def test_reopened_work_is_finished_when_it_was_done_last(tmp_path: Path) -> None:
    entries = [
        history(1, "2026-01-12T10:00:00.000Z", moved("1", "3")),
        history(2, "2026-01-20T10:00:00.000Z", moved("3", "6")),
        history(3, "2026-01-22T10:00:00.000Z", moved("6", "3")),
        history(4, "2026-02-02T10:00:00.000Z", moved("3", "6")),
    ]
    flag = history(5, "2026-01-13T10:00:00.000Z", item("Markiert", "", "Hindernis", id="customfield_7"))
    fields = [{"id": "customfield_7", "name": "Markiert", "untranslatedName": "Flagged", "schema": {}}]
    out = _imported(tmp_path, issue(1, "6", [*entries, flag]), zz_fields=fields)
    end = pd.Timestamp("2026-06-01", tz="UTC")
    portfolio = load(out).known_at(end)
    items = flow.items(flow.read(portfolio), Window(end - pd.Timedelta(days=364), end))
    assert list(items["finished_at"]) == [pd.Timestamp("2026-02-02T10:00:00Z")]
    assert table(out, "blockers") == [
        {"item_id": "A-1", "from_at": "2026-01-13T10:00:00Z", "reason": "Hindernis"}
    ]


def test_sub_tasks_are_never_at_the_review_level(tmp_path: Path) -> None:
    child = issue(2, "1", parent={"id": "10001", "key": "A-1"})
    child["fields"]["issuetype"] = {"id": "5", "name": "Unteraufgabe", "subtask": True}
    epic = issue(3, "1")
    epic["fields"]["issuetype"] = {"id": "6", "name": "Epos", "hierarchyLevel": 1}
    out = _imported(tmp_path, issue(1, "1"), child, epic)
    assert [row["level"] for row in table(out, "work_items")] == ["story", "sub-task", "epic"]
    many = [issue(n, "1") for n in range(10, 60)]
    for one in many:
        one["fields"]["issuetype"] = child["fields"]["issuetype"]
    assert (
        run(written(tmp_path / "more", search=search(issue(1, "1"), *many)), tmp_path / "tasks", GUESS) == 0
    )
    assert load(tmp_path / "tasks").settings.review_level == "story"


def test_a_person_in_a_field_that_the_map_names_is_counted_and_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "my.toml"
    own.write_text("[fields]\nteam = 'customfield_9'\n")
    source = written(tmp_path / "export", search=search(issue(1, "1", customfield_9=jira.PERSON)))
    assert run(source, tmp_path / "mine", GUESS, "--map", str(own)) == 0
    assert "values of fields that are people, and were not read: 1" in capsys.readouterr().out
    assert "Jane" not in (tmp_path / "mine" / "work_items.csv").read_text()


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        ({"created": "yesterday"}, "search.json, A-1: ValueError"),
        ({"status": "Done"}, "search.json, A-1: TypeError"),
        ({"issuetype": None}, "A-1: its issuetype is missing"),
    ],
)
def test_one_odd_issue_costs_itself_alone(
    tmp_path: Path, out: Path, spoiled: dict[str, Any], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(tmp_path / "export", search=search(issue(1, "1", **spoiled), issue(2, "1")))
    assert run(source, out, GUESS) == 3
    assert told in capsys.readouterr().err
    assert [row["item_id"] for row in table(out, "work_items")] == ["A-2"]


@pytest.mark.parametrize("text", ["{", '{"issues": [{"id": 1,', "[1 2", "<html>", '{"a" 1}'])
def test_what_is_no_json_is_refused_by_name(
    tmp_path: Path, out: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(written(tmp_path / "export", search=text), out, GUESS) == 2
    assert "search.json: is no JSON at character" in capsys.readouterr().err
    assert not out.exists()


def test_the_order_of_files_and_issues_changes_nothing(tmp_path: Path) -> None:
    made = []
    issues = [
        issue(n, "6", [history(n, f"2026-02-{n:02}T10:00:00.000Z", moved("1", "6"))]) for n in range(1, 13)
    ]
    for seed in range(3):
        random.Random(seed).shuffle(issues)
        folder = written(tmp_path / f"export{seed}", a=search(*issues[:5]), b=search(*issues[5:]))
        assert run(folder, tmp_path / f"out{seed}", GUESS) == 0
        made.append({path.name: path.read_bytes() for path in (tmp_path / f"out{seed}").glob("*.csv")})
    assert made[0] == made[1] == made[2]


def test_the_board_gives_positions_and_limits(tmp_path: Path) -> None:
    columns = [("Ready", ["4"], 2), ("Doing", ["3"], None), ("Out", ["6"], None)]
    config = {
        "columnConfig": {
            "columns": [
                {"name": n, "statuses": [{"id": i} for i in ids], **({"max": most} if most else {})}
                for n, ids, most in columns
            ]
        }
    }
    entries = [
        history(1, "2026-01-12T10:00:00.000Z", moved("1", "3")),
        history(2, "2026-01-13T10:00:00.000Z", moved("3", "4")),
        history(3, "2026-01-14T10:00:00.000Z", moved("4", "6")),
    ]
    out = _imported(tmp_path, issue(1, "6", entries), board=config)
    rows = table(out, "states")
    assert [row["state"] for row in rows] == ["Backlog", "Waiting for legal", "In Progress", "Done"]
    assert rows[1]["wip_limit"] == "2"


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_dir(), reason="VMO_REAL_DATA does not name the real data sets")
class TestRealAnswers:
    @pytest.fixture
    def portfolio(self, tmp_path: Path) -> Path:
        assert run(REAL / "testdata", tmp_path / "mine", GUESS) == 0
        return tmp_path / "mine"

    def test_flags_are_blockers(self, portfolio: Path) -> None:
        rows = {row["item_id"]: row for row in table(portfolio, "blockers")}
        assert rows["SP-10"]["from_at"] == "2021-09-06T04:33:30.647Z"
        assert rows["SP-10"]["to_at"] == "2021-09-06T04:33:55.539Z"
        assert rows["SP-1"]["to_at"] == ""

    def test_they_load(self, portfolio: Path) -> None:
        assert len(load(portfolio).tables["work_items"]) == 6
