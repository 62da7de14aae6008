"""What the benchmark asks of the detector, in small: planted truth on a few seeds; the real projects where
they are at hand."""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import watermelon as bench
from benchmarks.watermelon_cases import cases
from vmo_helpers.measures import flow, outcomes, status
from vmo_helpers.thresholds import Thresholds

REAL = Path(os.environ.get("VMO_REAL_DATA", "absent")) / "world_bank"


def test_planted_items_are_found_and_healthy_ones_left_alone_at_any_month(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench, "SEEDS", 3)
    lines = {line.what: line for line in bench.synthetic()}
    assert [str(line) for line in lines.values() if not line.met] == []
    by_hand = lines["rule “two in a row”, precision"].measured
    assert lines["tier red, precision"].measured > by_hand + 0.3


def test_the_same_seed_plants_the_same_portfolio() -> None:
    one, again = cases(4, items=20), cases(4, items=20)
    for name, table in one.portfolio.tables.items():
        pd.testing.assert_frame_equal(table, again.portfolio.tables[name])


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_dir(), reason="VMO_REAL_DATA does not name the real data sets")
def test_suspicion_and_shrinkage_hold_on_closed_real_projects() -> None:
    lines = bench.world_bank()
    assert lines[0].measured == 850
    assert [str(line) for line in lines if not line.met] == []


def test_nobody_asked_for_has_no_history() -> None:
    made = cases(5, items=5).portfolio
    inside = outcomes.read(made, flow.read(made), attainment_line=Thresholds().attainment_line)
    assert outcomes.history(inside, pd.Series([], dtype="str")).empty
    assert len(status.items(made, flow.read(made), inside, Thresholds())) == 5
