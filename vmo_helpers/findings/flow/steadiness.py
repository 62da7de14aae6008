"""How far the numbers carry: what can be promised, whether the window was steady, what a convention
changes."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import since, small
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import each, number
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.sensitivity import NO_SHARE, THIS_DECK
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window


def service_level_expectation(
    expectation: pd.DataFrame,
    cycle_times: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
    day_unit: str = "days",
) -> Finding:
    """Such as "85 % of epics can be expected within 456 days; finished ones alone say 263"; frames as
    ``flow.service_level_expectation`` and ``flow.cycle_time`` return them."""
    rule, q = Rule("flow.expectation"), limits.stalled_percentile
    chosen = expectation[(expectation["quantile"] - q).abs() < 1e-9]
    if chosen.empty or not wording.known(chosen["days"].iloc[0]):
        why = "the quantile was not asked for" if chosen.empty else str(chosen["why"].iloc[0])
        return rule.unknown(
            f"No promise can be made: {why}",
            why,
            n=0 if chosen.empty else chosen["n"].iloc[0],
            clears_when=f"more {wording.plural(level)} are finished",
        )
    row = chosen.iloc[0]
    alone = float(flow.percentiles(cycle_times["cycle_time_days"], [q], small(limits))["days"].iloc[0])
    tail = f"; finished ones alone say {wording.days(alone, day_unit)}" if wording.known(alone) else ""
    return rule.note(
        f"{wording.percent(q)} of {wording.plural(level)} can be expected within "
        f"{wording.days(row['days'], day_unit)}{tail}",
        value=row["days"],
        unit=day_unit,
        n=row["n"],
        details={
            "low": number(row["low"]),
            "high": number(row["high"]),
            "censored": int(row["n_censored"]),
            "finished_alone": number(alone),
        },
    )


def littles_law(check: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "The window was not steady: 75 epics came, 49 left"; ``check`` as ``flow.littles_law`` returns
    it. A warning on stability, no verdict: which of the law's conditions fail is in the details."""
    rule, row = Rule.by("flow.littles_law", limits, "littles_law_gap"), check.iloc[0]
    if not wording.known(row["ratio"]):
        why = "No conclusion on stability: nothing left progress in the window"
        return rule.unknown(why, "departures", n=row["wip_end"])
    conditions = law_conditions(check, limits)
    steady = abs(float(row["ratio"]) - 1) <= limits.littles_law_gap
    average = f"{wording.counted(row['mean_wip'], level)} in progress on average"
    return rule.finds(
        Severity.NOTE if steady else Severity.WARNING,
        f"{average}, as throughput × cycle time says"
        if steady
        else f"The window was not steady: {average}, throughput × cycle time says "
        f"{wording.number(row['expected_wip'])}",
        value=row["ratio"],
        n=row["departures"],
        clears_when="" if steady else "as much leaves progress as enters it",
        details={"conditions_that_fail": conditions.loc[~conditions["holds"], "condition"].tolist()},
    )


