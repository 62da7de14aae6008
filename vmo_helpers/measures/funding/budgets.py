"""How money is given: by project or by stream, for how long at once, bound to what, and in which rounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from vmo_helpers.lookup import places
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.budgets import A_YEAR, falling, length_days, project_share
from vmo_helpers.vocabulary import BudgetSource
from vmo_helpers.window import Window

A_QUARTER, A_MONTH = (80, 100), 31  # days
QUARTERS = 8
FEWEST_STREAMS = 6  # under which no p-value is said


def budgets(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row a budget of which days lie in the window.

    Index: its row in ``budgets``. Annual: 350 days or more, or of source annual; quarterly: 80–100 days;
    monthly: up to 31. Bound: the objective of its key result and the budget have days in common.

    Columns
        budget_id, value_stream_id: key of the budget and of its stream
        from, to: its first and last day
        amount (portfolio's currency): of all its days
        in_window (portfolio's currency): of those that lie in the window
        funding_type, source, horizon: as in ``budgets``
        cadence: annual, quarterly, monthly or other
        kr_id: the key result that it names
        bound: it is bound to that
        round, allocated_by: as in ``budgets``
    """
    table = portfolio.budgets
    falls = falling(table, window.first_day, window.last_day)
    length = length_days(table)
    yearly = length.ge(A_YEAR) | table["source"].eq(BudgetSource.ANNUAL)
    results, objectives = portfolio.key_results, portfolio.objectives
    result = places(table["kr_id"], results["kr_id"])
    goal = np.append(places(results["objective_id"], objectives["objective_id"]), -1)[result]
    begins, ends = (objectives[name].array.take(goal, allow_fill=True) for name in ("from", "to"))
    kept = ["budget_id", "value_stream_id", "from", "to", "amount", "funding_type", "source", "horizon"]
    cadence = np.select(
        [yearly, length.between(*A_QUARTER), length.le(A_MONTH)], ["annual", "quarterly", "monthly"], "other"
    )
    frame = table[kept].assign(
        in_window=falls,
        cadence=pd.array(cadence, dtype="str"),
        kr_id=table["kr_id"],
        bound=(
            table["from"].le(pd.Series(ends, table.index)) & table["to"].ge(pd.Series(begins, table.index))
        ),
        round=table["round"],
        allocated_by=table["allocated_by"],
    )
    return frame.loc[falls.gt(0), COLUMNS]


COLUMNS = [
    "budget_id",
    "value_stream_id",
    "from",
    "to",
    "amount",
    "in_window",
    "funding_type",
    "source",
    "horizon",
    "cadence",
    "kr_id",
    "bound",
    "round",
    "allocated_by",
]


def value_stream_share(budgets: pd.DataFrame) -> float:
    """Share of the money with a funding type that funds value streams: 1 − what funds projects."""
    return 1 - project_share(budgets, budgets["in_window"])


