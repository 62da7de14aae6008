"""A deck never dies of its data: every notebook over portfolios of every shape (``make fuzz``: many more)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import fuzz, shapes

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(len(shapes.CHANGES)))
def test_no_deck_fails_draws_nothing_or_shows_what_is_not_there(tmp_path: Path, seed: int) -> None:
    assert fuzz.faults(seed, tmp_path, draw=False) == []
