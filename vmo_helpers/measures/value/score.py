"""The value score by the portfolio's own framework, and whether its ranks stand when the weights move."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import Flags, Floats
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.portfolio import Settings
from vmo_helpers.window import day_start

LEAST_WEIGHT = 0.5  # of the weights that must have a score
WORST, BEST = 1.0, 10.0
DRAWS, SWING, SEED = 1_000, 0.25, 20_260_731
TOP, FEWEST = 5, 6
DATED = re.compile(r"\d{4}-\d{2}(-\d{2})?")  # a version that is a day or a month


class Framework(NamedTuple):
    """The weights that have scores, and what is left over on either side."""

    weights: dict[str, float]
    without_scores: list[str]
    without_weight: list[str]


def framework(portfolio: Portfolio, weights: Mapping[str, float] | None = None) -> Framework:
    """The weights of the criteria; ``weights`` stand in for those of ``portfolio.toml``."""
    stated = dict(weights) if weights is not None else stated_weights(portfolio.settings)
    scored = set(portfolio.criteria_scores["criterion"])
    return Framework(
        {name: weight for name, weight in stated.items() if name in scored and weight > 0},
        sorted(name for name in stated if name not in scored),
        sorted(scored - set(stated)),
    )


def stated_weights(settings: Settings) -> dict[str, float]:
    """The weights of ``[value_framework]``, without its version."""
    return {name: float(weight) for name, weight in settings.value_framework.items() if name != "version"}


def scores(portfolio: Portfolio, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """One row an item of the review level with a score, best first.

    Weighted mean of its criteria, 10 = best for each (risk: 10 = least). Weights are normalised. What a
    missing criterion would do is in low and high. Under half of the weight scored: no score. Rank interval:
    each weight times a random number from 0.75 to 1.25, 1,000 times, with one seed.

    Columns
        item_id, title: key and title of the item
        score (1–10): over the criteria that are there; missing where they bear under half of the weight
        low, high (1–10): with the missing criteria at 1 and at 10
        weight_share (share 0–1): of the weight that is scored
        missing: criteria without a score, joined by "; "; missing where none is
        outdated: scored before the framework's version, as far as both are dated
        rank: 1 = best; equal scores in the order of their ids
        rank_low, rank_high: from which to which rank it falls in nine of ten draws
    """
    known = framework(portfolio, weights)
    names = list(known.weights)
    work = portfolio.work_items
    work = work.loc[work["level"].eq(portfolio.settings.review_level)]
    grid = _grid(portfolio, work["item_id"], names)
    some = np.flatnonzero(~np.isnan(grid).all(axis=1))
    grid, work = grid[some], work.iloc[some]
    weight = np.array([known.weights[name] for name in names] or [1.0])
    score, there = _weighted(grid, weight[None, :])
    low, high = (
        np.nansum(np.where(np.isnan(grid), end, grid) * weight, axis=1) / weight.sum()
        for end in (WORST, BEST)
    )
    enough = there[0] >= LEAST_WEIGHT - 1e-12
    held = np.where(enough, score[0], np.nan)
    best, worst = _rank_interval(grid[enough], weight)
    lacks = [
        "; ".join(name for name, empty in zip(names, row, strict=False) if empty) or None
        for row in np.isnan(grid)
    ]
    frame = pd.DataFrame(
        {
            "item_id": work["item_id"],
            "title": work["title"],
            "score": held,
            "low": low,
            "high": high,
            "weight_share": there[0],
            "missing": pd.array(lacks, dtype="str"),
            "outdated": _outdated(portfolio, work["item_id"]),
            "rank": np.nan,
            "rank_low": np.nan,
            "rank_high": np.nan,
        },
        index=work.index,
    )
    frame.loc[enough, ["rank_low", "rank_high"]] = np.stack([best, worst], axis=1)
    order = np.lexsort((frame["item_id"].to_numpy(dtype=object).astype(str), -np.nan_to_num(held)))
    frame = frame.iloc[order]
    frame["rank"] = np.where(frame["score"].notna(), np.arange(1.0, len(frame) + 1), np.nan)
    return frame


def rank_stability(portfolio: Portfolio, weights: Mapping[str, float] | None = None) -> float:
    """Share of the draws in which the same five items lead; NaN under six scored items."""
    found = scores(portfolio, weights)
    ranked = found[found["score"].notna()]
    if len(ranked) < FEWEST:
        return float("nan")
    known = framework(portfolio, weights)
    grid = _grid(portfolio, ranked["item_id"], list(known.weights))
    drawn, _ = _weighted(grid, _draws(np.array(list(known.weights.values()))))
    lead = np.argsort(-drawn, axis=1, kind="stable")[:, :TOP]
    return float((np.sort(lead, axis=1) == np.arange(TOP)).all(axis=1).mean())


def _grid(portfolio: Portfolio, item_ids: pd.Series, names: list[str]) -> Floats:
    table = portfolio.criteria_scores
    place, criterion = (
        places(table["item_id"], item_ids),
        places(table["criterion"], pd.Series(names, dtype="str")),
    )
    rows = (place >= 0) & (criterion >= 0)
    grid = np.full((len(item_ids), max(len(names), 1)), np.nan)
    grid[place[rows], criterion[rows]] = table["score"].to_numpy(dtype=np.float64)[rows]
    return grid


def _weighted(grid: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The mean of each item's scores (columns) under each row of weights, and the share of weight scored."""
    there = ~np.isnan(grid)
    part = weights @ there.T
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weights @ np.where(there, grid, 0.0).T) / part
    return mean, part / weights.sum(axis=1, keepdims=True)


def _draws(weight: Floats) -> Floats:
    swing = np.random.default_rng(SEED).uniform(1 - SWING, 1 + SWING, (DRAWS, len(weight)))
    drawn: Floats = weight * swing
    return drawn


def _rank_interval(grid: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The 5th and 95th percentile of each item's rank over the draws."""
    if not len(grid):
        return np.zeros(0), np.zeros(0)
    drawn, _ = _weighted(grid, _draws(weight))
    rank = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1, kind="stable") + 1.0
    low, high = np.quantile(rank, [0.05, 0.95], axis=0, method="inverted_cdf")
    return low, high


def _outdated(portfolio: Portfolio, item_ids: pd.Series) -> Flags:
    """True where a score of the item was recorded before the day that the framework's version names."""
    version = str(portfolio.settings.value_framework.get("version", ""))
    table = portfolio.criteria_scores
    if not DATED.fullmatch(version) or table["recorded_at"].isna().all():
        return np.zeros(len(item_ids), dtype=bool)
    since = day_start(version, portfolio.settings.timezone)
    return places(item_ids, table.loc[table["recorded_at"].lt(since), "item_id"]) >= 0
