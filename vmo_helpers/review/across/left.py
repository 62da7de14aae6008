"""What one review left on the shelf, as far as the page over all portfolios asks for it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from vmo_helpers import decks
from vmo_helpers.results import tables
from vmo_helpers.review.across import rules
from vmo_helpers.review.shelf import trust
from vmo_helpers.review.shelf.shelf import Review
from vmo_helpers.style import wording

PLACES = f"tables/{next(one.name for one in decks.ENTRIES if one.closes)}/signs"
"""The signs of each stream and top goal, as the closing notebook leaves them."""
_MADE_SAFE = re.compile(r"^'(?=[=+\-@\t\r])")

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Left:
    """One review, the newest of its portfolio.

    ``figures`` by key and ``findings`` as in its files, as far as ``rules`` ask for them; ``signs`` one row a
    place and family of sign. All are empty where the review is not as it was written; ``why`` then says so.
    """

    review: Review
    figures: Mapping[str, Entry] = field(default_factory=dict)
    findings: Sequence[Entry] = ()
    signs: Sequence[Mapping[str, str]] = ()
    why: str | None = None

    @property
    def name(self) -> str:
        """The portfolio's name, with the streams where the review is of some alone."""
        manifest = self.review.manifest
        streams = wording.listed(manifest["parameters"]["streams"], most=2)
        return wording.clipped(" · ".join(filter(None, [manifest["portfolio"], streams])), 80)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.review.as_of_day)

    @property
    def currency(self) -> str:
        return str(self._settings.get("currency") or "")

    @property
    def level(self) -> str:
        """The level of work items that it counts, such as ``epic``; "" where it does not say."""
        return str(self._settings.get("review_level") or "")

    @property
    def window_days(self) -> int | None:
        """The length of its window; None where it does not say."""
        start = self.review.manifest.get("window", {}).get("from")
        return None if start is None else (self.day - date.fromisoformat(start)).days + 1

    @property
    def limits(self) -> dict[str, float]:
        """The thresholds that it judged by, where they are other than usual."""
        own = self._settings.get("thresholds")
        asked = self.review.manifest["parameters"].get("thresholds", {})
        return {**(own if isinstance(own, dict) else {}), **asked}

    @property
    def _settings(self) -> Mapping[str, Any]:
        settings = self.review.manifest.get("settings", {})
        return settings if isinstance(settings, dict) else {}

    @property
    def pages(self) -> frozenset[str]:
        """The files of its decks."""
        outcome = self.review.manifest["outcome"]
        return frozenset(str(outcome[name]["page"]) for name in self.review.done if outcome[name].get("page"))

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """Each finding by its id."""
        return {str(one["id"]): one for one in self.findings}

    @cached_property
    def asked(self) -> Entry | None:
        """How many decisions its executive page asks and what waiting costs; None where it has no such
        page."""
        return next((one for one in self.findings if one["rule"] == rules.ASKED), None)

    @cached_property
    def asks(self) -> list[Entry]:
        """The decisions that its executive page asks today."""
        return [one for one in self.findings if one["rule"] == rules.ASK]

    @cached_property
    def failing(self) -> list[Entry]:
        """Its streams and top goals that fail, by their executive page's rule."""
        return [one for one in self.findings if one["rule"] == rules.FAILS]

    def at(self, finding: Entry | None) -> At:
        """Where a finding is shown; its executive page where no slide shows it."""
        found = finding or {}
        deck, slide = found.get("deck"), found.get("slide")
        return At(self, deck if isinstance(deck, str) else None, slide if isinstance(slide, str) else None)


@dataclass(frozen=True)
class At:
    """A slide of a deck of a review, and the words that lead there; no deck: the review's own page."""

    left: Left
    deck: str | None = None
    slide: str | None = None
    words: str = ""


def number(value: Any) -> float | None:
    """A number of a file; None where there is none."""
    return float(value) if isinstance(value, int | float) and wording.known(value) else None


def detail(finding: Entry, name: str) -> Any:
    """One of a finding's details; None where it is not there."""
    details = finding.get("details")
    return details.get(name) if isinstance(details, dict) else None


def text(value: Any) -> str:
    """A text of a file; "" where there is none."""
    return value if isinstance(value, str) else ""


def read(review: Review) -> Left:
    """What a review left, and of it what is asked for, so that many fit into memory; a table that is not as
    it was written is none."""
    why, found = trust.results(review.folder, review.manifest["output"])
    if why or not review.done:
        return Left(review, why=why or "no deck could be made")
    figures = {key: one for key, one in found.get(trust.FIGURES, {}).items() if key in rules.FIGURES}
    findings = found.get(trust.FINDINGS, [])
    behind = {detail(one, "finding_id") for one in findings if one["rule"] == rules.ASK}
    kept = [one for one in findings if one["rule"] in rules.FINDINGS or one["id"] in behind]
    return Left(review, figures, [_slim(one) for one in kept], _rows(review))


def _slim(finding: Entry) -> Entry:
    """A finding without its rows of evidence; only an ask keeps its details."""
    left_out = {"evidence"} if finding["rule"] == rules.ASK else {"evidence", "details"}
    return {name: value for name, value in finding.items() if name not in left_out}


def _rows(review: Review) -> list[dict[str, str]]:
    """The signs of its places, none where they are not there as they were written; a text that was made
    harmless for spreadsheets is itself again."""
    table = tables.kept(review.folder, review.manifest["output"], PLACES)
    if table is None:
        return []
    if table.form == tables.CSV:
        rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8", "replace"))))
    else:
        rows = table.texts().to_pylist()
    return [{name: _MADE_SAFE.sub("", cell or "") for name, cell in row.items() if name} for row in rows]
