"""Charts of what lies ahead, tested by the numbers and colours that they carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair
import numpy as np
import pandas as pd
import pytest

from tests.charts import frames, read
from vmo_helpers.charts import forecast

ALT = "At least 6 epics are finished by 24 January 2027, 85 % sure"
NAN = np.nan
FAN = pd.DataFrame(
    {
        "day": pd.date_range("2026-09-06", periods=6, freq="7D"),
        "finished": [1.0, 3.0, 4.0, NAN, NAN, NAN],
        "at_least": [NAN, NAN, NAN, 4.0, 5.0, 6.0],
        "middle": [NAN, NAN, NAN, 5.0, 7.0, 8.0],
        "at_most": [NAN, NAN, NAN, 7.0, 9.0, 11.0],
    }
)
STREAMS = pd.DataFrame(
    {
        "value_stream": ["Stores", frames.HOSTILE, "All streams"],
        "open_items": [4, 2, 6],
        "done_p50": pd.to_datetime(["2027-02-07", "2027-03-07", None]),
        "done_p85": pd.to_datetime(["2027-05-02", None, None]),
        "done_p50_days": [99.0, 127.0, NAN],
        "done_p85_days": [183.0, NAN, NAN],
        "why": [None, "not within two years", "no forecast for Stores"],
    }
)
SAID = pd.DataFrame(
    {
        "said_on": pd.to_datetime(["2026-05-31", "2026-06-30", "2026-06-30"]),
        "value_stream_id": ["all", "all", "S1"],
        "promised": [5.0, 6.0, 1.0],
        "came": [8.0, 4.0, 2.0],
        "kept": [True, False, True],
    }
)
LATE = pd.DataFrame(
    {
        "item_id": ["E1", "E2", "E3", "E4"],
        "title": ["Kiosk", frames.HOSTILE, "Offers", "Hub"],
        "age_days": [140.0, 90.0, 12.0, 80.0],
        "expected_days": 100.0,
        "late_chance": [1.0, 0.97, NAN, 0.4],
    }
)
WATCHED = pd.DataFrame(
    {
        "stage": ["implementing", frames.HOSTILE, "ready"],
        "value_stream_id": ["all", "S1", "all"],
        "value_stream": ["All streams", "Stores", "All streams"],
        "why": [None, None, "its baseline has 9 whole weeks; a warning needs 26"],
        "on": [True, False, False],
        "weeks": [6.0, 12.0, NAN],
        "expected": [9.2, 5.0, NAN],
        "departed": [4.0, 5.0, NAN],
        "score": [10.1, 0.0, NAN],
    }
)
ORDER = pd.DataFrame(
    {
        "title": ["Kiosk", frames.HOSTILE],
        "value_stream": ["Stores", None],
        "starts": pd.to_datetime(["2026-11-01", "2026-11-15"]),
        "done": pd.to_datetime(["2027-01-03", "2027-02-07"]),
        "start_weeks": [0.0, 2.0],
        "done_weeks": [9.0, 14.0],
        "wait_cost": [90_000.0, 12_000.0],
        "urgency": ["linear", "late_penalty"],
        "cd3_place": [1, 2],
        "first_come_place": [2, 1],
    }
)
RULES = pd.DataFrame(
    {
        "rule": ["this order", "first come", "cost of delay ÷ length"],
        "expected_cost": [100e3, 180e3, 104e3],
        "regret_cost": [2e3, 80e3, 6e3],
        "beaten_chance": [NAN, 0.97, 0.6],
        "tie": [False, False, True],
    }
)
MARKET = pd.DataFrame(
    {
        "title": ["Kiosk", frames.HOSTILE, "Hub"],
        "unshifted_place": [9, 3, 4],
        "place": [2, 6, 5],
        "shift_factor": [3.0, 1.0, 1.0],
        "why": ["A rival left", None, None],
    }
)
CHANGED = pd.DataFrame(
    {
        "value_stream": ["Stores", frames.HOSTILE, "Hub"],
        "open_before": [4, 2, 3],
        "open_after": [3, 2, 3],
        "done_before": pd.to_datetime(["2027-05-02", None, None]),
        "done_after": pd.to_datetime(["2027-04-04", "2027-06-06", None]),
        "done_before_days": [183.0, NAN, NAN],
        "done_after_days": [155.0, 218.0, NAN],
        "why": [None, None, "too few to say"],
    }
)
MONTHS = pd.DataFrame(
    {
        "measure": ["throughput"] * 2 + ["work in progress"] * 3,
        "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-01-01", "2026-02-01", "2026-03-01"]),
        "value": [1.0, NAN, 20.0, 21.0, 40.0],
        "mean": [NAN, NAN, 20.5, 20.5, 20.5],
        "low": [NAN, NAN, 17.8, 17.8, 17.8],
        "high": [NAN, NAN, 23.2, 23.2, 23.2],
        "outside": [False, False, False, False, True],
        "in_run": False,
    }
)
CHARTS: dict[str, tuple[Callable[..., altair.LayerChart], pd.DataFrame, dict[str, Any]]] = {
    "fan": (forecast.fan, FAN, {"unit": "epics"}),
    "all_done": (forecast.all_done, STREAMS, {}),
    "kept": (forecast.kept, SAID, {"loud_days": ["2026-06-30"]}),
    "stages": (forecast.stages, WATCHED, {}),
    "normal": (forecast.normal, MONTHS, {"subject": "work in progress", "loud": ["work in progress"]}),
    "order": (forecast.order, ORDER, {"currency": "EUR"}),
    "market": (forecast.market, MARKET, {"market_moved_places": 3}),
    "before_after": (forecast.before_after, CHANGED, {}),
    "rules": (forecast.rules, RULES, {"currency": "EUR"}),
    "late": (forecast.late, LATE, {"subjects": ["E1"]}),
}


def spec_of(name: str, frame: pd.DataFrame | None = None, **more: Any) -> read.Spec:
    return read.spec_of(CHARTS[name], frame, alt=ALT, **more)


@pytest.mark.parametrize(("name", "calm"), [("kept", {"loud_days": []}), ("late", {"subjects": []})])
def test_what_a_finding_raises_is_in_alarm_and_nothing_else(name: str, calm: dict[str, Any]) -> None:
    tones = [row["tone"] for layer in read.layers(spec_of(name)) for row in layer["rows"] if "tone" in row]
    assert tones.count("alarm") and tones.count("alarm") < len(tones)
    others = [row.get("tone") for layer in read.layers(spec_of(name, **calm)) for row in layer["rows"]]
    assert "alarm" not in others


def test_the_fan_says_what_the_weeks_ahead_add() -> None:
    texts = read.texts(spec_of("fan"))
    assert {"+2 with 85 %", "+4 with 50 %", "+7 with 15 %"} <= set(texts)


def test_a_stream_without_a_day_says_so() -> None:
    texts = read.texts(spec_of("all_done"))
    assert {"85 %: 2 May 2027", "85 %: later than two years", "no day can be said"} <= set(texts)


def test_promises_are_those_of_all_streams_alone() -> None:
    texts = read.texts(spec_of("kept"))
    assert "6 promised, 4 came · not kept" in texts and not any("1 promised" in text for text in texts)


def test_a_chance_near_one_is_not_said_to_the_point() -> None:
    texts = read.texts(spec_of("late"))
    assert {
        "140 days · late",
        "90 days · late: over 95 %",
        "12 days · unknown",
        "80 days · late: 40 %",
    } <= set(texts)


def test_a_stage_that_warns_is_in_alarm_and_one_that_is_not_watched_is_left_out() -> None:
    spec = spec_of("stages")
    texts = read.texts(spec)
    assert "9 expected, 4 left · warning" in texts and "5 expected, 5 left · no warning" in texts
    assert "ready" not in texts
    tones = [row["tone"] for layer in read.layers(spec) for row in layer["rows"] if "tone" in row]
    assert "alarm" in tones


def test_a_rule_that_ties_is_called_a_tie_and_ours_is_in_the_accent() -> None:
    spec = spec_of("rules")
    assert {"EUR 180 k · dearer in 97 %", "EUR 104 k · a tie"} <= set(read.texts(spec))
    tones = [row["tone"] for layer in read.layers(spec) for row in layer["rows"] if "tone" in row]
    assert "accent" in tones and "alarm" not in tones
    assert "done 3 January 2027 · EUR 90 k" in read.texts(spec_of("order"))


def test_days_before_and_after_stand_in_one_row_and_what_cannot_be_told_is_left_out() -> None:
    texts = read.texts(spec_of("before_after"))
    assert "2 May 2027 → 4 April 2027" in texts and any(text.endswith("→ 6 June 2027") for text in texts)
    assert "Hub" not in texts


def test_what_moved_with_the_market_is_in_the_accent_and_stands_at_both_places() -> None:
    spec = spec_of("market")
    assert {"9 → 2 · 3 ×", "3 → 6 · unchanged", "4 → 5 · unchanged"} <= set(read.texts(spec))
    rows = [row for layer in read.layers(spec) for row in layer["rows"] if "tone" in row]
    assert {(row["before"], row["after"]) for row in rows if row["tone"] == "accent"} == {(9, 2), (3, 6)}
    further = [
        row for layer in read.layers(spec_of("market", market_moved_places=4)) for row in layer["rows"]
    ]
    assert {row["before"] for row in further if row.get("tone") == "accent"} == {9}


def test_the_months_of_a_signal_are_in_alarm_and_those_of_another_measure_are_left_out() -> None:
    spec = spec_of("normal")
    rows = [row for layer in read.layers(spec) for row in layer["rows"] if "tone" in row]
    assert {row["value"] for row in rows if row["tone"] == "alarm"} == {40.0}
    assert {row["value"] for row in rows} == {20.0, 21.0, 40.0}
    assert {"usual 17.8–23.2"} <= set(read.texts(spec))
    calm = [row for layer in read.layers(spec_of("normal", loud=[])) for row in layer["rows"]]
    assert not any(row.get("tone") == "alarm" for row in calm)
