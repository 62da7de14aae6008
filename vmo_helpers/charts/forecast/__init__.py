"""Charts of what lies ahead: each takes a frame that ``forecasts`` returns and draws it."""

from vmo_helpers.charts.forecast.completion import all_done, fan, kept, late
from vmo_helpers.charts.forecast.market import market
from vmo_helpers.charts.forecast.normal import normal
from vmo_helpers.charts.forecast.order import order, rules
from vmo_helpers.charts.forecast.stages import stages
from vmo_helpers.charts.forecast.what_if import before_after
from vmo_helpers.lazy import says_what_it_expects

__all__ = ["all_done", "before_after", "fan", "kept", "late", "market", "normal", "order", "rules", "stages"]

says_what_it_expects(__name__)
