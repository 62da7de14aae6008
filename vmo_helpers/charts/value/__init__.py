"""Charts of value: each takes the frame that ``measures.value`` returns and draws it; none aggregates."""

from __future__ import annotations

from collections.abc import Collection

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, described, needs, rounded, said, with_tips, zero_based
from vmo_helpers.charts.intervals import dumbbells, interval_rows
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.layout import MOST_ROWS
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.rows import Rows
from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Recommendation

__all__ = ["at_risk", "ranks", "realisation", "recommendations", "returns"]


def realisation(frame: pd.DataFrame, *, alt: str, currency: str = "") -> altair.LayerChart:
    """What each stream realised (bar) of what was planned by now (upright), the first plan outlined.

    ``frame``: one row a stream (value_stream, realised, planned_to_date, first_planned_to_date, unmeasured).
    """
    described(alt)
    columns = ["realised", "planned_to_date", "first_planned_to_date"]
    needs(frame, "value_stream", *columns, "unmeasured")
    shown = frame[frame["planned_to_date"].gt(0) & frame["realised"].notna()]
    if shown.empty:
        return blank("no benefit that is due has a realised value on record", alt)
    shares = [wording.percent(share) for share in shown["realised"] / shown["planned_to_date"]]
    amounts, planned, first = ([wording.money(one, currency) for one in shown[name]] for name in columns)
    ready = pd.DataFrame({name: rounded(shown[name], 0).to_numpy() for name in columns})
    tips = {
        "Stream": said(shown["value_stream"]),
        "Realised": amounts,
        "Planned by now": planned,
        "By the first plan": first,
        "Benefits not measured": [wording.number(n) for n in shown["unmeasured"]],
    }
    ready, tooltip = with_tips(ready.assign(tone="strong"), tips)
    entries = [
        Entry("bar", "realised", theme.GREY),
        Entry("upright", "planned by now", theme.INK),
        Entry("ring", "by the first plan", theme.INK),
    ]
    most = ready[columns].max(axis=1)
    rows = Rows.of(
        ready,
        said(shown["value_stream"]),
        [f"{amount} · {share} of plan" for amount, share in zip(amounts, shares, strict=True)],
        shares,
        most,
        _domain(ready["realised"].min(), most.max()),
        column=True,
        pad=6,
        top=key_height(entries),
    )
    title = "by now"
    bars = rows.bars(rows.x("realised", title, "money", currency, grid=True), tooltip=tooltip)
    ticks = rows.ticks(rows.x("planned_to_date", title, "money", currency, grid=True), tooltip=tooltip)
    rings = rows.dots(
        rows.x("first_planned_to_date", title, "money", currency, grid=True),
        tooltip=tooltip,
        hollow=True,
        plain=theme.INK,
    ).transform_filter("isValid(datum.first_planned_to_date)")
    return canvas(
        bars, ticks, rings, *rows.key(entries), *rows.words(halo=True), height=rows.height, alt_text=alt
    )


def _domain(least: float, most: float) -> tuple[float, float]:
    """From zero, or from what was lost, to the largest amount."""
    low, high = zero_based(most, room=1.02)
    return (round(float(least), 0), high) if least < 0 else (low, high)


def returns(
    frame: pd.DataFrame,
    *,
    alt: str,
    currency: str = "",
    loud: Collection[str] = (),
    return_low: float | None = None,
) -> altair.LayerChart:
    """Money back for each one spent, by stream, with the line that is asked for; those ``loud`` in alarm.

    ``frame``: one row a stream (value_stream_id, value_stream, return, returned, spent_on_them).
    """
    described(alt)
    needs(frame, "value_stream_id", "value_stream", "return", "returned", "spent_on_them")
    shown = frame[frame["return"].notna()].sort_values("return", kind="stable")
    if shown.empty:
        return blank("no stream has both a realised value and spend on record", alt)
    back = [f"{currency} {wording.number(round(one, 2), decimals=2)}".strip() for one in shown["return"]]
    return ranked_bars(
        shown,
        shown["value_stream"],
        shown["return"].clip(lower=0),
        subject="Stream",
        notes=back,
        tips={
            "Back per one spent": back,
            "Realised": [wording.money(one, currency) for one in shown["returned"]],
            "Spent": [wording.money(one, currency) for one in shown["spent_on_them"]],
        },
        title=f"back per {currency or 'one'} spent",
        limits=None if return_low is None else pd.Series(return_low, shown.index),
        tones=["alarm" if one in loud else "plain" for one in shown["value_stream_id"]],
        alt_text=alt,
    )


