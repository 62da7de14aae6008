"""The executive page's own parts: the decisions asked today as a reader sees them, and what this review could
not see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording

NO_OWNER = "no owner named"
MOST_DECISIONS = 5


def decisions(ranked: pd.DataFrame, currency: str, day: str, timezone: str) -> list[dict[str, Any]]:
    """The first five of ``findings.decisions.asks`` in words: ask, evidence, owner, cost of waiting, since
    when, the way to why."""
    return [_decision(row, currency, day, timezone) for row in ranked.head(MOST_DECISIONS).to_dict("records")]


def notices(unseen: Iterable[Finding]) -> list[dict[str, Any]]:
    """What is missing from the page and where it last stood, such as a deck that failed."""
    return [
        {
            "text": wording.plain(finding.sentence),
            "href": finding.details.get("last_good"),
            "link": f"The last good one, as of {wording.day(last, year=True)}"
            if (last := finding.details.get("last_day"))
            else "",
        }
        for finding in unseen
    ]


def _decision(row: dict[Any, Any], currency: str, day: str, timezone: str) -> dict[str, Any]:
    cost, money = (
        float(row[name]) if wording.known(row[name]) else None for name in ("cost_per_month", "money")
    )
    since = row["asked_since"]
    asked = pd.Timestamp(since).tz_convert(timezone).date() if wording.known(since) else None
    waited = (pd.Timestamp(day).date() - asked).days if asked else 0
    return {
        "ask": wording.plain(row["ask"]),
        "why": wording.plain(row["evidence"]),
        "owner": wording.plain(row["owner"]) if wording.known(row["owner"]) else NO_OWNER,
        "money": cost,
        "severity": row["severity"],
        "finding": row["finding_id"],
        "deck": row["deck"] if wording.known(row["deck"]) else None,
        "slide": row["slide"] if wording.known(row["slide"]) else None,
        "cost": f"{wording.money(cost, currency)} a month" if cost is not None else wording.UNKNOWN,
        "basis": row["cost_basis"]
        if cost is not None
        else f"{wording.money(money, currency)} at stake"
        if money is not None
        else "",
        "sure": f"{row['sureness_is'][:1].upper()}{row['sureness_is'][1:]}, "
        f"{wording.percent(min(row['sureness'], 0.99))} sure",
        "asked": f"{row['decision_id']}, asked on {wording.day(asked, beside=day)}, open for "
        f"{wording.counted(waited, 'day')}"
        if asked
        else "",
    }
