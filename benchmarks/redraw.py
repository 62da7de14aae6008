"""`make bench`: how long a panel in JupyterLab takes from a key press on its slider to the new chart,
measured in the browser.

The page itself takes the times: from the key press to the moment when the new chart stands and the browser
has painted it, through the kernel and back. Beside it stand the longest stretch in which the page answered
nothing, and what was shipped. Judged is the portfolio of 10,000 items, on a machine that does nothing else;
100,000 stand beside it.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from benchmarks.measuring import attempted  # noqa: E402
from tests.browser.chromium import FLAGS, executable  # noqa: E402
from tests.lab import jupyter  # noqa: E402
from vmo_helpers.sample import write_sample  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "redraw.json"
MOST_MS = 300.0
JUDGED = 10_000
SIZES = (JUDGED, 100_000)
PRESSES = ("ArrowLeft", "ArrowRight") * 10
WARM_UP = 2

_TIMED = """
async ([panel, key]) => {
  const chart = panel.querySelector('.vmo-chart');
  const before = chart.dataset.drawn;
  const busy = [];
  const watch = new PerformanceObserver(list => busy.push(...list.getEntries().map(e => e.duration)));
  watch.observe({ entryTypes: ['longtask'] });
  const handle = panel.querySelector('.noUi-handle');
  const started = performance.now();
  handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await new Promise((resolve, reject) => {
    const given_up = setTimeout(() => reject(new Error('nothing was drawn')), 60000);
    const look = () => {
      if (chart.dataset.drawn === before) return requestAnimationFrame(look);
      clearTimeout(given_up);
      requestAnimationFrame(() => setTimeout(resolve, 0));
    };
    look();
  });
  const taken = performance.now() - started;
  watch.disconnect();
  return { taken, busy: Math.max(0, ...busy), marks: chart.querySelectorAll('svg.marks path').length };
}
"""


@dataclass(frozen=True)
class Row:
    """One size: medians over the presses; ``busy_ms`` the longest time in which the page answered nothing."""

    items: int
    redraw_ms: float
    slowest_ms: float
    busy_ms: float
    marks: int
    runs: tuple[float, ...]


def measured(items: int, browser: Any, folder: Path) -> Row:
    """A portfolio of so many items, opened in JupyterLab, its slider moved to and fro."""
    data, notebooks = folder / "data", folder / "notebooks"
    write_sample(data, items=items, parquet=True)
    notebooks.mkdir()
    cells = [
        f"from vmo_helpers import explore, open_review\nreview = open_review('flow_analysis', {str(data)!r})",
        "explore.flow(review)",
    ]
    (notebooks / "redraw.ipynb").write_text(json.dumps(jupyter.blank_notebook(cells)), encoding="utf-8")
    with jupyter.served(notebooks, folder) as server, jupyter.opened(browser, server, "redraw") as book:
        book.run_all()
        panel = book.panel("explore.flow(review)")
        panel.locator(".vmo-chart[data-drawn]").wait_for()
        handle = panel.element_handle()
        found = [book.page.evaluate(_TIMED, [handle, key]) for key in PRESSES]
    kept = found[WARM_UP:]
    times = [round(one["taken"], 1) for one in kept]
    return Row(
        items,
        statistics.median(times),
        max(times),
        max(one["busy"] for one in kept),
        kept[-1]["marks"],
        tuple(times),
    )


def main(sizes: Sequence[int] = SIZES) -> int:
    """Measure, print, keep; 1 when the judged size takes longer than it may or a size could not be measured,
    0 also where there is nothing to measure with."""
    if executable() is None or jupyter.command() is None:
        print("\nredraw: not measured; it needs Chromium and the environment of `make lab`")
        return 0
    print("\nredraw: from a key press on the slider to the new chart on the screen, in JupyterLab")
    rows = []
    with sync_playwright() as playwright:
        flags = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
        browser = playwright.chromium.launch(executable_path=executable(), args=flags)
        for items in sizes:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
                measure = partial(measured, items, browser, Path(made))
                row = attempted(f"redraw with {items:,} items", measure)
            if row is not None:
                _print(row)
                rows.append(row)
        browser.close()
    if rows:
        _keep(rows)
    slow = any(row.items == JUDGED and row.redraw_ms > MOST_MS for row in rows)
    return int(slow or len(rows) < len(sizes))


def _print(row: Row) -> None:
    limit = f"  (at most {MOST_MS:.0f} on an idle machine)" if row.items == JUDGED else ""
    print(f"  {row.items:8,} items  {row.redraw_ms:6.0f} ms, slowest {row.slowest_ms:.0f}{limit}")
    print(
        f"                  page busy at most {row.busy_ms:.0f} ms at a time, {row.marks} marks drawn",
        flush=True,
    )


def _keep(rows: Sequence[Row]) -> None:
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(
        json.dumps({"most_ms": MOST_MS, "machine": machine, "rows": [asdict(row) for row in rows]}, indent=1)
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
