"""Moves of one instant follow the chain that from_state tells."""

import itertools

import pandas as pd
import pytest

from vmo_helpers.measures import flow
from vmo_helpers.tables import portfolio_of

STATES = [
    {"state": "To Do", "class": "backlog"},
    {"state": "Doing", "class": "active"},
    {"state": "Review", "class": "wait"},
    {"state": "Done", "class": "done"},
]
WAY = [
    ("2026-03-01T09:00", "To Do", "Doing"),
    ("2026-03-11T10:17", "Doing", "Review"),
    ("2026-03-11T10:17", "Review", "Done"),
]


def ends(moves: list[tuple[str, str | None, str]]) -> list[str]:
    """The states that the item entered, in the order of the log."""
    tables = {
        "states": STATES,
        "work_items": [{"item_id": "E1", "title": "E", "level": "epic", "created_at": "2026-01-01"}],
        "transitions": [
            {"item_id": "E1", "at": at, "from_state": origin, "to_state": target}
            for at, origin, target in moves
        ],
    }
    made = portfolio_of(tables)
    return flow.read(made.known_at(pd.Timestamp("2026-04-30", tz="UTC"))).visits["state"].astype(str).tolist()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_whatever_the_order_of_the_rows_the_work_ends_where_it_ended(order: tuple[int, ...]) -> None:
    assert ends([WAY[k] for k in order]) == ["Doing", "Review", "Done"]


def test_there_and_back_begins_where_the_item_stood() -> None:
    back = [WAY[0], ("2026-03-05T10:00", "Review", "Doing"), ("2026-03-05T10:00", "Doing", "Review")]
    assert ends(back) == ["Doing", "Review", "Doing"]


def test_without_from_state_or_without_a_way_the_rows_hold() -> None:
    bare = [(at, None, target) for at, _, target in (WAY[2], WAY[1], WAY[0])]
    assert ends(bare) == ["Doing", "Done", "Review"]
    torn = [WAY[0], ("2026-03-11T10:17", "Review", "Done"), ("2026-03-11T10:17", "To Do", "Review")]
    assert ends([torn[0], torn[1], ("2026-03-11T10:17", "Doing", "Doing")]) == ["Doing", "Done", "Doing"]


def test_a_stated_sequence_wins() -> None:
    tables = {
        "states": STATES,
        "work_items": [{"item_id": "E1", "title": "E", "level": "epic", "created_at": "2026-01-01"}],
        "transitions": [
            {"item_id": "E1", "at": at, "seq": seq, "from_state": origin, "to_state": target}
            for seq, (at, origin, target) in enumerate([WAY[0], WAY[2], WAY[1]])
        ],
    }
    made = portfolio_of(tables)
    log = flow.read(made.known_at(pd.Timestamp("2026-04-30", tz="UTC")))
    assert log.visits["state"].astype(str).tolist() == ["Doing", "Done", "Review"]
