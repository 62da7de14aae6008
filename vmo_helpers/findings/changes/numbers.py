"""The headline figures beside their last values, in one sentence and one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vmo_helpers import decks
from vmo_helpers.findings.rule import Rule
from vmo_helpers.results.change import Change, Tone, against, moved_since
from vmo_helpers.results.finding import Finding
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

LAST_TIME, LAST_YEAR, PLAN = AGAINST = ("against_last_time", "against_last_year", "against_plan")


def numbers(
    figures: pd.DataFrame,
    currency: str,
    trends: Mapping[str, pd.Series] | None = None,
    targets: Mapping[str, float] | None = None,
    *,
    every: bool = False,
    begins: str = "",
) -> pd.DataFrame:
    """One row a figure: its name, now, how it moved (``Change``) against_last_time, against_last_year and
    against_plan (``targets`` by key), and its past (``_trend``, from ``trends`` by key); the leading ones, or
    ``every`` one whose key ``begins`` so, by its name. A comparison that nobody can make has no column.

    ``figures`` as ``measures.changes.figures`` returns them. Leading figures that this review does not have
    are left out.
    """
    row = {entry["key"]: entry for entry in figures.to_dict("records")}
    chosen = sorted(key for key in row if key.startswith(begins)) if every else decks.followed()
    keys = [key for key in chosen if key in row]
    plans = targets or {}
    rows = [{**_row(row[key], currency, plans.get(key)), "_trend": (trends or {}).get(key)} for key in keys]
    shown = pd.DataFrame(rows, columns=["figure", "now", *AGAINST, "_trend"])
    return shown.drop(columns=[name for name in AGAINST if shown[name].isna().all()])


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
    compared = day_before is not None and LAST_TIME in shown.columns
    told: list[Change] = shown[LAST_TIME].dropna().tolist() if compared else []
    known = [one.tone for one in told if one.tone is not Tone.NONE]  # the others say why not
    if not known:
        return rule.note(_start(int(now_known.sum()), len(shown), kind), subject=subject, n=len(shown))
    worse, better = known.count(Tone.BAD), known.count(Tone.GOOD)
    since = f"Since {wording.day(day_before, beside=day)}"
    some = " that can be compared" if len(known) < len(told) else ""
    of = f"of {wording.counted(len(known), kind)}{some}"
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


def _row(entry: dict[Any, Any], currency: str, plan: float | None) -> dict[str, Any]:
    key, unit = str(entry["key"]), str(entry["unit"])
    told = {name: value if wording.known(value) else None for name, value in entry.items()}
    then = {**told, "previous": told.get("year_before"), "no_comparison": told.get("no_comparison_of_year")}
    return {
        "figure": headline_of(key).label,
        "now": wording.quantity(told["value"], unit, currency),
        LAST_TIME: moved_since(key, {**told, "previous": told["before"]}, currency),
        LAST_YEAR: moved_since(key, then, currency),
        PLAN: against(key, told["value"], plan, unit, currency),
    }
