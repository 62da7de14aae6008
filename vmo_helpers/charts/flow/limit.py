"""Limits on work in progress: what stands over them, and how long an item is in progress now and under
another one."""

from __future__ import annotations

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, described, needs, rounded, said, with_tips, zero_based
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.rows import Rows
from vmo_helpers.charts.tones import tone
from vmo_helpers.style import wording

_MOST_LIMITS = 12
_MOST_UNITS = 40  # on the axis: more are a bar


def wip_limits(
    frame: pd.DataFrame, *, alt: str, unit: str = "items", most: int = _MOST_LIMITS
) -> altair.LayerChart:
    """What counts against each limit, a mark an item (a bar where they are many), the limit as an upright
    mark, in the order of the frame; what stands over a limit is in the alarm colour.

    ``frame``: one row a limit (state_or_stream, limit_of, wip, wip_limit, over), the most exceeded first.
    """
    described(alt)
    needs(frame, "state_or_stream", "limit_of", "wip", "wip_limit", "over")
    if frame.empty:
        return blank("no state and no value stream has a limit", alt)
    shown = frame.head(most).reset_index(drop=True)
    over = shown["over"] > 0
    top = float(shown[["wip", "wip_limit"]].to_numpy(dtype=float).max())
    notes = [
        f"{wording.number(n)} of {wording.number(limit)}"
        + (f", {wording.number(more)} over" if more > 0 else "")
        for n, limit, more in zip(shown["wip"], shown["wip_limit"], shown["over"], strict=True)
    ]
    keys = [Entry("bar", "within the limit", theme.FAINT), Entry("upright", "the limit", theme.INK)]
    if over.any():
        keys.insert(1, Entry("bar", "over it", theme.ALARM))
    ready, tooltip = with_tips(
        pd.DataFrame({"limit": rounded(shown["wip_limit"]), "tone": np.where(over, "alarm", "plain")}),
        {
            "Limit of": [
                f"{kind} {name}"
                for kind, name in zip(shown["limit_of"], said(shown["state_or_stream"], 200), strict=True)
            ],
            "Against it": notes,
        },
    )
    rows = Rows.of(
        ready,
        shown["state_or_stream"],
        notes,
        None,
        np.zeros(len(shown)),
        zero_based(top),
        column=True,
        most=most,
        total=len(frame),
        top=key_height(keys),
        below=6,
    )
    title = f"{unit} that count against the limit"
    marks = altair.Chart(_marks(shown, rows, top <= _MOST_UNITS)).mark_bar(
        orient="horizontal",
        size=rows.pick("12", "18"),
        yOffset=rows.drop,
        cornerRadius=1.5 if top <= _MOST_UNITS else 0,
        aria=False,
    )
    drawn = marks.encode(rows.x("from", title), altair.X2("to"), rows.y, color=tone(theme.FAINT))
    ticks = rows.ticks(rows.x("limit", title), tooltip=tooltip)
    return canvas(drawn, ticks, *rows.key(keys), *rows.words(), height=rows.height, alt_text=alt)


def _marks(shown: pd.DataFrame, rows: Rows, units: bool) -> pd.DataFrame:
    """One mark an item, or a bar up to the limit and one beyond it: from, to, row, tone."""
    marks = []
    for wip, limit, row in zip(
        shown["wip"].astype(float), shown["wip_limit"].astype(float), rows.frame["row"], strict=True
    ):
        if units:
            marks += [
                (place + 0.06, place + 0.94, row, "alarm" if place + 1 > limit else "plain")
                for place in range(round(wip))
            ]
        else:
            marks += [(0.0, min(wip, limit), row, "plain"), (limit, max(wip, limit), row, "alarm")]
    frame = pd.DataFrame(marks, columns=["from", "to", "row", "tone"])
    frame = frame.astype({"from": float, "to": float, "row": float})
    return frame[frame["to"] > frame["from"]]


def time_in_progress(frame: pd.DataFrame, *, alt: str) -> altair.LayerChart:
    """Mean days in progress, one bar a case; the last is in the accent. ``frame``: cause, days."""
    described(alt)
    needs(frame, "cause", "days")
    if frame.empty:
        return blank("nothing left progress in this window", alt)
    lengths = [wording.days(length) for length in frame["days"]]
    tones = [*["plain"] * (len(frame) - 1), "accent"]
    return ranked_bars(
        frame,
        frame["cause"],
        frame["days"],
        subject="In progress",
        title="mean days in progress",
        unit="days",
        alt_text=alt,
        notes=lengths,
        briefs=lengths,
        tips={"Each is in progress": lengths},
        tones=tones,
    )
