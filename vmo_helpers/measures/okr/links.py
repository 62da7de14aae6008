"""Which goals an item serves: its own links, its ancestors' and its children's, as of the review's day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, micros
from vmo_helpers.measures.okr.goals import Goals
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.hierarchy import Positions, Tree
from vmo_helpers.vocabulary import GoalType, LinkOrigin

ORIGINS = (LinkOrigin.OWN, LinkOrigin.INHERITED, LinkOrigin.FROM_CHILD)  # the nearest claim first
_WORDS = pd.array([str(origin) for origin in ORIGINS], dtype="str")
_ABOVE = ("top_level_id", "top_three_id", "enterprise_id", "top_three", "holds")
RUNGS = (1, 2, 3)  # linked · to a key result under the top three · with an expected delta and a date


def stated_links(portfolio: Portfolio, goals: Goals) -> pd.DataFrame:
    """One row a link that stands as of the review: linked by then, not removed, and to a known goal.

    A filled ``goal`` of a work item is such a link, unless the links table names the same goal for the item.
    Where an objective and a key result share that id, the objective is meant. Of several links of one
    item to one goal the newest counts (none without linked_at).

    Columns are those of ``links``, and:

    - kr_id and objective_id, top_level_id, top_three_id, enterprise_id, top_three: of the goal;
    - holds: the objective's period holds the day; only such links count;
    - rung: 1 a goal, 2 a key result under the top three, 3 the same with expected_delta and due; 0 where the
      goal does not hold;
    - table and row: of the file.
    """
    as_of = portfolio.as_of
    links = portfolio.links
    standing = links[~(links["linked_at"] > as_of) & ~(links["removed_at"] <= as_of)]
    every = standing.assign(table="links", row=standing.index)
    tagged = _tagged(portfolio, goals)
    if len(tagged):
        every = pd.concat([every, tagged.assign(table="work_items", row=tagged.index)], ignore_index=True)
    return _newest(_resolved(every.reset_index(drop=True), goals))


def _newest(links: pd.DataFrame) -> pd.DataFrame:
    """Of the links of one item to one goal the one that was set last."""
    since = pd.Series(micros(links["linked_at"]), index=links.index)
    since = since.where(since.ne(NEVER), np.iinfo(np.int64).min)  # without a day it always stood: the oldest
    last = since.groupby([links["item_id"], links["goal"]]).transform("max")
    return links[since.eq(last)].reset_index(drop=True)


def _tagged(portfolio: Portfolio, goals: Goals) -> pd.DataFrame:
    """The links that the column ``goal`` of work items states and the links table does not."""
    work, links = portfolio.work_items, portfolio.links
    named = work.loc[work["goal"].notna(), ["item_id", "goal"]].rename(columns={"goal": "goal_id"})
    if not len(named):
        return named
    known = places(links["goal_id"], named["goal_id"].drop_duplicates())
    said = _pairs(places(links["item_id"], work["item_id"]), known)
    pairs = _pairs(
        places(named["item_id"], work["item_id"]),
        places(named["goal_id"], named["goal_id"].drop_duplicates()),
    )
    named = named[~np.isin(pairs, said[known >= 0])]
    objective = places(named["goal_id"], goals.objectives["objective_id"]) >= 0
    return named.assign(
        goal_type=np.where(objective, str(GoalType.OBJECTIVE), str(GoalType.KEY_RESULT))
    ).astype("str")


def _pairs(item: Positions, goal: Positions) -> Positions:
    return item * (1 << 32) + goal


def _resolved(links: pd.DataFrame, goals: Goals) -> pd.DataFrame:
    """Each link with the objective that it leads to; a link to a goal that no table knows is left out."""
    objectives, key_results = goals.objectives, goals.key_results
    to_key_result = links["goal_type"].eq(GoalType.KEY_RESULT).to_numpy()
    result = np.where(to_key_result, places(links["goal_id"], key_results["kr_id"]), -1)
    above = np.append(places(key_results["objective_id"], objectives["objective_id"]), -1)
    objective = np.where(to_key_result, above[result], places(links["goal_id"], objectives["objective_id"]))
    known = objective >= 0
    links, result, objective = links[known].reset_index(drop=True), result[known], objective[known]
    found = objectives[["objective_id", *_ABOVE]].take(objective).reset_index(drop=True)
    second = (result >= 0) & found["top_three"].to_numpy(dtype=bool)
    third = second & links["expected_delta"].notna().to_numpy() & links["due"].notna().to_numpy()
    return links.assign(
        kr_id=key_results["kr_id"].array.take(result, allow_fill=True),
        objective_id=found["objective_id"],
        **{name: found[name] for name in _ABOVE},
        rung=np.where(found["holds"], 1 + second.astype(np.int64) + third, 0),
        objective=objective,
        result=result,
        goal=np.where(result >= 0, result + len(objectives), objective),
    )


def item_links(items: pd.Series, stated: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    """One row an item and link that counts for it: its own, its ancestors', its descendants'.

    A sibling's never counts. Columns are those of ``stated``, and:

    - item_id: for whom it counts; item: its place in ``items``; holder_id: whose link it is;
    - origin: own, inherited or from_child; distance: steps between the two;
    - stands: True for one link of an item to a goal, the nearest, then the newest; only these share money and
      count as goals;
    - goal_rung: the highest rung of the item's links to that goal;
    - spend_share: what part of the item's money the goal gets; 0 where not ``stands``.
    """
    stated = stated[stated["holds"]]
    wanted = np.full(len(tree.names), -1, dtype=np.int64)
    at = tree.place(items)
    wanted[at] = np.arange(len(items))
    holder = tree.place(stated["item_id"])
    order = np.argsort(holder, kind="stable")
    order = order[holder[order] >= 0]
    count = np.bincount(holder[order], minlength=len(tree.names))
    first = np.concatenate([[0], np.cumsum(count)])

    down = (wanted[tree.own] >= 0) & (count[tree.above] > 0)
    up = (wanted[tree.above] >= 0) & (count[tree.own] > 0) & (tree.distance > 0)
    item = wanted[np.concatenate([tree.own[down], tree.above[up]])]
    source = np.concatenate([tree.above[down], tree.own[up]])
    distance = np.concatenate([tree.distance[down], tree.distance[up]])
    origin = np.concatenate([np.minimum(tree.distance[down], 1), np.full(int(up.sum()), 2)])

    times = count[source]
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    link = order[np.repeat(first[source], times) + within]
    item, source, distance, origin = (np.repeat(part, times) for part in (item, source, distance, origin))
    goal = stated["goal"].to_numpy()[link]
    since = micros(stated["linked_at"])
    age = -np.where(since == NEVER, 0, since)[link]
    # of links as near and as new as one another the strongest claim stands, then the first holder by name
    firmest, name = -stated["rung"].to_numpy()[link], tree.rank[source]
    sort = np.lexsort([name, firmest, age, distance, origin, goal, item])
    link, item, source, distance, origin, goal = (
        part[sort] for part in (link, item, source, distance, origin, goal)
    )
    stands = np.ones(len(item), dtype=bool)
    stands[1:] = (item[1:] != item[:-1]) | (goal[1:] != goal[:-1])

    found = stated.take(link).reset_index(drop=True)
    rung = found["rung"].to_numpy(dtype=np.int64)
    best = np.maximum.reduceat(rung, np.flatnonzero(stands)) if len(found) else rung
    share = np.zeros(len(found))
    share[stands] = effective_shares(
        item[stands], found["share"].to_numpy(dtype=np.float64)[stands], len(items)
    )
    names = pd.array(tree.names.array, dtype="str")
    return found.assign(
        item_id=names.take(at[item]),
        item=item,
        holder_id=names.take(source),
        origin=_WORDS.take(origin),
        distance=distance,
        stands=stands,
        goal_rung=best[np.cumsum(stands) - 1] if len(found) else best,
        spend_share=share,
    )


def distinct(numbers: Positions) -> Positions:
    """The different numbers in ascending order; sorting beats hashing where they come nearly sorted."""
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def effective_shares(item: Positions, stated: npt.NDArray[np.float64], items: int) -> npt.NDArray[np.float64]:
    """What part of its item's money each link gets: stated shares hold, empty ones divide the rest equally.

    Stated shares that sum to over 1 are scaled to 1 and leave nothing to the empty ones. Without empty ones a
    sum under 1 leaves the rest unaligned. ``item`` numbers each link's item from 0 to ``items`` − 1.
    """
    empty = np.isnan(stated)
    total = np.bincount(item, np.where(empty, 0.0, stated), minlength=items)
    open_links = np.bincount(item, empty, minlength=items)
    rest = np.maximum(1.0 - total, 0.0) / np.maximum(open_links, 1)
    return np.where(empty, rest[item], np.where(empty, 0.0, stated) / np.maximum(total, 1.0)[item])
