"""Rooms open when they are entered: a package whose topics are imported at their first use, so that no start
pays for all. What is called there with the wrong thing says what it expected."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_MADE_BY = {
    "FlowLog": "measures.flow.read(portfolio)",
    "Alignment": "measures.okr.read(portfolio, items, window)",
    "Inside": "measures.outcomes.read(portfolio, log)",
    "Portfolio": "open_review(…).portfolio",
    "Window": "open_review(…).window",
    "Thresholds": "open_review(…).thresholds",
    "DataFrame": "a measure",
}
"""Where what a function takes comes from, by its class."""


def opened_on_demand(package: str, topics: Sequence[str]) -> Callable[[str], ModuleType]:
    """The module-level ``__getattr__`` of a package: ``measures.flow`` imports ``vmo_helpers.measures.flow``
    when asked for."""

    def room(name: str) -> ModuleType:
        if name in topics:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return room


def says_what_it_expects(topic: str) -> None:
    """The last line of a topic: each function that it hands on explains a call with the wrong thing."""
    module = sys.modules[topic]
    for name in module.__all__:
        if inspect.isfunction(function := getattr(module, name)):
            setattr(module, name, explained(function))


def called(function: Callable[..., Any]) -> str:
    """What a notebook calls a function: ``findings.flow.wait_queue``, wherever in the room it is written."""
    rooms = function.__module__.removeprefix("vmo_helpers.").split(".")[:2]
    return ".".join([*rooms, function.__name__])


def explained(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose failure over a wrong argument names what was expected; nothing is checked before.

    Raises TypeError where an argument is no instance of what its parameter names, ValueError where no frame
    that was given has the column that was looked for.
    """

    @functools.wraps(function)
    def asked(*args: Any, **given: Any) -> Any:
        try:
            return function(*args, **given)
        except (AttributeError, KeyError, TypeError) as error:
            told = _mistaken(function, args, given)
            if told:
                raise TypeError(f"{called(function)} expects {'; '.join(told)}") from error
            if isinstance(error, KeyError) and (lacks := _lacking(error, args, given)):
                raise ValueError(f"{called(function)} looks for {lacks}") from error
            raise

    return asked


def _mistaken(function: Callable[..., Any], args: Sequence[Any], given: dict[str, Any]) -> list[str]:
    """Each argument that is of another class than its parameter says: what was expected, and what came."""
    signature = inspect.signature(function)
    try:
        arguments = signature.bind(*args, **given).arguments
    except TypeError:
        return []  # too many, too few or unknown: Python says it well
    told = []
    for name, value in arguments.items():
        wanted = str(signature.parameters[name].annotation).rpartition(".")[2]
        if wanted in _MADE_BY and wanted not in {one.__name__ for one in type(value).__mro__}:
            told.append(f"{name} to be the {wanted} that {_MADE_BY[wanted]} returns, not {_named(value)}")
    return told


def _lacking(error: KeyError, args: Sequence[Any], given: dict[str, Any]) -> str:
    """The column that none of the frames has, and what these have; empty where the key is no column."""
    frames = [one for one in (*args, *given.values()) if _is_frame(one)]
    column = error.args[0] if error.args else None
    if not frames or not isinstance(column, str) or any(column in one.columns for one in frames):
        return ""
    there = "; ".join(", ".join(map(str, one.columns)) or "none" for one in frames)
    return f"a column {column!r} that no frame has; the columns there are: {there}"


def _is_frame(value: object) -> bool:
    return type(value).__name__ == "DataFrame"


def _named(value: object) -> str:
    kind = type(value).__name__
    return repr(value) if isinstance(value, (str, int, float)) or value is None else f"a {kind}"
