"""What several notebooks of a review measure alike: made once, in the process that their kernels are forked
from."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from vmo_helpers import sources
from vmo_helpers.measures import flow, okr, outcomes, status
from vmo_helpers.notebook.supply import known_of, supplied
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.request.asked import Request
from vmo_helpers.request.settled import Settled, settle
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window

Measure = Callable[..., Any]
STEPS: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "flow.read": (flow.read, ()),
    "flow.items": (flow.items, ("flow.read",)),
    "outcomes.read": (outcomes.read, ("flow.read",)),
    "okr.read": (okr.read, ("flow.items",)),
    "status.items": (status.items, ("flow.read", "outcomes.read")),
}
"""Measures as cells name them, and those whose results they are handed: the largest that decks share."""


@dataclass(frozen=True)
class Made:
    """A result, and what it was made of: the measure and the frames that it was handed, in order."""

    measure: Measure
    frames: tuple[Any, ...]
    result: Any

    def is_by(self, measure: Measure, frames: Sequence[Any]) -> bool:
        """By this measure, of these very frames."""
        return (
            measure is self.measure
            and len(frames) == len(self.frames)
            and all(one is other for one, other in zip(frames, self.frames, strict=True))
        )


@dataclass(frozen=True)
class Prepared:
    """A review's data as known at its instant, and what was made of them."""

    settled: Settled
    portfolio: Portfolio
    made: tuple[Made, ...]

    def is_of(self, settled: Settled) -> bool:
        """The same data, streams, level and instant."""
        ours = self.settled
        return (
            ours.whole.tables is settled.whole.tables
            and ours.whole.settings == settled.whole.settings
            and ours.asked.streams == settled.asked.streams
            and ours.window.end == settled.window.end
        )


_PREPARED: list[Prepared] = []
"""At most one: kernels are forked for one review."""


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
    _PREPARED[:] = [Prepared(settled, portfolio, tuple(made.values()))]
    pa.default_memory_pool().release_unused()


def known(settled: Settled) -> Portfolio:
    """``settled.known()``: the prepared one where it is of the same."""
    there = [one.portfolio for one in _PREPARED if one.is_of(settled)]
    return there[0] if there else settled.known()


def made(
    measure: Measure, frames: Sequence[Any], portfolio: Portfolio, window: Window, limits: Thresholds
) -> list[Any]:
    """What a measure makes of frames and of what a review knows: one result where it was prepared, else
    none."""
    return [
        one.result
        for prepared in _PREPARED
        if prepared.portfolio is portfolio
        and prepared.settled.window == window
        and prepared.settled.thresholds == limits
        for one in prepared.made
        if one.is_by(measure, frames)
    ]
