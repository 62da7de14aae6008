"""The shelf's page over several portfolios."""

from vmo_helpers.review.pages.overview.page import overview_page

__all__ = ["overview_page"]
