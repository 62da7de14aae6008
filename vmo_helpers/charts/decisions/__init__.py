"""Charts of decisions: how long each took, from the question to the deed."""

from vmo_helpers.charts.decisions.journeys import journeys
from vmo_helpers.lazy import says_what_it_expects

__all__ = ["journeys"]

says_what_it_expects(__name__)
