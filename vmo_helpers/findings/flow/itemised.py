"""Findings that name items: worked over again, handed on, blocked, overdue; the count first, then each of
them."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import NO_START, too_few, unrecorded
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, titled
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window


def rework(
    items: pd.DataFrame, limits: Thresholds, level: str = "item", day_unit: str = "days"
) -> list[Finding]:
    """Such as "5 epics went back three times or more: 310 days spent again": items in progress, or finished
    in the window, with ``rework_moves`` backward moves or more. Without transitions: unknown."""
    least = int(limits.rework_moves)
    rule = Rule("flow.rework", float(least), "rework_moves")
    seen = items[items["backward_moves"].notna() & (items["age_days"].notna() | items["finished_in_window"])]
    if seen.empty:
        why = "No conclusion on rework: no path over the board is on record"
        return [rule.unknown(why, "transitions")]
    found = _most(seen, "backward_moves", least)
    times = f"went back {wording.times(least)} or more"
    days = wording.days(float(found["rework_days"].sum()), day_unit)
    return rule.listed(
        found,
        f"{wording.counted(len(found), level)} {times}: {days} spent again",
        lambda row: (
            f"{titled(row)} went back {wording.counted(row['backward_moves'], 'time')}, "
            f"{wording.days(row['rework_days'], day_unit)} spent again"
        ),
        calm=f"No {level} {times}",
        value="backward_moves",
        n=len(seen),
        clears_when="nothing in progress or finished in the window went back as often",
    )


def reopened(
    items: pd.DataFrame, limits: Thresholds, level: str = "item", day_unit: str = "days"
) -> list[Finding]:
    """Such as "4 of 42 finished epics had been reopened": finished in the window after they had left done
    once, and work that is open again. The count warns from ``reopened_share`` of the finished on; each of
    them is listed. Without transitions: unknown."""
    rule = Rule.by("flow.reopened", limits, "reopened_share")
    seen = items[items["reopened"].notna() & items["finished_in_window"]]
    again = items[items["reopened"].fillna(False).astype(bool)]
    closed, ongoing = again[again["finished_in_window"]], again[again["age_days"].notna()]
    found = pd.concat([ongoing, closed])
    if seen.empty and found.empty:
        why = "No conclusion on reopened work: nothing with transitions was finished"
        return [rule.unknown(why, "transitions of finished items")]
    if found.empty:
        calm = f"No finished {level} had been reopened"
        return [rule.good(calm, value=0, unit="share", n=len(seen))]
    share = len(closed) / len(seen) if len(seen) else 0.0
    again_open = by_number(len(ongoing), "is", "are")
    sentence = (
        f"{wording.number(len(closed))} of {wording.counted(len(seen), f'finished {level}')} had "
        "been reopened"
    )
    if seen.empty:
        sentence = (
            f"{wording.counted(len(ongoing), level)} that {by_number(len(ongoing), 'was', 'were')} done "
            f"{again_open} open again"
        )
    elif len(ongoing):
        sentence += f", {wording.number(len(ongoing))} more {again_open} open again"
    return rule.listed(
        found,
        sentence,
        lambda row: f"{titled(row)} was done, and was worked on again",
        severity=Severity.WARNING if share >= limits.reopened_share or len(ongoing) else Severity.NOTE,
        value="rework_days",
        unit=day_unit,
        n=len(seen) or len(found),
        clears_when=f"under {wording.percent(limits.reopened_share)} of the finished had been done before",
    )


def hand_offs(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """Such as "5 epics changed hands ten times or more": items in progress, or finished in the window, with
    ``hand_offs_many`` changes of function or more. Where no state names a function: unknown."""
    many = int(limits.hand_offs_many)
    rule = Rule("flow.hand_offs", float(many), "hand_offs_many")
    seen = items[items["handoffs"].notna() & (items["age_days"].notna() | items["finished_in_window"])]
    if seen.empty:
        return [rule.unknown("No conclusion on hand-offs: no state names a function", "function of states")]
    found = _most(seen, "handoffs", many)
    times = f"changed hands {wording.times(many)} or more"
    if len(seen) >= limits.smallest_n_percentile:
        times += f", the median {level} {wording.counted(float(seen['handoffs'].median()), 'time')}"
    return rule.listed(
        found,
        f"{wording.counted(len(found), level)} {times}",
        lambda row: f"{titled(row)} changed hands {wording.counted(row['handoffs'], 'time')}",
        calm=f"No {level} {times}",
        value="handoffs",
        n=len(seen),
        clears_when="it is finished with fewer changes of hands",
    )


def _most(items: pd.DataFrame, column: str, least: int) -> pd.DataFrame:
    """The items with at least so many, those with most first."""
    return items[items[column] >= least].sort_values(column, ascending=False, kind="stable")


def blocked(
    blocked_now: pd.DataFrame,
    items: pd.DataFrame,
    portfolio: Portfolio,
    level: str = "item",
    day_unit: str = "days",
) -> list[Finding]:
    """Such as "4 of 50 epics in progress are blocked, one for 139 days"; ``blocked_now`` as
    ``flow.blocked_now`` returns it.

    Where the portfolio has no table of blockers at all, nothing is known.
    """
    rule, going = Rule("flow.blocked"), int(items["age_days"].notna().sum())
    if not portfolio.has("blockers"):
        why = "No conclusion on blocked work: no blockers are on record"
        return [rule.unknown(why, "table blockers", n=going)]
    if not flow.progress_on_record(items):
        return [unrecorded(rule, "blocked work", NO_START)]
    longest = wording.days(float(blocked_now["blocked_now_days"].max()), day_unit)
    return rule.listed(
        blocked_now,
        f"{len(blocked_now)} of {wording.counted(going, level)} in progress "
        f"{by_number(len(blocked_now), 'is', 'are')} blocked, {'one ' * (len(blocked_now) > 1)}for {longest}",
        lambda row: _blocked(row, day_unit),
        calm=f"No {level} in progress is blocked",
        value="blocked_now_days",
        unit=day_unit,
        n=going,
        clears_when="the blocker is gone",
    )


def _blocked(row: pd.Series, day_unit: str) -> str:
    reason = f": {wording.plain(row['reason'])}" if isinstance(row["reason"], str) else ""
    return f"{titled(row)} has been blocked for {wording.days(row['blocked_now_days'], day_unit)}{reason}"


def overdue(
    late: pd.DataFrame, items: pd.DataFrame, limits: Thresholds, level: str = "item"
) -> list[Finding]:
    """Such as "3 epics began over 548 days ago and have reached nobody"; ``late`` as
    ``flow.overdue_items`` returns it for ``overdue_days``. Without anything started: unknown."""
    rule = Rule.by("flow.release_rhythm", limits, "overdue_days")
    began = f"began over {wording.days(limits.overdue_days)} ago"
    if not items["started_at"].notna().any():
        return [rule.unknown(f"No conclusion on undelivered work: no {level} was started", "started items")]
    return rule.listed(
        late,
        f"{wording.counted(len(late), level)} {began} and {by_number(len(late), 'has', 'have')} "
        "reached nobody",
        lambda row: f"{titled(row)} began {wording.days(row['since_start_days'])} ago and has reached nobody",
        calm=f"No {level} that {began} is still to reach its users",
        severity=Severity.ALARM,
        value="since_start_days",
        unit="days",
        n=int(items["age_days"].notna().sum()),
        clears_when="it is delivered in a smaller part, or stopped",
    )


def queue_after_done(
    queue: pd.DataFrame, window: Window, limits: Thresholds, level: str = "item", day_unit: str = "days"
) -> list[Finding]:
    """Such as "7 of 43 deliveries waited over 120 days after the team was done"; ``queue`` as
    ``flow.queue_after_done`` returns it."""
    rule = Rule.by("flow.queue_after_done", limits, "queue_after_done_days")
    known = queue[queue["queue_days"].notna()]
    if known.empty:
        why = "no state has another layer than the team, or nothing was delivered"
        return [rule.unknown(f"No conclusion on queues after done: {why}", "layer of states", "deliveries")]
    found = known[known["queue_days"] >= limits.queue_after_done_days]
    both = known[known["lead_time_days"].notna()]
    total = float(both["lead_time_days"].sum())
    share = float(both["queue_days"].sum()) / total if total > 0 else None
    if found.empty and len(known) < limits.smallest_n_percentile:
        return [too_few(rule, "queues after done", len(known), int(limits.smallest_n_percentile), level)]
    if found.empty:
        half = float(known["queue_days"].median())
        wait = f"under {wording.days(half, day_unit)}" if half > 0 else "no time"
        sentence = f"Half of what is delivered waits {wait} after the team is done"
        return [rule.note(sentence, value=share, unit="share", n=len(known), details={"half_days": half})]
    line = wording.days(limits.queue_after_done_days, day_unit)
    now = "" if share is None else f", now {wording.percent(share)} of their lead time"
    return rule.listed(
        found,
        f"{len(found)} of {wording.counted(len(known), 'delivery')} waited {line} or more after the team was "
        "done",
        lambda row: (
            f"{titled(row)} waited {wording.days(row['queue_days'], day_unit)} between its team's "
            "done and its users"
        ),
        value="queue_days",
        unit=day_unit,
        n=len(known),
        clears_when=f"what was delivered {_between(window)} waited less{now}",
    )


def _between(window: Window) -> str:
    """ "between 1 November 2025 and 31 October 2026"."""
    return f"between {wording.span(window.start_day, window.end_day, to=' and ')}"


def slow_decisions(latency: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """Such as "6 of 16 decisions took over 30 days"; ``latency`` as ``flow.decision_latency`` returns it:
    decided, or still open."""
    rule = Rule.by("flow.slow_decision", limits, "decision_days")
    if latency.empty:
        return [rule.unknown("No conclusion on decisions: none is on record", "table decisions")]
    found = latency[latency["latency_days"] > limits.decision_days]
    line = wording.days(limits.decision_days)
    if found.empty:
        calm = (
            f"No decision took or waits over {line}"
            if latency["open"].any()
            else f"Every decision asked for was taken within {line}"
        )
        return [rule.good(calm, value=0, n=len(latency))]
    return rule.listed(
        found,
        f"{len(found)} of {wording.counted(len(latency), 'decision')} took or "
        f"{by_number(len(found), 'waits', 'wait')} over {line}",
        lambda row: (
            f"{wording.clipped(wording.plain(row['question']), 90)} "
            f"{'Open for' if row['open'] else 'Decided after'} "
            f"{wording.days(row['latency_days'])}"
        ),
        key="decision_id",
        table="decisions",
        value="latency_days",
        unit="days",
        n=len(latency),
        clears_when=f"decisions are taken within {line}",
    )
