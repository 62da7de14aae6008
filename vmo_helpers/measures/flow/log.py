"""The log of a portfolio: visits to states and lives of items, computed once and read by every measure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from vmo_helpers.lookup import Codes, codes, short_places
from vmo_helpers.measures.flow import blocks as blocking
from vmo_helpers.measures.flow.arrays import (
    NEVER,
    Flags,
    Floats,
    Ints,
    Small,
    file_rows,
    grouped_order,
    in_blocks,
    instants,
    micro,
    micros,
)
from vmo_helpers.measures.flow.lives import Lives, lives_of
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.board import ACTIVE, QUALIFIERS, WAIT, Board, board
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.window import Window

_EVENTS = ("delivered_at", "started_at", "finished_at", "cancelled_at")
# what a piece of time is to its item: before the start or after the end, work, wait, neither
OUTSIDE, WORKED, WAITED, OTHER = range(4)


@dataclass(frozen=True)
class FlowLog:
    """Visits at the review level, half-open; the last one of each item lasts until as-of.

    ``everything``: the work items of all levels; ``rows``: where those of the review level, created by as-of,
    stand in it. ``work``: these alone (index = row of the file); ``item_column``: one column of it;
    ``streams``: the value streams.

    The arrays ``item``, ``start``, ``end``, ``state`` (a row of ``board.rows``) and ``row`` (of the file)
    have one entry a visit. They are grouped by item, in order of time, seq, row. Build it by ``read``.
    """

    everything: pd.DataFrame
    rows: Ints
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
    earlier: bool = False
    """``cut`` from a later log: an event of ``everything`` after as-of has not come yet."""

    @property
    def now(self) -> int:
        return micro(self.as_of)

    @property
    def items(self) -> int:
        return len(self.rows)

    @cached_property
    def work(self) -> pd.DataFrame:
        """One row an item, with all its columns: a copy, so flow asks by ``item_column`` for the few."""
        work = self.everything.iloc[self.rows]
        return work.assign(**{name: self.item_column(name) for name in _EVENTS}) if self.earlier else work

    @cached_property
    def index(self) -> pd.Index:
        """The row in the file of each item."""
        return self.everything.index[self.rows]

    def item_column(self, column: str) -> pd.Series:
        """One column of the items."""
        values = pd.Series(
            self.everything[column].array.take(self.rows), index=self.index, name=column, copy=False
        )
        return values.where(values <= self.as_of) if self.earlier and column in _EVENTS else values

    @cached_property
    def state_class(self) -> Small:
        """Class of each visit (its place in ``states.CLASSES``)."""
        return self.board.state_class[self.state]

    @cached_property
    def first(self) -> Ints:
        """Where each item's visits begin."""
        return (
            np.flatnonzero(np.append(True, self.item[1:] != self.item[:-1]))
            if len(self.item)
            else np.empty(0, dtype=np.int64)
        )

    @cached_property
    def lives(self) -> Lives:
        return lives_of(
            item=self.item,
            start=self.start,
            state_class=self.state_class,
            first=self.first,
            items=self.items,
            dates={name: micros(self.item_column(name)) for name in _EVENTS},
        )

    @cached_property
    def pieces(self) -> blocking.Pieces:
        return blocking.pieces(self.item, self.start, self.end, self.blocks, self.items)

    @cached_property
    def piece_kind(self) -> Small:
        """What each piece is to its item: work, wait, neither, or outside its life.

        Wait is a wait state, or a blocker whatever the state.
        """
        kinds = np.full(5, OTHER, dtype=np.int8)
        kinds[ACTIVE], kinds[WAIT] = WORKED, WAITED
        part, started, ended = self.pieces, self.lives.started, self.lives.ended
        kind = np.empty(len(part.item), dtype=np.int8)
        for some in in_blocks(len(kind)):
            item, start = part.item[some], part.start[some]
            inside = np.where(part.block[some] >= 0, WAITED, kinds[part.of_visit(self.state_class, some)])
            kind[some] = np.where((start >= started[item]) & (start < ended[item]), inside, OUTSIDE)
        return kind

    def days_of(self, chosen: Codes | slice = slice(None)) -> Floats:
        """Days of the chosen pieces up to as-of."""
        return self.calendar.days(self.pieces.start[chosen], np.minimum(self.pieces.end[chosen], self.now))

    def days_by_item(self, chosen: Flags) -> Floats:
        """Days of the chosen pieces up to as-of, summed by item."""
        place = np.flatnonzero(chosen).astype(np.int32)
        return np.asarray(
            np.bincount(self.pieces.item[place], weights=self.days_of(place), minlength=self.items),
            dtype=np.float64,
        )

    def days_within(self, start: int, end: int, chosen: Codes | slice = slice(None)) -> Floats:
        """Days of each piece, or of the chosen ones, that lie within [start, end]."""
        low = np.clip(self.pieces.start[chosen], start, end)
        return self.calendar.days(low, np.maximum(low, np.minimum(self.pieces.end[chosen], end)))

    @cached_property
    def visits(self) -> pd.DataFrame:
        """One row a visit: item_id, state, state_class, position, start_at, end_at, days up to as-of.

        Index: the row of ``transitions``. A visit that lasts has no end_at. Visits are half-open; of several
        with the same time only the last has duration.
        """
        rows = self.board.rows
        return pd.DataFrame(
            {
                "item_id": self.item_column("item_id").array.take(self.item),
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
        """Where the rows of an item table stand in the log, by row in ``work_items``; −1 for none."""
        if items.index.equals(self.index):
            return np.arange(self.items)
        return np.asarray(self.index.get_indexer(items.index), dtype=np.int64)

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
        """The log as it stood at an earlier instant: what came later is not known yet.

        That holds for visits, blockers, items and events.
        """
        at = micro(instant)
        created = micros(self.item_column("created_at"))
        known = (created <= at) | (created == NEVER)
        fresh = np.cumsum(known, dtype=np.int32) - np.int32(1)
        kept = (self.start <= at) & known[self.item]
        item, start = fresh[self.item[kept]], self.start[kept]
        found = self.blocks.cut(at)
        mine = known[found.item]
        found = replace(
            found,
            item=fresh[found.item[mine]].astype(np.int64),
            start=found.start[mine],
            end=found.end[mine],
            reason=found.reason[mine],
            row=found.row[mine],
        )
        return FlowLog(
            self.everything,
            self.rows[known],
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
            earlier=True,
        )


def read(portfolio: Portfolio, *, calendar: Calendar | None = None) -> FlowLog:
    """The log of the portfolio's review level, as of the instant that ``Portfolio.known_at`` fixed.

    Transitions into states that the board does not know are left out (reading the data names them). Items
    without transitions live by started_at, finished_at (else delivered_at) and cancelled_at. ``calendar``:
    what a duration counts; default as the portfolio's settings say. Raises ValueError when no as-of is fixed.
    """
    if portfolio.as_of is None:
        raise ValueError("flow needs an as-of: read(portfolio.known_at(as_of))")
    settings, log = portfolio.settings, portfolio.transitions
    level = portfolio.work_items["level"]
    rows = np.flatnonzero((level.isna() | level.eq(settings.review_level)).to_numpy(dtype=bool))
    the_board = board(portfolio.states, settings.review_level)
    item, state, found = _placed(portfolio, rows, the_board)
    known = (item >= 0) & (state >= 0) & log["at"].le(portfolio.as_of).to_numpy(dtype=bool)
    kept = slice(None) if known.all() else known
    item, state = item[kept], state[kept]
    at, row = micros(log["at"])[kept], file_rows(log)[kept]
    order = grouped_order(item, at, len(rows), lambda: log["seq"].to_numpy(dtype=np.float64)[kept])
    if order is not None:
        item, at, state, row = item[order], at[order], state[order], row[order]
    return FlowLog(
        portfolio.work_items,
        rows,
        portfolio.value_streams,
        the_board,
        calendar or Calendar.of(settings),
        portfolio.as_of.as_unit("us"),
        item,
        at,
        _ends(item, at),
        state,
        row,
        found.cut(micro(portfolio.as_of)),
    )


def _placed(portfolio: Portfolio, rows: Ints, the_board: Board) -> tuple[Codes, Codes, blocking.Blocks]:
    """The item and the row of the board of each transition (−1: it does not count); the items' blockers."""
    work, log = portfolio.work_items[["item_id", *QUALIFIERS]].iloc[rows], portfolio.transitions
    item = short_places(log["item_id"], work["item_id"])
    return (
        item,
        the_board.rows_for(*codes(log["to_state"]), item, work),
        blocking.blocks(portfolio.blockers, work["item_id"]),
    )


def _ends(item: Codes, start: Ints) -> Ints:
    """A visit ends when the item's next one begins; the last one has not ended."""
    end = np.append(start[1:], NEVER)[: len(item)]
    end[:-1][item[1:] != item[:-1]] = NEVER
    return end
