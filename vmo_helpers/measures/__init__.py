"""Pure measures: tables in, tidy frames out; no opinion, no clock, no drawing."""

from vmo_helpers.lazy import opened_on_demand

__all__ = [
    "changes",
    "decisions",
    "flow",
    "funding",
    "okr",
    "outcomes",
    "places",
    "satisfaction",
    "status",
    "transition",
    "value",
]

__getattr__ = opened_on_demand(__name__, __all__)
