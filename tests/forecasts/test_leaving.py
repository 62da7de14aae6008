"""What is counted for a forecast, its promises and late items, against plain loops and identities."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from vmo_helpers import forecasts
from vmo_helpers.forecasts import completion, leaving, places, promises
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow import FlowLog
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.results.figure import by_key
from vmo_helpers.sources import load
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import Window, day_end, instant, review_window

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
ZONE = "Europe/Berlin"
DAY = "2026-10-31"
FRAMES = ["by_stream", "streams_table", "fan", "said_and_came", "items_late", "stages", "order_table"]
FRAMES += ["rules_table", "normal"]


@cache
def sample(day: str = DAY) -> tuple[Portfolio, FlowLog, pd.DataFrame, Window]:
    made = load(SAMPLE).known_at(day_end(day, ZONE))
    window = review_window(day_end(day, ZONE), None, ZONE)
    log = flow.read(made)
    return made, log, flow.items(log, window), window


@cache
def ahead() -> leaving.Ahead:
    _, _, items, window = sample()
    return forecasts.read(items, window)


@cache
def frames() -> dict[str, pd.DataFrame]:
    made, log, items, window = sample()
    by_stream = forecasts.by_stream(ahead())
    order = forecasts.best_order(made, items, window)
    return {
        "by_stream": by_stream,
        "streams_table": forecasts.streams_table(by_stream),
        "fan": forecasts.fan(ahead()),
        "said_and_came": forecasts.said_and_came(log, window),
        "items_late": forecasts.items_late(log, items, window),
        "normal": forecasts.normal(items, window),
        "stages": forecasts.stages(log, items, window),
        "order_table": forecasts.order_table(order),
        "rules_table": forecasts.rules_table(order),
    }


def a_week_of(stamp: pd.Timestamp) -> dt.date:
    day = stamp.tz_convert(ZoneInfo(ZONE)).date()
    return day - dt.timedelta(days=day.weekday())


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_has_the_columns_that_its_docstring_lists(name: str) -> None:
    _, _, block = (inspect.getdoc(getattr(forecasts, name)) or "").partition("\n\nColumns\n")
    told = [entry.split("(")[0].split(":")[0] for entry in re.split(r"\n {4}(?! )", "\n" + block)[1:]]
    assert [one.strip() for names in told for one in names.split(",")] == list(frames()[name].columns)


def test_the_weeks_of_all_streams_are_counted_by_hand() -> None:
    _, _, items, window = sample()
    whole = places.places(items, window)[-1]
    facts = pd.concat([items[name] for name in ("started_at", "finished_at", "cancelled_at")]).dropna()
    first, last = a_week_of(facts.min()), dt.date(2026, 10, 19)
    weeks = [first + dt.timedelta(days=7 * n) for n in range((last - first).days // 7 + 1)]
    finished = [a_week_of(stamp) for stamp in items["finished_at"].dropna()]
    created = [a_week_of(stamp) for stamp in items.loc[items["cancelled_at"].isna(), "created_at"].dropna()]
    assert whole.finished.tolist() == [finished.count(week) for week in weeks]
    assert whole.created.tolist() == [created.count(week) for week in weeks]


def test_the_streams_add_up_and_ideas_are_apart() -> None:
    _, _, items, window = sample()
    *streams, whole = places.places(items, window)
    assert sum(one.open_items for one in streams) == whole.open_items
    assert sum(one.ideas for one in streams) == whole.ideas > 0
    assert (
        sum(one.finished.sum() for one in streams)
        == items["finished_at"].le(pd.Timestamp("2026-10-26", tz=ZONE)).sum()
    )
    unfinished = items["status"].isin(["backlog", "in_progress"]).sum()
    assert whole.open_items + whole.ideas == unfinished


@pytest.mark.parametrize(
    ("end", "whole", "monday"),
    [("2026-10-31", "2026-10-26", "2026-11-02"), ("2026-11-01", "2026-11-02", "2026-11-02")],
)
def test_a_week_is_whole_on_its_last_instant_and_the_weeks_ahead_begin_on_the_next_monday(
    end: str, whole: str, monday: str
) -> None:
    window = review_window(day_end(end, ZONE), None, ZONE)
    assert np.datetime64(places.record_end(window), "D") == np.datetime64(whole)
    assert np.datetime64(places.next_monday(window), "D") == np.datetime64(monday)
    early = Window(window.start, instant(f"{end}T12:00", ZONE, end_of_day=False), ZONE)
    assert np.datetime64(places.record_end(early), "D") == np.datetime64("2026-10-26")


def test_a_choice_of_streams_changes_no_other_stream() -> None:
    _, _, items, window = sample()
    alone = forecasts.by_stream(forecasts.read(items[items["value_stream_id"].eq("VS-C2S")], window))
    both = frames()["by_stream"].set_index("value_stream_id")
    pd.testing.assert_series_equal(alone.set_index("value_stream_id").loc["VS-C2S"], both.loc["VS-C2S"])


def test_the_chance_of_all_streams_is_the_product_and_a_stream_without_a_forecast_leaves_none() -> None:
    chances, why = ahead().chances
    assert chances is None and "Marketplace" in str(why)
    able = tuple(one for one in ahead().streams if one.done is not None)
    told = leaving.Ahead(able, ahead().whole, ahead().monday, ahead().today, ahead().record_end)
    chances, why = told.chances
    assert why is None and chances is not None
    assert chances == pytest.approx(np.prod([one.done for one in able], axis=0))
    row = forecasts.by_stream(told).iloc[-1]
    week = next(n for n, chance in enumerate(chances, 1) if chance >= 0.85)
    assert row["done_p85"] == pd.Timestamp("2026-11-02") + pd.Timedelta(7 * week - 1, "D")
    assert row["done_p85_days"] == (row["done_p85"] - pd.Timestamp(DAY)).days


def test_the_fan_ends_at_the_promise_and_begins_where_the_past_ends() -> None:
    fan, row = frames()["fan"], frames()["by_stream"].iloc[-1]
    past = fan.dropna(subset=["finished"])
    assert len(past) == 52 and past["finished"].iloc[-1] == row["finished"]
    assert fan["at_least"].iloc[-1] == row["finished"] + row["items_p85"]
    assert fan["middle"].iloc[-1] == row["finished"] + row["items_p50"]
    assert (fan["at_least"].dropna() <= fan["at_most"].dropna()).all()
    assert fan["day"].iloc[-1] == pd.Timestamp("2027-01-24")


def test_what_was_said_is_what_a_review_of_that_day_says() -> None:
    said = frames()["said_and_came"]
    row = said[said["value_stream_id"].eq("all")].iloc[-1]
    _, _, items, window = sample(str(row["said_on"].date()))
    then = forecasts.by_stream(forecasts.read(items, window)).iloc[-1]
    assert (row["promised"], row["model"]) == (then["items_p85"], then["model"])
    first = row["until"] - pd.Timedelta(7 * 12 - 1, "D")
    assert first == pd.Timestamp("2026-08-03")
    done = [a_week_of(one) for one in sample()[2]["finished_at"].dropna()]
    assert row["came"] == sum(first.date() <= week <= row["until"].date() for week in done)
    promised = said["promised"].gt(0)
    assert (said["kept"] == (said["came"] >= said["promised"]))[promised].all()
    assert said["kept"].isna().equals(~promised), "nothing promised is not a promise kept"
    assert (said["until"] < pd.Timestamp("2026-10-26")).all()


def test_late_items_agree_with_kaplan_and_meier_by_hand() -> None:
    _, _, items, window = sample()
    late = frames()["items_late"]
    start, end = window.start, window.end
    lives = []
    for _, row in items.iterrows():
        ends = [one for one in (row["finished_at"], row["cancelled_at"]) if pd.notna(one)]
        last = min(ends) if ends else end
        if pd.notna(row["started_at"]) and last >= start and last >= row["started_at"]:
            entry = max((start - row["started_at"]) / pd.Timedelta(1, "D"), -1.0)
            lives.append(
                (entry, (last - row["started_at"]) / pd.Timedelta(1, "D"), pd.notna(row["finished_at"]))
            )

    def share_open(age: float) -> float:
        left = 1.0
        for done in sorted({age for _, age, over in lives if over}):
            if done <= age:
                seen = sum(entry < done <= last for entry, last, _ in lives)
                left *= 1 - sum(last == done and over for _, last, over in lives) / seen
        return left

    expected = float(late["expected_days"].iloc[0])
    assert share_open(expected) <= 0.15 < share_open(expected - 0.01)
    for _, row in late.iterrows():
        assert bool(row["late"]) is (row["age_days"] >= expected)
        if not row["late"]:
            assert row["late_chance"] == pytest.approx(share_open(expected) / share_open(row["age_days"]))
    assert late["late_chance"].is_monotonic_decreasing


def test_the_promise_is_the_mixture_s_by_quadrature() -> None:
    """A second way to the headline: the negative-binomial mixture, integrated over the rate."""
    from scipy import stats

    history = ahead().whole.history
    spread = max(1.0, history.var(ddof=1) / history.mean())
    rates = stats.gamma((history.sum() + 0.5) / spread, scale=spread / len(history))
    grid = rates.ppf((np.arange(4000) + 0.5) / 4000) * 12
    counts = np.arange(60)
    if spread > 1.02:
        table = stats.nbinom.cdf(counts[:, None], grid / (spread - 1), 1 / spread)
    else:
        table = stats.poisson.cdf(counts[:, None], grid)
    exact = int(np.searchsorted(table.mean(axis=1), 0.15))
    assert abs(frames()["by_stream"].iloc[-1]["items_p85"] - exact) <= 1


def test_the_figures_are_those_of_the_frames() -> None:
    window = sample()[-1]
    told = by_key(
        forecasts.figures(
            *(frames()[name] for name in ("by_stream", "said_and_came", "items_late", "stages")), window
        )
    )
    said = frames()["said_and_came"]
    ours = said[said["value_stream_id"].eq("all")]
    assert told["forecast.kept_share"].value == pytest.approx(ours["kept"].mean())
    assert told["forecast.kept_share"].n == len(ours)
    assert told["forecast.late_items"].value == frames()["items_late"]["late"].sum()
    assert told["forecast.done_p85_days"].value is None
    assert "Marketplace" in str(told["forecast.done_p85_days"].why)
    assert told["forecast.items_in_12_weeks_p85"].value == frames()["by_stream"].iloc[-1]["items_p85"]


def test_too_little_on_record_says_what_it_would_take() -> None:
    rows = [
        {"item_id": f"E{n}", "title": "Epic", "level": "epic", "created_at": "2026-06-01", "started_at": day}
        for n, day in enumerate(["2026-06-02", "2026-10-01"])
    ]
    made = portfolio_of({"work_items": rows}, Settings()).known_at(day_end(DAY, "UTC"))
    window = review_window(day_end(DAY, "UTC"), None, "UTC")
    log = flow.read(made)
    items = flow.items(log, window)
    table = forecasts.by_stream(forecasts.read(items, window))
    assert table["why"].str.contains("5 of them with a finish").all()
    assert len(forecasts.said_and_came(log, window)) == 0
    late = forecasts.items_late(log, items, window)
    assert len(late) == 2 and late["late"].isna().all() and late["why"].str.contains("needed").all()
    told = forecasts.figures(
        table, forecasts.said_and_came(log, window), late, forecasts.stages(log, items, window), window
    )
    known = ["forecast.open_items", "forecast.stages_watched"]
    assert [one.key for one in told if one.value is not None] == known
    assert promises.MONTHS >= completion.LEAST_ORIGINS


def test_nothing_at_all_is_no_error() -> None:
    made = portfolio_of({}, Settings()).known_at(day_end(DAY, "UTC"))
    window = review_window(day_end(DAY, "UTC"), None, "UTC")
    log = flow.read(made)
    items = flow.items(log, window)
    table = forecasts.by_stream(forecasts.read(items, window))
    assert table["value_stream_id"].tolist() == ["all"]
    assert forecasts.fan(forecasts.read(items, window))["at_least"].isna().all()
    assert forecasts.items_late(log, items, window).empty


def test_with_a_calendar_weeks_count_with_their_working_days() -> None:
    """As of 31 October the twelve weeks ahead hold Christmas and New Year, the 52 behind them, too."""
    _, log, items, window = sample()
    free = ("2025-12-25", "2025-12-26", "2026-01-01", "2026-12-25", "2027-01-01", "2026-11-03", "2026-11-04")
    calendar = Calendar(ZONE, (0, 1, 2, 3, 4), free)
    whole = places.places(items, window, calendar)[-1]
    week = places.record_end(window) - 7 * len(whole.worked)
    by_hand = [
        sum(
            dt.date(1970, 1, 1) + dt.timedelta(days=week + 7 * n + day)
            not in map(dt.date.fromisoformat, free)
            for day in range(5)
        )
        / 5
        for n in range(len(whole.worked))
    ]
    assert whole.worked.tolist() == pytest.approx(by_hand)
    coming = calendar.weeks(places.next_monday(window), 12)
    assert coming.tolist() == pytest.approx([0.6, *[1.0] * 6, 0.8, 0.8, 1, 1, 1])
    known = forecasts.read(items, window, calendar=calendar)
    table = forecasts.by_stream(known).iloc[-1]
    assert table["worked_weeks"] == pytest.approx(52 - 3 / 5)
    plain = forecasts.by_stream(ahead()).iloc[-1]
    assert plain["worked_weeks"] == plain["history_weeks"] == 52
    means = [one.whole.counts.mean() for one in (known, ahead()) if one.whole.counts is not None]
    assert means[0] / means[1] == pytest.approx((coming.sum() / 12) / ((52 - 3 / 5) / 52), rel=0.02)
    closed = Calendar(
        ZONE, (0, 1, 2, 3, 4), tuple(str(day.date()) for day in pd.date_range(free[-2], "2027-01-31"))
    )
    none = forecasts.by_stream(forecasts.read(items, window, calendar=closed)).iloc[-1]
    assert none["items_p50"] == 0
    days = [str(day.date()) for day in pd.date_range("2026-05-04", "2026-07-26")]
    promised = [
        forecasts.said_and_came(replace(log, calendar=one), window).set_index(["said_on", "value_stream_id"])
        for one in (log.calendar, Calendar(ZONE, (0, 1, 2, 3, 4), tuple(days)))
    ]
    at = (pd.Timestamp("2026-04-30"), "all")
    assert promised[0].loc[at, "promised"] > promised[1].loc[at, "promised"] == 0
