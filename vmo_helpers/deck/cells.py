"""A frame as a reader wants it: named columns, cells as people say them, the first ten rows and the count of
the rest."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from vmo_helpers.portfolio.calendar import counts_calendar
from vmo_helpers.results.change import Change, Tone
from vmo_helpers.results.parts import MOST_ROWS
from vmo_helpers.style import palette, wording
from vmo_helpers.style.palette import Mark
from vmo_helpers.vocabulary import (
    ChangeState,
    DecisionState,
    Inside,
    Label,
    Outside,
    Rag,
    Severity,
    StateClass,
    Tier,
    WorkType,
)

NOTHING = "–"
"""What an empty cell shows: not known, which is neither zero nor no."""

MOST_LETTERS = 1_000
"""A longer text of a cell is cut on the page; the table's file has all of it."""

_SHARES = ("_share", "efficiency", "attainment", "progress", "confidence", "coverage", "_chance")
_SHARE_OF = ("share_of_", "flow_efficiency")
_POINTS = ("gap", "_gap", "gain_share", "off_share")
_MONEY = (
    "_cost",
    "amount",
    "money",
    "spend",
    "spent",
    "budget",
    "planned_value",
    "planned_to_date",
    "realised",
    "at_risk",
    "ahead",
    "cost_to_go",
    "cost_per_month",
    "estimate_at_completion",
)
# Business value of planning intervals is scored in points; of benefits it is money.
_SCORED = {f"{what}_value": f"{what}_points" for what in ("planned", "committed", "actual")}
# Columns whose words are statuses: shown with sign and word; the colour is the page's.
_STATUS: dict[str, Any] = {
    "label": (Label, palette.LABEL),
    "inside": (Inside, palette.INSIDE),
    "inside_today": (Inside, palette.INSIDE),
    "outside": (Outside, palette.OUTSIDE),
    "tier": (Tier, palette.TIER),
    "severity": (Severity, palette.SEVERITY),
    "reported": (Rag, palette.RAG),
    "overall": (Rag, palette.RAG),
    "delivery": (Rag, palette.RAG),
    "change_state": (ChangeState, palette.CHANGE),
    "decision_state": (DecisionState, palette.DECISION),
}
_UNDERSCORED = (
    "status",
    "moved",
    "verdict",
    "worst",
    "level",
    "basis",
    "name",
)  # columns of our own words, shown without their underscores
_FORECAST = re.compile(r"^(items|done|grown)_p(50|85)\b")
_SURE = {"50": "as likely as not", "85": "85 % sure"}  # of a count the 85 % promise is a low percentile
_WORDS = frozenset(str(word) for words in (StateClass, WorkType) for word in words)


def table(
    frame: pd.DataFrame,
    *,
    name: str,
    timezone: str,
    currency: str,
    day_unit: str = "days",
    file: str | None = None,
) -> dict[str, Any]:
    """The part of a table: columns (label, number or text), at most ten rows of shown text, the total, the
    file with all rows; ``cut`` where a text is longer than ``MOST_LETTERS``.

    An id column is left out where the same thing stands beside it by name (``value_stream_id`` beside
    ``value_stream``), and whether it is known where its word says so. Some columns are not shown. ``_deck``
    and ``_slide`` say which slide the first cell leads to; ``_trend`` (a Series by day) becomes one more, a
    line. A ``Change`` is a bar with its words.
    """
    said = [
        column
        for column in frame.columns
        if not _repeats(str(column), frame) and not str(column).startswith("_")
    ]
    shown = frame.loc[:, said].head(MOST_ROWS)
    called = {name: _SCORED.get(str(name), str(name)) for name in shown.columns}
    if "actual_value" not in frame.columns:
        called = {name: str(name) for name in shown.columns}
    counted = {one: day_unit if counts_calendar(str(one), frame.columns) else "days" for one in said}
    columns = [_column(called[name], shown[name], currency, counted[name]) for name in said]
    cells = [_cells(called[name], shown[name], timezone) for name in shown.columns]
    if cells and "_deck" in frame.columns:
        places = zip(cells[0], frame["_deck"], frame["_slide"], strict=False)
        cells[0] = [
            _with(cell, deck=deck, slide=slide) if isinstance(deck, str) else cell
            for cell, deck, slide in places
        ]
    if "_trend" in frame.columns and any(
        isinstance(past, pd.Series) and past.notna().sum() > 1 for past in frame["_trend"]
    ):
        columns.append({"label": "Over the reviews", "number": False})
        cells.append([_line(past) for past in frame["_trend"].head(MOST_ROWS)])
    rows = [list(row) for row in zip(*cells, strict=True)] if cells else []
    short = [[_short(cell) for cell in row] for row in rows]
    part = {"name": name, "columns": columns, "rows": short, "total": len(frame), "file": file}
    return part if short == rows else {**part, "cut": True}


def _short(cell: Any) -> Any:
    """A cell as far as a page shows it: a list of a thousand items is for its table."""
    return wording.clipped(cell, MOST_LETTERS) if isinstance(cell, str) else cell


