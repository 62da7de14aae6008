"""The latest fact of a portfolio: the day that a review is of when nobody names one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.lookup import places
from vmo_helpers.portfolio.portfolio import Portfolio

FURTHEST = pd.Timedelta(days=92)

# table → the column that dates its facts; deliveries and, for items without transitions, the dates that stand
# for them
FACTS = (
    ("transitions", "at"),
    ("status_reports", "at"),
    ("observations", "at"),
    ("checkins", "at"),
    ("surveys", "at"),
    ("work_items", "delivered_at"),
)
STAND_INS = (("work_items", "started_at"), ("work_items", "finished_at"), ("work_items", "cancelled_at"))
LAST_RESORT = (("work_items", "created_at"),)


@dataclass(frozen=True)
class Fact:
    """When something happened, and the row that says so."""

    at: pd.Timestamp
    table: str
    row: int
    column: str = "at"

    def __str__(self) -> str:
        return f"{self.table}, row {self.row}, {self.column} {self.at:%Y-%m-%dT%H:%M:%SZ}"


def latest_fact(portfolio: Portfolio) -> Fact:
    """The newest transition, report, observation, check-in, survey or delivery (UTC).

    Items without transitions count by started_at, finished_at and cancelled_at; a portfolio without any of
    these is as of the newest created_at. Raises InputProblems when nothing is dated, and when the newest fact
    lies more than 92 days beyond the next one: that is a typing error more often than news.
    """
    facts = _newest(portfolio, FACTS) + _newest(portfolio, STAND_INS, without_transitions=True) or _newest(
        portfolio, LAST_RESORT
    )
    if not facts:
        raise InputProblems(
            [
                Problem(
                    "as-of", "no fact in the data has a date: name the day of the review (--as-of 2026-10-31)"
                )
            ]
        )
    newest, *others = sorted(facts, key=lambda fact: fact.at, reverse=True)
    if others and newest.at - others[0].at > FURTHEST:
        gap = (newest.at - others[0].at).days
        raise InputProblems(
            [
                Problem(
                    "as-of",
                    f"the latest fact ({newest}) lies {gap:,} days beyond the next one ({others[0]}), so "
                    "it is likely mistyped: "
                    "correct it, or name the day of the review (--as-of 2026-10-31)",
                )
            ]
        )
    return newest


def _newest(
    portfolio: Portfolio, dated: tuple[tuple[str, str], ...], *, without_transitions: bool = False
) -> list[Fact]:
    """The two newest facts of each place."""
    facts = []
    for table, column in dated:
        stamps = portfolio.tables[table][column]
        if without_transitions and stamps.notna().any():
            moved = places(portfolio.tables["transitions"]["item_id"], portfolio.tables[table]["item_id"])
            still = np.ones(len(stamps), dtype=bool)
            still[moved[moved >= 0]] = False
            stamps = stamps[still]
        values = stamps.to_numpy(dtype="datetime64[us]")
        known = np.flatnonzero(~np.isnat(values))
        for _ in range(min(2, len(known))):
            place = known[np.argmax(values[known])]
            facts.append(Fact(stamps.iloc[place], table, int(stamps.index[place]), column))
            known = known[known != place]
    return facts
