"""Parts that came after an item was begun, on a few rows."""

from __future__ import annotations

from vmo_helpers import forecasts
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import day_end, review_window


def row(
    name: str, created: str | None, parent: str | None = None, level: str = "feature"
) -> dict[str, object]:
    return {"item_id": name, "title": name, "level": level, "created_at": created, "parent_id": parent}


def test_parts_created_after_the_start_are_growth_at_any_depth() -> None:
    start = "2026-03-01"
    work = [row(name, "2026-01-01", level="epic") for name in "ABCD"]
    work += [
        row("A1", "2026-02-01", "A"),
        row("A2", None, "A"),
        row("A4", start, "A"),
        row("A3", "2026-03-02", "A"),
    ]
    work += [row("A31", "2026-04-01", "A3", "story"), row("B1", start, "B"), row("C1", "2026-05-01", "C")]
    work += [row("D1", "2026-05-01", "D"), row("A9", "2026-08-01", "A")]
    moves = [{"item_id": one, "to_state": "Build", "at": start} for one in "ABC"]
    made = portfolio_of(
        {"work_items": work, "states": [{"state": "Build", "class": "active"}], "transitions": moves},
        Settings(review_level="epic"),
    ).known_at(day_end("2026-06-30", "UTC"))
    items = flow.items(flow.read(made), review_window(day_end("2026-06-30", "UTC"), None, "UTC"))
    found = forecasts.scope_growth(made, items).set_index("item_id")
    # D is not begun; what is created after the day is not known
    assert found[["parts_at_start", "added_since"]].to_dict("index") == {
        "A": {"parts_at_start": 3, "added_since": 2},
        "B": {"parts_at_start": 1, "added_since": 0},
        "C": {"parts_at_start": 0, "added_since": 1},
    }
    # with under three parts at its start it was still to be cut into parts
    assert found["grown_share"].round(3).to_dict()["A"] == 0.667 and found["grown_share"].isna().sum() == 2
