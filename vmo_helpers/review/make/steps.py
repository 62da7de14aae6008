"""The work of a run, in workers: run the notebooks, draw their pages, make the other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vmo_helpers.review import forms
from vmo_helpers.review.forms import Forms
from vmo_helpers.review.make.job import Job
from vmo_helpers.review.make.record import Record
from vmo_helpers.review.pages import drawing, executed
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.running import jobs, workers
from vmo_helpers.review.running.run import Outcome
from vmo_helpers.review.shelf import joined, past


def run_notebooks(job: Job, record: Record, workspace: Path, review: Path) -> None:
    """The notebooks that look at the data, two at a time; then those that are made from what these found."""

    def ran(report: workers.Report) -> None:
        outcome: Outcome | None = report.result
        why, errno = (outcome.why, outcome.errno) if outcome else (report.why, report.errno)
        record.refuse_to_go_on(report.name, why, errno)
        record.seconds[report.name] = round(report.seconds, 3)
        peak_mb = outcome.peak_mb if outcome else None
        job.progress.event(report.name, "ran" if why is None else "failed", report.seconds, peak_mb)
        if why is None:
            job.progress.done(f"{report.name} in {report.seconds:.1f} s")
            record.lose(report.name, outcome.lost if outcome else {})
        else:
            record.fail(report.name, why)

    for closing in (False, True):
        if closing and job.closes:
            _tell_the_closing(job, record, review)
        notebooks = [notebook for notebook in job.notebooks if notebook.closes is closing]
        if notebooks:
            job.progress.step(f"running {', '.join(notebook.name for notebook in notebooks)}")
            tasks = [_running(job, record, notebook, workspace, review) for notebook in notebooks]
            workers.run(tasks, ran, leave=job.server.leave)
        for name, why in joined.join(record.done, workspace / "results", review).items():
            record.fail(name, why)


def draw_pages(job: Job, record: Record, review: Path) -> None:
    """Each deck's page, with the way to the others; drawn anew without a slide, or a deck, that cannot be
    drawn."""

    def drew(report: workers.Report) -> None:
        record.refuse_to_go_on(report.name, report.why, report.errno)
        slide = at.read_text() if (at := _at(job, report.name)).exists() else None
        if report.why is None:
            record.headlines[report.name] = report.result
            job.progress.event(report.name, "drawn", report.seconds)
        elif slide and slide not in record.lost.get(report.name, {}):
            executed.lose(record.executed / f"{report.name}.ipynb", slide, report.why)
            record.lose(report.name, {slide: report.why})
        else:
            record.fail(report.name, f"its page cannot be drawn: {report.why}")

    previous_day = job.previous.manifest["as_of_day"] if job.previous else None
    page = {notebook.name: notebook.page for notebook in job.notebooks}
    before = None
    while before != (now := (record.done, sum(map(len, record.lost.values())))):
        before = now
        pages = [(name, page[name]) for name in record.done]
        job.progress.step(f"drawing {len(pages)} decks")
        tasks = [
            workers.Task(
                name,
                drawing.draw_page,
                (record.executed / f"{name}.ipynb", review / file, pages, previous_day, _at(job, name)),
                job.scratch,
            )
            for name, file in pages
        ]
        workers.run(tasks, drew, leave=job.server.leave, kept=True, seconds=workers.PAGE_SECONDS)


def make_forms(
    job: Job, record: Record, asked: Forms, review: Path, about: dict[str, Any], into: Path
) -> None:
    """The forms asked for, of the review in a folder with its manifest."""
    if asked:
        job.progress.step("making the other forms")
        record.forms = forms.make(
            asked, review, about, into, job.scratch, leave=job.server.leave, failed=record.not_formed
        )


def _running(job: Job, record: Record, notebook: Notebook, workspace: Path, review: Path) -> workers.Task:
    own = workspace / "results" / notebook.name
    own.mkdir(parents=True)
    parameters = job.parameters(notebook, results=own, review=review)
    work = jobs.Job(notebook, parameters, record.executed, job.scratch, job.wanted.timeout, job.server.socket)
    return workers.Task(notebook.name, jobs.run_notebook, (work,), job.scratch)


def _at(job: Job, name: str) -> Path:
    """Where the worker that draws a deck writes down at which slide it is."""
    return job.scratch / f"{name}.at"


def _tell_the_closing(job: Job, record: Record, review: Path) -> None:
    """What a closing notebook reads beside figures and findings: what became of the others, and the earlier
    reviews."""
    about = {name: job.data[name] for name in ("portfolio", "as_of", "as_of_day", "from_day")}
    told = {
        one.name: record.failure(one.name) or record.success(one) for one in job.notebooks if not one.closes
    }
    past.write_outcome(review, {**about, "streams": job.streams}, told)
    past.write_history(review, job.earlier)
