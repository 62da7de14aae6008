"""Views of flow: ages of open work, lead times, queues. Each is made as the notebook's slide is, of what was
chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from vmo_helpers import charts, findings, measures
from vmo_helpers.charts.canvas import said as as_drawn
from vmo_helpers.charts.selection import PICKED, brushed, clickable
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import MOST_DRAWN, Rows, Selection, View, between, points, said
from vmo_helpers.style import wording

_AGES = ["item_id", "title", "state", "age_days"]
_LEADS = ["item_id", "title", "lead_time_end_at", "lead_time_days"]
_QUEUED = ["item_id", "title", "state", "wait_days"]


def ages(scene: Scene) -> View:
    """Open work by age; a brush over days, or a click on a value stream, leaves the items that lie there. Of
    chosen streams the lines of all are told, and drawn where their own are not known."""
    limits, level = scene.limits, scene.level
    every, whole = scene.ages, scene.reference
    lines = [0.5, limits.stalled_percentile] if limits.stalled_percentile != 0.5 else [0.5]
    expected, of_all = (
        measures.flow.service_level_expectation(one.log, one.items, one.window, lines, one.small)
        for one in (scene, whole)
    )
    stalled = findings.flow.stalled_items(scene.items, expected, limits, level, scene.day_unit)
    sentence, severity = said(stalled)
    chart = charts.flow.aging_wip(
        measures.flow.age_dots(every, MOST_DRAWN),
        scene.states,
        alt=sentence,
        lines=expected if expected["days"].notna().all() else of_all,
        currency=scene.currency,
        alarm_after_days=stalled[0].threshold,
        day_unit=scene.day_unit,
    )
    hidden = (
        f" The {MOST_DRAWN} oldest are drawn; the rows are all of them." if len(every) > MOST_DRAWN else ""
    )
    lined = _of_all(of_all, scene) if scene.narrowed else ""
    note = (
        f"{wording.counted(len(every), level)} in progress. Drag over ages, or click a value stream."
        f"{lined}{hidden}"
    )

    def pick(selection: Selection) -> Rows:
        chosen, words = _of_streams(every, selection)
        if span := selection.get(PICKED, {}).get("age"):
            chosen = chosen[between(chosen["age_days"].round(1), span)]
            words.insert(0, f"{_span(span, scene)} old")
        return Rows(chosen[_AGES], " · ".join(words))

    spec = spec_of(chart)
    spec = brushed(spec, "items", ["x"]) if len(every) else spec
    return View(sentence, severity, note, spec, every[_AGES], f"{level} in progress", pick)


def lead_times(scene: Scene) -> View:
    """What reached its customer in the window; a brush over days and lengths leaves the items that lie
    there."""
    limits, level, window = scene.limits, scene.level, scene.window
    every, before = scene.leads
    trend = measures.flow.trend(
        every, "lead_time_end_at", "lead_time_days", window, limits.stalled_percentile, small=scene.small
    )
    waited = findings.flow.lead_time(every, before, scene.record, trend, limits, level, scene.day_unit)
    lines = measures.flow.percentiles(every["lead_time_days"], [0.5, limits.stalled_percentile], scene.small)
    dots = measures.flow.dots(every, "lead_time_end_at", "lead_time_days", MOST_DRAWN)
    chart = charts.flow.lead_time_scatter(
        dots, alt=waited.sentence, lines=lines, timezone=window.timezone, day_unit=scene.day_unit
    )
    binned = " Each circle stands for several; the rows are all of them." if len(every) > MOST_DRAWN else ""
    whole = scene.reference
    every_line = measures.flow.percentiles(
        whole.leads[0]["lead_time_days"], [0.5, limits.stalled_percentile], scene.small
    )
    of_all = _of_all(every_line, scene) if scene.narrowed else ""
    note = (
        f"{wording.counted(len(every), level)} delivered in the window. Drag over the dots, or choose "
        f"a value stream.{of_all}{binned}"
    )
    wall = every["lead_time_end_at"].dt.tz_convert(window.timezone).dt.tz_localize(None)

    def pick(selection: Selection) -> Rows:
        chosen, words = _of_streams(every, selection)
        brush = selection.get(PICKED, {})
        if span := brush.get("days"):
            chosen = chosen[between(chosen["lead_time_days"].round(3), span)]
            words.insert(0, _span(span, scene))
        if span := brush.get("day"):
            first, last = (pd.Timestamp(moment, unit="ms") for moment in (min(span), max(span)))
            chosen = chosen[wall[chosen.index].between(first, last)]
            words.insert(0, wording.span(first.date(), last.date()))
        return Rows(chosen[_LEADS], " · ".join(words))

    spec = spec_of(chart)
    spec = brushed(spec, "items", ["x", "y"]) if len(every) else spec
    return View(waited.sentence, waited.severity, note, spec, every[_LEADS], f"{level} delivered", pick)


def queues(scene: Scene) -> View:
    """Where work waits; a click on a queue leaves the items that stand in it now."""
    limits, level = scene.limits, scene.level
    waits = measures.flow.wait_pareto(scene.log, scene.items, scene.window)
    found = findings.flow.wait_queue(waits, limits, scene.currency, day_unit=scene.day_unit)
    sentence, severity = said(found)
    chart = charts.flow.wait_pareto(
        waits, alt=sentence, currency=scene.currency, loud=findings.loud(found), day_unit=scene.day_unit
    )
    open_now = scene.items[scene.items["age_days"].notna()].sort_values(
        "wait_days", ascending=False, kind="stable"
    )
    standing = open_now[open_now["state"].isin(waits["cause"])]
    note = (
        f"{wording.sentence(wording.unit(scene.day_unit))} waited in the window. Click a queue for what "
        "stands in it now."
    )

    named = dict(zip(as_drawn(waits["cause"], 200), waits["cause"], strict=True))

    def pick(selection: Selection) -> Rows:
        causes = [named[str(one["tip0"])] for one in points(selection.get(PICKED, {}))]
        return Rows(
            standing.loc[standing["state"].isin(causes), _QUEUED],
            wording.listed([f"in {cause}" for cause in causes]),
        )

    spec = spec_of(chart)
    spec = clickable(spec, "bar", ["tip0"]) if len(waits) else spec
    return View(sentence, severity, note, spec, standing[_QUEUED], f"{level} in a queue", pick)


def _span(span: Sequence[float], scene: Scene) -> str:
    """The ends of a brush over lengths of time: "100 to 240 days"."""
    return f"{wording.number(min(span), decimals=0)} to {wording.days(max(span), scene.day_unit)}"


def _of_all(lines: pd.DataFrame, scene: Scene) -> str:
    """How long it takes over all streams, in words; ``lines``: quantile, days."""
    said = [
        f"{wording.percent(share)} within {wording.days(length, scene.day_unit)}"
        for share, length in zip(lines["quantile"], lines["days"], strict=True)
        if wording.known(length)
    ]
    return f" Of all streams: {wording.listed(said)}." if said else ""


def _of_streams(rows: pd.DataFrame, selection: Selection) -> tuple[pd.DataFrame, list[str]]:
    """The rows of the value streams that were clicked, and their names."""
    names = [str(one["stream"]) for one in points(selection.get("stream", {}))]
    return (rows[rows["value_stream"].isin(names)], names) if names else (rows, [])


VIEWS: dict[str, Callable[[Scene], View]] = {"Open work": ages, "Lead time": lead_times, "Queues": queues}
