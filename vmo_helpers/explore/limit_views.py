"""What a limit on work in progress would do to its time, by Little's law, and whether the law may be used
here at all."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from vmo_helpers import charts, findings, measures
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import Rows, View
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

ASKED = "no more is asked for than is finished: else the wait moves to before the start"
PACE = "as much is finished as now: a limit takes away waiting, not hands"


@dataclass(frozen=True)
class Effect:
    """Mean days in progress = work in progress ÷ departures a day: over the window, were it to stay as it is
    today, and under a limit. NaN where nothing departs.

    ``working`` is the mean active time of what was finished in the window, below which no limit brings an
    item: ``days_then`` stops there. NaN, and no stop, where it is not known in elapsed days.
    """

    mean_wip: float
    wip: int
    limit: int
    per_week: float
    days: float
    days_today: float
    days_then: float
    working: float
    conditions: pd.DataFrame

    @property
    def stopped(self) -> bool:
        """Whether the limit asks for less than the time that is worked on an item."""
        return self.days_then == self.working

    @property
    def holds(self) -> bool:
        """Whether each condition of the law held in the window."""
        return bool(self.conditions["holds"].all())


def effect(scene: Scene, limit: int) -> Effect:
    """What the law says of a limit, from the window's mean work in progress and its departures (elapsed
    days)."""
    law = measures.flow.littles_law(scene.log, scene.window)
    row = law.iloc[0]
    pace = float(row["throughput_per_day"])
    mean, wip = float(row["mean_wip"]), in_progress(scene)
    days, today, then = (value / pace if pace > 0 else float("nan") for value in (mean, wip, limit))
    working = _working(scene)
    then = max(then, working) if wording.known(working) else then
    told = findings.flow.law_conditions(law, scene.limits)
    return Effect(mean, wip, limit, pace * 7, days, today, then, working, told)


def _working(scene: Scene) -> float:
    """Mean active days of what was finished in the window; NaN where days are not elapsed ones."""
    finished = scene.items.loc[scene.items["finished_in_window"], "active_days"]
    return float(finished.mean()) if scene.day_unit == "days" else float("nan")


def in_progress(scene: Scene) -> int:
    """How much is in progress at the review's instant."""
    return int(scene.items["age_days"].notna().sum())


def what_if(scene: Scene, limit: int) -> View:
    """Mean time in progress now and with a limit, and the law's conditions as rows."""
    found, level = effect(scene, limit), scene.level
    rows = conditions(found)
    if not wording.known(found.days):
        sentence = f"No conclusion on a limit: no {level} left progress in the window"
        severity, bars = Severity.UNKNOWN, pd.DataFrame({"cause": [], "days": []})
    else:
        shorter = found.days_today - found.days_then
        change = (
            f"{wording.days(abs(shorter))} {'less' if shorter > 0 else 'more'} than at today’s {found.wip}"
            if shorter
            else "as today"
        )
        sentence = (
            f"With {wording.counted(limit, level)} in progress: {wording.days(found.days_then)} "
            f"each, {change}"
        )
        if found.stopped:
            sentence += ": so long is worked on each, and a limit takes away waiting alone"
        severity = Severity.NOTE if found.holds else Severity.WARNING
        cases = [
            f"The window’s mean: {wording.number(found.mean_wip)}",
            f"Today: {found.wip}",
            f"With a limit: {limit}",
        ]
        bars = pd.DataFrame({"cause": cases, "days": [found.days, found.days_today, found.days_then]})
    broken = int((~found.conditions["holds"]).sum())
    trust = (
        "The law's conditions held in this window."
        if not broken
        else f"{wording.counted(broken, 'condition')} of the law did not hold in this window: read it as "
        "a direction, not as a promise."
    )
    note = (
        f"Mean time in progress = work in progress ÷ departures, {wording.number(found.per_week)} a week "
        "in this window. "
        f"Lead time falls by as much where {ASKED}, and {PACE}. {trust}"
    )
    chart = charts.flow.time_in_progress(bars, alt=sentence)
    return View(sentence, severity, note, spec_of(chart), rows, "condition of the law", lambda _: Rows(rows))


def conditions(found: Effect) -> pd.DataFrame:
    """Each condition with its two numbers and whether it held: condition, numbers, held."""
    numbers = [
        f"{wording.number(one)} and {wording.number(other)}"
        for one, other in zip(found.conditions["one"], found.conditions["other"], strict=True)
    ]
    return pd.DataFrame(
        {"condition": found.conditions["condition"], "numbers": numbers, "held": found.conditions["holds"]}
    )
