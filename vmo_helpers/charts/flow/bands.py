"""What the board held on every day: cumulative flow; what kind of work was finished in every period."""

from __future__ import annotations

import altair
import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import (
    MOST_POINTS,
    blank,
    canvas,
    cut,
    dates_said,
    day_axis,
    described,
    hover,
    iso_days,
    needs,
    said,
    thinned,
    whole_ticks,
    with_tips,
)
from vmo_helpers.charts.lines import end_labels, end_room, pixel
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import StateClass, WorkType

_HEIGHT = 340
_MOST_DAYS = 160
_CLASS_COLOURS = {
    StateClass.DONE: "#dce1e6",
    StateClass.ACTIVE: "#b0bdc9",
    StateClass.WAIT: "#f4c7a3",
    StateClass.BACKLOG: theme.GRID,
}
_TYPE_COLOURS = {
    WorkType.FEATURE: theme.ACCENT,
    WorkType.ENABLER: "#7fb2d3",
    WorkType.DEFECT: "#c98a5b",
    WorkType.RISK: "#b39bc2",
    WorkType.DEBT: "#a8a08c",
    WorkType.COMPLIANCE: "#8fae9d",
    WorkType.RUN: theme.FAINT,
}


def cumulative_flow(frame: pd.DataFrame, *, alt: str, unit: str = "items") -> altair.LayerChart:
    """Items by state on every day as stacked bands, finished work at the bottom, waiting states tinted.

    ``frame``: one row a day and state (day, state, position, state_class, in_state), or one a day and class
    with how many ``states`` it adds up. The bottom counts what
    was finished since the first day, so that years of finished work do not press the rest together; cancelled
    items are off the board.
    """
    described(alt)
    needs(frame, "day", "state", "position", "state_class", "in_state")
    kept = frame[frame["state_class"] != str(StateClass.CANCELLED)]
    if kept.empty or not kept["in_state"].any():
        return blank("no item stood on the board in this window", alt)
    states = kept.drop_duplicates("state").assign(
        finished=lambda rows: rows["state_class"] == str(StateClass.DONE)
    )
    states = states.sort_values(["finished", "position"], ascending=[False, False], kind="stable")[
        ["state", "state_class", "finished"]
    ]
    counts = (
        kept.pivot(index="day", columns="state", values="in_state").reindex(columns=states["state"]).fillna(0)
    )
    if len(counts) == 1:  # one day has no width: it is drawn to its end
        counts = pd.concat([counts, counts.set_axis(counts.index + pd.Timedelta(days=1))])
    before = float(counts.loc[counts.index[0], states.loc[states["finished"], "state"]].sum())
    upper = np.maximum(np.cumsum(counts.to_numpy(dtype=float), axis=1) - before, 0)
    lower = np.column_stack([np.zeros(len(counts)), upper[:, :-1]])
    there = np.asarray((upper > lower).any(axis=0))
    if not there.any():
        return blank("all work was finished before the window", alt)
    states, upper, lower = states.loc[there].reset_index(drop=True), upper[:, there], lower[:, there]
    days = pd.DataFrame({"day": counts.index, "at": np.arange(len(counts))})
    chosen = thinned(days, _MOST_DAYS)
    place = chosen["at"].to_numpy()
    domain = [0.0, max(1.0, float(upper.max()) * 1.02)]
    now = (upper - lower)[-1]
    names = said(states["state"], 32)
    labelled = [place for place in range(len(states)) if now[place] > 0]
    texts = [f"{names[place]} {wording.number(now[place])}" for place in labelled]
    briefs = [f"{wording.clipped(names[place], 18)} {wording.number(now[place])}" for place in labelled]
    levels = [float(upper[-1, place] + lower[-1, place]) / 2 for place in labelled]
    colours = [
        theme.ALARM_TEXT if states["state_class"][place] == str(StateClass.WAIT) else theme.MUTED
        for place in labelled
    ]
    x = day_axis(counts.index[0], counts.index[-1], right=end_room(texts), tight=end_room(briefs))
    y = altair.Y(
        "upper:Q",
        title=f"{unit}, finished ones counted from the first day",
        scale=altair.Scale(domain=domain, nice=False),
        axis=altair.Axis(format=",d", **whole_ticks(domain[1])),
    )
    day_texts = iso_days(chosen["day"])
    layers = [
        altair.Chart(
            pd.DataFrame({"day": day_texts, "upper": upper[place, band], "lower": lower[place, band]})
        )
        .mark_area(
            color=_CLASS_COLOURS[StateClass(states["state_class"][band])],
            opacity=1,
            aria=False,
            line={"color": theme.PAPER, "strokeWidth": 1.2},
        )
        .encode(x, y, altair.Y2("lower"))
        for band in range(len(states))
    ]
    layers.append(end_labels(texts, levels, colours, domain, _HEIGHT, briefs=briefs, bold=False))
    told, tooltip = with_tips(
        pd.DataFrame({"day": day_texts}),
        {"Day": dates_said(chosen["day"]), **_by_class(counts, states, place)},
    )
    layers.append(hover(told, x, tooltip, _HEIGHT))
    many = int(kept.drop_duplicates("state")["states"].sum()) if "states" in kept.columns else 0
    left_out = f"{many} states, added up by class" if many else ""
    return canvas(*layers, height=_HEIGHT, alt_text=alt, left_out=left_out)


