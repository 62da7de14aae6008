"""What a plan was before it changed: the history of a field that fills a column of plans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.sources.importing import readings
from vmo_helpers.sources.importing.moves import Move, in_order, instant

COLUMNS = ("planned_end", "planned_cost", "scope_planned")
"""Columns of work_items that are plans: the value of today stands there, those before in plan_changes."""
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?|\d{4}-\d{2}-\d{2}T.*")
UNREAD = "changes of a plan whose old value cannot be read, and that are left out"

Changes = Mapping[str, Sequence[Move]]
"""Column → the changes of the field that fills it."""


def table(changes: Sequence[tuple[str, Changes]], told: Counter[str]) -> dict[str, list[Any]]:
    """The table plan_changes: a row each time a plan of an item became another. ``changes``: by key of the
    item. An empty old value: there was none. Of two changes at one instant the first counts; one whose old
    value cannot be read is counted in ``told`` and left out."""
    found: dict[str, list[Any]] = {name: [] for name in ("table", "key", "column", "changed_at", "old_value")}
    for key, columns in changes:
        for column, moves in columns.items():
            declared = TABLES["work_items"].column(column)
            before: int | None = None
            for move in in_order(moves):
                old = value(move.from_, declared.kind) if declared and move.from_ else None
                if move.at == before or move.from_ == move.to:
                    continue
                if move.from_ and old is None:
                    told[UNREAD] += 1
                    continue
                before = move.at
                row = ("work_items", key, column, instant(move.at), old)
                for name, cell in zip(found, row, strict=True):
                    found[name].append(cell)
    return found


@cache
def value(text: str, kind: Kind) -> str | None:
    """A value as the tables write it: a day where no time is told. None where it cannot be read."""
    iso = _ISO.fullmatch(text.strip())
    if iso and kind in readings.DATES:
        return iso[1] or text.strip()
    return readings.read([text], Column("old", kind), readings.Reading()).values[0]
