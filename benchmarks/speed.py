"""`make bench`: ratios against named references, measured in one run. `python benchmarks/speed.py [name …]`
runs some of them.

A comparison is a function that returns its rows (the first is what is judged, the second the reference) and
stands in COMPARISONS with the ratio that it may not exceed. Results are kept in benchmarks/results/.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import Row, Side, attempted, in_turn, python  # noqa: E402
from vmo_helpers.review.running.lifeline import ALLOCATION  # noqa: E402

HERE = ROOT / "benchmarks"
RESULTS = HERE / "results"
SEARCH = {"PYTHONPATH": str(ROOT), **ALLOCATION}  # as `vmo` starts its processes
IMPORTS = "import pandas\nimport pyarrow\nimport altair"


@dataclass(frozen=True)
class Comparison:
    """``rows`` measures: first the judged side, then the reference, then what is printed beside. ``most`` is
    the largest ratio of time allowed, ``most_memory`` of memory (None: it is only printed); ``goal`` is the
    ratio of time that is wanted, and printed."""

    name: str
    what: str
    most: float
    rows: Callable[[], list[Row]]
    most_memory: float | None = None
    goal: float | None = None


def review_of_the_sample() -> list[Row]:
    """`vmo review --notebook flow_analysis` on data/sample, warm and cold, and papermill on a notebook that
    only imports."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        reference = _imports_only(folder / "reference.ipynb")
        number = count()

        def review() -> Sequence[str]:
            shelf = folder / f"shelf-{next(number)}"
            vmo = [python(), "-m", "vmo_helpers", "review", str(ROOT / "data" / "sample")]
            return [*vmo, "--out", str(shelf), "--notebook", "flow_analysis"]

        def cold() -> Sequence[str]:
            shutil.rmtree(folder / "cold", ignore_errors=True)
            return review()

        def papermill() -> Sequence[str]:
            return [
                python(),
                "-m",
                "papermill",
                str(reference),
                str(folder / "out.ipynb"),
                "--no-progress-bar",
            ]

        warm_cache, cold_cache = (
            {"XDG_CACHE_HOME": str(folder / "warm")},
            {"XDG_CACHE_HOME": str(folder / "cold")},
        )
        rows = in_turn(
            [Side("vmo review, caches warm", review, warm_cache), Side("papermill, imports only", papermill)]
        )
        return rows + in_turn([Side("vmo review, caches cold", cold, cold_cache)], warm_up=False)


WINDOW = ("2025-11-01T00:00:00+00:00", "2026-10-31T23:59:59+00:00")
PEERS = ("pm4py==2.7.23", "flowpulse==2.0.6", "pyarrow")


def flow_beside_straight(items: int) -> Callable[[], list[Row]]:
    """Parquet through load with validation to every flow figure, beside the same outputs straight in polars
    and in DuckDB."""

    def rows() -> list[Row]:
        with tempfile.TemporaryDirectory() as made:
            folder = _bulk(Path(made), items)
            sides = [_ours(folder)]
            for name in ("polars", "duckdb"):
                sides.append(_job(f"straight {name}", python(), "flow_peers.py", name, folder))
            mine, *peers = in_turn(sides, times=5 if items <= 100_000 else 3)
            return [mine, *sorted(peers, key=lambda row: row.seconds)]

    return rows


def flow_beside_pm4py() -> list[Row]:
    """The same job beside pm4py's durations, performance graph, rework and cycle time."""
    with tempfile.TemporaryDirectory() as made:
        folder = _bulk(Path(made), 100_000)
        return in_turn(
            [_ours(folder), _job("pm4py", _other_python(), "other_tools.py", "pm4py", folder)], times=3
        )


def flow_beside_flowpulse() -> list[Row]:
    """The same job beside FlowPulse, which gives its figures as charts; printed beside: without writing their
    pictures."""
    with tempfile.TemporaryDirectory() as made:
        folder = _bulk(Path(made), 10_000)
        subprocess.run(
            [python(), str(HERE / "other_tools.py"), "started_closed", str(folder), *WINDOW], check=True
        )
        whole, bare = (
            _job(name, _other_python(), "other_tools.py", name, folder)
            for name in ("flowpulse", "flowpulse_bare")
        )
        return in_turn([_ours(folder), whole, bare])


