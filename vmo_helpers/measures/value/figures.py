"""The headline numbers of value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from vmo_helpers.measures import outcomes
from vmo_helpers.measures.value.benefits import FEWEST_TESTED
from vmo_helpers.measures.value.delivery import Halves, business_value, time_to_adoption, time_to_realisation
from vmo_helpers.measures.value.money import FIRST, cashable, realisation
from vmo_helpers.measures.value.score import FEWEST, rank_stability
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.style.wording import counted
from vmo_helpers.vocabulary import SpendKind
from vmo_helpers.window import Window

BY_NOW = (
    "realised life to date ÷ planned by now, of benefits that are due a value and measured; low counts the "
    "others as nothing, high as on plan"
)
IN_FULL = (
    "realised life to date ÷ planned over the whole life, of the benefits that are due a value and measured"
)
AGAINST_FIRST = "the same money realised ÷ planned by now under the oldest plan on record"
NO_BENEFITS = "there are no benefits with a planned value"
NO_PLAN_DUE = "no benefit with a planned value, a lag and a due day is due anything yet"
NOTHING_MEASURED = "nothing was realised on record of what is due: enter what came in the table realisations"


def figures(
    portfolio: Portfolio,
    benefits: pd.DataFrame,
    money: pd.DataFrame,
    scores: pd.DataFrame,
    inside: outcomes.Inside,
    clocks: pd.DataFrame,
    window: Window,
    smallest_n_percentile: int,
) -> list[Figure]:
    """Every ``value.*`` number of figures.json but those of satisfaction; unknown ones say why.

    The frames are those of the measures of their names; ``clocks`` is that of ``outcomes.three_clocks``.
    """
    return [
        *_realised(benefits, window),
        *_returned(portfolio, money, window),
        *_at_risk(money, window),
        *_business_value(portfolio, window),
        *_clocks(inside, clocks, window, smallest_n_percentile),
        *_scored(portfolio, scores, window),
    ]


def why_unknown(benefits: pd.DataFrame) -> str:
    """What is missing for the share of benefits that was realised; empty where it is known."""
    if not benefits["planned_value"].gt(0).any():
        return NO_BENEFITS
    if not benefits["due_a_value"].any():
        return NO_PLAN_DUE
    return "" if (benefits["due_a_value"] & benefits["measured"]).any() else NOTHING_MEASURED


def _figure(
    key: str, value: float, unit: str, n: int, window: Window, definition: str, why: str, **more: float | None
) -> Figure:
    known = value is not None and np.isfinite(value)
    low, high = (
        each if known and (each := more.get(name)) is not None and np.isfinite(each) else None
        for name in ("low", "high")
    )
    shown = value if known else None
    return Figure(key, shown, unit, n, window, definition, low, high, None if known else why)


def _realised(benefits: pd.DataFrame, window: Window) -> Iterator[Figure]:
    why = why_unknown(benefits)
    changed = benefits["replanned"].any()
    unchanged = "" if changed else "; no change of a plan is on record"
    later = counted(int(benefits["came_later"].sum()), "benefit")
    for key, rows, planned, definition in (
        ("benefit_realisation", benefits, "planned_to_date", BY_NOW),
        (
            "benefit_realisation_first_plan",
            benefits,
            FIRST,
            f"{AGAINST_FIRST}; {later} came after the baseline and are in today's plan alone{unchanged}",
        ),
        ("benefit_realisation_in_full", benefits, "planned_in_full", IN_FULL),
        ("cashable_realisation", cashable(benefits), "planned_to_date", f"{BY_NOW}; revenue and cost alone"),
    ):
        found = realisation(rows, planned)
        said = why or "none of them has such a plan, or none is of revenue or cost"
        bounds = {"low": found.low, "high": found.high}
        yield _figure(
            f"value.{key}", found.value, "share", found.measured, window, definition, said, **bounds
        )
    headline = realisation(benefits)
    n = headline.measured
    for key, amount, definition in (
        (
            "realised",
            headline.realised,
            "realised life to date, of benefits that are due a value and measured",
        ),
        ("planned_to_date", headline.planned, "planned by now, of the same benefits"),
    ):
        yield _figure(f"value.{key}", amount, "money", n, window, definition, why)
    due = int(benefits["due_a_value"].sum())
    unmeasured = float(headline.unmeasured) if due else np.nan
    definition = "benefits that are due a value, and of which nothing realised is on record"
    yield _figure(
        "value.unmeasured_benefits", unmeasured, "number", due, window, definition, why or NO_PLAN_DUE
    )
    against = benefits[benefits["planned_value"].lt(0)]
    cost = float(against["realised"].sum(min_count=1)) if len(against) else 0.0
    yield _figure(
        "value.disbenefits",
        cost if benefits["planned_value"].notna().any() else np.nan,
        "money",
        int(against["measured"].sum()),
        window,
        "realised life to date of benefits with a planned value under 0; in no other figure",
        "no disbenefit has a realised value on record",
    )


def _returned(portfolio: Portfolio, money: pd.DataFrame, window: Window) -> Iterator[Figure]:
    both = money[money["realised"].notna() & money["spent"].notna()]
    back, spent = float(both["realised"].sum()), float(both["spent"].sum())
    why = "no item has both a realised value and spend on record"
    yield _figure(
        "value.return",
        back / spent if len(both) and spent > 0 else np.nan,
        "number",
        len(both),
        window,
        "realised ÷ spent, life to date, of items with a measured benefit and known spend; not discounted, "
        "and no return on investment",
        why,
    )
    actual = portfolio.spend[portfolio.spend["kind"].eq(SpendKind.ACTUAL)]
    every, total = float(actual["amount"].sum()), money["realised"].sum(min_count=1)
    yield _figure(
        "value.return_on_all_spend",
        float(total) / every if every > 0 else np.nan,
        "number",
        int(money["realised"].notna().sum()),
        window,
        "realised of all measured benefits ÷ all actual spend on record, life to date; not discounted",
        why,
    )


def _at_risk(money: pd.DataFrame, window: Window) -> Iterator[Figure]:
    unpriced = counted(int(money["unpriced"].sum()), "benefit")
    tested = "min(left, Σ left × P + (1 − mean P) × Σ probability × impact of open risks), by item"
    for key, column, definition, why in (
        (
            "benefit_at_risk",
            "at_risk",
            f"{tested}; P: the chance to end under the line, by its test; {unpriced} unpriced",
            "no benefit with a planned value is tested",
        ),
        (
            "benefit_at_risk_assumed",
            "at_risk_assumed",
            f"{tested}; P assumed: (red + ½) ÷ (tested + 1) of "
            "this portfolio, for benefits that are not tested",
            f"fewer than {FEWEST_TESTED} benefits are tested, or none is untested",
        ),
        (
            "risk_exposure",
            "risk_exposure",
            "Σ probability × impact of the open risks of items without benefits",
            "no open risk of an item without benefits is on record",
        ),
    ):
        amounts = money[column].dropna()
        value = float(amounts.sum()) if len(amounts) else np.nan
        yield _figure(f"value.{key}", value, "money", len(amounts), window, definition, why)


def _business_value(portfolio: Portfolio, window: Window) -> Iterator[Figure]:
    teams = business_value(portfolio, window)
    planned, actual = float(teams["planned_value"].sum()), float(teams["actual_value"].sum())
    n, unscored = int(teams["objectives"].sum()), int(teams["unscored"].sum())
    why = "no objective of a planning interval that ended in the window has an actual value"
    yield _figure(
        "value.business_value_delivered",
        actual / planned if planned > 0 and n else np.nan,
        "share",
        n,
        window,
        "actual of all objectives ÷ planned of the committed ones, over the planning intervals that ended in "
        f"the window; {counted(unscored, 'objective')} without an actual value in neither",
        why,
    )
    own = teams["delivered"].dropna()
    mean = float(own.mean()) if len(own) else np.nan
    definition = "mean of the teams' own actual ÷ planned over these intervals"
    yield _figure("value.business_value_team_mean", mean, "share", len(own), window, definition, why)


def _clocks(inside: outcomes.Inside, clocks: pd.DataFrame, window: Window, least: int) -> Iterator[Figure]:
    adoption = time_to_adoption(inside, clocks, window.end)
    realised = time_to_realisation(inside, clocks, window.end)
    half = "median days by Kaplan and Meier; what is not there yet counts as censored"
    for name, days, found, metric in (
        ("adopted_items", "deployed_to_adopted_p50_days", adoption, "deployed, with a behaviour metric"),
        ("realised_items", "adopted_to_realised_p50_days", realised, "adopted, with an outcome metric"),
    ):
        why = f"no item is {metric}"
        reached = float(found.reached) if found.of else np.nan
        yield _figure(f"value.{name}", reached, "items", found.of, window, f"of the items {metric}", why)
        known = found.days if found.reached >= least else np.nan
        bounds = {"low": found.low, "high": found.high}
        definition = f"{half}; items {metric}"
        yield _figure(
            f"value.{days}", known, "days", found.of, window, definition, _few(found, least), **bounds
        )


def _few(found: Halves, least: int) -> str:
    if found.reached < least:
        return f"{counted(found.reached, 'item')} got there: too few for a median"
    return "half of the items did not get there yet"


def _scored(portfolio: Portfolio, scores: pd.DataFrame, window: Window) -> Iterator[Figure]:
    n = int(scores["score"].notna().sum())
    missing = "no item has scores under criteria that [value_framework] weighs"
    yield _figure(
        "value.scored_items",
        float(n) if len(scores) else np.nan,
        "items",
        len(scores),
        window,
        "items of the review level whose scored criteria bear at least half of the weight",
        missing,
    )
    few = f"{counted(n, 'item')} scored: a rank needs {FEWEST}"
    definition = "share of 1,000 draws of the weights (each × 0.75 to 1.25) in which the same five items lead"
    stability = rank_stability(portfolio)
    yield _figure("value.rank_stability", stability, "share", n, window, definition, few if n else missing)
