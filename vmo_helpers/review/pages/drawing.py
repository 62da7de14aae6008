"""What a worker does to draw the page of one executed notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vmo_helpers import decks
from vmo_helpers.review.shelf import folders


def draw_page(
    executed: Path, path: Path, pages: Sequence[tuple[str, str]], previous_day: str | None, at: Path
) -> str:
    """Write the page of an executed notebook; returns its headline sentence.

    ``pages`` are the notebooks and file names of all decks of the review, for the way from one to the other.
    The file ``at`` holds the slide that is being drawn: a chart may end the process without a word.
    """
    from vmo_helpers.review.pages import page
    from vmo_helpers.review.pages.executed import read

    deck = read(executed)
    links = tuple(page.Link(decks.title(name), None if file == path.name else file) for name, file in pages)
    around = page.Context(pages=links, previous=previous_day, tables=True, at=at.write_text)
    whole = page.render(deck, around)
    at.unlink(missing_ok=True)
    folders.write(path, whole)
    return deck.headline
