"""Each finding beside what earlier reviews said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from vmo_helpers.vocabulary import ChangeState, Severity

RAISED = (str(Severity.ALARM), str(Severity.WARNING))
_PERIODS, _MISSED = "okr.key_result_", "okr.key_result_missed"
LOOKED_BACK = 12
"""Reviews over which coming and going is counted."""
COLUMNS = [
    "id",
    "rule",
    "subject",
    "sentence",
    "severity",
    "before",
    "state",
    "since",
    "spells",
    "raised",
    "looked",
    "money",
    "deck",
    "slide",
]


def findings(
    now: pd.DataFrame,
    past: pd.DataFrame,
    reviews: pd.DataFrame,
    done: Collection[str],
    day: str,
    ended: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """One row a finding that is raised (alarm or warning) or was when it was last looked at.

    ``now`` are this review's findings: id, rule, subject, severity, sentence, money, deck, slide. ``past``
    are findings once raised: id, rule, subject, sentence, deck, money, severity (a list by review).
    ``reviews`` are the earlier ones, oldest first (day, done: their notebooks). ``done`` are the notebooks of
    this one, ``day`` is its as-of day; ``ended`` says of subjects whose period is over whether they were
    reached or missed.

    A review in which the finding's notebook did not run says nothing. Nothing is cleared, and nothing becomes
    new, by a notebook that failed. The states are:

    - new: it was not raised when last looked at; first: it was never looked at before;
    - known_again: its evidence was missing when last looked at, and it is raised now;
    - still: it was and is; worse, better: louder or less loud than it was;
    - cleared: it was and is not; ended_reached, ended_missed: nor can it be, its subject's period is over;
    - unsaid: it was raised, its evidence is missing now;
    - unseen: it was raised, its notebook did not run now.

    Columns
        id, rule, subject, sentence: of the finding
        severity: alarm or warning; missing where it is not raised now
        before: its severity when last looked at
        state: one of these
        since: the day on which the present spell began, of a cleared one its last
        spells: stretches of being raised over the last twelve reviews and this one
        raised, looked: in how many of those it was raised, and looked at
        money (portfolio's currency): at stake; missing where unknown
        deck, slide: where it is shown
    """
    of_topic = {
        _topic(row["rule"]): row["deck"] for row in now.to_dict("records") if isinstance(row["deck"], str)
    }
    today = {row["id"]: row for row in now.to_dict("records")}
    once = {row["id"]: row for row in past.to_dict("records")}
    ran = [frozenset(names) for names in reviews["done"]]
    raised_now = [key for key, row in today.items() if row["severity"] in RAISED]
    rows = []
    for key in dict.fromkeys([*raised_now, *once]):
        told = once.get(key, {})
        row = today.get(key, told)
        deck = row.get("deck") if isinstance(row.get("deck"), str) else of_topic.get(_topic(row["rule"]))
        severities: Sequence[Any] = told["severity"] if told else [None] * len(ran)
        before = [
            said if deck is None or deck in names else ...
            for said, names in zip(severities, ran, strict=True)
        ]
        looked = [said in RAISED for said in before if said is not ...]
        here = today.get(key, {}).get("severity")
        told_before = [said for said in before if said is not ...]
        last = told_before[-1] if told_before else None
        state = _state(here, looked, last, deck is None or deck in done)
        over = (ended or {}).get(str(row["subject"])) if str(row["rule"]).startswith(_PERIODS) else None
        if over is not None and state in (ChangeState.CLEARED, ChangeState.UNSAID, ChangeState.NEW):
            state = ChangeState(f"ended_{over}")
            if here not in RAISED and f"{_MISSED}:{row['subject']}" in today:
                continue  # told by the finding that it was missed
        if state is not None:
            days = [when for when, said in zip(reviews["day"], before, strict=True) if said is not ...]
            seen = (
                [*looked, here in RAISED] if state not in (ChangeState.UNSAID, ChangeState.UNSEEN) else looked
            )
            recent = seen[-LOOKED_BACK - 1 :]
            rows.append(
                {
                    **{
                        name: row.get(name)
                        for name in ("id", "rule", "subject", "sentence", "money", "slide")
                    },
                    "deck": deck,
                    "severity": here if here in RAISED else None,
                    "before": last if last in RAISED else None,
                    "state": str(state),
                    "since": _since([*days, day][: len(seen)], seen),
                    "spells": _spells(recent),
                    "raised": sum(recent),
                    "looked": len(recent),
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _topic(rule: str) -> str:
    return str(rule).partition(".")[0]


def _state(here: str | None, looked: list[bool], last: str | None, ran: bool) -> ChangeState | None:
    """The state of one finding; None where it is neither raised nor was when last looked at."""
    if here in RAISED:
        if not looked:
            return ChangeState.FIRST
        if not looked[-1]:
            return ChangeState.KNOWN if last == str(Severity.UNKNOWN) else ChangeState.NEW
        if here == last:
            return ChangeState.STILL
        return ChangeState.WORSE if here == RAISED[0] else ChangeState.BETTER
    if not looked or not looked[-1]:
        return None
    if not ran:
        return ChangeState.UNSEEN
    return ChangeState.UNSAID if here == str(Severity.UNKNOWN) else ChangeState.CLEARED


def _spells(seen: list[bool]) -> int:
    return sum(1 for raised, _ in groupby(seen) if raised)


def _since(days: list[str], seen: list[bool]) -> str | None:
    """The first day of the last stretch of being raised."""
    begun = None
    for day, raised, before in zip(days, seen, [False, *seen], strict=False):
        if raised and not before:
            begun = day
    return begun
