"""How much of the work serves the top goals, and how firmly: count and money side by side."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import PORTFOLIO, beside_line, cell, feature_items, unknown
from vmo_helpers.measures.okr import Alignment, Basis, Rung, short_of_line
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Moved, Severity

_OF_MONEY = {Basis.SPEND: "the spend", Basis.PLANNED_COST: "the planned cost"}


def alignment(read: Alignment, ladder: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "86 % tagged, 64 % serve a top-three goal (52 % of the spend), 31 % with a contribution;
    12 epics short of 80 %".

    Alarm: the share of items mapped to the top three is under ``okr_alignment_share``, on the unrounded
    value. Warning: it is not, yet the share of the money is. Nothing in progress, no goals or no links:
    unknown, never 0 or 100 %. ``details`` hold the denominator and what stands apart from it.
    """
    rule, line, level = (
        "okr.alignment",
        limits.okr_alignment_share,
        wording.plain(read.portfolio.settings.review_level),
    )
    items = read.counted
    held = {"denominator": len(items), "excluded": _by_type(excluded(read))}
    top = cell(ladder, Rung.TOP_THREE)
    if top["why"]:
        return unknown(
            rule,
            f"No conclusion on alignment: {top['why']}",
            n=len(items),
            missing=(str(top["why"]),),
            clears_when="goals with ranks, links and work in progress are there",
        )
    share, short = float(top["share"]), short_of_line(read, Basis.COUNT, line)
    basis = money_basis(ladder)
    paid, of_what = cell(ladder, Rung.TOP_THREE, basis), _OF_MONEY[basis]
    money = None if paid["why"] else float(paid["share"])
    aside = f" ({beside_line(money, line)} of {of_what})" if money is not None else ""
    firm = cell(ladder, Rung.CONTRIBUTION)
    parts = [
        f"{wording.percent(cell(ladder, Rung.LINKED)['share'])} tagged",
        f"{beside_line(share, line)} serve a top-three goal{aside}",
    ]
    if not firm["why"]:
        parts.append(f"{wording.percent(firm['share'])} with a contribution")
    sentence = ", ".join(parts)
    short_of_money = money is not None and money < line
    severity = Severity.ALARM if share < line else Severity.WARNING if short_of_money else Severity.GOOD
    if share < line:
        sentence += f"; {wording.counted(short, level)} short of {wording.percent(line)}"
    missing_rows = items[~items["top_three"]]
    return Finding(
        rule,
        PORTFOLIO,
        severity,
        sentence,
        value=share,
        unit="share",
        threshold=line,
        threshold_name="okr_alignment_share",
        n=len(items),
        evidence=(Evidence.of("work_items", missing_rows),),
        clears_when=f"{wording.counted(short, 'more item')} in progress {'is' if short == 1 else 'are'} "
        "mapped to a top-three goal"
        if short
        else f"the money follows: at least {wording.percent(line)} of it"
        if short_of_money
        else "",
        details={
            **held,
            "items_short": short,
            "share_of_money": money,
            "money_is": of_what if money is not None else None,
        },
    )


def money_basis(ladder: pd.DataFrame) -> Basis:
    """What the ladder's money is told in: spend, else planned cost where no spend is known."""
    return Basis.PLANNED_COST if cell(ladder, Rung.TOP_THREE, Basis.SPEND)["why"] else Basis.SPEND


def excluded(read: Alignment) -> pd.DataFrame:
    """One row a work type that stands apart from the denominator: work_type, items (in progress)."""
    apart = read.items[read.items["excluded_because"].str.startswith("work type").eq(True)]
    counts = apart.groupby("work_type", sort=True).size()
    return pd.DataFrame({"work_type": counts.index.to_numpy(), "items": counts.to_numpy()}).sort_values(
        "items", ascending=False, kind="stable"
    )


def _by_type(apart: pd.DataFrame) -> dict[str, int]:
    return dict(zip(apart["work_type"].astype(str), apart["items"].astype(int).tolist(), strict=True))


def denominator(read: Alignment) -> Finding:
    """ "41 feature epics in progress are counted; 9 items stand apart: 6 enabler, 2 debt and 1
    compliance"."""
    rule, n = "okr.denominator", len(read.counted)
    apart = excluded(read)
    rows = read.items[read.items["excluded_because"].str.startswith("work type").eq(True)]
    of = f"{wording.counted(n, feature_items(read))} in progress {'is' if n == 1 else 'are'} counted"
    if apart.empty:
        sentence = f"{of}; no other work type stands apart"
    else:
        words = wording.listed([f"{row.items} {row.work_type}" for row in apart.itertuples()], most=7)
        total = int(apart["items"].sum())
        sentence = (
            f"{of}; {wording.counted(total, 'item')} {'stands' if total == 1 else 'stand'} apart: {words}"
        )
    return Finding(
        rule,
        PORTFOLIO,
        Severity.NOTE,
        sentence,
        value=float(n),
        unit="items",
        n=n,
        evidence=(Evidence.of("work_items", rows),) if len(rows) else (),
        details={"excluded": _by_type(apart)},
    )


def moved(read: Alignment, items: pd.DataFrame) -> Finding:
    """ "3 of 12 delivered feature epics moved their key result; of 4 it cannot be told", consistent with the
    delivery, not because of it.

    ``items`` as ``okr.moved_items`` returns it.
    """
    rule, n = "okr.moved", len(items)
    yes, open_ = (
        int(items["moved"].eq(str(Moved.MOVED)).sum()),
        int(items["moved"].eq(str(Moved.UNKNOWN)).sum()),
    )
    if n == 0:
        return unknown(
            rule,
            "No conclusion on what moved: nothing was delivered in the window",
            clears_when="something is delivered",
        )
    if read.missing.get("key_result"):
        why = read.missing["key_result"]
        return unknown(rule, f"No conclusion on what moved: {why}", n=n, missing=(why,))
    if open_ == n:
        return unknown(
            rule,
            f"No conclusion on what {wording.counted(n, f'delivered {feature_items(read)}')} moved: too "
            "few values of the key results",
            n=n,
            missing=("3 values of the key result before the delivery and 2 since",),
            clears_when="the key results are measured more often",
        )
    promised = int(items["key_results"].gt(0).sum())
    delivered = wording.counted(n, f"delivered {feature_items(read)}")
    sentence = f"{wording.number(yes)} of {delivered} moved {'its' if yes == 1 else 'their'} key result"
    tail = f"; of {wording.number(open_)} it cannot be told" if open_ else ""
    unpromised = f"; {wording.number(n - promised)} promised none" if n > promised else ""
    return Finding(
        rule,
        PORTFOLIO,
        Severity.NOTE if yes else Severity.WARNING,
        sentence + tail + unpromised,
        value=yes / n,
        unit="share",
        n=n,
        evidence=(Evidence.of("work_items", items[items["moved"].eq(str(Moved.MOVED))]),) if yes else (),
        details={
            "moved": yes,
            "unknown": open_,
            "promised": promised,
            "read_as": "consistent with the delivery, not because of it",
        },
    )
