"""Rows of a register that sum others: "Total", "Summe Handel", "Online Total" are no items."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from vmo_helpers.sources.importing import readings
from vmo_helpers.tables.raw import as_text
from vmo_helpers.tables.shapes import TOTALS, fold

_COUNTED = frozenset({"anzahl", "count", "average", "durchschnitt", "mittelwert", "moyenne", "promedio"})
_BEGIN = TOTALS | _COUNTED
_END = TOTALS | {"ergebnis", "result", "résultat", "resultado"}
"""What the name of a subtotal begins or ends with; so spreadsheets write "Retail Total"."""
_MOST = 0.5
"""What this share of the rows have, the others have."""


def is_total(row: Sequence[Any]) -> bool:
    """Whether a row says that it is a total, and else holds amounts alone."""
    there = [cell for cell in row if cell is not None]
    if not there or not isinstance(there[0], str) or fold(there[0]).strip(" :_") not in TOTALS:
        return False
    return all(
        any(letter.isdigit() for letter in str(cell)) for cell in map(readings.plain, there[1:]) if cell
    )


def subtotals(
    rows: Sequence[tuple[int, Sequence[Any]]], ids: Collection[int], unsaid: Collection[int] = ()
) -> dict[int, str]:
    """Number of a row → its name, of the rows that sum others of a group.

    Such a row has a name with a word of totals before or after others, an amount, no date, and no id; and it
    lacks what most others have, an id of their kind or dates, or is named by a group that stands in other
    rows. ``ids``: the places of columns of ids. ``unsaid``: rows with formulas that have no value.
    """
    likely = {number: one for number, row in rows if (one := _named(row))}
    if not likely:
        return {}
    others = [row for number, row in rows if number not in likely]
    dated = [any(map(_is_date, row)) for row in others]
    own = [text for row in others for place in ids if (text := _text(row, place))]
    with_id = _share([any(_text(row, place) for place in ids) for row in others])
    shapes = {_shape(one) for one in own}
    with_digits = _share(["9" in _shape(one) for one in own])
    groups = {text.casefold() for row in others for cell in row if isinstance(cell, str) and (text := cell)}
    found: dict[int, str] = {}
    for number, row in rows:
        if number not in likely:
            continue
        place, rest = likely[number]
        label = str(row[place]).strip()
        if any(map(_is_date, row)) or any(_text(row, one) for one in ids if one != place):
            continue
        amounts = any(_is_amount(cell) for at, cell in enumerate(row) if at != place)
        known = _shape(label) in shapes
        if place in ids and known and "9" in _shape(label):
            continue  # an id of the others' kind, whatever it begins with
        strange = with_digits >= _MOST and not known
        alien = strange if place in ids else with_id >= _MOST
        if (amounts or number in unsaid) and (alien or _share(dated) >= _MOST or rest in groups):
            found[number] = label
    return found


def _named(row: Sequence[Any]) -> tuple[int, str] | None:
    """The place of the first cell whose text begins or ends with a word of totals, and the rest of it."""
    for place, cell in enumerate(row):
        words = re.findall(r"[^\W_]+", cell.casefold()) if isinstance(cell, str) and len(cell) < 80 else []
        for long in (2, 1):
            if len(words) > long and "_".join(words[:long]) in _BEGIN:
                return place, " ".join(words[long:])
            if len(words) > long and "_".join(words[-long:]) in _END:
                return place, " ".join(words[:-long])
    return None


def _shape(text: str) -> str:
    """How a text is made of letters, digits and signs: "EP-014" is a-9."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text.strip()))


def _text(row: Sequence[Any], place: int) -> str:
    return (as_text(row[place]) or "").strip() if place < len(row) else ""


def _is_date(cell: Any) -> bool:
    return hasattr(cell, "isoformat") or (isinstance(cell, str) and readings.dates_in([cell]) == 1)


def _is_amount(cell: Any) -> bool:
    if isinstance(cell, str):
        return readings.plain(cell) is not None and cell.strip()[0] in "0123456789-+(€$£"
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
