"""What Jira answers, file by file and page by page, gathered by issue: fields once and newest, histories
joined from wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from sys import intern
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources.importing import documents
from vmo_helpers.sources.importing.jira_csv import How
from vmo_helpers.sources.importing.jira_fields import PERSON, ids_of, plain
from vmo_helpers.sources.importing.moves import Move, microseconds

LISTS = ("issues", "issueChangeLogs", "changeHistories", "histories")
STATUS, KEY, FLAG = "status", "Key", "flag"
_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+")
_CATEGORY = {"TODO": "new", "IN_PROGRESS": "indeterminate", "DONE": "done"}
_ISSUE_URL = re.compile(r"/issue/([^/?]+)/changelog")


@dataclass(slots=True)
class Issue:
    """One issue. ``total``: how many entries of its history Jira says there are; ``whole``: so many at least
    came in one answer; ``histories``: ids of entries that came in parts."""

    id: str
    key: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    moves: dict[str, list[Move]] = field(default_factory=dict)
    histories: set[str] | None = None
    total: int = 0
    whole: float = -1
    former: list[str] = field(default_factory=list)

    @property
    def read(self) -> float:
        """How many entries were read; below zero where no answer held any."""
        return max(self.whole, -1 if self.histories is None else len(self.histories))


@dataclass
class Status:
    """One status; ``project`` is the id of the one that alone has it."""

    name: str
    category: str = ""
    project: str = ""


@dataclass
class Answers:
    """Everything that was read.

    ``past``: state → when a history last named it, and how. ``names``: id of a field → its names, the
    untranslated one first. ``columns`` of the board, with statuses and limit. ``wanted``: fields that are
    read, ``first`` those at the first issue. ``expected``: so many issues a search says that it found.
    ``bulk``: histories came for all issues at once, and an absent one has none. ``logs``: there are any.
    ``odd``: sentences on what could not be read.
    """

    issues: dict[str, Issue] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    past: dict[str, tuple[int, str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    columns: list[tuple[str, list[str], float | None]] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    first: set[str] = field(default_factory=set)
    flagged: set[str] = field(default_factory=set)
    expected: int = 0
    bulk: bool = False
    logs: bool = False
    people: int = 0
    odd: list[str] = field(default_factory=list)
    _pages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


USED = {
    *("summary", "status", "issuetype", "project", "created", "updated", "parent", "resolution", "epic"),
    *("resolutiondate", "statuscategorychangedate", "duedate", "issuelinks", "flagged"),
}
"""Fields that are always read."""


def read(
    paths: Iterable[Path], wanted: Collection[str], flagged: str = "", csv: How | None = None
) -> Answers:
    """All answers in these files. ``wanted``: ids or names of more fields; ``flagged``: that of the flag;
    ``csv``: how a CSV file among them is read.

    A field that is wanted by its name is found once the names are known; where they stand behind the issues
    the files are read twice.
    """
    answers = _pass(paths, Answers(), wanted, flagged, csv)
    if answers.wanted != answers.first:
        answers = _pass(paths, Answers(names=answers.names), wanted, flagged, csv)
    return answers


def _pass(
    paths: Iterable[Path], answers: Answers, wanted: Collection[str], flagged: str, csv: How | None
) -> Answers:
    def learn() -> None:
        flags = {flagged} if flagged else {"flagged"}
        answers.flagged = flags | ids_of(answers.names, flags)
        answers.wanted = {*USED, *wanted, *ids_of(answers.names, wanted), *answers.flagged}

    learn()
    for path in paths:
        rows = path.suffix.lower() == ".csv"
        for name, element in (csv or How()).elements(path) if rows else documents.elements(path, LISTS):
            if not isinstance(element, dict):
                continue
            try:
                _take(answers, name, element, path.stem)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                of = element.get("key") or element.get("issueId") or element.get("id") or "?"
                answers.odd.append(f"{path.name}, {of}: {type(error).__name__}: {error}")
            if "names" in element or _is_field(element):
                learn()
    _pages(answers)
    return answers


def _is_field(element: Mapping[str, Any]) -> bool:
    return "id" in element and "name" in element and ("schema" in element or "clauseNames" in element)


def _take(answers: Answers, name: str, element: dict[str, Any], stem: str) -> None:
    if "fields" in element and "key" in element and "id" in element:
        answers.first = answers.first or answers.wanted
        _issue(answers, element)
    elif name == "issueChangeLogs" or "changeHistories" in element:
        answers.bulk = answers.logs = True
        issue = _at(answers, str(element["issueId"]))
        issue.whole = inf
        _histories(answers, issue, element.get("changeHistories", []))
    elif _is_field(element):
        names = [element.get("untranslatedName"), element["name"]]
        answers.names[element["id"]] = [str(one) for one in names if one]
    elif "statusCategory" in element and "name" in element:
        _status(answers, element)
    elif "columnConfig" in element:
        for column in element["columnConfig"].get("columns", []):
            ids = [str(one["id"]) for one in column.get("statuses", [])]
            answers.columns.append((str(column["name"]), ids, column.get("max")))
    elif "statuses" in element:  # /project/{key}/statuses: by type of issue
        for status in element["statuses"]:
            _status(answers, status)
    elif isinstance(element.get("values"), list):
        _values(answers, element, stem)
    else:
        answers.expected = max(answers.expected, int(element.get("total") or 0))
        for id, said in (element.get("names") or {}).items():
            answers.names.setdefault(id, [str(said)])


def _values(answers: Answers, page: dict[str, Any], stem: str) -> None:
    """A page of a list: an issue's histories, or what describes the tool."""
    for one in page["values"]:
        if isinstance(one, dict) and "items" in one and "created" in one:
            found = _ISSUE_URL.search(str(page.get("self") or page.get("nextPage") or ""))
            answers._pages.append((found[1] if found else stem, page))
            return
        if isinstance(one, dict):
            _take(answers, "", one, stem)


