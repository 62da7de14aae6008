"""The seam between a notebook and its page: a deck displays parts, the page reads them back from the executed
notebook.

A part is a JSON object under ``PART_MIME``; its ``part`` says which. JupyterLab ignores it and shows what
lies beside it (HTML or a chart). Everything that a page says is in parts: outputs without one leave nothing
on the page.
"""

from __future__ import annotations

import re
from enum import StrEnum

PART_MIME = "application/vnd.vmo.part+json"
CHART_MIME = "application/vnd.vegalite.v5+json"
"""JupyterLab 4 draws a v6 specification under this name from its own files; it knows no v6 name."""

FOR_ANALYSTS = "analyst"
"""The tag of a markdown cell whose text stays in the notebook: of it the page has the heading alone."""

NOT_MADE = "This slide could not be made"

MOST_SLIDES = 7
MOST_TILES = 4
MOST_ROWS = 10

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Part(StrEnum):
    """The kinds of part, in the order in which a notebook usually displays them."""

    REVIEW = "review"
    FIGURES = "figures"
    FINDINGS = "findings"
    OPENING = "opening"
    SLIDE = "slide"
    CHART = "chart"
    CLOSING = "closing"


def not_made(why: str) -> dict[str, str]:
    """What a slide's part says where the slide, or its chart, could not be made."""
    return {"read": f"{NOT_MADE}. {why}", "lost": why}


def checked_name(name: str, what: str) -> str:
    """A name that is safe as a file, an anchor and a key; ValueError tells what is wrong with any other."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{what} {name!r} must be lower-case letters, digits and underscores, starting with a letter"
        )
    return name
