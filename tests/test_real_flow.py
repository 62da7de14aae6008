"""A real help desk, 7,554 incidents: every flow figure agrees with an independent computation in SQL."""

import os
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from independent_flow import Independent

from vmo_helpers.findings import flow as findings
from vmo_helpers.measures import flow
from vmo_helpers.results.figure import by_key
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
    assert {one.key for one in figures} == set(expected), "each is computed in independent_flow.py, too"
    for figure in figures:
        known = expected[figure.key]
        assert figure.value == (None if known is None else pytest.approx(known, rel=1e-9)), figure.key


def test_waiting_by_state_agrees(review: Review) -> None:
    log, items, window, _, independent = review
    pareto = flow.wait_pareto(log, items, window)
    assert pareto.set_index("cause")["wait_days"][lambda days: days > 0].to_dict() == pytest.approx(
        independent.wait_by_state(), rel=1e-9
    )


def test_cumulative_flow_agrees_on_every_day(review: Review) -> None:
    log, _, window, _, independent = review
    frame = flow.cumulative_flow(log, window)
    counted = frame[frame["in_state"] > 0]
    ours = dict(
        zip(
            zip(counted["day"].dt.strftime("%Y-%m-%d"), counted["state"], strict=True),
            counted["in_state"],
            strict=True,
        )
    )
    assert ours == independent.cumulative_flow()


def test_work_in_progress_agrees_on_every_day(review: Review) -> None:
    log, _, window, _, independent = review
    frame = flow.wip_by_day(log, window)
    assert (
        dict(zip(frame["day"].dt.strftime("%Y-%m-%d"), frame["wip"], strict=True)) == independent.wip_by_day()
    )


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


FREE = ("2012-05-01", "2012-05-17", "2012-05-28")
CONVENTIONS = {
    "clock": ["from creation to finish", "from request to finish", "from start to delivery"],
    "averaging": ["the median item", "the mean of the items", "active ÷ waiting, another number"],
    "blockers": ["blockers not looked at"],
}


@pytest.fixture(scope="module")
def laid_over(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The incidents with what the help desk did not write down: requests, deliveries, blockers that overlap;
    in working days of Berlin."""
    folder = tmp_path_factory.mktemp("laid_over")
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute("set TimeZone = 'UTC'")
        for name in ("work_items", "transitions", "states", "value_streams"):
            db.execute(
                f"create table {name} as select * from read_csv('{FOLDER / name}.csv', all_varchar = true)"
            )
        db.execute("""
            create table life as select item_id, min(cast("at" as timestamptz)) as begun, max(cast("at" as
                timestamptz)) as ended,
                   row_number() over (order by item_id) % 97 as n
            from transitions group by item_id""")
        db.execute("""
            create table asked as select work_items.*, case when n % 3 > 0 then begun - to_hours((n *
                5)::int) end as requested_at,
            case when n % 4 > 0 then ended + to_minutes((n * 31)::int) end as delivered_at from work_items
                join life using (item_id)""")
        db.execute("""
            create table blockers as
            select item_id, begun + to_minutes((n * 7)::int) as from_at, begun + to_minutes((n * 19)::int +
                5) as to_at
            from life where n % 2 = 0
            union all
            select item_id, begun + to_minutes((n * 11)::int + 1), case when n % 5 > 0 then begun +
                to_hours((n * 3)::int + 1) end
            from life where n % 3 = 0""")
        db.execute("drop table work_items")
        db.execute("alter table asked rename to work_items")
        for name in ("work_items", "transitions", "states", "value_streams", "blockers"):
            db.execute(
                f"copy {name} to '{folder / name}.csv' (header, timestampformat '%Y-%m-%dT%H:%M:%S.%fZ')"
            )
    (folder / "portfolio.toml").write_text(
        '[portfolio]\nname = "laid over"\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\nreview_level = '
        '"epic"\n'
        f'[calendar]\nworking_days = ["Mon", "Tue", "Wed", "Thu", "Fri"]\nholidays = {list(FREE)}\n'
    )
    return folder


def agree(panel: pd.DataFrame, expected: dict, figures: list, unit: str, other: str) -> None:
    """Every row as it was computed independently, the first one as the deck prints it."""
    assert panel["dimension"].tolist() == [
        "this deck",
        *["clock"] * 3,
        *["averaging"] * 3,
        "blockers",
        "calendar",
    ]
    assert panel["convention"].tolist() == [
        f"start to finish, pooled, blockers wait, {unit}",
        *(name for names in CONVENTIONS.values() for name in names),
        other,
    ]
    assert panel["used"].tolist() == [True] + [False] * 8
    printed = by_key(figures)["flow.flow_efficiency"]
    assert (
        panel["flow_efficiency"].iloc[0] == pytest.approx(printed.value, rel=1e-12)
        and printed.value is not None
    )
    for row, (name, known) in zip(panel.to_dict("records"), expected.items(), strict=True):
        said = [row["flow_efficiency"], row["cycle_time_p50_days"], row["cycle_time_p85_days"]]
        assert said == pytest.approx(
            [np.nan if value is None else value for value in known], rel=1e-9, nan_ok=True
        ), name
        assert row["change"] == pytest.approx(known[0] - expected["this deck"][0], abs=1e-9), name
    told = findings.sensitivity(panel)
    assert (
        told.value == panel["flow_efficiency"].iloc[0]
        and f"this deck says {printed.value:.0%}".replace("%", " %") in told.sentence
    )


def test_the_headline_under_every_convention_agrees(review: Review) -> None:
    log, items, window, figures, independent = review
    agree(
        flow.sensitivity(log, items, window),
        independent.sensitivity(),
        figures,
        "elapsed days",
        "working days",
    )


@pytest.mark.parametrize(
    "start, end", [("2010-03-01", "2012-05-22T23:22:25Z"), ("2012-04-23", "2012-05-15T12:00:00Z")]
)
def test_the_headline_under_every_convention_agrees_with_requests_blockers_and_working_days(
    laid_over: Path, start: str, end: str
) -> None:
    zone = "Europe/Berlin"
    as_of = instant(end, zone, end_of_day=True)
    portfolio = load(laid_over).known_at(as_of)
    window = review_window(as_of, start, zone)
    log = flow.read(portfolio)
    items = flow.items(log, window)
    panel = flow.sensitivity(log, items, window)
    expected = Independent(laid_over, start, end, timezone=zone).sensitivity("working", free=FREE)
    assert (
        len({round(share, 6) for share, _, _ in expected.values()}) == 9
    )  # each convention says something of its own
    agree(
        panel,
        expected,
        flow.figures(log, items, window, portfolio),
        "working days without 3 holidays",
        "elapsed days",
    )