def _pages(answers: Answers) -> None:
    """Pages of histories go to their issues: by id, by key, or by the key that the file's name begins
    with."""
    by_key = {issue.key: issue for issue in answers.issues.values()}
    for named, page in answers._pages:
        key = _KEY.match(named)
        issue = answers.issues.get(named) or by_key.get(named) or by_key.get(key[0] if key else "")
        if issue is None:
            told = "is a page of histories, and neither its address nor its name says of which issue"
            raise InputProblems([Problem("source", told, source=named)])
        answers.logs = True
        issue.total = max(issue.total, int(page.get("total") or 0))
        _histories(answers, issue, page["values"], parts=True)
    answers._pages.clear()


def _at(answers: Answers, id: str) -> Issue:
    return answers.issues.setdefault(id, Issue(id))


def _issue(answers: Answers, element: dict[str, Any]) -> None:
    fields = element["fields"] or {}
    microseconds(fields.get("created") or 0)  # one that is no instant is refused before anything is taken
    issue = _at(answers, str(element["id"]))
    newest = not issue.key or str(fields.get("updated", "")) >= str(issue.fields.get("updated", ""))
    if isinstance(fields.get("status"), dict):
        _status(answers, fields["status"])
    if newest:
        if issue.key and issue.key != element["key"]:
            issue.former.append(issue.key)
        issue.key = str(element["key"])
        picked = {
            name: plain(name, value)
            for name, value in fields.items()
            if name in answers.wanted and value is not None
        }
        issue.fields = {name: value for name, value in picked.items() if value is not PERSON}
        answers.people += len(picked) - len(issue.fields)
    elif element["key"] != issue.key:
        issue.former.append(str(element["key"]))
    log = element.get("changelog")
    if isinstance(log, dict):
        answers.logs = True
        entries = log.get("histories") or []
        total = int(log.get("total") or len(entries))
        issue.total = max(issue.total, total)
        if len(entries) >= total:
            issue.whole = max(issue.whole, len(entries))
        _histories(answers, issue, entries, parts=len(entries) < total)


def _status(answers: Answers, given: Mapping[str, Any]) -> None:
    scope = ((given.get("scope") or {}).get("project") or {}).get("id", "")
    category = given.get("statusCategory") or ""
    category = category.get("key") or "" if isinstance(category, dict) else _CATEGORY.get(category, "")
    before = answers.statuses.get(str(given["id"]))
    answers.statuses[str(given["id"])] = Status(
        str(given["name"]),
        str(category) or (before.category if before else ""),
        str(scope) or (before.project if before else ""),
    )


def _histories(
    answers: Answers, issue: Issue, entries: Iterable[Mapping[str, Any]], parts: bool = False
) -> None:
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
    return KEY if name == KEY else None


def _ends(kind: str, item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    if kind == STATUS:
        return _state(item, "from"), _state(item, "to")
    found = []
    for end in ("fromString", "toString"):
        value = item.get(end)
        found.append(intern(str(value)) if value else None)
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
