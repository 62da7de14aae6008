"""Outcomes: each benefit with its metric is one test. Did it move, was it adopted, did use drop?

``inside = outcomes.read(portfolio, log, attainment_line=…)`` computes all tests once; all else reads it.
"""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.outcomes.clocks import three_clocks, usage_drops
from vmo_helpers.measures.outcomes.history import history, red_since
from vmo_helpers.measures.outcomes.inside import CLASSES, Inside, read
from vmo_helpers.measures.outcomes.lacking import NO_CHANGE, NO_SENSE
from vmo_helpers.measures.outcomes.line import marks, outcome_line, plan_line
from vmo_helpers.measures.outcomes.moved import CURVED, FEW, MOVED, STILL, WORSE, moved, moves, moves_table
from vmo_helpers.measures.outcomes.sparse import FEWEST, LATEST
from vmo_helpers.measures.outcomes.tiers import State, discoveries, readings, simes, tiers
from vmo_helpers.measures.outcomes.verdicts import LACKS, Judged, items, tests

__all__ = [
    "CLASSES",
    "CURVED",
    "FEW",
    "FEWEST",
    "LACKS",
    "LATEST",
    "MOVED",
    "NO_CHANGE",
    "NO_SENSE",
    "STILL",
    "WORSE",
    "Inside",
    "Judged",
    "State",
    "discoveries",
    "history",
    "items",
    "marks",
    "moved",
    "moves",
    "moves_table",
    "outcome_line",
    "plan_line",
    "read",
    "readings",
    "red_since",
    "simes",
    "tests",
    "three_clocks",
    "tiers",
    "usage_drops",
]

says_what_it_expects(__name__)
