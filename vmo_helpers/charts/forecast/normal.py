"""A measure by month, against what was normal."""

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
    rounded,
    with_tips,
    zero_based,
)
from vmo_helpers.charts.lines import end_labels, end_room
from vmo_helpers.charts.tones import tone
from vmo_helpers.style import wording

_HEIGHT = 280
_COUNTS = {
    "throughput": "throughput, finished a week",
    "work in progress": "work in progress at the month's end",
    "lead time": "lead time, 85th percentile",
}


def normal(
    frame: pd.DataFrame, *, alt: str, subject: str = "", loud: Collection[str] = (), day_unit: str = "days"
) -> altair.LayerChart:
    """The measure of the title month by month, its usual limits dashed; where it is ``loud``, the months of a
    signal are in alarm.

    ``frame``: one row a measure and month (measure, month, value, mean, low, high, outside, in_run).
    """
    described(alt)
    needs(frame, "measure", "month", "value", "mean", "low", "high", "outside", "in_run")
    known = frame[frame["value"].notna() & frame["mean"].notna()]
    if known.empty:
        return blank("no measure has a year that was steady", alt)
    name = subject if known["measure"].eq(subject).any() else str(known["measure"].iloc[0])
    shown = known[known["measure"].eq(name)]
    low, high, mean = (float(shown[one].iloc[0]) for one in ("low", "high", "mean"))
    signal = (shown["outside"] | shown["in_run"]).to_numpy(dtype=bool)
    axis = f"{_COUNTS.get(name, name)}{f', {wording.unit(day_unit)}' if name == 'lead time' else ''}"
    words = [f"usual {wording.number(low)}–{wording.number(high)}"]
    domain = zero_based(max(float(shown["value"].max()), high), room=1.06)
    x = day_axis(shown["month"].iloc[0], shown["month"].iloc[-1], right=end_room(words))
    y = altair.Y("value:Q", scale=altair.Scale(domain=list(domain), nice=False), axis=altair.Axis(title=axis))
    ready, tooltip = with_tips(
        pd.DataFrame(
            {
                "day": iso_days(shown["month"]),
                "value": rounded(shown["value"]).to_numpy(),
                "tone": ["alarm" if one and name in loud else "strong" for one in signal],
            }
        ),
        {
            "Month from": dates_said(shown["month"]),
            name.capitalize(): [wording.number(one) for one in shown["value"]],
            "Signal": ["yes" if one else "no" for one in signal],
        },
    )
    base = altair.Chart(ready)
    lines = pd.DataFrame({"value": [round(one, 4) for one in (low, mean, high)], "dash": [4, 0, 4]})
    lines["day"], lines["until"] = ready["day"].iloc[0], ready["day"].iloc[-1]
    layers = [
        altair.Chart(lines)
        .mark_rule(color=theme.GREY, strokeDash=altair.ExprRef("[datum.dash, datum.dash]"), aria=False)
        .encode(x, altair.X2("until:T"), y),
        base.mark_line(color=theme.GREY, aria=False).encode(x, y),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            x, y, color=tone(theme.GREY), tooltip=tooltip
        ),
        end_labels(words, [mean], [theme.MUTED], domain, _HEIGHT),
    ]
    return canvas(*layers, hover(ready, x, tooltip, _HEIGHT), height=_HEIGHT, alt_text=alt)
