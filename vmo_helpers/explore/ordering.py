"""A list that a person puts in order, with the mouse or by the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

_SOURCE = Path(__file__).with_name("ordering.js")


class Ordering(anywidget.AnyWidget):  # type: ignore[misc]
    """``order``: keys, first to last; ``names``: what a person reads of each."""

    order = traitlets.List(traitlets.Unicode()).tag(sync=True)
    names = traitlets.Dict().tag(sync=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(_esm=_SOURCE.read_text(encoding="utf-8"), **options)
