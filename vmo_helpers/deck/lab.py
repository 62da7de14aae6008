"""The same parts for a reader of the notebook: small HTML with its style inside, so that JupyterLab shows
what the page will."""

from __future__ import annotations

from html import escape
from typing import Any

from vmo_helpers.results.headlines import headline_of
from vmo_helpers.style import palette, wording
from vmo_helpers.vocabulary import Severity

_STYLE = (
    f".vmo{{font:15px/1.5 "
    f"{palette.FONT};color:{palette.INK};max-width:920px;font-variant-numeric:tabular-nums;unicode-bidi:isolate}}"
    ".vmo h3{font-size:22px;line-height:1.25;font-weight:650;margin:4px 0;max-width:30em;text-wrap:balance}"
    f".vmo p{{margin:4px 0;max-width:46em}}.vmo .q{{color:{palette.MUTED};font-size:13px}}"
    f".vmo .d{{color:{palette.MUTED};font-size:13px;border-top:1px solid "
    f"{palette.GRID};padding-top:6px;max-width:none}}"
    f".vmo .bad{{color:{palette.ALARM_TEXT}}}.vmo .good{{color:{palette.GOOD_TEXT}}}.vmo "
    f".careful{{color:{palette.AMBER_TEXT}}}"
    ".vmo table{border-collapse:collapse;font-size:13px;margin:8px 0}.vmo.vmo tr{background:none}"
    # Twice the class: JupyterLab's own style for tables is as specific as one.
    f".vmo.vmo td,.vmo.vmo th{{padding:3px 16px 3px 0;text-align:left;background:none;border-bottom:1px "
    f"solid {palette.GRID}}}"
    f".vmo th{{font-weight:400;color:{palette.MUTED}}}.vmo.vmo .n{{text-align:right}}"
    ".vmo.vmo td.n,.vmo.vmo td.s{white-space:nowrap}"
    ".vmo.vmo ul{list-style:none;display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:8px "
    "24px;padding:8px 0 0;margin:16px 0;"
    f"border-top:2px solid {palette.INK};font-size:13px;line-height:1.45;color:{palette.MUTED}}}"
    ".vmo.vmo li{margin:0}"
    f".vmo li b{{display:block;font-size:26px;line-height:1.35;font-weight:650;color:{palette.INK}}}"
    ".vmo li span{display:block;font-weight:600}"
)
SHORT = 16
_TONES = {Severity.ALARM: "bad", Severity.WARNING: "careful", Severity.GOOD: "good"}


def wrapped(*pieces: str) -> str:
    """Pieces of HTML in the deck's type."""
    return f'<div class="vmo"><style>{_STYLE}</style>{"".join(pieces)}</div>'


def review(part: dict[str, Any]) -> str:
    """One line: whose portfolio, which stretch of time."""
    line = f"{part['portfolio']} · facts from {wording.span(part['from'], part['to'], ' to ')}"
    return wrapped(f'<p class="q">{_text(line)}</p>')


def opening(part: dict[str, Any]) -> str:
    """The conclusion of the whole deck, its tiles, what is asked."""
    tiles = "".join(
        f"<li>{_text(tile['label'])}<b>{_text(tile['value'])}</b>{_changed(tile['change'])}{_text(tile['note'])}</li>"
        for tile in part["tiles"]
    )
    asks = "".join(f"<p>{place}. {_text(ask['ask'])}</p>" for place, ask in enumerate(part["asks"], 1))
    return wrapped(
        f"<h3>{_text(part['title'])}</h3>",
        f"<p>{_text(part['lede'])}</p>" if part["lede"] else "",
        f"<ul>{tiles}</ul>",
        asks,
    )


def slide(part: dict[str, Any]) -> str:
    """Status, conclusion, how to read it."""
    mark = palette.SEVERITY[Severity(part["severity"])]
    tone = _TONES.get(Severity(part["severity"]), "")
    return wrapped(
        f'<p class="q"><span class="{tone}">{mark.sign} '
        f"{mark.word}</span></p><h3>{_text(part['title'])}</h3>",
        f"<p>{_text(part['read'])}</p>" if part["read"] else "",
    )


def below(part: dict[str, Any]) -> str:
    """What stands under the chart: the slide's table, its definition, its change."""
    changes = "".join(f" · {_text(entry['label'])} {_changed(entry)}" for entry in part["changes"])
    rows = rows_table(part["table"]) if part["table"] else ""
    return (
        wrapped(rows, f'<p class="d">{_text(part["definition"])}{changes}</p>')
        if rows or part["definition"] or changes
        else ""
    )


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
    columns = [
        {"label": "Figure", "number": False},
        {"label": "Value", "number": True},
        {"label": "n", "number": True},
        {"label": "Definition", "number": False},
    ]
    return wrapped(rows_table({"columns": columns, "rows": rows, "total": len(rows)}))


def findings(entries: list[dict[str, Any]]) -> str:
    """Findings as their sentences."""
    return wrapped(
        *(
            f"<p>{palette.SEVERITY[Severity(entry['severity'])].sign} {_text(entry['sentence'])}</p>"
            for entry in entries
        )
    )


def closing(part: dict[str, Any]) -> str:
    """What is missing and what was left out."""
    absent = [f"not there: {', '.join(part['absent'])}"] if part["absent"] else []
    said = " · ".join([*absent, *(note["sentence"] for note in part["notes"])])
    return wrapped(f'<p class="d">{_text(said or "Every table is there.")}</p>')


def rows_table(table: dict[str, Any]) -> str:
    """A table as ``cells.table`` gives it, with the count of the rest."""
    kinds = [_kind(column, place, table["rows"]) for place, column in enumerate(table["columns"])]
    head = "".join(
        f'<th class="{kind}">{_text(column["label"])}</th>'
        for kind, column in zip(kinds, table["columns"], strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{kind}">{_cell(cell)}</td>' for kind, cell in zip(kinds, row, strict=True))
        + "</tr>"
        for row in table["rows"]
    )
    more = (
        f'<p class="q">{len(table["rows"])} of {wording.number(table["total"])}</p>'
        if table["total"] > len(table["rows"])
        else ""
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _kind(column: dict[str, Any], place: int, rows: list[list[Any]]) -> str:
    """The class of a column's cells: numbers, and columns of short texts, are not broken over lines."""
    texts = (row[place] if isinstance(row[place], str) else row[place]["text"] for row in rows)
    return "n" if column["number"] else "s" if all(len(text) <= SHORT for text in texts) else ""


def _cell(cell: str | dict[str, str]) -> str:
    return (
        _text(cell)
        if isinstance(cell, str)
        else f'<span class="{escape(cell["tone"])}">{_text(cell["text"])}</span>'
    )


def _changed(change: dict[str, str] | None) -> str:
    return "" if change is None else f'<span class="{escape(change["tone"])}">{_text(change["words"])}</span>'


def _text(text: str) -> str:
    return escape(wording.clipped(str(text), 400))
