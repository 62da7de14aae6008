"""Line of sight and its gaps: work without goals, goals without work, and where the money went."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.measures.okr.links import distinct
from vmo_helpers.vocabulary import GoalType

STEPS = ("key result", "objective", "enterprise objective", "whole line")


def line_of_sight(alignment: Alignment) -> pd.DataFrame:
    """One row an item of the denominator and goal that it serves; an item without a link has one row.

    Columns
        item_id, title: key and title of the item
        origin: own, inherited or from_child; missing without a link
        kr_id, objective_id, enterprise_id: the way up, as far as it goes
        key_result, objective, enterprise_objective: their titles
        broken_at: goal, key result (linked to an objective at once) or enterprise objective; missing for a
            whole line
    """
    items, links = alignment.counted, alignment.counted_links
    links = links[links["stands"]]
    orphans = items.loc[items["rung"].eq(0), ["item_id", "title"]]
    titles = alignment.items["title"].array.take(links["item"].to_numpy())
    names = ["item_id", "title", "origin", "kr_id", "objective_id", "enterprise_id"]
    paths = pd.concat([links.assign(title=titles), orphans], ignore_index=True)[names]
    paths = paths.sort_values("item_id", kind="stable", ignore_index=True)
    objectives, results = alignment.goals.objectives, alignment.goals.key_results
    broken = np.select(
        [paths["objective_id"].isna(), paths["enterprise_id"].isna(), paths["kr_id"].isna()],
        ["goal", STEPS[2], STEPS[0]],
        default="",
    )
    return paths.assign(
        key_result=_title(paths["kr_id"], results["kr_id"], results["title"]),
        objective=_title(paths["objective_id"], objectives["objective_id"], objectives["title"]),
        enterprise_objective=_title(paths["enterprise_id"], objectives["objective_id"], objectives["title"]),
        broken_at=pd.Series(broken, index=paths.index, dtype="str").replace("", None),
    )


def _title(ids: pd.Series, keys: pd.Series, titles: pd.Series) -> pd.api.extensions.ExtensionArray:
    found: pd.api.extensions.ExtensionArray = pd.array(titles.array, dtype="str").take(
        places(ids, keys), allow_fill=True
    )
    return found


def coverage(alignment: Alignment) -> pd.DataFrame:
    """One row a step of the line of sight.

    "Whole line" is one link through a key result up to an enterprise objective. Money is split by the links'
    shares, planned cost is not. NaN where the links are not known or there is nothing to share.

    Columns
        step: its name
        items (items): of the denominator with a link that reaches it
        share (share 0–1): of the items
        spend_share (share 0–1): of their actual spend in the window
        planned_cost_share (share 0–1): of their planned cost
    """
    items, links = alignment.counted, alignment.counted_links
    place = (np.cumsum(alignment.items["counted"].to_numpy()) - 1)[links["item"]]
    result, top = links["result"].ge(0).to_numpy(), links["enterprise_id"].notna().to_numpy()
    spend, cost = items["spend_once"].fillna(0.0).to_numpy(), items["planned_cost"].fillna(0.0).to_numpy()
    rows = []
    for step, reaches in zip(
        STEPS, (result, np.ones(len(links), dtype=bool), top, result & top), strict=True
    ):
        some = np.bincount(place[reaches], minlength=len(items)) > 0
        part = np.bincount(place[reaches], links["spend_share"].to_numpy()[reaches], minlength=len(items))
        rows.append(
            {
                "step": step,
                "items": int(some.sum()),
                "share": _share(alignment, some.sum(), len(items)),
                "spend_share": _share(alignment, (spend * part).sum(), spend.sum()),
                "planned_cost_share": _share(alignment, cost[some].sum(), cost.sum()),
            }
        )
    return pd.DataFrame(rows)


def _share(alignment: Alignment, part: float, total: float) -> float:
    return float("nan") if "linked" in alignment.missing or total <= 0 else float(part / total)


def orphan_items(alignment: Alignment) -> pd.DataFrame:
    """One row an item of the denominator that leaves its money, or part of it, to no goal, costliest first.

    Columns
        item_id, title: key and title of the item
        value_stream, team: whose it is
        planned_cost (portfolio's currency): as in ``work_items``
        spend (portfolio's currency): its own and its descendants', in the window
        unaligned_spend (portfolio's currency): what no link takes
        orphan: it has no link at all
    """
    items = alignment.counted
    unaligned = items["spend_once"] * (1.0 - items["linked_spend_share"])
    found = items.assign(
        unaligned_spend=unaligned.where(unaligned.gt(1e-6), 0.0).where(items["spend"].notna()),
        orphan=items["rung"].eq(0),
    )
    kept = ["item_id", "title", "value_stream", "team", "planned_cost", "spend", "unaligned_spend", "orphan"]
    found = found.loc[found["orphan"] | found["unaligned_spend"].gt(0), kept]
    return found.sort_values(
        ["unaligned_spend", "planned_cost", "item_id"], ascending=[False, False, True], kind="stable"
    )


def goal_work(alignment: Alignment) -> pd.DataFrame:
    """One row an objective and one a key result of the day: the work on it.

    Index: its row in ``objectives`` or ``key_results``. An objective is served through anything under it,
    too.

    Columns
        goal_type: objective or key_result
        goal_id, title: key and title of the goal
        objective_id: itself, or the key result's objective
        rank, weight: of an objective; missing for a key result
        items (items): of the denominator that serve it
        other_items (items): in progress, of another work type
        finished_items (items): finished or delivered in the window
        without_work: no item in progress of any work type serves it
    """
    items, links, found = alignment.items, alignment.links, alignment.goals
    links = links[links["stands"]]
    place = links["item"].to_numpy()
    in_progress = items["status"].eq(Status.IN_PROGRESS).to_numpy()
    done = (items["delivered"] | alignment.window.holds(items["finished_at"])).to_numpy() & ~in_progress
    kinds = {
        "items": items["counted"].to_numpy(),
        "other_items": in_progress & ~items["counted"].to_numpy(),
        "finished_items": done,
    }
    objectives, results = found.current, found.current_key_results
    objective = links["objective"].to_numpy()
    result = places(links["kr_id"], results["kr_id"])
    order = np.argsort(found.tree.own, kind="stable")
    count = np.bincount(found.tree.own, minlength=len(found.tree.names))
    first = np.cumsum(count) - count
    times = count[objective]
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    above = found.tree.above[order][np.repeat(first[objective], times) + within]
    repeated = np.repeat(place, times)
    at = found.tree.place(objectives["objective_id"])
    size = len(found.tree.names)
    by_objective = {
        name: _distinct(above[flag[repeated]], repeated[flag[repeated]], size)[at]
        for name, flag in kinds.items()
    }
    some = result >= 0
    by_result = {
        name: _distinct(result[some & flag[place]], place[some & flag[place]], len(results))
        for name, flag in kinds.items()
    }
    shared = ["objective_id", "title"]
    frame = pd.concat(
        [
            objectives[[*shared, "rank", "weight"]].assign(
                goal_type=str(GoalType.OBJECTIVE), goal_id=objectives["objective_id"], **by_objective
            ),
            results[shared].assign(
                goal_type=str(GoalType.KEY_RESULT),
                goal_id=results["kr_id"],
                rank=np.nan,
                weight=np.nan,
                **by_result,
            ),
        ]
    )
    names = ["goal_type", "goal_id", "title", "objective_id", "rank", "weight", *kinds]
    return frame[names].assign(without_work=frame["items"].eq(0) & frame["other_items"].eq(0))


def _distinct(group: np.ndarray, item: np.ndarray, groups: int) -> np.ndarray:
    """How many different items each group has."""
    size = int(item.max(initial=0)) + 1
    return np.bincount(distinct(group * size + item) // size, minlength=groups)


def money(alignment: Alignment) -> pd.DataFrame:
    """One row a use of the window's actual spend. The amounts add up to all spend.

    Judged is what the ladder by spend counts: the spend of the denominator's items on top-three goals, other
    goals and no goal. Stream money that a budget binds to a key result is judged, too. Apart, and said, are
    other work types in progress and items not in progress. So are what is booked on no item of the review
    level, and stream money that cannot be traced.

    Columns
        part: its key
        title: in words
        amount (portfolio's currency): spent in the window
        items (items): that spent it; 0 for stream money
        judged: the ladder by spend counts it
        share (share 0–1): of all spend
    """
    items, streams = alignment.items, alignment.streams
    spend = items["spend_once"].fillna(0.0)
    counted, running = items["counted"], items["status"].eq(Status.IN_PROGRESS)
    top, linked = spend * items["top_three_spend_share"], spend * items["linked_spend_share"]
    apart = running & ~counted
    rows = [
        ("top_three", "top-three goals", top[counted].sum(), (counted & top.ne(0)).sum(), True),
        (
            "other_goal",
            "other goals",
            (linked - top)[counted].sum(),
            (counted & (linked - top).abs().gt(1e-9)).sum(),
            True,
        ),
        (
            "no_goal",
            "no goal",
            (spend - linked)[counted].sum(),
            (counted & (spend - linked).abs().gt(1e-9)).sum(),
            True,
        ),
        ("stream_bound", "stream budgets bound to a key result", streams["aligned"].sum(), 0, True),
        (
            "other_work",
            "enablers, defects, run and other work apart",
            spend[apart].sum(),
            (apart & spend.ne(0)).sum(),
            False,
        ),
        (
            "not_in_progress",
            "items no longer or not yet in progress",
            spend[~running].sum(),
            (~running & spend.ne(0)).sum(),
            False,
        ),
        ("not_traceable", "booked on a stream, not traceable", streams["not_traceable"].sum(), 0, False),
    ]
    total = alignment.total_spend
    rest = total - sum(float(row[2]) for row in rows)
    rest = 0.0 if abs(rest) < 1e-6 * max(abs(total), 1.0) else rest  # what is left of rounding is no booking
    rows.append(("elsewhere", "booked on no item of the review level", rest, 0, False))
    frame = pd.DataFrame(rows, columns=["part", "title", "amount", "items", "judged"])
    return frame.assign(
        amount=frame["amount"].astype("float64"), share=frame["amount"] / total if total > 0 else np.nan
    )
