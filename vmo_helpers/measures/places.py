"""What belongs to a place: a value stream, or a goal among the first three."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.lookup import among
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Inside

STREAM, GOAL = "value stream", "goal"
_GOALS = ("kr_id", "objective_id", "top_level_id", "top_three_id")


def belonging(
    portfolio: Portfolio,
    items: pd.DataFrame,
    links: pd.DataFrame,
    objectives: pd.DataFrame,
    held: pd.DataFrame,
) -> pd.DataFrame:
    """One row a place and a subject of findings that is its own, each once a place.

    ``items`` as ``flow.items`` returns them, ``links`` and the goals' ``objectives`` as ``okr.read`` has
    them, ``held`` as ``decisions.kept``. To a stream belong its items, their metrics and decisions, and the
    goals of which more than half of the linked items are its own. To a top goal belong what lies under it,
    and the items that serve it. Streams without an item are none, nor goals whose period is over.

    Columns
        place_id, place: key and name of the stream or objective
        kind: value stream or goal
        subject: the place itself, an item, metric, decision, objective or key result, by its id
    """
    served = links[links["stands"]]
    streams = items.dropna(subset=["value_stream_id"])[["value_stream_id", "item_id"]]
    of_stream = streams.set_axis(["place_id", "subject"], axis=1)
    of_goal = served[["top_three_id", "item_id"]].set_axis(["place_id", "subject"], axis=1).dropna()
    goals = objectives.set_index("objective_id")
    top = goals.index[goals["ranked"]]
    under = pd.concat(
        [
            served[["top_three_id", name]].set_axis(["place_id", "subject"], axis=1)
            for name in ("kr_id", "objective_id")
        ]
    ).dropna()
    stream_of = streams.set_index("item_id")["value_stream_id"]
    own = _owned(served.assign(place_id=served["item_id"].map(stream_of)))
    work = pd.concat([of_stream, of_goal])
    work = work[among(work["place_id"], of_stream["place_id"]) | among(work["place_id"], top)]
    every = pd.concat([work, own, under[among(under["place_id"], top)], *_more(portfolio, work, held)])
    itself = every[["place_id"]].drop_duplicates().assign(subject=lambda frame: frame["place_id"])
    names = items.drop_duplicates("value_stream_id").set_index("value_stream_id")["value_stream"]
    found = pd.concat([itself, every]).drop_duplicates(["place_id", "subject"], ignore_index=True)
    is_goal = pd.Series(among(found["place_id"], top), index=found.index)
    title = found["place_id"].map(goals["title"]).where(is_goal, found["place_id"].map(names))
    return pd.DataFrame(
        {
            "place_id": found["place_id"].astype("str"),
            "place": title.astype("str").fillna(found["place_id"]),
            "kind": is_goal.map({True: GOAL, False: STREAM}).astype("str"),
            "subject": found["subject"].astype("str"),
        }
    )


def _owned(served: pd.DataFrame) -> pd.DataFrame:
    """The goals of which more than half of the linked items are of one stream."""
    found = []
    for name in _GOALS:
        one = served.dropna(subset=[name]).drop_duplicates([name, "item_id"])
        share = one.groupby(name)["place_id"].value_counts(normalize=True, dropna=False)
        most = share[share > 0.5].reset_index().dropna()
        found.append(most[["place_id", name]].set_axis(["place_id", "subject"], axis=1))
    return pd.concat(found)


def _more(portfolio: Portfolio, work: pd.DataFrame, held: pd.DataFrame) -> list[pd.DataFrame]:
    """Metrics and decisions of each place, by its items."""
    benefits = portfolio.benefits[["item_id", "metric_id"]]
    metrics = pd.concat([benefits, portfolio.metrics[["item_id", "metric_id"]]]).dropna()
    asked = portfolio.decisions[["item_id", "decision_id"]].dropna()
    asked = asked[~among(asked["decision_id"], held["decision_id"])]
    placed = held[["place", "decision_id"]].dropna().set_axis(["place_id", "subject"], axis=1)
    by_item = [frame.set_axis(["item_id", "subject"], axis=1) for frame in (metrics, asked)]
    of = work.rename(columns={"subject": "item_id"})
    return [
        *(of.merge(frame, on="item_id")[["place_id", "subject"]] for frame in by_item),
        placed[among(placed["place_id"], work["place_id"])],
    ]


def counts(
    belonging: pd.DataFrame,
    items: pd.DataFrame,
    counted: pd.DataFrame,
    key_results: pd.DataFrame,
    statuses: pd.DataFrame,
) -> pd.DataFrame:
    """One row a place, with what its signs are counted against.

    Frames as ``belonging``, ``flow.items``, ``okr.read`` (what is counted, the goals' key results) and
    ``status.items`` return them.

    Columns
        place_id: key of the stream or objective
        tested, red (items): whose outcome has a test; of them those that are red inside
        goals (key results): its own
        spend, unaligned (portfolio's currency): of its features in progress in the window; of it that of
            items that serve no goal
        wip (items): in progress
        started, finished (items): begun in the window; of them finished
    """
    inside = statuses[["item_id", "inside"]]
    spent = counted[["item_id", "spend", "rung"]]
    one = (
        belonging[["place_id", "subject"]]
        .merge(items, left_on="subject", right_on="item_id", how="left")
        .merge(inside, on="item_id", how="left")
        .merge(spent, on="item_id", how="left")
    )
    result = belonging["subject"].isin(key_results["kr_id"]).to_numpy()
    begun = one["started_in_window"].eq(True)
    found = pd.DataFrame(
        {
            "place_id": one["place_id"],
            "tested": one["inside"].isin([Inside.RED, Inside.GREEN]),
            "red": one["inside"].eq(Inside.RED),
            "goals": result,
            "spend": one["spend"].fillna(0.0),
            "unaligned": one["spend"].where(one["rung"].eq(0)).fillna(0.0),
            "wip": one["age_days"].notna(),
            "started": begun,
            "finished": begun & one["finished_at"].notna(),
        }
    )
    return found.groupby("place_id", sort=True).sum().reset_index()
