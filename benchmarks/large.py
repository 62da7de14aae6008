"""Whole reviews of large portfolios: seconds, memory, the largest page, what the shelf takes.

`python benchmarks/large.py [items …]` (default: 50,000 and 300,000; 1,000,000 is asked for by name, it takes
long). Each goal is of a size; another size is printed without one. Results are kept in benchmarks/results/.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import python  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
SIZES = (50_000, 300_000)
PAGE_MB = 3.0
GOALS = {300_000: {"shelf_mb": 40.0}, 1_000_000: {"seconds": 60.0, "peak_mb": 4096.0}}
"""At most so much, by items; each page of each size at most ``PAGE_MB``."""
MB = 1e6


@dataclass(frozen=True)
class Large:
    """One review: ``peak_mb`` is what all of its processes hold at once (shared pages counted once)."""

    items: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    page_mb: float
    shelf_mb: float


def measured(items: int) -> Large:
    """A portfolio of so many items is written, and reviewed with every notebook onto a new shelf."""
    with tempfile.TemporaryDirectory() as made:
        data, shelf = Path(made) / "data", Path(made) / "shelf"
        write = "from vmo_helpers.sample import write_sample; write_sample"
        command = f"{write}({str(data)!r}, items={items}, parquet=True)"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run([python(), "-c", command], check=True, env=environment)
        begun, before = time.perf_counter(), os.times()
        review = [python(), "-m", "vmo_helpers", "review", str(data), "--out", str(shelf), "--quiet"]
        peak = _peak_mb(subprocess.Popen(review, env=environment, stdout=subprocess.DEVNULL))
        seconds, after = time.perf_counter() - begun, os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        files = [path for path in shelf.rglob("*") if path.is_file()]
        pages = [path.stat().st_size for path in files if path.suffix == ".html"]
        whole = {path.stat().st_ino: path.stat().st_size for path in files}
        return Large(items, seconds, used, peak, max(pages) / MB, sum(whole.values()) / MB)


def _peak_mb(process: subprocess.Popen[bytes]) -> float:
    """The most that a process and those below it hold at once, until it ends well."""
    peak, root = 0, psutil.Process(process.pid)
    while process.poll() is None:
        held = 0
        for one in [root, *root.children(recursive=True)] if root.is_running() else []:
            try:
                held += one.memory_full_info().pss
            except psutil.Error:
                continue
        peak = max(peak, held)
        time.sleep(0.2)
    if process.returncode:
        raise RuntimeError(f"the review ended with {process.returncode}")
    return peak / MB


def main(names: Sequence[str]) -> int:
    """Measure the sizes named, print each figure beside its goal; 1 where one is missed."""
    missed = False
    for items in [int(name) for name in names] or SIZES:
        found = measured(items)
        goals = {"page_mb": PAGE_MB, **GOALS.get(items, {})}
        print(f"\nlarge: the whole review of {items:,} items")
        for name, value in asdict(found).items():
            goal = goals.get(name)
            missed |= goal is not None and value > goal
            print(f"  {name:12} {value:10,.1f}{'' if goal is None else f'  (at most {goal:g})'}", flush=True)
        machine = {"processors": os.cpu_count(), "python": platform.python_version()}
        kept = {"machine": machine, "load": os.getloadavg()[0], "goals": goals, **asdict(found)}
        (RESULTS / f"large_{items}.json").write_text(json.dumps(kept, indent=1) + "\n")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