def _bulk(made: Path, items: int) -> Path:
    """A portfolio of so many items, the tables that flow needs, as Parquet; in UTC, as the peers count
    days."""
    folder, whole = made / "flow", made / "whole"
    folder.mkdir()
    # by a process of its own: the peak memory of a command counts from what its parent had when it was forked
    write = (
        f"from vmo_helpers.sample import write_sample; write_sample({str(whole)!r}, items={items}, "
        "parquet=True)"
    )
    subprocess.run([python(), "-c", write], check=True, env={**os.environ, **SEARCH})
    for name in ("work_items.parquet", "transitions.parquet", "states.parquet", "value_streams.parquet"):
        shutil.move(whole / name, folder)
    settings = (whole / "portfolio.toml").read_text(encoding="utf-8").replace('"Europe/Berlin"', '"UTC"')
    (folder / "portfolio.toml").write_text(settings, encoding="utf-8")
    return folder


def _ours(folder: Path) -> Side:
    return Side(
        "load, validate, every figure",
        lambda: [python(), str(HERE / "flow_job.py"), str(folder), *WINDOW],
        SEARCH,
        True,
    )


def _job(name: str, interpreter: str, script: str, which: str, folder: Path) -> Side:
    return Side(name, lambda: [interpreter, str(HERE / script), which, str(folder), *WINDOW], None, True)


def _other_python() -> str:
    """A Python with the other tools in it, never ours: made once in the system's temporary folder."""
    folder = (
        Path(tempfile.gettempdir()) / f"vmo-peers-{hashlib.sha256(' '.join(PEERS).encode()).hexdigest()[:12]}"
    )
    there = folder / "bin" / "python"
    if not (folder / "whole").exists():
        subprocess.run([python(), "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run(
            [str(there), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], check=True
        )
        (folder / "whole").touch()
    return str(there)


def _imports_only(path: Path) -> Path:
    cell = {
        "cell_type": "code",
        "id": "imports",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": IMPORTS,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


COMPARISONS = (
    Comparison(
        "review",
        "the whole of a flow review of data/sample against papermill with imports alone",
        1.8,
        review_of_the_sample,
    ),
    Comparison(
        "flow",
        "100,000 items to every flow figure, beside straight polars and DuckDB",
        2.0,
        flow_beside_straight(100_000),
        1.5,
        1.2,
    ),
    Comparison(
        "flow_million",
        "1,000,000 items (7 million transitions), the same",
        2.5,
        flow_beside_straight(1_000_000),
        goal=1.4,
    ),
    Comparison("flow_pm4py", "100,000 items to every flow figure, beside pm4py", 1 / 5, flow_beside_pm4py),
    Comparison(
        "flow_flowpulse",
        "10,000 items to every flow figure, beside FlowPulse's charts",
        1 / 20,
        flow_beside_flowpulse,
    ),
)


def main(names: Sequence[str]) -> int:
    """Run the comparisons named (none: all), print their ratios, keep the results; 1 when one is over its
    limit or could not be measured, after all have run."""
    unknown = set(names) - {comparison.name for comparison in COMPARISONS}
    if unknown:
        print(f"no comparison {sorted(unknown)}; there are {[comparison.name for comparison in COMPARISONS]}")
        return 2
    failed = False
    for comparison in COMPARISONS:
        if names and comparison.name not in names:
            continue
        rows = attempted(comparison.name, comparison.rows)
        if rows is None:
            failed = True
            continue
        ratio, memory = rows[0].seconds / rows[1].seconds, rows[0].peak_mb / rows[1].peak_mb
        failed |= ratio > comparison.most or memory > (comparison.most_memory or memory)
        limit = f" (at most {comparison.most_memory:g} ×)" if comparison.most_memory else ""
        print(f"\n{comparison.name}: {comparison.what}")
        goal = f", goal {comparison.goal:g} ×" if comparison.goal else ""
        print(f"  {ratio:.3g} × the time (at most {comparison.most:g} ×{goal})", end="")
        print(f", {memory:.2f} × the memory{limit}")
        for row in rows:
            print(
                f"  {row.name:28} {row.seconds:7.2f} s  {row.cpu_seconds:7.2f} s of processor  "
                f"{row.peak_mb:7.0f} MB",
                flush=True,
            )
        _keep(comparison, ratio, rows)
    return int(failed)


def _keep(comparison: Comparison, ratio: float, rows: Sequence[Row]) -> None:
    RESULTS.mkdir(exist_ok=True)
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    kept = {"what": comparison.what, "ratio": round(ratio, 3), "most": comparison.most, "machine": machine}
    kept["rows"] = [asdict(row) for row in rows]
    (RESULTS / f"speed_{comparison.name}.json").write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
