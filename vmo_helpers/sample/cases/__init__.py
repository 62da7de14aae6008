"""What was planted, rule by rule, told from the story's own parameters: never from a measure or a finding."""

from __future__ import annotations

from vmo_helpers.sample.cases.flow import flow_cases
from vmo_helpers.sample.cases.goals import goal_cases
from vmo_helpers.sample.cases.value import value_cases
from vmo_helpers.sample.cases.watermelon import watermelon_cases
from vmo_helpers.sample.story import Story
from vmo_helpers.sample.world import Case

__all__ = ["cases"]

# these speak of the portfolio as a whole: a sample of fewer epics does not hold them
_OF_THE_WHOLE = (
    "flow.wait_queue",
    "flow.gate",
    "flow.local_optimum",
    "flow.started_not_finished",
    "flow.nothing_finished",
    "flow.too_few_to_say",
    "flow.wip_limit",
    "flow.stalled_item",
    "okr.goal_without_work",
    "okr.starved_objective",
    "okr.siloed_key_result",
    "okr.over_mapped_key_result",
    "okr.unaligned_spend",
    "funding.over_budget",
    "sequence.moved",
)


def cases(story: Story) -> list[Case]:
    """Every planted case of a story; ids that a smaller sample does not hold are left out."""
    found = [*flow_cases(story), *watermelon_cases(story), *goal_cases(story), *value_cases(story)]
    if len(story.items) < 120:
        found = [case for case in found if case.rule not in _OF_THE_WHOLE]
    return [case for case in found if case.planted or case.near_misses]
