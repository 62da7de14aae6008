"""What is said of the order of waiting work beside the rules that others use."""

from __future__ import annotations

import pandas as pd
import pytest
from planted_ahead import late, promises

from vmo_helpers.findings import forecast
from vmo_helpers.forecasts.order import CD3, FIRST_COME, OURS, TIE
from vmo_helpers.vocabulary import Severity


def _said(by_cd3: float, beaten: float) -> str:
    rules = pd.DataFrame(
        {
            "rule": [OURS, FIRST_COME, CD3],
            "expected_cost": [100_000.0, 130_000.0, by_cd3],
            "beaten_chance": [float("nan"), 0.9, beaten],
            "tie": [False, False, TIE[0] <= beaten <= TIE[1]],
        }
    )
    return forecast.order(pd.DataFrame({"cost_of_delay_per_week": [1.0, 2.0]}), rules, "EUR").sentence


@pytest.mark.parametrize(
    ("by_cd3", "beaten", "words"),
    [
        (110_000.0, 0.66, "EUR 10 k less than by cost of delay ÷ length and EUR 30 k less"),
        (110_000.0, 0.5, "as much as by cost of delay ÷ length (a tie)"),
        (
            110_000.0,
            0.1,
            "EUR 10 k less than by cost of delay ÷ length (though cheaper in only 10 % of scenarios) and",
        ),
        (90_000.0, 0.1, "EUR 10 k more than by cost of delay ÷ length"),
    ],
)
def test_a_mean_that_few_scenarios_make_is_said_to_be_that(by_cd3: float, beaten: float, words: str) -> None:
    assert words in _said(by_cd3, beaten)


@pytest.mark.parametrize(
    ("whys", "said"),
    [(["no cost"] * 2, "no cost"), (["no cost", "no cost", "no date"], "no cost (2) and no date (1)")],
)
def test_what_cannot_be_put_in_order_says_why_and_how_many_of_each(whys: list[str], said: str) -> None:
    frame = pd.DataFrame({"why": whys}, index=pd.RangeIndex(2, len(whys) + 2))
    told = forecast.left_out(frame, "epic")
    assert told.sentence == f"{len(whys)} waiting epics cannot be put in order: {said}"


def test_without_a_day_for_all_two_streams_are_named_and_the_others_counted() -> None:
    names = ["Stores", "Web", "Vans", "Calm", "all"]
    frame = pd.DataFrame({"value_stream": names, "open_items": [2, 1, 1, 0, 4], "items_p85": float("nan")})
    frame = frame.assign(done_p85=pd.NaT)
    told = forecast.all_done(frame, "epic")
    assert told.sentence == (
        "When all 4 open epics are done cannot be said: Stores, Web and 1 more finished too little"
    )
    known = frame.assign(done_p85=pd.Timestamp("2027-05-04"), done_p85_days=185.0)
    assert forecast.all_done(known, "epic").sentence == (
        "All 4 open epics are done by 4 May 2027 at the earliest, 85 % sure"
    )


@pytest.mark.parametrize(
    ("kept", "of", "words"),
    [
        (0, 8, "none were kept"),
        (1, 8, "1 was kept (12 %)"),
        (7, 8, "7 were kept (88 %)"),
        (8, 8, "all were kept"),
    ],
)
def test_of_promises_the_share_stands_beside_the_count_where_some_were_kept_and_not_all(
    kept: int, of: int, words: str
) -> None:
    said = promises(kept, of).sentence
    assert said == f"Of {of} forecasts that earlier month ends would have given, {words}"


def test_without_late_work_the_count_of_it_is_zero() -> None:
    calm = late(99.9)
    assert (calm.value, calm.n) == (0, 1)
    assert calm.sentence == "None of 1 item in progress is later than the 100 days that are expected"


def test_without_finishes_the_one_item_in_progress_says_why_nothing_is_concluded() -> None:
    unknown = pd.DataFrame({"late": pd.array([None], dtype="boolean"), "why": ["nothing was finished"]})
    told = forecast.late_items(unknown)
    assert told.sentence == "No conclusion on lateness: nothing was finished"
    assert (told.severity, told.n) == (Severity.UNKNOWN, 1)
