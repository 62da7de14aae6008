"""How fast work starts and ends: started against finished, throughput, work in progress by day."""

from __future__ import annotations

from collections.abc import Collection, Sequence

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
    haloed,
    hover,
    iso_days,
    needs,
    thinned,
    whole_ticks,
    with_tips,
    zero_based,
)
from vmo_helpers.charts.lines import end_labels, end_room, note, pixel
from vmo_helpers.style import wording

_HEIGHT = 320
_LOW = 220
_MOST_STEPS = 1_000
_SEEN = 0.03  # of the window: a shorter stretch is a speck under its words


def started_finished(
    frame: pd.DataFrame,
    stretch: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    *,
    alt: str,
    unit: str = "items",
    loud: Collection[str] = (),
    finished: int | None = None,
) -> altair.LayerChart:
    """Items started and finished since the window began, as steps; what lies between is the growth of work in
    progress.

    ``frame``: one row a day of change (day, started, finished, in_progress), both cumulative. ``stretch``:
    first and last day of the longest time without a finish, marked on the lower line where it is long enough
    to be seen. Where anybody is ``loud`` the upper line is in the alarm colour.
    ``finished``: how many of the finished were also started in the window, said at the lower line's end.
    """
    described(alt)
    needs(frame, "day", "started", "finished", "in_progress")
    if frame.empty or (frame["started"].max() == 0 and frame["finished"].max() == 0):
        return blank("no start or finish is on record", alt)
    chosen = thinned(frame, _MOST_STEPS)
    steps = chosen[["started", "finished"]].assign(day=iso_days(chosen["day"]))
    last = frame.iloc[-1]
    both = "" if finished is None else f", {wording.number(finished)} of these"
    texts = [
        f"started {wording.number(last['started'])}",
        f"finished {wording.number(last['finished'])}{both}",
    ]
    briefs = [texts[0], f"finished {wording.number(last['finished'])}"]
    upper, words = (theme.ALARM, theme.ALARM_TEXT) if loud else (theme.GREY, theme.MUTED)
    domain = zero_based(float(frame[["started", "finished"]].max().max()), room=1.04)
    x = day_axis(frame["day"].iloc[0], last["day"], right=end_room(texts), tight=end_room(briefs))
    y = _count("started", f"{unit}, cumulative", domain)
    low = _count("finished", f"{unit}, cumulative", domain)
    base = altair.Chart(steps)
    layers = [
        base.mark_area(color=upper, opacity=0.10, interpolate="step-after", aria=False).encode(
            x, y, altair.Y2("finished")
        ),
        base.mark_line(color=upper, interpolate="step-after", aria=False).encode(x, y),
        base.mark_line(color=theme.ACCENT, interpolate="step-after", aria=False).encode(x, low),
        altair.Chart(steps.tail(1)).mark_point(color=upper, opacity=1).encode(x, y),
        altair.Chart(steps.tail(1)).mark_point(color=theme.ACCENT, opacity=1).encode(x, low),
        end_labels(
            texts, [last["started"], last["finished"]], [words, theme.ACCENT], domain, _HEIGHT, briefs=briefs
        ),
    ]
    if stretch is not None and stretch[1] - stretch[0] >= _SEEN * (last["day"] - frame["day"].iloc[0]):
        layers += _without_finish(frame, stretch, x, domain)
    told, tooltip = with_tips(
        steps[["day"]],
        {
            "Day": dates_said(chosen["day"]),
            "Started so far": _numbers(chosen["started"]),
            "Finished so far": _numbers(chosen["finished"]),
            "In progress": _numbers(chosen["in_progress"]),
        },
    )
    return canvas(*layers, hover(told, x, tooltip, _HEIGHT), height=_HEIGHT, alt_text=alt)


