"""A view as the lines that make it again, for whom it is to be shown: ``vmo review`` and papermill."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from vmo_helpers import decks
from vmo_helpers.explore.scene import Scene
from vmo_helpers.window import review_window

EXECUTED = "out.ipynb"


def command_lines(scene: Scene, folder: Path) -> str:
    """Both lines; ``folder`` is where the notebooks are, for papermill runs a file. Paths are whole, so that
    they work from anywhere."""
    if decks.entry(scene.source.asked.notebook).closes:  # it runs in a whole review alone
        return f"{review_line(scene)}\n"
    return f"{review_line(scene)}\n\n{papermill_line(scene, folder)}\n"


def review_line(scene: Scene) -> str:
    """``vmo review`` with all that was chosen; what is as usual is left out."""
    asked, choice = scene.source.asked, scene.choice
    words = ["vmo", "review", _whole(asked.data)]
    words += [] if decks.entry(asked.notebook).closes else ["--notebook", asked.notebook]
    words += ["--as-of", scene.as_of_said]
    if scene.window != review_window(scene.window.end, None, scene.window.timezone):
        words += ["--from", scene.from_said]
    words += ["--config", _whole(asked.config)] if asked.config else []
    words += ["--stream", *choice.streams] if choice.streams else []
    words += ["--level", choice.level] if choice.level else []
    words += (
        ["--threshold", *(f"{name}={value:g}" for name, value in choice.thresholds)]
        if choice.thresholds
        else []
    )
    words += ["--lenient"] if asked.lenient else []
    return shlex.join(words)


def papermill_line(scene: Scene, folder: Path) -> str:
    """papermill on the notebook; parameters as one JSON text, in which a day stays a text and a list a
    list."""
    asked, choice = scene.source.asked, scene.choice
    given = {
        "data": _whole(asked.data),
        "config": _whole(asked.config) if asked.config else None,
        "as_of": scene.as_of_said,
        "from_day": scene.from_said,
        "streams": list(choice.streams),
        "level": choice.level,
        "thresholds": dict(choice.thresholds),
        "lenient": asked.lenient or None,
    }
    told = json.dumps(
        {name: value for name, value in given.items() if value not in (None, [], {})}, ensure_ascii=False
    )
    notebook = folder / f"{asked.notebook}.ipynb"
    return shlex.join(["papermill", str(notebook), EXECUTED, "--cwd", str(folder), "-y", told])


def _whole(where: str | None) -> str:
    text = str(where)
    return text if "://" in text else str(Path(text).resolve())
