"""Stages of a portfolio whose test queue slows down, against the same without, and against the engine
itself."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vmo_helpers import findings, forecasts
from vmo_helpers.forecasts import bottleneck
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import day_end, review_window

FIRST = dt.datetime(2023, 1, 2)
STATES = [
    {"state": "Idea", "class": "backlog", "position": 1},
    {"state": "Build", "class": "active", "position": 2},
    {"state": "Fix", "class": "active", "position": 3, "portfolio_stage": "implementing"},
    {"state": "Test", "class": "wait", "position": 4, "portfolio_stage": "implementing"},
    {"state": "Done", "class": "done", "position": 5},
]


@cache
def lives(slow_from: float = 1e3, per_week: float = 3.0) -> pd.DataFrame:
    """Items by week: created, into Build, into Fix, into Test, into Done; in Test all takes three times as
    long from a week on."""
    rng = np.random.default_rng(4)
    start = np.sort(rng.uniform(0, 182, rng.poisson(per_week * 182)))
    build, fix, test = (rng.gamma(3, mean / 3, len(start)) for mean in (2.0, 0.5, 3.0))
    at = start + build + fix
    done = at + test
    late = done > slow_from
    done = np.where(late, np.maximum(at, slow_from) + 3 * (done - np.maximum(at, slow_from)), done)
    return pd.DataFrame({"start": start, "fix": start + build, "test": at, "done": done})


def told(day: str, *, slow_from: float = 1e3, streams: int = 1, per_week: float = 3.0) -> Any:
    known = lives(slow_from, per_week)
    moment = [(FIRST + week * dt.timedelta(weeks=1) for week in known[name]) for name in known]
    work, moves = [], []
    for n, times in enumerate(zip(*moment, strict=True)):
        item = f"E{n}"
        work.append(
            {
                "item_id": item,
                "title": item,
                "level": "epic",
                "created_at": (times[0] - dt.timedelta(days=3)).isoformat(),
                "value_stream_id": f"V{n % streams}",
            }
        )
        moves += [
            {"item_id": item, "to_state": state, "at": at.isoformat(timespec="microseconds")}
            for state, at in zip(("Build", "Fix", "Test", "Done"), times, strict=True)
        ]
    streams_table = [{"value_stream_id": f"V{n}", "name": f"Stream {n}"} for n in range(streams)]
    rows = {"work_items": work, "transitions": moves, "states": STATES, "value_streams": streams_table}
    made = portfolio_of(rows, Settings()).known_at(day_end(day, "UTC"))
    window = review_window(day_end(day, "UTC"), None, "UTC")
    log = flow.read(made)
    return log, flow.items(log, window), window


SLOW, DAY = 150.0, "2026-02-08"  # week 161 ends on that Sunday


def test_a_stage_that_slows_down_warns_and_the_others_and_the_same_without_do_not() -> None:
    frame = forecasts.stages(*told(DAY, slow_from=SLOW)).set_index("stage")
    assert frame["on"].to_dict() == {"Build": False, "implementing": True}
    row = frame.loc["implementing"]
    assert row["departed"] < row["expected"] and row["score"] >= 0.75 * bottleneck.THETA
    since = (row["since"] - pd.Timestamp(FIRST)).days / 7
    assert SLOW < since < 162
    assert row["since"] < row["earliest"] < row["latest"]
    assert row["earliest"].day_of_week == 0 and not row["now"]
    assert not forecasts.stages(*told(DAY))["on"].any()


def test_what_left_and_what_should_have_are_the_engine_s_over_the_same_stays() -> None:
    row = forecasts.stages(*told(DAY, slow_from=SLOW)).set_index("stage").loc["implementing"]
    known = lives(SLOW)
    seen = known[known["fix"] < 162]
    start, end = seen["fix"].to_numpy(), np.where(seen["done"] < 162, seen["done"], np.inf)
    usual = bottleneck.hazard(start, end, 162 - 13 - 52, 162 - 13)
    observed, expected = bottleneck.weekly(start, end, usual, 162 - 13, 13)
    score, span = bottleneck.score(observed, expected)
    assert row["weeks"] == span[-1]
    assert row["departed"] == observed[-span[-1] :].sum()
    assert row["expected"] == pytest.approx(expected[-span[-1] :].sum(), rel=1e-6)
    assert row["score"] == pytest.approx(score[-1], rel=1e-6)
    assert row["arrivals_per_week"] == pytest.approx(((start >= 97) & (start < 149)).sum() / 52)


def test_a_busy_stream_is_watched_by_itself_and_quiet_ones_all_together() -> None:
    alone = forecasts.stages(*told(DAY))
    assert alone["value_stream_id"].tolist() == ["V0", "V0"]
    assert alone["value_stream"].tolist() == ["Stream 0", "Stream 0"]
    apart = forecasts.stages(*told(DAY, streams=6))
    assert apart["value_stream_id"].tolist() == ["all", "all"]
    pd.testing.assert_series_equal(apart["score"], alone["score"])


def test_a_warning_of_the_past_is_followed_where_lead_time_was_hurt() -> None:
    later = forecasts.stages(*told("2026-06-07", slow_from=SLOW)).set_index("stage").loc["implementing"]
    assert (later["past_warnings"], later["past_followed"]) == (1, 1)
    calm = forecasts.stages(*told("2026-06-07"))
    assert calm["past_followed"].sum() == 0


def test_a_short_record_is_not_watched_and_says_what_it_takes() -> None:
    short = forecasts.stages(*told("2023-06-04"))
    assert not short["on"].any() and short["why"].str.contains("whole weeks; a warning needs 26").all()
    (told_of,) = findings.forecast.warning(short, Thresholds())
    assert told_of.severity == "unknown" and "20 items left it" in told_of.clears_when
    thin = forecasts.stages(*told(DAY, per_week=0.2))
    assert thin["why"].str.contains("a warning needs 20").all()


def test_the_sentence_explains_itself() -> None:
    frame = forecasts.stages(*told(DAY, slow_from=SLOW, streams=6))
    first, second = findings.forecast.warning(frame, Thresholds())
    assert first.sentence.startswith("1 of 2 stages watched warns, implementing; ")
    row = frame[frame["on"]].iloc[0]
    lack = f"{round(row['expected'])} should have left in {row['weeks']:.0f} weeks, {row['departed']:.0f} did"
    assert second.subject == "implementing" and f"Implementing: given their ages {lack}" in second.sentence
    assert "lead time may be hurt" in second.sentence
