"""Charts of OKR alignment, tested by the numbers that their specifications carry."""

import json
import re
from collections.abc import Callable
from functools import cache

import altair
import numpy as np
import pandas as pd
import pytest

from tests.charts import frames, read
from vmo_helpers.charts import okr, theme
from vmo_helpers.vocabulary import Verdict

ALT = "86 % tagged, 31 % with a contribution"
RUNGS = [
    ("none", "L0"),
    ("linked", "L1"),
    ("top_three", "L1"),
    ("key_result", "L2"),
    ("contribution", "L3"),
    ("moved", "L4"),
]


def _ladder(top: float = 0.53) -> pd.DataFrame:
    shares = dict(zip([rung for rung, _ in RUNGS], [0.14, 0.86, top, 0.44, 0.31, np.nan], strict=True))
    rows = [
        (
            rung,
            level,
            f"title of {rung}",
            basis,
            share * 45,
            45.0,
            share if basis == "count" else share / 2,
            None if share == share else "no delivery",
        )
        for rung, level in RUNGS
        for basis in ("count", "planned_cost")
        for share in [shares[rung]]
    ]
    return pd.DataFrame(rows, columns=["rung", "level", "title", "basis", "amount", "total", "share", "why"])


def _goals(n: int) -> pd.DataFrame:
    share = np.linspace(2, 0, n) / n
    return pd.DataFrame(
        {
            "objective_id": [f"O-{k}" for k in range(n)],
            "title": [f"Goal {k} that we all want" for k in range(n)],
            "intent_share": np.where(np.arange(n) == 1, np.nan, share),
            "spend_share": share[::-1],
            "wip_share": 1 / n,
            "links": np.arange(n, 0, -1),
            "link_share": share,
        }
    )


def _pairs(items: int, goals: int) -> pd.DataFrame:
    shown = min(items, 40)
    frame = pd.DataFrame({"order": np.arange(shown), "item_id": [f"E-{k}" for k in range(shown)]})
    frame["title"] = "Epic " + frame["order"].astype(str)
    frame["objective_id"] = [f"O-{k % goals}" for k in range(shown)]
    return frame.assign(
        goal="Goal", goal_order=0, spend_share=1.0, rung=frame["order"] % 3 + 1, origin="own", key_results=1
    )


def _key_results(n: int) -> pd.DataFrame:
    verdicts = [str(verdict) for verdict in Verdict]
    progress = np.linspace(-1.5, 1.4, n)
    return pd.DataFrame(
        {
            "title": [f"Key result {k}" for k in range(n)],
            "progress": np.where(np.arange(n) % 5 == 3, np.nan, progress),
            "expected": 0.66,
            "projected": progress,
            "projected_low": progress - 0.1,
            "projected_high": progress + 0.1,
            "needed": 1.0,
            "verdict": [verdicts[k % len(verdicts)] for k in range(n)],
        }
    )


def _orphans(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    items = pd.DataFrame(
        {
            "item_id": [f"E-{k}" for k in range(n)],
            "title": [f"Epic {k}" for k in range(n)],
            "value_stream": "Checkout",
            "planned_cost": 1e6,
            "spend": np.arange(n, 0, -1) * 1e5,
            "orphan": True,
        }
    )
    goals = pd.DataFrame(
        {
            "goal_type": "key_result",
            "goal_id": [f"KR-{k}" for k in range(n)],
            "title": [f"Goal {k}" for k in range(n)],
            "rank": np.nan,
            "without_work": True,
        }
    )
    return items, goals


def _money() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "part": ["top_three", "no_goal", "not_traceable"],
            "title": ["top-three goals", "no goal", "booked on a stream"],
            "amount": [10.5e6, 3.6e6, 1.7e6],
            "share": [0.66, 0.23, 0.11],
            "items": [24, 7, 0],
            "judged": [True, True, False],
        }
    )


def _contributions(n: int) -> pd.DataFrame:
    part = np.linspace(1.2, 0.1, n)
    return pd.DataFrame(
        {
            "title": [f"Epic {k}" for k in range(n)],
            "key_result": "Orders from 38 to 51 %",
            "contribution": part,
            "promised_share": part,
            "due": pd.NaT,
        }
    )


