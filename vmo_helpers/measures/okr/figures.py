"""The headline numbers of alignment."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.measures.okr.balance import effective_goals, goal_spread
from vmo_helpers.measures.okr.key_results import AT_RISK
from vmo_helpers.measures.okr.ladder import AMOUNT, CLIMBED, Basis, Rung, items_short, items_short_by, ladder
from vmo_helpers.measures.okr.moved import moved_items
from vmo_helpers.measures.okr.sight import goal_work
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.results.figure import Figure
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import GoalType, Moved, Verdict

LINE = 0.80
SUFFIX = {
    Basis.COUNT: "",
    Basis.SPEND: "_by_spend",
    Basis.PLANNED_COST: "_by_planned_cost",
    Basis.WIP_DAYS: "_by_wip_days",
}
_SAID = {
    Rung.LINKED: "with a link to any goal (L1)",
    Rung.TOP_THREE: "with a link of any kind to a goal under rank 1–3",
    Rung.KEY_RESULT: "with a link to a key result under rank 1–3 (L2)",
    Rung.CONTRIBUTION: "with a link to a key result under rank 1–3 that states an expected delta and a "
    "date (L3)",
}
_OF = {
    Basis.COUNT: "share of the items of feature work in progress",
    Basis.SPEND: (
        "share of the actual spend in the window of feature work in progress, split by the links' shares, "
        "with stream money that a budget binds,"
    ),
    Basis.PLANNED_COST: "share of the planned cost of feature work in progress",
    Basis.WIP_DAYS: "share of the {days} in progress, inside the window, of feature work in progress",
}
_AT_RISK = (
    "key results of the day that missed, will miss or are at risk: a straight line through their values "
    "(80 % interval) ends below "
    "what is needed (committed 1.0, aspirational 0.7); those not measured, stale, without an end or a "
    "begin, or too early are not in it"
)
_STALE = (
    "measured key results whose next value is overdue by more than max(3 days, 25 % of the cadence, "
    "30 days if none)"
)
_GOALS_OF_THE_DAY = (
    "; goals whose period holds the day; links standing on it, own, inherited from "
    "ancestors and from children"
)


def figures(
    alignment: Alignment, key_results: pd.DataFrame, okr_alignment_share: float = LINE
) -> list[Figure]:
    """Every ``okr.*`` number of figures.json; unknown ones say why.

    ``okr_alignment_share``: the share that is asked for.
    """
    moved = moved_items(alignment)
    rungs = ladder(alignment, moved)
    return [
        *_shares(alignment, rungs),
        *_short(alignment, rungs, okr_alignment_share),
        _moved(alignment, moved, rungs),
        *_goals(alignment),
        *_key_results(alignment, key_results),
    ]


def _shares(alignment: Alignment, rungs: pd.DataFrame) -> Iterator[Figure]:
    days = wording.unit(Calendar.of(alignment.portfolio.settings).day_unit)
    for rung in CLIMBED:
        for basis in Basis:
            row = _cell(rungs, rung, basis)
            definition = f"{_OF[basis].format(days=days)} {_SAID[rung]}{_GOALS_OF_THE_DAY}"
            value = None if row["why"] else float(row["share"])
            key, why = f"okr.{rung}_share{SUFFIX[basis]}", row["why"] or None
            yield Figure(key, value, "share", int(row["n"]), alignment.window, definition, why=why)


def _short(alignment: Alignment, rungs: pd.DataFrame, line: float) -> Iterator[Figure]:
    items = alignment.counted
    for basis in (Basis.COUNT, Basis.SPEND, Basis.PLANNED_COST):
        row = _cell(rungs, Rung.TOP_THREE, basis)
        why = row["why"] or None
        value = None if why else short_of_line(alignment, basis, line)
        if value is None and not why:
            why = (
                "with every feature in progress mapped the share stays under the line: money of streams alone"
            )
        if basis == Basis.COUNT:
            said = (
                "how many more items of feature work in progress must be mapped to a top-three goal so that "
                "their share is"
            )
        else:
            said = (
                "the fewest items of feature work in progress that, mapped to a top-three goal in full, the "
                "costliest first, would bring the share by "
                f"{str(basis).replace('_', ' ')} to"
            )
        yield Figure(
            f"okr.items_short{SUFFIX[basis]}",
            value,
            "items",
            len(items),
            alignment.window,
            f"{said} at least {line:.0%}",
            why=why,
        )


def short_of_line(alignment: Alignment, basis: Basis, line: float = LINE) -> int | None:
    """How many more items would bring the share mapped to the top three to the line.

    By count, spend or planned cost. None: by spend, where no number of them would.
    """
    items = alignment.counted
    if basis == Basis.COUNT:
        return items_short(int(items["top_three"].sum()), len(items), line)
    weight = np.nan_to_num(items[AMOUNT[basis]].to_numpy(dtype=np.float64))
    if basis == Basis.SPEND:
        streams = alignment.streams
        part = weight * items["top_three_spend_share"].to_numpy()
        return items_short_by(
            weight, part, line, float(streams["top_three"].sum()), float(streams["aligned"].sum())
        )
    return items_short_by(weight, weight * items["top_three"].to_numpy(dtype=np.float64), line)


def _moved(alignment: Alignment, moved: pd.DataFrame, rungs: pd.DataFrame) -> Figure:
    row = _cell(rungs, Rung.MOVED, Basis.COUNT)
    definition = (
        "share of the items of feature work delivered in the window that are linked as L3 and whose key "
        "result has moved beyond its noise since the delivery (L4): consistent with the delivery, not "
        "because of it; low counts those that cannot be told as not moved, high as moved"
    )
    n = len(moved)
    if row["why"]:
        return Figure("okr.moved_share", None, "share", n, alignment.window, definition, why=row["why"])
    yes, unknown = int(moved["moved"].eq(Moved.MOVED).sum()), int(moved["moved"].eq(Moved.UNKNOWN).sum())
    return Figure(
        "okr.moved_share",
        yes / n,
        "share",
        n,
        alignment.window,
        definition,
        low=yes / n,
        high=(yes + unknown) / n,
    )


def _goals(alignment: Alignment) -> Iterator[Figure]:
    why, window = alignment.missing.get("linked"), alignment.window
    items = alignment.counted
    yield Figure(
        "okr.orphan_items",
        None if why else int(items["rung"].eq(0).sum()),
        "items",
        len(items),
        window,
        f"items of feature work in progress without a link to any goal (L0){_GOALS_OF_THE_DAY}",
        why=why,
    )
    work = goal_work(alignment)
    objectives = work[work["goal_type"].eq(GoalType.OBJECTIVE)]
    yield Figure(
        "okr.goals_without_work",
        None if why else int(work["without_work"].sum()),
        "number",
        len(work),
        window,
        "objectives and key results of the day that no item in progress, of any work type, serves: "
        "itself or, for an objective, anything "
        "under it",
        why=why,
    )
    yield Figure(
        "okr.objectives_without_work",
        None if why else int(objectives["without_work"].sum()),
        "number",
        len(objectives),
        window,
        "objectives of the day without work in progress under them",
        why=why,
    )
    spread = goal_spread(alignment)
    value = effective_goals(spread)
    nothing = why or ("no link of an item in progress counts" if np.isnan(value) else None)
    yield Figure(
        "okr.effective_goals",
        None if nothing else value,
        "number",
        int(spread["links"].sum()),
        window,
        "1 ÷ Σp², p = share of the links of feature work in progress per top-level objective, of "
        f"{len(spread)} such objectives; n = links",
        why=nothing,
    )
    orphaned = items["spend_once"] * (1.0 - items["linked_spend_share"])
    no_money = why or (
        None if items["spend"].notna().any() else "no actual spend is known of the items in progress"
    )
    yield Figure(
        "okr.spend_without_goal",
        None if no_money else float(orphaned.sum()),
        "money",
        int(items["spend"].notna().sum()),
        window,
        "actual spend in the window of feature work in progress that no link takes",
        why=no_money,
    )


def _key_results(alignment: Alignment, results: pd.DataFrame) -> Iterator[Figure]:
    n, verdict = len(results), results["verdict"]
    measured = int(verdict.ne(Verdict.NOT_MEASURED).sum())
    none = None if n else "no key result of an objective whose period holds the day"
    why = none or (None if measured else f"none of {n} key results is measured")
    judged = verdict.isin([*AT_RISK, Verdict.ON_TRACK, Verdict.ACHIEVED]).any()
    unjudged = None if judged else f"none of {n} key results can be judged yet"
    for key, value, definition, reason in (
        ("key_results_at_risk", int(verdict.isin(AT_RISK).sum()), _AT_RISK, why or unjudged),
        ("stale_key_results", int(results["stale"].sum()), _STALE, why),
        (
            "not_measured_key_results",
            n - measured,
            "key results of the day without a value, or without what their type needs",
            none,
        ),
    ):
        yield Figure(
            f"okr.{key}", None if reason else value, "number", n, alignment.window, definition, why=reason
        )


def _cell(rungs: pd.DataFrame, rung: Rung, basis: Basis) -> pd.Series:
    return rungs[rungs["rung"].eq(rung) & rungs["basis"].eq(basis)].iloc[0]
