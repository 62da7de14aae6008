"""Charts of reported status against outcomes, tested by the numbers that their specifications carry."""

import json
import re
from collections.abc import Callable
from functools import cache

import altair
import numpy as np
import pandas as pd
import pytest

from tests.charts import frames, read
from vmo_helpers.charts import theme, watermelon
from vmo_helpers.vocabulary import Inside, Label

ALT = "7 of 22 green initiatives are red inside"
LABELS = [
    "watermelon",
    "sound",
    "open_inside",
    "green_unproven",
    "unknown_inside",
    "red_through",
    "better_inside",
    "red_open",
    "red_unproven",
    "red_unknown",
    *["not_reported"] * 5,
]


def _matrix(counts: list[int]) -> pd.DataFrame:
    outside = np.repeat(["green", "amber_or_red", "not_reported"], 5)
    inside = [str(word) for word in Inside] * 3
    return pd.DataFrame(
        {
            "outside": outside,
            "inside": inside,
            "label": LABELS,
            "items": counts,
            "money": [n * 1.3e6 for n in counts],
        }
    )


def _readings(n: int) -> pd.DataFrame:
    at = pd.date_range("2025-01-31", periods=n, freq="ME", tz="UTC")
    return pd.DataFrame(
        {
            "at": at,
            "value": 14 + np.arange(n) % 3,
            "plan": 14.0 + np.arange(n),
            "band_low": 12.0 + np.arange(n),
            "band_high": 16.0 + np.arange(n),
            "counted": np.arange(n) > 4,
        }
    )


def _plan(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"at": pd.date_range("2025-01-31", periods=n, freq="W", tz="UTC"), "plan": np.linspace(14, 60, n)}
    )


def _marks() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "mark": ["delivery", "effect", "due"],
            "at": pd.to_datetime(["2025-03-09T23:30Z", "2025-04-08T08:00Z", "2025-07-31T21:59Z"]),
        }
    )


def _line(n: int) -> altair.LayerChart:
    return watermelon.outcome_line(
        _readings(n),
        _plan(4 * n),
        _marks(),
        alt=ALT,
        metric="Orders per kiosk",
        unit="orders",
        reported="green",
        reported_since=pd.Timestamp("2025-02-17T10:00Z"),
        timezone="Europe/Berlin",
    )


def _missing(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"element": [f"element {k}" for k in range(n)], "items": range(n, 0, -1), "money": 3.1e6}
    )


def _shrunk(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": [f"Epic {k}" for k in range(n)],
            "cost_ratio": np.linspace(0.5, 0.74, n),
            "scope_ratio": np.where(np.arange(n) == 1, 0.4, np.nan),
            "shrunk_by": ["scope" if k == 1 else "cost" for k in range(n)],
            "label": [LABELS[k % 8] for k in range(n)],
        }
    )


def _coverage(n: int) -> pd.DataFrame:
    shares = {
        f"{part}_share": np.linspace(0, 1, n)
        for part in (
            "outcome_metric",
            "baseline",
            "target",
            "dates",
            "owner",
            "fresh",
            "assessable",
            "reported",
        )
    }
    return pd.DataFrame({"name": [f"Stream {k}" for k in range(n)], "items": 12, **shares})


def _vanity(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": [f"Team velocity {k}" for k in range(n)],
            "reason": "raw velocity",
            "replacement": "epics that reached customers",
        }
    )


def _signs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sign": ["project_funding", "annual_cadence", "large_batches", "approval_waits"],
            "value": [0.43, np.nan, 5.0, 0.34],
            "unit": ["share", "share", "items", "share"],
            "n": 30,
            "definition": "what it is",
        }
    )


def _answers(n: int) -> pd.DataFrame:
    place = np.arange(n)
    return pd.DataFrame(
        {
            "value_stream_id": [f"VS-{k}" for k in place],
            "instrument": "nps",
            "value_stream": [f"Stream {k}" for k in place],
            "asked": "net promoter score",
            "before": "+18 (Oct 25)",
            "now": "−17 (Oct 26)",
            "scale_before_share": 0.59,
            "scale_share": 0.2 + place / (4 * max(n, 1)),
            "dropped": pd.arrays.BooleanArray(np.ones(n, dtype=bool), place % 3 == 1),
        }
    )


