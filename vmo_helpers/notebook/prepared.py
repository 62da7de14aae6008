"""What several notebooks of a review measure alike, as ``preparing`` made it before kernels were forked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vmo_helpers.portfolio import Portfolio
from vmo_helpers.request.settled import Settled
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window

Measure = Callable[..., Any]


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


def keep(prepared: Prepared) -> None:
    """For this process and those that are forked from it."""
    _PREPARED[:] = [prepared]


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
