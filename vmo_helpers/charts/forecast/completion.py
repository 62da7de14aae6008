"""What is finished by when: the fan of the weeks ahead, days by stream, promises against facts, late work."""

from __future__ import annotations

from collections.abc import Collection

import altair
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import (
    blank,
    canvas,
    dates_said,
    day_axis,
    described,
    hover,
    iso_days,
    needs,
    whole_ticks,
    with_tips,
)
from vmo_helpers.charts.intervals import dumbbells, interval_rows
from vmo_helpers.charts.layout import MOST_ROWS
from vmo_helpers.charts.lines import end_labels, end_room
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.style import wording

_HEIGHT = 320


def fan(frame: pd.DataFrame, *, alt: str, unit: str = "items") -> altair.LayerChart:
    """What was finished week by week, and what the weeks ahead add with 85, 50 and 15 %.

    ``frame``: one row a week (day: its last, finished, at_least, middle, at_most), cumulative.
    """
    described(alt)
    needs(frame, "day", "finished", "at_least", "middle", "at_most")
    past, ahead = frame[frame["finished"].notna()], frame[frame["at_least"].notna()]
    if ahead.empty or past.empty:
        return blank("too few weeks with a finish are on record for a forecast", alt)
    now = float(past["finished"].iloc[-1])
    ends = ahead[["at_most", "middle", "at_least"]].iloc[-1]
    texts = [
        f"+{wording.number(end - now)} {words}"
        for end, words in zip(ends, ("with 15 %", "with 50 %", "with 85 %"), strict=True)
    ]
    briefs = [
        f"+{wording.number(end - now)}, {share} %" for end, share in zip(ends, (15, 50, 85), strict=True)
    ]
    domain = (0.0, round(float(ends.max()) * 1.06 or 1.0, 4))
    first, last = frame["day"].iloc[0], frame["day"].iloc[-1]
    x = day_axis(first, last, right=end_room(texts), tight=end_room(briefs))
    join = past.tail(1).assign(at_least=now, middle=now, at_most=now)
    ahead = pd.concat([join, ahead])
    band = ahead[["at_least", "middle", "at_most"]].assign(day=iso_days(ahead["day"]))
    line = past[["finished"]].assign(day=iso_days(past["day"]))
    base = altair.Chart(band)
    low, high = (_y(name, unit, domain) for name in ("at_least", "at_most"))
    told, tooltip = with_tips(
        frame[["day"]].assign(day=iso_days(frame["day"])),
        {
            "Week to": dates_said(frame["day"]),
            "Finished": [wording.number(n) if wording.known(n) else "–" for n in frame["finished"]],
            "With 85 %, at least": [_added(n, now) for n in frame["at_least"]],
            "With 50 %": [_added(n, now) for n in frame["middle"]],
            "With 15 %": [_added(n, now) for n in frame["at_most"]],
        },
    )
    layers = [
        base.mark_area(color=theme.ACCENT, opacity=0.16, aria=False).encode(x, low, altair.Y2("at_most")),
        base.mark_line(color=theme.ACCENT, strokeDash=[4, 3], aria=False).encode(
            x, _y("middle", unit, domain)
        ),
        base.mark_line(color=theme.ACCENT, aria=False).encode(x, low),
        base.mark_line(color=theme.ACCENT, strokeWidth=1, opacity=0.6, aria=False).encode(x, high),
        altair.Chart(line).mark_line(color=theme.INK, aria=False).encode(x, _y("finished", unit, domain)),
        end_labels(
            texts, list(ends), [theme.MUTED, theme.MUTED, theme.ACCENT], domain, _HEIGHT, briefs=briefs
        ),
    ]
    return canvas(*layers, hover(told, x, tooltip, _HEIGHT), height=_HEIGHT, alt_text=alt)


def _added(count: float, now: float) -> str:
    return f"{wording.number(count - now)} more" if wording.known(count) else "–"


def _y(field: str, unit: str, domain: tuple[float, float]) -> altair.Y:
    return altair.Y(
        f"{field}:Q",
        scale=altair.Scale(domain=list(domain), nice=False),
        axis=altair.Axis(title=f"{unit} finished, cumulative", format=",d", **whole_ticks(domain[1])),
    )


