"""What is finished by when: a forecast of each value stream and of all, beside its own test on the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vmo_helpers.forecasts import completion
from vmo_helpers.forecasts.completion import (
    FARTHEST,
    HISTORY_WEEKS,
    HORIZON,
    KEPT_LINE,
    PROMISE,
    TRIALS,
    Tested,
)
from vmo_helpers.forecasts.models import Floats
from vmo_helpers.forecasts.places import Place, next_monday, places, record_end
from vmo_helpers.measures.flow.arrays import micro
from vmo_helpers.portfolio.calendar import Calendar, local_days
from vmo_helpers.window import Window

SEED = 1
_DAY = "datetime64[us]"
NOT_WITHIN = "not within two years"


@dataclass(frozen=True)
class Forecast:
    """Of one place. ``why``: in words, where its history says too little; then all else is empty.

    ``counts``: finishes of 12 weeks, one a trial; ``fan``: finished by the end of each of these weeks with
    85 %, 50 % and 15 % (3 × weeks). ``done``, ``grown``: the chance that all that is open is done by the end
    of each of 104 weeks, as it is and with what is added.
    """

    place: Place
    why: str | None
    history: Floats
    tested: Tested | None = None
    counts: Floats | None = None
    fan: Floats | None = None
    done: Floats | None = None
    grown: Floats | None = None

    def items(self, share: float = PROMISE) -> float:
        """So many or more in twelve weeks, with that probability; NaN without a forecast."""
        return float("nan") if self.counts is None else float(completion.at_least(self.counts, share))


@dataclass(frozen=True)
class Ahead:
    """The forecasts of a review: ``streams`` by key, and ``whole`` of all. ``monday``: the day (since 1970)
    on which the weeks ahead begin; ``today``: that of as-of; ``record_end``: the Monday after the last whole
    week on record."""

    streams: tuple[Forecast, ...]
    whole: Forecast
    monday: int
    today: int
    record_end: int

    @property
    def chances(self) -> tuple[Floats | None, str | None]:
        """The chance that every stream is done by the end of each week: the product over the streams.

        A ceiling, for streams that need each other finish later. None, and why, where a stream with open
        items has no forecast.
        """
        waiting = [one for one in self.streams if one.place.open_items]
        lacking = [one.place.name for one in waiting if one.done is None]
        if lacking:
            return None, f"no forecast for {', '.join(lacking)}: too few finishes on record"
        if not waiting:
            return None, "nothing is open"
        return np.prod([one.done for one in waiting if one.done is not None], axis=0), None

    def sunday(self, week: int | None) -> pd.Timestamp | None:
        """The last day of a week ahead (1 …); None for none."""
        if week is None:
            return None
        return pd.Timestamp(np.datetime64(self.monday + 7 * week - 1, "D")).as_unit("us")

    def days(self, week: int | None) -> float:
        """Days from as-of to the last day of a week ahead."""
        return float("nan") if week is None else float(self.monday + 7 * week - 1 - self.today)


def read(
    items: pd.DataFrame,
    window: Window,
    forecast_history_weeks: int = HISTORY_WEEKS,
    forecast_kept_share: float = KEPT_LINE,
    calendar: Calendar | None = None,
    pace: Mapping[str, float] | None = None,
) -> Ahead:
    """The forecasts as of the window's end, of each value stream and of all; ``items`` as ``flow.items``.

    ``calendar``: each week, past and to come, counts with its working days ÷ 5; without working days each
    counts 1. ``pace``: by stream, by how much faster than in the past it finishes from now on (1 as before);
    all streams by the mean of theirs, weighed by what each finished.
    """
    calendar = calendar or Calendar(window.timezone)
    coming = calendar.weeks(next_monday(window), FARTHEST)
    every, pace = places(items, window, calendar), pace or {}
    done = {one.key: float(one.finished[-forecast_history_weeks:].sum()) for one in every[:-1]}
    gained = sum(done[key] * (pace[key] - 1) for key in done if key in pace)
    faster = {**pace, every[-1].key: 1 + gained / max(sum(done.values()), 1.0)}
    made = [
        _forecast(one, coming * faster.get(one.key, 1.0), forecast_history_weeks, forecast_kept_share)
        for one in every
    ]
    today = int(local_days(np.array([micro(window.end)]), window.timezone)[0])
    return Ahead(tuple(made[:-1]), made[-1], next_monday(window), today, record_end(window))


def _forecast(place: Place, coming: Floats, history_weeks: int, kept_line: float) -> Forecast:
    history, created = place.finished[-history_weeks:], place.created[-history_weeks:]
    worked = place.worked[-history_weeks:]
    why = completion.too_few(history)
    if why is not None:
        return Forecast(place, why, history)
    test = completion.tested(place.finished, HORIZON, place.seed, history_weeks, kept_line, place.worked)
    rng = np.random.default_rng([SEED, place.seed])
    paths = test.model(history, FARTHEST, TRIALS, rng, worked, coming)
    sums = paths[:, :HORIZON].cumsum(axis=1)
    fan = np.quantile(sums, [1 - PROMISE, 0.5, PROMISE], axis=0, method="lower")
    grown = completion.growing(paths, created, history, rng, worked, coming)
    return Forecast(
        place,
        None,
        history,
        test,
        sums[:, -1],
        fan,
        completion.done_by(paths, place.open_items),
        completion.done_by(grown, place.open_items),
    )


def by_stream(ahead: Ahead) -> pd.DataFrame:
    """One row a value stream and, last, one for all.

    That of all counts items over all streams. Its days are those on which every stream is done (the product
    of their chances): a ceiling. No day within 104 weeks leaves it missing.

    Columns
        value_stream_id: key of the stream; "all" in the last row
        value_stream: its name
        open_items (items): neither finished nor cancelled, without ideas
        ideas (items): in funnel or reviewing
        history_weeks (weeks): whole weeks that the forecast rests on
        worked_weeks (weeks): the same by working days, five a week; without a calendar all of them
        finished, added (items): in these weeks
        items_p85 (items): with 85 % at least so many are finished within twelve weeks
        items_p50 (items): the same with 50 %
        done_p50, done_p85: the Sunday by which as many as are open are finished with 50 and 85 %
        done_p50_days, done_p85_days (days): from as-of to that Sunday
        grown_p85: the same as done_p85 with what is added meanwhile, as it was in the past
        model: over-dispersed or discounted
        kept, tested (promises): kept and made on the record of the past
        coverage (share 0–1): kept ÷ tested; missing under eight
        coverage_low, coverage_high (share 0–1): its 95 % limits by Wilson
        kept_by_other (promises): kept of as many by the model that does not speak; missing where it was not
            asked
        why: why there is no forecast, or no day; missing where there is one
    """
    chances, lacking = ahead.chances
    rows = [_row(ahead, one, one.done, one.why) for one in ahead.streams]
    rows.append(_row(ahead, ahead.whole, chances, ahead.whole.why or lacking))
    texts = dict.fromkeys(("value_stream_id", "value_stream", "model", "why"), "str")
    return pd.DataFrame(rows).astype({**texts, **dict.fromkeys(("done_p50", "done_p85", "grown_p85"), _DAY)})


def streams_table(by_stream: pd.DataFrame) -> pd.DataFrame:
    """One row a value stream and, last, one for all: what a reader needs of ``by_stream``.

    Columns
        value_stream: its name
        open_items, finished, added, items_p85, done_p85, coverage, why: as in ``by_stream``
    """
    kept = ["value_stream", "open_items", "finished", "added", "items_p85", "done_p85", "coverage", "why"]
    return by_stream[kept]


def _row(ahead: Ahead, one: Forecast, done: Floats | None, why: str | None) -> dict[str, object]:
    half, most, grown = (
        None if chances is None else completion.reached(chances, share)
        for chances, share in ((done, 0.5), (done, PROMISE), (one.grown, PROMISE))
    )
    if why is None and most is None:
        why = NOT_WITHIN
    kept = None if one.tested is None else one.tested.chosen
    low, high = (np.nan, np.nan) if kept is None else kept.limits
    return {
        "value_stream_id": one.place.key,
        "value_stream": one.place.name,
        "open_items": one.place.open_items,
        "ideas": one.place.ideas,
        "history_weeks": len(one.history),
        "worked_weeks": float(one.place.worked[len(one.place.worked) - len(one.history) :].sum()),
        "finished": one.history.sum(),
        "added": one.place.created[-len(one.history) :].sum() if len(one.history) else 0.0,
        "items_p85": one.items(),
        "items_p50": one.items(0.5),
        "done_p50": ahead.sunday(half),
        "done_p85": ahead.sunday(most),
        "done_p50_days": ahead.days(half),
        "done_p85_days": ahead.days(most),
        "grown_p85": ahead.sunday(grown),
        "model": None if one.tested is None else one.tested.name,
        "kept": np.nan if kept is None else kept.kept,
        "tested": np.nan if kept is None else kept.origins,
        "coverage": np.nan if kept is None else kept.share,
        "coverage_low": low,
        "coverage_high": high,
        "kept_by_other": np.nan if one.tested is None or one.tested.other is None else one.tested.other.kept,
        "why": why,
    }


def fan(ahead: Ahead) -> pd.DataFrame:
    """One row a week: what was finished in the history, and what will be in the twelve weeks ahead.

    Columns
        day: the week's last day
        finished (items): in all since the history begins; missing ahead
        at_least (items): finished by then with 85 %; missing in the past
        middle, at_most (items): the same with 50 % and 15 %
    """
    whole = ahead.whole
    past = np.cumsum(whole.history)
    sundays = np.append(
        ahead.record_end - 1 - 7 * np.arange(len(past))[::-1], ahead.monday + 6 + 7 * np.arange(HORIZON)
    )
    done = past[-1] if len(past) else 0.0
    rows = np.full((3, HORIZON), np.nan) if whole.fan is None else whole.fan + done
    ahead_of = dict(zip(("at_least", "middle", "at_most"), rows, strict=True))
    return pd.DataFrame(
        {
            "day": sundays.astype("datetime64[D]").astype("datetime64[us]"),
            "finished": np.append(past, np.full(HORIZON, np.nan)),
            **{name: np.append(np.full(len(past), np.nan), row) for name, row in ahead_of.items()},
        }
    )
