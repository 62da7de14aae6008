"""Dates of a tracker's export to CSV: in the language and the order of whoever exported it, without an offset
(UTC is taken)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.contract.problems import InputProblems, Problem, did_you_mean, listed, quoted
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing import readings

SECTION, DATES = "csv", "dates"
"""The section of map.toml, and the key that says whether days or months come first."""
SHAPE = re.compile(r"\d{1,2}[/. -](?:\d{1,2}|[^\W\d_]{3,10}\.?)[/. -]\d{2,4}(?:[ T,].*)?|\d{4}-\d{2}-\d{2}.*")
"""What a date looks like, in any of these ways."""
_MORNING = re.compile(r"\s*\b(?:a\.?\s?m\.?|vorm\.?)$", re.IGNORECASE)
_EVENING = re.compile(r"\s*\b(?:p\.?\s?m\.?|nachm\.?)$", re.IGNORECASE)
_HOUR = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d):")
_AT = Column("at", Kind.INSTANT)


def guessed(known: maps.Map, name: str, value: str) -> maps.Map:
    """The map with a key of the section that was guessed, marked."""
    rest = {**known.rest, SECTION: {**known.rest.get(SECTION, {}), name: value}}
    return replace(known, rest=rest, guess=known.guess | {f"{SECTION}.{name}"})


def section(known: maps.Map, names: Iterable[str]) -> dict[str, str]:
    """The section of the map. Raises InputProblems where it says what is not known. ``names``: its keys but
    for that of dates."""
    given, every = known.rest.get(SECTION, {}), (*names, DATES)
    problems = []
    for name, value in given.items():
        if name not in every:
            hint = did_you_mean(name, every) or f"known are {listed(every, 20)}"
            problems.append(f"[{SECTION}] {name}: is not known; {hint}")
        elif not isinstance(value, str) or (name == DATES and value not in readings.ORDERS):
            expected = " or ".join(readings.ORDERS) if name == DATES else "the header of a column"
            problems.append(f"[{SECTION}] {name}: expected {expected}, not {quoted(str(value))}")
    if problems:
        raise InputProblems([Problem(maps.FILE, what, source=maps.FILE) for what in problems])
    return dict(given)


def order(
    path: Path,
    cells: Sequence[str],
    pairs: Sequence[tuple[str | None, str | None]],
    known: maps.Map,
    propose: bool,
) -> tuple[str | None, maps.Map]:
    """Whether days or months come first, and the map with what was guessed of it.

    As any cell tells, else as the map says; else the order in which fewer items change or end before they
    are created. ``pairs``: of each item an earlier and a later date. Raises InputProblems where it must be
    guessed and may not.
    """
    said = known.rest.get(SECTION, {}).get(DATES)
    told = readings.order_of([list(cells)])
    if told or said or told is not None:
        return told or said or None, known
    if not propose:
        what = f'no date tells whether days or months come first: say [{SECTION}] {DATES} = "day first"'
        raise InputProblems([Problem("source", f"{what} in the map", source=path.name)])
    columns = [list(column) for column in zip(*pairs, strict=True)]
    best = min(readings.ORDERS, key=lambda one: readings.backward(columns, one))
    return best, guessed(known, DATES, best)


def instants(cells: Sequence[str], first: str | None) -> dict[str, str]:
    """Cell → instant as ISO 8601, of those that can be read. ``first``: the order of day and month."""
    plain = [_HOUR.sub(r"\1 0\2:", _EVENING.sub(" PM", _MORNING.sub(" AM", cell))) for cell in cells]
    read = readings.read(plain, _AT, readings.Reading(first)).values
    return {
        cell: at if at.endswith("Z") else f"{at if 'T' in at else at + 'T00:00:00'}+00:00"
        for cell, at in zip(cells, read, strict=True)
        if at
    }
