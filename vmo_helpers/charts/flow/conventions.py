"""How far conventions move a number, and how well plans were kept."""

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
    described,
    haloed,
    narrow,
    needs,
    right_edge,
    rounded,
    said,
    with_tips,
)
from vmo_helpers.charts.lines import end_labels, end_room
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording

_HEIGHT = 260
_MOST_INTERVALS = 40


def sensitivity(frame: pd.DataFrame, *, alt: str, title: str = "flow efficiency") -> altair.LayerChart:
    """The headline under each convention as a dot, the one that the deck uses first and as an upright line
    through all of them.

    ``frame``: one row a convention (convention, flow_efficiency, used), exactly one of them ``used``, in the
    measure's order.
    """
    described(alt)
    needs(frame, "convention", "flow_efficiency", "used")
    if frame["flow_efficiency"].notna().sum() == 0:
        return blank("flow efficiency is not known", alt)
    shown = frame.sort_values("used", ascending=False, kind="stable")
    used = shown["used"].fillna(False).astype(bool)
    names = shown["convention"].astype(object).mask(used, "this deck")
    ours = float(shown.loc[used, "flow_efficiency"].iloc[0]) if used.any() else float("nan")
    values = [wording.percent(share, decimals=1) for share in shown["flow_efficiency"]]
    gaps = [
        "" if mine else _gap(share - ours) for mine, share in zip(used, shown["flow_efficiency"], strict=True)
    ]
    notes = [f"{value} · {gap}" if gap else value for value, gap in zip(values, gaps, strict=True)]
    ready = pd.DataFrame(
        {"value": rounded(shown["flow_efficiency"], 4), "tone": np.where(used, "accent", "strong")}
    ).reset_index(drop=True)
    ready, tooltip = with_tips(
        ready,
        {
            "Convention": said(shown["convention"], 200),
            "Flow efficiency": values,
            "Against this deck": [gap or "–" for gap in gaps],
        },
    )
    top = float(ready["value"].max())
    rows = Rows.of(
        ready,
        names,
        notes,
        values,
        np.zeros(len(ready)),
        (0.0, max(top * 1.05, 0.01)),
        pad=6,
        column=True,
        step=34,
    )
    layers: list[altair.Chart] = [rows.line(round(ours, 4), colour=theme.ACCENT)] if np.isfinite(ours) else []
    x = rows.x("value", title, "share", grid=True)
    layers.append(rows.dots(x, tooltip=tooltip).transform_filter("isValid(datum.value)"))
    return canvas(*layers, *rows.words(halo=True), height=rows.height, alt_text=alt)


def _gap(difference: float) -> str:
    if not wording.known(difference):
        return ""
    return (
        "the same"
        if abs(difference) < 0.0005
        else f"{'+' if difference > 0 else wording.MINUS}{wording.points(abs(difference))}"
    )