def _clocks(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": [f"Epic {k}" for k in range(n)],
            "deployed_at": pd.date_range("2026-01-01", periods=n, freq="12h", tz="UTC"),
            "adoption_days": np.where(np.arange(n) % 2 == 0, 40.0, np.nan),
            "realisation_days": np.where(np.arange(n) % 3 == 0, 90.0, np.nan),
            "adoption": np.where(np.arange(n) % 2 == 0, "reached", "not measured"),
            "realisation": np.where(np.arange(n) % 3 == 0, "reached", "on plan"),
        }
    )


AS_OF = pd.Timestamp("2026-10-31T20:00Z")
CHARTS: dict[str, Callable[[int], altair.LayerChart]] = {
    "outside_inside": lambda n: watermelon.outside_inside(
        _matrix([n, 4, 3, 2, 9, 5, 3, 1, 1, 2, 0, 0, 0, 0, n]), alt=ALT, currency="EUR", unit="epics"
    ),
    "outcome_line": _line,
    "three_clocks": lambda n: watermelon.three_clocks(_clocks(n), alt=ALT, as_of=AS_OF),
    "missing_elements": lambda n: watermelon.missing_elements(
        _missing(n), alt=ALT, currency="EUR", level="epic"
    ),
    "shrunk": lambda n: watermelon.shrunk(
        _shrunk(n), alt=ALT, shrunk_cost_share=0.75, shrunk_scope_share=0.75
    ),
    "customers": lambda n: watermelon.customers(_answers(n), alt=ALT, loud=["VS-0:nps"]),
    "coverage": lambda n: watermelon.coverage(_coverage(n), alt=ALT),
    "vanity_metrics": lambda n: watermelon.vanity_metrics(_vanity(n), alt=ALT),
    "fake_agility": lambda n: watermelon.fake_agility(
        _signs(), alt=ALT, loud=["approval_waits"], sign_limits={"approval_waits": 0.3}
    ),
}
EMPTY: dict[str, Callable[[], altair.LayerChart]] = {
    "outside_inside": lambda: watermelon.outside_inside(_matrix([0] * 15), alt=ALT),
    "outcome_line": lambda: watermelon.outcome_line(
        _readings(0), _plan(0), _marks(), alt=ALT, metric="Orders"
    ),
    "three_clocks": lambda: watermelon.three_clocks(_clocks(0), alt=ALT, as_of=AS_OF),
    "missing_elements": lambda: watermelon.missing_elements(_missing(0), alt=ALT),
    "shrunk": lambda: watermelon.shrunk(_shrunk(0), alt=ALT),
    "customers": lambda: watermelon.customers(_answers(0), alt=ALT),
    "coverage": lambda: watermelon.coverage(_coverage(0), alt=ALT),
    "vanity_metrics": lambda: watermelon.vanity_metrics(_vanity(0), alt=ALT),
    "fake_agility": lambda: watermelon.fake_agility(_signs().assign(value=np.nan), alt=ALT),
}
every_chart = pytest.mark.parametrize("name", list(CHARTS))


@cache
def _spec(name: str, items: int = 12) -> read.Spec:
    return dict(CHARTS[name](items).to_dict(validate=items == 12))


def test_every_chart_of_the_watermelon_deck_is_tested_here() -> None:
    assert set(CHARTS) == set(EMPTY) == set(watermelon.__all__)


@every_chart
def test_a_chart_says_its_takeaway_fills_its_column_and_aggregates_nothing(name: str) -> None:
    spec = _spec(name)
    assert spec["description"] == ALT
    assert spec["width"] == "container"
    assert not [
        key
        for key, _ in read.walk(spec)
        if key in {"aggregate", "joinaggregate", "bin", "calculate", "lookup", "timeUnit"}
    ]


@every_chart
def test_a_chart_drawn_twice_is_the_same_to_the_byte(name: str) -> None:
    first, second = (json.dumps(spec) for spec in (_spec(name), CHARTS[name](12).to_dict(validate=False)))
    assert first == second
    assert not re.search(r'"(param|view|concat)_\d+"', first)


