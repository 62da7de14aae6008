"""What a worker does to run one notebook."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.running.run import Outcome, execute

FORKED_START_SECONDS = 30
COLD_START_SECONDS = 120


@dataclass(frozen=True)
class Job:
    """One notebook to be run. ``executed`` is the folder that the executed notebook goes to; ``timeout`` is
    seconds a cell."""

    notebook: Notebook
    parameters: Mapping[str, Any]
    executed: Path
    scratch: Path
    timeout: float
    server: Path | None


def run_notebook(job: Job) -> Outcome:
    """Run it; once more where its kernel died, for somebody may have killed it, or memory was short."""
    outcome = _attempt(job)
    return _attempt(job) if outcome.died else outcome


def _attempt(job: Job) -> Outcome:
    """With a forked kernel; with an ordinary one where none could be had."""
    from vmo_helpers.review.running.kernels import ReviewKernels

    ReviewKernels.scratch = job.scratch
    _forget(job)
    if job.server is not None:
        outcome = _execute(job, job.server, FORKED_START_SECONDS)
        if outcome.started:
            return outcome
    return _execute(job, None, COLD_START_SECONDS)


def _execute(job: Job, server: Path | None, start_wait: float) -> Outcome:
    from vmo_helpers.review.running.kernels import ReviewKernels

    ReviewKernels.server = server
    outcome = execute(
        job.notebook,
        job.executed,
        job.parameters,
        timeout=job.timeout,
        start_wait=start_wait,
        kernels=ReviewKernels,
    )
    return replace(outcome, peak_mb=ReviewKernels.peak_mb[0])


def _forget(job: Job) -> None:
    """What an attempt left that was killed."""
    (job.executed / f"{job.notebook.name}.failed.ipynb").unlink(missing_ok=True)
    if results := job.parameters.get("results"):
        shutil.rmtree(results)
        Path(results).mkdir()
