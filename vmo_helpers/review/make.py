"""A review from end to end: take the data in, run the notebooks, join what they found, draw, publish whole or
not at all."""

from __future__ import annotations

import contextlib
import importlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vmo_helpers import decks
from vmo_helpers.request.asked import Request
from vmo_helpers.review import forms, plan
from vmo_helpers.review.errors import DONE, NOTEBOOK_FAILED, REFUSALS, NotWritable, not_writable
from vmo_helpers.review.forms import NONE, Forms
from vmo_helpers.review.pages import drawing
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.running import jobs, run, workers
from vmo_helpers.review.running.intake import refusing, said, taken_in
from vmo_helpers.review.running.lifeline import python_environment
from vmo_helpers.review.running.progress import Progress
from vmo_helpers.review.running.server import KernelServer
from vmo_helpers.review.running.signals import uninterrupted
from vmo_helpers.review.shelf import folders, joined, manifest, past
from vmo_helpers.review.shelf.shelf import MANIFEST, Review, Shelf

TIMEOUT_SECONDS = 600.0


@dataclass(frozen=True)
class Wanted:
    """One review as it was asked for. ``timeout`` is seconds a cell; ``folder`` is where the notebooks
    are."""

    request: Request
    shelf: Path
    notebooks: tuple[str, ...] = ()
    folder: Path = field(default_factory=plan.notebook_folder)
    timeout: float = TIMEOUT_SECONDS
    forms: Forms = NONE


@dataclass(frozen=True)
class Made:
    """What came of it: the review on the shelf, whether this run put it there, the exit status, and forms
    asked for later."""

    review: Review
    new: bool
    status: int
    beside: Path | None = None


def make(wanted: Wanted, progress: Progress) -> Made:
    """Make a review and put it on its shelf.

    Raises Refused where the data or a parameter cannot be used (nothing was written), NotWritable where the
    shelf cannot take it (nothing was changed). Notebooks that fail are in the review's manifest and in the
    status.
    """
    with refusing():
        wanted.request.check()
    notebooks = plan.choose(wanted.notebooks, wanted.folder)
    _check_parameters(notebooks, wanted.request)
    wanted.forms.check()
    shelf = Shelf(wanted.shelf.resolve())
    shelf.check()
    with contextlib.ExitStack() as stack:
        try:
            scratch = stack.enter_context(folders.scratch())
        except OSError as error:
            raise not_writable("The system's temporary folder cannot be written to", error) from error
        environment = python_environment({"IPYTHONDIR": str(scratch / "ipython"), "VMO_MODE": "deck"})
        server = KernelServer(scratch, wanted.request, plan.imports(notebooks), environment)
        stack.callback(server.close)
        progress.step("reading the data")
        _import_what_workers_need()
        data = taken_in(server.answer())
        progress.done(said(data))
        return _Run(wanted, notebooks, data, shelf, scratch, server, progress).make()


def _import_what_workers_need() -> None:
    """Once, while the server reads the data: the workers are forked from this process and find it done."""
    for name in (
        "papermill",
        "vmo_helpers.review.running.kernels",
        "vmo_helpers.review.pages.page",
        "vmo_helpers.review.pages.index",
    ):
        importlib.import_module(name)
    importlib.import_module("vmo_helpers.review.pages.markup").compile_templates()


def _check_parameters(notebooks: Sequence[Notebook], request: Request) -> None:
    settled = replace(request, as_of="a day", from_day="a day")  # as every run settles them
    for notebook in notebooks:
        run.check_parameters(notebook, _parameters(notebook, settled, None, results=Path(), review=Path()))


def _parameters(
    notebook: Notebook, request: Request, previous: Review | None, *, results: Path, review: Path
) -> dict[str, Any]:
    """What a notebook is given: the request, but for what is as usual and unknown to it; the review before,
    and its own folder for results; a closing one also the review that it sums up."""
    asked, declared = request.said(), run.declared_parameters(notebook)
    given = {name: value for name, value in request.parameters().items() if name in asked or name in declared}
    given |= {"previous": str(previous.folder) if previous else None, "results": str(results)}
    return {**given, "review": str(review)} if notebook.closes else given


