"""What a deck holds so far: its figures, its findings, and its slides by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vmo_helpers.deck import payloads
from vmo_helpers.deck.results import Previous, plain_json
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.finding import Finding
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.results.parts import MOST_SLIDES, checked_name


class Contents:
    """Each figure and finding as it is written down, and which slide shows it.

    ``previous`` is the review before, ``day`` the day of this one. What is added while ``in_appendix`` stands
    in the appendix.
    """

    def __init__(self, previous: Previous, day: str) -> None:
        self._previous, self._day = previous, day
        self._figures: dict[str, dict[str, Any]] = {}
        self._cited: dict[str, dict[str, Any]] = {}
        self._findings: dict[str, Finding] = {}
        self._slides: dict[str, bool] = {}
        self._shown: dict[str, str] = {}
        self.in_appendix = False

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """The entries of ``figures.json``: what was measured here, by key."""
        return dict(sorted(self._figures.items()))

    @property
    def missing(self) -> list[str]:
        """What the findings lacked."""
        return [what for finding in self._findings.values() for what in finding.missing]

    def measured(self, figures: Iterable[Figure]) -> dict[str, dict[str, Any]]:
        """The entries of figures that this deck measured, now its own."""
        entries = {
            figure.key: plain_json(payloads.figure_entry(figure, self._previous)) for figure in figures
        }
        twice = sorted(entries.keys() & self._figures.keys())
        if twice:
            raise ValueError(f"figures registered twice: {', '.join(twice)}")
        self._figures |= entries
        return entries

    def cite(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Entries of other decks, which this one may name."""
        self._cited |= {
            key: plain_json({"previous": None, "low": None, "high": None, **entry})
            for key, entry in entries.items()
        }

    def has(self, key: str) -> bool:
        return key in self._figures or key in self._cited

    def figure(self, key: str) -> dict[str, Any]:
        entry = self._figures.get(key) or self._cited.get(key)
        if entry is None:
            raise ValueError(f"figure {key!r} is not registered; call deck.figures(…) before it is named")
        return entry

    def whole(self, key: str) -> dict[str, Any] | None:
        """The figure that this one is a part of."""
        of = headline_of(key).of or ""
        return self._figures.get(of) or self._cited.get(of)

    def found(self, findings: Sequence[Finding], *, on: str | None = None) -> list[dict[str, Any]]:
        """The entries of findings, now of this deck; the slide ``on`` shows them."""
        self._findings |= {finding.id: finding for finding in findings}
        if on is not None:
            self._shown |= {finding.id: on for finding in findings}
        return [self._entry(finding) for finding in findings]

    def _entry(self, finding: Finding) -> dict[str, Any]:
        entry: dict[str, Any] = plain_json(payloads.finding_entry(finding, self._previous, self._day))
        return entry

    def add(self, slide: str) -> None:
        self._slides[slide] = self.in_appendix

    def slide_name(self, given: str | None, rule: str) -> str:
        """The name of the next slide, by default that of its finding's rule. Raises ValueError where it is
        taken, or the deck is full."""
        if given is not None:
            name = checked_name(given, "the slide's id")
            if name in self._slides:
                raise ValueError(f"two slides are called {name!r}")
        else:
            name = self.free_name(rule.rpartition(".")[2])
        if not self.in_appendix and sum(not hidden for hidden in self._slides.values()) == MOST_SLIDES:
            raise ValueError(
                f"slide {name!r} is one too many: a deck has at most {MOST_SLIDES}; the rest follows "
                "deck.appendix()"
            )
        return name

    def free_name(self, wanted: str) -> str:
        """The name, with a number where a slide bears it already."""
        name, count = wanted, 1
        while name in self._slides:
            count += 1
            name = f"{wanted}_{count}"
        return checked_name(name, "the slide's id")

    def places(self) -> list[tuple[dict[str, Any], str | None]]:
        """Each finding's entry, and the slide that shows it, else another of its rule."""
        there = {id: slide for id, slide in self._shown.items() if slide in self._slides}
        of_rule: dict[str, str] = {}
        for id, slide in there.items():
            of_rule.setdefault(id.partition(":")[0], slide)
        return [
            (self._entry(finding), there.get(id) or of_rule.get(finding.rule))
            for id, finding in sorted(self._findings.items())
        ]
