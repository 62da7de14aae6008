"""Reported status against outcomes: what was said, what delivery says, what customers and business show."""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.status.agility import fake_agility
from vmo_helpers.measures.status.coverage import coverage, loose_ends, missing_elements
from vmo_helpers.measures.status.delivery import delivery, estimate_accuracy
from vmo_helpers.measures.status.doubts import Limits
from vmo_helpers.measures.status.figures import figures
from vmo_helpers.measures.status.items import NO_REPORT, items, table
from vmo_helpers.measures.status.leading import leading_test
from vmo_helpers.measures.status.lists import changed_plans, contradictions, red_or_open, shrunk, suffixed
from vmo_helpers.measures.status.matrix import BAD_ROW, matrix
from vmo_helpers.measures.status.outside import reports
from vmo_helpers.measures.status.vanity import vanity_metrics

__all__ = [
    "BAD_ROW",
    "NO_REPORT",
    "Limits",
    "changed_plans",
    "contradictions",
    "coverage",
    "delivery",
    "estimate_accuracy",
    "fake_agility",
    "figures",
    "items",
    "leading_test",
    "loose_ends",
    "matrix",
    "missing_elements",
    "red_or_open",
    "reports",
    "shrunk",
    "suffixed",
    "table",
    "vanity_metrics",
]

says_what_it_expects(__name__)