def at_risk(
    frame: pd.DataFrame, *, alt: str, currency: str = "", subjects: Collection[str] = ()
) -> altair.LayerChart:
    """Benefit at risk by stream, by tested benefits; the part that is assumed is in the words alone.

    ``frame``: one row a stream (value_stream_id, value_stream, at_risk, at_risk_assumed), most first; those
    of ``subjects`` hold half of it.
    """
    described(alt)
    needs(frame, "value_stream_id", "value_stream", "at_risk", "at_risk_assumed")
    shown = frame[frame["at_risk"].gt(0)]
    if shown.empty:
        return blank("no tested benefit is at risk", alt)
    amounts, assumed = (
        [wording.money(one, currency) if wording.known(one) else "" for one in shown[name]]
        for name in ("at_risk", "at_risk_assumed")
    )
    return ranked_bars(
        shown,
        shown["value_stream"],
        shown["at_risk"],
        subject="Stream",
        notes=[
            f"{one} · {more} assumed" if more else one for one, more in zip(amounts, assumed, strict=True)
        ],
        briefs=amounts,
        tips={"At risk": amounts, "More, assumed": [more or "none" for more in assumed]},
        title="at risk by tested benefits",
        unit="money",
        currency=currency,
        tones=["accent" if one in subjects else "plain" for one in shown["value_stream_id"]],
        alt_text=alt,
    )


def recommendations(
    frame: pd.DataFrame, *, alt: str, currency: str = "", loud: Collection[str] = ()
) -> altair.LayerChart:
    """What each item still costs (hollow) and the value ahead of it (full): those to stop or change first.

    ``frame``: one row an item (item_id, title, verdict, ahead, cost_to_go, ratio), in the measure's order.
    """
    described(alt)
    needs(frame, "item_id", "title", "verdict", "ahead", "cost_to_go", "ratio")
    known = frame[frame["ahead"].notna() & frame["cost_to_go"].notna()]
    shown = known.iloc[np.argsort(known["verdict"].eq(str(Recommendation.CANNOT_SAY)), kind="stable")]
    if shown.empty:
        return blank("no item in progress has a tested benefit and a cost to go", alt)
    words = [str(verdict).replace("_", " ") for verdict in shown["verdict"]]
    ahead, cost = ([wording.money(one, currency) for one in shown[name]] for name in ("ahead", "cost_to_go"))
    return dumbbells(
        shown.assign(ahead=shown["ahead"].clip(lower=0)),
        shown["title"],
        before="cost_to_go",
        after="ahead",
        named=("still to spend", "value ahead"),
        say=lambda one: wording.money(one, currency),
        notes=[
            f"{word} · {more} ahead, {to_go} to go"
            for word, more, to_go in zip(words, ahead, cost, strict=True)
        ],
        briefs=words,
        subject="Item",
        title="money",
        unit="money",
        currency=currency,
        tones=["alarm" if one in loud else "strong" for one in shown["item_id"]],
        alt_text=alt,
    )


def ranks(frame: pd.DataFrame, *, alt: str) -> altair.LayerChart:
    """Each item's rank by value score, and from where to where it falls when the weights move.

    ``frame``: one row an item (title, score, rank, rank_low, rank_high), best first.
    """
    described(alt)
    needs(frame, "title", "score", "rank", "rank_low", "rank_high")
    shown = frame[frame["rank"].notna()]
    if shown.empty:
        return blank("no item is scored by a weighed criterion", alt)
    scores = [wording.number(one) for one in shown["score"]]
    spans = [
        wording.number(low) if low == high else f"{wording.number(low)}–{wording.number(high)}"
        for low, high in zip(shown["rank_low"], shown["rank_high"], strict=True)
    ]
    return interval_rows(
        shown,
        shown["title"],
        value="rank",
        low="rank_low",
        high="rank_high",
        notes=[f"score {one} · ranks {span}" for one, span in zip(scores, spans, strict=True)],
        briefs=spans,
        tips={"Score": scores, "Ranks, nine of ten draws": spans},
        subject="Item",
        title="rank",
        unit="count",
        tones=["strong"] * len(shown),
        alt_text=alt,
        zero=False,
        domain=(0.0, float(shown["rank_high"].head(MOST_ROWS).max()) + 1),
    )


says_what_it_expects(__name__)
