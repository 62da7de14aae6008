"""A view as the lines that make it again, for whom it is to be shown: ``vmo review`` and papermill."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from vmo_helpers import decks
from vmo_helpers.explore.scene import Scene

EXECUTED = "out.ipynb"


def command_lines(scene: Scene, folder: Path) -> str:
    """Both lines; ``folder`` is where the notebooks are, for papermill runs a file. Paths are whole, so that
    they work from anywhere."""
    if decks.entry(scene.source.notebook).closes:  # it runs in a whole review alone
        return f"{review_line(scene)}\n"
    return f"{review_line(scene)}\n\n{papermill_line(scene, folder)}\n"


def review_line(scene: Scene) -> str:
    """``vmo review`` with all that was chosen; what is as usual is left out."""
    data, *more = scene.request.absolute().words()
    notebook = scene.source.notebook
    only = [] if decks.entry(notebook).closes else ["--notebook", notebook]
    return shlex.join(["vmo", "review", data, *only, *more])


def papermill_line(scene: Scene, folder: Path) -> str:
    """papermill on the notebook; parameters as one JSON text, in which a day stays a text and a list a
    list."""
    said = json.dumps(scene.request.absolute().said(), ensure_ascii=False)
    notebook = folder / f"{scene.source.notebook}.ipynb"
    return shlex.join(["papermill", str(notebook), EXECUTED, "--cwd", str(folder), "-y", said])
