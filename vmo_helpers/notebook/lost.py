"""What stands for a result that could not be made: what is made of it is lost, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from vmo_helpers.lazy import called
from vmo_helpers.style import wording

_LONGEST = 300
_PLAIN = frozenset({str, int, float, bool, type(None)})


class Lost:
    """A frame, finding or figure that is not there, because its making failed; ``why`` in one line.

    A notebook reads it as it would the result: every part of it is lost, and it has no items but itself.
    """

    def __init__(self, why: str) -> None:
        self.why = why

    def __getattr__(self, name: str) -> Lost:
        if name.startswith("__"):  # what Python asks of an object, such as how it is copied
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Lost:
        return self

    def __iter__(self) -> Iterator[Lost]:
        return iter([self])

    def __str__(self) -> str:
        return "This could not be made"


def lost_among(*several: object) -> Lost | None:
    """The first that is lost among these, their items and their values; None where all are there."""
    return _first(several)


def _first(several: Iterable[object]) -> Lost | None:
    for one in several:
        if isinstance(one, Lost):
            return one
        if isinstance(one, (Mapping, list, tuple)):
            within = one.values() if isinstance(one, Mapping) else one
            if _PLAIN.issuperset(map(type, within)):  # names of a hundred thousand items, say
                continue
            if (lost := _first(within)) is not None:
                return lost
    return None


def reason(error: Exception, function: Callable[..., Any] | None) -> str:
    """What went wrong where, as a line that a page can show."""
    where = f" in {called(function)}" if function is not None else ""
    return wording.clipped(
        " ".join(wording.plain(f"{type(error).__name__}{where}: {error}").split()), _LONGEST
    )
