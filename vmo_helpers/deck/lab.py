"""The same parts for a reader of the notebook: small HTML with its style inside, so that JupyterLab shows
what the page will."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vmo_helpers.results.headlines import headline_of
from vmo_helpers.style import palette, wording
from vmo_helpers.style.templates import environment
from vmo_helpers.vocabulary import Severity

TEMPLATES = Path(__file__).parent
SHORT = 16


def _html(macro: str, *values: Any) -> str:
    return str(getattr(environment(TEMPLATES).get_template("lab.j2").module, macro)(*values))


def review(part: dict[str, Any]) -> str:
    """One line: whose portfolio, which stretch of time."""
    return _html("line", f"{part['portfolio']} · facts from {wording.span(part['from'], part['to'], ' to ')}")


def opening(part: dict[str, Any]) -> str:
    """The conclusion of the whole deck, its tiles, what is asked."""
    return _html("opening", part)


def slide(part: dict[str, Any]) -> str:
    """Status, conclusion, how to read it."""
    return _html("slide", part, palette.SEVERITY[Severity(part["severity"])])


def below(part: dict[str, Any]) -> str:
    """What stands under the chart: the slide's table, its definition, its change."""
    table = part["table"] and shown(part["table"])
    return _html("below", part, table) if table or part["definition"] or part["changes"] else ""


def figures(entries: dict[str, dict[str, Any]], currency: str) -> str:
    """Headline numbers as a table."""
    rows = [
        [
            headline_of(key).label,
            wording.quantity(entry["value"], entry["unit"], currency),
            wording.number(entry["n"]),
            entry["definition"],
        ]
        for key, entry in entries.items()
    ]
    labels = {"Figure": False, "Value": True, "n": True, "Definition": False}
    columns = [{"label": label, "number": number} for label, number in labels.items()]
    return _html("table", shown({"columns": columns, "rows": rows, "total": len(rows)}))


def findings(entries: list[dict[str, Any]]) -> str:
    """Findings as their sentences."""
    said = [(palette.SEVERITY[Severity(entry["severity"])], entry["sentence"]) for entry in entries]
    return _html("findings", said)


def closing(part: dict[str, Any]) -> str:
    """What is missing and what was left out."""
    absent = [f"not there: {', '.join(part['absent'])}"] if part["absent"] else []
    said = " · ".join([*absent, *(note["sentence"] for note in part["notes"])])
    return _html("line", said or "Every table is there.", "d")


def recorded(sign: str, said: str) -> str:
    """What became of a decision that was to be written down."""
    return _html("recorded", sign, said)


def open_decisions(waiting: list[dict[Any, Any]]) -> str:
    """The decisions that wait, and how one is recorded."""
    return _html("open_decisions", waiting)


def shown(table: dict[str, Any]) -> dict[str, Any]:
    """A table as ``cells.table`` gives it, with the class of each column's cells: numbers, and columns of
    short texts, are not broken over lines."""
    texts = ([cell if isinstance(cell, str) else cell["text"] for cell in row] for row in table["rows"])
    long = [any(len(text) > SHORT for text in column) for column in zip(*texts, strict=True)]
    kinds = [
        "n" if column["number"] else "" if place < len(long) and long[place] else "s"
        for place, column in enumerate(table["columns"])
    ]
    return {**table, "kinds": kinds}
