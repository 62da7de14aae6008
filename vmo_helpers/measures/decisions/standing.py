"""What waits today at each place that a decision can be about: an item, a state, a goal."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from vmo_helpers.lookup import among
from vmo_helpers.measures.decisions.costs import waiting_cost
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import BY_SPEND

_GOALS = ("kr_id", "objective_id", "top_level_id", "top_three_id", "enterprise_id")


def standing(
    portfolio: Portfolio,
    items: pd.DataFrame,
    links: pd.DataFrame,
    stopping: Collection[str] = (),
    whole: Collection[str] = (),
) -> pd.DataFrame:
    """One row a place and an item of the review level that stands there, each item once a place.

    ``items`` as ``flow.items`` returns them, ``links`` as ``okr.read`` has them; ``stopping``: the items that
    the review says to stop, of which waiting costs the spend that goes on. At its own place an item
    stands also when it is delivered or cancelled. Elsewhere it stands while in progress, unless it is to
    be stopped. What should end is no reason to free a queue or to fund a goal. A value stream has none: to
    start nothing more there sets nothing free that waits. But of a stream in ``whole``, about which all is
    asked, what is in progress stands there.

    Columns
        subject: the item, state, objective, key result or value stream, by its id
        item_id: key of the item
        waits: neither delivered nor cancelled; or to be stopped, and spent on until it is
        cost_per_month, cost_basis (portfolio's currency): as ``waiting_cost`` says; of an item to stop its
            spend_per_month; missing where unpriced
        planned_value (portfolio's currency): of its benefits; missing where none has one
    """
    going = items[items["age_days"].notna() & ~items["item_id"].isin(list(stopping))]
    served = links[links["stands"]]
    own = items[["item_id"]].assign(subject=items["item_id"])
    places = [own, going[["item_id"]].assign(subject=going["state"])]
    streams = going.loc[going["value_stream_id"].isin(list(whole)), ["item_id", "value_stream_id"]]
    places.append(streams.rename(columns={"value_stream_id": "subject"}))
    at_work = among(served["item_id"], going["item_id"])
    places += [served.loc[at_work, ["item_id"]].assign(subject=served[name]) for name in _GOALS]
    every = pd.concat(places).dropna().drop_duplicates(["subject", "item_id"])[["subject", "item_id"]]
    over = items.loc[items["delivered_at"].notna() | items["cancelled_at"].notna(), "item_id"]
    value = portfolio.benefits.groupby("item_id")["planned_value"].sum(min_count=1)
    return (
        every.assign(waits=~among(every["item_id"], over) | among(every["item_id"], stopping))
        .merge(_priced(portfolio, stopping), on="item_id", how="left")
        .assign(planned_value=lambda frame: frame["item_id"].map(value).astype("float64"))
    )


def _priced(portfolio: Portfolio, stopping: Collection[str]) -> pd.DataFrame:
    """What a month of waiting costs by item: of what is to be stopped the spend that goes on."""
    costs = waiting_cost(portfolio)
    stop = among(costs["item_id"], stopping)
    return costs[["item_id"]].assign(
        cost_per_month=costs["cost_per_month"].mask(stop, costs["spend_per_month"]),
        cost_basis=costs["cost_basis"].mask(stop, BY_SPEND),
    )
