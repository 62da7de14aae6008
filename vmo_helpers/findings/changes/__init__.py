"""What changed since the last review: what is new, what stands, what was cleared, what comes and goes, what
could not be seen."""

from vmo_helpers.findings.changes.numbers import moved, numbers
from vmo_helpers.findings.changes.since import comes_and_goes, since_last, told
from vmo_helpers.findings.changes.unseen import not_seen
from vmo_helpers.lazy import says_what_it_expects

__all__ = ["comes_and_goes", "moved", "not_seen", "numbers", "since_last", "told"]

says_what_it_expects(__name__)
