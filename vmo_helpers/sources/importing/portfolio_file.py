"""The ``portfolio.toml`` of a first import: the name of the folder, and the level that a review can count."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from vmo_helpers.sources.portfolio_toml import FILE

__all__ = ["FILE", "level", "text"]

LEVELS = ("initiative", "epic", "feature", "story")
ENOUGH = 10
"""Items that a level needs to be reviewed where another has more: fewer have no 85th percentile."""


def level(levels: Sequence[str]) -> str:
    """The level that reviews count at, as it is guessed."""
    count = Counter(level for level in levels if level)
    known = [name for one in LEVELS for name in count if name.casefold() == one]
    found = next((one for one in known if one.casefold() != LEVELS[0] and count[one] >= ENOUGH), None)
    return found or max(known or count, key=lambda one: count[one], default="epic")


def text(out: Path, levels: Sequence[str]) -> str:
    """The settings that hold until a person writes better ones; the level is a guess, and says so."""
    return (
        "# Written by the first import; correct it, it is not written again.\n"
        "[portfolio]\n"
        f"name = {json.dumps(out.resolve().name, ensure_ascii=False)}\n"
        f"review_level = {json.dumps(level(levels))}   # a guess: the level that reviews count at\n"
        '# currency = "EUR"\n'
        '# timezone = "Europe/Berlin"    # days begin and end there; without it UTC\n'
    )
