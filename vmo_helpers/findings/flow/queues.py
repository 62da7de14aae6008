"""Where work waits, what stands over its limit, and where most of the board stands."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import MOST_SUBJECTS, PORTFOLIO, number, unknown, unrecorded
from vmo_helpers.measures.flow import wip_limits as measured_limits
from vmo_helpers.measures.flow.waits import BLOCKED, COST_OF_DELAY, NOTHING
from vmo_helpers.measures.flow.wip import NO_STATE
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

_OF = {"state": "in", "function": "for", "gate": "before", "owner": "for", "reason": "for"}


def wait_queue(
    pareto: pd.DataFrame, limits: Thresholds, currency: str = "", by: str = "state"
) -> list[Finding]:
    """Such as "64 % of all waiting is in Integration test queue": every cause that holds ``wait_queue_share``
    of it, longest first.

    ``pareto`` as ``flow.wait_pareto`` returns it, for the same ``by``. From ``wait_queue_alarm`` on it is an
    alarm. Where the causes are so few that one of them must hold so much, the share is that of all time at
    work and waiting. Where no cause holds that much, one note names the longest. Time without a named
    function, gate or owner is no cause; by any of them time under a blocker is "under blockers".
    """
    rule = f"flow.wait_{by}" if by != "state" else "flow.wait_queue"
    named = pareto[~pareto["cause"].isin(NOTHING.values())]
    if pareto.empty or not pareto["wait_days"].sum() > 0:
        return [
            unknown(
                rule,
                "No conclusion on waiting: no waiting is on record",
                missing=("no wait state and no blocker in the window",),
            )
        ]
    if named.empty or not named["wait_days"].sum() > 0:
        return [
            unknown(
                rule,
                f"No conclusion on what is waited for: no {by} is named",
                missing=(f"{by} in the table states",),
            )
        ]
    # of three queues one always holds a quarter: there what counts is its share of all time
    judged = "share" if len(named) * limits.wait_queue_share >= 1 else "share_of_time"
    large = named[named[judged] >= limits.wait_queue_share].head(MOST_SUBJECTS)
    if large.empty:
        return [_queue(rule, named.iloc[0], limits, currency, by, Severity.NOTE, judged)]
    alarming = limits.wait_queue_alarm
    return [
        _queue(
            rule,
            row,
            limits,
            currency,
            by,
            Severity.ALARM if row[judged] >= alarming else Severity.WARNING,
            judged,
        )
        for _, row in large.iterrows()
    ]


def _queue(
    rule: str, row: pd.Series, limits: Thresholds, currency: str, by: str, severity: Severity, judged: str
) -> Finding:
    amount = number(float(row["money"]))
    money = (
        f", {wording.money(amount, currency)} "
        f"{'of delay' if row['money_basis'] == COST_OF_DELAY else 'standing still'}"
        if amount
        else ""
    )
    blocked = row["cause"] == BLOCKED and by in ("function", "gate", "owner")
    place = "under blockers" if blocked else f"{_OF[by]} {wording.plain(row['cause'])}"
    sentence = (
        f"{wording.percent(row['share'])} of all waiting is {place}: {wording.days(row['wait_days'])}{money}"
    )
    owner = row["owner"] if isinstance(row["owner"], str) else None
    return Finding(
        rule,
        str(row["cause"]),
        severity,
        sentence,
        value=float(row["share"]),
        unit="share",
        threshold=limits.wait_queue_share,
        threshold_name="wait_queue_share",
        n=int(row["items"]),
        money=amount,
        clears_when=""
        if severity is Severity.NOTE
        else f"it holds under {wording.percent(limits.wait_queue_share)} of all "
        f"{'waiting' if judged == 'share' else 'time'}",
        details={
            "wait_days": float(row["wait_days"]),
            "share_of_time": number(float(row["share_of_time"])),
            "waiting_now": int(row["waiting_now"]),
            "owner": owner,
            "money_basis": row["money_basis"] if isinstance(row["money_basis"], str) else None,
        },
    )


def wip_limits(
    by_stream: pd.DataFrame,
    by_state: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
    *,
    on_record: bool = True,
) -> list[Finding]:
    """Such as "2 of 6 limits are exceeded: Integration test queue 14 of 8": the count first, then each state
    and stream over its limit.

    Frames as ``flow.wip_by_stream`` and ``flow.wip_by_state`` return them. Without any limit, or with nothing
    on record (``flow.on_record``): unknown. A warning, an alarm from ``wip_over_alarm`` times the limit on. A
    limit that is just met is kept.
    """
    rule = "flow.wip_limit"
    limited = measured_limits(by_stream, by_state)
    if not on_record:
        return [unrecorded(rule, "limits", n=len(limited))]
    if limited.empty:
        total = int(by_stream["wip"].sum())
        return [
            unknown(
                rule,
                f"No limit holds the {wording.counted(total, level)} in progress"
                if total
                else "No limit holds work in progress",
                n=total,
                missing=("wip_limit of states and value_streams",),
                clears_when="limits are set",
            )
        ]
    idle = by_state.loc[
        by_state["items"] > by_state.get("wip", by_state["items"]), "state"
    ]  # not all that stands there has started
    over = limited[limited["over"] > 0].assign(times=lambda frame: frame["wip"] / frame["wip_limit"])
    if over.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"All {wording.counted(len(limited), 'limit')} of work in progress are kept"
                if len(limited) > 1
                else "The one limit of work in progress is kept",
                value=0.0,
                unit="number",
                n=len(limited),
            )
        ]
    findings = [
        Finding(
            rule,
            str(row["state_or_stream_id"]),
            _over(row, limits),
            f"{wording.plain(row['state_or_stream'])}: {row['wip']:.0f} "
            f"{'there' if row['state_or_stream_id'] in idle.array else 'in progress'}, the limit is "
            f"{row['wip_limit']:g}",
            value=float(row["wip"]),
            unit="items",
            threshold=float(row["wip_limit"]),
            threshold_name="wip_limit",
            n=int(row["wip"]),
            clears_when=f"at most {row['wip_limit']:g} are in progress",
        )
        for _, row in over.head(MOST_SUBJECTS).iterrows()
    ]
    worst = wording.listed(
        [
            f"{wording.plain(row['state_or_stream'])} {row['wip']:.0f} of {row['wip_limit']:g}"
            for _, row in over.iterrows()
        ],
        most=2,
    )
    verb = "is" if len(over) == 1 else "are"
    loudest = (
        Severity.ALARM
        if any(finding.severity is Severity.ALARM for finding in findings)
        else Severity.WARNING
    )
    first = Finding(
        rule,
        PORTFOLIO,
        loudest,
        f"{len(over)} of {wording.counted(len(limited), 'limit')} {verb} exceeded: {worst}",
        value=float(len(over)),
        unit="number",
        n=len(limited),
        clears_when="every state and stream is at or under its limit",
    )
    return [first, *findings]


def board(columns: pd.DataFrame, level: str = "item") -> Finding:
    """Such as "30 of 56 epics on the board stand in implementing, the oldest began 715 days ago": the fullest
    column that is not done.

    ``columns`` as ``flow.kanban`` returns them; what has no state stands in no column. Nothing on the board:
    unknown.
    """
    rule = "flow.board"
    open_now = columns[~columns["done"].astype(bool) & columns["column"].ne(NO_STATE)]
    total = int(open_now["items"].sum())
    if not total:
        return unknown(
            rule,
            f"No conclusion on the board: no {level} stands on it",
            missing=("transitions of open items",),
        )
    fullest = open_now.sort_values("items", ascending=False, kind="stable").iloc[0]
    count, age = int(fullest["items"]), fullest["oldest_age_days"]
    who = f"{wording.number(count)} of {wording.counted(total, level)}" if total > 1 else f"The one {level}"
    began = "it" if count == 1 else "the oldest"
    oldest = f", {began} began {wording.days(age)} ago" if wording.known(age) else ""
    return Finding(
        rule,
        str(fullest["column"]),
        Severity.NOTE,
        f"{who} on the board {'stands' if count == 1 else 'stand'} in "
        f"{wording.plain(fullest['column'])}{oldest}",
        value=float(count),
        unit="items",
        n=total,
    )


def _over(row: pd.Series, limits: Thresholds) -> Severity:
    return Severity.ALARM if row["times"] >= limits.wip_over_alarm else Severity.WARNING
