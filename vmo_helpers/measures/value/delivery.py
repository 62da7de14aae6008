"""Business value of planning intervals, and how long what is deployed takes to be adopted and realised."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from vmo_helpers.measures import flow, outcomes
from vmo_helpers.measures.flow.arrays import Flags
from vmo_helpers.measures.outcomes.inside import BEHAVIOUR
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.window import Window

DAY_SECONDS = 86_400


def business_value(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row a team of the planning intervals that ended in the window, least delivered first.

    Objectives without an actual value are in neither sum. Source: SAFe program predictability measure.

    Columns
        team: its name
        intervals (intervals): that it took part in
        planned_value (points): of the committed objectives
        actual_value (points): of all objectives
        delivered (share, over 1 possible): actual ÷ planned; missing where nothing was committed
        objectives (objectives): with an actual value
        unscored (objectives): without one
    """
    chosen = flow.ended_objectives(portfolio, window)
    scored = chosen["actual_value"].notna()
    counted = chosen.assign(
        committed_value=chosen["committed_value"].where(scored, 0.0),
        actual_value=chosen["actual_value"].fillna(0.0),
        scored=scored,
    )
    teams = counted.groupby("team", sort=True)
    found = pd.DataFrame(
        {
            "intervals": teams["pi"].nunique(),
            "planned_value": teams["committed_value"].sum(),
            "actual_value": teams["actual_value"].sum(),
            "objectives": teams["scored"].sum(),
            "unscored": teams.size() - teams["scored"].sum(),
        }
    )
    share = (found["actual_value"] / found["planned_value"]).where(found["planned_value"].gt(0))
    found.insert(3, "delivered", share)
    return (
        found.rename_axis("team")
        .reset_index()
        .sort_values(["delivered", "team"], kind="stable", ignore_index=True)
    )


class Halves(NamedTuple):
    """How many items got there, of how many, and the median days with its 95 % limits by Kaplan and Meier."""

    reached: int
    of: int
    days: float
    low: float
    high: float


def time_to_adoption(inside: outcomes.Inside, clocks: pd.DataFrame, as_of: pd.Timestamp) -> Halves:
    """From deployment to adoption, of deployed items with a behaviour metric; not yet counts as censored."""
    return _halves(clocks, _with(inside, behaviour=True), "deployed_at", "adopted_at", as_of)


def time_to_realisation(inside: outcomes.Inside, clocks: pd.DataFrame, as_of: pd.Timestamp) -> Halves:
    """From adoption to realisation, of adopted items with an outcome metric; not yet counts as censored.

    What was realised before it was adopted took no time.
    """
    return _halves(clocks, _with(inside, behaviour=False), "adopted_at", "realised_at", as_of)


def _with(inside: outcomes.Inside, *, behaviour: bool) -> Flags:
    """Which items have a behaviour metric, or an outcome metric."""
    own = (inside.outcome_class == BEHAVIOUR) == behaviour
    some: Flags = np.bincount(inside.item[own & (inside.metric >= 0)], minlength=len(inside.work)) > 0
    return some


def _halves(clocks: pd.DataFrame, among: Flags, begun: str, came: str, as_of: pd.Timestamp) -> Halves:
    rows = clocks[among & clocks[begun].notna().to_numpy()]
    done = rows[came].notna()
    spent = (rows[came].fillna(as_of) - rows[begun]).dt.total_seconds() / DAY_SECONDS
    ages = np.asarray(spent.clip(lower=0.0), dtype=np.float64)
    half = flow.half_life(ages, done.to_numpy(dtype=bool)) if done.any() else (np.nan, np.nan, np.nan)
    return Halves(int(done.sum()), len(rows), *half)
