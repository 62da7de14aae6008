"""How long each item took: a dot at the day it ended, against percentiles and the trend."""

from __future__ import annotations

from collections.abc import Sequence

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
from vmo_helpers.charts.lines import end_labels, end_room
from vmo_helpers.style import wording

_HEIGHT = 320
_SQUEEZED = (
    12.0  # an axis on which the percentiles stand in the lowest twelfth shows nothing: it becomes logarithmic
)
_EVERY = "all value streams"
_HUMAN = (
    (1 / 24, "1 hour"),
    (0.25, "6 hours"),
    (1.0, "1 day"),
    (7.0, "1 week"),
    (30.0, "30 days"),
    (90.0, "90 days"),
    (365.0, "1 year"),
    (1461.0, "4 years"),
)
_WORKED = (0.1, 1.0, 5.0, 20.0, 60.0, 250.0, 1000.0)


def cycle_time_scatter(
    frame: pd.DataFrame,
    lines: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
    trend: pd.DataFrame | None = None,
    *,
    alt: str,
    alarm_after_days: float | None = None,
    timezone: str = "UTC",
    day_unit: str = "days",
) -> altair.LayerChart:
    """Cycle time of each finished item at the day it finished. ``frame``: item_id, title, value_stream,
    finished_at, cycle_time_days.

    ``lines``: percentiles (quantile, days); ``before``: those of the window before, as lighter lines.
    ``trend``: a line through time (day, days). ``alarm_after_days``: longer ones are in the alarm colour. In
    a frame of bins ``items`` says how many each stands for: its area. Below the plot a list of the value
    streams shows one of them alone.
    """
    needs(frame, "value_stream", "finished_at", "cycle_time_days")
    return _scatter(
        frame,
        "finished_at",
        "cycle_time_days",
        "from start to finish",
        "Finished",
        alt,
        lines,
        before,
        trend,
        alarm_after_days,
        timezone,
        day_unit,
    )


def lead_time_scatter(
    frame: pd.DataFrame,
    lines: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
    trend: pd.DataFrame | None = None,
    *,
    alt: str,
    alarm_after_days: float | None = None,
    timezone: str = "UTC",
    day_unit: str = "days",
) -> altair.LayerChart:
    """As ``cycle_time_scatter``, for lead time to value. ``frame``: item_id, title, value_stream,
    lead_time_end_at, lead_time_days."""
    needs(frame, "value_stream", "lead_time_end_at", "lead_time_days")
    return _scatter(
        frame,
        "lead_time_end_at",
        "lead_time_days",
        "from request to customer",
        "Delivered",
        alt,
        lines,
        before,
        trend,
        alarm_after_days,
        timezone,
        day_unit,
    )


def _scatter(
    frame: pd.DataFrame,
    when: str,
    length: str,
    title: str,
    ended: str,
    alt_text: str,
    lines: pd.DataFrame | None,
    before: pd.DataFrame | None,
    trend: pd.DataFrame | None,
    alarm_after_days: float | None,
    timezone: str,
    day_unit: str,
) -> altair.LayerChart:
    described(alt_text)
    frame, left_out = cut(frame, newest=True)
    if frame.empty:
        return blank(f"nothing was {ended.lower()} in this window", alt_text)
    marks, earlier = _known(lines), _known(before)
    shares = [
        wording.percent(quantile) if quantile != 0.5 else "half"
        for quantile in [*marks["quantile"], *earlier["quantile"]]
    ]
    levels = [float(days) for days in [*marks["days"], *earlier["days"]]]
    now = len(marks)
    links = ["within"] * now + ["before:"] * len(earlier)
    took = [wording.days(days, day_unit) for days in levels]
    texts = [f"{share} {link} {word}" for share, link, word in zip(shares, links, took, strict=True)]
    short = [word.removesuffix(" working days") for word in took]  # the axis says it, a telephone is narrow
    briefs = [f"{share}: {word}" for share, word in zip(shares[:now], short[:now], strict=True)]
    briefs += [f"before: {word}" for word in short[now:]]
    colours = [theme.MUTED] * len(texts)
    if trend is not None and len(trend):
        levels = [*levels, float(trend["days"].iloc[-1])]
        latest = wording.days(levels[-1], day_unit)
        texts, briefs, colours = (
            [*texts, f"trend, now {latest}"],
            [*briefs, f"trend: {latest.removesuffix(' working days')}"],
            [*colours, theme.ACCENT],
        )
    floor, top, logarithmic = _reach(frame[length], levels)
    scale = altair.Scale(
        type="log" if logarithmic else "linear",
        domain=[floor, top],
        nice=False,
        zero=not logarithmic,
        clamp=True,
    )
    title = f"{wording.unit(day_unit)} {title}"
    axis = _log_axis(floor, top, title, day_unit) if logarithmic else altair.Axis(title=title, format=",.3~f")
    y = altair.Y("days:Q", title=title, scale=scale, axis=axis)
    naive = (
        frame[when].dt.tz_convert(timezone).dt.tz_localize(None)
        if isinstance(frame[when].dtype, pd.DatetimeTZDtype)
        else frame[when]
    )
    first, last = naive.min(), naive.max()
    room = (end_room(texts), end_room(briefs))
    air = max((last - first) * 0.02, pd.Timedelta(days=3))  # so that no dot is cut by the edge
    x = day_axis(first - air, last + air, right=room[0], tight=room[1])
    layers = [
        _dots(
            frame,
            when,
            length,
            ended,
            floor if logarithmic else 0.0,
            alarm_after_days,
            timezone,
            x,
            y,
            day_unit,
        )
    ]
    edge = right_edge(*room)
    if len(earlier):
        rules = altair.Chart(pd.DataFrame({"days": rounded(earlier["days"])}))
        layers.append(
            rules.mark_rule(
                x=0, x2=edge, color=theme.FAINT, strokeDash=[1, 0], strokeWidth=2, aria=False
            ).encode(y)
        )
    if len(marks):
        rules = altair.Chart(pd.DataFrame({"days": rounded(marks["days"])}))
        layers.append(rules.mark_rule(x=0, x2=edge, aria=False).encode(y))
    if trend is not None and len(trend):
        path = pd.DataFrame({"day": iso_days(trend["day"]), "days": rounded(trend["days"])})
        layers.append(
            altair.Chart(path).mark_line(color=theme.ACCENT, strokeWidth=2.5, aria=False).encode(x, y)
        )
    if texts:
        at = [_height(level, floor, top, logarithmic) for level in levels]
        layers.append(
            end_labels(texts, levels, colours, (floor, top), _HEIGHT, briefs=briefs, bold=False, at=at)
        )
    return canvas(*layers, height=_HEIGHT, alt_text=alt_text, left_out=left_out)


