"""The order of work, from each item's start to its end, and what other rules would cost."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers.charts.canvas import (
    blank,
    canvas,
    dates_said,
    described,
    needs,
    rounded,
    said,
    with_tips,
    zero_based,
)
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording


def order(frame: pd.DataFrame, *, alt: str, currency: str = "") -> altair.LayerChart:
    """Each item from its start to its end, in weeks from now, first to start first.

    ``frame``: one row an item (title, value_stream, start_weeks, done_weeks, starts, done, wait_cost,
    urgency, cd3_place, first_come_place).
    """
    described(alt)
    columns = ["start_weeks", "done_weeks", "starts", "done", "wait_cost"]
    needs(frame, "title", "value_stream", *columns, "urgency", "cd3_place", "first_come_place")
    if frame.empty:
        return blank("nothing that waits has a cost of delay and a length", alt)
    costs = [wording.money(cost, currency) for cost in frame["wait_cost"]]
    starts, done = dates_said(frame["starts"]), dates_said(frame["done"])
    ready = pd.DataFrame(
        {"start": rounded(frame["start_weeks"]), "done": rounded(frame["done_weeks"]), "tone": "strong"}
    )
    ready, tooltip = with_tips(
        ready.reset_index(drop=True),
        {
            "Item": said(frame["title"], 200),
            "Stream": said(frame["value_stream"]),
            "Starts": starts,
            "Done": done,
            "Waiting costs": costs,
            "Urgency": [str(word).replace("_", " ") for word in frame["urgency"]],
            "Its place by cost of delay ÷ length": [wording.number(place) for place in frame["cd3_place"]],
            "First come": [wording.number(place) for place in frame["first_come_place"]],
        },
    )
    rows = Rows.of(
        ready,
        frame["title"],
        [f"done {day} · {cost}" for day, cost in zip(done, costs, strict=True)],
        costs,
        ready["done"],
        zero_based(float(ready["done"].max()), room=1.02),
        column=True,
        pad=6,
    )
    x = rows.x("start", "weeks from now", "count", grid=True)
    words = rows.words(halo=True)  # under the bars: on a narrow page their halo would cut into these
    return canvas(*words, rows.bars(x, "done", tooltip=tooltip), height=rows.height, alt_text=alt)


def rules(frame: pd.DataFrame, *, alt: str, currency: str = "") -> altair.LayerChart:
    """What each rule's order is expected to cost, ours in the accent.

    ``frame``: one row a rule (rule, expected_cost, regret_cost, beaten_chance, tie), ours first.
    """
    described(alt)
    needs(frame, "rule", "expected_cost", "regret_cost", "beaten_chance", "tie")
    if frame.empty:
        return blank("nothing that waits has a cost of delay and a length", alt)
    costs, regrets = (
        [wording.money(cost, currency) for cost in frame[name]] for name in ("expected_cost", "regret_cost")
    )
    sure = [
        "" if not wording.known(chance) else "a tie" if tie else f"dearer in {wording.percent(chance)}"
        for chance, tie in zip(frame["beaten_chance"], frame["tie"], strict=True)
    ]
    return ranked_bars(
        frame,
        frame["rule"],
        frame["expected_cost"],
        subject="Rule",
        notes=[f"{cost} · {word}" if word else cost for cost, word in zip(costs, sure, strict=True)],
        briefs=costs,
        tips={
            "Expected": costs,
            "Over the best of all": regrets,
            "Against this order": [one or "–" for one in sure],
        },
        title="expected cost of waiting",
        unit="money",
        currency=currency,
        tones=["accent", *["plain"] * (len(frame) - 1)],
        alt_text=alt,
    )
