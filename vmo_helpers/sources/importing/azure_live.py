"""Azure DevOps Services and Server over the network: a query's work items with all their revisions, into the
cache."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources.importing import Asked, Unfinished, live
from vmo_helpers.sources.importing.live import Cache, Client, slim

TOKEN = "VMO_ADO_TOKEN"
VERSIONS = ("7.1", "6.0", "5.0")
"""Of the API, the newest first: a server may know an older one alone."""
BATCH, PAGE = 200, 200
"""Work items asked for at a time, and updates of one."""
PROJECTS = 20
MOST, SPLIT = "VS402337", 1 << 21
"""The error of a query that finds more than 20,000; and the id at which it is first split."""
LINKS = "System.LinkTypes.Hierarchy-Forward,System.LinkTypes.Dependency-Forward"
FIELDS = (
    *("System.Id", "System.Rev", "System.Title", "System.WorkItemType", "System.State", "System.TeamProject"),
    *("System.CreatedDate", "System.ChangedDate", "System.Parent", "System.Tags", "System.BoardColumn"),
    *("System.BoardColumnDone", "System.IsDeleted", "System.Reason", "Microsoft.VSTS.Common.ClosedDate"),
)
OPTIONAL = (
    *("System.AreaPath", "Microsoft.VSTS.CMMI.Blocked"),
    *("Microsoft.VSTS.Scheduling.TargetDate", "Microsoft.VSTS.Scheduling.FinishDate"),
)
USUAL = "SELECT [System.Id] FROM WorkItems"


class AzureDevOps:
    """One organisation (or collection), or one of its projects, and one query. ``left``: so many work items
    left the query since the last import."""

    def __init__(self, asked: Asked) -> None:
        if asked.options.get("odata_filter"):
            told = "is for an address of Analytics (…/_odata/v4.0-preview); here --wiql says which work items"
            raise InputProblems([Problem("source", told, source="--odata-filter")])
        site, self.project = _project(live.checked(asked.where))
        within = self.project.replace("'", "''")
        usual = f"{USUAL} WHERE [System.TeamProject] = '{within}'" if within else USUAL
        self.wiql = " ".join(str(asked.options.get("wiql") or usual).split())
        if not re.search(r"\bfrom\s+workitems\b", self.wiql, re.IGNORECASE):
            told = f"expected a flat query, as in {USUAL} WHERE [System.TeamProject] = 'Alpha'"
            raise InputProblems([Problem("source", told, source="--wiql")])
        headers = live.authorization("", TOKEN, bearer=False)
        self.client = Client(site, headers, TOKEN, asked.watch)
        self.asked, self.left, self.version = asked, 0, VERSIONS[0]

    def fetched(self, wanted: Collection[str]) -> tuple[list[Path], set[str]]:
        """Fills the cache; returns its pages, and the ids that the query holds. ``wanted``: names of more
        fields."""
        ids = self._ids(0, None)
        fields = {*FIELDS, *OPTIONAL, *(name for name in wanted if "." in name)}
        self.cache = Cache(self.asked, {"wiql": self.wiql, "history": self.asked.history}, fields)
        before = self.cache.seen or {"ids": [], "revisions": None, "links": None}
        self.cache.page("types", self._types)
        seen: dict[str, Any] = {"ids": sorted(ids, key=int)}
        old = set(before["ids"])
        if self.asked.history:
            seen["revisions"] = self._revisions(ids, before["revisions"])
            seen["links"] = self._links(before["links"])
            if before["revisions"]:  # what came to the query was passed over when its revisions went by
                for id in sorted(ids - old, key=int):
                    self._updates(id)
        else:
            self._batches(sorted(ids, key=int))
        self.left = len(old - ids)
        self.cache.finished(seen)
        return self.cache.pages(), ids

    def _call(self, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """The answer under the newest version of the API that the server knows."""
        while True:
            try:
                return self.client.json(path, {**(query or {}), "api-version": self.version}, body)
            except live.Rejected as error:
                later = VERSIONS.index(self.version) + 1
                if error.status != 400 or "version" not in error.told.lower() or later == len(VERSIONS):
                    raise
                self.version = VERSIONS[later]

    def _ids(self, above: int, upto: int | None) -> set[str]:
        """The ids that the query finds. One that finds too many is asked for in halves."""
        try:
            within = f"/{quote(self.project)}" if self.project else ""
            found = self._call(f"{within}/_apis/wit/wiql", body={"query": _between(self.wiql, above, upto)})
        except live.Rejected as error:
            if MOST not in error.told:
                told = (
                    f"the query was refused ({error}); is it right, and the address that of an organisation?"
                )
                raise InputProblems([Problem("source", told, source="--wiql")]) from error
            if upto is not None and upto - above < 2:
                raise Unfinished(f"the query cannot be split: {error.told}") from error
            middle = SPLIT + above if upto is None else (above + upto) // 2
            return self._ids(above, middle) | self._ids(middle, upto)
        if "workItems" not in found:
            told = "finds links; expected a flat list of work items"
            raise InputProblems([Problem("source", told, source="--wiql")])
        return {str(one["id"]) for one in found["workItems"]}

    def _types(self) -> Any:
        """The types of a few projects with the categories of their states; they are much alike."""
        try:
            projects = self._call("/_apis/projects", {"$top": PROJECTS}).get("value") or []
            names = [self.project] if self.project else [str(one["name"]) for one in projects][:PROJECTS]
            return {"value": [one for name in names for one in self._types_of(name)]}
        except live.Rejected:
            return {}

    def _types_of(self, project: str) -> list[Any]:
        found = self._call(f"/{quote(project)}/_apis/wit/workitemtypes").get("value") or []
        return [{key: slim(one.get(key)) for key in ("name", "states")} for one in found if one.get("states")]

    def _revisions(self, ids: set[str], token: str | None) -> str | None:
        """All revisions of the organisation since a token, those of the query kept; the next token.

        A project's own report loses what moved: the address of a project is asked without it.
        """

        def kept(page: Any) -> Any:
            return [slim(one) for one in page.get("values") or [] if str(one.get("id")) in ids]

        body = {"fields": self.cache.fields, "includeDeleted": True}
        return self._report(
            "revisions",
            "/_apis/wit/reporting/workitemrevisions",
            {"includeDeleted": "true"},
            body,
            token,
            kept,
        )

    def _links(self, token: str | None) -> str | None:
        def kept(page: Any) -> Any:
            return [{key: one.get(key) for key in _LINK} for one in page.get("values") or []]

        query = {"linkTypes": LINKS}
        return self._report("links", "/_apis/wit/reporting/workitemlinks", query, None, token, kept)

    def _report(
        self, name: str, path: str, query: Mapping[str, Any], body: Any, token: str | None, kept: Any
    ) -> str | None:
        """The pages of a report from a token on, until the last batch; the token that comes after it."""
        tokens, number, rows = {token}, 0, 0
        while True:
            number += 1
            asked = {**query, **({"continuationToken": token} if token else {})}

            def fetch(asked: Mapping[str, Any] = asked) -> Any:
                page = self._call(path, asked, body)
                return {**{key: page.get(key) for key in _PAGE}, "values": kept(page)}

            page = self.cache.page(f"{name}-{number:06}", fetch)
            rows += len(page["values"])
            self.asked.watch.read(name, rows)
            following = page.get("continuationToken") or _token(page.get("nextLink"))
            if page.get("isLastBatch") or not following:
                return following or token
            if following in tokens:
                raise Unfinished(f"{path} gives the same batch again and again: its token repeats")
            token = following
            tokens.add(token)

    def _updates(self, id: str) -> None:
        """Everything that happened to one work item."""
        skip = 0
        while True:
            page = self.cache.page(f"updates-{id}-{skip:06}", partial(self._update, id, skip))
            skip += len(page["value"])
            if len(page["value"]) < PAGE:
                return

    def _update(self, id: str, skip: int) -> Any:
        """A page of updates with the fields that are read, and of relations what they lead to."""
        page = self._call(f"/_apis/wit/workItems/{id}/updates", {"$top": PAGE, "$skip": skip})
        found = []
        for one in page.get("value") or []:
            changes = {key: slim(value) for key, value in (one.get("fields") or {}).items()}
            relations = {
                how: [{key: link.get(key) for key in ("rel", "url")} for link in links]
                for how, links in (one.get("relations") or {}).items()
            }
            found.append(
                {
                    **{key: one.get(key) for key in ("id", "workItemId", "rev")},
                    "fields": {key: value for key, value in changes.items() if key in self.cache.fields},
                    "relations": relations,
                }
            )
        return {"value": found}

    def _batches(self, ids: list[str]) -> None:
        """The work items as they are today."""
        for number, some in enumerate(live.chunks(ids, BATCH)):
            self.asked.watch.read("work items", number * BATCH, len(ids))
            body = {"ids": list(map(int, some)), "fields": self.cache.fields, "errorPolicy": "omit"}
            self.cache.page(f"batch-{number:06}", partial(self._batch, body))

    def _batch(self, body: Any) -> Any:
        """What a batch holds; of an item that nobody may read it holds nothing."""
        page = self._call("/_apis/wit/workitemsbatch", body=body)
        return {"value": [slim(one) for one in page.get("value") or [] if one]}


_PAGE = ("isLastBatch", "nextLink", "continuationToken")
_LINK = ("rel", "sourceId", "targetId", "changedDate", "isActive")


def _project(site: str) -> tuple[str, str]:
    """The address of the organisation or collection, and the project where the address named one:
    dev.azure.com/ORG/PROJECT, ORG.visualstudio.com/PROJECT, HOST/tfs/COLLECTION/PROJECT."""
    parts = urlsplit(site)
    path = [part for part in parts.path.split("/") if part]
    depth = 0 if (parts.hostname or "").endswith(".visualstudio.com") else 1
    depth += bool(path and path[0].lower() == "tfs")
    whole = "/".join([f"{parts.scheme}://{parts.netloc}", *path[:depth]])
    return whole, unquote(path[depth]) if len(path) > depth else ""


def _token(link: str | None) -> str | None:
    """The token in a link to the next page: its host is not followed."""
    found = re.search(r"[?&]continuationToken=([^&]+)", link or "")
    return unquote(found[1]) if found else None


def _between(wiql: str, above: int, upto: int | None) -> str:
    """A query for the ids above one and up to another."""
    bounds = [f"[System.Id] > {above}"] if above else []
    bounds += [f"[System.Id] <= {upto}"] if upto is not None else []
    if not bounds:
        return wiql
    head, _, order = _split(wiql, r"\border\s+by\b")
    start, _, where = _split(head, r"\bwhere\b")
    told = " AND ".join([f"({where.strip()})", *bounds] if where else bounds)
    return f"{start.strip()} WHERE {told}{' ORDER BY' + order if order else ''}"


def _split(text: str, words: str) -> tuple[str, str, str]:
    found = re.search(words, text, re.IGNORECASE)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")
