"""An executed notebook, read back: its parts in the order of the deck, each slide with the question asked
before it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vmo_helpers.results.parts import CHART_MIME, FOR_ANALYSTS, PART_MIME, Part, not_made
from vmo_helpers.review.shelf import folders

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")


class NotADeck(ValueError):
    """The notebook cannot become a page: it failed, or it displays no part of a deck."""


@dataclass
class Slide:
    """One slide: what it says, its chart's specification, the question and the prose that stood before its
    cell, without what is for analysts."""

    says: dict[str, Any]
    question: str = ""
    prose: str = ""
    spec: dict[str, Any] | None = None


@dataclass
class Executed:
    """All that an executed notebook says."""

    title: str = ""
    review: dict[str, Any] = field(default_factory=dict)
    opening: dict[str, Any] | None = None
    slides: list[Slide] = field(default_factory=list)
    closing: dict[str, Any] | None = None
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The conclusion of the whole deck: of its title page, else of its first slide."""
        if self.opening is not None:
            return str(self.opening["title"])
        return str(self.slides[0].says["title"]) if self.slides else ""


def read(notebook: str | Path | Mapping[str, Any]) -> Executed:
    """Reads an executed notebook: a path, or its JSON already loaded; slides that say nothing come last.
    Raises NotADeck when a cell failed or no part is there."""
    cells = (
        notebook if isinstance(notebook, Mapping) else json.loads(Path(notebook).read_text(encoding="utf-8"))
    )["cells"]
    deck = Executed()
    question = prose = ""
    for cell in cells:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            level, heading, rest = _headed(source)
            if FOR_ANALYSTS in cell.get("metadata", {}).get("tags", ()):
                rest = ""
            if level == 1:
                deck.title = deck.title or heading
            elif level:
                question, prose = heading, rest
            else:
                prose = f"{prose}\n\n{rest}".strip() if question else ""
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                raise NotADeck(f"a cell failed: {output.get('ename')}: {output.get('evalue')}")
            part = output.get("data", {}).get(PART_MIME)
            if part is not None and _take(deck, part, output["data"], question, prose):
                question = prose = ""
    deck.slides.sort(key=lambda slide: bool(slide.says.get("says_nothing")))
    if not deck.review:
        raise NotADeck("the notebook displays no part of a deck; it opens its review with open_review(…)")
    return deck


def lose(path: Path, slide: str, why: str) -> None:
    """Writes down that the chart of a slide could not be drawn: from now on every form of the deck says so in
    its place."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        kept = []
        for output in cell.get("outputs", ()):
            part = output.get("data", {}).get(PART_MIME, {})
            if part.get("part") == Part.SLIDE and part["id"] == slide:
                part |= {"chart": False, **not_made(why)}
            if part.get("part") != Part.CHART or part["slide"] != slide:
                kept.append(output)
        if "outputs" in cell:
            cell["outputs"] = kept
    folders.replace(path, json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n")


def _take(deck: Executed, part: dict[str, Any], data: Mapping[str, Any], question: str, prose: str) -> bool:
    """Files one part; True when it used the question and the prose before it."""
    kind = part["part"]
    deck.findings |= {entry["id"]: entry for entry in part.get("findings", ())}
    if kind == Part.REVIEW:
        deck.review = part
    elif kind == Part.FIGURES:
        deck.figures |= part["figures"]
    elif kind == Part.OPENING:
        deck.opening = part
        return True
    elif kind == Part.CLOSING:
        deck.closing = part
    elif kind == Part.SLIDE:
        deck.slides.append(Slide(part, question, prose))
        return True
    elif kind == Part.CHART:
        # A notebook shows the chart at a fixed width; the page gives it back its container's.
        deck.slides[-1].spec = (
            {**data[CHART_MIME], "width": "container"} if part["fluid"] else data[CHART_MIME]
        )
    return False


def _headed(source: str) -> tuple[int, str, str]:
    """Level and text of the heading that a markdown cell starts with (0 without one), and what follows it."""
    first, _, rest = source.strip().partition("\n")
    match = _HEADING.match(first)
    return (len(match[1]), _inline(match[2]), rest.strip()) if match else (0, "", source.strip())


def _inline(markdown: str) -> str:
    """A heading's words without their markdown marks."""
    return re.sub(r"(?<!\w)[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}(?!\w)", r"\1", markdown)
