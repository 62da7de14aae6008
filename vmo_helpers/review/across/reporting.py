"""Which portfolios reported, which did not, and which are late."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from vmo_helpers.review.across.left import Left, text
from vmo_helpers.review.shelf.shelf import MANIFEST

EXPECTED = "portfolios.json"
"""What the last run over all portfolios left beside the reviews: one entry a portfolio."""
LATE_DAYS = 14
"""Reviews of one value sync are as of days that lie no further apart; what is older is of a sync before."""
_A_REVIEW = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")


class State(StrEnum):
    """Why a portfolio is not seen as of today."""

    ABSENT = "did not report"
    LATE = "is late"
    UNREADABLE = "cannot be read"


@dataclass(frozen=True)
class Expected:
    """A portfolio of the last run over all: ``review`` is the folder of its review, "" where none was made;
    ``message`` says why."""

    name: str
    review: str
    message: str


@dataclass(frozen=True)
class Missing:
    """A portfolio, or a folder of the shelf, that is not seen as of today; ``last``: its last review."""

    name: str
    state: State
    why: str
    last: Left | None = None

    @property
    def is_portfolio(self) -> bool:
        """A portfolio of which nothing is seen as of today, and no folder that nobody can tell whose it
        is."""
        return self.state is not State.UNREADABLE or self.last is not None


def everybody(lefts: Sequence[Left], absent: Sequence[Missing]) -> int:
    """How many portfolios there are: those with a review on the shelf, and those expected without one."""
    return len(
        {left.name for left in lefts} | {one.name for one in absent if one.is_portfolio and not one.last}
    )


def is_late(left: Left, newest: date) -> bool:
    """Its newest review is of an earlier sync than the newest of all."""
    return (newest - left.day).days > LATE_DAYS


def expected(root: Path) -> tuple[list[Expected], str]:
    """The portfolios of the last run over all, and what is wrong with the file that names them. None of
    either where there is no such file."""
    try:
        said = json.loads((root / EXPECTED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [], ""
    except (OSError, ValueError):
        return [], "cannot be read"
    entries = said.get("portfolios") if isinstance(said, dict) else said
    if not isinstance(entries, list):
        return [], "lists no portfolios"
    return [_expected(one) for one in entries if isinstance(one, dict)], ""


def expected_names(root: Path) -> set[str]:
    """The names of the portfolios of the last run over all."""
    return {one.name for one in expected(root)[0]}


def unreadable(root: Path, known: Iterable[str]) -> list[str]:
    """The folders of a shelf that are named as a review and do not read as one. ``known``: those that do."""
    if not root.is_dir():
        return []
    named = {one.name for one in root.iterdir() if _A_REVIEW.fullmatch(one.name) and one.is_dir()}
    return sorted(named - set(known))


def missing(
    lefts: Sequence[Left], awaited: Sequence[Expected], broken: Sequence[str], wrong: str = ""
) -> list[Missing]:
    """Who did not report, what cannot be read, and what is late, in this order; those late for longest
    first.

    Expected is a portfolio of the last run over all, or of any earlier review on the shelf. ``lefts`` are the
    newest reviews, ``broken`` folders that are none, ``wrong`` what is wrong with ``portfolios.json``.
    """
    by_name = {str(left.review.manifest["portfolio"]): left for left in lefts}
    lost = {one.review: one.name for one in awaited if one.review in broken}
    absent = [
        Missing(one.name, State.ABSENT, one.message, by_name.get(one.name))
        for one in awaited
        if not one.review
    ]
    told = {one.name for one in absent}
    seen = [left for left in lefts if left.review.manifest["portfolio"] not in told]
    unread = [Missing(left.name, State.UNREADABLE, left.why, left) for left in seen if left.why]
    unread += [
        Missing(lost.get(folder, folder), State.UNREADABLE, f"{folder} holds no {MANIFEST} that reads as one")
        for folder in broken
    ]
    if wrong:
        unread.append(Missing(EXPECTED, State.UNREADABLE, f"it {wrong}: who is expected is not known"))
    newest, named = max((left.day for left in lefts), default=None), {one.name for one in awaited}
    late = [
        Missing(left.name, State.LATE, _late(left, newest, named), left)
        for left in sorted(seen, key=lambda one: (one.day, one.name))
        if newest is not None and not left.why and is_late(left, newest)
    ]
    return [*absent, *unread, *late]


def _late(left: Left, newest: date, named: Collection[str]) -> str:
    days = f"its newest review is {(newest - left.day).days} days older"
    gone = bool(named) and left.review.manifest["portfolio"] not in named
    return f"{days}; the last run over all does not name it" if gone else days


def _expected(entry: dict[str, Any]) -> Expected:
    name = text(entry.get("name")) or text(entry.get("id")) or "a portfolio without a name"
    status = text(entry.get("status"))
    unsaid = f"no review was made: {status}" if status else "no review was made"
    return Expected(name, text(entry.get("review")), text(entry.get("message")) or unsaid)
