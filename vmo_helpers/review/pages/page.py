"""One executed notebook → one HTML file that opens from an e-mail: charts, styles and scripts inside, nothing
fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers import decks
from vmo_helpers.results import headlines
from vmo_helpers.review.pages import markup
from vmo_helpers.review.pages.brief import brief
from vmo_helpers.review.pages.executed import Executed, Slide, read
from vmo_helpers.review.pages.index import index_page, shelf_page
from vmo_helpers.review.pages.names import severity_mark
from vmo_helpers.review.pages.sparkline import lined, tiles
from vmo_helpers.review.pages.stills import HEAVY, NARROW, WIDE, compiled, size, still
from vmo_helpers.style import wording
from vmo_helpers.style.palette import SEVERITY
from vmo_helpers.vocabulary import Severity

__all__ = ["Context", "Link", "index_page", "render", "shelf_page"]


@dataclass(frozen=True)
class Link:
    """A page of the same review: its name, and where it lies beside this one; ``href`` None is this page
    itself."""

    name: str
    href: str | None


@dataclass(frozen=True)
class Context:
    """What a page knows of the review around it. All of it may be left out: a page then stands alone.

    ``pages`` are the review's pages in their order; ``previous`` is the day of the review before, by default
    the one that the notebook was given; ``tables`` says whether the tables lie beside the page, so that it
    may link to them. ``at`` is told the id of each slide before its chart is drawn.
    """

    pages: tuple[Link, ...] = ()
    previous: str | None = None
    tables: bool = False
    at: Callable[[str], object] = str


def render(executed: str | Path | Mapping[str, Any] | Executed, context: Context | None = None) -> str:
    """The page of an executed notebook (a path, its JSON, or ``executed.read`` of it).

    The same notebook and context give the same bytes. Raises ``executed.NotADeck`` when a cell failed or
    nothing of a deck is in it.
    """
    deck = executed if isinstance(executed, Executed) else read(executed)
    around = context or Context()
    about = deck.review
    name = decks.title(about["notebook"])
    anchors = {
        entry["id"]: slide.says["id"] for slide in reversed(deck.slides) for entry in slide.says["findings"]
    }
    previous = around.previous or about.get("previous")
    return markup.document(
        "deck.html.j2",
        charts=any(slide.spec is not None for slide in deck.slides),
        title=f"{deck.headline or name} · {about['portfolio']}",
        pages=_ways(around, about["notebook"]),
        portfolio=wording.clipped(about["portfolio"], 80),
        name=name,
        day=wording.day(about["to"], year=True),
        streams=wording.clipped(wording.listed(about["streams"], most=4), 120),
        opening=None if deck.opening is None else opening(deck.opening, anchors, about, around.pages),
        slides=[_slide(slide, about, around) for slide in deck.slides if not slide.says["appendix"]],
        appendix=[_slide(slide, about, around) for slide in deck.slides if slide.says["appendix"]],
        closing=None if deck.closing is None else _closing(deck, about),
        closing_lines=_footer(deck, about),
        since=f" since {wording.day(previous, beside=about['to'])}" if previous else " since the last review",
        links=around.tables,
    )


def _ways(around: Context, notebook: str) -> tuple[Link, ...]:
    """The way to the review's index and to its other decks; none from a page that stands alone."""
    if not around.tables and len(around.pages) < 2:
        return ()
    speaks_for_all = decks.entry(notebook).closes
    pages = tuple(
        sorted(
            around.pages,
            key=lambda link: link.href != decks.INDEX and not (link.href is None and speaks_for_all),
        )
    )
    is_there = speaks_for_all or any(link.href == decks.INDEX for link in pages)
    return pages if is_there else (Link("Overview", decks.INDEX), *pages)


