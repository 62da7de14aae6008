"""Charts of funding: each takes the frame that ``measures.funding`` returns and draws it; none aggregates."""

from __future__ import annotations

from collections.abc import Collection

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, described, needs
from vmo_helpers.charts.intervals import dumbbells
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.style import wording

__all__ = ["guardrails", "quarters", "streams", "teams"]


def quarters(frame: pd.DataFrame, *, alt: str, currency: str = "") -> altair.LayerChart:
    """The share of money that funds value streams, quarter by quarter, the latest in the accent.

    ``frame``: one row a quarter (quarter, value_stream_share, money), in order of time.
    """
    described(alt)
    needs(frame, "quarter", "value_stream_share", "money")
    shown = frame[frame["value_stream_share"].notna()]
    if shown.empty:
        return blank("no budget says whether it funds a project or a value stream", alt)
    shares, amounts = (
        [wording.percent(one) for one in shown["value_stream_share"]],
        [wording.money(one, currency) for one in shown["money"]],
    )
    return ranked_bars(
        shown,
        shown["quarter"],
        shown["value_stream_share"],
        subject="Quarter",
        notes=[f"{share} of {amount}" for share, amount in zip(shares, amounts, strict=True)],
        briefs=shares,
        tips={"Funds value streams": shares, "Money with a funding type": amounts},
        title="share of money that funds value streams",
        unit="share",
        tones=["plain"] * (len(shown) - 1) + ["accent"],
        alt_text=alt,
    )


def guardrails(
    frame: pd.DataFrame, *, alt: str, currency: str = "", loud: Collection[str] = ()
) -> altair.LayerChart:
    """Each guardrail's share of the spend (full) and the share that is wanted (hollow); those ``loud`` in
    alarm.

    ``frame``: one row a horizon or work type (basis, name, spend, share, target_share).
    """
    described(alt)
    needs(frame, "basis", "name", "spend", "share", "target_share")
    shown = frame[frame["share"].notna()]
    if shown.empty:
        return blank("no spend in the window has a known horizon", alt)
    keys = shown["name"].where(shown["basis"].eq("horizon"), "work_type:" + shown["name"])
    wanted = [
        f"{wording.percent(one)} wanted" if wording.known(one) else "none named"
        for one in shown["target_share"]
    ]
    shares = [wording.percent(one) for one in shown["share"]]
    return dumbbells(
        shown,
        shown["name"].str.capitalize(),
        before="target_share",
        after="share",
        named=("wanted", "of the spend"),
        say=wording.percent,
        notes=[f"{share}, {one}" for share, one in zip(shares, wanted, strict=True)],
        briefs=shares,
        subject="Guardrail",
        title="share of the spend in the window",
        unit="share",
        currency=currency,
        tones=["alarm" if one in loud else "strong" for one in keys],
        tips={"Spent": [wording.money(one, currency) for one in shown["spend"]]},
        alt_text=alt,
    )


def streams(
    frame: pd.DataFrame, *, alt: str, currency: str = "", loud: Collection[str] = ()
) -> altair.LayerChart:
    """Each stream's budget to date (hollow) and its spend (full); those ``loud`` in alarm.

    ``frame``: one row a stream (value_stream_id, value_stream, budget, spend, spent_share,
    estimate_at_completion).
    """
    described(alt)
    needs(
        frame, "value_stream_id", "value_stream", "budget", "spend", "spent_share", "estimate_at_completion"
    )
    shown = frame[frame["budget"].notna() | frame["spend"].notna()]
    if shown.empty:
        return blank("there are no budgets and no spend in the window", alt)
    shares = [wording.percent(one) if wording.known(one) else "no budget" for one in shown["spent_share"]]
    return dumbbells(
        shown,
        shown["value_stream"].fillna("no stream"),
        before="budget",
        after="spend",
        named=("budget to date", "spent"),
        say=lambda one: wording.money(one, currency),
        notes=[f"{one} of budget" if one.endswith("%") else one for one in shares],
        briefs=shares,
        subject="Stream",
        title="money in the window",
        unit="money",
        currency=currency,
        tones=["alarm" if one in loud else "strong" for one in shown["value_stream_id"]],
        tips={"At completion": [wording.money(one, currency) for one in shown["estimate_at_completion"]]},
        alt_text=alt,
    )


def teams(
    frame: pd.DataFrame, *, alt: str, currency: str = "", loud: Collection[str] = ()
) -> altair.LayerChart:
    """Money of the window by team, those new on their stream (``loud``) in alarm; unknown teams apart.

    ``frame``: one row a team (team, spend, lasting_spend, on_stream_days), most money first.
    """
    described(alt)
    needs(frame, "team", "spend", "lasting_spend", "on_stream_days")
    shown = frame[frame["spend"].gt(0)]
    if shown.empty:
        return blank("nothing was spent in the window", alt)
    since = [
        f"{wording.days(days)} there"
        if wording.known(days)
        else "always there"
        if wording.known(kept)
        else "not known"
        for days, kept in zip(shown["on_stream_days"], shown["lasting_spend"], strict=True)
    ]
    amounts = [wording.money(one, currency) for one in shown["spend"]]
    return ranked_bars(
        shown,
        shown["team"].fillna("team not known"),
        shown["spend"],
        subject="Team",
        notes=[f"{amount} · {one}" for amount, one in zip(amounts, since, strict=True)],
        briefs=amounts,
        tips={"Spent": amounts, "On its stream": since},
        title="spent in the window",
        unit="money",
        currency=currency,
        tones=["alarm" if one in loud else "plain" for one in shown["team"]],
        alt_text=alt,
    )


says_what_it_expects(__name__)
