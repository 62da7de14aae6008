"""The figures of flow of the sample agree with the independent ones, and streams add up to the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from independent_flow import Independent

from vmo_helpers.measures import flow
from vmo_helpers.results.figure import by_key
from vmo_helpers.sources import latest_fact, load
from vmo_helpers.window import review_window

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
Review = tuple[Any, Any, Any, Any]


@pytest.fixture(scope="module")
def review() -> Review:
    everything = load(SAMPLE)
    fact = latest_fact(everything)
    assert fact is not None
    portfolio = everything.known_at(fact.at)
    window = review_window(fact.at, None, portfolio.settings.timezone)
    log = flow.read(portfolio)
    return portfolio, window, log, flow.items(log, window)


def test_every_figure_of_the_sample_agrees_with_the_independent_one(review: Review) -> None:
    portfolio, window, log, items = review
    as_of = portfolio.as_of.isoformat()
    independent = Independent(SAMPLE, window.start_day, as_of, timezone=portfolio.settings.timezone)
    expected = independent.figures()
    said = by_key(flow.figures(log, items, window, portfolio))
    assert said.keys() - expected.keys() == set(), "each figure is computed in independent_flow.py, too"
    for key, figure in said.items():
        known = expected[key]
        assert figure.value == (None if known is None else pytest.approx(known, rel=1e-9)), key
    waits = flow.wait_pareto(log, items, window).set_index("cause")["wait_days"]
    assert waits[waits > 0].to_dict() == pytest.approx(independent.wait_by_state(), rel=1e-9)
    wip = flow.wip_by_day(log, window)
    assert dict(zip(wip["day"].dt.strftime("%Y-%m-%d"), wip["wip"], strict=True)) == independent.wip_by_day()


def test_streams_add_up_to_the_whole(review: Review) -> None:
    portfolio, window, log, items = review
    table = flow.by_stream(log, items, window)
    streams, whole = (
        table[table["value_stream_id"] != "all"],
        table[table["value_stream_id"] == "all"].iloc[0],
    )
    figures = by_key(flow.figures(log, items, window, portfolio))
    for column in ("items", "started", "finished", "wip", "throughput_per_week", "wait_days"):
        assert (
            streams[column].sum()
            == pytest.approx(whole[column])
            == pytest.approx(figures[f"flow.{column}"].value)
        ), column
    for column in ("cycle_time_p85_days", "lead_time_p50_days", "age_p85_days", "flow_efficiency"):
        assert whole[column] == pytest.approx(figures[f"flow.{column}"].value), column
