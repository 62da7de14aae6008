"""The portfolios of a shelf: of each the newest review that can be believed, in the order in which they need
a leader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vmo_helpers.review.across.left import Left, number, read
from vmo_helpers.review.shelf.shelf import Review


@dataclass(frozen=True)
class Portfolio:
    """One portfolio. ``reviews`` are those of its newest one's kind, ``apart`` those of other selections of
    streams, both newest first; ``skipped``: why newer ones than ``left`` are not believed."""

    left: Left
    reviews: tuple[Review, ...]
    apart: tuple[Review, ...]
    skipped: tuple[str, ...]


def grouped(reviews: Sequence[Review]) -> list[list[Review]]:
    """The reviews by portfolio and selection of streams; what is of one portfolio stands together.

    ``reviews``: newest first. Portfolios stand in the order of their newest as-of, then by name.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Review]] = {}
    for review in reviews:
        groups.setdefault(
            (str(review.manifest["portfolio"]), tuple(sorted(review.manifest["parameters"]["streams"]))), []
        ).append(review)
    newest = {
        name: max(several[0].manifest["as_of"] for of, several in groups.items() if of[0] == name)
        for name, _ in groups
    }
    by_name = sorted(groups.items())
    by_day = sorted(by_name, key=lambda group: group[1][0].manifest["as_of"], reverse=True)
    portfolios = sorted(sorted(newest), key=lambda name: newest[name], reverse=True)
    return [several for name in portfolios for of, several in by_day if of[0] == name]


def portfolios(groups: Sequence[Sequence[Review]]) -> list[Portfolio]:
    """One for each name, of all its streams; where there is none of all, one for each selection of streams.

    ``groups``: the reviews of each portfolio and selection, newest first. Those with most places that fail
    come first, then those where waiting costs most, where all count in one currency.
    """
    by_name: dict[str, list[Sequence[Review]]] = {}
    for group in groups:
        by_name.setdefault(str(group[0].manifest["portfolio"]), []).append(group)
    found = []
    for own in by_name.values():
        whole = [group for group in own if not group[0].manifest["parameters"]["streams"]]
        for group in whole or own:
            apart = [review for other in own if whole and other is not group for review in other]
            found.append(_portfolio(group, apart))
    one_currency = len({one.left.currency for one in found if one.left.asked is not None}) < 2
    return sorted(found, key=lambda one: _order(one.left, one_currency))


def _portfolio(reviews: Sequence[Review], apart: Sequence[Review]) -> Portfolio:
    skipped: list[str] = []
    for review in reviews:
        left = read(review)
        if left.why is None:
            return Portfolio(left, tuple(reviews), tuple(apart), tuple(skipped))
        skipped.append(f"{review.name}: {left.why}")
    return Portfolio(read(reviews[0]), tuple(reviews), tuple(apart), tuple(skipped))


def _order(left: Left, one_currency: bool) -> tuple[object, ...]:
    cost = number(left.asked.get("money")) if one_currency and left.asked is not None else None
    return -len(left.failing), cost is None, -(cost or 0.0), left.name
