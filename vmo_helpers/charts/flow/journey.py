"""From the idea to the customer: where the time goes, stage by stage, and how often value leaves."""

from __future__ import annotations

from collections.abc import Collection

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import (
    blank,
    canvas,
    cut,
    dates_said,
    day_axis,
    described,
    iso_days,
    needs,
    right_edge,
    rounded,
    said,
    with_tips,
)
from vmo_helpers.charts.layout import MOST_ROWS
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording

_MOST_NAMED = 300  # deliveries: of more, each day is marked once


def concept_to_customer(frame: pd.DataFrame, *, alt: str, day_unit: str = "days") -> altair.LayerChart:
    """The way of the mean item from idea to customer, each stage beginning where the one before ends.

    ``frame``: one row a stage in order (stage, mean_days, share).
    """
    described(alt)
    needs(frame, "stage", "mean_days", "share")
    known = frame[frame["mean_days"].fillna(0) > 0]
    if known.empty:
        return blank("nothing was delivered in this window", alt)
    ends = known["mean_days"].cumsum()
    total = float(ends.iloc[-1])
    title = f"{wording.unit(day_unit)} since the idea, mean of the delivered"
    lengths = [wording.days(days, day_unit) for days in known["mean_days"]]
    shares = [wording.percent(share) for share in known["share"]]
    stages = pd.DataFrame(
        {"from": rounded(ends - known["mean_days"]), "to": rounded(ends), "tone": "strong"}
    ).reset_index(drop=True)
    stages, tooltip = with_tips(
        stages, {"Stage": said(known["stage"]), "Takes": lengths, "Share of the way": shares}
    )
    notes = [f"{length} · {share}" for length, share in zip(lengths, shares, strict=True)]
    rows = Rows.of(stages, known["stage"], notes, None, stages["to"], (0.0, total), below=6)
    steps = pd.DataFrame(
        {
            "at": rows.frame["to"].iloc[:-1],
            "row": rows.frame["row"].iloc[:-1],
            "next": rows.frame["row"].iloc[1:].to_numpy(),
        }
    )
    joins = altair.Chart(steps).mark_rule(
        color=theme.FAINT, strokeDash=[1, 0], yOffset=rows.drop, y2Offset=rows.drop, aria=False
    )
    layers = [
        joins.encode(rows.x("at", title, "days"), rows.y, altair.Y2("next")),
        rows.bars(rows.x("from", title, "days"), "to", tooltip=tooltip),
    ]
    return canvas(*layers, *rows.words(halo=True), height=rows.height, alt_text=alt)


def release_rhythm(
    frame: pd.DataFrame,
    deliveries: pd.DataFrame,
    *,
    alt: str,
    first_day: pd.Timestamp,
    last_day: pd.Timestamp,
    loud: Collection[str] = (),
    delivery_gap_days: float = float("inf"),
    timezone: str = "UTC",
) -> altair.LayerChart:
    """When each value stream delivered, as a strip of marks; the time since its last delivery is drawn where
    it is long.

    ``frame``: one row a stream (value_stream_id, value_stream, deliveries, gap_p50_days, since_last_days).
    ``deliveries``: one row an item (value_stream, lead_time_end_at). ``first_day`` and ``last_day``: the
    window, naive days. Streams ``loud`` (by id) are in the alarm colour; a silence is drawn of those whose
    last delivery lies ``delivery_gap_days`` back, or that have none.
    """
    described(alt)
    needs(frame, "value_stream_id", "value_stream", "deliveries", "gap_p50_days", "since_last_days")
    needs(deliveries, "value_stream", "lead_time_end_at")
    if frame.empty:
        return blank("the portfolio has no value stream", alt)
    shown = frame.head(MOST_ROWS)
    named_loud = shown["value_stream_id"].isin(list(loud))
    quiet = named_loud & ~(shown["since_last_days"] < delivery_gap_days)
    notes = [
        _rhythm(gap, since)
        for gap, since in zip(shown["gap_p50_days"], shown["since_last_days"], strict=True)
    ]
    briefs = [
        f"{wording.days(since)} ago" if wording.known(since) else "never"
        for since in shown["since_last_days"]
    ]
    rows = Rows.of(
        pd.DataFrame({"tone": np.where(named_loud, "alarm", "plain")}),
        shown["value_stream"],
        notes,
        briefs,
        np.zeros(len(shown)),
        (0, 1),
        column=True,
        total=len(frame),
        below=6,
    )
    left, edge = rows.pick("0", f"{rows.gutter:.0f}"), right_edge(rows.margin + 8, 2, rows.when)
    x = day_axis(first_day, last_day, left=left, right=rows.margin + 8, tight=2, when=rows.when)
    centre = dict(zip(shown["value_stream"], rows.frame["row"], strict=True))
    named = "title" in deliveries.columns and len(deliveries) <= _MOST_NAMED
    drawn = (
        deliveries
        if named
        else deliveries.assign(day=iso_days(deliveries["lead_time_end_at"], timezone)).drop_duplicates(
            ["value_stream", "day"]
        )
    )
    drawn, left_out = cut(drawn, newest=True)
    row = drawn["value_stream"].map(centre).astype(float).to_numpy()
    marks = pd.DataFrame({"day": iso_days(drawn["lead_time_end_at"], timezone), "row": row})
    tips = {"Item": said(drawn["title"])} if named else {}
    tips |= {
        "Value stream": said(drawn["value_stream"]),
        "Delivered": dates_said(drawn["lead_time_end_at"], timezone),
    }
    marks, tooltip = with_tips(marks, tips)
    strips = altair.Chart(marks[marks["row"].notna()]).mark_tick(
        orient="vertical",
        thickness=2,
        size=rows.pick("12", "20"),
        color=theme.ACCENT,
        opacity=0.75,
        yOffset=rows.drop,
        aria=False,
    )
    floor = rows.base.mark_rule(
        color=theme.GRID, strokeDash=[1, 0], x=left, x2=edge, yOffset=rows.drop, aria=False
    ).encode(rows.y)
    layers: list[altair.Chart] = [floor, strips.encode(x, rows.y, tooltip=tooltip)]
    layers += _silences(shown, rows, quiet, first_day, last_day, x)
    return canvas(*layers, *rows.words(), height=rows.height, alt_text=alt, left_out=left_out)


def _silences(
    shown: pd.DataFrame, rows: Rows, quiet: pd.Series, first: pd.Timestamp, last: pd.Timestamp, x: altair.X
) -> list[altair.Chart]:
    """A bar in the alarm colour from the last delivery to the end, for the streams that are quiet."""
    since = pd.to_timedelta(shown["since_last_days"].fillna(1e5).clip(upper=1e5), unit="D")
    start = (last - since).where(last - since > first, first)
    silent = pd.DataFrame(
        {
            "day": iso_days(start.dt.normalize()),
            "to": iso_days(pd.Series([last.normalize()] * len(shown))),
            "row": rows.frame["row"],
        }
    )
    silent = silent[quiet.to_numpy()]
    if silent.empty:
        return []
    bars = altair.Chart(silent).mark_rule(
        strokeDash=[1, 0], strokeWidth=5, strokeCap="butt", color=theme.ALARM, yOffset=rows.drop, aria=False
    )
    return [bars.encode(x, altair.X2("to"), rows.y)]


def _rhythm(gap: float, since: float) -> str:
    if not wording.known(since):
        return "never delivered"
    every = f"every {wording.days(gap)} · " if wording.known(gap) else ""
    return f"{every}last {wording.days(since)} ago"
