"""The shelf's page over several portfolios: what needs a decision, and the ways down to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from vmo_helpers import decks
from vmo_helpers.results.change import Change
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.review.across import asked, beside, contradictions, places, pooled, reporting
from vmo_helpers.review.across.conclusion import conclusion
from vmo_helpers.review.across.left import At, Left
from vmo_helpers.review.across.portfolios import Portfolio, portfolios
from vmo_helpers.review.pages import markup, rows
from vmo_helpers.review.pages.names import way_to
from vmo_helpers.review.pages.overview import sentences
from vmo_helpers.review.pages.overview.strip import strip
from vmo_helpers.review.pages.rows import executive_first
from vmo_helpers.review.shelf.shelf import Review
from vmo_helpers.style import wording
from vmo_helpers.style.palette import SIGNS

MOST_SHARED = 12


def overview_page(groups: Sequence[Sequence[Review]], root: Path) -> str:
    """The page. ``groups``: the reviews of each portfolio and selection of streams, newest first; ``root`` is
    the shelf's folder, where the last run over all left word of who was expected."""
    found = portfolios(groups)
    lefts = [one.left for one in found if one.left.why is None]
    awaited, wrong = reporting.expected(root)
    broken = reporting.unreadable(root, [review.name for group in groups for review in group])
    absent = reporting.missing([one.left for one in found], awaited, broken, wrong)
    expected = reporting.everybody([one.left for one in found], absent)
    newest = max((left.day for left in lefts), default=date.min)
    ranked, alike = asked.asks(lefts), contradictions.contradictions(lefts)
    shared, unlike = places.shared(lefts)
    table = beside.beside(lefts)
    return markup.document(
        "overview.html.j2",
        charts=False,
        styles=("page.css", "overview.css"),
        title="All portfolios",
        eyebrow=f"{wording.counted(expected, 'portfolio')}"
        + (f" · newest review as of {wording.day(newest, year=True)}" if lefts else ""),
        notice=sentences.notice(absent, expected),
        heading=conclusion(lefts, sum(one.state is reporting.State.ABSENT for one in absent)),
        lede=sentences.lede(lefts, alike),
        asks=[_ask(one, newest) for one in asked.shown(ranked)],
        tiles=_tiles(table),
        rule=sentences.rule(lefts, ranked),
        contradictions=[_contradiction(one) for one in alike[: contradictions.MOST]],
        contradicting=sentences.contradicting(alike),
        further=sentences.further(alike[contradictions.MOST :]),
        shared=[_shared(one) for one in shared[:MOST_SHARED]],
        unshown=max(0, len(shared) - MOST_SHARED),
        families=places.families(place for left in lefts for place in places.places(left)),
        sharing=sentences.sharing(shared),
        unlike=sentences.unlike(unlike),
        columns=table.columns,
        lines=_lines(table),
        portfolios=[_portfolio(one) for one in found],
        reported=sentences.reported(absent, expected),
        absent=[_absent(one) for one in absent],
        late_days=reporting.LATE_DAYS,
        pages=[
            {"name": name, "href": f"#{id}"}
            for id, name, there in (
                ("contradictions", "Contradictions", len(found) > 1),
                ("figures", "Figures", bool(table.columns)),
                ("shared", "Shared streams and goals", bool(shared)),
                ("portfolios", "Portfolios", True),
                ("reporting", "Reporting", True),
            )
            if there
        ],
    )


def _ask(ask: asked.Ask, newest: date) -> dict[str, Any]:
    first = ask.where[0].left
    several = len(ask.where) > 1
    costs = wording.money(ask.cost, ask.currency) if ask.cost is not None else wording.UNKNOWN
    stake = f"{wording.money(ask.stake, ask.currency)} at stake" if ask.stake is not None else ""
    basis = stake if ask.cost is None else ask.basis
    if several and ask.cost is not None:
        known = "all" if ask.priced == len(ask.where) else f"{ask.priced} that know it"
        basis = f"in {known} of {wording.counted(len(ask.where), 'portfolio')} together".replace(
            "all of ", ""
        )
    return {
        "ask": ask.words,
        "owner": ask.owner or "no owner named",
        "as_of": _late([at.left for at in ask.where], newest),
        "where": [_named(at) for at in ask.where],
        "why": f"{first.name}: {ask.evidence}" if several else ask.evidence,
        "sure": f"{wording.sentence(ask.sure)}, weighted {wording.percent(min(ask.sureness, 0.99))}",
        "cost": f"{costs} a month" if ask.cost is not None else costs,
        "money": ask.cost is not None,
        "basis": basis,
    }


def _late(lefts: Sequence[Left], newest: date) -> str:
    """That an ask is of an earlier day than the newest review; "" where it is not."""
    late = [left for left in lefts if reporting.is_late(left, newest)]
    if late and len(lefts) == 1:
        return f"as of {wording.day(late[0].day, year=True)}"
    return f"in {wording.small(len(late))} as of an earlier day" if late else ""


