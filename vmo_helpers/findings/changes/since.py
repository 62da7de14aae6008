"""Findings beside those of the last review, in one sentence and as the few rows worth a leader's minute."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number
from vmo_helpers.results.finding import NOWHERE, PORTFOLIO, Finding, shown_at
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import ChangeState, Severity

MOST = 8
_DURATIONS = (
    "flow.lead_time",
    "flow.cycle_time",
    "flow.before_after",
    "flow.expectation",
    "flow.local_optimum",
)
_MARKET = ("sequence.market", "sequence.moved")
_WORDS = {
    ChangeState.NEW: ("✕ new", 0),
    ChangeState.WORSE: ("✕ worse", 0),
    ChangeState.MISSED: ("✕ ended: missed", 1),
    ChangeState.KNOWN: ("? known again", 2),
    ChangeState.CLEARED: ("✓ cleared", 1),
    ChangeState.REACHED: ("✓ ended: reached", 1),
    ChangeState.BETTER: ("✓ better", 4),
    ChangeState.UNSAID: ("? cannot be said any more", 2),
    ChangeState.UNSEEN: ("? not looked at this time", 3),
    ChangeState.STILL: ("• still", 4),
    ChangeState.FIRST: ("• seen for the first time", 5),
}


def since_last(changes: pd.DataFrame, day_before: str | None, day: str) -> list[Finding]:
    """Such as "Since 30 September 14 findings are new, 9 are cleared and 170 still stand"; ``changes`` as the
    measure returns them."""
    rule, count = Rule("changes.since_last"), once(changes)["state"].value_counts()
    number = {state: int(count.get(str(state), 0)) for state in ChangeState}
    first = number[ChangeState.FIRST]
    if day_before is None:
        sentence = f"This is the first review on its shelf: {wording.counted(first, 'finding')} to start from"
        return [rule.note(sentence, value=first, n=first)]
    new, cleared, still = number[ChangeState.NEW], number[ChangeState.CLEARED], number[ChangeState.STILL]
    said = [
        f"{wording.counted(new, 'finding')} {by_number(new, 'is', 'are')} new",
        f"{cleared} {by_number(cleared, 'is', 'are')} cleared",
    ]
    ended = number[ChangeState.REACHED] + number[ChangeState.MISSED]
    missed = number[ChangeState.MISSED]
    for n, words in (
        (number[ChangeState.KNOWN], f"{number[ChangeState.KNOWN]} known again"),
        (number[ChangeState.WORSE], f"{number[ChangeState.WORSE]} worse"),
        (number[ChangeState.BETTER], f"{number[ChangeState.BETTER]} better"),
        (ended - missed, f"{ended - missed} ended and reached"),
        (missed, f"{missed} ended and missed"),
    ):
        said += [words] if n else []
    if hidden := number[ChangeState.UNSAID] + number[ChangeState.UNSEEN]:
        said.append(f"{hidden} cannot be seen")
    said.append(f"{still} still {by_number(still, 'stands', 'stand')}")
    if first:
        said.append(f"{first} had never been looked at")
    sentence = f"Since {wording.day(day_before, beside=day)} {wording.listed(said, most=len(said))}"
    loud = changes["state"].eq(str(ChangeState.NEW)) & changes["severity"].eq(str(Severity.ALARM))
    return [
        rule.finds(
            Severity.WARNING if loud.any() else Severity.NOTE,
            sentence,
            value=new,
            n=len(changes),
            details={str(state): n for state, n in number.items()},
            clears_when="the next review finds no new alarm" if loud.any() else "",
        )
    ]


def comes_and_goes(changes: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """Such as "3 findings come and go: raised, cleared and raised again", then each; none where nothing
    does."""
    line = float(limits.comes_and_goes_spells)
    rule = Rule("changes.comes_and_goes", line, "comes_and_goes_spells")
    back = _back(changes, limits)
    if back.empty:
        return []
    whole = rule.warning(
        f"{wording.counted(len(back), 'finding')} {by_number(len(back), 'comes and goes', 'come and go')}: "
        "raised, cleared and raised again",
        value=len(back),
        n=len(back),
        clears_when="what they speak of stays away for twelve reviews",
        details={"subjects": back["id"].tolist()},
    )
    return [
        whole,
        *(
            Rule(rule.name).warning(
                f"{row['sentence']}: raised in {row['raised']} of "
                f"{wording.counted(row['looked'], 'review')}, in {wording.counted(row['spells'], 'spell')}",
                subject=row["id"],
                value=row["spells"],
                n=row["looked"],
                money=row["money"],
                clears_when="it stays away for twelve reviews",
            )
            for row in back.to_dict("records")
        ),
    ]


def told(
    changes: pd.DataFrame, limits: Thresholds, day: str, now: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The rows worth a leader's minute, at most eight: what (the sentence), change, before (in words), and
    the slide that shows it (``_deck``, ``_slide``).

    What moved with the market stands first, from ``now``, the findings of this review. Then new alarms and
    what was cleared or went out of sight, the portfolio's own before single subjects, then by money; what
    still stands only where it comes and goes.
    """
    back = set(_back(changes, limits)["id"])
    turned = [str(state) for state in _WORDS if state not in (ChangeState.STILL, ChangeState.FIRST)]
    changes = once(changes)
    market = [] if now is None else _with_the_market(now)
    shown = changes[changes["state"].isin(turned) | changes["id"].isin(back)]
    shown = shown[~shown["rule"].isin(_MARKET)] if market else shown
    rows = []
    for row in shown.to_dict("records"):
        state = ChangeState(row["state"])
        word, place = _WORDS[state]
        if state is ChangeState.CLEARED and row["severity"] == str(Severity.GOOD):
            word = "✓ now true"
        flaps = row["id"] in back
        loud = row["severity"] or row["before"]
        order = (
            loud != str(Severity.ALARM),
            row["subject"] != PORTFOLIO,
            place,
            -(row["money"] if wording.known(row["money"]) else 0.0),
            row["id"],
        )
        rows.append(
            (
                order,
                state,
                {
                    "what": row["sentence"],
                    "change": f"{word}, comes and goes" if flaps else word,
                    "before": _before(row, state, flaps, day),
                    **(NOWHERE if state is ChangeState.CLEARED else shown_at(row["deck"], row["slide"])),
                },
            )
        )
    picked = [*market, *_balanced(sorted(rows, key=lambda row: row[0]))][:MOST]
    return pd.DataFrame(picked, columns=["what", "change", "before", "_deck", "_slide"])


