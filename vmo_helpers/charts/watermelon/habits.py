"""Habits that make a portfolio look green: metrics that flatter, and the signs of agility in name alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import altair
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, cut, described, narrow, needs, said, with_tips
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.style import wording

_STEP = 52
_SIGNS = {
    "project_funding": "Money that funds projects",
    "annual_cadence": "Money decided a year at once",
    "large_batches": "Parts of an item, median",
    "approval_waits": "Waiting that is for approvals",
    "upfront_time": "Time spent before building begins",
}


def vanity_metrics(frame: pd.DataFrame, *, alt: str, most: int = 10) -> altair.LayerChart:
    """Metrics to retire, each with why, and what to watch instead.

    ``frame``: one row a metric (metric, reason, replacement), sorted by the measure.
    """
    described(alt)
    needs(frame, "metric", "reason", "replacement")
    if frame.empty:
        return blank("no vanity metric is reported", alt)
    shown, left_out = cut(frame.reset_index(drop=True), most)
    lines, tooltip = with_tips(
        pd.DataFrame(
            {
                "row": (shown.index + 0.5) * _STEP,
                "metric": said(shown["metric"]),
                "instead": said(shown["replacement"]),
            }
        ),
        {
            "Retire": said(shown["metric"], 200),
            "Because": said(shown["reason"], 200),
            "Watch instead": said(shown["replacement"], 200),
        },
    )
    lines["because"] = said(shown["reason"])
    base = altair.Chart(lines)
    left, right = "width * 0.47", "width * 0.53"

    def at(tight: float, wide: float) -> altair.ExprRef:
        return altair.ExprRef(f"datum.row + ({theme.NARROW} ? {tight} : {wide})")

    tall: dict[str, Any] = {"baseline": "middle"}
    wide_only: dict[str, Any] = {"opacity": narrow("0", "1"), "limit": narrow("1", left), "fontSize": 12}
    retire = base.mark_text(
        **tall,
        align=narrow("'left'", "'right'"),
        x=narrow("0", left),
        y=at(-11, -8),
        limit=narrow("width", left),
        color=theme.MUTED,
    )
    because = base.mark_text(
        **tall, **wide_only, align="right", x=narrow("0", left), y=at(0, 10), color=theme.MUTED
    )
    look: dict[str, Any] = {
        "filled": True,
        "shape": "triangle-right",
        "size": 60,
        "color": theme.ACCENT,
        "opacity": 1,
        "aria": False,
    }
    arrow = base.mark_point(**look, x=narrow("5", "width / 2"), yOffset=narrow("9", "-8"))
    room = narrow("width - 16", f"width - {right}")
    instead = base.mark_text(
        **tall,
        align="left",
        x=narrow("16", right),
        y=at(9, -8),
        limit=room,
        color=theme.ACCENT,
        fontWeight=600,
    )
    y = altair.Y(
        "row:Q",
        axis=None,
        scale=altair.Scale(domain=[0, len(shown) * _STEP], range=[0, len(shown) * _STEP], nice=False),
    )
    layers = [
        arrow.encode(y),
        retire.encode(text=altair.Text("metric:N"), tooltip=tooltip),
        because.encode(text=altair.Text("because:N")),
        instead.encode(text=altair.Text("instead:N"), tooltip=tooltip),
    ]
    return canvas(*layers, height=len(shown) * _STEP, alt_text=alt, left_out=left_out)


def fake_agility(
    frame: pd.DataFrame,
    *,
    alt: str,
    loud: Collection[str] = (),
    sign_limits: Mapping[str, float] | None = None,
) -> altair.LayerChart:
    """The signs of agility in name alone, each a share against its limit; those ``loud`` in the alarm colour,
    an unknown one said as such.

    ``frame``: one row a sign (sign, value, unit, n, definition). ``sign_limits``: the share from which a sign
    speaks, by sign.
    """
    described(alt)
    needs(frame, "sign", "value", "unit", "n", "definition")
    shares = frame[frame["unit"] == "share"]
    if shares["value"].notna().sum() == 0:
        return blank("no budget, wait or stage to see it by", alt)
    marks = pd.Series(
        [(sign_limits or {}).get(str(sign)) for sign in shares["sign"]], index=shares.index, dtype=float
    )
    values = [wording.percent(value) for value in shares["value"]]
    return ranked_bars(
        shares,
        pd.Series([_SIGNS.get(str(sign), wording.plain(sign)) for sign in shares["sign"]]),
        shares["value"],
        subject="Sign",
        notes=values,
        tips={
            "Share": values,
            "Is": said(shares["definition"], 160),
            "Cases": [wording.number(n) for n in shares["n"]],
        },
        title="share",
        unit="share",
        limits=marks,
        tones=["alarm" if sign in loud else "plain" for sign in shares["sign"]],
        alt_text=alt,
    )
