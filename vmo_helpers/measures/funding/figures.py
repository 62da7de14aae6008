"""The headline numbers of funding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from vmo_helpers.measures.funding.budgets import value_stream_share
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.style.wording import percent
from vmo_helpers.vocabulary import BudgetSource
from vmo_helpers.window import Window


def figures(
    portfolio: Portfolio,
    budgets: pd.DataFrame,
    streams: pd.DataFrame,
    guardrails: pd.DataFrame,
    persistence: pd.DataFrame,
    uses: pd.DataFrame,
    missing: Mapping[str, str],
    window: Window,
) -> list[Figure]:
    """Every ``funding.*`` number of figures.json; unknown ones say why.

    ``uses`` is the frame of ``okr.money``, ``missing`` what ``okr.read`` says of links; the other frames are
    those of the measures of their names.
    """
    return [
        *_given(budgets, window),
        *_aligned(uses, missing.get("linked", ""), window),
        _breaches(guardrails, window),
        *_paid(streams, window),
        _lasting(persistence, window),
    ]


def _figure(key: str, value: float, unit: str, n: int, window: Window, definition: str, why: str) -> Figure:
    known = np.isfinite(value)
    return Figure(
        f"funding.{key}", value if known else None, unit, n, window, definition, why=None if known else why
    )


def _given(budgets: pd.DataFrame, window: Window) -> Iterator[Figure]:
    money, typed = budgets["in_window"], int(budgets["funding_type"].notna().sum())
    whole, none = float(money.sum()), "no budget has a day in the window"
    by_days = "money of the budgets, by the days that lie in the window"
    yield _figure(
        "value_stream_share",
        value_stream_share(budgets),
        "share",
        typed,
        window,
        f"1 − what funds projects ÷ money with a funding type: {by_days}",
        none if budgets.empty else "no budget says whether it funds a project or a value stream",
    )
    for key, rows, what in (
        (
            "annual_share",
            budgets["cadence"].eq("annual"),
            "decided for 350 days or more at once, or of source annual",
        ),
        ("participatory_share", budgets["source"].eq(BudgetSource.PARTICIPATORY), "of source participatory"),
        ("bound_share", budgets["bound"], "bound to a key result whose objective has days in common with it"),
    ):
        share = float(money[rows].sum()) / whole if whole > 0 else np.nan
        yield _figure(key, share, "share", len(budgets), window, f"{what} ÷ all {by_days}", none)


def _aligned(uses: pd.DataFrame, missing: str, window: Window) -> Iterator[Figure]:
    amount = uses.set_index("part")["amount"]
    judged, items = (
        float(uses.loc[uses["judged"], "amount"].sum()),
        int(uses.loc[uses["judged"], "items"].sum()),
    )
    lost, untraced = float(amount["no_goal"]), float(amount["not_traceable"])
    booked = float(uses["amount"].abs().sum()) > 0
    none = "nothing was booked in the window"
    yield _figure(
        "unaligned_spend",
        np.nan if missing or not booked else lost,
        "money",
        items,
        window,
        "spend in the window of feature work in progress that no link takes",
        missing or none,
    )
    yield _figure(
        "unaligned_share",
        lost / judged if judged > 0 and not missing else np.nan,
        "share",
        items,
        window,
        "spend without a goal ÷ spend that the ladder of alignment counts",
        missing or "the ladder of alignment counts no spend in the window",
    )
    definition = "booked on a stream alone in the window, and bound to no key result by a budget"
    yield _figure(
        "untraceable_spend", untraced if booked else np.nan, "money", items, window, definition, none
    )


def _breaches(guardrails: pd.DataFrame, window: Window) -> Figure:
    judged = guardrails["breached"].dropna()
    named = guardrails["target_share"].notna().any()
    return _figure(
        "guardrail_breaches",
        float(judged.sum()) if len(judged) else np.nan,
        "number",
        len(judged),
        window,
        "horizons and work types whose share of the actual spend in the window is off its target by more "
        "than the tolerance",
        "no spend in the window has a known horizon" if named else "portfolio.toml names no [guardrails]",
    )


def _paid(streams: pd.DataFrame, window: Window) -> Iterator[Figure]:
    for key, column, definition, why in (
        (
            "budget",
            "budget",
            "money of the budgets, by the days that lie in the window",
            "no budget has a day in the window",
        ),
        (
            "spend",
            "spend",
            "actual, of the months that begin in the window",
            "nothing was booked in the window",
        ),
        (
            "estimate_at_completion",
            "estimate_at_completion",
            "actual spend in the window and the newest forecast of later months that a budget of the window "
            "covers; a month with any actual row of a stream has no forecast",
            "nothing was booked or forecast",
        ),
    ):
        amounts = streams[column].dropna()
        value = float(amounts.sum()) if len(amounts) else np.nan
        yield _figure(key, value, "money", len(amounts), window, definition, why)


def _lasting(persistence: pd.DataFrame, window: Window) -> Figure:
    known = persistence[persistence["lasting_spend"].notna()]
    spend, unknown = (
        float(known["spend"].sum()),
        float(persistence["spend"].sum()) - float(known["spend"].sum()),
    )
    every = spend + unknown
    outside = percent(unknown / every) if every > 0 else "none"
    return _figure(
        "persistent_team_share",
        float(known["lasting_spend"].sum()) / spend if spend > 0 else np.nan,
        "share",
        len(known),
        window,
        "spend in the window by teams that had been on one stream for 365 days or longer at the month's end "
        f"÷ spend whose team is known; {outside} of the spend is outside, for its team is not",
        "no spend in the window is of a team that the table teams knows",
    )
