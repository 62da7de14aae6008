"""Charts of value, funding and the move, tested by the numbers and colours that they carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair
import numpy as np
import pandas as pd
import pytest

from tests.charts import frames, read
from vmo_helpers.charts import funding, theme, transition, value
from vmo_helpers.measures.transition import AXES

ALT = "EUR 8.5 M of 20 M planned by now was realised"
KEYS = {"value_stream_id": ["S1", "S2", "S3"], "value_stream": ["Stores", frames.HOSTILE, None]}
MONEY = {"planned_to_date": [9e6, 5e6, np.nan], "realised": [3e6, -1e5, np.nan], "unmeasured": [0, 2, 1]}
STREAMS = pd.DataFrame(
    {
        **KEYS,
        **MONEY,
        "first_planned_to_date": [12e6, np.nan, 4.0],
        "return": [0.2, 1.4, np.nan],
        "returned": [2.0, 7.0, np.nan],
        "spent_on_them": [10.0, 5.0, np.nan],
        "at_risk": [8e6, 1e6, np.nan],
        "at_risk_assumed": [np.nan, 2e5, 1e5],
        "budget": [9e6, np.nan, 3e6],
        "spend": [12e6, 2e6, np.nan],
        "spent_share": [1.33, np.nan, np.nan],
        "estimate_at_completion": [14e6, 2e6, np.nan],
    }
)
ITEMS = pd.DataFrame(
    {
        "item_id": ["E1", "E2", "E3"],
        "title": ["Kiosk", frames.HOSTILE, "Offers"],
        "verdict": ["stop", "cannot_say", "continue"],
        "ahead": [0.0, np.nan, 4e5],
        "cost_to_go": [2e5, 1e5, 0.0],
        "ratio": [0.0, np.nan, np.inf],
        "score": [7.8, 6.0, np.nan],
        "rank": [1.0, 2.0, np.nan],
        "rank_low": [1.0, 1.0, np.nan],
        "rank_high": [2.0, 2.0, np.nan],
    }
)
QUARTERS = pd.DataFrame(
    {"quarter": ["2026 Q1", "2026 Q2"], "value_stream_share": [0.24, 0.58], "money": [4e6, 5e6]}
)
TEAMS = pd.DataFrame(
    {
        "team": ["Till", "Hub", None],
        "spend": [3e6, 2e6, 1e6],
        "lasting_spend": [0.0, 2e6, np.nan],
        "on_stream_days": [152.0, np.nan, np.nan],
    }
)
MOVE = pd.DataFrame(
    {
        "axis": AXES,
        "title": ["One", "Two", "Three", "Four"],
        "value": [0.37, np.nan, 0.5, 1.0],
        "basis": ["evidence", None, "assessed", "evidence"],
        "first_is": "approvals",
        "second_is": None,
        "missing": None,
    }
)
LINES = pd.DataFrame(
    {
        "axis": ["governance", "tracking", "tracking", "impact", "impact"],
        "title": ["One", "Two", "Two", "To → impact", "To → impact"],
        "day": pd.to_datetime(["2026-04-30", "2026-01-31", "2026-04-30", "2026-01-31", "2026-04-30"]),
        "value": [0.5, 0.2, 0.4, 0.8, 0.45],
        "basis": "evidence",
        "since": [np.nan, 0.2, 0.2, 0.8, 0.8],
    }
)
RAILS = pd.DataFrame(
    {
        "basis": ["horizon", "horizon", "work_type"],
        "name": ["emerging", frames.HOSTILE, "feature"],
        "spend": [3e6, 2e6, 1e6],
        "share": [0.6, np.nan, 0.4],
        "target_share": [0.5, 0.2, np.nan],
    }
)
CHARTS: dict[str, tuple[Callable[..., altair.LayerChart], pd.DataFrame, dict[str, Any]]] = {
    "realisation": (value.realisation, STREAMS, {"currency": "EUR"}),
    "returns": (value.returns, STREAMS, {"loud": ["S1"], "return_low": 0.3}),
    "at_risk": (value.at_risk, STREAMS, {"subjects": ["S1"]}),
    "recommendations": (value.recommendations, ITEMS, {"loud": ["E1"], "currency": "EUR"}),
    "ranks": (value.ranks, ITEMS, {}),
    "quarters": (funding.quarters, QUARTERS, {"currency": "EUR"}),
    "streams": (funding.streams, STREAMS, {"loud": ["S1"]}),
    "teams": (funding.teams, TEAMS, {"loud": ["Till"]}),
    "guardrails": (funding.guardrails, RAILS, {"loud": ["emerging"], "currency": "EUR"}),
    "axes_over_reviews": (transition.over_reviews, LINES, {"axes": ["impact", "tracking"]}),
    "axes": (transition.axes, MOVE, {"axis": "governance", "transition_axis_low": 0.5}),
}


def spec_of(name: str, frame: pd.DataFrame | None = None, **more: Any) -> read.Spec:
    return read.spec_of(CHARTS[name], frame, alt=ALT, **more)


@pytest.mark.parametrize("name", ["returns", "recommendations", "streams", "teams", "guardrails"])
def test_what_a_finding_raises_is_in_alarm_and_nothing_else(name: str) -> None:
    tones = [row["tone"] for layer in read.layers(spec_of(name)) for row in layer["rows"] if "tone" in row]
    assert tones.count("alarm") and tones.count("alarm") < len(tones)
    calm = [row.get("tone") for layer in read.layers(spec_of(name, loud=[])) for row in layer["rows"]]
    assert "alarm" not in calm


def test_the_first_plan_is_outlined_beside_todays() -> None:
    spec = spec_of("realisation")
    assert set(read.values(spec, "bar", "realised")) == {3e6, -1e5}
    assert 9e6 in read.values(spec, "tick", "planned_to_date")
    rings = [layer for layer in read.of_type(spec, "point") if layer["mark"].get("fill") == theme.PAPER]
    assert any(row.get("first_planned_to_date") == 12e6 for ring in rings for row in ring["rows"])


def test_money_back_has_its_line_and_its_words() -> None:
    spec = spec_of("returns", currency="EUR")
    assert set(read.values(spec, "tick", "limit")) == {0.3}
    assert "EUR 0.2" in read.texts(spec)


def test_an_unknown_axis_has_no_bar_and_says_so() -> None:
    spec = spec_of("axes")
    assert set(read.values(spec, "bar", "value")) == {0.37, 0.0, 0.5, 1.0}
    assert "unknown" in read.texts(spec) and "50 %, assessed" in read.texts(spec)


def test_an_axis_that_fell_is_in_alarm_and_one_that_no_other_review_knew_has_no_line() -> None:
    rows = [row for layer in read.of_type(spec_of("axes_over_reviews"), "line") for row in layer["rows"]]
    assert {row["axis"]: row["colour"] for row in rows} == {"tracking": theme.ACCENT, "impact": theme.ALARM}
    assert {"Two 40 %", "impact 45 %"} <= set(read.texts(spec_of("axes_over_reviews")))
    calm = [
        row for layer in read.of_type(spec_of("axes_over_reviews", axes=[]), "line") for row in layer["rows"]
    ]
    assert {row["colour"] for row in calm} == {theme.GREY}
