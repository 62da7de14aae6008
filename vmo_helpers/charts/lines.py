"""Direct labels beside lines and bands: at their right end, never over one another, instead of a legend."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import apart, iso_days, text_px

GAP = 17  # pixels between the centres of two lines of text


def pixel(value: float, domain: Sequence[float], height: float) -> float:
    """Where a value stands on an upright axis of that height, in pixels from the top."""
    return (1 - (value - domain[0]) / (domain[1] - domain[0])) * height


def end_room(texts: list[str]) -> float:
    """Pixels that labels at the right end need."""
    return float(text_px(texts).max() + 14) if texts else 0.0


def end_labels(
    texts: list[str],
    values: Sequence[float],
    colours: Sequence[str],
    domain: Sequence[float],
    height: float,
    *,
    briefs: list[str] | None = None,
    bold: bool = True,
    at: Sequence[float] | None = None,
) -> alt.Chart:
    """Labels right of the plot at their values' height (or ``at`` pixels from the top), moved apart where
    they would touch."""
    wanted = [pixel(value, domain, height) for value in values] if at is None else at
    placed = apart(wanted, GAP, 6, height - 6)
    briefs = briefs or texts
    frame = pd.DataFrame(
        {
            "text": texts,
            "brief": briefs,
            "at": placed.round(1),
            "colour": list(colours),
            "room": round(end_room(texts)),
            "tight": round(end_room(briefs)),
        }
    )
    marks = alt.Chart(frame).mark_text(
        align="left",
        baseline="middle",
        fontWeight=600 if bold else "normal",
        y=alt.ExprRef("datum.at"),
        x=alt.ExprRef(f"width - ({theme.NARROW} ? datum.tight : datum.room) + 10"),
        text=alt.ExprRef(f"{theme.NARROW} ? datum.brief : datum.text"),
    )
    labels: alt.Chart = marks.encode(color=alt.Color("colour:N", scale=None))
    return labels


def note(
    text: str, brief: str, *, x: alt.X, day: pd.Timestamp, at: float, right: bool, colour: str = theme.MUTED
) -> alt.Chart:
    """A short remark at a day, ``at`` pixels from the top, left or right of it; ``brief`` on a narrow
    page."""
    frame = pd.DataFrame(
        {"day": iso_days(pd.Series([day])), "text": [text], "brief": [brief], "at": [round(at, 1)]}
    )
    words = alt.ExprRef(f"{theme.NARROW} ? datum.brief : datum.text")
    remark = alt.Chart(frame).mark_text(
        align="left" if right else "right",
        baseline="middle",
        y=alt.ExprRef("datum.at"),
        text=words,
        color=colour,
    )
    placed: alt.Chart = remark.encode(x)
    return placed
