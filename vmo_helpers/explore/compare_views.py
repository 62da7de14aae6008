"""Two value streams side by side, and what may be said of their difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from vmo_helpers import charts
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.explore import numbers_flow
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import Rows, View
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

LED_BY = "flow.lead_time_p50_days"
NOTE = (
    "Each dot with its 95 % interval. Two intervals that lie apart differ beyond chance; two that overlap "
    "may be alike or may differ: the record is too short to tell. Streams do different work, so a "
    "difference asks a question and answers none."
)


def streams(scene: Scene) -> dict[str, str]:
    """Name of each value stream without a parent, by id."""
    every = scene.source.whole.value_streams
    top = every[every["parent_id"].isna()]
    return dict(zip(top["value_stream_id"], top["name"].fillna(top["value_stream_id"]), strict=True))


def compared(scene: Scene, one: str, other: str) -> View:
    """Flow figures of two value streams, whatever streams the panel shows otherwise. Raises ValueError for a
    stream with itself."""
    named = streams(scene)
    if len(named) < 2:
        raise ValueError("there are no two value streams to compare: value_streams holds fewer than two")
    if one == other:
        raise ValueError("choose two different value streams")
    rows = side_by_side(*(_figures(scene, stream) for stream in (one, other)))
    names = tuple(wording.clipped(wording.plain(named[stream]), 40) for stream in (one, other))
    sentence, severity = _told(rows[rows["key"].eq(LED_BY)].iloc[0], names)
    days = rows[rows["unit"].isin(wording.DAYS)]
    long = pd.concat(
        [
            days[["figure", f"{side}", f"{side}_low", f"{side}_high", f"{side}_n"]]
            .set_axis(["figure", "value", "low", "high", "n"], axis=1)
            .assign(value_stream=name)
            for side, name in zip(("first", "second"), names, strict=True)
        ]
    ).sort_index(kind="stable")
    chart = charts.flow.two_streams(long, alt=sentence, day_unit=scene.day_unit)
    shown = pd.DataFrame(
        {
            "figure": rows["figure"],
            names[0]: _words(rows, "first", scene.currency),
            names[1]: _words(rows, "second", scene.currency),
            "differ": rows["apart"].map({True: "beyond chance", False: "not shown"}).fillna("not tested"),
        }
    )
    return View(sentence, severity, NOTE, spec_of(chart), shown, "figure", lambda _: Rows(shown))


def side_by_side(first: list[Figure], second: list[Figure]) -> pd.DataFrame:
    """One row a figure that both lists hold: key, figure (its label), unit, and of each side its value
    (first, second; missing where unknown), low, high, n. ``apart``: whether the intervals lie apart; missing
    where one side has none."""
    of_second = {figure.key: figure for figure in second}
    rows = []
    for figure in first:
        if (other := of_second.get(figure.key)) is None:
            continue
        row: dict[str, Any] = {
            "key": figure.key,
            "figure": headline_of(figure.key).label,
            "unit": figure.unit,
        }
        for side, one in (("first", figure), ("second", other)):
            row |= {side: one.value, f"{side}_low": one.low, f"{side}_high": one.high, f"{side}_n": one.n}
        rows.append(row)
    found = pd.DataFrame(rows)
    bounds = found[["first_low", "first_high", "second_low", "second_high"]].astype("float64")
    apart = bounds["first_low"].gt(bounds["second_high"]) | bounds["second_low"].gt(bounds["first_high"])
    return found.assign(apart=apart.astype("object").where(bounds.notna().all(axis=1)))


def _figures(scene: Scene, stream: str) -> list[Figure]:
    return numbers_flow.figures(scene.source.scene(replace(scene.choice, streams=(stream,))))


def _told(row: pd.Series, names: tuple[str, ...]) -> tuple[str, Severity]:
    """What may be said of how long customers of the two streams wait."""
    short = [
        name for name, side in zip(names, ("first", "second"), strict=True) if not wording.known(row[side])
    ]
    if short:
        return (
            f"No comparison: too little reached customers of {wording.listed(short)} in the window",
            Severity.UNKNOWN,
        )
    both = " and ".join(
        f"{wording.quantity(row[side], row['unit'])} in {name} (n = {row[f'{side}_n']})"
        for name, side in zip(names, ("first", "second"), strict=True)
    )
    half = f"half of what was delivered took up to {both}"
    if row["apart"] is True:
        longer = names[0] if row["first"] > row["second"] else names[1]
        return f"Customers of {longer} wait longer: {half}", Severity.NOTE
    return f"No difference in waiting is shown: {half}", Severity.NOTE


def _words(rows: pd.DataFrame, side: str, currency: str) -> list[str]:
    return [
        _one(value, unit, n, currency)
        for value, unit, n in zip(rows[side], rows["unit"], rows[f"{side}_n"], strict=True)
    ]


def _one(value: float | None, unit: str, n: int, currency: str) -> str:
    if not wording.known(value):
        return "not known"
    said = wording.quantity(value, unit, currency)
    return said if value == n else f"{said} (n = {n})"
