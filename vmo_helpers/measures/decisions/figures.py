"""The headline numbers of decisions."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.results.figure import Figure
from vmo_helpers.style.wording import counted
from vmo_helpers.vocabulary import DecisionState
from vmo_helpers.window import Window


def figures(states: pd.DataFrame, window: Window, smallest_n_percentile: int) -> list[Figure]:
    """decisions.open, decisions.late, decisions.carried_through_share and decisions.delay_p50_days.

    They are of all decisions asked for by as-of. The share is carried through ÷ (carried through + late):
    what is not due yet, or has no due day, is in neither. ``smallest_n_percentile`` is the number of
    decisions under which no median is said.
    """
    count = states["state"].value_counts()
    done, late, waiting = (
        int(count.get(str(word), 0))
        for word in (DecisionState.CARRIED_THROUGH, DecisionState.LATE, DecisionState.OPEN)
    )
    taken = states.loc[states["state"].ne(str(DecisionState.OPEN)), "delay_days"].dropna()
    none = "" if len(states) else "no decision is on record"

    def figure(key: str, value: float | None, unit: str, n: int, definition: str, why: str = "") -> Figure:
        reason = none or why
        return Figure(
            f"decisions.{key}", None if reason else value, unit, n, window, definition, why=reason or None
        )

    due, delays = done + late, len(taken)
    return [
        figure("open", waiting, "number", len(states), "asked for and not decided"),
        figure("late", late, "number", len(states), "decided, not done, and their due day has passed"),
        figure(
            "carried_through_share",
            done / due if due else None,
            "share",
            due,
            "carried through ÷ (carried through + due and not done)",
            "" if due else "no decision that was taken is due yet",
        ),
        figure(
            "delay_p50_days",
            float(taken.median()) if delays else None,
            "days",
            delays,
            "median time from the question to the decision, of those taken",
            ""
            if delays >= smallest_n_percentile
            else f"{counted(delays, 'decision')} taken: too few for a median",
        ),
    ]
