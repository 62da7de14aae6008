"""The numbers that judge: each has its bounds, and what lies outside of them is refused in words."""

from __future__ import annotations

import math
from dataclasses import fields

import pytest

from vmo_helpers.notebook.opening import open_review
from vmo_helpers.thresholds import Thresholds

NAMES = [field.name for field in fields(Thresholds)]


@pytest.mark.parametrize("name", NAMES)
def test_a_threshold_takes_its_bounds_and_nothing_outside_of_them(name: str) -> None:
    low, high = Thresholds.bounds(name)
    for value in (low, high, getattr(Thresholds(), name)):
        assert getattr(Thresholds().with_overrides({name: value}), name) == value
    for value in (low - 0.01, high + 0.01, math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match=f"threshold '{name}' must be .* from .* to .*, not "):
            Thresholds().with_overrides({name: value})


def test_what_is_a_share_a_percentile_or_a_probability_lies_between_0_and_1() -> None:
    ends = ("_share", "_p", "_percentile", "_rate", "_points", "_line")
    named = [
        name
        for name in NAMES
        if name.endswith(ends) and name not in ("delivery_cost_share", "smallest_n_percentile")
    ]
    assert len(named) > 20
    assert {Thresholds.bounds(name) for name in named} == {(0, 1)}


def test_what_is_counted_by_stays_a_whole_number_as_the_command_line_gives_it() -> None:
    limits = Thresholds().with_overrides({"usage_drop_observations": 4.0, "stalled_percentile": 1.0})
    assert (limits.usage_drop_observations, type(limits.usage_drop_observations)) == (4, int)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("okr_alignment_share", 80, "must be a share from 0 to 1, not 80; did you mean 0.8?"),
        ("stalled_percentile", 95, "must be a share from 0 to 1, not 95; did you mean 0.95?"),
        ("watermelon_red_p", 5, "must be a probability from 0 to 1, not 5; did you mean 0.05?"),
        ("stalled_percentile", -1, "must be a share from 0 to 1, not -1"),
        ("okr_alignment_share", 8000, "must be a share from 0 to 1, not 8,000"),
        ("decision_days", -1, "must be days from 0 to 36,500, not -1"),
        ("rework_moves", 2.5, "must be a whole number from 1 to 1,000,000, not 2.5"),
        ("wip_over_alarm", 0.5, "must be a multiple from 1 to 100, not 0.5"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_range(name: str, value: float, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        Thresholds().with_overrides({name: value})
    assert str(refused.value) == f"threshold '{name}' {said}"


def test_a_notebook_refuses_it_as_well() -> None:
    with pytest.raises(ValueError, match=r"must be a share from 0 to 1, not 80; did you mean 0\.8\?"):
        open_review("flow_analysis", thresholds={"okr_alignment_share": 80})
