"""A tracker's API over the network: one client that waits, retries and gives up in words, and one cache of
its answers, from which an import that was cut off goes on and the next one fetches only what changed."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vmo_helpers.contract.problems import InputProblems, Problem, printable
from vmo_helpers.sources.importing import Asked, Unfinished
from vmo_helpers.sources.importing.people import masked
from vmo_helpers.sources.importing.watch import Watch

TRIES = 5
LONGEST_WAIT_SECONDS = 300
"""A Retry-After of more is cut to this."""
PATIENCE_SECONDS = (10, 120)
"""For a connection, and for an answer."""
RESUME, SWEEP = "resume", "sweep"
"""The option; and the name of pages that only tell what changed."""
HERE = ("localhost", "127.0.0.1", "::1")
_PEOPLE = {"accountId", "emailAddress", "displayName", "uniqueName"}
_NOISE = {"self", "iconUrl", "avatarUrls", "description", "author", "_links", "url"}


class TooBig(Exception):
    """An answer took the service too long (504): fewer at a time may do."""


class Rejected(Exception):
    """The service refused what was asked (400, 404, 410 …); ``told`` is its own reason."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(f"{status}: {told}")
        self.status, self.told = status, told


def is_site(where: str) -> bool:
    """True for an address, false for a path."""
    return "://" in where


def checked(where: str) -> str:
    """The address of a site, without a slash at its end. Raises InputProblems where it holds a secret or
    would send one in the clear."""
    parts = urlsplit(where)
    told = ""
    if parts.username or parts.password or parts.query or parts.fragment:
        told = (
            "an address with a user, a password or a query is refused: tokens come by the environment alone"
        )
    elif parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
        told = "expected https://…; plain http is for this machine only"
    elif not parts.hostname:
        told = "names no host"
    if told:
        raise InputProblems([Problem("source", told, source=parts.hostname or "the address")])
    return where.rstrip("/")


def authorization(user: str, token: str, bearer: bool) -> dict[str, str]:
    """The header for variables of the environment; none where there is no token."""
    secret = os.environ.get(token, "")
    if not secret:
        return {}
    if bearer:
        return {"Authorization": f"Bearer {secret}"}
    pair = f"{os.environ.get(user, '') if user else ''}:{secret}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


class Client:
    """Calls to one site. ``variables``: the names of those that hold its user and token, for messages.

    Answers 429, 502 and 503 are asked again after what Retry-After says (at most five minutes) or after
    waits that double; so are connections that break. No message holds a query or a header.
    """

    def __init__(self, site: str, headers: Mapping[str, str], variables: str, watch: Watch) -> None:
        try:
            requests: Any = importlib.import_module("requests")
        except ImportError as error:
            told = 'a site needs the package requests: pip install "vmo-workbook[sources]"'
            raise InputProblems([Problem("source", told, source="the site")]) from error
        retry = _patient(watch, str(urlsplit(site).hostname))(
            total=TRIES,
            status_forcelist=(429, 502, 503),
            allowed_methods=None,
            backoff_factor=1,
            retry_after_max=LONGEST_WAIT_SECONDS,
            raise_on_status=False,
            redirect=False,
        )
        self.site, self.variables, self.watch = site, variables, watch
        self._cut: Any = (
            requests.exceptions.ConnectionError,
            requests.exceptions.Timeout,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        )
        self._retry = retry
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json"})
        self._session.auth = _Sent(headers)  # else a .netrc would take its place
        adapter = requests.adapters.HTTPAdapter(max_retries=retry)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def json(
        self, path: str, query: Mapping[str, Any] | None = None, body: Any = None, sized: bool = False
    ) -> Any:
        """The document at a path below the site, asked for with GET, or with POST where there is a body.

        Raises InputProblems where the token is refused, Rejected where the request is, Unfinished where the
        service does not answer after the tries; with ``sized`` TooBig at once where it takes too long (504).
        """
        place = f"{urlsplit(self.site).hostname}{urlsplit(self.site).path}{path}"
        again = (*self._cut, json.JSONDecodeError, *(() if sized else (TooBig,)))
        retry = self._retry
        while True:
            try:
                return self._once(path, query, body, place)
            except again as error:
                if (
                    error.args and type(error.args[0]).__name__ == "MaxRetryError"
                ):  # it was tried below already
                    raise Unfinished(f"{place} cannot be reached, after {TRIES} tries") from error
                try:
                    retry = retry.increment("POST" if body is not None else "GET", place, error=error)
                except Exception as last:
                    raise Unfinished(f"{place}: {_why(error)}, after {TRIES} tries") from last
                retry.sleep()

    def _once(self, path: str, query: Mapping[str, Any] | None, body: Any, place: str) -> Any:
        self.watch.call()
        answer = self._session.request(
            "GET" if body is None else "POST",
            self.site + path,
            params=query,
            json=body,
            timeout=PATIENCE_SECONDS,
            allow_redirects=False,
        )
        status = answer.status_code
        if 300 <= status < 400:
            told = f"{place} answers {status}: it leads elsewhere (is {self.variables} set?)"
            raise InputProblems([Problem("source", told, source=place)])
        if status in (401, 403, 203):
            told = f"{place} answers {status}: the token was refused; set {self.variables}"
            raise InputProblems([Problem("source", told, source=place)])
        if status == 504:
            raise TooBig(place)
        if status in (429, 500, 502, 503):
            raise Unfinished(f"{place} answers {status}, after {TRIES} tries")
        if status >= 400:
            raise Rejected(status, _reason(answer))
        return answer.json()


