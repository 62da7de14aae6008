"""Likely mistakes: what is called with the wrong thing says what it expected."""

import inspect
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from vmo_helpers import charts, findings, measures, sources
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window, review_window

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
END = pd.Timestamp("2026-10-31", tz="UTC")
TOPICS = [
    measures.flow,
    measures.okr,
    measures.outcomes,
    measures.status,
    measures.decisions,
    measures.changes,
    findings.flow,
    findings.okr,
    findings.watermelon,
    findings.decisions,
    findings.changes,
    charts.flow,
    charts.okr,
    charts.watermelon,
    charts.decisions,
]


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return sources.load(str(SAMPLE)).known_at(END)


@pytest.fixture(scope="module")
def window() -> Window:
    return review_window(END, None, "UTC")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.__name__)
def test_every_function_that_a_topic_hands_on_explains_a_wrong_call(topic: ModuleType) -> None:
    silent = [
        name
        for name in topic.__all__
        if inspect.isfunction(one := getattr(topic, name)) and not hasattr(one, "__wrapped__")
    ]
    assert not silent


def test_a_portfolio_in_place_of_the_log(portfolio: Portfolio, window: Window) -> None:
    expected = (
        r"measures\.flow\.items expects log to be the FlowLog that measures\.flow\.read\(portfolio\) "
        "returns, not a Portfolio"
    )
    with pytest.raises(TypeError, match=expected):
        measures.flow.items(portfolio, window)  # type: ignore[arg-type]


def test_a_window_in_place_of_items(window: Window) -> None:
    with pytest.raises(
        TypeError, match="expects items to be the DataFrame that a measure returns, not a Window"
    ):
        measures.flow.work_item_age(window)  # type: ignore[arg-type]


def test_two_arguments_in_the_wrong_order_are_both_named(portfolio: Portfolio, window: Window) -> None:
    with pytest.raises(
        TypeError, match=r"expects log to be .* not a Window; window to be .* not a Portfolio"
    ):
        measures.flow.items(window, portfolio)  # type: ignore[arg-type]


def test_a_finding_whose_frame_lacks_a_column() -> None:
    frame = pd.DataFrame({"state": ["Test queue"], "wait_days": [3.0]})
    expected = (
        r"findings\.flow\.wait_queue looks for a column 'cause' that no frame has; the columns there are: "
        "state, wait_days"
    )
    with pytest.raises(ValueError, match=expected):
        findings.flow.wait_queue(frame, Thresholds())


def test_a_chart_whose_frame_lacks_a_column() -> None:
    frame = pd.DataFrame({"cause": ["Test queue"], "wait_days": [3.0]})
    expected = (
        r"charts\.flow\.wait_pareto draws the columns cause, wait_days, share, items, money; the frame lacks "
        "share, items, money, it has cause, wait_days"
    )
    with pytest.raises(ValueError, match=expected):
        charts.flow.wait_pareto(frame, alt="Where work waits")


def test_a_fault_inside_a_function_that_was_called_rightly_stays_as_it_is() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'limits'"):
        findings.flow.wait_queue(pd.DataFrame())  # type: ignore[call-arg]


@pytest.mark.parametrize("day", ["2026-01-01", pd.Timestamp("2026-01-01"), None])
def test_an_instant_that_is_none(portfolio: Portfolio, day: object) -> None:
    with pytest.raises(TypeError, match=r"known_at expects an instant with its time zone, not .*instant"):
        portfolio.known_at(day)  # type: ignore[arg-type]
