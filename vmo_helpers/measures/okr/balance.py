"""Intent beside money and work: which goals starve, what teams pull, how many goals there really are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import codes, places
from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.measures.okr.links import ORIGINS, distinct
from vmo_helpers.portfolio.hierarchy import Positions
from vmo_helpers.vocabulary import WorkType

_ORIGINS = pd.Series([str(origin) for origin in ORIGINS], dtype="str")


def compared_goals(alignment: Alignment) -> pd.DataFrame:
    """One row a goal that intent is spread over: objective_id, title, rank, weight, intent_share.

    The share is its weight ÷ Σ weights. Compared are the highest objectives that hold the day and bear a
    weight. Where none bears one, they are the highest that hold the day, and intent is unknown. A goal below
    a weighted one is part of it. A goal without a weight is listed beside them when nothing above or below it
    bears one: its intent is unknown.
    """
    found, tree = alignment.goals, alignment.goals.tree
    holds = found.objectives["holds"].to_numpy(dtype=bool)
    weighted = holds & found.objectives["weight"].notna().to_numpy()
    above = tree.distance > 0
    under_weighted = np.zeros(len(holds), dtype=bool)
    under_weighted[tree.own[above & weighted[tree.above]]] = True
    over_weighted = np.zeros(len(holds), dtype=bool)
    over_weighted[tree.above[above & weighted[tree.own]]] = True
    under_any = np.zeros(len(holds), dtype=bool)
    under_any[tree.own[above & holds[tree.above]]] = True
    kept = (weighted & ~under_weighted) | (holds & ~weighted & ~under_weighted & ~over_weighted & ~under_any)
    goals = found.objectives.loc[kept, ["objective_id", "title", "rank", "weight"]]
    total = goals["weight"].sum()
    share = goals["weight"] / total if total > 0 else goals["weight"] * np.nan
    return goals.assign(intent_share=share).sort_values(["rank", "objective_id"], kind="stable")


def goal_of(alignment: Alignment, goals: pd.DataFrame) -> Positions:
    """For each objective the place in ``goals`` of the nearest of them at or above it; −1 for none."""
    tree = alignment.goals.tree
    place = np.full(len(tree.names), -1, dtype=np.int64)
    place[tree.place(goals["objective_id"])] = np.arange(len(goals))
    reached = tree.reached(place >= 0)
    return np.where(reached >= 0, place[reached], -1)


def starvation(alignment: Alignment) -> pd.DataFrame:
    """One row a compared goal: its intent beside its share of spend and of work in progress.

    Index: 0 … by rank. Shares are of all that the ladder counts, so what serves no goal starves every goal.
    Spend is actual, in the window; items' is split by links.share, streams' alone counts as far as a budget
    binds it. Unknown (NaN) where there is nothing to share.

    Columns
        objective_id, title: key and title of the goal
        rank, weight: as in ``objectives``
        intent_share (share 0–1): weight ÷ Σ weights
        spend (portfolio's currency): that goes to it
        spend_share (share 0–1): of the spend that the ladder counts
        items (items): whole items that serve it
        wip_share (share 0–1): of the items in progress, split by the links' shares
        spend_gap, wip_gap (share, of either sign): intent − share; over 0 the goal starves
    """
    goals = compared_goals(alignment).reset_index(drop=True)
    links, n = alignment.counted_links, len(alignment.counted)
    goal = goal_of(alignment, goals)
    place, at = goal[links["objective"]], links["item"].to_numpy()
    some = place >= 0
    share = links["spend_share"].to_numpy()
    spend = alignment.items["spend_once"].fillna(0.0).to_numpy()
    money = np.bincount(place[some], (share * spend[at])[some], minlength=len(goals))
    bound = goal[alignment.goals.tree.place(alignment.bound["objective_id"])]
    money = money + np.bincount(
        bound[bound >= 0], alignment.bound["aligned"].to_numpy()[bound >= 0], minlength=len(goals)
    )
    total = float(alignment.counted["spend_once"].sum()) + float(alignment.bound["aligned"].sum())
    served = distinct(place[some] * len(alignment.items) + at[some]) // max(len(alignment.items), 1)
    wip = np.bincount(place[some], share[some], minlength=len(goals))
    linked = "linked" not in alignment.missing
    spend_share = money / total if total > 0 and linked else np.full(len(goals), np.nan)
    wip_share = wip / n if n and linked else np.full(len(goals), np.nan)
    return goals.assign(
        spend=money,
        spend_share=spend_share,
        items=np.bincount(served, minlength=len(goals)),
        wip_share=wip_share,
        spend_gap=goals["intent_share"] - spend_share,
        wip_gap=goals["intent_share"] - wip_share,
    )


def pulled_against_wanted(alignment: Alignment) -> pd.DataFrame:
    """One row a team and compared goal, and one a team without a goal: what it started, and what is wanted.

    Columns
        team: its name; empty where none is named
        objective_id, title: key and title of the goal; empty and "no goal" for work that serves none of them
        wanted_share (share 0–1): the goal's intent; NaN for no goal
        started (items): in the window, split by the links' shares
        n (items): features that the team started in the window, whatever became of them
        started_share (share 0–1): of the team's
        gap (share, of either sign): started − wanted
    """
    goals = compared_goals(alignment).reset_index(drop=True)
    items = alignment.items
    started = (
        alignment.window.holds(items["started_at"]) & items["work_type"].eq(WorkType.FEATURE)
    ).to_numpy()
    team, names = codes(items["team"].fillna("").where(started))
    alphabetic = np.argsort(np.array(names, dtype=str), kind="stable")
    teams = [names[place] for place in alphabetic]
    team = np.where(team >= 0, np.argsort(alphabetic, kind="stable")[team], -1) if names else team
    links = alignment.links[started[alignment.links["item"]] & alignment.links["stands"]]
    place = goal_of(alignment, goals)[links["objective"]]
    some = place >= 0
    columns = len(goals) + 1
    goal_share = links["spend_share"].to_numpy()[some]
    cells = np.bincount(
        team[links["item"]][some] * columns + place[some], goal_share, minlength=len(teams) * columns
    )
    table = cells.reshape(len(teams), columns)
    n = np.bincount(team[started], minlength=len(teams))
    table[:, -1] = np.clip(n - table.sum(axis=1), 0.0, None)
    table[:, -1][table[:, -1] < 1e-9] = 0.0
    frame = pd.DataFrame(
        {
            "team": pd.array(np.repeat(teams, columns), dtype="str"),
            "objective_id": pd.array(np.tile([*goals["objective_id"], ""], len(teams)), dtype="str"),
            "title": pd.array(np.tile([*goals["title"], "no goal"], len(teams)), dtype="str"),
            "wanted_share": np.tile([*goals["intent_share"], np.nan], len(teams)),
            "started": table.ravel(),
            "n": np.repeat(n, columns),
        }
    )
    share = frame["started"] / frame["n"]
    return frame.assign(started_share=share, gap=share - frame["wanted_share"])


def goal_spread(alignment: Alignment) -> pd.DataFrame:
    """One row a top-level objective that holds the day, most links first.

    Columns
        objective_id, title: key and title of the goal
        links: of the denominator's items, to it or to anything under it
        link_share (share 0–1): of all of them
    """
    current = alignment.goals.current
    tops = current[current["top_level_id"].eq(current["objective_id"])]
    links = alignment.counted_links
    top = places(links.loc[links["stands"], "top_level_id"], tops["objective_id"])
    count = np.bincount(top, minlength=len(tops))
    total = count.sum()
    return pd.DataFrame(
        {
            "objective_id": tops["objective_id"].array,
            "title": tops["title"].array,
            "links": count.astype(np.int64),
            "link_share": count / total if total > 0 else np.full(len(tops), np.nan),
        }
    ).sort_values(["links", "objective_id"], ascending=[False, True], kind="stable", ignore_index=True)


def effective_goals(spread: pd.DataFrame) -> float:
    """1 ÷ Σp² with p the share of links per top-level objective.

    It is 1 when all goes to one, and their number when all get the same.
    """
    share = spread["link_share"].to_numpy(dtype=np.float64)
    return float(1.0 / np.square(share).sum()) if len(share) and not np.isnan(share).any() else float("nan")


def item_goals(alignment: Alignment, most: int = 40) -> pd.DataFrame:
    """One row an item of the denominator and top-level objective that it serves: the matrix.

    At most ``most`` items stand alone. The others stand together as one row a goal: their item_id is empty,
    their title "and 360 more", their spend_share the mean over them.

    Columns
        item_id, title: key and title of the item
        order: 0 is the costliest
        objective_id, goal: key and title of the goal
        goal_order: 0 is the one with most links
        spend_share (share 0–1): of the item's money
        rung: the highest of its links to that goal, 1–3
        origin: own, inherited or from_child, of the nearest link
        key_results: how many of the goal it serves
    """
    links = alignment.counted_links
    links = links[links["stands"]]
    items = alignment.items.reset_index(drop=True)
    items = items[items["counted"] & items["rung"].gt(0)]
    items = items.sort_values(
        ["spend", "planned_cost", "item_id"], ascending=[False, False, True], kind="stable"
    )
    rank = np.zeros(len(alignment.items), dtype=np.int64)
    rank[items.index] = np.arange(len(items))
    order = rank[links["item"]]
    rest = max(len(items) - most, 0)
    shown = np.minimum(order, most) if rest else order
    spread = goal_spread(alignment)
    goal = places(links["top_level_id"], spread["objective_id"])
    cells = (
        pd.DataFrame(
            {
                "order": shown,
                "goal_order": goal,
                "spend_share": links["spend_share"].array,
                "rung": links["goal_rung"].array,
                "origin": places(links["origin"], _ORIGINS),
                "key_results": links["result"].ge(0).array,
            }
        )
        .groupby(["order", "goal_order"], sort=True, as_index=False)
        .agg(
            spend_share=("spend_share", "sum"),
            rung=("rung", "max"),
            origin=("origin", "min"),
            key_results=("key_results", "sum"),
        )
    )
    single = cells["order"].lt(most) if rest else pd.Series(True, index=cells.index)
    names = pd.array([*items["item_id"].head(most), *([""] if rest else [])], dtype="str")
    titles = pd.array([*items["title"].head(most), *([f"and {rest:,} more"] if rest else [])], dtype="str")
    return pd.DataFrame(
        {
            "item_id": names.take(cells["order"].to_numpy()),
            "title": titles.take(cells["order"].to_numpy()),
            "order": cells["order"],
            "objective_id": spread["objective_id"].array.take(cells["goal_order"].to_numpy()),
            "goal": spread["title"].array.take(cells["goal_order"].to_numpy()),
            "goal_order": cells["goal_order"],
            "spend_share": cells["spend_share"].where(single, cells["spend_share"] / max(rest, 1)),
            "rung": cells["rung"],
            "origin": _ORIGINS.array.take(cells["origin"].to_numpy()),
            "key_results": cells["key_results"],
        }
    )
