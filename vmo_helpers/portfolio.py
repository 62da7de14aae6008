"""A portfolio: validated tables, its settings, and what is known of it at an instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.schema import TABLES


@dataclass(frozen=True)
class Settings:
    """What ``portfolio.toml`` says. ``working_days`` None means elapsed days; else 0 = Monday … 6 = Sunday."""

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


@dataclass(frozen=True)
class Said:
    """All rows that a note speaks of, and how it words their number: what is needed to say it of fewer."""

    rows: npt.NDArray[np.int64]
    of: Callable[[int], str]


@dataclass(frozen=True)
class Note:
    """Something that a reader must know of the data: a counted warning, ignored facts, rows left out, an unknown column."""

    kind: str  # warning | ignored | later | left_out | unknown_column | assumed
    table: str
    sentence: str
    count: int = 1
    rows: tuple[int, ...] = ()  # the first of them
    said: Said | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Cut:
    """What ``known_at`` made ``tables`` from: ``whole`` and its notes. It says nothing of a portfolio that has other tables since."""

    tables: Mapping[str, pd.DataFrame]
    whole: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Portfolio:
    """All tables of the contract as typed frames; an absent table is an empty frame with its columns.

    The index of each frame is the row in the file (header = row 1), so that every number can name its rows. Every
    column of the contract exists in every frame; where the source had none it is empty. ``as_of`` is None until
    ``known_at`` fixed it; measures read it from there.
    """

    tables: Mapping[str, pd.DataFrame]
    settings: Settings = Settings()
    as_of: pd.Timestamp | None = None
    notes: tuple[Note, ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()  # name, sha256, rows of each input file
    cut: Cut | None = field(default=None, repr=False, compare=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(name)
        return self.tables[name]

    def has(self, *names: str) -> bool:
        """True when each of these tables has at least one row."""
        return all(len(self.tables[name]) > 0 for name in names)

    def at_level(self, level: str) -> Portfolio:
        """The portfolio reviewed at another level of its work items; raises ValueError for one that no item has."""
        known = sorted(set(self.tables["work_items"]["level"].dropna()))
        if level not in known:
            raise ValueError(f"no item has the level {level!r}; the levels are {', '.join(known) or 'not given'}")
        return replace(self, settings=replace(self.settings, review_level=level))

    def known_at(self, as_of: pd.Timestamp) -> Portfolio:
        """The portfolio with the facts dated and recorded up to and including an instant, and the plan of that day."""
        from vmo_helpers import history

        return history.known_at(self, as_of)
