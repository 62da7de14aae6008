"""What a column of today's status says of items beside their dates: what was stopped is not in progress."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vmo_helpers.contract.problems import listed, quoted
from vmo_helpers.sources.guesses import class_by_name
from vmo_helpers.sources.importing.collected import Out
from vmo_helpers.sources.importing.plans import STANDING
from vmo_helpers.tables.shapes import fold
from vmo_helpers.vocabulary import ALIASES, StateClass

_ENDS = ("finished_at", "cancelled_at", "delivered_at")


def settled(out: Out, words: Mapping[str, str]) -> None:
    """Holds the dates of items against their status of today, where no history tells more.

    An end of what was cancelled is when it was cancelled. What is over and has no date of its end stands
    without a start, by name: with one it would be in progress. ``words``: word of status → class, as maps
    say.
    """
    items = out.tables.get("work_items", {})
    said = items.pop(STANDING, None)
    if said is None:
        return
    moved = {*out.tables.get("transitions", {}).get("item_id", ())}
    for name in ("started_at", *_ENDS):
        items.setdefault(name, [None] * len(said))
    meant = {fold(word): one for word, one in words.items()}
    undated: dict[str, list[str]] = {}
    cancelled = 0
    for row, word in enumerate(said):
        found = _class(word, meant)
        if items["item_id"][row] in moved or found not in (StateClass.CANCELLED, StateClass.DONE):
            continue
        if found == StateClass.CANCELLED and not items["cancelled_at"][row] and items["finished_at"][row]:
            items["cancelled_at"][row], items["finished_at"][row] = items["finished_at"][row], None
            cancelled += 1
        elif items["started_at"][row] and not any(items[name][row] for name in _ENDS):
            items["started_at"][row] = None
            undated.setdefault(str(word), []).append(str(items["item_id"][row]))
    what = "end of an item that its status says was cancelled, read as when it was"
    out.count(what, "work_items", cancelled)
    ids = [one for some in undated.values() for one in some]
    what = (
        f"item over by the status ({listed(map(quoted, undated), 5)}) without a date of the end: taken "
        f"without a start, so not in progress and in no lead time; add the date ({listed(ids, 10)})"
    )
    out.count(what, "work_items", len(ids))


def _class(word: Any, meant: Mapping[str, str]) -> str | None:
    text = fold(str(word or ""))
    known = {str(one): str(one) for one in StateClass} | ALIASES[StateClass]
    said = meant.get(text) or known.get(text) or class_by_name(str(word or ""))
    return str(said) if said else None


def meanings(words: Iterable[Mapping[str, Mapping[str, str]]]) -> dict[str, str]:
    """The words of status of several plans."""
    return {word: one for each in words for word, one in each.get("status", {}).items()}
