"""What the findings of alignment share: shares beside a line, names of goals, what cannot be said."""

from __future__ import annotations

import math

import pandas as pd

from vmo_helpers.measures.okr import Alignment, Basis, Rung
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

PORTFOLIO = "portfolio"
MOST_SUBJECTS = 100  # findings of one rule; beyond it the first one carries the count
TITLE_LENGTH = 60


def unknown(
    rule: str,
    sentence: str,
    *,
    n: int = 0,
    missing: tuple[str, ...] = (),
    subject: str = PORTFOLIO,
    clears_when: str = "",
) -> Finding:
    """A finding that says what cannot be said. The reason of a figure begins with "n/a: "; a sentence does
    without."""
    return Finding(
        rule,
        subject,
        Severity.UNKNOWN,
        sentence.replace(": n/a: ", ": "),
        n=n,
        missing=missing,
        clears_when=clears_when,
    )


def beside_line(share: float, line: float) -> str:
    """A share in percent that never reads like the line that it misses: 0.7996 beside 0.80 is "79.96 %", not
    "80 %"."""
    for decimals in range(5):
        said = wording.percent(share, decimals=decimals)
        if share == line or said != wording.percent(line, decimals=decimals):
            return said
    return f"just {'under' if share < line else 'over'} {wording.percent(line)}"


def name(title: object, key: object) -> str:
    """A goal's or item's title in quotation marks as it may be shown, cut to a readable length; its key where
    it has none.
    """
    named = title if isinstance(title, str) and title else key
    return f"“{wording.clipped(wording.plain(named), TITLE_LENGTH)}”"


def cell(ladder: pd.DataFrame, rung: Rung, basis: Basis = Basis.COUNT) -> pd.Series:
    """One row of the ladder."""
    return ladder[ladder["rung"].eq(str(rung)) & ladder["basis"].eq(str(basis))].iloc[0]


def number(value: float) -> float | None:
    """A number for ``Finding.value``: None where it is not known."""
    return float(value) if not math.isnan(value) else None


def feature_items(read: Alignment) -> str:
    """What the denominator counts, in the singular: "feature epic"; plain "feature" where that is the level's
    own name."""
    level = wording.plain(read.portfolio.settings.review_level)
    return level if level == "feature" else f"feature {level}"
