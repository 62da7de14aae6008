"""`vmo review --all` killed at some instant, and what must be true of the same command after it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.review import many, small
from vmo_helpers.review.fleet.told import PORTFOLIOS
from vmo_helpers.review.shelf.shelf import INDEX, LOCK, Shelf

HANG_SECONDS = 300.0
GONE_SECONDS = 20.0
KINDS = ("the command", "a helper of it", "a portfolio", "a worker", "a kernel")
"""What is killed, by how many processes stand between it and the command."""


@dataclass(frozen=True)
class Killed:
    """One kill: of what kind of process, after how many seconds, the status of that run, and what was wrong
    after it and after the same command."""

    kind: str
    after: float
    status: int
    wrong: tuple[str, ...]


class Place:
    """Two portfolios, a small notebook, and a temporary folder that nobody else uses."""

    def __init__(self, folder: Path) -> None:
        self.folder = many.place(folder, *many.GOOD)
        self.shelf = folder / "shelf"
        (folder / "tmp").mkdir()
        started = time.monotonic()
        first = command(folder)
        assert first.returncode == 0, first.stderr
        self.seconds = time.monotonic() - started
        self.expected = self._content()

    def kills(self, count: int, chosen: random.Random) -> Iterator[Killed]:
        """So many kills, each of a run of its own at a random instant of it."""
        while count:
            found = self._killed(chosen, chosen.uniform(0, self.seconds))
            if found is None:
                self.seconds *= 0.95  # the machine has less to do than it had
                continue
            count -= 1
            yield found

    def two_at_once(self, later: float) -> list[str]:
        """What is wrong after two such commands on one shelf, the second so many seconds later."""
        shutil.rmtree(self.shelf, ignore_errors=True)
        first = _started(self.folder)
        time.sleep(later)
        runs = [first, _started(self.folder)]
        said = [run.communicate(timeout=HANG_SECONDS) for run in runs]
        ended = [(run.returncode, why) for run, (_, why) in zip(runs, said, strict=True)]
        made = sum(many.row(out, id)[2] == "done" for out, _ in said for id in many.GOOD if out)
        return [
            *(f"one ended with {status}: {why}" for status, why in ended if status or "Traceback" in why),
            *([] if made == len(many.GOOD) else [f"{made} reviews were made"]),
            *left(self.folder),
            *self._unlike(),
        ]

    def _killed(self, chosen: random.Random, after: float) -> Killed | None:
        """None where the run had ended before."""
        shutil.rmtree(self.shelf, ignore_errors=True)
        run = _started(self.folder)
        time.sleep(after)
        levels = _family(run.pid)
        if run.poll() is not None:
            run.communicate()
            return None
        generation = chosen.randrange(len(levels))
        with contextlib.suppress(psutil.NoSuchProcess):
            chosen.choice(levels[generation]).send_signal(signal.SIGKILL)
        wrong = list(self._wrong(run, [one for level in levels for one in level]))
        return Killed(KINDS[min(generation, len(KINDS) - 1)], after, run.returncode, tuple(wrong))

    def _wrong(self, run: subprocess.Popen[str], family: Sequence[psutil.Process]) -> Iterator[str]:
        try:
            _, said = run.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            said = run.communicate()[1] + "it did not end"
        if run.returncode not in (0, -signal.SIGKILL) or "Traceback" in said:
            yield f"the run ended with {run.returncode}: {said}"
        _, alive = psutil.wait_procs(family, timeout=GONE_SECONDS)
        for one in alive:
            yield f"process {one.pid} outlives the run"
            one.kill()
        again = command(self.folder)
        if again.returncode:
            yield f"the same command ended with {again.returncode}: {again.stderr}"
        yield from left(self.folder)
        yield from self._unlike()

    def _content(self) -> dict[str, dict[str, str]]:
        """What each review of the shelf says that it wrote, by its name."""
        return {review.name: review.manifest["output"] for review in Shelf(self.shelf).reviews()}

    def _unlike(self) -> Iterator[str]:
        found = self._content()
        for name in sorted(found.keys() ^ self.expected.keys()):
            yield f"{name} is {'there' if name in found else 'not there'}"
        for name in sorted(found.keys() & self.expected.keys()):
            if found[name] != self.expected[name]:
                yield f"{name} says otherwise"
        yield from (
            f"{review.name} is not as it was written"
            for review in Shelf(self.shelf).reviews()
            if not review.is_as_written()
        )
        yield from (
            f"{name} is not there" for name in (INDEX, PORTFOLIOS) if not (self.shelf / name).is_file()
        )


def command(place: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The command to its end."""
    run = _started(place, *more)
    said, why = run.communicate(timeout=HANG_SECONDS)
    return subprocess.CompletedProcess(run.args, run.returncode, said, why)


def left(place: Path) -> list[str]:
    """What lies hidden on the shelf, and in the temporary folder."""
    hidden = [path for path in (place / "shelf").iterdir() if path.name.startswith(".")]
    return sorted(
        f"{path.parent.name}/{path.name} is left"
        for path in [*hidden, *(place / "tmp").iterdir()]
        if path.name != LOCK
    )


def _started(place: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        small.command(*many.arguments(place, "--quiet", *more)),
        env=small.environment(TMPDIR=str(place / "tmp")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _family(process: int) -> list[list[psutil.Process]]:
    """A process, then all that it started, then all that these did, and so on."""
    levels = []
    with contextlib.suppress(psutil.NoSuchProcess):
        level = [psutil.Process(process)]
        while level:
            levels.append(level)
            level = [child for one in level for child in _children(one)]
    return levels


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.NoSuchProcess:
        return []
