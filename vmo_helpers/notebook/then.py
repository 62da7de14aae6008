"""The leading figures as a review of an earlier day would have had them, from the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from vmo_helpers import decks
from vmo_helpers.measures import flow, okr, outcomes, satisfaction, status, value
from vmo_helpers.notebook.lost import lost_among
from vmo_helpers.results.figure import Figure
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window

if TYPE_CHECKING:
    from vmo_helpers.notebook.opening import Review

_FEW = Thresholds().smallest_n_percentile
COLUMNS = ["day", "first_day", "key", "value"]


def leading(review: Review, day: str) -> pd.DataFrame:
    """One row a leading figure that was known at the end of that day, over a window of equal length.

    Facts count as they were known then. The calls are those of the notebooks that show the figures; what
    cannot be computed of that day, or rested on too few then, is left out. One topic's frames are held at a
    time.

    Columns
        day, first_day: the last and the first of the window, in the portfolio's zone
        key: of the figure
        value (as unit): the figure's
    """
    window, figures = _known(review, day)
    pa.default_memory_pool().release_unused()  # the data of that day
    wanted = frozenset(decks.followed())
    rows = [
        (window.end_day, window.start_day, one.key, one.value)
        for one in figures
        if one.key in wanted and one.value is not None and not too_few(one.n)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": "float64"})


def _known(review: Review, day: str) -> tuple[Window, list[Figure]]:
    then = review.earlier(day)
    log = then.measure(flow.read)
    figures: list[Figure] = []
    for topic in (_of_work, _of_status, _of_value):
        figures += [one for some in topic(then, log) if lost_among(some) is None for one in some]
        pa.default_memory_pool().release_unused()  # what the topic took
    return then.window, figures


def _of_work(then: Review, log: flow.FlowLog) -> list[list[Figure]]:
    items = then.measure(flow.items, log)
    aligned = then.measure(okr.read, items)
    key_results = then.measure(okr.key_results, aligned.goals)
    return [then.measure(flow.figures, log, items), then.measure(okr.figures, aligned, key_results)]


def _of_status(then: Review, log: flow.FlowLog) -> list[list[Figure]]:
    statuses = then.measure(status.items, log, then.measure(outcomes.read, log))
    return [then.measure(status.figures, statuses, then.measure(status.vanity_metrics))]


def _of_value(then: Review, log: flow.FlowLog) -> list[list[Figure]]:
    inside = then.measure(value.inside, log)
    tested = then.measure(outcomes.tests, inside)
    benefits = then.measure(value.benefits, log, tested)
    money = then.measure(value.money, log, benefits)
    clocks = then.measure(outcomes.three_clocks, inside, log, tested)
    scores = then.measure(value.scores)
    return [
        then.measure(value.figures, benefits, money, scores, inside, clocks),
        then.measure(satisfaction.figures),
    ]


def too_few(n: float | None) -> bool:
    """Whether a figure of the past rested on too few to compare with it."""
    return n is not None and wording.known(n) and 0 < n < _FEW
