"""The two pages that lead to decks: a review's own index until there is an executive notebook, and the
shelf's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vmo_helpers import decks
from vmo_helpers.results.change import moved_since
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.results.parts import MOST_TILES
from vmo_helpers.review.across.portfolios import grouped
from vmo_helpers.review.across.reporting import expected_names, unreadable
from vmo_helpers.review.pages import markup, rows
from vmo_helpers.review.pages.executed import Executed, read
from vmo_helpers.review.pages.names import severity_mark
from vmo_helpers.review.pages.overview import overview_page
from vmo_helpers.review.pages.rows import executive_first, streams
from vmo_helpers.review.shelf.shelf import Review
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity


def index_page(manifest: Mapping[str, Any], folder: Path) -> str:
    """A review's index: how many conclusions need a decision, then each deck with its figures and what its
    slides conclude.

    ``manifest`` is the review's, ``folder`` where its executed notebooks are. A deck that failed is named,
    with the last good one.
    """
    done = {
        name: read(folder / "notebooks" / f"{name}.ipynb")
        for name, state in manifest["outcome"].items()
        if state["status"] == "done"
    }
    severities = [
        slide.says["severity"]
        for deck in done.values()
        for slide in deck.slides
        if not slide.says["appendix"]
    ]
    cards = [_card(name, state, done.get(name)) for name, state in manifest["outcome"].items()]
    heading, lede = summed_up(severities) if done else ("No deck could be made", "")
    day = manifest["as_of_day"]
    return markup.document(
        "index.html.j2",
        charts=False,
        title=f"{manifest['portfolio']} · review of {wording.day(day, year=True)}",
        heading=heading,
        portfolio=wording.clipped(manifest["portfolio"], 80),
        day=wording.day(day, year=True),
        streams=streams(manifest),
        lede=lede,
        cards=cards,
        pages=(),
        footer=[
            f"Facts from {wording.span(manifest['window']['from'], day, ' to ')}. All figures: figures.json; "
            "all findings: findings.json; every table: tables/.",
            _made_with(manifest),
        ],
    )


def shelf_page(reviews: Sequence[Review], root: Path) -> str:
    """The shelf's index. Of one portfolio, for each selection of streams: the newest review with its figures
    and decks, then the earlier ones. Of several, the page over all of them.

    ``reviews``: newest first; ``root``: the shelf's folder.
    """
    groups = grouped(reviews)
    if len(expected_names(root) | {str(one.manifest["portfolio"]) for one in reviews}) > 1:
        return overview_page(groups, root)
    name = wording.clipped(reviews[0].manifest["portfolio"], 80) if reviews else ""
    return markup.document(
        "shelf.html.j2",
        charts=False,
        title=f"{name} · portfolio reviews" if name else "Portfolio reviews",
        heading=name,
        groups=[_group(several) for several in groups],
        left_out=wording.listed(_left_out(groups, root), most=4),
        pages=(),
    )


def _left_out(groups: Sequence[Sequence[Review]], root: Path) -> list[str]:
    """The newest reviews that are not as they were written, and why; then the folders that read as none."""
    newest = [f"{several[0].name} ({why})" for several in groups if (why := several[0].distrust)]
    return [*newest, *unreadable(root, [review.name for several in groups for review in several])]


def _group(reviews: Sequence[Review]) -> dict[str, Any]:
    """One portfolio's reviews, newest first, as the template shows them."""
    told = rows.of(reviews)
    return {"newest": _newest(reviews[0], told["day"], told["mark"]), **told}


def _card(name: str, state: Mapping[str, Any], deck: Executed | None) -> dict[str, Any]:
    card: dict[str, Any] = {"name": decks.title(name), "deck": None, "failed": None}
    if deck is None:
        last = state.get("last_good")
        card["failed"] = {
            "why": wording.clipped(state.get("why", ""), 400),
            "last": None
            if not last
            else {"href": last["link"], "day": wording.day(last["as_of_day"], year=True)},
        }
        return card
    main = [slide.says for slide in deck.slides if not slide.says["appendix"]]
    tiles = deck.opening["tiles"] if deck.opening is not None else []
    card["deck"] = {
        "href": state["page"],
        "headline": deck.headline or decks.title(name),
        "tiles": [{**tile, "line": None} for tile in tiles],
        "says": [
            {
                "mark": severity_mark(says["severity"]),
                "title": says["title"],
                "href": f"{state['page']}#{says['id']}",
            }
            for says in main
            if says["title"] != deck.headline
        ],
    }
    return card


def summed_up(severities: Sequence[str]) -> tuple[str, str]:
    """How many slides ask for a decision, and how many are otherwise worth a look: a headline and the line
    under it."""
    counts = {severity: severities.count(severity) for severity in Severity}
    alarms, total = counts[Severity.ALARM], len(severities)
    verb = "needs" if alarms == 1 else "need"
    heading = (
        f"{wording.small(alarms).capitalize()} of {wording.counted(total, 'conclusion')} {verb} a decision"
    )
    words = (
        (counts[Severity.WARNING], "is to be watched", "are to be watched"),
        (
            counts[Severity.UNKNOWN],
            "cannot be said for want of evidence",
            "cannot be said for want of evidence",
        ),
        (counts[Severity.GOOD], "holds", "hold"),
    )
    said = [f"{wording.small(count)} {one if count == 1 else many}" for count, one, many in words if count]
    line = wording.listed(said, most=len(said))
    return heading if alarms else "Nothing needs a decision", f"{line[:1].upper()}{line[1:]}." if line else ""


def _newest(review: Review, day: str, mark: str) -> dict[str, Any]:
    manifest = review.manifest
    figures = _figures(review)
    leading = dict.fromkeys([*decks.tiles(), *decks.followed()])
    keys = [key for key in leading if key in figures and figures[key]["value"] is not None][:MOST_TILES]
    made = [
        {
            "name": decks.title(name),
            "href": f"{review.name}/{state['page']}",
            "headline": state.get("headline", ""),
        }
        for name, state in executive_first(manifest)
        if state["status"] == "done"
    ]
    return {
        "href": f"{review.name}/index.html",
        "portfolio": wording.clipped(manifest["portfolio"], 80),
        "day": day,
        "streams": streams(manifest),
        "mark": mark,
        "tiles": [_tile(key, figures) for key in keys],
        "decks": made,
        "failed": wording.listed((decks.title(name) for name in review.failed), most=5),
    }


def _tile(key: str, figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    entry, row = figures[key], headline_of(key)
    whole = figures.get(row.of or "")
    value = wording.quantity(entry["value"], entry["unit"])
    if whole is not None and whole["value"] is not None:
        value = f"{value} of {wording.number(whole['value'])}"
    moved = moved_since(key, entry)
    return {
        "label": row.label,
        "value": value,
        "known": True,
        "note": row.note,
        "line": None,
        "change": None if moved is None else {"words": moved.words, "tone": str(moved.tone)},
    }


def _figures(review: Review) -> dict[str, dict[str, Any]]:
    path = review.folder / "figures.json"
    return {} if review.distrust or not path.is_file() else dict(json.loads(path.read_text(encoding="utf-8")))


def _made_with(manifest: Mapping[str, Any]) -> str:
    program = manifest.get("program", {})
    return f"Made with {program.get('name', 'vmo-workbook')} {program.get('version') or ''}".strip() + "."
