"""What stands on a slide, as PowerPoint's own objects: titles, texts, tables, pictures with alt text, notes.
Sizes in inches and points."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from vmo_helpers.review.forms.story import line
from vmo_helpers.style import palette, wording

INK, MUTED, BAD = palette.INK, palette.MUTED, palette.ALARM_TEXT
TONES = {
    "bad": palette.ALARM_TEXT,
    "careful": palette.AMBER_TEXT,
    "good": palette.GOOD_TEXT,
    "neutral": MUTED,
    "": MUTED,
}
FONT = "Arial"
"""On every machine that shows slides, or one as wide."""
LETTER = 0.49
"""Width of an average letter, of its size."""
LEADING = 1.2
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Runs = Sequence[tuple[str, str, bool]]
"""Pieces of one paragraph: text, colour, bold."""


@dataclass(frozen=True)
class Box:
    """A place on a slide."""

    left: float
    top: float
    width: float
    height: float

    def place(self) -> tuple[Any, Any, Any, Any]:
        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)


def xml(text: Any) -> str:
    """A text that may stand in the file."""
    return _NOT_XML.sub("\ufffd", wording.plain(text))


def widen(file: Presentation) -> None:
    """Make python-pptx's own template 16:9, layouts and all, and give its theme a font that is everywhere."""
    by = Inches(13.333) / int(file.slide_width or 1)
    file.slide_width, file.slide_height = Inches(13.333), Inches(7.5)
    file.part._element.sldSz.attrib.pop("type", None)
    for sheet in (file.slide_master, *file.slide_layouts):
        for shape in sheet.placeholders:
            shape.left, shape.width = int(shape.left * by), int(shape.width * by)
            shape.top, shape.height = shape.top, shape.height
    theme = file.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = re.sub(rb'<a:latin typeface="[^"]*"', f'<a:latin typeface="{FONT}"'.encode(), theme.blob)


def title(slide: Slide, said: str, box: Box) -> None:
    """The slide's title, in the placeholder that outlines and screen readers look for."""
    shape = slide.shapes.title
    assert shape is not None, "the layout has a title"
    shape.left, shape.top, shape.width, shape.height = box.place()
    size = next((size for size, most in ((26, 110), (22, 140)) if len(said) <= most), 18)
    _fill(shape.text_frame, [[(said, INK, True)]], size)


def text(
    slide: Slide,
    name: str,
    paragraphs: Sequence[Runs],
    box: Box,
    *,
    size: float,
    after: float = 0,
    right: bool = False,
) -> None:
    """A box of paragraphs."""
    shape = slide.shapes.add_textbox(*box.place())
    shape.name = name
    _fill(shape.text_frame, paragraphs, size, after=after, right=right)


def lede(slide: Slide, said: str, box: Box) -> float:
    """The line or two under a title; returns how high they are."""
    size = 14.0
    shown = wording.clipped(line(said), 300)
    text(slide, "In short", [[(shown, MUTED, False)]], box, size=size)
    return _height([shown], [box.width], size)


def number(slide: Slide, box: Box) -> None:
    """The slide's number, which follows when slides are moved."""
    shape = slide.shapes.add_textbox(*box.place())
    shape.name = "Slide number"
    _fill(shape.text_frame, [[("", MUTED, False)]], 9, right=True)
    paragraph = shape.text_frame.paragraphs[0]._p
    field = parse_xml(
        f'<a:fld xmlns:a="{_DRAWING}" id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" '
        'type="slidenum"><a:rPr lang="en-GB" sz="900">'
        f'<a:solidFill><a:srgbClr val="{MUTED[1:].upper()}"/></a:solidFill></a:rPr><a:t>‹#›</a:t></a:fld>'
    )
    for run in paragraph.findall(f"{{{_DRAWING}}}r"):
        paragraph.replace(run, field)


