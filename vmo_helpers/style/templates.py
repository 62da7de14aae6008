"""HTML is made by templates: one kind of environment, which escapes every value and makes it legible."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from vmo_helpers.style import palette, wording


@lru_cache
def environment(*folders: Path) -> jinja2.Environment:
    """The templates of these folders. They know the ``palette`` and the ``wording``."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
        finalize=_legible,
    )
    made.globals |= {"palette": palette, "wording": wording}
    made.filters |= {"line": _line, "clip": _clip, "number": wording.number}
    return made


def _legible(value: Any) -> Any:
    """What every expression of a template passes through: control and direction-turning characters become
    visible."""
    return wording.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _line(text: Any) -> str:
    """One line of at most a title's length."""
    return wording.clipped(" ".join(wording.plain(text).split()), 200)


def _clip(text: Any, most: int = 400) -> str:
    return wording.clipped(str(text), most)
