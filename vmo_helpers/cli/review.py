"""`vmo review`: from the command line to `review.make`, and what the person is told at the end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vmo_helpers.cli import asking, fleet
from vmo_helpers.cli.telling import notify
from vmo_helpers.contract.problems import printable
from vmo_helpers.decks import INDEX
from vmo_helpers.review.errors import INTERRUPTED, Interrupted, Refused, ReviewError
from vmo_helpers.review.running.progress import Progress
from vmo_helpers.review.running.signals import interrupts

if TYPE_CHECKING:
    from vmo_helpers.review.make.job import Wanted
    from vmo_helpers.review.notify import Target

SHELF = "reviews"


def add_review(parser: argparse.ArgumentParser) -> None:
    """The options of `vmo review`."""
    asking.add_request(parser)
    parser.add_argument("--out", metavar="SHELF", help="the folder that holds the reviews (default: reviews)")
    parser.add_argument(
        "--notebook", metavar="NAME", nargs="+", action="extend", default=[], help="only these notebooks"
    )
    parser.add_argument("--timeout", metavar="SECONDS", type=_seconds, help="for one cell (default: 600)")
    parser.add_argument(
        "--notebook-folder", metavar="FOLDER", help="notebooks of your own (default: those of the program)"
    )
    parser.add_argument(
        "--pdf", action="store_true", help="each deck as PDF, too (with Chromium, Chrome or Edge)"
    )
    parser.add_argument(
        "--pptx",
        action="store_true",
        help="the review as PowerPoint slides, too: one a conclusion (with python-pptx)",
    )
    parser.add_argument(
        "--email",
        action="store_true",
        help="the review as one e-mail (.eml), too: the executive page, the decks attached",
    )
    parser.add_argument(
        "--to", metavar="ADDRESS", nargs="+", action="extend", default=[], help="recipients of the e-mail"
    )
    parser.add_argument(
        "--notify",
        metavar="PLACE",
        nargs="+",
        action="extend",
        default=[],
        help="tell the headline and the place: a folder for .eml, mailto:ADDRESS, a webhook's address, or "
        "env:NAME",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    fleet.add_all(parser)


def run_review(given: argparse.Namespace) -> int:
    """Make the review, or one of each portfolio of a file, and say where they are."""
    from vmo_helpers.review.notify import targets

    wanted, places = _wanted(given), targets(given.notify)
    with interrupts():
        try:
            if not given.all:
                return _run_one(given, wanted, places)
            return fleet.run_all(given, wanted, places)
        except Interrupted:
            return _interrupted()


def _wanted(given: argparse.Namespace) -> Wanted:
    from vmo_helpers.review import plan
    from vmo_helpers.review.forms import Forms
    from vmo_helpers.review.make.job import TIMEOUT_SECONDS, Wanted

    return Wanted(
        asking.request_of(given),
        Path(given.out or SHELF),
        tuple(dict.fromkeys(given.notebook)),
        (Path(given.notebook_folder) if given.notebook_folder else plan.notebook_folder()).resolve(),
        given.timeout or TIMEOUT_SECONDS,
        Forms(given.pdf, given.pptx, given.email, tuple(dict.fromkeys(given.to))),
    )


def _run_one(given: argparse.Namespace, wanted: Wanted, places: Sequence[Target]) -> int:
    from vmo_helpers.review import make
    from vmo_helpers.review.notify import word_of, word_of_failure

    if not given.data:
        raise Refused("name DATA, or a file of portfolios with --all FILE")
    if alone := [option for name, option in fleet.ONLY.items() if getattr(given, name)]:
        raise Refused(f"{', '.join(alone)} goes with --all FILE")
    progress = Progress(quiet=given.quiet)
    try:
        made = make.make(wanted, progress)
    except ReviewError as error:
        from vmo_helpers.sources import address  # with all that reads tables: no other command waits for it

        progress.clear()
        notify(word_of_failure(address.shown(given.data), str(error)), places)
        raise
    finally:
        progress.clear()
    _say(_told(made))
    if made.new:
        notify(word_of(made.review), places)
    return made.status


def _say(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))


def _interrupted() -> int:
    sys.stderr.write(
        "vmo: Interrupted. Every review on the shelf is as it was; nothing half-written is left.\n"
    )
    return INTERRUPTED


def _told(made: Any) -> list[str]:
    """Where the decks are, and the sentence that each begins with: the page of the whole review first."""
    folder, manifest = made.review.folder, made.review.manifest
    there = "" if made.new else " (it was there already: the same data, parameters and versions)"
    outcome = sorted(manifest["outcome"].items(), key=lambda one: one[1].get("page") != INDEX)
    lines = [f"{manifest['portfolio']} as of {manifest['as_of_day']}{there}"]
    if not outcome or outcome[0][1].get("page") != INDEX:
        lines.append(f"  {_place(folder / INDEX)}")
    for name, state in outcome:
        lost = state.get("lost", {})
        if state["status"] == "done":
            lines += [
                f"  {_place(folder / state['page'])}",
                *([f"      {state['headline']}"] if state.get("headline") else []),
                *(f"      the slide {slide} could not be made: {why}" for slide, why in lost.items()),
            ]
            continue
        lines.append(f"  {name} FAILED: {state['why']}")
        if (kept := folder / "notebooks" / f"{name}.failed.ipynb").exists():
            lines.append(f"      {_place(kept)} shows how far it came")
        if good := state.get("last_good"):
            last = _place(folder.parent / good["link"].removeprefix("../"))
            lines.append(f"      {last} is the last good one, as of {good['as_of_day']}")
    return [*lines, *_told_of_forms(made)]


def _told_of_forms(made: Any) -> list[str]:
    """Where the other forms are; one that could not be made has been told of on the way."""
    from vmo_helpers.review import forms

    held = forms.files(made.review.folder)
    beside = forms.files(made.beside) if made.beside else []
    return [
        f"  {_place(path)}"
        for path in [*(path for path in held if path.name not in {one.name for one in beside}), *beside]
    ]


def _place(path: Path) -> str:
    """A path as short as it can be written from here."""
    whole = os.path.relpath(path)
    return str(path) if whole.startswith("..") else whole


def _seconds(text: str) -> float:
    from vmo_helpers.review.make.job import seconds

    try:
        return seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
