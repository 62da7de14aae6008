"""The log of a portfolio: visits to states and lives of items, computed once and read by every measure of flow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
import pandas as pd

from vmo_helpers.calendar import Calendar
from vmo_helpers.lookup import codes, places
from vmo_helpers.measures.flow import blocks as blocking
from vmo_helpers.measures.flow.arrays import NEVER, Codes, Flags, Floats, Ints, Small, grouped_order, instants, micro, micros, texts
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.states import ACTIVE, CANCELLED, DONE, WAIT, Board, board
from vmo_helpers.window import Window

OUTSIDE, WORKED, WAITED, OTHER = range(4)  # what a piece of time is to its item: before the start or after the end, work, wait, neither


class Status(StrEnum):
    """Where an item stands as of the review."""

    BACKLOG = "backlog"
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Lives:
    """Per item, in microseconds, ``NEVER`` where it has not come: start, finish, cancellation, end (either of the two)."""

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


@dataclass(frozen=True)
class FlowLog:
    """Visits at the review level: item, state, from when to when, half-open; the last one lasts until as-of.

    ``work``: one row an item created by as-of (index = row of the file); ``streams``: the value streams. The arrays
    ``item``, ``start``, ``end``, ``state`` (a row of ``board.rows``) and ``row`` (of the file) are one entry a visit,
    grouped by item and in order of time, seq, row. Build it by ``read``.
    """

    work: pd.DataFrame
    streams: pd.DataFrame
    board: Board
    calendar: Calendar
    as_of: pd.Timestamp
    item: Codes
    start: Ints
    end: Ints
    state: Codes
    row: Codes
    blocks: blocking.Blocks

    @property
    def now(self) -> int:
        return micro(self.as_of)

    @property
    def items(self) -> int:
        return len(self.work)

    @cached_property
    def state_class(self) -> Small:
        """Class of each visit (its place in ``states.CLASSES``)."""
        return self.board.state_class[self.state]

    @cached_property
    def first(self) -> Ints:
        """Where each item's visits begin."""
        return np.flatnonzero(np.append(True, self.item[1:] != self.item[:-1])) if len(self.item) else np.empty(0, dtype=np.int64)

    @cached_property
    def lives(self) -> Lives:
        return _lives(self)

    @cached_property
    def pieces(self) -> blocking.Pieces:
        return blocking.pieces(self.item, self.start, self.end, self.blocks, self.items)

    @cached_property
    def piece_kind(self) -> Small:
        """What each piece is to its item: work, wait (a wait state, or a blocker whatever the state), neither, or outside its life."""
        kinds = np.full(5, OTHER, dtype=np.int8)
        kinds[ACTIVE], kinds[WAIT] = WORKED, WAITED
        part = self.pieces
        kind = kinds[self.state_class[part.visit]]
        kind[part.block >= 0] = WAITED
        kind[part.start < self.lives.started[part.item]] = OUTSIDE
        kind[part.start >= self.lives.ended[part.item]] = OUTSIDE
        return kind

    @cached_property
    def piece_days(self) -> Floats:
        """Days of each piece up to as-of."""
        return self.calendar.days(self.pieces.start, np.minimum(self.pieces.end, self.now))

    def days_within(self, start: int, end: int, chosen: Ints | slice = slice(None)) -> Floats:
        """Days of each piece, or of the chosen ones, that lie within [start, end]."""
        low = np.clip(self.pieces.start[chosen], start, end)
        return self.calendar.days(low, np.maximum(low, np.minimum(self.pieces.end[chosen], end)))

    @cached_property
    def visits(self) -> pd.DataFrame:
        """One row a visit: item_id, state, state_class, position, start_at, end_at (empty while it lasts), days up to as-of.

        Index: the row of ``transitions``. Visits are half-open; of several with the same time only the last has duration.
        """
        rows = self.board.rows
        return pd.DataFrame(
            {
                "item_id": self.work["item_id"].array.take(self.item),
                "state": rows["state"].array.take(self.state),
                "state_class": rows["class"].array.take(self.state),
                "position": self.board.position[self.state],
                "start_at": instants(self.start),
                "end_at": instants(self.end),
                "days": self.calendar.days(self.start, np.minimum(self.end, self.now)),
            },
            index=pd.Index(self.row, name="row"),
        )

    def places(self, items: pd.DataFrame) -> Ints:
        """Where the rows of an item table stand in the log (by their row in ``work_items``), −1 where they do not."""
        if items.index.equals(self.work.index):
            return np.arange(self.items)
        return np.asarray(self.work.index.get_indexer(items.index), dtype=np.int64)

    def among(self, items: pd.DataFrame) -> Flags:
        """Which items of the log are in an item table."""
        mine = np.zeros(self.items, dtype=bool)
        place = self.places(items)
        mine[place[place >= 0]] = True
        return mine

    def seen_from(self, window: Window) -> FlowLog:
        """This log, or, for a window that ends earlier, the log as it stood at its end."""
        return self if micro(window.end) >= self.now else self.cut(window.end)

    def cut(self, instant: pd.Timestamp) -> FlowLog:
        """The log as it stood at an earlier instant: later visits, blockers, items and events are not known yet."""
        at = micro(instant)
        work = self.work
        known = ~(micros(work["created_at"]) > at) | work["created_at"].isna().to_numpy()
        fresh = np.cumsum(known) - 1
        work = work[known].copy()
        for column in ("delivered_at", "started_at", "finished_at", "cancelled_at"):
            work[column] = work[column].where(work[column] <= instant)
        kept = (self.start <= at) & known[self.item]
        item, start = fresh[self.item[kept]], self.start[kept]
        found = self.blocks.cut(at)
        mine = known[found.item]
        found = replace(
            found,
            item=fresh[found.item[mine]],
            start=found.start[mine],
            end=found.end[mine],
            reason=found.reason[mine],
            row=found.row[mine],
        )
        return FlowLog(
            work,
            self.streams,
            self.board,
            self.calendar,
            instant.as_unit("us"),
            item,
            start,
            _ends(item, start),
            self.state[kept],
            self.row[kept],
            found,
        )