def predictability(
    frame: pd.DataFrame,
    *,
    alt: str,
    value: float | None = None,
    predictability_low: float | None = None,
    loud: Collection[str] = (),
) -> altair.LayerChart:
    """Business value achieved ÷ planned per planning interval; from ``predictability_low`` up to all of it is
    healthy.

    ``frame``: one row an interval in order (pi, planned_value, actual_value, predictability). Bars under the
    band are in the alarm colour. ``value``: pooled over all of them, as a line, in the alarm colour where it
    is ``loud``.
    """
    described(alt)
    needs(frame, "pi", "planned_value", "actual_value", "predictability")
    frame, left_out = cut(frame, _MOST_INTERVALS, newest=True)
    if frame["predictability"].notna().sum() == 0:
        return blank("no objective with a planned and an actual value", alt)
    shown = frame.reset_index(drop=True)
    low = -np.inf if predictability_low is None else predictability_low
    said_shares = [wording.percent(share) for share in shown["predictability"]]
    bars, tooltip = with_tips(
        pd.DataFrame(
            {
                "place": shown.index.to_numpy(),
                "name": said(shown["pi"], 16),
                "share": rounded(shown["predictability"], 4),
                "text": said_shares,
                "tone": np.where(shown["predictability"] < low, "alarm", "plain"),
            }
        ),
        {
            "Planning interval": said(shown["pi"]),
            "Achieved ÷ planned": said_shares,
            "Planned value": [wording.number(v) for v in shown["planned_value"]],
            "Achieved value": [wording.number(v) for v in shown["actual_value"]],
        },
    )
    top = max(1.15, float(shown["predictability"].max()) * 1.12)
    title = "business value achieved, share of planned"
    axis = altair.Axis(title=title, values=[0, 0.5, 1.0], labelExpr="format(datum.value * 100, '.0f') + ' %'")
    domain = [0.0, round(top, 3)]
    y = altair.Y("share:Q", title=title, scale=altair.Scale(domain=domain, nice=False), axis=axis)
    texts, briefs, levels, colours = _band(predictability_low)
    all_colour, all_text = (theme.ALARM, theme.ALARM_TEXT) if loud else (theme.ACCENT, theme.ACCENT)
    if value is not None and wording.known(value):
        said_all = f"all: {wording.percent(value)}"
        texts, briefs = [*texts, said_all], [*briefs, said_all]
        levels, colours = [*levels, value], [*colours, all_text]
    room, tight = end_room(texts), end_room(briefs)
    edge = right_edge(room, tight)
    count = len(shown)
    x = altair.X(
        "place:Q",
        axis=None,
        scale=altair.Scale(domain=[-0.6, count - 0.4], nice=False, zero=False, range=[0, edge]),
    )
    each = f"(width - ({theme.NARROW} ? {tight:.0f} : {room:.0f})) / {count}"
    band = altair.Chart(pd.DataFrame({"share": [max(low, 0.0)], "high": [1.0]})).mark_rect(
        color=theme.GOOD, opacity=0.12, x=0, x2=edge
    )
    base = altair.Chart(bars)
    alarm = altair.ColorValue(
        theme.FAINT, condition=[{"test": "datum.tone === 'alarm'", "value": theme.ALARM}]
    )
    limit = altair.ExprRef(f"max(36, {each} - 4)")
    thin = altair.ExprRef(
        f"datum.place % ceil(40 / ({each})) === 0 ? 1 : 0"
    )  # where bars have no room for words
    line: list[altair.Chart] = []
    if value is not None and wording.known(value):
        rule = altair.Chart(pd.DataFrame({"share": [round(float(value), 4)]}))
        line.append(rule.mark_rule(color=all_colour, x=0, x2=edge).encode(y))
    layers: list[altair.Chart] = [
        *([band.encode(y, altair.Y2("high"))] if predictability_low is not None else []),
        base.mark_bar(size=altair.ExprRef(f"max(4, min(56, {each} * 0.66))"), cornerRadiusEnd=2).encode(
            x, y, color=alarm, tooltip=tooltip
        ),
        *line,
        *haloed(
            base.mark_text(baseline="bottom", dy=-4, limit=limit, opacity=thin).encode(
                x, y, text=altair.Text("text:N")
            )
        ),
        base.mark_text(
            baseline="top",
            y="height",
            dy=8,
            limit=limit,
            opacity=thin,
            color=theme.MUTED,
            fontSize=narrow("11", "13"),
        ).encode(x, text=altair.Text("name:N")),
    ]
    if texts:
        layers.append(end_labels(texts, levels, colours, domain, _HEIGHT, briefs=briefs, bold=False))
    unknown = base.transform_filter("!isValid(datum.share)").mark_text(
        baseline="bottom", y="height", dy=-4, color=theme.MUTED, text="?"
    )
    layers.append(unknown.encode(x, tooltip=tooltip))
    return canvas(*layers, height=_HEIGHT, alt_text=alt, left_out=left_out)


def _band(low: float | None) -> tuple[list[str], list[str], list[float], list[str]]:
    """What is said beside the healthy band, in full and in short, where, in which colour; nothing without a
    band."""
    if low is None:
        return [], [], [], []
    return (
        [f"healthy: {wording.percent(low).removesuffix(' %')} to 100 %"],
        ["healthy"],
        [(low + 1) / 2],
        [theme.GOOD_TEXT],
    )
