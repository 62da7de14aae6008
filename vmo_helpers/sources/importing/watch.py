"""What a long import is doing, in one short line: how much is read, how many calls, what is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

EVERY_SECONDS = 0.2
"""The line changes no more often."""
One = TypeVar("One")


def _nowhere(line: str) -> None:
    """Nobody looks."""


@dataclass
class Watch:
    """``tell`` shows a line in the place of the one before."""

    tell: Callable[[str], None] = _nowhere
    calls: int = 0
    _said: str = ""
    _next: float = field(default=0.0, repr=False)

    def call(self) -> None:
        """A site is asked."""
        self.calls += 1
        self._show(self._said)

    def read(self, what: str, done: int, of: int | None = None) -> None:
        """So many are read, of how many where that is known."""
        self._said = f"{what}: {done:,} read" if of is None else f"{what}: {done:,} of {of:,} read"
        self._show(self._said)

    def waits(self, seconds: float, why: str) -> None:
        """The next try comes so much later."""
        self._next = 0.0
        self._show(f"{self._said}{', ' if self._said else ''}waiting {seconds:,.0f} s: {why}")
        self._next = 0.0

    def over(self, many: Collection[One], what: str) -> Watched[One]:
        """These, counted while they are read."""
        return Watched(many, what, self)

    def _show(self, line: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + EVERY_SECONDS
            asked = "1 call" if self.calls == 1 else f"{self.calls:,} calls"
            self.tell(f"{line}{', ' if line else ''}{asked}" if self.calls else line)


@dataclass(frozen=True)
class Watched(Generic[One]):
    """Things that are read one after another, as often as somebody wants."""

    many: Collection[One]
    what: str
    watch: Watch

    def __iter__(self) -> Iterator[One]:
        for number, one in enumerate(self.many):
            self.watch.read(self.what, number, len(self.many))
            yield one
