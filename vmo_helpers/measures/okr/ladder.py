"""The ladder L0–L4 by count, planned cost, spend and days in progress; how far it is to the line."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from vmo_helpers.measures.okr.alignment import Alignment
from vmo_helpers.vocabulary import Ladder, Moved


class Rung(StrEnum):
    """The rows of the ladder; the headline stands among them, because a tag is not a contribution."""

    NONE = "none"
    LINKED = "linked"
    TOP_THREE = "top_three"
    KEY_RESULT = "key_result"
    CONTRIBUTION = "contribution"
    MOVED = "moved"


class Basis(StrEnum):
    """What is counted."""

    COUNT = "count"
    PLANNED_COST = "planned_cost"
    SPEND = "spend"
    WIP_DAYS = "wip_days"


LEVEL = {
    Rung.NONE: Ladder.NONE,
    Rung.LINKED: Ladder.LINKED,
    Rung.TOP_THREE: Ladder.LINKED,
    Rung.KEY_RESULT: Ladder.KEY_RESULT,
    Rung.CONTRIBUTION: Ladder.CONTRIBUTION,
    Rung.MOVED: Ladder.MOVED,
}
TITLE = {
    Rung.NONE: "no link",
    Rung.LINKED: "linked to a goal",
    Rung.TOP_THREE: "serves a top-three goal",
    Rung.KEY_RESULT: "serves a top-three key result",
    Rung.CONTRIBUTION: "with an expected delta and a date",
    Rung.MOVED: "moved its key result",
}
AMOUNT = {Basis.PLANNED_COST: "planned_cost", Basis.SPEND: "spend_once", Basis.WIP_DAYS: "wip_days"}
CLIMBED = (Rung.LINKED, Rung.TOP_THREE, Rung.KEY_RESULT, Rung.CONTRIBUTION)
_SPEND_SHARE = {
    Rung.LINKED: "linked_spend_share",
    Rung.TOP_THREE: "top_three_spend_share",
    Rung.KEY_RESULT: "key_result_spend_share",
    Rung.CONTRIBUTION: "contribution_spend_share",
}
_WHY = {
    Rung.NONE: "linked",
    Rung.LINKED: "linked",
    Rung.TOP_THREE: "top_three",
    Rung.KEY_RESULT: "key_result",
    Rung.CONTRIBUTION: "key_result",
}


def reaches(items: pd.DataFrame, rung: Rung) -> pd.Series:
    """True for the items that stand on a rung or above it."""
    least = {Rung.LINKED: 1, Rung.KEY_RESULT: 2, Rung.CONTRIBUTION: 3}
    if rung == Rung.NONE:
        return items["rung"].eq(0)
    return items["top_three"] if rung == Rung.TOP_THREE else items["rung"].ge(least[rung])


def ladder(alignment: Alignment, moved: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a rung and basis.

    Rungs none to contribution are of the items of the denominator, each including the ones above it (none:
    the rest). Count, planned cost and days in progress take an item whole. Spend is split by the links'
    shares; money on streams alone joins as far as a budget binds it to a key result.

    With ``moved``, the frame of ``moved_items``, the last rung is of the items delivered in the window. There
    unknown_items have too few values; they are in the total and not in the amount.

    Columns
        rung: none, linked, top_three, key_result, contribution, moved
        level: L0–L4
        title: the rung in words
        basis: count, spend, planned_cost or wip_days
        amount, total (basis's unit): on the rung, and in all
        share (share 0–1): amount ÷ total; NaN where it cannot be told
        n (items): whose amount is known
        unknown_items (items): the others
        why: in words why there is no share; empty where there is one
    """
    rows = [_row(alignment, rung, basis) for rung in (Rung.NONE, *CLIMBED) for basis in Basis]
    if moved is not None:
        rows += [_moved_row(moved, basis) for basis in Basis]
    return pd.DataFrame(rows)


