"""Charts of the move from PMO to VMO: each takes the frame that ``measures.transition`` returns."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, described, needs, said
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.style import wording

__all__ = ["axes"]


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


says_what_it_expects(__name__)
