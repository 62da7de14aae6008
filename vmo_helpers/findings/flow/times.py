"""How long work takes, how old it is, and how much of that is work."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import (
    MOST_SUBJECTS,
    PORTFOLIO,
    moved,
    number,
    small,
    too_few,
    unknown,
    unrecorded,
)
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.figures import pooled
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


def stalled_items(
    ages: pd.DataFrame, took: pd.DataFrame, limits: Thresholds, level: str = "item", *, on_record: bool = True
) -> list[Finding]:
    """Such as "11 epics are taking longer than 85 % of work does": the count first, then every such item,
    oldest first.

    ``ages`` as ``flow.work_item_age`` returns them. ``took`` is the service level expectation, as
    ``flow.service_level_expectation`` returns it with ``stalled_percentile`` among its quantiles (work that
    is still open counts), or finished items, as ``flow.cycle_time`` returns them (a line that is too low
    while old work is open). An item is stalled when its age is over that line. Where the line is not known,
    or nothing is on record (``flow.on_record``): unknown.
    """
    rule, q = "flow.stalled_item", limits.stalled_percentile
    if not on_record:
        return [unrecorded(rule, "stalled work")]
    if len(ages) == 0:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.NOTE,
                "Nothing is in progress, so nothing is stalled",
                value=0.0,
                unit="items",
            )
        ]
    line, n, why, source = _line(took, q, limits)
    if line is None:
        return [
            unknown(
                rule,
                f"No conclusion on stalled work: {why}",
                n=n,
                missing=(why,),
                clears_when=f"more {level}s are finished",
            )
        ]
    old = ages[ages["age_days"] > line].sort_values("age_days", ascending=False, kind="stable")
    share = f"{wording.percent(q)} of {source}"
    if old.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No {level} in progress is taking longer than {share}",
                value=0.0,
                unit="items",
                threshold=line,
                threshold_name="stalled_percentile",
                n=len(ages),
            )
        ]
    verb = "is" if len(old) == 1 else "are"
    first = Finding(
        rule,
        PORTFOLIO,
        Severity.ALARM,
        f"{wording.counted(len(old), level)} {verb} taking longer than {share}",
        value=float(len(old)),
        unit="items",
        threshold=line,
        threshold_name="stalled_percentile",
        n=len(ages),
        evidence=(Evidence.of("work_items", old),),
        money=number(float(old["planned_cost"].sum(min_count=1))),
        clears_when=f"none in progress is older than {wording.days(line)}",
        details={"items": old["item_id"].tolist()[:MOST_SUBJECTS], "line_days": line},
    )
    return [
        first,
        *[_stalled(index, item, line, limits, rule) for index, item in old.head(MOST_SUBJECTS).iterrows()],
    ]


def _line(took: pd.DataFrame, q: float, limits: Thresholds) -> tuple[float | None, int, str, str]:
    """The age over which an item is stalled, on how many items it rests, why there is none, and what it is
    the line of."""
    if "cycle_time_days" in took.columns:
        row, source = (
            flow.percentiles(took["cycle_time_days"], [q], small(limits)).iloc[0],
            "finished work did",
        )
    else:
        chosen = took[(took["quantile"] - q).abs() < 1e-9]
        if chosen.empty:
            return None, 0, f"the expectation has no {wording.percent(q)} quantile", ""
        row, source = chosen.iloc[0], "work does"
    known = wording.known(row["days"])
    return float(row["days"]) if known else None, int(row["n"]), str(row["why"]), source


def _stalled(row: object, item: pd.Series, line: float, limits: Thresholds, rule: str) -> Finding:
    where = f" and stands in {wording.plain(item['state'])}" if isinstance(item["state"], str) else ""
    return Finding(
        rule,
        str(item["item_id"]),
        Severity.WARNING,
        f"{wording.plain(item['title'])} has been in progress for {wording.days(item['age_days'])}{where}",
        value=float(item["age_days"]),
        unit="days",
        threshold=line,
        threshold_name="stalled_percentile",
        n=1,
        evidence=(Evidence.of("work_items", pd.Index([row])),),
        money=number(float(item["planned_cost"])),
        clears_when=f"it is finished; {wording.percent(limits.stalled_percentile)} took "
        f"{wording.days(line)} at most",
    )


def lead_time(now: pd.DataFrame, before: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "Lead time to value: 85 % within 212 days, 18 days more than in the window before"; frames as
    ``flow.lead_time_to_value``.

    A change counts when its 95 % bootstrap interval (seeded) leaves zero. Where fewer than the tail needs
    were delivered, the median stands in; under that: unknown.
    """
    fell = int(now["lead_time_fell_back"].sum())
    found = _length(
        "flow.lead_time",
        "Lead time to value",
        now["lead_time_days"],
        before["lead_time_days"],
        limits,
        level,
        now,
    )
    if len(now) and fell:
        found.details["fell_back"] = fell
    return found