def _promised(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kr_id": [f"KR-{k}" for k in range(n)],
            "title": [f"Key result {k}" for k in range(n)],
            "items": 2,
            "promised_share": np.linspace(1.9, 0.4, n),
            "against": 0,
        }
    )


def _pulled(teams: int, goals: int) -> pd.DataFrame:
    rows = [
        (
            f"Team {t}",
            f"O-{g}",
            f"Goal {g}",
            1 / goals,
            float(t % goals == g),
            float(t % goals == g) - 1 / goals,
            5,
        )
        for t in range(teams)
        for g in range(goals)
    ]
    return pd.DataFrame(
        rows, columns=["team", "objective_id", "title", "wanted_share", "started_share", "gap", "n"]
    )


def _sight() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "step": ["key result", "objective", "whole line"],
            "items": [30, 39, 27],
            "share": [0.67, 0.87, 0.6],
            "spend_share": [0.64, 0.78, np.nan],
        }
    )


CHARTS: dict[str, Callable[[int], altair.LayerChart]] = {
    "ladder": lambda n: okr.ladder(_ladder(), alt=ALT, okr_alignment_share=0.8),
    "line_of_sight": lambda n: okr.line_of_sight(_sight(), alt=ALT),
    "goal_balance": lambda n: okr.goal_balance(_goals(min(n, 12)), alt=ALT, loud=["O-0"]),
    "goal_spread": lambda n: okr.goal_spread(_goals(min(n, 12)), alt=ALT, effective=1.3),
    "item_goals": lambda n: okr.item_goals(
        _pairs(n, 5 if n < 400 else 12), _goals(5 if n < 400 else 12), alt=ALT, unit="epics"
    ),
    "key_results": lambda n: okr.key_results(_key_results(n), alt=ALT),
    "promised": lambda n: okr.promised(_promised(n), alt=ALT, loud=["KR-0"], okr_over_promised=1.5),
    "contributions": lambda n: okr.contributions(_contributions(n), alt=ALT),
    "orphans": lambda n: okr.orphans(*_orphans(n), alt=ALT, currency="EUR", level="epic"),
    "money_by_goal": lambda n: okr.money_by_goal(_money(), alt=ALT, currency="EUR", loud=["portfolio"]),
    "pulled_against_wanted": lambda n: okr.pulled_against_wanted(
        _pulled(min(n, 20), min(n, 9)), alt=ALT, loud=["Team 0|O-0", "Team 1|O-1"]
    ),
}
EMPTY: dict[str, Callable[[], altair.LayerChart]] = {
    "ladder": lambda: okr.ladder(_ladder().assign(share=np.nan), alt=ALT),
    "line_of_sight": lambda: okr.line_of_sight(_sight().assign(share=np.nan), alt=ALT),
    "goal_balance": lambda: okr.goal_balance(_goals(1).head(0), alt=ALT),
    "goal_spread": lambda: okr.goal_spread(_goals(1).head(0), alt=ALT),
    "item_goals": lambda: okr.item_goals(_pairs(0, 1), _goals(5), alt=ALT),
    "key_results": lambda: okr.key_results(_key_results(0), alt=ALT),
    "promised": lambda: okr.promised(_promised(0), alt=ALT),
    "contributions": lambda: okr.contributions(_contributions(0), alt=ALT),
    "orphans": lambda: okr.orphans(*_orphans(0), alt=ALT),
    "money_by_goal": lambda: okr.money_by_goal(_money().head(0), alt=ALT),
    "pulled_against_wanted": lambda: okr.pulled_against_wanted(_pulled(0, 0), alt=ALT),
}
every_chart = pytest.mark.parametrize("name", list(CHARTS))


@cache
def _spec(name: str, items: int = 12) -> read.Spec:
    return dict(CHARTS[name](items).to_dict(validate=items == 12))


def test_every_chart_of_okr_is_tested_here() -> None:
    assert set(CHARTS) == set(EMPTY) == set(okr.__all__)


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
    assert len(json.dumps(_spec(name, items))) < 120_000


@pytest.mark.parametrize("name", list(EMPTY))
def test_nothing_to_draw_is_said_in_words_that_fit_a_telephone(name: str) -> None:
    (words,) = read.texts(dict(EMPTY[name]().to_dict()))
    assert words.startswith("Nothing to draw:\n")
    assert max(len(line) for line in words.splitlines()) <= 50


