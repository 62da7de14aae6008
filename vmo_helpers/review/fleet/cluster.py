"""Portfolios on many machines, by Dask distributed: results are files, and a task returns a few bytes.

Where a worker sees the shelf it makes the review there, under a claim. Where it does not, it is given what
earlier reviews said, and returns the finished folder: the client alone publishes then.
"""

from __future__ import annotations

import importlib
import os
import pickle
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from vmo_helpers.review.errors import Refused, ReviewError
from vmo_helpers.review.fleet import parcel
from vmo_helpers.review.fleet.listing import Listed
from vmo_helpers.review.fleet.one import review
from vmo_helpers.review.fleet.told import OF_EXIT, Status, Told
from vmo_helpers.review.running import lifeline
from vmo_helpers.review.shelf import folders, manifest
from vmo_helpers.review.shelf.shelf import Shelf
from vmo_helpers.sources import called

WORKER_SECONDS = 60
TRIES = 10
"""So often a portfolio is asked for whose workers died: three each time, by Dask's own count."""
_SEEN = ".seen-"


@dataclass(frozen=True)
class Errand:
    """What a worker is asked: a portfolio, the client's versions, and how to tell whether it sees the shelf.

    ``past``: what earlier reviews said, for a worker that does not; None until it has said so. ``tries``: how
    often it was asked.
    """

    listed: Listed
    versions: Mapping[str, Any]
    seen: str
    wait: bool = False
    past: bytes | None = None
    tries: int = 1


@dataclass(frozen=True)
class Answer:
    """What a worker returns. ``folder``: the finished review, where the shelf is not its own. ``apart``: it
    does not see the shelf, and needs the past of the portfolio that calls itself ``told.name``."""

    told: Told
    folder: bytes | None = None
    apart: bool = False


