"""Work without goals and goals without work; and what the window's money went to."""

from __future__ import annotations

from collections.abc import Collection

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, canvas, described, needs, rounded, said, with_tips, zero_based
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.rows import Rows
from vmo_helpers.charts.tones import HEAD
from vmo_helpers.style import wording

_NO_GOAL = "no_goal"
_MOST = 7  # rows in each half


def orphans(
    items: pd.DataFrame,
    goals: pd.DataFrame,
    *,
    alt: str,
    currency: str = "",
    loud: Collection[str] = (),
    by: str = "spend",
    level: str = "item",
) -> altair.LayerChart:
    """Orphans both ways: items that serve no goal with the money that they take, and goals that no work in
    progress serves.

    ``items``: one row an item (item_id, title, value_stream, planned_cost, spend, orphan), sorted by the
    measure; ``by`` says which money; those ``loud`` (by id) are in the alarm colour.
    ``goals``: one row a goal (goal_type, goal_id, title, rank, without_work).
    """
    described(alt)
    needs(items, "item_id", "title", "value_stream", "planned_cost", "spend", "orphan")
    needs(goals, "goal_type", "goal_id", "title", "rank", "without_work")
    alone = items[items["orphan"].astype(bool)]
    idle = goals[goals["without_work"].astype(bool)].sort_values("rank", kind="stable", na_position="last")
    if alone.empty and idle.empty:
        return blank("all work serves a goal, all goals have work", alt)
    first, second = alone.head(_MOST), idle.head(_MOST)
    heads = [
        f"{wording.counted(len(alone), level)} without a goal{_more(alone)}",
        f"{wording.counted(len(idle), 'goal')} without work{_more(idle)}",
    ]
    kinds = [str(kind).replace("_", " ") for kind in second["goal_type"]]
    ranks = [f" · rank {wording.number(rank)}" if wording.known(rank) else "" for rank in second["rank"]]
    amounts = [wording.money(amount, currency) for amount in first[by]]
    ready = pd.DataFrame(
        {
            "value": [float("nan"), *rounded(first[by], 0), float("nan"), *([float("nan")] * len(second))],
            "tone": [
                HEAD,
                *("alarm" if item in loud else "strong" for item in first["item_id"]),
                HEAD,
                *(["plain"] * len(second)),
            ],
        }
    )
    labels = [heads[0], *said(first["title"]), heads[1], *said(second["title"])]
    notes = ["", *amounts, "", *[kind + rank for kind, rank in zip(kinds, ranks, strict=True)]]
    about = ["", *said(first["value_stream"]), "", *said(second["goal_id"])]
    ready, tooltip = with_tips(ready, {"What": said(labels, 200), "Where": about, "Money or kind": notes})
    rows = Rows.of(
        ready,
        labels,
        notes,
        None,
        ready["value"].fillna(0),
        zero_based(float(first[by].max()) if len(first) else 0.0),
        most=len(ready),
        step=34,
    )
    bars = rows.bars(
        rows.x("value", "spent in the window" if by == "spend" else "planned cost", "money", currency),
        tooltip=tooltip,
    )
    return canvas(
        bars.transform_filter("isValid(datum.value)"), *rows.words(), height=rows.height, alt_text=alt
    )


def _more(frame: pd.DataFrame) -> str:
    return f", the first {_MOST}" if len(frame) > _MOST else ""


def money_by_goal(
    frame: pd.DataFrame, *, alt: str, currency: str = "", loud: Collection[str] = ()
) -> altair.LayerChart:
    """What the window's spend went to: goals, no goal, and what stands apart from the judgement.

    ``frame``: one row a use (part, title, amount, share, items, judged), in the measure's order. Where any
    spend is ``loud``, that without a goal is in the alarm colour; what is not judged is paler.
    """
    described(alt)
    needs(frame, "part", "title", "amount", "share", "items", "judged")
    shown = frame[frame["amount"].fillna(0) > 0]
    if shown.empty:
        return blank("nothing was spent in this window", alt)
    amounts = [wording.money(amount, currency) for amount in shown["amount"]]
    shares = [wording.percent(share) for share in shown["share"]]
    judged = shown["judged"].astype(bool)
    return ranked_bars(
        shown,
        shown["title"],
        shown["amount"],
        subject="Spent on",
        notes=[
            f"{amount} · {share}{'' if known else ' · apart'}"
            for amount, share, known in zip(amounts, shares, judged, strict=True)
        ],
        briefs=[f"{amount} · {share}" for amount, share in zip(amounts, shares, strict=True)],
        tips={
            "Amount": amounts,
            "Share of all spend": shares,
            "Judged": ["yes" if known else "no, stands apart" for known in judged],
        },
        title="spent in the window",
        unit="money",
        currency=currency,
        tones=[
            "alarm" if loud and part == _NO_GOAL else "strong" if known else "plain"
            for part, known in zip(shown["part"], judged, strict=True)
        ],
        alt_text=alt,
    )
