"""Does work get finished: started against finished, throughput, growth of work in progress."""

from __future__ import annotations

import math

import pandas as pd

from vmo_helpers.findings.flow.saying import MOST_SUBJECTS, PORTFOLIO, number, since, unknown, unrecorded
from vmo_helpers.measures import flow
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window

_Z95 = 1.959963984540054


def started_not_finished(
    items: pd.DataFrame, window: Window, limits: Thresholds, level: str = "item"
) -> list[Finding]:
    """Such as "70 started, 0 of them finished since April": for the portfolio, then for every value stream
    where it alarms.

    Alarm: of the items started in the window fewer than ``finished_share_alarm`` are finished by its end,
    where at least ``smallest_n_percentile`` were started. Under that many: unknown, for a few starts tell
    nothing.
    """
    first = _started(items, window, limits, level, PORTFOLIO, "")
    streams = [
        _started(part, window, limits, level, str(key), f"{wording.plain(part['value_stream'].iloc[0])}: ")
        for key, part in items[items["started_in_window"]].groupby("value_stream_id", sort=True)
    ]
    return [first, *[finding for finding in streams if finding.severity is Severity.ALARM][:MOST_SUBJECTS]]


def _started(
    items: pd.DataFrame, window: Window, limits: Thresholds, level: str, subject: str, where: str
) -> Finding:
    rule = "flow.started_not_finished"
    started = items[items["started_in_window"]]
    begun, ended, dropped = (
        len(started),
        int(started["finished_at"].notna().sum()),
        int(started["cancelled_at"].notna().sum()),
    )
    needed = int(limits.smallest_n_percentile)
    if not begun and not flow.on_record(items):
        return unrecorded(rule, "what gets finished", subject=subject)
    if begun < needed:
        few = f"{where or 'No conclusion on what gets finished: '}{wording.counted(begun, level)} started"
        return unknown(
            rule,
            few if begun else f"{where}{'n' if where else 'N'}othing was started {since(window)}",
            n=begun,
            subject=subject,
            missing=(f"started {level}s ({begun} of {needed})",),
            clears_when=f"{needed} {level}s were started in the window",
        )
    share = ended / begun
    alarm = share < limits.finished_share_alarm
    unfinished = started[started["finished_at"].isna()]
    given_up = f", {wording.number(dropped)} given up" if dropped else ""
    return Finding(
        rule,
        subject,
        Severity.ALARM if alarm else Severity.GOOD,
        f"{where}{wording.number(begun)} started, {wording.number(ended)} of them finished{given_up} "
        f"{since(window)}",
        value=share,
        unit="share",
        threshold=limits.finished_share_alarm,
        threshold_name="finished_share_alarm",
        n=begun,
        evidence=(Evidence.of("work_items", unfinished),),
        money=number(
            float(unfinished.loc[unfinished["cancelled_at"].isna(), "planned_cost"].sum(min_count=1))
        ),
        clears_when=f"{wording.percent(limits.finished_share_alarm)} of what is started in the window is "
        "finished"
        if alarm
        else "",
        details={
            "started": begun,
            "finished": ended,
            "cancelled": dropped,
            "finished_in_window": int(items["finished_in_window"].sum()),
        },
    )


def nothing_finished(items: pd.DataFrame, window: Window, level: str = "item") -> list[Finding]:
    """Such as "Marketplace finished nothing since April": value streams with work in progress in which no
    item finished in the window."""
    rule = "flow.nothing_finished"
    counts = _streams(items)
    if not (counts["going"] > 0).any():
        return [
            unknown(
                rule,
                "No conclusion on streams: none has work in progress",
                missing=("value_stream_id of work in progress",),
            )
        ]
    idle = counts[(counts["finished"] == 0) & (counts["going"] > 0)]
    if idle.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"Every stream with work in progress finished some {since(window)}",
                n=len(counts),
            )
        ]
    return [
        Finding(
            rule,
            str(key),
            Severity.WARNING,
            f"{wording.plain(row['name'])} finished nothing {since(window)}, with "
            f"{wording.counted(int(row['going']), level)} in progress",
            value=0.0,
            unit="items",
            n=int(row["going"]),
            clears_when=f"it finishes one {level}",
        )
        for key, row in idle.head(MOST_SUBJECTS).iterrows()
    ]


def too_few_to_say(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """Such as "Marketplace: too few to say, 4 epics finished": streams whose percentiles are not printed.
    Unknown, never calm."""
    rule, needed = "flow.too_few_to_say", int(limits.smallest_n_percentile)
    counts = _streams(items)
    few = counts[counts["finished"] < needed]
    if counts.empty:
        return [
            unknown(
                rule,
                f"No conclusion by stream: no {level} has a value stream",
                missing=("value_stream_id of work_items",),
            )
        ]
    if few.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.NOTE,
                f"Every value stream finished {needed} {level}s or more",
                n=len(counts),
            )
        ]
    return [
        unknown(
            rule,
            f"{wording.plain(row['name'])}: too few to say, "
            f"{wording.counted(int(row['finished']), level)} finished",
            n=int(row["finished"]),
            subject=str(key),
            missing=(f"finished {level}s of {wording.plain(row['name'])} ({row['finished']} of {needed})",),
            clears_when=f"it finishes {needed} {level}s in a window",
        )
        for key, row in few.head(MOST_SUBJECTS).iterrows()
    ]


