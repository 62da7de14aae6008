"""The same contradiction in several portfolios, told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vmo_helpers.results.judged import LOUD, PORTFOLIO
from vmo_helpers.review.across.left import At, Entry, Left, number
from vmo_helpers.review.across.rules import CONTRADICTIONS
from vmo_helpers.style import wording

FEWEST = 2
MOST = 6


@dataclass(frozen=True)
class Contradiction:
    """One that several portfolios raise. ``where``: each portfolio with its own sentence and the way to its
    slide, the loudest first; ``unknown``: in how many it cannot be said; ``of``: how many were read."""

    rule: str
    words: str
    where: tuple[At, ...]
    unknown: int
    of: int


def contradictions(lefts: Sequence[Left]) -> list[Contradiction]:
    """Those that at least two portfolios raise, the most widespread first."""
    rules = [_one(rule, words, lefts) for rule, words in CONTRADICTIONS.items()]
    several = [one for one in rules if len(one.where) >= FEWEST]
    return sorted(several, key=lambda one: -len(one.where))


def _one(rule: str, words: str, lefts: Sequence[Left]) -> Contradiction:
    said = [(left, [one for one in left.findings if one["rule"] == rule]) for left in lefts]
    raised = [(left, first) for left, found in said if (first := _first(found)) is not None]
    unknown = sum(bool(found) and all(one["severity"] == "unknown" for one in found) for _, found in said)
    raised.sort(key=lambda one: (LOUD[one[1]["severity"]], -(number(one[1].get("money")) or 0.0)))
    where = tuple(replace(left.at(first), words=wording.plain(first["sentence"])) for left, first in raised)
    return Contradiction(rule, words, where, unknown, len(lefts))


def _first(found: Iterable[Entry]) -> Entry | None:
    """What a portfolio says of a rule: the finding about the whole, else the loudest, else the dearest."""
    loud = [one for one in found if one["severity"] in LOUD]
    return min(
        loud,
        key=lambda one: (
            one["subject"] != PORTFOLIO,
            LOUD[one["severity"]],
            -(number(one.get("money")) or 0.0),
            str(one["id"]),
        ),
        default=None,
    )
