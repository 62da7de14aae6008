"""What lies ahead, each beside its own test on this portfolio's past; the same data give the same bytes.

``ahead = read(items, window)`` is computed once. The models are in ``models`` and ``bottleneck``.
Definitions: docs/measures.md, "Looking ahead".
"""

from vmo_helpers.forecasts.figures import figures, order_figures
from vmo_helpers.forecasts.lateness import items_late
from vmo_helpers.forecasts.leaving import Ahead, by_stream, fan, read, streams_table
from vmo_helpers.forecasts.market import market_table
from vmo_helpers.forecasts.normal import normal
from vmo_helpers.forecasts.order import Order, best_order, order_table, rules_table
from vmo_helpers.forecasts.promises import said_and_came
from vmo_helpers.forecasts.scope import scope_growth
from vmo_helpers.forecasts.stages import stages
from vmo_helpers.forecasts.what_if import before_after, gained, in_your_order, places_of, without
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "Ahead",
    "Order",
    "before_after",
    "best_order",
    "by_stream",
    "fan",
    "figures",
    "gained",
    "in_your_order",
    "items_late",
    "market_table",
    "normal",
    "order_figures",
    "order_table",
    "places_of",
    "read",
    "rules_table",
    "said_and_came",
    "scope_growth",
    "stages",
    "streams_table",
    "without",
]

says_what_it_expects(__name__)
