"""The headline figures beside their last values, in one sentence and one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vmo_helpers import decks
from vmo_helpers.findings.rule import Rule
from vmo_helpers.results.finding import Finding
from vmo_helpers.results.headlines import Tone, headline_of, moved_since
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity


def numbers(
    figures: pd.DataFrame,
    currency: str,
    trends: Mapping[str, pd.Series] | None = None,
    *,
    every: bool = False,
) -> pd.DataFrame:
    """One row a figure: figure, last_time, now, change in words (with ``_tone``), its past (``_trend``, from
    ``trends`` by key); the leading ones, or ``every`` one by its name. Where no earlier review knew any of
    them: figure and now alone.

    ``figures`` as ``measures.changes.figures`` returns them. Leading figures that this review does not have
    are left out.
    """
    row = {entry["key"]: entry for entry in figures.to_dict("records")}
    keys = sorted(row) if every else [key for key in decks.followed() if key in row]
    rows = [{**_row(row[key], currency), "_trend": (trends or {}).get(key)} for key in keys]
    shown = pd.DataFrame(rows, columns=["figure", "last_time", "now", "change", "_tone", "_trend"])
    return shown if shown["last_time"].ne("").any() else shown[["figure", "now"]]


def moved(
    shown: pd.DataFrame,
    day_before: str | None,
    day: str,
    subject: str = "portfolio",
    kind: str = "leading figure",
) -> Finding:
    """Such as "Since 30 September 3 of 9 leading figures got worse, 4 better"; ``shown`` as ``numbers``
    returns it."""
    rule = Rule("changes.figures")
    if shown.empty:
        return rule.unknown(
            "No conclusion on the figures: this review has none of the leading ones",
            "the other decks' figures",
            subject=subject,
            clears_when="another deck gives its figures",
        )
    now_known = shown["now"].ne(wording.UNKNOWN)
    compared = day_before is not None and "last_time" in shown.columns
    known = shown[shown["last_time"].ne("") & now_known] if compared else shown.head(0)
    if known.empty:
        return rule.note(_start(int(now_known.sum()), len(shown), kind), subject=subject, n=len(shown))
    worse, better = (int(known["_tone"].eq(str(tone)).sum()) for tone in (Tone.BAD, Tone.GOOD))
    since = f"Since {wording.day(day_before, beside=day)}"
    of = f"of {wording.counted(len(known), kind)}"
    if not worse and not better:
        sentence = f"{since} none {of} moved for better or worse"
    elif not worse:
        sentence = f"{since} {better} {of} got better, none worse"
    else:
        sentence = f"{since} {worse} {of} got worse, {better or 'none'} better"
    return rule.finds(
        Severity.WARNING if worse > better else Severity.NOTE,
        sentence,
        subject=subject,
        value=worse,
        n=len(known),
        clears_when="no more figures get worse than better" if worse > better else "",
    )


def _start(known: int, of: int, kind: str) -> str:
    """Such as "9 leading figures to start from", or "3 of 9 leading figures are known"."""
    if known == of:
        return f"{wording.counted(of, kind)} to start from"
    return f"{known or 'None'} of {wording.counted(of, kind)} {'are' if known > 1 else 'is'} known"


def _row(entry: dict[Any, Any], currency: str) -> dict[str, str]:
    key, unit = str(entry["key"]), str(entry["unit"])
    now, before = (float(entry[name]) if wording.known(entry[name]) else None for name in ("value", "before"))
    why = entry.get("no_comparison")
    told = why if wording.known(why) else None
    beside = {"value": now, "previous": before, "unit": unit, "no_comparison": told}
    moved = moved_since(key, beside, currency)
    return {
        "figure": headline_of(key).label,
        "last_time": "" if before is None else wording.quantity(before, unit, currency),
        "now": wording.quantity(now, unit, currency),
        "change": "" if moved is None else moved.words,
        "_tone": "" if moved is None or moved.tone not in (Tone.GOOD, Tone.BAD) else str(moved.tone),
    }
