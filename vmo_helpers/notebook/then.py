"""The leading figures as a review of an earlier day would have had them, from the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vmo_helpers import decks
from vmo_helpers.measures import flow, okr, outcomes, satisfaction, status, value
from vmo_helpers.notebook.lost import lost_among
from vmo_helpers.results.figure import Figure

if TYPE_CHECKING:
    from vmo_helpers.notebook.opening import Review

COLUMNS = ["day", "first_day", "key", "value"]


def leading(review: Review, day: str) -> pd.DataFrame:
    """One row a leading figure that was known at the end of that day, over a window of equal length.

    Facts count as they were known then. The calls are those of the notebooks that show the figures; what
    cannot be computed of that day is left out.

    Columns
        day, first_day: the last and the first of the window, in the portfolio's zone
        key: of the figure
        value (as unit): the figure's
    """
    then = review.earlier(day)
    log = then.measure(flow.read)
    items = then.measure(flow.items, log)
    inside = then.measure(outcomes.read, log)
    aligned = then.measure(okr.read, items)
    statuses = then.measure(status.items, log, inside)
    made = [
        then.measure(flow.figures, log, items),
        then.measure(status.figures, statuses, then.measure(status.vanity_metrics)),
        then.measure(okr.figures, aligned, then.measure(okr.key_results, aligned.goals)),
        _of_value(then, log),
        then.measure(satisfaction.figures),
    ]
    figures = [one for some in made if lost_among(some) is None for one in some]
    window, wanted = then.window, frozenset(decks.followed())
    rows = [
        (window.end_day, window.start_day, one.key, one.value)
        for one in figures
        if one.key in wanted and one.value is not None
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": "float64"})


def _of_value(then: Review, log: flow.FlowLog) -> list[Figure]:
    inside = then.measure(value.inside, log)
    tested = then.measure(outcomes.tests, inside)
    benefits = then.measure(value.benefits, log, tested)
    money = then.measure(value.money, log, benefits)
    clocks = then.measure(outcomes.three_clocks, inside, log, tested)
    return then.measure(value.figures, benefits, money, then.measure(value.scores), inside, clocks)
