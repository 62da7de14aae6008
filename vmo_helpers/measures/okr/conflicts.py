"""Goals that one department keeps to itself, and goals that pull one metric both ways."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import codes, places
from vmo_helpers.measures.flow.arrays import texts
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.measures.okr.goals import Goals, day_of
from vmo_helpers.measures.okr.progress import wanted_direction
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import KeyResultType


def departments(portfolio: Portfolio) -> pd.Series:
    """The department of each team on the review's day.

    A team whose row has ended, or that states none, is not in it.
    """
    day, teams = day_of(portfolio), portfolio.teams
    current = teams[~teams["from"].gt(day) & ~teams["to"].lt(day) & teams["department"].notna()]
    newest = current.sort_values("from", kind="stable", na_position="first").drop_duplicates(
        "team", keep="last"
    )
    return newest.set_index("team")["department"]


def served_by(alignment: Alignment) -> pd.DataFrame:
    """One row a key result of the day that an item in progress serves: whose teams do the work.

    Columns
        kr_id, title, objective_id: the key result
        items (items): in progress, of any work type
        teams: of the items and of what lies under them
        departments: of those teams, as far as known
        department: its name where it is one alone
        unknown_teams: teams whose department is not known
        siloed: every team is of one department; missing when no team is named, or an unknown one could differ
    """
    items, links, tree = alignment.items, alignment.links, alignment.tree
    running = items["status"].eq(Status.IN_PROGRESS).to_numpy()
    links = links[links["stands"] & links["result"].ge(0) & running[links["item"]]]
    place = np.full(len(tree.names), -1, dtype=np.int64)
    place[tree.place(items["item_id"])] = np.arange(len(items))
    team, names = codes(alignment.portfolio.work_items["team"])
    pairs = (place[tree.above] >= 0) & (team[tree.own] >= 0)
    teams = pd.DataFrame({"item": place[tree.above[pairs]], "team": team[tree.own[pairs]]}).drop_duplicates()
    of_result = links[["result", "item"]].merge(teams, on="item").drop_duplicates(["result", "team"])
    every = alignment.goals.key_results["kr_id"].array
    of_result = pd.DataFrame(
        {
            "kr_id": every.take(of_result["result"].to_numpy()),
            "team": texts(of_result["team"].to_numpy(), names),
        }
    )
    of_result = of_result.assign(
        department=of_result["team"].map(departments(alignment.portfolio)).astype("str")
    )
    grouped = of_result.groupby("kr_id", sort=True)
    summary = grouped.agg(
        teams=("team", "size"), departments=("department", "nunique"), department=("department", "first")
    )
    summary = summary.assign(unknown_teams=of_result["department"].isna().groupby(of_result["kr_id"]).sum())
    results = alignment.goals.current_key_results
    served = np.bincount(links["result"], minlength=len(every))[
        places(results["kr_id"], alignment.goals.key_results["kr_id"])
    ]
    frame = (
        results.assign(items=served)
        .loc[served > 0, ["kr_id", "title", "objective_id", "items"]]
        .join(summary, on="kr_id")
    )
    for name in ("teams", "departments", "unknown_teams"):
        frame[name] = frame[name].fillna(0).astype("int64")
    told = frame["departments"].gt(1) | (frame["departments"].eq(1) & frame["unknown_teams"].eq(0))
    siloed = frame["departments"].eq(1).astype("boolean").mask(~told)
    return frame.assign(siloed=siloed, department=frame["department"].where(frame["departments"].eq(1)))


def conflicting(goals: Goals) -> pd.DataFrame:
    """One row a pair of key results of the day that want one metric to go both ways.

    Two conflict when one wants the metric to rise and the other wants it to fall. They also conflict when
    what one needs at the least lies above what the other allows at the most. Their periods overlap. A goal to
    hold a bound does not conflict with one to move within it.

    Columns
        metric_id: the metric
        kr_id, title, type: of the key result with the smaller id
        other_kr_id, other_title, other_type: of the other one
        because: in words
    """
    results = goals.current_key_results
    kind = results["type"]
    moving = kind.isin([KeyResultType.INCREASE, KeyResultType.DECREASE, KeyResultType.REACH])
    way = np.where(moving, wanted_direction(results), 0)
    rising, falling = way > 0, way < 0
    floor = (
        results["target"]
        .where(rising | kind.eq(KeyResultType.MAINTAIN_ABOVE))
        .mask(kind.eq(KeyResultType.RANGE), results["low"])
    )
    ceiling = (
        results["target"]
        .where(falling | kind.eq(KeyResultType.MAINTAIN_BELOW))
        .mask(kind.eq(KeyResultType.RANGE), results["high"])
    )
    side = results.assign(rising=rising, falling=falling, floor=floor, ceiling=ceiling)
    side = side[side["metric_id"].notna()]
    names = ["metric_id", "kr_id", "title", "type", "from", "to"]
    ups = side.loc[side["floor"].notna(), [*names, "rising", "floor"]]
    downs = side.loc[side["ceiling"].notna(), [*names, "falling", "ceiling"]]
    pairs = ups.merge(downs, on="metric_id", suffixes=("", "_other"))
    pairs = pairs[
        pairs["kr_id"].ne(pairs["kr_id_other"])
        & ~pairs["from"].gt(pairs["to_other"])  # an unknown begin is none that parts them
        & ~pairs["from_other"].gt(pairs["to"])
    ]
    opposite, apart = pairs["rising"] & pairs["falling"], pairs["floor"].gt(pairs["ceiling"])
    said = np.where(
        opposite,
        "one wants it to rise, the other to fall",
        "the least of the one lies above the most of the other",
    )
    pairs = pairs.assign(because=said)[opposite | apart]
    turned = pairs["kr_id"].gt(pairs["kr_id_other"])
    found = pairs[["metric_id", "because"]].astype({"because": "str"})
    for column in ("kr_id", "title", "type"):
        other = pairs[f"{column}_other"]
        found = found.assign(
            **{
                column: pairs[column].mask(turned, other),
                f"other_{column}": other.mask(turned, pairs[column]),
            }
        )
    kept = ["metric_id", "kr_id", "title", "type", "other_kr_id", "other_title", "other_type", "because"]
    return found[kept].sort_values(["kr_id", "other_kr_id"], kind="stable", ignore_index=True)
