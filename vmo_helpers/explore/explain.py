"""Explain this number: its definition, the rows behind it, how they give the value, and what was left out and
why."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vmo_helpers.explore.scene import Scene
from vmo_helpers.portfolio.calendar import counts_calendar
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.style import wording


@dataclass(frozen=True)
class Working:
    """A value computed from the rows, and the sum in words."""

    value: float
    words: str


@dataclass(frozen=True)
class Explained:
    """``rows``: what the number rests on. ``working``: how they give it; None where it is unknown.
    ``excluded``: item and reason."""

    figure: Figure
    rows: pd.DataFrame
    working: Working | None
    excluded: pd.DataFrame

    @property
    def label(self) -> str:
        return headline_of(self.figure.key).label

    @property
    def shown(self) -> str:
        """The value in words, or why there is none."""
        figure = self.figure
        return (
            wording.quantity(figure.value, figure.unit)
            if figure.value is not None
            else f"not known: {figure.why}"
        )


@dataclass(frozen=True)
class Recipe:
    """How one figure comes about: the rows of a scene, what they are worth, and the rows that are left
    out."""

    rows: Callable[[Scene], pd.DataFrame]
    worked: Callable[[pd.DataFrame, Scene], Working]
    excluded: Callable[[Scene], pd.DataFrame] | None = None


Recipes = Mapping[str, Recipe]

NOTHING_EXCLUDED = pd.DataFrame(
    {
        "item_id": pd.Series(dtype="str"),
        "title": pd.Series(dtype="str"),
        "excluded_because": pd.Series(dtype="str"),
    }
)


def explained(figure: Figure, recipe: Recipe, scene: Scene) -> Explained:
    """One figure with all that stands behind it."""
    rows = recipe.rows(scene)
    working = recipe.worked(rows, scene) if figure.value is not None else None
    return Explained(
        figure, rows, working, NOTHING_EXCLUDED if recipe.excluded is None else recipe.excluded(scene)
    )


def counted(rows: pd.DataFrame, _: Scene) -> Working:
    """As many as there are rows."""
    return Working(len(rows), f"{wording.number(len(rows))} rows, each counted once")


def percentile(column: str, q: float) -> Callable[[pd.DataFrame, Scene], Working]:
    """The value at a place of the sorted rows, between the two nearest (Hyndman and Fan's type 7)."""

    def worked(rows: pd.DataFrame, scene: Scene) -> Working:
        ordered = np.sort(rows[column].dropna().to_numpy(dtype=np.float64))
        place = q * (len(ordered) - 1)
        low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
        value = float(low + (high - low) * (place - math.floor(place)))
        unit = "share" if column == "flow_efficiency" else scene.day_unit
        n = len(ordered)
        words = (
            f"sorted, place {q:g} × ({n} − 1) + 1 = {place + 1:g} of {n}: between "
            f"{wording.quantity(low, unit)} and {wording.quantity(high, unit)}"
        )
        return Working(value, words)

    return worked


def ratio(part: str, whole: str, what: str) -> Callable[[pd.DataFrame, Scene], Working]:
    """Σ part ÷ Σ whole."""

    def worked(rows: pd.DataFrame, _: Scene) -> Working:
        one, all_of_it = float(rows[part].sum()), float(rows[whole].sum())
        return Working(one / all_of_it, f"Σ {what} = {wording.number(one)} ÷ {wording.number(all_of_it)}")

    return worked


def total(column: str) -> Callable[[pd.DataFrame, Scene], Working]:
    """Σ of a column."""

    def worked(rows: pd.DataFrame, scene: Scene) -> Working:
        value = float(rows[column].sum())
        days = wording.unit(scene.day_unit) if counts_calendar(column, rows.columns) else "days"
        what = column.replace("_days", f" {days}").replace("_", " ")
        words = f"the sum of {what} over {wording.number(len(rows))} rows: {wording.number(value)}"
        return Working(value, words)

    return worked
