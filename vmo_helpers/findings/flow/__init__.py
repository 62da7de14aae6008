"""What flow tells a board: each rule returns findings whose sentence is a slide's title."""

from vmo_helpers.findings.flow.itemised import (
    blocked,
    hand_offs,
    overdue,
    queue_after_done,
    reopened,
    rework,
    slow_decisions,
)
from vmo_helpers.findings.flow.needs import unfinished_needs
from vmo_helpers.findings.flow.pace import (
    cumulative_flow,
    nothing_finished,
    started_not_finished,
    throughput,
    too_few_to_say,
)
from vmo_helpers.findings.flow.queues import board, wait_queue, wip_limits
from vmo_helpers.findings.flow.saying import small
from vmo_helpers.findings.flow.steadiness import (
    delivery_gap,
    distribution,
    law_conditions,
    littles_law,
    predictability,
    sensitivity,
    service_level_expectation,
)
from vmo_helpers.findings.flow.system import (
    before_after,
    concept_to_customer,
    excluded,
    gate,
    halved,
    local_optimum,
    wip_per_person,
)
from vmo_helpers.findings.flow.times import cycle_time, flow_efficiency, lead_time, stalled_items
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "before_after",
    "blocked",
    "board",
    "concept_to_customer",
    "cumulative_flow",
    "cycle_time",
    "delivery_gap",
    "distribution",
    "excluded",
    "flow_efficiency",
    "gate",
    "halved",
    "hand_offs",
    "law_conditions",
    "lead_time",
    "littles_law",
    "local_optimum",
    "nothing_finished",
    "overdue",
    "predictability",
    "queue_after_done",
    "reopened",
    "rework",
    "sensitivity",
    "service_level_expectation",
    "slow_decisions",
    "small",
    "stalled_items",
    "started_not_finished",
    "throughput",
    "too_few_to_say",
    "unfinished_needs",
    "wait_queue",
    "wip_limits",
    "wip_per_person",
]

says_what_it_expects(__name__)
