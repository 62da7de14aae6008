"""``portfolios.toml``: the portfolios that one command reviews; every problem of it in one go."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import Problem, did_you_mean, printable, quoted, report
from vmo_helpers.request.asked import PARAMETERS, Kind, Request
from vmo_helpers.review import plan
from vmo_helpers.review.errors import Refused
from vmo_helpers.review.forms import FORMS, Forms
from vmo_helpers.review.make.job import TIMEOUT_SECONDS, Wanted, seconds
from vmo_helpers.review.notify.targets import is_address, targets
from vmo_helpers.sources import address, called

DEFAULTS, PORTFOLIO = "defaults", "portfolio"
OWN = ("id", "data")
"""What each portfolio says for itself, and the defaults for none."""
OTHERS = ("shelf", "notebooks", "notebook_folder", "timeout", "forms", "to", "notify")
"""What is no parameter of a review: where it goes, of which notebooks and in which forms it is made, and who
is told."""
KNOWN = (*OWN, *(name for name in PARAMETERS if name not in OWN), *OTHERS)
SHELF = "reviews"
PASSWORD = "VMO_PASSWORD_"
"""How the environment's passwords of databases begin."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*\]")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*[.=]")


@dataclass(frozen=True)
class Listed:
    """One portfolio of the file: its id there, what it calls itself, the review that is wanted of it, and the
    places that are told of it."""

    id: str
    name: str
    wanted: Wanted
    notify: tuple[str, ...] = field(default=(), repr=False)

    @property
    def selection(self) -> tuple[Path, str, tuple[str, ...]]:
        """What its reviews are told apart by: shelf, name and streams."""
        return self.wanted.shelf.resolve(), self.name, tuple(sorted(self.wanted.request.streams))


def read(path: Path) -> list[Listed]:
    """The portfolios of a file, in its order; paths in it are relative to it.

    Raises Refused with every problem of it: what cannot be read, is not known, is no such value, or is there
    twice.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        content = tomllib.loads(text)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(f"{path} is no TOML: {error}") from error
    reading = _Reading(path, _lines(text))
    listed = reading.all(content)
    if reading.problems:
        raise Refused(report(reading.problems, path.name))
    return listed


def alone(listed: list[Listed]) -> list[Listed]:
    """The same. Raises Refused where two of them would be one portfolio of one shelf: neither could be told
    from the other there."""
    seen: dict[tuple[Path, str, tuple[str, ...]], str] = {}
    for one in listed:
        first = seen.setdefault(one.selection, one.id)
        if first != one.id:
            raise Refused(
                f"the portfolios {first!r} and {one.id!r} are both called {one.name!r} and go to one shelf "
                f"({one.wanted.shelf}): expected two names in their portfolio.toml, or two shelves"
            )
    return listed


class _Reading:
    """Goes through the file and keeps what is wrong with it."""

    def __init__(self, path: Path, lines: Mapping[tuple[str, str], int]) -> None:
        self.path, self.lines = path, lines
        self.problems: list[Problem] = []
        self.place = ""
        """The table that is being read, as ``lines`` knows it."""

    def all(self, content: Mapping[str, Any]) -> list[Listed]:
        self._unknown(content, (DEFAULTS, PORTFOLIO), "table")
        usual = content.get(DEFAULTS, {})
        stated = content.get(PORTFOLIO, [])
        if not isinstance(usual, dict):
            self._complain(DEFAULTS, f"expected a table [{DEFAULTS}], not {_shown(usual)}")
            usual = {}
        if not isinstance(stated, list) or not stated or not all(isinstance(one, dict) for one in stated):
            self._complain(PORTFOLIO, f"expected a table [[{PORTFOLIO}]] for each portfolio")
            stated = []
        self.place = DEFAULTS
        self._unknown(usual, [name for name in KNOWN if name not in OWN], "key")
        shared = self._values({name: value for name, value in usual.items() if name not in OWN})
        listed, ids = [], dict[str, int]()
        for number, part in enumerate(stated, 1):
            self.place = f"{PORTFOLIO} {number}"
            self._unknown(part, KNOWN, "key")
            values = self._values(part)
            if (id := values.get("id")) is not None and ids.setdefault(id, number) != number:
                self._complain("id", f"{id!r} is also that of portfolio {ids[id]}: expected another")
            if one := self._listed(shared | values, part):
                listed.append(one)
        return listed

    def _listed(self, values: Mapping[str, Any], part: Mapping[str, Any]) -> Listed | None:
        """The portfolio of a table, ``part``, with the usual ``values`` where it says nothing itself."""
        for name in OWN:
            if name not in part:
                self._complain(name, "is missing: every portfolio has its own")
        if any(name not in values for name in OWN):
            return None
        request = Request.of(**{name: values[name] for name in PARAMETERS if name in values})
        shelf = Path(values.get("shelf") or self.path.parent / SHELF)
        folder = Path(values.get("notebook_folder") or plan.notebook_folder()).resolve()
        asked = values.get("forms", ())
        forms = Forms("pdf" in asked, "pptx" in asked, "email" in asked, tuple(values.get("to", ())))
        notebooks = tuple(dict.fromkeys(values.get("notebooks", ())))
        timeout = values.get("timeout", TIMEOUT_SECONDS)
        self._try("data", part, lambda: _check_secrets(values["id"], request.data))
        self._try("thresholds", part, request.check)
        self._try("notebooks", part, lambda: plan.choose(notebooks, folder))
        self._try("forms", part, forms.check)
        notify = tuple(values.get("notify", ()))
        self._try("notify", part, lambda: targets(notify))
        wanted = Wanted(request, shelf, notebooks, folder, timeout, forms)
        return Listed(values["id"], called(request.data, request.config), wanted, notify)

    def _try(self, key: str, part: Mapping[str, Any], check: Callable[[], object]) -> None:
        """Complain of what a check says: of the table where the key stands, once."""
        try:
            check()
        except (Refused, ValueError) as error:
            first = str(error).split()[0]
            key = first if first in PARAMETERS else key
            said = str(error).removeprefix(f"{key} ").removeprefix(f"{key}: ")
            self._complain(key, said, self.place if key in part else DEFAULTS)

    def _values(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """The known keys of a table as a review takes them; those that cannot be are complained of."""
        values = {}
        for name, value in part.items():
            if name in KNOWN:
                try:
                    values[name] = self._value(name, value)
                except ValueError as error:
                    self._complain(name, str(error))
        return values

    def _value(self, name: str, value: Any) -> Any:
        if name in PARAMETERS:
            kind = PARAMETERS[name].kind
            return self._whole(value) if kind is Kind.PLACE else _AS[kind](value)
        match name:
            case "id":
                return _id(value)
            case "shelf" | "notebook_folder":
                return self._whole(value)
            case "timeout":
                return seconds(value)
            case "forms":
                return _forms(value)
            case "notify":
                return [one if is_address(one) else self._whole(one) for one in _words(value)]
        return _words(value)

    def _whole(self, value: Any) -> str:
        """A path as seen from the file's folder; the address of a database as it stands."""
        text = _word(value)
        return text if address.is_address(text) else str(self.path.parent / text)

    def _unknown(self, part: Mapping[str, Any], known: Any, what: str) -> None:
        for key in part:
            if key not in known:
                hint = did_you_mean(key, known) or f"known are {', '.join(known)}"
                self._complain(key, f"this {what} is not known; {hint}")

    def _complain(self, key: str, what: str, place: str | None = None) -> None:
        place = self.place if place is None else place
        table, _, number = place.partition(" ")
        named = f"portfolio {number}, " if number else f"[{table}] " if table else ""
        line = self.lines.get((place, key)) or self.lines.get((place, ""))
        at = f"line {line}, " if line else ""
        problem = Problem(self.path.name, f"{at}{named}{key}: {what}", source=self.path.name)
        if problem not in self.problems:
            self.problems.append(problem)


