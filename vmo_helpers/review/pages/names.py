"""How a severity is shown, and the way to a slide, on every page."""

from __future__ import annotations

from collections.abc import Collection

from vmo_helpers import decks
from vmo_helpers.style.palette import SEVERITY
from vmo_helpers.vocabulary import Severity


def way_to(deck: str, slide: str | None, pages: Collection[str | None]) -> str | None:
    """The address of a slide of a deck ("" is this page); None where its page is not among ``pages``."""
    page = decks.entry(deck).page if deck else ""
    if page and page not in pages:
        return None
    return f"{page}#{slide}" if slide else page


def severity_mark(severity: str) -> dict[str, str]:
    """Word, sign and tone of a severity, for a template."""
    mark = SEVERITY[Severity(severity)]
    return {"word": mark.word, "sign": mark.sign, "tone": mark.tone}
