"""What every judgement shares: whom it is about, how loud it is, and the order in which leaders are asked."""

from __future__ import annotations

from typing import Any

from vmo_helpers.vocabulary import Severity

PORTFOLIO = "portfolio"
"""The subject of a finding about the whole."""

RULE = (
    "Ranked by what a month of waiting costs × the weight of the evidence; then, where that cost is "
    "not known, by the money at stake × that weight."
)
LOUD = {str(Severity.ALARM): 0, str(Severity.WARNING): 1}


def order(
    cost: float | None, stake: float | None, sureness: float, severity: str, subject: str
) -> tuple[Any, ...]:
    """Sorted by it, what is dearest to wait for comes first. ``cost`` and ``stake`` are money, None where not
    known; ``sureness`` is 0–1."""
    return (
        cost is None,
        -(cost or 0.0) * sureness,
        -(stake or 0.0) * sureness,
        LOUD.get(severity, len(LOUD)),
        subject,
    )
