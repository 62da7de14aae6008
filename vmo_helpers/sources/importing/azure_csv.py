"""CSV files of Azure DevOps: OData, and what a query's "Export to CSV" gives, with a tree of titles and dates
as the exporter's browser writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, listed
from vmo_helpers.sources.importing import csv_dates, documents
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.azure_headers import EXPECTED, english, lacking

CREATED = ("Created Date",)
LATER = ("Activated Date", "Changed Date", "Closed Date", "State Change Date", "Target Date")
_TITLE = re.compile(r"Title ([1-9]\d?)", re.IGNORECASE)


@dataclass(frozen=True)
class How:
    """How the files are read. ``instants``: cell → what it means, as ISO 8601."""

    instants: Mapping[str, str] = field(default_factory=dict)

    def elements(self, path: Path) -> Iterator[tuple[str, Any]]:
        """The rows as OData would give them. Of a tree of titles (Title 1, Title 2 …) the parent is the last
        row above of one level less."""
        above: dict[int, str] = {}
        for row in map(english, (row for _, row in documents.rows(path))):
            found: dict[str, Any] = {name: self.instants.get(cell, cell) for name, cell in row.items()}
            depths = {int(one[1]): cell for name, cell in row.items() if (one := _TITLE.fullmatch(name))}
            if depths:
                depth = max(depths)
                found["Title"] = depths[depth]
                above = {at: id for at, id in above.items() if at < depth}
                if above and not row.get("Parent"):
                    found["Parent"] = above[max(above)]
                above[depth] = row.get("ID", "")
            yield "", found


def how(files: Iterable[Path], known: maps.Map, propose: bool) -> tuple[How, maps.Map]:
    """How these CSV files are read, and the map with what had to be guessed for it, marked. Raises
    InputProblems where a needed column bears no name that is known, and where no cell tells whether days or
    months come first, and nobody says it."""
    paths = [path for path in files if path.suffix.lower() == ".csv"]
    csv_dates.section(known, ())
    cells: dict[str, None] = {}
    pairs: list[tuple[str | None, str | None]] = []
    for path in paths:
        header = documents.header(path)
        if lost := lacking(header):
            what = f"has no column {listed(lost)}: {EXPECTED} (there are {listed(header, 20)})"
            raise InputProblems([Problem("source", what, source=path.name)])
        dated = [name for name in english(dict.fromkeys(header, "")) if name.lower().endswith("date")]
        for row in map(english, (row for _, row in documents.rows(path))):
            there = {name: row[name] for name in dated if name in row and not _exact(row[name])}
            cells |= dict.fromkeys(cell for cell in there.values() if csv_dates.SHAPE.fullmatch(cell))
            pairs += [(there.get(first), there[name]) for first in CREATED for name in LATER if name in there]
    if not cells:
        return How(), known
    first, known = csv_dates.order(paths[0], list(cells), pairs, known, propose)
    return How(csv_dates.instants(list(cells), first)), known


def _exact(cell: str) -> bool:
    """Whether a cell is an instant with its offset already."""
    try:
        return datetime.fromisoformat(cell).tzinfo is not None
    except ValueError:
        return False
