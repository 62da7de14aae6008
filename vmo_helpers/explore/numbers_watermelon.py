"""The rows behind each ``watermelon.*`` figure."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from vmo_helpers import measures
from vmo_helpers.explore.explain import Recipe, Recipes, Working, counted
from vmo_helpers.explore.scene import Scene
from vmo_helpers.measures.satisfaction import answers, satisfaction
from vmo_helpers.results.figure import Figure
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Inside, Instrument, Label, Outside, Suffix, Tier

_SHOWN = ["item_id", "title", "reported", "inside", "label", "attainment", "p_value", "money"]


def figures(scene: Scene) -> list[Figure]:
    """Every figure of the notebook, of what is looked at."""
    vanity = measures.status.vanity_metrics(scene.portfolio)
    found = measures.status.figures(scene.portfolio, scene.statuses, vanity, scene.window, scene.limits)
    return [*found, *measures.satisfaction.figures(scene.portfolio, scene.window)]


def _items(which: Callable[[pd.DataFrame], pd.Series], *columns: str) -> Callable[[Scene], pd.DataFrame]:
    def rows(scene: Scene) -> pd.DataFrame:
        items = scene.statuses
        return items.loc[which(items), [*_SHOWN, *columns]].sort_values(
            "money", ascending=False, kind="stable"
        )

    return rows


def _green(items: pd.DataFrame) -> pd.Series:
    return items["outside"].eq(Outside.GREEN)


def _suffixed(suffix: Suffix) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda items: (";" + items["suffixes"] + ";").str.contains(f";{suffix};", regex=False)


def _untested(scene: Scene) -> pd.DataFrame:
    """Greens that no outcome can test, with what is missing."""
    items = scene.statuses
    found = items[items["label"].eq(Label.UNKNOWN_INSIDE)]
    return found[["item_id", "title"]].assign(
        excluded_because="cannot be tested; missing: " + found["missing"]
    )


def _unreported(scene: Scene) -> pd.DataFrame:
    items = scene.statuses
    found = items[items["outside"].eq(Outside.NOT_REPORTED)]
    return found[["item_id", "title"]].assign(excluded_because="neither reported nor told by delivery facts")


def _vanity(scene: Scene) -> pd.DataFrame:
    found: pd.DataFrame = measures.status.vanity_metrics(scene.portfolio)
    return found[found["metric_id"].notna()]


def _answers(instrument: Instrument) -> Callable[[Scene], pd.DataFrame]:
    """The answers on the scale with most of them."""

    def rows(scene: Scene) -> pd.DataFrame:
        found = answers(scene.portfolio, scene.window)
        found = found[found["instrument"].eq(instrument)]
        scored = satisfaction(found).sort_values("n", ascending=False, kind="stable")
        scale = ["scale_min", "scale_max", "high_is_good"]
        largest = found[scale].eq(scored[scale].iloc[0]) if len(scored) else found[scale].notna()
        return found[largest.all(axis=1)]

    return rows


def _promoters(rows: pd.DataFrame, _: Scene) -> Working:
    promoters, detractors = (float((rows["count"] * rows[name]).sum()) for name in ("promoter", "detractor"))
    n = float(rows["count"].sum())
    return Working(
        100 * (promoters - detractors) / n,
        f"({wording.number(promoters)} promoters − {wording.number(detractors)} detractors) ÷ "
        f"{wording.number(n)} answers × 100",
    )


def _mean(column: str, words: str) -> Callable[[pd.DataFrame, Scene], Working]:
    def worked(rows: pd.DataFrame, _: Scene) -> Working:
        total, n = float((rows["count"] * rows[column]).sum()), float(rows["count"].sum())
        return Working(total / n, f"{wording.number(total)} {words} ÷ {wording.number(n)} answers")

    return worked


RECIPES: Recipes = {
    "watermelon.green": Recipe(_items(_green), counted, _unreported),
    "watermelon.count": Recipe(
        _items(lambda items: items["label"].eq(Label.WATERMELON), "tier"), counted, _untested
    ),
    "watermelon.board": Recipe(
        _items(lambda items: _green(items) & items["tier"].eq(Tier.BOARD), "tier"), counted, _untested
    ),
    "watermelon.watch": Recipe(
        _items(lambda items: _green(items) & items["tier"].eq(Tier.WATCH), "tier"), counted, _untested
    ),
    "watermelon.open_inside": Recipe(
        _items(
            lambda items: items["label"].eq(Label.OPEN_INSIDE),
            "attainment",
            "low",
            "high",
            "further_readings",
        ),
        counted,
        _untested,
    ),
    "watermelon.moved_goalposts": Recipe(
        _items(_suffixed(Suffix.MOVED_GOALPOSTS), "inside", "inside_today", "plan_moved_at"), counted
    ),
    "watermelon.unknown_inside": Recipe(
        _items(lambda items: items["label"].eq(Label.UNKNOWN_INSIDE), "missing"), counted
    ),
    "watermelon.not_yet_due": Recipe(
        _items(lambda items: _green(items) & items["inside"].eq(Inside.NOT_YET_DUE), "due"),
        counted,
        _untested,
    ),
    "watermelon.shrunk": Recipe(
        _items(_suffixed(Suffix.SHRUNK), "cost_ratio", "scope_ratio", "shrunk_by"), counted
    ),
    "watermelon.self_contradicting": Recipe(
        _items(_suffixed(Suffix.SELF_CONTRADICTING), "worst_part"), counted
    ),
    "watermelon.vanity_metrics": Recipe(_vanity, counted),
    "value.nps": Recipe(_answers(Instrument.NPS), _promoters),
    "value.csat": Recipe(_answers(Instrument.CSAT), _mean("top_two", "in the two best boxes")),
    "value.ces": Recipe(_answers(Instrument.CES), _mean("score", "points")),
}
