"""What is told of a review: its headline and its place, as a mail and as each kind of webhook takes it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

from vmo_helpers.decks import INDEX
from vmo_helpers.review.notify.targets import SENDER, SHELF, Kind
from vmo_helpers.review.shelf.shelf import Review
from vmo_helpers.style import wording

_USUAL_SENDER = "portfolio-review@localhost"
_HEADER, _TEXT = 150, 2900
"""Characters that a header and a text of Slack's hold."""


@dataclass(frozen=True)
class Word:
    """What is told: a portfolio, as of which day, its headline, and the place of its page; a reason where
    there is none.

    ``place`` is an address where the shelf has one, else a path; ``missing`` names the decks that
    failed, or of many portfolios those that are not reviewed.
    """

    portfolio: str
    as_of: str
    headline: str
    place: str
    missing: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The headline, of whom, as of when, in one line."""
        day = f", {wording.day(self.as_of, year=True)}" if self.as_of else ""
        return wording.clipped(f"{self.headline} – {self.portfolio}{day}", 200)


def word_of(review: Review, environ: Mapping[str, str] = os.environ) -> Word:
    """What is told of a review that stands on its shelf."""
    outcome = sorted(review.manifest["outcome"].items(), key=lambda one: one[1].get("page") != INDEX)
    said = [str(state["headline"]) for _, state in outcome if state.get("headline")]
    return Word(
        _line(review.manifest["portfolio"]),
        review.as_of_day,
        _line(said[0] if said else "No deck could be made"),
        _place(review.folder.parent, f"{review.name}/{INDEX}", environ),
        tuple(review.failed),
    )


def word_of_shelf(
    shelf: Path, as_of: str, headline: str, missing: tuple[str, ...], environ: Mapping[str, str] = os.environ
) -> Word:
    """What is told of a run over all portfolios of a shelf; ``missing`` are those without a review."""
    return Word("All portfolios", as_of, _line(headline), _place(shelf, INDEX, environ), missing)


def _place(shelf: Path, page: str, environ: Mapping[str, str]) -> str:
    """A page of a shelf, as people see it."""
    base = environ.get(SHELF, "").rstrip("/")
    return f"{base}/{page}" if base else str((shelf / page).resolve())


def word_of_failure(portfolio: str, why: str) -> Word:
    """What is told where no review was made; of the reason its first sentence, and no cell of the data."""
    first = next((line for line in why.splitlines() if line.strip()), "")
    return Word(_line(portfolio), "", "No review was made", wording.clipped(_line(first), 200))


def mail(word: Word, to: str, at: datetime, environ: Mapping[str, str]) -> EmailMessage:
    """The message, sent ``at`` an instant."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = word.title
    message["From"] = environ.get(SENDER) or _USUAL_SENDER
    if to:
        message["To"] = to
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain="vmo-workbook.invalid")
    message.set_content("\n\n".join([word.headline + ".", _about(word), word.place]) + "\n")
    return message


def payload(word: Word, kind: Kind) -> dict[str, Any]:
    """What a webhook takes, as JSON. Text from data is text in it: no mention, no link, no markup of its
    own."""
    if kind is Kind.SLACK:
        return _slack(word)
    if kind is Kind.TEAMS:
        return _teams(word)
    return {**asdict(word), "missing": list(word.missing)}


def file_name(word: Word) -> str:
    """The name of the file that holds the message: of a review that of its folder, else the portfolio's."""
    named = re.sub(r"[^A-Za-z0-9]+", "-", word.portfolio).strip("-")[:60]
    return f"{Path(word.place).parent.name}.eml" if word.as_of else f"no-review-{named}.eml"


def _slack(word: Word) -> dict[str, Any]:
    body = [_about(word), *([] if _is_link(word) else [word.place])]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(wording.clipped(word.portfolio, _HEADER))},
        {"type": "section", "text": _plain(wording.clipped("\n".join([word.headline, *body]), _TEXT))},
    ]
    if _is_link(word):
        link = {"type": "mrkdwn", "text": f"<{_escaped(word.place)}|Open the review>"}
        blocks.append({"type": "section", "text": link})
    return {"text": _escaped(word.title), "blocks": blocks}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _escaped(text: str) -> str:
    """Slack reads these three signs as markup: ``<!channel>`` would call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(word: Word) -> dict[str, Any]:
    """An adaptive card whose texts are runs, which know no Markdown."""
    lines = [(word.portfolio, "bolder"), (word.headline, "default"), (_about(word), "default")]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [_run(*line) for line in lines],
    }
    if _is_link(word):
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open the review", "url": word.place}]
    else:
        card["body"].append(_run(word.place, "default"))
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attached]}


def _run(text: str, weight: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, "weight": weight}]}


def _about(word: Word) -> str:
    if not word.as_of:
        return f"{word.portfolio} could not be reviewed."
    missing = f" Missing this time: {wording.listed(word.missing, most=5)}." if word.missing else ""
    return f"{word.portfolio} as of {wording.day(word.as_of, year=True)}.{missing}"


def _is_link(word: Word) -> bool:
    return word.place.startswith(("https://", "http://"))


def _line(text: Any) -> str:
    """One line: a line end in a name would begin another header of a mail."""
    return " ".join(wording.plain(text).split())
