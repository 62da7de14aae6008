"""The states and types of a tracker held against the map: what it says, what is guessed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from vmo_helpers.contract.problems import InputProblems, Problem, listed
from vmo_helpers.sources.draft import states_draft
from vmo_helpers.sources.importing import guessing
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.mapping import Map, State, Type
from vmo_helpers.vocabulary import StateClass


@dataclass(frozen=True)
class Known:
    """A state as the tool has it: its name as the tables will call it, the tool's category, its place on the
    board and the limit there."""

    name: str
    category: str = ""
    column: int | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Board:
    """The map with what was guessed, and by the tool's key what each state and type is."""

    map: Map
    states: Mapping[str, State]
    types: Mapping[str, Type]


def board(
    known: Map,
    propose: bool,
    states: Mapping[str, Known],
    types: Mapping[str, tuple[str, int | None]],
    order: Sequence[str],
) -> Board:
    """What every state and type is. ``order``: the states in the usual order of visits, which tells that of a
    board without columns.

    Raises InputProblems that list what the map does not say, unless it may be guessed.
    """
    status, found = _states(known, propose, states)
    kinds, of_type = _types(known, propose, types)
    missing = [f"{one.name} ({key})" for key, one in states.items() if key not in found]
    lacking = [name for key, (name, _) in types.items() if key not in of_type]
    problems = [
        Problem(
            maps.FILE,
            f"says nothing of {what} {listed(names, 20)}: add them, or --propose-map",
            source=maps.FILE,
        )
        for what, names in (("the states", missing), ("the types", lacking))
        if names
    ]
    if problems:
        raise InputProblems(problems)
    placed = _positions(found, states, order)
    by_key = {at: key for key, (at, _) in status.items()}
    whole = {at: placed[by_key[at]] if at in by_key else row for at, row in known.status.items()}
    whole |= {at: placed[key] for key, (at, _) in status.items()}
    return Board(replace(known, status=whole, type={**known.type, **kinds}), placed, of_type)


def _states(
    known: Map, propose: bool, states: Mapping[str, Known]
) -> tuple[dict[str, tuple[str, State]], dict[str, State]]:
    """By the tool's key: the key in the map with its row, and the row alone."""
    status: dict[str, tuple[str, State]] = {}
    for key, one in states.items():
        bare = key.removeprefix(BY_NAME)
        there = maps.found_in(known.status, bare, one.name)
        if there is not None:
            status[key] = (there[0], replace(there[1], name=one.name))
        elif propose:
            status[key] = (bare, replace(guessing.state(one.name, one.category), wip_limit=one.limit))
    return status, {key: row for key, (_, row) in status.items()}


def _types(
    known: Map, propose: bool, types: Mapping[str, tuple[str, int | None]]
) -> tuple[dict[str, Type], dict[str, Type]]:
    kinds, found = {}, {}
    for key, (name, height) in types.items():
        there = maps.found_in(known.type, key, name)
        if there is not None:
            found[key] = there[1]
        elif propose:
            found[key] = kinds[name] = replace(guessing.type_(name, height), name="")
    return kinds, found


BY_NAME = "name:"
"""Before the name of a state whose id nobody knows, so that no id is like it."""


def _positions(
    found: Mapping[str, State], states: Mapping[str, Known], order: Sequence[str]
) -> dict[str, State]:
    """The states with a position each: behind those that have one, by board column, else in the usual order
    of visits. What stands on no column of a board is before it or behind it, as its class says."""
    missing = [key for key, one in found.items() if one.position is None]
    columns = any(one.column is not None for one in states.values())
    ends = {StateClass.BACKLOG: -1, StateClass.DONE: len(states), StateClass.CANCELLED: len(states) + 1}
    usual = {key: place for place, key in enumerate(order)}

    def place(key: str) -> tuple[int, int, str]:
        column = states[key].column
        aside = ends.get(StateClass(found[key].class_), len(states) - 1) if columns else 0
        return (aside if column is None else column, usual.get(key, len(usual)), found[key].name)

    last = max((one.position for one in found.values() if one.position is not None), default=0.0)
    places = {key: last + at for at, key in enumerate(sorted(missing, key=place), start=1)}
    return {key: replace(one, position=places.get(key, one.position)) for key, one in found.items()}


def drafted(known: Map, moves: pd.DataFrame) -> Map:
    """The map with every state of a history that has no categories: its class as a draft of ``states`` has
    it, marked. ``moves``: item_id, at, to_state, from_state, seq."""
    draft = states_draft(moves)
    rows = {
        str(row["state"]): State(class_=str(row["class"]), guess=str(row["guessed"]))
        for row in draft.to_dict("records")
    }
    return replace(known, status={**rows, **known.status})


def drafted_states(
    known: Map, propose: bool, transitions: Mapping[str, Sequence[Any]], order: Sequence[str] = ()
) -> tuple[Map, dict[str, list[Any]]]:
    """The map with the states of transitions that came without any, and the table ``states``. ``order``: that
    of the board, where it is known. Raises InputProblems as ``board`` does."""
    columns = ("item_id", "at", "to_state", "from_state", "seq")
    moves = pd.DataFrame({name: transitions.get(name) for name in columns})
    known = drafted(known, moves) if propose else known
    order = order or list(states_draft(moves)["state"])
    states = {name: Known(name, "", place) for place, name in enumerate(order)}
    found = board(known, False, states, {}, order)
    return found.map, states_table(found.states.values())


def states_table(rows: Iterable[State]) -> dict[str, list[Any]]:
    """The table ``states``, in the order of the board."""
    order = sorted(rows, key=lambda one: one.position or 0.0)
    return {
        "state": [one.name for one in order],
        "level": [one.level or None for one in order],
        "class": [one.class_ for one in order],
        "position": [f"{one.position:g}" if one.position is not None else None for one in order],
        "layer": [one.layer or None for one in order],
        "is_gate": [True if one.gate else None for one in order],
        "function": [one.function or None for one in order],
        "owner": [one.owner or None for one in order],
        "wip_limit": [one.wip_limit for one in order],
        "portfolio_stage": [one.portfolio_stage or None for one in order],
        "guessed": [one.guess or None for one in order],
    }
