"""The latest fact of a portfolio: the day that a review is of when nobody names one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vmo_helpers.contract.problems import InputProblems, Problem, agreeing, listed
from vmo_helpers.lookup import places
from vmo_helpers.portfolio.portfolio import Portfolio
from vmo_helpers.vocabulary import SpendKind
from vmo_helpers.window import day_end

FURTHEST = 92
"""Days that may lie between the latest facts and those before them."""
FEW_ROWS = 2
FEW_DAYS = 3
"""So many rows, or days, are a slip rather than a part of the data, however many rows share a day."""
PAUSE = 1_096
"""Nobody pauses for three years: whatever lies beyond such a gap is in doubt."""

# table → the column that dates its facts; deliveries and, for items without transitions, the dates that stand
# for them. A day is its end; a month of spend is the end of its last day
FACTS = (
    ("transitions", "at"),
    ("status_reports", "at"),
    ("observations", "at"),
    ("checkins", "at"),
    ("surveys", "at"),
    ("work_items", "delivered_at"),
    ("realisations", "at"),
    ("decisions", "asked_at"),
    ("decisions", "decided_at"),
    ("decisions", "done_at"),
    ("spend", "period"),
    ("pi_objectives", "to"),
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
    """The newest transition, report, observation, check-in, survey, delivery, realisation, decision, month of
    actual spend or planning interval with an actual value (UTC).

    Items without transitions count by started_at, finished_at and cancelled_at; a portfolio without any of
    these is as of the newest created_at. Raises InputProblems when nothing is dated, and when the latest
    facts lie so far beyond those before them that they are mistyped more likely than news: one or two rows
    more than 92 days, others more than twice the longest gap that there was before.
    """
    stamps = _dated(portfolio, FACTS) + _dated(portfolio, STAND_INS, without_transitions=True)
    stamps = [one for one in stamps if len(one.at)] or [
        one for one in _dated(portfolio, LAST_RESORT) if len(one.at)
    ]
    if not stamps:
        raise _refused("no fact in the data has a date: name the day of the review (--as-of 2026-10-31)")
    newest = _fact(stamps)
    edge = _edge([one.at.astype("datetime64[D]").astype(np.int64) for one in stamps])
    if edge is None:
        return newest
    before = _fact(
        [_Dated(one.table, one.column, one.at[one.at < edge], one.rows[one.at < edge]) for one in stamps]
    )
    first = min(one.at[one.at >= edge].min() for one in stamps if (one.at >= edge).any())
    gap = f"{(pd.Timestamp(first).tz_localize('UTC') - before.at).days:,} days beyond"
    late = {one: one.rows[one.at >= edge] for one in stamps if (one.at >= edge).any()}
    if sum(map(len, late.values())) == 1:
        told = f"the latest fact ({newest}) lies {gap} the next one ({before}), so it is likely mistyped"
        raise _refused(f"{told}: correct it, or {_NAME_THE_DAY}")
    rows = "; ".join(
        f"{one.table}, {one.column}, {agreeing(len(those), 'row', 'rows')} {listed(map(str, those), 5)}"
        for one, those in late.items()
    )
    told = f"the latest facts ({rows}) lie {gap} the others ({before}), so they are likely mistyped"
    raise _refused(f"{told}: correct them, or {_NAME_THE_DAY}")


_NAME_THE_DAY = "name the day of the review (--as-of 2026-10-31)"


def _refused(what: str) -> InputProblems:
    return InputProblems([Problem("as-of", what)])


def _edge(days: list[np.ndarray]) -> np.datetime64 | None:
    """The day from which on facts are in doubt for the gap before it; None where none is. ``days``: of each
    place, as numbers."""
    start = min(int(of_place.min()) for of_place in days)
    size = max(int(of_place.max()) for of_place in days) - start + 1
    rows = sum((np.bincount(of_place - start, minlength=size) for of_place in days), np.zeros(size, np.int64))
    known = np.flatnonzero(rows)
    gaps = np.diff(known)  # between each day with facts and the next
    if not len(gaps):
        return None
    longest, later = np.maximum.accumulate(gaps), np.cumsum(rows[known][::-1])[::-1]
    for place in np.flatnonzero(gaps > FURTHEST)[::-1]:
        # two gaps make a rhythm; before there is one, a year may pass between two reports
        usual = int(longest[place - 1]) if place >= 2 else 366
        limit = FURTHEST if later[place + 1] <= FEW_ROWS else max(FURTHEST, 2 * usual)
        if len(known) - place - 1 > FEW_DAYS:
            limit = max(PAUSE, 2 * usual)
        if gaps[place] > limit:
            return np.datetime64(start + int(known[place + 1]), "D")
    return None


@dataclass(frozen=True, eq=False)
class _Dated:
    """The known instants of one column (µs, UTC) and the rows that have them."""

    table: str
    column: str
    at: np.ndarray
    rows: np.ndarray


def _fact(stamps: list[_Dated]) -> Fact:
    """The newest fact; of several of one instant the first."""
    newest = max((one for one in stamps if len(one.at)), key=lambda one: one.at.max())
    place = int(np.argmax(newest.at))
    stamp = pd.Timestamp(newest.at[place]).as_unit("us").tz_localize("UTC")
    return Fact(stamp, newest.table, int(newest.rows[place]), newest.column)


def _instants(portfolio: Portfolio, table: str, column: str) -> pd.Series:
    """When the facts of a column were there: the end of a day that was over, of a month that was paid."""
    frame = portfolio.tables[table]
    days = frame[column]
    if table == "spend":
        days = days[frame["kind"].eq(SpendKind.ACTUAL)] + pd.offsets.MonthEnd(0)
    elif table == "pi_objectives":
        days = days[frame["actual_value"].notna()]
    else:
        return days
    ends = pd.Series([day_end(day, portfolio.settings.timezone) for day in days.dropna().unique()])
    place = pd.Index(days.dropna().unique()).get_indexer(pd.Index(days))
    return pd.Series(ends.astype("datetime64[us, UTC]").array.take(place, allow_fill=True), index=days.index)


def _dated(
    portfolio: Portfolio, dated: tuple[tuple[str, str], ...], *, without_transitions: bool = False
) -> list[_Dated]:
    """The instants of each place."""
    facts = []
    for table, column in dated:
        stamps = _instants(portfolio, table, column)
        if without_transitions and stamps.notna().any():
            moved = places(portfolio.tables["transitions"]["item_id"], portfolio.tables[table]["item_id"])
            still = np.ones(len(stamps), dtype=bool)
            still[moved[moved >= 0]] = False
            stamps = stamps[still]
        values = stamps.to_numpy(dtype="datetime64[us]")
        known = ~np.isnat(values)
        facts.append(_Dated(table, column, values[known], stamps.index.to_numpy()[known]))
    return facts
