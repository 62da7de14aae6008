"""The rows behind each ``flow.*`` figure."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from vmo_helpers import measures
from vmo_helpers.explore.explain import Recipe, Recipes, Working, counted, percentile, ratio, total
from vmo_helpers.explore.scene import Scene
from vmo_helpers.measures.flow.items import BACKWARDS, EARLY, NO_CLOCK, NO_LOG, NO_START, NO_TIME
from vmo_helpers.measures.flow.quantiles import TAIL
from vmo_helpers.measures.flow.waits import wait_days_by_item
from vmo_helpers.results.figure import Figure
from vmo_helpers.style import wording

_ITEM = ["item_id", "title", "value_stream"]


def figures(scene: Scene) -> list[Figure]:
    """Every ``flow.*`` figure of what is looked at."""
    return measures.flow.figures(scene.log, scene.items, scene.window, scene.portfolio, scene.small)


def _items(which: Callable[[pd.DataFrame], pd.Series], *columns: str) -> Callable[[Scene], pd.DataFrame]:
    def rows(scene: Scene) -> pd.DataFrame:
        items = scene.items
        return items.loc[which(items), [*_ITEM, *columns]]

    return rows


def _without(*because: str) -> Callable[[Scene], pd.DataFrame]:
    """Items that a figure leaves out for one of these"""

    def rows(scene: Scene) -> pd.DataFrame:
        found = measures.flow.excluded(scene.items)
        named = [found["excluded_because"].str.contains(reason, regex=False) for reason in because]
        return found.loc[pd.concat(named, axis=1).any(axis=1), ["item_id", "title", "excluded_because"]]

    return rows


def _leads(scene: Scene) -> pd.DataFrame:
    found = measures.flow.lead_time_to_value(scene.items, scene.window)
    return found.sort_values("lead_time_days", ascending=False, kind="stable")[
        [*_ITEM, "lead_time_end_at", "lead_time_days", "lead_time_fell_back"]
    ]


def _cycles(scene: Scene) -> pd.DataFrame:
    found = measures.flow.cycle_time(scene.items, scene.window).sort_values(
        "cycle_time_days", ascending=False, kind="stable"
    )
    return found[[*_ITEM, "finished_at", "cycle_time_days"]]


def _ages(scene: Scene) -> pd.DataFrame:
    return measures.flow.work_item_age(scene.items)[[*_ITEM, "state", "started_at", "age_days"]]


def _efficiency(scene: Scene) -> pd.DataFrame:
    items = scene.items
    found = items.loc[
        items["finished_in_window"] & items["flow_efficiency"].notna(),
        [*_ITEM, "active_days", "wait_days", "flow_efficiency"],
    ]
    return found.assign(total_days=found["active_days"] + found["wait_days"]).sort_values(
        "flow_efficiency", kind="stable"
    )


def _weeks(scene: Scene) -> pd.DataFrame:
    weeks = measures.flow.throughput(scene.items, scene.window)
    return weeks.loc[weeks["whole"], ["week", "finished"]]


def _pace(rows: pd.DataFrame, _: Scene) -> Working:
    finished, weeks = int(rows["finished"].sum()), len(rows)
    return Working(
        finished / weeks, f"{wording.number(finished)} finished ÷ {wording.number(weeks)} whole weeks"
    )


def _waits(scene: Scene) -> pd.DataFrame:
    days = wait_days_by_item(scene.log.seen_from(scene.window), scene.window)
    work = scene.log.work
    found = pd.DataFrame(
        {"item_id": work["item_id"], "title": work["title"], "wait_days": days}, index=work.index
    )
    return found[found["wait_days"] > 0].sort_values("wait_days", ascending=False, kind="stable")


_NO_LEAD = _without(EARLY, NO_CLOCK)
_NO_CYCLE = _without(NO_START, BACKWARDS)
_NO_EFFICIENCY = _without(NO_LOG, NO_TIME)

RECIPES: Recipes = {
    "flow.items": Recipe(_items(lambda items: items["item_id"].notna(), "state", "created_at"), counted),
    "flow.finished": Recipe(_items(lambda items: items["finished_in_window"], "finished_at"), counted),
    "flow.started": Recipe(_items(lambda items: items["started_in_window"], "started_at"), counted),
    "flow.started_unfinished": Recipe(
        _items(lambda items: items["started_in_window"] & items["finished_at"].isna(), "started_at", "state"),
        counted,
    ),
    "flow.wip": Recipe(_ages, counted),
    "flow.age_p85_days": Recipe(_ages, percentile("age_days", TAIL)),
    "flow.lead_time_p50_days": Recipe(_leads, percentile("lead_time_days", 0.5), _NO_LEAD),
    "flow.lead_time_p85_days": Recipe(_leads, percentile("lead_time_days", TAIL), _NO_LEAD),
    "flow.cycle_time_p50_days": Recipe(_cycles, percentile("cycle_time_days", 0.5), _NO_CYCLE),
    "flow.cycle_time_p85_days": Recipe(_cycles, percentile("cycle_time_days", TAIL), _NO_CYCLE),
    "flow.flow_efficiency": Recipe(
        _efficiency, ratio("active_days", "total_days", "active ÷ Σ (active + wait)"), _NO_EFFICIENCY
    ),
    "flow.flow_efficiency_median": Recipe(_efficiency, percentile("flow_efficiency", 0.5), _NO_EFFICIENCY),
    "flow.throughput_per_week": Recipe(_weeks, _pace),
    "flow.reopened_items": Recipe(
        _items(
            lambda items: items["finished_in_window"] & items["reopened"].fillna(False).astype(bool),
            "finished_at",
        ),
        counted,
    ),
    "flow.wait_days": Recipe(_waits, total("wait_days")),
}
