"""`vmo review --all`: from a file of portfolios to the table of what became of each."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vmo_helpers.cli.telling import notify, say
from vmo_helpers.contract.problems import counted, printable
from vmo_helpers.review.errors import OUTPUT_NOT_WRITABLE, Refused
from vmo_helpers.review.running.progress import Progress

if TYPE_CHECKING:
    from vmo_helpers.review.fleet.listing import Listed
    from vmo_helpers.review.fleet.run import Hands
    from vmo_helpers.review.fleet.told import Told
    from vmo_helpers.review.make.job import Wanted
    from vmo_helpers.review.notify import Target, Word

ONLY = {"workers": "--workers", "scheduler": "--scheduler", "only_failed": "--only-failed", "log": "--log"}
"""What goes with --all alone."""
_HEADER = ("portfolio", "as of", "status", "decks", "seconds", "where")


def add_all(parser: argparse.ArgumentParser) -> None:
    """The options of a review of many portfolios."""
    parser.add_argument(
        "--all", metavar="FILE", help="instead of DATA: review every portfolio of a portfolios.toml"
    )
    parser.add_argument(
        "--workers",
        metavar="N",
        type=_workers,
        help="with --all: how many portfolios at once (default: one a processor)",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="with --all: on the workers of a Dask scheduler, as tcp://host:8786",
    )
    parser.add_argument(
        "--only-failed",
        action="store_true",
        help="with --all: leave those alone that the shelf says are done",
    )
    parser.add_argument("--log", metavar="FILE", help="with --all: append lines of JSON, one an event")


def run_all(given: argparse.Namespace, said: Wanted, places: Sequence[Target]) -> int:
    """Review them all, and tell of the whole run; the exit status.

    ``said`` is what the command line says of every one of them.
    """
    from vmo_helpers.review.fleet import listing, run, told
    from vmo_helpers.review.fleet.log import Log
    from vmo_helpers.review.fleet.notices import Notices
    from vmo_helpers.review.make.making import checked

    if given.data:
        raise Refused("name DATA or --all FILE, not both")
    if given.workers and given.scheduler:
        raise Refused("--workers are those of this machine; with --scheduler the cluster has its own")
    checked(said)
    listed = listing.alone([_as_said(one, said, given) for one in listing.read(Path(given.all))])
    progress = Progress(quiet=given.quiet)
    log, notices = Log(Path(given.log) if given.log else None), Notices(listed)

    def done(one: Told) -> None:
        notices.tell(one)
        _progress(progress, one)

    with _hands(given) as hands:
        ended = run.review_all(listed, hands, done, log, only_failed=given.only_failed)
    shelves = {one.id: one.wanted.shelf for one in listed}
    lines = [*_table(ended.told, shelves), *_summed_up(ended.told)]
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
    for why in ended.unwritten:
        sys.stderr.write(f"vmo: {printable(why)}\n")
    for id, outcome in notices.ended():
        say([outcome], id)
        log.noticed(outcome, id)
    if places:
        for outcome in notify(_word(ended.told, listed[0].wanted.shelf), places):
            log.noticed(outcome)
    return OUTPUT_NOT_WRITABLE if ended.unwritten else told.exit_status(ended.told)


@contextmanager
def _hands(given: argparse.Namespace) -> Iterator[Hands]:
    """What reviews the portfolios; Dask is imported only where it is asked for."""
    if not given.scheduler:
        from vmo_helpers.review.fleet.machine import Machine

        yield Machine(given.workers or os.cpu_count() or 1)
        return
    from vmo_helpers.review.fleet.cluster import Cluster

    cluster = Cluster(given.scheduler)
    try:
        yield cluster
    finally:
        cluster.close()


def _as_said(one: Listed, said: Wanted, given: argparse.Namespace) -> Listed:
    """A portfolio as the file has it, but for what the command line says of all."""
    asked = one.wanted
    wanted = replace(
        asked,
        request=asked.request.but_for(said.request),
        shelf=said.shelf if given.out else asked.shelf,
        notebooks=said.notebooks or asked.notebooks,
        folder=said.folder if given.notebook_folder else asked.folder,
        timeout=said.timeout if given.timeout else asked.timeout,
        forms=said.forms if said.forms or said.forms.to else asked.forms,
    )
    return replace(one, wanted=wanted)


def _word(told: Sequence[Told], shelf: Path) -> Word:
    """What is told of the run; its place is the page of the first portfolio's shelf."""
    from vmo_helpers.review.across.conclusion import conclusion_of
    from vmo_helpers.review.notify import word_of_shelf
    from vmo_helpers.review.shelf.shelf import Shelf

    bad = tuple(one.id for one in told if not one.good)
    done = f"{len(told) - len(bad)} of {counted(len(told), 'portfolio')} are reviewed"
    headline = ". ".join(filter(None, [conclusion_of(Shelf(shelf).reviews()[::-1]), done]))
    return word_of_shelf(shelf, max((one.as_of or "" for one in told), default=""), headline, bad)


def _progress(progress: Progress, one: Told) -> None:
    if one.good:
        progress.done(f"{one.id}: as of {one.as_of}, {one.status} in {one.seconds:.1f} s")
        return
    first, *more = (one.message or "").splitlines() or [""]
    progress.failed(f"{one.id}: {one.status}: {first}")
    for line in more:
        progress.note(f"  {line}")


def _table(told: Iterable[Told], shelves: dict[str, Path]) -> list[str]:
    rows = [_HEADER, *(_row(one, shelves[one.id]) for one in told)]
    wide = [max(len(row[place]) for row in rows) for place in range(len(_HEADER) - 1)]
    return [_aligned(row, wide) for row in rows]


def _row(one: Told, shelf: Path) -> tuple[str, ...]:
    where = os.path.join(shelf, one.review, "index.html") if one.review else one.sentence or ""  # noqa: PTH118
    return (
        one.id,
        one.as_of or "unknown",
        str(one.status),
        "–" if one.decks is None else str(one.decks),
        f"{one.seconds:.1f}",
        where,
    )


def _aligned(row: Sequence[str], wide: Sequence[int]) -> str:
    """Numbers to the right, all else to the left; the last column is as long as it is."""
    cells = [
        cell.rjust(width) if place in (3, 4) else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, wide, strict=False))
    ]
    return "  ".join([*cells, row[-1]]).rstrip()


def _summed_up(told: Sequence[Told]) -> list[str]:
    bad = [one.id for one in told if not one.good]
    if not bad:
        return []
    return [
        f"{len(bad)} of {counted(len(told), 'portfolio')} not done: {', '.join(bad)}. The same command with "
        "--only-failed tries them again."
    ]


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes from 1 to 256")
    return int(text)
