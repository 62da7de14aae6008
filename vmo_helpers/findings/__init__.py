"""Judgement: the only opinions of the program. Frames in, ``Finding`` out; every number that judges is a
threshold."""

from vmo_helpers.lazy import opened_on_demand
from vmo_helpers.results.finding import Evidence, Finding, conclusion, headline, loud

_TOPICS = (
    "changes",
    "decisions",
    "flow",
    "forecast",
    "funding",
    "okr",
    "places",
    "transition",
    "value",
    "watermelon",
)

__all__ = ["Evidence", "Finding", "conclusion", "headline", "loud"]

__getattr__ = opened_on_demand(__name__, _TOPICS)
