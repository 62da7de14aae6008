"""The sample as a notebook opens it, for the functions behind the panels."""

from typing import Any

import pytest

from vmo_helpers.deck import deck
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.opening import open_review


@pytest.fixture(scope="session")
def source() -> Source:
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(deck, "_display", _nowhere)
        return Source.of(open_review("flow_analysis", "data/sample"))


@pytest.fixture(scope="session")
def scene(source: Source) -> Scene:
    return source.scene(source.opened)


def _nowhere(_: dict[str, Any]) -> None:
    """Nobody looks."""
