"""What people call the contract's tables and columns: "Epics", "Epic-ID", "Fällig am". A proposal, never read
unasked.

A header is cut into words, German ones are turned into English, and the words are held against those of each
column. So one line a word is enough for "Created", "Created at", "Creation date" and "Angelegt am".
"""

from __future__ import annotations

import re

from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.contract.schema import NAMED, TABLES

_TABLES = {
    "work_items": "epics epic initiatives initiative features issues items projects project backlog "
    "portfolio tickets ticket projekte vorhaben initiativen epen vorgänge",
    "transitions": "history status_history ticket_history issue_history item_history "
    "state_changes status_changes changes changelog moves verlauf "
    "statusverlauf historie",
    "states": "statuses workflow board columns status zustände",
    "value_streams": "streams stream wertströme",
    "status_reports": "status_report rag rag_status ampel statusberichte weekly_status health",
    "metrics": "kpis kpi kennzahlen metriken",
    "observations": "measurements kpi_values metric_values messwerte beobachtungen",
    "surveys": "survey nps csat umfrage umfragen feedback",
    "benefits": "benefit benefit_register benefits_register nutzen nutzenregister",
    "realisations": "realizations realised realized_benefits",
    "budgets": "budget funding",
    "spend": "costs actuals kosten ausgaben istkosten",
    "risks": "risk_register raid risiken risikoregister",
    "objectives": "okrs okr goals ziele",
    "key_results": "krs schlüsselergebnisse",
    "checkins": "check_ins check_in okr_updates",
    "links": "alignment okr_links verknüpfungen",
    "shifts": "market_shifts market_shift marktverschiebungen",
    "decisions": "decision_log entscheidungen beschlüsse",
    "dependencies": "abhängigkeiten",
    "blockers": "impediments blocker blockaden",
    "teams": "team",
}

_GERMAN = {
    "titel": "title",
    "bezeichnung": "title",
    "zusammenfassung": "title",
    "erstellt": "created",
    "angelegt": "created",
    "ebene": "level",
    "wertstrom": "stream",
    "projekt": "project",
    "vorhaben": "project",
    "vorgang": "issue",
    "nummer": "id",
    "kennung": "id",
    "schlüssel": "id",
    "zustand": "state",
    "klasse": "class",
    "datum": "date",
    "am": "at",
    "zeitpunkt": "date",
    "stichtag": "date",
    "neu": "new",
    "neuer": "new",
    "alter": "old",
    "ampel": "overall",
    "von": "from",
    "bis": "to",
    "nach": "to",
    "beginn": "start",
    "begonnen": "started",
    "gestartet": "started",
    "ende": "end",
    "fertig": "finished",
    "abgeschlossen": "finished",
    "geliefert": "delivered",
    "geplant": "planned",
    "geplantes": "planned",
    "fällig": "due",
    "betrag": "amount",
    "summe": "amount",
    "monat": "month",
    "jahr": "year",
    "ziel": "objective",
    "zielwert": "target",
    "ausgangswert": "baseline",
    "istwert": "value",
    "wert": "value",
    "einheit": "unit",
    "kennzahl": "metric",
    "metrik": "metric",
    "gesamt": "overall",
    "gesamtstatus": "overall",
    "termine": "schedule",
    "termin": "schedule",
    "kosten": "cost",
    "umfang": "scope",
    "qualität": "quality",
    "nutzen": "benefit",
    "kommentar": "comment",
    "bemerkung": "comment",
    "verantwortlich": "owner",
    "verantwortlicher": "owner",
    "zuversicht": "confidence",
    "wahrscheinlichkeit": "probability",
    "auswirkung": "impact",
    "risiko": "risk",
    "grund": "reason",
    "frage": "question",
    "entscheidung": "decision",
    "währung": "currency",
    "gewicht": "weight",
    "rang": "rank",
    "punkte": "score",
    "anzahl": "count",
}
_WORDS = {"key": "id", "no": "id", "nr": "id", "number": "id", "identifier": "id", "day": "date", "on": "at"}
_WORDS |= {
    "summary": "title",
    "subject": "title",
    "opened": "created",
    "headline": "title",
    "creation": "created",
    "finish": "finished",
    "kr": "result",
}
_WORDS |= {
    "goal": "objective",
    "kpi": "metric",
    "realised": "value",
    "actual": "value",
    "forecasted": "forecast",
}
_WORDS |= {"timestamp": "date", "time": "date", "when": "date", "changed": "date", "reported": "date"}
_WORDS |= {"status": "state", "rag": "overall", "health": "overall", "current": "value", "aim": "target"}

