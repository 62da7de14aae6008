"""What customers answer: net promoter score, satisfaction and effort, each by its own scale."""

from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures.satisfaction.answers import answers
from vmo_helpers.measures.satisfaction.drops import drops
from vmo_helpers.measures.satisfaction.scores import figures, net_promoter, satisfaction

__all__ = ["answers", "drops", "figures", "net_promoter", "satisfaction"]

says_what_it_expects(__name__)
