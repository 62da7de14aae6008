"""Event logs in XES (IEEE 1849): each trace an item, each event a move to the state that its activity is."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast
from xml.etree import ElementTree
from xml.parsers import expat

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources import limits
from vmo_helpers.sources.importing import Asked, Imported, trackers
from vmo_helpers.sources.importing.boards import Known, board, drafted
from vmo_helpers.sources.importing.mapping import Type
from vmo_helpers.sources.importing.moves import Move, microseconds
from vmo_helpers.sources.importing.trackers import Item

SUFFIXES = (".xes", ".xes.gz", ".xml")
NAME, TIME, START, LIFECYCLE = "concept:name", "time:timestamp", "start_timestamp", "lifecycle:transition"
_DONE = "{} (done)"
_LIFECYCLE = {
    "start": "{}",
    "resume": "{}",
    "schedule": "{} (waiting)",
    "assign": "{} (waiting)",
    "reassign": "{} (waiting)",
    "suspend": "{} (on hold)",
    "complete": _DONE,
    "autoskip": _DONE,
    "manualskip": _DONE,
    "withdraw": "{} (aborted)",
    "ate_abort": "{} (aborted)",
    "pi_abort": "{} (aborted)",
}
"""Step of the standard's life cycle → the state of an item in that activity."""


@dataclass(frozen=True)
class _Event:
    """One event: its attributes, and its place in the file."""

    at: Mapping[str, str]
    place: int


@dataclass(frozen=True, order=True)
class _Step:
    """What an event does to its item, in order of time and place: ``state`` is where it then is; ``ends``:
    the activity is over with it."""

    at: int
    order: tuple[int, int]
    activity: str
    state: str
    ends: bool


def imported(asked: Asked) -> Imported:
    """All logs of a folder, or one. Raises InputProblems where one is no XES, or has a DOCTYPE; nothing in it
    is ever fetched."""
    where = Path(asked.where)
    told: Counter[str] = Counter()
    lost: list[str] = []
    traces: dict[str, tuple[dict[str, str], list[_Event]]] = {}
    for file in _files(where):
        for number, (attributes, events) in enumerate(_traces(file), start=1):
            key = attributes.get(NAME, "").strip()
            if not key:
                lost.append(f"{file.name}, trace {number}: it has no {NAME}")
                continue
            told["traces of a name that stood before, joined with it"] += key in traces
            traces.setdefault(key, (attributes, []))[1].extend(events)
            asked.watch.read("traces", len(traces))
    every = (event for _, run in traces.values() for event in run)
    starts = any(event.at.get(LIFECYCLE, "").casefold() == "start" for event in every)
    made = (_item(key, *trace, starts, asked, told, lost) for key, trace in traces.items())
    items = [item for item in made if item is not None]
    if not items:
        what = "holds no trace with an event that can be used"
        raise InputProblems([Problem("source", what, source=where.name)])
    names = {str(move.to): str(move.to) for item in items for move in item.moves}
    order = trackers.usual_order(items, names)
    known = drafted(asked.map, trackers.moves_table(items, names)) if asked.propose else asked.map
    states = {name: Known(name, "", place) for place, name in enumerate(order)}
    found = replace(board(known, False, states, {}, order), types={"": Type()})
    streams = {str(one): str(one) for item in items if (one := item.columns.get("value_stream_id"))}
    return trackers.imported(asked, items, found, streams, told, lost)


def _files(where: Path) -> list[Path]:
    if not where.exists():
        raise InputProblems([Problem("source", "is not there", source=where.name)])
    if not where.is_dir():
        return [where]
    found = sorted(one for one in where.iterdir() if one.name.lower().endswith(SUFFIXES))
    if not found:
        what = f"holds no file that ends in {', '.join(SUFFIXES)}"
        raise InputProblems([Problem("source", what, source=where.name)])
    return found


def _item(
    key: str,
    attributes: Mapping[str, str],
    events: list[_Event],
    starts: bool,
    asked: Asked,
    told: Counter[str],
    lost: list[str],
) -> Item | None:
    """The item of a trace; None, and a sentence among the lost, where an event cannot be used."""
    steps: list[_Step] = []
    for event in events:
        name, at = event.at.get(NAME, "").strip(), event.at.get(TIME) or event.at.get(START)
        try:
            found = _steps(name, event, starts, told) if name and at else None
        except ValueError:
            found = None
        if found is not None:
            steps += found
        elif asked.lenient:
            told["events without a name or a time, left out"] += 1
        else:
            lost.append(f"{key}: event {event.place} has no {TIME if name else NAME} that can be read")
            return None
    if not steps:
        told["traces without an event, left out"] += 1
        return None
    moves = _moves(sorted(steps), told)
    columns = {column: attributes.get(name) for column, name in asked.map.fields.items()}
    title, above = columns.pop("title", None) or key, columns.pop("parent_id", None)
    now, last = moves[-1].to, moves[-1].at
    parents = (above,) if above else ()
    return Item(key, key, title, "", now, moves[0].at, last, moves, parents=parents, columns=columns)


