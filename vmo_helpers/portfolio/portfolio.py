"""A portfolio: validated tables, its settings, and what is known of it at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import history
from vmo_helpers.portfolio.notes import Note


@dataclass(frozen=True)
class Settings:
    """What ``portfolio.toml`` says. ``working_days`` None means elapsed days; else 0 = Monday … 6 =
    Sunday. ``vmo_since`` is a day, ISO 8601; ``office`` and it are None where the file does not say."""

    name: str = "portfolio"
    currency: str = "EUR"
    timezone: str = "UTC"
    review_level: str = "epic"
    working_days: tuple[int, ...] | None = None
    holidays: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    value_framework: Mapping[str, Any] = field(default_factory=dict)
    guardrails: Mapping[str, float] = field(default_factory=dict)
    assessment: Mapping[str, float] = field(default_factory=dict)
    work_type_guardrails: Mapping[str, float] = field(default_factory=dict)
    office: str | None = None
    vmo_since: str | None = None


@dataclass(frozen=True)
class Origin:
    """What ``known_at`` made ``tables`` from: ``whole`` and its notes. It says nothing of a portfolio that
    has other tables since."""

    tables: Mapping[str, pd.DataFrame]
    whole: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Portfolio:
    """All tables of the contract as typed frames; an absent table is an empty frame with its columns.

    The index of each frame is the row in the file (header = row 1), so that every number can name its rows.
    Every column of the contract exists in every frame; where the source had none it is empty. ``as_of`` is
    None until ``known_at`` fixed it; measures read it from there.
    """

    tables: Mapping[str, pd.DataFrame]
    settings: Settings = Settings()
    as_of: pd.Timestamp | None = None
    notes: tuple[Note, ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()  # name, sha256, rows of each input file
    origin: Origin | None = field(default=None, repr=False, compare=False)
    # by column the rows of key_results that state no date: theirs is the objective's of the day
    inherited: Mapping[str, pd.Index] = field(default_factory=dict, repr=False, compare=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(name)
        return self.tables[name]

    def has(self, *names: str) -> bool:
        """True when each of these tables has at least one row."""
        return all(len(self.tables[name]) > 0 for name in names)

    def at_level(self, level: str) -> Portfolio:
        """The portfolio reviewed at another level of its work items; raises ValueError for one that no item
        has."""
        known = sorted(set(self.tables["work_items"]["level"].dropna()))
        if level not in known:
            raise ValueError(
                f"no item has the level {level!r}; the levels are {', '.join(known) or 'not given'}"
            )
        return replace(self, settings=replace(self.settings, review_level=level))

    def known_at(self, as_of: pd.Timestamp) -> Portfolio:
        """The portfolio with the facts dated and recorded up to and including an instant, and the plan of
        that day.

        ``history.known_at`` says which rows and cells those are. A portfolio that was known at an instant
        already is made anew from what it was before, so that a version replaced since counts again; nothing
        later than its own as-of comes back. Raises TypeError for anything but an instant with its time zone.
        """
        if not isinstance(as_of, pd.Timestamp) or as_of.tzinfo is None:
            raise TypeError(
                f"known_at expects an instant with its time zone, not {as_of!r}: "
                'instant("2026-01-01", portfolio.settings.timezone, end_of_day=True) of '
                "vmo_helpers.window makes one"
            )
        at = as_of.tz_convert("UTC").as_unit("us")
        before = self._before(at)
        tables, notes = history.known_at(
            before.tables, before.notes, self.settings.timezone, at, self.inherited
        )
        return replace(
            before, tables=tables, as_of=at, notes=notes, origin=Origin(tables, before.tables, before.notes)
        )

    def first_plan(self, column: str, table: str = "work_items", since: pd.Series | None = None) -> pd.Series:
        """The oldest known plan of each row of a table: the first value that ever stood in the column, or
        that stood at an instant ``since`` (``history.first_plan``)."""
        return history.first_plan(self.tables, self.settings.timezone, column, table, since)

    def _before(self, as_of: pd.Timestamp) -> Portfolio:
        """The portfolio as it was before it was made known at this instant or later; itself when it has other
        tables since."""
        origin = self.origin
        if origin is None or origin.tables is not self.tables or self.as_of is None or as_of > self.as_of:
            return self
        return replace(self, tables=origin.whole, notes=origin.notes, as_of=None, origin=None)