class Cluster:
    """The workers of a scheduler."""

    def __init__(self, address: str) -> None:
        """Raises Refused where there is none, or where one of them has other versions."""
        try:
            self.distributed: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise Refused(
                '--scheduler needs Dask distributed: pip install "vmo-workbook[cluster]" (in a checkout: pip '
                'install ".[cluster]")'
            ) from error
        self.versions = manifest.versions()
        try:
            self.client: Any = self.distributed.Client(address, timeout=WORKER_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise Refused(f"--scheduler {address}: no scheduler answers there") from error
        try:
            self.client.wait_for_workers(1, timeout=WORKER_SECONDS)
            found = self.client.run(versions)
        except TimeoutError as error:
            self.close()
            raise Refused(f"--scheduler {address}: no worker has come in {WORKER_SECONDS} s") from error
        except ImportError as error:
            self.close()
            raise Refused(f"--scheduler {address}: a worker there has not this program ({error})") from error
        for worker, theirs in found.items():
            if differs := unlike(self.versions, theirs):
                self.close()
                raise Refused(f"the worker {worker} has other versions than this command: {differs}")

    def close(self) -> None:
        """Leave the scheduler; the workers go on."""
        self.client.close()

    def review(self, listed: Sequence[Listed], ended: Callable[[Told], None], *, wait: bool) -> None:
        """Have the portfolios reviewed, and tell what became of each as it ends. What no worker has begun is
        given up where this is interrupted."""
        with _seen(listed) as seen:
            asked = {self._asked(e := Errand(_absolute(one), self.versions, seen, wait)): e for one in listed}
            under_way = self.distributed.as_completed(list(asked), loop=self.client.loop)
            try:
                for future in under_way:
                    found = self._next(future, asked.pop(future))
                    if isinstance(found, Told):
                        ended(found)
                    else:
                        again = self._asked(found)
                        asked[again] = found
                        under_way.add(again)
            finally:
                self.client.cancel(list(asked))

    def _asked(self, errand: Errand) -> Any:
        name = f"vmo-{errand.listed.id}-{secrets.token_hex(4)}"
        return self.client.submit(run_errand, errand, pure=False, key=name)

    def _next(self, future: Any, errand: Errand) -> Told | Errand:
        """What became of a portfolio; or what is to be asked of a worker next."""
        listed = errand.listed
        if future.status != "finished":
            error = future.exception()
            if errand.tries < TRIES and isinstance(error, self.distributed.KilledWorker):
                return replace(errand, tries=errand.tries + 1)
            return Told(listed.id, listed.name, Status.FAILED, message=f"its worker failed: {error}")
        answer: Answer = future.result()
        shelf, wanted = Shelf(listed.wanted.shelf), listed.wanted
        if answer.apart:
            past = parcel.past(shelf, answer.told.name, wanted.request.streams, wanted.forms)
            return replace(errand, past=past)
        if answer.folder is None:
            return answer.told
        try:
            return parcel.published(answer.told, answer.folder, shelf)
        except ReviewError as error:
            return replace(answer.told, status=OF_EXIT[error.status], review=None, message=str(error))


def _absolute(listed: Listed) -> Listed:
    """As another machine finds it; whom to tell is known here alone."""
    wanted = listed.wanted
    wanted = replace(wanted, request=wanted.request.absolute(), shelf=wanted.shelf.resolve())
    return replace(listed, wanted=wanted, notify=())


def versions() -> Mapping[str, Any]:
    """Those of the process that is asked."""
    return manifest.versions()


def unlike(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """Which versions differ, in words; empty where none does."""
    here, there = (
        {"program": one["program"]["sha256"][:8], "python": one["python"], **one["libraries"]}
        for one in (ours, theirs)
    )
    return ", ".join(
        f"{name} {here.get(name)} here and {there.get(name)} there"
        for name in {**here, **there}
        if here.get(name) != there.get(name)
    )


def run_errand(errand: Errand) -> Answer:
    """On a worker: in a process of its own, for a worker's threads can hear no interrupt, and a review that
    takes all memory must not take the worker's."""
    process = subprocess.Popen(
        lifeline.python_command("vmo_helpers.review.fleet.cluster:serve"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**lifeline.python_environment(), _PARENT: str(os.getpid())},
    )
    said, _ = process.communicate(pickle.dumps(errand))
    if process.returncode:
        why = f"its process ended with {lifeline.ending(process.returncode)}"
        return Answer(Told(errand.listed.id, errand.listed.name, Status.FAILED, message=why))
    answer: Answer = pickle.loads(said)
    return answer


_PARENT = "VMO_PARENT"


def serve() -> None:
    """The main function of that process."""
    lifeline.die_with(int(os.environ.pop(_PARENT)))
    errand: Errand = pickle.load(sys.stdin.buffer)
    with os.fdopen(os.dup(1), "wb") as said:
        os.dup2(2, 1)  # what a library prints must not be taken for the answer
        said.write(pickle.dumps(_answered(errand)))


def _answered(errand: Errand) -> Answer:
    listed = errand.listed
    told = Told(listed.id, listed.name)
    if differs := unlike(errand.versions, manifest.versions()):
        why = f"its worker has other versions than the command: {differs}"
        return Answer(replace(told, status=Status.REFUSED, message=why))
    if (listed.wanted.shelf / errand.seen).exists():
        return Answer(review(listed, errand.wait, False))
    if errand.past is None:
        request = listed.wanted.request
        return Answer(replace(told, name=called(request.data, request.config)), apart=True)
    with folders.scratch() as made:
        shelf = made / "shelf"
        parcel.unpacked(errand.past, shelf)
        known = {one.name for one in Shelf(shelf).reviews()}
        told = review(replace(listed, wanted=replace(listed.wanted, shelf=shelf)), errand.wait, False)
        new = told.review is not None and told.review not in known
        return Answer(told, parcel.packed(shelf / str(told.review)) if new else None)


@contextmanager
def _seen(listed: Sequence[Listed]) -> Iterator[str]:
    """A file on each shelf by which a worker tells that it sees it."""
    name = f"{_SEEN}{secrets.token_hex(8)}"
    places = {one.wanted.shelf.resolve() / name for one in listed}
    try:
        for place in places:
            try:
                folders.write(place, "")
            except OSError:  # a shelf that cannot be written is told of by its portfolios
                continue
        yield name
    finally:
        for place in places:
            place.unlink(missing_ok=True)
