"""What to stop, pivot, fund or continue: the value ahead of an item against what it still costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import Ints, texts
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.style.wording import percent
from vmo_helpers.vocabulary import BY_SPEND, Inside, Recommendation, Tier

WORDS = [str(word) for word in Recommendation]
TOP_QUARTER, TOP_HALF = 0.25, 0.5


def recommendations(
    money: pd.DataFrame,
    judged: pd.DataFrame,
    scores: pd.DataFrame,
    clocks: pd.DataFrame,
    streams: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    stop_ratio: float,
) -> pd.DataFrame:
    """One row an item in progress, those to decide on first.

    ``money`` as ``value.money``, ``judged`` as ``status.items``, ``scores`` as ``value.scores``, ``clocks``
    as ``outcomes.three_clocks``, ``streams`` as ``funding.streams``, ``costs`` as ``decisions.waiting_cost``
    return them. The first that holds:

    - stop: red inside of tier board, and a ratio under ``stop_ratio``;
    - pivot: red inside, and a ratio from ``stop_ratio`` to under 1, or a behaviour metric adopted;
    - fund: a ratio of 1 or more, a score in the top quarter, ranks in the top half, and its stream's
      budget to date spent;
    - continue: a ratio of 1 or more.

    Anything else cannot be said.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: as in ``money``
        score, rank, rank_low, rank_high: as in ``scores``
        realised, planned_to_date, spent, return, at_risk: as in ``money``
        ahead, cost_to_go, ratio: as in ``money``
        verdict: stop, pivot, fund, continue or cannot_say
        because: the two numbers or words that it rests on, or what is missing
        changes_when: what would change it
        inside, tier: as in ``status.items``
        p_value: likewise
        cost_per_month (portfolio's currency): what waiting costs, of a stop the spend that goes on; missing
            where unknown
        cost_basis: as in ``decisions.waiting_cost``
    """
    frame = money[money["status"].eq(str(Status.IN_PROGRESS))]
    frame = frame.assign(
        **_joined(frame["item_id"], judged, ("inside", "tier", "p_value")),
        **_joined(frame["item_id"], scores, ("score", "rank", "rank_low", "rank_high")),
        **_joined(frame["item_id"], clocks, ("adopted_at",)),
        **_joined(frame["item_id"], costs, ("cost_per_month", "cost_basis", "spend_per_month")),
    )
    at = places(frame["value_stream_id"], streams["value_stream_id"])
    used_up = np.append((streams["spend"] >= streams["budget"]).to_numpy(dtype=bool), False)[at]
    scored = int(scores["score"].notna().sum())
    ratio = frame["ratio"].to_numpy(dtype=np.float64)
    red = frame["inside"].eq(Inside.RED).to_numpy()
    board = red & frame["tier"].eq(Tier.BOARD).to_numpy()
    adopted = frame["adopted_at"].notna().to_numpy()
    top = (
        frame["rank"].le(np.ceil(TOP_QUARTER * scored)) & frame["rank_high"].le(np.ceil(TOP_HALF * scored))
    ).to_numpy()
    code = np.select(
        [
            np.isnan(ratio) & ~(red & adopted),
            board & (ratio < stop_ratio),
            red & (((ratio >= stop_ratio) & (ratio < 1)) | adopted),
            (ratio >= 1) & top & used_up,
            ratio >= 1,
        ],
        [WORDS.index(word) for word in _IN_ORDER],
        WORDS.index(Recommendation.CANNOT_SAY),
    )
    found = frame.assign(verdict=texts(code, WORDS))
    stop = found["verdict"].eq(Recommendation.STOP)
    found["cost_per_month"] = found["cost_per_month"].mask(stop, found["spend_per_month"])
    found["cost_basis"] = found["cost_basis"].mask(stop, BY_SPEND)
    rests = found[_RESTS]
    # most items lack the same
    alike: Ints = np.asarray(rests.groupby(_RESTS, dropna=False, sort=False).ngroup(), dtype=np.int64)
    lines = [_said(row, stop_ratio) for row in rests[~rests.duplicated()].to_dict("records")]
    found = found.assign(
        because=texts(alike, [line[0] for line in lines]),
        changes_when=texts(alike, [line[1] for line in lines]),
    )
    waits = -found["cost_per_month"].fillna(0.0).to_numpy(dtype=np.float64)
    return found.iloc[np.lexsort((waits, code))][COLUMNS]


COLUMNS = [
    "item_id",
    "title",
    "value_stream_id",
    "value_stream",
    "score",
    "rank",
    "rank_low",
    "rank_high",
    "realised",
    "planned_to_date",
    "spent",
    "return",
    "at_risk",
    "ahead",
    "cost_to_go",
    "ratio",
    "verdict",
    "because",
    "changes_when",
    "inside",
    "tier",
    "p_value",
    "cost_per_month",
    "cost_basis",
]
_RESTS = ["verdict", "ratio", "inside", "adopted_at", "rank", "ahead", "cost_to_go", "benefits"]
"""The columns that ``because`` and ``changes_when`` are made of."""
_IN_ORDER = (
    Recommendation.CANNOT_SAY,
    Recommendation.STOP,
    Recommendation.PIVOT,
    Recommendation.FUND,
    Recommendation.CONTINUE,
)


def _joined(item_ids: pd.Series, frame: pd.DataFrame, names: tuple[str, ...]) -> dict[str, Any]:
    at = places(item_ids, frame["item_id"])
    return {name: frame[name].array.take(at, allow_fill=True) for name in names}


def _ahead(row: dict[Any, Any]) -> str:
    return f"the value ahead is {percent(row['ratio'])} of what it still costs"


def _said(row: dict[Any, Any], stop_ratio: float) -> tuple[str, str]:
    """What a verdict rests on, and what would change it."""
    ahead = "nothing is left to spend" if np.isinf(row["ratio"]) else _ahead(row)
    where = row["inside"] if isinstance(row["inside"], str) else "not tested"
    verdict = row["verdict"]
    if verdict == Recommendation.STOP:
        return (
            f"{ahead}; red inside, now and a month ago",
            f"the value ahead is {percent(stop_ratio)} or more of what it costs, or it is red no more",
        )
    if verdict == Recommendation.PIVOT:
        rests = "red inside" if pd.isna(row["adopted_at"]) else "red inside, and used"
        return f"{'' if pd.isna(row['ratio']) else ahead + '; '}{rests}", "its outcome comes onto its plan"
    if verdict == Recommendation.FUND:
        return (
            f"{ahead}; rank {row['rank']:g} by value",
            "less value is ahead than it costs, or its rank falls out of the top quarter",
        )
    if verdict == Recommendation.CONTINUE:
        return f"{ahead}; inside {where.replace('_', ' ')}", "less value is ahead than it costs"
    return _wanting(row, stop_ratio), "what is missing is on record"


def _wanting(row: dict[Any, Any], stop_ratio: float) -> str:
    """What is missing for a verdict."""
    if pd.isna(row["ahead"]):
        if not row["benefits"]:
            return "for want of a benefit with a planned value"
        return (
            "for want of a tested outcome, here or on five benefits of the portfolio, or of the end of a "
            "yearly benefit"
        )
    if pd.isna(row["cost_to_go"]):
        return "for want of a forecast or a planned cost"
    if row["inside"] == Inside.RED:
        return f"for want of a second month in red: {_ahead(row)}"
    return f"for want of a test that shows red: {_ahead(row)}"
