"""Figures beside their values in earlier reviews."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.results.figure import no_comparison

_NUMBERS = ["value", "low", "high", "before", "year_before"]
_WORDS = ["no_comparison", "no_comparison_of_year"]
COLUMNS = ["key", "unit", "value", "n", "low", "high", "before", "before_day", "year_before", *_WORDS]


def figures(
    now: pd.DataFrame, past: pd.DataFrame, reviews: pd.DataFrame, year: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row a figure of this review, beside its past.

    ``now``: key, unit, value, n, low, high, comparable_from, record_begins. ``past``: key, values (a list by
    review). ``reviews``: the earlier ones, oldest first (day, from). ``year``: the figures of the same time
    last year (key, value, first_day).

    Columns
        key, unit: of the figure
        value, n (as unit): in this review, and how many it rests on
        low, high (as unit): its range; missing where none is known
        before (as unit): its newest known value in an earlier review
        before_day: as-of day of that review
        year_before (as unit): its value at the same time last year
        no_comparison, no_comparison_of_year: in words why the two are not compared; missing where they are
    """
    last_year = {} if year is None else year.set_index("key")[["value", "first_day"]].to_dict("index")
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
        then = last_year.get(row["key"], {})
        entry = {str(name): told for name, told in row.items()}
        rows.append(
            {
                **{name: row.get(name) for name in ("key", "unit", "value", "n", "low", "high")},
                "before": value,
                "before_day": day,
                "year_before": then.get("value"),
                "no_comparison": no_comparison(entry, begins),
                "no_comparison_of_year": no_comparison(entry, then.get("first_day")),
            }
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype(dict.fromkeys(_NUMBERS, "float64") | dict.fromkeys(_WORDS, "str"))


def trend(key: str, now: pd.DataFrame, past: pd.DataFrame, reviews: pd.DataFrame, day: str) -> pd.Series:
    """A figure over the reviews, by their as-of day, this one last.

    Unknown values are missing, and those of windows that are not compared with this one: a line would compare
    them all the same.
    """
    lists = dict(zip(past["key"], past["values"], strict=True))
    here = now[now["key"].eq(key)].to_dict("records")
    entry = {str(name): told for name, told in here[0].items()} if here else {}
    values = [
        None if no_comparison(entry, begins) else value
        for value, begins in zip(lists.get(key, [None] * len(reviews)), reviews["from"], strict=True)
    ]
    values.append(entry.get("value"))
    return pd.Series(
        pd.to_numeric(pd.Series(values, dtype="object")).to_numpy(),
        index=[*reviews["day"], day],
        name=key,
        dtype="float64",
    )
