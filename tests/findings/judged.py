"""What the notebooks say of a portfolio, without a kernel and without a chart: their cells run here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unittest.mock import MagicMock

from tests.cells import Cell, code_cells, run_cell
from vmo_helpers.notebook.opening import Review
from vmo_helpers.notebook.supply import supplied
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import review_window

DECKS = ("flow_analysis", "watermelon_metrics", "okr_alignment", "value_and_funding")


class Listening(Review):
    """A review that draws nothing and keeps what is said."""

    heard: list[Finding]
    held: bool

    def judge(self, rule: Any, *frames: Any, **more: Any) -> Any:
        return super().judge(rule, *frames, **more) if self.held else supplied(rule, frames, more, self.known)

    def slide(self, findings: Finding | Sequence[Finding], *_: Any, **__: Any) -> None:
        self.findings(findings)

    def findings(self, *judged: Finding | Sequence[Finding], **_: Any) -> None:
        self.heard.extend(one for some in judged for one in ([some] if isinstance(some, Finding) else some))

    def opening(self, *_: Any, **__: Any) -> None: ...


def said_of(portfolio: Portfolio, decks: Sequence[str] = DECKS, *, held: bool = True) -> list[Finding]:
    """Every finding that the notebooks show or write down; ``held`` against the record, as a review is, or as
    the rules alone would have it."""
    assert portfolio.as_of is not None
    window = review_window(portfolio.as_of, None, portfolio.settings.timezone)
    heard: list[Finding] = []
    for deck in decks:
        review = Listening(portfolio, window, Thresholds(), MagicMock(), deck, MagicMock())
        object.__setattr__(review, "heard", heard)
        object.__setattr__(review, "held", held)
        names: dict[str, Any] = {"review": review, "window": window, "explore": MagicMock(), "previous": None}
        for cell in _cells(deck):
            run_cell(cell, names)
    return heard


def _cells(deck: str) -> list[Cell]:
    """The code of a notebook below the cell that opens its review, after what the cells above import."""
    cells = code_cells(deck)
    opened = next(place for place, cell in enumerate(cells) if "open_review(" in cell.source)
    above = "\n".join(cell.source for cell in cells[: opened + 1]).splitlines()
    imports = "\n".join(line for line in above if line.startswith("from "))
    imports = imports.replace("explore, ", "").replace(", explore", "")
    return [Cell("imports", imports), *cells[opened + 1 :]]
