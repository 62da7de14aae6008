"""Azure DevOps' Analytics over the network (OData): a filter's work items with all their revisions, or with
one row a day, into the cache."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from vmo_helpers.contract.problems import InputProblems, Problem, listed
from vmo_helpers.sources.importing import Asked, Unfinished, live
from vmo_helpers.sources.importing.azure_live import TOKEN
from vmo_helpers.sources.importing.live import Cache, Client, slim

ROOT, VERSION = "_odata", "v4.0-preview"
REVISIONS, SNAPSHOTS, TODAY = "WorkItemRevisions", "WorkItemSnapshot", "WorkItems"
CHUNK = 200
"""Work items of which the rows are asked for at a time, where not all are wanted."""
NEXT = "@odata.nextLink"
SELECTED = (
    *("WorkItemId", "Title", "WorkItemType", "State", "StateCategory", "CreatedDate", "ChangedDate"),
    *("ParentWorkItemId", "TagNames", "Reason", "ClosedDate", "TargetDate", "FinishDate", "Blocked"),
)
OF = {REVISIONS: ("Revision",), SNAPSHOTS: ("DateValue", "StateChangeDate"), TODAY: ("StateChangeDate",)}
"""What a set of entities has of its own."""
EXPANDED = {"TeamProject": "Project($select=ProjectName)", "AreaPath": "Area($select=AreaPath)"}
_UNKNOWN = re.compile(r"property named '(\w+)'")


def is_odata(where: str) -> bool:
    """True for the address of Analytics: https://analytics.dev.azure.com/ORG/_odata/v4.0-preview."""
    return ROOT in urlsplit(where).path.split("/")