def _moves(steps: list[_Step], told: Counter[str]) -> list[Move]:
    """The moves of an item. Of activities that overlap the one that began last is where it is."""
    going: list[_Step] = []
    moves: list[Move] = []
    for step in steps:
        going = [one for one in going if one.activity != step.activity]
        overlap = bool(going) and not step.ends
        told["activities that overlap another: the one that began last counts"] += overlap
        state = going[-1].state if going and step.ends else step.state
        before = moves[-1].to if moves else None
        if state != before or not (going and step.ends):
            moves.append(Move(step.at, step.order, before, state))
        going += [] if step.ends else [step]
    return moves


def _steps(name: str, event: _Event, starts: bool, told: Counter[str]) -> list[_Step]:
    """What an event does: its item is in the activity from its start, and out of it from its end. Where a log
    has ends alone, each is a move into the activity."""
    step = event.at.get(LIFECYCLE, "").casefold()
    begun, at = event.at.get(START), event.at.get(TIME)
    when = str(at or begun)
    if begun and at:
        states = [(begun, name, False), (at, _DONE.format(name), True)]
    elif step in _LIFECYCLE and starts:
        states = [(when, _LIFECYCLE[step].format(name), step not in ("start", "resume"))]
    elif step in ("", "unknown", "none") or step in _LIFECYCLE:
        states = [(when, name, True)]
    else:  # a log that keeps statuses of its own there
        states = [(when, f"{name}/{event.at[LIFECYCLE]}", True)]
    return [
        _Step(_at(text, told), (event.place, place), name, to, ends)
        for place, (text, to, ends) in enumerate(states)
    ]


def _at(text: str, told: Counter[str]) -> int:
    """An instant in microseconds; one without an offset is UTC, and counted."""
    try:
        return microseconds(text)
    except ValueError:
        at = microseconds(f"{text}+00:00")
        told["times without an offset, read as UTC"] += 1
        return at


def _traces(file: Path) -> Iterator[tuple[dict[str, str], list[_Event]]]:
    """The traces of a log, one at a time: their attributes, and their events in the order of the file."""
    try:
        with _opened(file) as log:
            _refuse_doctype(log)
        with _opened(file) as log:
            parsed = ElementTree.iterparse(log, events=("start", "end"))
            _, root = next(parsed)
            if _tag(root) != "log":
                raise ValueError(f"its first element is {_tag(root)}, expected log")
            events: list[_Event] = []
            for what, element in parsed:
                if what == "end" and _tag(element) == "event":
                    events.append(_Event(_attributes(element), len(events) + 1))
                    element.clear()
                elif what == "end" and _tag(element) == "trace":
                    yield _attributes(element), events
                    events = []
                    root.clear()
    except (ElementTree.ParseError, expat.ExpatError, ValueError, OSError, EOFError) as error:
        raise InputProblems([Problem("source", f"is no XES log: {error}", source=file.name)]) from error


@dataclass
class _Log:
    """An open log. Reading raises ValueError where it is larger than a table may be."""

    file: IO[bytes]
    limit: int
    size: int = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        part = self.file.read(size)
        self.size += len(part)
        if self.size > self.limit:
            told = f"holds {limits.in_words(self.size)} and goes on"
            raise ValueError(str(limits.too_large(told, self.limit)))
        return part


@contextmanager
def _opened(path: Path) -> Iterator[_Log]:
    """The log, unpacked where it is packed."""
    with path.open("rb") as plain:
        packed = path.name.lower().endswith(".gz")
        yield _Log(cast(IO[bytes], gzip.GzipFile(fileobj=plain)) if packed else plain, limits.usual())


def _refuse_doctype(log: _Log) -> None:
    """Reads a log up to its first element. Raises ValueError for a DOCTYPE, whose entities may grow without
    end or lead out of the file."""
    parser = expat.ParserCreate()
    seen: list[str] = []
    parser.StartElementHandler = lambda name, _: seen.append(name)
    parser.StartDoctypeDeclHandler = lambda *_: seen.append("!")
    while not seen and (part := log.read(1 << 12)):
        parser.Parse(part)
    if seen[:1] == ["!"]:
        raise ValueError("it has a DOCTYPE, which no log needs: take it out")


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    """The attributes of a trace or event; those within another are none of them."""
    return {key: child.get("value", "") for child in element if (key := child.get("key")) is not None}
