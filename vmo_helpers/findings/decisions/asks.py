"""The decisions asked today: open ones and those that findings call for, one a subject, ranked by what
waiting costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vmo_helpers.findings.decisions.asking import ASKING, FAILS, PLACE, sureness
from vmo_helpers.findings.decisions.needed import asked_of_needs
from vmo_helpers.findings.decisions.opened import asked_in, name_of, open_within, subject_of
from vmo_helpers.findings.decisions.pricing import counted_once, gains, missed, priced
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, number, text
from vmo_helpers.lookup import among
from vmo_helpers.results.finding import PORTFOLIO, Finding
from vmo_helpers.results.judged import LOUD, RULE, order
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import DecisionState, Severity

MOST = 5
COLUMNS = [
    "rank",
    "ask",
    "evidence",
    "costs",
    "brings",
    "without",
    "options",
    "within",
    "owner",
    "cost_per_month",
    "cost_basis",
    "items",
    "counted_above",
    "money",
    "sureness",
    "sureness_is",
    "asked_since",
    "subject",
    "decision_id",
    "finding_id",
    "deck",
    "slide",
    "severity",
]


def asks(
    findings: pd.DataFrame,
    states: pd.DataFrame,
    standing: pd.DataFrame,
    owners: Mapping[str, str],
    names: Mapping[str, str],
    needs: pd.DataFrame,
    owned: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
    currency: str = "",
    day_unit: str = "days",
) -> pd.DataFrame:
    """Every decision that could be asked for today, ranked; ``rule_of_order`` says how. One row a subject, or
    an open decision.

    ``findings`` are the review's; ``states`` and ``standing`` as ``measures.decisions`` returns them,
    ``owners`` its roles; ``names``: title of each item, stream and goal by id; ``needs`` as
    ``flow.unfinished_needs`` returns it, ``owned`` as ``places.belonging``.

    - An open decision takes the findings of what it is about: its finding_id, else a queue or stream that its
      question names, else its item. What was decided and is under way is not asked again before it is due.
    - The place that fails (places.fails, the first one) is asked about first.
    - Late work that needs other work first is not asked about: what it needs is, once for all that needs it.
    - What waiting costs is the sum over the subject's own ``items`` that wait today, as ``standing`` prices
      each. An item counts in the first ask that names it; ``counted_above`` is what a later one shares with
      those before it.
    - What an ask costs is what its decision says, else what the open decisions ``within`` it say.
    """
    loud = [row for row in findings.to_dict("records") if row["severity"] in LOUD and _asks(row)]
    about: dict[str, list[dict[Any, Any]]] = {}
    for row in _in_place(loud):
        about.setdefault(row["subject"], []).append(row)
    of_id = dict(zip(findings["id"], findings["subject"], strict=True))
    waiting = states[states["state"].eq(str(DecisionState.OPEN))].sort_values("asked_at", kind="stable")
    opened = [(subject_of(one, about, of_id, names), one) for one in waiting.to_dict("records")]
    going = states[states["state"].eq(str(DecisionState.UNDER_WAY))].to_dict("records")
    taken = {subject for subject, _ in opened}
    decided = {subject_of(decision, about, of_id, names) for decision in going}
    first: dict[str, str] = {}
    for need, (items, finding) in asked_of_needs(about, findings, needs, names, taken | decided).items():
        about.setdefault(need, []).append(finding)
        first |= dict.fromkeys(items, need)
    late = standing[among(standing["subject"], first)]
    every = pd.concat([standing, late.assign(subject=late["subject"].map(first))])
    named = every[among(every["subject"], {*about, *taken} - {*first})]
    own = {str(subject): rows for subject, rows in named.groupby("subject", sort=False)}
    leads = next((row["subject"] for row in loud if row["rule"] == FAILS), "")
    whole = {leads: {*owned.loc[owned["place_id"].eq(leads), "subject"]}}
    records = [one for _, one in opened]
    around = _Around(own, owners, names, gains(findings, day_unit), records, whole, limits, level, currency)
    rows, seen = [], set()
    for subject, decision in opened:
        rows.append(
            {
                **_row(subject, about.get(subject, []) if subject not in seen else [], around),
                **asked_in(decision),
            }
        )
        seen.add(subject)
    rows += [
        {**_row(subject, asking, around), **_within(subject, around)}
        for subject, found in about.items()
        if subject not in taken | decided | {*first} and (asking := _asking_itself(found, loud))
    ]
    ranked = sorted(rows, key=lambda row: _order(row, leads))
    counted_once(ranked, own)
    return pd.DataFrame([{**row, "rank": place} for place, row in enumerate(ranked, 1)], columns=COLUMNS)


def rule_of_order() -> str:
    """How the decisions are ranked, as it is printed under them."""
    return (
        f"The place that the title speaks of comes first. {RULE} One a subject, at most "
        f"{wording.small(MOST)}. Waiting costs the cost of delay that the items' owners estimate, else their "
        "monthly spend, of the items in progress: of an item its own, of a queue or goal that of what stands "
        "there. What is to be stopped is no reason to fund or free. The sum counts each item once. Weight: "
        "1 − p where a test against chance was made; else a fixed one, less for what is projected than for "
        "what is counted."
    )


def asked(ranked: pd.DataFrame, currency: str) -> list[Finding]:
    """What is asked today in one sentence, such as "Five decisions are asked today: waiting costs EUR 1.2 M a
    month", then each one."""
    rule, today = Rule("decisions.asked"), ranked.head(MOST)
    if today.empty:
        return [rule.note("No decision is asked today")]
    once = today["cost_per_month"] - today["counted_above"].fillna(0.0)
    cost = number(once.sum(min_count=1))
    waiting = "" if cost is None else f": waiting costs {wording.money(cost, currency)} a month"
    count = wording.small(len(today)).capitalize()
    whole = rule.alarm(
        f"{count} {by_number(len(today), 'decision is', 'decisions are')} asked today{waiting}",
        value=len(today),
        n=len(ranked),
        money=cost,
        clears_when="each is decided",
        details={"more": len(ranked) - len(today), "subjects": today["subject"].tolist()},
    )
    return [whole, *(_one(row) for row in today.to_dict("records"))]


