"""What a finding is: one judgement with the rule, the number, the threshold and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from vmo_helpers.results.judged import PORTFOLIO as PORTFOLIO
from vmo_helpers.vocabulary import Severity

MOST_EVIDENCE_ROWS = 50


@dataclass(frozen=True)
class Evidence:
    """Rows of one input table that a finding rests on; ``rows`` as in the file (header = row 1)."""

    table: str
    rows: tuple[int, ...]
    total: int

    @classmethod
    def of(cls, table: str, frame: pd.DataFrame | pd.Series | pd.Index) -> Evidence:
        """The rows of a frame that kept the index of its table; the first 50 are named, all are counted."""
        index = frame if isinstance(frame, pd.Index) else frame.index
        rows = sorted(int(row) for row in index.unique())
        return cls(table, tuple(rows[:MOST_EVIDENCE_ROWS]), len(rows))

    def as_json(self) -> dict[str, Any]:
        return {"table": self.table, "rows": list(self.rows), "total": self.total}


@dataclass(frozen=True)
class Finding:
    """One judgement.

    ``rule`` names the judgement (``flow.stalled_items``), ``subject`` whom it is about (``portfolio``, an
    item_id, a state, a key result). Both make the ``id``, which is the same from review to review.
    ``sentence`` is a slide's title: it says the conclusion with its number. ``severity`` UNKNOWN means that
    evidence is missing, named in ``missing``.
    """

    rule: str
    subject: str
    severity: Severity
    sentence: str
    value: float | None = None
    unit: str = "number"
    threshold: float | None = None
    threshold_name: str | None = None
    n: int = 0
    evidence: tuple[Evidence, ...] = ()
    money: float | None = None
    missing: tuple[str, ...] = ()
    clears_when: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.rule}:{self.subject}"

    def as_json(self) -> dict[str, Any]:
        """The entry of ``findings.json``; ``first_seen`` is added by the deck that knows the shelf."""
        return {
            "id": self.id,
            "rule": self.rule,
            "subject": self.subject,
            "severity": str(self.severity),
            "sentence": self.sentence,
            "value": self.value,
            "unit": self.unit,
            "threshold": self.threshold,
            "threshold_name": self.threshold_name,
            "n": self.n,
            "evidence": [part.as_json() for part in self.evidence],
            "money": self.money,
            "missing": list(self.missing),
            "clears_when": self.clears_when,
            "details": self.details,
        }


NOWHERE: dict[str, str | None] = {"_deck": None, "_slide": None}
"""No slide shows it."""


def shown_at(deck: object, slide: object) -> dict[str, str | None]:
    """Hidden columns of a table's row: the deck and the slide that show what it says, "" for this deck. The
    page makes the way there of them; where the deck is not known there is none."""
    if not isinstance(deck, str):
        return NOWHERE
    return {"_deck": deck, "_slide": slide if isinstance(slide, str) else ""}


_A_NAME = 4  # words that a name has at the most
_A_TITLE = 120  # characters that a title page's sentence has at the most
_LOUDNESS = {Severity.ALARM: 0, Severity.WARNING: 1, Severity.UNKNOWN: 2, Severity.GOOD: 3, Severity.NOTE: 4}


def loud(findings: Finding | Iterable[Finding]) -> tuple[str, ...]:
    """The subjects that alarms and warnings speak of, in the order given: what a chart colours."""
    every = [findings] if isinstance(findings, Finding) else findings
    raised = (Severity.ALARM, Severity.WARNING)
    return tuple(dict.fromkeys(finding.subject for finding in every if finding.severity in raised))


def title_finding(findings: Finding | Iterable[Finding]) -> Finding:
    """The loudest finding, the first of them in the order given: the one that a slide's title says."""
    if isinstance(findings, Finding):
        return findings
    ranked: Sequence[Finding] = sorted(findings, key=lambda finding: _LOUDNESS[finding.severity])
    if not ranked:
        raise ValueError("a headline needs at least one finding; a rule that finds nothing says so in a NOTE")
    return ranked[0]


def headline(findings: Finding | Iterable[Finding]) -> str:
    """The sentence of the loudest finding: a slide's title."""
    return title_finding(findings).sentence


def conclusion(findings: Sequence[Finding]) -> str:
    """The sentence of a whole deck: its two loudest raised findings, each without what follows its colon;
    else the headline.

    Of equally loud ones the first in the order given speaks first; where two would be too long for a title,
    the first speaks alone.
    """
    raised = sorted(
        (f for f in findings if f.severity in (Severity.ALARM, Severity.WARNING)),
        key=lambda f: _LOUDNESS[f.severity],
    )
    if len(raised) < 2:
        return headline(findings)
    first, second = raised[:2]
    both = f"{_head(first.sentence)}, and {_within(second)}"
    return both if len(both) <= _A_TITLE else headline(findings)


def _within(finding: Finding) -> str:
    """A finding as it goes on within a sentence: one about the whole begins small, for it begins with no
    name."""
    head = _head(finding.sentence)
    whole = finding.subject == PORTFOLIO and head[1:2].islower()
    return head[:1].lower() + head[1:] if whole else head


def _head(sentence: str) -> str:
    """What stands before the colon, where that is a sentence of its own and no mere name."""
    head, _, rest = sentence.partition(": ")
    return head if rest and len(head.split()) > _A_NAME else sentence
