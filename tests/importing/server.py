"""Sites on this machine that behave as the documentation of Jira and Azure DevOps says: pages, caps, tokens,
and what goes wrong."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Answer = tuple[int, Mapping[str, str], Any]
Fault = Callable[[str], Answer | None]
CUT = "cut"
"""The body of an answer that ends before its length."""


class Site:
    """What answers. ``calls``: the paths asked for; ``faults``: functions that may answer instead."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.faults: list[Fault] = []
        self.secret = ""

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        raise NotImplementedError

    def count(self, words: str) -> int:
        return sum(words in call for call in self.calls)


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The address at which a site answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._do(None)

        def do_POST(self) -> None:
            self._do(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _do(self, body: Any) -> None:
            parts = urlsplit(self.path)
            site.calls.append(parts.path)
            site.headers.append(dict(self.headers))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            found = next((one for fault in site.faults if (one := fault(parts.path))), None)
            if found is None and site.secret and self.headers.get("Authorization") != site.secret:
                found = 401, {}, {"errorMessages": ["no"]}
            status, headers, content = found or site.answer(parts.path, query, body)
            text = content if isinstance(content, str) else json.dumps(content)
            data = text.encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data) + (100 if content == CUT else 0)))
            self.end_headers()
            self.wfile.write(data)
            self.close_connection = content == CUT

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def once(path: str, *answers: Answer, at: int = 1) -> Fault:
    """These answers, one after another, from the at-th call of a path on."""
    left, seen = list(answers), [0]

    def fault(asked: str) -> Answer | None:
        if path not in asked:
            return None
        seen[0] += 1
        return left.pop(0) if seen[0] >= at and left else None

    return fault


def always(path: str, answer: Answer, at: int = 1) -> Fault:
    """One answer for every call of a path from the at-th on."""
    return once(path, *[answer] * 1_000, at=at)


