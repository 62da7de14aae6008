"""The system as a whole: does a local gain reach the customer, where the way is longest, which gate holds
most."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import small, too_few, unrecorded
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, number, text
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.concept import BEFORE_BOARD, NO_LOG
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

SAVED = ("days_saved_per_item", "days_saved_low", "days_saved_high")
_OFF_BOARD = {BEFORE_BOARD: "before the board", NO_LOG: "in no known state"}


def local_optimum(changes: pd.DataFrame, level: str = "item", day_unit: str = "days") -> list[Finding]:
    """Such as "Time in Coding fell 9 days; customers gained nothing"; ``changes`` as
    ``flow.local_against_system`` returns them.

    A stage whose median time fell (the 95 % interval of its change lies below zero) while the 85th percentile
    of lead time did not (its interval reaches zero or lies above): largest gain first. Where lead time cannot
    be compared, or no stage: unknown.
    """
    rule, system = Rule("flow.local_optimum"), changes[changes["system"]].iloc[0]
    stages = changes[~changes["system"]]
    if isinstance(system["why"], str):
        return [
            rule.unknown(
                f"No conclusion on local gains; {system['why']}",
                "a record that reaches back before the window before",
                clears_when="the window before can be compared with",
            )
        ]
    if not wording.known(system["low"]):
        few = int(min(system["n_before"], system["n_after"]))
        return [
            rule.unknown(
                f"No conclusion on local gains: {wording.counted(few, level)} delivered in one of the "
                "two windows",
                "deliveries in both windows",
                n=few,
                clears_when="enough is delivered in both windows",
            )
        ]
    if stages["high"].isna().all():
        why = "No conclusion on local gains: no stage can be compared"
        return [rule.unknown(why, "transitions between states", n=system["n_after"])]
    fell = stages[stages["high"] < 0].sort_values("change_days", kind="stable")
    change = {"value": system["change_days"], "unit": day_unit, "n": system["n_after"]}
    if system["high"] < 0:
        gain = wording.days(-system["change_days"], day_unit)
        return [rule.good(f"Lead time fell {gain}: gains reach the customer", **change)]
    if fell.empty:
        none = "No stage became clearly faster, and neither did the way to the customer"
        return [rule.note(none, **change)]
    longer = f"customers wait {wording.days(system['change_days'], day_unit)} longer"
    end = longer if system["low"] > 0 else "customers gained nothing"
    return [
        rule.warning(
            f"Time in {wording.plain(row['name'])} fell {wording.days(-row['change_days'], day_unit)}; {end}",
            subject=row["name"],
            value=row["change_days"],
            unit=day_unit,
            n=row["n_after"],
            clears_when="lead time falls too",
            details={
                "low": number(row["low"]),
                "high": number(row["high"]),
                "lead_time_change_days": number(system["change_days"]),
                "lead_time_low": number(system["low"]),
                "lead_time_high": number(system["high"]),
            },
        )
        for _, row in each(fell)
    ]


def gate(pareto: pd.DataFrame, limits: Thresholds, currency: str = "", day_unit: str = "days") -> Finding:
    """Such as "Legal review holds more waiting than any other gate: 1,512 days"; ``pareto`` as
    ``flow.wait_pareto`` returns it by "gate".

    A warning when all gates together hold ``approval_wait_share`` of all waiting. Without a gate on the
    board: unknown.
    """
    rule = Rule.by("flow.gate", limits, "approval_wait_share")
    gates = flow.gates(pareto)
    gates = gates[gates["wait_days"] > 0]
    if gates.empty:
        return rule.unknown("No conclusion on approvals: no gate held anything", "is_gate of states")
    first, share = gates.iloc[0], float(gates["share"].sum())
    together = by_number(len(gates), ", ", "; all gates together ")
    loud = share >= limits.approval_wait_share
    line = wording.percent(limits.approval_wait_share)
    return rule.finds(
        Severity.WARNING if loud else Severity.NOTE,
        f"{wording.plain(first['cause'])} holds {wording.days(first['wait_days'], day_unit)} of waiting"
        f"{together}{wording.percent(share)} of all waiting",
        subject=first["cause"],
        value=share,
        unit="share",
        n=first["items"],
        money=first["money"],
        clears_when=f"gates hold under {line} of all waiting" if loud else "",
        details={
            "owner": text(first["owner"]),
            "days": number(first["wait_days"]),
            "money_basis": text(first["money_basis"]),
        },
    )


def concept_to_customer(
    concepts: pd.DataFrame,
    stages: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
    day_unit: str = "days",
) -> Finding:
    """Such as "From idea to customer: half within 243 days, 70 % of it implementing"; frames as
    ``flow.concept_to_customer`` and ``flow.concept_stages`` return them."""
    rule, days = Rule("flow.concept_to_customer"), concepts["concept_days"].dropna()
    needed = small(limits).needed(0.5)
    if len(days) < needed:
        return too_few(rule, "concept to customer", len(days), needed, level)
    middle = float(days.median())
    sentence = f"From idea to customer: half within {wording.days(middle, day_unit)}"
    details: dict[str, object] = {}
    if len(stages):  # none where all of it took no time
        longest = stages.sort_values("share", ascending=False, kind="stable").iloc[0]
        share, stage = float(longest["share"]), str(longest["stage"])
        where = _OFF_BOARD.get(stage, f"in {wording.plain(stage)}")
        sentence += f", {wording.percent(share)} of all that time {where}"
        details = {"longest_stage": stage, "share": share}
    return rule.note(sentence, value=middle, unit=day_unit, n=len(days), rows=concepts, details=details)


def halved(halves: pd.DataFrame, day_unit: str = "days") -> Finding:
    """Such as "Halving Integration test queue would lift flow efficiency from 26 to 34 %"; ``halves`` as
    ``flow.if_halved`` returns it."""
    rule = Rule("flow.if_halved")
    if halves.empty or not wording.known(halves["gain_share"].max()):
        why = "No conclusion on halving a queue: nothing that was finished had waited"
        return rule.unknown(why, "waiting of finished items")
    best = halves.sort_values("gain_share", ascending=False, kind="stable").iloc[0]
    if not best["flow_efficiency"] > 0:
        why = "No conclusion on halving a queue: nothing that was finished had been worked on"
        return rule.unknown(why, "work on finished items")
    now, then = (wording.percent(best[name]) for name in ("flow_efficiency", "flow_efficiency_if_halved"))
    return rule.note(
        f"Halving {wording.plain(best['cause'])} would lift flow efficiency from {now} to {then}, "
        f"{wording.days(best['days_saved_per_item'], day_unit)} an item",
        subject=best["cause"],
        value=best["gain_share"],
        unit="share",
        details={
            "queues": {
                str(row["cause"]): {name: number(row[name]) for name in SAVED} for _, row in each(halves)
            }
        },
    )


def wip_per_person(by_stream: pd.DataFrame, level: str = "item") -> Finding:
    """Such as "Store Experience carries most work a person: 0.26 epics"; ``by_stream`` as
    ``flow.wip_by_stream`` returns it."""
    rule = Rule("flow.wip_per_person")
    known = by_stream[by_stream["wip_per_person"].notna()]
    if known.empty:
        why = "No conclusion on load a person: no stream says how many people it has"
        return rule.unknown(why, "people of value_streams")
    if not known["wip"].sum():
        return rule.unknown("No conclusion on load a person: nothing is in progress", "work in progress")
    most = known.sort_values("wip_per_person", ascending=False, kind="stable").iloc[0]
    mean = float(known["wip"].sum() / known["people"].sum())
    return rule.note(
        f"{wording.plain(most['value_stream'])} carries most a person: "
        f"{wording.counted(most['wip_per_person'], level)}, "
        f"all streams {wording.number(mean)}",
        subject=most["value_stream_id"],
        value=most["wip_per_person"],
        n=known["wip"].sum(),
    )


def before_after(changes: pd.DataFrame, level: str = "item", day_unit: str = "days") -> list[Finding]:
    """Such as "Lead time to value, 85th percentile: 72 days longer than before (between 6 and 295 days)"; one
    finding a row of ``flow.before_after``. Clear changes are good news or a warning, others a note; too few
    items: unknown."""
    return [_compared(row, level, day_unit) for _, row in changes.iterrows()]


def _compared(row: pd.Series, level: str, day_unit: str) -> Finding:
    rule, name = Rule("flow.before_after"), str(row["measure"])
    if isinstance(row["why"], str):
        return rule.unknown(
            f"{name[0].upper()}{name[1:]}: {row['why']}",
            "a record that reaches back before the window before",
            n=row["n_after"],
            subject=name,
            clears_when="the window before can be compared with",
        )
    if not wording.known(row["low"]):
        few = int(min(row["n_before"], row["n_after"]))
        return rule.unknown(
            f"No conclusion on {name}: {wording.counted(few, level)} in one of the two windows",
            "items in both windows",
            n=few,
            subject=name,
        )
    longer = row["change_days"] > 0
    if row["low"] <= 0 <= row["high"]:
        severity, words = Severity.NOTE, "no clear change"
    else:
        severity = Severity.WARNING if longer else Severity.GOOD
        length = wording.days(abs(row["change_days"]), day_unit)
        words = f"{length} {'longer' if longer else 'shorter'} than before"
    ends = sorted(abs(value) for value in (row["low"], row["high"])) if row["low"] * row["high"] > 0 else None
    spread = (
        f" ({wording.between(ends[0], ends[1], lambda length: wording.days(length, day_unit))})"
        if ends
        else ""
    )
    return rule.finds(
        severity,
        f"{name[0].upper()}{name[1:]}: {words}{spread}",
        subject=name,
        value=row["change_days"],
        unit=day_unit,
        n=row["n_after"],
        details={
            "before": number(row["before_days"]),
            "after": number(row["after_days"]),
            "low": number(row["low"]),
            "high": number(row["high"]),
        },
    )


def excluded(items: pd.DataFrame, level: str = "item") -> Finding:
    """Such as "3 epics are left out of some figure": what ``flow.excluded`` lists, counted by reason."""
    rule, left = Rule("flow.excluded"), flow.excluded(items)
    if not flow.on_record(items):
        return unrecorded(rule, "what is left out", n=len(items))
    if left.empty:
        return rule.note(f"Every {level} counts in every figure", value=0, unit="items", n=len(items))
    reasons = left["excluded_because"].str.split("; ").explode().value_counts()
    return rule.note(
        f"{wording.counted(len(left), level)} {by_number(len(left), 'is', 'are')} left out of some figure: "
        f"{reasons.index[0]}",
        value=len(left),
        unit="items",
        n=len(items),
        rows=left,
        details={"reasons": {str(reason): int(count) for reason, count in reasons.items()}},
    )
