"""Charts drawn without a check of each of their parts, where the whole is checked anyway."""

from __future__ import annotations

import contextlib
from typing import Any


def unchecked() -> contextlib.AbstractContextManager[Any]:
    """Altair does not hold each part of a chart against its schema while this holds.

    A redraw on the screen must be quick, and draws the deck's charts, which are checked; a deck's charts are
    compiled as a whole before its page leaves the house.
    """
    from altair.utils.schemapi import debug_mode

    return debug_mode(False)
