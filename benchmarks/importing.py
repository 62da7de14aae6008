"""`make bench`: 50,000 issues of Jira, and 50,000 work items of Azure DevOps with 450,000 revisions, through
`vmo import`: from files, from a site on this machine that pages as theirs do, and from that site again when
nothing has changed. Judged are seconds (from files), the peak of memory, and calls."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import attempted, python  # noqa: E402
from tests.importing.jira import history, issue, item, moved, search  # noqa: E402
from tests.importing.server import AzureDevOps, JiraCloud, Site, served  # noqa: E402
from tests.importing.test_azure_devops import STATES, revision  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "importing.json"
ISSUES = 50_000
MOVES = ("1", "3", "4", "3", "6")
RUN = ("New", "Active", "Resolved", "Active", "Closed")
MOST_SECONDS, MOST_MB = 60.0, 500.0
MOST_CALLS = {"jira": 560, "azure-devops": 2_300}
"""Histories of Jira come a thousand issues a call, revisions of Azure DevOps two hundred a batch."""
MOST_CALLS_AGAIN = {"jira": 15, "azure-devops": 25}
"""A query that finds more than 20,000 work items is asked for in halves each time."""


_APART = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(json.dumps([time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
"""A process of its own starts the command: one that is started by a large one counts its memory, too."""


@dataclass(frozen=True)
class Line:
    """One way in: what it took, and what it may take (None: it is only printed)."""

    name: str
    seconds: float
    peak_mb: float
    calls: int | None = None
    most_seconds: float | None = None
    most_calls: int | None = None

    @property
    def within(self) -> bool:
        slow = self.most_seconds is not None and self.seconds > self.most_seconds
        many = self.calls is not None and self.most_calls is not None and self.calls > self.most_calls
        return not slow and not many and self.peak_mb < MOST_MB


def issues(count: int) -> Iterator[dict[str, Any]]:
    """So many issues with four moves and four other changes each, and fields that nobody reads."""
    unread = {f"customfield_{10_100 + place}": None for place in range(80)} | {"description": "x" * 1_500}
    for number in range(1, count + 1):
        at = datetime(2025, 1, 1) + timedelta(minutes=number * 7 % 400_000)
        entries = []
        for place in range(len(MOVES) - 1):
            at += timedelta(hours=1 + number * (place + 3) % 200)
            when, id = at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"), number * 20 + 2 * place
            entries.append(history(id, when, moved(MOVES[place], MOVES[place + 1])))
            entries.append(history(id + 1, when, item("assignee", "a", "b"), item("Rank", "", "higher")))
        yield issue(number, "6", entries, created="2025-01-01T00:00:00.000+0000", **unread)


def revisions(count: int) -> Iterator[dict[str, Any]]:
    """The revisions of so many work items: five states each, and four changes of other fields."""
    unread = {f"Custom.Field{place}": "x" * 20 for place in range(8)}
    for number in range(1, count + 1):
        at = datetime(2026, 1, 1) + timedelta(minutes=number * 7 % 100_000)
        for place, state in enumerate(RUN):
            for again in range(2 if place else 1):
                at += timedelta(hours=1 + number * (place + 3) % 50)
                when = at.strftime("%m-%dT%H:%M:%S.000Z")
                yield revision(number, 2 * place + again + bool(not place), state, when, **unread)


def measured(tool: str, name: str, source: str, out: Path, site: Site | None = None, **most: Any) -> Line:
    """One import in a process of its own; fails where anything is lost or doubled."""
    before = len(site.calls) if site else 0
    query = ["--jql", "project = A"] if site and tool == "jira" else []
    command = [python(), "-m", "vmo_helpers", "import", tool, source, "--out", str(out), "--propose-map"]
    run = subprocess.run(
        [python(), "-c", _APART, *command, *query],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds, peak = json.loads(run.stdout)
    for table, rows in (("work_items", ISSUES), ("transitions", ISSUES * len(MOVES))):
        found = (out / f"{table}.csv").read_bytes().count(b"\n") - 1
        assert found == rows, f"{found:,} rows of {table}, expected {rows:,}"
    return Line(
        name,
        seconds,
        peak * (1 if sys.platform == "darwin" else 1024) / 1e6,
        len(site.calls) - before if site else None,
        **most,
    )


def written(folder: Path, pages: Iterator[Any]) -> Path:
    """A folder with a file a page."""
    folder.mkdir()
    for number, page in enumerate(pages):
        (folder / f"page-{number:06}.json").write_text(json.dumps(page))
    return folder


def chunks(rows: list[Any], size: int) -> Iterator[list[Any]]:
    """A list in pieces."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def of(tool: str, export: Path, site: Site, folder: Path) -> Iterator[Line | None]:
    """The lines of one tool."""
    with served(site) as address:
        place = address if tool == "jira" else f"{address}/org"
        parts: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("files", str(export), {"most_seconds": MOST_SECONDS}),
            ("site", place, {"site": site, "most_calls": MOST_CALLS[tool]}),
            ("site again", place, {"site": site, "most_calls": MOST_CALLS_AGAIN[tool]}),
        )
        for name, source, more in parts:
            out = folder / f"{tool}-{name.split()[0]}"
            line = attempted(
                f"importing {tool} {name}", partial(measured, tool, f"{tool} {name}", source, out, **more)
            )
            if line:
                calls = "" if line.calls is None else f"{line.calls:6,} calls"
                said = "" if line.within else "   OVER ITS LIMIT"
                print(f"  {line.name:<24}{line.seconds:7.1f} s {line.peak_mb:6.0f} MB {calls}{said}")
            yield line


def main() -> int:
    """Measure, print, keep; 1 where a limit is passed or a part could not be measured."""
    print(f"\nimporting: {ISSUES:,} issues of Jira, {ISSUES:,} work items of Azure DevOps")
    lines: list[Line | None] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        every = list(issues(ISSUES))
        export = written(folder / "jira", (search(*some) for some in chunks(every, 100)))
        lines += of("jira", export, JiraCloud(every), folder)
        every = list(revisions(ISSUES))
        batches = ({"values": some, "isLastBatch": True} for some in chunks(every, 1_000))
        export = written(folder / "azure-devops", batches)
        (export / "states.json").write_text(json.dumps(STATES))
        lines += of("azure-devops", export, AzureDevOps(every), folder)
    machine = {"python": platform.python_version(), "system": platform.system()}
    kept = {"issues": ISSUES, "machine": machine, "lines": [asdict(line) for line in lines if line]}
    RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return int(not all(line and line.within for line in lines))


if __name__ == "__main__":
    sys.exit(main())
