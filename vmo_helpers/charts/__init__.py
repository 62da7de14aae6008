"""Charts: each takes the frame that a measure returns and aggregates nothing."""

from vmo_helpers.lazy import opened_on_demand

__all__ = ["decisions", "flow", "forecast", "funding", "okr", "transition", "value", "watermelon"]

__getattr__ = opened_on_demand(__name__, __all__)
