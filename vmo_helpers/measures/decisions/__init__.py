"""Decisions: what was asked, decided and carried through, what it moved, and what waiting for one costs."""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.decisions.costs import owners, titles, waiting_cost
from vmo_helpers.measures.decisions.effects import effects
from vmo_helpers.measures.decisions.figures import figures
from vmo_helpers.measures.decisions.kept import kept
from vmo_helpers.measures.decisions.shown import journeys, summary
from vmo_helpers.measures.decisions.standing import standing
from vmo_helpers.measures.decisions.states import states

__all__ = [
    "effects",
    "figures",
    "journeys",
    "kept",
    "owners",
    "standing",
    "states",
    "summary",
    "titles",
    "waiting_cost",
]

says_what_it_expects(__name__)
