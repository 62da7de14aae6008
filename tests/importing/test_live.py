"""Jira and Azure DevOps over the network, as they behave and as they misbehave."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.importing.jira import history, issue, item, moved, run_of, table
from tests.importing.server import CUT, AzureDevOps, DataCenter, JiraCloud, Site, always, once, served
from tests.importing.test_azure_devops import RUN, revision
from vmo_helpers.cli.main import main
from vmo_helpers.sources.importing import azure_live, jira_live

SECRET = "s3cret-token-of-a-person"
SLEPT: list[float] = []


@pytest.fixture(autouse=True)
def _no_sleep_and_no_token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    SLEPT.clear()
    monkeypatch.setattr("urllib3.util.retry.time.sleep", SLEPT.append)
    for name in ("VMO_JIRA_USER", "VMO_JIRA_TOKEN", "VMO_ADO_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield


def _issues(count: int, key: str = "A") -> list[dict[str, Any]]:
    return [
        issue(
            n, "3", [history(n, f"2026-01-{n % 28 + 1:02}T10:00:00.000Z", moved("1", "3"))], key=f"{key}-{n}"
        )
        for n in range(1, count + 1)
    ]


def _jira(address: str, out: Path, *options: str) -> int:
    return main(
        ["import", "jira", address, "--out", str(out), "--jql", "project = A", "--propose-map", *options]
    )


def _ado(address: str, out: Path, *options: str) -> int:
    return main(["import", "azure-devops", address, "--out", str(out), "--propose-map", *options])


def _files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


class TestCloud:
    def test_every_issue_and_its_whole_history(self, tmp_path: Path) -> None:
        entries = [
            history(n, f"2026-01-{6 + n // 24:02}T{n % 24:02}:00:00.000Z", moved(*("13", "31")[n % 2]))
            for n in range(130)
        ]
        flagged = history(900, 1655462700447, item("Impediment", "", "Impediment", id="customfield_10021"))
        long = issue(999, "1", [*entries, flagged], key="A-999")
        site = JiraCloud([*_issues(250), long, issue(1000, "1")])
        site.entries = 37
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
        assert len(table(tmp_path, "work_items")) == 252
        assert len(run_of(tmp_path, "A-999")) == 131
        assert len(run_of(tmp_path, "A-1000")) == 1
        assert table(tmp_path, "blockers")[0]["from_at"] == "2022-06-17T10:45:00.447Z"
        assert site.count("search/jql") == 3

    def test_an_empty_page_with_a_token_is_not_the_end(self, tmp_path: Path) -> None:
        site = JiraCloud(_issues(300))
        site.empties = True
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
        assert len(table(tmp_path, "work_items")) == 300

    def test_a_token_that_repeats_ends_in_words(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site = JiraCloud(_issues(5))
        site.repeats = True
        with served(site) as address:
            assert _jira(address, tmp_path) == 3
        assert "its token repeats" in capsys.readouterr().err

    def test_a_second_run_fetches_what_changed_and_tells_what_left(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        issues = _issues(250)
        site = JiraCloud(issues)
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
            site.calls.clear()
            before = _files(tmp_path)
            assert _jira(address, tmp_path) == 0
            assert len(site.calls) <= 4 and _files(tmp_path) == before
            done = history(5_000, "2026-04-01T10:00:00.000Z", moved("3", "6"))
            renamed = issue(
                7,
                "6",
                [*issues[6]["changelog"]["histories"], done],
                key="B-7",
                updated="2026-04-01T10:00:00.000Z",
            )
            site.issues[renamed["id"]] = renamed
            del site.issues[issues[8]["id"]]
            site.issues["77777"] = issue(67_777, "1", key="A-777")
            capsys.readouterr()
            assert _jira(address, tmp_path) == 0
        assert "issues that left the source since the last import: 1" in capsys.readouterr().out
        items = {row["item_id"]: row for row in table(tmp_path, "work_items")}
        assert len(items) == 250 and "A-9" not in items and "A-777" in items
        assert items["B-7"]["former_key"] == "A-7"
        assert [state for _, state in run_of(tmp_path, "B-7")] == ["Backlog", "In Progress", "Done"]

    def test_so_many_issues_take_so_many_calls(self, tmp_path: Path) -> None:
        site = JiraCloud(_issues(3_000))
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
            assert len(site.calls) == 3 + 30 + 3  # 553 of 50,000
            site.calls.clear()
            assert _jira(address, tmp_path) == 0
            assert len(site.calls) == 3 + 1  # 13 of 50,000
        ids = [row["item_id"] for row in table(tmp_path, "work_items")]
        assert len(ids) == len(set(ids)) == 3_000
        assert len(table(tmp_path, "transitions")) == 6_000

    def test_an_interrupted_import_goes_on_where_it_was(self, tmp_path: Path) -> None:
        def interrupt(path: str) -> None:
            if "changelog" in path:
                signal.raise_signal(signal.SIGINT)

        site = JiraCloud(_issues(30))
        site.cap = 10
        site.faults.append(interrupt)
        with served(site) as address:
            assert _jira(address, tmp_path) == 130
            assert not (tmp_path / "work_items.csv").exists()
            site.faults.clear()
            site.calls.clear()
            assert _jira(address, tmp_path, "--resume") == 0
        assert not site.count("search/jql") and len(table(tmp_path, "work_items")) == 30

    def test_a_site_that_does_not_describe_itself_is_read_all_the_same(self, tmp_path: Path) -> None:
        for site in (JiraCloud(_issues(3)), DataCenter(_issues(3))):
            for name in ("serverInfo", "field", "status"):
                site.faults.append(always(f"/{name}", (404, {}, {})))
            with served(site) as address:
                assert _jira(address, tmp_path / type(site).__name__) == 0
            assert len(table(tmp_path / type(site).__name__, "transitions")) == 6

    def test_another_query_is_read_anew(self, tmp_path: Path) -> None:
        site = JiraCloud(_issues(3))
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
            site.calls.clear()
            assert _jira(address, tmp_path, "--jql", "project = B") == 0
        assert site.count("changelog") == 1

    @pytest.mark.parametrize(
        ("status", "headers", "slept"),
        [
            (429, {"Retry-After": "3"}, [3]),
            (429, {}, []),
            (503, {"Retry-After": "2"}, [2]),
            (429, {"Retry-After": "86400"}, [300]),
        ],
    )
    def test_a_site_that_asks_to_wait_is_waited_for(
        self, tmp_path: Path, status: int, headers: dict[str, str], slept: list[float]
    ) -> None:
        site = JiraCloud(_issues(3))
        site.faults.append(once("search/jql", (status, headers, "<html>slow down</html>")))
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
        assert slept == SLEPT
        assert len(table(tmp_path, "work_items")) == 3

    def test_cut_in_page_7_of_50_and_resumed_there(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site = JiraCloud(_issues(500))
        site.cap = 10
        site.faults.append(always("search/jql", (200, {}, CUT), at=7))
        with served(site) as address:
            assert _jira(address, tmp_path) == 3
            said = capsys.readouterr().err
            assert "the connection broke" in said and "--resume" in said and "project" not in said
            assert not (tmp_path / "work_items.csv").exists()
            site.faults.clear()
            site.calls.clear()
            assert _jira(address, tmp_path, "--resume") == 0
        assert site.count("search/jql") == 44
        assert len(table(tmp_path, "work_items")) == 500
        assert len(table(tmp_path, "transitions")) == 1_000

    def test_a_connection_that_breaks_once_is_tried_again(self, tmp_path: Path) -> None:
        site = JiraCloud(_issues(3))
        site.faults.append(once("changelog/bulkfetch", (200, {}, CUT)))
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
        assert len(table(tmp_path, "transitions")) == 6

    def test_a_token_that_expires_on_the_way_keeps_the_cache_and_the_tables(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VMO_JIRA_USER", "me@example.com")
        monkeypatch.setenv("VMO_JIRA_TOKEN", SECRET)
        site = JiraCloud(_issues(30))
        site.cap = 10
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
            before = _files(tmp_path)
            site.faults.append(always("search/jql", (401, {}, {"errorMessages": [SECRET]}), at=2))
            capsys.readouterr()
            assert _jira(address, tmp_path, "--jql", "project = Z") == 2
            said = capsys.readouterr().err
            assert "the token was refused; set VMO_JIRA_USER and VMO_JIRA_TOKEN" in said
            assert SECRET not in said and _files(tmp_path) == before
            site.faults.clear()
            site.calls.clear()
            assert _jira(address, tmp_path, "--jql", "project = Z", "--resume") == 0
        assert site.count("search/jql") == 2
        assert site.headers[-1]["Authorization"].startswith("Basic ")
        whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert SECRET.encode() not in whole and b"@example" not in whole and b"Jane" not in whole

    def test_a_site_that_takes_too_long_or_is_not_there_ends_in_words(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site = JiraCloud(_issues(3))
        site.faults.append(once("search/jql", (504, {}, "<html>Gateway Timeout</html>")))
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
            site.faults.append(always("search/jql", (504, {}, "<html>Gateway Timeout</html>")))
            assert _jira(address, tmp_path) == 3
            assert "takes too long, after 5 tries" in capsys.readouterr().err
            site.faults[:] = [always("search/jql", (302, {"Location": "https://login.example"}, ""))]
            assert _jira(address, tmp_path) == 2
            assert "it leads elsewhere" in capsys.readouterr().err
        assert _jira(address, tmp_path) == 3
        assert "cannot be reached" in capsys.readouterr().err

    def test_what_the_site_says_of_a_bad_query_is_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site = JiraCloud([])
        refusal = {"errorMessages": ["Field 'projekt' does not exist."], "errors": {}}
        site.faults.append(always("search/jql", (400, {}, refusal)))
        with served(site) as address:
            assert _jira(address, tmp_path) == 2
        assert "Field 'projekt' does not exist." in capsys.readouterr().err

    def test_without_history_no_history_is_asked_for(self, tmp_path: Path) -> None:
        site = JiraCloud(_issues(3))
        with served(site) as address:
            assert _jira(address, tmp_path, "--no-history") == 0
        assert not site.count("changelog")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://jira.example.com", "plain http is for this machine only"),
        (f"https://me:{SECRET}@jira.example.com", "tokens come by the environment alone"),
        (f"https://jira.example.com/?token={SECRET}", "tokens come by the environment alone"),
        ("ftp://jira.example.com", "expected https"),
    ],
)
def test_addresses_that_are_refused(
    tmp_path: Path, address: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for tool in ("jira", "azure-devops"):
        query = ["--jql", "x = 1"] if tool == "jira" else []
        assert main(["import", tool, address, "--out", str(tmp_path / "mine"), "--propose-map", *query]) == 2
        said = capsys.readouterr().err
        assert told in said and SECRET not in said
    assert not (tmp_path / "mine").exists()


def test_a_site_needs_a_query_and_an_option_its_tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["import", "jira", "https://x.example", "--out", str(tmp_path / "mine"), "--propose-map"]) == 2
    )
    assert "--jql: is needed for a site" in capsys.readouterr().err
    assert main(["import", "jira", "x", "--out", str(tmp_path / "mine"), "--wiql", "x"]) == 2
    assert "jira has no option --wiql" in capsys.readouterr().err


class TestDataCenter:
    @pytest.mark.parametrize("first", [1_150, 1_000])
    def test_issues_beyond_the_window_are_all_there(
        self, tmp_path: Path, first: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert jira_live.WINDOW == DataCenter.window == 10_000
        for place, name in ((jira_live, "WINDOW"), (DataCenter, "window")):
            monkeypatch.setattr(place, name, 1_000)
        issues = [issue(n, "1", key=f"A-{n}") for n in range(1, first + 1)]
        issues += [issue(20_000 + n, "1", key=f"B-{n}") for n in range(1, 1_051)]
        issues += [issue(30_000, "1", key="C-1")]
        site = DataCenter(issues)
        with served(site) as address:
            assert _jira(f"{address}/jira", tmp_path) == 0
            assert len(table(tmp_path, "work_items")) == first + 1_051
            site.calls.clear()
            assert _jira(f"{address}/jira", tmp_path) == 0
        assert len(site.calls) <= 15

    def test_a_page_that_takes_too_long_is_halved(self, tmp_path: Path) -> None:
        site = DataCenter(_issues(60))
        site.slow = 12
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
        assert len(table(tmp_path, "transitions")) == 120

    def test_the_token_alone_is_a_bearer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VMO_JIRA_TOKEN", SECRET)
        site = DataCenter(_issues(3))
        site.secret = f"Bearer {SECRET}"
        with served(site) as address:
            assert _jira(address, tmp_path) == 0

    def test_older_answers_without_ids_of_fields_and_without_a_whole_history(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        issues = _issues(3)
        for one in issues:
            for entry in one["changelog"]["histories"]:
                del entry["items"][0]["fieldId"]
                entry["items"].append({"field": "assignee", "fromString": "Jane Doe", "toString": "Bob"})
        issues[2]["changelog"]["total"] = 5
        with served(DataCenter(issues)) as address:
            assert _jira(address, tmp_path) == 3
        assert "A-3: 1 of 5 entries of its history could be read" in capsys.readouterr().err
        assert [state for _, state in run_of(tmp_path, "A-1")] == ["Backlog", "In Progress"]
        whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"Jane" not in whole and b"Bob" not in whole

    def test_a_change_is_read_again(self, tmp_path: Path) -> None:
        site = DataCenter(_issues(3))
        with served(site) as address:
            assert _jira(address, tmp_path) == 0
            site.issues[1]["fields"] |= {"summary": "New", "updated": "2026-05-01T00:00:00.000+0000"}
            assert _jira(address, tmp_path) == 0
        assert [row["title"] for row in table(tmp_path, "work_items")] == ["Item 1", "New", "Item 3"]


@pytest.mark.parametrize(
    ("address", "whole", "project"),
    [
        ("https://dev.azure.com/org", "https://dev.azure.com/org", ""),
        ("https://dev.azure.com/org/My%20Alpha", "https://dev.azure.com/org", "My Alpha"),
        ("https://org.visualstudio.com/Alpha", "https://org.visualstudio.com", "Alpha"),
        ("https://tfs.example/tfs/Collection", "https://tfs.example/tfs/Collection", ""),
        ("https://tfs.example/tfs/Collection/Alpha", "https://tfs.example/tfs/Collection", "Alpha"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", ""),
    ],
)
def test_the_reports_are_asked_of_the_organisation(address: str, whole: str, project: str) -> None:
    assert azure_live._project(address) == (whole, project)


class TestAzureDevOps:
    def test_a_projects_address_asks_its_items_and_the_organisations_reports(self, tmp_path: Path) -> None:
        site = AzureDevOps(RUN)
        with served(site) as address:
            assert _ado(f"{address}/org/Alpha", tmp_path) == 0
        assert "/org/Alpha/_apis/wit/wiql" in site.calls
        assert "/org/_apis/wit/reporting/workitemrevisions" in site.calls
        assert len(run_of(tmp_path, "1")) == 4

    def test_every_revision_of_the_query_and_none_of_others(self, tmp_path: Path) -> None:
        others = [revision(n, 1, "New", "01-05T09:00:00Z") for n in range(100, 900)]
        site = AzureDevOps([*others, *RUN], size=150)
        site.found = {1}
        site.version = "6.0"
        with served(site) as address:
            assert _ado(f"{address}/org", tmp_path) == 0
        assert [state for _, state in run_of(tmp_path, "1")] == ["New", "Active", "Resolved", "Closed"]
        assert [row["item_id"] for row in table(tmp_path, "work_items")] == ["1"]

    def test_a_second_run_reads_on_and_an_item_that_came_later_is_whole(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site = AzureDevOps(
            [*RUN[:3], revision(2, 1, "New", "01-05T09:00:00Z"), revision(2, 2, "Active", "01-06T09:00:00Z")]
        )
        site.found = {1}
        with served(site) as address:
            assert _ado(address, tmp_path) == 0
            site.calls.clear()
            assert _ado(address, tmp_path) == 0
            assert len(site.calls) <= 5
            site.revisions += RUN[3:]
            site.found = {1, 2}
            assert _ado(address, tmp_path) == 0
            assert [state for _, state in run_of(tmp_path, "1")] == ["New", "Active", "Resolved", "Closed"]
            assert [state for _, state in run_of(tmp_path, "2")] == ["New", "Active"]
            site.found = {2}
            capsys.readouterr()
            assert _ado(address, tmp_path) == 0
        assert "work items that left the source since the last import: 1" in capsys.readouterr().out
        assert [row["item_id"] for row in table(tmp_path, "work_items")] == ["2"]

    def test_a_query_that_finds_too_many_is_split(self, tmp_path: Path) -> None:
        site = AzureDevOps([revision(n, 1, "New", "01-05T09:00:00Z") for n in range(1, 301)], size=100)
        site.most = 40
        query = "SELECT [System.Id] FROM WorkItems WHERE [System.State] = 'New' OR 1 = 1 ORDER BY [System.Id]"
        with served(site) as address:
            assert _ado(address, tmp_path, "--wiql", query) == 0
        assert len(table(tmp_path, "work_items")) == 300

    def test_without_history_items_come_in_batches_and_one_that_may_not_be_read_is_passed_over(
        self, tmp_path: Path
    ) -> None:
        site = AzureDevOps([revision(n, 1, "Active", "01-05T09:00:00Z") for n in range(1, 451)])
        site.found |= {9_999}
        with served(site) as address:
            assert _ado(address, tmp_path, "--no-history") == 0
        assert site.count("workitemsbatch") == 3
        assert len(table(tmp_path, "work_items")) == 450

    def test_a_busy_service_is_waited_for_and_a_cut_one_resumed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VMO_ADO_TOKEN", SECRET)
        site = AzureDevOps([revision(n, 1, "New", "01-05T09:00:00Z") for n in range(1, 301)], size=50)
        busy = {
            "message": "TF400733: The request has been canceled: Request was blocked due to exceeding usage"
        }
        site.faults += [
            once("workitemrevisions", (429, {"Retry-After": "7"}, busy)),
            always("workitemrevisions", (200, {}, CUT), at=5),
        ]
        with served(site) as address:
            assert _ado(address, tmp_path) == 3
            assert 7 in SLEPT
            site.faults.clear()
            site.calls.clear()
            assert _ado(address, tmp_path, "--resume") == 0
        assert site.count("workitemrevisions") == 2
        assert len(table(tmp_path, "work_items")) == 300
        assert SECRET.encode() not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())

    def test_links_of_the_report_are_parents(self, tmp_path: Path) -> None:
        site = AzureDevOps([revision(n, 1, "New", "01-05T09:00:00Z") for n in (1, 2)])
        site.links = [
            {
                "rel": "System.LinkTypes.Hierarchy-Forward",
                "sourceId": 1,
                "targetId": 2,
                "changedDate": "2026-01-06T00:00:00Z",
                "isActive": True,
            }
        ]
        with served(site) as address:
            assert _ado(address, tmp_path) == 0
        assert [row["parent_id"] for row in table(tmp_path, "work_items")] == ["", "1"]

    def test_a_page_to_sign_in_is_a_refused_token(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site: Site = AzureDevOps(RUN)
        site.faults.append(always("wiql", (203, {}, "<html>Sign in</html>")))
        with served(site) as address:
            assert _ado(address, tmp_path) == 2
        assert "the token was refused; set VMO_ADO_TOKEN" in capsys.readouterr().err


def test_the_manifest_names_no_query(tmp_path: Path) -> None:
    with served(JiraCloud(_issues(1))) as address:
        assert _jira(address, tmp_path) == 0
    assert set(json.loads((tmp_path / "import.json").read_text())) == {
        *("tool", "sections", "files", "joined", "told")
    }
