"""What customers answered, then and now."""

from __future__ import annotations

from collections.abc import Collection

import altair
import pandas as pd

from vmo_helpers.charts.canvas import blank, described, needs, said
from vmo_helpers.charts.intervals import dumbbells
from vmo_helpers.style import wording


def customers(frame: pd.DataFrame, *, alt: str, loud: Collection[str] = ()) -> altair.LayerChart:
    """Each survey's score of the window before and of this one on its own scale, from the worst answer to the
    best; those that are ``loud`` (value_stream_id:instrument) in the alarm colour.

    ``frame``: one row a place and question (value_stream_id, value_stream, instrument, asked, before, now,
    scale_before_share, scale_share, dropped: missing where too few answered to tell), in order.
    """
    described(alt)
    needs(frame, "value_stream_id", "value_stream", "instrument", "asked", "before", "now")
    needs(frame, "scale_before_share", "scale_share", "dropped")
    if frame.empty:
        return blank("no survey was answered in both windows", alt)
    shown = frame.reset_index(drop=True)
    before, now = said(shown["before"]), said(shown["now"])
    named = zip(said(shown["value_stream"]), said(shown["asked"]), strict=True)
    each = list(zip(before, now, strict=True))
    few = ["; too few" if unknown else "" for unknown in shown["dropped"].isna()]
    subjects = shown["value_stream_id"] + ":" + shown["instrument"]
    return dumbbells(
        shown,
        pd.Series([f"{stream}: {asked}" for stream, asked in named]),
        before="scale_before_share",
        after="scale_share",
        named=("the window before", "this window"),
        say=wording.percent,
        notes=[f"{then} → {today}{more}" for (then, today), more in zip(each, few, strict=True)],
        briefs=[
            f"{then.partition(' (')[0]} → {today.partition(' (')[0]}{' ?' if more else ''}"
            for (then, today), more in zip(each, few, strict=True)
        ],
        subject="Where",
        title="of each scale, from worst to best",
        unit="share",
        tones=["alarm" if one in loud else "strong" for one in subjects],
        tips={"Before": before, "Now": now},
        alt_text=alt,
    )
