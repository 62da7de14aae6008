"""The history of one item, in order and whole: what every tracker's importer makes transitions and blockers
of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Move:
    """One change of one field. ``at``: microseconds since 1970 in UTC; ``order``: its history entry and its
    place in it; ``from_`` and ``to``: keys of states, or values; None is none."""

    at: int
    order: tuple[int, int]
    from_: str | None
    to: str | None


@dataclass(frozen=True)
class Visit:
    """One state that an item entered. ``seq``: its place among those of the same instant, from 1."""

    at: int
    seq: int
    from_: str | None
    to: str


def microseconds(text: str | int | float) -> int:
    """An instant with an offset, or milliseconds since 1970, as microseconds in UTC. Raises ValueError."""
    if isinstance(text, int | float):
        return round(text * 1000)
    at = datetime.fromisoformat(text.strip())
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return (at - _EPOCH) // _MICROSECOND


def instant(at: int | None) -> str | None:
    """Microseconds as the tables write an instant: 2022-06-17T10:45:00.447Z."""
    if at is None:
        return None
    exact = "microseconds" if at % 1000 else "milliseconds" if at % 1_000_000 else "seconds"
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec=exact)[:-6] + "Z"


def in_order(moves: Sequence[Move]) -> list[Move]:
    """By time; at one instant along the chain that their ``from_`` tells, else as the entries stand."""
    waiting = sorted(moves, key=lambda move: (move.at, move.order))
    done: list[Move] = []
    while waiting:
        together = [move for move in waiting if move.at == waiting[0].at]
        waiting = waiting[len(together) :]
        now = done[-1].to if done else _first(together)
        while together:
            place = next((i for i, move in enumerate(together) if move.from_ == now), 0)
            done.append(together.pop(place))
            now = done[-1].to
    return done


def _first(together: Sequence[Move]) -> str | None:
    """Where a chain of moves begins: the ``from_`` that none of them leads to, else that of the first."""
    entered = {move.to for move in together}
    return next((move.from_ for move in together if move.from_ not in entered), together[0].from_)


def visits(created: int, moves: Sequence[Move], today: str | None, seen: int) -> tuple[list[Visit], bool]:
    """The states of an item from its creation on, and whether the last had to be added.

    The first is what the first move left, else today's. A history that does not end in the state of today
    lacks a move: it is added at ``seen``, the last instant at which the item is known to have changed.
    """
    run = in_order(moves)
    first = run[0].from_ if run and run[0].from_ is not None else None if run else today
    found = [Move(min(created, run[0].at) if run else created, (0, 0), None, first)] if first else []
    found += [move for move in run if move.to is not None]
    closing = bool(found) and today is not None and found[-1].to != today
    if closing:
        found.append(Move(max(seen, found[-1].at), (0, 0), found[-1].to, today))
    result: list[Visit] = []
    for move in found:
        seq = result[-1].seq + 1 if result and result[-1].at == move.at else 1
        result.append(Visit(move.at, seq, move.from_, str(move.to)))
    return result, closing


def spans(moves: Sequence[Move]) -> list[tuple[int, int | None, str]]:
    """From when until when a field had any value (None: it still has), with the first of its values."""
    found: list[tuple[int, int | None, str]] = []
    for move in in_order(moves):
        if move.to and (not found or found[-1][1] is not None):
            found.append((move.at, None, move.to))
        elif not move.to and found and found[-1][1] is None:
            found[-1] = (found[-1][0], move.at, found[-1][2])
    return found
