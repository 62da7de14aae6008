"""A place that fails, in one causal sentence with its evidence lined up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from vmo_helpers.findings.places.signs import NO_GOAL, Family, Sign
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, number, text
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.style.palette import SIGNS

FEWEST = 3
"""So many of five independent families against a place are no accident of one measure."""
_FAILS = {
    Family.CUSTOMERS: "is failing its customers",
    Family.OUTCOMES: "is missing its outcomes",
    Family.MONEY: "is at odds with its money",
}
_WAYS = {
    Family.CUSTOMERS: "ask its customers why, before more is built for them",
    Family.OUTCOMES: "change or stop what misses its outcome",
    Family.MONEY: "put money behind its goal, new or from what it spends elsewhere, or weigh the goal less",
    Family.FLOW: "finish before anything new is started",
    Family.DECISIONS: "keep what was decided, or take it back",
}
"""What leaders could do about each family that is against a place; where its words name something, that."""
_NAMED_WAYS = {
    Family.OUTCOMES: "change or stop what misses its outcome, {} first",
    Family.DECISIONS: "keep {}, or take it back",
}
_WITHIN = "put money behind its goal from what it spends elsewhere, or weigh the goal less"
_BACK = "bring its spend back to its budget, or give it the budget"
"""What they could do about money where it spends over its budget: on other than its goal, or at all."""
_LOOSE = "say which goal its work serves, or stop it"
_CARRY = "carry {} through, or take it back"
_SAID = 3
_MARKS = {sign: f"{mark} {word}" for sign, (mark, _, word) in SIGNS.items()}


def failing(signs: pd.DataFrame, day: str) -> list[Finding]:
    """Such as "Stores is failing its customers: promoters fell from +18 to −17, two of 14 epics were
    finished, and it gets 8 % of the money for 30 % of the intent": each place that fails or is mixed.

    A place fails where at least three families are against it and none for it; mixed where one is for it.
    Most families against first, then by money at stake. ``signs`` as ``signs`` returns them; ``day`` is the
    review's.
    """
    found = []
    for (place_id, place), rows in signs.groupby(["place_id", "place"], sort=True):
        count = rows["sign"].value_counts()
        against, good = int(count.get(str(Sign.AGAINST), 0)), int(count.get(str(Sign.FOR), 0))
        if against >= FEWEST and good <= 1:
            loud = rows[rows["sign"].eq(str(Sign.AGAINST))]
            money = number(loud["money"].max())
            found.append((-against, -(money or 0.0), place_id, _one(str(place), rows, good > 0, money, day)))
    return [finding for *_, finding in sorted(found, key=lambda one: one[:3])]


def leading(failing: list[Finding], otherwise: Finding) -> Finding:
    """What leads the executive page: the first place that fails, else the strongest contradiction."""
    return next((finding for finding in failing if finding.rule == "places.fails"), otherwise)


def lede(lead: Finding, conclusion: Finding, asked: Sequence[Finding], carried: Sequence[Finding]) -> str:
    """What stands under the title: the conclusion, where a place leads instead of it, what is asked, and what
    became of what was decided."""
    first = [] if lead is conclusion else [conclusion]
    return " ".join(f"{finding.sentence}." for finding in [*first, *asked[:1], *carried[:1]])


def compared(failing: list[Finding], signs: pd.DataFrame) -> list[Finding]:
    """Such as "1 of 11 streams and goals fails; of 2 the signs disagree", then each but the page's lead."""
    lead = next((one for one in failing if one.rule == "places.fails"), None)
    return [_count(failing, signs), *(one for one in failing if one is not lead)]


def _count(failing: list[Finding], signs: pd.DataFrame) -> Finding:
    rule, n = Rule("places.compared"), signs["place_id"].nunique()
    if not n:
        why = "No conclusion by place: no finding is about a stream or a top goal"
        return rule.unknown(why, "value_stream_id of work_items, ranks of objectives")
    fails = sum(finding.rule == "places.fails" for finding in failing)
    mixed = len(failing) - fails
    tail = f"; of {wording.number(mixed)} the signs disagree" if mixed else ""
    places = f"{wording.number(n)} streams and top goals"
    return rule.note(
        f"{wording.number(fails) if fails else 'None'} of {places} {by_number(fails or 1, 'fails', 'fail')} "
        f"by three signs or more{tail}",
        value=fails,
        n=n,
    )


