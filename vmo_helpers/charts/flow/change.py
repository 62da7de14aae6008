"""What changed: each stage beside the whole, two windows beside each other, Little's law on one line."""

from __future__ import annotations

from functools import partial

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts.canvas import blank, described, needs
from vmo_helpers.charts.intervals import dumbbells, interval_rows
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.style import wording


def stage_change(frame: pd.DataFrame, *, alt: str, day_unit: str = "days") -> altair.LayerChart:
    """Days that each stage became faster or slower, with its interval, and what the customer got of it, in
    the last row.

    ``frame``: one row a stage and one for the whole (name, before_days, after_days, change_days, low, high,
    system; why, if the windows cannot be compared), the whole with ``system``. Coloured is what lies clear
    of zero: what became faster in the accent, a slower whole as an alarm.
    """
    described(alt)
    needs(frame, "name", "before_days", "after_days", "change_days", "low", "high", "system")
    if frame["change_days"].notna().sum() == 0:
        return blank(_nothing(frame), alt)
    shown = frame.sort_values("system", kind="stable")
    whole = shown["system"].astype(bool).to_numpy()
    slower, faster = shown["low"].gt(0).to_numpy(), shown["high"].lt(0).to_numpy()
    tones = np.where(whole & slower, "alarm", np.where(faster, "accent", "strong")).tolist()
    notes, briefs = _changes(shown, day_unit)
    return interval_rows(
        shown,
        shown["name"],
        value="change_days",
        low="low",
        high="high",
        notes=notes,
        briefs=briefs,
        tips=_windows(shown, day_unit),
        subject="Stage",
        title=f"← faster · {wording.unit(day_unit)} · slower →",
        unit="signed",
        tones=tones,
        alt_text=alt,
    )


def two_streams(frame: pd.DataFrame, *, alt: str, day_unit: str = "days") -> altair.LayerChart:
    """Each length of time in two value streams, one under the other, with its interval; the second in the
    accent.

    ``frame``: two rows a figure, those of one figure together (figure, value_stream, value, low, high, n).
    """
    described(alt)
    needs(frame, "figure", "value_stream", "value", "low", "high", "n")
    shown = frame[frame["value"].notna()].reset_index(drop=True)
    if shown.empty:
        return blank("no length of time is known of either", alt)
    say = partial(wording.days, unit=day_unit)
    lengths = [say(value) for value in shown["value"]]
    ranges = [
        wording.between(low, high, say) if wording.known(low) else "not known"
        for low, high in zip(shown["low"], shown["high"], strict=True)
    ]
    second = shown["value_stream"].ne(frame["value_stream"].iloc[0])
    return interval_rows(
        shown,
        shown["figure"] + ": " + shown["value_stream"],
        value="value",
        low="low",
        high="high",
        notes=[f"{length} · n = {n}" for length, n in zip(lengths, shown["n"], strict=True)],
        briefs=lengths,
        tips={"Length": lengths, "95 %": ranges, "Items": [wording.number(n) for n in shown["n"]]},
        subject="Figure",
        title=wording.unit(day_unit),
        unit="days",
        tones=np.where(second, "accent", "strong").tolist(),
        alt_text=alt,
        zero=False,
        domain=(0.0, float(shown[["value", "high"]].max().max()) * 1.02),
        most=len(shown),
    )


def before_after(frame: pd.DataFrame, *, alt: str, day_unit: str = "days") -> altair.LayerChart:
    """Each measure in the window before (hollow) and in this one (full), with the change and its interval in
    words.

    ``frame``: one row a measure (measure, before_days, after_days, change_days, low, high; why, if the
    windows cannot be compared). A change whose interval leaves out zero is coloured: slower in the alarm
    colour, faster in the accent.
    """
    described(alt)
    needs(frame, "measure", "before_days", "after_days", "change_days", "low", "high")
    if frame[["before_days", "after_days"]].notna().all(axis=1).sum() == 0:
        return blank(_nothing(frame), alt)
    tones = np.where(frame["low"] > 0, "alarm", np.where(frame["high"] < 0, "accent", "strong")).tolist()
    notes, briefs = _changes(frame, day_unit)
    return dumbbells(
        frame,
        frame["measure"],
        before="before_days",
        after="after_days",
        named=("window before", "this window"),
        say=partial(wording.days, unit=day_unit),
        notes=notes,
        briefs=briefs,
        subject="Measure",
        title=wording.unit(day_unit),
        unit="days",
        tones=tones,
        alt_text=alt,
    )


def littles_law(frame: pd.DataFrame, *, alt: str, unit: str = "items") -> altair.LayerChart:
    """Work in progress as counted beside throughput × cycle time: where they differ, the system is not
    steady.

    ``frame``: one row (mean_wip, throughput_per_day, mean_cycle_time_days, expected_wip).
    """
    described(alt)
    needs(frame, "mean_wip", "throughput_per_day", "mean_cycle_time_days", "expected_wip")
    if frame.empty or frame[["mean_wip", "expected_wip"]].isna().any(axis=None):
        return blank("too little was finished to check Little's law", alt)
    law = frame.iloc[0]
    counted, expected = (
        wording.number(round(law["mean_wip"], 1)),
        wording.number(round(law["expected_wip"], 1)),
    )
    basis = f"{wording.per_week(law['throughput_per_day'] * 7)} × {wording.days(law['mean_cycle_time_days'])}"
    bars = pd.DataFrame(
        {
            "name": ["counted day by day", "throughput × cycle time"],
            "value": [law["mean_wip"], law["expected_wip"]],
        }
    )
    return ranked_bars(
        bars,
        bars["name"],
        bars["value"],
        subject="Work in progress",
        notes=[counted, f"{expected} = {basis}"],
        briefs=[counted, expected],
        tips={"Mean of the window": [counted, expected]},
        title=f"{unit} in progress, mean of the window",
        tones=["accent", "plain"],
        alt_text=alt,
    )


def _nothing(frame: pd.DataFrame) -> str:
    """Why there is nothing to draw: what keeps the windows apart (why), else too few items."""
    why = frame["why"].dropna() if "why" in frame else pd.Series(dtype="str")
    return str(why.iloc[0]) if len(why) else "too few items in a window to compare"


def _changes(frame: pd.DataFrame, day_unit: str) -> tuple[list[str], list[str]]:
    """The change in words with its interval, and without it."""
    briefs = [_moved(change, day_unit) for change in frame["change_days"]]
    ranges = [
        f" ({_signed(low)} to {_signed(high)})" if wording.known(low) and wording.known(high) else ""
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]
    return [word + more for word, more in zip(briefs, ranges, strict=True)], briefs


def _moved(change: float, day_unit: str) -> str:
    if not wording.known(change):
        return "too few to say"
    if round(change, 1) == 0:
        return "no change"
    size = abs(change)  # in days always, as the axis and the interval are
    length = (
        wording.days(size, day_unit)
        if size >= 0.95
        else f"{wording.number(round(size, 1))} {wording.unit(day_unit)}"
    )
    return f"{length} {'slower' if change > 0 else 'faster'}"


def _signed(value: float) -> str:
    return f"{'+' if round(value, 1) > 0 else ''}{wording.number(round(value, 1))}"


def _windows(frame: pd.DataFrame, day_unit: str) -> dict[str, list[str]]:
    return {
        "Window before": [wording.days(days, day_unit) for days in frame["before_days"]],
        "This window": [wording.days(days, day_unit) for days in frame["after_days"]],
    }
