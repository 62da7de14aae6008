"""The observations of all metrics as sorted arrays: what every judgement on outcomes reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import grouped_order, micro, micros
from vmo_helpers.measures.outcomes.plan import Floats, Ints
from vmo_helpers.portfolio import Portfolio

SEGMENT = "all"


@dataclass(frozen=True)
class Series:
    """One entry an observation of segment "all", by metric (its place in ``portfolio.metrics``) and time.

    Several observations of one instant are one, their mean; ``merged`` counts those that were more than one.
    ``row`` is the (first) row of the file. The observations of metric m are first[m] … first[m + 1] − 1.
    """

    metric: Ints
    at: Ints
    value: Floats
    row: Ints
    first: Ints
    merged: int

    def taken(self, metric: Ints) -> tuple[Ints, Ints]:
        """For a list of metrics (−1: none) all their observations: place in the list, and place here."""
        known = metric >= 0
        first = np.where(known, self.first[metric], 0)
        count = np.where(known, self.first[metric + 1] - first, 0)
        owner = np.repeat(np.arange(len(metric)), count)
        begin = np.cumsum(count) - count
        return owner, np.arange(len(owner)) + np.repeat(first - begin, count)


def series(portfolio: Portfolio) -> Series:
    """The observations of segment "all" with a value, dated up to and including as-of."""
    table, metrics = portfolio.observations, len(portfolio.metrics)
    metric = places(table["metric_id"], portfolio.metrics["metric_id"])
    at, value = micros(table["at"]), table["value"].to_numpy(dtype=np.float64)
    row = np.asarray(table.index, dtype=np.int64)
    other = table["segment"].ne(SEGMENT) & table["segment"].notna()
    kept = (metric >= 0) & np.isfinite(value) & ~other.to_numpy(dtype=bool)
    if portfolio.as_of is not None:
        kept &= at <= micro(portfolio.as_of)
    if not kept.all():
        metric, at, value, row = metric[kept], at[kept], value[kept], row[kept]
    order = grouped_order(metric, at, metrics)
    if order is None and len(metric) and (metric[1:] < metric[:-1]).any():
        order = np.argsort(metric, kind="stable")
    if order is not None:
        metric, at, value, row = metric[order], at[order], value[order], row[order]
    again = (
        np.r_[False, (metric[1:] == metric[:-1]) & (at[1:] == at[:-1])]
        if len(metric)
        else np.zeros(0, dtype=bool)
    )
    merged = 0
    if again.any():
        heads = np.flatnonzero(~again)
        size = np.diff(np.r_[heads, len(metric)])
        merged = int((size > 1).sum())
        metric, at, value, row = metric[heads], at[heads], np.add.reduceat(value, heads) / size, row[heads]
    first = np.r_[0, np.cumsum(np.bincount(metric, minlength=metrics))].astype(np.int64)
    return Series(metric, at, value, row, first, merged)