def _one(row: dict[Any, Any]) -> Finding:
    return Rule("decisions.ask").alarm(
        row["ask"],
        subject=text(row["decision_id"]) or row["subject"],
        value=row["sureness"],
        unit="share",
        money=row["cost_per_month"],
        clears_when="it is decided",
        details={
            name: row[name]
            for name in ("owner", "evidence", "cost_basis", "sureness_is", "finding_id", "rank", "money")
        },
    )


def _asks(row: dict[Any, Any]) -> bool:
    return row["subject"] != PORTFOLIO and (row["rule"] in ASKING or bool((row["details"] or {}).get("ask")))


@dataclass(frozen=True)
class _Around:
    """What the asks are made with: each subject's own items, roles, names, what a decision brings, the open
    decisions, and what belongs to the place that is asked about as a whole."""

    own: Mapping[str, pd.DataFrame]
    owners: Mapping[str, str]
    names: Mapping[str, str]
    brings: Mapping[str, str]
    opened: Sequence[dict[Any, Any]]
    whole: Mapping[str, Collection[str]]
    limits: Thresholds
    level: str
    currency: str


def _row(subject: str, found: list[dict[Any, Any]], around: _Around) -> dict[Any, Any]:
    """A subject's ask with the evidence of its findings; of one without findings only that nothing in the
    review speaks of it."""
    names, limits, own = around.names, around.limits, around.own.get(subject)
    name = name_of(subject, names)
    row: dict[Any, Any] = {
        **dict.fromkeys(COLUMNS),
        "subject": subject,
        "ask": "",
        "evidence": "No finding of this review speaks of it",
        "owner": around.owners.get(subject),
        "sureness": limits.sureness_unsupported,
        "sureness_is": "asked for without a finding",
        "severity": str(Severity.NOTE),
    }
    if own is not None:
        row |= priced(own, around.level, around.currency)
    if wording.known(row["money"]):
        row["brings"] = (
            f"not estimated; {wording.money(row['money'], around.currency)} of planned value hangs on it"
        )
    row["brings"] = around.brings.get(subject) or row["brings"]
    if not found:
        return row
    first = found[0]
    details = first["details"] or {}
    asking = ASKING.get(first["rule"])
    row["ask"] = details.get("ask") or first["sentence"]
    if asking and not details.get("ask"):
        limited = any(one["rule"] == "flow.wip_limit" for one in found)
        until = "it holds its limit" if limited else first["clears_when"]
        row["ask"] = asking.words.format(name=f"“{name}”" if subject in names else name, until=until)
    row["without"] = asking.without if asking else text(details.get("without"))
    row["evidence"] = "; ".join(_short(one, name, place) for place, one in enumerate(_different(found)[:3]))
    row["owner"] = details.get("owner") or row["owner"]
    row["options"] = text(details.get("options"))
    row["sureness"], row["sureness_is"] = sureness(first, limits)
    if row["money"] is None:
        row["money"] = max((number(one["money"]) or 0.0 for one in found), default=0.0) or None
    row |= {"finding_id": first["id"], "deck": first["deck"], "slide": first["slide"]}
    row["severity"] = min((one["severity"] for one in found), key=LOUD.__getitem__)
    if own is not None and row["cost_per_month"] is None and first["rule"] == "watermelon.watermelon":
        row |= missed(own, float(details.get("attainment") or 0.0))
    return row


