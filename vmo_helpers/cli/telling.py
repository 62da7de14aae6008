"""Telling people, and saying who was told."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vmo_helpers.contract.problems import printable

if TYPE_CHECKING:
    from vmo_helpers.review.notify import Outcome, Target, Word


def notify(word: Word, places: Sequence[Target]) -> list[Outcome]:
    """Tell the places, and say which were told; that one was not changes no exit status."""
    from vmo_helpers.review.notify import notified

    outcomes = notified(word, places, datetime.now(UTC))
    say(outcomes)
    return outcomes


def say(outcomes: Iterable[Outcome], portfolio: str = "") -> None:
    """On standard output who was told, on standard error who was not."""
    whose = f"{portfolio}: " if portfolio else ""
    for one in outcomes:
        if one.told:
            sys.stdout.write(f"{printable(f'  {whose}told {one.to}')}\n")
        else:
            sys.stderr.write(f"{printable(f'vmo: {whose}{one.to} was not told: {one.why}.')}\n")