def _known(lines: pd.DataFrame | None) -> pd.DataFrame:
    return pd.DataFrame({"quantile": [], "days": []}) if lines is None else lines.dropna(subset=["days"])


def _dots(
    frame: pd.DataFrame,
    when: str,
    length: str,
    ended: str,
    floor: float,
    alarm_after_days: float | None,
    timezone: str,
    x: altair.X,
    y: altair.Y,
    day_unit: str,
) -> altair.Chart:
    over = (
        frame[length] > alarm_after_days
        if alarm_after_days is not None
        else pd.Series(False, index=frame.index)
    )
    counts = frame["items"] if "items" in frame.columns else pd.Series(1, index=frame.index)
    binned = bool(counts.gt(1).any())
    dots = pd.DataFrame(
        {
            "day": iso_days(frame[when], timezone),
            "days": rounded(frame[length], 3).clip(lower=floor),
            "over": over.to_numpy(),
            "stream": said(frame["value_stream"]),
        }
    )
    streams = sorted(dict.fromkeys(dots["stream"]))
    tips = (
        {"Items": [wording.number(n) for n in counts]}
        if binned
        else {"Item": said(frame["title"]), "Key": said(frame["item_id"])}
    )
    tips |= {
        ended: dates_said(frame[when], timezone),
        "Took": [wording.days(days, day_unit) for days in frame[length]],
    }
    dots, tooltip = with_tips(dots, tips)
    if len(streams) > 1:
        tooltip.append(altair.Tooltip("stream:N", title="Value stream"))
    if binned:
        dots["items"] = counts.to_numpy()
    dots = dots.sort_values("over", kind="stable")
    stream = altair.selection_point(
        name="stream", fields=["stream"], bind=_list_of(streams) if len(streams) > 1 else altair.Undefined
    )
    area = altair.Size("items:Q", scale=altair.Scale(range=[12, 260], zero=True), legend=None)
    size = area if binned else altair.SizeValue(_dot_size(len(dots)))
    opacity = 0.9 if len(dots) <= 200 else 0.55
    drawn: altair.Chart = (
        altair.Chart(dots, name="items")
        .mark_circle(stroke=theme.PAPER, strokeWidth=0.5 if len(dots) <= 400 else 0, aria=False)
        .encode(
            x,
            y,
            color=altair.ColorValue(theme.GREY, condition=[{"test": "datum.over", "value": theme.ALARM}]),
            size=size,
            tooltip=tooltip,
            opacity=altair.OpacityValue(0.06, condition=[{"param": stream.name, "value": opacity}]),
        )
        .add_params(stream)
    )
    return drawn


def _list_of(streams: list[str]) -> altair.BindRadioSelect:
    """The streams as a list to choose from below the plot: by keyboard and finger as by mouse; a picture of
    the chart has none."""
    return altair.binding_select(options=[None, *streams], labels=[_EVERY, *streams], name="Show ")


def _dot_size(count: int) -> int:
    return 70 if count <= 200 else 36 if count <= 800 else 18


def _reach(lengths: pd.Series, levels: Sequence[float]) -> tuple[float, float, bool]:
    """Lower and upper end of the axis, and whether it is logarithmic: where the longest item would press the
    percentiles to the floor."""
    longest = max([float(lengths.max()), *levels])
    highest = max(levels, default=float(lengths.median()))
    if longest <= 0:
        return 0.0, 1.0, False
    if highest > 0 and longest / highest > _SQUEEZED:
        least = float(np.clip(lengths[lengths > 0].min(), 1 / 1440, highest / 10))
        return round(least, 4), round(longest * 1.3, 2), True
    return 0.0, round(longest * 1.04, 3), False


def _height(level: float, floor: float, top: float, logarithmic: bool) -> float:
    if logarithmic:
        return float((1 - np.log(max(level, floor) / floor) / np.log(top / floor)) * _HEIGHT)
    return (1 - level / top) * _HEIGHT


def _log_axis(floor: float, top: float, title: str, day_unit: str) -> altair.Axis:
    """Ticks of a logarithmic axis of time at an hour, a day, a week: steps that people know. Of working days
    at so many of them, for an hour is no fixed part of one."""
    if day_unit == wording.WORKING_DAYS:
        return altair.Axis(
            title=f"{title}, logarithmic",
            values=[value for value in _WORKED if floor <= value <= top],
            format=",.3~f",
        )
    ticks = [(value, word) for value, word in _HUMAN if floor <= value <= top]
    words = (
        " : ".join(f"abs(datum.value - {value:.6f}) < 0.001 ? '{word}'" for value, word in ticks) + " : ''"
    )
    return altair.Axis(
        title=f"{title.replace('days', 'time')}, logarithmic",
        values=[round(value, 6) for value, _ in ticks],
        labelExpr=words,
    )
