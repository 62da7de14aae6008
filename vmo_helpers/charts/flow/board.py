"""The board as it stands: cards by column against the limits, and work in progress by stream and by state."""

from __future__ import annotations

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, described, needs, rounded, said, with_tips, zero_based
from vmo_helpers.charts.layout import MOST_ROWS
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.rows import Rows
from vmo_helpers.charts.tones import tone
from vmo_helpers.style import wording

_FEWEST_WIDE = 12  # cards that the axis has room for at the least, so that one alone is no wider than a card
_MOST_CARDS = 40  # in one column: more are a bar


def kanban(
    columns: pd.DataFrame,
    cards: pd.DataFrame | None = None,
    *,
    alt: str,
    alarm_after_days: float | None = None,
    unit: str = "items",
    day_unit: str = "days",
) -> altair.LayerChart:
    """The portfolio Kanban: each column a row in board order, each item a card, oldest first, with the limit
    as an upright mark.

    ``columns``: one row a column (column, order, items, wip_limit, oldest_age_days). ``cards``: one row an
    item (column, item_id, title, value_stream, age_days), drawn where no column holds more than forty; else,
    and in columns without cards, bars stand for them. What is done (``done``) is counted in words alone.
    Cards older than ``alarm_after_days`` are in the alarm colour.
    """
    described(alt)
    needs(columns, "column", "order", "items", "wip_limit", "oldest_age_days")
    if columns.empty or not columns["items"].any():
        return blank("the board is empty", alt)
    if len(columns) > MOST_ROWS:
        columns = columns[columns["items"] > 0]
    board = columns.sort_values("order", kind="stable").head(MOST_ROWS).reset_index(drop=True)
    done = (
        board["done"].fillna(False).astype(bool)
        if "done" in board.columns
        else pd.Series(False, index=board.index)
    )
    count = board["items"].astype(float).mask(done)
    limit = board["wip_limit"].astype(float).mask(done)
    over = (count > limit).fillna(False)
    top = float(np.nanmax([*count, *limit, 0.0]))
    oldest = [
        f" · oldest {wording.days(age, day_unit)}" if wording.known(age) else ""
        for age in board["oldest_age_days"].mask(done)
    ]
    words = [
        f"{wording.number(n)} finished" if finished else _against(n, most)
        for n, most, finished in zip(board["items"], limit, done, strict=True)
    ]
    notes = [word + more for word, more in zip(words, oldest, strict=True)]
    with_cards = set(cards["column"]) if cards is not None and top <= _MOST_CARDS else set()
    shown, tooltip = with_tips(
        pd.DataFrame(
            {
                "value": count.mask(board["column"].isin(with_cards)),
                "limit": rounded(limit),
                "tone": np.where(over, "alarm", "plain"),
            }
        ),
        {
            "Column": said(board["column"]),
            "Items": words,
            "Oldest": [wording.days(age, day_unit) for age in board["oldest_age_days"]],
        },
    )
    reach = zero_based(max(top, _FEWEST_WIDE) if with_cards else top)
    ends = np.fmax(count.fillna(0), limit.fillna(0))
    rows = Rows.of(shown, board["column"], notes, None, ends, reach, most=MOST_ROWS, total=len(columns))
    title = f"{unit} in the column"
    layers = [rows.bars(rows.x("value", title), tooltip=tooltip, size=18).transform_filter("datum.value > 0")]
    if with_cards and cards is not None:
        layers.append(
            _cards(
                cards[cards["column"].isin(board.loc[~done, "column"])],
                board,
                rows,
                title,
                alarm_after_days,
                day_unit,
            )
        )
    if limit.notna().any():
        layers.append(rows.ticks(rows.x("limit", title), tooltip=tooltip))
    return canvas(*layers, *rows.words(), height=rows.height, alt_text=alt)