def opening(
    part: dict[str, Any], anchors: Mapping[str, str], about: Mapping[str, Any], pages: tuple[Link, ...] = ()
) -> dict[str, Any]:
    """A deck's title page for a template: its conclusion, tiles, and what is asked with owner, reason and
    money.

    ``pages`` are those of the review: the executive page leads to no other.
    """
    if part.get("decides"):
        grounds = {id: reasons(entry, about) for id, entry in part.get("grounds", {}).items()}
        return brief(part, anchors, {link.href for link in pages}, grounds)
    asks = part["asks"]
    # One owner among many dashes is no column: the name then stands with its reason.
    owners = 2 * sum(bool(ask["owner"]) for ask in asks) > len(asks)
    more = part["more_asks"]
    return {
        "decides": False,
        "title": part["title"],
        "lede": part["lede"],
        "tiles": tiles(part["tiles"]),
        "asks": [_ask(ask, anchors, about["currency"], owners) for ask in asks],
        "more_asks": f"{wording.number(more)} more in the slides below." if more else "",
        "owners": owners,
        "whys": any(ask["why"] for ask in asks),
        "money": any(ask["money"] is not None for ask in asks),
        "asks_title": (
            "What is asked of you" if any(ask["why"] for ask in asks) else "What needs your attention"
        )
        if asks
        else _calm(part["findings"]),
    }


def _calm(findings: Sequence[Mapping[str, Any]]) -> str:
    """What is said where nothing is asked: that all is well is said only where anything is known."""
    known = any(finding["severity"] != Severity.UNKNOWN for finding in findings)
    return "Nothing here needs a decision" if known else "Too little is known to ask for a decision"


def _ask(ask: Mapping[str, Any], anchors: Mapping[str, str], currency: str, owners: bool) -> dict[str, Any]:
    settled = wording.sentence(str(ask["settled"]))
    if ask["owner"] and not owners:
        settled = f"{settled} ({ask['owner']})"
    anchor = anchors.get(ask["finding"])
    money = None if ask["money"] is None else wording.money(ask["money"], currency)
    return {**ask, "settled": settled, "money": money, "href": anchor and f"#{anchor}"}


def _slide(slide: Slide, about: Mapping[str, Any], around: Context) -> dict[str, Any]:
    says = slide.says
    around.at(says["id"])
    return {
        **says,
        "mark": severity_mark(says["severity"]),
        "question": wording.clipped(slide.question, 160),
        "prose": markup.prose(slide.prose) if slide.prose else "",
        "chart": None if slide.spec is None else _chart(slide.spec),
        "table": lined(says["table"], {link.href for link in around.pages}),
        "findings": [reasons(entry, about) for entry in says["findings"]],
    }


def _chart(spec: dict[str, Any]) -> dict[str, Any]:
    live = compiled(spec)
    picture = still(spec, WIDE)
    width, height = size(picture) if picture else (WIDE, 0)
    return {
        "alt": str(spec["description"]),
        "json": None if live is None else markup.inert(live),
        "wide": markup.svg_address(picture),
        "narrow": markup.svg_address(still(spec, NARROW) if picture and len(picture) < HEAVY else None),
        "width": width,
        "height": height,
        "tall": height > 0.6 * width,
    }


