"""The move from PMO to VMO, as a reader has it: its tables in words."""

import pandas as pd
import pytest
from planted_value import axes, flagged

from vmo_helpers.findings import transition


def test_each_axis_says_what_it_rests_on_and_what_is_not_known_says_nothing() -> None:
    known = axes(0.44, 0.63).assign(
        title=["Governance → enablement", "Project → outcome tracking"],
        first=[0.65, float("nan")],
        second=[0.24, 0.63],
        first_is=["waiting without approvals", "metrics of outcome"],
        second_is=["quick decisions", "items that can be tested"],
        missing=[None, "metrics of outcome"],
    )
    shown = transition.stands(known)
    assert shown["stands_at"].tolist() == ["44 %", "63 %"]
    assert shown["rests_on"].tolist() == [
        "waiting without approvals 65 %; quick decisions 24 %",
        "items that can be tested 63 %",
    ]
    nothing = transition.stands(known.assign(value=float("nan"), first=float("nan"), second=float("nan")))
    assert nothing[["stands_at", "rests_on"]].isna().all(axis=None)


def test_before_and_after_bear_their_units() -> None:
    moved = pd.DataFrame(
        {
            "measure": ["lead time", "money for streams"],
            "unit": ["days", "share"],
            "before": [float("nan"), 0.37],
            "after": [204.0, 0.6],
            "change": [float("nan"), 0.23],
            "n_before": [21, 14],
            "n_after": [36, 24],
            "why": ["records begin later", None],
        }
    )
    shown = transition.compared(moved)
    assert shown["before"].isna().tolist() == [True, False]
    assert [shown.loc[0, "after"], shown.loc[1, "before"], shown.loc[1, "after"]] == [
        "204 days",
        "37 %",
        "60 %",
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "left", "said"),
    [
        (5, 1, 2, "5 of 6 flags to the board were confirmed, 1 was wrong; 2 are open"),
        (1, 5, 1, "1 of 6 flags to the board was confirmed, 5 were wrong; 1 is open"),
        (6, 0, 0, "6 of 6 flags to the board were confirmed, none were wrong"),
    ],
)
def test_flags_are_told_as_confirmed_wrong_and_open(right: int, wrong: int, left: int, said: str) -> None:
    assert flagged(right, wrong, right + wrong, left).sentence == said
