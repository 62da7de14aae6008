"""The two pages that lead to decks: a review's own index until there is an executive notebook, and the
shelf's."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vmo_helpers import decks
from vmo_helpers.results.headlines import headline_of, moved_since
from vmo_helpers.results.parts import MOST_TILES
from vmo_helpers.review.pages import markup
from vmo_helpers.review.pages.executed import Executed, read
from vmo_helpers.review.pages.names import severity_mark
from vmo_helpers.review.shelf.shelf import INDEX, Review
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import WINDOW_DAYS, Severity

_MOST_EARLIER = 60


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
        streams=_streams(manifest),
        lede=lede,
        cards=cards,
        pages=(),
        footer=[
            f"Facts from {wording.span(manifest['window']['from'], day, ' to ')}. All figures: figures.json; "
            "all findings: findings.json; every table: tables/.",
            _made_with(manifest),
        ],
    )


def shelf_page(reviews: Sequence[Review]) -> str:
    """The shelf's index: of each portfolio and selection of streams the newest review with its figures and
    decks, then its earlier ones.

    ``reviews``: newest first. Portfolios stand in the order of their newest as-of, then by name.
    """
    groups = [_group(several) for several in _grouped(reviews)]
    names = list(dict.fromkeys(wording.clipped(group["newest"]["portfolio"], 80) for group in groups))
    return markup.document(
        "shelf.html.j2",
        charts=False,
        title=f"{names[0]} · portfolio reviews" if len(names) == 1 else "Portfolio reviews",
        heading=names[0] if len(names) == 1 else f"Reviews of {wording.small(len(names))} portfolios",
        groups=groups,
        pages=(),
    )


def _grouped(reviews: Sequence[Review]) -> list[list[Review]]:
    """The reviews by portfolio and selection of streams; what is of one portfolio stands together."""
    groups: dict[tuple[str, tuple[str, ...]], list[Review]] = {}
    for review in reviews:
        groups.setdefault(
            (str(review.manifest["portfolio"]), tuple(sorted(review.manifest["parameters"]["streams"]))), []
        ).append(review)
    newest = {
        name: max(several[0].manifest["as_of"] for of, several in groups.items() if of[0] == name)
        for name, _ in groups
    }
    by_name = sorted(groups.items())
    by_day = sorted(by_name, key=lambda group: group[1][0].manifest["as_of"], reverse=True)
    portfolios = sorted(sorted(newest), key=lambda name: newest[name], reverse=True)
    return [several for name in portfolios for of, several in by_day if of[0] == name]


def _group(reviews: Sequence[Review]) -> dict[str, Any]:
    """One portfolio's reviews, newest first, as the template shows them."""
    days, marks = _days(reviews), _told_apart(reviews)
    rows = [_row(*row) for row in list(zip(reviews, days, marks, strict=True))[1 : _MOST_EARLIER + 1]]
    return {
        "newest": _newest(reviews[0], days[0], marks[0]),
        "earlier": rows,
        "more": max(0, len(reviews) - 1 - _MOST_EARLIER),
    }


def _days(reviews: Sequence[Review]) -> list[str]:
    """The as-of day of each, with the time of day where another one sees more or less of that day."""
    instants = {(review.manifest["as_of_day"], review.manifest["as_of"]) for review in reviews}
    of_day = Counter(day for day, _ in instants)
    return [_as_of(review.manifest, of_day[review.manifest["as_of_day"]] > 1) for review in reviews]


def _told_apart(reviews: Sequence[Review]) -> list[str]:
    """What a review was made with other than usual; of those that read alike otherwise, when each was
    made."""
    several_levels = len({_level(review) for review in reviews}) > 1
    marks = [_unusual(review.manifest, _level(review) if several_levels else None) for review in reviews]
    keys = [(review.manifest["as_of"], mark) for review, mark in zip(reviews, marks, strict=True)]
    seen = Counter(keys)
    return [
        " · ".join(part for part in (mark, _made_at(review.manifest) if seen[key] > 1 else "") if part)
        for review, mark, key in zip(reviews, marks, keys, strict=True)
    ]


def _unusual(manifest: Mapping[str, Any], level: str | None) -> str:
    parameters, first = manifest["parameters"], manifest.get("window", {}).get("from")
    usual = dt.date.fromisoformat(manifest["as_of_day"]) - dt.timedelta(days=WINDOW_DAYS)
    limits = [f"{name} {value:g}" for name, value in sorted(parameters.get("thresholds", {}).items())]
    told = [
        f"from {wording.day(first, year=True)}" if first and first != usual.isoformat() else "",
        f"level {level}" if level else "",
        wording.listed(limits, most=4),
        "without the rows that cannot be used" if parameters.get("lenient") else "",
    ]
    return " · ".join(part for part in told if part)


def _level(review: Review) -> str:
    return str(review.manifest.get("settings", {}).get("review_level", ""))


def _as_of(manifest: Mapping[str, Any], timed: bool) -> str:
    """The day, with the time of day where it is asked for and the review does not see all of the day."""
    at = _local(manifest["as_of"], manifest)
    whole_day = at.hour == 23 and at.minute == 59
    return wording.day(manifest["as_of_day"], year=True) + (
        f", {at:%H:%M}" if timed and not whole_day else ""
    )


def _made_at(manifest: Mapping[str, Any]) -> str:
    finished = manifest.get("times", {}).get("finished")
    return (
        f"made on {wording.day((at := _local(finished, manifest)).date(), year=True)}, {at:%H:%M:%S}"
        if finished
        else ""
    )


def _local(at: str, manifest: Mapping[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(at).astimezone(
        ZoneInfo(manifest.get("settings", {}).get("timezone", "UTC"))
    )


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


def _streams(manifest: Mapping[str, Any]) -> str:
    return wording.clipped(wording.listed(manifest["parameters"].get("streams", ()), most=4), 120)


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
        for name, state in _executive_first(manifest)
        if state["status"] == "done"
    ]
    return {
        "href": f"{review.name}/index.html",
        "portfolio": wording.clipped(manifest["portfolio"], 80),
        "day": day,
        "streams": _streams(manifest),
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


def _row(review: Review, day: str, mark: str) -> dict[str, Any]:
    manifest = review.manifest
    said = [
        str(state.get("headline", "")) for _, state in _executive_first(manifest) if state["status"] == "done"
    ]
    return {
        "href": f"{review.name}/index.html",
        "day": day,
        "mark": mark,
        "headline": said[0] if said else "no deck could be made",
        "decks": wording.listed((decks.title(name) for name in review.done), most=5),
    }


def _executive_first(manifest: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The notebooks and what became of them; the one whose page is the review's index speaks first."""
    return sorted(manifest["outcome"].items(), key=lambda one: one[1].get("page") != INDEX)


def _figures(review: Review) -> dict[str, dict[str, Any]]:
    path = review.folder / "figures.json"
    return {} if review.distrust or not path.is_file() else dict(json.loads(path.read_text(encoding="utf-8")))


def _made_with(manifest: Mapping[str, Any]) -> str:
    program = manifest.get("program", {})
    return f"Made with {program.get('name', 'vmo-workbook')} {program.get('version') or ''}".strip() + "."
