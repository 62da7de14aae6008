"""What became of each notebook and form of a run, as the manifest tells it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vmo_helpers.review import forms
from vmo_helpers.review.errors import DONE, NOTEBOOK_FAILED, REFUSALS, NotWritable
from vmo_helpers.review.make.job import Job
from vmo_helpers.review.plan import Notebook


class Record:
    """Kept while a run goes on. ``executed`` is the folder of the executed notebooks."""

    def __init__(self, job: Job, executed: Path) -> None:
        self.job, self.executed = job, executed
        self.failed: dict[str, str] = {}
        self.lost: dict[str, dict[str, str]] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.headlines: dict[str, str] = {}
        self.seconds: dict[str, float] = {}

    @property
    def done(self) -> list[str]:
        """The notebooks that have run and not failed, in the plan's order."""
        return [
            notebook.name
            for notebook in self.job.notebooks
            if notebook.name in self.seconds and notebook.name not in self.failed
        ]

    @property
    def status(self) -> int:
        """The exit status of the command."""
        return NOTEBOOK_FAILED if self.failed or self.lost or forms.not_made(self.forms) else DONE

    @property
    def incomplete(self) -> set[str]:
        """The notebooks that failed, and the slides that could not be made, as ``Review.incomplete``."""
        lost = {f"{name}#{slide}" for name in self.done for slide in self.lost.get(name, ())}
        return {*self.failed, *lost}

    def fail(self, name: str, why: str) -> None:
        """A notebook has failed: its file says so from now on, and the person is told."""
        why = self._without_paths(why)
        self.failed[name] = why
        if (executed := self.executed / f"{name}.ipynb").exists():
            executed.rename(self.executed / f"{name}.failed.ipynb")
        self.job.progress.failed(f"{name}: {why}")

    def lose(self, name: str, slides: Mapping[str, str]) -> None:
        """Slides of a notebook could not be made, each for its reason; the rest of its deck stands."""
        for slide, why in slides.items():
            why = self._without_paths(why)
            self.lost.setdefault(name, {})[slide] = why
            self.job.progress.failed(f"{name}: the slide {slide} could not be made: {why}")

    def not_formed(self, name: str, why: str, errno: int | None) -> str:
        """A form could not be made; returns what the manifest says of it."""
        self.refuse_to_go_on(name, why, errno)
        self.job.progress.failed(f"{name}: {(why := self._without_paths(why))}")
        return why

    def refuse_to_go_on(self, name: str, why: str | None, errno: int | None) -> None:
        """Raises NotWritable where the system's error number speaks of the output."""
        if errno in REFUSALS:
            raise NotWritable(
                f"{name} could not write to {self.job.shelf.root}: {why}. Nothing on the shelf was changed."
            )

    def manifest(self, made_from: dict[str, Any]) -> dict[str, Any]:
        """What the review was made from, and what became of it."""
        return {
            **made_from,
            "outcome": {
                notebook.name: self.failure(notebook.name)
                or {**self.success(notebook), "headline": self.headlines[notebook.name]}
                for notebook in self.job.notebooks
            },
            **({"forms": self.forms} if self.forms else {}),
            "exit_status": self.status,
        }

    def success(self, notebook: Notebook) -> dict[str, Any]:
        """The page of a notebook that ran, and its slides that could not be made."""
        lost = self.lost.get(notebook.name)
        return {"status": "done", "page": notebook.page, **({"lost": lost} if lost else {})}

    def failure(self, name: str) -> dict[str, Any] | None:
        """Why a notebook failed, and where its last good deck is; None where it did not."""
        if name not in self.failed:
            return None
        data = self.job.data
        good = self.job.shelf.last_good(name, data["portfolio"], self.job.streams, data["as_of"])
        page = good and good.page(name)
        last = (
            {"link": f"../{good.name}/{page}", "as_of_day": good.manifest["as_of_day"]}
            if good and page
            else None
        )
        return {"status": "failed", "why": self.failed[name], "last_good": last}

    def _without_paths(self, text: str) -> str:
        """An error may name files; where they lie on this machine has no place in a review."""
        asked = self.job.wanted.request
        places = {
            str(self.executed.parents[1]): "…",
            str(self.job.scratch): "…",
            asked.absolute().data: asked.data,
        }
        for place, name in places.items():
            text = text.replace(place, Path(name).name if name != "…" else name)
        return text
