"""Flow: how long work takes, where it waits, how much is in progress, and how steadily it reaches its users.

``log = read(portfolio)`` is computed once; every measure is a function of the log, of the frame that
``items`` returns, or of both. Definitions: docs/measures.md. Sources: Kanban Guide (2020), Vacanti (2015),
SAFe flow metrics (2023).
"""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.flow.allocation import distribution, ended_objectives, predictability
from vmo_helpers.measures.flow.comparison import (
    before_after,
    by_stream,
    figures_before,
    month_ends,
    window_change,
)
from vmo_helpers.measures.flow.concept import concept_stages, concept_to_customer, queue_after_done
from vmo_helpers.measures.flow.cumulative import arrivals_departures, cumulative_flow
from vmo_helpers.measures.flow.dots import dots, first_a_day, queue_dots
from vmo_helpers.measures.flow.expectation import (
    half_life,
    promises,
    service_level_expectation,
    survival_curve,
)
from vmo_helpers.measures.flow.figures import figures
from vmo_helpers.measures.flow.items import cycle_time, excluded, items, lead_time_to_value, work_item_age
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.flow.log import FlowLog, read
from vmo_helpers.measures.flow.moves import handed_on, handoffs, rework
from vmo_helpers.measures.flow.needs import unfinished_needs
from vmo_helpers.measures.flow.pace import (
    on_record,
    progress_on_record,
    release_rhythm,
    started_finished,
    throughput,
    throughput_per_week,
    wip_by_day,
)
from vmo_helpers.measures.flow.quantiles import SMALL_N, SmallN, change, percentile_before, percentiles
from vmo_helpers.measures.flow.record import Kind, no_comparison, record
from vmo_helpers.measures.flow.sensitivity import sensitivity
from vmo_helpers.measures.flow.stability import littles_law
from vmo_helpers.measures.flow.stages import age_at_leaving, local_against_system, stage_times
from vmo_helpers.measures.flow.troubles import blocked_now, decision_latency, overdue_items
from vmo_helpers.measures.flow.views import (
    age_dots,
    bands,
    cycle_time_bins,
    distribution_by_period,
    longest_pause,
    queue_by_stream,
    trend,
)
from vmo_helpers.measures.flow.waits import blockers, gates, if_halved, wait_days, wait_pareto
from vmo_helpers.measures.flow.wip import kanban, kanban_cards, wip_by_state, wip_by_stream, wip_limits

__all__ = [
    "SMALL_N",
    "FlowLog",
    "Kind",
    "SmallN",
    "Status",
    "age_at_leaving",
    "age_dots",
    "arrivals_departures",
    "bands",
    "before_after",
    "blocked_now",
    "blockers",
    "by_stream",
    "change",
    "concept_stages",
    "concept_to_customer",
    "cumulative_flow",
    "cycle_time",
    "cycle_time_bins",
    "decision_latency",
    "distribution",
    "distribution_by_period",
    "dots",
    "ended_objectives",
    "excluded",
    "figures",
    "figures_before",
    "first_a_day",
    "gates",
    "half_life",
    "handed_on",
    "handoffs",
    "if_halved",
    "items",
    "kanban",
    "kanban_cards",
    "lead_time_to_value",
    "littles_law",
    "local_against_system",
    "longest_pause",
    "month_ends",
    "no_comparison",
    "on_record",
    "overdue_items",
    "percentile_before",
    "percentiles",
    "predictability",
    "progress_on_record",
    "promises",
    "queue_after_done",
    "queue_by_stream",
    "queue_dots",
    "read",
    "record",
    "release_rhythm",
    "rework",
    "sensitivity",
    "service_level_expectation",
    "stage_times",
    "started_finished",
    "survival_curve",
    "throughput",
    "throughput_per_week",
    "trend",
    "unfinished_needs",
    "wait_days",
    "wait_pareto",
    "window_change",
    "wip_by_day",
    "wip_by_state",
    "wip_by_stream",
    "wip_limits",
    "work_item_age",
]

says_what_it_expects(__name__)
