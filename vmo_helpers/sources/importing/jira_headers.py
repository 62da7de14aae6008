"""What Jira calls the columns of its export to CSV, in English, German, French, Spanish and Portuguese, and
the words of its own that stand in them."""

from __future__ import annotations

import re

from vmo_helpers.tables.shapes import fold

_COLUMNS = {
    "issue_key": "Issue key|Work item key|Key|Vorgangsschlüssel|Vorgangs-Key|Schlüssel|Clé de ticket|"
    "Clé du ticket|Clé|Clave de incidencia|Clave de la incidencia|Clave|Chave da item|Chave do item|"
    "Chave do ticket|Chave",
    "issue_id": "Issue id|Work item id|Vorgangs-ID|ID de ticket|ID du ticket|Identifiant du ticket|"
    "ID de la incidencia|ID de incidencia|ID da item|ID do item|ID do ticket",
    "issue_type": "Issue Type|Work type|Work item type|Vorgangstyp|Type de ticket|Type de demande|"
    "Tipo de Incidencia|Tipo de item|Tipo do item|Tipo de ticket",
    "summary": "Summary|Zusammenfassung|Résumé|Resumen|Resumo",
    "status": "Status|État|Statut|Estado",
    "status_category": "Status Category|Statuskategorie|Catégorie d'état|Catégorie de statut|"
    "Catégorie du statut|Categoría de estado|Categoría del estado|Categoria do status|Categoria de status",
    "status_category_changed": "Status Category Changed|Statuskategorie geändert|Catégorie d'état modifiée|"
    "Catégorie de statut modifiée|Categoría de estado modificada|Cambio de categoría de estado|"
    "Categoria do status alterada|Categoria de status alterada",
    "project_key": "Project key|Projektschlüssel|Clé de projet|Clé du projet|Clave del proyecto|"
    "Clave de proyecto|Chave do projeto|Chave de projeto",
    "project_name": "Project name|Projektname|Nom de projet|Nom du projet|Nombre del proyecto|"
    "Nombre de proyecto|Nome do projeto",
    "created": "Created|Erstellt|Créé|Créée|Création|Créé(e)|Creada|Creado|Criado|Criada|Criado(a)",
    "updated": "Updated|Aktualisiert|Mis à jour|Mise à jour|Mis(e) à jour|Actualizada|Actualizado|Atualizado|"
    "Atualizada|Atualizado(a)",
    "resolved": "Resolved|Erledigt|Gelöst|Résolu|Résolue|Résolu(e)|Resuelta|Resuelto|Resolvido|Resolvida|"
    "Resolvido(a)",
    "resolution": "Resolution|Lösung|Résolution|Resolución|Resolução",
    "due_date": "Due date|Fälligkeitsdatum|Fällig|Date d'échéance|Échéance|Fecha de vencimiento|"
    "Data limite|Data de vencimento|Data de entrega",
    "parent_key": "Parent key|Übergeordneter Schlüssel|Übergeordneter Vorgangsschlüssel|Clé parent|"
    "Clé parente|Clave principal|Clave del padre|Chave pai|Chave principal",
    "parent_id": "Parent|Parent id|Übergeordnet|Übergeordnete ID|Übergeordneter Vorgang|ID parent|Principal|"
    "ID principal|Pai|ID pai|ID do pai",
}
HEADERS = {fold(name): column for column, names in _COLUMNS.items() for name in names.split("|")}
"""Header, folded → what the column is."""
NAMES = {column: names.partition("|")[0] for column, names in _COLUMNS.items()}
"""What each column is called in English."""

CUSTOM = re.compile(
    r"(?:Custom field|Benutzerdefinierte(?:s|) Feld(?:er|)|Champs? personnalisés?|Campos? personalizados?)"
    r"\s*\((.*)\)",
    re.IGNORECASE,
)
"""The header of a field of the site's own."""

WAITS_FOR = re.compile(r"Inward (?:issue|work item) link \((.*)\)", re.IGNORECASE)
"""The header of the issues that an issue waits for, by the name of the kind of link; it repeats."""

CATEGORY = {
    **dict.fromkeys(("to do", "zu erledigen", "à faire", "por hacer", "tareas por hacer", "a fazer"), "new"),
    **dict.fromkeys(("itens pendentes", "tarefas pendentes"), "new"),
    **dict.fromkeys(("in progress", "in arbeit", "en cours", "en curso", "em andamento"), "indeterminate"),
    **dict.fromkeys(("done", "fertig", "erledigt", "terminé", "finalizada", "listo", "hecho"), "done"),
    **dict.fromkeys(("itens concluídos", "concluído", "concluídos", "feito"), "done"),
}
"""Jira's categories of statuses in these languages; any other word is none."""

UNRESOLVED = frozenset(
    {"unresolved", "nicht erledigt", "unerledigt", "ungelöst", "non résolu", "non résolue", "non résolu(e)"}
    | {"sin resolver", "não resolvido", "não resolvida", "não resolvido(a)"}
)
SUB_TASK = re.compile(r"sub.?task|unteraufgabe|teilaufgabe|sous.t[âa]che|subtarea|sub.?tarefa", re.IGNORECASE)
TASK = re.compile(r"task|aufgabe|t[âa]che|tarea|tarefa", re.IGNORECASE)