def _tiles(table: beside.Table) -> list[dict[str, Any]]:
    """What may be summed over the portfolios."""
    fails, of = pooled.failing(table.lefts)
    failing: dict[str, Any] = {
        "label": "Streams and goals that fail",
        "value": f"{wording.number(fails)} of {wording.number(of)}",
        "note": "three families of sign or more are against each, and none is for it",
    }
    sums: list[dict[str, Any]] = [
        {
            "label": (row := headline_of(one.key)).label,
            "value": pooled.said(one),
            "note": f"{row.note}; {one.count} of {wording.counted(len(table.lefts), 'portfolio')}",
            "change": _change(one.change),
        }
        for one in pooled.sums(table)
    ]
    every = [*([failing] if of else []), *sums]
    return [{"known": True, "line": None, "change": None, **one} for one in every]


def _contradiction(one: contradictions.Contradiction) -> dict[str, Any]:
    count = f"{wording.number(len(one.where))} of {wording.counted(one.of, 'portfolio')}"
    unknown = f"; in {wording.small(one.unknown)} it cannot be said" if one.unknown else ""
    return {"words": one.words, "count": f"{count}{unknown}", "where": [_named(at) for at in one.where]}


def _shared(one: places.Shared) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "where": [_named(place.at) for place in one.places],
        "signs": _signs(one.signs, len(one.places)),
        "disagree": wording.listed(one.disagree, most=5),
    }


def _lines(table: beside.Table) -> list[dict[str, Any]]:
    """One row a portfolio, one cell a figure."""
    return [
        {
            **_named(At(left)),
            "day": wording.day(left.day, year=True),
            "apart": apart,
            "cells": [_cell(column.cells[place], column) for column in table.columns],
        }
        for place, (left, apart) in enumerate(zip(table.lefts, table.apart, strict=True))
    ]


def _cell(cell: beside.Cell, column: beside.Column) -> dict[str, Any]:
    tone = "" if cell.change is None else str(cell.change.tone)
    return {
        "label": column.label,
        "value": cell.value,
        "n": cell.n,
        "change": _change(cell.change),
        "why": cell.why,
        "strip": None if cell.mark is None else markup.inline_svg(strip(cell.mark, column.end, tone)),
    }


def _change(change: Change | None) -> dict[str, str] | None:
    return None if change is None else {"words": change.words, "tone": str(change.tone)}


def _portfolio(one: Portfolio) -> dict[str, Any]:
    left, own = one.left, places.places(one.left)
    told, apart = rows.of(one.reviews), rows.of(one.apart) if one.apart else None
    outcome = executive_first(left.review.manifest)
    headlines = [str(state.get("headline", "")) for _, state in outcome if state["status"] == "done"]
    return {
        **_named(At(left)),
        "day": wording.day(left.day, year=True),
        "unread": left.why,
        "skipped": wording.listed(one.skipped, most=2),
        "headline": headlines[0] if headlines else "No deck could be made",
        "failed": wording.listed((decks.title(name) for name in left.review.failed), most=5),
        "signs": _signs(places.signs(own), len(own)),
        "fails": sum(place.fails for place in own),
        "places": [
            {
                **_named(replace(place.at, words=place.words)),
                "name": place.name,
                "kind": place.kind,
                "fails": place.fails,
                "signs": [
                    {"family": name, "mark": SIGNS[sign][0], "tone": SIGNS[sign][1], "word": SIGNS[sign][2]}
                    for name, sign in place.signs.items()
                    if sign in SIGNS
                ],
            }
            for place in own
        ],
        "decks": [
            {
                "name": decks.title(name),
                "href": f"{left.review.name}/{state['page']}",
                "says": str(state.get("headline", "")),
            }
            for name, state in outcome
            if state["status"] == "done"
        ],
        "earlier": told["earlier"],
        "more": told["more"],
        "apart": [] if apart is None else [{**row, "day": row["day"]} for row in apart["earlier"]],
    }


def _signs(told: Mapping[str, Mapping[str, int]], of: int) -> list[dict[str, Any]]:
    """Of each family in words: in how many places it is against or for them; never one verdict for all."""
    return [{"family": family, **_sign(counts, of)} for family, counts in told.items()]


def _sign(counts: Mapping[str, int], of: int) -> dict[str, Any]:
    spoken = [(word, counts.get(word, 0)) for word in (places.AGAINST, places.FOR) if counts.get(word)]
    unknown = counts.get(places.UNKNOWN, 0)
    words = [f"{count} {word}" for word, count in [*spoken, (places.UNKNOWN, unknown)] if count]
    return {
        "parts": [{"mark": SIGNS[word][0], "tone": SIGNS[word][1], "count": count} for word, count in spoken],
        "of": of,
        "text": SIGNS[places.UNKNOWN][0] if unknown == of else SIGNS["silent"][0],
        "said": f"{wording.listed(words)} of {of}" if words else "silent",
    }


def _absent(one: reporting.Missing) -> dict[str, Any]:
    mark = {reporting.State.LATE: ("◆", "careful")}.get(one.state, ("✕", "bad"))
    last = None if one.last is None or one.last.why else one.last
    return {
        "name": one.name,
        "mark": mark[0],
        "tone": mark[1],
        "state": str(one.state),
        "why": one.why,
        "last": None
        if last is None
        else {"href": f"{last.review.name}/index.html", "day": wording.day(last.day, year=True)},
    }


def _named(at: At) -> dict[str, str]:
    """A portfolio's name, the words about it, and the way to where they are shown."""
    way = way_to(at.deck, at.slide, at.left.pages) if at.deck else None
    return {"name": at.left.name, "words": at.words, "href": f"{at.left.review.name}/{way or 'index.html'}"}
