"""The two tables of alignment that a review keeps."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.measures.okr.moved import moved_items
from vmo_helpers.vocabulary import Moved, Verdict


def items_table(alignment: Alignment) -> pd.DataFrame:
    """One row an item of the review level in progress or delivered: ``okr_alignment/items.csv``.

    The denominator comes first (excluded_because empty), firmest first; then those that stand apart with the
    reason.

    Columns
        item_id, title: key and title of the item
        level: L0–L3; L4 for a delivered one that moved its key result
        top_three: it has a link of any kind under rank 1–3
        origin: own, inherited or from_child, of the nearest link of that level
        objectives, key_results: ids of what it serves, joined by ";"
        planned_cost (portfolio's currency): as in ``work_items``
        spend (portfolio's currency): its own and its descendants', in the window
        wip_days (days): in progress inside the window
        linked_spend_share (share 0–1): of its spend, to any goal
        top_three_spend_share (share 0–1): of its spend, to goals under rank 1–3
        key_result_spend_share (share 0–1): of its spend, to goals reached at L2 or firmer
        contribution_spend_share (share 0–1): of its spend, to goals reached at L3
        value_stream, team, work_type: whose it is, and of what kind
        status: backlog, in_progress, finished or cancelled
        started_at: first entry into active or wait
        delivered_on: delivered_at, else the finish
        moved: moved, not_moved or unknown, of a delivered feature
        excluded_because: why it is not in the denominator
    """
    moved = moved_items(alignment).set_index("item_id")["moved"]
    items = alignment.items
    items = items[
        items["counted"] | items["excluded_because"].str.startswith("work type").eq(True) | items["delivered"]
    ]
    found = items.assign(moved=items["item_id"].map(moved).astype("str"))
    found = found.assign(level=found["level"].mask(found["moved"].eq(Moved.MOVED) & ~found["counted"], "L4"))
    order = {"counted": False, "rung": False, "top_three": False, "spend": False, "item_id": True}
    return found.sort_values(list(order), ascending=list(order.values()), kind="stable")[
        [
            "item_id",
            "title",
            "level",
            "top_three",
            "origin",
            "objectives",
            "key_results",
            "planned_cost",
            "spend",
            "wip_days",
            "linked_spend_share",
            "top_three_spend_share",
            "key_result_spend_share",
            "contribution_spend_share",
            "value_stream",
            "team",
            "work_type",
            "status",
            "started_at",
            "delivered_on",
            "moved",
            "excluded_because",
        ]
    ]


def key_results_table(key_results: pd.DataFrame) -> pd.DataFrame:
    """One row a key result of the day, the worst verdict first: ``okr_alignment/key_results.csv``.

    What each column is: ``key_results``.

    Columns
        kr_id, objective_id, title, objective_title, type, commitment: the key result and its objective
        baseline, target, low, high, value (metric's unit): its bounds and its newest value
        progress, expected: where it stands, and where it should
        projected, projected_low, projected_high: where it will end, as progress
        needed, verdict: what is asked for, and what is said
        confidence, reported, last_checkin: of its check-ins
        stale: overdue by more than its grace
        overdue_days (days): since the next value was due
        time_gone_share (share 0–1): of its period
        values_in_period: how many the projection rests on
        not_measured_because: in words
        weight, top_three, from, to: as in ``key_results``
    """
    words = [str(word) for word in Verdict]
    order = pd.Categorical(key_results["verdict"], words).codes
    names = [
        "kr_id",
        "objective_id",
        "title",
        "objective_title",
        "type",
        "commitment",
        "baseline",
        "target",
        "low",
        "high",
        "value",
        "progress",
        "expected",
        "projected",
        "projected_low",
        "projected_high",
        "needed",
        "verdict",
        "confidence",
        "reported",
        "last_checkin",
        "stale",
        "overdue_days",
        "time_gone_share",
        "values_in_period",
        "not_measured_because",
        "weight",
        "top_three",
        "from",
        "to",
    ]
    return key_results.assign(order=order).sort_values(["order", "objective_id", "kr_id"], kind="stable")[
        names
    ]
