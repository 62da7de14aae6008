"""One portfolio of many, in a process of its own: whatever becomes of it is told, and ends nothing else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from vmo_helpers.review.errors import ReviewError
from vmo_helpers.review.fleet.listing import PASSWORD, Listed, variable
from vmo_helpers.review.fleet.told import OF_EXIT, Status, Told
from vmo_helpers.review.make import Made, make, standing
from vmo_helpers.review.make.job import Wanted
from vmo_helpers.review.running.claims import Claimed
from vmo_helpers.review.running.progress import Progress
from vmo_helpers.review.running.signals import interrupts
from vmo_helpers.sources import address


def review(listed: Listed, wait: bool, warm: bool) -> Told:
    """Make the review of a portfolio. ``wait`` and ``warm`` as for ``make``; without waiting the portfolio is
    under way where another run makes the same review."""
    started = time.monotonic()
    told = Told(listed.id, listed.name)
    kept = _Kept()
    if warm:
        from vmo_helpers.review.fleet.warm import SEARCH

        sys.path[:] = SEARCH  # without the folder that the command was given in
    try:
        with interrupts():
            told = _of(told, make(_with_password(listed), kept, wait=wait, warm=warm, alone=False))
    except Claimed as error:
        told = replace(told, status=Status.BUSY, message=str(error))
    except ReviewError as error:
        told = replace(told, status=OF_EXIT[error.status], message=str(error))
    return replace(told, seconds=time.monotonic() - started, events=tuple(kept.events))


def unchanged(listed: Listed) -> Told | None:
    """What is told of a portfolio whose review stands; None where it has to be made, or nobody can tell. The
    shelf is only read."""
    started = time.monotonic()
    try:
        made = standing(listed.wanted)
    except ReviewError:  # told when it is tried
        return None
    if made is None:
        return None
    return replace(_of(Told(listed.id, listed.name), made), seconds=time.monotonic() - started)


class _Kept(Progress):
    """Says nothing; keeps what became of each notebook."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.events: list[dict[str, Any]] = []

    def event(self, notebook: str, what: str, seconds: float, peak_mb: float | None = None) -> None:
        self.events.append({"notebook": notebook, "event": what, "seconds": seconds, "peak_mb": peak_mb})


def _of(told: Told, made: Made) -> Told:
    unchanged = not made.new and made.beside is None
    status = OF_EXIT[made.status]
    return replace(
        told,
        status=Status.UNCHANGED if status is Status.DONE and unchanged else status,
        as_of=made.review.as_of_day,
        review=made.review.name,
        decks=len(made.review.done),
        new=made.new,
        message=None if status is Status.DONE else "\n".join(_lacking(made.review.manifest)),
    )


def _lacking(manifest: dict[str, Any]) -> Iterator[str]:
    """Each notebook, slide and form that could not be made, and why."""
    for name, state in {**manifest["outcome"], **manifest.get("forms", {})}.items():
        if state["status"] != "done":
            yield f"{name} failed: {state['why']}"
        for slide, why in state.get("lost", {}).items():
            yield f"{name}: the slide {slide} could not be made: {why}"


def _with_password(listed: Listed) -> Wanted:
    """The review that is wanted; the address of a database with the password that this machine has for it.
    No notebook finds it, or that of another portfolio, in its environment."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(PASSWORD)}
    data, password = listed.wanted.request.data, kept.get(variable(listed.id))
    if password is None or not address.is_address(data):
        return listed.wanted
    whole = address.with_password(data, password)
    return replace(listed.wanted, request=replace(listed.wanted.request, data=whole))