def cycle_time(now: pd.DataFrame, before: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "Cycle time: 85 % within 13 days"; frames as ``flow.cycle_time`` returns them; change as
    ``lead_time`` judges it."""
    return _length(
        "flow.cycle_time", "Cycle time", now["cycle_time_days"], before["cycle_time_days"], limits, level, now
    )


def _length(
    rule: str,
    name: str,
    now: pd.Series,
    before: pd.Series,
    limits: Thresholds,
    level: str,
    rows: pd.DataFrame,
) -> Finding:
    least, q = small(limits), limits.stalled_percentile
    if least.why(len(now), 0.5):
        return too_few(rule, name[0].lower() + name[1:], len(now), least.needed(0.5), level=level)
    if least.why(len(now), q):
        q = 0.5
    change = flow.change(before, now, q, small=least)
    severity, words = moved(change, worse_when_up=True)
    what = (
        f"{wording.percent(q)} within {wording.days(change['after'])}"
        if q != 0.5
        else f"half within {wording.days(change['after'])}"
    )
    return Finding(
        rule,
        PORTFOLIO,
        severity,
        f"{name}: {what}{words}",
        value=change["after"],
        unit="days",
        n=len(now),
        evidence=(Evidence.of("work_items", rows),),
        clears_when="it is no longer above the window before" if severity is Severity.WARNING else "",
        details={"quantile": q, **{key: number(float(value)) for key, value in change.items()}},
    )


def flow_efficiency(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "Work is waiting 78 % of its time": pooled over items finished in the window, against
    ``flow_efficiency_alarm``."""
    rule = "flow.flow_efficiency"
    counted = items[items["finished_in_window"] & items["flow_efficiency"].notna()]
    needed = int(limits.smallest_n_percentile)
    if len(counted) == 0:
        return unknown(
            rule,
            "No conclusion on flow efficiency: nothing finished left a trace of work and waiting",
            missing=("transitions of finished items",),
            clears_when="items with transitions are finished",
        )
    if len(counted) < needed:
        return too_few(rule, "flow efficiency", len(counted), needed, level=level)
    value, low, high = pooled(
        counted["active_days"].to_numpy(), (counted["active_days"] + counted["wait_days"]).to_numpy()
    )
    alarm = value < limits.flow_efficiency_alarm
    return Finding(
        rule,
        PORTFOLIO,
        Severity.ALARM if alarm else Severity.NOTE,
        f"Work waits {wording.percent(1 - value)} of its time: flow efficiency is {wording.percent(value)}",
        value=value,
        unit="share",
        threshold=limits.flow_efficiency_alarm,
        threshold_name="flow_efficiency_alarm",
        n=len(counted),
        clears_when=f"{wording.percent(limits.flow_efficiency_alarm)} of the time is work" if alarm else "",
        details={
            "low": number(low),
            "high": number(high),
            "median_item": number(float(counted["flow_efficiency"].median())),
        },
    )
