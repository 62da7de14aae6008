"""How much of the work serves the top goals, and how firmly: count and money side by side."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import cell, feature_items
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import beside_line, by_number
from vmo_helpers.measures.okr import Alignment, Basis, Rung, short_of_line
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Moved, Severity

_OF_MONEY = {Basis.SPEND: "the spend", Basis.PLANNED_COST: "the planned cost"}


def alignment(alignment: Alignment, ladder: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "86 % tagged, 64 % serve a top-three goal (52 % of the spend), 31 % with a contribution;
    12 epics short of 80 %".

    Alarm: the share of items mapped to the top three is under ``okr_alignment_share``, on the unrounded
    value. Warning: it is not, yet the share of the money is. Nothing in progress, no goals or no links:
    unknown, never 0 or 100 %. ``details`` hold the denominator and what stands apart from it, the same in
    words (``counted``), and what the ladder's money is (``money_basis``).
    """
    line = limits.okr_alignment_share
    rule, items = Rule.by("okr.alignment", limits, "okr_alignment_share"), alignment.counted
    top, basis = cell(ladder, Rung.TOP_THREE), money_basis(ladder)
    beside = {"money_basis": str(basis), "counted": denominator(alignment).sentence}
    if top["why"]:
        return rule.unknown(
            f"No conclusion on alignment: {top['why']}",
            str(top["why"]),
            n=len(items),
            clears_when="goals with ranks, links and work in progress are there",
            details=beside,
        )
    share, short = float(top["share"]), short_of_line(alignment, Basis.COUNT, line)
    paid, of_what = cell(ladder, Rung.TOP_THREE, basis), _OF_MONEY[basis]
    money = None if paid["why"] else float(paid["share"])
    aside = f" ({beside_line(money, line)} of {of_what})" if money is not None else ""
    firm = cell(ladder, Rung.CONTRIBUTION)
    sentence = (
        f"{wording.percent(cell(ladder, Rung.LINKED)['share'])} tagged, "
        f"{beside_line(share, line)} serve a top-three goal{aside}"
    )
    if not firm["why"]:
        sentence += f", {wording.percent(firm['share'])} with a contribution"
    severity, clears = Severity.GOOD, ""
    if money is not None and money < line:
        severity = Severity.WARNING
        clears = f"the money follows: at least {wording.percent(line)} of it"
    if share < line:
        level = wording.plain(alignment.portfolio.settings.review_level)
        severity = Severity.ALARM
        sentence += f"; {wording.counted(short, level)} short of {wording.percent(line)}"
    if short:
        clears = (
            f"{wording.counted(short, 'more item')} in progress {by_number(short, 'is', 'are')} "
            "mapped to a top-three goal"
        )
    return rule.finds(
        severity,
        sentence,
        value=share,
        unit="share",
        n=len(items),
        rows=items[~items["top_three"]],
        clears_when=clears,
        details={
            **beside,
            "denominator": len(items),
            "excluded": _by_type(excluded(alignment)),
            "items_short": short,
            "share_of_money": money,
            "money_is": of_what if money is not None else None,
        },
    )


def money_basis(ladder: pd.DataFrame) -> Basis:
    """What the ladder's money is told in: spend, else planned cost where no spend is known."""
    return Basis.PLANNED_COST if cell(ladder, Rung.TOP_THREE, Basis.SPEND)["why"] else Basis.SPEND


def excluded(alignment: Alignment) -> pd.DataFrame:
    """One row a work type that stands apart from the denominator: work_type, items (in progress)."""
    counts = _apart(alignment).groupby("work_type", sort=True).size()
    return pd.DataFrame({"work_type": counts.index.to_numpy(), "items": counts.to_numpy()}).sort_values(
        "items", ascending=False, kind="stable"
    )


def _apart(alignment: Alignment) -> pd.DataFrame:
    return alignment.items[alignment.items["excluded_because"].str.startswith("work type").eq(True)]


def _by_type(apart: pd.DataFrame) -> dict[str, int]:
    return dict(zip(apart["work_type"].astype(str), apart["items"].astype(int).tolist(), strict=True))


def denominator(alignment: Alignment) -> Finding:
    """ "41 feature epics in progress are counted; 9 items stand apart: 6 enabler, 2 debt and 1
    compliance"."""
    n, apart = len(alignment.counted), excluded(alignment)
    total = int(apart["items"].sum())
    beside = "no other work type stands apart"
    if total:
        words = wording.listed([f"{row.items} {row.work_type}" for row in apart.itertuples()], most=7)
        stand = by_number(total, "stands", "stand")
        beside = f"{wording.counted(total, 'item')} {stand} apart: {words}"
    return Rule("okr.denominator").note(
        f"{wording.counted(n, feature_items(alignment))} in progress {by_number(n, 'is', 'are')} counted; "
        f"{beside}",
        value=n,
        unit="items",
        n=n,
        rows=_apart(alignment) if total else None,
        details={"excluded": _by_type(apart)},
    )


def moved(alignment: Alignment, items: pd.DataFrame) -> Finding:
    """ "3 of 12 delivered feature epics moved their key result; of 4 it cannot be told", consistent with the
    delivery, not because of it.

    ``items`` as ``okr.moved_items`` returns it.
    """
    rule, n = Rule("okr.moved"), len(items)
    if n == 0:
        sentence = "No conclusion on what moved: nothing was delivered in the window"
        return rule.unknown(sentence, clears_when="something is delivered")
    why = alignment.missing.get("key_result")
    if why:
        return rule.unknown(f"No conclusion on what moved: {why}", why, n=n)
    yes, open_ = (int(items["moved"].eq(str(word)).sum()) for word in (Moved.MOVED, Moved.UNKNOWN))
    delivered = wording.counted(n, f"delivered {feature_items(alignment)}")
    if open_ == n:
        return rule.unknown(
            f"No conclusion on what {delivered} moved: too few values of the key results",
            "3 values of the key result before the delivery and 2 since",
            n=n,
            clears_when="the key results are measured more often",
        )
    promised = int(items["key_results"].gt(0).sum())
    tail = f"; of {wording.number(open_)} it cannot be told" if open_ else ""
    unpromised = f"; {wording.number(n - promised)} promised none" if n > promised else ""
    return rule.finds(
        Severity.NOTE if yes else Severity.WARNING,
        f"{wording.number(yes)} of {delivered} moved {by_number(yes, 'its', 'their')} key result"
        f"{tail}{unpromised}",
        value=yes / n,
        unit="share",
        n=n,
        rows=items[items["moved"].eq(str(Moved.MOVED))] if yes else None,
        details={
            "moved": yes,
            "unknown": open_,
            "promised": promised,
            "read_as": "consistent with the delivery, not because of it",
        },
    )