def _without_finish(
    frame: pd.DataFrame, stretch: tuple[pd.Timestamp, pd.Timestamp], x: altair.X, domain: Sequence[float]
) -> list[altair.Chart]:
    begin, end = frame["day"].iloc[0], frame["day"].iloc[-1]
    first, last = max(stretch[0], begin), min(stretch[1], end)
    length = wording.days((stretch[1] - stretch[0]) / pd.Timedelta(days=1))
    since = wording.day(stretch[0].date(), beside=end.date())
    text = (
        f"nothing finished since {since}, {length}"
        if last == end
        else f"nothing finished for {length}, from {since}"
    )
    brief = f"none for {length}"
    level = float(frame.loc[frame["day"] <= first, "finished"].iloc[-1])
    bar = altair.Chart(
        pd.DataFrame(
            {"day": iso_days(pd.Series([first])), "to": iso_days(pd.Series([last])), "level": [level]}
        )
    )
    # under the flat stretch nothing is drawn to its right; where the words would leave the plot they end at
    # its edge, below the line there
    rightward = bool(first < begin + (end - begin) * 0.55)
    edge = first if rightward else min(first, end - (end - begin) * 0.5)
    at = pixel(float(frame.loc[frame["day"] <= edge, "finished"].iloc[-1]), domain, _HEIGHT)
    below = at + 18 < _HEIGHT - 6
    words = note(
        text,
        brief,
        x=x,
        day=first if rightward else end,
        at=at + 18 if below else at - 16,
        right=rightward,
        colour=theme.INK,
    )
    thick = bar.mark_rule(strokeWidth=6, strokeDash=[1, 0], strokeCap="butt", color=theme.INK, aria=False)
    return [thick.encode(x, altair.X2("to"), altair.Y("level:Q")), *haloed(words)]