def _patient(watch: Watch, host: str) -> Any:
    """A retry that says what it waits for."""
    usual: Any = importlib.import_module("urllib3.util").Retry

    class Patient(usual):  # type: ignore[misc]
        def sleep(self, response: Any = None) -> None:
            asked = response is not None and self.respect_retry_after_header
            seconds = (self.get_retry_after(response) if asked else None) or self.get_backoff_time()
            if seconds > 0:
                why = f"is busy ({response.status})" if response is not None else "does not answer"
                watch.waits(seconds, f"{host} {why}")
            super().sleep(response)

    return Patient


def _why(error: Exception) -> str:
    if isinstance(error, TooBig):
        return "the answer takes too long"
    return "no JSON came" if isinstance(error, json.JSONDecodeError) else "the connection broke"


class _Sent:
    """Puts headers on a request."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = dict(headers)

    def __call__(self, request: Any) -> Any:
        request.headers.update(self.headers)
        return request


def _reason(answer: Any) -> str:
    """What the service says of a refusal, in one short line; pages of HTML say nothing."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    inner = said.get("error")
    inner = inner if isinstance(inner, dict) else {}  # as OData says it
    texts = [*said.get("errorMessages", []), *(said.get("errors") or {}).values()]
    texts += [said.get("message", ""), inner.get("message", "")]
    return printable(str(masked("; ".join(str(text) for text in texts if text))))[:300]


def slim(value: Any) -> Any:
    """An answer without people, mail addresses and what nobody reads."""
    if isinstance(value, dict):
        if value.keys() & _PEOPLE:
            return None
        return {key: slim(one) for key, one in value.items() if key not in _NOISE}
    return [slim(one) for one in value] if isinstance(value, list) else masked(value)


class Cache:
    """The answers of a site, page by page, in a hidden folder beside the tables.

    A run that ended is kept for the next, which adds what changed. Of a run that was cut off the pages are
    kept, too: with --resume it goes on behind them, else it begins anew. Where site or query are others than
    last time, or more fields are wanted, nothing of the cache is used.
    """

    def __init__(self, asked: Asked, query: Any, fields: Collection[str]) -> None:
        self.folder = asked.out / ".import"
        digest = short([checked(asked.where), query])
        state = self._state()
        if state.get("asked") != digest or not set(fields) <= set(state["fields"]):
            shutil.rmtree(self.folder, ignore_errors=True)
            state = {"asked": digest, "run": 1, "seen": None, "fields": sorted(fields)}
        self.state = state
        self.run: int = state["run"]
        self.seen: dict[str, Any] | None = state["seen"]
        self.fields: list[str] = state["fields"]
        self.folder.mkdir(parents=True, exist_ok=True)
        if not asked.options.get(RESUME):
            for path in self.folder.glob(f"{self.run:06}-*.json"):
                path.unlink()
        self._write("state.json", state)

    def page(self, name: str, fetch: Callable[[], Any]) -> Any:
        """The answer of this name, from the cache where this run has it, else fetched and kept."""
        path = self.folder / f"{self.run:06}-{name}.json"
        if path.exists():
            return json.loads(path.read_text(encoding="utf-8"))
        answer = fetch()
        self._write(path.name, answer)
        return answer

    def pages(self) -> list[Path]:
        """All pages of all runs, the oldest first, but for those that only tell what changed."""
        return sorted(path for path in self.folder.glob("[0-9]*-*.json") if SWEEP not in path.name)

    def finished(self, seen: Mapping[str, Any]) -> None:
        """This run is whole; ``seen`` is what the next one compares with."""
        self._write("state.json", {**self.state, "run": self.run + 1, "seen": dict(seen)})
        for path in self.folder.glob(f"*{SWEEP}*.json"):
            path.unlink()

    def _state(self) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
            return {name: found[name] for name in ("asked", "run", "seen", "fields")}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _write(self, name: str, content: Any) -> None:
        writing = self.folder / f".{name}.tmp"
        writing.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        writing.replace(self.folder / name)


def short(value: Any) -> str:
    """A name for a request."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def chunks(values: list[str], size: int) -> Iterator[list[str]]:
    """A list in pieces."""
    return (values[at : at + size] for at in range(0, len(values), size))
