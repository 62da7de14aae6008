"""Rooms open when they are entered: a package whose topics are imported at their first use, so that no start
pays for all."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from types import ModuleType


def opened_on_demand(package: str, topics: Sequence[str]) -> Callable[[str], ModuleType]:
    """The module-level ``__getattr__`` of a package: ``measures.flow`` imports ``vmo_helpers.measures.flow``
    when asked for."""

    def room(name: str) -> ModuleType:
        if name in topics:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return room