def _within(subject: str, around: _Around) -> dict[str, str]:
    """What is open within the place that is asked about (within), and what that would cost (costs)."""
    own = around.own.get(subject)
    items = set() if own is None else set(own["item_id"]) - {subject}
    return open_within(subject, items, around.whole.get(subject, ()), around.opened, around.names)


def _asking_itself(found: list[dict[Any, Any]], every: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """A subject's findings without those whose rule asks once and has a larger subject."""
    largest = {
        rule: max(float(row["value"] or 0.0) for row in every if row["rule"] == rule)
        for rule in {row["rule"] for row in every}
    }
    once = {rule for rule, asking in ASKING.items() if asking.once}
    return [
        row for row in found if row["rule"] not in once or float(row["value"] or 0.0) >= largest[row["rule"]]
    ]


def _different(found: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """One finding a rule; of two rules that both say how long an item has been going, the first."""
    kept = {row["rule"]: row for row in reversed(found)}
    if "flow.release_rhythm" in kept:
        kept.pop("flow.stalled_item", None)
    if "flow.nothing_finished" in kept:
        kept.pop("flow.started_not_finished", None)
    return _in_place(kept.values())


def _in_place(found: Iterable[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Findings in the order in which their rules speak."""
    return sorted(found, key=lambda row: PLACE.get(row["rule"], len(PLACE)))


def _short(found: Mapping[Any, Any], name: str, place: int) -> str:
    """A finding's sentence beside its subject's ask: without the name and the verb that it begins with. The
    place that leads is told by the page's title, and not told again."""
    if found["rule"] == FAILS:
        return "What the title says"
    sentence = str(found["sentence"])
    for begin in (f"“{name}”", name):
        if sentence.startswith(begin):
            rest = sentence[len(begin) :].lstrip()
            for verb in ("is ", "has been ", ": ", "has "):
                rest = rest.removeprefix(verb)
            sentence = rest.lstrip(": ")
            break
    if place == 0:
        return sentence[:1].upper() + sentence[1:]
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _order(row: dict[Any, Any], leads: str) -> tuple[Any, ...]:
    cost, money = (number(row[name]) for name in ("cost_per_month", "money"))
    return row["subject"] != leads, *order(cost, money, row["sureness"], row["severity"], row["subject"])
