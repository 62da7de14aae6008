"""The words of headers in English: from German, French and Spanish, without what stands in brackets, and
each thing under one word.

So one line a word is enough for "Created at", "Creation date", "Angelegt am" and "Date de création".
"""

from __future__ import annotations

import re
import unicodedata

_SAID = {
    "title": "summary subject headline titel bezeichnung zusammenfassung titre intitulé libellé nom título "
    "nombre resumen",
    "id": "code key no nr number identifier nummer kennung schlüssel clé identifiant numéro clave "
    "identificador número código",
    "date": "day timestamp time when changed reported datum zeitpunkt stichtag fecha",
    "at": "on am",
    "since": "seit depuis desde",
    "in": "im en into",
    "created": "opened creation erstellt angelegt erstellung anlage eröffnet créé créée création ouvert "
    "ouverte creado creada creación alta abierto abierta",
    "registered": "registriert registrierung erfasst erfassung registration enregistré enregistrée "
    "enregistrement registrado registrada registro",
    "requested": "asked angefragt angefordert beantragt gewünscht bestellt demandé demandée solicitado "
    "solicitada pedido pedida",
    "request": "anfrage anforderung antrag demande solicitud petición",
    "received": "receipt eingegangen eingang erhalten reçu reçue réception recibido recibida recepción",
    "submitted": "submission eingereicht einreichung soumis soumise soumission presentado presentada",
    "delivered": "geliefert ausgeliefert livré livrée entregado entregada",
    "delivery": "lieferung auslieferung livraison entrega",
    "released": "veröffentlicht publié publiée publicado publicada",
    "release": "veröffentlichung publication publicación",
    "launch": "einführung lancement lanzamiento",
    "production": "produktion produktiv producción",
    "service": "betrieb servicio",
    "put": "mise mis puesta puesto",
    "updated": "aktualisiert aktualisierung geändert änderung modified edited modifié modifiée modification "
    "actualizado actualizada actualización modificado modificada",
    "last": "letzte letzter letztes zuletzt dernier dernière último última",
    "planned": "geplant geplante geplanter geplantes prévu prévue planifié planifiée previsto prevista "
    "planificado planificada",
    "expected": "erwartet erwartete erwartetes voraussichtlich voraussichtliche voraussichtliches attendu "
    "attendue esperado esperada",
    "due": "deadline fällig faellig fälligkeit frist échéance vencimiento plazo límite",
    "from": "von",
    "to": "until bis nach jusqu hasta",
    "depends": "dependent abhängig hängt dépend depende",
    "predecessor": "vorgänger prédécesseur predecesora predecesor",
    "blocked": "blockiert bloqué bloquée bloqueado bloqueada",
    "start": "beginn début inicio",
    "started": "begonnen gestartet commencé démarré iniciado iniciada",
    "end": "ende fin",
    "finished": "finish fertig abgeschlossen beendet terminé terminée terminado terminada finalizado "
    "finalizada",
    "cancelled": "canceled cancellation stopped abgebrochen abbruch gestoppt storniert stornierung annulé "
    "annulée annulation arrêté arrêtée cancelado cancelada cancelación",
    "closed": "geschlossen clos fermé cerrado cerrada",
    "level": "ebene niveau nivel",
    "parent": "übergeordnet übergeordnete übergeordneter übergeordnetes",
    "stream": "flux chaîne flujo cadena wertstrom bereich geschäftsbereich",
    "category": "kategorie catégorie categoría",
    "project": "projekt vorhaben projet proyecto",
    "issue": "vorgang incidencia",
    "team": "équipe equipo",
    "state": "status zustand état statut estado",
    "class": "klasse",
    "new": "nouvel neu neuer neue neues nouveau nouvelle nuevo nueva",
    "old": "alter alt alte altes ancien ancienne anterior previous",
    "overall": "santé météo feu salud semáforo rag health ampel gesamt gesamtstatus",
    "amount": "betrag summe montant importe",
    "month": "monat mois mes",
    "year": "jahr année año",
    "objective": "goal ziel objectif objetivo",
    "result": "kr schlüsselergebnis schlüsselergebnisse schlüsselresultat",
    "target": "visée aim zielwert cible meta",
    "baseline": "base initial initiale inicial ausgangswert startwert basiswert",
    "value": "actuel actuelle réel réelle realised actual current aktuell aktueller istwert wert valeur "
    "valor",
    "unit": "einheit unité unidad",
    "metric": "kpi kennzahl metrik indicateur indicador",
    "forecast": "forecasted prévision previsión",
    "budget": "presupuesto",
    "direction": "richtung sens sentido",
    "schedule": "planning délai délais cronograma termine termin",
    "cost": "kosten coût costo coste",
    "scope": "périmètre alcance umfang",
    "quality": "qualité calidad qualität",
    "benefit": "bénéfice bénéfices gain gains beneficio beneficios nutzen",
    "benefit type": "nutzenart nutzenkategorie",
    "benefit owner": "nutzenverantwortlich nutzenverantwortlicher",
    "cost plan": "plankosten",
    "comment": "kommentar bemerkung commentaire comentario",
    "owner": "porteur pilote propriétaire propietario verantwortlich verantwortlicher responsable",
    "confidence": "confiance confianza zuversicht",
    "probability": "wahrscheinlichkeit probabilité probabilidad",
    "impact": "auswirkung",
    "risk": "risques riesgos risiko risque riesgo",
    "reason": "grund raison motivo",
    "customer": "client kunde cliente",
    "question": "sujet pregunta frage",
    "decision": "décision decisión entscheidung",
    "currency": "währung",
    "weight": "gewicht",
    "rank": "rang",
    "score": "punkte",
    "count": "anzahl",
    "start date": "startdatum startzeitpunkt",
    "end date": "enddatum",
    "created date": "erstelldatum erstellungsdatum anlagedatum erfassungsdatum",
    "request date": "anforderungsdatum antragsdatum anfragedatum bestelldatum",
    "received date": "eingangsdatum",
    "delivery date": "lieferdatum auslieferungsdatum",
    "due date": "fälligkeitsdatum liefertermin endtermin solltermin",
    "target date": "zieldatum zieltermin",
    "updated date": "änderungsdatum",
    "went live": "livegang produktivsetzung",
    "put in service": "inbetriebnahme",
    "rolled out": "ausgerollt rollout déployé desplegado",
    "cancelled date": "abbruchdatum stornodatum stornierungsdatum",
    "handed over": "handover übergeben übergabe",
}
"""What is meant → what people write for it."""


