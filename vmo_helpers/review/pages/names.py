"""What decks are called, and how a severity is shown, on every page."""

from __future__ import annotations

from vmo_helpers.results.parts import DECK_NAMES
from vmo_helpers.style.palette import ALARM, AMBER, GOOD, SEVERITY
from vmo_helpers.vocabulary import Severity

_TONES = {ALARM: "bad", AMBER: "careful", GOOD: "good"}


def deck_name(notebook: str) -> str:
    """What a reader calls the deck of a notebook."""
    return DECK_NAMES.get(notebook, notebook.replace("_", " ").capitalize())


def severity_mark(severity: str) -> dict[str, str]:
    """Word, sign and tone of a severity, for a template."""
    mark = SEVERITY[Severity(severity)]
    return {"word": mark.word, "sign": mark.sign, "tone": _TONES.get(mark.colour, "")}
