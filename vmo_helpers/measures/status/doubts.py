"""What casts doubt on a status: its suffixes, what became of its plan, and how suspicious it is."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from vmo_helpers.measures import outcomes
from vmo_helpers.measures.flow.arrays import NEVER, instants, micros
from vmo_helpers.measures.outcomes import Inside
from vmo_helpers.measures.outcomes.lacking import bits_of, names_of
from vmo_helpers.measures.status.delivery import Tolerances
from vmo_helpers.vocabulary import Inside as Word
from vmo_helpers.vocabulary import Suffix

# the words of the inside from the least to the most welcome
_KINDER = ((Word.RED,), (Word.OPEN,), (Word.NOT_YET_DUE, Word.UNKNOWN), (Word.GREEN,))


class Limits(outcomes.Judged, Tolerances, Protocol):
    """The thresholds of reported status and outcomes."""

    @property
    def attainment_line(self) -> float: ...
    @property
    def stale_rhythms(self) -> float: ...
    @property
    def opinion_value_share(self) -> float: ...
    @property
    def frozen_days(self) -> float: ...
    @property
    def decided_within_days(self) -> float: ...
    @property
    def plan_aged_days(self) -> float: ...
    @property
    def suspicion_shrunk(self) -> float: ...
    @property
    def suspicion_contradiction(self) -> float: ...
    @property
    def suspicion_weak_measurement(self) -> float: ...


def goalposts(inside: Inside, found: pd.DataFrame, as_of: pd.Timestamp, limits: Limits) -> pd.DataFrame:
    """Per item what became of its plan.

    moved_at: its plan was changed and nobody decided it. replanned: somebody did. inside_today: by today's
    plan, where it was moved. kinder: whether that judges it more kindly.
    """
    frame, item = inside.frame, inside.item
    moved_at = np.full(len(found), NEVER)
    np.minimum.at(moved_at, item, micros(frame["moved_at"]))
    replanned = np.bincount(item[frame["replanned_at"].notna().to_numpy()], minlength=len(found)) > 0
    today = pd.Series(pd.array([None] * len(found), dtype="str"), index=found.index)
    if inside.today is not None:
        tested = outcomes.tests(inside.today, as_of, limits)
        judged = outcomes.items(inside.today, tested, limits)["inside"]
        today = judged.where(moved_at < NEVER)
    kindness = {str(word): place for place, words in enumerate(_KINDER) for word in words}
    kinder = today.map(kindness).gt(found["inside"].map(kindness))
    return pd.DataFrame(
        {"moved_at": instants(moved_at), "replanned": replanned, "inside_today": today, "kinder": kinder},
        index=found.index,
    )


def opinion_only(praised: pd.Series, inside: Inside, found: pd.DataFrame) -> pd.Series:
    """Business value was achieved as people scored it, and the outcome is red or flat."""
    if not praised.any():
        return praised
    return praised & (found["inside"].eq(Word.RED) | _flat(inside, found))


def _flat(inside: Inside, found: pd.DataFrame) -> pd.Series:
    """Not sound inside, and no metric that had enough data for the regression moved.

    At least one had enough.
    """
    moves = outcomes.moves(inside)
    still = moves.loc[moves["verdict"].eq(outcomes.STILL), "item_id"]
    moved = moves.loc[moves["verdict"].eq(outcomes.MOVED), "item_id"]
    return found["item_id"].isin(still) & ~found["item_id"].isin(moved) & ~found["inside"].eq(Word.GREEN)


def frozen(looked: pd.DataFrame, as_of: pd.Timestamp, days: float) -> pd.Series:
    """Its work moved within so many days, and nobody looked at its goals."""
    since = as_of - pd.Timedelta(days=days)
    return looked["goals"].gt(0) & looked["moved_at"].gt(since) & ~looked["looked_at"].gt(since)


def suspicion(
    p: pd.Series, shrinkage: pd.Series, contradiction: pd.Series, weak: pd.Series, limits: Limits
) -> pd.Series:
    """1 − p where there is a test; else 1 − Π (1 − weight × sign).

    Signs add up, none of them alone makes it certain.
    """
    signs_of_it = (
        (limits.suspicion_shrunk, shrinkage),
        (limits.suspicion_contradiction, contradiction),
        (limits.suspicion_weak_measurement, weak),
    )
    calm = np.ones(len(p))
    for weight, sign in signs_of_it:
        calm *= 1 - weight * sign.fillna(0).to_numpy(dtype=np.float64)
    return (1 - p).fillna(pd.Series(1 - calm, index=p.index))


def suffixes(flags: dict[Suffix, pd.Series]) -> Any:
    """The suffixes that hold, joined by ";", in the order of the vocabulary; empty text where none does."""
    held = [flags[suffix].fillna(False).to_numpy(dtype=bool) for suffix in Suffix]
    return names_of(bits_of(held), [str(suffix) for suffix in Suffix], ";").fillna("")
