"""What Jira answers, file by file and page by page, gathered by issue: fields once and newest, histories
joined from wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from math import inf
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources.importing import documents
from vmo_helpers.sources.importing.jira_csv import How
from vmo_helpers.sources.importing.jira_fields import PERSON, ids_of, plain
from vmo_helpers.sources.importing.jira_gathered import Answers, Issue, Status
from vmo_helpers.sources.importing.jira_histories import histories
from vmo_helpers.sources.importing.moves import microseconds

MOST_ENTRIES = 40
"""So many entries of a history Jira Cloud's search gives at the most."""
LISTS = ("issues", "issueChangeLogs", "changeHistories", "histories")
_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+")
_CATEGORY = {"TODO": "new", "IN_PROGRESS": "indeterminate", "DONE": "done"}
_ISSUE_URL = re.compile(r"/issue/([^/?]+)/changelog")


USED = {
    *("summary", "status", "issuetype", "project", "created", "updated", "parent", "resolution", "epic"),
    *("resolutiondate", "statuscategorychangedate", "duedate", "issuelinks", "flagged"),
}
"""Fields that are always read."""


def read(
    paths: Iterable[Path],
    wanted: Collection[str],
    flagged: str = "",
    csv: How | None = None,
    plans: Collection[str] = (),
) -> Answers:
    """All answers in these files. ``wanted``: ids or names of more fields; ``flagged``: that of the flag;
    ``csv``: how a CSV file among them is read; ``plans``: ids or names of those of which every value counts.

    A field that is wanted by its name is found once the names are known; where they stand behind the issues
    the files are read twice.
    """
    answers = _pass(paths, Answers(), wanted, flagged, csv, plans)
    if answers.wanted != answers.first:
        answers = _pass(paths, Answers(names=answers.names), wanted, flagged, csv, plans)
    return answers


def _pass(
    paths: Iterable[Path],
    answers: Answers,
    wanted: Collection[str],
    flagged: str,
    csv: How | None,
    plans: Collection[str],
) -> Answers:
    def learn() -> None:
        flags = {flagged} if flagged else {"flagged"}
        answers.flagged = flags | ids_of(answers.names, flags)
        answers.plans = {*plans, *ids_of(answers.names, plans)}
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
        histories(answers, issue, element.get("changeHistories", []))
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
        for issue in answers._full if {"isLast", "nextPageToken"} & element.keys() else ():
            issue.capped = True  # only now it is known that they came by a search of Jira Cloud
        answers._full.clear()
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
        answers.logs, issue.capped = True, False
        issue.total = max(issue.total, int(page.get("total") or 0))
        histories(answers, issue, page["values"], parts=True)
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
        if len(entries) == total == MOST_ENTRIES:
            answers._full.append(issue)
        histories(answers, issue, entries, parts=len(entries) < total)


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
