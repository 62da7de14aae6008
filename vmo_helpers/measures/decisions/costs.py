"""What a month without a decision costs, and who can take it: by item."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import among, places
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.shifts import factors
from vmo_helpers.vocabulary import BY_DELAY, BY_SPEND

WEEKS_A_MONTH = 30.44 / 7
SPENT_MONTHS = 3


def waiting_cost(portfolio: Portfolio) -> pd.DataFrame:
    """One row an item with a known cost of waiting, or spend that goes on.

    Where either is missing it is unknown, not zero. Raises ValueError without an as-of.

    Columns
        item_id: key of the item
        cost_per_month (portfolio's currency): cost_of_delay_per_week × 30.44 ÷ 7, as the market has shifted
            it. Where that is missing, and while it is not delivered: what it and its descendants spent in the
            last three whole months, ÷ 3
        cost_basis: "cost of delay" or "spend of the last three months"
        spend_per_month (portfolio's currency): that spend, delivered or not: what not stopping it costs;
            missing where nothing was spent
    """
    if portfolio.as_of is None:
        raise ValueError("a cost of waiting needs an as-of: portfolio.known_at(as_of)")
    work = portfolio.work_items
    shifted = work.assign(cost_of_delay_per_week=work["cost_of_delay_per_week"] * factors(portfolio))
    items = shifted.drop_duplicates("item_id").set_index("item_id")
    delay = items["cost_of_delay_per_week"].dropna() * WEEKS_A_MONTH
    spent = _spent_a_month(portfolio, portfolio.as_of)
    spent = spent[among(_ids(spent), _ids(items)) & spent.gt(0)]
    dear = delay[delay.gt(0)]
    rest = spent[~among(_ids(spent), _ids(dear))]
    undelivered = items[items["delivered_at"].isna() & items["cost_of_delay_per_week"].isna()]
    by_spend = rest.where(among(_ids(rest), _ids(undelivered)))
    of_dear = np.append(spent.to_numpy(), np.nan)[places(_ids(dear), _ids(spent))]
    frame = pd.DataFrame(
        {
            "item_id": pd.concat([_ids(dear), _ids(rest)], ignore_index=True),
            "cost_per_month": np.r_[dear.to_numpy(), by_spend.to_numpy()],
        }
    )
    basis = np.repeat([BY_DELAY, BY_SPEND], [len(dear), len(rest)])
    return frame.assign(
        cost_basis=pd.Series(basis, dtype="str").where(frame["cost_per_month"].notna()),
        spend_per_month=np.r_[of_dear, rest.to_numpy()],
    )


def _ids(frame: pd.DataFrame | pd.Series) -> pd.Series:
    """The index, which holds item ids, as a column of texts."""
    return pd.Series(frame.index, dtype="str")


def titles(portfolio: Portfolio) -> dict[str, str]:
    """The name of each item, stream, objective and key result, by its id."""
    found: dict[str, str] = {}
    for table, key, name in (
        ("key_results", "kr_id", "title"),
        ("objectives", "objective_id", "title"),
        ("value_streams", "value_stream_id", "name"),
        ("work_items", "item_id", "title"),
    ):
        found |= _by_id(portfolio.tables[table].set_index(key)[name].dropna())
    return found


def owners(portfolio: Portfolio) -> dict[str, str]:
    """The role that answers for an item, a stream, an objective or a key result, by its id.

    It is the stream's, or its own owner.
    """
    streams = portfolio.value_streams.dropna(subset=["owner"])
    found = dict(zip(streams["value_stream_id"], streams["owner"], strict=True))
    items = portfolio.work_items.drop_duplicates("item_id").set_index("item_id")
    parent = items["parent_id"].dropna().to_dict()
    placed = items["value_stream_id"].dropna()
    stream = _by_id(placed)
    own = streams["owner"].array.take(places(placed, streams["value_stream_id"]), allow_fill=True)
    found |= _by_id(pd.Series(own, index=placed.index).dropna())
    for item in items.index[items["value_stream_id"].isna()]:
        key = _stream(str(item), stream, parent)
        if key in found:
            found[str(item)] = found[key]
    for table, key in (("objectives", "objective_id"), ("key_results", "kr_id")):
        named = portfolio.tables[table].dropna(subset=["owner"])
        found |= dict(zip(named[key], named["owner"], strict=True))
    return found


def _by_id(texts: pd.Series) -> dict[str, str]:
    """A column of texts by its index."""
    return dict(zip(texts.index.to_numpy(dtype=object), texts.to_numpy(dtype=object), strict=True))


def _stream(item: str, stream: dict[Any, Any], parent: dict[Any, Any]) -> str:
    """The stream of an item, else of its nearest ancestor that has one; empty where none has."""
    seen: set[object] = set()
    here: object = item
    while isinstance(here, str) and here not in seen:
        if here in stream:
            return str(stream[here])
        seen.add(here)
        here = parent.get(here)
    return ""


def _spent_a_month(portfolio: Portfolio, as_of: pd.Timestamp) -> pd.Series:
    """Mean monthly actual spend of each item and its descendants over the last three whole months."""
    spend = portfolio.spend
    local = as_of.tz_convert(portfolio.settings.timezone).tz_localize(None)
    end = (local + pd.Timedelta(1, "D")).normalize().replace(day=1)  # the last day of a month closes it
    begin = end - pd.DateOffset(months=SPENT_MONTHS)
    own = spend[
        spend["kind"].eq("actual")
        & spend["item_id"].notna()
        & spend["period"].ge(begin)
        & spend["period"].lt(end)
    ]
    parent = (
        portfolio.work_items.drop_duplicates("item_id").set_index("item_id")["parent_id"].dropna().to_dict()
    )
    total: dict[str, float] = {}
    for item, amount in own.groupby("item_id")["amount"].sum().items():
        seen: set[object] = set()
        here: object = item
        while isinstance(here, str) and here not in seen:
            total[here] = total.get(here, 0.0) + float(amount)
            seen.add(here)
            here = parent.get(here)
    return pd.Series(total, dtype="float64") / SPENT_MONTHS
