"""The goals that count on a day: objectives whose period holds it, what is above them, their key results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.hierarchy import Positions, Tree
from vmo_helpers.vocabulary import ObjectiveLevel

TOP_RANKS = (1, 3)
_ABOVE = ("top_three_id", "top_level_id", "enterprise_id")


@dataclass(frozen=True)
class Goals:
    """Objectives and key results as of the review's day; both keep the row of the file as index.

    ``objectives`` has one row an objective. It adds:

    - holds: its period, ``to`` inclusive, holds the day in the portfolio's zone, one without
      ``from`` has begun; ranked: it has rank 1–3 too;
    - top_three: it holds, and itself or an objective above it that holds has rank 1–3;
    - top_three_id: the nearest such;
    - top_level_id: the highest objective above it that holds, itself at the least;
    - enterprise_id: the nearest of level enterprise or rank 1–3.

    An objective whose own period is over has none of them. One between two others links them even when its
    own period is over. ``key_results`` has one row a key result with the same columns, those of its
    objective.
    """

    objectives: pd.DataFrame
    key_results: pd.DataFrame
    tree: Tree

    @property
    def current(self) -> pd.DataFrame:
        """The objectives that hold the day."""
        return self.objectives[self.objectives["holds"]]

    @property
    def current_key_results(self) -> pd.DataFrame:
        """The key results whose objective holds the day."""
        return self.key_results[self.key_results["holds"]]


def goals(portfolio: Portfolio) -> Goals:
    """The goals of a portfolio as of its day.

    Raises ValueError on a cycle of parents, or when ``known_at`` was not called.
    """
    frame = portfolio.objectives
    today = day_of(portfolio)
    tree = Tree.of(frame["objective_id"], frame["parent_id"], what="objective")
    holds = (~frame["from"].gt(today) & frame["to"].ge(today)).to_numpy()
    ranked = frame["rank"].between(*TOP_RANKS).to_numpy()
    enterprise = frame["level"].eq(ObjectiveLevel.ENTERPRISE).to_numpy() | ranked
    top_three = _among_holding(tree, holds, ranked)
    objectives = frame.assign(
        title=_titled(frame, "objective_id"),
        holds=holds,
        ranked=holds & ranked,
        top_three=top_three >= 0,
        top_three_id=_named(tree.names, top_three),
        top_level_id=_named(
            tree.names, _among_holding(tree, holds, np.ones(len(frame), dtype=bool), farthest=True)
        ),
        enterprise_id=_named(tree.names, _among_holding(tree, holds, enterprise)),
    )
    return Goals(objectives, _key_results(portfolio, objectives), tree)


def day_of(portfolio: Portfolio) -> pd.Timestamp:
    """The review's day in the portfolio's zone, as a naive midnight."""
    if portfolio.as_of is None:
        raise ValueError("alignment is as of a day: call portfolio.known_at(as_of) first")
    return portfolio.as_of.tz_convert(portfolio.settings.timezone).tz_localize(None).normalize()


def _key_results(portfolio: Portfolio, objectives: pd.DataFrame) -> pd.DataFrame:
    frame = portfolio.key_results
    above = objectives.set_index("objective_id").reindex(frame["objective_id"])
    return frame.assign(
        title=_titled(frame, "kr_id"),
        objective_title=above["title"].to_numpy(),
        holds=above["holds"].eq(True).to_numpy(),
        top_three=above["top_three"].eq(True).to_numpy(),
        **{name: pd.Series(above[name].array, index=frame.index, dtype="str") for name in _ABOVE},
    )


def _among_holding(
    tree: Tree, holds: npt.NDArray[np.bool_], may: npt.NDArray[np.bool_], *, farthest: bool = False
) -> Positions:
    return np.where(holds, tree.reached(holds & may, farthest=farthest), -1)


def _named(names: pd.Series, positions: Positions) -> pd.api.extensions.ExtensionArray:
    found: pd.api.extensions.ExtensionArray = pd.array(names.array, dtype="str").take(
        positions, allow_fill=True
    )
    return found


def _titled(frame: pd.DataFrame, key: str) -> pd.Series:
    """A goal without a title goes by its key."""
    return frame["title"].fillna(frame[key])
