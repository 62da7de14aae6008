"""Which stage lets too few out, and what earlier warnings were worth."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, by_number, each
from vmo_helpers.forecasts.stages import FOLLOWED_WEEKS, LEAST_WARNINGS
from vmo_helpers.measures.flow.comparison import ALL
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds


def warning(watched: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "1 of 3 stages warns: implementing; of 4 earlier warnings 3 were followed", then each that does.

    ``watched`` as ``forecasts.stages`` returns it. How sure a warning is, its own past tells.
    """
    rule = Rule.by("forecast.warning", limits, "warning_score")
    one = Rule.by("forecast.stage_warning", limits, "warning_score")
    able = watched[watched["why"].isna()]
    if able.empty:
        why = "no work has moved" if watched.empty else str(watched["why"].iloc[0])
        return [
            rule.unknown(
                f"No stage is watched: {why}",
                "moves of a year",
                n=len(watched),
                clears_when="a stage has a baseline of 26 weeks in which 20 items left it",
            )
        ]
    on = able[able["on"]].sort_values("score", ascending=False, kind="stable")
    count = wording.counted(len(able), "stage")
    tested = _tested(able)
    calm = "the one stage watched does not let" if len(able) == 1 else f"none of {count} watched lets"
    if on.empty:
        return [
            rule.note(
                f"No warning: {calm} clearly fewer out than the ages of its items say; {tested}",
                value=0,
                unit="items",
                n=len(able),
            )
        ]
    names = wording.listed([_name(row) for _, row in each(on)])
    first = rule.warning(
        f"{wording.number(len(on))} of {count} watched {by_number(len(on), 'warns', 'warn')}, "
        f"{names}; {tested}",
        value=len(on),
        unit="items",
        n=len(able),
        clears_when="as many leave as their ages say",
        details={"subjects": [_subject(row) for _, row in on.head(MOST_SUBJECTS).iterrows()]},
    )
    return [first, *(_stage(one, row) for _, row in each(on))]


def _stage(rule: Rule, row: pd.Series) -> Finding:
    lacks = (
        f"given their ages {wording.number(round(row['expected']))} should have left in "
        f"{wording.counted(row['weeks'], 'week')}, {wording.number(row['departed'])} did"
    )
    when = (
        "work here is quick, so lead time is hurt now"
        if row["now"]
        else f"warned of since {wording.day(row['since'].date(), year=True)}, from which on lead time may be "
        f"hurt {wording.span(row['earliest'].date(), row['latest'].date(), ' to ')}"
    )
    return rule.warning(
        f"{wording.sentence(_name(row))}: {lacks}; {when}",
        subject=_subject(row),
        value=row["score"],
        n=row["departed"],
        clears_when="as many leave as their ages say",
        details={"ask": f"Give {_name(row)} what it waits for, before lead time is hurt"},
    )


def _tested(able: pd.DataFrame) -> str:
    past, followed = int(able["past_warnings"].sum()), int(able["past_followed"].sum())
    if past < LEAST_WARNINGS:
        over = f"{wording.number(past)} earlier {by_number(past, 'one is', 'ones are')} over"
        return f"warnings are not yet tested here: {over if past else 'no earlier one is over'}"
    return (
        f"of {wording.number(past)} earlier warnings {wording.number(followed)} "
        f"{by_number(followed, 'was', 'were')} followed by longer lead times within {FOLLOWED_WEEKS} weeks"
    )


def _name(row: pd.Series) -> str:
    stage = wording.plain(row["stage"])
    return stage if row["value_stream_id"] == ALL else f"{stage} of {wording.plain(row['value_stream'])}"


def _subject(row: pd.Series) -> str:
    return str(row["stage"]) if row["value_stream_id"] == ALL else f"{row['stage']}/{row['value_stream_id']}"