class JiraCloud(Site):
    """``issues``: whole, with their histories. ``field``, ``status``: what describes the site."""

    cap = 100

    def __init__(self, issues: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self.issues = {one["id"]: one for one in issues}
        self.field: list[Any] = [{"id": "customfield_10021", "name": "Flagged", "schema": {}}]
        self.status: list[Any] = []
        self.entries = 10_000
        self.repeats = False
        self.empties = False

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        match path.rpartition("/rest/api/")[2]:
            case "2/serverInfo":
                return 200, {}, {"deploymentType": "Cloud"}
            case "2/field" | "3/field":
                return 200, {}, self.field
            case "2/status" | "3/status":
                return 200, {}, self.status
            case "3/search/jql":
                return self._search(body)
            case "3/issue/bulkfetch":
                assert len(body["issueIdsOrKeys"]) <= 100
                found = [self._shown(self.issues[id], body["fields"]) for id in body["issueIdsOrKeys"]]
                return 200, {}, {"issues": found, "issueErrors": []}
            case "3/changelog/bulkfetch":
                return self._logs(body)
            case "3/search":
                return 410, {}, {"errorMessages": ["The requested API has been removed."]}
        return 404, {}, {}

    def _search(self, body: Any) -> Answer:
        if not body.get("jql"):
            return 400, {}, {"errorMessages": ["Unbounded JQL queries are not allowed here."]}
        fields = body.get("fields") or []
        size = min(body.get("maxResults", 50), 5_000 if set(fields) <= {"updated"} else self.cap)
        start = int((body.get("nextPageToken") or "t0")[1:])
        if self.empties and start % 2 == 0:
            return 200, {}, {"issues": [], "nextPageToken": f"t{start + 1}"}
        start = start // 2 * 2 if self.empties else start
        ids = list(self.issues)
        page: dict[str, Any] = {
            "issues": [self._shown(self.issues[id], fields) for id in ids[start : start + size]]
        }
        if self.repeats:
            page["nextPageToken"] = "t1"
        elif start + size < len(ids):
            page["nextPageToken"] = f"t{start + size + (start + size) % 2 * self.empties}"
        return 200, {}, page

    def _shown(self, one: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
        if not fields:
            return {"id": one["id"]}
        known = {name: value for name, value in one["fields"].items() if name in fields}
        return {"id": one["id"], "key": one["key"], "self": "https://x.example", "fields": known}

    def _logs(self, body: Any) -> Answer:
        assert len(body["issueIdsOrKeys"]) <= 1_000 and len(body.get("fieldIds", [])) <= 10
        entries = []
        for id in body["issueIdsOrKeys"]:
            for entry in self.issues[id].get("changelog", {}).get("histories", []):
                items = [item for item in entry["items"] if item["fieldId"] in body["fieldIds"]]
                entries += [(id, {**entry, "items": items})] if items else []
        size = min(body.get("maxResults", 1_000), self.entries)
        start = int((body.get("nextPageToken") or "l0")[1:])
        logs: dict[str, list[Any]] = {}
        for id, entry in entries[start : start + size]:
            logs.setdefault(id, []).append(entry)
        page: dict[str, Any] = {
            "issueChangeLogs": [{"issueId": id, "changeHistories": one} for id, one in logs.items()]
        }
        if start + size < len(entries):
            page["nextPageToken"] = f"l{start + size}"
        return 200, {}, page


class DataCenter(Site):
    """``issues`` in the order of their keys. ``slow``: pages of more take too long."""

    cap = 1_000
    window = 10_000

    def __init__(self, issues: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self.issues = sorted(issues, key=lambda one: _key(one["key"]))
        self.slow = self.cap

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        match path.rpartition("/rest/api/2/")[2]:
            case "serverInfo":
                return 200, {}, {"deploymentType": "Server"}
            case "field" | "status":
                return 200, {}, []
            case "search":
                return self._search(body)
        return 404, {}, "<html>no</html>"

    def _search(self, body: Any) -> Answer:
        start, size = body["startAt"], min(body["maxResults"], self.cap)
        if start + size > self.window:
            return 400, {}, {"errorMessages": ["startAt and maxResults may not exceed 10000"]}
        if size > self.slow:
            return 504, {}, "<html>Gateway Timeout</html>"
        found = self.issues
        if above := re.search(r'key > "([A-Z]+-\d+)"', body["jql"]):
            project, number = _key(above[1])
            found = [one for one in found if _key(one["key"])[0] == project and _key(one["key"])[1] > number]
        if out := re.search(r"project not in \(([^)]*)\)", body["jql"]):
            found = [one for one in found if _key(one["key"])[0] not in out[1].split(", ")]
        if ids := re.search(r"id in \(([^)]*)\)", body["jql"]):
            found = [one for one in found if one["id"] in ids[1].split(", ")]
        page = []
        for one in found[start : start + size]:
            known = {name: value for name, value in one["fields"].items() if name in body["fields"]}
            shown = {"id": one["id"], "key": one["key"], "fields": known}
            if "changelog" in body.get("expand", []):
                shown["changelog"] = one.get("changelog", {"total": 0, "histories": []})
            page.append(shown)
        return 200, {}, {"startAt": start, "maxResults": size, "total": len(found), "issues": page}


def _key(key: str) -> tuple[str, int]:
    project, _, number = key.rpartition("-")
    return project, int(number)


class AzureDevOps(Site):
    """``revisions`` of all projects, in the order in which they came. ``found``: the ids of the query."""

    most = 20_000

    def __init__(self, revisions: Sequence[dict[str, Any]], size: int = 200) -> None:
        super().__init__()
        self.revisions = list(revisions)
        self.found = {int(one["id"]) for one in revisions}
        self.links: list[Any] = []
        self.size = size
        self.version = "7.1"

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        if query.get("api-version", "") > self.version:
            return 400, {}, {"message": f"The requested REST API version is out of range: {self.version}"}
        if path.endswith("/wit/wiql"):
            return self._wiql(body["query"])
        if path.endswith("/wit/workitemsbatch"):
            assert len(body["ids"]) <= 200 and body["errorPolicy"] == "omit"
            last = {int(one["id"]): one for one in self.revisions}
            return (
                200,
                {},
                {
                    "value": [
                        self._shown(last[id], body["fields"]) if id in last else None for id in body["ids"]
                    ]
                },
            )
        if path.endswith("/reporting/workitemrevisions"):
            return self._batch(query, self.revisions, body["fields"])
        if path.endswith("/reporting/workitemlinks"):
            return self._batch(query, self.links)
        if found := re.search(r"/workItems/(\d+)/updates", path):
            return (
                200,
                {},
                {"value": self._updates(int(found[1]))[int(query["$skip"]) :][: int(query["$top"])]},
            )
        return 404, {}, {"message": "no such thing"}

    def _wiql(self, wiql: str) -> Answer:
        above = re.search(r"\[System.Id\] > (\d+)", wiql)
        upto = re.search(r"\[System.Id\] <= (\d+)", wiql)
        low, high = int(above[1]) if above else 0, int(upto[1]) if upto else 1 << 40
        found = sorted(id for id in self.found if low < id <= high)
        if len(found) > self.most:
            return (
                400,
                {},
                {"message": f"VS402337: The number of work items returned exceeds the limit of {self.most}."},
            )
        return 200, {}, {"queryType": "flat", "workItems": [{"id": id, "url": "x"} for id in found]}

    def _shown(self, one: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
        return {**one, "fields": {name: value for name, value in one["fields"].items() if name in fields}}

    def _batch(
        self, query: Mapping[str, str], rows: Sequence[Any], fields: Sequence[str] | None = None
    ) -> Answer:
        start = int(query.get("continuationToken", "0").partition(";")[0])
        end = min(start + self.size, len(rows))
        some = [one if fields is None else self._shown(one, fields) for one in rows[start:end]]
        page = {"values": some, "isLastBatch": end == len(rows), "continuationToken": f"{end};1"}
        return 200, {}, page

    def _updates(self, id: int) -> list[dict[str, Any]]:
        before: dict[str, Any] = {}
        found = []
        for number, one in enumerate((one for one in self.revisions if one["id"] == id), start=1):
            changes = {n: {"newValue": v} for n, v in one["fields"].items() if before.get(n) != v}
            found.append({"id": number, "workItemId": id, "rev": one["rev"], "fields": changes})
            before = one["fields"]
        return found


class Analytics(Site):
    """``rows`` by set of entities, each page so long. ``properties``: those that the organisation has."""

    def __init__(self, rows: Mapping[str, Sequence[dict[str, Any]]], size: int = 100) -> None:
        super().__init__()
        self.rows = {name: list(some) for name, some in rows.items()}
        self.size = size
        self.queries: list[Mapping[str, str]] = []
        self.properties = {name for some in rows.values() for row in some for name in row}
        self.host = ""
        self.repeats = False

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        self.queries.append(query)
        rows = self.rows.get(path.rpartition("/")[2])
        if rows is None:
            return 404, {}, {"message": "no such thing"}
        for name in query.get("$select", "").split(","):
            if name not in self.properties:
                told = (
                    f"VS403483: The query is not valid: Could not find a property named '{name}' on type 'x'."
                )
                return 400, {}, {"error": {"code": "0", "message": told}}
        if ids := re.search(r"WorkItemId in \(([\d,]+)\)", query.get("$filter", "")):
            rows = [row for row in rows if str(row["WorkItemId"]) in ids[1].split(",")]
        if type_ := re.search(r"WorkItemType eq '([^']+)'", query.get("$filter", "")):
            rows = [row for row in rows if row["WorkItemType"] == type_[1]]
        kept = {*query["$select"].split(","), "Project", "Area"}
        start = int(query.get("$skiptoken", "0"))
        page: dict[str, Any] = {
            "@odata.context": "x",
            "value": [
                {name: value for name, value in row.items() if name in kept}
                for row in rows[start : start + self.size]
            ],
        }
        if start + self.size < len(rows) or self.repeats:
            told = {**query, "$skiptoken": str(0 if self.repeats else start + self.size)}
            page["@odata.nextLink"] = f"{self.host}{path}?{urlencode(told)}"
        return 200, {}, page