def tile(slide: Slide, shown: dict[str, Any], box: Box) -> None:
    """A headline figure: what it is, how much, its change, its note."""
    change = shown["change"]
    paragraphs: list[list[tuple[str, str, bool]]] = [
        [(line(shown["label"]), MUTED, False)],
        [(line(shown["value"]), INK, True)],
    ]
    if change:
        paragraphs.append([(line(change["words"]), TONES[change["tone"]], True)])
    paragraphs.append([(wording.clipped(line(shown["note"]), 90), MUTED, False)])
    text(slide, f"Figure: {wording.clipped(line(shown['label']), 60)}", paragraphs, box, size=11)
    value = slide.shapes[-1].text_frame.paragraphs[1]  # type: ignore[attr-defined]
    value.runs[0].font.size = Pt(26)


def picture(slide: Slide, png: bytes, alt: str, box: Box) -> None:
    """A picture with its alt text, as large as the box lets it be, in its upper left corner."""
    shape = slide.shapes.add_picture(io.BytesIO(png), *box.place()[:2])
    by = min(Inches(box.width) / shape.width, Inches(box.height) / shape.height)
    shape.width, shape.height = Emu(int(shape.width * by)), Emu(int(shape.height * by))
    shape.name = "Chart"
    _described(shape, alt)


def facts(slide: Slide, reasons: Sequence[dict[str, Any]], box: Box) -> None:
    """What conclusions stand on and what would clear them."""
    paragraphs: list[list[tuple[str, str, bool]]] = []
    for reason in reasons[:3]:
        if len(reasons) > 1:
            paragraphs.append([(wording.clipped(line(reason["sentence"]), 160), INK, True)])
        for name, said in reason["facts"]:
            if name not in ("Evidence", "First seen"):
                plain = line(said).removesuffix(f" ({reason['threshold_name']})")  # the notes keep the name
                paragraphs.append([(f"{name}: ", MUTED, False), (wording.clipped(plain, 180), INK, False)])
    if paragraphs:
        text(slide, "What it stands on", paragraphs, box, size=12, after=6)


def table(slide: Slide, data: dict[str, Any], box: Box, name: str, *, size: float = 10) -> None:
    """A table of PowerPoint's own, with as many rows as the box holds; a line below says how many there are
    in all."""
    columns = data["columns"]
    for smaller in (0.0, 1.0, 2.0):  # rather smaller letters than rows that are not seen
        measured = _measured(data, box.width, max(8.0, size - smaller))
        if sum(measured[-1]) <= box.height:
            break
    size, labels, rows, widths, heights = measured
    below = 0.25
    held, used = 0, heights[0]
    while held < len(rows) and used + heights[held + 1] <= box.height - (
        below if held + 1 < data["total"] else 0
    ):
        used += heights[held + 1]
        held += 1
    held = max(held, 1)
    shape = slide.shapes.add_table(
        held + 1, len(columns), *Box(box.left, box.top, box.width, sum(heights[: held + 1])).place()
    )
    shape.name = name
    _described(shape, f"{name}: {', '.join(labels)}")
    grid = shape.table
    properties: Any = grid._tbl.tblPr
    properties.find(f"{{{_DRAWING}}}tableStyleId").text = _PLAIN_TABLE
    grid.horz_banding = False
    for place, wide in enumerate(widths):
        grid.columns[place].width = Inches(wide)
    for at, values in enumerate((labels, *rows[:held])):
        grid.rows[at].height = Inches(heights[at])
        for place, said in enumerate(values):
            source = "" if at == 0 else data["rows"][at - 1][place]
            tone = TONES[source.get("tone", "")] if isinstance(source, dict) else MUTED if at == 0 else INK
            _cell(grid.cell(at, place), said, tone, size, number=columns[place]["number"], head=at == 0)
    if held < data["total"]:
        more = f"The first {held} of {wording.number(data['total'])}" + (
            f"; all rows: {data['file']}" if data["file"] else ""
        )
        text(
            slide,
            "How many there are",
            [[(more, MUTED, False)]],
            Box(box.left, box.top + used + 0.03, box.width, below),
            size=9,
        )


