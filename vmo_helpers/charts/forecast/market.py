"""Where waiting work stands in its order without and with what the market shifted."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, described, needs, said
from vmo_helpers.charts.intervals import dumbbells
from vmo_helpers.style import wording


def market(frame: pd.DataFrame, *, alt: str, market_moved_places: float) -> altair.LayerChart:
    """The place of each item had the market shifted nothing (ring), and now (dot); in the accent what moved
    so many places or more.

    ``frame``: one row an item (title, unshifted_place, place, shift_factor, why).
    """
    described(alt)
    needs(frame, "title", "unshifted_place", "place", "shift_factor", "why")
    if frame.empty:
        return blank("no shift of the market on record reaches waiting work", alt)
    far = (frame["unshifted_place"] - frame["place"]).abs().ge(market_moved_places)
    times = [
        f"{wording.number(round(float(factor), 2))} ×" if known else "unchanged"
        for factor, known in zip(frame["shift_factor"], frame["why"].notna(), strict=True)
    ]
    places = [
        f"{wording.number(before)} → {wording.number(now)}"
        for before, now in zip(frame["unshifted_place"], frame["place"], strict=True)
    ]
    return dumbbells(
        frame,
        frame["title"],
        before="unshifted_place",
        after="place",
        named=("without the shifts", "now"),
        say=wording.number,
        notes=[f"{place} · {factor}" for place, factor in zip(places, times, strict=True)],
        briefs=places,
        subject="Item",
        title="place in the order",
        unit="count",
        tones=["accent" if one else "strong" for one in far],
        alt_text=alt,
        tips={"Cost of delay": times, "Because": said(frame["why"])},
    )
