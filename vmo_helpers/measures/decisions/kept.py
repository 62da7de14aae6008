"""Was a decision that is done kept? Held against what it names, from the day on which it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vmo_helpers.measures.flow import FlowLog
from vmo_helpers.measures.flow.arrays import micro
from vmo_helpers.measures.flow.quantiles import SMALLEST_N
from vmo_helpers.measures.outcomes import FEW, MOVED
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import DecisionOutcome as Outcome
from vmo_helpers.vocabulary import StateClass

KEPT, NOT_KEPT, UNSEEN = "kept", "not kept", "cannot be seen"
GRACE = pd.Timedelta(30.44, "D")
"""A month, in which work that was stopped is put away."""
FREED = pd.Timedelta(60, "D")
"""By then a queue that was freed holds its limit, or is shorter."""
_SHORTEST_NAME = 5
Verdict = tuple[str, str]


@dataclass(frozen=True)
class Facts:
    """What decisions are held against: the log, its items, and the effects of ``decisions.effects``."""

    portfolio: Portfolio
    log: FlowLog
    items: pd.DataFrame
    effects: pd.DataFrame
    level: str

    @property
    def now(self) -> pd.Timestamp:
        return self.log.as_of


def kept(
    portfolio: Portfolio,
    states: pd.DataFrame,
    effects: pd.DataFrame,
    log: FlowLog,
    items: pd.DataFrame,
    level: str = "item",
) -> pd.DataFrame:
    """One row a decision that is done.

    Frames as ``states``, ``effects``, ``flow.read`` and ``flow.items`` return them. Index: its row in
    ``decisions``. A place is the value stream or state that the question names, else the item's stream.
    Boundary: facts of the instant of the deed count before it.

    - freeze: nothing started in the place since;
    - stop: no spend and no move of the item but its cancellation, from a month after the deed on;
    - fund: the item's mean monthly spend of up to three months is higher than before the deed;
    - free: the state holds its limit within 60 days, or less than on the day of the deed. Of under five items
      without a limit nothing is said;
    - pivot, continue, other: the metric that the decision names moved the wanted way.

    Columns
        decision_id, question, done_at: as in ``decisions``
        outcome: what was decided
        place: value stream that the decision is about; missing without one
        kept: kept, not kept or cannot be seen
        facts: what was seen, in words
    """
    facts = Facts(portfolio, log, items, effects, level)
    done = states[states["done_at"].notna()]
    named = portfolio.value_streams.dropna(subset=["name"])
    streams = dict(zip(named["value_stream_id"], named["name"], strict=True))
    rows = []
    for row in done.to_dict("records"):
        place = _named(str(row["question"]), streams) or _stream(row["item_id"], items)
        verdict, said = _HELD.get(str(row["outcome"]), _moved)(facts, row, place)
        given = (row[name] for name in ("decision_id", "question", "done_at", "outcome"))
        rows.append((*given, place, verdict, said))
    names = ["decision_id", "question", "done_at", "outcome", "place", "kept", "facts"]
    return pd.DataFrame(rows, columns=names, index=done.index).astype(
        dict.fromkeys(["outcome", "place", "kept", "facts"], "str")
    )


def _freeze(facts: Facts, row: dict[Any, Any], place: str | None) -> Verdict:
    if place is None:
        return UNSEEN, "it names no value stream"
    began = facts.items["started_at"].gt(row["done_at"]) & facts.items["value_stream_id"].eq(place)
    if not began.any():
        return KEPT, "nothing started there since"
    n, before = int(began.sum()), row["decided_at"]
    said = f"{wording.counted(n, facts.level)} started there since it was done"
    if wording.known(before):
        every = facts.items["started_at"].gt(before) & facts.items["value_stream_id"].eq(place)
        more = int(every.sum())
        said += f", {wording.number(more)} since it was decided" if more > n else ""
    return NOT_KEPT, said


def _stop(facts: Facts, row: dict[Any, Any], place: str | None) -> Verdict:
    since, item = row["done_at"] + GRACE, row["item_id"]
    if not isinstance(item, str):
        return UNSEEN, "it names no item"
    if facts.now < since:
        return UNSEEN, "the month to put it away is not over"
    moves, spent = facts.portfolio.transitions, _spend(facts, item)
    if moves.empty and spent.empty:
        return UNSEEN, "neither moves nor spend of it are on record"
    away = facts.log.board.rows.loc[facts.log.board.rows["class"].eq(str(StateClass.CANCELLED)), "state"]
    late = moves["item_id"].eq(item) & moves["at"].gt(since) & ~moves["to_state"].isin(away)
    money = float(spent[spent.index >= _next_month(since, facts)].sum())
    said = [f"it moved {wording.counted(int(late.sum()), 'time')}"] if late.any() else []
    if money > 0:
        said.append(f"{wording.money(money, facts.portfolio.settings.currency)} were spent on it")
    if said:
        return NOT_KEPT, f"a month later and since {wording.listed(said, most=2)}"
    return KEPT, "no move and no spend since"


def _fund(facts: Facts, row: dict[Any, Any], place: str | None) -> Verdict:
    if not isinstance(row["item_id"], str):
        return UNSEEN, "it names no item"
    spent, turn = _spend(facts, row["item_id"]), _next_month(row["done_at"], facts)
    ahead, after = spent[spent.index < turn].tail(3), spent[spent.index >= turn].head(3)
    if ahead.empty or after.empty:
        return UNSEEN, "its spend before and after is not on record"
    now, then = (float(part.mean()) for part in (after, ahead))
    currency = facts.portfolio.settings.currency
    said = f"from {wording.money(then, currency)} to {wording.money(now, currency)} a month"
    return (KEPT, f"spend rose {said}") if now > then else (NOT_KEPT, f"spend went {said}")


def _free(facts: Facts, row: dict[Any, Any], place: str | None) -> Verdict:
    rows = facts.log.board.rows
    queues = (
        rows[rows["class"].eq(str(StateClass.WAIT))].drop_duplicates("state").set_index("state")["wip_limit"]
    )
    state = _named(str(row["question"]), {name: name for name in map(str, queues.index) if " " in name})
    if state is None:
        return UNSEEN, "it names no queue"
    by = min(row["done_at"] + FREED, facts.now)
    then, now = (_standing(facts.log, state, at) for at in (row["done_at"], by))
    limit = queues[state]
    said = f"{then} stood there on the day, {now} by {wording.day(str(by.date()), year=True)}"
    if not wording.known(limit) and max(then, now) < SMALLEST_N:
        return UNSEEN, "too few stood there to tell"
    if now < then or (wording.known(limit) and now <= limit):
        return KEPT, said
    return (NOT_KEPT, said) if by < facts.now else (UNSEEN, f"{said}; 60 days are not over")


def _moved(facts: Facts, row: dict[Any, Any], place: str | None) -> Verdict:
    found = facts.effects[facts.effects["decision_id"].eq(row["decision_id"])]
    if found.empty:
        return UNSEEN, "it names no metric"
    effect = found.iloc[0]
    if effect["verdict"] == FEW:
        return UNSEEN, "too few readings of its metric since"
    said = f"“{wording.plain(effect['metric'])}”: {effect['verdict']}"
    return (KEPT if effect["verdict"] == MOVED else NOT_KEPT), said


_HELD: dict[str, Callable[[Facts, dict[Any, Any], str | None], Verdict]] = {
    str(Outcome.FREEZE): _freeze,
    str(Outcome.STOP): _stop,
    str(Outcome.FUND): _fund,
    str(Outcome.FREE): _free,
}


def _named(question: str, names: dict[str, str]) -> str | None:
    """The key of the longest name that a question names, if any."""
    said = question.casefold()
    found = [key for key, name in names.items() if len(name) >= _SHORTEST_NAME and name.casefold() in said]
    return max(found, key=lambda key: len(names[key]), default=None)


def _stream(item: object, items: pd.DataFrame) -> str | None:
    mine = items.loc[items["item_id"].isin([item]), "value_stream_id"].dropna()
    return None if mine.empty else str(mine.iloc[0])


def _spend(facts: Facts, item: str) -> pd.Series:
    """Actual spend of an item and its children by month."""
    work, spend = facts.portfolio.work_items, facts.portfolio.spend
    mine = {item, *work.loc[work["parent_id"].eq(item), "item_id"]}
    own = spend[spend["kind"].eq("actual") & spend["item_id"].isin(mine)]
    months: pd.Series = own.groupby("period")["amount"].sum()
    return months


def _next_month(at: pd.Timestamp, facts: Facts) -> pd.Timestamp:
    """The first day of the month after an instant, in the portfolio's zone."""
    local = at.tz_convert(facts.portfolio.settings.timezone).tz_localize(None)
    return local.normalize().replace(day=1) + pd.DateOffset(months=1)


def _standing(log: FlowLog, state: str, at: pd.Timestamp) -> int:
    """How many items stood in a state at an instant."""
    here = (log.board.rows["state"].to_numpy() == state)[log.state]
    when = micro(at)
    open_then = (log.start <= when) & ((log.end > when) | (log.end == log.now))
    return int((here & open_then).sum())
