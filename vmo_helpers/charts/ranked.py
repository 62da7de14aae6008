"""Bars of one quantity, longest first: the workhorse of a review."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers.charts.canvas import canvas, rounded, said, with_tips, zero_based
from vmo_helpers.charts.layout import MOST_ROWS
from vmo_helpers.charts.rows import Rows


def ranked_bars(
    frame: pd.DataFrame,
    labels: pd.Series,
    values: pd.Series,
    *,
    subject: str,
    notes: list[str],
    tips: dict[str, list[str]],
    title: str,
    alt_text: str,
    briefs: list[str] | None = None,
    unit: str = "count",
    currency: str = "",
    tones: list[str] | None = None,
    most: int = MOST_ROWS,
    limits: pd.Series | None = None,
) -> altair.LayerChart:
    """One bar a row in the order of the frame, its value in words behind it; a tick marks the row's limit
    where it has one.

    ``subject`` heads the tooltip ("Queue"), ``title`` says what the axis counts. ``notes``, ``briefs`` and
    ``tips`` are at least those of the first ``most`` rows, which are drawn.
    """
    ready = pd.DataFrame({"value": rounded(values).to_numpy(), "tone": tones or ["plain"] * len(frame)})
    ready["limit"] = rounded(limits).to_numpy() if limits is not None else float("nan")
    top = float(max(ready["value"].max(), 0 if ready["limit"].isna().all() else ready["limit"].max()))
    limited = not ready["limit"].isna().all()
    ready, labels = ready.head(most), labels.iloc[:most]  # words are made of what is drawn alone
    ready, tooltip = with_tips(
        ready, {subject: said(labels, 200), **{name: texts[: len(ready)] for name, texts in tips.items()}}
    )
    rows = Rows.of(
        ready,
        labels,
        notes,
        briefs,
        ready[["value", "limit"]].max(axis=1),
        zero_based(top),
        most=most,
        total=len(frame),
    )
    layers: list[altair.Chart] = [rows.bars(rows.x("value", title, unit, currency), tooltip=tooltip)]
    if limited:
        layers.append(rows.ticks(rows.x("limit", title, unit, currency), tooltip=tooltip))
    return canvas(*layers, *rows.words(), height=rows.height, alt_text=alt_text)
