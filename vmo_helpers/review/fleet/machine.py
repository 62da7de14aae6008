"""Portfolios on this machine, several at once, each forked from a process that has every import done."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import util
from pathlib import Path

from vmo_helpers.review.errors import not_writable
from vmo_helpers.review.fleet.listing import Listed
from vmo_helpers.review.fleet.one import review, unchanged
from vmo_helpers.review.fleet.told import Status, Told
from vmo_helpers.review.running import workers
from vmo_helpers.review.running.lifeline import FORKS, python_environment
from vmo_helpers.review.shelf import folders

WARM = "vmo_helpers.review.fleet.warm"
_AFTER_ITS_OWN = -200
"""When this process tidies: multiprocessing takes its own folder away at -100."""
_kept = contextlib.ExitStack()
"""Here, for a forked process forgets what else would hold it, and would tidy then."""


class Machine:
    """At most ``at_once`` processes at the same time."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once

    def review(self, listed: Sequence[Listed], ended: Callable[[Told], None], *, wait: bool) -> None:
        """Review the portfolios, and tell what became of each as it ends. Raises NotWritable where there is
        no temporary folder."""
        names = {one.id: one.name for one in listed}

        def told(report: workers.Report) -> None:
            dead = Told(
                report.name, names[report.name], Status.FAILED, seconds=report.seconds, message=report.why
            )
            ended(report.result or dead)

        with _scratch() as scratch:
            left = self._changed(listed, ended, scratch)
            tasks = [workers.Task(one.id, review, (one, wait, FORKS), scratch) for one in left]
            if tasks:
                with _nursery():
                    workers.run(tasks, told, leave=_nothing, at_once=self.at_once, nursery=True)

    def _changed(
        self, listed: Sequence[Listed], ended: Callable[[Told], None], scratch: Path
    ) -> list[Listed]:
        """Those whose review does not stand; the others are told of. To find that out takes no nursery, which
        needs seconds."""
        stands: set[str] = set()

        def found(report: workers.Report) -> None:
            if report.result is not None:
                stands.add(report.name)
                ended(report.result)

        tasks = [workers.Task(one.id, unchanged, (one,), scratch) for one in listed]
        workers.run(tasks, found, leave=_nothing, at_once=self.at_once, kept=True)
        return [one for one in listed if one.id not in stands]


@contextlib.contextmanager
def _nursery() -> Iterator[None]:
    """The environment of a nursery that is started in the block, as of every process of a review; and the
    place of its socket, which the next run sweeps where this one is killed."""
    before, temporary = dict(os.environ), tempfile.tempdir
    tempfile.tempdir = str(_cradle())
    os.environ.update(python_environment({"PYTHONSAFEPATH": "1"}))
    if FORKS:
        multiprocessing.get_context("forkserver").set_forkserver_preload([WARM])
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        tempfile.tempdir = temporary


@functools.cache
def _cradle() -> Path:
    """A folder that stays as long as this process, as its nursery does."""
    util.Finalize(None, _kept.close, exitpriority=_AFTER_ITS_OWN)
    return _kept.enter_context(_scratch())


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(folders.scratch())
        except OSError as error:
            raise not_writable("The system's temporary folder cannot be written to", error) from error
        yield folder


def _nothing() -> None:
    """A process from the nursery has nothing of this one."""
