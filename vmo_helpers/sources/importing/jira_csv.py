"""Jira's export to CSV, in any language: issues as they are today. It holds no history, and repeats the names
of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, listed
from vmo_helpers.sources.importing import csv_dates, documents
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.jira_headers import (
    CATEGORY,
    CUSTOM,
    HEADERS,
    NAMES,
    SUB_TASK,
    TASK,
    UNRESOLVED,
    WAITS_FOR,
)
from vmo_helpers.tables.shapes import fold

DATED = ("created", "updated", "resolved", "status_category_changed", "due_date")
NEEDED = ("issue_key", "status", "created")
_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+")


@dataclass(frozen=True)
class How:
    """How the files are read. ``headers``: what the map says of columns, by their names here; ``instants``:
    cell → what it means, as ISO 8601; ``dated``: fields of the site's own that hold dates."""

    headers: Mapping[str, str] = field(default_factory=dict)
    instants: Mapping[str, str] = field(default_factory=dict)
    dated: frozenset[str] = frozenset()

    def elements(self, path: Path) -> Iterator[tuple[str, Any]]:
        """The rows as the API would give their issues, and the custom fields as it would describe them."""
        described: set[str] = set()
        for _, row in documents.rows(path, WAITS_FOR):
            for name in row.keys() - described:
                if custom := CUSTOM.fullmatch(name):
                    yield "", {"id": name, "name": custom[1], "schema": {}}
                described.add(name)
            links = {
                kind[1]: cell.split("\n") for name, cell in row.items() if (kind := WAITS_FOR.fullmatch(name))
            }
            yield "issues", self._issue(_known(row, self.headers), links)

    def _issue(self, row: Mapping[str, str], links: Mapping[str, list[str]]) -> dict[str, Any]:
        category = CATEGORY.get(row.get("status_category", "").casefold(), "")
        key = row.get("issue_key", "")
        when = {name: self._instant(row.get(name)) for name in DATED}
        odd = [f"{row[name]} ({name})" for name in DATED if row.get(name) and not when[name]]
        fields: dict[str, Any] = {
            "summary": row.get("summary"),
            "issuetype": _type(row.get("issue_type", "Issue")),
            "project": {
                "key": row.get("project_key", key.rpartition("-")[0]),
                "name": row.get("project_name", ""),
            },
            "created": odd[0] if odd else when["created"],  # one that is no instant costs its issue, by name
            "updated": when["updated"],
            "resolutiondate": when["resolved"],
            "statuscategorychangedate": when["status_category_changed"],
            "issuelinks": [
                {"type": {"name": kind}, "inwardIssue": {"key": key.strip()}}
                for kind, keys in links.items()
                for key in keys
            ],
            "duedate": (when["due_date"] or "")[:10] or None,
            **{name: self._custom(cell) for name, cell in row.items() if CUSTOM.fullmatch(name)},
        }
        if status := row.get("status"):
            fields["status"] = {"id": status, "name": status, "statusCategory": {"key": category}}
        if parent := row.get("parent_key") or row.get("parent_id"):
            fields["parent"] = {"id": parent, "key": row.get("parent_key", "")}
        if resolution := row.get("resolution"):
            unresolved = resolution.casefold() in UNRESOLVED
            fields["resolution"] = None if unresolved else {"name": resolution}
        return {"id": row.get("issue_id", key), "key": key, "fields": fields}

    def _instant(self, cell: str | None) -> str | None:
        return self.instants.get(cell.strip()) if cell else None

    def _custom(self, cell: str) -> str:
        """A field of the site's own: a date as ISO 8601, a day where it says no time, all else as it is."""
        at = self._instant(cell)
        return cell if at is None else at[:10] if ":" not in cell else at


def how(files: Iterable[Path], known: maps.Map, propose: bool) -> tuple[How, maps.Map]:
    """How these CSV files are read, and the map with what had to be guessed for it, marked.

    Raises InputProblems where a column that is needed bears no name that is known, where no cell tells
    whether days or months come first, and where the map's own section cannot hold.
    """
    paths = [path for path in files if path.suffix.lower() == ".csv"]
    said = csv_dates.section(known, NAMES)
    said.pop(csv_dates.DATES, None)
    cells: dict[str, None] = {}
    pairs: list[tuple[str | None, str | None]] = []
    own: set[str] = set()
    for path in paths:
        for number, (_, row) in enumerate(documents.rows(path)):
            if not number:
                said, known = _named(path, said, known, propose)
            meant = _known(row, said)
            dated = [meant.get(name, "").strip() or None for name in DATED]
            pairs += [(dated[0], later) for later in dated[1:3]]
            cells |= dict.fromkeys(one for one in dated if one)
            custom = {name: cell.strip() for name, cell in row.items() if CUSTOM.fullmatch(name)}
            custom = {name: cell for name, cell in custom.items() if csv_dates.SHAPE.fullmatch(cell)}
            cells |= dict.fromkeys(custom.values())
            own |= custom.keys()
    if not cells:
        return How(said), known
    order, known = csv_dates.order(paths[0], list(cells), pairs, known, propose)
    return How(said, csv_dates.instants(list(cells), order), frozenset(own)), known


def called(header: str) -> str:
    """The name of a field of the site's own, of its header."""
    custom = CUSTOM.fullmatch(header)
    return custom[1] if custom else header


def _named(
    path: Path, said: dict[str, str], known: maps.Map, propose: bool
) -> tuple[dict[str, str], maps.Map]:
    """What the map says of headers, with the column of keys that is known by its cells where guesses are
    asked for."""
    header = documents.header(path)
    names = {HEADERS.get(fold(name)) for name in header} | {
        one for one, name in said.items() if name in header
    }
    if "issue_key" not in names and propose:
        first = [row for (_, row), _ in zip(documents.rows(path), range(50), strict=False)]
        keys = [name for name in header if first and all(_KEY.fullmatch(row.get(name, "")) for row in first)]
        if len(keys) == 1:
            said, known = said | {"issue_key": keys[0]}, csv_dates.guessed(known, "issue_key", keys[0])
            names.add("issue_key")
    lacking = [name for name in NEEDED if name not in names]
    if lacking:
        english = listed(NAMES[name] for name in lacking)
        told = (
            f"no column is known to be {english}: expected Jira's export “CSV (all fields)”. Where its "
            f'language is not known, the map says which: [{csv_dates.SECTION}] {lacking[0]} = "…" '
            f"(there are {listed(header, 20)})"
        )
        raise InputProblems([Problem("source", told, source=path.name)])
    return said, known


def _known(row: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """The cells by the names that columns have here; the site's own fields by their headers."""
    mapped = {header: name for name, header in said.items()}
    found: dict[str, str] = {}
    for header, cell in row.items():
        name = mapped.get(header) or HEADERS.get(fold(header)) or (header if CUSTOM.fullmatch(header) else "")
        if name and (name not in found or header in mapped):
            found[name] = cell
    return found


def _type(name: str) -> dict[str, Any]:
    """A type of issue; the file does not say its height: sub-tasks and tasks are known by their names."""
    height = -1 if SUB_TASK.search(name) else 0 if TASK.fullmatch(name.strip()) else None
    return {"name": name} | ({} if height is None else {"hierarchyLevel": height})
