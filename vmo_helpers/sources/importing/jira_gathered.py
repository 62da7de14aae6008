"""What is kept of Jira's answers while they are read: issues, statuses, and what describes the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from vmo_helpers.sources.importing.moves import Move

STATUS, KEY, FLAG = "status", "Key", "flag"


@dataclass(slots=True)
class Issue:
    """One issue.

    ``moves``: by what changed: STATUS, FLAG, or the id of a field of plans. ``total``: how many entries of
    its history Jira says there are; ``whole``: so many at least came in one answer; ``histories``: ids of
    entries that came in parts; ``capped``: so many that a search of Jira Cloud gives no more, and may have
    cut the rest without a word.
    """

    id: str
    key: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    moves: dict[str, list[Move]] = field(default_factory=dict)
    histories: set[str] | None = None
    total: int = 0
    whole: float = -1
    former: list[str] = field(default_factory=list)
    capped: bool = False

    @property
    def read(self) -> float:
        """How many entries were read; below zero where no answer held any."""
        return max(self.whole, -1 if self.histories is None else len(self.histories))


@dataclass
class Status:
    """One status; ``project`` is the id of the one that alone has it."""

    name: str
    category: str = ""
    project: str = ""


@dataclass
class Answers:
    """Everything that was read.

    ``past``: state → when a history last named it, and how. ``names``: id of a field → its names, the
    untranslated one first. ``columns`` of the board, with statuses and limit. ``wanted``: fields that are
    read, ``first`` those at the first issue. ``expected``: so many issues a search says that it found.
    ``plans``: ids of fields of which every value counts.
    ``bulk``: histories came for all issues at once, and an absent one has none. ``logs``: there are any.
    ``odd``: sentences on what could not be read.
    """

    issues: dict[str, Issue] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    past: dict[str, tuple[int, str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    columns: list[tuple[str, list[str], float | None]] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    first: set[str] = field(default_factory=set)
    flagged: set[str] = field(default_factory=set)
    plans: set[str] = field(default_factory=set)
    expected: int = 0
    bulk: bool = False
    logs: bool = False
    people: int = 0
    odd: list[str] = field(default_factory=list)
    _full: list[Issue] = field(default_factory=list)
    _pages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
