"""What is said of what lies ahead, with the test of each forecast on this portfolio's own past."""

from vmo_helpers.findings.forecast.completion import all_done, growth, kept, late_items, leaving
from vmo_helpers.findings.forecast.market import market
from vmo_helpers.findings.forecast.normal import normal
from vmo_helpers.findings.forecast.order import left_out, order
from vmo_helpers.findings.forecast.scope import scope_growth
from vmo_helpers.findings.forecast.stages import warning
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "all_done",
    "growth",
    "kept",
    "late_items",
    "leaving",
    "left_out",
    "market",
    "normal",
    "order",
    "scope_growth",
    "warning",
]

says_what_it_expects(__name__)
