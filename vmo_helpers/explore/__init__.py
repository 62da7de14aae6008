"""Controls for an analyst in JupyterLab, one call a cell. In a deck the same call leaves nothing, and imports
nothing.

``flow``, ``streams``, ``watermelon`` and ``alignment`` are views with their rows; ``wip_limit``, ``links``,
``weights``, ``guardrails``, ``stops``, ``ahead`` and ``order`` ask what if; ``number`` explains a figure;
``board`` edits the map of an import. What a panel computes is in pure functions (``scene``, the views,
``explain``, ``reproduce``); widgets only wire.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vmo_helpers.notebook.mode import exploring

if TYPE_CHECKING:
    from vmo_helpers.explore.panel import Panel
    from vmo_helpers.explore.scene import Source
    from vmo_helpers.notebook.opening import Review

__all__ = [
    "ahead",
    "alignment",
    "board",
    "flow",
    "guardrails",
    "links",
    "number",
    "order",
    "stops",
    "streams",
    "watermelon",
    "weights",
    "wip_limit",
]

NO_WIDGETS = (
    "The controls of this cell need ipywidgets and anywidget: pip install 'vmo-workbook[lab]', "
    "or use make lab."
)

_SOURCES: dict[int, tuple[Review, Source]] = {}


def flow(review: Review) -> None:
    """Open work, lead times, queues: by stream, window, level, percentile and threshold."""
    _show(review, lambda panels, source: panels.flow_panel(source))


def wip_limit(review: Review) -> None:
    """What a limit on work in progress would do to its time, by Little's law, with the law's conditions."""
    _show(review, lambda panels, source: panels.LimitPanel(source))


def streams(review: Review) -> None:
    """Two value streams side by side, and whether their difference is more than chance."""
    _show(review, lambda panels, source: panels.ComparePanel(source))


def watermelon(review: Review) -> None:
    """Reported against inside, and the items of each cell."""
    _show(review, lambda panels, source: panels.watermelon_panel(source))


def alignment(review: Review) -> None:
    """The ladder, and the items of each rung."""
    _show(review, lambda panels, source: panels.alignment_panel(source))


def links(review: Review) -> None:
    """What linking items to a goal would do to the ladder."""
    _show(review, lambda panels, source: panels.LinkPanel(source))


def weights(review: Review) -> None:
    """Ranks by value, were the weights of the value framework others."""
    _show(review, lambda panels, source: panels.WeightPanel(source))


def guardrails(review: Review) -> None:
    """What spend goes to, against the portfolio's own split, by another tolerance."""
    _show(review, lambda panels, source: panels.guardrail_panel(source))


def stops(review: Review) -> None:
    """What stopping some items would free, and what value it would forgo."""
    _show(review, lambda panels, source: panels.StopPanel(source))


def ahead(review: Review) -> None:
    """By when all is done, were work to leave or stop, and a stream to have a place more."""
    _show(review, lambda panels, source: panels.AheadPanel(source), "ahead_panels")


def order(review: Review) -> None:
    """What waiting work costs in an order of your own: drag it, or move it by the keyboard."""
    _show(review, lambda panels, source: panels.OrderPanel(source), "ahead_panels")


def board(folder: str | Path | None) -> None:
    """The states of a folder that was imported, each with its class: a press chooses another, a button writes
    map.toml. Raises InputProblems where the folder has no map."""
    if not _shows():
        return
    from IPython.display import display

    from vmo_helpers.explore.map_panel import MapPanel

    display(MapPanel(str(folder)).widget)


def number(review: Review) -> None:
    """Any figure of the notebook: its definition, its rows, its sum, what was left out."""
    _show(review, lambda panels, source: panels.number_panel(source))


def _shows() -> bool:
    """Whether somebody looks; who cannot be shown a panel is told what is missing."""
    if not exploring():
        return False
    if any(importlib.util.find_spec(library) is None for library in ("ipywidgets", "anywidget")):
        from IPython.display import display

        display({"text/plain": NO_WIDGETS}, raw=True)
        return False
    return True


def _show(review: Review, make: Callable[..., Panel], module: str = "panels") -> None:
    if not _shows():
        return
    from IPython.display import display

    panels = importlib.import_module(f"vmo_helpers.explore.{module}")
    display(make(panels, _source(review)).widget)


def _source(review: Review) -> Source:
    """One source for all panels of an open review, so that what one has measured the others need not."""
    from vmo_helpers.explore.scene import Source

    kept = _SOURCES.get(id(review))
    if kept is None or kept[0] is not review:
        _SOURCES.clear()
        _SOURCES[id(review)] = kept = (review, Source.of(review))
    return kept[1]
