"""Jira's export to CSV: issues as they are today. It holds no history, and repeats the names of columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources.importing import documents

_FORMATS = (
    *("%d/%b/%y %I:%M %p", "%d/%b/%Y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%Y %H:%M"),
    *("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%b/%y", "%d/%b/%Y"),
)
"""Of dates: that of a new site first, then what administrators make of it. They have no offset: UTC is
taken."""
_CATEGORY = {"to do": "new", "in progress": "indeterminate", "done": "done"}
_CUSTOM = re.compile(r"Custom field \((.*)\)")


def elements(path: Path) -> Iterator[tuple[str, Any]]:
    """The rows as the API would give their issues, and the custom fields as it would describe them. Raises
    InputProblems where the header is none of Jira's."""
    described: set[str] = set()
    for _, row in documents.rows(path):
        if "Issue key" not in row or "Status" not in row:
            told = "lacks Issue key or Status: expected Jira's export “CSV (all fields)”, in English"
            raise InputProblems([Problem("source", told, source=path.name)])
        for name in row.keys() - described:
            if custom := _CUSTOM.fullmatch(name):
                yield "", {"id": name, "name": custom[1], "schema": {}}
            described.add(name)
        yield "issues", _issue(row)


def _issue(row: Mapping[str, str]) -> dict[str, Any]:
    category = _CATEGORY.get(row.get("Status Category", "").lower(), "")
    key = row["Issue key"]
    fields: dict[str, Any] = {
        "summary": row.get("Summary"),
        "status": {"id": row["Status"], "name": row["Status"], "statusCategory": {"key": category}},
        "issuetype": {"name": row.get("Issue Type", "Issue")},
        "project": {
            "key": row.get("Project key", key.rpartition("-")[0]),
            "name": row.get("Project name", ""),
        },
        "created": _instant(row.get("Created")),
        "updated": _instant(row.get("Updated")),
        "resolutiondate": _instant(row.get("Resolved")),
        "statuscategorychangedate": _instant(row.get("Status Category Changed")),
        "duedate": (_instant(row.get("Due date") or row.get("Due Date")) or "")[:10] or None,
        **{name: cell for name, cell in row.items() if _CUSTOM.fullmatch(name)},
    }
    if parent := row.get("Parent key") or row.get("Parent") or row.get("Parent id"):
        fields["parent"] = {"id": parent, "key": row.get("Parent key", "")}
    if resolution := row.get("Resolution"):
        fields["resolution"] = {"name": resolution} if resolution != "Unresolved" else None
    return {"id": row.get("Issue id", key), "key": key, "fields": fields}


def _instant(cell: str | None) -> str | None:
    """A date as ISO 8601. Raises ValueError for one that no format reads."""
    if not cell:
        return None
    for form in _FORMATS:
        try:
            return datetime.strptime(cell.strip(), form).replace(tzinfo=UTC).isoformat()
        except ValueError:
            continue
    at = datetime.fromisoformat(cell.strip())
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
