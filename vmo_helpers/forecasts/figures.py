"""The headline numbers of what lies ahead, as ``figures.json`` has them."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.forecasts.completion import HORIZON, LEAST_ORIGINS
from vmo_helpers.forecasts.leaving import NOT_WITHIN
from vmo_helpers.forecasts.order import BY_WSJF, CD3, OURS, WSJF, Order, rules_table
from vmo_helpers.forecasts.promises import promising
from vmo_helpers.forecasts.stages import LEAST_WARNINGS
from vmo_helpers.results.figure import Figure
from vmo_helpers.window import Window

_RESTS = "finishes of the last whole ISO weeks"


def figures(
    by_stream: pd.DataFrame, said: pd.DataFrame, late: pd.DataFrame, watched: pd.DataFrame, window: Window
) -> list[Figure]:
    """``by_stream``, ``said``, ``late``, ``watched``: as ``forecasts.by_stream``, ``said_and_came``,
    ``items_late`` and ``stages`` return them."""
    whole = by_stream.iloc[-1]
    n, origins = int(whole["finished"]), 0 if pd.isna(whole["tested"]) else int(whole["tested"])
    short = whole["why"] if pd.isna(whole["items_p85"]) else None
    made = [
        Figure(
            "forecast.open_items",
            int(whole["open_items"]),
            "items",
            int(whole["open_items"]),
            window,
            "neither finished nor cancelled at as-of; ideas in funnel or reviewing are apart",
        ),
        Figure(
            f"forecast.items_in_{HORIZON}_weeks_p85",
            None if short else float(whole["items_p85"]),
            "items",
            n,
            window,
            f"with 85 % at least so many are finished in the {HORIZON} weeks from the next Monday; {_RESTS}",
            why=short,
        ),
    ]
    for column, share in (("done_p50_days", "50 %"), ("done_p85_days", "85 %")):
        days = whole[column]
        made.append(
            Figure(
                f"forecast.{column}",
                None if pd.isna(days) else float(days),
                "days",
                int(whole["open_items"]),
                window,
                f"days after as-of by which every stream has finished as many as it has open, with {share}: "
                "the product over the streams, a ceiling",
                why=(whole["why"] if isinstance(whole["why"], str) else NOT_WITHIN)
                if pd.isna(days)
                else None,
            )
        )
    covered = whole["coverage"]
    made.append(
        Figure(
            "forecast.coverage_85",
            None if pd.isna(covered) else float(covered),
            "share",
            origins,
            window,
            f"of the {HORIZON}-week promises (85 %) remade every four weeks of the record, the share kept; "
            "origins overlap",
            low=None if pd.isna(covered) else float(whole["coverage_low"]),
            high=None if pd.isna(covered) else float(whole["coverage_high"]),
            why=f"not yet tested: {origins} earlier forecasts are over, a share needs {LEAST_ORIGINS}"
            if pd.isna(covered)
            else None,
        )
    )
    return [*made, _kept(said, window), _late(late, window), *_warnings(watched, window)]


def _kept(said: pd.DataFrame, window: Window) -> Figure:
    ours = promising(said)
    few = len(ours) < LEAST_ORIGINS
    return Figure(
        "forecast.kept_share",
        None if few else float(ours["kept"].mean()),
        "share",
        len(ours),
        window,
        f"of the {HORIZON}-week promises (85 %) as of the last twelve month ends that are over, the "
        f"share kept; promises of nothing apart",
        why=f"too few to say: {len(ours)} forecasts of month ends are over; a share needs {LEAST_ORIGINS}"
        if few
        else None,
    )


def _late(late: pd.DataFrame, window: Window) -> Figure:
    unknown = len(late) > 0 and late["late"].isna().all()
    return Figure(
        "forecast.late_items",
        None if unknown else int(late["late"].sum()),
        "items",
        len(late),
        window,
        "in progress for as long as the service level expectation, or longer",
        why=str(late["why"].iloc[0]) if unknown else None,
    )


def _warnings(watched: pd.DataFrame, window: Window) -> list[Figure]:
    able = watched[watched["why"].isna()]
    past, followed = int(able["past_warnings"].sum()), int(able["past_followed"].sum())
    few, none = past < LEAST_WARNINGS, "no stage has a baseline of 26 weeks and 20 departures"
    return [
        Figure(
            "forecast.stages_watched",
            len(able),
            "items",
            len(watched),
            window,
            "stages of active or waiting work with a baseline: of each stream with an arrival a "
            "week, else of all",
        ),
        Figure(
            "forecast.warnings",
            int(able["on"].sum()) if len(able) else None,
            "items",
            len(able),
            window,
            "stages that let fewer out than the ages of their items say, two weeks running at the "
            "score that warns",
            why=None if len(able) else none,
        ),
        Figure(
            "forecast.warnings_followed_share",
            None if few else followed / past,
            "share",
            past,
            window,
            "of the warnings that began in the last 52 weeks, without hindsight, the share that "
            "lead time followed "
            "within 26 weeks",
            why=f"too few to say: {past} earlier warnings are over; a share needs {LEAST_WARNINGS}"
            if few
            else None,
        ),
    ]


def order_figures(order: Order, window: Window) -> list[Figure]:
    """Those of the order of work, ``order`` as ``forecasts.best_order`` returns it."""
    n = len(order.items)
    few = (
        f"too few to say: {n} waiting items have a cost of delay and a length, two are needed"
        if n < 2
        else None
    )
    rules = rules_table(order).set_index("rule")["expected_cost"]
    ours = float(rules[OURS]) if few is None else None
    costs = {
        "cost": (
            ours,
            "money",
            "what waiting is expected to cost until all that waits is done, in this order",
        ),
        "gap": (
            None if few else _gap(order),
            "share",
            "at likely lengths and values: (cost − the linear relaxation) ÷ cost; no order is "
            "cheaper by more",
        ),
        "saved_against_cd3": (
            None if ours is None else float(rules[CD3]) - ours,
            "money",
            "expected cost by cost of delay ÷ length, less that of this order",
        ),
        "saved_against_wsjf": (
            None if ours is None or BY_WSJF not in rules else float(rules[BY_WSJF]) - ours,
            "money",
            "expected cost by the three scores of WSJF ÷ length, less that of this order",
        ),
        "probability_best": (
            None if few else order.probability_best,
            "share",
            "of 10,000 scenarios those in which no other order that was looked at is cheaper",
        ),
    }
    scores = f"not every item has scores for {', '.join(WSJF)}"
    return [
        Figure("sequence.items", n, "items", n, window, "waiting, with a cost of delay and a likely length"),
        *(
            Figure(
                f"sequence.{name}",
                value,
                unit,
                n,
                window,
                told,
                why=(few or scores) if value is None else None,
            )
            for name, (value, unit, told) in costs.items()
        ),
    ]


def _gap(order: Order) -> float:
    """The share of the cost that may yet be saved; NaN (unknown) where the bound was not solved."""
    cost = order.best.cost
    return max(0.0, (cost - order.least) / cost) if cost > 0 else 0.0