class _Run:
    """One run, after the data were found usable."""

    def __init__(
        self,
        wanted: Wanted,
        notebooks: list[Notebook],
        data: dict[str, Any],
        shelf: Shelf,
        scratch: Path,
        server: KernelServer,
        progress: Progress,
    ) -> None:
        self.wanted, self.notebooks, self.data, self.shelf = wanted, notebooks, data, shelf
        self.scratch, self.server, self.progress = scratch, server, progress
        self.streams = sorted(wanted.request.streams)
        self.started = _now()
        self.versions = manifest.versions()
        self.earlier = shelf.earlier(data["portfolio"], self.streams, data["as_of_day"])
        self.previous = self.earlier[-1] if self.earlier else None
        for name, why in shelf.distrusted(data["portfolio"], self.streams, data["as_of_day"]).items():
            progress.note(f"the earlier review {name} is left out: {why}")
        self.pages = {notebook.name: notebook.page for notebook in notebooks}
        self.failed: dict[str, str] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.headlines: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.executed = Path()

    def make(self) -> Made:
        """Run, join, draw, publish; or find that the very same review stands already."""
        _, standing = self._place()
        if standing is not None and not standing.failed:
            with self.shelf.locked():
                self._renew_index()
            return self._formed_beside(standing)
        if standing is not None:
            self.progress.note(f"{', '.join(standing.failed)} failed in {standing.name}; trying again")
        with self.shelf.workspace() as workspace:
            self.executed = (review := workspace / "review") / "notebooks"
            try:
                self.executed.mkdir(parents=True)
                self._run_notebooks(workspace, review)
                self._draw_pages(review)
                self._make_forms(self.wanted.forms, review, self._manifest(self._place()[0]), review)
            except OSError as error:
                raise not_writable(f"The review could not be written to {self.shelf.root}", error) from error
            return self._publish(review)

    def _place(self) -> tuple[dict[str, Any], Review | None]:
        """What the review is made from, and the one on the shelf that was made from the same, if any.

        A review in which a notebook failed, or whose files are no longer those that were written, keeps its
        name; another attempt at it is another review.
        """
        standing = None
        made_from = manifest.made_from(self.data, self._parameters(), self.notebooks, self.versions)
        for attempt in itertools.count(2):
            found = self.shelf.review(manifest.review_name(made_from))
            if found is None:
                return made_from, standing
            standing = found if found.is_as_written() else None
            if standing is not None and not standing.failed:
                return made_from, standing
            made_from = {**made_from, "attempt": attempt}
        raise AssertionError

    def _parameters(self) -> dict[str, Any]:
        """The parameters that decide what the review says; no path of this machine is among them."""
        request = self.wanted.request
        return {
            "from": self.data["from"],
            "streams": self.streams,
            "thresholds": dict(sorted(request.thresholds)),
            "lenient": request.lenient,
            "previous": self.previous.name if self.previous else None,
            **(
                {"earlier": [review.name for review in self.earlier]}
                if any(notebook.closes for notebook in self.notebooks)
                else {}
            ),
        }

    @property
    def _done(self) -> list[str]:
        """The notebooks that have run and not failed, in the plan's order."""
        return [
            notebook.name
            for notebook in self.notebooks
            if notebook.name in self.seconds and notebook.name not in self.failed
        ]

    def _run_notebooks(self, workspace: Path, review: Path) -> None:
        """The notebooks that look at the data, two at a time; then those that are made from what these
        found."""
        for closing in (False, True):
            if closing:
                self._tell_the_closing(review)
            notebooks = [notebook for notebook in self.notebooks if notebook.closes is closing]
            tasks = [self._task(notebook, workspace, review) for notebook in notebooks]
            if tasks:
                self.progress.step(f"running {', '.join(notebook.name for notebook in notebooks)}")
                workers.run(tasks, self._ran, leave=self.server.leave)
            for name, why in joined.join(self._done, workspace / "results", review).items():
                self._fail(name, why)

    def _tell_the_closing(self, review: Path) -> None:
        """What a closing notebook reads beside figures and findings: what became of the others, and the
        earlier reviews."""
        if not any(notebook.closes for notebook in self.notebooks):
            return
        about = {
            "portfolio": self.data["portfolio"],
            "as_of": self.data["as_of"],
            "as_of_day": self.data["as_of_day"],
            "from_day": self.data["from_day"],
            "streams": self.streams,
        }
        told = {
            one.name: self._failure(one.name) or {"status": "done", "page": one.page}
            for one in self.notebooks
            if not one.closes
        }
        past.write_outcome(review, about, told)
        past.write_history(review, self.earlier)

    def _task(self, notebook: Notebook, workspace: Path, review: Path) -> workers.Task:
        own = workspace / "results" / notebook.name
        own.mkdir(parents=True)
        request = replace(self.wanted.request, **self.data["parameters"]).absolute()
        parameters = _parameters(notebook, request, self.previous, results=own, review=review)
        job = jobs.Job(
            notebook, parameters, self.executed, self.scratch, self.wanted.timeout, self.server.socket
        )
        return workers.Task(notebook.name, jobs.run_notebook, (job,), self.scratch)

    def _ran(self, report: workers.Report) -> None:
        outcome: run.Outcome | None = report.result
        why, errno = (outcome.why, outcome.errno) if outcome else (report.why, report.errno)
        self._refuse_to_go_on(report.name, why, errno)
        self.seconds[report.name] = round(report.seconds, 3)
        if why is None:
            self.progress.done(f"{report.name} in {report.seconds:.1f} s")
        else:
            self._fail(report.name, why)

    def _draw_pages(self, review: Path) -> None:
        """Each deck's page, with the way to the others; drawn anew without one that cannot be drawn. Then the
        index."""
        before = None
        while before != self._done:
            before = self._done
            pages = [(name, self.pages[name]) for name in before]
            tasks = [self._drawing(name, review, pages) for name in before]
            self.progress.step(f"drawing {len(tasks)} decks")
            workers.run(tasks, self._drew, leave=self.server.leave)
        from vmo_helpers.review.pages.index import index_page

        if not (review / decks.INDEX).exists():
            made_from, _ = self._place()
            folders.write(review / decks.INDEX, index_page(self._manifest(made_from), review))

    def _make_forms(self, asked: Forms, review: Path, about: dict[str, Any], into: Path) -> None:
        if asked:
            self.progress.step("making the other forms")
            self.forms = forms.make(
                asked, review, about, into, self.scratch, leave=self.server.leave, failed=self._not_formed
            )

    def _not_formed(self, name: str, why: str, errno: int | None) -> str:
        self._refuse_to_go_on(name, why, errno)
        self.progress.failed(f"{name}: {(why := self._without_paths(why))}")
        return why

    def _formed_beside(self, standing: Review) -> Made:
        """The review that stands, unchanged, and beside it the forms that it does not hold."""
        self.executed = standing.folder / "notebooks"
        if not (lacking := self.wanted.forms.lacking(standing.manifest)):
            return Made(standing, False, DONE)
        with self.shelf.workspace() as workspace:
            self._make_forms(lacking, standing.folder, standing.manifest, workspace)
            return Made(
                standing, False, self._status(), forms.put_beside(workspace, self.shelf.root, standing)
            )

    def _drawing(self, name: str, review: Path, pages: list[tuple[str, str]]) -> workers.Task:
        previous_day = self.previous.manifest["as_of_day"] if self.previous else None
        arguments = (self.executed / f"{name}.ipynb", review / self.pages[name], pages, previous_day)
        return workers.Task(name, drawing.draw_page, arguments, self.scratch)

    def _drew(self, report: workers.Report) -> None:
        self._refuse_to_go_on(report.name, report.why, report.errno)
        if report.why is None:
            self.headlines[report.name] = report.result
        else:
            self._fail(report.name, f"its page cannot be drawn: {report.why}")

    def _refuse_to_go_on(self, name: str, why: str | None, errno: int | None) -> None:
        if errno in REFUSALS:
            raise NotWritable(
                f"{name} could not write to {self.shelf.root}: {why}. Nothing on the shelf was changed."
            )

    def _fail(self, name: str, why: str) -> None:
        why = self._without_paths(why)
        self.failed[name] = why
        if (executed := self.executed / f"{name}.ipynb").exists():
            executed.rename(self.executed / f"{name}.failed.ipynb")
        self.progress.failed(f"{name}: {why}")

    def _without_paths(self, text: str) -> str:
        """An error may name files; where they lie on this machine has no place in a review."""
        places = {
            str(self.executed.parents[1]): "…",
            str(self.scratch): "…",
            self.wanted.request.absolute().data: self.wanted.request.data,
        }
        for place, name in places.items():
            text = text.replace(place, Path(name).name if name != "…" else name)
        return text

    def _manifest(self, made_from: dict[str, Any]) -> dict[str, Any]:
        outcome = {notebook.name: self._state(notebook.name) for notebook in self.notebooks}
        return {
            **made_from,
            "outcome": outcome,
            **({"forms": self.forms} if self.forms else {}),
            "exit_status": self._status(),
        }

    def _state(self, name: str) -> dict[str, Any]:
        return self._failure(name) or {
            "status": "done",
            "page": self.pages[name],
            "headline": self.headlines[name],
        }

    def _failure(self, name: str) -> dict[str, Any] | None:
        """Why a notebook failed, and where its last good deck is; None where it did not."""
        if name not in self.failed:
            return None
        good = self.shelf.last_good(name, self.data["portfolio"], self.streams, self.data["as_of"])
        page = good and good.page(name)
        last = (
            {"link": f"../{good.name}/{page}", "as_of_day": good.manifest["as_of_day"]}
            if good and page
            else None
        )
        return {"status": "failed", "why": self.failed[name], "last_good": last}

    def _status(self) -> int:
        return NOTEBOOK_FAILED if self.failed or forms.not_made(self.forms) else DONE

    def _publish(self, review: Path) -> Made:
        """Give the review its name, and renew the shelf's index; an interrupt waits until both are done."""
        from vmo_helpers.review.pages.index import shelf_page

        with self.shelf.locked(), uninterrupted():
            made_from, standing = self._place()
            if standing is not None and set(standing.failed) == set(self.failed):
                self._renew_index()
                return Made(
                    standing,
                    False,
                    self._status(),
                    forms.put_beside(review, self.shelf.root, standing, self.wanted.forms),
                )
            whole = self._manifest(made_from)
            whole["output"] = manifest.output(review)
            whole["times"] = {"started": self.started, "finished": _now(), "seconds": self.seconds}
            folders.write(review / MANIFEST, manifest.text(whole))
            published = self.shelf.publish(review, manifest.review_name(made_from), shelf_page)
            return Made(published, True, self._status())

    def _renew_index(self) -> None:
        from vmo_helpers.review.pages.index import shelf_page

        self.shelf.renew_index(shelf_page)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
