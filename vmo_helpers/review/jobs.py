"""What a worker does for one notebook: run it, and later draw its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers.review import folders
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.run import Outcome, execute

FORKED_START_SECONDS = 30
COLD_START_SECONDS = 120


@dataclass(frozen=True)
class Job:
    """One notebook to be run. ``executed`` is the folder that the executed notebook goes to; ``timeout`` is seconds a cell."""

    notebook: Notebook
    parameters: Mapping[str, Any]
    executed: Path
    scratch: Path
    timeout: float
    server: Path | None


def run_notebook(job: Job) -> Outcome:
    """With a forked kernel; with an ordinary one where none could be had."""
    from vmo_helpers.review.kernels import ReviewKernels

    ReviewKernels.scratch = job.scratch
    if job.server is not None:
        outcome = _execute(job, job.server, FORKED_START_SECONDS)
        if outcome.started:
            return outcome
    return _execute(job, None, COLD_START_SECONDS)


def _execute(job: Job, server: Path | None, start_wait: float) -> Outcome:
    from vmo_helpers.review.kernels import ReviewKernels

    ReviewKernels.server = server
    return execute(job.notebook, job.executed, job.parameters, timeout=job.timeout, start_wait=start_wait, kernels=ReviewKernels)


def draw_page(executed: Path, path: Path, pages: Sequence[tuple[str, str]], previous_day: str | None) -> str:
    """Write the page of an executed notebook; returns its headline sentence.

    ``pages`` are the notebooks and file names of all decks of the review, for the way from one to the other.
    """
    from vmo_helpers.review import page
    from vmo_helpers.review.executed import read

    deck = read(executed)
    links = tuple(page.Link(page.deck_name(name), None if file == path.name else file) for name, file in pages)
    folders.write(path, page.render(deck, page.Context(pages=links, previous=previous_day, tables=True)))
    return deck.headline
