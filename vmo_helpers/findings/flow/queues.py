"""Where work waits, what stands over its limit, and where most of the board stands."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import NO_START, unrecorded
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, by_number, each, number, text
from vmo_helpers.measures.flow import progress_on_record
from vmo_helpers.measures.flow import wip_limits as measured_limits
from vmo_helpers.measures.flow.waits import BLOCKED, COST_OF_DELAY, NOTHING
from vmo_helpers.measures.flow.wip import NO_STATE
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

_OF = {"state": "in", "function": "for", "gate": "before", "owner": "for", "reason": "for"}


def wait_queue(
    pareto: pd.DataFrame, limits: Thresholds, currency: str = "", by: str = "state", day_unit: str = "days"
) -> list[Finding]:
    """Such as "64 % of all waiting is in Integration test queue": every cause that holds ``wait_queue_share``
    of it, longest first.

    ``pareto`` as ``flow.wait_pareto`` returns it, for the same ``by``. From ``wait_queue_alarm`` on it is an
    alarm. Where the causes are so few that one of them must hold so much, the share is that of all time at
    work and waiting. Where no cause holds that much, one note names the longest. Time without a named
    function, gate or owner is no cause; by any of them time under a blocker is "under blockers".
    """
    rule = Rule.by("flow.wait_queue" if by == "state" else f"flow.wait_{by}", limits, "wait_queue_share")
    named = pareto[~pareto["cause"].isin(NOTHING.values())]
    if pareto.empty or not pareto["wait_days"].sum() > 0:
        why = "No conclusion on waiting: no waiting is on record"
        return [rule.unknown(why, "no wait state and no blocker in the window")]
    if named.empty or not named["wait_days"].sum() > 0:
        why = f"No conclusion on what is waited for: no {by} is named"
        return [rule.unknown(why, f"{by} in the table states")]
    # of three queues one always holds a quarter: there what counts is its share of all time
    judged = "share" if len(named) * limits.wait_queue_share >= 1 else "share_of_time"
    large = named[named[judged] >= limits.wait_queue_share].head(MOST_SUBJECTS)
    if large.empty:
        return [_queue(rule, named.iloc[0], currency, by, Severity.NOTE, "", day_unit)]
    clears = (
        f"it holds under {wording.percent(limits.wait_queue_share)} of all "
        f"{'waiting' if judged == 'share' else 'time'}"
    )
    return [
        _queue(
            rule,
            row,
            currency,
            by,
            Severity.ALARM if row[judged] >= limits.wait_queue_alarm else Severity.WARNING,
            clears,
            day_unit,
        )
        for _, row in large.iterrows()
    ]


def _queue(
    rule: Rule, row: pd.Series, currency: str, by: str, severity: Severity, clears_when: str, day_unit: str
) -> Finding:
    amount = number(row["money"])
    lost = "of delay" if row["money_basis"] == COST_OF_DELAY else "standing still"
    money = f", {wording.money(amount, currency)} {lost}" if amount else ""
    blocked = row["cause"] == BLOCKED and by in ("function", "gate", "owner")
    place = "under blockers" if blocked else f"{_OF[by]} {wording.plain(row['cause'])}"
    length = wording.days(row["wait_days"], day_unit)
    return rule.finds(
        severity,
        f"{wording.percent(row['share'])} of all waiting is {place}: {length}{money}",
        subject=row["cause"],
        value=row["share"],
        unit="share",
        n=row["items"],
        money=amount,
        clears_when=clears_when,
        details={
            "wait_days": float(row["wait_days"]),
            "share_of_time": number(row["share_of_time"]),
            "waiting_now": int(row["waiting_now"]),
            "owner": text(row["owner"]),
            "money_basis": text(row["money_basis"]),
        },
    )


def wip_limits(
    items: pd.DataFrame,
    by_stream: pd.DataFrame,
    by_state: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
) -> list[Finding]:
    """Such as "2 of 6 limits are exceeded: Integration test queue 14 of 8": the count first, then each state
    and stream over its limit.

    Frames as ``flow.items``, ``flow.wip_by_stream`` and ``flow.wip_by_state`` return them. Without any limit,
    or without a start (``flow.progress_on_record``): unknown. A warning, an alarm from ``wip_over_alarm``
    times the limit on. A limit that is just met is kept.
    """
    rule = Rule("flow.wip_limit")
    limited = measured_limits(by_stream, by_state)
    if not progress_on_record(items):
        return [unrecorded(rule, "limits", NO_START, n=len(limited))]
    if limited.empty:
        total = int(by_stream["wip"].sum())
        held = f"the {wording.counted(total, level)} in progress" if total else "work in progress"
        return [
            rule.unknown(
                f"No limit holds {held}",
                "wip_limit of states and value_streams",
                n=total,
                clears_when="limits are set",
            )
        ]
    over = limited[limited["over"] > 0]
    if over.empty:
        kept = (
            f"{'Both' if len(limited) == 2 else f'All {len(limited)}'} limits of work in progress are kept"
            if len(limited) > 1
            else "The one limit of work in progress is kept"
        )
        return [rule.good(kept, value=0, n=len(limited))]
    # not all that stands there has started
    idle = by_state.loc[by_state["items"] > by_state.get("wip", by_state["items"]), "state"]
    findings = [
        Rule(rule.name, float(row["wip_limit"]), "wip_limit").finds(
            Severity.ALARM if row["wip"] >= limits.wip_over_alarm * row["wip_limit"] else Severity.WARNING,
            f"{wording.plain(row['state_or_stream'])}: {row['wip']:.0f} "
            f"{'there' if row['state_or_stream_id'] in idle.array else 'in progress'}, the limit is "
            f"{row['wip_limit']:g}",
            subject=row["state_or_stream_id"],
            value=row["wip"],
            unit="items",
            n=row["wip"],
            clears_when=f"at most {row['wip_limit']:g} are in progress",
        )
        for _, row in each(over)
    ]
    worst = [
        f"{wording.plain(row['state_or_stream'])} {row['wip']:.0f} of {row['wip_limit']:g}"
        for _, row in over.iterrows()
    ]
    alarm = any(finding.severity is Severity.ALARM for finding in findings)
    first = rule.finds(
        Severity.ALARM if alarm else Severity.WARNING,
        f"{len(over)} of {wording.counted(len(limited), 'limit')} {by_number(len(over), 'is', 'are')} "
        f"exceeded: {wording.listed(worst, most=2)}",
        value=len(over),
        n=len(limited),
        clears_when="every state and stream is at or under its limit",
    )
    return [first, *findings]


def board(columns: pd.DataFrame, level: str = "item", day_unit: str = "days") -> Finding:
    """Such as "30 of 56 epics on the board stand in implementing, the oldest is 715 days old": the fullest
    column that is not done.

    ``columns`` as ``flow.kanban`` returns them; what has no state stands in no column. Nothing on the board:
    unknown.
    """
    rule = Rule("flow.board")
    open_now = columns[~columns["done"].astype(bool) & columns["column"].ne(NO_STATE)]
    total = int(open_now["items"].sum())
    if not total:
        why = f"No conclusion on the board: no {level} stands on it"
        return rule.unknown(why, "transitions of open items")
    fullest = open_now.sort_values("items", ascending=False, kind="stable").iloc[0]
    count, age = int(fullest["items"]), fullest["oldest_age_days"]
    who = f"{wording.number(count)} of {wording.counted(total, level)}" if total > 1 else f"The one {level}"
    old = by_number(count, "it", "the oldest")
    oldest = f", {old} is {wording.days(age, day_unit)} old" if wording.known(age) else ""
    return rule.note(
        f"{who} on the board {by_number(count, 'stands', 'stand')} in "
        f"{wording.plain(fullest['column'])}{oldest}",
        subject=fullest["column"],
        value=count,
        unit="items",
        n=total,
    )