def law_conditions(check: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """One row a condition of Little's law: condition, one, other (the two numbers that should be equal; for
    the last: how much was cancelled, and how much left), holds (they differ by at most ``littles_law_gap`` of
    the larger)."""
    row, gap = check.iloc[0], limits.littles_law_gap
    pairs = (
        ("as much arrives as departs", row["arrivals"], row["departures"]),
        ("work in progress is the same at both ends", row["wip_start"], row["wip_end"]),
        ("its age is the same at both ends", row["age_mean_start_days"], row["age_mean_end_days"]),
    )
    rows = [(words, one, other, _alike(one, other, gap)) for words, one, other in pairs]
    lost, left = row["cancelled"], row["departures"]
    rows.append(("what starts is finished", lost, left, bool(lost <= gap * left)))
    return pd.DataFrame(rows, columns=["condition", "one", "other", "holds"])


def _alike(one: float, other: float, gap: float) -> bool:
    """At most ``gap`` of the larger apart; what is at neither end (no work in progress has no age) is the
    same at both."""
    if not (wording.known(one) or wording.known(other)):
        return True
    return bool(abs(one - other) <= gap * max(abs(one), abs(other)))


def delivery_gap(rhythm: pd.DataFrame, window: Window, limits: Thresholds) -> list[Finding]:
    """Such as "Marketplace delivered nothing since April" or "Store Experience last delivered 58 days ago,
    after a gap of 185"; ``rhythm`` as ``flow.release_rhythm`` returns it. A warning from
    ``delivery_gap_days`` on, of streams that had work in progress in the window."""
    rule = Rule.by("flow.delivery_gap", limits, "delivery_gap_days")
    total = rhythm["deliveries"].sum()
    if not total:
        why = f"No conclusion on rhythm: nothing was delivered {since(window)}"
        return [rule.unknown(why, "deliveries")]
    named = rhythm[rhythm["value_stream_id"].notna()]
    if named.empty:
        why = "No conclusion on rhythm: nothing that is known has a value stream"
        return [rule.unknown(why, "value_stream_id of work_items", n=total)]
    named = named.assign(longest=named[["gap_max_days", "until_first_days", "since_last_days"]].max(axis=1))
    named = named[(named["at_work"] > 0) | (named["deliveries"] > 0)]
    quiet = named[(named["longest"] >= limits.delivery_gap_days) | (named["deliveries"] == 0)]
    if quiet.empty:
        calm = f"No stream went {wording.days(limits.delivery_gap_days)} without a delivery"
        return [rule.good(calm, n=total)]
    quiet = quiet.sort_values("longest", ascending=False, na_position="first", kind="stable")
    return [
        rule.warning(
            f"{wording.plain(row['value_stream'])} "
            + (
                f"went {wording.days(row['longest'])} without a delivery"
                if row["deliveries"]
                else f"delivered nothing {since(window)}"
            ),
            subject=row["value_stream_id"],
            value=row["longest"],
            unit="days",
            n=row["deliveries"],
            clears_when="it delivers more often",
        )
        for _, row in each(quiet)
    ]


def distribution(shares: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "93 % of 42 finished epics are features"; ``shares`` as ``flow.distribution`` returns them."""
    rule, total = Rule("flow.distribution"), int(shares["finished"].sum())
    if total < limits.smallest_n_percentile:
        why = f"No conclusion on the mix of work: {wording.counted(total, level)} finished"
        return rule.unknown(why, "finished items", n=total)
    most = shares.sort_values("finished", ascending=False, kind="stable").iloc[0]
    moved = most["share"] - most["share_before"]
    then = (
        f", {wording.points(moved)} {'more' if moved > 0 else 'less'} than in the window before"
        if wording.known(moved) and round(abs(moved), 3) > 0
        else ""
    )
    return rule.note(
        f"{wording.percent(most['share'])} of {wording.counted(total, f'finished {level}')} are "
        f"{most['work_type']} work{then}",
        value=most["share"],
        unit="share",
        n=total,
    )


def predictability(intervals: pd.DataFrame, limits: Thresholds) -> Finding:
    """Such as "91 % of planned business value was achieved over 4 intervals"; ``intervals`` as
    ``flow.predictability`` returns them. Pooled; a warning under ``predictability_low``."""
    rule = Rule.by("flow.predictability", limits, "predictability_low")
    known = intervals[intervals["predictability"].notna()]
    if known.empty:
        why = "No conclusion on predictability: no objective has a planned and an actual value"
        return rule.unknown(why, "table pi_objectives")
    pooled = float(known["actual_value"].sum() / known["planned_value"].sum())
    low = pooled < limits.predictability_low
    return rule.finds(
        Severity.WARNING if low else Severity.GOOD,
        f"{wording.percent(pooled)} of planned business value was achieved over "
        f"{wording.counted(len(known), 'planning interval')}",
        value=pooled,
        unit="share",
        n=known["objectives"].sum(),
        clears_when=f"{wording.percent(limits.predictability_low)} is achieved" if low else "",
        details={
            "mean_of_teams": number(known["teams_mean"].mean()),
            "unscored_objectives": int(intervals["unscored"].sum()),
        },
    )


def sensitivity(panel: pd.DataFrame) -> Finding:
    """Such as "Flow efficiency reads from 20 to 36 % by convention; this deck says 26 %"; ``panel`` as
    ``flow.sensitivity`` returns it."""
    rule, known = Rule("flow.sensitivity"), panel[panel["flow_efficiency"].notna()]
    used = known[known["dimension"].eq(THIS_DECK)]
    if used.empty:
        why = "No conclusion on conventions: flow efficiency is not known"
        return rule.unknown(why, "finished items with transitions")
    shares = known.loc[known["convention"].ne(NO_SHARE), "flow_efficiency"]
    low, high = float(shares.min()), float(shares.max())
    mine = float(used["flow_efficiency"].iloc[0])
    return rule.note(
        f"Flow efficiency reads {wording.between(low, high, wording.percent)} by convention; this deck "
        f"says {wording.percent(mine)}",
        value=mine,
        unit="share",
        n=len(known) - 1,
        details={"low": low, "high": high},
    )
