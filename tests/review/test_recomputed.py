"""A past that no shelf holds: the leading figures as reviews of earlier days had them."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from vmo_helpers import decks, found_in, open_review
from vmo_helpers.measures import changes, flow
from vmo_helpers.notebook.found import Found
from vmo_helpers.notebook.opening import Review
from vmo_helpers.notebook.then import leading

DATA = Path(__file__).parents[2] / "data"
DAY, LAST, YEAR = "2026-10-31", "2026-09-30", "2025-10-31"


@pytest.fixture(scope="module")
def review() -> Review:
    return open_review("portfolio_review", DATA / "sample", as_of=DAY)


@pytest.fixture(scope="module")
def found() -> Found:
    return found_in(DATA / "review")


def _alone(found: Found) -> Found:
    """The first review on its shelf."""
    none = found.reviews.head(0)
    figures = {key: {**entry, "previous": None} for key, entry in found.entries.items()}
    return replace(found, reviews=none, past_figures=found.past_figures.head(0), entries=figures)


def test_what_is_recomputed_is_what_a_review_of_that_day_would_have_said(review: Review) -> None:
    then = open_review("portfolio_review", DATA / "sample", as_of=LAST)
    asked, told = leading(then, LAST), leading(review, LAST)
    assert len(told) >= 9
    pd.testing.assert_frame_equal(told, asked)
    log = flow.read(then.portfolio)
    items = flow.items(log, then.window)
    wip = next(one for one in flow.figures(log, items, then.window, then.portfolio) if one.key == "flow.wip")
    assert told.set_index("key").loc["flow.wip", "value"] == wip.value


def test_of_the_reviews_own_day_it_is_what_the_notebooks_say(review: Review, found: Found) -> None:
    told = leading(review, DAY).set_index("key")["value"]
    followed = [key for key in decks.followed() if not key.startswith("forecast.")]
    assert sorted(told.index) == sorted(followed)
    assert {key: found.entries[key]["value"] for key in followed} == pytest.approx(told.to_dict())


def test_before_the_record_begins_nothing_has_a_past(review: Review) -> None:
    assert not set(leading(review, "2020-01-31")["key"]) - {"flow.wip"}


def test_a_first_review_has_a_past_for_every_leading_figure(review: Review, found: Found) -> None:
    past = _alone(found).recomputed(review, flow.read(review.portfolio))
    figures = changes.figures(past.figures, past.past_figures, past.reviews, past.year).set_index("key")
    last, year = leading(review, LAST).set_index("key"), leading(review, YEAR).set_index("key")
    for key in ("watermelon.count", "okr.top_three_share", "value.benefit_realisation", "flow.wip"):
        assert figures.loc[key, "before"] == last.loc[key, "value"]
        assert past.cited[key]["previous"] == last.loc[key, "value"]
    for key in ("okr.top_three_share", "flow.wip"):
        assert figures.loc[key, "year_before"] == year.loc[key, "value"]
    # no green could be tested a year ago, and three benefits were measured: nothing to compare with
    for key in ("watermelon.count", "value.benefit_realisation"):
        assert key not in year.index and pd.isna(figures.loc[key, "year_before"])
    assert figures.loc["flow.lead_time_p85_days", "no_comparison_of_year"].startswith("no comparison")


def test_a_shelf_speaks_for_itself_and_lacks_only_last_year(review: Review, found: Found) -> None:
    assert len(found.reviews)
    past = found.recomputed(review, flow.read(review.portfolio))
    assert past.reviews is found.reviews
    assert past.past_figures is found.past_figures
    assert past.year["day"].unique().tolist() == [YEAR]


def test_a_review_of_the_shelf_near_that_day_is_last_year(review: Review, found: Found) -> None:
    shelf = pd.DataFrame(
        {"name": ["a", "b"], "day": ["2025-09-30", "2025-11-02"], "from": ["x", "2024-11-03"]}
    )
    figures = pd.DataFrame({"key": ["flow.wip", "value.nps"], "values": [[1.0, 2.0], [3.0, None]]})
    known = replace(found, reviews=shelf.assign(done=[(), ()]), past_figures=figures)
    year = known.recomputed(review, flow.read(review.portfolio)).year
    assert year.to_dict("records") == [
        {"day": "2025-11-02", "first_day": "2024-11-03", "key": "flow.wip", "value": 2.0}
    ]
