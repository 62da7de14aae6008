"""What changed since the last review, read from the shelf: findings and figures beside their past."""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.changes.figures import figures, trend
from vmo_helpers.measures.changes.states import findings

__all__ = ["figures", "findings", "trend"]

says_what_it_expects(__name__)
