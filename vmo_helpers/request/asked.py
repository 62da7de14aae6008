"""The parameters of a review. A field of ``Request`` is all that a new one needs: the command has its option,
``open_review`` and the runner hand it on, and a panel's lines repeat it. What it does is in ``settled``."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import ISO, NO_DAY


class Kind(StrEnum):
    """How a parameter is written, on the command line and in a notebook."""

    PLACE = "place"  # a path, or a URL
    DAY = "day"  # a day or an ISO 8601 instant
    WORD = "word"
    WORDS = "words"  # a list
    NUMBERS = "numbers"  # numbers by name: NAME=VALUE, a dictionary
    FLAG = "flag"


@dataclass(frozen=True)
class Parameter:
    """How a field of ``Request`` is asked for. ``option`` is empty for what stands without one.

    ``reads``: it decides how data are read, in every command that reads them. ``elsewhere``: a review's
    manifest says among input, settings and window what came of it, and not among the parameters.
    """

    kind: Kind
    option: str
    metavar: str
    help: str
    reads: bool = False
    elsewhere: bool = False


class Unfit(ValueError):
    """A parameter that cannot be; the text names it as a notebook does, ``as_option`` as the command does."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}{why}")
        self.as_option = f"{PARAMETERS[name].option}{why}"


def _asked(usual: Any, kind: Kind, option: str, metavar: str, help: str, **more: bool) -> Any:
    return field(default=usual, metadata={"parameter": Parameter(kind, option, metavar, help, **more)})


@dataclass(frozen=True)
class Request:
    """What was asked for, as it was given. ``from_day`` and ``as_of`` are a day or an ISO 8601 instant."""

    data: str = _asked(
        "",
        Kind.PLACE,
        "",
        "DATA",
        "a folder of tables, a workbook, a database file or a database URL",
        reads=True,
        elsewhere=True,
    )
    config: str | None = _asked(
        None,
        Kind.PLACE,
        "--config",
        "FILE",
        "a portfolio.toml elsewhere than beside the tables",
        reads=True,
        elsewhere=True,
    )
    as_of: str | None = _asked(
        None,
        Kind.DAY,
        "--as-of",
        "DAY",
        "a day (its end) or an ISO 8601 instant; default: the latest fact in the data",
        elsewhere=True,
    )
    from_day: str | None = _asked(
        None,
        Kind.DAY,
        "--from",
        "DAY",
        "first day of the window; default: 364 days before as-of",
        elsewhere=True,
    )
    streams: tuple[str, ...] = _asked((), Kind.WORDS, "--stream", "ID", "only these value streams")
    level: str | None = _asked(
        None,
        Kind.WORD,
        "--level",
        "LEVEL",
        "the level of work items to review (default: the portfolio's review_level)",
        elsewhere=True,
    )
    thresholds: tuple[tuple[str, float], ...] = _asked(
        (), Kind.NUMBERS, "--threshold", "NAME=VALUE", "judge by another number"
    )
    lenient: bool = _asked(
        False,
        Kind.FLAG,
        "--lenient",
        "",
        "go on without cells and rows that cannot be used, and say so on every deck",
        reads=True,
    )

    @classmethod
    def of(cls, data: object, **given: Any) -> Request:
        """From the values of a notebook's parameters. Raises TypeError for a name that is none, with the
        nearest that is."""
        unknown = [name for name in given if name not in PARAMETERS]
        if unknown:
            near = difflib.get_close_matches(unknown[0], PARAMETERS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f" (known: {', '.join(PARAMETERS)})"
            raise TypeError(f"a review has no parameter {unknown[0]!r}{hint}")
        return cls(str(data), **{name: _tidy(PARAMETERS[name].kind, value) for name, value in given.items()})

    def check(self) -> None:
        """Raises ValueError for what cannot be, whatever the data: a day that is none, a threshold that
        findings do not know."""
        for name, one in PARAMETERS.items():
            said = getattr(self, name)
            if one.kind is Kind.DAY and said is not None and not ISO.fullmatch(said):
                raise Unfit(name, f" {said!r} {NO_DAY}")
        Thresholds().with_overrides(dict(self.thresholds))

    def absolute(self) -> Request:
        """The same from any folder: places as whole paths."""
        places: dict[str, Any] = {
            name: value if "://" in value else str(Path(value).resolve())
            for name, one in PARAMETERS.items()
            if one.kind is Kind.PLACE and (value := getattr(self, name))
        }
        return replace(self, **places)

    def but_for(self, other: Request) -> Request:
        """The same, but for what another says that is not as usual."""
        usual = Request()
        said = {name: getattr(other, name) for name in PARAMETERS}
        return replace(self, **{name: it for name, it in said.items() if it != getattr(usual, name)})

    def with_threshold(self, name: str, value: float) -> Request:
        """The same, judged by another number."""
        return replace(self, thresholds=tuple(sorted({**dict(self.thresholds), name: value}.items())))

    def parameters(self) -> dict[str, Any]:
        """The values as a notebook's parameters, and as JSON: lists and dictionaries in the order of their
        names."""
        return {name: _plain(one.kind, getattr(self, name)) for name, one in PARAMETERS.items()}

    def said(self) -> dict[str, Any]:
        """``parameters`` without those that are as usual."""
        usual = Request().parameters()
        return {name: value for name, value in self.parameters().items() if value != usual[name]}

    def words(self) -> list[str]:
        """The same on the command line, ``data`` first; what is as usual is left out."""
        words: list[str] = []
        for name, value in self.said().items():
            one = PARAMETERS[name]
            words += [one.option] if one.option else []
            match one.kind:
                case Kind.WORDS:
                    words += value
                case Kind.NUMBERS:
                    words += [f"{key}={number:g}" for key, number in value.items()]
                case Kind.PLACE | Kind.DAY | Kind.WORD:
                    words.append(value)
        return words


PARAMETERS: dict[str, Parameter] = {one.name: one.metadata["parameter"] for one in fields(Request)}
"""By the name that a notebook has for each."""


def _tidy(kind: Kind, value: Any) -> Any:
    """A notebook's value as a field's: a list may be one word, None is nothing at all."""
    match kind:
        case Kind.WORDS:
            return (value,) if isinstance(value, str) else tuple(value or ())
        case Kind.NUMBERS:
            return tuple(sorted((value or {}).items()))
        case Kind.FLAG:
            return bool(value)
    return None if value is None else str(value)


def _plain(kind: Kind, value: Any) -> Any:
    match kind:
        case Kind.WORDS:
            return sorted(value)
        case Kind.NUMBERS:
            return dict(sorted(value))
    return value
