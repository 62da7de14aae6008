"""One initiative's outcome against its plan."""

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
    dates_said,
    day_axis,
    described,
    epoch_ms,
    iso_days,
    needs,
    rounded,
    thinned,
    with_tips,
)
from vmo_helpers.charts.guides import LINE, uprights
from vmo_helpers.charts.lines import end_labels, end_room, note, pixel
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Rag

_HEIGHT = 280
_STRIP = 24
_TITLE = 48  # characters that a telephone is wide
_UNIT = 20  # characters: it stands beside the last reading, where the plot must leave room for it
_MARKS = {
    "delivery": "delivered",
    "delivered": "delivered",
    "effect": "effect expected from",
    "due": "due",
    "moved": "plan changed",
    "adopted": "adopted",
    "realised": "realised",
}


def outcome_line(
    frame: pd.DataFrame,
    plan: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    alt: str,
    metric: str,
    unit: str = "",
    reported: str | None = None,
    reported_since: pd.Timestamp | None = None,
    timezone: str = "UTC",
    loud: Collection[str] = (),
) -> altair.LayerChart:
    """What a metric did against its plan: readings with the band of their noise around the plan, launch and
    due date, the status above.

    ``frame``: one row a reading (at, value, plan, band_low, band_high, counted); those that count for the
    test are full dots.
    ``plan``: the plan by day (at, plan; where it was moved, ``today``: the one of today, dotted). ``marks``:
    one row a mark (mark, at). ``reported``: the newest reported colour, drawn as a strip from
    ``reported_since`` on: the outside above the inside. Readings are in the alarm colour where anybody is
    ``loud``.
    """
    described(alt)
    needs(frame, "at", "value", "plan", "band_low", "band_high", "counted")
    needs(plan, "at", "plan")
    needs(marks, "mark", "at")
    frame, left_out = cut(frame, newest=True)
    known, unit = frame.dropna(subset=["value"]), wording.clipped(wording.plain(unit), _UNIT)
    if known.empty and plan.empty:
        return blank("the metric was never read", alt)
    days = {
        name: _naive(table["at"], timezone)
        for name, table in (("read", known), ("plan", plan), ("mark", marks))
    }
    every = pd.concat([*days.values()])
    first, last = every.min(), every.max()
    levels = np.concatenate(
        [
            known[["value", "band_low", "band_high"]].to_numpy(dtype=float).ravel(),
            plan["plan"].to_numpy(dtype=float),
            plan.get("today", plan["plan"]).to_numpy(dtype=float),
        ]
    )
    levels = levels[np.isfinite(levels)]
    least, most = float(levels.min()), float(levels.max())
    air = (most - least) * 0.06 or 1.0
    domain = (least - air if least < 0 or least > (most - least) else 0.0, most + air)
    texts, at, colours = _ends(known, plan, unit, theme.ALARM_TEXT if loud else theme.ACCENT)
    right = end_room(texts)
    top = len(marks) * LINE + (_STRIP if reported else 0) + 8.0
    x = day_axis(first, last, right=right)
    y = altair.Y(
        "value:Q",
        title=wording.clipped(wording.plain(metric) + (f", {unit}" if unit else ""), _TITLE),
        scale=altair.Scale(
            domain=[round(edge, 4) for edge in domain], nice=False, zero=False, range=[_HEIGHT + top, top]
        ),
        axis=altair.Axis(format=",.3~f"),
    )
    ink = theme.ALARM if loud else theme.ACCENT
    layers = [*_plan(known, plan, days, x, y), *_readings(known, days["read"], timezone, unit, x, y, ink)]
    placed = [pixel(level, domain, _HEIGHT) + top for level in at]
    layers.append(end_labels(texts, at, colours, domain, _HEIGHT + top, at=placed))
    said_marks = [_MARKS.get(str(mark), wording.plain(mark)) for mark in marks["mark"]]
    when = [wording.day(day.date(), year=True) for day in days["mark"]]
    guides, _ = uprights(
        [f"{word} {day}" for word, day in zip(said_marks, when, strict=True)],
        [
            f"{word.replace(' expected', '')} {_short(day)}"
            for word, day in zip(said_marks, days["mark"], strict=True)
        ],
        [epoch_ms(day) for day in days["mark"]],
        [epoch_ms(first), epoch_ms(max(last, first + pd.Timedelta(days=1)))],
        x=day_axis(first, last, field="value", right=right),
        bottom=_HEIGHT + top,
        right=right,
        tight=right,
        top=float(_STRIP if reported else 0),
    )
    strip = _strip(reported, reported_since, first, last, timezone, x) if reported else []
    return canvas(*layers, *guides, *strip, height=_HEIGHT + top, alt_text=alt, left_out=left_out)


