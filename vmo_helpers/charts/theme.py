"""How every chart looks: the Altair theme, alt texts, width, and a renderer that needs no network. Importing
it switches all on.

Colours, marks and fonts are those of ``palette``, re-exported here: a chart imports ``theme`` and
``vocabulary`` alone.
"""

from __future__ import annotations

from typing import Any, TypeVar

import altair as alt

from vmo_helpers.results.parts import CHART_MIME
from vmo_helpers.style.palette import (
    ACCENT,
    ALARM,
    ALARM_TEXT,
    ALARM_WASH,
    AMBER,
    AMBER_TEXT,
    DECISION,
    FAINT,
    FONT,
    GOOD,
    GOOD_TEXT,
    GREY,
    GRID,
    INK,
    INSIDE,
    LABEL,
    MUTED,
    OUTSIDE,
    PAPER,
    RAG,
    SEVERITY,
    STREAMS,
    TIER,
    WASH,
    Mark,
    mark,
    stream_colours,
)

__all__ = [
    "ACCENT",
    "ALARM",
    "ALARM_TEXT",
    "ALARM_WASH",
    "AMBER",
    "AMBER_TEXT",
    "DECISION",
    "FAINT",
    "FONT",
    "GOOD",
    "GOOD_TEXT",
    "GREY",
    "GRID",
    "INK",
    "INSIDE",
    "LABEL",
    "MUTED",
    "NARROW",
    "OUTSIDE",
    "PAPER",
    "RAG",
    "SEVERITY",
    "STREAMS",
    "TIER",
    "WASH",
    "Mark",
    "describe",
    "for_lab",
    "mark",
    "stream_colours",
    "vmo",
]

NARROW = "width < 440"
"""A Vega expression that is true where the plot is as narrow as on a telephone, for ``alt.expr`` in labels
and ticks."""

LAB_WIDTH = 760

_ANY = TypeVar("_ANY", bound=alt.TopLevelMixin)
_SIZE = 13  # the smallest of the page's type scale


@alt.theme.register("vmo", enable=True)
def vmo() -> alt.theme.ThemeConfig:
    """Horizontal grid lines alone, no frame, no tick, muted labels in the page's type; ticks thin out on a
    narrow screen."""
    text = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": _SIZE,
        "titleFontSize": _SIZE,
        "titleFontWeight": "normal",
        "labelColor": MUTED,
        "titleColor": MUTED,
    }
    config: dict[str, Any] = {
        "background": PAPER,
        "font": FONT,
        "padding": {"left": 0, "right": 4, "top": 4, "bottom": 0},
        "view": {"stroke": None, "continuousHeight": 320},
        "axis": {
            **text,
            "grid": True,
            "gridColor": GRID,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
            "titlePadding": 12,
            "labelOverlap": "greedy",
            "labelSeparation": 8,
            "labelLimit": 240,
        },
        "axisX": {"grid": False, "tickCount": {"expr": "max(2, ceil(width / 130))"}},
        "axisY": {
            "tickCount": 5,
            "titleAnchor": "end",
            "titleAngle": 0,
            "titleAlign": "left",
            "titleX": 0,
            "titleY": -12,
        },
        "axisBand": {"grid": False, "labelColor": INK},
        "axisYBand": {"labelOverlap": False, "labelLimit": {"expr": f"{NARROW} ? 120 : 260"}},
        "axisXBand": {"labelAngle": 0},
        "legend": {
            **text,
            "orient": "top",
            "direction": "horizontal",
            "title": None,
            "symbolType": "circle",
            "offset": 8,
            "columns": {"expr": "width < 440 ? 2 : 6"},
        },
        "header": {**text, "labelColor": INK, "labelFontWeight": 600, "labelAnchor": "start", "title": None},
        "title": {
            "font": FONT,
            "subtitleFont": FONT,
            "fontSize": _SIZE,
            "fontWeight": 600,
            "anchor": "start",
            "color": INK,
        },
        "text": {"font": FONT, "fontSize": _SIZE, "color": INK},
        "bar": {"color": FAINT, "cornerRadiusEnd": 2},
        "line": {"color": GREY, "strokeWidth": 2.5, "strokeCap": "round", "strokeJoin": "round"},
        "area": {"color": FAINT, "opacity": 0.5},
        "point": {"color": GREY, "filled": True, "size": 64, "opacity": 0.9},
        "circle": {"color": GREY, "size": 64, "opacity": 0.9},
        "rule": {"color": MUTED, "strokeDash": [4, 4]},
        "rect": {"color": WASH},
        "range": {"category": list(STREAMS), "heatmap": [WASH, ACCENT], "ramp": [WASH, ACCENT]},
    }
    return {"config": config}  # type: ignore[typeddict-item]


def describe(chart: _ANY, alt_text: str) -> _ANY:
    """The chart with its alt text: what a reader who cannot see it must know, the takeaway with its number.

    Raises ValueError for an empty text or one of a single word: a name is no description.
    """
    words = alt_text.split()
    if len(words) < 3:
        raise ValueError(f"the alt text {alt_text!r} must say the chart's takeaway in a sentence")
    described = chart.copy(deep=False)  # type: ignore[attr-defined]
    described.description = " ".join(words)
    return described  # type: ignore[no-any-return]


def for_lab(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification as JupyterLab can draw it: a chart as wide as its container makes it lay out without
    end."""
    return {**spec, "width": LAB_WIDTH} if spec.get("width") == "container" else spec


def _lab_bundle(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {CHART_MIME: for_lab(spec), "text/plain": str(spec.get("description", "a chart"))}


alt.renderers.register("vmo", _lab_bundle)
alt.renderers.enable("vmo")
# an error in front of a board helps nobody; charts aggregate before they draw
alt.data_transformers.disable_max_rows()
