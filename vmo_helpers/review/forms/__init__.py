"""The forms of a review beside its pages: PDF, PowerPoint, e-mail. All are made from the executed notebooks
of the review."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers.decks import INDEX
from vmo_helpers.review.errors import Refused, not_writable
from vmo_helpers.review.running.workers import PAGE_SECONDS, Report, Task, run
from vmo_helpers.review.shelf import folders
from vmo_helpers.review.shelf.shelf import Review

_ENDING = {"pdf": ".pdf", "pptx": ".pptx", "email": ".eml"}
FORMS = tuple(_ENDING)
PRESENTATION, MESSAGE = "review.pptx", "review.eml"
BESIDE = "forms"
"""The folder of the shelf for forms that were asked for when their review stood already: a review never
changes."""
_ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9.-]+")
_NOT_IN_ONE = re.compile(r'[<>()\[\],;:"\\]')


@dataclass(frozen=True)
class Forms:
    """Which forms were asked for; ``to`` are the recipients of the e-mail."""

    pdf: bool = False
    pptx: bool = False
    email: bool = False
    to: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.pdf or self.pptx or self.email

    def check(self) -> None:
        """Raises Refused before any work where a form cannot be made on this machine."""
        if self.pdf and _browser() is None:
            raise Refused(f"--pdf needs Chromium, Chrome or Edge, and {_no_browser()}")
        if self.pptx and importlib.util.find_spec("pptx") is None:
            raise Refused(
                '--pptx needs the package python-pptx: pip install "vmo-workbook[forms]" (in a checkout: '
                'pip install ".[forms]")'
            )
        if self.to and not self.email:
            raise Refused("--to names the recipients of the e-mail; ask for it with --email")
        for address in self.to:
            if not _ADDRESS.fullmatch(address) or _NOT_IN_ONE.search(address):
                raise Refused(f"--to {address!r} is no e-mail address (as in board@example.org)")

    def lacking(self, manifest: Mapping[str, Any]) -> Forms:
        """Those of them that the review of a manifest does not hold already."""
        held = {name: state for name, state in manifest.get("forms", {}).items() if state["status"] == "done"}
        same = "email" in held and held["email"]["to"] == list(self.to)
        return Forms(
            self.pdf and "pdf" not in held, self.pptx and "pptx" not in held, self.email and not same, self.to
        )

    def tasks(self, review: Path, manifest: Mapping[str, Any], into: Path, scratch: Path) -> list[Task]:
        """The work, for the workers: each makes one file of ``into`` from the review in a folder."""
        pages = [state["page"] for state in manifest["outcome"].values() if state["status"] == "done"]
        pages = list(dict.fromkeys([INDEX, *pages])) if self.pdf else []
        made: list[tuple[str, Callable[..., None], tuple[Any, ...]]] = []
        made += [(f"pdf of {page}", _pdf, (review / page, into / _pdf_name(page))) for page in pages]
        made += [("pptx", _pptx, (review, dict(manifest), into / PRESENTATION))] if self.pptx else []
        made += [("email", _email, (review, dict(manifest), into / MESSAGE, self.to))] if self.email else []
        return [Task(name, call, arguments, scratch) for name, call, arguments in made]


NONE = Forms()


def make(
    asked: Forms,
    review: Path,
    manifest: Mapping[str, Any],
    into: Path,
    scratch: Path,
    *,
    leave: Callable[[], None],
    failed: Callable[[str, str, int | None], str],
) -> dict[str, dict[str, Any]]:
    """Make the forms of the review in a folder; returns what became of each, for the manifest.

    ``leave`` frees a worker of what belongs to the run alone. ``failed`` is told of each failure with the
    system's error number, and returns what the manifest says of it; it ends the run where nothing can be
    written.
    """
    states: dict[str, dict[str, Any]] = {name: {"status": "done"} for name in _ENDING if getattr(asked, name)}
    if asked.email:
        states["email"]["to"] = list(asked.to)

    def done(report: Report) -> None:
        if report.why is not None:
            why = failed(report.name, report.why, report.errno)
            states[report.name.split()[0]] |= {"status": "failed", "why": why}

    run(asked.tasks(review, manifest, into, scratch), done, leave=leave, seconds=PAGE_SECONDS)
    for name in not_made(states):
        for path in into.glob(f"*{_ENDING[name]}"):
            path.unlink()
    return states


def not_made(states: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Why, of each form that could not be made."""
    return {name: str(state["why"]) for name, state in states.items() if state["status"] == "failed"}


def files(folder: Path) -> list[Path]:
    """The forms in a review, or in the folder beside the reviews."""
    return sorted(path for path in folder.glob("*") if path.suffix in _ENDING.values())


def put_beside(made: Path, shelf: Path, review: Review, asked: Forms | None = None) -> Path | None:
    """Move finished forms to ``forms/<review>/`` of the shelf, each whole or not at all; returns that folder.

    With ``asked`` only where the review that stands lacks one of them; else None.
    """
    if asked is not None and not asked.lacking(review.manifest):
        return None
    place = shelf / BESIDE / review.name
    try:
        place.mkdir(parents=True, exist_ok=True)
        folders.sync_tree(made)
        for path in files(made):
            path.replace(place / path.name)
        folders.sync_folder(place)
    except OSError as error:
        raise not_writable(f"The forms could not be put into {place}", error) from error
    return place


def _browser() -> str | None:
    from vmo_helpers.review.forms.pdf import browser

    return browser()


def _no_browser() -> str:
    """Why there is none, and what helps."""
    from vmo_helpers.review.forms.pdf import NAMED

    named = os.environ.get(NAMED)
    if named:
        return (
            f"{NAMED} names {named}, which "
            f"{'cannot be run' if Path(named).exists() else 'is not there'}; name another or unset it"
        )
    return (
        "none was found; install one (on Debian: apt-get install chromium) or name it in the "
        f"environment variable {NAMED}"
    )


def _pdf_name(page: str) -> str:
    """``review.pdf`` for the executive page, as the other forms of the whole review are called."""
    return "review.pdf" if page == INDEX else Path(page).with_suffix(".pdf").name


def _pdf(page: Path, pdf: Path) -> None:
    from vmo_helpers.review.forms.pdf import printed

    printed(page, pdf, _browser() or "chromium")


def _pptx(review: Path, manifest: Mapping[str, Any], path: Path) -> None:
    from vmo_helpers.review.forms import slides
    from vmo_helpers.review.forms.story import story

    slides.write(story(review, manifest), path)


def _email(review: Path, manifest: Mapping[str, Any], path: Path, to: tuple[str, ...]) -> None:
    from vmo_helpers.review.forms import mail
    from vmo_helpers.review.forms.story import story

    mail.write(story(review, manifest), path, to)
