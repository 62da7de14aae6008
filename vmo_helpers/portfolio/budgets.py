"""The money of budgets by days: what of it falls between two days."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.vocabulary import FundingType

A_YEAR = 350  # days; a budget as long as this is decided once a year


def length_days(budgets: pd.DataFrame) -> pd.Series:
    """How many days each budget lasts, its first and last day included."""
    return (budgets["to"] - budgets["from"]).dt.days + 1


def falling(budgets: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    """Money of each budget that falls between two days, both included, in proportion to its own days.

    Missing for a budget that ends before it begins.
    """
    begins = budgets["from"].where(budgets["from"].ge(first), first)
    ends = budgets["to"].where(budgets["to"].le(last), last)
    length = length_days(budgets)
    return budgets["amount"] * ((ends - begins).dt.days + 1).clip(lower=0) / length.where(length > 0)


def project_share(budgets: pd.DataFrame, falls: pd.Series) -> float:
    """Share of the money with a funding type that funds projects; NaN without any.

    ``falls``: the money of each budget that counts.
    """
    typed = budgets["funding_type"].notna()
    whole = float(falls[typed].sum())
    projects = float(falls[typed & budgets["funding_type"].eq(FundingType.PROJECT)].sum())
    return projects / whole if whole > 0 else float("nan")
