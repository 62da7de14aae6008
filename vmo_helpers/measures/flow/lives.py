"""When each item started and ended, by its visits or else by its dates; and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vmo_helpers.lookup import Codes
from vmo_helpers.measures.flow.arrays import NEVER, Flags, Ints, Small, texts
from vmo_helpers.portfolio.board import ACTIVE, CANCELLED, DONE, WAIT


class Status(StrEnum):
    """Where an item stands as of the review."""

    BACKLOG = "backlog"
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Lives:
    """Per item, in microseconds, ``NEVER`` where it has not come: start, finish, cancellation and end.

    The end is either of finish and cancellation.
    """

    started: Ints
    finished: Ints
    cancelled: Ints
    has_log: Flags
    reopened: Flags
    last_visit: Ints  # −1 without transitions

    @property
    def ended(self) -> Ints:
        return np.minimum(self.finished, self.cancelled)

    @property
    def in_progress(self) -> Flags:
        going: Flags = (self.started < NEVER) & (self.ended == NEVER)
        return going


def lives_of(
    *, item: Codes, start: Ints, state_class: Small, first: Ints, items: int, dates: Mapping[str, Ints]
) -> Lives:
    """The lives of ``items`` items: of those with visits by these, of the others by their ``dates``.

    ``item``, ``start`` and ``state_class`` have one entry a visit, ``first`` is where each item's begin.
    Started is the first entry into active or wait. The end is the start of the last unbroken run of done, or
    of cancelled; reopened is what left done after it was there.
    """
    started, finished, cancelled, delivered = (
        dates[name].copy() for name in ("started_at", "finished_at", "cancelled_at", "delivered_at")
    )
    finished = np.where(finished == NEVER, delivered, finished)
    finished = np.where((cancelled < NEVER) & ((finished == NEVER) | (cancelled > finished)), NEVER, finished)
    cancelled = np.where(finished < NEVER, NEVER, cancelled)
    has_log = np.zeros(items, dtype=bool)
    reopened = np.zeros(items, dtype=bool)
    last = np.full(items, -1)
    if len(item) == 0:
        return Lives(started, finished, cancelled, has_log, reopened, last)
    cls, place = state_class, np.arange(len(item), dtype=np.int32)
    who = item[first]
    final = np.append(first[1:], len(item)) - 1
    has_log[who], last[who] = True, final
    committed = np.where((cls == ACTIVE) | (cls == WAIT), start, NEVER)
    started[who] = np.minimum.reduceat(committed, first)
    for outcome, when in ((DONE, finished), (CANCELLED, cancelled)):
        other = np.maximum.reduceat(np.where(cls != outcome, place, np.int32(-1)), first)
        run = np.maximum(other + 1, first)
        when[who] = np.where(cls[final] == outcome, start[np.minimum(run, final)], NEVER)
    left = (cls[:-1] == DONE) & (cls[1:] != DONE) & (item[1:] == item[:-1])
    reopened[item[:-1][left]] = True
    return Lives(started, finished, cancelled, has_log, reopened, last)


def status_texts(lives: Lives) -> object:
    """The status of each item as a text column."""
    number = np.select([lives.finished < NEVER, lives.cancelled < NEVER, lives.started < NEVER], [2, 3, 1], 0)
    return texts(number, [str(word) for word in Status])