def throughput(
    frame: pd.DataFrame,
    *,
    alt: str,
    unit: str = "items",
    value: float | None = None,
    before: float | None = None,
) -> altair.LayerChart:
    """Items finished in each ISO week; a week that the window cuts is outlined, for it is not over.

    ``frame``: one row a week (week: its Monday, finished, whole). ``value``: the throughput per whole week,
    as a line; ``before``: that of the window before, as a lighter one.
    """
    described(alt)
    needs(frame, "week", "finished", "whole")
    if frame.empty:
        return blank("the window holds no week", alt)
    frame, left_out = cut(frame, newest=True)
    whole = frame["whole"].fillna(False).astype(bool)
    weeks, tooltip = with_tips(
        pd.DataFrame(
            {
                "day": iso_days(frame["week"] + pd.Timedelta(days=3)),
                "finished": frame["finished"].astype(int),
                "whole": whole,
            }
        ),
        {
            "Week of": dates_said(frame["week"]),
            "Finished": _numbers(frame["finished"]),
            "The week": np.where(whole, "is whole", "is not whole: not counted in the mean").tolist(),
        },
    )
    lines = [
        (level, words, colour, dash)
        for level, words, colour, dash in (
            (before, f"before: {wording.number(before)}", theme.GREY, [1, 0]),
            (value, wording.per_week(value), theme.ACCENT, [4, 4]),
        )
        if level is not None and wording.known(level)
    ]
    text = [words for _, words, _, _ in lines]
    domain = zero_based(
        max(float(frame["finished"].max()), *(level for level, _, _, _ in lines), 0.0), room=1.12
    )
    x = day_axis(frame["week"].iloc[0], frame["week"].iloc[-1] + pd.Timedelta(days=7), right=end_room(text))
    y = _count("finished", f"{unit} finished a week", domain)
    size = altair.ExprRef(f"max(1, min(24, (width - {end_room(text):.0f}) / {len(frame)} * 0.76))")
    bars = altair.Chart(weeks).encode(x, y, tooltip=tooltip)
    layers: list[altair.Chart] = [
        bars.transform_filter("datum.whole").mark_bar(color=theme.FAINT, size=size, cornerRadiusEnd=1),
        bars.transform_filter("!datum.whole").mark_bar(
            color=theme.PAPER, stroke=theme.GREY, strokeDash=[3, 2], strokeWidth=1.2, size=size
        ),
    ]
    if not whole.iloc[-1]:
        # the words reach back over the last quarter of the bars: they stand above the highest of these, and
        # above a line
        below = max(
            float(frame["finished"].tail(max(1, len(frame) // 4)).max()),
            *(level for level, _, _, _ in lines),
            0.0,
        )
        end = frame["week"].iloc[-1] + pd.Timedelta(days=7)
        layers += haloed(
            note("week not over", "not over", x=x, day=end, at=pixel(below, domain, _LOW) - 12, right=False)
        )
    for level, _, colour, dash in lines:
        line = altair.Chart(pd.DataFrame({"mean": [round(level, 4)]}))
        rule = line.mark_rule(color=colour, strokeWidth=1.5, strokeDash=dash, x=0, x2=_right(text))
        layers.append(rule.encode(altair.Y("mean:Q")))
    if lines:
        inks = [colour if colour == theme.ACCENT else theme.MUTED for _, _, colour, _ in lines]
        layers.append(end_labels(text, [level for level, _, _, _ in lines], inks, domain, _LOW))
    return canvas(*layers, height=_LOW, alt_text=alt, left_out=left_out)


def wip_by_day(
    frame: pd.DataFrame, *, alt: str, unit: str = "items", limit: float | None = None
) -> altair.LayerChart:
    """Items in progress at the end of each day, from zero, with the limit where there is one. ``frame``: day,
    wip."""
    described(alt)
    needs(frame, "day", "wip")
    if frame.empty:
        return blank("the window holds no day", alt)
    chosen = thinned(frame, _MOST_STEPS)
    days = chosen[["wip"]].assign(day=iso_days(chosen["day"]))
    last = frame.iloc[-1]
    known = limit is not None and wording.known(limit)
    over = limit is not None and known and float(last["wip"]) > limit
    texts = [f"{wording.number(last['wip'])} now"]
    levels, colours = [float(last["wip"])], [theme.ALARM_TEXT if over else theme.ACCENT]
    if limit is not None and known:
        texts, levels, colours = (
            [*texts, f"limit {wording.number(limit)}"],
            [*levels, float(limit)],
            [*colours, theme.MUTED],
        )
    domain = zero_based(max(float(frame["wip"].max()), *levels), room=1.08)
    x = day_axis(frame["day"].iloc[0], last["day"], right=end_room(texts))
    y = _count("wip", f"{unit} in progress", domain)
    base = altair.Chart(days)
    colour = theme.ALARM if over else theme.ACCENT
    layers = [
        base.mark_area(color=theme.FAINT, opacity=0.35, interpolate="step-after", aria=False).encode(x, y),
        base.mark_line(color=colour, strokeWidth=2, interpolate="step-after", aria=False).encode(x, y),
        altair.Chart(days.tail(1)).mark_point(color=colour, opacity=1).encode(x, y),
        end_labels(texts, levels, colours, domain, _LOW),
    ]
    if limit is not None and known:
        layers.append(
            altair.Chart(pd.DataFrame({"wip": [limit]}))
            .mark_rule(x=0, x2=_right(texts))
            .encode(altair.Y("wip:Q"))
        )
    told, tooltip = with_tips(
        days[["day"]], {"Day": dates_said(chosen["day"]), "In progress": _numbers(chosen["wip"])}
    )
    return canvas(*layers, hover(told, x, tooltip, _LOW), height=_LOW, alt_text=alt)


def _count(field: str, title: str, domain: Sequence[float]) -> altair.Y:
    return altair.Y(
        f"{field}:Q",
        title=title,
        scale=altair.Scale(domain=list(domain), nice=False),
        axis=altair.Axis(format=",d", title=title, **whole_ticks(domain[1])),
    )


def _right(texts: list[str]) -> altair.ExprRef:
    return altair.ExprRef(f"width - {end_room(texts):.0f}")


def _numbers(values: pd.Series) -> list[str]:
    return [wording.number(value) for value in values]
