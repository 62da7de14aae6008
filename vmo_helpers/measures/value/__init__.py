"""Value: what benefits were realised against their plans, what is at risk, what comes back for the money.

``benefits`` and ``money`` are computed once; the rest reads them. Definitions: docs/measures.md, "Value".
"""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.value.benefits import benefits, claimed_twice
from vmo_helpers.measures.value.delivery import business_value, time_to_adoption, time_to_realisation
from vmo_helpers.measures.value.figures import figures, why_unknown
from vmo_helpers.measures.value.level import at_level, inside
from vmo_helpers.measures.value.money import FIRST, Realisation, by_stream, cashable, money, realisation
from vmo_helpers.measures.value.score import Framework, framework, rank_stability, scores, stated_weights
from vmo_helpers.measures.value.tables import (
    advice_table,
    clocks_table,
    items_table,
    life_table,
    realised_by_stream,
)
from vmo_helpers.measures.value.verdicts import recommendations

__all__ = [
    "FIRST",
    "Framework",
    "Realisation",
    "advice_table",
    "at_level",
    "benefits",
    "business_value",
    "by_stream",
    "cashable",
    "claimed_twice",
    "clocks_table",
    "figures",
    "framework",
    "inside",
    "items_table",
    "life_table",
    "money",
    "rank_stability",
    "realisation",
    "realised_by_stream",
    "recommendations",
    "scores",
    "stated_weights",
    "time_to_adoption",
    "time_to_realisation",
    "why_unknown",
]

says_what_it_expects(__name__)
