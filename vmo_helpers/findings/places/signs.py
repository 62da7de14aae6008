"""Five families of sign of a place, each against it, for it, silent or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from vmo_helpers.findings.saying import quoted
from vmo_helpers.lookup import among
from vmo_helpers.measures.places import STREAM
from vmo_helpers.results.finding import PORTFOLIO
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


class Family(StrEnum):
    """The families, in the order in which a sentence names them."""

    CUSTOMERS = "customers"
    OUTCOMES = "outcomes"
    MONEY = "money"
    FLOW = "flow"
    DECISIONS = "decisions"


class Sign(StrEnum):
    """What a family says of a place. ``SILENT``: looked at, and neither against it nor for it."""

    AGAINST = "against"
    FOR = "for"
    SILENT = "silent"
    UNKNOWN = "unknown"


_ASKED = "watermelon.satisfaction_drop"
RULES = {
    _ASKED: Family.CUSTOMERS,
    "watermelon.watermelon": Family.OUTCOMES,
    "okr.key_result_missed": Family.OUTCOMES,
    "okr.key_result_will_miss": Family.OUTCOMES,
    "okr.starvation": Family.MONEY,
    "funding.over_budget": Family.MONEY,
    "flow.nothing_finished": Family.FLOW,
    "flow.started_not_finished": Family.FLOW,
    "flow.wip_limit": Family.FLOW,
    "flow.delivery_gap": Family.FLOW,
    "flow.stalled_item": Family.FLOW,
    "decisions.not_kept": Family.DECISIONS,
    "value.late_decision": Family.DECISIONS,
}
"""Each rule that speaks of a place, or of what belongs to it, and the family that it speaks for; the first
of a family leads."""
_PARTS = ("watermelon.watermelon", "okr.key_result_missed", "okr.key_result_will_miss", "flow.stalled_item")
"""Rules about one part of a place: they count against its other parts."""
_LOUD = (str(Severity.ALARM), str(Severity.WARNING))
COLUMNS = ["place_id", "place", "kind", "family", "sign", "words", "money", "clears_when", "first_seen"]
COLUMNS += ["finding_id", "deck", "slide"]
HALF = 0.5
NO_GOAL = "serves no goal"


@dataclass(frozen=True)
class Place:
    """What is known of one place: its ``counts``, and the loud ``findings`` about it, by family, the leading
    first; ``looked``: the families of which anything is known anywhere; ``compared``: its customers were
    asked often enough in two windows; ``linked``: so much of the spend of
    all streams is linked to goals that what is not may be held against a place."""

    counts: dict[str, Any]
    findings: dict[Family, list[dict[Any, Any]]]
    good: set[Family]
    looked: set[Family]
    compared: bool
    linked: bool


def signs(
    findings: pd.DataFrame, belonging: pd.DataFrame, counts: pd.DataFrame, limits: Thresholds
) -> pd.DataFrame:
    """One row a place and family, families in their order.

    ``findings`` are the review's, its own among them; ``belonging`` and ``counts`` as ``measures.places``
    returns them. Small numbers rules hold: under ``smallest_n_percentile`` parts no share is said, under
    ``smallest_n_tail`` no share of old work.

    - customers: against where their satisfaction dropped; unknown where too few answered to compare;
    - outcomes: against where half or more of its tested outcomes and key results are red or will be missed,
      for where none is;
    - money: against where a goal of its own starves, it spends over its budget, or ``okr_unaligned_share`` of
      its spend serves no goal; of goals unknown where under ``okr_linked_share`` of all spend is linked;
    - flow: against where a rule of flow says so of the place as a whole, or more of its work is old than the
      expectation has it; for where ``finished_share_alarm`` of what was started is finished;
    - decisions: against where one on it is late or was not kept.

    Else silent; unknown where the family's rules know nothing of anything.
    """
    about = findings[findings["rule"].isin(RULES)]
    about = about.assign(
        about=about["subject"].astype("str").str.split(":").str[0], family=about["rule"].map(RULES)
    )
    looked = set(about.loc[about["severity"].ne(str(Severity.UNKNOWN)), "family"])
    asked = about.loc[about["rule"].eq(_ASKED), "details"].map(lambda told: (told or {}).get("compared", ()))
    heard = {*belonging.loc[belonging["subject"].isin([*asked.explode().dropna()]), "place_id"]}
    named = belonging[among(belonging["subject"], about["about"])]
    mine = named.merge(about[about["subject"].ne(PORTFOLIO)], left_on="subject", right_on="about")
    each = (
        belonging[["place_id", "place", "kind"]].drop_duplicates().sort_values(["place_id", "place", "kind"])
    )
    streams = each.loc[each["kind"].eq(STREAM), "place_id"]
    spent = counts.loc[counts["place_id"].isin(streams), ["spend", "unaligned"]].sum()
    linked = bool(spent["spend"] - spent["unaligned"] >= limits.okr_linked_share * spent["spend"])
    told = {row["place_id"]: {str(k): v for k, v in row.items()} for row in counts.to_dict("records")}
    rows = []
    for place_id, place, kind in each.itertuples(index=False):
        own = mine[mine["place_id"].isin([place_id])]
        loud = sorted(own[own["severity"].isin(_LOUD)].to_dict("records"), key=_first)
        known = Place(
            told[place_id],
            {family: [row for row in loud if row["family"] == family] for family in Family},
            set(own.loc[own["severity"].eq(str(Severity.GOOD)), "family"]),
            looked,
            place_id in heard,
            linked,
        )
        rows += [
            {"place_id": place_id, "place": place, "kind": kind, **_JUDGED[family](known, limits, str(place))}
            for family in Family
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _customers(place: Place, limits: Thresholds, name: str) -> dict[str, Any]:
    said = _by_rule(Family.CUSTOMERS, place, name)
    return said if place.compared or said["sign"] != Sign.SILENT else _quiet(Family.CUSTOMERS, None)


def _outcomes(place: Place, limits: Thresholds, name: str) -> dict[str, Any]:
    family, found = Family.OUTCOMES, place.findings[Family.OUTCOMES]
    goals = sum(row["rule"] != _PARTS[0] for row in found)
    judged, bad = place.counts["tested"] + place.counts["goals"], place.counts["red"] + goals
    if judged < limits.smallest_n_percentile:
        return _quiet(family, place if judged else None)
    if 0 < bad < HALF * judged:
        return {**_quiet(family, place), "words": f"{bad} of {judged} behind, under half"}
    if not bad:
        return _said(family, Sign.FOR, f"none of {judged} outcomes and key results is behind")
    count = f"{bad} of {judged} outcomes and key results are behind"
    if not found:
        return _said(family, Sign.AGAINST, count)
    first = str(found[0]["sentence"])
    worst = first.rpartition("yet ")[2] if found[0]["rule"] == _PARTS[0] else first.partition(";")[0]
    said = _said(family, Sign.AGAINST, f"{count}: {worst}", found)
    by_metric = str(said["clears_when"]).rpartition("; or ")[2]  # another report alone betters no place
    return {**said, "clears_when": by_metric if found[0]["rule"] == _PARTS[0] else said["clears_when"]}


def _money(place: Place, limits: Thresholds, name: str) -> dict[str, Any]:
    family, found = Family.MONEY, place.findings[Family.MONEY]
    spend, loose = place.counts["spend"], place.counts["unaligned"]
    over = next((row for row in found if row["rule"] == "funding.over_budget"), None)
    spent = wording.percent(over["value"]) if over else ""
    if found and found[0] is not over:
        told = found[0]["details"] or {}
        share, intent = wording.percent(told.get("share")), wording.percent(told.get("intent_share"))
        basis, goal = told.get("basis", "money"), found[0]["about"]
        whose = "it" if goal == place.counts["place_id"] else "its goal"
        words = f"{whose} gets {share} of the {basis} for {intent} of the intent"
        return _said(
            family, Sign.AGAINST, f"{words}, though {spent} of the budget is spent" if over else words, found
        )
    if over:
        return _said(family, Sign.AGAINST, f"it spent {spent} of its budget", found)
    if not place.linked:
        return _quiet(family, None)
    if spend > 0 and loose / spend > limits.okr_unaligned_share:
        line = wording.percent(limits.okr_unaligned_share)
        return {
            **_said(
                family,
                Sign.AGAINST,
                f"{wording.percent(loose / spend)} of its spend on work in progress {NO_GOAL}",
            ),
            "money": loose,
            "clears_when": f"{line} of its spend on work in progress or less serves no goal",
        }
    return _quiet(family, place if spend > 0 else None)


def _flow(place: Place, limits: Thresholds, name: str) -> dict[str, Any]:
    family = Family.FLOW
    whole = [row for row in place.findings[family] if row["rule"] not in _PARTS]
    old = [row for row in place.findings[family] if row["rule"] in _PARTS]
    wip, started, finished = (int(place.counts[name]) for name in ("wip", "started", "finished"))
    if whole:
        return _said(family, Sign.AGAINST, _short(whole[0], name), whole)
    if wip >= limits.smallest_n_tail and len(old) > (1 - limits.stalled_percentile) * wip:
        return _said(family, Sign.AGAINST, f"{len(old)} of {wip} in progress are older than expected", old)
    if started >= limits.smallest_n_percentile and finished >= limits.finished_share_alarm * started:
        return _said(family, Sign.FOR, f"{finished} of {started} that were started are finished")
    return _quiet(family, place)


def _decisions(place: Place, limits: Thresholds, name: str) -> dict[str, Any]:
    return _by_rule(Family.DECISIONS, place, name)


_JUDGED = {
    Family.CUSTOMERS: _customers,
    Family.OUTCOMES: _outcomes,
    Family.MONEY: _money,
    Family.FLOW: _flow,
    Family.DECISIONS: _decisions,
}


def _by_rule(family: Family, place: Place, name: str) -> dict[str, Any]:
    """Against where a rule of the family is loud about it, for where one has good news."""
    found = place.findings[family]
    if found:
        return _said(family, Sign.AGAINST, _short(found[0], name), found)
    return _said(family, Sign.FOR, "better than before") if family in place.good else _quiet(family, place)


def _quiet(family: Family, place: Place | None) -> dict[str, Any]:
    known = place is not None and family in place.looked
    return {"family": str(family), "sign": str(Sign.SILENT if known else Sign.UNKNOWN), "words": ""}


def _said(
    family: Family, sign: Sign, words: str, found: list[dict[Any, Any]] | None = None
) -> dict[str, Any]:
    said: dict[str, Any] = {"family": str(family), "sign": str(sign), "words": wording.clipped(words, 180)}
    if not found:
        return said
    money = [float(row["money"]) for row in found if wording.known(row["money"])]
    first = {name: found[0][name] for name in ("clears_when", "first_seen", "deck", "slide")}
    return {**said, **first, "finding_id": found[0]["id"], "money": sum(money) if money else None}


def _first(row: dict[Any, Any]) -> tuple[Any, ...]:
    money = float(row["money"]) if wording.known(row["money"]) else 0.0
    return list(RULES).index(row["rule"]), row["severity"] != str(Severity.ALARM), -money, row["about"]


def _short(row: dict[Any, Any], place: str) -> str:
    """A finding in a few words, without the name of the place that it begins with."""
    details = row["details"] or {}
    if row["rule"] in ("decisions.not_kept", "value.late_decision"):
        return f"{quoted(details['question'])} {details['short']}"
    said = str(row["sentence"])
    for begin in (f"{place}: ", f"{place} "):
        said = said.removeprefix(begin)
    return said
