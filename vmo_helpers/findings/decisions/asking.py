"""Which findings ask for a decision, in which words, and how sure they are: one row a rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vmo_helpers.thresholds import Thresholds


class Sureness(StrEnum):
    """What a finding's evidence is: tested (1 − its p-value), counted in the data, or projected from a
    trend."""

    TESTED = "tested against chance"
    COUNTED = "counted from the data"
    PROJECTED = "projected from its past"


@dataclass(frozen=True)
class Asking:
    """``rule`` asks ``words`` of its subject, {name}; rules further up speak first where several find the
    same subject.

    {until} is the limit of the place where it stands over it, else when the finding clears. ``once``: it asks
    of its largest subject alone. ``passing``: work passes there one by one, so an open decision on one item
    is about that item. ``after_need``: where its subject needs unfinished work, that is asked about instead.
    ``without``: what happens where nothing is decided, {name} again.
    """

    rule: str
    words: str
    sureness: Sureness = Sureness.COUNTED
    once: bool = False
    passing: bool = False
    after_need: bool = False
    without: str = "it stays as it is"


FAILS = "places.fails"
ASKING = {
    row.rule: row
    for row in (
        Asking(FAILS, "Decide what changes in {name}", without="what is against it stays as it is"),
        Asking(
            "flow.wait_queue",
            "Free {name}: give it people or take work away, until {until}",
            once=True,
            without="work goes on waiting there",
        ),
        Asking(
            "flow.gate",
            "Let work pass {name} without waiting: fewer approvals, or more people who give them",
            passing=True,
            without="work goes on waiting there",
        ),
        Asking(
            "watermelon.watermelon",
            "Stop, change or fund anew {name}",
            Sureness.TESTED,
            without="it goes on being paid for, and its value does not come",
        ),
        Asking(
            "value.stop",
            "Stop {name}, and free what it would still cost",
            Sureness.TESTED,
            without="it goes on costing more than it brings",
        ),
        Asking(
            "value.pivot",
            "Change {name}: its outcome has not come",
            Sureness.TESTED,
            without="it goes on missing its outcome",
        ),
        Asking(
            "value.fund",
            "Fund more of {name}: it leads by value, and its budget is used up",
            without="what leads by value stands still",
        ),
        Asking(
            "forecast.stage_warning",
            "Give {name} what it waits for, before lead time is hurt",
            Sureness.PROJECTED,
            without="lead time gets longer, weeks from now",
        ),
        Asking(
            "flow.release_rhythm",
            "Deliver a smaller part of {name} now, or stop it",
            after_need=True,
            without="it reaches nobody for another month",
        ),
        Asking(
            "flow.stalled_item",
            "Finish {name} before anything else, or stop it",
            after_need=True,
            without="it is another month late",
        ),
        Asking("flow.blocked", "Clear what blocks {name}, or stop it", without="it stays blocked"),
        Asking(
            "okr.orphan_item",
            "Say which goal {name} serves, or stop it",
            without="money goes on serving no goal",
        ),
        Asking(
            "flow.nothing_finished",
            "Start nothing more in {name} until something is finished",
            without="more is begun, and nothing is finished",
        ),
        Asking(
            "flow.started_not_finished",
            "Start nothing more in {name} until more is finished",
            without="more is begun than finished",
        ),
        Asking(
            "flow.wip_limit",
            "Start nothing more in {name} until it holds its limit",
            without="everything there waits longer",
        ),
        Asking(
            "okr.starvation",
            "Give {name} the money that its weight says, or less weight",
            without="the goal goes on starving",
        ),
        Asking(
            "decisions.not_kept",
            "Keep to what was decided, or take it back: {name}",
            without="what was decided holds on paper alone",
        ),
        Asking(
            "okr.key_result_will_miss",
            "Change the plan for {name}, or its target",
            Sureness.PROJECTED,
            without="it will miss",
        ),
    )
}
PLACE = {rule: place for place, rule in enumerate(ASKING)}


def sureness(finding: dict[Any, Any], limits: Thresholds) -> tuple[float, str]:
    """How sure a finding is, from 0 to 1, and in words; ``limits`` hold what counted and projected evidence
    is worth."""
    kind = ASKING[finding["rule"]].sureness if finding["rule"] in ASKING else Sureness.COUNTED
    p = (finding["details"] or {}).get("p_value")
    if kind is Sureness.TESTED and isinstance(p, float):
        return 1 - p, str(Sureness.TESTED)
    if kind is Sureness.PROJECTED:
        return limits.sureness_projected, str(Sureness.PROJECTED)
    return limits.sureness_counted, str(Sureness.COUNTED)
