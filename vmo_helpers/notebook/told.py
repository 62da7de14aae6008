"""What earlier reviews told the board, read from the tables that each of them left on the shelf."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from vmo_helpers.results import tables

MANIFEST = "manifest.json"
ITEMS, ASKS = "tables/watermelon_metrics/items", "tables/portfolio_review/asks"
AXES = "tables/value_and_funding/axes"
MOST = 24
"""How many earlier reviews one looks back at: two years of monthly ones."""
_ITEMS = ["item_id", "title", "label", "inside", "tier", "due", "money"]
_ASKS = ["decision_id", "cost_per_month", "counted_above"]
_AXES = ["axis", "value", "basis"]
_NUMBERS = ("money", "cost_per_month", "counted_above", "value")
_DAYS = ("day", "due")


@dataclass(frozen=True)
class Told:
    """``items``: a row an item and an earlier review, the oldest first (day, item_id, title, label, inside,
    tier, due, money), as its watermelon deck had it. ``asks``: a row a decision that was open then (day,
    decision_id, cost_per_month, counted_above), as its page priced it. ``axes``: a row an axis of the move
    and an earlier review (day, axis, value, basis)."""

    items: pd.DataFrame
    asks: pd.DataFrame
    axes: pd.DataFrame


def told_before(previous: str | Path | None) -> Told:
    """What the review before told, the one before that, and so on. Without one the frames are empty.

    ``previous``: the folder of the review before. Its manifest names the one before it, in the same shelf. A
    table that is not there, or not as its review wrote it, tells nothing.
    """
    reviews = _reviews(previous)
    of = ((ITEMS, _ITEMS), (ASKS, _ASKS), (AXES, _AXES))
    return Told(*(_joined(reviews, stem, columns) for stem, columns in of))


def _reviews(previous: str | Path | None) -> list[tuple[Path, dict[str, Any]]]:
    """Folder and manifest of each, the oldest first."""
    found: list[tuple[Path, dict[str, Any]]] = []
    folder = None if previous is None else Path(previous)
    while folder is not None and len(found) < MOST:
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            day, before = manifest["as_of_day"], manifest["parameters"].get("previous")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            break
        found.append((folder, {**manifest, "day": day}))
        named = isinstance(before, str) and before == PurePath(before).name
        folder = folder.parent / before if named else None
    return found[::-1]


def _joined(reviews: list[tuple[Path, dict[str, Any]]], stem: str, columns: list[str]) -> pd.DataFrame:
    frames = [_table(folder, manifest, stem, columns) for folder, manifest in reviews]
    empty = pd.DataFrame(columns=["day", *columns], dtype="str")
    whole = pd.concat([empty, *frames], ignore_index=True)
    for name in whole.columns:
        if name in _NUMBERS:
            whole[name] = pd.to_numeric(whole[name], errors="coerce").astype("float64")
        elif name in _DAYS:
            whole[name] = pd.to_datetime(whole[name], errors="coerce").astype("datetime64[us]")
    return whole


def _table(folder: Path, manifest: dict[str, Any], stem: str, columns: list[str]) -> pd.DataFrame:
    """The columns of one table as text; no row where it is not there, or not as it was written."""
    none = pd.DataFrame(columns=["day", *columns], dtype="str")
    table = tables.kept(folder, manifest.get("output", {}), stem)
    read = None if table is None else table.texts()
    if read is None or not set(columns) <= set(read.column_names):
        return none
    found: pd.DataFrame = read.select(columns).to_pandas().astype("str").assign(day=str(manifest["day"]))
    return found[none.columns]
