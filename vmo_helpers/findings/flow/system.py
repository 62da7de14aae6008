"""The system as a whole: does a local gain reach the customer, where the way is longest, which gate holds
most."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import (
    MOST_SUBJECTS,
    PORTFOLIO,
    number,
    small,
    too_few,
    unknown,
    unrecorded,
)
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.waits import NOTHING
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


def local_optimum(changes: pd.DataFrame, level: str = "item") -> list[Finding]:
    """Such as "Time in Coding fell 9 days; customers gained nothing"; ``changes`` as
    ``flow.local_against_system`` returns them.

    A stage whose median time fell (the 95 % interval of its change lies below zero) while the 85th percentile
    of lead time did not (its interval reaches zero or lies above): largest gain first. Where lead time cannot
    be compared: unknown.
    """
    rule, system = "flow.local_optimum", changes[changes["system"]].iloc[0]
    stages = changes[~changes["system"]]
    if not wording.known(system["low"]):
        few = int(min(system["n_before"], system["n_after"]))
        return [
            unknown(
                rule,
                f"No conclusion on local gains: {wording.counted(few, level)} delivered in one of the "
                "two windows",
                n=few,
                missing=("deliveries in both windows",),
                clears_when="enough is delivered in both windows",
            )
        ]
    fell = stages[stages["high"] < 0].sort_values("change_days", kind="stable")
    if system["high"] < 0:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"Lead time fell {wording.days(-system['change_days'])}: gains reach the customer",
                value=number(system["change_days"]),
                unit="days",
                n=int(system["n_after"]),
            )
        ]
    if fell.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.NOTE,
                "No stage became clearly faster, and neither did the way to the customer",
                value=number(system["change_days"]),
                unit="days",
                n=int(system["n_after"]),
            )
        ]
    end = (
        f"customers wait {wording.days(system['change_days'])} longer"
        if system["low"] > 0
        else "customers gained nothing"
    )
    return [
        Finding(
            rule,
            str(row["name"]),
            Severity.WARNING,
            f"Time in {wording.plain(row['name'])} fell {wording.days(-row['change_days'])}; {end}",
            value=float(row["change_days"]),
            unit="days",
            n=int(row["n_after"]),
            clears_when="lead time falls too",
            details={
                "low": number(row["low"]),
                "high": number(row["high"]),
                "lead_time_change_days": number(system["change_days"]),
                "lead_time_low": number(system["low"]),
                "lead_time_high": number(system["high"]),
            },
        )
        for _, row in fell.head(MOST_SUBJECTS).iterrows()
    ]


def gate(pareto: pd.DataFrame, limits: Thresholds, currency: str = "") -> Finding:
    """Such as "Legal review holds more waiting than any other gate: 1,512 days"; ``pareto`` as
    ``flow.wait_pareto`` returns it by "gate".

    A warning when all gates together hold ``approval_wait_share`` of all waiting. Without a gate on the
    board: unknown.
    """
    rule = "flow.gate"
    gates = pareto[~pareto["cause"].isin([NOTHING["gate"], "blocked"]) & (pareto["wait_days"] > 0)]
    if gates.empty:
        return unknown(
            rule, "No conclusion on approvals: no gate held anything", missing=("is_gate of states",)
        )
    first, share = gates.iloc[0], float(gates["share"].sum())
    together = (
        f"; all gates together {wording.percent(share)} of all waiting"
        if len(gates) > 1
        else f", {wording.percent(share)} of all waiting"
    )
    loud = share >= limits.approval_wait_share
    return Finding(
        rule,
        str(first["cause"]),
        Severity.WARNING if loud else Severity.NOTE,
        f"{wording.plain(first['cause'])} holds {wording.days(first['wait_days'])} of waiting{together}",
        value=share,
        unit="share",
        threshold=limits.approval_wait_share,
        threshold_name="approval_wait_share",
        n=int(first["items"]),
        money=number(float(first["money"])),
        clears_when=f"gates hold under {wording.percent(limits.approval_wait_share)} of all waiting"
        if loud
        else "",
        details={
            "owner": first["owner"] if isinstance(first["owner"], str) else None,
            "days": number(float(first["wait_days"])),
            "money_basis": first["money_basis"] if isinstance(first["money_basis"], str) else None,
        },
    )


def concept_to_customer(
    concepts: pd.DataFrame, stages: pd.DataFrame, limits: Thresholds, level: str = "item"
) -> Finding:
    """Such as "From idea to customer: half within 243 days, 70 % of it implementing"; frames as
    ``flow.concept_to_customer`` and ``flow.concept_stages`` return them."""
    rule, days = "flow.concept_to_customer", concepts["concept_days"].dropna()
    needed = small(limits).needed(0.5)
    if len(days) < needed:
        return too_few(rule, "concept to customer", len(days), needed, level=level)
    middle = float(days.median())
    sentence = f"From idea to customer: half within {wording.days(middle)}"
    details: dict[str, object] = {}
    if len(stages):  # none where all of it took no time
        longest = stages.sort_values("share", ascending=False, kind="stable").iloc[0]
        sentence += (
            f", {wording.percent(longest['share'])} of all that time in {wording.plain(longest['stage'])}"
        )
        details = {"longest_stage": str(longest["stage"]), "share": float(longest["share"])}
    return Finding(
        rule,
        PORTFOLIO,
        Severity.NOTE,
        sentence,
        value=middle,
        unit="days",
        n=len(days),
        evidence=(Evidence.of("work_items", concepts),),
        details=details,
    )


def halved(halves: pd.DataFrame) -> Finding:
    """Such as "Halving Integration test queue would lift flow efficiency from 26 to 34 %"; ``halves`` as
    ``flow.if_halved`` returns it."""
    rule = "flow.if_halved"
    if halves.empty or not wording.known(halves["gain_share"].max()):
        return unknown(
            rule,
            "No conclusion on halving a queue: nothing that was finished had waited",
            missing=("waiting of finished items",),
        )
    best = halves.sort_values("gain_share", ascending=False, kind="stable").iloc[0]
    if not best["flow_efficiency"] > 0:
        return unknown(
            rule,
            "No conclusion on halving a queue: nothing that was finished had been worked on",
            missing=("work on finished items",),
        )
    lift = (
        f"from {wording.percent(best['flow_efficiency'])} to "
        f"{wording.percent(best['flow_efficiency_if_halved'])}"
    )
    return Finding(
        rule,
        str(best["cause"]),
        Severity.NOTE,
        f"Halving {wording.plain(best['cause'])} would lift flow efficiency {lift}, "
        f"{wording.days(best['days_saved_per_item'])} an item",
        value=float(best["gain_share"]),
        unit="share",
        details={"days_saved_per_item": float(best["days_saved_per_item"])},
    )


def wip_per_person(by_stream: pd.DataFrame, level: str = "item") -> Finding:
    """Such as "Store Experience carries most work a person: 0.26 epics"; ``by_stream`` as
    ``flow.wip_by_stream`` returns it."""
    rule = "flow.wip_per_person"
    known = by_stream[by_stream["wip_per_person"].notna()]
    if known.empty:
        return unknown(
            rule,
            "No conclusion on load a person: no stream says how many people it has",
            missing=("people of value_streams",),
        )
    if not known["wip"].sum():
        return unknown(
            rule, "No conclusion on load a person: nothing is in progress", missing=("work in progress",)
        )
    most = known.sort_values("wip_per_person", ascending=False, kind="stable").iloc[0]
    mean = float(known["wip"].sum() / known["people"].sum())
    return Finding(
        rule,
        str(most["value_stream_id"]),
        Severity.NOTE,
        f"{wording.plain(most['value_stream'])} carries most a person: "
        f"{wording.counted(most['wip_per_person'], level)}, "
        f"all streams {wording.number(mean)}",
        value=float(most["wip_per_person"]),
        unit="number",
        n=int(known["wip"].sum()),
    )


def before_after(changes: pd.DataFrame, level: str = "item") -> list[Finding]:
    """Such as "Lead time to value, 85th percentile: 72 days longer than before (between 6 and 295 days)"; one
    finding a row of ``flow.before_after``. Clear changes are good news or a warning, others a note; too few
    items: unknown."""
    return [_compared(row, level) for _, row in changes.iterrows()]


def _compared(row: pd.Series, level: str) -> Finding:
    rule, name = "flow.before_after", str(row["measure"])
    if not wording.known(row["low"]):
        few = int(min(row["n_before"], row["n_after"]))
        return unknown(
            rule,
            f"No conclusion on {name}: {wording.counted(few, level)} in one of the two windows",
            n=few,
            subject=name,
            missing=("items in both windows",),
        )
    longer = row["change_days"] > 0
    if row["low"] <= 0 <= row["high"]:
        severity, words = Severity.NOTE, "no clear change"
    else:
        severity = Severity.WARNING if longer else Severity.GOOD
        words = f"{wording.days(abs(row['change_days']))} {'longer' if longer else 'shorter'} than before"
    ends = sorted(abs(value) for value in (row["low"], row["high"])) if row["low"] * row["high"] > 0 else None
    spread = f" ({wording.between(ends[0], ends[1], wording.days)})" if ends else ""
    return Finding(
        rule,
        name,
        severity,
        f"{name[0].upper()}{name[1:]}: {words}{spread}",
        value=float(row["change_days"]),
        unit="days",
        n=int(row["n_after"]),
        details={
            "before": number(row["before_days"]),
            "after": number(row["after_days"]),
            "low": number(row["low"]),
            "high": number(row["high"]),
        },
    )


def excluded(items: pd.DataFrame, level: str = "item") -> Finding:
    """Such as "3 epics are left out of some figure": what ``flow.excluded`` lists, counted by reason."""
    rule, left = "flow.excluded", flow.excluded(items)
    if not flow.on_record(items):
        return unrecorded(rule, "what is left out", n=len(items))
    if left.empty:
        return Finding(
            rule,
            PORTFOLIO,
            Severity.NOTE,
            f"Every {level} counts in every figure",
            value=0.0,
            unit="items",
            n=len(items),
        )
    reasons = left["excluded_because"].str.split("; ").explode().value_counts()
    verb = "is" if len(left) == 1 else "are"
    return Finding(
        rule,
        PORTFOLIO,
        Severity.NOTE,
        f"{wording.counted(len(left), level)} {verb} left out of some figure: {reasons.index[0]}",
        value=float(len(left)),
        unit="items",
        n=len(items),
        evidence=(Evidence.of("work_items", left),),
        details={"reasons": {str(reason): int(count) for reason, count in reasons.items()}},
    )
