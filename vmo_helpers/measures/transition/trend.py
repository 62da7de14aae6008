"""The four axes as each review on the shelf told of them."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.measures.transition.axes import AXES, TITLES
from vmo_helpers.window import Window

_LOOK = ["axis", "day", "value", "basis"]


def over_reviews(axes: pd.DataFrame, told: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an axis and review that knew it, axis by axis, the oldest review first and this one last.

    ``axes`` as ``transition.axes`` returns it; ``told``: a row an axis and earlier review (day, axis, value,
    basis). What was assessed and what was counted are not held against each other: only reviews with the
    basis of the axis's last one are kept.

    Columns
        axis: its key
        title: in words
        day: the last of the review's window
        value (share 0–1): where the axis stood
        basis: evidence or assessed
        since: its value in the oldest review that is kept; missing where that is the only one
    """
    now = axes.assign(day=pd.Timestamp(window.end_day))
    known = pd.concat([told[_LOOK], now[_LOOK]], ignore_index=True)
    known = known[known["value"].notna() & known["axis"].isin(AXES)]
    place = known["axis"].map({axis: place for place, axis in enumerate(AXES)})
    known = known.iloc[place.to_numpy().argsort(kind="stable")]
    kept = known[known["basis"].eq(known.groupby("axis")["basis"].transform("last"))]
    by_axis = kept.groupby("axis")["value"]
    return pd.DataFrame(
        {
            "axis": kept["axis"],
            "title": kept["axis"].map(TITLES),
            "day": kept["day"].astype("datetime64[us]"),
            "value": kept["value"].astype("float64"),
            "basis": kept["basis"],
            "since": by_axis.transform("first").where(by_axis.transform("size").gt(1)).astype("float64"),
        }
    ).reset_index(drop=True)
