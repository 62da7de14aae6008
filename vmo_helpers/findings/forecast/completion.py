"""What is finished by when, whether such promises were kept, and what is later than expected."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, beside_line, by_number
from vmo_helpers.forecasts.completion import HORIZON, LEAST_ORIGINS
from vmo_helpers.forecasts.promises import promising
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

_MORE_WEEKS = "more weeks with a finish are on record"


def leaving(by_stream: pd.DataFrame, fan: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """ "At least 6 epics are finished by 24 January 2027, 85 % sure; of 15 such forecasts 15 were kept".

    ``by_stream``, ``fan``: as ``forecasts`` returns them. Where the usual model fell short, both are said.
    Warning: promises of the one that speaks were kept less often than ``forecast_kept_share``.
    """
    rule, whole = Rule.by("forecast.leaving", limits, "forecast_kept_share"), by_stream.iloc[-1]
    if pd.isna(whole["items_p85"]):
        return rule.unknown(
            f"No forecast of the next {HORIZON} weeks: {whole['why']}",
            "finishes",
            n=whole["finished"],
            clears_when=_MORE_WEEKS,
        )
    until = wording.day(fan["day"].iloc[-1].date(), year=True)
    tested, short = _tested(whole, limits)
    return rule.finds(
        Severity.WARNING if short else Severity.NOTE,
        f"At least {wording.counted(whole['items_p85'], level)} "
        f"{by_number(int(whole['items_p85']), 'is', 'are')} finished by {until}, "
        f"{'meant to be ' if short else ''}85 % sure: {tested}",
        value=whole["items_p85"],
        unit="items",
        n=whole["finished"],
        clears_when=f"{wording.percent(limits.forecast_kept_share)} of such forecasts are kept"
        if short
        else "",
        details={
            "model": whole["model"],
            "half": float(whole["items_p50"]),
            "history": int(whole["history_weeks"]),
        },
    )


def _tested(row: pd.Series, limits: Thresholds) -> tuple[str, bool]:
    """How such forecasts did in the past, and whether that is short of the line."""
    tried = 0 if pd.isna(row["tested"]) else int(row["tested"])
    if pd.isna(row["coverage"]):
        return f"not yet tested, {tried} of {LEAST_ORIGINS} earlier forecasts are over", False
    short = bool(row["coverage"] < limits.forecast_kept_share)
    held = f"of {wording.number(tried)} such forecasts {wording.number(row['kept'])} were kept"
    if pd.isna(row["kept_by_other"]):
        return held, short
    other = "the usual model" if row["model"] == "discounted" else "one that forgets faster"
    low = " by promising too little" if row["kept_by_other"] > row["kept"] else ""
    return f"{held}; {other} kept {wording.number(row['kept_by_other'])}{low}", short


def kept(said: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "Of 12 forecasts at month ends all were kept"; ``said`` as ``forecasts.said_and_came`` returns it.

    What promises nothing cannot be broken, and does not count. Warning: fewer kept than
    ``forecast_kept_share``, from eight on.
    """
    rule = Rule.by("forecast.kept", limits, "forecast_kept_share")
    ours = promising(said)
    if len(ours) < LEAST_ORIGINS:
        return rule.unknown(
            f"No conclusion on promises kept: {wording.counted(len(ours), 'forecast')} of earlier month ends "
            f"{by_number(len(ours), 'is', 'are')} over, "
            f"a share needs {LEAST_ORIGINS}",
            "earlier forecasts",
            n=len(ours),
            clears_when=_MORE_WEEKS,
        )
    held, share = int(ours["kept"].sum()), float(ours["kept"].mean())
    short = share < limits.forecast_kept_share
    count = "all" if held == len(ours) else "none" if not held else wording.number(held)
    aside = f" ({beside_line(share, limits.forecast_kept_share)})" if 0 < held < len(ours) else ""
    more = int(said["value_stream_id"].eq("all").sum()) - len(ours)
    empty = f"; {wording.number(more)} more promised nothing" if more else ""
    return rule.finds(
        Severity.WARNING if short else Severity.NOTE,
        f"Of {len(ours)} forecasts that earlier month ends would have given, {count} "
        f"{by_number(held, 'was', 'were') if held != len(ours) else 'were'} kept{aside}{empty}",
        value=share,
        unit="share",
        n=len(ours),
        clears_when=f"{wording.percent(limits.forecast_kept_share)} are kept" if short else "",
        details={"loud_days": [str(day.date()) for day in ours.loc[~ours["kept"], "said_on"]]},
    )


