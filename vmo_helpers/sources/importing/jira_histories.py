"""The entries of an issue's history: moves between statuses, flags, keys of former projects, and plans that
changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sys import intern
from typing import Any

from vmo_helpers.sources.importing.jira_gathered import FLAG, KEY, STATUS, Answers, Issue
from vmo_helpers.sources.importing.moves import Move, microseconds


def histories(
    answers: Answers, issue: Issue, entries: Iterable[Mapping[str, Any]], parts: bool = False
) -> None:
    """Takes the entries of an issue's history. ``parts``: more of them stand elsewhere."""
    if parts and issue.histories is None:
        issue.histories = set()
    for entry in entries:
        id = str(entry.get("id") or entry["created"])
        if parts and issue.histories is not None:
            issue.histories.add(id)
        at = None
        for place, item in enumerate(entry.get("items") or []):
            name = str(item.get("field") or "")
            id_of = str(item.get("fieldId") or "")
            kind = _kind(answers, name, id_of)
            if kind is None:
                continue
            at = microseconds(entry["created"]) if at is None else at
            order = (int(id) if id.isdigit() else 0, place)
            _item(answers, issue, kind, Move(at, order, *_ends(kind, item)), item)


def _kind(answers: Answers, name: str, id: str) -> str | None:
    """What a change is about; older answers have no id of the field."""
    if id == STATUS or (not id and name == STATUS):
        return STATUS
    if id in answers.flagged or name in answers.flagged or (not id and name.lower() == "flagged"):
        return FLAG
    if name == "Flagged" and answers.flagged == {"flagged"}:
        return FLAG
    if id in answers.plans:
        return id
    if not id:
        named = next((one for one in answers.plans if name in (one, *answers.names.get(one, ()))), None)
        if named is not None:
            return named
    return KEY if name == KEY else None


def _ends(kind: str, item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    if kind == STATUS:
        return _state(item, "from"), _state(item, "to")
    ends = (("from", "fromString"), ("to", "toString")) if kind != FLAG else (("fromString",), ("toString",))
    found = [next((intern(str(item[name])) for name in names if item.get(name)), None) for names in ends]
    return found[0], found[1]


def _state(item: Mapping[str, Any], end: str) -> str | None:
    """The id of a status; where there is none its name, marked so that no id is like it."""
    if item.get(end):
        return intern(str(item[end]))
    name = item.get(f"{end}String")
    return intern(f"name:{name}") if name else None


def _item(answers: Answers, issue: Issue, kind: str, move: Move, item: Mapping[str, Any]) -> None:
    if kind == KEY:
        if move.from_:
            issue.former.append(move.from_)
        return
    issue.moves.setdefault(kind, []).append(move)
    if kind == STATUS:
        for end, state in (("fromString", move.from_), ("toString", move.to)):
            if state and item.get(end):
                said = (move.at, str(item[end]))
                answers.past[state] = max(said, answers.past.get(state, said))
