"""All portfolios in one sentence: how many decisions are asked, and what waiting costs."""

from __future__ import annotations

from collections.abc import Sequence

from vmo_helpers.review.across import asked
from vmo_helpers.review.across.left import Left, number
from vmo_helpers.review.across.portfolios import grouped, portfolios
from vmo_helpers.review.shelf.shelf import Review
from vmo_helpers.style import wording


def conclusion(lefts: Sequence[Left], absent: int = 0) -> str:
    """Such as "35 decisions are asked today in seven portfolios: waiting costs EUR 7.8 M a month"; unknown
    where no review has an executive page. ``absent``: so many did not report, which is said: that
    nothing is asked of the others is no all-clear."""
    known = [left for left in lefts if left.asked is not None]
    if not known:
        return "What is asked of leaders is not known: no portfolio has an executive page"
    rest = f"; {wording.small(absent)} did not report" if absent else ""
    count, asking = asked.count(known), sum(bool(number((one.asked or {}).get("value"))) for one in known)
    if not count:
        return f"No decision is asked today in {wording.counted(len(known), 'portfolio')}{rest}"
    sums = [wording.money(cost, currency) for currency, cost in asked.waiting(known).items()]
    costs = f": waiting costs {wording.listed(sums, most=4)} a month" if sums else ""
    many = "decision is" if count == 1 else "decisions are"
    where = f"{wording.small(asking)} {'portfolio' if asking == 1 else 'portfolios'}"
    return f"{wording.small(count).capitalize()} {many} asked today in {where}{costs}{rest}"


def conclusion_of(reviews: Sequence[Review]) -> str:
    """That of the reviews of a shelf, newest first; "" where none can be read."""
    lefts = [one.left for one in portfolios(grouped(reviews)) if one.left.why is None]
    return conclusion(lefts) if lefts else ""
