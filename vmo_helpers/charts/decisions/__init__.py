"""Charts of decisions: how long each took, from the question to the deed."""

from vmo_helpers.charts.decisions.journeys import journeys

__all__ = ["journeys"]
