"""The way of each decision as a chart: it carries the measure's numbers, and late is more than a colour."""

import pandas as pd
import pytest

from vmo_helpers.charts import decisions

FRAME = pd.DataFrame(
    {
        "question": ["Go on?", "Stop </script> it?", "Fund it?", "Freeze it?"],
        "state": ["late", "carried_through", "under_way", "not_kept"],
        "decided_days": [21.0, 7.0, 30.0, 5.0],
        "end_days": [150.0, 11.0, 30.0, 9.0],
        "due_days": [130.0, 12.5, float("nan"), 9.0],
        "effect": ["moved", "no metric named", "not enough data", "no metric named"],
        "facts": [None, "no move and no spend since", None, "3 epics started there since"],
    }
)


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    spec = decisions.journeys(frame, alt="Two of three decisions were carried through").to_dict()
    found = next(rows for rows in spec["datasets"].values() if rows and "decided" in rows[0])
    return list(found)


def test_it_carries_the_days_of_each_decision() -> None:
    rows = _rows(FRAME)
    assert [row["decided"] for row in rows] == [21.0, 7.0, 30.0, 5.0]
    assert [row["end"] for row in rows] == [150.0, 11.0, 30.0, 9.0]
    assert rows[2]["due"] is None


def test_what_became_of_it_is_a_word_and_a_sign_beside_the_colour() -> None:
    rows = _rows(FRAME)
    assert [row["note"] for row in rows] == [
        "late by 20 days; metric moved",
        "done in 11 days",
        "under way",
        "done, and not kept",
    ]
    assert len({row["sign"] for row in rows}) == 3
    assert [row["tone"] for row in rows] == ["alarm", "plain", "plain", "alarm"]


def test_without_a_decision_it_says_so() -> None:
    spec = decisions.journeys(FRAME.head(0), alt="No decision was taken").to_dict()
    assert "no decision that was asked for has been taken" in str(spec)


def test_it_asks_for_its_columns_and_its_alt_text() -> None:
    with pytest.raises(ValueError, match="effect"):
        decisions.journeys(FRAME.drop(columns="effect"), alt="Two of three decisions were carried through")
    with pytest.raises(ValueError, match="alt"):
        decisions.journeys(FRAME, alt=" ")
