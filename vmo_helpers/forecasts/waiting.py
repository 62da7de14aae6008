"""Which waiting work can be put in order, and as what problem."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.forecasts.sequence import ANYWHERE, DECAY_WEEKS, Work
from vmo_helpers.lookup import among
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.shifts import factors
from vmo_helpers.vocabulary import PortfolioStage, Urgency
from vmo_helpers.window import Window, day_end

_WEEK = pd.Timedelta(7, "D")
CENTURY_WEEKS = 5_218.0
"""A likely length beyond it is none that work can be put in order by."""
MOST_ORDERED = 300
"""More than leaders can order, and than a search can: of more, the least cost of delay ÷ length stays out."""
_DATED = (str(Urgency.FIXED_DATE), str(Urgency.LATE_PENALTY))


def to_order(
    portfolio: Portfolio, items: pd.DataFrame, window: Window
) -> tuple[pd.DataFrame, pd.DataFrame, Work]:
    """What is put in order (items with their columns of sequencing, in the order in which they were created),
    what waits and cannot be (item_id, title, value_stream, why), and the problem in arrays."""
    known = _known(portfolio, items)
    return _work(portfolio, known, *_waiting(known), window)


def _known(portfolio: Portfolio, items: pd.DataFrame) -> pd.DataFrame:
    """Items with their columns of sequencing, in the order in which they were created; their cost of delay
    as the market has shifted it, and by what factor."""
    told = ["weeks_low", "weeks_likely", "weeks_high", "urgency", "needed_by", "late_cost"]
    both = items.join(portfolio.work_items[told]).assign(shift_factor=factors(portfolio))
    both["cost_of_delay_per_week"] *= both["shift_factor"]
    return both.sort_values(["created_at", "item_id"], kind="stable")


def _waiting(known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is to be put in order, and what waits and cannot be, with why."""
    ready = known["portfolio_stage"].eq(str(PortfolioStage.READY)) & known["status"].eq(
        str(Status.IN_PROGRESS)
    )
    waits = known[known["status"].eq(str(Status.BACKLOG)) | ready]
    lacks = [
        (~(waits["cost_of_delay_per_week"] > 0), "no cost of delay"),
        (~(waits["weeks_likely"] > 0), "no likely length"),
        (waits["weeks_likely"] > CENTURY_WEEKS, "a likely length over a hundred years"),
        (waits["urgency"].isin(_DATED) & waits["needed_by"].isna(), "an urgency with a date, and no date"),
    ]
    why = pd.Series("", index=waits.index, dtype="str")
    for which, words in lacks:
        why = why.where(~which, why + np.where(why.eq(""), "", "; ") + words)
    able = why.eq("")
    pressing = (waits["cost_of_delay_per_week"] / waits["weeks_likely"]).where(able)
    far = able & (pressing.rank(method="first", ascending=False) > MOST_ORDERED)
    why = why.mask(far, f"not among the {MOST_ORDERED} of most cost of delay a week of length")
    left_out = waits[["item_id", "title", "value_stream"]].assign(why=why)[why.ne("")]
    return waits[why.eq("")], left_out


def _work(
    portfolio: Portfolio, known: pd.DataFrame, waits: pd.DataFrame, left_out: pd.DataFrame, window: Window
) -> tuple[pd.DataFrame, pd.DataFrame, Work]:
    """The problem in arrays; what needs work that nobody can date is left out, and said."""
    streams = portfolio.value_streams["value_stream_id"].tolist()
    holds = _holds(known, waits, window)
    waits, lost = _reachable(portfolio, known, waits, holds)
    left_out = pd.concat([left_out, lost])
    most = len(holds) + len(waits)  # a place that nothing can take changes no order
    limit = (
        portfolio.value_streams["wip_limit"].fillna(1).clip(lower=1, upper=max(most, 1)).astype(int).tolist()
    )
    going = known.loc[holds.index, "value_stream_id"]
    free = []
    for stream, places in zip(streams, limit, strict=True):
        held = sorted(holds[going.eq(stream)].tolist())[-places:]
        free.append(tuple([0.0] * (places - len(held)) + held))
    place = {stream: n for n, stream in enumerate(streams)}
    due = [
        (day_end(str(day.date()), window.timezone) - window.end) / _WEEK if pd.notna(day) else np.inf
        for day in waits["needed_by"]
    ]
    dated = waits["urgency"].isin(_DATED).to_numpy()
    fixed = waits["urgency"].eq(str(Urgency.FIXED_DATE)).to_numpy()
    number = {one: n for n, one in enumerate(waits["item_id"])}
    needs = portfolio.dependencies[["item_id", "needs_item_id"]].to_numpy()
    held_by = dict(zip(known.loc[holds.index, "item_id"], holds, strict=True))
    ready = np.zeros(len(waits))
    for one, need in needs:
        if one in number and need in held_by:
            ready[number[one]] = max(ready[number[one]], held_by[need])
    work = Work(
        weeks=waits["weeks_likely"].to_numpy(dtype=np.float64),
        per_week=waits["cost_of_delay_per_week"].to_numpy(dtype=np.float64),
        due=np.where(dated, due, np.inf) if len(waits) else np.zeros(0),
        late=np.where(fixed, waits["late_cost"].fillna(0.0), 0.0),
        dated=dated,
        decay=np.where(waits["urgency"].eq(str(Urgency.DECAYING)), DECAY_WEEKS, 0.0),
        stream=np.array([place.get(one, ANYWHERE) for one in waits["value_stream_id"]], dtype=np.int64),
        free=tuple(free) or ((0.0,),),
        needs=tuple((number[one], number[need]) for one, need in needs if one in number and need in number),
        ready=ready if ready.any() else None,
    )
    return waits.assign(weeks=work.weeks), left_out, work


def _holds(known: pd.DataFrame, waits: pd.DataFrame, window: Window) -> pd.Series:
    """How many more weeks what is in progress holds its place: at least one; without a length as its like."""
    going = known[known["status"].eq(str(Status.IN_PROGRESS)) & ~known.index.isin(waits.index)]
    likely = going["weeks_likely"].fillna(going["weeks_likely"].median()).fillna(1.0)
    since = (window.end - going["started_at"]).dt.total_seconds() / _WEEK.total_seconds()
    held: pd.Series = (likely - since.fillna(0.0)).clip(lower=1.0, upper=CENTURY_WEEKS)
    return held


def _reachable(
    portfolio: Portfolio, known: pd.DataFrame, waits: pd.DataFrame, holds: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Without what needs work that is neither finished, in progress nor put in order; again until all is."""
    held = known.index.isin(holds.index)
    over = known.loc[known["status"].eq(str(Status.FINISHED)) | held, "item_id"]
    lost = []
    while True:
        needs, asked = portfolio.dependencies, portfolio.dependencies["needs_item_id"]
        able = among(asked, over) | among(asked, waits["item_id"])
        bad = needs[among(needs["item_id"], waits["item_id"]) & ~able]
        if bad.empty:
            break
        first = bad.drop_duplicates("item_id").set_index("item_id")["needs_item_id"]
        gone = among(waits["item_id"], bad["item_id"])
        why = "needs " + waits.loc[gone, "item_id"].map(first) + ", which nobody can date"
        lost.append(waits.loc[gone, ["item_id", "title", "value_stream"]].assign(why=why))
        waits = waits[~gone]
    return waits, pd.concat(lost) if lost else waits.head(0)[["item_id", "title", "value_stream"]].assign(
        why=""
    )