def all_done(by_stream: pd.DataFrame, level: str = "item") -> Finding:
    """ "All 50 open epics are done by 4 May 2027 at the earliest, 85 % sure"; a ceiling over the streams.

    Where a stream has no forecast there is no day for all: it is named, with what it would take.
    """
    rule, whole, streams = Rule("forecast.all_done"), by_stream.iloc[-1], by_stream.iloc[:-1]
    n = int(whole["open_items"])
    if not n:
        return rule.note(f"No {level} is open", value=0, unit="items")
    all_open = f"all {wording.counted(n, f'open {level}')} are" if n > 1 else f"the one open {level} is"
    if pd.notna(whole["done_p85"]):
        until = wording.day(whole["done_p85"].date(), year=True)
        return rule.note(
            f"{wording.sentence(all_open)} done by {until} at the earliest, 85 % sure",
            value=whole["done_p85_days"],
            unit="days",
            n=n,
        )
    lacking = streams[streams["open_items"].gt(0) & streams["items_p85"].isna()]
    if lacking.empty:
        return rule.note(f"Two years are too few to say with 85 % that {all_open} done", n=n)
    names = wording.listed(map(wording.plain, lacking["value_stream"]), most=2)
    return rule.unknown(
        f"When {all_open} done cannot be said: {names} finished too little",
        "finishes in each stream with open work",
        n=n,
        clears_when="each stream with open work has finished something in five of its last weeks",
    )


def growth(by_stream: pd.DataFrame, level: str = "item") -> Finding:
    """ "72 epics were added in 52 weeks and 41 finished: at that pace what is open only grows".

    Warning where the open ones are caught up without what is added, or grow.
    """
    rule, whole = Rule("forecast.growth"), by_stream.iloc[-1]
    if pd.isna(whole["items_p85"]):
        return rule.unknown(f"No conclusion on growth of scope: {whole['why']}", "finishes")
    added, done = int(whole["added"]), int(whole["finished"])
    caught = pd.notna(whole["grown_p85"])
    grows = added > done and not caught
    day = wording.day(whole["grown_p85"].date(), year=True) if caught else ""
    ends = (
        f"is caught up by {day}" if caught else "only grows" if grows else "is not caught up within two years"
    )
    weeks = wording.counted(whole["history_weeks"], "week")
    return rule.finds(
        Severity.WARNING if grows else Severity.NOTE,
        f"{wording.counted(added, level)} {by_number(added, 'was', 'were')} added in {weeks} and "
        f"{wording.number(done)} finished: at that pace what is open {ends}",
        value=added - done,
        unit="items",
        n=added,
        clears_when="no more is added than is finished" if grows else "",
    )


def late_items(late: pd.DataFrame, level: str = "item", day_unit: str = "days") -> Finding:
    """ "6 of 50 epics in progress are later than expected already; 3 more are as likely as not to be".

    ``late`` as ``forecasts.items_late`` returns it.
    """
    rule = Rule("forecast.late_items")
    if late.empty:
        return rule.unknown(f"No conclusion on lateness: no {level} is in progress", "work in progress")
    if late["late"].isna().all():
        return rule.unknown(f"No conclusion on lateness: {late['why'].iloc[0]}", "finishes", n=len(late))
    found = late[late["late"].fillna(False).astype(bool)]
    likely = late[~late["late"].fillna(False).astype(bool) & late["late_chance"].ge(0.5)]
    more = f"; {wording.number(len(likely))} more as likely as not" if len(likely) else ""
    expected = wording.days(late["expected_days"].iloc[0], day_unit)
    count = wording.counted(len(late), level)
    if found.empty:
        calm = f"None of {count} in progress is later than the {expected} that are expected{more}"
        return rule.good(calm, value=0, unit="items", n=len(late))
    return rule.warning(
        f"{wording.number(len(found))} of {count} in progress {by_number(len(found), 'is', 'are')} "
        f"later than the {expected} that are expected{more}",
        value=len(found),
        unit="items",
        n=len(late),
        rows=found,
        clears_when="they are finished, or stopped",
        details={"subjects": found["item_id"].head(MOST_SUBJECTS).tolist()},
    )
