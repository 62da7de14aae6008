"""Charts of reported status against outcomes: each takes the frame that ``measures.status`` or
``measures.outcomes`` returns."""

from vmo_helpers.charts.watermelon.clocks import three_clocks
from vmo_helpers.charts.watermelon.customers import customers
from vmo_helpers.charts.watermelon.gaps import coverage, missing_elements, shrunk
from vmo_helpers.charts.watermelon.habits import fake_agility, vanity_metrics
from vmo_helpers.charts.watermelon.matrix import outside_inside
from vmo_helpers.charts.watermelon.outcome import outcome_line
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "coverage",
    "customers",
    "fake_agility",
    "missing_elements",
    "outcome_line",
    "outside_inside",
    "shrunk",
    "three_clocks",
    "vanity_metrics",
]

says_what_it_expects(__name__)
