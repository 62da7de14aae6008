"""What we said and what came: forecasts as they would have been made at earlier month ends, against the
facts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.forecasts import completion
from vmo_helpers.forecasts.completion import HISTORY_WEEKS, HORIZON, KEPT_LINE, TRIALS
from vmo_helpers.forecasts.leaving import SEED
from vmo_helpers.forecasts.models import Floats
from vmo_helpers.forecasts.places import COUNTED, Place, next_monday, places, record_end
from vmo_helpers.measures.flow.items import items as item_table
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.window import Window, day_end

MONTHS = 12


def said_and_came(
    log: FlowLog,
    window: Window,
    forecast_history_weeks: int = HISTORY_WEEKS,
    forecast_kept_share: float = KEPT_LINE,
) -> pd.DataFrame:
    """One row a month end and place: "85 %: at least so many in twelve weeks" as of that day, and what came.

    The last twelve month ends whose twelve weeks are over. Each forecast knows the log as it stood on its day
    alone, and takes the model that its own back-test spoke for then. Places without a forecast have no row.

    Columns
        said_on: the month's last day
        value_stream_id, value_stream: key and name of the stream; "all" for all of them
        until: the last day of the twelve weeks
        promised (items): at least so many
        came (items): finished in these weeks, as it is known now
        kept: as many came as were promised, or more; missing where nothing was promised
        model: the one that spoke
    """
    now = {one.key: one for one in places(item_table(log, window, COUNTED), window, log.calendar)}
    end = record_end(window)
    rows = []
    for day in _month_ends(window):
        then = Window(min(window.start, day), day, window.timezone)
        first = next_monday(then)
        if first + 7 * HORIZON > end:
            continue
        for place in places(item_table(log, then, COUNTED), then, log.calendar):
            history = place.finished[-forecast_history_weeks:]
            if completion.too_few(history) is None:
                ahead = log.calendar.weeks(first, HORIZON)
                row = _said(place, history, ahead, forecast_history_weeks, forecast_kept_share)
                came = _between(now.get(place.key), first, end)
                rows.append((day.tz_convert(window.timezone).date(), place, first, *row, came))
    return pd.DataFrame(
        {
            "said_on": pd.to_datetime([row[0] for row in rows]).as_unit("us"),
            "value_stream_id": pd.array([row[1].key for row in rows], dtype="str"),
            "value_stream": pd.array([row[1].name for row in rows], dtype="str"),
            "until": pd.DatetimeIndex(
                np.array([row[2] + 7 * HORIZON - 1 for row in rows], dtype="datetime64[D]")
            ).as_unit("us"),
            "promised": np.array([row[3] for row in rows], dtype=np.float64),
            "came": np.array([row[5] for row in rows], dtype=np.float64),
            "kept": pd.array([row[5] >= row[3] if row[3] else None for row in rows], dtype="boolean"),
            "model": pd.array([row[4] for row in rows], dtype="str"),
        }
    )


def promising(said: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``said_and_came`` of the whole portfolio that promise something: what promises nothing
    cannot be broken."""
    return said[said["value_stream_id"].eq("all") & said["promised"].gt(0)]


def _month_ends(window: Window) -> list[pd.Timestamp]:
    last = pd.Timestamp(window.end_day) - pd.Timedelta(7 * HORIZON, "D")
    days = pd.date_range(end=last, periods=MONTHS, freq="ME")
    return [day_end(str(day.date()), window.timezone) for day in days]


def _said(
    place: Place, history: Floats, ahead: Floats, history_weeks: int, kept_line: float
) -> tuple[int, str]:
    test = completion.tested(place.finished, HORIZON, place.seed, history_weeks, kept_line, place.worked)
    rng = np.random.default_rng([SEED, place.seed])
    worked = place.worked[-history_weeks:]
    total = test.model(history, HORIZON, TRIALS, rng, worked, ahead).sum(axis=1)
    return completion.at_least(total), test.name


def _between(place: Place | None, first: int, end: int) -> float:
    """Finished in the twelve weeks from a Monday on; a place that has no record any more: none."""
    if place is None:
        return 0.0
    begin = len(place.finished) - (end - first) // 7
    return float(place.finished[max(0, begin) : max(0, begin + HORIZON)].sum())
