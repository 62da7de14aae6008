"""OKR alignment: a ladder, not a tag. ``read`` once, then ask; key results apart, by ``key_results``."""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.okr.alignment import Alignment, read
from vmo_helpers.measures.okr.balance import (
    effective_goals,
    goal_spread,
    item_goals,
    pulled_against_wanted,
    starvation,
)
from vmo_helpers.measures.okr.conflicts import conflicting, served_by
from vmo_helpers.measures.okr.contribution import contributions, promised
from vmo_helpers.measures.okr.edits import late_edits
from vmo_helpers.measures.okr.figures import figures, short_of_line
from vmo_helpers.measures.okr.goals import Goals, goals
from vmo_helpers.measures.okr.key_results import ended, key_results, objective_status, objectives_table
from vmo_helpers.measures.okr.ladder import Basis, Rung, items_short, ladder
from vmo_helpers.measures.okr.moved import key_result_moves, moved_items, moved_table
from vmo_helpers.measures.okr.progress import values
from vmo_helpers.measures.okr.sight import coverage, goal_work, line_of_sight, money, orphan_items
from vmo_helpers.measures.okr.tables import items_table, key_results_table

__all__ = [
    "Alignment",
    "Basis",
    "Goals",
    "Rung",
    "conflicting",
    "contributions",
    "coverage",
    "effective_goals",
    "ended",
    "figures",
    "goal_spread",
    "goal_work",
    "goals",
    "item_goals",
    "items_short",
    "items_table",
    "key_result_moves",
    "key_results",
    "key_results_table",
    "ladder",
    "late_edits",
    "line_of_sight",
    "money",
    "moved_items",
    "moved_table",
    "objective_status",
    "objectives_table",
    "orphan_items",
    "promised",
    "pulled_against_wanted",
    "read",
    "served_by",
    "short_of_line",
    "starvation",
    "values",
]

says_what_it_expects(__name__)
