"""SAFe's flow distribution, load and predictability."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import Floats
from vmo_helpers.measures.flow.items import items as item_table
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.record import Kind, no_comparison, record
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import WorkType
from vmo_helpers.window import Window


def distribution(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a work type that finished or is in progress, in the contract's order.

    Source: SAFe flow distribution and flow load.

    Columns
        work_type: as in ``work_items``
        finished (items): in the window
        share (share 0–1): of all finished in the window
        wip (items): flow load, in progress at the window's end
        finished_before (items): in the window of equal length before, as it stood then
        share_before (share 0–1): of all finished in that window; missing where that is no comparison
    """
    why = no_comparison(record(log, items, window), Kind.COUNTS)
    before = item_table(log, window.before)
    before = before[before.index.isin(items.index)]
    types = pd.Index([str(word) for word in WorkType])

    def per_type(frame: pd.DataFrame) -> pd.Series:
        return frame["work_type"].value_counts().reindex(types, fill_value=0)

    finished, earlier = (
        per_type(items[items["finished_in_window"]]),
        per_type(before[before["finished_in_window"]]),
    )
    wip = per_type(items[items["status"].eq(str(Status.IN_PROGRESS))])
    frame = pd.DataFrame(
        {
            "work_type": types.astype("str"),
            "finished": finished.array,
            "share": _shares(finished),
            "wip": wip.array,
            "finished_before": earlier.array,
            "share_before": _shares(earlier) if why is None else math.nan,
        }
    )
    return frame[frame[["finished", "wip", "finished_before"]].sum(axis=1) > 0].reset_index(drop=True)


def predictability(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row a planning interval that touches the window and has ended, in order of time.

    Without days of theirs all planning intervals count. Objectives without an actual value are left out of
    both sums and counted as unscored. 0.8–1.0 is healthy. Source: SAFe program predictability measure.

    Columns
        pi: its name
        ended_on: its last day
        planned_value (points): of committed objectives
        actual_value (points): of all objectives
        predictability (share, over 1 possible): actual ÷ planned; missing without any scored objective
        teams: how many
        teams_mean (share, over 1 possible): mean of the teams' own
        objectives: how many
        unscored: of them without an actual value
    """
    chosen = ended_objectives(portfolio, window)
    scored = chosen[chosen["actual_value"].notna()]
    pi, team = scored.groupby("pi"), scored.groupby(["pi", "team"])
    own = team["actual_value"].sum() / team["committed_value"].sum().replace(0.0, np.nan)
    planned, actual = pi["committed_value"].sum(), pi["actual_value"].sum()
    every = chosen.groupby("pi")
    frame = pd.DataFrame(
        {
            "ended_on": every["to"].max(),
            "planned_value": planned,
            "actual_value": actual,
            "predictability": actual / planned.replace(0.0, np.nan),
            "teams": every["team"].nunique(),
            "teams_mean": own.groupby("pi").mean(),
            "objectives": every.size(),
            "unscored": every.size() - every["actual_value"].count(),
        }
    )
    return (
        frame.rename_axis("pi")
        .reset_index()
        .sort_values(["ended_on", "pi"], kind="stable", ignore_index=True)
    )


def ended_objectives(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row an objective of the planning intervals that ``predictability`` counts.

    Index: its row in ``pi_objectives``.

    Columns
        pi, team, objective: key of the objective
        to: the interval's last day
        planned_value (points): as in ``pi_objectives``
        committed_value (points): planned_value of a committed objective, else 0
        actual_value (points): missing where nobody scored it
    """
    objectives = portfolio.pi_objectives
    ended = objectives["to"].isna() | objectives["to"].le(window.last_day)
    touching = objectives["to"].isna() | objectives["to"].ge(window.first_day)
    chosen = objectives[ended & touching]
    kept = chosen[["pi", "team", "objective", "to", "planned_value"]]
    committed = chosen["planned_value"].where(chosen["committed"], 0.0)
    return kept.assign(committed_value=committed, actual_value=chosen["actual_value"])


def _shares(counts: pd.Series) -> Floats:
    total = counts.sum()
    return counts.to_numpy(dtype=np.float64) / total if total else np.full(len(counts), np.nan)