@every_chart
@pytest.mark.parametrize(("items", "width"), [(1, 1000), (400, 350)])
def test_one_and_four_hundred_items_are_drawn(name: str, items: int, width: int) -> None:
    svg = read.drawn(_spec(name, items), width)
    assert "NaN" not in svg
    assert f'width="{width}"' in svg
    assert len(json.dumps(_spec(name, items))) < 160_000


@pytest.mark.parametrize("name", list(EMPTY))
def test_nothing_to_draw_is_said_in_words_that_fit_a_telephone(name: str) -> None:
    (words,) = read.texts(dict(EMPTY[name]().to_dict()))
    assert words.startswith("Nothing to draw:\n")
    assert max(len(line) for line in words.splitlines()) <= 50


@pytest.mark.parametrize(
    ("width", "said"), [(1200, "red through and through"), (720, "red through"), (350, "red through")]
)
def test_a_word_of_the_matrix_stays_in_its_cell(width: int, said: str) -> None:
    assert f">{said}<" in read.drawn(_spec("outside_inside", 7), width)


def test_each_cell_of_the_matrix_has_its_count_word_mark_and_money() -> None:
    cells = read.of_type(_spec("outside_inside", 7), "point")[0]["rows"]
    assert [row["count"] for row in cells] == [
        *("7", "4", "3", "2", "9"),
        *("5", "3", "1", "1", "2"),
        *("0", "0", "0", "0", "7"),
    ]
    assert cells[0]["word"] == theme.LABEL[Label.WATERMELON].word
    assert cells[0]["money"] == "EUR 9.1 M"
    assert cells[0]["shape"] != cells[1]["shape"]
    assert cells[10]["word"] == ""


def test_watermelons_alone_are_in_the_alarm_colour_and_only_when_there_are_any() -> None:
    for count, expected in ((7, 1), (0, 0)):
        spec = _spec("outside_inside", count)
        washes = [row["colour"] for row in read.of_type(spec, "rect")[0]["rows"]]
        assert washes.count(theme.ALARM_WASH) == expected


def test_a_row_of_the_matrix_in_which_nothing_stands_is_left_out() -> None:
    assert len(read.of_type(_spec("outside_inside", 0), "rect")[0]["rows"]) == 10
    assert len(read.of_type(_spec("outside_inside", 7), "rect")[0]["rows"]) == 15


def test_readings_stand_on_their_days_and_those_that_count_are_full() -> None:
    spec = _spec("outcome_line", 12)
    (dots,) = read.of_type(spec, "point")
    assert [row["value"] for row in dots["rows"]] == [14 + n % 3 for n in range(12)]
    assert [row["counted"] for row in dots["rows"]] == [n > 4 for n in range(12)]
    assert dots["rows"][0]["day"].startswith("2025-01-31")


def test_launch_effect_and_due_are_marked_on_the_portfolio_s_days() -> None:
    words = read.texts(_spec("outcome_line", 12))
    assert "delivered 10 March 2025" in words
    assert "effect expected from 8 April 2025" in words
    assert "due 31 July 2025" in words


def test_the_reported_colour_is_a_strip_with_its_word_above_the_outcome() -> None:
    spec = _spec("outcome_line", 12)
    (strip,) = read.of_type(spec, "rect")
    assert strip["mark"]["color"] == theme.GOOD
    assert strip["rows"][0]["day"].startswith("2025-02-17")
    assert "reported green since 17 February 2025" in read.texts(spec)


def test_an_outcome_without_readings_still_shows_its_plan() -> None:
    spec = dict(
        watermelon.outcome_line(_readings(0), _plan(20), _marks(), alt=ALT, metric="Orders").to_dict()
    )
    assert "plan 60" in read.texts(spec)


def test_a_unit_that_nobody_would_read_leaves_the_plot_its_room() -> None:
    drawn = watermelon.outcome_line(
        _readings(12), _plan(48), _marks(), alt=ALT, metric="Orders", unit="x" * 400
    )
    assert max(map(len, read.texts(dict(drawn.to_dict())))) < 80


