"""Rows of changes with their intervals around zero, and of two values joined by a line."""

from __future__ import annotations

from collections.abc import Callable

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import canvas, rounded, said, with_tips
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.rows import Rows

_DOT = 6.0


def interval_rows(
    frame: pd.DataFrame,
    labels: pd.Series,
    *,
    value: str,
    low: str,
    high: str,
    notes: list[str],
    briefs: list[str],
    tips: dict[str, list[str]],
    subject: str,
    title: str,
    unit: str,
    tones: list[str],
    alt_text: str,
    zero: bool = True,
    lines: dict[float, str] | None = None,
    domain: tuple[float, float] | None = None,
    most: int = 14,
) -> altair.LayerChart:
    """One dot a row with its interval, a line at zero, the value in words in a column at the right; a missing
    value has no dot."""
    ready = pd.DataFrame(
        {
            "value": rounded(frame[value], 4),
            "low": rounded(frame[low], 4),
            "high": rounded(frame[high], 4),
            "tone": tones,
        }
    )
    ready, tooltip = with_tips(ready.reset_index(drop=True), {subject: said(labels, 200), **tips})
    rows = Rows.of(
        ready,
        labels,
        notes,
        briefs,
        np.zeros(len(ready)),
        domain or _domain(ready[["value", "low", "high"]], zero),
        pad=_DOT,
        column=True,
        most=most,
    )
    x = rows.x("value", title, unit, grid=True)
    layers: list[altair.Chart] = [rows.line(0.0, colour=theme.GREY, dash=False)] if zero else []
    layers += [rows.line(at, colour=colour) for at, colour in (lines or {}).items()]
    spans = rows.spans(rows.x("low", title, unit, grid=True), "high", width=4).transform_filter(
        "isValid(datum.low) && isValid(datum.high)"
    )
    dots = rows.dots(x, tooltip=tooltip).transform_filter("isValid(datum.value)")
    return canvas(*layers, spans, dots, *rows.words(halo=True), height=rows.height, alt_text=alt_text)


def dumbbells(
    frame: pd.DataFrame,
    labels: pd.Series,
    *,
    before: str,
    after: str,
    named: tuple[str, str],
    say: Callable[[float], str],
    notes: list[str],
    briefs: list[str],
    subject: str,
    title: str,
    unit: str,
    tones: list[str],
    alt_text: str,
    currency: str = "",
    tips: dict[str, list[str]] | None = None,
    most: int = 14,
) -> altair.LayerChart:
    """Two values a row joined by a line: a hollow dot for what was or was wanted, a full one for what is."""
    ready = pd.DataFrame(
        {"before": rounded(frame[before], 4), "after": rounded(frame[after], 4), "tone": tones}
    ).reset_index(drop=True)
    ready, tooltip = with_tips(
        ready,
        {
            subject: said(labels, 200),
            named[0].capitalize(): [say(value) for value in frame[before]],
            named[1].capitalize(): [say(value) for value in frame[after]],
            **(tips or {}),
        },
    )
    keys = [Entry("ring", named[0], theme.GREY), Entry("dot", named[1], theme.GREY)]
    top = float(np.nanmax(ready[["before", "after"]].to_numpy(dtype=float), initial=0))
    rows = Rows.of(
        ready,
        labels,
        notes,
        briefs,
        np.zeros(len(ready)),
        (0.0, top * 1.02 or 1.0),
        pad=_DOT,
        column=True,
        most=most,
        top=key_height(keys),
    )
    x = {field: rows.x(field, title, unit, currency, grid=True) for field in ("before", "after")}
    both = "isValid(datum.before) && isValid(datum.after)"
    layers = [
        rows.spans(x["before"], "after", width=2.5).transform_filter(both),
        rows.dots(x["before"], tooltip=tooltip, hollow=True).transform_filter("isValid(datum.before)"),
        rows.dots(x["after"], tooltip=tooltip).transform_filter("isValid(datum.after)"),
    ]
    return canvas(*layers, *rows.key(keys), *rows.words(halo=True), height=rows.height, alt_text=alt_text)


def _domain(values: pd.DataFrame, zero: bool) -> tuple[float, float]:
    known = values.to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    least, most = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    if zero:
        least, most = min(least, 0.0), max(most, 0.0)
    air = (most - least) * 0.04 or 1.0
    return round(least - (air if least < 0 or not zero else 0), 4), round(most + air, 4)
