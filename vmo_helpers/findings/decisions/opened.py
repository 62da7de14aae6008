"""Open decisions: whom each is about, what it says itself, and which are open within a place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from vmo_helpers.findings.decisions.asking import ASKING
from vmo_helpers.findings.saying import TITLE_LENGTH, quoted, text
from vmo_helpers.style import wording

_ASKED_LENGTH = 160


def subject_of(
    decision: dict[Any, Any],
    about: Mapping[str, Iterable[dict[Any, Any]]],
    of_id: Mapping[str, str],
    names: Mapping[str, str],
) -> str:
    """Whom an open decision is about; its own id where nothing else is named."""
    named = decision["finding_id"]
    if isinstance(named, str):
        return of_id.get(named, named.partition(":")[2] or named)
    question = decision["question"].casefold()
    has_item = isinstance(decision["item_id"], str)
    places = [
        one
        for one, found in about.items()
        if one != decision["item_id"]
        and not (has_item and all(_passing(row) for row in found))
        and len(name_of(one, names)) > 4
        and name_of(one, names).casefold() in question
    ]
    if places:
        return max(places, key=lambda one: len(name_of(one, names)))
    return str(decision["item_id"] if has_item else decision["decision_id"])


def _passing(row: dict[Any, Any]) -> bool:
    return row["rule"] in ASKING and ASKING[row["rule"]].passing


def asked_in(decision: dict[Any, Any]) -> dict[Any, Any]:
    """What an open decision says itself: its words, its owner, since when it waits."""
    owner, options = text(decision["owner"]), text(decision["options"])
    listed = [part.strip() for part in (options or "").split(";") if part.strip()]
    return {
        "costs": text(decision["asks_for"]),
        **({"options": wording.plain("; ".join(listed))} if listed else {}),
        "ask": wording.clipped(wording.plain(decision["question"]).strip(), _ASKED_LENGTH),
        "asked_since": decision["asked_at"],
        "decision_id": decision["decision_id"],
        **({"owner": owner} if owner else {}),
    }


def open_within(
    subject: str,
    items: Collection[str],
    whole: Collection[str],
    decisions: Iterable[dict[Any, Any]],
    names: Mapping[str, str],
) -> dict[str, str]:
    """What is open within a place, in words (within), and what it asks for (costs).

    Those decisions that are in ``whole``, what belongs to a place that is asked about as a whole; and those
    on the ``items`` that pass a queue or gate one by one whose question names it.
    """
    place = name_of(subject, names).casefold()
    there = [
        one
        for one in decisions
        if one["decision_id"] in whole or (one["item_id"] in items and place in one["question"].casefold())
    ]
    if not there:
        return {}
    said = wording.listed([f"{quoted(one['question'])} ({one['decision_id']})" for one in there], most=2)
    costs = [
        f"{wording.plain(cost)} ({one['decision_id']})" for one in there if (cost := text(one["asks_for"]))
    ]
    return {"within": said, **({"costs": wording.listed(costs, most=2)} if costs else {})}


def name_of(subject: str, names: Mapping[str, str]) -> str:
    """A subject's title as it may be shown, cut to a readable length; its id where it has none."""
    return wording.clipped(wording.plain(names.get(subject, subject)), TITLE_LENGTH)