def lined(signs: pd.DataFrame) -> pd.DataFrame:
    """One row a place, those with most signs against it first: of each family its sign in words, or what is
    known where it is neither against it nor for it; and what the first that is against it says
    (strongest_against)."""
    frame = signs.assign(
        said=[
            f"{SIGNS[sign][0]} {words.partition(',')[0]}" if sign == Sign.SILENT and words else _MARKS[sign]
            for sign, words in zip(signs["sign"], signs["words"], strict=True)
        ]
    )
    wide = frame.pivot(index=["place_id", "place"], columns="family", values="said")
    against = signs["sign"].eq(str(Sign.AGAINST)).astype("int64").groupby(signs["place_id"]).sum()
    order = against.reindex(wide.index.get_level_values("place_id")).to_numpy(dtype="int64")
    wide = wide.reindex(columns=[str(family) for family in Family]).rename(columns=str.capitalize)
    loud = signs[signs["sign"].eq(str(Sign.AGAINST))]
    place = loud["family"].map({str(family): place for place, family in enumerate(Family)})
    first = loud.assign(place=place).sort_values("place", kind="stable").drop_duplicates("place_id")
    wide = wide.reset_index()
    wide["strongest_against"] = wide["place_id"].map(first.set_index("place_id")["words"])
    return wide.iloc[(-order).argsort(kind="stable")].drop(columns="place_id")


def _one(place: str, rows: pd.DataFrame, mixed: bool, money: float | None, day: str) -> Finding:
    said = rows.set_index("family")
    loud = [family for family in Family if said.loc[str(family), "sign"] == str(Sign.AGAINST)]
    words = [_inside(str(said.loc[str(family), "words"]).partition(": ")[0]) for family in loud[:_SAID]]
    claim = _FAILS.get(loud[0], "is stuck")
    seen = [str(when) for when in said["first_seen"].dropna() if str(when) < day]
    ways = [_way(family, *said.loc[str(family), ["words", "finding_id"]]) for family in loud]
    clears = [str(when) for family in loud if (when := text(said.loc[str(family), "clears_when"]))]
    facts: dict[str, Any] = {
        "money": money,
        "n": len(loud),
        "value": len(loud),
        "subject": str(rows["place_id"].iloc[0]),
        "clears_when": " · ".join(dict.fromkeys(clears)),
        "details": {
            "families": _lined(rows),
            "since": wording.day(min(seen), beside=day) if seen else None,
            "ask": f"Decide what changes in {place}",
            "options": "; ".join(ways),
        },
    }
    if mixed:
        good = next(family for family in Family if said.loc[str(family), "sign"] == str(Sign.FOR))
        against = wording.listed([str(family) for family in loud], most=len(loud))
        return Rule("places.mixed").warning(
            f"Signs disagree about {place}: {against} against it, {good} for it", **facts
        )
    return Rule("places.fails").alarm(f"{place} {claim}: {wording.listed(words, most=_SAID)}", **facts)


def _way(family: Family, words: str, finding_id: object) -> str:
    if family is Family.MONEY and "budget" in words:
        return _WITHIN if "of the intent" in words else _BACK
    if family is Family.MONEY and words.endswith(NO_GOAL):
        return _LOOSE
    named = re.search("“[^”]+”", words)
    if not named or family not in _NAMED_WAYS:
        return _WAYS[family]
    late = str(finding_id).startswith("value.late_decision:")
    return (_CARRY if late else _NAMED_WAYS[family]).format(named[0])


def _lined(rows: pd.DataFrame) -> list[dict[str, Any]]:
    names = ["family", "sign", "words", "finding_id", "deck", "slide"]
    return [{name: text(row[name]) for name in names} for row in rows.to_dict("records")]


def _inside(words: str) -> str:
    """A sentence within another: its first word small, unless it is a name or an abbreviation."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
