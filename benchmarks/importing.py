"""`make bench`: 50,000 issues of Jira through `vmo import`: from files, from a site on this machine that
pages as Jira Cloud does, and from that site again when nothing has changed. Judged are seconds (from files),
the peak of memory, and calls."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import attempted, python  # noqa: E402
from tests.importing.jira import history, issue, item, moved, search  # noqa: E402
from tests.importing.server import JiraCloud, served  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "importing.json"
ISSUES = 50_000
MOVES = ("1", "3", "4", "3", "6")
MOST_SECONDS, MOST_MB, MOST_CALLS, MOST_CALLS_AGAIN = 60.0, 500.0, 560, 15


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


def measured(name: str, source: str, out: Path, site: JiraCloud | None = None, **most: Any) -> Line:
    """One import in a process of its own; fails where anything is lost or doubled."""
    before = len(site.calls) if site else 0
    query = ["--jql", "project = A"] if site else []
    command = [python(), "-m", "vmo_helpers", "import", "jira", source, "--out", str(out), "--propose-map"]
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


def main() -> int:
    """Measure, print, keep; 1 where a limit is passed or a part could not be measured."""
    print(f"\nimporting: {ISSUES:,} issues of Jira")
    lines: list[Line | None] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        every = list(issues(ISSUES))
        (folder / "export").mkdir()
        for start in range(0, ISSUES, 100):
            page = json.dumps(search(*every[start : start + 100]))
            (folder / "export" / f"page-{start:06}.json").write_text(page)
        site = JiraCloud(every)
        with served(site) as address:
            parts: tuple[Callable[[], Line], ...] = (
                partial(
                    measured, "files", str(folder / "export"), folder / "files", most_seconds=MOST_SECONDS
                ),
                partial(measured, "site", address, folder / "site", site, most_calls=MOST_CALLS),
                partial(measured, "site again", address, folder / "site", site, most_calls=MOST_CALLS_AGAIN),
            )
            for part in parts:
                line = attempted(f"importing {part.args[0]}", part)  # type: ignore[attr-defined]
                lines.append(line)
                if line:
                    calls = "" if line.calls is None else f"{line.calls:6,} calls"
                    said = "" if line.within else "   OVER ITS LIMIT"
                    print(f"  {line.name:<12}{line.seconds:7.1f} s {line.peak_mb:6.0f} MB {calls}{said}")
    machine = {"python": platform.python_version(), "system": platform.system()}
    kept = {"issues": ISSUES, "machine": machine, "lines": [asdict(line) for line in lines if line]}
    RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return int(not all(line and line.within for line in lines))


if __name__ == "__main__":
    sys.exit(main())
