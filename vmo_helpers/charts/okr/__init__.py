"""Charts of OKR alignment: each takes the frame that ``measures.okr`` returns and draws it; none
aggregates."""

from vmo_helpers.charts.okr.goals import (
    contributions,
    goal_balance,
    goal_spread,
    item_goals,
    pulled_against_wanted,
)
from vmo_helpers.charts.okr.key_results import key_results, promised
from vmo_helpers.charts.okr.ladder import ladder, line_of_sight
from vmo_helpers.charts.okr.orphans import money_by_goal, orphans
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "contributions",
    "goal_balance",
    "goal_spread",
    "item_goals",
    "key_results",
    "ladder",
    "line_of_sight",
    "money_by_goal",
    "orphans",
    "promised",
    "pulled_against_wanted",
]

says_what_it_expects(__name__)