_ITEM = ("item", "work item", "epic", "initiative", "feature", "project", "issue", "ticket")
_MEANT = {
    "item_id": _ITEM,
    "parent_id": ("parent", *(f"parent {word}" for word in _ITEM)),
    "value_stream_id": ("value stream", "stream"),
    "objective_id": ("objective",),
    "kr_id": ("result", "id result"),
    "metric_id": ("metric",),
    "benefit_id": ("benefit",),
    "risk_id": ("risk",),
    "decision_id": ("decision",),
    "budget_id": ("budget",),
    "survey_id": ("survey", "response"),
    "state": ("column", "title", "name"),
    "from": ("start", "valid from", "from date"),
    "to": ("end", "valid to", "valid until", "to date"),
    "to_state": ("state", "to", "new state", "state to"),
    "from_state": ("from", "old state", "previous state", "state from"),
    "class": ("category", "state class", "state category"),
    "overall": ("state", "overall state", "colour", "color"),
    "schedule": ("time", "timeline"),
    "budget": ("cost",),
    "period": ("month", "date"),
    "amount": ("cost", "sum"),
    "instrument": ("survey type", "kind"),
    "score": ("rating", "answer", "points"),
    "count": ("responses", "answers"),
    "planned_value": ("value", "planned benefit", "benefit value"),
    "work_type": ("type",),
    "started_at": ("start",),
    "finished_at": ("end", "done", "completed", "closed", "resolved"),
    "planned_end": ("due", "target date", "planned end date"),
    "owner": ("responsible",),
    "outcome": ("decision",),
    "asked_at": ("date",),
    "due": ("date due", "deadline", "target date"),
}
"""Column → what its header may say in words, beside its own name."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a header or a name, as they are compared: in English, without what stands in brackets."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name[:200])
    text = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", text)
    words = [_GERMAN.get(word, word) for word in re.findall(r"[^\W_]+", text.casefold())]
    known = [_WORDS.get(word, word) for word in words]
    return tuple(word for word, before in zip(known, [None, *known], strict=False) if word != before)


def table_meant(name: str) -> str | None:
    """The table that is most likely meant by the name of a file or sheet; None where none is."""
    folded = "_".join(re.findall(r"[^\W_]+", name.casefold()))
    if folded in TABLES:
        return folded
    return next((table for table, names in _TABLES.items() if folded in names.split()), None)


def column_meant(table: str, header: str) -> str | None:
    """The column that is most likely meant by a header of a table; None where none is."""
    return next(iter(columns_meant(table, [header])), None)


def columns_meant(table: str, headers: list[str]) -> dict[str, str]:
    """Column → the header that most likely means it, the surest first; no header means two columns."""
    said = {header: words_of(header) for header in dict.fromkeys(headers)}
    ranked = [
        (-rank, place, column.name, header)
        for place, (header, words) in enumerate(said.items())
        for column in TABLES[table].columns
        if words and (rank := _rank(table, column, words))
    ]
    found: dict[str, str] = {}
    for _, _, column, header in sorted(ranked):
        if column not in found and header not in found.values():
            found[column] = header
    return {name: found[name] for name in TABLES[table].names if name in found}


def _rank(table: str, column: Column, words: tuple[str, ...]) -> int:
    """How surely a header means a column: 4 its own name, 3 its words in another form, 2 what people call it,
    1 so only where nothing is nearer, 0 not at all."""
    said, own = " ".join(words), " ".join(words_of(column.name))
    bare = re.sub(r" (id|title|name)$", "", said)
    meant = _MEANT.get(column.name, ())
    mine = TABLES[table].key == (column.name,)
    if said == own:
        return 4
    if column.name == NAMED.get(table):
        entity = {
            word for key in TABLES[table].key for word in (key.removesuffix("_id"), *_MEANT.get(key, ()))
        }
        return 3 if said in ("title", "name") else 2 if bare in entity and not said.endswith(" id") else 0
    if column.kind is Kind.KEY:
        if said == "id":
            first = TABLES[table].key[:1] == (column.name,) and column.name.endswith("_id")
            return 3 if mine else 2 if first else 0
        known = (own.removesuffix(" id"), *meant)
        alone = 1 if mine and table in NAMED else 2
        return 3 if said.endswith(" id") and bare in known else alone if said in known else 0
    if column.kind in (Kind.INSTANT, Kind.DAY):
        near = {own.removesuffix(" at"), *meant}
        forms = {f"{one}{end}" for one in near for end in ("", " date", " at")} | {
            f"date {one}" for one in near
        }
        return 3 if said in forms else 1 if own == "at" and words[-1] == "date" else 0
    return 3 if bare == own else 2 if said in meant or bare in meant else 0
