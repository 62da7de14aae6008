"""Whether throughput, work in progress and lead time are still what was normal."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number
from vmo_helpers.forecasts.normal import LEAST
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

_WORSE_ABOVE = {"throughput": False, "work in progress": True, "lead time": True}
_UNIT = {"throughput": " a week", "work in progress": " items", "lead time": " days"}


def normal(months: pd.DataFrame) -> list[Finding]:
    """ "Work in progress has been over its mean of 20 items since 1 June 2025", one a measure.

    ``months`` as ``forecasts.normal`` returns it. A signal counts that lasts until the newest month; a
    warning where it is for the worse, else a note.
    """
    rule = Rule("forecast.normal")
    limited = months[months["mean"].notna() & months["value"].notna()]
    if limited.empty:
        why = f"no measure has {LEAST} months on record, or twelve in a row that were steady"
        return [rule.unknown(f"No conclusion on what is normal: {why}", why, n=len(months))]
    found = [told for _, mine in limited.groupby("measure", sort=False) if (told := _moved(rule, mine))]
    measures = limited["measure"].drop_duplicates()
    names, verb = wording.sentence(wording.listed(measures)), by_number(len(measures), "is", "are")
    said = f"{names} {verb} now within what was normal{_restless(months)}"
    return found or [rule.note(said, value=0, unit="number", n=len(limited))]


def _restless(months: pd.DataFrame) -> str:
    """The measures that are long enough on record and were never steady."""
    known = months[months["value"].notna() & months["mean"].isna()].groupby("measure", sort=False).size()
    names = known.index[known >= LEAST].tolist()
    return f"; {wording.listed(names)} had no twelve steady months" if names else ""


def _moved(rule: Rule, months: pd.DataFrame) -> Finding | None:
    """Of one measure: the signal that lasts until its newest month; None where there is none."""
    last = months.iloc[-1]
    if not (last["outside"] or last["in_run"]):
        return None
    over = bool(last["value"] > last["mean"])
    signal = (months["outside"] | months["in_run"]) & months["value"].gt(months["mean"]).eq(over)
    since = months.loc[signal[::-1].cummin()[::-1], "month"].iloc[0]
    name = str(last["measure"])
    usual = wording.between(max(0.0, float(last["low"])), float(last["high"]), wording.number)
    worse = over is _WORSE_ABOVE[name]
    return rule.finds(
        Severity.WARNING if worse else Severity.NOTE,
        f"{wording.sentence(name)} has been {'over' if over else 'under'} its mean of "
        f"{wording.number(last['mean'])}"
        f"{_UNIT[name]} since {wording.day(since.date(), year=True)}: {usual} was normal, "
        f"{wording.number(last['value'])} is now",
        subject=name,
        value=float(last["value"]),
        n=len(months),
        clears_when="it lies within its limits again" if worse else "",
        details={"since": str(since.date())},
    )
