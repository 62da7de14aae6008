"""Work in processes of their own, two at a time; what goes wrong in one ends none of the others, and none
outlives the run."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import Any

from vmo_helpers.review.running import lifeline

AT_ONCE = 2
PATIENCE_SECONDS = 10.0
PAGE_SECONDS = 600.0
"""For a page, or a form of one: they take seconds."""
_THREADED = "vl_convert"
"""Where it is loaded nothing is forked: it draws in a thread of its own, and a forked process has none."""


@dataclass(frozen=True)
class Task:
    """One piece of work: ``call(*arguments)`` in a process whose output goes to a log in the scratch
    folder."""

    name: str
    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    scratch: Path


@dataclass(frozen=True)
class Report:
    """What a task returned; or, in ``why``, what ended it. ``errno`` is the system's number where that was an
    OSError."""

    name: str
    result: Any
    seconds: float
    why: str | None = None
    errno: int | None = None


def run(
    tasks: Iterable[Task],
    done: Callable[[Report], None],
    *,
    leave: Callable[[], None],
    at_once: int = AT_ONCE,
    nursery: bool = False,
    kept: bool = False,
    seconds: float = math.inf,
) -> None:
    """Run the tasks, at most ``at_once`` at the same time, and report each as it ends; one that takes longer
    than ``seconds`` is ended.

    With ``kept`` a process that has done one task takes the next (what it has loaded serves that, too); else
    each task has its own.

    ``leave`` is called first in each forked process, to let go of what belongs to this one alone. With
    ``nursery`` they are forked from a process that was started for that (``nursery``), and may have workers
    of their own. Whatever ends this function early (an interrupt among them) ends the processes first.
    """
    waiting = list(tasks)
    working: dict[Any, _Worker] = {}
    try:
        while waiting or working:
            while waiting and len(working) < at_once:
                worker = _Worker(waiting.pop(0), leave, nursery, kept)
                working[worker.ours] = worker
            soonest = min(worker.started for worker in working.values()) + seconds
            left = None if soonest == math.inf else max(0.0, soonest - time.monotonic())
            for ready in connection.wait(list(working), left):
                worker = working.pop(ready)
                report = worker.report()
                if waiting and worker.goes_on:
                    worker.take(waiting.pop(0))
                    working[ready] = worker
                else:
                    worker.close()
                done(report)
            for over in [one for one in working.values() if time.monotonic() - one.started > seconds]:
                done(working.pop(over.ours).ended(f"it took longer than {seconds:g} s"))
    finally:
        for worker in working.values():
            worker.process.terminate()  # what has something to tidy does so
        for worker in working.values():
            worker.kill()


@contextlib.contextmanager
def beside(task: Task, leave: Callable[[], None]) -> Iterator[None]:
    """A task that goes on beside a block and is ended with it."""
    worker = _Worker(task, leave)
    try:
        yield
    finally:
        worker.kill(patience=0)


class _Worker:
    """A process with one task at a time; it sends one message for each, or ends without one."""

    def __init__(
        self, task: Task, leave: Callable[[], None], nursery: bool = False, goes_on: bool = False
    ) -> None:
        forks = lifeline.FORKS and _THREADED not in sys.modules
        way = "forkserver" if nursery and lifeline.FORKS else "fork" if forks else "spawn"
        context: Any = multiprocessing.get_context(way)
        self.name, self.goes_on = task.name, goes_on
        self.started = time.monotonic()
        self.ours, theirs = context.Pipe(duplex=goes_on)
        parent = None if nursery else os.getpid()
        arguments = (task, theirs, parent, leave if way == "fork" else None, goes_on)
        self.process = context.Process(
            target=_work, args=arguments, name=f"vmo {task.name}", daemon=not nursery
        )
        self.process.start()
        theirs.close()

    def report(self) -> Report:
        """Its message; where it ended without one, that it did."""
        try:
            result, why, errno = self.ours.recv()
        except EOFError:
            self.process.join()
            result, errno = None, None
            why = f"its process ended with {lifeline.ending(self.process.exitcode)}"
            self.goes_on = False
        return Report(self.name, result, time.monotonic() - self.started, why, errno)

    def take(self, task: Task) -> None:
        """Its next task."""
        self.name, self.started = task.name, time.monotonic()
        with contextlib.suppress(BrokenPipeError):  # it has ended since; its report says how
            self.ours.send(task)

    def close(self) -> None:
        """Let it end: it has nothing more to do."""
        if self.goes_on:
            with contextlib.suppress(BrokenPipeError):
                self.ours.send(None)
        self.ours.close()
        self.process.join()

    def ended(self, why: str) -> Report:
        """That it was ended, and why."""
        self.kill(patience=0)
        return Report(self.name, None, time.monotonic() - self.started, why)

    def kill(self, patience: float = PATIENCE_SECONDS) -> None:
        """End it: it was asked to, and has so long to tidy."""
        self.process.join(patience)
        self.process.kill()
        self.process.join()
        self.ours.close()


def _work(
    task: Task,
    ours: connection.Connection,
    parent: int | None,
    leave: Callable[[], None] | None,
    goes_on: bool,
) -> None:
    if leave is not None:
        leave()
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C is for the run, which then ends this process
        lifeline.die_with(os.getppid() if parent is None else parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    ours.send(_done(task))
    while goes_on and (after := ours.recv()) is not None:
        ours.send(_done(after))


def _done(task: Task) -> tuple[Any, str | None, int | None]:
    """What a task returned; or what ended it, and the system's number for that."""
    log = os.open(task.scratch / f"{task.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.update(lifeline.python_environment({"IPYTHONDIR": str(task.scratch / "ipython")}))
    try:
        return task.call(*task.arguments), None, None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told to the run and ends nothing else
        traceback.print_exc()
        text = (
            str(error.strerror or error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        )
        return None, text, getattr(error, "errno", None)
