"""What the cells of a sheet tell beside its headers: colours below months, plans beside actuals, months
without a year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from vmo_helpers.contract.cells.months import month_number
from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.contract.words import words_of
from vmo_helpers.sources.found import HEADER_ROWS
from vmo_helpers.sources.importing import readings
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.tables.raw import as_text
from vmo_helpers.tables.shapes import fold
from vmo_helpers.vocabulary import ALIASES, Direction, Instrument, MetricKind, Rag, ValueType

_COLOURS = {str(one) for one in Rag} | {*ALIASES[Rag]}
SAID: dict[Any, dict[str, str]] = {
    ValueType: {
        **dict.fromkeys(("umsatz", "erlös", "ertrag", "chiffre_d'affaires", "ingresos", "sales"), "revenue"),
        **dict.fromkeys(("kosten", "einsparung", "coûts", "costes", "savings", "saving"), "cost"),
        **dict.fromkeys(("cost_saving", "cost_savings", "cost_avoidance", "kosteneinsparung"), "cost"),
        **dict.fromkeys(("risiko", "risque", "riesgo", "risk_reduction", "risikominderung"), "risk"),
        **dict.fromkeys(("regulatorik", "conformité", "cumplimiento"), "compliance"),
        **dict.fromkeys(("kunde", "kunden", "cliente", "customers"), "customer"),
    },
    Direction: {
        **dict.fromkeys(("hausse", "augmenter", "aumentar", "subir", "steigend", "steigern"), "increase"),
        **dict.fromkeys(("baisse", "réduire", "reducir", "bajar", "fallend", "senken"), "decrease"),
        **dict.fromkeys(("maintenir", "mantener", "halten"), "maintain"),
    },
    MetricKind: {
        **dict.fromkeys(("résultat", "resultado", "ergebnis", "wirkung"), "outcome"),
        **dict.fromkeys(
            ("comportement", "usage", "comportamiento", "uso", "verhalten", "nutzung"), "behaviour"
        ),
    },
    Rag: {
        **dict.fromkeys(("grün/gelb", "gelb/grün", "grün_gelb", "gelb_grün", "gelbgrün"), "green_amber"),
        **dict.fromkeys(("gelb/rot", "rot/gelb", "gelb_rot", "rot_gelb"), "amber_red"),
    },
}
"""What people write for words of the contract in other languages: guesses, which the map bears."""
_LONG = {
    Instrument.NPS: "net promoter",
    Instrument.CSAT: "customer satisfaction",
    Instrument.CES: "customer effort",
}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_DAY_OF = re.compile(r"(\d{1,2})[.\s-]{1,2}([^\W\d_]{3,10})\.?")
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\s?\d{1,2}[./]\s?(?:19|20)\d{2}"
    r"|\d{1,2}\.? [^\W\d_]{3,10}\.? (?:19|20)\d{2}"
)
_MONTHS = 3
"""So many months without a year side by side are a header."""
_KIND = frozenset({("type",), ("kind",), ("typ",), ("art",), ("wert", "typ"), ("value", "type")})
_PLANS = frozenset({"plan", "planned", "budget", "soll", "target", "prévu", "previsto"})
_ACTUALS = frozenset({"actual", "actuals", "ist", "spent", "réel", "real", "forecast", "fc", "prognose"})


def instrument_of(text: str) -> Instrument | None:
    """The survey's instrument that a header or a sheet's name says, "NPS (0–10)"; None for none."""
    said = text.casefold()
    words = {*re.findall(r"[^\W_]+", said)}
    named = (one for one in Instrument if str(one) in words or _LONG[one] in said)
    return next(named, None)


def colours(cells: Iterable[Any]) -> float:
    """The share of the filled cells that name a colour of status."""
    there = [cell for cell in cells if isinstance(cell, str) and re.search(r"\w|[^\x00-\x7f]", cell)]
    return sum(map(_is_colour, there)) / len(there) if there else 0.0


def _is_colour(cell: str) -> bool:
    parts = re.findall(r"[^\W_]+|[^\w\s]", cell.casefold())
    return fold(cell) in _COLOURS or any(part in _COLOURS and len(part) > 2 for part in parts)


def of_a_year(grid: Grid) -> Grid:
    """The sheet with the year of its name or of a title above in the headers that are months or days without
    one, such as Jan … Dec or 30-Jun; as it is where none or several are named."""
    rows, changed = list(grid.rows), False
    for place, row in enumerate(rows[:HEADER_ROWS]):
        months = [at for at, cell in enumerate(row) if _is_month(cell)]
        above = [cell for line in grid.rows[:place] for cell in line if isinstance(cell, str)]
        year = next((found[0] for text in (*above, grid.name) if (found := _years(text))), None)
        if len(months) >= _MONTHS and year:
            plain = [re.sub(r"[.\s-]+", " ", cell) if at in months else cell for at, cell in enumerate(row)]
            rows[place] = [f"{cell} {year}" if at in months else cell for at, cell in enumerate(plain)]
            changed = True
    return replace(grid, rows=rows) if changed else grid


def yearless(grid: Grid) -> list[str]:
    """The headers of a sheet that are months or days without a year, where nothing says of which one."""
    for row in grid.rows[:HEADER_ROWS]:
        months = [str(cell) for cell in row if _is_month(cell)]
        if len(months) >= _MONTHS:
            return months
    return []


def _years(text: str) -> list[str]:
    found = sorted({*_YEAR.findall(text)})
    return found if len(found) == 1 else []


def _is_month(cell: Any) -> bool:
    day = _DAY_OF.fullmatch(cell.strip()) if isinstance(cell, str) else None
    name = day[2] if day else cell
    return isinstance(name, str) and month_number(name.strip().rstrip(".")) is not None


def day_above(grid: Grid, header: int) -> str | None:
    """The one day that the titles above a header name, such as "Stand: 26.10.2026"; None where none or
    several are named, and where days and months may be mixed up."""
    at = Column("at", Kind.INSTANT)
    cells = [cell for row in grid.rows[: header - 1] for cell in row if cell is not None]
    said = [one for cell in cells if isinstance(cell, str) for one in _DATE.findall(cell)]
    said += [cell for cell in cells if hasattr(cell, "isoformat")]
    read = readings.read([str(one).replace(". ", ".") for one in said], at, readings.Reading())
    days = {(one or "")[:10] for one in read.values}
    return days.pop() or None if len(days) == 1 else None


def actuals(table: str, names: Sequence[str], rows: Sequence[tuple[int, Sequence[Any]]]) -> set[int]:
    """Numbers of the rows that are no plan, in a sheet of budgets whose column says of each row whether it is
    one: a budget is what was planned."""
    if table != "budgets":
        return set()
    for place, name in enumerate(names):
        if words_of(name) in _KIND:
            said = {number: fold(as_text(row[place]) or "") for number, row in rows if place < len(row)}
            if said and {*said.values()} <= _PLANS | _ACTUALS and {*said.values()} & _PLANS:
                return {number for number, word in said.items() if word in _ACTUALS}
    return set()


def needed(table: str) -> list[str]:
    """The columns that a sheet must have to be this table; a key that rows can be given is none."""
    key = TABLES[table].key
    given = {"level", "created_at"} | ({*key} if len(key) == 1 else set())
    own = [one for one in TABLES[table].columns if one.filled and not one.derived]
    return [one.name for one in own if one.default is None and one.name not in given]