def column_label(name: str, currency: str = "", day_unit: str = "days") -> str:
    """``age_days`` → "Age, days" (or working days); ``planned_cost`` → "Planned cost, EUR"; ``item_id`` →
    "Item"."""
    if name == "days":
        return wording.sentence(wording.unit(day_unit))
    unit = ""
    stem = re.sub(r"\bkr(?=_|$)", "key_result", name)
    if name.endswith("_days"):
        stem, unit = name.removesuffix("_days"), wording.unit(day_unit)
    elif _is_money(name):
        unit = currency
    for ending in ("_id", "_at", "_share", "_state"):
        stem = stem.removesuffix(ending) or stem
    stem = _FORECAST.sub(lambda found: f"{found[1]}, {_SURE[found[2]]}", stem)
    if name.startswith("is_"):
        stem = stem.removeprefix("is_")
    words = (
        re.sub(r"_p(\d+)\b", r", \1th percentile", stem.replace("_p50", ", median")).replace("_", " ").strip()
        or name
    )
    if name.startswith("days_"):
        words = words.replace("days", wording.unit(day_unit), 1)
    label = wording.plain(words[:1].upper() + words[1:])
    label = label.replace("Wip", "WIP").replace(" wip", " WIP").replace("Okr", "OKR")
    return wording.clipped(f"{label}, {unit}" if unit else label, 60)


def _with(cell: Any, **more: str) -> dict[str, str]:
    """A cell that leads to a slide (``deck``, ``slide``)."""
    return {"tone": "", **(cell if isinstance(cell, dict) else {"text": cell}), **more}


def _moved(value: Any) -> Any:
    """A change as a cell: the page draws its share as a bar."""
    if not isinstance(value, Change):
        return NOTHING
    if value.tone is Tone.NONE:
        return value.words
    tone = str(value.tone) if value.tone in (Tone.GOOD, Tone.BAD) else ""
    return {"text": value.words, "tone": tone, "bar": value.share}


def _line(past: Any) -> Any:
    """A figure's past as a cell: the page draws it."""
    known = past.dropna() if isinstance(past, pd.Series) else pd.Series(dtype="float64")
    if len(known) < 2:
        return NOTHING
    days = [str(day)[:10] for day in known.index.tolist()]
    return {"text": "", "tone": "", "trend": {"days": days, "values": [float(value) for value in known]}}


def _repeats(name: str, frame: pd.DataFrame) -> bool:
    stem = name.removesuffix("_id").removesuffix("_known")
    return stem != name and stem in frame.columns


def _column(name: str, values: pd.Series, currency: str, day_unit: str) -> dict[str, Any]:
    numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    return {"label": column_label(name, currency, day_unit), "number": bool(numeric)}


def _is_money(name: str) -> bool:
    return any(name == ending or name.endswith(ending) for ending in _MONEY) and not name.endswith("_share")


def _cells(name: str, values: pd.Series, timezone: str) -> list[Any]:
    if any(isinstance(value, Change) for value in values):
        return [_moved(value) for value in values]
    if name in _STATUS:
        return [_status(value, *_STATUS[name]) for value in values]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return [_moment(value, timezone) for value in values]
    if pd.api.types.is_bool_dtype(values.dtype):
        return [NOTHING if pd.isna(value) else "yes" if value else "no" for value in values]
    if pd.api.types.is_numeric_dtype(values.dtype):
        return [_number(name, value) for value in values]
    if name == "suffixes":
        return [_text(value).replace(";", ", ") for value in values]
    if name in _UNDERSCORED:
        return [_text(value).replace("_", " ") for value in values]
    return [_text(value) for value in values]


def _status(value: Any, words: Any, marks: dict[Any, Mark]) -> Any:
    if not wording.known(value) or value == "":
        return NOTHING
    try:
        mark = marks[words(str(value))]
    except ValueError:
        return _text(value)
    return {"text": f"{mark.sign} {mark.word}", "tone": mark.tone}


def _moment(value: Any, timezone: str) -> str:
    if pd.isna(value):
        return NOTHING
    stamp = pd.Timestamp(value)
    day = (stamp.tz_convert(ZoneInfo(timezone)) if stamp.tzinfo else stamp).date()
    return f"{day.day} {wording.MONTHS[day.month - 1][:3]} {day.year}"


def _number(name: str, value: Any) -> str:
    if pd.isna(value) or np.isinf(value):
        return NOTHING
    plain = float(value)
    if name.endswith(_POINTS) and abs(plain) <= 1:
        sign = "" if abs(plain) < 0.0005 else "+" if plain > 0 else wording.MINUS
        return f"{sign}{wording.points(plain)}"
    if not name.endswith("in_progress") and (
        name.endswith(_SHARES) or name.startswith(_SHARE_OF) or name == "share"
    ):
        return wording.percent(plain)
    if _is_money(name):
        return wording.money(plain)
    if name.endswith("_days") or name.startswith("days_"):
        return wording.number(plain, decimals=0 if abs(plain) >= 9.95 else 1)
    return wording.number(plain)


def _text(value: Any) -> str:
    if not wording.known(value) or value == "":
        return NOTHING
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number("", value)
    text = wording.plain(value)
    return text.replace("_", " ") if text in _WORDS else text