def _by_class(
    counts: pd.DataFrame, states: pd.DataFrame, place: npt.NDArray[np.int64]
) -> dict[str, list[str]]:
    """Per day the items in each state, as tooltip lines, at most ten of them."""
    return {
        f"in {wording.clipped(wording.plain(state), 40)}": [
            wording.number(value) for value in counts[state].to_numpy()[place]
        ]
        for state in states["state"].iloc[::-1].head(10)
    }


def flow_distribution(
    frame: pd.DataFrame, shares: pd.DataFrame | None = None, *, alt: str, unit: str = "items"
) -> altair.LayerChart:
    """Finished items by work type in every period, stacked from zero, the types named at the right.

    ``frame``: one row a period and type (period: its first day, work_type, finished). ``shares``: each type's
    share of all that was finished (work_type, share), said beside its name.
    """
    described(alt)
    needs(frame, "period", "work_type", "finished")
    each = max(1, frame["work_type"].nunique())
    frame, left_out = cut(frame, MOST_POINTS // each * each, newest=True)  # whole periods
    if frame.empty or not frame["finished"].any():
        return blank("nothing was finished in this window", alt)
    there = set(frame.loc[frame["finished"] > 0, "work_type"])
    types = [str(word) for word in WorkType if str(word) in there]
    counts = (
        frame.pivot(index="period", columns="work_type", values="finished").reindex(columns=types).fillna(0)
    )
    upper = np.cumsum(counts.to_numpy(dtype=float), axis=1)
    lower = upper - counts.to_numpy(dtype=float)
    domain = [0.0, max(1.0, float(upper.max()) * 1.05)]
    told = {} if shares is None else dict(zip(shares["work_type"], shares["share"], strict=True))
    texts = [f"{word} {wording.percent(told[word])}" if word in told else word for word in types]
    middle = (np.arange(len(types)) + 0.5) / len(types)
    length = len(counts)
    step = (counts.index[-1] - counts.index[0]) / (length - 1) if length > 1 else pd.Timedelta(days=30)
    x = day_axis(counts.index[0] - step / 2, counts.index[-1] + step / 2, right=end_room(texts))
    y = altair.Y(
        "upper:Q",
        title=f"{unit} finished",
        scale=altair.Scale(domain=domain, nice=False),
        axis=altair.Axis(format=",d", **whole_ticks(domain[1])),
    )
    bars = pd.DataFrame(
        {
            "day": np.repeat(iso_days(counts.index.to_series()), len(types)),
            "type": types * length,
            "upper": upper.ravel(),
            "lower": lower.ravel(),
        }
    )
    bars, tooltip = with_tips(
        bars,
        {
            "From": np.repeat(dates_said(counts.index.to_series()), len(types)).tolist(),
            "Work": types * length,
            "Finished": [wording.number(value) for value in counts.to_numpy().ravel()],
        },
    )
    size = altair.ExprRef(f"max(2, min(44, (width - {end_room(texts):.0f}) / {length} * 0.72))")
    colours = [_TYPE_COLOURS[WorkType(word)] for word in types]
    stack = (
        altair.Chart(bars)
        .mark_bar(size=size, cornerRadiusEnd=0, stroke=theme.PAPER, strokeWidth=0.8)
        .encode(
            x,
            y,
            altair.Y2("lower"),
            tooltip=tooltip,
            color=altair.Color("type:N", legend=None, scale=altair.Scale(domain=types, range=colours)),
        )
    )
    last = [float(value) for value in (upper[-1] + lower[-1]) / 2]
    at = (
        [pixel(value, domain, _HEIGHT) for value in last]
        if counts.iloc[-1].gt(0).all()
        else [(1 - share) * _HEIGHT for share in middle]
    )
    labels = _swatches(texts, colours, at)
    return canvas(stack, *labels, height=_HEIGHT, alt_text=alt, left_out=left_out)


def _swatches(texts: list[str], colours: list[str], at: list[float]) -> list[altair.Chart]:
    """Names in ink beside a square of their colour: light colours are for areas, not for words."""
    words = end_labels(texts, at, [theme.INK] * len(texts), (0, 1), _HEIGHT, bold=False, at=at)
    squares = words.copy(deep=True)
    squares.mark = altair.MarkDef(
        type="point",
        shape="square",
        size=90,
        opacity=1,
        y=altair.ExprRef("datum.at"),
        x=altair.ExprRef("width - datum.room + 6"),
    )
    squares.data = words.data.assign(colour=colours)
    words.mark.dx = 7
    return [squares, words]
