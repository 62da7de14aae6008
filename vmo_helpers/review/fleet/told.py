"""What became of each portfolio of a run: a row of the table at its end, and of the file on the shelf."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from vmo_helpers.review.errors import DONE, NOT_WHOLE, OUTPUT_NOT_WRITABLE, UNUSABLE_INPUT, not_writable
from vmo_helpers.review.shelf.shelf import Shelf

PORTFOLIOS = "portfolios.json"
"""The file on the shelf that says what became of each portfolio in the last run over all."""


class Status(StrEnum):
    """What became of a portfolio. ``NOT_RUN``: the run ended before it was its turn."""

    DONE = "done"
    UNCHANGED = "unchanged"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    NOT_WRITTEN = "not written"
    FAILED = "failed"
    NOT_RUN = "not run"
    BUSY = "under way"  # in another run


GOOD = frozenset({Status.DONE, Status.UNCHANGED})
OF_EXIT = {
    DONE: Status.DONE,
    UNUSABLE_INPUT: Status.REFUSED,
    NOT_WHOLE: Status.INCOMPLETE,
    OUTPUT_NOT_WRITABLE: Status.NOT_WRITTEN,
}
_WORST_FIRST = (
    (Status.NOT_WRITTEN, OUTPUT_NOT_WRITABLE),
    (Status.REFUSED, UNUSABLE_INPUT),
    (Status.INCOMPLETE, NOT_WHOLE),
    (Status.FAILED, NOT_WHOLE),
    (Status.NOT_RUN, NOT_WHOLE),
)


@dataclass(frozen=True)
class Told:
    """One portfolio. ``as_of`` is a day, ``review`` the name of its review's folder on the shelf, ``decks``
    how many stand in it (None: the file does not say). ``message`` says why it is not done, all of it.

    ``new``: this run put the review there. ``events`` are those of its notebooks, for the log.
    """

    id: str
    name: str
    status: Status = Status.NOT_RUN
    as_of: str | None = None
    review: str | None = None
    decks: int | None = 0
    seconds: float = 0.0
    message: str | None = None
    new: bool = False
    events: tuple[dict[str, Any], ...] = ()

    @property
    def good(self) -> bool:
        return self.status in GOOD

    @property
    def sentence(self) -> str | None:
        """The first of what the message says."""
        if not self.message:
            return None
        first, *more = [line.strip() for line in self.message.splitlines() if line.strip()]
        return f"{first.rstrip('.:')}: {more[0]}" if more else first

    def as_json(self) -> dict[str, Any]:
        """As the file on the shelf says it."""
        return {
            "id": self.id,
            "name": self.name,
            "status": str(self.status),
            "as_of": self.as_of,
            "review": self.review,
            "seconds": round(self.seconds, 3),
            "message": self.sentence,
        }


def exit_status(told: Iterable[Told]) -> int:
    """That of the run: the shelf's fault before the data's, that before a review that is not whole."""
    found = {one.status for one in told}
    return next((status for name, status in _WORST_FIRST if name in found), DONE)


def write(shelf: Path, told: Iterable[Told]) -> None:
    """Replace the file of a shelf. Raises NotWritable."""
    try:
        text = json.dumps({"portfolios": [one.as_json() for one in told]}, ensure_ascii=False, indent=1)
        Shelf(shelf).put(PORTFOLIOS, text + "\n")
    except OSError as error:
        raise not_writable(f"{PORTFOLIOS} could not be written to {shelf}", error) from error


def read(shelf: Path) -> dict[str, Told]:
    """What the file of a shelf says, by id; nothing where there is none or it cannot be read."""
    try:
        entries = json.loads((shelf / PORTFOLIOS).read_text(encoding="utf-8"))["portfolios"]
        return {
            one["id"]: Told(
                one["id"],
                one["name"],
                Status(one["status"]),
                one["as_of"],
                one["review"],
                decks=None,
                seconds=one["seconds"],
                message=one["message"],
            )
            for one in entries
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}
