"""A deck never dies of its data: every notebook over portfolios of every shape (``make fuzz``: many more)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import fuzz, shapes

pytestmark = pytest.mark.slow

SEEDS = (6, 12, 15, 39, 52)
"""So few that every change is among them, most of them beside others."""


def test_every_change_is_among_these_shapes() -> None:
    made = {change for seed in SEEDS for change in shapes.shape(seed).changes}
    assert made == {change.__name__.strip("_") for change in shapes.CHANGES}


@pytest.mark.parametrize(
    "seed", [*SEEDS[:2], *(pytest.param(seed, marks=pytest.mark.deep) for seed in SEEDS[2:])]
)
def test_no_deck_fails_draws_nothing_or_shows_what_is_not_there(tmp_path: Path, seed: int) -> None:
    assert fuzz.faults(seed, tmp_path, draw=False) == []
