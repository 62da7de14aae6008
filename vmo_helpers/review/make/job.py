"""A review to be made: as it was asked for, with what it is made, and what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from vmo_helpers.request.asked import PARAMETERS, Request
from vmo_helpers.review import plan
from vmo_helpers.review.forms import NONE, Forms
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.running import run
from vmo_helpers.review.running.progress import Progress
from vmo_helpers.review.running.server import KernelServer
from vmo_helpers.review.shelf import manifest
from vmo_helpers.review.shelf.shelf import Review, Shelf

TIMEOUT_SECONDS = 600.0
LONGEST_SECONDS = 7 * 86400


def seconds(given: object) -> float:
    """How long one cell may take. Raises ValueError for what is no such time."""
    try:
        found = 0.0 if isinstance(given, bool) else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        found = 0.0
    if not 1 <= found <= LONGEST_SECONDS:
        raise ValueError(f"{given!r} is no number of seconds from 1 to {LONGEST_SECONDS}")
    return found


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


@dataclass(frozen=True)
class Known:
    """What decides a review: how it is wanted, its notebooks, its data as ``intake.take_in`` told of them,
    and the shelf with its past."""

    wanted: Wanted
    notebooks: Sequence[Notebook]
    data: dict[str, Any]
    shelf: Shelf

    @property
    def streams(self) -> list[str]:
        """The value streams asked for, in one order."""
        return sorted(self.wanted.request.streams)

    @property
    def closes(self) -> bool:
        """A notebook sums the others up."""
        return any(notebook.closes for notebook in self.notebooks)

    @cached_property
    def earlier(self) -> list[Review]:
        """The reviews of earlier days that stood when the run began, oldest first."""
        return self.shelf.earlier(self.data["portfolio"], self.streams, self.data["as_of_day"])

    @property
    def previous(self) -> Review | None:
        """The newest of them."""
        return self.earlier[-1] if self.earlier else None

    @property
    def left_out(self) -> dict[str, str]:
        """The earlier reviews that are not believed, and why."""
        return self.shelf.distrusted(self.data["portfolio"], self.streams, self.data["as_of_day"])

    def place(self) -> tuple[dict[str, Any], Review | None]:
        """What the review is made from, and the one on the shelf that was made from the same, if any.

        A review in which a notebook failed, or whose files are no longer those that were written, keeps its
        name; another attempt at it is another review.
        """
        standing = None
        made_from = manifest.made_from(self.data, self._parameters(), self.notebooks, manifest.versions())
        for attempt in itertools.count(2):
            found = self.shelf.review(manifest.review_name(made_from))
            if found is None:
                return made_from, standing
            standing = found if found.is_as_written() else None
            if standing is not None and not standing.incomplete:
                return made_from, standing
            made_from = {**made_from, "attempt": attempt}
        raise AssertionError

    def _parameters(self) -> dict[str, Any]:
        """The parameters that decide what the review says; no path of this machine is among them."""
        asked = self.wanted.request.parameters()
        return {
            "from": self.data["from"],
            **{name: asked[name] for name, one in PARAMETERS.items() if not one.elsewhere},
            "previous": self.previous.name if self.previous else None,
            **({"earlier": [review.name for review in self.earlier]} if self.closes else {}),
        }


@dataclass(frozen=True)
class Job(Known):
    """One run, after the data were found usable. ``asked``: by what the review is found again without reading
    them, where that can be."""

    scratch: Path
    server: KernelServer
    progress: Progress
    asked: str | None = None

    def parameters(self, notebook: Notebook, *, results: Path, review: Path) -> dict[str, Any]:
        """What a notebook is given; ``results`` is its own folder, ``review`` that of the review."""
        request = replace(self.wanted.request, **self.data["parameters"]).absolute()
        return _parameters(notebook, request, self.previous, results=results, review=review)


def check_parameters(notebooks: Sequence[Notebook], request: Request) -> None:
    """Raises Refused where a notebook does not declare what it would be given."""
    settled = replace(request, as_of="a day", from_day="a day")  # as every run settles them
    for notebook in notebooks:
        run.check_parameters(notebook, _parameters(notebook, settled, None, results=Path(), review=Path()))


def _parameters(
    notebook: Notebook, request: Request, previous: Review | None, *, results: Path, review: Path
) -> dict[str, Any]:
    """The request, but for what is as usual and unknown to the notebook; the review before, and the folder
    for results; for a closing one also the review that it sums up."""
    asked, declared = request.said(), run.declared_parameters(notebook)
    given = {name: value for name, value in request.parameters().items() if name in asked or name in declared}
    given |= {"previous": str(previous.folder) if previous else None, "results": str(results)}
    return {**given, "review": str(review)} if notebook.closes else given
