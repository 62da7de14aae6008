"""The sample as a tracker would hold it: written as Jira's and Azure DevOps' answers, with the map that leads
back."""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from vmo_helpers.sources.importing.mapping import Map, State, Type, text

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
Row = dict[str, str]
Tables = dict[str, list[Row]]
HELD = ("work_items", "transitions", "states", "blockers", "dependencies", "plan_changes")
"""The tables that a tracker holds; the others are put beside them."""
BY_ITSELF = {"item_id", "title", "level", "work_type", "created_at", "parent_id", "value_stream_id"}
"""Columns of work_items that need no field of their own."""


def raw() -> Tables:
    """The tables of the sample, all cells as texts."""
    return {
        path.stem: list(csv.DictReader(path.read_text().splitlines()))
        for path in sorted(SAMPLE.glob("*.csv"))
    }


def sample(keys: Callable[[str], str] = str) -> Tables:
    """The sample as far as a tracker can hold it (docs/sources.md says how far), under other keys."""
    tables = raw()
    moved = {row["item_id"] for row in tables["transitions"]}
    for item in tables["work_items"]:
        if item["item_id"] not in moved:  # it has no board: here it moved when it started
            blank = dict.fromkeys(tables["transitions"][0], "") | {"item_id": item["item_id"]}
            tables["transitions"] += [
                blank | {"at": item["created_at"], "to_state": "Funnel"},
                blank | {"at": item["started_at"], "to_state": "Building", "from_state": "Funnel"},
            ]
    for row in tables["transitions"]:
        row["recorded_at"] = ""
    tables["states"] = [row for row in tables["states"] if not row["value_stream_id"]]
    tables["plan_changes"] = [
        row | {"reason": ""} for row in tables["plan_changes"] if row["table"] == "work_items"
    ]
    for rows in tables.values():
        for row in rows:
            for column in ("item_id", "needs_item_id"):
                if row.get(column):
                    row[column] = keys(row[column])
            if rows is tables["work_items"] and row["parent_id"]:
                row["parent_id"] = keys(row["parent_id"])
            if row.get("table") == "work_items":
                row["key"] = keys(row["key"])
            if row.get("subject_type") == "item":
                row["subject_id"] = keys(row["subject_id"])
    return tables


def planned(tables: Tables) -> Mapping[str, list[tuple[str, str, str, str]]]:
    """By item what became of its plans: (instant, column, from, to)."""
    today = {row["item_id"]: row for row in tables["work_items"]}
    found: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    after: dict[tuple[str, str], str] = {}
    for row in sorted(tables["plan_changes"], key=lambda one: _instant(one["changed_at"]), reverse=True):
        key, column = row["key"], row["column"]
        to = after.get((key, column), today[key][column])
        after[(key, column)] = row["old_value"]
        found[key].append((row["changed_at"], column, row["old_value"], to))
    return {key: rows[::-1] for key, rows in found.items()}