def tall(data: dict[str, Any], width: float, size: float) -> float:
    """How high a table with all its rows is."""
    return sum(_measured(data, width, size)[-1])


def notes(slide: Slide, lines: Iterable[str]) -> None:
    """What the speaker can say more."""
    frame = slide.notes_slide.notes_text_frame
    assert frame is not None, "the notes have a place for text"
    frame.text = "\n".join(
        wording.clipped(xml(" ".join(one.split()) if one.strip() == one else one), 1500)
        for one in lines
        if one
    )


def _measured(
    data: dict[str, Any], width: float, size: float
) -> tuple[float, list[str], list[list[str]], list[float], list[float]]:
    """Size of letters, labels, rows as they are shown, widths of the columns, heights of the rows with the
    labels' first."""
    columns = data["columns"]
    most = 60 if len(columns) > 5 else 130
    rows = [[wording.clipped(_shown(value), most) for value in row] for row in data["rows"]]
    labels = [line(column["label"]) for column in columns]
    size = min(size, 8.0) if len(columns) > 9 else size
    widths = _widths(labels, rows, width)
    return size, labels, rows, widths, [_height(row, widths, size) for row in (labels, *rows)]


def _fill(
    frame: Any, paragraphs: Sequence[Runs], size: float, *, after: float = 0, right: bool = False
) -> None:
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        paragraph.space_after = Pt(after)
        for said, colour, bold in runs:
            run = paragraph.add_run()
            run.text = xml(said)
            _look(run.font, colour, size, bold)


def _look(font: Any, colour: str, size: float, bold: bool) -> None:
    font.size, font.bold = Pt(size), bold
    font.color.rgb = RGBColor(*bytes.fromhex(colour[1:]))  # type: ignore[no-untyped-call]
    font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK


def _cell(cell: Any, said: str, colour: str, size: float, *, number: bool, head: bool) -> None:
    cell.margin_left, cell.margin_right, cell.margin_top, cell.margin_bottom = (
        0,
        Inches(0.1),
        Inches(0.03),
        Inches(0.03),
    )
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.TOP
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if number else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = xml(said)
    _look(run.font, colour, size, bold=False)
    rule, colour = (1.5, INK) if head else (0.75, palette.GRID)
    cell._tc.get_or_add_tcPr().append(
        parse_xml(
            f'<a:lnB xmlns:a="{_DRAWING}" w="{int(Pt(rule))}"><a:solidFill><a:srgbClr '
            f'val="{colour[1:].upper()}"/></a:solidFill></a:lnB>'
        )
    )


def _described(shape: Any, alt: str) -> None:
    """Give a picture or a table its alt text."""
    shape._element.xpath("./*/p:cNvPr")[0].set("descr", xml(alt))


def _shown(value: Any) -> str:
    return line(value["text"] if isinstance(value, dict) else value)


def _widths(labels: Sequence[str], rows: Sequence[Sequence[str]], whole: float) -> list[float]:
    """Columns as wide as what stands in them asks for, the longest held back, together as wide as the box."""
    wanted = []
    for place, label in enumerate(labels):
        longest = max((len(row[place]) for row in rows), default=0)
        word = max((len(word) for word in label.split()), default=0)
        wanted.append(min(44 if len(labels) > 4 else 60, max(longest, word, min(len(label), 12))) + 2)
    return [whole * one / sum(wanted) for one in wanted]


def _height(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    """How high a row becomes when its cells wrap."""
    letter = size * LETTER / 72
    lines = max(
        math.ceil(len(said) * letter / max(0.1, wide - 0.1)) for said, wide in zip(row, widths, strict=True)
    )
    return max(1, lines) * size * LEADING / 72 + 0.07
