"""What the findings of alignment share: a cell of the ladder, and what the denominator counts."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.measures.okr import Alignment, Basis, Rung
from vmo_helpers.style import wording


def cell(ladder: pd.DataFrame, rung: Rung, basis: Basis = Basis.COUNT) -> pd.Series:
    """One row of the ladder."""
    return ladder[ladder["rung"].eq(str(rung)) & ladder["basis"].eq(str(basis))].iloc[0]


def feature_items(alignment: Alignment) -> str:
    """What the denominator counts, in the singular: "feature epic"; plain "feature" where that is the level's
    own name."""
    level = wording.plain(alignment.portfolio.settings.review_level)
    return level if level == "feature" else f"feature {level}"
