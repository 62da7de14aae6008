"""What became of each decision that was asked for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import DecisionState

DAY_SECONDS = 86_400
_GIVEN = [
    "decision_id",
    "question",
    "outcome",
    "item_id",
    "finding_id",
    "owner",
    "decided_by",
    "effect_metric_id",
    "asked_at",
    "decided_at",
    "due",
    "done_at",
    "cost",
    "options",
]


def states(portfolio: Portfolio) -> pd.DataFrame:
    """One row a decision asked for by as-of, the newest first.

    Index: its row in ``decisions``. A due day is whole: on it nothing is late. Raises ValueError without an
    as-of.

    Columns
        decision_id, question, outcome: as in ``decisions``
        item_id, finding_id: what it is about
        owner, decided_by, effect_metric_id: as in ``decisions``
        asked_at, decided_at, due, done_at: as in ``decisions``
        asks_for: what it costs, as ``cost`` in ``decisions`` says in words
        options: as in ``decisions``
        state: open; else carried_through (done), late (its due day has passed) or under_way
        delay_days (days): elapsed from the question to the decision, of an open one so far
        late_days (days): from its due day to its deed, or so far; negative before it, missing without either
    """
    if portfolio.as_of is None:
        raise ValueError("decisions need an as-of: portfolio.known_at(as_of)")
    given = portfolio.decisions[_GIVEN].rename(columns={"cost": "asks_for"})
    zone = ZoneInfo(portfolio.settings.timezone)
    today = portfolio.as_of.tz_convert(zone).tz_localize(None).normalize()
    done_day = given["done_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    decided = given["decided_at"].notna() | given["outcome"].notna() | given["done_at"].notna()
    late_days = (done_day.fillna(today) - given["due"]).dt.days.astype("float64")
    state = np.select(
        [~decided.to_numpy(), given["done_at"].notna().to_numpy(), (late_days > 0).to_numpy()],
        [str(DecisionState.OPEN), str(DecisionState.CARRIED_THROUGH), str(DecisionState.LATE)],
        str(DecisionState.UNDER_WAY),
    )
    known = given["decided_at"].notna() | ~decided  # decided on a day that nobody wrote down has no delay
    delay = (given["decided_at"].fillna(portfolio.as_of) - given["asked_at"]).dt.total_seconds() / DAY_SECONDS
    found = given.assign(
        state=pd.Series(state, given.index, dtype="str"),
        delay_days=delay.where(known),
        late_days=late_days.where(decided),
    )
    return found.sort_values(["asked_at", "decision_id"], ascending=[False, True], kind="stable")
