"""Places that fail: streams and goals, five families of sign held side by side."""

from vmo_helpers.findings.places.failing import compared, failing, leading, lede, lined
from vmo_helpers.findings.places.signs import Family, Sign, signs
from vmo_helpers.lazy import says_what_it_expects

__all__ = ["Family", "Sign", "compared", "failing", "leading", "lede", "lined", "signs"]

says_what_it_expects(__name__)
