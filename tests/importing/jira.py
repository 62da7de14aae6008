"""Answers of Jira as its documentation shows them, made of a few words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vmo_helpers.cli.main import main

STATUSES = {
    "1": ("Backlog", "new"),
    "3": ("In Progress", "indeterminate"),
    "4": ("Waiting for legal", "indeterminate"),
    "6": ("Done", "done"),
}
PERSON = {"accountId": "p-1", "emailAddress": "jane.doe@example.com", "displayName": "Jane Doe"}


def status(id: str, statuses: Mapping[str, tuple[str, str]] = STATUSES) -> dict[str, Any]:
    name, category = statuses[id]
    return {"id": id, "name": name, "statusCategory": {"key": category, "name": category}}


def item(
    field: str, old: Any, new: Any, old_id: Any = None, new_id: Any = None, id: str = ""
) -> dict[str, Any]:
    return {
        "field": field,
        "fieldId": id or field,
        "from": old_id,
        "fromString": old,
        "to": new_id,
        "toString": new,
    }


def moved(old: str, new: str, statuses: Mapping[str, tuple[str, str]] = STATUSES) -> dict[str, Any]:
    return item("status", statuses[old][0], statuses[new][0], old, new)


def history(id: int, at: str | int, *items: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(id), "author": PERSON, "created": at, "items": list(items)}


def issue(
    number: int, today: str, histories: Iterable[dict[str, Any]] | None = (), *, key: str = "", **fields: Any
) -> dict[str, Any]:
    """One issue; ``histories`` None: as a search without expand gives it."""
    total = fields.pop("total", None)
    given = None if histories is None else list(histories)
    key = key or f"A-{number}"
    found = {
        "id": str(10_000 + number),
        "key": key,
        "fields": {
            "summary": f"Item {number}",
            "status": status(today),
            "issuetype": {"id": "10001", "name": "Story", "subtask": False, "hierarchyLevel": 0},
            "project": {"id": "1", "key": key.partition("-")[0], "name": "Alpha"},
            "created": "2026-01-05T09:00:00.000+0000",
            "updated": "2026-03-01T09:00:00.000+0000",
            "assignee": PERSON,
            "resolution": None,
            **fields,
        },
    }
    if given is not None:
        count = len(given) if total is None else total
        found["changelog"] = {"startAt": 0, "maxResults": count, "total": count, "histories": given}
    return found


def written(folder: Path, **files: Any) -> Path:
    """A folder with these documents, a file each."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def search(*issues: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"issues": list(issues), "isLast": True, **more}


def run(source: Path, out: Path, *options: str) -> int:
    return main(["import", "jira", str(source), "--out", str(out), *options])


def table(out: Path, name: str) -> list[dict[str, str]]:
    import csv

    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run_of(out: Path, item_id: str) -> list[tuple[str, str]]:
    """(instant, state) of an item's transitions."""
    return [(row["at"], row["to_state"]) for row in table(out, "transitions") if row["item_id"] == item_id]
