"""Executes every notebook on the small portfolio and keeps the result, canonicalised: ``make golden``.
Read the diff then.

nbval runs the kept notebooks again with the tests and compares every output: a changed figure, sentence or
datum of a chart shows. Nothing that differs from run to run is kept: papermill's times and paths, widget
state, kernel details.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
PORTFOLIO = "small"  # seen from the folder of the kept notebooks, where nbval runs them
OF_THE_SAMPLE = {
    "looking_ahead": {"data": "../../data/sample"},  # the small one has finished too little for a forecast
    "portfolio_review": {"data": "../../data/sample", "review": "../../data/review"},
}


def main() -> None:
    """Renew ``tests/golden/<notebook>.ipynb`` for each notebook, or for those named on the command line."""
    os.environ["VMO_MODE"] = "deck"
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if sys.argv[1:] and path.stem not in sys.argv[1:]:
            continue
        parameters = OF_THE_SAMPLE.get(path.stem, {"data": PORTFOLIO})
        blank = nbformat.read(path, as_version=4)
        executed = papermill.execute_notebook(
            blank, None, parameters=parameters, kernel_name="python3", cwd=str(HERE), progress_bar=False
        )
        kept = HERE / path.name
        kept.write_text(
            json.dumps(canonical(executed), ensure_ascii=False, indent=1, sort_keys=True) + "\n",
            encoding="utf-8",
        )
        print(f"{kept.relative_to(HERE.parents[1])} renewed")  # noqa: T201


def canonical(notebook: Any) -> dict[str, Any]:
    """The notebook without what differs from run to run."""
    plain: dict[str, Any] = json.loads(nbformat.writes(notebook))
    plain["metadata"] = {"kernelspec": plain["metadata"]["kernelspec"], "language_info": {"name": "python"}}
    for cell in plain["cells"]:
        cell["metadata"] = {"tags": tags} if (tags := cell["metadata"].get("tags")) else {}
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"
    return plain


if __name__ == "__main__":
    main()
