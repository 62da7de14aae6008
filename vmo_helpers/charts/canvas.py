"""What every chart stands on: its size, its alt text, the empty state, room for labels, days on an axis.

A chart re-lays itself where the page is narrow: its specification asks the ``width`` signal, so one file is
right on a telephone and on a wall. Labels get their room in pixels before anything is drawn, for nothing may
overlap.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.layers import layered
from vmo_helpers.style import wording

Floats = npt.NDArray[np.float64]

MOST_POINTS = 2_000
"""More marks than this are 0.7 MB of SVG and a grey cloud: a measure bins them, else a chart is cut."""

SIZE = 13
_STEPS = (
    (14, "D", "%-d %b"),
    (98, "W-MON", "%-d %b"),
    (800, "MS", "%b ’%y"),
    (2200, "QS", "%b ’%y"),
    (10**9, "YS", "%Y"),
)


def narrow(then: str | float, otherwise: str | float, when: str = theme.NARROW) -> alt.ExprRef:
    """One of two Vega expressions, by whether the plot is as narrow as on a telephone (or as ``when``
    says)."""
    return alt.ExprRef(f"{when} ? {then} : {otherwise}")


def canvas(
    *layers: alt.Chart | alt.LayerChart, height: float, alt_text: str, left_out: str = "", **more: Any
) -> alt.LayerChart:
    """Layers as one chart that fills its column, ``height`` pixels high, with its alt text; below it what it
    ``left_out`` (the words of ``cut``). ``more``: of the whole chart."""
    below: dict[str, Any] = {"anchor": "start", "fontWeight": "normal", "color": theme.MUTED, "offset": 10}
    # all at once: each change of a layered chart would copy all of its layers
    return layered(
        layers,
        title=alt.TitleParams(left_out, orient="bottom", **below) if left_out else alt.Undefined,
        description=theme.describe(alt.Chart(), described(alt_text)).description,
        width="container",
        height=round(height),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        padding={"left": 2, "right": 4, "top": 4, "bottom": 8},
        **more,
    )


def described(alt_text: str) -> str:
    """The alt text, checked before any work; raises ValueError when it is empty."""
    if not alt_text.strip():
        raise ValueError("a chart needs an alt text that says its takeaway: alt=''")
    return alt_text


def blank(reason: str, alt_text: str) -> alt.LayerChart:
    """In place of a chart without rows: one calm line that says why there is nothing to draw, and
    ``usermeta`` that tells a deck so."""
    frame = pd.DataFrame({"text": [f"Nothing to draw:\n{reason}."]})
    wash = alt.Chart(frame).mark_rect(color=theme.WASH, x=0, x2="width", y=0, y2=72, cornerRadius=4)
    words = (
        alt.Chart(frame)
        .mark_text(
            align="left",
            baseline="top",
            x=20,
            y=20,
            color=theme.MUTED,
            limit=alt.ExprRef("width - 30"),
            lineBreak="\n",
            lineHeight=19,
        )
        .encode(text=alt.Text("text:N"))
    )
    return canvas(wash, words, height=72, alt_text=alt_text, usermeta={"blank": True})


def needs(frame: pd.DataFrame, *columns: str) -> None:
    """Raises ValueError naming the chart that asks, the columns that it draws and those of the frame."""
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        asks = sys._getframe(1)  # the chart: only it knows its name, and it says it once
        rooms = asks.f_globals["__name__"].split(".")[1:3]
        raise ValueError(
            f"{'.'.join([*rooms, asks.f_code.co_name])} draws the columns {', '.join(columns)}; the frame "
            f"lacks {', '.join(absent)}, it has {', '.join(map(str, frame.columns)) or 'none'}"
        )


def cut(frame: pd.DataFrame, most: int = MOST_POINTS, *, newest: bool = False) -> tuple[pd.DataFrame, str]:
    """As many rows as a chart can hold, the first (the ``newest``: the last), and in words what it left out;
    no words where it holds all."""
    if len(frame) <= most:
        return frame, ""
    kept = frame.tail(most) if newest else frame.head(most)
    return kept.reset_index(drop=True), said_of(most, len(frame), newest=newest)


def said_of(shown: int, total: int, *, newest: bool = False) -> str:
    """What is said below a chart that shows some of its rows."""
    which = "last" if newest else "first"
    return f"The {which} {wording.number(shown)} of {wording.number(total)}; all are in the table"


def said(texts: Any, most: int = 80) -> list[str]:
    """Texts from data, safe to show and short enough for a label or a tooltip; a missing one is "–"."""
    return [wording.clipped(wording.plain(text), most) if wording.known(text) else "–" for text in texts]


def text_px(texts: list[str], size: float = SIZE) -> Floats:
    """About how wide texts are drawn, in pixels: rather too wide than too narrow, for what it says is kept
    free."""
    return np.array([sum(_width(letter) for letter in text) for text in texts], dtype=float) * size


def _width(letter: str) -> float:
    if letter in " .,:;'|!ilIjtf()·-":
        return 0.32
    if letter in "mwMW%—":
        return 0.88
    if ord(letter) > 0x2E00:
        return 1.1
    return 0.70 if letter.isupper() else 0.57


def apart(wanted: npt.ArrayLike, gap: float, low: float, high: float) -> Floats:
    """Positions as near as may be to the wanted ones, at least ``gap`` apart, inside [low, high] where there
    is room.

    The mean of pushing all down and pushing all up: both keep the gap, so their mean does.
    """
    at = np.asarray(wanted, dtype=float)
    if at.size == 0:
        return at
    order = np.argsort(at, kind="stable")
    steps = np.arange(at.size) * min(gap, (high - low) / max(at.size - 1, 1))
    down = np.maximum.accumulate(np.clip(at[order], low, high) - steps) + steps
    down = np.minimum(down, high - steps[-1] + steps)
    up = np.minimum.accumulate((np.clip(at[order], low, high) - steps)[::-1])[::-1] + steps
    up = np.maximum(up, low + steps)
    placed = np.empty_like(at)
    placed[order] = (down + up) / 2
    return placed


def haloed(words: alt.Chart) -> list[alt.Chart]:
    """Words with a rim of paper under them, so that a line that passes behind does not cross them out."""
    rim = words.copy(deep=True).encode(color=alt.ColorValue(theme.PAPER))
    rim.mark.stroke, rim.mark.strokeWidth, rim.mark.aria = theme.PAPER, 5, False
    return [rim, words]


def iso_days(instants: pd.Series, timezone: str = "UTC") -> list[str]:
    """Days, or instants as wall-clock time of the portfolio's zone, as a date axis reads them.

    They are written as UTC and drawn on a UTC scale, so that a day is the same day wherever the page is
    opened.
    """
    if isinstance(instants.dtype, pd.DatetimeTZDtype):
        instants = instants.dt.tz_convert(timezone).dt.tz_localize(None)
    whole = bool((instants.dropna() == instants.dropna().dt.normalize()).all())
    return [str(text) for text in instants.dt.strftime("%Y-%m-%d" if whole else "%Y-%m-%dT%H:%MZ")]


def dates_said(days: pd.Series, timezone: str = "UTC") -> list[str]:
    """Each day, or the day of each instant, as "14 March 2026"; a missing one is "–"."""
    if isinstance(days.dtype, pd.DatetimeTZDtype):
        days = days.dt.tz_convert(timezone)
    return [wording.day(day.date(), year=True) if pd.notna(day) else "–" for day in days]


def day_axis(
    first: pd.Timestamp,
    last: pd.Timestamp,
    *,
    field: str = "day",
    left: float | alt.ExprRef = 0,
    right: float = 0,
    tight: float | None = None,
    when: str = theme.NARROW,
) -> alt.X:
    """The x encoding of a field of ``iso_days`` with calendar ticks, leaving pixels free at both ends for
    direct labels.

    ``tight``: pixels at the right end on a narrow page, where they are others. Ticks stand on whole days,
    Mondays, months, quarters or years, by the length of the span; their labels thin out evenly.
    """
    if last <= first:
        last = first + pd.Timedelta(days=1)
    length = (last - first) / pd.Timedelta(days=1)
    rule, shown = next((rule, shown) for most, rule, shown in _STEPS if length <= most)
    ticks = pd.date_range(first.normalize(), last, freq=rule)
    if ticks.size < 2:
        ticks = pd.DatetimeIndex([first.normalize(), last.normalize()])
    if ticks.size > 60:  # decades: every fifth year
        ticks = ticks[ticks.year % 5 == 0]
    return alt.X(
        f"{field}:T",
        scale=alt.Scale(
            type="utc",
            domain=alt.ExprRef(_moments([first, last])),
            nice=False,
            range=[left, right_edge(right, tight, when)],
        ),
        axis=alt.Axis(
            title=None,
            values=alt.ExprRef(_moments(ticks[ticks >= first])),
            format=shown,
            labelOverlap="parity",
            labelSeparation=14,
            grid=False,
            labelFlush=10,
        ),
    )


def right_edge(right: float, tight: float | None = None, when: str = theme.NARROW) -> alt.ExprRef:
    """Where the plot ends when pixels right of it are kept for labels."""
    return (
        alt.ExprRef(f"width - {right:.0f}")
        if tight is None
        else narrow(f"width - {tight:.0f}", f"width - {right:.0f}", when)
    )


def _moments(days: Iterable[pd.Timestamp]) -> str:
    """Moments as a Vega expression. Plain numbers would reach Vega as ``datetime(number)``, which its
    expression interpreter (the only one that a page without unsafe-eval may use) reads as a year."""
    return f"[{', '.join(str(epoch_ms(day)) for day in days)}]"


def epoch_ms(day: pd.Timestamp) -> int:
    """A naive moment as a date axis counts it."""
    return int((day - pd.Timestamp(0)) // pd.Timedelta(1, "ms"))


def whole_ticks(high: float) -> dict[str, Any]:
    """Ticks of an axis that counts: whole numbers each once, also where it ends at 2 (there Vega would set
    halves between)."""
    return {"values": list(range(int(high) + 1))} if high < 6 else {"tickMinStep": 1}


def rounded(values: pd.Series, digits: int = 2) -> pd.Series:
    """Numbers with as many digits as a pixel can show: a specification is read by people and sent by
    e-mail."""
    return values.astype(float).round(digits)


def zero_based(top: float, *, room: float = 1.0) -> tuple[float, float]:
    """A domain from zero to the largest value, with relative ``room`` above; 0–1 when nothing is larger than
    zero."""
    end = float(top) * room
    return (0.0, round(end, 4) or end) if np.isfinite(end) and end > 0 else (0.0, 1.0)


def with_tips(frame: pd.DataFrame, tips: dict[str, list[str]]) -> tuple[pd.DataFrame, list[alt.Tooltip]]:
    """The frame with one text column per tooltip line, and the tooltip: values as people say them, not as
    they are stored.

    The titles are the program's own words: vega-tooltip gives the keys "title" and "image" a meaning of their
    own.
    """
    columns = {f"tip{place}": texts for place, texts in enumerate(tips.values())}
    return frame.assign(**columns), [
        alt.Tooltip(f"{column}:N", title=title) for column, title in zip(columns, tips, strict=True)
    ]


def thinned(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most so many rows, evenly chosen, the first and the last among them: a line that a screen cannot
    tell from the whole."""
    if len(frame) <= most:
        return frame
    return frame.iloc[np.unique(np.linspace(0, len(frame) - 1, most).round().astype(int))]


def hover(
    frame: pd.DataFrame, x: alt.X, tooltip: list[alt.Tooltip], height: float, most: int = 90
) -> alt.Chart:
    """Invisible upright bands that answer the pointer with the values of their day, for lines and areas."""
    bands = alt.Chart(thinned(frame, most)).mark_rule(
        opacity=0, strokeWidth=14, strokeDash=[1, 0], y=0, y2=round(height), aria=False
    )
    answering: alt.Chart = bands.encode(x, tooltip=tooltip)
    return answering
