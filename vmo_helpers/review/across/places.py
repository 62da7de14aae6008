"""Streams and goals: those of one portfolio, and those that several share, joined by their id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vmo_helpers.results.judged import PORTFOLIO
from vmo_helpers.review.across import rules
from vmo_helpers.review.across.left import At, Left
from vmo_helpers.style import wording

AGAINST, FOR, UNKNOWN = "against", "for", "unknown"
_KINDS = {"value stream": 0, "goal": 1}


@dataclass(frozen=True)
class Place:
    """A stream or goal of one portfolio. ``signs``: what each family says of it; ``words``: what the first
    that is against it says; ``fails``: by the executive page's rule."""

    place_id: str
    name: str
    kind: str
    signs: Mapping[str, str]
    words: str
    fails: bool
    at: At


@dataclass(frozen=True)
class Shared:
    """A stream or goal that several portfolios have. ``signs``: of each family, in how many of them it says
    what."""

    name: str
    kind: str
    places: tuple[Place, ...]
    signs: Mapping[str, Mapping[str, int]]

    @property
    def against(self) -> int:
        """How many signs are against it, over all families and portfolios."""
        return sum(told.get(AGAINST, 0) for told in self.signs.values())

    @property
    def disagree(self) -> tuple[str, ...]:
        """The families that are against it in one portfolio and for it in another."""
        return tuple(family for family, told in self.signs.items() if told.get(AGAINST) and told.get(FOR))


def places(left: Left) -> list[Place]:
    """The streams of a portfolio, then its top goals; those that fail first, then those with most against
    them."""
    failing = {str(one["subject"]) for one in left.failing}
    of_each: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in left.signs:
        of_each.setdefault((row.get("kind", ""), row.get("place_id", "")), []).append(row)
    found = [
        Place(
            place_id,
            wording.clipped(wording.plain(rows[0].get("place", place_id)), 80),
            kind,
            {row.get("family", ""): row.get("sign", UNKNOWN) for row in rows},
            wording.plain(next((row.get("words", "") for row in rows if row.get("sign") == AGAINST), "")),
            place_id in failing,
            left.at(left.by_id.get(f"{rules.COMPARED}:{PORTFOLIO}")),
        )
        for (kind, place_id), rows in of_each.items()
    ]
    return sorted(found, key=lambda one: (_KINDS.get(one.kind, 2), not one.fails, -_against(one), one.name))


def shared(lefts: Iterable[Left]) -> tuple[list[Shared], list[tuple[Place, ...]]]:
    """Streams and goals of the same kind, id and name in several portfolios, most against them first; and
    those of one kind and id that bear different names, which are not joined."""
    of_id: dict[tuple[str, str], list[Place]] = {}
    for left in lefts:
        for place in places(left):
            of_id.setdefault((place.kind, place.place_id), []).append(place)
    several = [found for found in of_id.values() if len(found) > 1]
    alike = [found for found in several if len({one.name.casefold() for one in found}) == 1]
    joined = sorted(
        (_joined(found) for found in alike), key=lambda one: (-one.against, -len(one.places), one.name)
    )
    return joined, [tuple(found) for found in several if found not in alike]


def families(found: Iterable[Place]) -> list[str]:
    """The families of sign, in the order in which the reviews name them."""
    return list(dict.fromkeys(family for place in found for family in place.signs))


def signs(found: Sequence[Place]) -> dict[str, Counter[str]]:
    """Of each family, in how many of the places it says what."""
    return {
        family: Counter(place.signs.get(family, UNKNOWN) for place in found) for family in families(found)
    }


def _joined(found: list[Place]) -> Shared:
    return Shared(found[0].name, found[0].kind, tuple(found), signs(found))


def _against(place: Place) -> int:
    return sum(sign == AGAINST for sign in place.signs.values())