def variable(id: str) -> str:
    """The environment variable that holds the password of a portfolio's database."""
    return f"{PASSWORD}{re.sub(r'[^A-Z0-9]', '_', id.upper())}"


def _check_secrets(id: str, data: str) -> None:
    if address.secrets_of(data):
        raise ValueError(
            f"the address {address.shown(data)} stands here with a password: expected it in the environment "
            f"variable {variable(id)}"
        )


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"expected a text, not {_shown(value)}")
    return value


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"expected letters, digits, “.”, “_” and “-”, not {_shown(value)}")
    return value


def _words(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"expected a list of texts, not {_shown(value)}")
    return value


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else _word(value)


def _numbers(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise ValueError(f"expected a table of numbers such as {{ wip_days = 30 }}, not {_shown(value)}")
    for name, number in value.items():
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise ValueError(f"expected a number for {printable(name)}, not {_shown(number)}")
    return {name: float(number) for name, number in value.items()}


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, not {_shown(value)}")
    return value


def _forms(value: Any) -> list[str]:
    for one in _words(value):
        if one not in FORMS:
            raise ValueError(f"expected some of {', '.join(FORMS)}, not {quoted(one)}")
    return list(value)


_AS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.DAY: _day,
    Kind.WORD: _word,
    Kind.WORDS: _words,
    Kind.NUMBERS: _numbers,
    Kind.FLAG: _flag,
}


def _shown(value: Any) -> str:
    return quoted(value if isinstance(value, str) else repr(value))


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line of each table's header (key "") and of each of its keys; the parser tells none. A portfolio's
    table is ``portfolio 1`` and so on."""
    lines: dict[tuple[str, str], int] = {}
    place, portfolios = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            portfolios += header[1] == "[["
            place = f"{header[2]} {portfolios}" if header[1] == "[[" else header[2]
            lines.setdefault((place, ""), number)
            lines.setdefault(("", header[2]), number)
        elif key := _KEY.match(line):
            lines.setdefault((place, key[1]), number)
    return lines
