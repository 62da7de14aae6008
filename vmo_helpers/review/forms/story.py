"""A review as a leader is told it, whatever the form: the conclusion first, then a chapter for each deck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers import decks
from vmo_helpers.review.pages import page
from vmo_helpers.review.pages.executed import Executed, Slide, read
from vmo_helpers.review.pages.index import summed_up
from vmo_helpers.review.pages.names import severity_mark
from vmo_helpers.style import wording

SUBJECTS = "The subjects of this conclusion"
"""What a slide's table is called where the deck gives it no name."""


@dataclass(frozen=True)
class Chapter:
    """One deck: its notebook, what a reader calls it, its page's file, and all that it says."""

    notebook: str
    name: str
    page: str
    deck: Executed

    @property
    def speaks_for_all(self) -> bool:
        """Its notebook closes the review: it sums the others up."""
        return decks.entry(self.notebook).closes

    @property
    def headline(self) -> str:
        return self.deck.headline or self.name

    @property
    def slides(self) -> list[Slide]:
        """The conclusions of the deck, without its appendix."""
        return [slide for slide in self.deck.slides if not slide.says["appendix"]]

    @property
    def appendix(self) -> list[Slide]:
        return [slide for slide in self.deck.slides if slide.says["appendix"]]

    @property
    def currency(self) -> str:
        return str(self.deck.review["currency"])

    def opening(self) -> dict[str, Any] | None:
        """Tiles, asks and conclusion of its title page, as the page shows them."""
        return (
            None
            if self.deck.opening is None
            else page.opening(self.deck.opening, {}, {"currency": self.currency})
        )

    def asked(self) -> dict[str, Any]:
        """What is asked of the reader, as a table with a title; without rows where nothing is."""
        opening = self.opening() or {
            "asks_title": "",
            "asks": [],
            "decides": False,
            "owners": False,
            "money": False,
            "whys": False,
        }
        decides, whys = opening.get("decides"), opening.get("whys", True)
        owners, money = opening["owners"], opening["money"]
        labels = [
            "What",
            *(["Owner"] if owners else []),
            *(["Why"] if whys else []),
            *([] if decides else ["Settled when"]),
            *(["Cost of waiting" if decides else "At stake"] if money else []),
        ]
        rows = []
        for ask in opening["asks"]:
            owner = [ask["owner"] or "–"] if owners else []
            at_stake = [(ask["cost"] if decides else ask["money"]) or "–"] if money else []
            why = [ask["why"] or "–"] if whys else []
            settled = [] if decides else [ask["settled"] or "–"]
            rows.append([ask["ask"], *owner, *why, *settled, *at_stake])
        columns = [
            {"label": label, "number": money and place == len(labels) - 1}
            for place, label in enumerate(labels)
        ]
        return {
            "title": opening["asks_title"],
            "columns": columns,
            "rows": rows,
            "total": len(rows),
            "file": None,
        }

    def reasons(self, slide: Slide) -> list[dict[str, Any]]:
        """The slide's findings with what they stand on."""
        return [page.reasons(entry, self.deck.review) for entry in slide.says["findings"]]


@dataclass(frozen=True)
class Story:
    """A whole review. ``heading`` is its conclusion, ``missing`` names the decks that could not be made."""

    portfolio: str
    day: str
    as_of: str
    streams: str
    heading: str
    lede: str
    chapters: tuple[Chapter, ...]
    missing: tuple[str, ...]

    @property
    def executive(self) -> Chapter | None:
        """The deck that speaks for the whole review, where there is one."""
        return next((chapter for chapter in self.chapters if chapter.speaks_for_all), None)

    @property
    def decks(self) -> list[Chapter]:
        """The chapters but for the executive one."""
        return [chapter for chapter in self.chapters if not chapter.speaks_for_all]


def story(review: Path, manifest: Mapping[str, Any]) -> Story:
    """What the review in a folder tells; the executive deck comes first."""
    done = {name: state for name, state in manifest["outcome"].items() if state["status"] == "done"}
    chapters = [
        Chapter(name, decks.title(name), state["page"], read(review / "notebooks" / f"{name}.ipynb"))
        for name, state in done.items()
    ]
    chapters.sort(key=lambda chapter: not chapter.speaks_for_all)
    lead = chapters[0].deck if chapters and chapters[0].speaks_for_all else None
    severities = [slide.says["severity"] for chapter in chapters for slide in chapter.slides]
    heading, lede = summed_up(severities) if chapters else ("No deck could be made", "")
    if lead is not None:
        heading, lede = lead.headline, str((lead.opening or {}).get("lede", ""))
    return Story(
        portfolio=wording.clipped(line(manifest["portfolio"]), 80),
        day=wording.day(manifest["as_of_day"], year=True),
        as_of=str(manifest["as_of"]),
        streams=wording.clipped(line(wording.listed(manifest["parameters"].get("streams", ()), most=4)), 120),
        heading=line(heading),
        lede=lede,
        chapters=tuple(chapters),
        missing=tuple(decks.title(name) for name in manifest["outcome"] if name not in done),
    )


def line(text: Any) -> str:
    """A text of one line: line breaks are blanks, characters that turn or hide text are visible."""
    return " ".join(wording.plain(text).split())


def mark(slide: Slide) -> dict[str, str]:
    """Word, sign and tone of a slide's severity."""
    return severity_mark(slide.says["severity"])