def test_of_what_shrank_those_are_coloured_that_the_title_counts() -> None:
    labels = ["watermelon", "unknown_inside", "sound", "red_through", "green_unproven", "not_reported"]
    drawn = watermelon.shrunk(_shrunk(6).assign(label=labels), alt=ALT)
    rows = next(
        layer["rows"] for layer in read.of_type(dict(drawn.to_dict()), "point") if "tone" in layer["rows"][0]
    )
    assert [row["tone"] for row in rows] == ["alarm", "alarm", *["strong"] * 4]


def test_what_shrank_by_scope_shows_scope_and_what_shrank_by_cost_shows_cost() -> None:
    spec = _spec("shrunk", 3)
    rows = (
        read.of_type(spec, "point")[-1]["rows"]
        if "value" in read.of_type(spec, "point")[-1]["rows"][0]
        else read.of_type(spec, "point")[1]["rows"]
    )
    assert [row["value"] for row in rows] == [0.5, 0.4, 0.74]
    assert rows[0]["note"] == "50 % of the cost · watermelon"
    assert rows[1]["note"] == "40 % of the scope · sound"
    assert read.values(spec, "rule", "value").count(0.75) == 1


def test_missing_elements_say_items_and_money() -> None:
    assert "1 epic · EUR 3.1 M" in read.texts(_spec("missing_elements", 3))
    assert [row["value"] for row in read.of_type(_spec("missing_elements", 3), "bar")[0]["rows"]] == [3, 2, 1]


def test_coverage_says_each_share_and_shades_it() -> None:
    cells = read.of_type(_spec("coverage", 3), "rect")[0]["rows"]
    assert len(cells) == 24
    assert [row["text"] for row in cells[:1] + cells[8:9] + cells[16:17]] == ["0 %", "50 %", "100 %"]
    assert len({row["colour"] for row in cells}) == 3


def test_a_sign_beyond_its_limit_alarms_and_an_unknown_one_has_no_bar() -> None:
    rows = read.of_type(_spec("fake_agility"), "bar")[0]["rows"]
    assert [(row["value"], row["tone"]) for row in rows] == [
        (0.43, "plain"),
        (None, "plain"),
        (0.34, "alarm"),
    ]
    assert rows[1]["note"] == "unknown"


def test_an_outcome_that_is_not_realised_is_open_until_as_of() -> None:
    rows = read.of_type(_spec("three_clocks", 2), "point")[0]["rows"]
    assert rows[0]["end"] == 90
    assert rows[1]["end"] == pytest.approx(303.3, abs=0.1)
    assert [row["note"] for row in rows[:2]] == [
        "adopted after 40 days · realised after 90 days",
        "use not measured · outcome on plan",
    ]


@pytest.mark.parametrize("name", ["shrunk", "vanity_metrics", "coverage", "outcome_line"])
def test_hostile_names_stay_text(name: str) -> None:
    match name:
        case "shrunk":
            chart = watermelon.shrunk(_shrunk(2).assign(title=frames.HOSTILE), alt=ALT)
        case "vanity_metrics":
            chart = watermelon.vanity_metrics(
                _vanity(2).assign(metric=frames.HOSTILE, replacement=frames.HOSTILE), alt=ALT
            )
        case "coverage":
            chart = watermelon.coverage(_coverage(2).assign(name=frames.HOSTILE), alt=ALT)
        case _:
            chart = watermelon.outcome_line(
                _readings(6), _plan(9), _marks(), alt=ALT, metric=frames.HOSTILE, unit="%"
            )
    spec = dict(chart.to_dict())
    code = [value for key, value in read.walk(spec) if key in {"expr", "field", "signal", "test", "filter"}]
    assert not [value for value in code if "alert" in str(value)]
    svg = read.drawn(spec, 350)
    assert "<script" not in svg
    assert "alert" in svg


def test_a_comparison_of_too_few_answers_says_so_beside_its_dots() -> None:
    spec = watermelon.customers(_answers(3), alt=ALT).to_json()
    assert spec.count("(Oct 26); too few") == 1
    assert spec.count("17 ?") == 1  # on a telephone
