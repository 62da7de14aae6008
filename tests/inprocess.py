"""Notebooks run in this process, cell after cell and without a kernel: for tests that want many of them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from tests.cells import code_cells, run_cell
from vmo_helpers import decks, sources
from vmo_helpers.charts.unchecked import unchecked
from vmo_helpers.deck import deck
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.parts import PART_MIME

ROOT = Path(__file__).parents[1]
NOTEBOOKS = tuple(one.name for one in sorted(decks.ENTRIES, key=lambda one: decks.place(one.name)))
"""All of ours, in the order of a review."""


@dataclass
class Ran:
    """What a notebook displayed (``bundles``: mime → content) and left in its folder of results."""

    name: str
    results: Path
    bundles: list[dict[str, Any]] = field(default_factory=list)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What its page would be made of."""
        return [bundle[PART_MIME] for bundle in self.bundles if PART_MIME in bundle]

    @property
    def findings(self) -> list[dict[str, Any]]:
        return list(json.loads((self.results / "findings" / f"{self.name}.json").read_text(encoding="utf-8")))

    @property
    def figures(self) -> dict[str, Any]:
        return dict(json.loads((self.results / "figures" / f"{self.name}.json").read_text(encoding="utf-8")))


@contextmanager
def _standing_in(portfolio: Portfolio, ran: Ran) -> Iterator[None]:
    """The portfolio in memory is what is loaded; what is displayed is kept."""
    with (
        mock.patch.object(sources, "load", lambda *_, **__: portfolio),
        mock.patch.object(deck, "_display", ran.bundles.append),
        unchecked(),  # as in a review's kernels
    ):
        yield


def run(name: str, portfolio: Portfolio, results: Path, **parameters: Any) -> Ran:
    """A notebook on a portfolio in memory; an exception of a cell is raised with the cell named."""
    ran = Ran(name, results)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with _standing_in(portfolio, ran):
        for cell in code_cells(name):
            run_cell(cell, namespace)
            if "parameters" in cell.tags:
                namespace |= {"data": "in memory", "results": str(results)}
                namespace |= _declared(cell.source, parameters)
    return ran


def _declared(source: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    names = {node.targets[0].id for node in ast.parse(source).body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]
    return {name: value for name, value in parameters.items() if name in names}
