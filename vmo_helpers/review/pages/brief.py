"""The first part of the executive page, for its template."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from vmo_helpers import decks
from vmo_helpers.review.pages.names import way_to
from vmo_helpers.review.pages.sparkline import tiles
from vmo_helpers.style import wording


def brief(
    part: Mapping[str, Any],
    anchors: Mapping[str, str],
    pages: Collection[str | None],
    grounds: Mapping[str, Any],
) -> dict[str, Any]:
    """The conclusion, the decisions asked today, the tiles and what could not be seen.

    "Why?" is answered on the page itself, by the finding that an ask or a sign stands on (``grounds``, by
    id). From there it leads on to the finding's slide where its deck is among the review's ``pages``, or to
    one of this page (``anchors``, by finding).
    """
    asks = part["asks"]
    more = part["more_asks"]
    return {
        "decides": True,
        "title": part["title"],
        "lede": part["lede"],
        "tiles": tiles(part["tiles"]),
        "unseen": part["unseen"],
        "asks": [_grounded(ask, anchors, pages, grounds) for ask in asks],
        "asks_title": "Decisions asked today" if asks else "No decision is asked today",
        "rule": part["rule"],
        "families": [_grounded(one, anchors, pages, grounds) for one in part.get("families", ())],
        "change": part.get("change", ""),
        "since": part.get("since"),
        "more_asks": _more(more, part.get("next_asks", [])),
        "owners": True,
        "money": any(ask["money"] is not None for ask in asks),
    }


def _more(more: int, following: list[str]) -> str:
    """What else could be asked about, by name where somebody asked or the deck on value advises it."""
    if not more:
        return ""
    said = ["Also open or advised: " + "; ".join(following) + "."] if following else []
    if rest := more - len(following):
        said.append(f"{wording.counted(rest, 'subject')} more could be asked about; the decks name them.")
    return " ".join(said)


def _grounded(
    ask: Mapping[str, Any],
    anchors: Mapping[str, str],
    pages: Collection[str | None],
    grounds: Mapping[str, Any],
) -> dict[str, Any]:
    where = f"in the deck {decks.title(ask['deck'])}" if ask["deck"] else "on this page"
    return {**ask, "href": _way(ask, anchors, pages), "ground": grounds.get(ask["finding"]), "where": where}


def _way(ask: Mapping[str, Any], anchors: Mapping[str, str], pages: Collection[str | None]) -> str | None:
    if ask["deck"] and (way := way_to(ask["deck"], ask["slide"], pages)):
        return way
    own = ask["slide"] if not ask["deck"] and ask["slide"] in anchors.values() else None
    anchor = anchors.get(ask["finding"]) or own
    return f"#{anchor}" if anchor else None
