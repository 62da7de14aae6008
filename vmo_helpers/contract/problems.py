"""What is wrong with an input, told so that its owner can repair it: every problem of every table in one
go."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

MOST_ROWS = 20
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Cell:
    """One offending cell: its row in the file (header = row 1), what stands there, and what may help."""

    row: int
    value: str | None = None
    hint: str = ""

    def __str__(self) -> str:
        return f"row {self.row}: {quoted(self.value)}" + (f" ({printable(self.hint)})" if self.hint else "")


@dataclass(frozen=True)
class Problem:
    """One kind of problem in one column of one table.

    ``what`` says what is wrong and what was expected. ``cells`` holds the first 20 offending cells, ``total``
    counts all of them; a problem of no row in particular (a column that is missing, a file that is no table)
    has none.
    """

    table: str
    what: str
    column: str | None = None
    cells: tuple[Cell, ...] = ()
    total: int = 0
    source: str = ""

    @property
    def of_rows(self) -> bool:
        """True when leaving out its rows would mend it."""
        return self.total > 0

    @property
    def place(self) -> str:
        name = self.source or self.table
        return f"{name}, column {self.column}" if self.column else name

    def __str__(self) -> str:
        told = printable(f"{self.place}: {self.what}")
        if not self.of_rows:
            return told
        lines = [f"{told} ({counted(self.total, 'row')})"]
        lines += [f"    {cell}" for cell in self.cells]
        if self.total > len(self.cells):
            lines.append(f"    … and {self.total - len(self.cells):,} more")
        return "\n".join(lines)


class InputProblems(Exception):
    """The input cannot be used. ``str()`` is the complete report, ``problems`` the list behind it."""

    def __init__(self, problems: Iterable[Problem], where: str = "") -> None:
        self.problems = tuple(problems)
        self.where = where
        super().__init__(report(self.problems, where))

    def __reduce__(self) -> tuple[type[InputProblems], tuple[tuple[Problem, ...], str]]:
        """So that a report survives the way from one process to another."""
        return InputProblems, (self.problems, self.where)


def report(problems: Sequence[Problem], where: str = "") -> str:
    """The complete report: a heading that counts, then each problem with its rows."""
    there = f" of {printable(where)}" if where else ""
    heading = f"The input{there} cannot be used: {counted(len(problems), 'problem')}."
    return "\n".join([heading, *(f"  {line}" for problem in problems for line in str(problem).splitlines())])


def quoted(value: str | None) -> str:
    """A value as a report shows it: in quotes, control characters made visible, shortened; "empty" when there
    is none."""
    if value is None:
        return "empty"
    shown = printable(value)
    if len(shown) > LONGEST_VALUE:
        shown = shown[: LONGEST_VALUE - 1] + "…"
    return f"“{shown}”"


def printable(text: str) -> str:
    """A text from data in one line, with control characters, line ends and other unseen characters escaped: a
    terminal must not obey them."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode("ascii")
        for letter in text
    )


def counted(number: int, noun: str) -> str:
    """1 row, 2 rows, 1,204 rows."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def agreeing(number: int, one: str, many: str) -> str:
    """The verb that goes with so many: 1 row has, 2 rows have."""
    return one if number == 1 else many


def listed(words: Iterable[str], most: int = 12) -> str:
    """a, b, c; a long list ends with how many more there are."""
    known = list(words)
    shown = ", ".join(known[:most])
    return shown if len(known) <= most else f"{shown} … and {len(known) - most:,} more"


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that a misspelt one most likely means. Words that differ in their numbers alone, as keys
    do, name different things."""
    numbers = _numbers(word)
    by_fold = {name.casefold(): name for name in known if _numbers(name) == numbers}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[near[0]] if near else None


def _numbers(word: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d{1,18}", word)]


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """ " did you mean X?" with the nearest known word, or nothing."""
    near = nearest(word, known, cutoff)
    return f"did you mean {near}?" if near else ""


def first_positions(mask: np.ndarray) -> np.ndarray:
    """The first positions that a report names."""
    return np.flatnonzero(mask)[:MOST_ROWS]
