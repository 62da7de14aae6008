"""Azure DevOps' Analytics over the network: pages by links, what changed alone, rows of one a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.importing.jira import run_of, table
from tests.importing.server import CUT, Analytics, always, once, served
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load
from vmo_helpers.sources.importing import azure_odata

ROOT = "/org/_odata/v4.0-preview"
SECRET = "s3cret-token-of-a-person"
STATES = (("New", "Proposed"), ("Active", "InProgress"), ("Closed", "Completed"))


@pytest.fixture(autouse=True)
def _no_sleep_and_no_token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: None)
    monkeypatch.delenv("VMO_ADO_TOKEN", raising=False)
    yield


def _rows(id: int, many: int = 3, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "WorkItemId": id,
            "Revision": rev,
            "Title": f"Story {id}",
            "WorkItemType": "User Story",
            "State": state,
            "StateCategory": category,
            "CreatedDate": "2026-01-05T10:00:00+01:00",
            "ChangedDate": f"2026-01-{4 + rev:02}T10:00:00+01:00",
            "AssignedTo": {"UserName": "Jane Doe", "emailAddress": "jane@example.com"},
            "Project": {"ProjectName": "Alpha"},
            "Area": {"AreaPath": "Alpha\\Shop"},
            **dict.fromkeys(("ParentWorkItemId", "TagNames", "Reason", "ClosedDate", "TargetDate")),
            **more,
        }
        for rev, (state, category) in enumerate(STATES[:many], start=1)
    ]


def _site(*items: list[dict[str, Any]], size: int = 100) -> Analytics:
    return Analytics(
        {
            "WorkItemRevisions": [row for rows in items for row in rows],
            "WorkItems": [rows[-1] for rows in items],
        },
        size=size,
    )


def _run(address: str, out: Path, *options: str) -> int:
    return main(["import", "azure-devops", address, "--out", str(out), "--propose-map", *options])


def test_every_page_is_followed_and_what_the_organisation_lacks_is_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMO_ADO_TOKEN", SECRET)
    site = _site(*(_rows(n, ParentWorkItemId=1 if n > 1 else None) for n in range(1, 120)), size=50)
    with served(site) as address:
        assert _run(f"{address}{ROOT}", tmp_path) == 0
    assert len(table(tmp_path, "work_items")) == 119 and len(table(tmp_path, "transitions")) == 357
    assert run_of(tmp_path, "7") == [
        ("2026-01-05T09:00:00Z", "New"),
        ("2026-01-06T09:00:00Z", "Active"),
        ("2026-01-07T09:00:00Z", "Closed"),
    ]
    assert table(tmp_path, "work_items")[6]["parent_id"] == "1"
    assert table(tmp_path, "value_streams") == [{"value_stream_id": "Alpha", "name": "Alpha"}]
    assert [row["class"] for row in table(tmp_path, "states")] == ["backlog", "active", "done"]
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(word in whole for word in (SECRET.encode(), b"Jane", b"jane@"))


def test_a_filter_says_which_items_and_every_revision_of_these_is_read(tmp_path: Path) -> None:
    bug = [{**row, "WorkItemType": "Bug" if row["Revision"] == 3 else "User Story"} for row in _rows(5)]
    site = _site(_rows(4), bug, _rows(6))
    with served(site) as address:
        assert _run(f"{address}{ROOT}", tmp_path, "--odata-filter", "WorkItemType eq 'Bug'") == 0
    assert [row["item_id"] for row in table(tmp_path, "work_items")] == ["5"]
    assert [state for _, state in run_of(tmp_path, "5")] == ["New", "Active", "Closed"]


def test_a_second_run_reads_what_changed_and_tells_what_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = _site(_rows(1, 2), _rows(2), _rows(3))
    with served(site) as address:
        assert _run(f"{address}{ROOT}", tmp_path) == 0
        site.calls.clear()
        assert _run(f"{address}{ROOT}", tmp_path) == 0
        assert site.calls == [f"{ROOT}/WorkItems"]
        site.rows = _site(_rows(1), _rows(3)).rows
        site.queries.clear()
        capsys.readouterr()
        assert _run(f"{address}{ROOT}", tmp_path) == 0
    assert {query.get("$filter") for query in site.queries} == {None, "WorkItemId in (1)"}
    assert "work items that left the source since the last import: 1" in capsys.readouterr().out
    assert [row["item_id"] for row in table(tmp_path, "work_items")] == ["1", "3"]
    assert [state for _, state in run_of(tmp_path, "1")] == ["New", "Active", "Closed"]


@pytest.mark.parametrize("host", ["http://other.example", "https://127.0.0.1", "//other.example"])
def test_a_page_on_another_host_is_not_followed(
    tmp_path: Path, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = _site(*(_rows(n) for n in range(9)), size=5)
    site.host = host
    with served(site) as address:
        assert _run(f"{address}{ROOT}", tmp_path) == 2
    assert "its next page lies on another host" in capsys.readouterr().err
    assert not (tmp_path / "work_items.csv").exists()


def test_a_link_that_repeats_ends_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = _site(_rows(1))
    site.repeats = True
    with served(site) as address:
        assert _run(f"{address}{ROOT}", tmp_path) == 3
    assert "its link repeats" in capsys.readouterr().err


def test_cut_on_the_way_and_resumed_there(tmp_path: Path) -> None:
    site = _site(*(_rows(n) for n in range(1, 31)), size=10)
    site.properties |= {*azure_odata.SELECTED, "StoryPoints", "Effort", "Size"}
    site.faults += [
        once("WorkItemRevisions", (429, {"Retry-After": "7"}, {"message": "TF400733: busy"})),
        always("WorkItemRevisions", (200, {}, CUT), at=6),
    ]
    with served(site) as address:
        assert _run(f"{address}{ROOT}", tmp_path) == 3
        site.faults.clear()
        site.calls.clear()
        assert _run(f"{address}{ROOT}", tmp_path, "--resume") == 0
    assert set(site.calls) == {f"{ROOT}/WorkItemRevisions"} and len(site.calls) < 9
    assert len(table(tmp_path, "transitions")) == 90


def test_snapshots_have_one_row_a_day_and_the_deck_says_so(tmp_path: Path) -> None:
    days = ((5, 0), (6, 1), (7, 1), (8, 2))
    rows = [
        {**_rows(1)[state], "DateValue": f"2026-01-{day:02}T00:00:00Z", "StateChangeDate": None}
        for day, state in days
    ]
    site = Analytics({"WorkItemSnapshot": rows, "WorkItems": rows[-1:]})
    with served(site) as address:
        assert _run(f"{address}{ROOT}/WorkItemSnapshot", tmp_path) == 0
    assert [at for at, _ in run_of(tmp_path, "1")[1:]] == ["2026-01-06T00:00:00Z", "2026-01-08T00:00:00Z"]
    said = [note.sentence for note in load(tmp_path).notes]
    assert "histories of one row a day: what happened within a day is not known: 1" in said


def test_without_history_the_items_of_today_are_read(tmp_path: Path) -> None:
    site = _site(*(_rows(n, ClosedDate="2026-01-07T10:00:00+01:00") for n in range(1, 4)))
    with served(site) as address:
        assert _run(f"{address}{ROOT}", tmp_path, "--no-history") == 0
    assert not site.count("WorkItemRevisions")
    assert [row["finished_at"] for row in table(tmp_path, "work_items")] == ["2026-01-07T09:00:00Z"] * 3


@pytest.mark.parametrize(
    ("path", "options", "told"),
    [
        (ROOT, ("--wiql", "SELECT [System.Id] FROM WorkItems"), "OData knows no WIQL"),
        (f"{ROOT}/TestRuns", (), "TestRuns is not read; known are WorkItemRevisions"),
        ("/org", ("--odata-filter", "WorkItemId eq 1"), "is for an address of Analytics"),
        ("/org/x/_odata", ("--odata-filter", "nonsense"), "is --odata-filter right?"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    tmp_path: Path, path: str, options: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = _site(_rows(1))
    site.faults.append(always("WorkItems", (400, {}, {"message": "VS403483: the filter is not valid"})))
    with served(site) as address:
        assert _run(f"{address}{path}", tmp_path, *options) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/org/_odata", "/org/_odata/v4.0-preview"),
        ("/org/My%20Alpha/_odata/v2.0/", "/org/My%20Alpha/_odata/v2.0"),
        ("/tfs/Collection/_odata/v3.0-preview/WorkItemRevisions", "/tfs/Collection/_odata/v3.0-preview"),
    ],
)
def test_addresses_of_analytics(path: str, root: str) -> None:
    assert azure_odata.is_odata(f"https://x.example{path}")
    assert azure_odata._root(path) == (root, "WorkItemRevisions")
    assert not azure_odata.is_odata("https://dev.azure.com/_odatas")