def all_done(frame: pd.DataFrame, *, alt: str) -> altair.LayerChart:
    """By when each stream has finished as many as it has open: from the day with 50 to that with 85 %.

    ``frame``: one row a stream (value_stream, open_items, done_p50, done_p85, done_p50_days, done_p85_days,
    why).
    """
    described(alt)
    days = ("done_p50_days", "done_p85_days")
    needs(frame, "value_stream", "open_items", "done_p50", "done_p85", *days, "why")
    shown = frame[frame["open_items"].gt(0)]
    if shown["done_p50_days"].isna().all():
        return blank("no stream has finished often enough for a day to be said", alt)
    half, most = dates_said(shown["done_p50"]), dates_said(shown["done_p85"])
    notes = [
        "no day can be said"
        if not wording.known(first)
        else f"85 %: {last}"
        if wording.known(end)
        else "85 %: later than two years"
        for first, end, last in zip(shown[days[0]], shown[days[1]], most, strict=True)
    ]
    briefs = [
        "unknown" if not wording.known(end) else wording.month(day, short=True)
        for end, day in zip(shown[days[1]], shown["done_p85"], strict=True)
    ]
    last = float(shown[[*days]].max().max())
    return interval_rows(
        shown.assign(high=shown[days[1]].fillna(shown[days[0]])),
        shown["value_stream"],
        value="done_p50_days",
        low="done_p50_days",
        high="high",
        notes=notes,
        briefs=briefs,
        tips={
            "Open": [wording.number(n) for n in shown["open_items"]],
            "With 50 %": half,
            "With 85 %": most,
            "Why none": [why if isinstance(why, str) else "–" for why in shown["why"]],
        },
        subject="Stream",
        title="days from now",
        unit="days",
        tones=["strong"] * len(shown),
        alt_text=alt,
        zero=False,
        domain=(0.0, round(last * 1.04, 2) or 1.0),
    )


def kept(frame: pd.DataFrame, *, alt: str, loud_days: Collection[str] = ()) -> altair.LayerChart:
    """What month ends would have promised for the next twelve weeks (ring), and what came (dot), for all
    streams.

    ``frame``: one row a promise (said_on, value_stream_id, promised, came, kept); those said on ``loud_days``
    are in alarm.
    """
    described(alt)
    needs(frame, "said_on", "value_stream_id", "promised", "came", "kept")
    shown = frame[frame["value_stream_id"].eq("all")]
    if shown.empty:
        return blank("no forecast of an earlier month end is over yet", alt)
    counts = [
        f"{wording.number(one)} promised, {wording.number(other)} came"
        for one, other in zip(shown["promised"], shown["came"], strict=True)
    ]
    words = ["nothing promised" if pd.isna(one) else "kept" if one else "not kept" for one in shown["kept"]]
    return dumbbells(
        shown,
        pd.Series(dates_said(shown["said_on"])),
        before="promised",
        after="came",
        named=("promised, 85 % sure", "came"),
        say=wording.number,
        notes=[f"{count} · {word}" for count, word in zip(counts, words, strict=True)],
        briefs=words,
        subject="Said on",
        title="finished in twelve weeks",
        unit="count",
        tones=["alarm" if str(day.date()) in loud_days else "strong" for day in shown["said_on"]],
        alt_text=alt,
    )


def late(
    frame: pd.DataFrame, *, alt: str, subjects: Collection[str] = (), day_unit: str = "days"
) -> altair.LayerChart:
    """How long each item has been in progress (bar) beside what is expected (upright), the likeliest late
    first.

    ``frame``: one row an item (item_id, title, age_days, expected_days, late_chance).
    """
    described(alt)
    needs(frame, "item_id", "title", "age_days", "expected_days", "late_chance")
    shown = frame[frame["expected_days"].notna()]
    if shown.empty:
        return blank("what is expected cannot be said", alt)
    drawn = shown.head(MOST_ROWS)
    ages = [wording.days(age, day_unit) for age in drawn["age_days"]]
    chances = [_chance(one) for one in drawn["late_chance"]]
    return ranked_bars(
        shown,
        shown["title"],
        shown["age_days"],
        subject="Item",
        notes=[f"{age} · {chance}" for age, chance in zip(ages, chances, strict=True)],
        briefs=chances,
        tips={
            "In progress for": ages,
            "Expected": [wording.days(one, day_unit) for one in drawn["expected_days"]],
            "Later than that": chances,
        },
        title=f"{wording.unit(day_unit)} in progress",
        limits=shown["expected_days"],
        tones=["alarm" if one in subjects else "plain" for one in shown["item_id"]],
        alt_text=alt,
    )


def _chance(share: float) -> str:
    if not wording.known(share):
        return "unknown"
    if share >= 1:
        return "late"
    return "late: over 95 %" if share > 0.95 else f"late: {wording.percent(share)}"