class Analytics:
    """One organisation (or project), one filter, and the set of entities that the address names, else
    revisions. ``left``: so many work items left the filter since the last import."""

    def __init__(self, asked: Asked) -> None:
        if asked.options.get("wiql"):
            told = "OData knows no WIQL: say which work items with --odata-filter"
            raise InputProblems([Problem("source", told, source="--wiql")])
        parts = urlsplit(live.checked(asked.where))
        self.root, self.entity = _root(parts.path)
        if not asked.history:
            self.entity = TODAY
        self.filter = " ".join(str(asked.options.get("odata_filter") or "").split())
        self.site = f"{parts.scheme}://{parts.netloc}"
        self.client = Client(self.site, live.authorization("", TOKEN, bearer=False), TOKEN, asked.watch)
        self.asked, self.left = asked, 0
        self.unknown: set[str] = set()

    def fetched(self, wanted: Collection[str]) -> tuple[list[Path], set[str]]:
        """Fills the cache; returns its pages, and the ids that the filter holds. ``wanted``: names of more
        fields.

        The filter says which work items of today; of these every revision is read, whatever it says.
        """
        names = sorted({*SELECTED, *EXPANDED, *OF[self.entity], *filter(None, map(_property, wanted))})
        query = {"filter": self.filter, "history": self.asked.history, "of": self.entity}
        self.cache = Cache(self.asked, query, names)
        before = self.cache.seen
        seen = {str(row["WorkItemId"]): _stamp(row) for row in self._swept()}
        changed = sorted((id for id in seen if (before or {}).get(id) != seen[id]), key=int)
        if before is None and not self.filter:
            self._rows("rows", "")
        else:
            for number, some in enumerate(live.chunks(changed, CHUNK)):
                self._rows(f"rows-{number:06}", f"WorkItemId in ({','.join(some)})")
        self.left = len((before or {}).keys() - seen.keys())
        self.cache.finished(seen)
        return self.cache.pages(), set(seen)

    def _swept(self) -> Iterator[Mapping[str, Any]]:
        query = {"$select": "WorkItemId,ChangedDate"} | ({"$filter": self.filter} if self.filter else {})
        return self._pages(live.SWEEP, TODAY, lambda: query)

    def _rows(self, name: str, within: str) -> None:
        def query() -> dict[str, str]:
            names = [one for one in self.cache.fields if one not in (*EXPANDED, *self.unknown)]
            asked = {"$select": ",".join(names), "$expand": ",".join(EXPANDED.values())}
            return {**asked, **({"$filter": within} if within else {})}

        for _ in self._pages(name, self.entity, query):
            pass  # its pages are in the cache

    def _pages(
        self, name: str, entity: str, query: Callable[[], Mapping[str, str]]
    ) -> Iterator[Mapping[str, Any]]:
        """The rows of all pages, one link after another until there is none."""
        link, seen, number, rows = "", set[str](), 0, 0
        while True:
            number += 1
            page = self.cache.page(f"{name}-{number:06}", partial(self._page, entity, query, link))
            rows += len(page["value"])
            self.asked.watch.read(f"rows of {entity}", rows)
            yield from page["value"]
            link = page.get(NEXT) or ""
            if not link:
                return
            if link in seen:
                raise Unfinished("the site gives the same page again and again: its link repeats")
            seen.add(link)

    def _page(self, entity: str, query: Callable[[], Mapping[str, str]], link: str) -> Any:
        found = self._linked(link) if link else self._first(f"{self.root}/{entity}", query)
        page: dict[str, Any] = {"value": [slim(row) for row in found.get("value") or []]}
        following = found.get(NEXT)
        return page | ({NEXT: self._here(str(following), f"{self.root}/{entity}")} if following else {})

    def _first(self, path: str, query: Callable[[], Mapping[str, str]]) -> Any:
        """The first page. A property that this organisation does not have is no longer asked for."""
        while True:
            asked = query()
            try:
                return self.client.json(path, asked)
            except live.Rejected as error:
                lacking = _UNKNOWN.search(error.told)
                if lacking and lacking[1] in asked.get("$select", "").split(","):
                    self.unknown.add(lacking[1])
                    continue
                hint = (
                    "is --odata-filter right?" if error.status == 400 else "is the address that of Analytics?"
                )
                told = f"was refused ({error}); {hint}"
                raise InputProblems([Problem("source", told, source=path.rpartition("/")[2])]) from error

    def _linked(self, link: str) -> Any:
        parts = urlsplit(link)
        try:
            return self.client.json(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))
        except live.Rejected as error:
            raise Unfinished(f"{parts.path}: the next page was refused ({error.status})") from error

    def _here(self, link: str, path: str) -> str:
        """A link to the next page, as a path; one that leads to another host is not followed."""
        parts, site = urlsplit(urljoin(self.site + path, link)), urlsplit(self.site)
        if (parts.scheme, parts.netloc) != (site.scheme, site.netloc):
            told = f"its next page lies on another host ({parts.hostname}), which is not asked"
            raise InputProblems([Problem("source", told, source=str(site.hostname))])
        return f"{parts.path}?{parts.query}"


def _root(path: str) -> tuple[str, str]:
    """The path of the service, and the set of entities; revisions of work items where it names none."""
    parts = [part for part in path.split("/") if part]
    place = parts.index(ROOT)
    version, rest = (parts[place + 1 :][:1] or [VERSION])[0], parts[place + 2 :]
    entity = rest[0] if rest else REVISIONS
    if entity not in OF or len(rest) > 1:
        told = f"{'/'.join(rest)} is not read; known are {listed(OF)}"
        raise InputProblems([Problem("source", told, source="the address")])
    return "/" + "/".join([*parts[: place + 1], version]), entity


def _property(name: str) -> str:
    """The property that a field of the API is in Analytics: State of System.State, Custom_Team of
    Custom.Team."""
    last = name.rpartition(".")[2]
    plain = re.sub(r"\W+", "", last)
    return f"Custom_{plain}" if name.startswith("Custom.") else "" if last.startswith("tag:") else plain


def _stamp(row: Mapping[str, Any]) -> str:
    return str(row.get("ChangedDate") or "")
