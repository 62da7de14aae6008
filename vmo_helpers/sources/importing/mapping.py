"""``map.toml``: what the words of a tool mean in the contract; read, proposed and written for every importer.

A section ``[status.KEY]`` says what a state is, ``[type.KEY]`` what a type of item is; KEY is the tool's id
or its name. ``[fields]`` says which field fills which column. What was guessed bears a mark: ``guess = why``
in a status or type, and ``guess = [names]`` among plain keys. A person confirms by taking the mark away.
An importer's own sections go through in ``rest`` as they stand; the importer checks them.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from vmo_helpers.contract.problems import InputProblems, Problem, did_you_mean, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.vocabulary import ALIASES, Layer, PortfolioStage, StateClass, WorkType

FILE = "map.toml"
_HEAD = """\
# What the words of your tool mean here. Each line with a mark "guess" was guessed: see that it is right,
# correct it where it is not, and take the mark away. Then import again.
# class: backlog, active, wait, done or cancelled.
"""


@dataclass(frozen=True)
class State:
    """What one state of the tool is. ``name``: as the tables call it."""

    name: str = ""
    class_: str = ""
    position: float | None = None
    function: str = ""
    owner: str = ""
    layer: str = ""
    gate: bool = False
    level: str = ""
    wip_limit: float | None = None
    portfolio_stage: str = ""
    guess: str = ""


@dataclass(frozen=True)
class Type:
    """What one type of item is."""

    name: str = ""
    level: str = ""
    work_type: str = ""
    guess: str = ""


@dataclass(frozen=True)
class Map:
    """A whole map. ``guess``: the plain keys (``cancelled_resolutions``, ``fields.team`` …) that were
    guessed."""

    status: Mapping[str, State] = field(default_factory=dict)
    type: Mapping[str, Type] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    cancelled_resolutions: tuple[str, ...] = ()
    blocking_links: tuple[str, ...] = ()
    flagged: str = ""
    guess: frozenset[str] = frozenset()
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def confirmed(self) -> bool:
        """True when nothing in it is a guess."""
        return not (
            self.guess
            or any(one.guess for one in self.status.values())
            or any(one.guess for one in self.type.values())
        )


_PLAIN = ("cancelled_resolutions", "blocking_links", "flagged")
_WORDS = {"class_": StateClass, "layer": Layer, "work_type": WorkType, "portfolio_stage": PortfolioStage}
Row = TypeVar("Row", State, Type)


def read(path: Path, sections: Iterable[str] = ()) -> Map:
    """The map in a file. ``sections``: those that the importer knows beside the usual. Raises InputProblems
    with every problem of it, by section and key."""
    problems: list[Problem] = []

    def complain(what: str) -> None:
        problems.append(Problem(FILE, what, source=path.name))

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputProblems([Problem(FILE, f"cannot be read: {error.strerror}", source=path.name)]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputProblems([Problem(FILE, f"is no TOML: {error}", source=path.name)]) from error
    known = {"status", "type", "fields", "guess", *_PLAIN, *sections}
    for name in content.keys() - known:
        complain(f"{name}: is not known; {did_you_mean(name, known) or f'known are {_list(known)}'}")
    whole = Map(
        status=_rows(content, "status", State, complain),
        type=_rows(content, "type", Type, complain),
        fields=_fields(content.get("fields", {}), complain),
        cancelled_resolutions=_texts(content, "cancelled_resolutions", complain),
        blocking_links=_texts(content, "blocking_links", complain),
        flagged=str(content.get("flagged", "")),
        guess=frozenset(_texts(content, "guess", complain)),
        rest={name: content[name] for name in sections if name in content},
    )
    for key, one in whole.status.items():
        if not one.class_:
            complain(f"[status.{_key(key)}] class: is not said; expected one of {_list(StateClass)}")
    if problems:
        raise InputProblems(problems)
    return whole


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    """A JSON string is a TOML string, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _rows(content: Mapping[str, Any], section: str, kind: type[Row], complain: Any) -> dict[str, Row]:
    known = {one.name.rstrip("_"): one for one in fields(kind)}
    found = content.get(section, {})
    if not isinstance(found, Mapping):
        complain(f"{section}: expected sections such as [{section}.KEY]")
        return {}
    rows = {}
    for key, given in found.items():
        place = f"[{section}.{_key(key)}]"
        if not isinstance(given, Mapping):
            complain(f"{place}: expected a section, not {quoted(str(given))}")
            continue
        said: dict[str, Any] = {}
        for name, value in given.items():
            if name not in known:
                hint = did_you_mean(name, known) or f"known are {_list(known)}"
                complain(f"{place} {name}: is not known; {hint}")
            else:
                said[known[name].name] = _value(known[name], value, f"{place} {name}", complain)
        rows[key] = kind(**said)
    return rows


