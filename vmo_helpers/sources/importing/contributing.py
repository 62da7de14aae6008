"""What contributes to goals, where a sheet of goals says it: each work item that a cell names is a link."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import counted, listed, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.contract.words import words_of
from vmo_helpers.sources.importing.collected import ROW, Out
from vmo_helpers.sources.importing.plans import CONTRIBUTORS
from vmo_helpers.sources.importing.references import any_of
from vmo_helpers.vocabulary import GoalType

_ITEMS = {
    "epic": "epics épic épics épica épicas epen",
    "feature": "features enabler enablers",
    "initiative": "initiatives initiativen iniciativas maßnahme maßnahmen massnahme massnahmen",
    "project": "projects projekte projets proyectos programme programmes",
    "item": "items issue issues ticket tickets vorgänge story stories jira deliverables",
}
"""What contributes, and what else a header calls it."""
_LINKED = {
    "linked": "related supporting supported supports associated delivering main work by id ids",
    "contributing": "contributor contributors beitragende beitragender verknüpfte zugehörige unterstützende",
    "associés": "associées liés liées contributifs contributeurs contributrices contribuyentes "
    "relacionados relacionadas vinculados vinculadas",
}
"""What may stand beside it."""
_THINGS, _BESIDE = (
    {word for key, more in said.items() for word in (key, *more.split())} for said in (_ITEMS, _LINKED)
)
_BETWEEN = (r"[;|\n]", r",", r"[/+]", r"&|\b(?:and|und|et|y)\b")
"""What stands between items of a cell, the surest first: names may hold the others."""


def contributors_in(headers: Sequence[str], taken: Mapping[str, str]) -> str | None:
    """The header of a column of contributing work items in a sheet of goals; None where there is none."""
    said = {header: {*words_of(header)} for header in headers if header not in taken.values()}
    found = [one for one, words in said.items() if words & _THINGS and words <= _THINGS | _BESIDE]
    return found[0] if found else None


def linked(folder: Path, out: Out) -> None:
    """Puts a link into ``links`` for each work item that a goal's cell names and that is none yet. What is no
    work item is named. Where a table ``links`` stays in the folder, what it lacks is named, too."""
    known = any_of(folder, ("work_items",), out)
    wanted: dict[tuple[str, str, str], str] = {}
    for kind, table in ((GoalType.OBJECTIVE, "objectives"), (GoalType.KEY_RESULT, "key_results")):
        columns = out.tables.get(table, {})
        if CONTRIBUTORS not in columns:
            continue
        said = (columns.pop(CONTRIBUTORS), columns[TABLES[table].key[0]], columns[ROW])
        for cell, goal, row in zip(*said, strict=True):
            named, strange = items_in(str(cell or ""), known)
            for item in named:
                wanted.setdefault((item, str(kind), str(goal)), row)
            told = f"is no work item: no link of it to {quoted(goal)}"
            out.lost += [f"{row}: {quoted(one)} {told}" for one in strange]
    stays = _standing(folder) if "links" not in out.gone and "links" not in out.tables else None
    links = stays if stays is not None else out.tables.get("links", {})
    names = ("item_id", "goal_type", "goal_id")
    length = len(links.get("item_id", ()))
    there = {*zip(*(links.get(name) or [None] * length for name in names), strict=True)}
    new = {link: row for link, row in wanted.items() if link not in there}
    if stays is not None:
        if new:
            lacks = listed((f"{item} → {goal}" for item, _, goal in new), 5)
            told = f"lacks {counted(len(new), 'link')} that a sheet of goals says ({lacks})"
            out.lost.append(
                f"links.csv stays as it is and {told}: import all sheets at once, or take it away"
            )
        return
    if new:
        rows = {name: [link[place] for link in new] for place, name in enumerate(names)}
        out.add("links", {**rows, ROW: list(new.values())})
        out.count("link from a goal to a work item that its row names", "links", len(new))


def items_in(cell: str, known: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Keys of the work items that a cell names, and what it names beside them. ``known``: name or key, in
    small letters → key; without any, each part is a key."""
    found, strange = _parts(cell, known, 0)
    return list(dict.fromkeys(found)), strange


def _parts(text: str, known: Mapping[str, str], depth: int) -> tuple[list[str], list[str]]:
    text = text.strip(" \t\r\n-–•*,;.")
    if not text:
        return [], []
    bare = re.sub(r"\s*[(\[][^()\[\]]*[)\]]$", "", text)
    inside = re.findall(r"[(\[]([^()\[\]]*)[)\]]", text)
    key = next((known[one.casefold()] for one in (text, bare, *inside) if one.casefold() in known), None)
    if key is not None:
        return [key], []
    if not known and depth == 2:
        return [text], []
    if depth == len(_BETWEEN) - 1 and (first := _before_its_name(text, known)):
        return [first], []
    if depth == len(_BETWEEN):
        return [], [text]
    parts = [_parts(one, known, depth + 1) for one in re.split(_BETWEEN[depth], text)]
    found = [key for keys, _ in parts for key in keys]
    strange = [one for _, some in parts for one in some]
    return (found, strange) if found or depth < 2 else ([], [text])  # a name that holds "and" is one


def _before_its_name(text: str, known: Mapping[str, str]) -> str | None:
    """The key that a text begins with, where the rest is its name: "EP-1 Click and collect"."""
    first, *rest = re.split(r"[\s:]+", text)
    shapes = [re.sub(r"\d+", "9", one) for one in rest]
    alone = not re.match(_BETWEEN[-1], " ".join(rest)) and re.sub(r"\d+", "9", first) not in shapes
    return known.get(first.casefold()) if alone else None


def _standing(folder: Path) -> dict[str, list[Any]] | None:
    """The links that lie in the folder; None without."""
    file = folder / "links.csv"
    if not file.is_file():
        return None
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    return {name: [row[name] or None for row in rows] for name in (rows[0] if rows else ())}
