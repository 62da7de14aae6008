"""The code cells of our notebooks, and running one in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


class Cell(NamedTuple):
    """A code cell: its notebook and id, its source, its tags."""

    place: str
    source: str
    tags: tuple[str, ...] = ()


def code_cells(name: str) -> list[Cell]:
    """The code cells of ``notebooks/<name>.ipynb``, in their order."""
    notebook = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [
        Cell(f"{name}:{cell['id']}", "".join(cell["source"]), tuple(cell["metadata"].get("tags", ())))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def run_cell(cell: Cell, names: dict[str, Any]) -> None:
    """Runs a cell among these names, as a kernel does; an exception says in which cell."""
    try:
        exec(compile(cell.source, cell.place, "exec"), names)  # noqa: S102
    except Exception as error:
        error.add_note(f"in the cell {cell.place}: {cell.source[:200]}")
        raise
