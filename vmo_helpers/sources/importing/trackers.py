"""Items of any tracker with their histories, as the contract's tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from vmo_helpers.contract.problems import listed
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.sources.draft import states_draft
from vmo_helpers.sources.importing import Asked, Imported, moves, planned
from vmo_helpers.sources.importing.boards import Board, states_table
from vmo_helpers.sources.importing.kept import Told
from vmo_helpers.sources.importing.mapping import State
from vmo_helpers.sources.importing.moves import Move, Visit, instant
from vmo_helpers.sources.importing.people import masked
from vmo_helpers.vocabulary import StateClass

MIGRATION_MOVES, MIGRATION_ITEMS = 100, 50
"""So many moves of so many items within one minute no people make: a tool was migrated."""
UNBEGUN = "items in progress of which the source does not say when they began: they stand without a start"
PLANNED = (
    "items that never left the backlog and whose field for started_at is filled: a planned start is no start"
)
UNENDED = "items that are over of which the source does not say when: they stand without an end"
_OVER = (StateClass.DONE, StateClass.CANCELLED)
_MINUTE = 60_000_000


@dataclass(slots=True)
class Item:
    """One item of a tracker. Instants are microseconds in UTC. ``parents``: what may name its parent, the
    first counts; ``since``: when it came to today's class of states; ``closed``: when it was resolved;
    ``cancelled``: under what word it ended without delivering; ``needs``: the items that it waits for;
    ``plans``: by column how the field that fills it changed."""

    id: str
    key: str
    title: str
    type: str
    state: str | None
    created: int
    seen: int
    moves: list[Move] = field(default_factory=list)
    flags: list[Move] = field(default_factory=list)
    parents: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    columns: dict[str, Any] = field(default_factory=dict)
    plans: planned.Changes = field(default_factory=dict)
    since: int | None = None
    closed: int | None = None
    cancelled: str = ""


def moves_table(items: Iterable[Item], names: Mapping[str, str]) -> pd.DataFrame:
    """One row a move, as a draft of ``states`` takes it. ``names``: of the states by their keys."""
    rows = [
        (item.id, visit.at, visit.seq, names.get(visit.from_ or ""), names[visit.to])
        for item in items
        for visit in moves.visits(item.created, item.moves, item.state, item.seen)[0]
    ]
    return pd.DataFrame(rows, columns=["item_id", "at", "seq", "from_state", "to_state"])


def usual_order(items: Iterable[Item], names: Mapping[str, str]) -> list[str]:
    """The states in the usual order of visits, as a draft of ``states`` has it. ``names``: of the states, no
    two alike."""
    frame = moves_table(items, names)
    keys = {name: key for key, name in names.items()}
    return [keys[name] for name in states_draft(frame)["state"]]


def in_key_order(items: Iterable[Item]) -> list[Item]:
    """PR-9 before PR-10, whatever order they were read in."""
    return sorted(items, key=lambda item: [(len(part), part) for part in re.split(r"(\d+)", item.key)])


def imported(
    asked: Asked,
    items: Sequence[Item],
    board: Board,
    streams: Mapping[str, str],
    told: Counter[str],
    lost: Sequence[str],
) -> Imported:
    """The tables of these items. ``streams``: names of the value streams that fields may name; ``told``: what
    the importer counted."""
    items = in_key_order(items)
    tables = {"work_items": _work_items(asked, items, board, told)}
    tables["value_streams"] = _value_streams(tables["work_items"]["value_stream_id"], streams)
    tables["dependencies"] = _dependencies(items)
    if asked.history:
        tables |= _history(items, board, told)
        tables["plan_changes"] = planned.table([(item.key, item.plans) for item in items], told)
        tables["states"] = _states(board, set(tables["transitions"]["to_state"]), items)
    said = [Told(f"{what}: {count:,}", count=count) for what, count in told.items() if count]
    return Imported(tables, board.map, said, lost)


def _known(items: Sequence[Item]) -> dict[str, str]:
    """Id, former key and key of an item → its key of today."""
    known = {item.id: item.key for item in items}
    for item in items:
        known |= dict.fromkeys(item.former, item.key)
    return known | {item.key: item.key for item in items}


def _work_items(
    asked: Asked, items: Sequence[Item], board: Board, told: Counter[str]
) -> dict[str, list[Any]]:
    known = _known(items)
    table: dict[str, list[Any]] = {
        name: [None] * len(items) for name in (*TABLES["work_items"].names, "former_key")
    }
    for row, item in enumerate(items):
        kind = board.types[item.type]
        cells = {
            **{column: masked(value) for column, value in item.columns.items()},
            "item_id": item.key,
            "title": masked(item.title),
            "level": kind.level or item.columns.get("level"),
            "work_type": item.columns.get("work_type") or kind.work_type or None,
            "created_at": instant(item.created),
            "parent_id": _parent(item, known, told),
            "former_key": item.former[-1] if item.former else None,
        }
        if not asked.history:
            state = board.states[item.state] if item.state else State()
            # what the map names a field for is nearer than what the state's own days tell
            cells |= {name: at for name, at in _ends(item, state).items() if cells.get(name) is None}
            if state.class_ == StateClass.BACKLOG and cells.get("started_at") is not None:
                cells["started_at"] = None
                told[PLANNED] += 1
            going = state.class_ in (StateClass.ACTIVE, StateClass.WAIT)
            told[UNBEGUN] += going and cells.get("started_at") is None
            ended = cells.get("finished_at") or cells.get("cancelled_at")
            told[UNENDED] += state.class_ in _OVER and not ended
        for name, value in cells.items():
            table[name][row] = value
    return table


def _parent(item: Item, known: Mapping[str, str], told: Counter[str]) -> str | None:
    named = [known.get(one, one) for one in item.parents if one]
    if not named:
        return None
    told["items that name two parents, of which the field parent counts"] += len(set(named)) > 1
    if named[0] in known and named[0] != item.key:
        return named[0]
    told["items whose parent was not exported, and that stand without one"] += 1
    return None


def _ends(item: Item, state: State) -> dict[str, Any]:
    """What is known of an item whose history was not read."""
    match state.class_:
        case StateClass.DONE if not item.cancelled:
            return {"finished_at": instant(item.closed or item.since)}
        case StateClass.DONE | StateClass.CANCELLED:
            return {"cancelled_at": instant(item.closed or item.since)}
        case StateClass.ACTIVE | StateClass.WAIT:
            return {"started_at": instant(item.since)}
    return {}


def _value_streams(used: Iterable[str | None], names: Mapping[str, str]) -> dict[str, list[Any]]:
    ids = sorted({one for one in used if one})
    return {"value_stream_id": ids, "name": [masked(names.get(one, one)) for one in ids]}


def _dependencies(items: Sequence[Item]) -> dict[str, list[Any]]:
    known = _known(items)
    pairs = {
        (item.key, known[need]): None
        for item in items
        for need in item.needs
        if need in known and known[need] != item.key
    }
    return {"item_id": [one for one, _ in pairs], "needs_item_id": [other for _, other in pairs]}


def _history(items: Sequence[Item], board: Board, told: Counter[str]) -> dict[str, dict[str, list[Any]]]:
    table: dict[str, list[Any]] = {name: [] for name in ("item_id", "at", "to_state", "from_state", "seq")}
    blockers: dict[str, list[Any]] = {name: [] for name in ("item_id", "from_at", "to_at", "reason")}
    minutes: Counter[int] = Counter()
    movers: dict[int, set[str]] = {}
    for item in items:
        run, closing = moves.visits(item.created, item.moves, item.state, item.seen)
        told["histories that do not end in today's state, to which a transition was added"] += closing
        dead = _cancelled_from(item, run, board.states)
        before = None
        for place, visit in enumerate(run):
            state = _named(board.states[visit.to], item.cancelled if place >= dead else "")
            table["item_id"].append(item.key)
            table["at"].append(instant(visit.at))
            table["to_state"].append(state)
            table["from_state"].append(before)
            table["seq"].append(visit.seq)
            before = state
            if place:
                minutes[visit.at // _MINUTE] += 1
                movers.setdefault(visit.at // _MINUTE, set()).add(item.key)
        for since, until, reason in moves.spans(item.flags):
            for name, value in zip(
                blockers, (item.key, instant(since), instant(until), masked(reason)), strict=True
            ):
                blockers[name].append(value)
    many = [m for m, n in minutes.items() if n >= MIGRATION_MOVES and len(movers[m]) >= MIGRATION_ITEMS]
    if many:
        when = listed((f"{(instant(m * _MINUTE) or '')[:16]}Z" for m in sorted(many)), 3)
        what = f"moves within single minutes ({when}), which look like a migration; nothing was changed"
        told[what] += sum(minutes[m] for m in many)
    return {"transitions": table, "blockers": blockers}


def _cancelled_from(item: Item, run: Sequence[Visit], states: Mapping[str, State]) -> int:
    """The place in a history from which on its item is done without having delivered."""
    place = len(run)
    while item.cancelled and place and states[run[place - 1].to].class_ == StateClass.DONE:
        place -= 1
    return place


def _named(state: State, cancelled: str) -> str:
    return f"{state.name} ({cancelled})" if cancelled else state.name


def _states(board: Board, used: set[str], items: Sequence[Item]) -> dict[str, list[Any]]:
    rows: dict[str, State] = {one.name: one for one in board.states.values() if one.name in used}
    position = max((one.position or 0.0 for one in rows.values()), default=0.0)
    for name in sorted(used - rows.keys()):
        position += 1
        rows[name] = State(name=name, class_=StateClass.CANCELLED, position=position)
    return states_table(rows.values())
