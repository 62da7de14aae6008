"""The move from PMO to VMO: four axes, what the portfolio needs, and what changed with the move.

Definitions: docs/measures.md, "The move from PMO to VMO". Evidence and what people assess are never mixed.
"""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.transition.axes import (
    ASSESSED,
    AXES,
    EVIDENCE,
    NEEDS,
    axes,
    figures,
    needs,
    outcome_metrics_read,
)
from vmo_helpers.measures.transition.move import before_after
from vmo_helpers.measures.transition.scorecard import (
    FEWEST_SETTLED,
    FlagState,
    flags,
    scorecard,
    scorecard_figures,
)
from vmo_helpers.measures.transition.trend import over_reviews

__all__ = [
    "ASSESSED",
    "AXES",
    "EVIDENCE",
    "FEWEST_SETTLED",
    "NEEDS",
    "FlagState",
    "axes",
    "before_after",
    "figures",
    "flags",
    "needs",
    "outcome_metrics_read",
    "over_reviews",
    "scorecard",
    "scorecard_figures",
]

says_what_it_expects(__name__)
