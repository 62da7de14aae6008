"""Who is told of one portfolio of many: each as its review ends, while the others are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from vmo_helpers.review.fleet.listing import Listed
from vmo_helpers.review.fleet.told import GOOD, Status, Told
from vmo_helpers.review.notify import Outcome, Word, begun, targets, word_of, word_of_failure
from vmo_helpers.review.shelf.shelf import Shelf


class Notices:
    """The places of each portfolio, and what became of those that were told."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        self._listed = {one.id: one for one in listed}
        self._places = {one.id: targets(one.notify) for one in listed}
        self._under_way: list[tuple[str, Callable[[], list[Outcome]]]] = []

    def tell(self, told: Told) -> None:
        """Begin to tell of a portfolio that has ended; of a review that stood already nobody is told."""
        places = self._places[told.id]
        word = _word(told, self._listed[told.id]) if places else None
        if word is not None:
            self._under_way.append((told.id, begun(word, places, datetime.now(UTC))))

    def ended(self) -> Iterator[tuple[str, Outcome]]:
        """What became of each, ten seconds after the last was begun at the latest."""
        for id, outcomes in self._under_way:
            for outcome in outcomes():
                yield id, outcome


def _word(told: Told, listed: Listed) -> Word | None:
    review = Shelf(listed.wanted.shelf.resolve()).review(told.review) if told.review else None
    if review is not None:
        return word_of(review) if told.new else None
    return None if told.status in {*GOOD, Status.BUSY} else word_of_failure(told.name, told.message or "")
