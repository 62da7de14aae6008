"""What the notebooks say of a portfolio, without a kernel and without a chart: their cells run here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

from vmo_helpers.notebook.opening import Review
from vmo_helpers.notebook.supply import supplied
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import review_window

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
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
        for code in _cells(deck):
            exec(code, names)  # noqa: S102
    return heard


def _cells(deck: str) -> list[Any]:
    """The code of a notebook below the cell that opens its review."""
    cells = json.loads((NOTEBOOKS / f"{deck}.ipynb").read_text(encoding="utf-8"))["cells"]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    opened = next(place for place, code in enumerate(codes) if "open_review(" in code)
    above = "\n".join(codes[: opened + 1]).splitlines()
    imports = "\n".join(line for line in above if line.startswith("from "))
    return [
        compile(code, deck, "exec")
        for code in [imports.replace("explore, ", "").replace(", explore", ""), *codes[opened + 1 :]]
    ]
