"""The headline numbers of reported status against outcomes, and the matrix that they come from."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.measures.status.matrix import Limits
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.vocabulary import Inside, Label, Outside, Suffix, Tier
from vmo_helpers.window import Window

BAD_ROW = "amber_or_red"  # the two colours that the matrix holds together
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


def matrix(items: pd.DataFrame) -> pd.DataFrame:
    """One row a cell of outside × inside, all fifteen.

    The labels of the row not_reported are one: not_reported.

    Columns
        outside: green, amber_or_red or not_reported
        inside: red, green, not_yet_due or unknown
        label: the cell's name
        items (items): in the cell
        money (portfolio's currency): at stake with them
    """
    cells = pd.DataFrame(
        [(outside, str(inside), str(label)) for (outside, inside), label in _CELLS.items()],
        columns=["outside", "inside", "label"],
    )
    row = items["outside"].where(items["outside"].isin([Outside.GREEN, Outside.NOT_REPORTED]), BAD_ROW)
    counted = (
        items.assign(outside=row)
        .groupby(["outside", "inside"], as_index=False)
        .agg(items=("item_id", "size"), money=("money", "sum"))
    )
    found = cells.merge(counted, on=["outside", "inside"], how="left")
    return found.assign(items=found["items"].fillna(0).astype("int64"), money=found["money"].fillna(0.0))


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


_CELLS = {
    (str(Outside.GREEN), Inside.RED): Label.WATERMELON,
    (str(Outside.GREEN), Inside.GREEN): Label.SOUND,
    (str(Outside.GREEN), Inside.OPEN): Label.OPEN_INSIDE,
    (str(Outside.GREEN), Inside.NOT_YET_DUE): Label.GREEN_UNPROVEN,
    (str(Outside.GREEN), Inside.UNKNOWN): Label.UNKNOWN_INSIDE,
    (BAD_ROW, Inside.RED): Label.RED_THROUGH,
    (BAD_ROW, Inside.GREEN): Label.BETTER_INSIDE,
    (BAD_ROW, Inside.OPEN): Label.RED_OPEN,
    (BAD_ROW, Inside.NOT_YET_DUE): Label.RED_UNPROVEN,
    (BAD_ROW, Inside.UNKNOWN): Label.RED_UNKNOWN,
    **{(str(Outside.NOT_REPORTED), inside): Label.NOT_REPORTED for inside in Inside},
}
