"""How lengths of time are spread: the histogram of cycle times, and the share finished within a number of
days."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import (
    blank,
    canvas,
    described,
    haloed,
    narrow,
    needs,
    rounded,
    thinned,
    whole_ticks,
    with_tips,
    zero_based,
)
from vmo_helpers.charts.guides import LINE, percentile_words, uprights
from vmo_helpers.style import wording

_HEIGHT = 260
_MOST_STEPS = 400
_TAIL = 3.0  # times the last percentile: beyond lies a flat line


def cycle_time_distribution(
    frame: pd.DataFrame,
    lines: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
    *,
    alt: str,
    unit: str = "items",
    day_unit: str = "days",
) -> altair.LayerChart:
    """How many items took how long, in bins, with the percentiles as upright lines.

    ``frame``: one row a bin (low_days, high_days, items), bins side by side. ``lines``: quantile, days;
    ``before``: those of the window before, said as such.
    """
    described(alt)
    needs(frame, "low_days", "high_days", "items")
    if frame.empty or not frame["items"].any():
        return blank("nothing was finished in this window", alt)
    low, high = frame["low_days"].astype(float), frame["high_days"].astype(float)
    width = float((high - low).iloc[0])
    beyond = bool(
        len(frame) > 1 and (high - low).iloc[-1] > width * 1.5
    )  # the last bin holds all that took longer
    drawn_to = high.where(high.index != high.index[-1], low + width) if beyond else high
    title = f"{wording.unit(day_unit)} from start to finish"
    took = partial(wording.days, unit=day_unit)
    bins, tooltip = with_tips(
        pd.DataFrame({"low": rounded(low), "high": rounded(drawn_to), "items": frame["items"]}),
        {
            "Took": [wording.between(start, end, took) for start, end in zip(low, high, strict=True)],
            "Items": [wording.number(n) for n in frame["items"]],
        },
    )
    domain = [0.0, max(float(drawn_to.max()), 8 * width)]
    marks = pd.concat(
        [_known(lines).assign(earlier=False), _known(before).assign(earlier=True)], ignore_index=True
    )
    marks = marks[marks["days"] <= domain[1]].sort_values("days", kind="stable")
    top = len(marks) * LINE + 8.0
    most = zero_based(float(frame["items"].max()), room=1.04)
    x, y = _x("low", title, domain), _y("items", f"{unit} finished", most, top, ",d")
    bars = altair.Chart(bins).mark_rect(color=theme.FAINT, stroke=theme.PAPER, strokeWidth=1.2)
    layers = [
        bars.encode(x, altair.X2("high"), y, altair.Y2Datum(0), tooltip=tooltip),
        *_percentiles(marks, domain, title, top, day_unit),
    ]
    if beyond:
        rest = pd.DataFrame(
            {"text": [f"up to {took(high.iloc[-1])} →"], "high": [round(float(drawn_to.iloc[-1]), 2)]}
        )
        level = _HEIGHT + top - float(frame["items"].iloc[-1]) / most[1] * _HEIGHT
        words = altair.Chart(rest).mark_text(align="right", baseline="bottom", y=level - 4, color=theme.MUTED)
        layers += haloed(words.encode(_x("high", title, domain), text=altair.Text("text:N")))
    return canvas(*layers, height=_HEIGHT + top, alt_text=alt)


def service_level_survival(
    frame: pd.DataFrame,
    lines: pd.DataFrame | None = None,
    *,
    alt: str,
    unit: str = "items",
    day_unit: str = "days",
) -> altair.LayerChart:
    """The share of items finished within so many days, with its interval: what can be promised, open work
    included.

    ``frame``: one row a step (days, finished_share, low, high). ``lines``: the expectation at each quantile
    (quantile, days).
    """
    described(alt)
    needs(frame, "days", "finished_share", "low", "high")
    known = frame.dropna(subset=["days", "finished_share"])
    if known.empty:
        return blank("too few items were finished to promise anything", alt)
    steps = thinned(known.sort_values("days", kind="stable"), _MOST_STEPS)
    nothing = pd.DataFrame({"days": [0.0], "finished_share": [0.0], "low": [0.0], "high": [0.0]})
    steps = pd.concat(
        [nothing, pd.DataFrame({name: rounded(steps[name], 4) for name in nothing.columns})],
        ignore_index=True,
    )
    marks = _known(lines)
    longest = max(float(steps["days"].max()), 1e-6)
    promised = float(marks["days"].max()) if len(marks) else longest
    domain = [
        0.0,
        max(min(longest, promised * _TAIL), promised * 1.02) or longest,
    ]  # where all took no time there is still a scale
    top = len(marks) * LINE + 8.0
    y = _y("finished_share", f"share of {unit} finished within", [0.0, 1.0], top, None)
    steps, tooltip = with_tips(
        steps,
        {
            "Within": [wording.days(days, day_unit) for days in steps["days"]],
            "Finished": [wording.percent(share) for share in steps["finished_share"]],
            "With 95 % certainty": [
                wording.between(low, high, wording.percent)
                for low, high in zip(steps["low"], steps["high"], strict=True)
            ],
        },
    )
    hits = altair.Chart(thinned(steps, 80)).mark_rule(
        opacity=0, strokeWidth=12, strokeDash=[1, 0], y=top, y2=_HEIGHT + top, aria=False, clip=True
    )
    title = f"{wording.unit(day_unit)} since the work began"
    base, x = altair.Chart(steps), _x("days", title, domain)
    layers = [
        base.mark_area(
            color=theme.ACCENT, opacity=0.13, interpolate="step-after", aria=False, clip=True
        ).encode(x, _y("low", f"share of {unit} finished within", [0.0, 1.0], top, None), altair.Y2("high")),
        base.mark_line(color=theme.ACCENT, interpolate="step-after", aria=False, clip=True).encode(x, y),
        *_percentiles(marks, domain, title, top, day_unit),
        hits.encode(x, tooltip=tooltip),
    ]
    return canvas(*layers, height=_HEIGHT + top, alt_text=alt)


def _known(lines: pd.DataFrame | None) -> pd.DataFrame:
    if lines is None:
        return pd.DataFrame({"quantile": np.array([], dtype=float), "days": np.array([], dtype=float)})
    return lines.dropna(subset=["days"]).sort_values("days", kind="stable")


def _percentiles(
    marks: pd.DataFrame, domain: Sequence[float], title: str, top: float, day_unit: str
) -> list[altair.Chart]:
    earlier = marks["earlier"] if "earlier" in marks.columns else [False] * len(marks)
    words = [
        percentile_words(quantile, length, before=old, day_unit=day_unit)
        for quantile, length, old in zip(marks["quantile"], marks["days"], earlier, strict=True)
    ]
    layers, _ = uprights(
        [text for text, _ in words],
        [brief for _, brief in words],
        marks["days"].tolist(),
        domain,
        x=_x("value", title, domain),
        bottom=_HEIGHT + top,
        left=0,
        right=0,
        pale=list(earlier),
    )
    return layers


def _x(field: str, title: str, domain: Sequence[float]) -> altair.X:
    scale = altair.Scale(domain=list(domain), nice=False, zero=False)
    axis = altair.Axis(
        title=title,
        format=",.3~f",
        tickCount=narrow("3", "7"),
        titleAnchor="start",
        titleX=0,
        titleAlign="left",
        labelFlush=True,
    )
    return altair.X(f"{field}:Q", scale=scale, axis=axis)


def _y(field: str, title: str, domain: Sequence[float], top: float, shown: str | None) -> altair.Y:
    """A y axis whose upper ``top`` pixels stay free for words; whole numbers where it counts."""
    words: dict[str, Any] = (
        {"format": shown} if shown else {"labelExpr": "format(datum.value * 100, '.0f') + ' %'"}
    )
    whole: dict[str, Any] = whole_ticks(domain[1]) if shown else {"values": [0, 0.25, 0.5, 0.75, 1]}
    scale = altair.Scale(domain=list(domain), nice=False, range=[_HEIGHT + top, top])
    return altair.Y(f"{field}:Q", title=title, scale=scale, axis=altair.Axis(title=title, **words, **whole))
