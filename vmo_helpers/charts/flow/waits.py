"""Where work waits: by cause, with its money, and what blocked it."""

from __future__ import annotations

from collections.abc import Collection

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, described, needs
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.style import wording


def wait_pareto(
    frame: pd.DataFrame, *, alt: str, currency: str = "", loud: Collection[str] = (), day_unit: str = "days"
) -> altair.LayerChart:
    """Days waited by cause, longest first, each with its share, its days and the money that it holds.

    ``frame``: one row a cause (cause, wait_days, share, items, money), sorted by the measure. The causes
    ``loud`` are in the alarm colour.
    """
    described(alt)
    needs(frame, "cause", "wait_days", "share", "items", "money")
    if frame.empty:
        return blank("no waiting is on record", alt)
    money = [wording.money(amount, currency) if wording.known(amount) else "" for amount in frame["money"]]
    lengths = [wording.days(length, day_unit) for length in frame["wait_days"]]
    shares = [wording.percent(share) for share in frame["share"]]
    return ranked_bars(
        frame,
        frame["cause"],
        frame["wait_days"],
        subject="Waits for",
        title=f"{wording.unit(day_unit)} waited in the window",
        unit="days",
        alt_text=alt,
        notes=[_joined(*words) for words in zip(shares, lengths, money, strict=True)],
        briefs=[_joined(*words) for words in zip(shares, money, strict=True)],
        tips={
            "Share of all waiting": shares,
            f"{wording.sentence(wording.unit(day_unit))} waited": lengths,
            "Items that waited": [wording.number(n) for n in frame["items"]],
            "Money held": [text or wording.UNKNOWN for text in money],
        },
        tones=["alarm" if cause in loud else "plain" for cause in frame["cause"]],
    )


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)


def blocked_reasons(
    frame: pd.DataFrame, *, alt: str, loud: Collection[str] = (), day_unit: str = "days"
) -> altair.LayerChart:
    """Days under a blocker by reason, longest first, with how many blockers there were and how many still
    stand.

    ``frame``: one row a reason (reason, blocked_days, share, blocks, items, open_now), sorted by the measure.
    Where any work is ``loud`` the first reason is in the alarm colour.
    """
    described(alt)
    needs(frame, "reason", "blocked_days", "share", "blocks", "items", "open_now")
    if frame.empty:
        return blank("no blocked time is on record", alt)
    lengths = [wording.days(length, day_unit) for length in frame["blocked_days"]]
    shares = [wording.percent(share) for share in frame["share"]]
    now = [f"{wording.number(n)} open now" if n else "" for n in frame["open_now"]]
    return ranked_bars(
        frame,
        frame["reason"],
        frame["blocked_days"],
        subject="Blocked by",
        title=f"{wording.unit(day_unit)} blocked in the window",
        unit="days",
        alt_text=alt,
        notes=[_joined(*words) for words in zip(lengths, now, strict=True)],
        tips={
            "Share of time in progress": shares,
            f"{wording.sentence(wording.unit(day_unit))} blocked": lengths,
            "Times blocked": [wording.number(n) for n in frame["blocks"]],
            "Items": [wording.number(n) for n in frame["items"]],
            "Open now": [wording.number(n) for n in frame["open_now"]],
        },
        tones=["alarm" if loud and place == 0 else "plain" for place in range(len(frame))],
    )
