"""What alignment tells a board: each rule returns findings whose sentence is a slide's title."""

from vmo_helpers.findings.okr.gaps import goals_without_work, line_of_sight, orphan_items, unaligned_spend
from vmo_helpers.findings.okr.key_results import key_results, late_edits, objectives
from vmo_helpers.findings.okr.ladder import alignment, denominator, money_basis, moved
from vmo_helpers.findings.okr.pulls import conflicting_goals, pulled_against_wanted, siloed_goals
from vmo_helpers.findings.okr.spread import over_mapped_items, over_mapping, over_promised, starvation
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "alignment",
    "conflicting_goals",
    "denominator",
    "goals_without_work",
    "key_results",
    "late_edits",
    "line_of_sight",
    "money_basis",
    "moved",
    "objectives",
    "orphan_items",
    "over_mapped_items",
    "over_mapping",
    "over_promised",
    "pulled_against_wanted",
    "siloed_goals",
    "starvation",
    "unaligned_spend",
]

says_what_it_expects(__name__)