def _cards(
    cards: pd.DataFrame,
    board: pd.DataFrame,
    rows: Rows,
    title: str,
    alarm_after_days: float | None,
    day_unit: str,
) -> altair.Chart:
    """One rectangle an item, oldest first, as wide as one item on the axis."""
    ordered = cards.sort_values(
        ["age_days", "item_id"], ascending=[False, True], na_position="last", kind="stable"
    )
    centre = dict(zip(board["column"], rows.frame["row"], strict=True))
    column = pd.factorize(ordered["column"])[0]
    by = np.argsort(column, kind="stable")
    start = np.append(True, np.diff(column[by]) != 0)
    place = np.arange(len(by))
    rank = np.empty(len(by))
    rank[by] = place - np.maximum.accumulate(np.where(start, place, 0))
    marks = pd.DataFrame(
        {
            "from": rank + 0.06,
            "to": rank + 0.94,
            "row": ordered["column"].map(centre).astype(float).to_numpy(),
            "tone": np.where(ordered["age_days"] > alarm_after_days, "alarm", "plain")
            if alarm_after_days is not None
            else "plain",
        }
    )
    marks, tooltip = with_tips(
        marks,
        {
            "Item": said(ordered["title"]),
            "Key": said(ordered["item_id"]),
            "Value stream": said(ordered["value_stream"]),
            "Column": said(ordered["column"]),
            "Age": [
                wording.days(age, day_unit) if wording.known(age) else "not started"
                for age in ordered["age_days"]
            ],
        },
    )
    cards_drawn = altair.Chart(marks[marks["row"].notna()]).mark_bar(
        orient="horizontal", size=rows.pick("12", "18"), yOffset=rows.drop, cornerRadius=1.5, aria=False
    )
    drawn: altair.Chart = cards_drawn.encode(
        rows.x("from", title), altair.X2("to"), rows.y, color=tone(theme.FAINT), tooltip=tooltip
    )
    return drawn


def wip_by_stream(frame: pd.DataFrame, *, alt: str, unit: str = "items") -> altair.LayerChart:
    """Work in progress of each value stream against its limit, with how many a person carries; those over it
    in the alarm colour.

    A stream with neither work in progress nor a limit has no row.
    ``frame``: one row a stream (value_stream, wip, wip_limit, people, wip_per_person), sorted by the measure.
    """
    described(alt)
    needs(frame, "value_stream", "wip", "wip_limit", "people", "wip_per_person")
    if frame.empty or not frame["wip"].any():
        return blank("no item is in progress", alt)
    frame = frame[(frame["wip"] > 0) | frame["wip_limit"].notna()]
    each = [f"{wording.number(n)} a person" if wording.known(n) else "" for n in frame["wip_per_person"]]
    return _against_limits(
        frame,
        frame["value_stream"],
        "Value stream",
        each,
        {"People": [wording.number(n) for n in frame["people"]]},
        alt,
        unit,
    )


def wip_by_state(
    frame: pd.DataFrame, *, alt: str, unit: str = "items", day_unit: str = "days"
) -> altair.LayerChart:
    """Work in progress of each state in board order against its limit, with the age that 85 % stay under.

    ``frame``: one row a state (state, position, wip, wip_limit, age_p85_days).
    """
    described(alt)
    needs(frame, "state", "position", "wip", "wip_limit", "age_p85_days")
    if frame.empty or not frame["wip"].any():
        return blank("no item is in progress", alt)
    shown = frame[(frame["wip"] > 0) | frame["wip_limit"].notna()].sort_values("position", kind="stable")
    ages = [
        f"85 % under {wording.days(age, day_unit)}" if wording.known(age) else ""
        for age in shown["age_p85_days"]
    ]
    return _against_limits(shown, shown["state"], "State", ages, {}, alt, unit)


def _against_limits(
    frame: pd.DataFrame,
    names: pd.Series,
    subject: str,
    more: list[str],
    tips: dict[str, list[str]],
    alt_text: str,
    unit: str,
) -> altair.LayerChart:
    limit = frame["wip_limit"].astype(float)
    counts = [_against(n, most) for n, most in zip(frame["wip"], limit, strict=True)]
    notes = [" · ".join(word for word in words if word) for words in zip(counts, more, strict=True)]
    over = (frame["wip"] > limit).fillna(False)
    return ranked_bars(
        frame,
        names,
        frame["wip"],
        subject=subject,
        notes=notes,
        title=f"{unit} in progress",
        alt_text=alt_text,
        limits=limit,
        tips={"In progress": counts, **tips},
        tones=["alarm" if flag else "plain" for flag in over],
    )


def _against(count: float, limit: float) -> str:
    return (
        f"{wording.number(count)} of limit {wording.number(limit)}"
        if wording.known(limit)
        else wording.number(count)
    )
