"""Judgement on value: benefits against their plans, money back, what is at risk, what to stop and to fund."""

from vmo_helpers.findings.value.benefits import (
    claimed_twice,
    disbenefits,
    life,
    not_measured,
    realisation,
    shortfalls,
    vanished_shortfalls,
)
from vmo_helpers.findings.value.money import at_risk, low_returns, rank_stability, recommendations
from vmo_helpers.findings.value.served import business_value, clocks
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "at_risk",
    "business_value",
    "claimed_twice",
    "clocks",
    "disbenefits",
    "life",
    "low_returns",
    "not_measured",
    "rank_stability",
    "realisation",
    "recommendations",
    "shortfalls",
    "vanished_shortfalls",
]

says_what_it_expects(__name__)