def _with_the_market(now: pd.DataFrame) -> list[dict[str, Any]]:
    """The row of what the market moved in the order of work; none where it moved nothing."""
    moved = now[now["rule"].eq("sequence.market") & now["value"].gt(0)]
    return [
        {
            "what": row["sentence"],
            "change": "• moved with the market",
            "before": "the order before any shift",
            **shown_at(row["deck"], row["slide"]),
        }
        for row in moved.to_dict("records")
    ]


def once(changes: pd.DataFrame) -> pd.DataFrame:
    """The changes, each cause told once: findings that are made of the same durations are one line, the
    loudest, which is the first of ``_DURATIONS`` among equals."""
    same = changes["rule"].isin(_DURATIONS)
    order = changes["rule"].map({rule: place for place, rule in enumerate(_DURATIONS)})
    of_one = changes[same].assign(order=order).sort_values(["severity", "order"], kind="stable")
    keep = of_one.drop_duplicates("state").index
    return changes[~same | changes.index.isin(keep)]


def _balanced(rows: list[tuple[tuple[object, ...], ChangeState, dict[str, str]]]) -> list[dict[str, str]]:
    """At most eight rows, of which at most five speak of one state while others wait."""
    picked: list[dict[str, str]] = []
    rest: list[dict[str, str]] = []
    count: dict[ChangeState, int] = {}
    for _, state, row in rows:
        count[state] = count.get(state, 0) + 1
        (picked if count[state] <= MOST - 3 else rest).append(row)
    order = [name for name, _ in sorted(_WORDS.values(), key=lambda one: one[1])]
    chosen = (picked + rest)[:MOST] if len(picked) < MOST else picked[:MOST]
    return sorted(
        chosen,
        key=lambda row: next(place for place, name in enumerate(order) if row["change"].startswith(name)),
    )


def _before(row: dict[Any, Any], state: ChangeState, flaps: bool, day: str) -> str:
    """What earlier reviews said of it, in a few words."""
    if flaps:
        return f"raised in {row['raised']} of {wording.counted(row['looked'], 'review')}"
    if state is ChangeState.KNOWN:
        return "could not be computed last time"
    if state is ChangeState.NEW or not row["since"]:
        return "not raised last time"
    if state is ChangeState.CLEARED and row["severity"] == str(Severity.GOOD):
        return f"it was otherwise since {wording.day(row['since'], beside=day)}"
    return f"stood since {wording.day(row['since'], beside=day)}"


def _back(changes: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    spells = changes["spells"].ge(limits.comes_and_goes_spells)
    return changes[spells].sort_values(["spells", "id"], ascending=[False, True], kind="stable")
