"""What if: items leave, a stream gains a place, waiting work is begun in another order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from vmo_helpers.forecasts import sequence
from vmo_helpers.forecasts.leaving import Ahead, by_stream
from vmo_helpers.forecasts.order import OURS, Order, costs_of, scenarios
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.portfolio import Portfolio

BEST = "the best order"


def without(items: pd.DataFrame, gone: Collection[str]) -> pd.DataFrame:
    """``flow.items`` with these items open no more; what was started and created in the past stays on
    record."""
    left = items["item_id"].isin(list(gone))
    return items.assign(status=items["status"].where(~left, str(Status.CANCELLED)))


def places_of(portfolio: Portfolio, items: pd.DataFrame) -> dict[str, int]:
    """How many places each value stream has: its wip_limit, else what is in progress in it, one at least."""
    streams = portfolio.value_streams.set_index("value_stream_id")["wip_limit"]
    going = items[items["status"].eq(str(Status.IN_PROGRESS))].groupby("value_stream_id").size()
    known = streams.fillna(going.reindex(streams.index)).fillna(1.0).clip(lower=1.0)
    return {str(key): int(places) for key, places in known.items()}


def gained(places: Mapping[str, int], more: Mapping[str, int]) -> dict[str, float]:
    """By how much faster a stream with so many more places finishes, were each place as quick as now."""
    return {key: (places[key] + count) / places[key] for key, count in more.items() if key in places}


def before_after(before: Ahead, after: Ahead) -> pd.DataFrame:
    """One row a value stream and, last, one for all: two forecasts side by side.

    Columns
        value_stream_id, value_stream: key and name of the stream; "all" in the last row
        open_before, open_after (items): as ``open_items`` of ``by_stream``
        items_before, items_after (items): as ``items_p85``
        done_before, done_after: as ``done_p85``
        done_before_days, done_after_days (days): as ``done_p85_days``
        why: why there is no day after; missing where there is one
    """
    one, other = by_stream(before), by_stream(after).set_index("value_stream_id")
    other = other.reindex(one["value_stream_id"]).reset_index()
    made = one[["value_stream_id", "value_stream"]].reset_index(drop=True)
    for name, column in (("open", "open_items"), ("items", "items_p85"), ("done", "done_p85")):
        made[f"{name}_before"], made[f"{name}_after"] = one[column].array, other[column].array
    made["done_before_days"], made["done_after_days"] = (
        one["done_p85_days"].array,
        other["done_p85_days"].array,
    )
    return made.assign(why=other["why"].array)


def in_your_order(order: Order, items: Sequence[str]) -> Order:
    """The order with its plan replaced by one that begins these items first, in this sequence, as soon as
    what each needs is done; items that are not named follow as they stood. The best plan stands beside it.

    Raises ValueError where nothing can be put in order.
    """
    if order.work is None:
        raise ValueError("nothing that waits has a cost of delay and a length")
    wished = {item: -place for place, item in enumerate(items)}
    ids = order.items["item_id"].tolist()
    last = np.argsort(np.argsort(order.best.start, kind="stable"))
    priority = [float(wished.get(item, -len(items) - 1 - int(last[n]))) for n, item in enumerate(ids)]
    plan = sequence.by_priority(order.work, np.array(priority))
    cost = costs_of(order.work, plan, *scenarios(order.work, order.items))
    plans = {OURS: plan, BEST: order.best, **{k: v for k, v in order.plans.items() if k != OURS}}
    costs = {OURS: cost, BEST: order.costs[OURS], **{k: v for k, v in order.costs.items() if k != OURS}}
    return replace(order, plans=plans, costs=costs, near=())
