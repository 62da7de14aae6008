"""What the findings of flow share: small n, the window in words, what a change means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.measures.flow import SmallN
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window

FLAT = 0.1
"""Of a change: a line that moves less than that stands still."""


def small(limits: Thresholds) -> SmallN:
    """Under how many items no percentile is printed, as the thresholds say."""
    return SmallN(int(limits.smallest_n_percentile), int(limits.smallest_n_tail))


NO_START = "no start is on record"  # flow.progress_on_record


def since(window: Window) -> str:
    """Such as "since 1 November 2025", the year only where it is not the year of the window's end."""
    return f"since {wording.day(window.start_day, beside=window.end_day)}"


def unrecorded(
    rule: Rule, what: str, lack: str = "no start and no finish is on record", **facts: Any
) -> Finding:
    """Such as "No conclusion on throughput: no start and no finish is on record" (``flow.on_record``):
    unknown, not 0."""
    sentence = f"No conclusion on {what}: {lack}"
    return rule.unknown(sentence, "transitions", **facts)


def too_few(rule: Rule, what: str, n: int, needed: int, level: str) -> Finding:
    """Such as "No conclusion on lead time: 4 epics"."""
    return rule.unknown(
        f"No conclusion on {what}: {wording.counted(n, level)}",
        f"{wording.plural(level)} ({n} of {needed})",
        n=n,
        clears_when=f"{needed} items can be counted",
    )


def moved(
    change: Mapping[str, Any], worse_when_up: bool, day_unit: str, trend: pd.DataFrame | None = None
) -> tuple[Severity, str]:
    """How loud a change is (its 95 % interval leaves zero or not) and its words: ", 18 days more than in the
    window before".

    Where the windows are no comparison, the words say so. Where ``trend``, the line that the slide draws,
    runs the other way, no direction is said.
    """
    if change["why"] is not None:
        return Severity.NOTE, f"; {change['why']}"
    if not wording.known(change["change"]) or not wording.known(change["low"]):
        return Severity.NOTE, ""
    size, low, high = change["change"], change["low"], change["high"]
    if low <= 0 <= high:
        return Severity.NOTE, ", no clear change from the window before"
    up = size > 0
    if trend is not None and _runs_against(trend["days"], size):
        return Severity.NOTE, ", no steady change from the window before"
    words = f", {wording.days(abs(size), day_unit)} {'more' if up else 'less'} than in the window before"
    return (Severity.WARNING if up == worse_when_up else Severity.GOOD), words


def _runs_against(line: pd.Series, change: float) -> bool:
    """Whether a line goes the other way than a change, by a tenth of it or more; less is flat to the eye."""
    if len(line) < 2:
        return False
    return float(line.iloc[-1] - line.iloc[0]) * change < -FLAT * change**2
