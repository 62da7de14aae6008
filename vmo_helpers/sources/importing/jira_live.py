"""Jira Cloud and Data Center over the network: a query's issues and their histories, into the cache."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources.importing import Asked, Unfinished, live
from vmo_helpers.sources.importing.jira_answers import USED
from vmo_helpers.sources.importing.jira_fields import ids_of
from vmo_helpers.sources.importing.live import Cache, Client, slim

USER, TOKEN = "VMO_JIRA_USER", "VMO_JIRA_TOKEN"
SWEEP, PAGE, LOGS, ENTRIES = 5_000, 100, 1_000, 10_000
"""How many are asked for at a time: issues of which only the date of change is asked, whole issues, issues
whose histories come in bulk, and entries of these."""
WINDOW = 10_000
"""Data Center's search fails beyond so many."""
CHANGES, DUE, MOST_CHANGES = ("status", "Key"), "duedate", 10
"""Fields of which the history is always asked for, and the most that one request may name."""


class Jira:
    """One site and one query. ``left``: so many issues left the query since the last import."""

    def __init__(self, asked: Asked) -> None:
        self.jql = str(asked.options.get("jql") or "").strip()
        if not self.jql:
            told = 'is needed for a site, which refuses an empty query: --jql "project = A"'
            raise InputProblems([Problem("source", told, source="--jql")])
        headers = live.authorization(USER, TOKEN, bearer=not os.environ.get(USER))
        self.client = Client(live.checked(asked.where), headers, f"{USER} and {TOKEN}", asked.watch)
        self.asked, self.history, self.left = asked, asked.history, 0

    def fetched(
        self, wanted: Collection[str], flagged: str, plans: Collection[str] = ()
    ) -> tuple[list[Path], set[str]]:
        """Fills the cache; returns its pages, and the ids that the query holds. ``wanted``, ``flagged``: more
        fields, by id or name; ``plans``: those of which the history counts."""
        about, field, status = (
            self._told(f"/rest/api/2/{name}") for name in ("serverInfo", "field", "status")
        )
        kind = str((about or {}).get("deploymentType", ""))
        cloud = kind == "Cloud" if kind else self._searches_as_cloud()
        names = {
            str(one["id"]): [str(one[key]) for key in ("untranslatedName", "name") if one.get(key)]
            for one in field or []
        }
        flags = ids_of(names, {flagged or "flagged"}) | ({flagged} & names.keys())
        needed = USED - {"epic", "flagged"} | ids_of(names, wanted) | set(wanted) & names.keys() | flags
        planned = ids_of(names, plans) | set(plans) & {DUE, *names}
        changes = [*CHANGES, *sorted(flags), *sorted(planned)][:MOST_CHANGES]
        query = {"jql": self.jql, "history": self.history, "changes": changes}
        self.cache = Cache(self.asked, query, needed)
        self.cache.page("field", lambda: field or [])
        self.cache.page("status", lambda: status or [])
        seen = self._swept(self.cache.fields, changes, cloud)
        self.cache.finished(seen)
        return self.cache.pages(), set(seen)

    def _told(self, name: str) -> Any:
        """What describes the site; a site that does not tell is read without it."""
        for version in (2, 3):
            with suppress(live.Rejected):
                return slim(self.client.json(f"/rest/api/{version}/{name}"))
        return None

    def _searches_as_cloud(self) -> bool:
        try:
            body = {"jql": self.jql, "fields": ["updated"], "maxResults": 1}
            self.client.json("/rest/api/3/search/jql", body=body)
        except live.Rejected as error:
            return error.status == 400  # it knows the search, and refuses the query
        return True

    def _swept(self, fields: list[str], changes: list[str], cloud: bool) -> dict[str, str]:
        """Id → when it changed, of the whole query; what changed since the last run is in the cache then."""
        before = self.cache.seen
        search = self._cloud if cloud else self._data_center
        if before is None:
            seen = dict(search(fields, changes))
            changed = list(seen)
        else:
            seen = dict(search(["updated"], ()))
            changed = [id for id, updated in seen.items() if before.get(id) != updated]
            self._again(changed, fields, changes, cloud)
            self.left = len(before.keys() - seen.keys())
        if cloud and self.history:
            self._logs(changed, changes)
        return seen

    def _cloud(self, fields: list[str], changes: Collection[str]) -> Iterator[tuple[str, str]]:
        """(id, updated) of all issues, page by page until there is no token; a token that repeats is an
        error, an empty page is not the end."""
        token: str | None = None
        tokens: set[str] = set()
        found = 0
        for number in count(1):
            body = {"jql": self.jql, "fields": fields, "maxResults": PAGE if changes else SWEEP}
            body |= {"nextPageToken": token} if token else {}
            page = self._page(
                f"{'search' if changes else live.SWEEP}-{number:06}", "/rest/api/3/search/jql", body, changes
            )
            found += len(page["issues"])
            self.asked.watch.read("issues", found)
            yield from _updated(page)
            token = page.get("nextPageToken")
            if not token:
                return
            _unlike(token, tokens)

    def _page(self, name: str, path: str, body: Any, changes: Collection[str], sized: bool = False) -> Any:
        def fetch() -> Any:
            try:
                found = self.client.json(path, body=body, sized=sized)
            except live.Rejected as error:
                raise _refused(error) from error
            return {**found, "issues": [_issue(one, changes) for one in found.get("issues") or []]}

        return self.cache.page(name, fetch)

    def _data_center(self, fields: list[str], changes: Collection[str]) -> Iterator[tuple[str, str]]:
        """(id, updated) of all issues by key: beyond the window from the last key on, then in the projects
        that were not yet read."""
        seen: set[str] = set()
        projects: set[str] = set()
        total: int | None = None
        last = ""
        while True:
            more = f'key > "{last}"' if last else f"project not in ({', '.join(sorted(projects))})"
            query = f"({_bare(self.jql)})" + (f" AND {more}" if projects else "")
            new, whole, key = 0, True, last
            for start, page in self._window(query, fields, changes):
                rows, known = page["issues"], int(page.get("total") or 0)
                total = known if total is None else total
                new += sum(one["id"] not in seen for one in rows)
                seen |= {one["id"] for one in rows}
                self.asked.watch.read("issues", len(seen), total)
                projects |= {one["key"].rpartition("-")[0] for one in rows}
                key = rows[-1]["key"] if rows else key
                whole = not rows or start + len(rows) >= known
                yield from _updated(page)
            if len(seen) >= (total or 0) or not (new or last):
                return
            last = "" if whole else key

    def _window(self, query: str, fields: list[str], changes: Collection[str]) -> Iterator[tuple[int, Any]]:
        """(start, page) of one query up to the window. A page that takes too long is halved."""
        start, size = 0, PAGE if changes else 1_000
        while start < WINDOW:
            page, size = self._sized(query, start, size, fields, changes)
            yield start, page
            start += len(page["issues"])
            if not page["issues"] or start >= int(page.get("total") or 0):
                return

    def _sized(
        self, query: str, start: int, size: int, fields: list[str], changes: Collection[str]
    ) -> tuple[Any, int]:
        asked = {"jql": f"{query} ORDER BY key ASC", "fields": fields}
        while True:
            body = {**asked, "startAt": start, "maxResults": min(size, WINDOW - start)}
            body |= {"expand": ["changelog"]} if changes and self.history else {}
            name = f"{'search' if changes else live.SWEEP}-{live.short([query, start, bool(changes)])}"
            try:
                return self._page(name, "/rest/api/2/search", body, changes, sized=True), size
            except live.TooBig as error:
                if size == 1:
                    raise Unfinished(f"{error} answers 504 even for one issue") from error
                size //= 2

    def _again(self, ids: list[str], fields: list[str], changes: Collection[str], cloud: bool) -> None:
        """The issues that changed, whole."""
        for number, some in enumerate(live.chunks(ids, PAGE)):
            self.asked.watch.read("issues that changed", number * PAGE, len(ids))
            if cloud:
                body = {"issueIdsOrKeys": some, "fields": fields}
                self._page(f"issues-{number:06}", "/rest/api/3/issue/bulkfetch", body, changes)
            else:
                for _ in self._window(f"id in ({', '.join(some)})", fields, changes):
                    pass  # its pages are in the cache

    def _logs(self, ids: list[str], changes: list[str]) -> None:
        """Whole histories; one issue may lie on several pages, one without changes on none."""
        for number, some in enumerate(live.chunks(ids, LOGS)):
            self.asked.watch.read("histories", number * LOGS, len(ids))
            token: str | None = None
            tokens: set[str] = set()
            for page in count():
                body = {"issueIdsOrKeys": some, "fieldIds": changes, "maxResults": ENTRIES}
                body |= {"nextPageToken": token} if token else {}
                call = partial(self.client.json, "/rest/api/3/changelog/bulkfetch", None, body)
                found = self.cache.page(f"log-{number:06}-{page:06}", partial(_slimmed, call))
                token = found.get("nextPageToken")
                if not token:
                    break
                _unlike(token, tokens)


