"""The rows behind each ``forecast.*`` and ``sequence.*`` figure."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from vmo_helpers import forecasts
from vmo_helpers.explore.explain import Recipe, Recipes, Working, counted, ratio, total
from vmo_helpers.explore.scene import Scene
from vmo_helpers.forecasts import completion, models
from vmo_helpers.forecasts.completion import HORIZON, PROMISE
from vmo_helpers.forecasts.order import BY_WSJF, CD3, OURS, cost_by_item, scenarios
from vmo_helpers.forecasts.places import open_now
from vmo_helpers.forecasts.promises import promising
from vmo_helpers.results.figure import Figure
from vmo_helpers.style import wording

_ITEM = ["item_id", "title", "value_stream"]


def figures(scene: Scene) -> list[Figure]:
    """Every figure of what lies ahead, of what is looked at."""
    table = forecasts.by_stream(scene.ahead)
    return [
        *forecasts.figures(table, scene.said_and_came, scene.late, scene.watched, scene.window),
        *forecasts.order_figures(scene.order, scene.window),
    ]


def _open(scene: Scene) -> pd.DataFrame:
    is_open, _ = open_now(scene.items)
    return scene.items.loc[is_open, [*_ITEM, "status", "created_at"]]


def _ideas(scene: Scene) -> pd.DataFrame:
    _, idea = open_now(scene.items)
    stage = scene.items.loc[idea, "portfolio_stage"].astype("str")
    return scene.items.loc[idea, ["item_id", "title"]].assign(excluded_because="an idea: in " + stage)


def _trials(scene: Scene) -> pd.DataFrame:
    """One row a number of finishes in twelve weeks: in how many of the trials it came out."""
    counts = scene.ahead.whole.counts
    items, trials = np.unique(np.zeros(0) if counts is None else counts, return_counts=True)
    least = trials[::-1].cumsum()[::-1] / max(trials.sum(), 1)
    return pd.DataFrame({"items": items, "trials": trials, "at_least_share": least})


def _promise(rows: pd.DataFrame, _: Scene) -> Working:
    trials = int(rows["trials"].sum())
    place = math.floor((1 - PROMISE) * (trials - 1))
    value = float(rows["items"].iloc[int(np.searchsorted(rows["trials"].cumsum(), place, side="right"))])
    words = (
        f"sorted, place {place + 1} of {wording.number(trials)} trials: in "
        f"{wording.percent(PROMISE)} of them at least {wording.number(value)}"
    )
    return Working(value, words)


def _chances(scene: Scene) -> pd.DataFrame:
    """One row a week ahead: the chance of each stream to be done, and their product."""
    waiting = [one for one in scene.ahead.streams if one.place.open_items and one.done is not None]
    weeks = np.arange(1, completion.FARTHEST + 1)
    made = pd.DataFrame({"week": weeks, "until": [scene.ahead.sunday(int(week)) for week in weeks]})
    each = {f"{one.place.name} share": one.done for one in waiting}
    whole, _ = scene.ahead.chances
    return made.assign(**each, all_share=np.nan if whole is None else whole)


def _by_week(share: float) -> Callable[[pd.DataFrame, Scene], Working]:
    def worked(rows: pd.DataFrame, scene: Scene) -> Working:
        row = rows[rows["all_share"].ge(share - 1e-12)].iloc[0]
        return Working(
            scene.ahead.days(int(row["week"])),
            f"week {int(row['week'])} is the first with {wording.percent(share)} or more: days from as-of to "
            "its Sunday",
        )

    return worked


def _remade(scene: Scene) -> pd.DataFrame:
    """One row a forecast remade on the record: its week, what it promised, what came."""
    whole, weeks = scene.ahead.whole, int(scene.limits.forecast_history_weeks)
    model = models.over_dispersed if whole.tested is None else whole.tested.model
    place = whole.place
    said = completion.promised(place.finished, model, HORIZON, place.seed, weeks, place.worked)
    made = pd.DataFrame(said, columns=["week", "promised", "came"])
    return made.assign(kept=made["came"].ge(made["promised"]))


def _kept(rows: pd.DataFrame, _: Scene) -> Working:
    kept, n = int(rows["kept"].sum()), len(rows)
    return Working(kept / n, f"{wording.number(kept)} kept ÷ {wording.number(n)} made")


def _said(scene: Scene) -> pd.DataFrame:
    return promising(scene.said_and_came)[["said_on", "until", "promised", "came", "kept", "model"]]


def _late(scene: Scene) -> pd.DataFrame:
    found = scene.late
    return found.loc[found["late"].fillna(False).astype(bool), [*_ITEM, "age_days", "expected_days"]]


def _stages(which: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Scene], pd.DataFrame]:
    def rows(scene: Scene) -> pd.DataFrame:
        able = scene.watched[scene.watched["why"].isna()]
        shown = ["stage", "value_stream", "weeks", "expected", "departed", "score"]
        return able.loc[which(able), [*shown, "past_warnings", "past_followed"]]

    return rows


def _unwatched(scene: Scene) -> pd.DataFrame:
    found = scene.watched[scene.watched["why"].notna()]
    return pd.DataFrame(
        {"item_id": found["stage"], "title": found["value_stream"], "excluded_because": found["why"]}
    )


def _ordered(scene: Scene) -> pd.DataFrame:
    """The items of the order, with what waiting for each costs in the mean of the scenarios."""
    order, table = scene.order, forecasts.order_table(scene.order)
    shown = table[["place", *_ITEM, "starts", "done", "cost_of_delay_per_week"]]
    if order.work is None:
        return shown.assign(expected_cost=np.nan)
    each = cost_by_item(order.work, order.best, *scenarios(order.work, order.items)).mean(axis=0)
    costs = pd.Series(each, index=order.items["item_id"])
    return shown.assign(expected_cost=costs.reindex(shown["item_id"]).to_numpy())


def _left_out(scene: Scene) -> pd.DataFrame:
    found = scene.order.left_out
    return found[["item_id", "title"]].assign(excluded_because=found["why"])


def _rules(scene: Scene) -> pd.DataFrame:
    """One row an order looked at, ours first: what it costs, and in how many scenarios none is cheaper."""
    order, rules = scene.order, forecasts.rules_table(scene.order)
    near = [{"rule": "near the best", "expected_cost": float(cost.mean())} for cost in order.near]
    every = np.array([*order.costs.values(), *order.near])
    least = (every <= every.min(axis=0) + 1e-9).sum(axis=1) if len(every) else []
    rows = pd.concat(
        [rules[["rule", "expected_cost"]], pd.DataFrame(near, columns=["rule", "expected_cost"])]
    )
    return rows.assign(cheapest_scenarios=least)


def _saved(rule: str) -> Callable[[pd.DataFrame, Scene], Working]:
    def worked(rows: pd.DataFrame, scene: Scene) -> Working:
        cost = rows.drop_duplicates("rule").set_index("rule")["expected_cost"]
        one, ours = float(cost[rule]), float(cost[OURS])
        return Working(
            one - ours,
            f"{wording.money(one, scene.currency)} by {rule} − {wording.money(ours, scene.currency)}",
        )

    return worked


def _cheapest(rows: pd.DataFrame, scene: Scene) -> Working:
    made = len(scene.order.costs[OURS])
    won = int(rows["cheapest_scenarios"].iloc[0])
    return Working(won / made, f"cheapest in {wording.number(won)} of {wording.number(made)} scenarios")


def _likely(scene: Scene) -> pd.DataFrame:
    order = scene.order
    cost = order.best.cost if order.work is not None else np.nan
    return pd.DataFrame({"what": ["this order", "the linear relaxation"], "likely_cost": [cost, order.least]})


def _gap(rows: pd.DataFrame, scene: Scene) -> Working:
    ours, least = rows["likely_cost"].tolist()
    say = (wording.money(one, scene.currency) for one in (ours, least, ours))
    value = max(0.0, (ours - least) / ours) if ours > 0 else 0.0
    return Working(value, "({} − {}) ÷ {}, at likely lengths and values".format(*say))


RECIPES: Recipes = {
    "forecast.kept_share": Recipe(_said, _kept),
    "forecast.open_items": Recipe(_open, counted, _ideas),
    f"forecast.items_in_{HORIZON}_weeks_p85": Recipe(_trials, _promise),
    "forecast.done_p50_days": Recipe(_chances, _by_week(0.5)),
    "forecast.done_p85_days": Recipe(_chances, _by_week(PROMISE)),
    "forecast.coverage_85": Recipe(_remade, _kept),
    "forecast.late_items": Recipe(_late, counted),
    "forecast.stages_watched": Recipe(_stages(lambda able: able["why"].isna()), counted, _unwatched),
    "forecast.warnings": Recipe(_stages(lambda able: able["on"]), counted, _unwatched),
    "forecast.warnings_followed_share": Recipe(
        _stages(lambda able: able["past_warnings"].gt(0)),
        ratio("past_followed", "past_warnings", "followed ÷ Σ begun"),
        _unwatched,
    ),
    "sequence.items": Recipe(_ordered, counted, _left_out),
    "sequence.cost": Recipe(_ordered, total("expected_cost"), _left_out),
    "sequence.gap": Recipe(_likely, _gap),
    "sequence.saved_against_cd3": Recipe(_rules, _saved(CD3)),
    "sequence.saved_against_wsjf": Recipe(_rules, _saved(BY_WSJF)),
    "sequence.probability_best": Recipe(_rules, _cheapest),
}
