"""Work in processes of their own, two at a time; what goes wrong in one ends none of the others, and none
outlives the run."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import sys
import tempfile
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
STARTS, START_SECONDS = 20, 0.1
"""So often a process is asked of a nursery that was killed meanwhile, with a pause; then there is another."""
_WITHOUT_A_WORD = 255
"""The exit code of a process from a nursery that was killed, as multiprocessing has it."""
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
    OSError. ``killed``: its process was, by somebody or for want of memory."""

    name: str
    result: Any
    why: str | None = None
    errno: int | None = None
    seconds: float = 0.0
    killed: bool = False


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
    each task has its own. A task whose process was killed is done once more, from its beginning.

    ``leave`` is called first in each forked process, to let go of what belongs to this one alone. With
    ``nursery`` they are forked from a process that was started for that (``nursery``), and may have workers
    of their own. Whatever ends this function early (an interrupt among them) ends the processes first.
    """
    waiting = list(tasks)
    working: dict[Any, _Worker] = {}
    again: set[str] = set()
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
                if report.killed and report.name not in again:
                    again.add(report.name)
                    waiting.insert(0, worker.task)
                    worker.close()
                    continue
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
        self.task, self.goes_on = task, goes_on
        self.started = time.monotonic()
        self.ours, theirs = context.Pipe(duplex=goes_on)
        parent = None if nursery else os.getpid()
        arguments = (task, theirs, parent, leave if way == "fork" else None, goes_on)
        self.process = _begun(
            lambda: context.Process(target=_work, args=arguments, name=f"vmo {task.name}", daemon=not nursery)
        )
        self.nursery = way == "forkserver"
        theirs.close()

    def report(self) -> Report:
        """Its message; where it ended without one, that it did."""
        seconds = time.monotonic() - self.started
        try:
            result, why, errno = self.ours.recv()
            return Report(self.task.name, result, why, errno, seconds)
        except (EOFError, OSError):  # the latter: half a message, or its next task unread
            self.process.join()
        self.goes_on = False
        code = self.process.exitcode
        killed = code == -signal.SIGKILL or (self.nursery and code == _WITHOUT_A_WORD)
        why = f"its process ended with {lifeline.ending(-signal.SIGKILL if killed else code)}"
        return Report(self.task.name, None, why, seconds=seconds, killed=killed)

    def take(self, task: Task) -> None:
        """Its next task."""
        self.task, self.started = task, time.monotonic()
        with contextlib.suppress(ConnectionError):  # it has ended since; its report says how
            self.ours.send(task)

    def close(self) -> None:
        """Let it end: it has nothing more to do."""
        if self.goes_on:
            with contextlib.suppress(ConnectionError):
                self.ours.send(None)
        self.ours.close()
        self.process.join()

    def ended(self, why: str) -> Report:
        """That it was ended, and why."""
        self.kill(patience=0)
        return Report(self.task.name, None, why, seconds=time.monotonic() - self.started)

    def kill(self, patience: float = PATIENCE_SECONDS) -> None:
        """End it: it was asked to, and has so long to tidy."""
        self.process.join(patience)
        self.process.kill()
        self.process.join()
        self.ours.close()


def _begun(process: Callable[[], Any]) -> Any:
    """A process that has been started."""
    for _ in range(STARTS - 1):
        begun = process()
        with contextlib.suppress(EOFError, ConnectionError):  # its nursery was killed
            begun.start()
            return begun
        time.sleep(START_SECONDS)  # until the system says that it has ended
    begun = process()
    begun.start()
    return begun


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
    tempfile.tempdir = temporary = str(task.scratch)  # gone with the run, even where this process is killed
    own = {"IPYTHONDIR": str(task.scratch / "ipython"), "TMPDIR": temporary}
    os.environ.update(lifeline.python_environment(own))
    try:
        return task.call(*task.arguments), None, None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told to the run and ends nothing else
        traceback.print_exc()
        text = (
            str(error.strerror or error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        )
        return None, text, getattr(error, "errno", None)
