"""Every drawn length of time says whether it counts working days, over every chart and deck. What counts
elapsed days whatever the calendar is named here, with its reason."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests import inprocess
from tests.charts import read, test_flow, test_forecast, test_okr, test_value_charts, test_watermelon
from vmo_helpers import charts, sources
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.parts import CHART_MIME, PART_MIME, Part

GOLDEN = Path(__file__).parents[1] / "golden"
ELAPSED = re.compile(r"(?<!working )(?<!elapsed )\bdays\b|\d (?:day|hour|minute)s?\b", flags=re.IGNORECASE)
WORKING = re.compile(r"working.days?\b", flags=re.IGNORECASE)
BARE = re.compile(r"working_days")

CASES: dict[str, Callable[[], Any]] = {
    **{f"flow.{name}": partial(make, 40) for name, make in test_flow.CHARTS.items()},
    **{f"okr.{name}": partial(make, 12) for name, make in test_okr.CHARTS.items()},
    **{f"watermelon.{name}": partial(make, 12) for name, make in test_watermelon.CHARTS.items()},
    **{
        f"forecast.{name}": partial(make, frame, alt="It says so", **given)
        for name, (make, frame, given) in test_forecast.CHARTS.items()
    },
    **{
        f"value.{name}": partial(make, frame, alt="It says so", **given)
        for name, (make, frame, given) in test_value_charts.CHARTS.items()
    },
    "a queue of which half waited so long": lambda: test_flow._queue(40, half_days=6.0),
    "cards with their ages": lambda: test_flow.CHARTS["kanban"](8),
    "stages that changed by less than a day": lambda: charts.flow.stage_change(
        test_flow.frames.changes().assign(change_days=0.5), alt="It says so"
    ),
    "a trend": lambda: charts.flow.cycle_time_scatter(
        test_flow.frames.finished(30),
        alt="It says so",
        trend=pd.DataFrame({"day": pd.to_datetime(["2026-03-01", "2026-06-01"]), "days": [90.0, 70.0]}),
    ),
    "a ladder of time in progress": lambda: charts.okr.ladder(
        test_okr._ladder().replace("planned_cost", "wip_days"), alt="It says so", money_basis="wip_days"
    ),
}
DRAWN_ELAPSED = {
    "flow.started_finished": "a stretch of its own axis of time",
    "flow.littles_law": "the law holds in elapsed days: throughput is by the calendar's week",
    "flow.time_in_progress": "made by Little's law",
    "flow.release_rhythm": "between days of delivery, and since the last one",
    "watermelon.three_clocks": "from deployment to what customers did, who keep no calendar of ours",
    "forecast.all_done": "from the review's day to a day of the calendar",
    "forecast.before_after": "from the review's day to a day of the calendar",
    "value.teams": "since a team came to its stream",
}
"""Charts whose lengths of time are elapsed days under any calendar."""

SAID_ELAPSED = {
    "started_not_finished": (r"\d+ days", "a stretch of the chart's own axis of time"),
    "lead_time": (r"the 91 days up to then", "a stretch of the chart's own axis of time"),
    "littles_law": (r".*", "the law holds in elapsed days: throughput is by the calendar's week"),
    "delivery_gap": (r".*", "between days of delivery, since the last one, and how long ago work began"),
    "slow_decision": (r".*", "people wait for a decision on every day"),
    "three_clocks": (r".*", "from deployment to what customers did, who keep no calendar of ours"),
    "clocks": (r".*", "from deployment to what customers did, who keep no calendar of ours"),
    "moved_goalposts": (r"within \d+ days of the change", "between two dates"),
    "stale": (r".*", "how old a report, a value or a plan is"),
    "estimate_accuracy": (r"Days late.*", "between two dates"),
    "key_results": (r"Overdue, days", "since a value was due"),
    "value_streams": (r"by the days", "a budget falls on every day of its period"),
    "over_budget": (r"by (the )?days", "a budget falls on every day of its period"),
    "weakest_axis": (r"within \d+ days", "people wait for a decision on every day"),
    "teams": (r".*", "since a team came to its stream"),
    "all_done": (r".*", "from the review's day to a day of the calendar"),
}
"""What slides say in elapsed days under any calendar, by the slide's name, and why."""


def words(node: Any) -> Iterator[str]:
    """All that a reader may see of a specification: no names of fields and no ids."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, (dict, list)):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key not in ("field", "name", "$schema", "groupby"):
                yield from words(value)


@cache
def working() -> Portfolio:
    """The sample under a working calendar; its own titles and names speak of no days."""
    made = sources.load(inprocess.ROOT / "data" / "sample")
    tables = {
        name: table.assign(
            **{
                column: table[column].str.replace(r"\b(days?|minutes|hours)\b", "moment", regex=True)
                for column in ("title", "name", "question")
                if column in table.columns and pd.api.types.is_string_dtype(table[column].dtype)
            }
        )
        for name, table in made.tables.items()
    }
    settings = replace(made.settings, working_days=(0, 1, 2, 3, 4), holidays=("2026-05-01",))
    return replace(made, settings=settings, tables=tables, origin=None)


def said(bundles: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Slide and text of all that stands on a deck's slides beside their findings: chart, legend, headings."""
    for bundle in bundles:
        part = bundle.get(PART_MIME, {})
        if part.get("part") == Part.CHART:
            spec = {name: one for name, one in bundle[CHART_MIME].items() if name != "description"}
            yield from ((part["slide"], text) for text in words(spec))
        if part.get("part") == Part.SLIDE:
            tables = [part[one] for one in ("behind", "table") if part.get(one)]
            headings = [column["label"] for table in tables for column in table["columns"]]
            legend = [part.get(one, "") for one in ("read", "definition", "caption")]
            yield from ((part["id"], text) for text in (*headings, *legend))


