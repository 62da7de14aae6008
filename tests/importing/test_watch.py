"""The one line of a long import: what is read, how many calls, what is waited for; nothing where nobody
looks."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.importing.jira import search, written
from tests.importing.server import AzureDevOps, JiraCloud, Site, always, once, served
from tests.importing.test_azure_devops import RUN, batch
from tests.importing.test_live import _issues
from vmo_helpers.cli.main import main
from vmo_helpers.sources.importing import watch


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _said(monkeypatch: pytest.MonkeyPatch, out: Path, tool: str, source: str, *options: str) -> list[str]:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: None)
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.0)
    assert main(["import", tool, source, "--out", str(out), "--propose-map", *options]) == 0
    text = screen.getvalue()
    assert "\n" not in text and text.endswith("\r\x1b[2K")  # one line, and nothing stays of it
    return [line.strip(" …") for line in text.split("\r\x1b[2K") if line]


def _site(kind: str) -> tuple[Site, str, list[str]]:
    if kind == "jira":
        cloud = JiraCloud(_issues(250))
        return cloud, "jira", ["--jql", "project = A"]
    return AzureDevOps(RUN), "azure-devops", []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("jira", ["issues: 250 read", "histories: 0 of 250 read, 6 calls", "pages: 0 of 6 read"]),
        ("azure-devops", ["revisions: 5 read, 3 calls", "links: 0 read"]),
    ],
)
def test_a_site_is_told_of_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, told: list[str]
) -> None:
    site, tool, options = _site(kind)
    with served(site) as address:
        lines = _said(monkeypatch, tmp_path, tool, address, *options)
    assert not [one for one in told if not any(line.startswith(one) for line in lines)], lines


def test_what_is_waited_for_is_told_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = JiraCloud(_issues(3))
    site.faults += [
        once("search/jql", (429, {"Retry-After": "7"}, "<html>slow down</html>")),
        once("changelog/bulkfetch", (504, {}, "<html>Gateway Timeout</html>"), (504, {}, "")),
    ]
    with served(site) as address:
        lines = _said(monkeypatch, tmp_path, "jira", address, "--jql", "project = A")
    assert any("waiting 7 s: 127.0.0.1 is busy (429), 4 calls" in line for line in lines), lines
    assert any("waiting 2 s: 127.0.0.1 does not answer" in line for line in lines), lines


def test_files_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jira = written(tmp_path / "jira", a=search(*_issues(3)), b=search(*_issues(3)))
    azure = written(tmp_path / "azure", a=batch(*RUN))
    assert "files: 1 of 2 read" in _said(monkeypatch, tmp_path / "a", "jira", str(jira))
    assert "files: 0 of 1 read" in _said(monkeypatch, tmp_path / "b", "azure-devops", str(azure))


def test_nothing_is_said_where_nobody_looks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(JiraCloud(_issues(3))) as address:
        command = ["import", "jira", address, "--out", str(tmp_path), "--jql", "x = 1", "--propose-map"]
        assert main(command) == 0
    assert capsys.readouterr().err == ""


def test_the_line_goes_before_an_error_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    site = JiraCloud(_issues(3))
    site.faults.append(always("changelog", (401, {}, {})))
    with served(site) as address:
        command = ["import", "jira", address, "--out", str(tmp_path), "--jql", "x = 1", "--propose-map"]
        assert main(command) == 2
    assert "\r\x1b[2Kvmo: " in screen.getvalue()


def test_the_line_changes_a_few_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    watching, now = watch.Watch(lines.append), [0.0]
    monkeypatch.setattr(watch.time, "monotonic", lambda: now[0])
    for number in range(1_000):
        now[0] = number / 1_000
        watching.read("issues", number)
    assert len(lines) == 5
