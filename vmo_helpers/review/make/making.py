"""One review from the request to its place on the shelf."""

from __future__ import annotations

import contextlib
import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vmo_helpers import decks
from vmo_helpers.review import forms, plan
from vmo_helpers.review.errors import DONE, not_writable
from vmo_helpers.review.make import recall, steps
from vmo_helpers.review.make.job import Job, Made, Wanted, check_parameters
from vmo_helpers.review.make.record import Record
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.running import claims
from vmo_helpers.review.running.intake import refusing, said, taken_in
from vmo_helpers.review.running.lifeline import python_environment
from vmo_helpers.review.running.progress import Progress
from vmo_helpers.review.running.server import KernelServer
from vmo_helpers.review.running.signals import uninterrupted
from vmo_helpers.review.shelf import folders, manifest
from vmo_helpers.review.shelf.shelf import MANIFEST, Page, Review, Shelf


def make(
    wanted: Wanted, progress: Progress, *, wait: bool = True, warm: bool = False, alone: bool = True
) -> Made:
    """Make a review and put it on its shelf.

    ``wait``: for another run that is making the very same review; else Claimed is raised. ``warm``: this
    process has every import done and no thread, so that the one that reads the data is forked from it.
    ``alone``: the shelf's page is renewed; else it is whoever runs several that does.
    Raises Refused where the data or a parameter cannot be used (nothing was written), NotWritable where the
    shelf cannot take it (nothing was changed). Notebooks that fail are in the review's manifest and in the
    status.
    """
    notebooks = checked(wanted)
    shelf = Shelf(wanted.shelf.resolve())
    shelf.check()
    page = _page() if alone else None
    asked = recall.asked(wanted.request)
    if asked is not None and (standing := recall.standing(wanted, notebooks, shelf, asked.key)) is not None:
        _renew_page(shelf, page)
        return Made(standing, False, DONE)
    with contextlib.ExitStack() as stack:
        try:
            scratch = stack.enter_context(folders.scratch())
        except OSError as error:
            raise not_writable("The system's temporary folder cannot be written to", error) from error
        own = {"IPYTHONDIR": str(scratch / "ipython"), "TMPDIR": str(scratch), "VMO_MODE": "deck"}
        environment = python_environment(own)
        ready = warm and wanted.folder == plan.notebook_folder()
        modules = [] if ready else plan.imports(notebooks)
        shared = plan.shared(notebooks)
        server = KernelServer(scratch, wanted.request, modules, shared, environment, warm=warm)
        stack.callback(server.close)
        progress.step("reading the data")
        import_what_workers_need()
        data = taken_in(server.answer())
        progress.done(said(data))
        key = asked.key if asked is not None and asked.is_of(data["files"]) else None
        job = Job(wanted, notebooks, data, shelf, scratch, server, progress, key)
        return _Making(job, page).make(wait)


def standing(wanted: Wanted) -> Made | None:
    """The review that stands already, by the bytes of its data; None where it has to be made, or nobody can
    tell. It writes nothing; raises as ``make``."""
    notebooks, shelf = checked(wanted), Shelf(wanted.shelf.resolve())
    asked = recall.asked(wanted.request)
    review = None if asked is None else recall.standing(wanted, notebooks, shelf, asked.key)
    return None if review is None else Made(review, False, DONE)


def checked(wanted: Wanted) -> list[Notebook]:
    """The notebooks of a review. Raises Refused for what cannot be, whatever the data."""
    with refusing():
        wanted.request.check()
    notebooks = plan.choose(wanted.notebooks, wanted.folder)
    check_parameters(notebooks, wanted.request)
    wanted.forms.check()
    return notebooks


def import_what_workers_need() -> None:
    """Once, while the server reads the data: the workers are forked from this process and find it done."""
    for name in (
        "papermill",
        "vmo_helpers.review.running.kernels",
        "vmo_helpers.review.pages.page",
        "vmo_helpers.review.pages.index",
    ):
        importlib.import_module(name)
    importlib.import_module("vmo_helpers.review.pages.markup").compile_templates()
    importlib.import_module("nbformat.validator").get_validator(*plan.FORMAT)  # it keeps what it compiles


