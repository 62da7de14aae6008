"""A review as PowerPoint slides: one a conclusion, text and tables native, charts as pictures with alt text,
evidence in the notes."""

from __future__ import annotations

import io
import uuid
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.slide import Slide as Page

from vmo_helpers.review.forms import native
from vmo_helpers.review.forms.native import BAD, INK, MUTED, Box
from vmo_helpers.review.forms.story import SUBJECTS, Chapter, Story, line, mark
from vmo_helpers.review.pages.executed import Slide
from vmo_helpers.review.pages.stills import WIDE, raster, size, still
from vmo_helpers.style import wording

LEFT, WIDTH = 0.6, 12.13
TOP, BOTTOM = 2.2, 6.6
SIDE = 3.2
"""Inches: the column beside a chart, for a short table or for what the conclusion stands on."""
NARROW_COLUMNS = 4
READABLE = 8.0
"""Points: where a chart over its table would have smaller letters, the table has a page of its own."""
_CHART_LETTERS = 13.0  # pixels
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"
_SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
_TITLE_ONLY = 5


def write(story: Story, path: Path) -> None:
    """The presentation of a review; the same review gives the same bytes on one machine."""
    whole = _Deck(story)
    whole.cover()
    for chapter in story.chapters:
        whole.open(chapter)
        for place, slide in enumerate(chapter.slides, 1):
            whole.conclusion(chapter, slide, f"{place} of {len(chapter.slides)}")
    for chapter in story.chapters:
        for slide in chapter.appendix:
            whole.conclusion(chapter, slide, "appendix", hidden=True)
    path.write_bytes(whole.bytes())


