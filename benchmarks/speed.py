"""`make bench`: ratios against named references, measured in one run. `python benchmarks/speed.py [name …]` runs some of them.

A comparison is a function that returns its rows (the first is what is judged, the second the reference) and stands in
COMPARISONS with the ratio that it may not exceed. Results are kept in benchmarks/results/.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import Row, Side, in_turn, python  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
IMPORTS = "import pandas\nimport pyarrow\nimport altair"


@dataclass(frozen=True)
class Comparison:
    """``rows`` measures: first the judged side, then the reference, then what is printed beside. ``most`` is the largest ratio allowed."""

    name: str
    what: str
    most: float
    rows: Callable[[], list[Row]]


def review_of_the_sample() -> list[Row]:
    """`vmo review --notebook flow_analysis` on data/sample, warm and cold, and papermill on a notebook that only imports."""
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
            return [python(), "-m", "papermill", str(reference), str(folder / "out.ipynb"), "--no-progress-bar"]

        warm_cache, cold_cache = {"XDG_CACHE_HOME": str(folder / "warm")}, {"XDG_CACHE_HOME": str(folder / "cold")}
        rows = in_turn([Side("vmo review, caches warm", review, warm_cache), Side("papermill, imports only", papermill)])
        return rows + in_turn([Side("vmo review, caches cold", cold, cold_cache)], warm_up=False)


def flow_of_100_000_items() -> list[Row]:
    """Parquet through load with validation to every flow figure, beside the same outputs straight in polars and in DuckDB."""
    from vmo_helpers.sample import write_sample

    with tempfile.TemporaryDirectory() as made:
        folder, whole = Path(made) / "flow", Path(made) / "whole"
        folder.mkdir()
        write_sample(whole, items=100_000, parquet=True)
        for name in ("work_items.parquet", "transitions.parquet", "states.parquet", "value_streams.parquet"):
            shutil.copy(whole / name, folder)
        settings = (whole / "portfolio.toml").read_text(encoding="utf-8").replace('"Europe/Berlin"', '"UTC"')  # as the peers count days
        (folder / "portfolio.toml").write_text(settings, encoding="utf-8")
        window = ("2025-11-01T00:00:00+00:00", "2026-10-31T23:59:59+00:00")
        here = ROOT / "benchmarks"

        def ours() -> Sequence[str]:
            return [python(), str(here / "flow_job.py"), str(folder), *window]

        def peer(name: str) -> Callable[[], Sequence[str]]:
            return lambda: [python(), str(here / "flow_peers.py"), name, str(folder), *window]

        search = {"PYTHONPATH": str(ROOT)}
        sides = [Side("load, validate, every figure", ours, search, True)]
        sides += [Side(f"straight {name}", peer(name), None, True) for name in ("polars", "duckdb")]
        mine, *peers = in_turn(sides)
        return [mine, *sorted(peers, key=lambda row: row.seconds)]


def _imports_only(path: Path) -> Path:
    cell = {"cell_type": "code", "id": "imports", "execution_count": None, "metadata": {}, "outputs": [], "source": IMPORTS}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


COMPARISONS = (
    Comparison("review", "the whole of a flow review of data/sample against papermill with imports alone", 1.8, review_of_the_sample),
    Comparison("flow", "100,000 items to every flow figure, beside straight polars and DuckDB", 4.0, flow_of_100_000_items),
)


def main(names: Sequence[str]) -> int:
    """Run the comparisons named (none: all), print their ratios, keep the results; 1 when one is over its limit."""
    unknown = set(names) - {comparison.name for comparison in COMPARISONS}
    if unknown:
        print(f"no comparison {sorted(unknown)}; there are {[comparison.name for comparison in COMPARISONS]}")
        return 2
    over = False
    for comparison in COMPARISONS:
        if names and comparison.name not in names:
            continue
        rows = comparison.rows()
        ratio = rows[0].seconds / rows[1].seconds
        over |= ratio > comparison.most
        print(f"\n{comparison.name}: {comparison.what}")
        print(f"  {ratio:.2f} × the time (at most {comparison.most:g} ×), {rows[0].peak_mb / rows[1].peak_mb:.2f} × the memory")
        for row in rows:
            print(f"  {row.name:28} {row.seconds:7.2f} s  {row.cpu_seconds:7.2f} s of processor  {row.peak_mb:7.0f} MB")
        _keep(comparison, ratio, rows)
    return int(over)


def _keep(comparison: Comparison, ratio: float, rows: Sequence[Row]) -> None:
    RESULTS.mkdir(exist_ok=True)
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    kept = {"what": comparison.what, "ratio": round(ratio, 3), "most": comparison.most, "machine": machine}
    kept["rows"] = [asdict(row) for row in rows]
    (RESULTS / f"speed_{comparison.name}.json").write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
