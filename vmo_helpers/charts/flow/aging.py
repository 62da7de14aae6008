"""Work in progress by age: every open item a dot in its state, against what finished work took."""

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
from vmo_helpers.charts.guides import LINE, percentile_words, uprights
from vmo_helpers.charts.layout import MOST_ROWS
from vmo_helpers.charts.rows import Rows
from vmo_helpers.charts.tones import tone
from vmo_helpers.style import wording

MOST_AGES = 300
"""Dots beyond these cover one another: the oldest are drawn, which the title speaks of."""
_NO_STATE = "no state"


def aging_wip(
    ages: pd.DataFrame,
    states: pd.DataFrame,
    lines: pd.DataFrame | None = None,
    *,
    alt: str,
    alarm_after_days: float | None = None,
    currency: str = "",
    day_unit: str = "days",
    most: int = MOST_ROWS,
) -> altair.LayerChart:
    """Every item in progress as a dot: its age, in the state where it stands; states in board order with WIP
    against limit.

    ``ages``: one row an item (item_id, title, value_stream, state, age_days, planned_cost). ``states``: one
    row a state (state, position, wip, wip_limit); items without a state have a row of their own. ``lines``:
    percentiles of finished work (quantile, days). Dots older than ``alarm_after_days`` are in the alarm
    colour. A click on a dot shows its value stream alone.
    """
    described(alt)
    needs(ages, "item_id", "title", "value_stream", "state", "age_days", "planned_cost")
    needs(states, "state", "position", "wip", "wip_limit")
    ages, left_out = cut(ages, MOST_AGES)
    if ages.empty:
        return blank("no item is in progress", alt)
    ages = ages.assign(state=ages["state"].fillna(_NO_STATE))
    if (
        not states["state"].eq(_NO_STATE).any() and ages["state"].eq(_NO_STATE).any()
    ):  # work that is known by its dates alone
        states = pd.concat(
            [states, pd.DataFrame({"state": [_NO_STATE], "wip": [np.nan], "wip_limit": [np.nan]})],
            ignore_index=True,
        )
    held = states[states["state"].isin(ages["state"]) | (states["wip"] > 0)]
    shown = held.sort_values("position", kind="stable").head(most)
    marks = (
        pd.DataFrame({"quantile": [], "days": []})
        if lines is None
        else lines.dropna(subset=["days"]).sort_values("days")
    )
    domain = zero_based(
        max(float(ages["age_days"].max()), float(marks["days"].max()) if len(marks) else 0.0), room=1.03
    )
    heaps, tallest = lanes(ages["state"], ages["age_days"], ages["item_id"], domain[1])
    words = [_against_limit(wip, limit) for wip, limit in zip(shown["wip"], shown["wip_limit"], strict=True)]
    over = (shown["wip"] > shown["wip_limit"].astype(float)).fillna(False)
    step = int(max(38.0, tallest + 26))
    rows = Rows.of(
        shown.assign(tone=np.where(over, "alarm", "plain"))[["tone"]],
        shown["state"],
        words,
        None,
        np.zeros(len(shown)),
        domain,
        step=step,
        pad=DOT / 2,
        column=True,
        most=most,
        total=len(held),
        top=len(marks) * LINE + 6.0,
        below=8,
    )
    centre = dict(zip(shown["state"], rows.frame["row"], strict=True))
    dots = pd.DataFrame(
        {
            "age": rounded(ages["age_days"], 1),
            "row": (ages["state"].map(centre).astype(float) + heaps).round(1),
            "tone": np.where(ages["age_days"] > alarm_after_days, "alarm", "plain")
            if alarm_after_days is not None
            else "plain",
            "stream": said(ages["value_stream"]),
        }
    )
    dots, tooltip = with_tips(
        dots,
        {
            "Item": said(ages["title"]),
            "Key": said(ages["item_id"]),
            "Value stream": said(ages["value_stream"]),
            "State": said(ages["state"]),
            "Age": [wording.days(age, day_unit) for age in ages["age_days"]],
            "Planned cost": [wording.money(cost, currency) for cost in ages["planned_cost"]],
        },
    )
    dots = dots[dots["row"].notna()].sort_values("tone", ascending=False, kind="stable")
    title = f"{wording.unit(day_unit)} since the work began"
    stream = altair.selection_point(name="stream", fields=["stream"])
    swarm = (
        altair.Chart(dots, name="items")
        .mark_circle(size=DOT**2 * 0.8, yOffset=rows.drop, stroke=theme.PAPER, strokeWidth=0.6, aria=False)
        .encode(
            rows.x("age", title, "days", grid=True),
            rows.y,
            color=tone(theme.GREY),
            tooltip=tooltip,
            opacity=altair.OpacityValue(0.08, condition=[{"param": stream.name, "value": 0.92}]),
        )
        .add_params(stream)
    )
    said_lines = [
        percentile_words(quantile, length, day_unit=day_unit)
        for quantile, length in zip(marks["quantile"], marks["days"], strict=True)
    ]
    guides, _ = uprights(
        [text for text, _ in said_lines],
        [brief for _, brief in said_lines],
        marks["days"].tolist(),
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


def _against_limit(wip: float, limit: float) -> str:
    if not wording.known(wip):
        return ""
    return (
        f"{wording.number(wip)} of limit {wording.number(limit)}"
        if wording.known(limit)
        else f"{wording.number(wip)} in progress"
    )
