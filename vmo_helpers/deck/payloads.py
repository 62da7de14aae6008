"""What each part of a deck says, as plain JSON: sentences made, numbers in words, nothing left to the page
but the setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers import decks
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.deck.results import Previous
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.change import Tone, moved_since
from vmo_helpers.results.figure import Figure, no_comparison
from vmo_helpers.results.finding import Finding, title_finding
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.results.parts import NOT_MADE, Part, not_made
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window

MOST_ASKS = 5
TURNED = 0.3
MOST_TREND_POINTS = 60
LOUDNESS = (Severity.ALARM, Severity.WARNING, Severity.UNKNOWN, Severity.GOOD, Severity.NOTE)


def review(
    notebook: str, portfolio: Portfolio, window: Window, streams: Sequence[str], previous: Previous
) -> dict[str, Any]:
    """What is looked at: portfolio, stretch of time, streams, the review before."""
    return {
        "part": Part.REVIEW,
        "notebook": notebook,
        "portfolio": wording.plain(portfolio.settings.name),
        "currency": portfolio.settings.currency,
        "timezone": window.timezone,
        "from": window.start_day,
        "to": window.end_day,
        "as_of": window.end.isoformat(),
        "streams": [wording.plain(name) for name in streams],
        "previous": previous.day,
    }


def figure_entry(figure: Figure, previous: Previous) -> dict[str, Any]:
    """The entry of ``figures.json``, with the value of the review before."""
    before, entry = previous.figures.get(figure.key, {}), figure.as_json()
    why = no_comparison(entry, before.get("from"))
    return {**entry, "previous": before.get("value"), **({"no_comparison": why} if why else {})}


def finding_entry(finding: Finding, previous: Previous, day: str) -> dict[str, Any]:
    """The entry of ``findings.json``, with the day on which it was first seen and how loud it was in the
    review before.

    A finding keeps its first day as long as it stays raised (alarm or warning) or stays calm; turning over
    starts anew.
    """
    entry = finding.as_json()
    before = previous.findings.get(finding.id)
    same = before is not None and _raised(before["severity"]) is _raised(finding.severity)
    entry["first_seen"] = before.get("first_seen", day) if before is not None and same else day
    entry["previous_severity"] = None if before is None else before["severity"]
    return entry


def tile(
    entry: dict[str, Any],
    key: str,
    whole: dict[str, Any] | None,
    currency: str,
    trend: pd.Series | None,
    line: float | None = None,
) -> dict[str, Any]:
    """One figure as a tile: label, value, change, note, and the line of its past where one is given, with the
    value to reach."""
    row = headline_of(key)
    value = entry["value"]
    shown = wording.quantity(value, entry["unit"], currency)
    if value is not None and whole is not None and wording.known(whole["value"]):
        shown = f"{wording.number(value)} of {wording.number(whole['value'])}"
    span = (
        wording.between(entry["low"], entry["high"], lambda v: wording.quantity(v, entry["unit"], currency))
        if entry["low"] is not None
        else ""
    )
    note = "; ".join(text for text in (row.note, span) if text) if value is not None else entry.get("why", "")
    return {
        "key": key,
        "label": row.label,
        "value": shown,
        "known": value is not None,
        "note": note,
        "change": change_of(entry, key, currency),
        "trend": None
        if trend is None
        else _trend(trend, entry["unit"], currency) | ({} if line is None else {"wanted": float(line)}),
    }


def change_of(entry: Mapping[str, Any], key: str, currency: str) -> dict[str, str] | None:
    """How the figure moved since the review before: words and tone, which is neutral where the two are not
    compared; None without one."""
    moved = moved_since(key, entry, currency)
    if moved is None:
        return None
    return {"words": moved.words, "tone": str(Tone.NEUTRAL if moved.tone is Tone.NONE else moved.tone)}


def defined(given: str, entry: Mapping[str, Any] | None, every: Iterable[Finding] = ()) -> str:
    """The line under a chart: the one given, else the figure's definition with its n and its window; and what
    a day is, where findings of the slide count working days."""
    if given or entry is None:
        text = given
    else:
        text = (
            f"{entry['definition'].rstrip('.')}; n = {wording.number(entry['n'])}; "
            f"{wording.span(entry['from'], entry['to'])}"
        )
    if "working days" not in text and any(one.unit == wording.WORKING_DAYS for one in every):
        text = f"{text.rstrip('.')}{'; ' if text else ''}lengths of time are in working days"
    return wording.sentence(text)


def asks(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """What needs a decision: alarms, then warnings, each by the money at stake; at most five, the rest
    counted by the caller.

    The words are the finding's ``details["ask"]`` where its rule has them, and the finding is why; else the
    finding itself, which needs no why. ``settled`` is what would clear it.
    """
    loud = [finding for finding in findings if _raised(finding.severity)]
    ranked = sorted(loud, key=lambda finding: (LOUDNESS.index(finding.severity), -(finding.money or 0.0)))
    return [
        {
            "ask": finding.details.get("ask") or finding.sentence,
            "why": finding.sentence if finding.details.get("ask") else "",
            "settled": finding.clears_when,
            "owner": finding.details.get("owner"),
            "money": finding.money,
            "severity": finding.severity,
            "finding": finding.id,
        }
        for finding in ranked
    ]


def lost(
    name: str, appendix: bool, findings: Sequence[Finding], why: str, entries: list[dict[str, Any]]
) -> dict[str, Any]:
    """A slide that could not be made: the sentence that is known of it, and ``why`` in place of all else."""
    return {
        "part": Part.SLIDE,
        "id": name,
        "appendix": appendix,
        "title": wording.plain(title_finding(findings).sentence) if findings else NOT_MADE,
        "severity": loudest(findings) if findings else Severity.UNKNOWN,
        "definition": "",
        "changes": [],
        "chart": False,
        "behind": None,
        "table": None,
        "findings": entries,
        **not_made(why),
    }


def loudest(findings: Sequence[Finding]) -> Severity:
    """The severity that speaks for a slide: the one of its title's finding."""
    return min((finding.severity for finding in findings), key=LOUDNESS.index)


