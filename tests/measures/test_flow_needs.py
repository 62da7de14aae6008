"""What work in progress needs that is not finished, on a few rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers import findings
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import day_end, review_window

STATES = [
    {"state": state, "class": kind}
    for state, kind in (("Idea", "backlog"), ("Build", "active"), ("Done", "done"), ("Gone", "cancelled"))
]
STANDS = {"A": "Build", "B": "Build", "C": "Done", "D": "Idea", "E": "Gone", "F": "Idea"}


def needed(
    *pairs: tuple[str, str], as_of: str = "2026-06-30"
) -> tuple[Portfolio, pd.DataFrame, pd.DataFrame]:
    """Epics in their states since 1 March, and a feature of A and of D, started on 1 April."""
    work: list[dict[str, Any]] = [{"item_id": one, "title": f"Epic {one}", "level": "epic"} for one in STANDS]
    work += [
        {"item_id": f"{epic}1", "title": "part", "level": "feature", "parent_id": epic} for epic in ("A", "D")
    ]
    work = [{**row, "created_at": "2026-01-01"} for row in work]
    moves = [{"item_id": one, "to_state": to, "at": "2026-03-01"} for one, to in STANDS.items()]
    moves += [{"item_id": one, "to_state": "Build", "at": "2026-04-01"} for one in ("A1", "D1")]
    needs = [{"item_id": one, "needs_item_id": need} for one, need in pairs]
    tables = {"work_items": work, "states": STATES, "transitions": moves, "dependencies": needs}
    whole = portfolio_of(tables, Settings(review_level="epic"))
    end = day_end(as_of, "UTC")
    made = whole.known_at(end)
    items = flow.items(flow.read(made), review_window(end, None, "UTC"))
    return made, items, flow.unfinished_needs(made, items)


def test_what_is_finished_binds_nobody_and_what_is_not_begun_may_wait() -> None:
    _, _, found = needed(("A", "B"), ("A", "C"), ("A", "D"), ("B", "E"), ("F", "A"), ("C", "D"))
    assert found[["item_id", "needs_item_id", "needs_status"]].to_numpy().tolist() == [
        ["A", "B", "in progress"],
        ["A", "D", "not begun"],
        ["B", "E", "cancelled"],
    ]
    assert found["needs_title"].tolist() == ["Epic B", "Epic D", "Epic E"]
    _, _, back = needed(("B", "A"))  # the first of the items is one as any other
    assert back[["item_id", "needs_item_id", "needs_status"]].to_numpy().tolist() == [
        ["B", "A", "in progress"]
    ]


def test_the_needs_of_parts_count_for_the_whole_once_and_parts_are_no_needs() -> None:
    _, _, found = needed(("A1", "D1"), ("A", "D"), ("A", "A1"))
    assert found[["item_id", "needs_item_id"]].to_numpy().tolist() == [["A", "D"]]


def test_as_of_a_day_before_the_need_was_finished_it_is_open() -> None:
    _, items, found = needed(("A", "C"), as_of="2026-02-28")
    assert items["age_days"].isna().all() and found.empty


def test_the_finding_counts_items_and_names_what_nobody_is_at() -> None:
    made, items, found = needed(("A", "B"), ("A", "D"), ("B", "E"))
    whole, first, second = findings.flow.unfinished_needs(found, items, made, "epic")
    assert whole.sentence == (
        "2 of 2 epics in progress need work that is not finished, 2 of them work that nobody is at"
    )
    assert str(whole.severity) == "warning" and (first.subject, second.subject) == ("A", "B")
    assert first.sentence == "Epic A needs “Epic B” and 1 more, which is in progress"
    made, items, found = needed(("A", "C"))
    (calm,) = findings.flow.unfinished_needs(found, items, made, "epic")
    assert str(calm.severity) == "good" and calm.sentence.startswith("No epic in progress needs work")
    made, items, found = needed()
    (unknown,) = findings.flow.unfinished_needs(found, items, made, "epic")
    assert str(unknown.severity) == "unknown" and "no dependencies are on record" in unknown.sentence
