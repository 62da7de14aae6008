"""The fields of an issue as far as they are used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from sys import intern
from typing import Any

PERSON = object()
"""The value of a field that holds people: they are counted, and not read."""


def ids_of(names: Mapping[str, list[str]], wanted: Collection[str]) -> set[str]:
    """The ids of fields that bear one of these names."""
    folded = {one.casefold() for one in wanted}
    return {id for id, said in names.items() if folded & {name.casefold() for name in said}}


def plain(name: str, value: Any) -> Any:
    """A field as far as it is used: of status, type, project and links a few words, of all others one
    value, or PERSON."""
    match name:
        case "status":
            return intern(str(value["id"]))
        case "issuetype":
            height = value.get("hierarchyLevel", -1 if value.get("subtask") else None)
            return (intern(str(value.get("id", ""))), intern(str(value["name"])), height)
        case "project":
            return (intern(str(value["key"])), intern(str(value.get("name") or value["key"])))
        case "parent" | "epic":
            return (str(value.get("id", "")), str(value.get("key", "")))
        case "issuelinks":
            return [link for one in value if (link := _link(one))]
    return _value(value)


def _link(one: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(name of the kind, inward or outward, key)."""
    for side in ("inwardIssue", "outwardIssue"):
        if isinstance(one.get(side), dict):
            kind = one.get("type") or {}
            return (intern(str(kind.get("name", ""))), side[:-5], str(one[side].get("key", "")))
    return None


def _value(value: Any) -> Any:
    """The one value of a field; of a list the first."""
    if isinstance(value, list):
        return _value(value[0]) if value else None
    if isinstance(value, dict):
        if value.keys() & {"accountId", "emailAddress", "displayName"}:
            return PERSON
        for name in ("value", "name", "key", "title"):
            if value.get(name):
                return intern(str(value[name]))
        return None
    return intern(value) if isinstance(value, str) and len(value) < 40 else value
