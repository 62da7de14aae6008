"""The rows behind the figures of value and funding that add rows up."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from vmo_helpers import measures
from vmo_helpers.explore import numbers_watermelon
from vmo_helpers.explore.explain import Recipe, Recipes, counted, ratio, total
from vmo_helpers.explore.scene import Scene
from vmo_helpers.results.figure import Figure

_SHOWN = ["benefit_id", "item_id", "title", "realised", "planned_to_date", "planned_in_full", "state"]


def figures(scene: Scene) -> list[Figure]:
    """Those of what is looked at whose rows can be shown."""
    money, made, window = scene.money, scene.portfolio, scene.window
    found = [
        *measures.value.figures(
            made,
            scene.benefits,
            money,
            measures.value.scores(made),
            scene.lifted,
            scene.clocks,
            window,
            scene.small.middle,
        ),
        *measures.satisfaction.figures(made, window),
    ]
    return [figure for figure in found if figure.key in RECIPES]


def _due(which: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Scene], pd.DataFrame]:
    """Benefits that are due a value."""

    def rows(scene: Scene) -> pd.DataFrame:
        found = scene.benefits
        chosen = found[found["due_a_value"] & which(found)]
        return chosen[_SHOWN].sort_values("planned_to_date", ascending=False, kind="stable")

    return rows


def _items(*columns: str) -> Callable[[Scene], pd.DataFrame]:
    """Items of which each of some amounts is known."""

    def rows(scene: Scene) -> pd.DataFrame:
        known = scene.money[scene.money[list(columns)].notna().all(axis=1)]
        return known[["item_id", "title", "value_stream", *columns]].sort_values(
            columns[0], ascending=False, kind="stable"
        )

    return rows


def _unmeasured(scene: Scene) -> pd.DataFrame:
    found = scene.benefits[scene.benefits["due_a_value"] & ~scene.benefits["measured"]]
    return found[["item_id", "title"]].assign(excluded_because="nothing realised is on record")


_MEASURED = _due(lambda found: found["measured"])
_AGAINST = ratio("realised", "planned_to_date", "realised ÷ Σ planned by now")
RECIPES: Recipes = {
    "value.benefit_realisation": Recipe(_MEASURED, _AGAINST, _unmeasured),
    "value.benefit_realisation_in_full": Recipe(
        _due(lambda found: found["measured"] & found["planned_in_full"].gt(0)),
        ratio("realised", "planned_in_full", "realised ÷ Σ planned in full"),
        _unmeasured,
    ),
    "value.realised": Recipe(_MEASURED, total("realised"), _unmeasured),
    "value.planned_to_date": Recipe(_MEASURED, total("planned_to_date"), _unmeasured),
    "value.unmeasured_benefits": Recipe(_due(lambda found: ~found["measured"]), counted),
    "value.return": Recipe(_items("realised", "spent"), ratio("realised", "spent", "realised ÷ Σ spent")),
    "value.benefit_at_risk": Recipe(_items("at_risk"), total("at_risk")),
    "value.benefit_at_risk_assumed": Recipe(_items("at_risk_assumed"), total("at_risk_assumed")),
    "value.risk_exposure": Recipe(_items("risk_exposure"), total("risk_exposure")),
    "value.business_value_delivered": Recipe(
        lambda scene: measures.value.business_value(scene.portfolio, scene.window),
        ratio("actual_value", "planned_value", "achieved ÷ Σ planned of the committed"),
    ),
    **{key: numbers_watermelon.RECIPES[key] for key in ("value.nps", "value.csat", "value.ces")},
}
