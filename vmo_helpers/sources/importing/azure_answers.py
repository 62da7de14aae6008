"""What Azure DevOps answers, file by file: revisions, updates, links, states of types, and OData as JSON or
CSV, gathered by work item. A field goes by the last word of its name, whichever way it was exported."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from sys import intern
from typing import Any

from vmo_helpers.sources.importing import documents
from vmo_helpers.sources.importing.azure_csv import How
from vmo_helpers.sources.importing.moves import microseconds

LISTS = ("value", "values", "workItems", "columns")
PARENT, NEEDS = "System.LinkTypes.Hierarchy-Reverse", "System.LinkTypes.Dependency-Reverse"
HIERARCHY, DEPENDENCY = "System.LinkTypes.Hierarchy", "System.LinkTypes.Dependency"
USED = {
    *("id", "rev", "title", "workitemtype", "state", "teamproject", "createddate", "changeddate", "parent"),
    *("tags", "boardcolumn", "boardcolumndone", "isdeleted", "reason", "statecategory", "statechangedate"),
    *("closeddate", "datevalue", "blocked"),
}
_SAME = {
    "workitemid": "id",
    "revision": "rev",
    "parentworkitemid": "parent",
    "tagnames": "tags",
    "projectname": "teamproject",
}
_PERSON = re.compile(r"<[^<>]*@[^<>]*>$")


@dataclass(frozen=True, slots=True)
class Revision:
    """What one revision says of where the item is. ``at``: microseconds in UTC; ``plans``: the values of the
    fields of plans, in the order in which they were asked for."""

    at: int
    state: str
    column: str
    done: bool
    blocked: str
    tags: str
    plans: tuple[Any, ...] = ()


@dataclass(slots=True)
class WorkItem:
    """One work item. ``last``: the fields of its newest revision, ``newest`` its number; ``updates`` by their
    own number, each the fields that it changed; ``daily``: its rows are one a day."""

    id: str
    last: dict[str, Any] = field(default_factory=dict)
    newest: int = -1
    revisions: dict[int, Revision] = field(default_factory=dict)
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    links: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)


@dataclass
class Answers:
    """Everything that was read. ``categories``: (type or "", state) → the tool's category; ``columns`` of the
    board, with their limit and whether they are split; ``daily``: rows are one a day; ``gapless``: revisions
    are numbered without gaps, ``numbered`` at all; ``plans``: names of fields of which every value counts,
    ``same``: their values, each once; ``odd``: sentences on what could not be read."""

    items: dict[str, WorkItem] = field(default_factory=dict)
    categories: dict[tuple[str, str], str] = field(default_factory=dict)
    columns: list[tuple[str, float | None, bool]] = field(default_factory=list)
    daily: bool = False
    gapless: bool = True
    numbered: bool = False
    last_batch: bool | None = None
    plans: tuple[str, ...] = ()
    same: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)


@cache
def folded(name: str) -> str:
    """System.WorkItemType, WorkItemType and "Work Item Type" are one field; so are Custom.Team and
    Custom_Team."""
    last = re.sub(r"^custom_+|[\s_]+", "", name.rpartition(".")[2].lower())
    return _SAME.get(last, last)


def read(
    paths: Iterable[Path], wanted: Collection[str], plans: Collection[str] = (), csv: How | None = None
) -> Answers:
    """All answers in these files. ``wanted``: names of more fields; ``plans``: of those of which every value
    counts; ``csv``: how a CSV file among them is read."""
    answers = Answers(plans=tuple(dict.fromkeys(map(folded, plans))))
    fields = {*USED, *map(folded, wanted), *answers.plans}
    for path in paths:
        rows = path.suffix.lower() == ".csv"
        found = (csv or How()).elements(path) if rows else documents.elements(path, LISTS)
        for name, element in found:
            try:
                _take(answers, name, element, fields)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                told = f"{type(error).__name__}: {error}"
                answers.odd.append(f"{path.name}, work item {_id(element)}: {told}")
    for item in answers.items.values():
        _cumulated(answers, item)
    return answers


def _id(element: Any) -> str:
    known = element if isinstance(element, Mapping) else {}
    return str(known.get("workItemId") or known.get("WorkItemId") or known.get("id") or "?")


def _take(answers: Answers, name: str, element: Any, fields: set[str]) -> None:
    if not isinstance(element, dict):
        return
    if "responses" in element:  # an example as the makers publish it
        body = next(iter(element["responses"].values()))["body"]
        for key, value in body.items():
            for one in value if key in LISTS and isinstance(value, list) else ():
                _take(answers, key, one, fields)
        _take(answers, "", {key: value for key, value in body.items() if key not in LISTS}, fields)
    elif "workItemId" in element:
        answers.numbered = True
        _update(_at(answers, element["workItemId"]), element, fields)
    elif "fields" in element and "id" in element:
        answers.numbered = True
        _revision(answers, {**element["fields"], "id": element["id"], "rev": element.get("rev", 1)}, fields)
        _relations(_at(answers, element["id"]), element.get("relations") or [], True)
    elif "sourceId" in element and "rel" in element:
        _link(answers, element)
    elif "states" in element and "name" in element:
        for state in element["states"]:
            answers.categories[(element["name"], state["name"])] = str(state.get("category", ""))
    elif "category" in element and "name" in element:
        answers.categories[("", element["name"])] = str(element["category"])
    elif "stateMappings" in element:
        most = element.get("itemLimit") or None
        answers.columns.append((str(element["name"]), most, bool(element.get("isSplit"))))
    elif "isLastBatch" in element:
        answers.last_batch = bool(element["isLastBatch"]) or bool(answers.last_batch)
    else:
        row = {folded(key): value for key, value in _flat(element)}
        if "id" in row and "workitemtype" in row:
            answers.gapless = False
            answers.numbered |= "rev" in row or "datevalue" in row
            _revision(answers, row, fields)


def _flat(element: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The cells of an OData row; what was expanded (Area, Project …) with its own."""
    for key, value in element.items():
        if isinstance(value, dict):
            yield from _flat(value)
        else:
            yield key, value