def _slimmed(call: Callable[[], Any]) -> Any:
    return slim(call())


def _unlike(token: str, tokens: set[str]) -> None:
    """A token that repeats would go on for ever."""
    if token in tokens:
        raise Unfinished("the site gives the same page again and again: its token repeats")
    tokens.add(token)


def _updated(page: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in page["issues"]:
        yield str(one["id"]), str(one["fields"].get("updated") or "")


def _issue(one: Mapping[str, Any], changes: Collection[str]) -> Any:
    """An issue as it is kept: of its history only what is read."""
    found = slim(one)
    log = found.pop("changelog", None)
    if log and changes:
        entries = log.get("histories") or []
        lacking = max(0, int(log.get("total") or 0) - len(entries))
        kept = [_entry(entry, changes) for entry in entries]
        kept = [entry for entry in kept if entry["items"]]
        found["changelog"] = {"total": len(kept) + lacking, "histories": kept}
    return found


def _entry(entry: Mapping[str, Any], changes: Collection[str]) -> dict[str, Any]:
    """Older answers have no id of the field: there its name tells."""
    kept = [
        item
        for item in entry.get("items") or []
        if item.get("fieldId") in changes or item.get("field") in (*CHANGES, DUE, "Flagged")
    ]
    return {**entry, "items": kept}


def _bare(jql: str) -> str:
    """A query without its order."""
    return re.split(r"\border\s+by\b", jql, flags=re.IGNORECASE)[0].strip()


def _refused(error: live.Rejected) -> InputProblems:
    hint = "is the query right?" if error.status == 400 else "is the address that of a Jira site?"
    told = f"the search was refused ({error.status}{': ' + error.told if error.told else ''}); {hint}"
    return InputProblems([Problem("source", told, source="--jql")])