def test_the_ladder_shows_count_and_money_of_each_rung_and_not_of_what_has_no_link() -> None:
    (bars,) = read.of_type(_spec("ladder"), "bar")
    assert [row["value"] for row in bars["rows"]] == [0.86, 0.53, 0.44, 0.31, None]
    assert [row["paid"] for row in bars["rows"]] == [0.43, 0.265, 0.22, 0.155, None]
    assert read.values(_spec("ladder"), "rule", "value") == [0.8]


@pytest.mark.parametrize(("share", "tone"), [(0.7999, "alarm"), (0.80, "accent"), (0.81, "accent")])
def test_the_top_three_rung_alarms_under_the_line_alone(share: float, tone: str) -> None:
    spec = dict(okr.ladder(_ladder(share), alt=ALT, okr_alignment_share=0.8).to_dict())
    assert [row["tone"] for row in read.of_type(spec, "bar")[0]["rows"]] == [
        "plain",
        tone,
        "plain",
        "plain",
        "plain",
    ]


def test_a_rung_that_is_not_known_says_why_instead_of_nothing() -> None:
    assert "no delivery" in read.texts(_spec("ladder"))


def test_a_goal_without_weight_has_no_hollow_dot_and_says_so() -> None:
    spec = _spec("goal_balance", 4)
    rows = read.of_type(spec, "point")[0]["rows"]
    assert rows[1]["before"] is None
    assert any(text.startswith("no weight · ") for text in read.texts(spec))
    assert [row["tone"] for row in rows] == ["alarm", "strong", "strong", "strong"]


def test_forty_items_by_five_goals_are_forty_columns_and_five_rows() -> None:
    spec = _spec("item_goals", 40)
    back, cells = read.of_type(spec, "rect")
    assert len(back["rows"]) == 5
    assert sorted(row["left"] for row in cells["rows"]) == list(range(40))
    assert {row["colour"] for row in cells["rows"]} == {theme.FAINT, "#86b6d6", theme.ACCENT}
    assert "40 epics in progress, the costliest left" in read.texts(spec)


def test_four_hundred_items_by_twelve_goals_stay_forty_columns() -> None:
    back, cells = read.of_type(_spec("item_goals", 400), "rect")
    assert len(back["rows"]) == 12
    assert len(cells["rows"]) == 40


def test_key_results_come_worst_first_with_word_sign_and_colour() -> None:
    rows = read.of_type(_spec("key_results", 10), "bar")[0]["rows"]
    assert [row["sign"] for row in rows] == ["✕", "✕", "◆", "?", "?", "…", "…", "…", "✓", "✓"]
    assert [row["tone"] for row in rows] == [
        "alarm",
        "alarm",
        "amber",
        "plain",
        "plain",
        "plain",
        "plain",
        "plain",
        "good",
        "good",
    ]
    assert [row["note"].split(" · ")[-1] for row in rows][:3] == ["missed", "will miss", "at risk"]


def test_progress_is_drawn_clamped_broken_far_below_zero_and_said_as_it_is() -> None:
    frame = _key_results(2).assign(
        progress=[-1.5, 1.4], projected=[-2.0, np.nan], projected_low=np.nan, projected_high=np.nan
    )
    spec = dict(okr.key_results(frame, alt=ALT).to_dict())
    rows = read.of_type(spec, "bar")[0]["rows"]
    assert [(row["value"], row["broken"]) for row in rows] == [(-0.1, True), (1.2, False)]
    assert [row["projected"] for row in rows] == [None, None]  # an end so far below is said alone
    near = okr.key_results(frame.assign(progress=[-0.05, 1.4], projected=[0.2, 0.3]), alt=ALT)
    rows = read.of_type(dict(near.to_dict()), "bar")[0]["rows"]
    assert [(row["value"], row["broken"]) for row in rows] == [(-0.05, False), (1.2, False)]
    assert "−150 % → −200 % · missed" in read.texts(spec)
    assert "140 % · will miss" in read.texts(spec)


