"""Keys that are unique and references that lead to a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers import lookup
from vmo_helpers.contract.problems import did_you_mean
from vmo_helpers.contract.schema import Column
from vmo_helpers.lookup import Short, repeated
from vmo_helpers.tables.inspection import Draft, Inspection

_MOST_SUGGESTED = 5_000  # keys among which a near miss is looked for


def unique_keys(draft: Draft, drafts: dict[str, Draft], inspection: Inspection) -> None:
    """Two rows with one key are refused; where rows carry recorded_at, two of one key recorded at the same
    time.

    Rows of spend without recorded_at add up, and transitions without seq are in the order of their rows:
    neither is refused.
    """
    table, frame = draft.table, draft.frame
    firm = [name for name in table.key if (column := table.column(name)) is not None and column.filled]
    if not table.key or any(name not in draft.given for name in firm):
        return
    judged = np.ones(len(frame), dtype=bool)
    recorded = "recorded_at" in table.names and bool(frame["recorded_at"].notna().any())
    if table.adds_up:
        judged &= frame["recorded_at"].notna().to_numpy() if recorded else False
    if table.name == "transitions":
        judged &= frame["seq"].notna().to_numpy()
    for name in firm:
        judged &= frame[name].notna().to_numpy()
    if not judged.any():
        return
    names = [*table.key, *(["recorded_at"] if recorded else [])]
    codes = {
        name: leads_to(draft, column, drafts[column.refers], inspection)[judged].astype(np.int64)
        for name in table.key
        if (column := table.column(name)) is not None
        and column.refers in drafts
        and len(drafts[column.refers])
    }
    again = judged.copy()  # a row that is not judged is the same as none that is
    again[judged] = repeated(frame if judged.all() else frame.loc[judged, names], names, codes)
    if not again.any():
        return
    shown = np.flatnonzero(again)
    first = _first_rows(frame, names, judged, again)
    inspection.cells(
        draft,
        ", ".join(table.key),
        again,
        "the key must be unique",
        value=lambda position: " · ".join(
            "" if pd.isna(value) else _told(value) for value in frame[list(table.key)].iloc[position]
        ),
        hint=lambda position: f"first in row {first[int(np.searchsorted(shown, position))]}",
    )


def _told(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _first_rows(frame: pd.DataFrame, names: list[str], judged: np.ndarray, again: np.ndarray) -> np.ndarray:
    """For each repeated row the row of the file that has its key first."""
    several = frame.loc[judged & frame.duplicated(names, keep=False).to_numpy(), names]
    rows = pd.Series(several.index, index=range(len(several)))
    by = [several[name].reset_index(drop=True) for name in names]
    first = rows.groupby(by, dropna=False, sort=False).transform("first").to_numpy()
    return np.asarray(first[again[judged & frame.duplicated(names, keep=False).to_numpy()]])


def leads_to(draft: Draft, column: Column, parent: Draft, inspection: Inspection) -> Short:
    """Where in the parent each row's reference leads; looked up once in a pass."""
    known = inspection.places.get((draft.name, column.name))
    if known is None:
        known = lookup.short_places(draft.frame[column.name], parent.frame[parent.table.key[0]])
        inspection.places[draft.name, column.name] = known
    return known


def references(draft: Draft, column: Column, parent: Draft, inspection: Inspection) -> None:
    """A reference must lead to a row; where the table that it leads to is absent or empty nothing can be
    said."""
    key = parent.table.key[0]
    if not parent.held or column.name not in draft.given or key not in parent.given:
        return
    lost = leads_to(draft, column, parent, inspection) < 0
    if lost.any():
        lost &= draft.frame[column.name].notna().to_numpy()
        inspection.cells(
            draft,
            column.name,
            lost,
            f"leads to no row of {parent.name}",
            hint=near_key(draft.frame[column.name], parent.frame[key]),
            # a row of states that is bound to nothing would hold for everything
            spared=not column.filled and draft.name != "states",
        )


def near_key(child: pd.Series, known: pd.Series) -> Callable[[int], str]:
    """A hint for each position: the key that a misspelt one most likely means."""
    candidates: list[str] = []

    def hint(position: int) -> str:
        if not candidates:
            candidates.extend(str(key) for key in known.dropna().iloc[:_MOST_SUGGESTED])
        value = str(child.iloc[position])
        digits = value.removesuffix(".0")
        return (
            f"did you mean {digits}?"
            if digits != value and digits in candidates
            else did_you_mean(value, candidates, 0.75)
        )

    return hint


def parents(draft: Draft, inspection: Inspection) -> None:
    """No row may be its own ancestor; the cycle is printed once a row on it."""
    frame, key = draft.frame, draft.table.key[0]
    if not len(frame) or not {"parent_id", key} <= draft.given or frame["parent_id"].isna().all():
        return
    up = lookup.places(frame["parent_id"], frame[key])
    here = up.copy()
    for _ in range(int(np.ceil(np.log2(len(frame) + 1))) + 1):  # each step doubles how far up everybody looks
        here = np.where(here >= 0, here[here], -1)
        if here.max() < 0:
            return
    on_cycle = np.zeros(len(frame), dtype=bool)
    reached = np.unique(here[here >= 0])
    while len(reached):  # what is reached beyond any depth is on a cycle, and so is all that follows it
        on_cycle[reached] = True
        reached = up[reached]
        reached = reached[~on_cycle[reached]]
    ids = frame[key]

    def cycle(position: int) -> str:
        path, place = [position], int(up[position])
        while place != position and len(path) < 10:
            path.append(place)
            place = int(up[place])
        return " → ".join(
            [*(str(ids.iloc[step]) for step in path), str(ids.iloc[position]) if place == position else "…"]
        )

    inspection.cells(draft, "parent_id", on_cycle, "the parents form a cycle", hint=cycle, spared=True)


def dependencies(draft: Draft, inspection: Inspection) -> None:
    """Nothing may need itself by way of what it needs; each row on a circle is refused, and prints it."""
    if not len(draft) or not set(draft.table.key) <= draft.given:
        return
    item, need = (draft.frame[name] for name in draft.table.key)
    after: dict[str, list[str]] = {}
    for one, other in zip(item, need, strict=True):
        after.setdefault(one, []).append(other)
    ways = {one: way for one in after if (way := _circle(one, after))}
    on = np.array([other in ways.get(one, ()) for one, other in zip(item, need, strict=True)], dtype=bool)
    inspection.cells(
        draft,
        draft.table.key[1],
        on,
        "the dependencies form a cycle",
        hint=lambda position: " → ".join(ways[item.iloc[position]]),
    )


def _circle(first: str, after: dict[str, list[str]]) -> list[str]:
    """The shortest way from an item over what it needs back to it; empty where there is none."""
    came: dict[str, str] = {}
    front = [first]
    while front:
        following = []
        for one in front:
            for other in after.get(one, ()):
                if other == first:
                    way = [one]
                    while way[-1] != first:
                        way.append(came[way[-1]])
                    return [*reversed(way), first]
                if other not in came:
                    came[other] = one
                    following.append(other)
        front = following
    return []
