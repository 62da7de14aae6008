"""The slides of a portfolio whose forecasts were kept too seldom, and of which warnings came true."""

from __future__ import annotations

from typing import Any

import pytest

from tests import inprocess
from tests.review import slowing
from vmo_helpers import sources


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> inprocess.Ran:
    folder = tmp_path_factory.mktemp("slowing")
    portfolio = sources.load(slowing.portfolio(folder / "data"))
    return inprocess.run("looking_ahead", portfolio, folder / "results", as_of=slowing.DAY)


def _finding(ran: inprocess.Ran, rule: str) -> dict[str, Any]:
    (found,) = [one for one in ran.findings if one["rule"] == rule]
    return found


def _slide(ran: inprocess.Ran, id: str) -> dict[str, Any]:
    (found,) = [part for part in ran.parts if part.get("id") == id]
    return found


def test_a_forecast_of_the_model_that_forgets_faster_says_how_seldom_both_were_kept(
    ran: inprocess.Ran,
) -> None:
    found = _finding(ran, "forecast.leaving")
    assert found["severity"] == "warning" and found["details"]["model"] == "discounted"
    assert (
        ", meant to be 85 % sure: of 34 such forecasts 24 were kept; the usual model kept 11"
        in (found["sentence"])
    )
    assert _slide(ran, "leaving")["title"] == found["sentence"]
    assert ran.figures["forecast.coverage_85"]["value"] == pytest.approx(24 / 34)


def test_earlier_warnings_that_came_true_stand_beside_the_one_that_is_on(ran: inprocess.Ran) -> None:
    found = _finding(ran, "forecast.warning")
    assert found["sentence"] == (
        "2 of 6 stages watched warn, Build of Stream 0 and Test of Stream 1; of 4 earlier warnings 4 were "
        "followed by longer lead times within 26 weeks"
    )
    assert _slide(ran, "warning")["title"] == found["sentence"]
    asked, other = (one for one in ran.findings if one["rule"] == "forecast.stage_warning")
    assert asked["details"]["ask"] == "Give Build of Stream 0 what it waits for, before lead time is hurt"
    assert "given their ages 130 should have left in 12 weeks, 19 did" in asked["sentence"]
    assert "given their ages 98 should have left in 22 weeks, 60 did" in other["sentence"]
    followed = ran.figures["forecast.warnings_followed_share"]
    assert (followed["value"], followed["n"]) == (1.0, 4)
