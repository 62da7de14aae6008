"""Figures beside their values in earlier reviews."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.results.figure import no_comparison

COLUMNS = ["key", "unit", "value", "n", "before", "before_day", "no_comparison"]


def figures(now: pd.DataFrame, past: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """One row a figure of this review, beside its past.

    ``now``: key, unit, value, n, comparable_from, record_begins. ``past``: key, values (a list by review).
    ``reviews``: the earlier ones, oldest first (day, from).

    Columns
        key, unit: of the figure
        value, n (as unit): in this review, and how many it rests on
        before (as unit): its newest known value in an earlier review
        before_day: as-of day of that review
        no_comparison: in words why the two are not compared; missing where they are
    """
    lists = dict(zip(past["key"], past["values"], strict=True))
    rows = []
    for row in now.to_dict("records"):
        known = [
            (value, day, begins)
            for value, day, begins in zip(
                lists.get(row["key"], []), reviews["day"], reviews["from"], strict=False
            )
            if value is not None
        ]
        value, day, begins = known[-1] if known else (None, None, None)
        rows.append(
            {
                **{name: row[name] for name in ("key", "unit", "value", "n")},
                "before": value,
                "before_day": day,
                "no_comparison": no_comparison({str(name): told for name, told in row.items()}, begins),
            }
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"value": "float64", "before": "float64", "no_comparison": "str"})


def trend(key: str, now: pd.DataFrame, past: pd.DataFrame, reviews: pd.DataFrame, day: str) -> pd.Series:
    """A figure over the reviews, by their as-of day, this one last; unknown values are missing."""
    lists = dict(zip(past["key"], past["values"], strict=True))
    here = now.loc[now["key"].eq(key), "value"]
    values = [*lists.get(key, [None] * len(reviews)), None if here.empty else here.iloc[0]]
    return pd.Series(
        pd.to_numeric(pd.Series(values, dtype="object")).to_numpy(),
        index=[*reviews["day"], day],
        name=key,
        dtype="float64",
    )
