"""The reviews of one portfolio as rows, newest first, and what tells one from another."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from vmo_helpers import decks
from vmo_helpers.review.shelf.shelf import INDEX, Review
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import WINDOW_DAYS

_MOST_EARLIER = 60


def of(reviews: Sequence[Review]) -> dict[str, Any]:
    """``day`` and ``mark`` of the newest, a row for each ``earlier`` one, and how many ``more`` there are.

    ``reviews``: newest first. ``mark`` says what a review was made with other than usual.
    """
    days, marks = _days(reviews), _told_apart(reviews)
    every = list(zip(reviews, days, marks, strict=True))
    return {
        "day": days[0],
        "mark": marks[0],
        "earlier": [_row(*one) for one in every[1 : _MOST_EARLIER + 1]],
        "more": max(0, len(reviews) - 1 - _MOST_EARLIER),
    }


def streams(manifest: Mapping[str, Any]) -> str:
    """The streams that a review is of; "" where it is of all."""
    return wording.clipped(wording.listed(manifest["parameters"].get("streams", ()), most=4), 120)


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


def _row(review: Review, day: str, mark: str) -> dict[str, Any]:
    manifest = review.manifest
    said = [
        str(state.get("headline", "")) for _, state in executive_first(manifest) if state["status"] == "done"
    ]
    return {
        "href": f"{review.name}/index.html",
        "day": day,
        "mark": mark,
        "headline": said[0] if said else "no deck could be made",
        "decks": wording.listed((decks.title(name) for name in review.done), most=5),
    }


def executive_first(manifest: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The notebooks and what became of them; the one whose page is the review's index speaks first."""
    return sorted(manifest["outcome"].items(), key=lambda one: one[1].get("page") != INDEX)