def closing(
    notebook: str, portfolio: Portfolio, limits: Thresholds, missing: Sequence[str]
) -> dict[str, Any]:
    """What stands in the footer and the last page of the appendix: tables, notes, thresholds, files."""
    usual = Thresholds()
    present = frozenset(name for name in TABLES if portfolio.has(name))
    return {
        "part": Part.CLOSING,
        "absent": decks.missing(notebook, present),
        "missing": sorted(set(missing) - set(decks.missing(notebook, present))),
        "tables": [{"name": name, "rows": len(portfolio.tables[name])} for name in TABLES if name in present],
        "notes": [
            {
                "kind": note.kind,
                "table": note.table,
                "sentence": wording.plain(note.sentence),
                "count": note.count,
                "rows": list(note.rows),
            }
            for note in portfolio.notes
        ],
        "thresholds": [
            {
                "name": name,
                "value": value,
                "reason": Thresholds.reason(name),
                "changed": value != getattr(usual, name),
            }
            for name, value in limits.as_dict().items()
        ],
        "files": [
            {"name": wording.plain(file.get("name", "")), "rows": file.get("rows")}
            for file in portfolio.files
        ],
    }


def _raised(severity: str) -> bool:
    return severity in (Severity.ALARM, Severity.WARNING)


def _trend(values: pd.Series, unit: str, currency: str) -> dict[str, Any]:
    """A figure's past: at most sixty points, each with the day that its index names, and where it turned."""
    known = values.dropna()
    known = (
        known.iloc[:: -(-len(known) // MOST_TREND_POINTS) or 1] if len(known) > MOST_TREND_POINTS else known
    )
    days = [str(pd.Timestamp(day).date()) for day in known.index]
    place = turn(known)
    told = {}
    if place is not None:
        words = (
            f"{wording.quantity(known.iloc[place], unit, currency)}, {wording.month(days[place], short=True)}"
        )
        told = {"turn": {"place": place, "words": words}}
    return {"days": days, "values": [float(value) for value in known], **told}


def turn(values: pd.Series) -> int | None:
    """The place at which a line turned: its highest or lowest point, where that stands off both of its ends
    by ``TURNED`` of all that the line spans; None where neither does, or under five points."""
    line = values.to_numpy(dtype="float64")
    span = np.ptp(line) if len(line) else 0.0
    if len(line) < 5 or span == 0:
        return None
    off = {
        place: min(abs(line[place] - line[0]), abs(line[place] - line[-1]))
        for place in (line.argmax(), line.argmin())
    }
    place = max(off, key=off.__getitem__)
    return int(place) if off[place] >= TURNED * span else None
