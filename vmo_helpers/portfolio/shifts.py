"""Shifts of the market: what the cost of delay of an item is multiplied by, and which shifts do it."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.lookup import among
from vmo_helpers.portfolio.portfolio import Portfolio
from vmo_helpers.portfolio.streams import stream_of
from vmo_helpers.vocabulary import GoalType, ShiftSubject


def reached(portfolio: Portfolio) -> pd.DataFrame:
    """One row an item (of any level) and shift that reaches it; index: the row of ``work_items``.

    A shift of a stream reaches its items and those of the streams below it; of an item, the item and what
    lies below it. A shift of an objective reaches what is linked to it, to one below it or to a key result
    of these; of a metric, what reports it, has a benefit on it, or is linked to a key result that reads it:
    in both, these items, what lies below them and what lies above. Each reaches an item once.

    Columns
        item_id: key of the item
        subject_type, subject_id, at, factor, reason: as in ``shifts``
    """
    work, parts = portfolio.work_items, []
    for shift in portfolio.shifts.to_dict("records"):
        mine = work.loc[
            _reached(portfolio, str(shift["subject_type"]), str(shift["subject_id"])), ["item_id"]
        ]
        parts.append(mine.assign(**{name: shift[name] for name in _KEPT}))
    kept = [part for part in parts if len(part)]
    if not kept:
        return portfolio.shifts.head(0)[list(_KEPT)].assign(item_id=pd.Series(dtype="str"))[
            ["item_id", *_KEPT]
        ]
    return pd.concat(kept)


def factors(portfolio: Portfolio) -> pd.Series:
    """What the cost of delay of each work item is multiplied by: the product of the shifts that reach it, 1
    without one. Index: the row of ``work_items``."""
    product = reached(portfolio)["factor"].groupby(level=0).prod()
    return product.reindex(portfolio.work_items.index).fillna(1.0).astype("float64")


_KEPT = ("subject_type", "subject_id", "at", "factor", "reason")


def _reached(portfolio: Portfolio, kind: str, key: str) -> pd.Series:
    work = portfolio.work_items
    if kind == ShiftSubject.STREAM:
        streams = portfolio.value_streams
        return pd.Series(
            among(stream_of(work), _below({key}, streams["value_stream_id"], streams["parent_id"])),
            index=work.index,
        )
    if kind == ShiftSubject.ITEM:
        named = {key}
        above: set[str] = set()
    else:
        named = _of_metric(portfolio, key) if kind == ShiftSubject.METRIC else _of_objective(portfolio, key)
        above = _below(named, work["parent_id"], work["item_id"])
    return work["item_id"].isin(_below(named, work["item_id"], work["parent_id"]) | above)


def _below(start: set[str], ids: pd.Series, parents: pd.Series) -> set[str]:
    """These keys and all below them."""
    found, new = set(start), set(start)
    while new:
        new = set(ids[parents.isin(new)].dropna()) - found
        found |= new
    return found


def _of_objective(portfolio: Portfolio, key: str) -> set[str]:
    objectives = portfolio.objectives
    goals = _below({key}, objectives["objective_id"], objectives["parent_id"])
    results = portfolio.key_results
    return _linked(portfolio, goals, set(results.loc[results["objective_id"].isin(goals), "kr_id"]))


def _of_metric(portfolio: Portfolio, key: str) -> set[str]:
    metrics, benefits, results = portfolio.metrics, portfolio.benefits, portfolio.key_results
    report = metrics.loc[metrics["metric_id"].eq(key), "item_id"].dropna()
    bear = benefits.loc[benefits["metric_id"].eq(key), "item_id"]
    read = set(results.loc[results["metric_id"].eq(key), "kr_id"])
    return {*report, *bear} | _linked(portfolio, set(), read)


def _linked(portfolio: Portfolio, objectives: set[str], results: set[str]) -> set[str]:
    """Items with a link that stands to one of these goals."""
    links, work = portfolio.links, portfolio.work_items
    standing = links[links["removed_at"].isna()]
    to_result = standing["goal_type"].eq(GoalType.KEY_RESULT)
    right = (to_result & standing["goal_id"].isin(results)) | (
        ~to_result & standing["goal_id"].isin(objectives)
    )
    return {*standing.loc[right, "item_id"], *work.loc[work["goal"].isin(objectives | results), "item_id"]}
