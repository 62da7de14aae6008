"""Decisions: which are asked for today, what became of those that were taken, what leaders might ask."""

from vmo_helpers.findings.decisions.asks import asked, asks, rule_of_order
from vmo_helpers.findings.decisions.conclusion import conclusion, targets
from vmo_helpers.findings.decisions.past import effects, kept, past, unfinished
from vmo_helpers.findings.decisions.questions import questions, questions_asked
from vmo_helpers.lazy import says_what_it_expects

__all__ = [
    "asked",
    "asks",
    "conclusion",
    "effects",
    "kept",
    "past",
    "questions",
    "questions_asked",
    "rule_of_order",
    "targets",
    "unfinished",
]

says_what_it_expects(__name__)