def _naive(instants: pd.Series, timezone: str) -> pd.Series:
    zoned = (
        instants.dt.tz_convert(timezone).dt.tz_localize(None)
        if isinstance(instants.dtype, pd.DatetimeTZDtype)
        else instants
    )
    return zoned.astype("datetime64[us]").dt.floor("min")


def _short(day: pd.Timestamp) -> str:
    """A day in as few letters as can be told apart: "9 Dec"."""
    return f"{day.day} {wording.month(day.date(), short=True)[:3]}"


def _ends(
    known: pd.DataFrame, plan: pd.DataFrame, unit: str, ink: str
) -> tuple[list[str], list[float], list[str]]:
    """What the lines are, at their ends: words, levels and colours."""
    texts, at, colours = [], [], []
    moved = "today" in plan and bool(plan["today"].notna().any())
    for word, table, column, colour in (
        ("first plan" if moved else "plan", plan, "plan", theme.MUTED),
        ("today's plan", plan if moved else plan.head(0), "today", theme.MUTED),
        ("", known, "value", ink),
    ):
        if len(table):
            level = float(table[column].iloc[-1])
            texts.append(f"{word} {wording.number(level)}{'' if word else f' {unit}'}".strip())
            at.append(level)
            colours.append(colour)
    return texts, at, colours


def _plan(
    known: pd.DataFrame, plan: pd.DataFrame, days: dict[str, pd.Series], x: altair.X, y: altair.Y
) -> list[altair.Chart]:
    """The plan as an outline and, around it, what single readings may stray by."""
    band = pd.DataFrame(
        {
            "day": iso_days(days["read"]),
            "value": rounded(known["band_low"], 4),
            "high": rounded(known["band_high"], 4),
        }
    )
    band = band.dropna(subset=["value", "high"])
    paths = [
        (pd.DataFrame({"day": iso_days(days["plan"]), "value": rounded(plan[column], 4)}).dropna(), dash)
        for column, dash in (("plan", [6, 4]), ("today", [2, 4]))
        if column in plan
    ]
    return [
        altair.Chart(thinned(band, 200))
        .mark_area(color=theme.FAINT, opacity=0.3, aria=False)
        .encode(x, y, altair.Y2("high")),
        *(
            altair.Chart(thinned(path, 200))
            .mark_line(color=theme.GREY, strokeWidth=2, strokeDash=dash, aria=False)
            .encode(x, y)
            for path, dash in paths
            if len(path) or dash == [6, 4]
        ),
    ]


def _readings(
    known: pd.DataFrame, days: pd.Series, timezone: str, unit: str, x: altair.X, y: altair.Y, ink: str
) -> list[altair.Chart]:
    read = pd.DataFrame(
        {
            "day": iso_days(days),
            "value": rounded(known["value"], 4),
            "counted": known["counted"].astype(bool).to_numpy(),
        }
    )
    read, tooltip = with_tips(
        read,
        {
            "Read on": dates_said(known["at"], timezone),
            "Value": [f"{wording.number(value)} {wording.plain(unit)}".strip() for value in known["value"]],
            "Plan": [wording.number(value) for value in known["plan"]],
            "Counts for the test": np.where(read["counted"], "yes", "no, the plan is under 25 %").tolist(),
        },
    )
    base = altair.Chart(read)
    fill = altair.FillValue(theme.PAPER, condition=[{"test": "datum.counted", "value": ink}])
    return [
        base.mark_line(color=ink, strokeWidth=1.5, aria=False).encode(x, y),
        base.mark_point(stroke=ink, strokeWidth=1.5, opacity=1, size=50, aria=len(read) <= 60).encode(
            x, y, fill=fill, tooltip=tooltip
        ),
    ]


def _strip(
    reported: str,
    since: pd.Timestamp | None,
    first: pd.Timestamp,
    last: pd.Timestamp,
    timezone: str,
    x: altair.X,
) -> list[altair.Chart]:
    """The reported colour as a strip of time above all else, with its word."""
    look = theme.RAG[Rag(reported)]
    known = since is not None and not pd.isna(since)
    start = min(max(first, _naive(pd.Series([since]), timezone).iloc[0]), last) if known else first
    told = (
        f"reported {look.word} since {dates_said(pd.Series([since]), timezone)[0]}"
        if known
        else f"reported {look.word}"
    )
    frame = pd.DataFrame({"day": iso_days(pd.Series([start])), "to": iso_days(pd.Series([last]))})
    bar = (
        altair.Chart(frame)
        .mark_rect(color=look.colour, opacity=0.18, y=0, y2=18, cornerRadius=2)
        .encode(x, altair.X2("to"))
    )
    late = bool((start - first) / max(last - first, pd.Timedelta(days=1)) > 0.5)
    words = note(
        told,
        f"reported {look.word}",
        x=x,
        day=last if late else start,
        at=9,
        right=not late,
        colour=look.text,
    )
    words.mark.dx = -6 if late else 6
    return [bar, words]
