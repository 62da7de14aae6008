"""The key of a chart: what its marks mean, drawn as those marks beside their words, in as many lines as the
page needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import haloed, narrow, text_px

Mark = Literal["bar", "dot", "ring", "upright"]

LINE = 20  # pixels of one line of a key
_SYMBOL = 16.0
_GAP = 22.0
_NARROW_LINE = 325.0
_WIDE_LINE = 480.0


class Entry(NamedTuple):
    """One mark of a key, its words, and its colour."""

    mark: Mark
    text: str
    colour: str


_SHAPES: dict[Mark, str] = {
    "bar": "M-1,-0.5L1,-0.5L1,0.5L-1,0.5Z",
    "dot": "circle",
    "ring": "circle",
    "upright": "M-0.13,-1L0.13,-1L0.13,1L-0.13,1Z",
}


def key_height(entries: Sequence[Entry], room: float = _WIDE_LINE) -> float:
    """Pixels to keep free for a key, on a wide page with lines of ``room`` pixels and on a narrow one."""
    return (max(int(_placed(entries, space)[1].max()) for space in (room, _NARROW_LINE)) + 1) * LINE + 6.0


def key(
    entries: Sequence[Entry],
    *,
    y: float = 0,
    left: float = 0,
    room: float = _WIDE_LINE,
    when: str = theme.NARROW,
) -> list[alt.Chart]:
    """Marks and words of a key that begins ``y`` pixels from the top and, on a wide page, ``left`` pixels
    from the edge."""
    wide_x, wide_line = _placed(entries, room)
    tight_x, tight_line = _placed(entries, _NARROW_LINE)
    lines = max(wide_line.max(), tight_line.max())  # the shorter form stands below, next to what it explains
    wide_line, tight_line = wide_line + lines - wide_line.max(), tight_line + lines - tight_line.max()
    frame = pd.DataFrame(
        {
            "text": [entry.text for entry in entries],
            "shape": [_SHAPES[entry.mark] for entry in entries],
            "fill": [theme.PAPER if entry.mark == "ring" else entry.colour for entry in entries],
            "stroke": [entry.colour for entry in entries],
            "x": (wide_x + left).round(1),
            "y": wide_line * LINE + y + LINE / 2,
            "tightx": tight_x.round(1),
            "tighty": tight_line * LINE + y + LINE / 2,
        }
    )
    base = alt.Chart(frame)
    x, at = narrow("datum.tightx", "datum.x", when), narrow("datum.tighty", "datum.y", when)
    marks = base.mark_point(
        filled=True, size=80, opacity=1, strokeWidth=1.5, x=alt.ExprRef(f"({x.expr}) + 6"), y=at, aria=False
    ).encode(
        shape=alt.Shape("shape:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
    )
    words = base.mark_text(
        align="left",
        baseline="middle",
        color=theme.MUTED,
        x=alt.ExprRef(f"({x.expr}) + {_SYMBOL + 2:.0f}"),
        y=at,
    ).encode(text=alt.Text("text:N"))
    return [*haloed(words), marks]


def _placed(entries: Sequence[Entry], room: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Left edge and line of each entry when lines are ``room`` pixels long."""
    widths = text_px([entry.text for entry in entries]) + _SYMBOL + _GAP
    x, line = np.zeros(len(entries)), np.zeros(len(entries), dtype=np.int64)
    for place in range(1, len(entries)):
        after = x[place - 1] + widths[place - 1]
        fits = after + widths[place] - _GAP <= room
        x[place], line[place] = (after, line[place - 1]) if fits else (0.0, line[place - 1] + 1)
    return x, line
