"""A review from end to end: take the data in, run the notebooks, join what they found, draw, publish whole or
not at all."""

from vmo_helpers.review.make.job import Made, Wanted
from vmo_helpers.review.make.making import make, standing

__all__ = ["Made", "Wanted", "make", "standing"]
