"""Seconds and peak memory of whole commands, as the operating system counts them; two sides in turn, so that
both meet the same machine."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

TIMES = 5

Result = TypeVar("Result")


@dataclass(frozen=True)
class Sample:
    """One run: wall seconds, processor seconds of it and all it started, and the largest process's peak in
    megabytes."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Side:
    """One side of a comparison. ``command`` is asked anew for each run, because a review goes to a new shelf
    each time.

    ``inside``: the command measures its own work and prints it as JSON with "seconds"; the start of Python
    and its imports are then outside of the time (the memory is of the whole process all the same).
    """

    name: str
    command: Callable[[], Sequence[str]]
    environment: Mapping[str, str] | None = None
    inside: bool = False


@dataclass(frozen=True)
class Row:
    """A side measured: medians over the runs."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    runs: tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """One number beside what is asked of it; ``asked`` None: printed only."""

    what: str
    measured: float
    asked: float | None = None
    at_least: bool = True

    @property
    def met(self) -> bool:
        return self.asked is None or (
            self.measured >= self.asked if self.at_least else self.measured <= self.asked
        )

    def __str__(self) -> str:
        sign = (
            ""
            if self.asked is None
            else f"  {'≥' if self.at_least else '≤'} {self.asked:g}  {'met' if self.met else 'MISSED'}"
        )
        return f"  {self.what:<68}{self.measured:8.3f}{sign}"


def attempted(part: str, measure: Callable[[], Result]) -> Result | None:
    """What a part gives. None where it fails: its error is printed, and the parts after it are measured all
    the same."""
    try:
        return measure()
    except Exception:  # noqa: BLE001  whatever it is, it concerns this part alone
        print(f"\n{part}: NOT MEASURED\n{traceback.format_exc()}", flush=True)
        return None


def sample(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, inside: bool = False
) -> Sample:
    """Run a command; one that fails raises what it said."""
    started = time.perf_counter()
    process = subprocess.Popen(
        list(command),
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}:\n{said}")
    if inside:
        seconds = float(json.loads(said.splitlines()[-1])["seconds"])
    scale = 1 if sys.platform == "darwin" else 1024
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 1e6)


def in_turn(sides: Sequence[Side], times: int = TIMES, *, warm_up: bool = True) -> list[Row]:
    """Each side ``times`` times, in turn, after one run of each that does not count."""
    samples: dict[str, list[Sample]] = {side.name: [] for side in sides}
    for turn in range(-1 if warm_up else 0, times):
        for side in sides:
            one = sample(side.command(), side.environment, inside=side.inside)
            if turn >= 0:
                samples[side.name].append(one)
    return [_row(name, found) for name, found in samples.items()]


def _row(name: str, samples: Sequence[Sample]) -> Row:
    return Row(
        name,
        statistics.median(one.seconds for one in samples),
        statistics.median(one.cpu_seconds for one in samples),
        statistics.median(one.peak_mb for one in samples),
        tuple(round(one.seconds, 2) for one in samples),
    )


def python() -> str:
    """The Python that runs the benchmark: both sides use it."""
    return str(Path(sys.executable))


def judged(
    names: Sequence[str],
    parts: Mapping[str, tuple[str, Callable[[], list[Line]]]],
    results: Path,
    absent: Mapping[str, str],
) -> int:
    """Runs the parts named (none: all), prints what was asked and measured, keeps the results; 1 when one is
    missed or could not be measured, after all have run. ``absent``: why a part is skipped."""
    kept = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    failed = False
    for name in names or parts:
        what, run = parts[name]
        if name in absent:
            print(f"{name}: skipped, {absent[name]}")
            continue
        print(f"{name}: {what}")
        lines = attempted(name, run)
        if lines is None:
            failed = True
            continue
        print("\n".join(str(line) for line in lines), flush=True)
        failed |= not all(line.met for line in lines)
        kept[name] = [{**asdict(line), "measured": round(line.measured, 4)} for line in lines]
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(failed)
