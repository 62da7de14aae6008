"""What people call the contract's tables and columns: "Epics", "Epic-ID", "Fällig am". A proposal, never read
unasked.

A header is cut into words of English (``words``), and these are held against those of each column.
"""

from __future__ import annotations

import re

from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.contract.dated import date_meant
from vmo_helpers.contract.schema import NAMED, TABLES
from vmo_helpers.contract.words import words_of

_TABLES = {
    "work_items": "projets proyectos épics épicas portefeuille portafolio cartera "
    "epics epic initiatives initiative features issues items projects project backlog "
    "portfolio tickets ticket projekte vorhaben initiativen epen vorgänge",
    "transitions": "historique historial history status_history ticket_history issue_history item_history "
    "state_changes status_changes changes changelog moves verlauf "
    "statusverlauf historie statushistorie",
    "states": "tableau tablero statuses workflow board columns status zustände",
    "value_streams": "flux_de_valeur flujos_de_valor streams stream wertströme",
    "status_reports": "météo météo_projets semáforos "
    "status_report rag rag_status ampel statusberichte weekly_status health",
    "metrics": "indicateurs indicadores kpis kpi kennzahlen metriken",
    "observations": "mesures mediciones measurements kpi_values metric_values messwerte beobachtungen",
    "surveys": "enquête enquêtes encuesta encuestas survey nps csat umfrage umfragen feedback",
    "benefits": "bénéfices gains beneficios benefit benefit_register benefits_register nutzen nutzenregister",
    "realisations": "realizations realised realized_benefits",
    "budgets": "presupuesto presupuestos budget funding",
    "spend": "dépenses coûts gastos costs actuals kosten ausgaben istkosten",
    "risks": "risques riesgos risk_register raid risiken risikoregister",
    "objectives": "objectifs objetivos okrs okr goals ziele",
    "key_results": "krs schlüsselergebnisse",
    "checkins": "check_ins check_in okr_updates",
    "links": "alignment okr_links verknüpfungen",
    "shifts": "market_shifts market_shift marktverschiebungen",
    "decisions": "décisions decisiones decision_log entscheidungen beschlüsse",
    "dependencies": "abhängigkeiten",
    "blockers": "impediments blocker blockaden",
    "teams": "team",
}

_ITEM = ("item", "work item", "epic", "initiative", "feature", "project", "issue", "ticket")
_GOAL_ENDS = ("end", "valid to", "to date", "due", "deadline", "target date")
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
    "to": ("end", "valid to", "to date"),
    "objectives.to": _GOAL_ENDS,
    "key_results.to": _GOAL_ENDS,
    "from_at": ("blocked since", "blocked from", "blocked", "since", "from", "start", "started"),
    "to_at": ("blocked to", "to", "end", "cleared", "unblocked", "resolved"),
    "needs_item_id": (
        *("needs", "depends", "depends at", "depends from", "depends ab from", "predecessor", "requires"),
        *("waits for", "blocked by"),
    ),
    "targets.goal_id": ("objective", "result", "id result", "benefit"),
    "targets.value": ("target",),
    "baseline": ("value baseline", "baseline value", "value start"),
    "target": ("value target", "target value", "value objective", "objective value"),
    "decided_at": ("decision date",),
    "question": ("title", "topic"),
    "transitions.at": ("updated", "moved", "transition"),
    "to_state": ("state", "to", "new", "new state", "state new", "state to"),
    "from_state": ("from", "old", "old state", "state old", "state from"),
    "class": ("category", "state class", "state category"),
    "overall": ("state", "overall state", "colour", "color"),
    "schedule": ("time", "timeline"),
    "budget": ("cost",),
    "period": ("month", "date"),
    "amount": ("cost", "sum", "budget"),
    "instrument": ("survey type", "kind"),
    "score": ("rating", "answer", "points"),
    "count": ("responses", "answers"),
    "planned_value": ("value", "planned benefit", "benefit value"),
    "work_type": ("type",),
    "planned_cost": ("budget", "cost plan", "planned budget", "approved budget", "budget plan", "plan cost"),
    "goal": ("strategic objective", "strategic goal", "contributes to", "okr", "linked objective"),
    "started_at": ("start",),
    "finished_at": ("end", "done", "completed", "closed", "resolved"),
    "planned_end": ("due", "target date", "planned end date"),
    "owner": ("responsible", "benefit owner", "objective owner", "result owner"),
    "outcome": ("decision",),
    "asked_at": ("date",),
    "value_type": ("category", "benefit type", "benefit category", "type benefit", "type"),
    "due": ("due ab", "date due", "deadline", "target date"),
}
"""Column → what its header may say in words, beside its own name."""


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
    meant = _MEANT.get(f"{table}.{column.name}", _MEANT.get(column.name, ()))
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
        alone = 1 if mine else 2  # what else it may be is nearer: a name, a decision, an amount
        return 3 if said.endswith(" id") and bare in known else alone if said in known else 0
    if column.kind in (Kind.INSTANT, Kind.DAY):
        near = {own.removesuffix(" at"), *meant}
        forms = {f"{one}{end}" for one in near for end in ("", " date", " at")} | {
            f"date {one}" for one in near
        }
        if table == "work_items" and said.removeprefix("value ") not in forms:
            return 2 if date_meant(words) == column.name else 0
        if said.removeprefix("value ") in forms:
            return 3
        dated = words[-1] in ("date", "month") and words[-2:] != ("to", "date")  # "Spent to date" is none
        return 1 if own == "at" and dated else 0
    return 3 if bare == own else 2 if said in meant or bare in meant else 0
