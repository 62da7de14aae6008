"""Charts of the move from PMO to VMO: each takes the frame that ``measures.transition`` returns."""

from __future__ import annotations

from collections.abc import Collection

import altair
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import (
    blank,
    canvas,
    dates_said,
    day_axis,
    described,
    iso_days,
    needs,
    rounded,
    said,
    with_tips,
)
from vmo_helpers.charts.lines import end_labels, end_room
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.tones import axis_words
from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.style import wording

_HEIGHT = 280
__all__ = ["axes", "over_reviews"]


def axes(
    frame: pd.DataFrame, *, alt: str, axis: str = "", transition_axis_low: float | None = None
) -> altair.LayerChart:
    """The four axes from 0 (as a PMO) to 1 (as a VMO), the weakest in the accent; unknown ones without a bar.

    ``frame``: one row an axis (axis, title, value, basis, first_is, second_is, missing).
    """
    described(alt)
    needs(frame, "axis", "title", "value", "basis", "first_is", "second_is", "missing")
    if frame["value"].notna().sum() == 0:
        return blank("nothing tells of any axis", alt)
    values = [wording.percent(one) for one in frame["value"]]
    notes = [
        f"{one}, {basis}" if wording.known(basis) else one
        for one, basis in zip(values, frame["basis"], strict=True)
    ]
    return ranked_bars(
        frame,
        frame["title"],
        frame["value"].fillna(0),
        subject="Axis",
        notes=notes,
        briefs=values,
        tips={"Stands at": notes, "From": said(frame["first_is"], 160), "And": said(frame["second_is"], 160)},
        title="0 as a PMO, 100 % as a VMO",
        unit="share",
        limits=None if transition_axis_low is None else pd.Series(transition_axis_low, frame.index),
        tones=["accent" if one == axis else "plain" for one in frame["axis"]],
        alt_text=alt,
    )


def over_reviews(frame: pd.DataFrame, *, alt: str, axes: Collection[str] = ()) -> altair.LayerChart:
    """Where each axis stood review by review; those named are in the accent, in alarm where they fell.

    ``frame``: one row an axis and review, an axis's newest last (axis, title, day, value, basis, since).
    """
    described(alt)
    needs(frame, "axis", "title", "day", "value", "basis", "since")
    shown = frame[frame["since"].notna()]
    if shown.empty:
        return blank("no earlier review tells of the axes", alt)
    last = shown.drop_duplicates("axis", keep="last").set_index("axis")
    fell = last["value"].lt(last["since"])
    mark = dict.fromkeys(last.index, theme.GREY)
    text = dict.fromkeys(last.index, theme.MUTED)
    for axis in last.index.intersection(pd.Index(sorted(axes))):
        mark[axis] = theme.ALARM if fell[axis] else theme.ACCENT
        text[axis] = theme.ALARM_TEXT if fell[axis] else theme.ACCENT
    briefs = [wording.percent(value) for value in last["value"]]
    words = [
        f"{title.rpartition('→ ')[2]} {share}" for title, share in zip(last["title"], briefs, strict=True)
    ]
    ready, tooltip = with_tips(
        pd.DataFrame(
            {
                "day": iso_days(shown["day"]),
                "value": rounded(shown["value"]).to_numpy(),
                "axis": shown["axis"].to_numpy(),
                "colour": shown["axis"].map(mark).to_numpy(),
            }
        ),
        {
            "Axis": list(shown["title"]),
            "Review of": dates_said(shown["day"]),
            "Stood at": [
                f"{wording.percent(value)}, {basis}"
                for value, basis in zip(shown["value"], shown["basis"], strict=True)
            ],
        },
    )
    x = day_axis(shown["day"].min(), shown["day"].max(), left=8, right=end_room(words))
    y = altair.Y(
        "value:Q",
        scale=altair.Scale(domain=[0, 1], nice=False),
        axis=altair.Axis(title="0 as a PMO, 100 % as a VMO", labelExpr=axis_words("share", 1.0)[0]),
    )
    colour = altair.Color("colour:N", scale=None)
    base = altair.Chart(ready)
    return canvas(
        base.mark_line(strokeWidth=2, aria=False).encode(x, y, colour, detail="axis:N"),
        base.mark_point(filled=True, size=60, opacity=1).encode(x, y, colour, tooltip=tooltip),
        end_labels(words, list(last["value"]), list(text.values()), (0.0, 1.0), _HEIGHT),
        height=_HEIGHT,
        alt_text=alt,
    )


says_what_it_expects(__name__)
