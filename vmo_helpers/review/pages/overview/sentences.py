"""What the page over several portfolios says in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from vmo_helpers.results.judged import RULE
from vmo_helpers.review.across import asked, places
from vmo_helpers.review.across.contradictions import Contradiction
from vmo_helpers.review.across.left import Left, number
from vmo_helpers.review.across.reporting import Missing, State, is_late
from vmo_helpers.style import wording


def lede(lefts: Sequence[Left], alike: Sequence[Contradiction]) -> str:
    """The place that fails most, then the most widespread contradiction."""
    total = sum(len(places.places(left)) for left in lefts)
    failing = [(left, one) for left in lefts for one in left.failing]
    said = []
    if failing:
        left, worst = min(
            failing, key=lambda one: tuple(-(number(one[1].get(k)) or 0.0) for k in ("value", "money"))
        )
        count = f"{wording.number(len(failing))} of {_streams_and_goals(total)}"
        said.append(
            f"{count} {'fails' if len(failing) == 1 else 'fail'} by three signs or more; in {left.name}, "
            f"{wording.plain(worst['sentence'])}."
        )
    elif total:
        said.append(f"None of {_streams_and_goals(total)} fails.")
    if alike:
        first = alike[0]
        said.append(f"{first.words}: so in {len(first.where)} of {wording.counted(first.of, 'portfolio')}.")
    return " ".join(said)


def _streams_and_goals(count: int) -> str:
    return wording.counted(count, "stream and top goal", "streams and top goals")


def rule(lefts: Sequence[Left], ranked: Mapping[str, Sequence[asked.Ask]]) -> str:
    """How the decisions are ranked, what is left out, and what is not known."""
    every, silent = asked.count(lefts), sum(left.asked is None for left in lefts)
    newest = max((left.day for left in lefts), default=date.min)
    late = sum(is_late(left, newest) for left in lefts)
    shown = sum(len(one.where) for one in asked.shown(ranked))
    said = [RULE, "What several portfolios ask in the same words is told once."]
    said.append("Each portfolio counts an item once; one that stands in two portfolios counts in both.")
    if len(ranked) > 1:
        said.append(f"{wording.listed(ranked, most=4)} are not compared with each other.")
    if every > shown:
        said.append(f"{wording.number(every - shown)} more are asked on the portfolios' own pages.")
    if late:
        verb = "is" if late == 1 else "are"
        said.append(f"Of {wording.small(late)} that {verb} late it is what the last review asked.")
    if silent:
        said.append(f"Of {wording.counted(silent, 'portfolio')} it is not known: no executive page was made.")
    return " ".join(said)


def contradicting(alike: Sequence[Contradiction]) -> str:
    """How many there are, and how widespread the first is."""
    if not alike:
        return "No contradiction shows in more than one portfolio"
    first, count = alike[0], len(alike)
    many = "contradiction shows" if count == 1 else "contradictions show"
    spread = f"{len(first.where)} of {wording.counted(first.of, 'portfolio')}"
    where = f"in {spread}" if count == 1 else f"in several portfolios, the first in {spread}"
    return f"{wording.small(count).capitalize()} {many} {where}"


def further(alike: Sequence[Contradiction]) -> str:
    """Those that are not shown, each with the number of its portfolios."""
    return "; ".join(f"{one.words} ({len(one.where)})" for one in alike)


def sharing(shared: Sequence[places.Shared]) -> str:
    """The title of what is shared; "" where nothing is."""
    if not shared:
        return ""
    first = shared[0]
    count = wording.counted(len(shared), "stream or goal is", "streams and goals are")
    if not first.against:
        return f"{count} shared, and nothing speaks against any of them"
    return f"{count} shared; most speaks against {first.name}"


def unlike(found: Sequence[Sequence[places.Place]]) -> str:
    """What has one id and several names, and is therefore not joined."""
    told = [
        f"{several[0].place_id} ({wording.listed(dict.fromkeys(f'“{one.name}”' for one in several), most=2)})"
        for several in found
    ]
    return f"Not joined, for one id bears several names: {wording.listed(told, most=4)}." if told else ""


def notice(absent: Sequence[Missing], of: int) -> str:
    """Who is not seen as of today, and what is left out; "" where nothing is missing."""
    told = {state: [one.name for one in absent if one.state is state] for state in State}
    said = []
    for state, one, many in (
        (State.ABSENT, "did not report", "did not report"),
        (State.LATE, "is late", "are late"),
    ):
        if names := told[state]:
            count = f"{wording.small(len(names)).capitalize()} of {wording.counted(of, 'portfolio')}"
            said.append(f"{count} {one if len(names) == 1 else many}: {wording.listed(names, most=4)}.")
    if names := told[State.UNREADABLE]:
        verb = "cannot be read, and is left out" if len(names) == 1 else "cannot be read, and are left out"
        said.append(f"{wording.listed(names, most=4)} {verb}.")
    return " ".join(said)


def reported(absent: Sequence[Missing], of: int) -> str:
    """How many portfolios are seen as of today."""
    unseen = sum(one.is_portfolio for one in absent)
    portfolios, seen = wording.counted(of, "portfolio"), wording.sentence(wording.small(of - unseen))
    return f"{seen} of {portfolios} reported" if unseen else f"All {portfolios} reported"
