"""Azure DevOps Services and Server: work items and their revisions as work items, transitions and states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from vmo_helpers.contract.problems import InputProblems, Problem, listed, quoted
from vmo_helpers.sources.importing import (
    Asked,
    Imported,
    azure_answers,
    azure_csv,
    azure_live,
    azure_odata,
    documents,
    guessing,
    live,
    planned,
    trackers,
)
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.azure_answers import NEEDS, PARENT, Answers, Revision, WorkItem, folded
from vmo_helpers.sources.importing.boards import Known, board
from vmo_helpers.sources.importing.mapping import Map
from vmo_helpers.sources.importing.moves import Move, microseconds
from vmo_helpers.sources.importing.trackers import Item
from vmo_helpers.tables.raw import as_text

TAG = "tag:"
DATED = ("createddate", "statechangedate", "closeddate")
ENDS = ("Microsoft.VSTS.Scheduling.TargetDate", "Microsoft.VSTS.Scheduling.FinishDate")
BEGUN = "Microsoft.VSTS.Common.ActivatedDate"
"""When work began, where no history tells."""
POINTS = ("StoryPoints", "Effort", "Size")
_CATEGORY = {
    **dict.fromkeys(("New", "Approved", "Proposed", "To Do"), "Proposed"),
    **dict.fromkeys(("Committed", "Active", "Doing", "In Progress", "Open"), "InProgress"),
    "Resolved": "Resolved",
    **dict.fromkeys(("Closed", "Done"), "Completed"),
    "Removed": "Removed",
}
"""The states of the processes Agile, Scrum, CMMI and Basic, for exports that do not say their categories."""


def imported(asked: Asked) -> Imported:
    """Everything in the files of a folder, or in one file. Raises InputProblems where there is no work item,
    where no revisions were exported (unless none are asked for), and where the map lacks a state or type."""
    wanted = [*asked.map.fields.values(), *(("AreaPath", BEGUN, *ENDS, *POINTS) if asked.propose else ())]
    wanted += [asked.map.flagged] if asked.map.flagged and not asked.map.flagged.startswith(TAG) else []
    own = (asked.map.fields[name] for name in planned.COLUMNS if name in asked.map.fields)
    plans = list(dict.fromkeys((*ENDS, *POINTS, *own)))
    told: Counter[str] = Counter()
    if live.is_site(asked.where):
        odata = azure_odata.is_odata(asked.where)
        site = azure_odata.Analytics(asked) if odata else azure_live.AzureDevOps(asked)
        paths, ids = site.fetched(wanted)
        answers = azure_answers.read(asked.watch.over(paths, "pages"), wanted, plans)
        answers.items = {id: item for id, item in answers.items.items() if id in ids}
        told["work items that left the source since the last import"] += site.left
    else:
        paths = documents.files(Path(asked.where), (*documents.SUFFIXES, ".csv"))
        rows, with_csv = azure_csv.how(paths, asked.map, asked.propose)
        asked = replace(asked, map=with_csv)
        answers = azure_answers.read(asked.watch.over(paths, "files"), wanted, plans, rows)
    _refuse_nothing(asked, answers)
    found, lost = _whole(asked, answers, told)
    known = _proposed(asked, answers, found) if asked.propose else asked.map
    split = any(one.done for item in found for one in item.revisions.values())
    types = {str(item.last["workitemtype"]): (str(item.last["workitemtype"]), None) for item in found}
    states = _States(answers, found, split)
    items = [_item(item, known, states) for item in found]
    names = {key: one.name for key, one in states.known.items()}
    held = board(known, asked.propose, states.known, types, trackers.usual_order(items, names))
    names = {
        path: path.rpartition("\\")[2] for item in items if (path := item.columns.get("value_stream_id"))
    }
    return trackers.imported(asked, items, held, names, told, lost)


def _refuse_nothing(asked: Asked, answers: Answers) -> None:
    told = ""
    if not any(item.last for item in answers.items.values()):
        first = f" ({answers.odd[0]})" if answers.odd else ""
        told = f"holds no work item: expected revisions or updates of Azure DevOps, or OData{first}"
    elif asked.history and (
        not answers.numbered
        or all(len(item.revisions) == 1 and item.newest > 1 for item in answers.items.values() if item.last)
    ):
        told = (
            "holds no history, only the last revision of each work item: get reporting/workitemrevisions, or "
            "import what is known of today with --no-history"
        )
    if told:
        raise InputProblems([Problem("source", told, source=Path(asked.where).name)])


def _whole(asked: Asked, answers: Answers, told: Counter[str]) -> tuple[list[WorkItem], list[str]]:
    """The items whose fields and revisions are there, and a sentence on each other one."""
    kept, lost = [], list(answers.odd)
    for item in answers.items.values():
        lacking = [name for name in ("workitemtype", "state", "title") if not item.last.get(name)]
        gaps = answers.gapless and not answers.daily and len(item.revisions) < item.newest
        if not item.last:
            told["work items that links name and nobody exported"] += 1
        elif str(item.last.get("isdeleted")).lower() == "true":
            told["work items that were deleted, and are left out"] += 1
        elif lacking:
            lost.append(f"work item {item.id}: its {', '.join(lacking)} is missing")
        elif odd := [f"{name} {quoted(str(item.last[name]))}" for name in DATED if not _dated(item, name)]:
            lost.append(f"work item {item.id}: {listed(odd)} is no instant")
        elif not asked.history or not gaps:
            kept.append(item)
        elif asked.lenient:
            told["work items with only a part of their revisions"] += 1
            kept.append(item)
        else:
            lost.append(
                f"work item {item.id}: {len(item.revisions):,} of {item.newest:,} revisions could be read"
            )
    told["histories of one row a day: what happened within a day is not known"] += (
        len(kept) if answers.daily else 0
    )
    told["batches of revisions that are missing at the end"] += answers.last_batch is False
    return kept, lost


class _States:
    """The states of all items by key. A state that types put into different categories is one for each; on a
    board with split columns the column is the state, and its second half "name (done)"."""

    def __init__(self, answers: Answers, items: Sequence[WorkItem], split: bool) -> None:
        self.answers, self.split = answers, split
        self.places = {name: (place, most) for place, (name, most, _) in enumerate(answers.columns)}
        types = {str(item.last["workitemtype"]) for item in items}
        categories: dict[str, set[str]] = {}
        for (of, state), category in answers.categories.items():
            if of in types:
                categories.setdefault(state, set()).add(category)
        self.several = {state for state, found in categories.items() if len(found) > 1}
        self.known: dict[str, Known] = {}

    def key(self, item: WorkItem, one: Revision) -> str:
        """The key of the state of a revision; it is known from then on."""
        column = one.column if self.split else ""
        state = f"{one.state} ({item.last['workitemtype']})" if one.state in self.several else one.state
        key = f"{column} (done)" if column and one.done else column or state
        if key not in self.known:
            place, most = self.places.get(column or one.state, (None, None))
            category = self._category(str(item.last["workitemtype"]), one.state)
            self.known[key] = Known(key, category, place, None if one.done else most)
        return key

    def _category(self, of: str, state: str) -> str:
        said = self.answers.categories
        return said.get((of, state)) or said.get(("", state)) or _CATEGORY.get(state, "")


def _item(item: WorkItem, known: Map, states: _States) -> Item:
    run = [one for _, one in sorted(item.revisions.items()) if one.state]
    keys = [states.key(item, one) for one in run]
    changes = [place for place in range(1, len(run)) if keys[place] != keys[place - 1]]
    last = item.last
    created = _at(last.get("createddate"), run[0].at)
    parents = [other for (kind, other), (_, there) in item.links.items() if kind == PARENT and there]
    return Item(
        id=item.id,
        key=item.id,
        title=str(last["title"]),
        type=str(last["workitemtype"]),
        state=keys[-1],
        created=created,
        seen=run[-1].at,
        moves=[Move(run[at].at, (at, 0), keys[at - 1], keys[at]) for at in changes],
        flags=_flags(run, known.flagged),
        parents=tuple(filter(None, (_number(last.get("parent")), *parents))),
        needs=tuple(other for (kind, other), (_, there) in item.links.items() if kind == NEEDS and there),
        columns={column: last.get(folded(name)) for column, name in known.fields.items()},
        since=run[changes[-1]].at if changes else _since(item, states.answers, created),
        closed=_at(last.get("closeddate"), 0) or None,
        plans=_plans(run, known, states.answers.plans),
        cancelled=str(last.get("reason")) if last.get("reason") in known.cancelled_resolutions else "",
    )


def _since(item: WorkItem, answers: Answers, created: int) -> int | None:
    """When an item came to its state, of which no earlier one is known: at its creation, where no revision of
    it is missing."""
    whole = answers.numbered and len(item.revisions) == item.newest
    return created if whole else _at(item.last.get("statechangedate"), 0) or None


def _dated(item: WorkItem, name: str) -> bool:
    """Whether a date of an item is empty or one."""
    try:
        _at(item.last.get(name), 0)
    except ValueError:
        return False
    return True


def _at(text: object, otherwise: int) -> int:
    return microseconds(str(text)) if text else otherwise


def _number(value: object) -> str:
    """An id of another item; a spreadsheet may have made 7.0 of it."""
    return "" if value in (None, "") else str(value).removesuffix(".0")


def _plans(run: Sequence[Revision], known: Map, names: Sequence[str]) -> dict[str, list[Move]]:
    """By column, from which value to which its field changed, revision by revision."""
    found: dict[str, list[Move]] = {}
    for column in planned.COLUMNS:
        place = names.index(folded(known.fields[column])) if column in known.fields else None
        if place is not None:
            texts = [as_text(one.plans[place]) for one in run]
            found[column] = [
                Move(run[at].at, (at, 0), texts[at - 1], texts[at])
                for at in range(1, len(run))
                if texts[at] != texts[at - 1]
            ]
    return found


def _flags(run: Iterable[Revision], flagged: str) -> list[Move]:
    """When the field, or the tag, that marks a blocker was set and cleared."""
    tag = flagged.removeprefix(TAG).casefold()
    found: list[Move] = []
    before: str | None = None
    for place, one in enumerate(run):
        if not flagged:
            break
        if flagged.startswith(TAG):
            tags = {name.strip().casefold() for name in one.tags.replace(",", ";").split(";")}
            now = flagged.removeprefix(TAG) if tag in tags else None
        else:
            now = "Blocked" if one.blocked.lower() in ("yes", "true", "1", "blocked") else None
        if now != before:
            found.append(Move(one.at, (place, 0), before, now))
        before = now
    return found


def _proposed(asked: Asked, answers: Answers, items: Sequence[WorkItem]) -> Map:
    """The map with what the fields seem to mean, each a guess."""

    def distinct(name: str) -> set[str]:
        return {str(item.last[name]) for item in items if item.last.get(name)}

    areas = len(distinct("teamproject")) < 2 and len(distinct("areapath")) > 1
    columns = {"value_stream_id": "System.AreaPath" if areas else "System.TeamProject"}
    end = next((name for name in ENDS if distinct(folded(name))), "")
    columns |= {"planned_end": end} if end else {}
    columns |= {"started_at": BEGUN} if not asked.history and distinct(folded(BEGUN)) else {}
    points = next((name for name in POINTS if distinct(folded(name))), "")
    columns |= {"scope_planned": points} if points else {}
    tags = {tag.strip() for all_ in distinct("tags") for tag in all_.replace(",", ";").split(";")}
    blocked = next((f"{TAG}{tag}" for tag in sorted(tags) if tag.casefold() == "blocked"), "")
    if any(one.blocked for item in items for one in item.revisions.values()):
        blocked = "Microsoft.VSTS.CMMI.Blocked"
    return maps.with_guess(
        asked.map,
        cancelled_resolutions=tuple(filter(guessing.CANCELLED_RESOLUTION.search, sorted(distinct("reason")))),
        flagged=blocked,
        fields=columns,
    )
