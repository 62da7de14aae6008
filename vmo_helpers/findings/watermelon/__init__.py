"""What reported status is worth: each rule returns findings whose sentence is a slide's title."""

from vmo_helpers.findings.watermelon.customers import (
    answered,
    customers,
    satisfaction_drops,
    usage_drops,
    used,
)
from vmo_helpers.findings.watermelon.doubts import moved_goalposts, open_inside, watch
from vmo_helpers.findings.watermelon.gaps import coverage, loose_ends, unknown_inside
from vmo_helpers.findings.watermelon.habits import (
    estimate_accuracy,
    fake_agility,
    sign_limits,
    three_clocks,
    vanity_metrics,
)
from vmo_helpers.findings.watermelon.marks import (
    delivery_contradicts,
    frozen,
    opinion_only,
    plan_aged,
    self_contradicting,
    shrunk,
    stale,
)
from vmo_helpers.findings.watermelon.red import watermelons, why, worst
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "answered",
    "coverage",
    "customers",
    "delivery_contradicts",
    "estimate_accuracy",
    "fake_agility",
    "frozen",
    "loose_ends",
    "moved_goalposts",
    "open_inside",
    "opinion_only",
    "plan_aged",
    "satisfaction_drops",
    "self_contradicting",
    "shrunk",
    "sign_limits",
    "stale",
    "three_clocks",
    "unknown_inside",
    "usage_drops",
    "used",
    "vanity_metrics",
    "watch",
    "watermelons",
    "why",
    "worst",
]

says_what_it_expects(__name__)