class _Deck:
    """A presentation in the making."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.file = Presentation()
        native.widen(self.file)
        about = self.file.core_properties
        about.title, about.subject = (
            f"{story.portfolio}: {story.heading}"[:250],
            f"Portfolio review as of {story.day}",
        )
        about.author = about.last_modified_by = "vmo-workbook"
        about.created = about.modified = datetime.fromisoformat(story.as_of.replace("Z", "+00:00")).replace(
            tzinfo=None
        )
        about.revision, about.language = 1, "en-GB"
        self.sections: dict[str, list[int]] = {}

    def _page(
        self, section: str, eyebrow: list[tuple[str, str, bool]], title: str, *, hidden: bool = False
    ) -> Page:
        """A slide with its title, what stands above it, and its number; ``eyebrow`` is text, colour, bold."""
        made: Page = self.file.slides.add_slide(self.file.slide_layouts[_TITLE_ONLY])
        native.title(made, wording.clipped(line(title), 240), Box(LEFT, 0.66, WIDTH, 1.0))
        native.text(made, "Above the title", [eyebrow], Box(LEFT, 0.34, WIDTH, 0.3), size=12)
        about = " · ".join(
            filter(None, [self.story.portfolio, f"facts up to {self.story.day}", self.story.streams])
        )
        native.text(made, "Review", [[(about, MUTED, False)]], Box(LEFT, 7.08, WIDTH - 1, 0.25), size=9)
        native.number(made, Box(LEFT + WIDTH - 1, 7.08, 1, 0.25))
        self.sections.setdefault(section, []).append(made.slide_id)
        if hidden:
            made._element.set("show", "0")
        return made

    def cover(self) -> None:
        """What the whole review concludes, and each deck's conclusion."""
        story = self.story
        made = self._page(
            "Overview",
            [(f"{story.portfolio} · portfolio review as of {story.day}", MUTED, False)],
            story.heading,
        )
        top = TOP - 0.3
        if story.lede:
            top += native.lede(made, story.lede, Box(LEFT, top, WIDTH, 0.5)) + 0.25
        said = [
            [(f"{chapter.name}  ", MUTED, False), (wording.clipped(line(chapter.headline), 200), INK, False)]
            for chapter in story.decks
        ]
        said += [
            [(f"{name}  ", MUTED, False), ("There is no deck in this review", BAD, False)]
            for name in story.missing
        ]
        if said:
            native.text(made, "The decks", said, Box(LEFT, top, WIDTH, BOTTOM - top), size=18, after=12)
        native.notes(made, [f"{chapter.name}: {chapter.page}" for chapter in story.chapters])

    def open(self, chapter: Chapter) -> None:
        """The title page of a deck: its conclusion, its figures, what is asked."""
        opening = chapter.opening()
        made = self._page(chapter.name, [(chapter.name, MUTED, True)], chapter.headline)
        if opening is None:
            return
        top = TOP - 0.4
        if opening["lede"]:
            top += native.lede(made, opening["lede"], Box(LEFT, top, WIDTH, 0.5)) + 0.1
        if opening["tiles"]:
            wide = WIDTH / len(opening["tiles"])
            for place, tile in enumerate(opening["tiles"]):
                native.tile(made, tile, Box(LEFT + place * wide, top, wide - 0.2, 1.2))
            top += 1.3
        asked = chapter.asked()
        native.text(made, "Asked", [[(asked["title"], INK, True)]], Box(LEFT, top, WIDTH, 0.35), size=16)
        if asked["rows"]:
            native.table(
                made,
                asked,
                Box(LEFT, top + 0.42, WIDTH, 6.95 - top - 0.42),
                "What is asked, and why",
                size=11,
            )
        native.notes(made, [opening["title"], opening["more_asks"]])

    def conclusion(self, chapter: Chapter, slide: Slide, place: str, *, hidden: bool = False) -> None:
        """One conclusion with its chart, its table and its definition."""
        says, sign, reasons = slide.says, mark(slide), chapter.reasons(slide)
        eyebrow = [(f"{sign['sign']} {sign['word']}", native.TONES[sign["tone"]], True)]
        eyebrow.append(
            (
                f"   {chapter.name} · {place}"
                + (f" · {wording.clipped(line(slide.question), 120)}" if slide.question else ""),
                MUTED,
                False,
            )
        )
        section = "Appendix" if hidden else chapter.name
        table = says["table"] if says["table"] and says["table"]["rows"] else None
        apart = table is not None and slide.spec is not None and _small(slide.spec, _above(table))
        made = self._page(section, eyebrow, says["title"], hidden=hidden)
        if says["read"]:
            _under_the_title(made, "How to read it", wording.clipped(line(says["read"]), 250))
        self._body(made, slide, reasons, None if apart else table)
        defined = [line(says["definition"])] if says["definition"] else []
        defined += [
            f"{change['label']}: {change['words']} since the last review" for change in says["changes"]
        ]
        if defined:
            footer = wording.clipped(" · ".join(defined), 330)
            native.text(made, "Definition", [[(footer, MUTED, False)]], Box(LEFT, 6.66, WIDTH, 0.4), size=10)
        native.notes(made, _notes(chapter, slide, reasons))
        if table is not None and apart:
            caption = line(says.get("caption") or SUBJECTS)
            rows = self._page(section, eyebrow, caption, hidden=hidden)
            _under_the_title(rows, "What they stand behind", wording.clipped(line(says["title"]), 250))
            native.table(rows, table, Box(LEFT, TOP, WIDTH, BOTTOM + 0.3 - TOP), caption, size=11)

    def _body(
        self, made: Page, slide: Slide, reasons: list[dict[str, Any]], table: dict[str, Any] | None
    ) -> None:
        whole = Box(LEFT, TOP, WIDTH, BOTTOM - TOP)
        beside = Box(LEFT, TOP, WIDTH - SIDE - 0.3, BOTTOM - TOP) if table is None else _above(table)
        picture = _picture(slide.spec, beside) if slide.spec is not None else None
        name = slide.says.get("caption") or SUBJECTS
        if picture is None:
            shown = table or (
                slide.says["behind"] if slide.spec is not None and slide.says["behind"]["rows"] else None
            )
            if shown is not None:
                native.table(made, shown, whole, name)
            else:
                native.facts(made, reasons, Box(LEFT, TOP, 8.5, BOTTOM - TOP))
            return
        native.picture(made, picture, str((slide.spec or {})["description"]), beside)
        if table is None:
            native.facts(made, reasons[:1], Box(LEFT + WIDTH - SIDE, TOP, SIDE, BOTTOM - TOP))
        elif beside.width < WIDTH:
            native.table(made, table, Box(LEFT + 7.5, TOP, WIDTH - 7.5, BOTTOM - TOP), name, size=10)
        else:
            native.table(
                made,
                table,
                Box(LEFT, TOP + beside.height + 0.1, WIDTH, BOTTOM - TOP - beside.height - 0.1),
                name,
                size=9,
            )

    def bytes(self) -> bytes:
        """The file, with sections, and without the time at which it was written."""
        self._name_sections()
        written, settled = io.BytesIO(), io.BytesIO()
        self.file.save(written)
        with zipfile.ZipFile(written) as old, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
        return settled.getvalue()

    def _name_sections(self) -> None:
        listed = "".join(
            f"<p14:section name={quoteattr(native.xml(name))} "
            f'id="{{{str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper()}}}"><p14:sldIdLst>'
            + "".join(f'<p14:sldId id="{one}"/>' for one in ids)
            + "</p14:sldIdLst></p14:section>"
            for name, ids in self.sections.items()
        )
        extension = (
            f'<p:ext uri="{_SECTIONS}"><p14:sectionLst xmlns:p14="{_P14}">{listed}</p14:sectionLst></p:ext>'
        )
        self.file.part._element.append(parse_xml(f'<p:extLst xmlns:p="{_P}">{extension}</p:extLst>'))


