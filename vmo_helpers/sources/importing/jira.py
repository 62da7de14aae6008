"""Jira Cloud and Data Center: issues and their histories as work items, transitions, states and blockers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, counted, listed
from vmo_helpers.sources.importing import (
    Asked,
    Imported,
    documents,
    guessing,
    jira_answers,
    jira_csv,
    jira_live,
    live,
    planned,
    trackers,
)
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.boards import BY_NAME, Known, board
from vmo_helpers.sources.importing.jira_gathered import FLAG, STATUS, Answers, Issue
from vmo_helpers.sources.importing.mapping import Map
from vmo_helpers.sources.importing.moves import microseconds
from vmo_helpers.sources.importing.trackers import Item

EPIC_LINK = "Epic Link"
DUE, POINTS = "duedate", ("Story Points", "Story point estimate")


def imported(asked: Asked) -> Imported:
    """Everything in the files of a folder, or in one file. Raises InputProblems where there is no issue,
    where no history was exported (unless none is asked for), and where the map lacks a state or type."""
    wanted = [*asked.map.fields.values(), EPIC_LINK, *(POINTS if asked.propose else ())]
    own = (asked.map.fields[name] for name in planned.COLUMNS if name in asked.map.fields)
    plans = list(dict.fromkeys((DUE, *POINTS, *own)))
    told: Counter[str] = Counter()
    dated: Collection[str] = ()
    if live.is_site(asked.where):
        site = jira_live.Jira(asked)
        pages, ids = site.fetched(wanted, asked.map.flagged, plans)
        told["issues that left the source since the last import"] += site.left
        answers = jira_answers.read(asked.watch.over(pages, "pages"), wanted, asked.map.flagged, plans=plans)
        answers.issues = {id: issue for id, issue in answers.issues.items() if id in ids}
        answers.expected = 0
    else:
        files = documents.files(Path(asked.where), (*documents.SUFFIXES, ".csv"))
        rows, with_csv = jira_csv.how(files, asked.map, asked.propose)
        asked, dated = replace(asked, map=with_csv), rows.dated
        answers = jira_answers.read(asked.watch.over(files, "files"), wanted, asked.map.flagged, rows, plans)
    _refuse_nothing(asked, answers)
    issues, lost = _whole(asked, answers, told)
    known = _proposed(asked, answers, issues) if asked.propose else asked.map
    items = [_item(issue, known, answers) for issue in issues]
    told["values of fields that are people, and were not read"] += answers.people
    states = _known_states(answers, issues, items)
    types = {issue.fields["issuetype"][1]: issue.fields["issuetype"][1:] for issue in issues}
    streams = dict(issue.fields["project"] for issue in issues)
    answers.issues.clear()  # of the issues nothing more is read: their memory goes to the tables
    issues.clear()
    names = {key: one.name for key, one in states.items()}
    found = board(known, asked.propose, states, types, trackers.usual_order(items, names))
    return replace(trackers.imported(asked, items, found, streams, told, lost), unread=_unread(dated, known))


def _unread(dated: Collection[str], known: Map) -> list[str]:
    """A sentence on the columns of dates of a CSV file that the map takes for nothing."""
    taken = {name.casefold() for name in known.fields.values()}
    names = {name: jira_csv.called(name) for name in sorted(dated)}
    left = [own for name, own in names.items() if not {name.casefold(), own.casefold()} & taken]
    told = (
        f"not read: dates of {listed(left, 12)}; name them in [fields] of {maps.FILE}, such as started_at = "
    )
    return [f'{told}"{left[0]}"'] if left else []


def _refuse_nothing(asked: Asked, answers: Answers) -> None:
    told = ""
    if not any(issue.key for issue in answers.issues.values()):
        first = f" ({answers.odd[0]})" if answers.odd else ""
        told = f"holds no issue: expected answers of Jira's search, with key and fields{first}"
    elif asked.history and not answers.logs:
        told = (
            "holds no history: get the issues with expand=changelog, add the answers of changelog/bulkfetch, "
            "or import what is known of today with --no-history"
        )
    if told:
        raise InputProblems([Problem("source", told, source=Path(asked.where).name)])


def _whole(asked: Asked, answers: Answers, told: Counter[str]) -> tuple[list[Issue], list[str]]:
    """The issues whose fields and history are there, and a sentence on each other one. ``lenient`` keeps a
    history in part, and counts it."""
    kept, lost = [], list(answers.odd)
    for issue in answers.issues.values():
        name = issue.key or f"issue {issue.id}"
        lacking = [one for one in ("status", "issuetype", "project", "created") if one not in issue.fields]
        if not issue.key:
            told["histories of issues that were not exported"] += 1
        elif lacking:
            lost.append(f"{name}: its {', '.join(lacking)} is missing (were the fields named in the search?)")
        elif not asked.history or answers.bulk or (issue.read >= issue.total and not issue.capped):
            kept.append(issue)
        elif asked.lenient:
            told["issues with only a part of their history"] += 1
            kept.append(issue)
        else:
            read = f"{max(0, int(issue.read)):,} of {counted(issue.total, 'entry')}".replace(
                "entrys", "entries"
            )
            what = f"{read} of its history could be read" if issue.total else "no history"
            if issue.capped:
                most = f"a search gives {issue.total} entries of its history at the most"
                what = f"{most}; add the pages of issue/{name}/changelog"
            lost.append(f"{name}: {what}")
    found = sum(bool(issue.key) for issue in answers.issues.values())
    told[f"issues that the search found and nobody exported, of {answers.expected:,}"] += max(
        0, answers.expected - found
    )
    return kept, lost


def _item(issue: Issue, known: Map, answers: Answers) -> Item:
    fields = issue.fields
    created = microseconds(fields["created"])
    parent, epic = fields.get("parent", ("", "")), fields.get("epic", ("", ""))
    links = [fields.get(id) for id in _ids(answers, EPIC_LINK)]
    named = [parent[1] or parent[0], *(str(link) for link in links if link), epic[1] or epic[0]]
    columns = {column: _first(fields, _ids(answers, name)) for column, name in known.fields.items()}
    if known.fields.get("value_stream_id") == "project":
        columns["value_stream_id"] = fields["project"][0]
    resolution = str(fields.get("resolution") or "")
    return Item(
        id=issue.id,
        key=issue.key,
        title=str(fields.get("summary") or issue.key),
        type=fields["issuetype"][1],
        state=fields["status"],
        created=created,
        seen=_seen(issue) or created,
        moves=list(dict.fromkeys(issue.moves.get(STATUS, ()))),
        flags=list(dict.fromkeys(issue.moves.get(FLAG, ()))),
        parents=tuple(one for one in named if one),
        needs=tuple(
            key
            for kind, side, key in fields.get("issuelinks", ())
            if side == "inward" and kind in known.blocking_links
        ),
        former=tuple(dict.fromkeys(one for one in issue.former if one != issue.key)),
        columns=columns,
        plans={
            column: [move for id in _ids(answers, name) for move in dict.fromkeys(issue.moves.get(id, ()))]
            for column, name in known.fields.items()
            if column in planned.COLUMNS
        },
        since=_at(fields.get("statuscategorychangedate")),
        closed=_at(fields.get("resolutiondate")),
        cancelled=resolution if resolution in known.cancelled_resolutions else "",
    )


def _at(text: str | None) -> int | None:
    """An instant; None where there is none, or none that can be read."""
    try:
        return microseconds(text) if text else None
    except ValueError:
        return None


def _seen(issue: Issue) -> int | None:
    """When the status of today was seen: when its category changed, if that was after the last move."""
    last = max((move.at for move in issue.moves.get(STATUS, ())), default=0)
    category, updated = (_at(issue.fields.get(name)) for name in ("statuscategorychangedate", "updated"))
    return category if category and category > last else updated


def _ids(answers: Answers, name: str) -> list[str]:
    """The fields that an id or a name means; the id itself where nothing bears that name."""
    named = [id for id, said in answers.names.items() if name.casefold() in map(str.casefold, said)]
    return [name, *named] if name in answers.wanted else named


def _first(fields: dict[str, Any], ids: Iterable[str]) -> Any:
    return next((fields[id] for id in ids if fields.get(id) is not None), None)


def _known_states(answers: Answers, issues: Sequence[Issue], items: Sequence[Item]) -> dict[str, Known]:
    """Every state that an item is or was in, under its name of today; where two bear one name, with the
    project that has it."""
    projects: dict[str, set[str]] = {}
    for issue, item in zip(issues, items, strict=True):
        for move in item.moves:
            for state in (move.from_, move.to):
                if state:
                    projects.setdefault(state, set()).add(issue.fields["project"][0])
        projects.setdefault(str(item.state), set()).add(issue.fields["project"][0])
    names = {state: _name(answers, state) for state in projects}
    several = {name for name, count in Counter(names.values()).items() if count > 1}
    told = {
        state: f"{name} ({', '.join(sorted(projects[state]))})" if name in several else name
        for state, name in names.items()
    }
    again = {name for name, count in Counter(told.values()).items() if count > 1}
    places = {id: (place, most) for place, (_, ids, most) in enumerate(answers.columns) for id in ids}
    single = {ids[0]: most for _, ids, most in answers.columns if len(ids) == 1}
    return {
        state: Known(
            f"{name[:-1]}, {state.removeprefix(BY_NAME)})" if name in again else name,
            answers.statuses[state].category if state in answers.statuses else "",
            places[state][0] if state in places else None,
            single.get(state),
        )
        for state, name in told.items()
    }


def _name(answers: Answers, state: str) -> str:
    if state in answers.statuses:
        return answers.statuses[state].name
    return answers.past[state][1] if state in answers.past else state.removeprefix(BY_NAME)


def _proposed(asked: Asked, answers: Answers, issues: Sequence[Issue]) -> Map:
    """The map with what the fields seem to mean, each a guess."""
    resolutions = sorted({str(issue.fields.get("resolution") or "") for issue in issues})
    kinds = sorted({kind for issue in issues for kind, _, _ in issue.fields.get("issuelinks", ())})
    columns = {"value_stream_id": "project"}
    if any(issue.fields.get("duedate") for issue in issues):
        columns["planned_end"] = DUE
    points = [name for name in POINTS if any(_first(i.fields, _ids(answers, name)) for i in issues)]
    if points:
        columns["scope_planned"] = points[0]
    return maps.with_guess(
        asked.map,
        cancelled_resolutions=tuple(filter(guessing.CANCELLED_RESOLUTION.search, resolutions)),
        blocking_links=tuple(filter(guessing.BLOCKING_LINK.search, kinds)),
        fields=columns,
    )