def reasons(entry: dict[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with its mark, and under ``facts`` what it stands on and what would clear it, as pairs of
    texts."""
    unit, currency = entry["unit"], about["currency"]
    facts = []
    if entry["value"] is not None:
        value = wording.quantity(entry["value"], unit, currency)
        facts.append(("Number", f"{value} (n = {wording.number(entry['n'])})" if entry["n"] else value))
    if entry["threshold"] is not None:
        named = f" ({entry['threshold_name']})" if entry["threshold_name"] else ""
        facts.append(("Threshold", wording.quantity(entry["threshold"], unit, currency) + named))
    if entry["money"] is not None:
        facts.append(("Money at stake", wording.money(entry["money"], currency)))
    facts += [("Evidence", _evidence(part)) for part in entry["evidence"] or ()]
    if entry["missing"]:
        facts.append(
            (
                "Missing",
                wording.listed((wording.clipped(str(name), 80) for name in entry["missing"]), most=12),
            )
        )
    if entry["clears_when"]:
        facts.append(("Cleared when", entry["clears_when"]))
    if entry["first_seen"]:
        before, first = entry["previous_severity"], wording.day(entry["first_seen"], year=True)
        last = "" if before is None else f"; last time: {SEVERITY[Severity(before)].word.lower()}"
        facts.append(("First seen", f"{first}{last}"))
    return {**entry, "mark": severity_mark(entry["severity"]), "facts": facts}


def _evidence(part: Mapping[str, Any]) -> str:
    rows = [str(row) for row in part["rows"]]
    shown = ", ".join(rows[:20])
    more = part["total"] - min(20, len(rows))
    return f"{part['table']}, {'row' if part['total'] == 1 else 'rows'} {shown}" + (
        f" and {wording.number(more)} more" if more > 0 else ""
    )


def _closing(deck: Executed, about: Mapping[str, Any]) -> dict[str, Any]:
    closing = deck.closing or {}
    currency = about["currency"]
    figures = [
        [
            headlines.headline_of(key).label,
            wording.quantity(entry["value"], entry["unit"], currency),
            wording.number(entry["n"]),
            entry["definition"]
            if entry["value"] is not None
            else f"{entry['definition']}; unknown: {entry.get('why', '')}",
        ]
        for key, entry in sorted(deck.figures.items())
    ]
    notes = [
        [note["table"], note["sentence"], wording.number(note["count"]), _rows(note["rows"])]
        for note in _shown(closing)
    ]
    limits = [
        [
            entry["name"].replace("_", " "),
            wording.number(entry["value"]),
            "set for this portfolio" if entry["changed"] else "usual",
            entry["reason"],
        ]
        for entry in closing["thresholds"]
    ]
    tables = [[entry["name"], wording.number(entry["rows"])] for entry in closing["tables"]]
    return {
        "coverage": _coverage(closing),
        "figures": _table(("Figure", "Value", "n", "Definition"), figures, numbers=(1, 2)),
        "notes": _table(("Table", "What", "Count", "Rows"), notes, numbers=(2,)),
        "thresholds": _table(("Threshold", "Value", "Set", "Reason"), limits, numbers=(1,)),
        "tables": _table(("Table", "Rows"), tables, numbers=(1,)),
    }


def _table(labels: tuple[str, ...], rows: list[list[str]], *, numbers: tuple[int, ...]) -> dict[str, Any]:
    columns = [{"label": label, "number": place in numbers} for place, label in enumerate(labels)]
    return {"columns": columns, "rows": rows, "total": len(rows), "file": None}


def _rows(rows: list[int]) -> str:
    return wording.listed((str(row) for row in rows), most=10) if rows else "–"


def _coverage(closing: Mapping[str, Any]) -> str:
    absent = [name.replace("_", " ") for name in closing["absent"]]
    missing = [wording.clipped(str(name), 80).replace("_", " ") for name in closing["missing"]]
    if not absent and not missing:
        return "Every table that this deck can use is there."
    said = []
    if absent:
        said.append(f"Not there: {wording.listed(absent, most=14)}. What they would have told is unknown.")
    if missing:
        said.append(f"Missing for single conclusions: {wording.listed(missing, most=14)}.")
    return " ".join(said)


def _shown(closing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Notes but those on facts not known yet: the page of an old day does not depend on when it is made."""
    return [note for note in closing["notes"] if note["kind"] != "later"]


def _footer(deck: Executed, about: Mapping[str, Any]) -> list[str]:
    lines = []
    if deck.closing is not None:
        lines.append(f"What is missing. {_coverage(deck.closing)}")
        lines += [
            note["sentence"]
            for note in _shown(deck.closing)
            if note["kind"] in ("left_out", "ignored", "assumed")
        ][:6]
    zone = "" if about["timezone"] == "UTC" else f", days in {about['timezone']}"
    lines.append(
        f"{about['portfolio']}: facts from {wording.span(about['from'], about['to'], ' to ')}{zone}. "
        "Definitions and thresholds: appendix."
    )
    return lines
