"""Blockers, and visits cut where they begin and end, so that no instant counts twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.lookup import Codes, codes, places
from vmo_helpers.measures.flow.arrays import NEVER, Flags, Ints, micros

_Told = TypeVar("_Told", bound=np.generic)


@dataclass(frozen=True)
class Blocks:
    """Blockers that never overlap within an item: an instant under two belongs to the one that opened first.

    Ordered by item and time; ``end`` is ``NEVER`` while still open; ``reason`` −1 where none is given;
    ``row`` as in the file.
    """

    item: Ints
    start: Ints
    end: Ints
    reason: Codes
    reasons: list[str]
    row: Ints

    def cut(self, instant: int) -> Blocks:
        """As known at an earlier instant."""
        known = self.start <= instant
        end = np.where(self.end > instant, NEVER, self.end)
        return Blocks(
            self.item[known], self.start[known], end[known], self.reason[known], self.reasons, self.row[known]
        )


def blocks(blockers: pd.DataFrame, item_ids: pd.Series) -> Blocks:
    """The blockers of the given items as disjoint stretches; one that ends before it begins is none."""
    item = places(blockers["item_id"], item_ids)
    start, end = micros(blockers["from_at"]), micros(blockers["to_at"])
    reason, reasons = codes(blockers["reason"])
    row = np.asarray(blockers.index, dtype=np.int64)
    kept = np.flatnonzero((item >= 0) & (start < NEVER) & (end > start))
    order = kept[np.lexsort((row[kept], start[kept], item[kept]))]
    item, start, end, reason, row = item[order], start[order], end[order], reason[order], row[order]
    reached = _furthest_end_before(item, end)
    start = np.maximum(start, reached)
    alive = end > start
    return Blocks(item[alive], start[alive], end[alive], reason[alive], reasons, row[alive])


def _furthest_end_before(item: Ints, end: Ints) -> Ints:
    """Per row the furthest end among the rows of the same item that stand before it."""
    if len(item) == 0:
        return end
    rank = np.unique(end, return_inverse=True)
    width = len(rank[0])
    furthest = np.maximum.accumulate(item * width + rank[1]) % width
    before = np.full(len(item), np.iinfo(np.int64).min)
    same = item[1:] == item[:-1]
    before[1:][same] = rank[0][furthest[:-1]][same]
    return before


@dataclass(frozen=True)
class Pieces:
    """Visits cut at the edges of blockers: ``visit`` it belongs to, ``block`` that covers it (−1 none).
    Half-open."""

    item: Codes
    start: Ints
    end: Ints
    visit: Codes | None  # None: nothing was cut, each piece is the visit in its place
    block: Codes

    def of_visit(self, told: npt.NDArray[_Told], chosen: Codes | slice = slice(None)) -> npt.NDArray[_Told]:
        """What is told of each visit, for the chosen pieces."""
        return told[chosen] if self.visit is None else told[self.visit[chosen]]


def pieces(item: Codes, start: Ints, end: Ints, found: Blocks, items: int) -> Pieces:
    """Every visit, cut where a blocker of its item begins or ends.

    Visits of items without a blocker are taken as they are.
    """
    none = np.broadcast_to(np.int32(-1), len(item))
    touched = np.zeros(items, dtype=bool)
    touched[found.item] = True
    cut = touched[item]
    if not cut.any():
        return Pieces(item, start, end, None, none)
    free, rows = np.flatnonzero(~cut), np.flatnonzero(cut)
    parts, visit = _split(item[rows], start[rows], rows, found)
    last_end = np.full(items, NEVER)
    ends = np.where(
        np.append(parts.item[1:] == parts.item[:-1], False),
        np.append(parts.start[1:], NEVER),
        last_end[parts.item],
    )
    return Pieces(
        np.concatenate([item[free], parts.item]),
        np.concatenate([start[free], parts.start]),
        np.concatenate([end[free], ends]),
        np.concatenate([free, visit]).astype(np.int32),
        np.concatenate([none[: len(free)], parts.block]),
    )


def _split(item: Codes, start: Ints, visit: Codes, found: Blocks) -> tuple[Pieces, Codes]:
    """Starts of visits and edges of blockers in one order; each edge begins a piece of its visit."""
    n, m = len(item), len(found.item)
    closed = found.end < NEVER
    edge_item = np.concatenate([item, found.item, found.item[closed]])
    edge_at = np.concatenate([start, found.start, found.end[closed]])
    kind = np.concatenate(
        [np.zeros(n, np.int64), np.full(m, 2), np.ones(int(closed.sum()), np.int64)]
    )  # visits, then ends, then starts
    order = np.lexsort((np.arange(len(kind)), kind, edge_at, edge_item))
    index = np.concatenate([np.arange(n), np.arange(m), np.flatnonzero(closed)])[order]
    edge_item, edge_at, kind = edge_item[order], edge_at[order], kind[order]
    place = np.arange(len(order))
    last_visit = np.maximum.accumulate(np.where(kind == 0, place, -1))
    last_edge = np.maximum.accumulate(np.where(kind > 0, place, -1))
    in_visit = _same_item(edge_item, last_visit)
    under = _same_item(edge_item, last_edge) & (kind[last_edge] == 2)
    block = np.where(under, index[last_edge], -1)
    keep = in_visit  # an edge before the first visit belongs to no state
    whose = visit[index[last_visit[keep]]]
    return Pieces(edge_item[keep], edge_at[keep], edge_at[keep], whose, block[keep].astype(np.int32)), whose


def _same_item(item: Ints, place: Ints) -> Flags:
    mine: Flags = (place >= 0) & (item[np.maximum(place, 0)] == item)
    return mine
