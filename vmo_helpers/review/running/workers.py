"""Work in processes of their own, two at a time; what goes wrong in one ends none of the others, and none
outlives the run."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
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
) -> None:
    """Run the tasks, at most ``at_once`` at the same time, and report each as it ends.

    ``leave`` is called first in each forked process, to let go of what belongs to this one alone. With
    ``nursery`` they are forked from a process that was started for that (``nursery``), and may have workers
    of their own. Whatever ends this function early (an interrupt among them) ends the processes first.
    """
    waiting = list(tasks)
    working: dict[Any, _Worker] = {}
    try:
        while waiting or working:
            while waiting and len(working) < at_once:
                worker = _Worker(waiting.pop(0), leave, nursery)
                working[worker.ours] = worker
            for ready in connection.wait(list(working)):
                done(working.pop(ready).report())
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
    """A process with one task; it sends one message, or ends without one."""

    def __init__(self, task: Task, leave: Callable[[], None], nursery: bool = False) -> None:
        forked = lifeline.FORKS and not nursery
        way = "fork" if forked else "forkserver" if lifeline.FORKS else "spawn"
        context: Any = multiprocessing.get_context(way)
        self.name = task.name
        self.started = time.monotonic()
        self.ours, theirs = context.Pipe(duplex=False)
        arguments = (task, theirs, None if nursery else os.getpid(), leave if forked else None)
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
            result, why, errno = (
                None,
                f"its process ended with {lifeline.ending(self.process.exitcode)}",
                None,
            )
        self.ours.close()
        self.process.join()
        return Report(self.name, result, time.monotonic() - self.started, why, errno)

    def kill(self, patience: float = PATIENCE_SECONDS) -> None:
        """End it: it was asked to, and has so long to tidy."""
        self.process.join(patience)
        self.process.kill()
        self.process.join()
        self.ours.close()


def _work(
    task: Task, ours: connection.Connection, parent: int | None, leave: Callable[[], None] | None
) -> None:
    if leave is not None:
        leave()
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C is for the run, which then ends this process
        lifeline.die_with(os.getppid() if parent is None else parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    log = os.open(task.scratch / f"{task.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.update(lifeline.python_environment({"IPYTHONDIR": str(task.scratch / "ipython")}))
    message: tuple[Any, str | None, int | None]
    try:
        message = task.call(*task.arguments), None, None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told to the run and ends nothing else
        traceback.print_exc()
        text = (
            str(error.strerror or error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        )
        message = None, text, getattr(error, "errno", None)
    ours.send(message)
