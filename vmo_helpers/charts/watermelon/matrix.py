"""What was reported against what customers and the business show: fifteen cells, each with its word, mark,
count and money."""

from __future__ import annotations

import altair
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, described, needs, text_px, with_tips
from vmo_helpers.charts.grid import NAME, Grid
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Inside, Label

_STEP = 96
_BIG, _BIG_NARROW = 28, 21
_PAD, _PAD_NARROW = 14, 6
_ROWS = {"green": "Reported green", "amber_or_red": "Reported amber or red", "not_reported": "Not reported"}
_COLUMNS = {
    Inside.RED: ("Red inside", "Red"),
    Inside.GREEN: ("Sound inside", "Sound"),
    Inside.OPEN: ("Open", "Open"),
    Inside.NOT_YET_DUE: ("Not yet due", "Not yet due"),
    Inside.UNKNOWN: ("Not testable", "Untested"),
}
_BRIEF = {
    Label.WATERMELON: "watermelon",
    Label.SOUND: "sound",
    Label.OPEN_INSIDE: "open",
    Label.GREEN_UNPROVEN: "unproven",
    Label.UNKNOWN_INSIDE: "unknown",
    Label.RED_THROUGH: "red through",
    Label.BETTER_INSIDE: "better",
    Label.RED_OPEN: "open",
    Label.RED_UNPROVEN: "unproven",
    Label.RED_UNKNOWN: "unknown",
    Label.NOT_REPORTED: "not reported",
}


def outside_inside(
    frame: pd.DataFrame, *, alt: str, currency: str = "", unit: str = "items"
) -> altair.LayerChart:
    """The matrix of outside × inside: how many items in each cell, what that is called, and the money at
    stake.

    ``frame``: one row a cell (outside: green, amber_or_red, not_reported; inside, label, items, money). The
    watermelons alone are in the alarm colour; a row in which nothing stands is left out.
    """
    described(alt)
    needs(frame, "outside", "inside", "label", "items", "money")
    if frame.empty or not frame["items"].any():
        return blank("no item was there to be judged", alt)
    there = [row for row in _ROWS if frame.loc[frame["outside"] == row, "items"].any()]
    columns = list(_COLUMNS)
    grid = Grid.of(
        [_ROWS[row] for row in there],
        [_COLUMNS[c][0] for c in columns],
        [_COLUMNS[c][1] for c in columns],
        step=_STEP,
    )
    shown = frame[frame["outside"].isin(there)].reset_index(drop=True)
    looks = [theme.LABEL[Label(label)] for label in shown["label"]]
    loud = [
        Label(label) is Label.WATERMELON and n > 0
        for label, n in zip(shown["label"], shown["items"], strict=True)
    ]
    counts = [wording.number(n) for n in shown["items"]]
    money = [wording.money(amount, currency) if amount else "" for amount in shown["money"].fillna(0)]
    some = shown["items"] > 0
    cells = pd.DataFrame(
        {
            "row": shown["outside"].map({row: place for place, row in enumerate(there)}),
            "column": shown["inside"].map({str(column): place for place, column in enumerate(columns)}),
            "colour": [theme.ALARM_WASH if hot else theme.WASH for hot in loud],
            "count": counts,
            "word": [look.word if n else "" for look, n in zip(looks, some, strict=True)],
            "brief": [
                _BRIEF[Label(label)] if n else "" for label, n in zip(shown["label"], some, strict=True)
            ],
            "wide": (text_px([look.word for look in looks]) + 2 * _PAD).round(),
            "money": money,
            "ink": [
                theme.ALARM_TEXT if hot else theme.INK if n else theme.MUTED
                for hot, n in zip(loud, some, strict=True)
            ],
            "soft": [theme.ALARM_TEXT if hot else theme.MUTED for hot in loud],
            "shape": [look.shape for look in looks],
            "paint": [look.colour if n else "transparent" for look, n in zip(looks, some, strict=True)],
            "after": (text_px(counts, 1.0)).round(2),
        }
    )
    cells, tooltip = with_tips(
        cells,
        {
            "Reported": [_ROWS[row].removeprefix("Reported ").lower() for row in shown["outside"]],
            "Inside": [_COLUMNS[Inside(inside)][0].lower() for inside in shown["inside"]],
            "Called": [look.word for look in looks],
            unit.capitalize(): counts,
            "Money at stake": [text or "–" for text in money],
        },
    )
    back = cells[["row", "column", "colour", *(name for name in cells.columns if name.startswith("tip"))]]
    return canvas(
        grid.cells(back, tooltip=tooltip, gap=4),
        *_words(grid, cells),
        grid.header(grid.rows.pick(_PAD_NARROW, _PAD)),
        *grid.rows.words(),
        height=grid.height,
        alt_text=alt,
    )


def _words(grid: Grid, cells: pd.DataFrame) -> list[altair.Chart]:
    """Count, mark, word and money of each cell, left-aligned in it."""
    rows = grid.rows
    base = altair.Chart(
        grid.placed(cells.drop(columns=[name for name in cells.columns if name.startswith("tip")]))
    )
    shift = NAME / 2 - 1
    pad = rows.pick(_PAD_NARROW, _PAD)

    def at(offset: float, tight: float) -> altair.ExprRef:
        return altair.ExprRef(f"datum.centre + ({rows.when} ? {shift + tight} : {offset})")

    x = grid.x("left")
    cell = f"(width - {rows.gutter + rows.margin:.0f}) / {len(_COLUMNS)}"
    count = base.mark_text(
        align="left",
        baseline="middle",
        xOffset=pad,
        y=at(-18, -15),
        fontSize=rows.pick(_BIG_NARROW, _BIG),
        fontWeight="bold",
        aria=False,
    ).encode(x, text=altair.Text("count:N"), color=altair.Color("ink:N", scale=None))
    sign = base.mark_point(
        filled=True,
        size=rows.pick(50, 90),
        opacity=1,
        y=at(-18, -15),
        xOffset=altair.ExprRef(
            f"{rows.when} ? {_PAD_NARROW + 12} + datum.after * {_BIG_NARROW} : {_PAD + 18} + datum.after "
            f"* {_BIG}"
        ),
        aria=False,
    ).encode(x, shape=altair.Shape("shape:N", scale=None), color=altair.Color("paint:N", scale=None))
    word = base.mark_text(
        align="left",
        baseline="middle",
        xOffset=pad,
        y=at(8, 6),
        fontSize=rows.pick("10.5", "13"),
        text=rows.pick("datum.brief", f"(datum.wide > {cell} ? datum.brief : datum.word)"),
    ).encode(x, color=altair.Color("soft:N", scale=None))
    money = base.mark_text(
        align="left",
        baseline="middle",
        xOffset=pad,
        y=at(27, 22),
        fontSize=rows.pick("10.5", "13"),
        aria=False,
    ).encode(x, text=altair.Text("money:N"), color=altair.Color("soft:N", scale=None))
    return [count, sign, word, money]