def quarters(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row a calendar quarter, the last eight up to that of the window's end, each by its own days.

    Columns
        begins_on: its first day
        quarter: its name, such as "2026 Q3"
        value_stream_share (share 0–1): of the money with a funding type; missing without any
        money (portfolio's currency): with a funding type
    """
    typed = portfolio.budgets[portfolio.budgets["funding_type"].notna()]
    rows = []
    for period in pd.period_range(end=window.last_day.to_period("Q"), periods=QUARTERS):
        first, last = period.start_time, period.end_time.normalize()
        falls = typed.assign(in_window=falling(typed, first, last))
        rows.append(
            {
                "begins_on": first,
                "quarter": f"{period.year} Q{period.quarter}",
                "value_stream_share": value_stream_share(falls),
                "money": float(falls["in_window"].sum()),
            }
        )
    return pd.DataFrame(rows)


def rounds(portfolio: Portfolio, scores: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """One row a round, stream and role that allocated, of all budgets with a round, by round, then by money.

    ``scores`` as ``value.scores``, ``money`` as ``value.money`` return them.

    Columns
        round: its name
        value_stream_id, value_stream: key and name of the stream
        allocated_by: the role
        amount (portfolio's currency): allocated
        score (1–10): mean of the stream's items in progress, weighed by their spend; missing without any
        return (money back per money spent): of the stream's items
    """
    table = portfolio.budgets
    table = table[table["round"].notna()]
    keys = ["round", "value_stream_id", "allocated_by"]
    given = table.groupby(keys, dropna=False, sort=True)["amount"].sum().reset_index()
    names = portfolio.value_streams
    at = places(given["value_stream_id"], names["value_stream_id"])
    name = pd.Series(names["name"].array.take(at, allow_fill=True), given.index, dtype="str")
    stream = _by_stream(scores, money)
    where = places(given["value_stream_id"], stream["value_stream_id"])
    frame = pd.DataFrame(
        {
            "round": given["round"],
            "value_stream_id": given["value_stream_id"],
            "value_stream": name.fillna(given["value_stream_id"]),
            "allocated_by": given["allocated_by"],
            "amount": given["amount"],
            "score": stream["score"].array.take(where, allow_fill=True),
            "return": stream["return"].array.take(where, allow_fill=True),
        }
    )
    return frame.sort_values(["round", "amount"], ascending=[True, False], kind="stable", ignore_index=True)


def _by_stream(scores: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """The score of each stream's items in progress, weighed by spend, and the return of all its items."""
    at = places(money["item_id"], scores["item_id"])
    score = pd.Series(scores["score"].array.take(at, allow_fill=True), money.index, dtype="float64")
    going = money["status"].eq("in_progress") & score.notna() & money["spent"].gt(0)
    weighed = money.assign(weight=money["spent"].where(going), points=(money["spent"] * score).where(going))
    both = money["realised"].notna() & money["spent"].gt(0)
    weighed = weighed.assign(back=money["realised"].where(both), paid=money["spent"].where(both))
    sums = weighed.groupby("value_stream_id", sort=True)[["points", "weight", "back", "paid"]].sum(
        min_count=1
    )
    return sums.assign(
        **{"score": sums["points"] / sums["weight"], "return": sums["back"] / sums["paid"]}
    ).reset_index()


def rounds_fit(rounds: pd.DataFrame) -> pd.DataFrame:
    """One row a round: does money follow the streams' score, and what they gave back?

    Kendall's τ-b over the streams of which both are known (Kendall, Biometrika 33, 1945).

    Columns
        round: its name
        amount (portfolio's currency): allocated
        streams (streams): that got money
        roles: that allocated, joined by "; "
        tau_score, tau_return (−1 to 1): τ-b of money with score, and with return; missing if undefined
        n_score, n_return (streams): that each rests on
        p_score, p_return (share 0–1): two-sided; missing under six streams
    """
    rows = []
    for name, given in rounds.groupby("round", sort=True):
        by_stream = given.groupby("value_stream_id", sort=True).agg(
            amount=("amount", "sum"), score=("score", "first"), back=("return", "first")
        )
        score, back = (_tau(by_stream["amount"], by_stream[other]) for other in ("score", "back"))
        rows.append(
            {
                "round": name,
                "amount": float(given["amount"].sum()),
                "streams": len(by_stream),
                "roles": "; ".join(sorted(given["allocated_by"].dropna().unique())) or None,
                "tau_score": score[0],
                "n_score": score[2],
                "p_score": score[1],
                "tau_return": back[0],
                "n_return": back[2],
                "p_return": back[1],
            }
        )
    columns = ["round", "amount", "streams", "roles", "tau_score", "tau_return"]
    return pd.DataFrame(rows, columns=[*columns, "n_score", "n_return", "p_score", "p_return"])


def _tau(amount: pd.Series, other: pd.Series) -> tuple[float, float, int]:
    known = other.notna()
    n = int(known.sum())
    if n < 2 or amount[known].nunique() < 2 or other[known].nunique() < 2:
        return np.nan, np.nan, n
    found = kendalltau(amount[known], other[known])
    return float(found.statistic), float(found.pvalue) if n >= FEWEST_STREAMS else np.nan, n
