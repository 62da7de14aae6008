"""Did the metric move that a decision was to move?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import micros
from vmo_helpers.measures.outcomes import moved
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Direction


def effects(portfolio: Portfolio, states: pd.DataFrame) -> pd.DataFrame:
    """One row a decision that was carried through and names an effect metric.

    Index: its row in ``decisions``. The turn is the instant when it was done; of what is not done no effect
    is said. A move is "consistent with" the decision, never "because of" it.

    Columns
        decision_id: key of the decision
        metric_id, metric, unit: the metric
        since: when it was done
        latest (metric's unit): its newest value
        the columns of ``outcomes.moved``
    """
    taken = states[states["effect_metric_id"].notna() & states["done_at"].notna()].assign(
        since=states["done_at"]
    )
    metrics = portfolio.metrics.drop_duplicates("metric_id").set_index("metric_id")
    taken = taken[taken["effect_metric_id"].isin(metrics.index)]
    segment = portfolio.observations["segment"]
    read = (
        portfolio.observations[segment.isna() | segment.eq("all")]
        .dropna(subset=["value"])
        .sort_values("at", kind="stable")
    )
    mine = read.merge(
        pd.DataFrame({"metric_id": taken["effect_metric_id"].to_numpy(), "subject": np.arange(len(taken))}),
        on="metric_id",
        how="inner",
    ).sort_values(["subject", "at"], kind="stable")
    direction = metrics["direction"].reindex(taken["effect_metric_id"]).to_numpy()
    found = moved(
        mine["subject"].to_numpy(dtype=np.int64),
        micros(mine["at"]),
        mine["value"].to_numpy(dtype=np.float64),
        micros(taken["since"]),
        np.where(direction == str(Direction.DECREASE), -1.0, 1.0),
    )
    found.index = taken.index
    named = metrics.reindex(taken["effect_metric_id"])
    newest = mine.groupby("subject")["value"].last().reindex(np.arange(len(taken)))
    return pd.DataFrame(
        {
            "decision_id": taken["decision_id"],
            "metric_id": taken["effect_metric_id"],
            "metric": named["name"].array,
            "unit": named["unit"].array,
            "since": taken["since"],
            "latest": newest.array,
        },
        index=taken.index,
    ).join(found)