def _row(alignment: Alignment, rung: Rung, basis: Basis) -> dict[str, object]:
    items, streams = alignment.counted, alignment.streams
    weight = _weight(items, basis)
    known = ~np.isnan(weight)
    if basis == Basis.SPEND:
        part = 1.0 - items["linked_spend_share"] if rung == Rung.NONE else items[_SPEND_SHARE[rung]]
        bound = {Rung.LINKED: "aligned", Rung.TOP_THREE: "top_three", Rung.KEY_RESULT: "top_three"}.get(rung)
        extra, more = float(streams[bound].sum()) if bound else 0.0, float(streams["aligned"].sum())
    else:
        part, extra, more = reaches(items, rung).astype("float64"), 0.0, 0.0
    amount = float((weight * part.to_numpy())[known].sum()) + extra
    total = float(weight[known].sum()) + more
    why = alignment.missing.get(_WHY[rung]) or _no_amount(basis, total, "in progress")
    return _entry(rung, basis, amount, total, int(known.sum()), int((~known).sum()), why)


def _moved_row(moved: pd.DataFrame, basis: Basis) -> dict[str, object]:
    weight = _weight(moved, basis)
    known = ~np.isnan(weight)
    amount, total = (
        float(weight[known & moved["moved"].eq(Moved.MOVED).to_numpy()].sum()),
        float(weight[known].sum()),
    )
    unknown = moved["moved"].eq(Moved.UNKNOWN)
    why = (
        "n/a: nothing was delivered in the window"
        if not len(moved)
        else _no_amount(basis, total, "delivered")
    )
    if not why and len(moved) and unknown.all():
        why = f"{len(moved)} delivered, none with enough values of its key result to tell"
    return _entry(Rung.MOVED, basis, amount, total, int(known.sum()), int(unknown.sum()), why)


def _weight(items: pd.DataFrame, basis: Basis) -> np.ndarray:
    if basis == Basis.COUNT:
        return np.ones(len(items))
    return items[AMOUNT[basis]].to_numpy(dtype=np.float64)


def _no_amount(basis: Basis, total: float, which: str) -> str:
    words = {
        Basis.PLANNED_COST: "planned cost",
        Basis.SPEND: "actual spend in the window",
        Basis.WIP_DAYS: "days in progress",
    }
    return "" if total > 0 else f"no {words.get(basis, 'item')} is known of the items {which}"


def _entry(
    rung: Rung, basis: Basis, amount: float, total: float, n: int, unknown: int, why: str
) -> dict[str, object]:
    return {
        "rung": str(rung),
        "level": str(LEVEL[rung]),
        "title": TITLE[rung],
        "basis": str(basis),
        "amount": amount,
        "total": total,
        "share": np.nan if why else amount / total,
        "n": n,
        "unknown_items": unknown,
        "why": why,
    }


def items_short(mapped: int, total: int, line: float) -> int:
    """How many more of ``total`` items must be mapped so that mapped ÷ total ≥ ``line``.

    The value is not rounded before it is compared.
    """
    if total == 0:
        raise ValueError("nothing is in progress, so nothing is short")
    short = max(0, int(np.ceil(line * total)) - mapped)
    # line × total carries a rounding error (0.07 × 100 > 7), the quotient of two whole numbers does not
    while short > 0 and (mapped + short - 1) / total >= line:
        short -= 1
    while (mapped + short) / total < line and mapped + short < total:
        short += 1
    return short


def items_short_by(
    weight: np.ndarray, mapped: np.ndarray, line: float, extra: float = 0.0, more: float = 0.0
) -> int | None:
    """The fewest items that, mapped in full, would bring Σ mapped ÷ Σ weight to the line.

    They are taken from the heaviest gap down. ``mapped`` is the part of each weight that is mapped already.
    ``extra`` of ``more`` is mapped or counted beside the items. None: all of them would not reach the line.
    """
    weight = np.nan_to_num(weight)
    goal = line * (weight.sum() + more)
    have = float(mapped.sum()) + extra
    gaps = np.sort(np.clip(weight - mapped, 0.0, None))[::-1]
    reach = have + np.concatenate([[0.0], np.cumsum(gaps)])
    enough = np.flatnonzero(reach >= goal - 1e-9 * max(abs(goal), 1.0))
    return int(enough[0]) if len(enough) else None