def read(portfolio: Portfolio, *, calendar: Calendar | None = None) -> FlowLog:
    """The log of the portfolio's review level, as of the instant that ``Portfolio.known_at`` fixed.

    Transitions into states that the board does not know are left out (reading the data names them). Items without
    transitions live by started_at, finished_at and cancelled_at. ``calendar``: what a duration counts; default as the
    portfolio's settings say. Raises ValueError when no as-of is fixed.
    """
    if portfolio.as_of is None:
        raise ValueError("flow needs an as-of: read(portfolio.known_at(as_of))")
    settings = portfolio.settings
    level = portfolio.work_items["level"]
    work = portfolio.work_items[level.isna() | level.eq(settings.review_level)]
    the_board = board(portfolio.states, settings.review_level)
    log = portfolio.transitions
    item, at = places(log["item_id"], work["item_id"]).astype(np.int32), micros(log["at"])
    name, names = codes(log["to_state"])
    state = the_board.rows_for(name, names, item, work)
    known = (item >= 0) & (state >= 0) & (at <= micro(portfolio.as_of))
    row = np.asarray(log.index, dtype=np.int32)
    seq = log["seq"].to_numpy(dtype=np.float64) if log["seq"].notna().any() else None
    if not known.all():
        item, at, state, row, seq = item[known], at[known], state[known], row[known], None if seq is None else seq[known]
    order = grouped_order(item, at, seq, len(work))
    if order is not None:
        item, at, state, row = item[order], at[order], state[order], row[order]
    found = blocking.blocks(portfolio.blockers, work["item_id"]).cut(micro(portfolio.as_of))
    return FlowLog(
        work,
        portfolio.value_streams,
        the_board,
        calendar or Calendar.of(settings),
        portfolio.as_of.as_unit("us"),
        item,
        at,
        _ends(item, at),
        state,
        row,
        found,
    )


def _ends(item: Codes, start: Ints) -> Ints:
    """A visit ends when the item's next one begins; the last one has not ended."""
    end = np.append(start[1:], NEVER)[: len(item)]
    end[:-1][item[1:] != item[:-1]] = NEVER
    return end


def _lives(log: FlowLog) -> Lives:
    work = log.work
    started, finished, cancelled = (micros(work[name]) for name in ("started_at", "finished_at", "cancelled_at"))
    finished = np.where((cancelled < NEVER) & ((finished == NEVER) | (cancelled > finished)), NEVER, finished)
    cancelled = np.where(finished < NEVER, NEVER, cancelled)
    has_log = np.zeros(log.items, dtype=bool)
    reopened = np.zeros(log.items, dtype=bool)
    last = np.full(log.items, -1)
    if len(log.item) == 0:
        return Lives(started, finished, cancelled, has_log, reopened, last)
    cls, first, place = log.state_class, log.first, np.arange(len(log.item), dtype=np.int32)
    who = log.item[first]
    final = np.append(first[1:], len(log.item)) - 1
    has_log[who], last[who] = True, final
    committed = np.where((cls == ACTIVE) | (cls == WAIT), log.start, NEVER)
    started[who] = np.minimum.reduceat(committed, first)
    for outcome, when in ((DONE, finished), (CANCELLED, cancelled)):
        other = np.maximum.reduceat(np.where(cls != outcome, place, np.int32(-1)), first)
        run = np.maximum(other + 1, first)
        when[who] = np.where(cls[final] == outcome, log.start[np.minimum(run, final)], NEVER)
    left = (cls[:-1] == DONE) & (cls[1:] != DONE) & (log.item[1:] == log.item[:-1])
    reopened[log.item[:-1][left]] = True
    return Lives(started, finished, cancelled, has_log, reopened, last)


def status_texts(lives: Lives) -> object:
    """The status of each item as a text column."""
    number = np.select([lives.finished < NEVER, lives.cancelled < NEVER, lives.started < NEVER], [2, 3, 1], 0)
    return texts(number, [str(word) for word in Status])
