"""A chart as a widget that fetches nothing, reports its selections, and redraws without a flicker."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from vmo_helpers.explore.view import watched
from vmo_helpers.style.bundle import VEGA_LITE, cached, versions

_SOURCE = Path(__file__).with_name("drawing.js")


@lru_cache(1)
def script() -> str:
    """The drawing's script with Vega, Vega-Lite and vega-embed in it: made once for each version, then read
    from the cache."""
    import hashlib

    source = _SOURCE.read_text(encoding="utf-8")
    return cached(
        f"drawing-{versions()}-{hashlib.sha256(source.encode()).hexdigest()[:12]}.js", lambda: _bundle(source)
    )


def _bundle(source: str) -> str:
    import vl_convert

    return str(vl_convert.javascript_bundle(source, VEGA_LITE)).replace("\r\n", "\n")


class Drawing(anywidget.AnyWidget):  # type: ignore[misc]
    """``spec`` is drawn; ``selection`` comes back, by the name of each selection in ``watched``."""

    spec = traitlets.Dict().tag(sync=True)
    watched = traitlets.List(traitlets.Unicode()).tag(sync=True)
    selection = traitlets.Dict().tag(sync=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(_esm=script(), **options)

    def draw(self, spec: dict[str, Any]) -> None:
        """Another specification; what was selected in the old one is forgotten."""
        with self.hold_sync():
            self.watched = watched(spec)
            self.selection = {}
            self.spec = spec