def _at(answers: Answers, id: Any) -> WorkItem:
    return answers.items.setdefault(str(id), WorkItem(str(id)))


def _value(value: Any) -> Any:
    """The value of a field; people, and whatever holds their mail, are none."""
    if isinstance(value, dict):
        return None
    if isinstance(value, str):
        return None if _PERSON.search(value) else intern(value) if len(value) < 60 else value
    return value


def _revision(answers: Answers, given: Mapping[str, Any], fields: set[str]) -> None:
    picked = {name: _value(value) for key, value in given.items() if (name := folded(key)) in fields}
    item = _at(answers, picked["id"])
    day = picked.get("datevalue")
    answers.daily |= day is not None
    category = picked.get("statecategory")
    if category and picked.get("state"):
        answers.categories[("", str(picked["state"]))] = str(category)
    changed = picked.get("changeddate") or picked.get("statechangedate")
    at = (
        microseconds(str(picked.get("statechangedate") or day) if day else str(changed))
        if day or changed
        else 0
    )
    number = int(picked.get("rev") or 1) if day is None else at
    _keep(answers, item, number, at, picked)


def _keep(answers: Answers, item: WorkItem, number: int, at: int, fields: Mapping[str, Any]) -> None:
    if number >= item.newest:
        item.newest = number
        item.last = dict(fields)
    plans = tuple(fields.get(name) for name in answers.plans)
    item.revisions[number] = Revision(
        at,
        str(fields.get("state") or ""),
        str(fields.get("boardcolumn") or ""),
        str(fields.get("boardcolumndone")).lower() == "true",
        str(fields.get("blocked") or ""),
        str(fields.get("tags") or ""),
        answers.same.setdefault(plans, plans),
    )


def _update(item: WorkItem, update: Mapping[str, Any], fields: set[str]) -> None:
    changed = {
        name: _value((change or {}).get("newValue"))
        for key, change in (update.get("fields") or {}).items()
        if (name := folded(key)) in fields
    }
    changed["rev"] = update.get("rev")
    item.updates[int(update["id"])] = changed
    relations = update.get("relations") or {}
    _relations(item, relations.get("added") or [], True, int(update["id"]))
    _relations(item, relations.get("removed") or [], False, int(update["id"]))


def _cumulated(answers: Answers, item: WorkItem) -> None:
    """Updates one upon another are revisions. One without a date of change only added a relation."""
    whole: dict[str, Any] = {}
    for number in sorted(item.updates):
        changed = item.updates[number]
        whole |= changed
        if changed.get("changeddate"):
            _keep(answers, item, int(whole["rev"]), microseconds(str(changed["changeddate"])), whole)
    item.updates.clear()


def _relations(item: WorkItem, relations: Iterable[Mapping[str, Any]], there: bool, order: int = 0) -> None:
    for one in relations:
        other = re.search(r"/workItems/(\d+)$", str(one.get("url", "")), re.IGNORECASE)
        if one.get("rel") in (PARENT, NEEDS) and other:
            _linked(item, str(one["rel"]), other[1], f"{order:012}", there)


def _link(answers: Answers, link: Mapping[str, Any]) -> None:
    """A row of the reporting links: the source is the parent, or what comes before."""
    kind = {HIERARCHY: PARENT, DEPENDENCY: NEEDS}.get(str(link["rel"]).removesuffix("-Forward"))
    if kind:
        when, there = str(link.get("changedDate") or ""), link.get("isActive", True) is not False
        _linked(_at(answers, link["targetId"]), kind, str(link["sourceId"]), when, there)


def _linked(item: WorkItem, kind: str, other: str, when: str, there: bool) -> None:
    before = item.links.get((kind, other), ("", there))
    if when >= before[0]:
        item.links[(kind, other)] = (when, there)
