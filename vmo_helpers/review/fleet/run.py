"""All portfolios of a file: who is run, and what is kept of what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vmo_helpers.review.errors import Interrupted, NotWritable
from vmo_helpers.review.fleet import told
from vmo_helpers.review.fleet.listing import Listed
from vmo_helpers.review.fleet.log import Log
from vmo_helpers.review.fleet.told import Status, Told
from vmo_helpers.review.running import claims
from vmo_helpers.review.shelf.shelf import Shelf


@dataclass(frozen=True)
class Ended:
    """What became of each portfolio, in order; and the files beside the reviews that could not be written."""

    told: tuple[Told, ...]
    unwritten: tuple[str, ...]


class Hands(Protocol):
    """What reviews portfolios: processes of this machine, or workers on many."""

    def review(self, listed: Sequence[Listed], ended: Callable[[Told], None], *, wait: bool) -> None:
        """Review them, and tell what became of each as it ends. ``wait`` as for ``make``."""


def review_all(
    listed: Sequence[Listed], hands: Hands, done: Callable[[Told], None], log: Log, *, only_failed: bool
) -> Ended:
    """Review the portfolios.

    ``done`` is told of each that was run, as it ends. ``only_failed`` leaves those alone that the shelf says
    are done. What became of all stands on the shelf at any moment: a run that is killed leaves as not run
    what it has not come to.
    """
    record = _Record(listed, only_failed)
    asked = [one for one in listed if not record.told[one.id].good]
    log("begun")

    def ended(found: Told) -> None:
        if found.status is not Status.BUSY:
            record.keep(found)
            log.told(found)
            done(found)

    record.write()
    try:
        for wait in (False, True):
            left = [one for one in asked if record.told[one.id].status is Status.NOT_RUN]
            if left:
                hands.review(left, ended, wait=wait)
    except Interrupted:
        log("interrupted")
        raise
    finally:
        record.show()
    log("ended")
    return Ended(tuple(record.told.values()), tuple(record.unwritten.values()))


class _Record:
    """What became of each portfolio, here and on the shelves."""

    def __init__(self, listed: Iterable[Listed], only_failed: bool) -> None:
        self.shelf = {one.id: one.wanted.shelf.resolve() for one in listed}
        before = {shelf: told.read(shelf) for shelf in self.shelf.values()} if only_failed else {}
        self.unwritten: dict[Path, str] = {}
        self.told: dict[str, Told] = {}
        for one in listed:
            last = before.get(self.shelf[one.id], {}).get(one.id)
            self.told[one.id] = last if last and last.good else Told(one.id, one.name)

    def keep(self, one: Told) -> None:
        self.told[one.id] = one
        self._write(self.shelf[one.id])

    def write(self) -> None:
        for shelf in dict.fromkeys(self.shelf.values()):
            self._write(shelf)

    def show(self) -> None:
        """The page of each shelf says it, too."""
        from vmo_helpers.review.pages.index import shelf_page

        for root in dict.fromkeys(self.shelf.values()):
            if root in self.unwritten or not (shelf := Shelf(root)).reviews():
                continue
            try:
                claims.sweep(shelf)  # one that was killed may have put its review there, and kept its claim
                with shelf.locked():
                    shelf.renew_index(shelf_page)
            except NotWritable as error:
                self.unwritten[root] = str(error)

    def _write(self, shelf: Path) -> None:
        """Where that cannot be, the run goes on: other portfolios may go to another shelf."""
        try:
            told.write(shelf, [one for one in self.told.values() if self.shelf[one.id] == shelf])
        except NotWritable as error:
            self.unwritten[shelf] = str(error)
        else:
            self.unwritten.pop(shelf, None)
