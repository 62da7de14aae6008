"""What Azure DevOps calls the columns of a query's export to CSV, in English, German, French and Spanish: a
server names its fields in the language that it was installed in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vmo_helpers.tables.shapes import fold

_COLUMNS = {
    "ID": "Id|WorkItemId|Identifiant|Identificador|Nummer",
    "Work Item Type": "WorkItemType|Arbeitselementtyp|Arbeitsaufgabentyp|Typ des Arbeitselements|Typ|"
    "Type d'élément de travail|Type de l'élément de travail|Type|Tipo de elemento de trabajo|Tipo",
    "Title": "Titel|Titre|Título",
    "State": "Zustand|Status|État|Statut|Estado",
    "Reason": "Grund|Ursache|Raison|Motif|Motivo|Razón",
    "Parent": "Übergeordnet|Übergeordnetes Element|Élément parent|Elemento primario|Primario|Principal",
    "Tags": "Markierungen|Kategorien|Balises|Étiquettes|Etiquetas",
    "Area Path": "Bereichspfad|Chemin de zone|Chemin de la zone|Chemin d'accès à la zone|Ruta de área|"
    "Ruta del área|Ruta de acceso del área|Ruta de acceso de área",
    "Team Project": "Teamprojekt|Projet d'équipe|Proyecto de equipo",
    "Created Date": "Erstellungsdatum|Erstelldatum|Erstellt am|Date de création|Créé le|Fecha de creación|"
    "Fecha creada",
    "Changed Date": "Änderungsdatum|Geändertes Datum|Geändert am|Date de modification|Modifié le|"
    "Fecha de modificación|Fecha de cambio|Fecha cambiada",
    "Closed Date": "Abschlussdatum|Schließdatum|Geschlossen am|Datum der Schließung|Date de fermeture|"
    "Date de clôture|Fermé le|Fecha de cierre",
    "Activated Date": "Aktivierungsdatum|Aktiviert am|Datum der Aktivierung|Date d'activation|Activé le|"
    "Fecha de activación|Fecha activada",
    "State Change Date": "Statusänderungsdatum|Zustandsänderungsdatum|Datum der Statusänderung|"
    "Datum der Zustandsänderung|Date de changement d'état|Date de modification de l'état|"
    "Fecha de cambio de estado",
    "Target Date": "Zieldatum|Zieltermin|Date cible|Fecha objetivo|Fecha de destino",
    "Finish Date": "Enddatum|Endtermin|Date de fin|Fecha de finalización|Fecha de fin",
}
_ENGLISH = {
    fold(name): english for english, names in _COLUMNS.items() for name in (english, *names.split("|"))
}
_TREE = re.compile(r"(?:Titel|Titre|Título)\s+([1-9]\d?)", re.IGNORECASE)
NEEDED = ("ID", "Work Item Type", "State")
"""Without these a row is no work item; its title may be a tree of titles."""
EXPECTED = (
    "expected a query's export to CSV with the columns ID, Work Item Type, Title and State, in English, "
    "German, French or Spanish"
)


def english(row: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row under the English names of its columns; of two that mean one the first, and none
    where one bears the English name itself."""
    found: dict[str, str] = {}
    for name, cell in row.items():
        tree = _TREE.fullmatch(name.strip())
        last = name.strip(" .").rpartition(".")[2]  # System.State as the API names it, or "Id."
        meant = f"Title {tree[1]}" if tree else _ENGLISH.get(fold(last), name)
        if meant not in found and (meant == name or meant not in row):
            found[meant] = cell
    return found


def lacking(names: list[str]) -> list[str]:
    """The needed columns that none of these headers is."""
    there = english(dict.fromkeys(names, ""))
    return [name for name in NEEDED if name not in there and name.replace(" ", "") not in there]
