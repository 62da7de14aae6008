"""What may be summed over portfolios: counts and money, each sum over those that know both its parts; never a
mean of figures or of verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vmo_helpers.results.change import Change, change
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.review.across.beside import Table, most
from vmo_helpers.review.across.left import Left, number
from vmo_helpers.review.across.places import places
from vmo_helpers.review.across.rules import PLANNED, REALISED
from vmo_helpers.style import wording

MELONS, GREEN = "watermelon.count", "watermelon.green"
SHARE = "value.benefit_realisation"


@dataclass(frozen=True)
class Sum:
    """A sum, and the sum that it is a part of. ``change``: since the reviews before, where all of ``count``
    portfolios have one; ``currency``: of money, else ""."""

    key: str
    part: float
    whole: float
    change: Change | None
    count: int
    currency: str = ""


def failing(lefts: Sequence[Left]) -> tuple[int, int]:
    """How many streams and top goals fail by the executive pages' rule, and of how many."""
    return sum(len(left.failing) for left in lefts), sum(len(places(left)) for left in lefts)


def sums(table: Table) -> list[Sum]:
    """Watermelons of green items, and what was realised of what was planned to date, over the portfolios that
    are compared; money in the currency of most."""
    lefts = [left for left, why in zip(table.lefts, table.apart, strict=True) if not why]
    currency = most([left.currency for left in lefts])
    one_currency = [left for left in lefts if left.currency == currency]
    found = [
        _sum(MELONS, MELONS, GREEN, lefts, ""),
        _sum(SHARE, REALISED, PLANNED, one_currency, currency or ""),
    ]
    return [one for one in found if one is not None]


def _sum(key: str, part: str, whole: str, lefts: Sequence[Left], currency: str) -> Sum | None:
    having = [left for left in lefts if None not in _values(left, part, whole, "value")]
    now = _total(having, part, whole, "value")
    if now is None:
        return None
    compared = not any(left.figures[name].get("no_comparison") for left in having for name in (part, whole))
    before = _total(having, part, whole, "previous") if compared else None
    moved = None
    if before is not None and headline_of(key).of is None:
        moved = change(key, now[0] / now[1], before[0] / before[1], "share")
    elif before is not None:
        moved = change(key, now[0], before[0], "items")
    return Sum(key, *now, moved, len(having), currency)


def _total(lefts: Sequence[Left], part: str, whole: str, name: str) -> tuple[float, float] | None:
    """Both sums; None where a portfolio knows one of its parts not, or where there is nothing to be a part
    of."""
    values = [_values(left, part, whole, name) for left in lefts]
    known = [(a, b) for a, b in values if a is not None and b is not None]
    total = sum(a for a, _ in known), sum(b for _, b in known)
    return total if known and len(known) == len(values) and total[1] > 0 else None


def _values(left: Left, part: str, whole: str, name: str) -> tuple[float | None, float | None]:
    first, second = (left.figures.get(key, {}).get(name) for key in (part, whole))
    return number(first), number(second)


def said(one: Sum) -> str:
    """``EUR 8.5 M of 18.9 M``, ``8 of 34``."""
    if not one.currency:
        return f"{wording.number(one.part)} of {wording.number(one.whole)}"
    return f"{wording.money(one.part, one.currency)} of {wording.money(one.whole)}"
