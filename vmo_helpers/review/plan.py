"""Which notebooks make a review, in which order."""

from __future__ import annotations

import ast
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers import decks
from vmo_helpers.review.errors import Refused, nearest

FORMAT = (4, 5)
"""The version of the notebook format that our notebooks are written in."""


@dataclass(frozen=True)
class Notebook:
    """A notebook file that is to be run."""

    name: str
    path: Path

    @property
    def closes(self) -> bool:
        """It is made from what the others found, after them."""
        return decks.entry(self.name).closes

    @property
    def page(self) -> str:
        """The file name of its deck in the review folder."""
        return decks.entry(self.name).page

    def cells(self) -> list[dict[str, Any]]:
        """Its cells as nbformat 4 stores them; raises Refused where the file is no notebook."""
        return list(self._held()["cells"])

    def _held(self) -> dict[str, Any]:
        try:
            held: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
            list(held["cells"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Refused(f"{self.path.name} cannot be read as a notebook: {error}") from error
        return held

    def belongs(self) -> bool:
        """Whether it is one of a review: it has a row in ``decks``, or a cell tagged ``parameters`` and is
        not what papermill wrote."""
        if decks.listed(self.name):
            return True
        held = self._held()
        tagged = any("parameters" in cell.get("metadata", {}).get("tags", []) for cell in held["cells"])
        return tagged and "papermill" not in held.get("metadata", {})

    def code(self) -> list[str]:
        """The sources of its code cells."""
        return ["".join(cell["source"]) for cell in self.cells() if cell["cell_type"] == "code"]

    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def notebook_folder() -> Path:
    """Where the program's notebooks are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "notebooks"
    return packaged if packaged.is_dir() else package.parent / "notebooks"


def available(folder: Path) -> list[Notebook]:
    """The notebooks of a folder in the order of a review (``decks.place``)."""
    if not folder.is_dir():
        raise Refused(f"there is no folder of notebooks at {folder}")
    found = [Notebook(path.stem, path) for path in folder.glob("*.ipynb")]
    if not found:
        raise Refused(f"the folder {folder} holds no notebook")
    return sorted(found, key=lambda notebook: decks.place(notebook.name))


def choose(names: Sequence[str], folder: Path) -> list[Notebook]:
    """The notebooks asked for by name (none: all that belong to a review), in the order of a review; an
    unknown name is refused with the nearest known."""
    notebooks = available(folder)
    if not names:
        return [notebook for notebook in notebooks if notebook.belongs()] or notebooks
    known = {notebook.name for notebook in notebooks}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refused("; ".join(f"there is no notebook {name!r}{nearest(name, known)}" for name in unknown))
    return [notebook for notebook in notebooks if notebook.name in names]


def left_aside(folder: Path) -> list[str]:
    """The notebooks of a folder that are none of a review: what papermill wrote there, and what has no cell
    of parameters."""
    return [f"{notebook.name}.ipynb" for notebook in available(folder) if not notebook.belongs()]


def imports(notebooks: Iterable[Notebook]) -> list[str]:
    """What the notebooks' cells import and the topics that they name (``measures.flow``), in order, as dotted
    names: what a kernel can have ready before it is asked."""
    names: dict[str, None] = {}
    for notebook in notebooks:
        rooms: set[str] = set()
        for tree in filter(None, map(_parsed, notebook.code())):
            names |= dict.fromkeys(_imported(tree, rooms))
    return list(names)


def shared(notebooks: Iterable[Notebook]) -> list[str]:
    """What cells of more than one of the notebooks name of a topic (``flow.items``), sorted."""
    named = Counter[str]()
    for notebook in notebooks:
        nodes = [node for tree in filter(None, map(_parsed, notebook.code())) for node in ast.walk(tree)]
        named.update(
            {
                f"{node.value.id}.{node.attr}"
                for node in nodes
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            }
        )
    return sorted(name for name, times in named.items() if times > 1)


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:  # a cell with magics: it imports for itself when it runs
        return None


def _imported(tree: ast.Module, rooms: set[str]) -> Iterable[str]:
    """The names of one cell; ``rooms`` are those of the package's rooms that cells so far have imported."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module="vmo_helpers", level=0):
                rooms |= {alias.name for alias in node.names}
                yield from (f"vmo_helpers.{alias.name}" for alias in node.names)
            case ast.ImportFrom(module=str() as module, level=0):
                yield module
            case ast.Attribute(value=ast.Name(id=room), attr=topic) if room in rooms:
                yield f"vmo_helpers.{room}.{topic}"