def test_a_key_result_promised_too_often_alarms_beside_the_line() -> None:
    rows = read.of_type(_spec("promised", 4), "bar")[0]["rows"]
    assert [row["tone"] for row in rows] == ["alarm", "plain", "plain", "plain"]
    assert {row["limit"] for row in rows} == {1.5}


def test_orphans_are_shown_both_ways_with_their_counts() -> None:
    spec = _spec("orphans", 9)
    words = read.texts(spec)
    assert "9 epics without a goal, the first 7" in words
    assert "9 goals without work, the first 7" in words
    money = [row["value"] for row in read.of_type(spec, "bar")[0]["rows"] if row["value"] is not None]
    assert money == [900_000, 800_000, 700_000, 600_000, 500_000, 400_000, 300_000]


def test_money_that_is_not_judged_is_paler_and_says_so() -> None:
    rows = read.of_type(_spec("money_by_goal"), "bar")[0]["rows"]
    assert [row["tone"] for row in rows] == ["strong", "alarm", "plain"]
    assert rows[2]["note"] == "EUR 1.7 M · 11 % · apart"


def test_a_pull_that_is_raised_is_tinted_and_each_share_is_said() -> None:
    cells = read.of_type(_spec("pulled_against_wanted", 4), "rect")[0]["rows"]
    assert len(cells) == 16
    tinted = [(row["tip0"], row["tip1"]) for row in cells if row["colour"] == theme.ALARM_WASH]
    assert tinted == [("Team 0", "Goal 0"), ("Team 1", "Goal 1")]
    assert {row["text"] for row in cells} == {"0 %", "100 %"}


def test_on_a_telephone_the_goals_of_the_matrix_are_whole_words_in_stairs_above_their_columns() -> None:
    titles = [f"Deliver what customers want {goal}" for goal in "abcdefghi"]
    frame = _pulled(2, 9).assign(
        title=lambda f: f["objective_id"].map(dict(zip(f["objective_id"].unique(), titles, strict=True)))
    )
    spec = dict(okr.pulled_against_wanted(frame, alt=ALT).to_dict())
    (lines,) = read.of_type(spec, "rule")
    assert [row["at"] for row in lines["rows"]] == [place + 0.5 for place in range(9)]
    levels = [row["level"] for row in lines["rows"]]
    assert len(set(levels)) == 3 and levels[:3] == sorted(levels[:3]) and levels[3:6] == levels[:3]
    assert {row["brief"] for row in lines["rows"]} == {"Deliver what…"}
    # words of one line end before the next ones begin, three columns on
    assert all(2 * row["half"] < 3 * 350 / 9 for row in lines["rows"])


def test_two_goals_of_the_same_title_have_a_column_each() -> None:
    cells = read.of_type(
        dict(okr.pulled_against_wanted(_pulled(2, 3).assign(title="Grow"), alt=ALT).to_dict()), "rect"
    )[0]["rows"]
    assert len({(row["centre"], row["middle"]) for row in cells}) == 6


@pytest.mark.parametrize("name", ["key_results", "item_goals", "orphans", "pulled_against_wanted"])
def test_hostile_titles_stay_text(name: str) -> None:
    match name:
        case "key_results":
            chart = okr.key_results(_key_results(2).assign(title=frames.HOSTILE), alt=ALT)
        case "item_goals":
            chart = okr.item_goals(
                _pairs(2, 2).assign(title=frames.HOSTILE, goal=frames.HOSTILE),
                _goals(2).assign(title=frames.HOSTILE),
                alt=ALT,
            )
        case "orphans":
            items, goals = _orphans(2)
            chart = okr.orphans(
                items.assign(title=frames.HOSTILE), goals.assign(title=frames.HOSTILE), alt=ALT
            )
        case _:
            chart = okr.pulled_against_wanted(
                _pulled(2, 2).replace(
                    {"title": {"Goal 0": frames.HOSTILE}, "team": {"Team 0": frames.HOSTILE}}
                ),
                alt=ALT,
            )
    spec = dict(chart.to_dict())
    code = [value for key, value in read.walk(spec) if key in {"expr", "field", "signal", "test", "filter"}]
    assert not [value for value in code if "alert" in str(value)]
    svg = read.drawn(spec, 350)
    assert "<script" not in svg
    assert "alert" in svg