def _value(column: Any, value: Any, place: str, complain: Any) -> Any:
    if column.name in _WORDS:
        words = _WORDS[column.name]
        word = _word(str(value), words)
        if word is None:
            complain(f"{place}: expected one of {_list(words)}, not {quoted(str(value))}")
        return word or ""
    if column.name == "guess" and isinstance(value, bool):
        return "guessed" if value else ""
    if column.name == "gate":
        good = isinstance(value, bool)
        expected = "true or false"
    elif column.name in ("position", "wip_limit"):
        good, expected = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    else:
        good, expected = isinstance(value, str), "a text in quotes"
    if not good:
        complain(f"{place}: expected {expected}, not {quoted(str(value))}")
        return column.default
    return value


def _word(text: str, words: Any) -> str | None:
    folded = re.sub(r"[\s-]+", "_", text.strip().lower())
    folded = ALIASES.get(words, {}).get(folded, folded)
    return folded if folded in set(words) else None


def _texts(content: Mapping[str, Any], key: str, complain: Any) -> tuple[str, ...]:
    found = content.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        complain(f"{key}: expected a list of texts, not {quoted(str(found))}")
        return ()
    return tuple(found)


def _fields(found: Any, complain: Any) -> dict[str, str]:
    columns = TABLES["work_items"].names
    if not isinstance(found, Mapping):
        complain("fields: expected a section [fields]")
        return {}
    for column, given in found.items():
        if column not in columns:
            hint = did_you_mean(column, columns) or f"known are {_list(columns)}"
            complain(f"[fields] {column}: is no column of work_items; {hint}")
        elif not isinstance(given, str):
            complain(f"[fields] {column}: expected the id or name of a field, not {quoted(str(given))}")
    return {column: str(given) for column, given in found.items()}


def text(whole: Map) -> str:
    """The map as TOML, states in the order of their positions; what ``read`` reads back."""
    lines = [_HEAD]
    lines += [f"{name} = {_toml(value)}" for name in _PLAIN if (value := getattr(whole, name))]
    if whole.guess:
        lines.append(f"guess = {_toml(sorted(whole.guess))}")
    if whole.fields:
        lines += ["\n# column of work_items = field of the tool", "[fields]"]
        lines += [f"{column} = {_toml(name)}" for column, name in whole.fields.items()]
    order = sorted(whole.status.items(), key=lambda one: (one[1].position is None, one[1].position or 0.0))
    for section, rows in (("status", order), ("type", list(whole.type.items()))):
        for key, row in rows:
            lines.append(f"\n[{section}.{_key(key)}]")
            for column in fields(row):
                value = getattr(row, column.name)
                if value is not None and value is not False and value != "":
                    lines.append(f"{column.name.rstrip('_')} = {_toml(value)}")
    lines += _section("", whole.rest)
    return "\n".join(lines) + "\n"


def _section(name: str, content: Mapping[str, Any]) -> list[str]:
    plain = [f"{_key(key)} = {_toml(one)}" for key, one in content.items() if not isinstance(one, Mapping)]
    lines = [f"\n[{name}]", *plain] if name and plain else plain
    for key, one in content.items():
        if isinstance(one, Mapping):
            lines += _section(f"{name}.{_key(key)}".lstrip("."), one)
    return lines


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else _quoted(str(value))


def found_in(rows: Mapping[str, Row], id: str, name: str) -> tuple[str, Row] | None:
    """The row for an id, else for a name, without regard to case; with the key that it stands under."""
    if id in rows:
        return id, rows[id]
    folded = name.casefold()
    return next((one for one in rows.items() if one[0].casefold() == folded), None)


def with_guess(whole: Map, **plain: Any) -> Map:
    """The map with plain keys that it does not say, each marked; ``fields`` takes a mapping."""
    new = {
        key: value for key, value in plain.items() if key != "fields" and value and not getattr(whole, key)
    }
    columns = {key: value for key, value in plain.get("fields", {}).items() if key not in whole.fields}
    marks = {*new, *(f"fields.{column}" for column in columns)}
    return replace(whole, **new, fields={**whole.fields, **columns}, guess=whole.guess | marks)
