"""Makes what several notebooks of a review measure alike, before their kernels are forked."""

from __future__ import annotations

import traceback
from collections.abc import Collection

import pyarrow as pa

from vmo_helpers import sources
from vmo_helpers.measures import flow, okr, outcomes, status
from vmo_helpers.notebook.prepared import Made, Measure, Prepared, keep
from vmo_helpers.notebook.supply import known_of, supplied
from vmo_helpers.request.asked import Request
from vmo_helpers.request.settled import settle

STEPS: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "flow.read": (flow.read, ()),
    "flow.items": (flow.items, ("flow.read",)),
    "outcomes.read": (outcomes.read, ("flow.read",)),
    "okr.read": (okr.read, ("flow.items",)),
    "status.items": (status.items, ("flow.read", "outcomes.read")),
}
"""Measures as cells name them, and those whose results they are handed: the largest that decks share."""


def prepare(request: Request, names: Collection[str]) -> None:
    """Makes what the notebooks of a review are about to measure alike: those of STEPS that are named.

    What fails here is left to the notebooks, and so is what is made of it: who needs it says why it is lost.
    Raises as ``open_review``.
    """
    settled = settle(request, sources.load(request.data, request.config, request.lenient))
    portfolio = settled.known()
    known, made = known_of(portfolio, settled.window, settled.thresholds), dict[str, Made]()
    for name, (measure, needs) in STEPS.items():
        if name not in names or not all(need in made for need in needs):
            continue
        frames = tuple(made[need].result for need in needs)
        try:
            made[name] = Made(measure, frames, supplied(measure, frames, {}, known))
        except Exception:  # noqa: BLE001 - it is told by the notebook that asks for it
            traceback.print_exc()
    keep(Prepared(settled, portfolio, tuple(made.values())))
    pa.default_memory_pool().release_unused()
