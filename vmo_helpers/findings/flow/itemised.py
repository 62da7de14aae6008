"""Findings that name items: worked over again, handed on, blocked, overdue; the count first, then each of
them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from vmo_helpers.findings.flow.saying import MOST_SUBJECTS, PORTFOLIO, number, too_few, unknown, unrecorded
from vmo_helpers.measures import flow
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window


def _listed(
    rule: str,
    found: pd.DataFrame,
    sentence: str,
    each: Callable[[pd.Series], str],
    value: str,
    unit: str,
    *,
    key: str = "item_id",
    table: str = "work_items",
    threshold: float | None = None,
    threshold_name: str | None = None,
    clears_when: str = "",
    severity: Severity = Severity.WARNING,
    n: int = 0,
) -> list[Finding]:
    """The count with its evidence, then one finding a row, in the order of the frame."""
    cost = "planned_cost" if "planned_cost" in found.columns else None
    first = Finding(
        rule,
        PORTFOLIO,
        severity,
        sentence,
        value=float(len(found)),
        unit="items",
        threshold=threshold,
        threshold_name=threshold_name,
        n=n or len(found),
        evidence=(Evidence.of(table, found),),
        money=number(float(found[cost].sum(min_count=1))) if cost else None,
        clears_when=clears_when,
        details={"subjects": found[key].tolist()[:MOST_SUBJECTS]},
    )
    return [
        first,
        *[
            Finding(
                rule,
                str(row[key]),
                Severity.WARNING,
                each(row),
                value=number(float(row[value])),
                unit=unit,
                threshold=threshold,
                threshold_name=threshold_name,
                n=1,
                evidence=(Evidence.of(table, pd.Index([index])),),
                money=number(float(row[cost])) if cost else None,
                clears_when=clears_when,
            )
            for index, row in found.head(MOST_SUBJECTS).iterrows()
        ],
    ]


def rework(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """Such as "5 epics went back three times or more: 310 days spent again": items in progress, or finished
    in the window, with ``rework_moves`` backward moves or more. Without transitions: unknown."""
    rule, least = "flow.rework", int(limits.rework_moves)
    seen = items[items["backward_moves"].notna() & (items["age_days"].notna() | items["finished_in_window"])]
    if seen.empty:
        return [
            unknown(
                rule, "No conclusion on rework: no path over the board is on record", missing=("transitions",)
            )
        ]
    found = seen[seen["backward_moves"] >= least].sort_values(
        "backward_moves", ascending=False, kind="stable"
    )
    if found.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No {level} went back {wording.small(least)} times or more",
                value=0.0,
                unit="items",
                threshold=least,
                threshold_name="rework_moves",
                n=len(seen),
            )
        ]
    days = wording.days(float(found["rework_days"].sum()))
    return _listed(
        rule,
        found,
        f"{wording.counted(len(found), level)} went back {wording.small(least)} times or more: {days} "
        "spent again",
        lambda row: (
            f"{wording.plain(row['title'])} went back {row['backward_moves']:.0f} times, "
            f"{wording.days(row['rework_days'])} spent again"
        ),
        "backward_moves",
        "number",
        threshold=float(least),
        threshold_name="rework_moves",
        n=len(seen),
        clears_when="nothing in progress or finished in the window went back as often",
    )


def reopened(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """Such as "4 of 42 finished epics had been reopened": finished in the window after they had left done
    once, and work that is open again. The count warns from ``reopened_share`` of the finished on; each of
    them is listed. Without transitions: unknown."""
    rule = "flow.reopened"
    seen = items[items["reopened"].notna() & items["finished_in_window"]]
    again = items[items["reopened"].fillna(False).astype(bool)]
    closed, ongoing = again[again["finished_in_window"]], again[again["age_days"].notna()]
    found = pd.concat([ongoing, closed])
    if seen.empty and found.empty:
        return [
            unknown(
                rule,
                "No conclusion on reopened work: nothing with transitions was finished",
                missing=("transitions of finished items",),
            )
        ]
    if found.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No finished {level} had been reopened",
                value=0.0,
                unit="share",
                threshold=limits.reopened_share,
                threshold_name="reopened_share",
                n=len(seen),
            )
        ]
    share = len(closed) / len(seen) if len(seen) else 0.0
    sentence = (
        f"{wording.number(len(closed))} of {wording.counted(len(seen), f'finished {level}')} had "
        "been reopened"
    )
    if seen.empty:
        one = len(ongoing) == 1
        sentence = (
            f"{wording.counted(len(ongoing), level)} that {'was' if one else 'were'} done "
            f"{'is' if one else 'are'} open again"
        )
    elif len(ongoing):
        sentence += f", {wording.number(len(ongoing))} more {'is' if len(ongoing) == 1 else 'are'} open again"
    loud = Severity.WARNING if share >= limits.reopened_share or len(ongoing) else Severity.NOTE
    return _listed(
        rule,
        found,
        sentence,
        lambda row: f"{wording.plain(row['title'])} was done, and was worked on again",
        "rework_days",
        "days",
        threshold=limits.reopened_share,
        threshold_name="reopened_share",
        severity=loud,
        n=len(seen),
        clears_when=f"under {wording.percent(limits.reopened_share)} of the finished had been done before",
    )


def hand_offs(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """Such as "5 epics changed hands ten times or more": items in progress, or finished in the window, with
    ``hand_offs_many`` changes of function or more. Where no state names a function: unknown."""
    rule, many = "flow.hand_offs", int(limits.hand_offs_many)
    seen = items[items["handoffs"].notna() & (items["age_days"].notna() | items["finished_in_window"])]
    if seen.empty:
        return [
            unknown(
                rule, "No conclusion on hand-offs: no state names a function", missing=("function of states",)
            )
        ]
    found = seen[seen["handoffs"] >= many].sort_values("handoffs", ascending=False, kind="stable")
    enough = len(seen) >= limits.smallest_n_percentile
    middle = (
        f", the median {level} {wording.counted(float(seen['handoffs'].median()), 'time')}" if enough else ""
    )
    if found.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No {level} changed hands {wording.small(many)} times or more{middle}",
                value=0.0,
                unit="items",
                threshold=many,
                threshold_name="hand_offs_many",
                n=len(seen),
            )
        ]
    return _listed(
        rule,
        found,
        f"{wording.counted(len(found), level)} changed hands {wording.small(many)} times or more{middle}",
        lambda row: f"{wording.plain(row['title'])} changed hands {row['handoffs']:.0f} times",
        "handoffs",
        "number",
        threshold=float(many),
        threshold_name="hand_offs_many",
        n=len(seen),
        clears_when="it is finished with fewer changes of hands",
    )


def blocked(
    blocked_now: pd.DataFrame, items: pd.DataFrame, has_blockers: bool, level: str = "item"
) -> list[Finding]:
    """Such as "4 of 50 epics in progress are blocked, one for 139 days"; ``blocked_now`` as
    ``flow.blocked_now`` returns it.

    ``has_blockers``: the table is there at all (``portfolio.has("blockers")``); else nothing is known.
    """
    rule, going = "flow.blocked", int(items["age_days"].notna().sum())
    if not has_blockers:
        return [
            unknown(
                rule,
                "No conclusion on blocked work: no blockers are on record",
                n=going,
                missing=("table blockers",),
            )
        ]
    if not flow.on_record(items):
        return [unrecorded(rule, "blocked work")]
    if blocked_now.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No {level} in progress is blocked",
                value=0.0,
                unit="items",
                n=going,
            )
        ]
    verb = "is" if len(blocked_now) == 1 else "are"
    longest = wording.days(float(blocked_now["blocked_now_days"].max()))
    return _listed(
        rule,
        blocked_now,
        f"{len(blocked_now)} of {wording.counted(going, level)} in progress {verb} blocked, one for "
        f"{longest}",
        lambda row: _blocked(row),
        "blocked_now_days",
        "days",
        n=going,
        clears_when="the blocker is gone",
    )


def _blocked(row: pd.Series) -> str:
    reason = f": {wording.plain(row['reason'])}" if isinstance(row["reason"], str) else ""
    return (
        f"{wording.plain(row['title'])} has been blocked for {wording.days(row['blocked_now_days'])}{reason}"
    )


def release_rhythm(
    overdue: pd.DataFrame, items: pd.DataFrame, limits: Thresholds, level: str = "item"
) -> list[Finding]:
    """Such as "3 epics began over 548 days ago and have reached nobody"; ``overdue`` as
    ``flow.overdue_items`` returns it for ``overdue_days``. Without anything started: unknown."""
    rule, going = "flow.release_rhythm", int(items["age_days"].notna().sum())
    line = wording.days(limits.overdue_days)
    if items["started_at"].notna().sum() == 0:
        return [
            unknown(
                rule, f"No conclusion on undelivered work: no {level} was started", missing=("started items",)
            )
        ]
    if overdue.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No {level} that began over {line} ago is still to reach its users",
                value=0.0,
                unit="items",
                threshold=limits.overdue_days,
                threshold_name="overdue_days",
                n=going,
            )
        ]
    verb = "has" if len(overdue) == 1 else "have"
    return _listed(
        rule,
        overdue,
        f"{wording.counted(len(overdue), level)} began over {line} ago and {verb} reached nobody",
        lambda row: (
            f"{wording.plain(row['title'])} began {wording.days(row['since_start_days'])} ago and has "
            "reached nobody"
        ),
        "since_start_days",
        "days",
        threshold=limits.overdue_days,
        threshold_name="overdue_days",
        severity=Severity.ALARM,
        n=going,
        clears_when="it is delivered in a smaller part, or stopped",
    )


def queue_after_done(
    queue: pd.DataFrame, window: Window, limits: Thresholds, level: str = "item"
) -> list[Finding]:
    """Such as "7 of 43 deliveries waited over 120 days after the team was done"; ``queue`` as
    ``flow.queue_after_done`` returns it."""
    rule, known = "flow.queue_after_done", queue[queue["queue_days"].notna()]
    if known.empty:
        return [
            unknown(
                rule,
                "No conclusion on queues after done: no state has another layer than the team, or "
                "nothing was delivered",
                missing=("layer of states", "deliveries"),
            )
        ]
    found = known[known["queue_days"] >= limits.queue_after_done_days]
    both = known[known["lead_time_days"].notna()]
    total = float(both["lead_time_days"].sum())
    share = float(both["queue_days"].sum()) / total if total > 0 else float("nan")
    tail = f": {wording.percent(share)} of their lead time" if wording.known(share) else ""
    if found.empty and len(known) < limits.smallest_n_percentile:
        return [
            too_few(rule, "queues after done", len(known), int(limits.smallest_n_percentile), level=level)
        ]
    if found.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.NOTE,
                _half_waits(middle := float(known["queue_days"].median())),
                value=number(share),
                unit="share",
                threshold=limits.queue_after_done_days,
                threshold_name="queue_after_done_days",
                n=len(known),
                details={"half_days": middle},
            )
        ]
    line = wording.days(limits.queue_after_done_days)
    return _listed(
        rule,
        found,
        f"{len(found)} of {wording.number(len(known))} deliveries waited {line} or more after the team "
        "was done",
        lambda row: (
            f"{wording.plain(row['title'])} waited {wording.days(row['queue_days'])} between its team's "
            "done and its users"
        ),
        "queue_days",
        "days",
        threshold=limits.queue_after_done_days,
        threshold_name="queue_after_done_days",
        n=len(known),
        clears_when=f"what was delivered {window_words(window)} waited less{tail and ', now' + tail[1:]}",
    )


def _half_waits(middle: float) -> str:
    return (
        "Half of what is delivered waits "
        f"{f'under {wording.days(middle)}' if middle > 0 else 'no time'} after the team is done"
    )


def slow_decisions(latency: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """Such as "6 of 16 decisions took over 30 days"; ``latency`` as ``flow.decision_latency`` returns it:
    decided, or still open."""
    rule = "flow.slow_decision"
    if latency.empty:
        return [unknown(rule, "No conclusion on decisions: none is on record", missing=("table decisions",))]
    found = latency[latency["latency_days"] > limits.decision_days]
    line = wording.days(limits.decision_days)
    if found.empty:
        words = (
            f"No decision took or waits over {line}"
            if latency["open"].any()
            else f"Every decision asked for was taken within {line}"
        )
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                words,
                value=0.0,
                unit="number",
                threshold=limits.decision_days,
                threshold_name="decision_days",
                n=len(latency),
            )
        ]
    return _listed(
        rule,
        found,
        f"{len(found)} of {wording.counted(len(latency), 'decision')} took or wait over {line}",
        lambda row: (
            f"{wording.clipped(wording.plain(row['question']), 90)} "
            f"{'Open for' if row['open'] else 'Decided after'} "
            f"{wording.days(row['latency_days'])}"
        ),
        "latency_days",
        "days",
        key="decision_id",
        table="decisions",
        threshold=limits.decision_days,
        threshold_name="decision_days",
        n=len(latency),
        clears_when=f"decisions are taken within {line}",
    )


def window_words(window: Window) -> str:
    """ "between 1 November 2025 and 31 October 2026"."""
    return (
        f"between {wording.day(window.start_day, beside=window.end_day)} and "
        f"{wording.day(window.end_day, year=True)}"
    )