def _plain(word: str) -> str:
    """A word without its accents: people leave them out."""
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))


_WORDS = {word: meant for meant, words in _SAID.items() for word in words.split()}
_WORDS = {_plain(word): meant for word, meant in _WORDS.items()} | _WORDS
_RESULT = re.compile(r"\b(?:r[ée]sultats?\s+cl[ée]s?|resultados?\s+claves?)\b", re.IGNORECASE)
"""Two words for a key result, of which the one alone is a key."""
_OF = frozenset({"of", "de", "du", "des", "del", "d"})
"""Between two words the second tells what the first is of: "date de création" is a creation date."""
_DROPPED = frozenset({"l", "la", "las", "los", "les", "the"})
_DAY_IS = frozenset({"le", "el"})
"""At the end the day on which something was so: "créé le"."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a header or a name, as they are compared: in English, without what stands in brackets."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name[:200])
    text = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", text)
    text = _RESULT.sub("kr", text)
    said = [word for word in re.findall(r"[^\W_]+", text.casefold()) if word not in _DROPPED]
    if said and said[-1] in _DAY_IS:
        said[-1] = "at"
    parts: list[list[str]] = [[]]
    for word in said:
        if word in _OF and parts[-1]:
            parts.insert(0, [])
        elif word not in _OF | _DAY_IS:
            parts[0] += _WORDS.get(word, _WORDS.get(_plain(word), word)).split()
    known = [word for part in parts for word in part]
    return tuple(word for word, before in zip(known, [None, *known], strict=False) if word != before)
