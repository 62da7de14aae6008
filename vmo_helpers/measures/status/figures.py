"""The headline numbers of reported status against outcomes."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.measures.status.doubts import Limits
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.vocabulary import Inside, Label, Outside, Suffix, Tier
from vmo_helpers.window import Window

GREEN = (
    "outside green: the newest report (without one what delivery facts say); every item created by "
    "as-of, finished or not"
)
BOARD = (
    "watermelons that are discoveries among all tested items (Benjamini and Hochberg, q = {rate:g}) "
    "both now and a month before"
)
WATCH = "green items whose test is not red but might be: p < {p:g}"
OPEN = (
    "green items whose outcome was tested and is shown neither red nor sound: the chance that it lies under "
    "the line is {p:.0%} or more in one of their tests"
)
MOVED = (
    "items that today's plan judges more kindly than the first one, by which they are measured; no decision "
    "stands behind the change"
)
CONTRADICTS = "newest report green over all, with a sub-rating of amber or red"
VANITY = (
    "metrics that rise whether or not anybody is better off: banned, utilisation, raw velocity, "
    "output without an outcome beside it"
)
RED = (
    "inside red: attainment under {line:.0%} of plan, lag-aware, one-sided p < {p:g} (Simes over an "
    "item's tests)"
)


def figures(
    portfolio: Portfolio, items: pd.DataFrame, vanity: pd.DataFrame, window: Window, limits: Limits
) -> list[Figure]:
    """The figures ``watermelon.*``, from the frames of ``status.items`` and ``status.vanity_metrics``.

    green, count, board, watch, open_inside, unknown_inside and not_yet_due count items whose outside is
    green. shrunk and moved_goalposts count every item with the suffix; self_contradicting items are green by
    definition. What a table would have told that is not there is unknown, never 0. n: the items among which
    was counted.
    """
    green = items["outside"].eq(Outside.GREEN)
    label, tier = items["label"], items["tier"]
    suffixes = ";" + items["suffixes"] + ";"
    red = RED.format(line=limits.attainment_line, p=limits.watermelon_red_p)
    n, greens = len(items), int(green.sum())
    unseen = "no item of the review level" if n == 0 else None
    unsaid = unseen or (
        "neither status reports nor plans" if items["outside"].eq(Outside.NOT_REPORTED).all() else None
    )
    untested = unsaid or (
        None if items["tests"].gt(0).any() else "no benefit with an outcome: nothing tests the inside"
    )
    dark = greens > 0 and not items["read_tests"].gt(0)[green].any()
    unjudged = untested or ("no green item can be tested" if dark else None)
    unweighed = unseen or (
        None if items["shrinkage"].notna().any() else "no delivered item with spend or scope beside its plan"
    )
    unmoved = unseen or (
        None if portfolio.has("plan_changes", "benefits") else "no plan changes, or no benefits, are known"
    )
    unreported = unseen or (None if portfolio.has("status_reports") else "no status reports")
    uncounted = None if portfolio.has("metrics") else "no metrics"

    def count(key: str, which: pd.Series, of: int, why: str | None, definition: str) -> Figure:
        return Figure(
            f"watermelon.{key}", None if why else int(which.sum()), "items", of, window, definition, why=why
        )

    return [
        count("green", green, n, unsaid, GREEN),
        count("count", label.eq(Label.WATERMELON), greens, unjudged, f"{GREEN}; {red}"),
        count(
            "board",
            green & tier.eq(Tier.BOARD),
            greens,
            unjudged,
            f"{BOARD.format(rate=limits.board_false_discovery_rate)}; {red}",
        ),
        count(
            "watch", green & tier.eq(Tier.WATCH), greens, unjudged, WATCH.format(p=limits.watermelon_watch_p)
        ),
        count(
            "open_inside",
            label.eq(Label.OPEN_INSIDE),
            greens,
            unjudged,
            OPEN.format(p=limits.watermelon_watch_p),
        ),
        count(
            "unknown_inside",
            label.eq(Label.UNKNOWN_INSIDE),
            greens,
            unsaid,
            "green items that no outcome can test: an element or data are missing",
        ),
        count(
            "not_yet_due",
            green & items["inside"].eq(Inside.NOT_YET_DUE),
            greens,
            untested,
            "green items whose outcome is not yet due",
        ),
        count(
            "shrunk",
            _has(suffixes, Suffix.SHRUNK),
            n,
            unweighed,
            "delivered well under the first planned cost or scope, whatever the colour",
        ),
        count("moved_goalposts", _has(suffixes, Suffix.MOVED_GOALPOSTS), n, unmoved, MOVED),
        count("self_contradicting", _has(suffixes, Suffix.SELF_CONTRADICTING), n, unreported, CONTRADICTS),
        count("vanity_metrics", vanity["metric_id"].notna(), len(portfolio.metrics), uncounted, VANITY),
    ]


def _has(suffixes: pd.Series, suffix: Suffix) -> pd.Series:
    return suffixes.str.contains(f";{suffix};", regex=False)
