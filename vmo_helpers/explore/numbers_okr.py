"""The rows behind each ``okr.*`` figure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from vmo_helpers import measures
from vmo_helpers.explore.explain import Recipe, Recipes, Working, counted, total
from vmo_helpers.explore.scene import Scene
from vmo_helpers.measures.okr.figures import SUFFIX
from vmo_helpers.measures.okr.key_results import AT_RISK
from vmo_helpers.measures.okr.ladder import AMOUNT, CLIMBED, Basis, Rung, reaches
from vmo_helpers.results.figure import Figure
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import GoalType, Moved, Verdict

_ITEM = ["item_id", "title", "level", "top_three", "objectives", "key_results"]
_SPEND_SHARE = {
    Rung.LINKED: "linked_spend_share",
    Rung.TOP_THREE: "top_three_spend_share",
    Rung.KEY_RESULT: "key_result_spend_share",
    Rung.CONTRIBUTION: "contribution_spend_share",
}
_OF_STREAMS = {Rung.LINKED: "aligned", Rung.TOP_THREE: "top_three", Rung.KEY_RESULT: "top_three"}


def figures(scene: Scene) -> list[Figure]:
    """Every ``okr.*`` figure of what is looked at."""
    return measures.okr.figures(scene.alignment, _results(scene), scene.limits.okr_alignment_share)


def _results(scene: Scene) -> pd.DataFrame:
    return measures.okr.key_results(scene.portfolio, scene.alignment.goals)


def _apart(scene: Scene) -> pd.DataFrame:
    """Items in progress that the denominator leaves out, with the reason."""
    items = scene.alignment.items
    return items.loc[
        items["excluded_because"].str.startswith("work type").eq(True),
        ["item_id", "title", "excluded_because"],
    ]


def _weighed(rung: Rung, basis: Basis, scene: Scene) -> pd.DataFrame:
    """The items of the denominator: weight, and how much of it stands on the rung; money on streams alone as
    a row of its own."""
    items = scene.alignment.counted
    weight = (
        pd.Series(1.0, index=items.index) if basis is Basis.COUNT else items[AMOUNT[basis]].astype("float64")
    )
    part = items[_SPEND_SHARE[rung]] if basis is Basis.SPEND else reaches(items, rung).astype("float64")
    rows = items[_ITEM].assign(weight=weight, on_the_rung=weight * part)[weight.notna()]
    streams = scene.alignment.streams
    if basis is Basis.SPEND and len(streams) and streams["aligned"].sum() > 0:
        bound = _OF_STREAMS.get(rung)
        extra = pd.DataFrame(
            {
                "item_id": ["–"],
                "title": ["money on streams that a budget binds"],
                "weight": [float(streams["aligned"].sum())],
                "on_the_rung": [float(streams[bound].sum()) if bound else 0.0],
            }
        )
        rows = pd.concat([rows, extra], ignore_index=True)
    return rows.sort_values(["on_the_rung", "weight"], ascending=False, kind="stable")


def _share(rows: pd.DataFrame, _: Scene) -> Working:
    part, whole = float(rows["on_the_rung"].sum()), float(rows["weight"].sum())
    return Working(part / whole, f"{wording.number(part)} on the rung ÷ {wording.number(whole)} in all")


def _short(basis: Basis, scene: Scene) -> pd.DataFrame:
    """What could be mapped, the costliest first."""
    rows = _weighed(Rung.TOP_THREE, basis, scene)
    return (
        rows[rows["on_the_rung"] < rows["weight"]]
        .assign(gap=rows["weight"] - rows["on_the_rung"])
        .sort_values("gap", ascending=False, kind="stable")
    )


def _needed(basis: Basis, rows: pd.DataFrame, scene: Scene) -> Working:
    every = _weighed(Rung.TOP_THREE, basis, scene)
    line, whole, have = (
        scene.limits.okr_alignment_share,
        float(every["weight"].sum()),
        float(every["on_the_rung"].sum()),
    )
    gaps = rows.loc[rows["item_id"] != "–", "gap"].to_numpy()
    reach = have + np.concatenate([[0.0], np.cumsum(gaps)])
    enough = np.flatnonzero(reach >= line * whole - 1e-9 * max(line * whole, 1.0))
    count = int(enough[0]) if len(enough) else len(gaps)
    asked = f"{wording.percent(line)} of {wording.number(whole)} is {wording.number(line * whole)}"
    words = f"{asked}; {wording.number(have)} stand there; {count} more reach it"
    return Working(count, words)


def _moved_share(rows: pd.DataFrame, _: Scene) -> Working:
    yes = int(rows["moved"].eq(Moved.MOVED).sum())
    return Working(yes / len(rows), f"{yes} moved ÷ {len(rows)} delivered")


def _moved(scene: Scene) -> pd.DataFrame:
    return scene.moved[["item_id", "title", "delivered_on", "moved", "kr_id", "because"]]


def _orphans(scene: Scene) -> pd.DataFrame:
    items = scene.alignment.counted
    return items.loc[
        items["rung"].eq(0), ["item_id", "title", "value_stream", "team", "planned_cost", "spend"]
    ]


def _idle(kind: GoalType | None, scene: Scene) -> pd.DataFrame:
    work = measures.okr.goal_work(scene.alignment)
    return work[work["without_work"] & (True if kind is None else work["goal_type"].eq(kind))]


def _spread(rows: pd.DataFrame, _: Scene) -> Working:
    return Working(
        1 / float((rows["link_share"] ** 2).sum()),
        "1 ÷ " + " + ".join(f"{share:.2f}²" for share in rows["link_share"] if share > 0),
    )


def _no_goal(scene: Scene) -> pd.DataFrame:
    items = scene.alignment.counted
    left = items["spend_once"] * (1.0 - items["linked_spend_share"])
    rows = items[["item_id", "title", "spend", "linked_spend_share"]].assign(unaligned_spend=left)
    return rows[rows["unaligned_spend"] > 0].sort_values("unaligned_spend", ascending=False, kind="stable")


def _verdicts(which: Callable[[pd.DataFrame], pd.Series], scene: Scene) -> pd.DataFrame:
    table = measures.okr.key_results_table(_results(scene))
    return table.loc[
        which(table),
        [
            "kr_id",
            "title",
            "value",
            "target",
            "progress",
            "expected",
            "verdict",
            "last_checkin",
            "not_measured_because",
        ],
    ]


RECIPES: Recipes = {
    **{
        f"okr.{rung}_share{SUFFIX[basis]}": Recipe(partial(_weighed, rung, basis), _share, _apart)
        for rung in CLIMBED
        for basis in Basis
    },
    **{
        f"okr.items_short{SUFFIX[basis]}": Recipe(partial(_short, basis), partial(_needed, basis), _apart)
        for basis in (Basis.COUNT, Basis.SPEND, Basis.PLANNED_COST)
    },
    "okr.moved_share": Recipe(_moved, _moved_share),
    "okr.orphan_items": Recipe(_orphans, counted, _apart),
    "okr.goals_without_work": Recipe(partial(_idle, None), counted),
    "okr.objectives_without_work": Recipe(partial(_idle, GoalType.OBJECTIVE), counted),
    "okr.effective_goals": Recipe(lambda scene: measures.okr.goal_spread(scene.alignment), _spread),
    "okr.spend_without_goal": Recipe(_no_goal, total("unaligned_spend"), _apart),
    "okr.key_results_at_risk": Recipe(
        partial(_verdicts, lambda table: table["verdict"].isin(AT_RISK)), counted
    ),
    "okr.stale_key_results": Recipe(partial(_verdicts, lambda table: table["stale"]), counted),
    "okr.not_measured_key_results": Recipe(
        partial(_verdicts, lambda table: table["verdict"].eq(Verdict.NOT_MEASURED)), counted
    ),
}
