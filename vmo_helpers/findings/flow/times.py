"""How long work takes, how old it is, and how much of that is work."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import NO_START, moved, small, too_few, unrecorded
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, by_number, each, number, titled
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.figures import pooled
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


def stalled_items(
    items: pd.DataFrame, took: pd.DataFrame, limits: Thresholds, level: str = "item", day_unit: str = "days"
) -> list[Finding]:
    """Such as "11 epics are taking longer than 85 % of work does": the count first, then every such item,
    oldest first.

    ``items`` as ``flow.items`` returns them. ``took`` is the service level expectation, as
    ``flow.service_level_expectation`` returns it with ``stalled_percentile`` among its quantiles (work that
    is still open counts), or finished items, as ``flow.cycle_time`` returns them (a line that is too low
    while old work is open). An item is stalled when its age is over that line. Where the line is not known,
    or no start is on record (``flow.progress_on_record``): unknown.
    """
    rule, q = Rule("flow.stalled_item"), limits.stalled_percentile
    if not flow.progress_on_record(items):
        return [unrecorded(rule, "stalled work", NO_START)]
    ages = flow.work_item_age(items)
    if len(ages) == 0:
        return [rule.note("Nothing is in progress, so nothing is stalled", value=0, unit="items")]
    line, n, why, source = _line(took, q, limits)
    if line is None:
        sentence = f"No conclusion on stalled work: {why}"
        return [rule.unknown(sentence, why, n=n, clears_when=f"more {wording.plural(level)} are finished")]
    rule = Rule(rule.name, line, "stalled_percentile")
    old = ages[ages["age_days"] > line].sort_values("age_days", ascending=False, kind="stable")
    longer = f"taking longer than {wording.percent(q)} of {source}"
    if old.empty:
        return [rule.good(f"No {level} in progress is {longer}", value=0, unit="items", n=len(ages))]
    first = rule.alarm(
        f"{wording.counted(len(old), level)} {by_number(len(old), 'is', 'are')} {longer}",
        value=len(old),
        unit="items",
        n=len(ages),
        rows=old,
        money=old["planned_cost"].sum(min_count=1),
        clears_when=f"nothing in progress is older than {wording.days(line, day_unit)}",
        details={"items": old["item_id"].tolist()[:MOST_SUBJECTS], "line_days": line},
    )
    return [
        first,
        *(
            rule.warning(
                f"{titled(item)} has been in progress for {wording.days(item['age_days'], day_unit)}"
                + (
                    f" and stands in {wording.plain(item['state'])}" if isinstance(item["state"], str) else ""
                ),
                subject=item["item_id"],
                value=item["age_days"],
                unit=day_unit,
                n=1,
                row=row,
                money=item["planned_cost"],
                clears_when=f"it is finished; {wording.percent(q)} took "
                f"{wording.days(line, day_unit)} at most",
            )
            for row, item in each(old)
        ),
    ]


def _line(took: pd.DataFrame, q: float, limits: Thresholds) -> tuple[float | None, int, str, str]:
    """The age over which an item is stalled, on how many items it rests, why there is none, and what it is
    the line of."""
    if "cycle_time_days" in took.columns:
        chosen, source = flow.percentiles(took["cycle_time_days"], [q], small(limits)), "finished work did"
    else:
        chosen, source = took[(took["quantile"] - q).abs() < 1e-9], "work does"
        if chosen.empty:
            return None, 0, f"the expectation has no {wording.percent(q)} quantile", ""
    row = chosen.iloc[0]
    return number(row["days"]), int(row["n"]), str(row["why"]), source


def lead_time(
    now: pd.DataFrame,
    before: pd.DataFrame,
    record: pd.DataFrame,
    trend: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
    day_unit: str = "days",
) -> Finding:
    """Such as "Lead time to value: 85 % within 212 days, 18 days more than in the window before"; frames as
    ``flow.lead_time_to_value``, ``flow.record`` and ``flow.trend`` return them.

    A change counts when its 95 % bootstrap interval (seeded) leaves zero, the record reaches far enough back
    (``flow.no_comparison``) and the trend in this window does not run against it. Where fewer than the tail
    needs were delivered, the median stands in; under that: unknown.
    """
    fell = int(now["lead_time_fell_back"].sum())
    why = flow.no_comparison(record, flow.Kind.LEAD_TIME)
    length = ("flow.lead_time", "Lead time to value", "lead_time_days")
    found = _length(*length, now, before, why, trend, limits, level, day_unit)
    if len(now) and fell:
        found.details["fell_back"] = fell
    return found


def cycle_time(
    now: pd.DataFrame,
    before: pd.DataFrame,
    record: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
    day_unit: str = "days",
) -> Finding:
    """Such as "Cycle time: 85 % within 13 days"; frames as ``flow.cycle_time`` and ``flow.record`` return
    them; change as ``lead_time`` judges it."""
    why = flow.no_comparison(record, flow.Kind.CYCLE_TIME)
    length = ("flow.cycle_time", "Cycle time", "cycle_time_days")
    return _length(*length, now, before, why, None, limits, level, day_unit)


def _length(
    rule: str,
    name: str,
    column: str,
    now: pd.DataFrame,
    before: pd.DataFrame,
    why: str | None,
    trend: pd.DataFrame | None,
    limits: Thresholds,
    level: str,
    day_unit: str,
) -> Finding:
    least, q = small(limits), limits.stalled_percentile
    if least.why(len(now), 0.5):
        return too_few(Rule(rule), name[0].lower() + name[1:], len(now), least.needed(0.5), level)
    if least.why(len(now), q):
        q = 0.5
    change = flow.change(before[column], now[column], q, small=least, why=why)
    severity, words = moved(change, worse_when_up=True, day_unit=day_unit, trend=trend)
    share = wording.percent(q) if q != 0.5 else "half"
    return Rule(rule).finds(
        severity,
        f"{name}: {share} within {wording.days(change['after'], day_unit)}{words}",
        value=change["after"],
        unit=day_unit,
        n=len(now),
        rows=now,
        clears_when="it is no longer above the window before" if severity is Severity.WARNING else "",
        details={"quantile": q, **{key: number(value) for key, value in change.items() if key != "why"}},
    )


def flow_efficiency(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "Work is waiting 78 % of its time": pooled over items finished in the window, against
    ``flow_efficiency_alarm``."""
    rule = Rule.by("flow.flow_efficiency", limits, "flow_efficiency_alarm")
    counted = items[items["finished_in_window"] & items["flow_efficiency"].notna()]
    needed = int(limits.smallest_n_percentile)
    if len(counted) == 0:
        return rule.unknown(
            "No conclusion on flow efficiency: nothing finished left a trace of work and waiting",
            "transitions of finished items",
            clears_when="items with transitions are finished",
        )
    if len(counted) < needed:
        return too_few(rule, "flow efficiency", len(counted), needed, level)
    value, low, high = pooled(
        counted["active_days"].to_numpy(), (counted["active_days"] + counted["wait_days"]).to_numpy()
    )
    alarm = value < limits.flow_efficiency_alarm
    return rule.finds(
        Severity.ALARM if alarm else Severity.NOTE,
        f"Work waits {wording.percent(1 - value)} of its time: flow efficiency is {wording.percent(value)}",
        value=value,
        unit="share",
        n=len(counted),
        clears_when=f"{wording.percent(limits.flow_efficiency_alarm)} of the time is work" if alarm else "",
        details={
            "low": number(low),
            "high": number(high),
            "median_item": number(counted["flow_efficiency"].median()),
        },
    )
