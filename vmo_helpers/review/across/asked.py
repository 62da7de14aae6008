"""What needs a decision over all portfolios, ranked by the rule of the executive page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vmo_helpers.results.judged import order
from vmo_helpers.review.across.left import At, Entry, Left, detail, number, text
from vmo_helpers.style import wording

MOST = 10
"""So many decisions on one page; with several currencies, half of them in each."""


@dataclass(frozen=True)
class Ask:
    """One decision, told once for all portfolios that ask it in the same words of the same subject.

    ``where``: each portfolio with the way to why, the dearest first. ``cost``: of a month's waiting in all of
    them, in ``currency``; ``priced``: in how many it is known. ``stake``: the money at stake.
    """

    words: str
    where: tuple[At, ...]
    evidence: str
    owner: str
    cost: float | None
    priced: int
    basis: str
    stake: float | None
    currency: str
    sureness: float
    sure: str


def asks(lefts: Iterable[Left]) -> dict[str, list[Ask]]:
    """The decisions asked today by currency, each list ranked. The currency of most portfolios comes first;
    money of two currencies is never compared."""
    told: dict[tuple[str, str, str], list[tuple[Left, Entry]]] = {}
    portfolios: dict[str, int] = {}
    for left in lefts:
        portfolios[left.currency] = portfolios.get(left.currency, 0) + bool(left.asks)
        for found in left.asks:
            key = (left.currency, str(found["subject"]), str(found["sentence"]))
            told.setdefault(key, []).append((left, found))
    ranked: dict[str, list[Ask]] = {}
    for currency in sorted(portfolios, key=lambda one: (-portfolios[one], one)):
        own = [(key[1], _told_once(found)) for key, found in told.items() if key[0] == currency]
        own.sort(key=lambda one: order(one[1].cost, one[1].stake, one[1].sureness, "", one[0]))
        ranked[currency] = [ask for _, ask in own]
    return {currency: found for currency, found in ranked.items() if found}


def shown(ranked: Mapping[str, Sequence[Ask]]) -> list[Ask]:
    """Those that a page shows: the first of each currency."""
    most = MOST if len(ranked) < 2 else MOST // 2
    return [ask for found in ranked.values() for ask in found[:most]]


def waiting(lefts: Iterable[Left]) -> dict[str, float]:
    """What a month of waiting for what is asked costs, by currency: the sums of the executive pages, each of
    which counts an item once."""
    sums: dict[str, float] = {}
    for left in lefts:
        if left.asked is not None and (cost := number(left.asked.get("money"))) is not None:
            sums[left.currency] = sums.get(left.currency, 0.0) + cost
    return sums


def count(lefts: Iterable[Left]) -> int:
    """How many decisions the executive pages ask."""
    return sum(int(number(left.asked.get("value")) or 0) for left in lefts if left.asked is not None)


def _told_once(found: Sequence[tuple[Left, Entry]]) -> Ask:
    ordered = sorted(found, key=lambda one: -(number(one[1].get("money")) or 0.0))
    left, first = ordered[0]
    costs = [cost for _, one in found if (cost := number(one.get("money"))) is not None]
    stakes = [stake for _, one in found if (stake := number(detail(one, "money"))) is not None]
    return Ask(
        words=wording.plain(first["sentence"]),
        where=tuple(_why(*one) for one in ordered),
        evidence=wording.plain(text(detail(first, "evidence"))),
        owner=wording.plain(text(detail(first, "owner"))) if len(_owners(found)) < 2 else "an owner in each",
        cost=sum(costs) if costs else None,
        priced=len(costs),
        basis=text(detail(first, "cost_basis")) if len(found) == 1 else "",
        stake=sum(stakes) if stakes else None,
        currency=left.currency,
        sureness=min(number(one.get("value")) or 0.0 for _, one in found),
        sure=text(detail(first, "sureness_is")),
    )


def _owners(found: Iterable[tuple[Left, Entry]]) -> set[str]:
    return {text(detail(one, "owner")) for _, one in found}


def _why(left: Left, ask: Entry) -> At:
    """The way to the slide that answers why: that of the finding which asks."""
    return left.at(left.by_id.get(text(detail(ask, "finding_id"))))
