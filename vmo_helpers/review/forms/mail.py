"""A review as one e-mail: the executive page inline without scripts, its charts as pictures, the decks
attached."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from vmo_helpers.review.forms.story import SUBJECTS, Chapter, Story, line, mark
from vmo_helpers.review.pages import markup, page
from vmo_helpers.review.pages.executed import Slide
from vmo_helpers.review.pages.stills import raster
from vmo_helpers.style import wording

WIDTH = 640
"""Pixels: what mail programs leave beside their list of messages."""
HOST = "vmo-workbook.invalid"
MOST_COLUMNS = 5


def write(story: Story, path: Path, to: Sequence[str] = ()) -> None:
    """The message as a file that mail programs open as a draft; the same review gives the same bytes on one
    machine.

    It bears the day of the review and no sender; recipients only where they are given.
    """
    pictures: dict[str, bytes] = {}
    attached = {
        f"{chapter.notebook}.html": page.render(chapter.deck, page.Context()).encode()
        for chapter in story.decks
    }
    body = _html(story, pictures, list(attached))
    plain = _plain(story, list(attached))
    digest = hashlib.sha256("\n".join([body, plain, *to]).encode()).hexdigest()

    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(story)
    if to:
        message["To"] = ", ".join(to)
    message["Date"] = format_datetime(
        datetime.fromisoformat(story.as_of.replace("Z", "+00:00")).replace(microsecond=0)
    )
    message["Message-ID"] = f"<{digest[:32]}@{HOST}>"
    message["X-Unsent"] = "1"
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(body, subtype="html", cte="quoted-printable")
    html: MIMEPart = message.get_payload()[1]  # type: ignore[index, assignment]
    for cid, png in pictures.items():
        html.add_related(
            png, "image", "png", cid=f"<{cid}>", filename=f"{cid.partition('@')[0]}.png", disposition="inline"
        )
    for name, content in attached.items():
        message.add_attachment(content, "text", "html", filename=name, params={"charset": "utf-8"})
    for place, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"={place}={digest[:40]}=")
    path.write_bytes(message.as_bytes())


def subject(story: Story) -> str:
    """The conclusion of the review, of whom, as of when."""
    return wording.clipped(line(f"{story.heading} – {story.portfolio}, {story.day}"), 160)


def _html(story: Story, pictures: dict[str, bytes], attached: list[str]) -> str:
    lead = story.executive
    opening = lead.opening() if lead else None
    return markup.filled(
        "mail.html.j2",
        title=subject(story),
        about=_about(story),
        heading=story.heading,
        lede=story.lede,
        notices=[notice["text"] for notice in (opening or {}).get("unseen", ())],
        lead=None if lead is None else _lead(lead, opening, pictures),
        decks=[_deck(chapter, pictures, charts=lead is None) for chapter in story.decks],
        missing=story.missing,
        attached=attached,
    )


def _about(story: Story) -> str:
    return " · ".join(filter(None, [story.portfolio, f"portfolio review as of {story.day}", story.streams]))


def _lead(chapter: Chapter, opening: dict[str, Any] | None, pictures: dict[str, bytes]) -> dict[str, Any]:
    """The executive page: what is asked, its figures, its slides."""
    return {
        "asked": chapter.asked(),
        "tiles": opening["tiles"] if opening else [],
        "slides": [
            {
                **{key: slide.says[key] for key in ("title", "read", "definition")},
                "chart": _picture(chapter, slide, pictures),
                "table": _table(slide),
            }
            for slide in chapter.slides
        ],
    }


def _deck(chapter: Chapter, pictures: dict[str, bytes], *, charts: bool) -> dict[str, Any]:
    """A deck in short: its conclusion and those of its slides; its figures and first chart where no executive
    page has them."""
    opening = chapter.opening() if charts else None
    first = next((slide for slide in chapter.slides if slide.spec is not None), None) if charts else None
    return {
        "name": chapter.name,
        "headline": chapter.headline,
        "tiles": opening["tiles"] if opening else [],
        "chart": None if first is None else _picture(chapter, first, pictures),
        "says": [{"mark": mark(slide), "title": slide.says["title"]} for slide in chapter.slides],
    }


def _picture(chapter: Chapter, slide: Slide, pictures: dict[str, bytes]) -> dict[str, Any] | None:
    png = None if slide.spec is None else raster(slide.spec, WIDTH, 2)
    if png is None:
        return None
    cid = f"{chapter.notebook}-{slide.says['id']}@{HOST}"
    pictures[cid] = png
    return {"cid": cid, "width": WIDTH, "alt": str((slide.spec or {})["description"])}


def _table(slide: Slide) -> dict[str, Any] | None:
    """A slide's table, as many columns as the width of a message holds."""
    rows = slide.says["table"]
    if rows is None or not rows["rows"]:
        return None
    shown = len(rows["rows"])
    more = f": the first {shown} of {wording.number(rows['total'])}" if rows["total"] > shown else ""
    name = f"{slide.says.get('caption') or SUBJECTS}{more}"
    return {
        "columns": rows["columns"][:MOST_COLUMNS],
        "rows": [row[:MOST_COLUMNS] for row in rows["rows"]],
        "caption": name,
    }


def _plain(story: Story, attached: list[str]) -> str:
    """The message for programs that show no HTML."""
    said = [_about(story), "", story.heading]
    if story.lede:
        said += ["", line(story.lede)]
    if story.executive is not None:
        asked = story.executive.asked()
        said += ["", asked["title"]]
        said += [
            f"{place}. {' | '.join(_clip(value) for value in row)}"
            for place, row in enumerate(asked["rows"], 1)
        ]
    for chapter in story.chapters:
        said += ["", chapter.name.upper(), _clip(chapter.headline)]
        said += [
            f"  {mark(slide)['sign']} {mark(slide)['word']}: {_clip(slide.says['title'])}"
            for slide in chapter.slides
        ]
    for name in story.missing:
        said += ["", name.upper(), "There is no such deck in this review."]
    return (
        "\n".join([*said, "", f"Attached: {', '.join(attached)}" if attached else "Nothing is attached."])
        + "\n"
    )


def _clip(text: Any) -> str:
    return wording.clipped(line(text), 240)
