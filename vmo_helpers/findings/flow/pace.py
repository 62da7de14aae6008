"""Does work get finished: started against finished, throughput, growth of work in progress."""

from __future__ import annotations

import math

import pandas as pd

from vmo_helpers.findings.flow.saying import since, unrecorded
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, each, local_day, number
from vmo_helpers.measures import flow
from vmo_helpers.results.finding import PORTFOLIO, Finding
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
    rule = Rule.by("flow.started_not_finished", limits, "finished_share_alarm")
    started = items[items["started_in_window"]]
    begun, needed = len(started), int(limits.smallest_n_percentile)
    ended, dropped = (int(started[when].notna().sum()) for when in ("finished_at", "cancelled_at"))
    if not begun and not flow.on_record(items):
        return unrecorded(rule, "what gets finished", subject=subject)
    if begun < needed:
        few = f"{where or 'No conclusion on what gets finished: '}{wording.counted(begun, level)} started"
        return rule.unknown(
            few if begun else f"{where}{'n' if where else 'N'}othing was started {since(window)}",
            f"started {wording.plural(level)} ({begun} of {needed})",
            n=begun,
            subject=subject,
            clears_when=f"{needed} {wording.plural(level)} were started in the window",
        )
    share = ended / begun
    alarm = share < limits.finished_share_alarm
    unfinished = started[started["finished_at"].isna()]
    given_up = f", {wording.number(dropped)} given up" if dropped else ""
    half = wording.percent(limits.finished_share_alarm)
    return rule.finds(
        Severity.ALARM if alarm else Severity.GOOD,
        f"{where}{wording.number(begun)} started, {wording.number(ended)} of them finished{given_up} "
        f"{since(window)}",
        subject=subject,
        value=share,
        unit="share",
        n=begun,
        rows=unfinished,
        money=unfinished.loc[unfinished["cancelled_at"].isna(), "planned_cost"].sum(min_count=1),
        clears_when=f"{half} of what is started in the window is finished" if alarm else "",
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
    rule = Rule("flow.nothing_finished")
    counts = _streams(items)
    if not (counts["going"] > 0).any():
        why = "No conclusion on streams: none has work in progress"
        return [rule.unknown(why, "value_stream_id of work in progress")]
    idle = counts[(counts["finished"] == 0) & (counts["going"] > 0)]
    if idle.empty:
        calm = f"Every stream with work in progress finished some {since(window)}"
        return [rule.good(calm, n=len(counts))]
    return [
        rule.warning(
            f"{wording.plain(row['name'])} finished nothing {since(window)}, with "
            f"{wording.counted(int(row['going']), level)} in progress",
            subject=key,
            value=0,
            unit="items",
            n=row["going"],
            clears_when=f"it finishes one {level}",
        )
        for key, row in each(idle)
    ]


def too_few_to_say(items: pd.DataFrame, limits: Thresholds, level: str = "item") -> list[Finding]:
    """Such as "Marketplace: too few to say, 4 epics finished": streams whose percentiles are not printed.
    Unknown, never calm."""
    rule, needed = Rule("flow.too_few_to_say"), int(limits.smallest_n_percentile)
    counts = _streams(items)
    few = counts[(counts["finished"] < needed) & (counts["at_work"] > 0)]
    if counts.empty:
        why = f"No conclusion by stream: no {level} has a value stream"
        return [rule.unknown(why, "value_stream_id of work_items")]
    if few.empty:
        said = f"Every value stream at work finished {wording.counted(needed, level)} or more"
        return [rule.note(said, n=len(counts))]
    return [
        rule.unknown(
            f"{wording.plain(row['name'])}: too few to say, "
            f"{wording.counted(int(row['finished']), level)} finished",
            f"finished {wording.plural(level)} of {wording.plain(row['name'])} "
            f"({row['finished']} of {needed})",
            n=row["finished"],
            subject=key,
            clears_when=f"it finishes {needed} {wording.plural(level)} in a window",
        )
        for key, row in each(few)
    ]


def _streams(items: pd.DataFrame) -> pd.DataFrame:
    """Per value stream: name, finished in the window, going (in progress), at_work (either, or started)."""
    going = items["age_days"].notna()
    known = items[items["value_stream_id"].notna()].assign(
        going=going, at_work=going | items["finished_in_window"] | items["started_in_window"]
    )
    streams = known.groupby("value_stream_id", sort=True)
    return streams.agg(
        name=("value_stream", "first"),
        finished=("finished_in_window", "sum"),
        going=("going", "sum"),
        at_work=("at_work", "sum"),
    )


def throughput(
    items: pd.DataFrame,
    weeks: pd.DataFrame,
    before: pd.DataFrame,
    record: pd.DataFrame,
    window: Window,
    limits: Thresholds,
    level: str = "item",
) -> Finding:
    """Such as "3.2 epics finished a week, 1.1 fewer than in the window before": ``weeks`` and ``before`` as
    ``flow.throughput`` returns them, ``items`` as ``flow.items``, ``record`` as ``flow.record``.

    A change counts when its 95 % interval (weeks as independent draws) leaves zero, and the record covers
    every whole week of the window before (``flow.no_comparison``). Weeks before the first start or end on
    record count in neither window. Where nothing tells when work starts and ends (``flow.on_record``),
    nothing is known.
    """
    rule = Rule("flow.throughput")
    if not flow.on_record(items):
        return unrecorded(rule, "throughput")
    now, then = (frame.loc[frame["whole"], "finished"].to_numpy(dtype="float64") for frame in (weeks, before))
    if len(now) < limits.smallest_n_percentile:
        return rule.unknown(
            f"No conclusion on throughput: {wording.counted(len(now), 'whole week')} on record",
            f"whole weeks on record (at least {limits.smallest_n_percentile:g})",
            n=len(now),
            clears_when="the window holds more whole weeks on record",
        )
    rate = float(now.mean())
    if rate == 0:
        return rule.alarm(
            f"No {level} was finished in {wording.counted(len(now), 'week')}",
            value=0,
            unit="per_week",
            n=len(now),
            clears_when=f"{'an' if level[0] in 'aeiou' else 'a'} {level} is finished",
        )
    sentence, severity = f"{wording.counted(rate, level)} finished a week", Severity.NOTE
    begins = record.loc[record["figure"].eq(flow.Kind.COUNTS), "begins_at"].iloc[0]
    if begins > window.start:
        sentence += f" since records begin on {wording.day(local_day(begins, window.timezone), year=True)}"
        then = then[:0]
    elif (why := flow.no_comparison(record, flow.Kind.COUNTS)) is not None:
        sentence, then = f"{sentence}; {why}", then[:0]
    if len(then) >= limits.smallest_n_percentile:
        change = rate - float(then.mean())
        error = _Z95 * math.sqrt(float(now.var(ddof=1)) / len(now) + float(then.var(ddof=1)) / len(then))
        words = "no clear change from"
        if abs(change) > error:
            severity = Severity.GOOD if change > 0 else Severity.WARNING
            words = f"{wording.number(abs(change))} {'more' if change > 0 else 'fewer'} than in"
        sentence += f", {words} the window before"
    return rule.finds(
        severity,
        sentence,
        value=rate,
        unit="per_week",
        n=len(now),
        clears_when="throughput is no longer below the window before" if severity is Severity.WARNING else "",
        details={"before": number(then.mean()) if len(then) else None},
    )


def cumulative_flow(by_day: pd.DataFrame, window: Window, limits: Thresholds, level: str = "item") -> Finding:
    """Such as "Work in progress grew from 31 to 62 since April": ``by_day`` as ``flow.wip_by_day`` returns
    it.

    Warning when it grew by more than ``wip_growth_share`` of where it stood and by at least
    ``smallest_n_percentile`` items. Where the record begins later than the window, growth is not known.
    """
    rule = Rule.by("flow.cumulative_flow", limits, "wip_growth_share")
    first = int(by_day["wip"].iloc[0] - by_day["arrivals"].iloc[0] + by_day["departures"].iloc[0])
    last = int(by_day["wip"].iloc[-1])
    if by_day["wip"].max() == 0 and first == 0:
        why = "No conclusion on work in progress: nothing was in progress"
        return rule.unknown(why, "no item was in progress in the window")
    if not by_day["on_record"].iloc[0]:
        day = wording.day(by_day.loc[by_day["on_record"], "day"].min(), beside=window.end_day)
        return rule.unknown(
            f"No conclusion on how work in progress grew: nothing is on record before {day}",
            "starts and ends from before the window",
            value=None,
            n=last,
            details={"wip": last, "level": level},
            clears_when="the record is as long as the window",
        )
    grown = last - first
    worse = grown >= limits.smallest_n_percentile and grown > limits.wip_growth_share * first
    was, now = wording.number(first), wording.number(last)
    moved = f"{'grew' if grown > 0 else 'fell'} from {was} to {now} {since(window)}"
    if grown == 0:
        moved = f"stands at {now}, as on {since(window).removeprefix('since ')}"
    return rule.finds(
        Severity.WARNING if worse else Severity.NOTE,
        f"Work in progress {moved}",
        value=grown,
        unit="items",
        n=last,
        clears_when="as many items leave progress as enter it" if worse else "",
        details={
            "arrivals": int(by_day["arrivals"].sum()),
            "departures": int(by_day["departures"].sum()),
            "wip_before": first,
            "wip": last,
            "level": level,
        },
    )
