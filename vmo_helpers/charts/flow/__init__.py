"""Charts of flow: each takes the frame that ``measures.flow`` returns and draws it; none aggregates."""

from vmo_helpers.charts.flow.aging import aging_wip
from vmo_helpers.charts.flow.bands import cumulative_flow, flow_distribution
from vmo_helpers.charts.flow.board import kanban, wip_by_state, wip_by_stream
from vmo_helpers.charts.flow.change import before_after, littles_law, stage_change, two_streams
from vmo_helpers.charts.flow.conventions import predictability, sensitivity
from vmo_helpers.charts.flow.journey import concept_to_customer, release_rhythm
from vmo_helpers.charts.flow.limit import time_in_progress, wip_limits
from vmo_helpers.charts.flow.pace import started_finished, throughput, wip_by_day
from vmo_helpers.charts.flow.queue import queue_after_done
from vmo_helpers.charts.flow.scatter import cycle_time_scatter, lead_time_scatter
from vmo_helpers.charts.flow.spread import cycle_time_distribution, service_level_survival
from vmo_helpers.charts.flow.waits import blocked_reasons, wait_pareto
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "aging_wip",
    "before_after",
    "blocked_reasons",
    "concept_to_customer",
    "cumulative_flow",
    "cycle_time_distribution",
    "cycle_time_scatter",
    "flow_distribution",
    "kanban",
    "lead_time_scatter",
    "littles_law",
    "predictability",
    "queue_after_done",
    "release_rhythm",
    "sensitivity",
    "service_level_survival",
    "stage_change",
    "started_finished",
    "throughput",
    "time_in_progress",
    "two_streams",
    "wait_pareto",
    "wip_by_day",
    "wip_by_state",
    "wip_by_stream",
    "wip_limits",
]

says_what_it_expects(__name__)
