"""What a table and a column of the contract are, and the short words that declare one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Kind(Enum):
    """What a column's cells are, and the dtype that they have inside the program."""

    KEY = "key"  # str; digits stay digits, "007" stays "007"
    TEXT = "text"  # str
    # category: a name that a log repeats from row to row, so that a million rows carry a few names
    NAME = "name"
    WORD = "word"  # str out of a vocabulary
    NUMBER = "number"  # float64
    SHARE = "share"  # float64, 0–1
    WHOLE = "whole"  # float64 that holds whole numbers or NaN
    FLAG = "flag"  # boolean (nullable)
    INSTANT = "instant"  # datetime64[us, UTC]
    DAY = "day"  # datetime64[us], midnight, a day in the portfolio's zone

    @property
    def dtype(self) -> str:
        return _DTYPES[self]


_DTYPES = {
    Kind.KEY: "str",
    Kind.TEXT: "str",
    Kind.NAME: "category",
    Kind.WORD: "str",
    Kind.NUMBER: "float64",
    Kind.SHARE: "float64",
    Kind.WHOLE: "float64",
    Kind.FLAG: "boolean",
    Kind.INSTANT: "datetime64[us, UTC]",
    Kind.DAY: "datetime64[us]",
}


@dataclass(frozen=True)
class Column:
    """One column. ``required``: it must exist when the table is there. ``filled``: every row must have a
    value.

    ``words``: the vocabulary. ``default``: what an empty cell means. ``refers``: the table whose key a value
    must be. ``low``/``high``: inclusive bounds. ``later``: the event of this column may lie after as-of and
    is then masked.
    ``derived``: an empty cell is filled from other cells on reading, and only then must every row have a
    value. ``ends``: the column says when something ends, so that 9999-12-31 means that it has no end.
    """

    name: str
    kind: Kind
    required: bool = False
    filled: bool = False
    words: type[StrEnum] | None = None
    default: str | float | bool | None = None
    refers: str | None = None
    low: float | None = None
    high: float | None = None
    later: bool = False
    derived: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Table:
    """One table. ``adds_up``: rows with the same key are added, not refused, where they carry no recorded_at.

    ``known_from`` is the column of the instant (or day) from which a row is known at all; a review as of an
    earlier instant does not see the row.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    adds_up: bool = False
    known_from: str | None = None

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def key(name: str, *, refers: str | None = None) -> Column:
    """A key: it must be there in every row. ``refers``: the table whose key it is."""
    return Column(name, Kind.KEY, required=True, filled=True, refers=refers)


def ref(name: str, refers: str | None = None) -> Column:
    """The key of a row elsewhere; it may be empty."""
    return Column(name, Kind.KEY, refers=refers)


def text(name: str, *, required: bool = False, filled: bool = False, default: str | None = None) -> Column:
    """Free text."""
    return Column(name, Kind.TEXT, required=required or filled, filled=filled, default=default)


def word(
    name: str,
    words: type[StrEnum],
    *,
    required: bool = False,
    filled: bool = False,
    default: str | None = None,
) -> Column:
    """A word of a vocabulary."""
    return Column(name, Kind.WORD, required=required or filled, filled=filled, words=words, default=default)


def number(
    name: str,
    *,
    required: bool = False,
    filled: bool = False,
    low: float | None = None,
    high: float | None = None,
    default: float | None = None,
) -> Column:
    """A number, or an amount of money."""
    return Column(
        name, Kind.NUMBER, required=required or filled, filled=filled, low=low, high=high, default=default
    )


def days(name: str) -> Column:
    """A length in days. It is added to dates, which end: at most a hundred years."""
    return Column(name, Kind.NUMBER, low=0, high=36_525)


def share(name: str) -> Column:
    """A share from 0 to 1."""
    return Column(name, Kind.SHARE, low=0.0, high=1.0)


def whole(
    name: str, *, low: float | None = None, high: float | None = None, default: float | None = None
) -> Column:
    """A whole number."""
    return Column(name, Kind.WHOLE, low=low, high=high, default=default)


def flag(name: str, *, filled: bool = False, default: bool | None = None) -> Column:
    """Yes or no."""
    return Column(name, Kind.FLAG, required=filled, filled=filled, default=default)


def at(
    name: str, *, required: bool = False, filled: bool = False, later: bool = False, ends: bool = False
) -> Column:
    """An instant."""
    return Column(name, Kind.INSTANT, required=required or filled, filled=filled, later=later, ends=ends)


def day(name: str, *, required: bool = False, filled: bool = False, ends: bool = False) -> Column:
    """A day in the portfolio's zone."""
    return Column(name, Kind.DAY, required=required or filled, filled=filled, ends=ends)
