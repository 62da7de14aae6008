"""Azure DevOps' answers from files: revisions, updates, links, states of types, OData."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.importing.jira import run_of, table, written
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load

REAL = Path(os.environ.get("VMO_REAL_DATA", "absent")) / "azure_devops"
PERSON = {"displayName": "Jane Doe", "uniqueName": "jane.doe@example.com", "id": "p-1"}
STATES = {
    "name": "User Story",
    "states": [
        {"name": "New", "category": "Proposed"},
        {"name": "Active", "category": "InProgress"},
        {"name": "Resolved", "category": "Resolved"},
        {"name": "Closed", "category": "Completed"},
        {"name": "Removed", "category": "Removed"},
    ],
}


def revision(id: int, rev: int, state: str, at: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": id,
        "rev": rev,
        "fields": {
            "System.WorkItemType": "User Story",
            "System.State": state,
            "System.Title": f"Story {id}",
            "System.TeamProject": "Alpha",
            "System.CreatedDate": "2026-01-05T09:00:00Z",
            "System.ChangedDate": f"2026-{at}",
            "System.ChangedBy": PERSON,
            "System.AssignedTo": "Jane Doe <jane.doe@example.com>",
            **{name.replace("__", "."): value for name, value in fields.items()},
        },
    }


def batch(*revisions: dict[str, Any], last: bool = True) -> dict[str, Any]:
    return {"values": list(revisions), "isLastBatch": last, "continuationToken": "1;2;3"}


def run(source: Path, out: Path, *options: str) -> int:
    return main(["import", "azure-devops", str(source), "--out", str(out), *options])


def _imported(tmp_path: Path, *revisions: dict[str, Any], **files: Any) -> Path:
    out = tmp_path / "mine"
    given = written(tmp_path / "export", states=STATES, revisions=batch(*revisions), **files)
    assert run(given, out, "--propose-map") == 0
    return out


RUN = (
    revision(1, 1, "New", "01-05T09:00:00Z"),
    revision(1, 2, "New", "01-06T09:00:00Z", System__Title="Other"),
    revision(1, 3, "Active", "01-07T09:00:00Z"),
    revision(1, 4, "Resolved", "01-08T09:00:00Z"),
    revision(1, 5, "Closed", "01-09T09:00:00Z"),
)


def test_revisions_become_a_portfolio_that_loads(tmp_path: Path) -> None:
    out = _imported(tmp_path, *RUN[::-1])
    assert run_of(out, "1") == [
        ("2026-01-05T09:00:00Z", "New"),
        ("2026-01-07T09:00:00Z", "Active"),
        ("2026-01-08T09:00:00Z", "Resolved"),
        ("2026-01-09T09:00:00Z", "Closed"),
    ]
    assert [row["class"] for row in table(out, "states")] == ["backlog", "active", "wait", "done"]
    assert len(load(out).tables["transitions"]) == 4
    whole = "".join(path.read_text() for path in out.iterdir())
    assert "Jane" not in whole and "@" not in whole


def test_resolved_must_be_classed_by_a_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(tmp_path / "export", states=STATES, revisions=batch(*RUN))
    mine = tmp_path / "my.toml"
    rest = "[type.'User Story']\nlevel = 'story'\n"
    mine.write_text(
        rest
        + "".join(
            f"[status.{n}]\nclass = '{c}'\n"
            for n, c in (("New", "backlog"), ("Active", "active"), ("Closed", "done"))
        )
    )
    assert run(source, tmp_path / "mine", "--map", str(mine)) == 2
    assert "says nothing of the states Resolved" in capsys.readouterr().err
    mine.write_text(mine.read_text() + "[status.Resolved]\nclass = 'done'\n")
    assert run(source, tmp_path / "mine", "--map", str(mine)) == 0
    assert {row["state"]: row["class"] for row in table(tmp_path / "mine", "states")}["Resolved"] == "done"


def test_a_gap_in_the_revisions_fails_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(
        tmp_path / "export", a=batch(*RUN[:2], *RUN[3:], revision(2, 1, "New", "01-05T09:00:00Z"))
    )
    assert run(source, tmp_path / "mine", "--propose-map") == 3
    assert "work item 1: 4 of 5 revisions could be read" in capsys.readouterr().err
    assert run(source, tmp_path / "mine", "--propose-map", "--lenient") == 0
    assert "work items with only a part of their revisions: 1" in capsys.readouterr().out


def test_a_revision_in_two_batches_counts_once_and_a_missing_end_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(tmp_path / "export", a=batch(*RUN[:3], last=False), b=batch(*RUN[2:], last=False))
    assert run(source, tmp_path / "mine", "--propose-map") == 0
    assert "batches of revisions that are missing at the end" in capsys.readouterr().out
    assert len(run_of(tmp_path / "mine", "1")) == 4


def test_an_item_that_moved_and_changed_its_type_keeps_its_history(tmp_path: Path) -> None:
    moved = revision(
        1, 3, "Active", "01-07T09:00:00Z", System__TeamProject="Beta", System__WorkItemType="Feature"
    )
    out = _imported(tmp_path, *RUN[:2], moved, revision(2, 1, "New", "01-05T09:00:00Z"))
    assert [state for _, state in run_of(out, "1")] == ["New", "Active"]
    row = table(out, "work_items")[0]
    assert (row["level"], row["value_stream_id"]) == ("feature", "Beta")


def test_deleted_items_go_and_restored_ones_stay_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted = revision(1, 2, "New", "01-06T09:00:00Z", System__IsDeleted=True)
    back = revision(2, 3, "Active", "01-07T09:00:00Z", System__IsDeleted=False)
    out = _imported(
        tmp_path,
        RUN[0],
        deleted,
        revision(2, 1, "New", "01-05T09:00:00Z"),
        revision(2, 2, "New", "01-06T09:00:00Z", System__IsDeleted=True),
        back,
    )
    assert [row["item_id"] for row in table(out, "work_items")] == ["2"]
    assert [state for _, state in run_of(out, "2")] == ["New", "Active"]
    assert "work items that were deleted, and are left out: 1" in capsys.readouterr().out


def test_split_columns_of_a_board_are_states_of_their_own(tmp_path: Path) -> None:
    def at(rev: int, column: str, done: bool, state: str = "Active") -> dict[str, Any]:
        return revision(
            1,
            rev,
            state,
            f"01-{5 + rev:02}T09:00:00Z",
            System__BoardColumn=column,
            System__BoardColumnDone=done,
        )

    columns = [
        {"name": "New", "itemLimit": 0, "isSplit": False, "stateMappings": {}},
        {"name": "Build", "itemLimit": 5, "isSplit": True, "stateMappings": {}},
        {"name": "Test", "itemLimit": 3, "isSplit": True, "stateMappings": {}},
        {"name": "Closed", "itemLimit": 0, "isSplit": False, "stateMappings": {}},
    ]
    out = _imported(
        tmp_path,
        at(1, "New", False, "New"),
        at(2, "Build", False),
        at(3, "Build", True),
        at(4, "Test", False),
        at(5, "Test", True),
        at(6, "Closed", False, "Closed"),
        board={"id": "b", "columns": columns},
    )
    states = [(row["state"], row["class"], row["wip_limit"]) for row in table(out, "states")]
    assert states == [
        ("New", "backlog", ""),
        ("Build", "active", "5"),
        ("Build (done)", "wait", ""),
        ("Test", "active", "3"),
        ("Test (done)", "wait", ""),
        ("Closed", "done", ""),
    ]


def test_a_state_that_types_put_into_different_categories_is_two(tmp_path: Path) -> None:
    bug = {
        "name": "Bug",
        "states": [{"name": "Active", "category": "Proposed"}, {"name": "New", "category": "Proposed"}],
    }
    out = _imported(
        tmp_path,
        *RUN[:3],
        revision(2, 1, "New", "01-05T09:00:00Z", System__WorkItemType="Bug"),
        revision(2, 2, "Active", "01-06T09:00:00Z", System__WorkItemType="Bug"),
        bugs=bug,
    )
    classes = {row["state"]: row["class"] for row in table(out, "states")}
    assert classes == {"New": "backlog", "Active (Bug)": "backlog", "Active (User Story)": "active"}


def test_parents_and_what_comes_before_by_field_by_relation_and_by_report(tmp_path: Path) -> None:
    rel = {"rel": "System.LinkTypes.Hierarchy-Reverse", "url": "https://x.example/_apis/wit/workItems/1"}
    first = {"rel": "System.LinkTypes.Dependency-Reverse", "url": "https://x.example/_apis/wit/workItems/2"}
    links = [
        {
            "rel": "System.LinkTypes.Hierarchy",
            "sourceId": 1,
            "targetId": 4,
            "changedDate": "2026-01-06T09:00:00Z",
            "isActive": True,
        },
        {
            "rel": "System.LinkTypes.Hierarchy",
            "sourceId": 1,
            "targetId": 5,
            "changedDate": "2026-01-06T09:00:00Z",
            "isActive": True,
        },
        {
            "rel": "System.LinkTypes.Hierarchy",
            "sourceId": 1,
            "targetId": 5,
            "changedDate": "2026-01-07T09:00:00Z",
            "isActive": False,
        },
    ]
    related = revision(3, 1, "New", "01-05T09:00:00Z") | {"relations": [rel, first]}
    items = [revision(n, 1, "New", "01-05T09:00:00Z") for n in (1, 4, 5)]
    out = _imported(
        tmp_path,
        revision(2, 1, "New", "01-05T09:00:00Z", System__Parent=1),
        related,
        *items,
        links={"values": links},
    )
    assert [row["parent_id"] for row in table(out, "work_items")] == ["", "1", "1", "1", ""]
    assert table(out, "dependencies") == [{"item_id": "3", "needs_item_id": "2"}]


@pytest.mark.parametrize("how", ["Microsoft__VSTS__CMMI__Blocked", "System__Tags"])
def test_the_blocked_field_or_tag_makes_blockers(tmp_path: Path, how: str) -> None:
    said = "Yes" if "Blocked" in how else "Red; Blocked"
    out = _imported(
        tmp_path,
        RUN[0],
        revision(1, 2, "New", "01-06T09:00:00Z", **{how: said}),
        revision(1, 3, "Active", "01-07T09:00:00Z", **{how: said}),
        revision(1, 4, "Active", "01-08T09:00:00Z", **{how: "No"}),
        revision(1, 5, "Active", "01-09T09:00:00Z", **{how: said}),
    )
    spans = [(row["from_at"], row["to_at"]) for row in table(out, "blockers")]
    assert spans == [("2026-01-06T09:00:00Z", "2026-01-08T09:00:00Z"), ("2026-01-09T09:00:00Z", "")]


def test_updates_that_only_add_a_relation_are_no_transitions(tmp_path: Path) -> None:
    def changed(**fields: str) -> dict[str, Any]:
        return {name.replace("__", "."): {"newValue": value} for name, value in fields.items()}

    new = {
        "System__WorkItemType": "Bug",
        "System__Title": "Bug 1",
        "System__CreatedDate": "2026-01-05T09:00:00Z",
    }
    parent = {"rel": "System.LinkTypes.Hierarchy-Reverse", "url": "https://x.example/_apis/wit/workItems/9"}
    updates = [
        {"rev": 1, "fields": changed(System__State="New", System__ChangedDate="2026-01-05T09:00:00Z", **new)},
        {"rev": 1, "relations": {"added": [parent]}},
        {"rev": 1, "relations": {"removed": [parent]}},
        {"rev": 2, "fields": changed(System__State="Active", System__ChangedDate="2026-01-07T09:00:00Z")},
    ]
    for number, update in enumerate(updates, start=1):
        update |= {"id": number, "workItemId": 1, "revisedDate": "9999-01-01T00:00:00Z"}
    source = written(tmp_path / "export", updates={"count": 4, "value": updates[::-1]})
    assert run(source, tmp_path / "mine", "--propose-map") == 0
    assert run_of(tmp_path / "mine", "1") == [
        ("2026-01-05T09:00:00Z", "New"),
        ("2026-01-07T09:00:00Z", "Active"),
    ]
    row = table(tmp_path / "mine", "work_items")[0]
    assert "parent_id" not in row and row["work_type"] == "defect"


def test_a_reason_that_delivers_nothing_cancels(tmp_path: Path) -> None:
    out = _imported(
        tmp_path, *RUN[:4], revision(1, 5, "Closed", "01-09T09:00:00Z", System__Reason="Duplicate")
    )
    assert run_of(out, "1")[-1][1] == "Closed (Duplicate)"


ROW = {
    "WorkItemId": 1,
    "WorkItemType": "User Story",
    "Title": "Story 1",
    "CreatedDate": "2026-01-05T10:00:00+01:00",
}
ODATA = [
    {
        **ROW,
        "Revision": n,
        "State": s,
        "StateCategory": c,
        "ChangedDate": f"2026-01-0{4 + n}T10:00:00+01:00",
        "Project": {"ProjectName": "Alpha"},
    }
    for n, s, c in ((1, "New", "Proposed"), (2, "Doing it", "InProgress"), (3, "Out", "Completed"))
]


def _odata_csv() -> str:
    text = io.StringIO()
    rows = [{**row, "Project": "", "Project.ProjectName": "Alpha"} for row in ODATA]
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_odata_of_revisions(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"WorkItemRevisions.{kind}"
    file.write_text(_odata_csv() if kind == "csv" else json.dumps({"@odata.context": "x", "value": ODATA}))
    assert run(file, tmp_path / "mine", "--propose-map") == 0
    assert run_of(tmp_path / "mine", "1") == [
        ("2026-01-05T09:00:00Z", "New"),
        ("2026-01-06T09:00:00Z", "Doing it"),
        ("2026-01-07T09:00:00Z", "Out"),
    ]
    assert table(tmp_path / "mine", "work_items")[0]["value_stream_id"] == "Alpha"


def test_snapshots_have_one_row_a_day_and_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = [("05", "New"), ("06", "Active"), ("07", "Active"), ("08", "Closed")]
    rows = [{**ROW, "State": state, "DateValue": f"2026-01-{day}T00:00:00Z"} for day, state in days]
    file = tmp_path / "snapshots.json"
    file.write_text(json.dumps({"value": rows}))
    assert run(file, tmp_path / "mine", "--propose-map") == 0
    assert "histories of one row a day: what happened within a day is not known: 1" in capsys.readouterr().out
    assert [at for at, _ in run_of(tmp_path / "mine", "1")[1:]] == [
        "2026-01-06T00:00:00Z",
        "2026-01-08T00:00:00Z",
    ]


def test_last_revisions_alone_hold_no_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    closed = revision(
        1, 7, "Closed", "02-05T09:00:00Z", Microsoft__VSTS__Common__ClosedDate="2026-02-04T09:00:00Z"
    )
    source = written(tmp_path / "export", items={"count": 1, "value": [closed]})
    assert run(source, tmp_path / "mine", "--propose-map") == 2
    assert "holds no history" in capsys.readouterr().err
    assert run(source, tmp_path / "mine", "--propose-map", "--no-history") == 0
    assert table(tmp_path / "mine", "work_items")[0]["finished_at"] == "2026-02-04T09:00:00Z"


def test_one_odd_revision_costs_its_item_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = revision(7, 1, "New", "13-05T09:00:00Z")
    source = written(tmp_path / "export", a=batch(*RUN, odd))
    assert run(source, tmp_path / "mine", "--propose-map") == 3
    assert "a.json, work item 7" in capsys.readouterr().err
    assert [row["item_id"] for row in table(tmp_path / "mine", "work_items")] == ["1"]


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_dir(), reason="VMO_REAL_DATA does not name the real data sets")
@pytest.mark.parametrize("name", ["list_of_workitem_updates", "list_workitem_revisions"])
def test_the_makers_own_examples(tmp_path: Path, name: str) -> None:
    assert run(REAL / f"{name}.json", tmp_path / "mine", "--propose-map") == 0
    assert run_of(tmp_path / "mine", "1") == [
        ("2017-09-04T02:08:16.600Z", "New"),
        ("2017-09-04T02:36:18.750Z", "Active"),
    ]
    assert len(load(tmp_path / "mine").tables["work_items"]) == 1
