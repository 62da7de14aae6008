"""Funding: how money is given, what it goes to, whether teams last, and what is left to pay.

Definitions: docs/measures.md, "Funding". Money of budgets counts by the days that lie in the window.
"""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.funding.budgets import budgets, quarters, rounds, rounds_fit, value_stream_share
from vmo_helpers.measures.funding.figures import figures
from vmo_helpers.measures.funding.spend import LONG_ON_A_STREAM, guardrails, persistence, streams

__all__ = [
    "LONG_ON_A_STREAM",
    "budgets",
    "figures",
    "guardrails",
    "persistence",
    "quarters",
    "rounds",
    "rounds_fit",
    "streams",
    "value_stream_share",
]

says_what_it_expects(__name__)
