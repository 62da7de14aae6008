"""What waiting for a decision costs (its own items, today, each once over all that is asked), and what it
brings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from vmo_helpers.findings.saying import number
from vmo_helpers.results.finding import PORTFOLIO
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import BY_DELAY, BY_SPEND

_KINDS = {BY_DELAY: "estimated cost of delay", BY_SPEND: "monthly spend"}


def gains(findings: pd.DataFrame, day_unit: str = "days") -> dict[str, str]:
    """What a decision on a queue brings, as the deck's what-if shows it."""
    halved = findings[findings["rule"].eq("flow.if_halved") & findings["subject"].ne(PORTFOLIO)]
    found = {}
    queues = [one for row in halved["details"] for one in (row or {}).get("queues", {}).items()]
    for cause, saved in queues:
        if wording.known(days := saved.get("days_saved_per_item")):
            low, high = saved.get("days_saved_low"), saved.get("days_saved_high")
            say = partial(wording.days, unit=day_unit)
            range_ = f" ({wording.between(low, high, say)})" if wording.known(low) else ""
            found[str(cause)] = f"{say(days)} an item{range_}, were the queue half as long"
    return found


def priced(own: pd.DataFrame, level: str, currency: str) -> dict[str, Any]:
    """Cost of a month's waiting of a subject's items, what it is made of in words, the items by id, and the
    value at stake.

    ``own`` are the subject's rows of ``measures.decisions.standing``.
    """
    waiting = own[own["waits"]]
    known = waiting[waiting["cost_per_month"].notna()]
    return {
        "cost_per_month": number(known["cost_per_month"].sum(min_count=1)),
        "cost_basis": _basis(known, len(waiting), level, currency) if len(known) else None,
        "items": "; ".join(known["item_id"]),
        "money": number(own.drop_duplicates("item_id")["planned_value"].sum(min_count=1)),
    }


def missed(own: pd.DataFrame, attainment: float) -> dict[str, Any]:
    """Of a delivered item the part of its cost of delay that its attainment leaves out."""
    delay = own.loc[own["cost_basis"].eq("cost of delay"), "cost_per_month"]
    if delay.empty:
        return {}
    share = 1 - min(1.0, max(0.0, attainment))
    basis = "the part of its value a month that does not come"
    return {"cost_per_month": float(delay.sum()) * share, "cost_basis": basis}


def counted_once(ranked: list[dict[str, Any]], own: Mapping[str, pd.DataFrame]) -> None:
    """Writes into each ask, in their order, what its items cost that an ask before it named."""
    seen: set[str] = set()
    for row in ranked:
        mine = own.get(row["subject"])
        if mine is None or row["cost_per_month"] is None:
            continue
        shared = mine[[item in seen for item in mine["item_id"].tolist()]]
        part = float(shared.loc[shared["waits"], "cost_per_month"].sum())
        if len(shared) and not mine["waits"].any():
            part = float(row["cost_per_month"])
        row["counted_above"] = part or None
        seen |= set(mine["item_id"])


def _basis(known: pd.DataFrame, waiting: int, level: str, currency: str) -> str:
    """Such as "estimated cost of delay of 11 epics (EUR 1.1 M) and monthly spend of 2 epics (EUR 157 k), 2
    more unpriced"."""
    kinds = known.groupby("cost_basis", sort=True)["cost_per_month"].agg(["size", "sum"])
    if waiting == 1:
        return _KINDS[str(kinds.index[0])]
    said = [
        f"{_KINDS[str(kind)]} of {wording.counted(n, level)}"
        + (f" ({wording.money(total, currency)})" if len(kinds) > 1 else "")
        for kind, n, total in zip(kinds.index, kinds["size"], kinds["sum"], strict=True)
    ]
    more = waiting - len(known)
    return wording.listed(said, most=2) + (f", {wording.number(more)} more unpriced" if more else "")