def test_every_chart_that_knows_the_unit_is_looked_at() -> None:
    rooms = [getattr(charts, room) for room in ("flow", "okr", "watermelon", "forecast", "value", "funding")]
    asked = {
        f"{room.__name__.rpartition('.')[2]}.{name}"
        for room in rooms
        for name, chart in inspect.getmembers(room, inspect.isfunction)
        if "day_unit" in inspect.signature(chart).parameters
    }
    assert len(asked) >= 15
    assert asked - set(CASES) == set()
    assert asked & set(DRAWN_ELAPSED) == set()


@pytest.mark.parametrize("name", CASES)
def test_a_chart_names_the_unit_that_its_lengths_of_time_have(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = list(words(CASES[name]().to_dict(validate=False)))
    assert [text for text in plain if WORKING.search(text)] == []
    for room in (charts.flow, charts.okr, charts.forecast):
        for _, chart in inspect.getmembers(room, inspect.isfunction):
            usual = inspect.unwrap(chart).__kwdefaults__ or {}
            if "day_unit" in usual:
                monkeypatch.setitem(usual, "day_unit", "working_days")
    drawn = list(words(CASES[name]().to_dict(validate=False)))
    elapsed = [text for text in drawn if ELAPSED.search(text)]
    assert [text for text in drawn if BARE.search(text)] == []
    if name in DRAWN_ELAPSED:
        assert elapsed and not any(WORKING.search(text) for text in drawn)
    else:
        assert elapsed == []


@pytest.mark.parametrize("name", [name for name in inprocess.NOTEBOOKS if name != "portfolio_review"])
def test_under_a_working_calendar_a_deck_says_working_days_or_is_named_here(
    name: str, tmp_path: Path
) -> None:
    ran = inprocess.run(name, working(), tmp_path)
    unsaid, counted = [], set()
    for slide, text in said(ran.bundles):
        pattern, _ = SAID_ELAPSED.get(slide, ("(?!)", ""))
        if ELAPSED.search(re.sub(pattern, "", text)) or BARE.search(text):
            unsaid.append((slide, text))
        if WORKING.search(text):
            counted.add(slide)
    assert unsaid == []
    assert (LEAST.get(name, set()) - counted) == set()


LEAST = {
    "flow_analysis": {
        *("wait_queue", "local_optimum", "stalled_item", "lead_time", "queue_after_done", "board"),
        *("if_halved", "wait_function", "blocked", "expectation", "cycle_time", "concept_to_customer"),
        *("wip_per_person", "rework", "before_after"),
    },
    "looking_ahead": {"late_items"},
    "watermelon_metrics": {"fake_agility"},
}
"""Slides that speak of working days, by notebook: so that none is calm because it is no longer made."""


@pytest.mark.parametrize("name", inprocess.NOTEBOOKS)
def test_without_a_calendar_no_deck_speaks_of_working_days(name: str) -> None:
    """Each notebook as ``make golden`` has kept it, which the sample's other tests hold to be true today."""
    kept = json.loads((GOLDEN / f"{name}.ipynb").read_text(encoding="utf-8"))
    outputs = [one["data"] for cell in kept["cells"] for one in cell.get("outputs", []) if "data" in one]
    texts = list(said(outputs))
    assert len(texts) > 100
    assert [(slide, text) for slide, text in texts if WORKING.search(text)] == []


def test_what_is_named_here_as_elapsed_is_still_said_so() -> None:
    outputs = []
    for name in inprocess.NOTEBOOKS:
        kept = json.loads((GOLDEN / f"{name}.ipynb").read_text(encoding="utf-8"))
        outputs += [one["data"] for cell in kept["cells"] for one in cell.get("outputs", []) if "data" in one]
    found = {
        slide
        for slide, text in said(outputs)
        if slide in SAID_ELAPSED
        and any(ELAPSED.search(one[0]) for one in re.finditer(SAID_ELAPSED[slide][0], text))
    }
    assert set(SAID_ELAPSED) - found == set()


def test_a_long_axis_of_working_days_has_no_hours_and_weeks() -> None:
    frame = test_flow.frames.finished(30)
    frame["cycle_time_days"] = [0.3, *[5.0] * 28, 900.0]
    draw = partial(charts.flow.cycle_time_scatter, frame, alt="It says so")
    axes = [
        read.of_type(dict(draw(day_unit=unit).to_dict()), "circle")[0]["encoding"]["y"]["axis"]
        for unit in ("days", "working_days")
    ]
    assert [axis["title"] for axis in axes] == [
        "time from start to finish, logarithmic",
        "working days from start to finish, logarithmic",
    ]
    assert "1 week" in axes[0]["labelExpr"] and "labelExpr" not in axes[1]
    assert axes[1]["values"] == [1.0, 5.0, 20.0, 60.0, 250.0, 1000.0]
