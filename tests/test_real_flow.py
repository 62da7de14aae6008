"""A real help desk, 7,554 incidents: every flow figure agrees with an independent computation in SQL."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from independent_flow import Independent

from vmo_helpers.figures import by_key
from vmo_helpers.measures import flow
from vmo_helpers.sources import load
from vmo_helpers.window import Window, instant, review_window

FOLDER = Path(os.environ.get("VMO_REAL_DATA", "absent")) / "bpic2013_incidents" / "portfolio"
WINDOWS = {
    "the whole history": ("2010-03-01", "2012-05-22T23:22:25Z"),
    "ten days, as of their end": ("2012-04-30", "2012-05-09T23:59:59.999999Z"),
    "two weeks, as of a noon": ("2012-05-01", "2012-05-15T12:00:00Z"),
}
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="VMO_REAL_DATA does not name the real data sets"),
]
Review = tuple[flow.FlowLog, pd.DataFrame, Window, list, Independent]


@pytest.fixture(scope="module", params=WINDOWS.values(), ids=WINDOWS.keys())
def review(request: pytest.FixtureRequest) -> Review:
    start, end = request.param
    as_of = instant(end, "UTC", end_of_day=True)
    portfolio = load(FOLDER).known_at(as_of)
    window = review_window(as_of, start, "UTC")
    log = flow.read(portfolio)
    items = flow.items(log, window)
    return log, items, window, flow.figures(log, items, window, portfolio), Independent(FOLDER, start, end)


def test_every_flow_figure_agrees_with_the_independent_one(review: Review) -> None:
    *_, figures, independent = review
    expected = independent.figures()
    assert {figure.key for figure in figures} == set(expected)
    for figure in figures:
        known = expected[figure.key]
        assert figure.value == (None if known is None else pytest.approx(known, rel=1e-9)), figure.key


def test_waiting_by_state_agrees(review: Review) -> None:
    log, items, window, _, independent = review
    pareto = flow.wait_pareto(log, items, window)
    assert pareto.set_index("cause")["wait_days"][lambda days: days > 0].to_dict() == pytest.approx(independent.wait_by_state(), rel=1e-9)


def test_cumulative_flow_agrees_on_every_day(review: Review) -> None:
    log, _, window, _, independent = review
    frame = flow.cumulative_flow(log, window)
    counted = frame[frame["in_state"] > 0]
    ours = dict(zip(zip(counted["day"].dt.strftime("%Y-%m-%d"), counted["state"], strict=True), counted["in_state"], strict=True))
    assert ours == independent.cumulative_flow()


def test_work_in_progress_agrees_on_every_day(review: Review) -> None:
    log, _, window, _, independent = review
    frame = flow.wip_by_day(log, window)
    assert dict(zip(frame["day"].dt.strftime("%Y-%m-%d"), frame["wip"], strict=True)) == independent.wip_by_day()


def test_the_whole_history_is_as_the_data_are_known_to_be() -> None:
    as_of = instant("2012-05-22T23:22:25Z", "UTC", end_of_day=True)
    portfolio = load(FOLDER).known_at(as_of)
    window = review_window(as_of, "2010-03-01", "UTC")
    log = flow.read(portfolio)
    items = flow.items(log, window)
    figures = by_key(flow.figures(log, items, window, portfolio))
    assert items["status"].value_counts().to_dict() == {"finished": 7545, "in_progress": 8, "cancelled": 1}
    assert figures["flow.flow_efficiency"].n == figures["flow.cycle_time_p50_days"].n == 7544
    assert round(figures["flow.flow_efficiency"].value or np.nan, 4) == 0.2185
    assert round(figures["flow.flow_efficiency_median"].value or np.nan, 4) == 0.2021
    assert round(figures["flow.cycle_time_p50_days"].value or np.nan, 3) == 0.634
    assert round(figures["flow.cycle_time_p85_days"].value or np.nan, 3) == 13.069
    assert figures["flow.reopened_items"].value == 513