def _streams(items: pd.DataFrame) -> pd.DataFrame:
    """Per value stream: name, finished in the window, going (in progress)."""
    known = items[items["value_stream_id"].notna()].assign(going=items["age_days"].notna())
    streams = known.groupby("value_stream_id", sort=True)
    return streams.agg(
        name=("value_stream", "first"), finished=("finished_in_window", "sum"), going=("going", "sum")
    )


def throughput(
    weeks: pd.DataFrame,
    before: pd.DataFrame,
    limits: Thresholds,
    level: str = "item",
    *,
    on_record: bool = True,
) -> Finding:
    """Such as "3.2 epics finished a week, 1.1 fewer than in the window before": both frames as
    ``flow.throughput`` returns them.

    A change counts when its 95 % interval (weeks as independent draws) leaves zero. ``on_record`` as
    ``flow.on_record`` returns it: where nothing tells when work starts and ends, nothing is known.
    """
    rule = "flow.throughput"
    if not on_record:
        return unrecorded(rule, "throughput")
    now, then = (frame.loc[frame["whole"], "finished"].to_numpy(dtype="float64") for frame in (weeks, before))
    if len(now) < limits.smallest_n_percentile:
        return unknown(
            rule,
            f"No conclusion on throughput: {wording.counted(len(now), 'whole week')}",
            n=len(now),
            missing=(f"whole weeks (at least {limits.smallest_n_percentile:g})",),
            clears_when="the window holds more whole weeks",
        )
    rate = float(now.mean())
    sentence, severity = f"{wording.counted(rate, level)} finished a week", Severity.NOTE
    if rate == 0:
        return Finding(
            rule,
            PORTFOLIO,
            Severity.ALARM,
            f"No {level} was finished in {wording.counted(len(now), 'week')}",
            value=0.0,
            unit="per_week",
            n=len(now),
            clears_when=f"an {level} is finished" if level[0] in "aeiou" else f"a {level} is finished",
        )
    if len(then) >= limits.smallest_n_percentile:
        change = rate - float(then.mean())
        error = _Z95 * math.sqrt(float(now.var(ddof=1)) / len(now) + float(then.var(ddof=1)) / len(then))
        if abs(change) > error:
            severity = Severity.GOOD if change > 0 else Severity.WARNING
            sentence += (
                f", {wording.number(abs(change))} {'more' if change > 0 else 'fewer'} than in "
                "the window before"
            )
        else:
            sentence += ", no clear change from the window before"
    return Finding(
        rule,
        PORTFOLIO,
        severity,
        sentence,
        value=rate,
        unit="per_week",
        n=len(now),
        clears_when="throughput is no longer below the window before" if severity is Severity.WARNING else "",
        details={"before": number(float(then.mean())) if len(then) else None},
    )


def cumulative_flow(by_day: pd.DataFrame, window: Window, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "Work in progress grew from 31 to 62 since April": ``by_day`` as ``flow.wip_by_day`` returns
    it.

    Warning when it grew by more than ``wip_growth_share`` of where it stood and by at least
    ``smallest_n_percentile`` items.
    """
    rule = "flow.cumulative_flow"
    first = int(by_day["wip"].iloc[0] - by_day["arrivals"].iloc[0] + by_day["departures"].iloc[0])
    last = int(by_day["wip"].iloc[-1])
    if by_day["wip"].max() == 0 and first == 0:
        return unknown(
            rule,
            "No conclusion on work in progress: nothing was in progress",
            missing=("no item was in progress in the window",),
        )
    grown = last - first
    arrived, left = int(by_day["arrivals"].sum()), int(by_day["departures"].sum())
    worse = grown >= limits.smallest_n_percentile and grown > limits.wip_growth_share * first
    verb = "grew" if grown > 0 else "fell"
    sentence = (
        f"Work in progress {verb} from {wording.number(first)} to {wording.number(last)} {since(window)}"
    )
    if grown == 0:
        sentence = (
            f"Work in progress stands at {wording.number(last)}, as on {since(window).removeprefix('since ')}"
        )
    return Finding(
        rule,
        PORTFOLIO,
        Severity.WARNING if worse else Severity.NOTE,
        sentence,
        value=float(grown),
        unit="items",
        n=last,
        threshold=limits.wip_growth_share,
        threshold_name="wip_growth_share",
        clears_when="as many items leave progress as enter it" if worse else "",
        details={"arrivals": arrived, "departures": left, "wip_before": first, "wip": last, "level": level},
    )
