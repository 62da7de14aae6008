"""The whole review in one sentence: what moved or stands out among value's arrival, watermelons, alignment
and benefits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import beside_line, by_number
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

LEAD, MELONS, ALIGNED, REALISED = (
    "flow.lead_time_p85_days",
    "watermelon.count",
    "okr.top_three_share",
    "value.benefit_realisation",
)
GREEN = "watermelon.green"
UNTESTED = ("watermelon.unknown_inside", "watermelon.not_yet_due")
_A_DAY = 0.5


def conclusion(figures: pd.DataFrame, limits: Thresholds, level: str) -> Finding:
    """Such as "Value reaches customers more slowly, and eight green epics are red inside": the two worst of
    what is known, else the best.

    ``figures`` as ``measures.changes.figures`` returns them. Without any of them: unknown.
    """
    row = {entry["key"]: entry for entry in figures.to_dict("records") if wording.known(entry["value"])}
    said = [
        one
        for one in (_lead(row), _melons(row, level), _aligned(row, limits), _realised(row))
        if one is not None
    ]
    rule = Rule("decisions.conclusion")
    if not said:
        sought = "lead time to value, watermelons, alignment"
        sentence = f"None of the three yardsticks is known yet: {sought}"
        return rule.unknown(sentence, sought, clears_when="one of the other decks gives its figure")
    bad = [words for is_bad, words in said if is_bad]
    sentence = ", and ".join((bad or [words for _, words in said])[:2])
    return rule.finds(
        Severity.ALARM if len(bad) > 1 else Severity.WARNING if bad else Severity.GOOD,
        wording.sentence(sentence),
        n=len(said),
        clears_when="value arrives sooner, no green is red inside, and the work serves the goals"
        if bad
        else "",
    )


def targets(limits: Thresholds) -> dict[str, float]:
    """The value that a tile's figure is to reach, by its key."""
    return {ALIGNED: limits.okr_alignment_share}


def _lead(row: dict[Any, Any]) -> tuple[bool, str] | None:
    if LEAD not in row:
        return None
    now, before = row[LEAD]["value"], row[LEAD]["before"]
    compared = not wording.known(row[LEAD].get("no_comparison"))
    if compared and wording.known(before) and abs(now - before) >= _A_DAY:
        return now > before, f"value reaches customers {'more slowly' if now > before else 'sooner'}"
    return False, f"value reaches customers within {wording.quantity(now, row[LEAD]['unit'])}"


def _melons(row: dict[Any, Any], level: str) -> tuple[bool, str] | None:
    if MELONS not in row:
        return None
    count = int(row[MELONS]["value"])
    if not count:
        greens = int(row[GREEN]["value"]) if GREEN in row else 0
        dark = sum(int(row[key]["value"]) for key in UNTESTED if key in row)
        seen = f"none of {greens - dark} green {wording.plural(level)} that can be tested is"
        return False, f"{seen if dark else f'no green {level} is'} red inside"
    who = by_number(count, f"{level} is", f"{wording.plural(level)} are")
    return True, f"{wording.small(count)} green {who} red inside"


def _aligned(row: dict[Any, Any], limits: Thresholds) -> tuple[bool, str] | None:
    if ALIGNED not in row:
        return None
    share = row[ALIGNED]["value"]
    short = share < limits.okr_alignment_share
    return (
        short,
        f"{'only ' if short else ''}{beside_line(share, limits.okr_alignment_share)} of the work serves "
        "a top-three goal",
    )


def _realised(row: dict[Any, Any]) -> tuple[bool, str] | None:
    if REALISED not in row:
        return None
    share = row[REALISED]["value"]
    return share < 1, f"{wording.percent(share)} of the benefits planned to date have come"
