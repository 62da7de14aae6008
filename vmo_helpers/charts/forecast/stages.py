"""What should have left each stage, given the ages of its items, and what did."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, described, needs
from vmo_helpers.charts.intervals import dumbbells
from vmo_helpers.style import wording


def stages(frame: pd.DataFrame, *, alt: str) -> altair.LayerChart:
    """What should have left each stage that is watched (ring), and what did (dot); where a warning stands in
    alarm.

    ``frame``: one row a stage (stage, value_stream_id, value_stream, why, on, weeks, expected, departed,
    score).
    """
    described(alt)
    needs(
        frame,
        "stage",
        "value_stream_id",
        "value_stream",
        "why",
        "on",
        "weeks",
        "expected",
        "departed",
        "score",
    )
    shown = frame[frame["why"].isna()]
    if shown.empty:
        return blank("no stage has enough departures on record to be watched", alt)
    everywhere = shown["value_stream_id"].eq("all")
    labels = shown["stage"].where(everywhere, shown["stage"] + ", " + shown["value_stream"].fillna("–"))
    words = ["warning" if on else "no warning" for on in shown["on"]]
    counts = [
        f"{wording.number(round(expected))} expected, {wording.number(left)} left"
        for expected, left in zip(shown["expected"], shown["departed"], strict=True)
    ]
    return dumbbells(
        shown,
        labels,
        before="expected",
        after="departed",
        named=("should have left", "left"),
        say=lambda count: wording.number(round(count, 1)),
        notes=[f"{count} · {word}" for count, word in zip(counts, words, strict=True)],
        briefs=words,
        subject="Stage",
        title="items",
        unit="count",
        tones=["alarm" if on else "strong" for on in shown["on"]],
        alt_text=alt,
        tips={
            "Over": [wording.counted(weeks, "week") for weeks in shown["weeks"]],
            "Score": [wording.number(round(score, 1)) for score in shown["score"]],
        },
    )