class _Making:
    """A run's way to the shelf."""

    def __init__(self, job: Job, page: Page | None) -> None:
        self.job, self.shelf, self.page = job, job.shelf, page
        self.started = _now()
        for name, why in job.left_out.items():
            job.progress.note(f"the earlier review {name} is left out: {why}")
        if not job.wanted.notebooks and (aside := plan.left_aside(job.wanted.folder)):
            named = ", ".join(aside)
            job.progress.note(f"no notebooks of a review, left aside (name one by --notebook): {named}")

    def make(self, wait: bool) -> Made:
        """Find that the very same review stands already, or make it when no other run does."""
        made_from, standing = self.job.place()
        if standing is None or standing.incomplete:
            name, job = manifest.review_name(made_from), self.job
            with claims.claimed(self.shelf, name, job.scratch, job.server.leave, wait=wait):
                _, standing = self.job.place()  # another run may have made it
                if standing is None or standing.incomplete:
                    return self._made(standing)
        _renew_page(self.shelf, self.page)
        return self._formed_beside(standing)

    def _made(self, standing: Review | None) -> Made:
        """Run, join, draw, publish."""
        if standing is not None:
            names = ", ".join(standing.incomplete)
            self.job.progress.note(f"{names} failed in {standing.name}; trying again")
        with self.shelf.workspace() as workspace:
            review = workspace / "review"
            record = Record(self.job, review / "notebooks")
            try:
                record.executed.mkdir(parents=True)
                steps.run_notebooks(self.job, record, workspace, review)
                steps.draw_pages(self.job, record, review)
                about = record.manifest(self.job.place()[0])
                self._draw_index(about, review)
                steps.make_forms(self.job, record, self.job.wanted.forms, review, about, review)
            except OSError as error:
                raise not_writable(f"The review could not be written to {self.shelf.root}", error) from error
            return self._publish(record, review)

    def _formed_beside(self, standing: Review) -> Made:
        """The review that stands, unchanged, and beside it the forms that it does not hold."""
        if not (lacking := self.job.wanted.forms.lacking(standing.manifest)):
            return Made(standing, False, DONE)
        record = Record(self.job, standing.folder / "notebooks")
        with self.shelf.workspace() as workspace:
            steps.make_forms(self.job, record, lacking, standing.folder, standing.manifest, workspace)
            beside = forms.put_beside(workspace, self.shelf.root, standing)
            return Made(standing, False, record.status, beside)

    def _publish(self, record: Record, review: Path) -> Made:
        """Give the review its name, and renew the shelf's index; an interrupt waits until both are done."""
        with self.shelf.locked(), uninterrupted():
            made_from, standing = self.job.place()
            if standing is not None and set(standing.incomplete) == record.incomplete:
                if self.page is not None:
                    self.shelf.renew_index(self.page)
                beside = forms.put_beside(review, self.shelf.root, standing, self.job.wanted.forms)
                return Made(standing, False, record.status, beside)
            whole = record.manifest(made_from)
            whole["output"] = manifest.output(review)
            if self.job.asked is not None:
                whole["asked"] = self.job.asked
            whole["times"] = {"started": self.started, "finished": _now(), "seconds": record.seconds}
            folders.write(review / MANIFEST, manifest.text(whole))
            published = self.shelf.publish(review, manifest.review_name(made_from), self.page)
            return Made(published, True, record.status)

    @staticmethod
    def _draw_index(about: dict[str, Any], review: Path) -> None:
        """The review's index, where no notebook's page is it."""
        from vmo_helpers.review.pages.index import index_page

        if not (review / decks.INDEX).exists():
            folders.write(review / decks.INDEX, index_page(about, review))


def _page() -> Page:
    from vmo_helpers.review.pages.index import shelf_page

    return shelf_page


def _renew_page(shelf: Shelf, page: Page | None) -> None:
    if page is not None:
        claims.sweep(shelf)  # one that was killed may have put its review there, and kept its claim
        with shelf.locked():
            shelf.renew_index(page)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