def _under_the_title(made: Page, name: str, words: str) -> None:
    native.text(made, name, [[(words, MUTED, False)]], Box(LEFT, 1.68, WIDTH, 0.5), size=12)


def _above(table: dict[str, Any]) -> Box:
    """Where a chart stands that shares its page with a table: beside a narrow one, above a wide one."""
    if len(table["columns"]) <= NARROW_COLUMNS:
        return Box(LEFT, TOP, 7.2, BOTTOM - TOP)
    return Box(LEFT, TOP, WIDTH, max(2.35, BOTTOM - TOP - 0.1 - native.tall(table, WIDTH, 9) - 0.1))


def _laid_out(spec: dict[str, Any], box: Box) -> tuple[int, int] | None:
    """Width and height in pixels with which the chart fills its box: its height hardly changes with its
    width. None where it cannot be drawn."""
    drawn = still(spec, WIDE)
    if drawn is None:
        return None
    height = size(drawn)[1]
    return round(min(1100, max(560, height * box.width / box.height))), height


def _small(spec: dict[str, Any], box: Box) -> bool:
    """Whether the letters of a chart in this box are too small to read."""
    if (laid := _laid_out(spec, box)) is None:
        return False
    return _CHART_LETTERS * min(box.width / laid[0], box.height / laid[1]) * 72 < READABLE


def _picture(spec: dict[str, Any], box: Box) -> bytes | None:
    """The chart as PNG, laid out so wide that it fills its box; None where it cannot be drawn."""
    laid = _laid_out(spec, box)
    return None if laid is None else raster(spec, laid[0], 2)


def _notes(chapter: Chapter, slide: Slide, reasons: list[dict[str, Any]]) -> list[str]:
    """The sentence in full, how to read it, the definition, the evidence of each finding, and where the rows
    are."""
    says = slide.says
    said = [says["title"], says["read"], says["definition"]]
    for reason in reasons:
        said.append(f"{reason['mark']['word']}: {reason['sentence']}")
        said += [f"  {name}: {text}" for name, text in reason["facts"]]
    files = [rows["file"] for rows in (says["behind"], says["table"]) if rows and rows["file"]]
    said += [f"Rows: {file}" for file in files]
    return [*said, f"Deck: {chapter.page}#{says['id']}"]
