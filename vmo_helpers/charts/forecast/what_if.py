"""By when all is done, before and after a change."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, dates_said, described, needs
from vmo_helpers.charts.intervals import dumbbells
from vmo_helpers.style import wording


def before_after(frame: pd.DataFrame, *, alt: str) -> altair.LayerChart:
    """The day by which each stream has finished as many as it has open, 85 % sure, before (ring) and after
    (dot); in the accent where it moves.

    ``frame``: one row a stream (value_stream, open_before, open_after, done_before, done_after,
    done_before_days, done_after_days, why).
    """
    described(alt)
    days = ["done_before_days", "done_after_days"]
    needs(frame, "value_stream", "open_before", "open_after", "done_before", "done_after", *days, "why")
    shown = frame[frame[days].notna().any(axis=1)]
    if shown.empty:
        return blank("no stream has finished often enough for a day to be said", alt)
    before, after = dates_said(shown["done_before"]), dates_said(shown["done_after"])
    moved = shown[days[0]].ne(shown[days[1]])
    return dumbbells(
        shown,
        shown["value_stream"],
        before=days[0],
        after=days[1],
        named=("before", "after"),
        say=lambda length: wording.days(length) if wording.known(length) else "later than two years",
        notes=[
            f"{one} → {other}" if changed else one
            for one, other, changed in zip(before, after, moved, strict=True)
        ],
        briefs=after,
        subject="Stream",
        title="days from now, 85 % sure",
        unit="days",
        tones=["accent" if changed else "strong" for changed in moved],
        alt_text=alt,
        tips={
            "Open before": [wording.number(n) for n in shown["open_before"]],
            "Open after": [wording.number(n) for n in shown["open_after"]],
        },
    )
