"""What waits after its team was done: every delivery a dot in its value stream, against the line that judges
it."""

from __future__ import annotations

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import (
    blank,
    canvas,
    cut,
    described,
    needs,
    rounded,
    said,
    with_tips,
    zero_based,
)
from vmo_helpers.charts.flow.lanes import DOT, lanes
from vmo_helpers.charts.guides import LINE, uprights
from vmo_helpers.charts.rows import Rows
from vmo_helpers.charts.tones import tone
from vmo_helpers.style import wording

_TITLE = "from the team's done to the customer"
_BINNED = "after the team's done; larger: more deliveries"
_LEAST_AREA, _MOST_AREA = 40, 170  # of a dot that stands for several: no wider than a bin on a telephone


def queue_after_done(
    dots: pd.DataFrame,
    streams: pd.DataFrame,
    *,
    alt: str,
    queue_after_done_days: float | None = None,
    half_days: float | None = None,
    day_unit: str = "days",
) -> altair.LayerChart:
    """Every delivery as a dot: how long it waited between its team's "done" and its customer, in its value
    stream's row.

    ``dots``: one row a delivery, or a bin of several (item_id, title, value_stream, row, queue_days, items:
    its area).
    ``streams``: one row a row of the chart (value_stream, items, p50_days), sorted by the measure; their
    words stand at the right. A dashed line stands at ``queue_after_done_days``; dots that reach it are in
    the alarm colour. ``half_days``: another line, that of a title which speaks of the median.
    """
    described(alt)
    needs(dots, "item_id", "title", "value_stream", "row", "queue_days", "items")
    needs(streams, "value_stream", "items", "p50_days")
    dots, left_out = cut(dots)
    if dots.empty:
        return blank("no layer beyond the team, or nothing delivered", alt)
    shown = streams[streams["items"] > 0]
    line = [] if queue_after_done_days is None else [queue_after_done_days]
    half = [] if half_days is None else [half_days]
    domain = zero_based(max([float(dots["queue_days"].max()), *line, *half]), room=1.03)
    binned = bool(dots["items"].gt(1).any())
    heaps, tallest = (
        lanes(dots["row"], dots["queue_days"], dots["item_id"], domain[1])
        if not binned
        else (np.zeros(len(dots)), DOT)
    )
    counts = [wording.counted(n, "delivery", "deliveries") for n in shown["items"]]
    middles = [_half(days, day_unit) for days in shown["p50_days"]]
    rows = Rows.of(
        pd.DataFrame({"tone": ["plain"] * len(shown)}),
        shown["value_stream"],
        [f"{count}{middle}" for count, middle in zip(counts, middles, strict=True)],
        [
            f"{wording.number(n)}{middle}" if middle else count
            for n, count, middle in zip(shown["items"], counts, middles, strict=True)
        ],
        np.zeros(len(shown)),
        domain,
        step=int(max(38.0, tallest + 26)),
        pad=DOT / 2 + 2,
        column=True,
        most=len(shown),
        top=(len(line) + len(half)) * LINE + 6.0,
        below=8,
    )
    centre = dict(zip(shown["value_stream"], rows.frame["row"], strict=True))
    over = (
        dots["queue_days"] >= queue_after_done_days
        if queue_after_done_days is not None
        else pd.Series(False, index=dots.index)
    )
    marks = pd.DataFrame(
        {
            "days": rounded(dots["queue_days"], 1),
            "row": (dots["row"].map(centre).astype(float) + heaps).round(1),
            "tone": np.where(over, "alarm", "plain"),
        }
    )
    named = (
        {"Deliveries": [wording.number(n) for n in dots["items"]]}
        if binned
        else {"Key": said(dots["item_id"])}
    )
    marks, tooltip = with_tips(
        marks,
        {
            "Item": said(dots["title"]),
            **named,
            "Value stream": said(dots["value_stream"]),
            "Waited": [wording.days(days, day_unit) for days in dots["queue_days"]],
        },
    )
    if binned:
        marks["items"] = dots["items"].to_numpy()
    title = f"{wording.unit(day_unit)} {_BINNED if binned else _TITLE}"
    area = altair.Size("items:Q", scale=altair.Scale(range=[_LEAST_AREA, _MOST_AREA], zero=True), legend=None)
    swarm = (
        altair.Chart(marks.sort_values("tone", ascending=False, kind="stable"), name="items")
        .mark_circle(yOffset=rows.drop, stroke=theme.PAPER, strokeWidth=0.6, opacity=0.92, aria=False)
        .encode(
            rows.x("days", title, "days", grid=True),
            rows.y,
            color=tone(theme.GREY),
            size=area if binned else altair.SizeValue(DOT**2 * 0.8),
            tooltip=tooltip,
        )
    )
    words = [wording.days(days, day_unit) for days in line]
    words += [f"half waited {_under(days, day_unit)}" for days in half]
    guides, _ = uprights(
        words,
        words,
        [*line, *half],
        domain,
        x=rows.x("value", title, "days", grid=True),
        bottom=rows.height,
        left=rows.gutter + rows.pad,
        right=rows.margin + rows.pad,
        pad=rows.pad,
        when=rows.when,
    )
    layers = [rows.floors(), *guides, swarm, *rows.words(halo=True)]
    return canvas(*layers, height=rows.height, alt_text=alt, left_out=left_out)


def _half(days: float, day_unit: str) -> str:
    if not wording.known(days):
        return ""
    return f" · half within {wording.days(days, day_unit)}" if days > 0 else " · half at once"


def _under(days: float, day_unit: str) -> str:
    return f"under {wording.days(days, day_unit)}" if days > 0 else "no time"
