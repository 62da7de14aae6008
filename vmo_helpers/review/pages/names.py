"""What decks are called, and how a severity is shown, on every page."""

from __future__ import annotations

from collections.abc import Collection

from vmo_helpers.results.parts import DECK_NAMES
from vmo_helpers.style.palette import ALARM, AMBER, GOOD, SEVERITY
from vmo_helpers.vocabulary import Severity

_TONES = {ALARM: "bad", AMBER: "careful", GOOD: "good"}


def deck_name(notebook: str) -> str:
    """What a reader calls the deck of a notebook."""
    return DECK_NAMES.get(notebook, notebook.replace("_", " ").capitalize())


def way_to(deck: str, slide: str | None, pages: Collection[str | None]) -> str | None:
    """The address of a slide of a deck ("" is this page); None where its page is not among ``pages``."""
    page = f"{deck}.html" if deck else ""
    if page and page not in pages:
        return None
    return f"{page}#{slide}" if slide else page


def severity_mark(severity: str) -> dict[str, str]:
    """Word, sign and tone of a severity, for a template."""
    mark = SEVERITY[Severity(severity)]
    return {"word": mark.word, "sign": mark.sign, "tone": _TONES.get(mark.colour, "")}
