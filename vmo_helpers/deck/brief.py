"""The executive page's own parts: the decisions asked today as a reader sees them, and what this review could
not see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.style.palette import SIGNS
from vmo_helpers.window import day_end

NO_OWNER = "no owner named"
_SAID = {"costs": "", "brings": "not estimated", "without": "", "options": "", "within": ""}
"""What is said of an ask, and what where it is not known."""
MOST_DECISIONS = 5
MOST_NEXT = 5
_ADVICE = ("value.stop:", "value.pivot:", "value.fund:")


def decisions(ranked: pd.DataFrame, currency: str, day: str, timezone: str) -> list[dict[str, Any]]:
    """The first five of ``findings.decisions.asks`` in words: ask, evidence, owner, cost of waiting, since
    when, the way to why."""
    return [_decision(row, currency, day, timezone) for row in ranked.head(MOST_DECISIONS).to_dict("records")]


def next_ones(ranked: pd.DataFrame | None) -> list[str]:
    """After the first five: what somebody asked and nobody decided, and what is to be stopped, changed or
    funded by its value; in the same order, a few words each."""
    if ranked is None:
        return []
    rest = ranked.iloc[MOST_DECISIONS:]
    advised = rest["finding_id"].fillna("").str.startswith(_ADVICE) | rest["decision_id"].notna()
    asks = rest.loc[advised, "ask"].head(MOST_NEXT)
    return [wording.clipped(wording.plain(ask).rstrip("."), 110) for ask in asks]


def families(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The families of sign of the place that the title speaks of: name, sign, tone, word, words, the way to
    why."""
    return [
        {
            "name": str(one["family"]).capitalize(),
            "mark": SIGNS[one["sign"]][0],
            "tone": SIGNS[one["sign"]][1],
            "word": SIGNS[one["sign"]][2],
            "words": _begun(wording.plain(one["words"] or "")),
            **{name: one[name] for name in ("deck", "slide")},
            "finding": one["finding_id"],
        }
        for one in details.get("families", ())
    ]


def grounds(parts: Iterable[Mapping[str, Any]], findings: pd.DataFrame | None) -> dict[str, dict[Any, Any]]:
    """By id the findings that asks and signs stand on, as ``findings.json`` has them."""
    if findings is None:
        return {}
    named = {part["finding"] for part in parts if wording.known(part["finding"])}
    rows = findings[findings["id"].isin(named)].drop_duplicates("id").to_dict("records")
    return {row["id"]: {**row, "sentence": wording.plain(row["sentence"]), "details": {}} for row in rows}


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
    waited = (day_end(day, timezone) - since) / pd.Timedelta(1, "D") if asked else 0.0
    return {
        "ask": wording.plain(row["ask"]),
        "why": wording.plain(row["evidence"]),
        **{
            name: wording.plain(row[name]) if wording.known(row[name]) else unsaid
            for name, unsaid in _SAID.items()
        },
        "owner": wording.plain(row["owner"]) if wording.known(row["owner"]) else NO_OWNER,
        "money": cost,
        "severity": row["severity"],
        "finding": row["finding_id"],
        "deck": row["deck"] if wording.known(row["deck"]) else None,
        "slide": row["slide"] if wording.known(row["slide"]) else None,
        "cost": f"{wording.money(cost, currency)} a month" if cost is not None else wording.UNKNOWN,
        "basis": row["cost_basis"] + _shared(row["counted_above"], cost, currency)
        if cost is not None
        else f"{wording.money(money, currency)} at stake"
        if money is not None
        else "",
        "sure": f"{row['sureness_is'][:1].upper()}{row['sureness_is'][1:]}, "
        f"weighted {wording.percent(min(row['sureness'], 0.99))}",
        "asked": f"{row['decision_id']}, asked on {wording.day(asked, beside=day)}, open for "
        f"{wording.days(waited)}"
        if asked
        else "",
    }


def _shared(above: Any, cost: float, currency: str) -> str:
    """What of an ask's cost is counted in an ask above it."""
    if not wording.known(above):
        return ""
    part = "" if above >= cost else f"of which {wording.money(float(above), currency)} "
    return f"; {part}counted above"


def _begun(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]
