"""What the findings of reported status share: how it is said that something cannot be said."""

from __future__ import annotations

from typing import Any

from vmo_helpers.findings.rule import Rule
from vmo_helpers.results.finding import Finding


def untold(rule: Rule, about: str, why: str, *missing: str, **facts: Any) -> Finding:
    """Such as "No conclusion on usage: no behaviour metric has enough readings": it clears when that is
    known."""
    sentence = f"No conclusion on {about}: {why}"
    return rule.unknown(sentence, *missing, clears_when="that is known", **facts)
