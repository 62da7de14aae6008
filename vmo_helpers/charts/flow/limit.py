"""How long an item is in progress, now and under a limit."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers import wording
from vmo_helpers.charts.canvas import blank, described, needs
from vmo_helpers.charts.ranked import ranked_bars


def time_in_progress(frame: pd.DataFrame, *, alt: str) -> altair.LayerChart:
    """Mean days in progress, one bar a case; the last is in the accent. ``frame``: cause, days."""
    described(alt)
    needs(frame, "cause", "days")
    if frame.empty:
        return blank("nothing left progress in this window", alt)
    lengths = [wording.days(length) for length in frame["days"]]
    tones = [*["plain"] * (len(frame) - 1), "accent"]
    return ranked_bars(
        frame, frame["cause"], frame["days"], subject="In progress", title="mean days in progress", unit="days", alt_text=alt,
        notes=lengths, briefs=lengths, tips={"Each is in progress": lengths}, tones=tones,
    )  # fmt: skip
