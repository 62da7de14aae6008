"""Vanity metrics: they go up whether or not anybody is better off; each with what to look at instead."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, Flags, Ints, instants, micros
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import MetricKind

BANNED, UTILISATION, VELOCITY, ALONE = "banned", "utilisation", "raw velocity", "no outcome beside it"
WHO_IS_BUSY = (
    r"(?:staff|people|person|team|developer|engineer|resource|employee|project|capacity|fte|headcount)"
)
NAMED_UTILISATION = (
    r"(?i)^\s*(?:average |mean |total )?utili[sz]ation(?: rate)?\s*$|\butili[sz]ation of (?:\w+ "
    rf")?{WHO_IS_BUSY}"
    rf"|\b{WHO_IS_BUSY}\w* utili[sz]ation"
)
NAMED_VELOCITY = (
    r"(?i)^(?!.*\bflow velocity\b).*(?:\b(?:team|sprint|raw|average|agile)s? "
    r"velocity\b|^\s*velocity\b|\bstory ?points\b)"
)
INSTEAD = (
    (r"(?i)\b(?:cost|budget|spend)\w* (?:variance|deviation)", "lead time to value"),
    (r"(?i)\bmilestones?\b", "objective attainment"),
    (NAMED_VELOCITY, "throughput and flow time"),
    (NAMED_UTILISATION, "flow efficiency"),
    (
        r"(?i)\b(?:launch|go-?live|download|release|roll-?out|deploy|publish|migrat|equip|install|train|regist|deliver)\w*",
        "adoption",
    ),
)
ELSE = "an outcome of the same item"


def vanity_metrics(portfolio: Portfolio) -> pd.DataFrame:
    """One row a vanity metric: banned, named as one, or without an outcome beside it.

    Index: its row in ``metrics``. By its name it is the utilisation of people or a raw velocity; SAFe's flow
    velocity is throughput, no velocity. Without an outcome: of kind output or activity, and no metric of kind
    outcome or behaviour is on the same item. That item is the metric's or that of a benefit; a metric on no
    item is compared on its stream. A metric that another one replaces, and that was not read since the other
    one was first read, is retired already and not listed.

    Columns
        metric_id, metric, kind: the metric
        item_id, value_stream_id: whose it is
        reason: banned, utilisation, raw velocity or no outcome beside it
        replacement: what to look at instead
        replaced_by: the metric_id that retires it; missing where none is named
        last_at: its newest observation
    """
    metrics = portfolio.metrics
    name = metrics["name"].fillna("")
    reasons = [
        metrics["banned"].fillna(False).astype(bool),
        name.str.contains(NAMED_UTILISATION),
        name.str.contains(NAMED_VELOCITY),
        pd.Series(_alone(portfolio), index=metrics.index),
    ]
    reason = pd.Series(
        np.select(reasons, [BANNED, UTILISATION, VELOCITY, ALONE], ""), index=metrics.index
    ).astype("str")
    patterns = [name.str.contains(pattern) for pattern, _ in INSTEAD]
    usual = pd.Series(np.select(patterns, [what for _, what in INSTEAD], ELSE), index=metrics.index).astype(
        "str"
    )
    heir = _heirs(portfolio)
    heirs_name = pd.Series(metrics["name"].array.take(heir, allow_fill=True), index=metrics.index)
    seen, first = _readings(portfolio)
    retired = (heir >= 0) & (first[heir] < NEVER) & (seen < first[heir])
    frame = pd.DataFrame(
        {
            "metric_id": metrics["metric_id"],
            "metric": metrics["name"],
            "kind": metrics["kind"],
            "item_id": metrics["item_id"],
            "value_stream_id": metrics["value_stream_id"],
            "reason": reason,
            "replacement": heirs_name.fillna(usual),
            "replaced_by": metrics["metric_id"].array.take(heir, allow_fill=True),
            "last_at": instants(np.where(seen < 0, NEVER, seen)),
        },
        index=metrics.index,
    )
    return frame[reason.ne("") & ~retired]


def _alone(portfolio: Portfolio) -> Flags:
    """Output and activity metrics without an outcome or behaviour where they are reported."""
    metrics, benefits = portfolio.metrics, portfolio.benefits
    outcome = metrics["kind"].isin([MetricKind.OUTCOME, MetricKind.BEHAVIOUR]).to_numpy()
    measured = places(benefits["metric_id"], metrics["metric_id"])
    on_item = pd.DataFrame(
        {
            "metric": np.r_[np.arange(len(metrics)), measured[measured >= 0]],
            "place": pd.concat([metrics["item_id"], benefits.loc[measured >= 0, "item_id"]]).array,
        }
    ).dropna()
    placed = np.isin(np.arange(len(metrics)), on_item["metric"])
    on_stream = pd.DataFrame(
        {"metric": np.flatnonzero(~placed), "place": metrics.loc[~placed, "value_stream_id"].array}
    ).dropna()
    beside = np.zeros(len(metrics), dtype=bool)
    for pairs in (on_item, on_stream):
        good = pairs.loc[outcome[pairs["metric"].to_numpy(dtype=np.int64)], "place"]
        beside[pairs.loc[pairs["place"].isin(good), "metric"].to_numpy(dtype=np.int64)] = True
    alone: Flags = ~outcome & ~beside
    return alone


def _heirs(portfolio: Portfolio) -> Ints:
    """For each metric the place of the one that replaces it, −1 for none."""
    metrics = portfolio.metrics
    old = places(metrics["replaces"], metrics["metric_id"])
    heir = np.full(len(metrics), -1)
    heir[old[old >= 0]] = np.flatnonzero(old >= 0)
    return heir


def _readings(portfolio: Portfolio) -> tuple[Ints, Ints]:
    """Newest reading of each metric (−1: none) and its first one (``NEVER``)."""
    table, size = portfolio.observations, len(portfolio.metrics)
    metric, at = places(table["metric_id"], portfolio.metrics["metric_id"]), micros(table["at"])
    last, first = np.full(size, -1), np.full(size, NEVER)
    np.maximum.at(last, metric[metric >= 0], at[metric >= 0])
    np.minimum.at(first, metric[metric >= 0], at[metric >= 0])
    return last, first