def written(tables: Tables, folder: Path, without: tuple[str, ...] = ()) -> Path:
    """These tables as a portfolio."""
    folder.mkdir(exist_ok=True)
    shutil.copy(SAMPLE / "portfolio.toml", folder)
    for name, rows in tables.items():
        if name not in without:
            with (folder / f"{name}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    return folder


def the_map(tables: Tables, field: Mapping[str, str], flagged: str) -> str:
    """The map that says what the sample's own tables say. ``field``: column → the field that holds it."""
    status = {
        row["state"]: State(
            class_=row["class"],
            position=float(row["position"]),
            function=row["function"],
            owner=row["owner"],
            layer=row["layer"],
            gate=row["is_gate"] == "true",
            level=row["level"],
            wip_limit=float(row["wip_limit"]) if row["wip_limit"] else None,
            portfolio_stage=row["portfolio_stage"],
        )
        for row in tables["states"]
    }
    kinds = {_type(row): Type(level=row["level"], work_type=row["work_type"]) for row in tables["work_items"]}
    return text(Map(status=status, type=kinds, fields=field, blocking_links=("Blocks",), flagged=flagged))


def _type(row: Row) -> str:
    return f"{row['level']} {row['work_type']}".strip()


def _columns(tables: Tables) -> list[str]:
    return [name for name in tables["work_items"][0] if name not in BY_ITSELF | {"started_at"}]


def _runs(tables: Tables) -> Mapping[str, list[Row]]:
    runs: dict[str, list[Row]] = defaultdict(list)
    for row in tables["transitions"]:
        runs[row["item_id"]].append(row)
    return runs


def _typed(value: str) -> Any:
    try:
        return float(value)
    except ValueError:
        return value


def as_jira(tables: Tables, folder: Path) -> Path:
    """Search pages of the sample, newest first, and the map; returns the map's file."""
    ids = {row["state"]: str(100 + place) for place, row in enumerate(tables["states"])}
    field = {name: f"customfield_{11_000 + place}" for place, name in enumerate(_columns(tables))}
    runs, flags, plans = _runs(tables), {row["item_id"]: row for row in tables["blockers"]}, planned(tables)
    needs = defaultdict(list)
    for row in tables["dependencies"]:
        needs[row["item_id"]].append(row["needs_item_id"])
    issues = []
    for number, row in enumerate(tables["work_items"]):
        key, run = row["item_id"], runs[row["item_id"]]
        entries = [
            (
                after["at"],
                "status",
                "status",
                (ids[before["to_state"]], before["to_state"]),
                (ids[after["to_state"]], after["to_state"]),
            )
            for before, after in pairwise(run)
        ]
        if key in flags:
            reason = flags[key]["reason"]
            entries.append((flags[key]["from_at"], "Flagged", "customfield_1", (None, None), ("[1]", reason)))
            if flags[key]["to_at"]:
                entries.append((flags[key]["to_at"], "Flagged", "customfield_1", ("[1]", reason), ("", "")))
        for at, name, before, after in plans.get(key, ()):
            entries.append((at, name, field[name], (None, before), (None, after)))
        histories = [
            {
                "id": str(number * 1_000 + place),
                "created": at,
                "items": [
                    {
                        "field": name,
                        "fieldId": id,
                        "from": old[0],
                        "fromString": old[1],
                        "to": new[0],
                        "toString": new[1],
                    }
                ],
            }
            for place, (at, name, id, old, new) in enumerate(entries)
        ]
        fields: dict[str, Any] = {
            "summary": row["title"],
            "issuetype": {"id": _type(row), "name": _type(row)},
            "project": {"key": row["value_stream_id"], "name": row["value_stream_id"]},
            "created": row["created_at"],
            "updated": "2026-10-31T00:00:00.000+0000",
            "status": {
                "id": ids[run[-1]["to_state"]],
                "name": run[-1]["to_state"],
                "statusCategory": {"key": "new"},
            },
            "issuelinks": [
                {"type": {"name": "Blocks"}, "inwardIssue": {"key": other}} for other in needs[key]
            ],
            **{id: _typed(row[name]) for name, id in field.items() if row[name]},
        }
        if row["parent_id"]:
            fields["parent"] = {"id": "0", "key": row["parent_id"]}
        log = {"total": len(histories), "histories": histories[::-1]}
        issues.append({"id": str(number), "key": key, "fields": fields, "changelog": log})
    folder.mkdir()
    for start in range(0, len(issues), 100):
        (folder / f"page-{start}.json").write_text(json.dumps({"issues": issues[start : start + 100]}))
    return _mapped(folder, tables, {**field, "value_stream_id": "project"}, "customfield_1", ids)


def as_azure_devops(tables: Tables, folder: Path) -> Path:
    """Batches of revisions of the sample, links, and the map; returns the map's file."""
    field = {name: f"Custom.{name}" for name in _columns(tables)}
    runs, flags, plans = _runs(tables), {row["item_id"]: row for row in tables["blockers"]}, planned(tables)
    revisions = []
    for row in tables["work_items"]:
        fields: dict[str, Any] = {
            "System.Title": row["title"],
            "System.WorkItemType": _type(row),
            "System.TeamProject": row["value_stream_id"],
            "System.CreatedDate": row["created_at"],
            **{id: _typed(row[name]) for name, id in field.items() if row[name]},
        }
        if row["parent_id"]:
            fields["System.Parent"] = int(row["parent_id"])
        changes: list[tuple[str, dict[str, Any]]] = [
            (move["at"], {"System.State": move["to_state"]}) for move in runs[row["item_id"]]
        ]
        if blocker := flags.get(row["item_id"]):
            for at, value in ((blocker["from_at"], "Yes"), (blocker["to_at"], "No")):
                changes += [(at, {"Microsoft.VSTS.CMMI.Blocked": value})] if at else []
        was = plans.get(row["item_id"], [])
        for _, column, before, _ in was[::-1]:
            fields |= {field[column]: _typed(before)}
        changes += [(at, {field[column]: _typed(after)}) for at, column, _, after in was]
        order = sorted(range(len(changes)), key=lambda place: (_instant(changes[place][0]), place))
        for rev, place in enumerate(order, start=1):
            at, changed = changes[place]
            fields = {**fields, **changed, "System.ChangedDate": at}
            revisions.append({"id": int(row["item_id"]), "rev": rev, "fields": fields})
    folder.mkdir()
    (folder / "revisions.json").write_text(json.dumps({"values": revisions, "isLastBatch": True}))
    links = [
        {
            "rel": "System.LinkTypes.Dependency",
            "sourceId": int(row["needs_item_id"]),
            "targetId": int(row["item_id"]),
        }
        for row in tables["dependencies"]
    ]
    (folder / "links.json").write_text(json.dumps({"values": links}))
    columns = {**field, "value_stream_id": "System.TeamProject"}
    return _mapped(folder, tables, columns, "Microsoft.VSTS.CMMI.Blocked", {})


def _instant(text: str) -> int:
    from vmo_helpers.sources.importing.moves import microseconds

    return microseconds(text)


def _mapped(
    folder: Path, tables: Tables, field: Mapping[str, str], flagged: str, ids: Mapping[str, str]
) -> Path:
    file = folder.parent / f"{folder.name}.toml"
    file.write_text(the_map(tables, field, flagged), encoding="utf-8")
    return file


def as_xes(tables: Tables, folder: Path) -> Path:
    """A log of the sample, each column of an item an attribute of its trace, and the map."""
    columns = [
        name for name in tables["work_items"][0] if name not in ("item_id", "started_at", "created_at")
    ]
    runs = _runs(tables)
    rows = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xmlns="http://www.xes-standard.org/">']
    for item in tables["work_items"]:
        told = {"concept:name": item["item_id"], **{name: item[name] for name in columns if item[name]}}
        rows.append("<trace>" + "".join(map(_attribute, told.items())))
        for move in runs[item["item_id"]]:
            pair = (("concept:name", move["to_state"]), ("time:timestamp", move["at"]))
            rows.append(f"<event>{''.join(map(_attribute, pair))}</event>")
        rows.append("</trace>")
    folder.mkdir()
    (folder / "log.xes").write_text("\n".join([*rows, "</log>"]), encoding="utf-8")
    file = folder.parent / "xes.toml"
    file.write_text(the_map({**tables, "work_items": []}, {name: name for name in columns}, ""))
    return file


def _attribute(pair: tuple[str, str]) -> str:
    kind = "date" if pair[0] == "time:timestamp" else "string"
    return f"<{kind} key={quoteattr(pair[0])} value={quoteattr(pair[1])}/>"


def by_days(tables: Tables) -> Tables:
    """The moves as a sheet of dates by state holds them: the last day on which an item came to a state."""
    place = {row["state"]: number for number, row in enumerate(tables["states"])}
    moves = []
    for key, run in _runs(tables).items():
        last = {row["to_state"]: _day(row["at"]) for row in run}
        order = sorted(last.items(), key=lambda one: (one[1], place[one[0]]))
        blank = dict.fromkeys(tables["transitions"][0], "")
        moves += [
            blank | {"item_id": key, "at": day, "to_state": state, "seq": str(number)}
            for number, (state, day) in enumerate(order, start=1)
        ]
    return {**tables, "transitions": moves}


def as_dates(tables: Tables, folder: Path) -> Path:
    """A sheet of the sample with a column a state, and the map."""
    states = [row["state"] for row in tables["states"]]
    columns = [name for name in tables["work_items"][0] if name != "started_at"]
    folder.mkdir()
    with (folder / "Epics.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*columns, *states], extrasaction="ignore")
        writer.writeheader()
        for row in tables["work_items"]:
            days = {move["to_state"]: move["at"] for move in _runs(tables)[row["item_id"]]}
            writer.writerow({**row, **days})
    own = folder.parent / "dates.toml"
    listed = json.dumps(states)
    told = "".join(f"{name} = {json.dumps(name)}\n" for name in columns)
    own.write_text(
        the_map({**tables, "work_items": []}, {}, "")
        + f'[tables.work_items]\nsheet = "Epics"\nmoves = {listed}\n[tables.work_items.columns]\n{told}'
    )
    return own


def _day(text: str) -> str:
    at = datetime.fromisoformat(text)
    return at.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()
