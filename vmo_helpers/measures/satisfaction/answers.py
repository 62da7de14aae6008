"""What customers answer: each row of a survey on its own scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Instrument
from vmo_helpers.window import Window

SCALES = {Instrument.NPS: (0.0, 10.0), Instrument.CSAT: (1.0, 5.0), Instrument.CES: (1.0, 7.0)}
OLD_EFFORT_SCALE = (1.0, 5.0)  # "how much effort did it take?": there, little is good
WIDEST_BOXES = 10  # beyond, a scale has no boxes: its upper two fifths stand for two of five
EVERYBODY = "all"
KEYS = ["subject", "instrument", "scale_min", "scale_max", "high_is_good"]


def answers(portfolio: Portfolio, window: Window, *, by: str | None = None) -> pd.DataFrame:
    """One row a row of ``surveys`` in the window: the subject, and what its scale makes of it.

    Index: that row. ``by``: value_stream_id (an item's answers count for its stream), item_id, or None for
    everybody. Empty cells of a scale are filled by the instrument's usual one; effort on 1–5 is good when
    low.

    Columns
        subject: id of what ``by`` names; "all" for everybody
        instrument: nps, csat or ces
        at: when
        score: on the scale as asked
        count: answers that the row stands for
        scale_min, scale_max, high_is_good: the scale
        good: the score turned so that high is good
        promoter, detractor: 9–10 and 0–6 of ten, or the same share of another scale
        top_two: in the two best boxes
    """
    table = portfolio.surveys
    table = table[window.holds(table["at"])]
    usual = table["instrument"].map({str(name): scale for name, scale in SCALES.items()})
    low = table["scale_min"].fillna(usual.str[0].astype("float64"))
    high = table["scale_max"].fillna(usual.str[1].astype("float64"))
    old_effort = (
        table["instrument"].eq(Instrument.CES) & low.eq(OLD_EFFORT_SCALE[0]) & high.eq(OLD_EFFORT_SCALE[1])
    )
    high_is_good = table["high_is_good"].fillna(~old_effort).astype(bool)
    good = table["score"].where(high_is_good, low + high - table["score"])
    place = (good - low) / (high - low)
    ten = high.eq(10)
    return pd.DataFrame(
        {
            "subject": _subjects(portfolio, table, by),
            "instrument": table["instrument"],
            "at": table["at"],
            "score": table["score"],
            "count": table["count"].fillna(1.0),
            "scale_min": low,
            "scale_max": high,
            "high_is_good": high_is_good,
            "good": good,
            "promoter": (ten & good.ge(9)) | (~ten & place.ge(0.9)),
            "detractor": (ten & good.le(6)) | (~ten & place.le(0.6)),
            "top_two": (good >= high - 1).where(high - low <= WIDEST_BOXES, place.ge(0.6)),
        }
    ).dropna(subset=["subject"])


def _subjects(portfolio: Portfolio, table: pd.DataFrame, by: str | None) -> pd.Series:
    if by is None:
        return pd.Series(EVERYBODY, index=table.index, dtype="str")
    if by != "value_stream_id":
        return table[by]
    work = portfolio.work_items
    return table["value_stream_id"].fillna(
        table["item_id"].map(pd.Series(work["value_stream_id"].array, index=work["item_id"].array))
    )


def sums(answered: pd.DataFrame) -> pd.DataFrame:
    """One row a subject, instrument and scale that has answers: their number, mean and deviation."""
    weight = answered["count"]
    weighed = answered[KEYS].assign(
        n=weight,
        total=weight * answered["score"],
        squares=weight * answered["score"] ** 2,
        promoters=weight * answered["promoter"],
        detractors=weight * answered["detractor"],
        top_two=weight * answered["top_two"],
    )
    found = weighed.groupby(KEYS, sort=True, as_index=False).sum()
    found = found[found["n"] > 0].reset_index(drop=True)
    mean = found["total"] / found["n"]
    variance = (found["squares"] - found["n"] * mean**2).clip(lower=0) / (found["n"] - 1).where(
        found["n"] > 1
    )
    return found.drop(columns=["total", "squares"]).assign(mean=mean, sd=np.sqrt(variance))
