"""Random logs, and what holds of them by counting: plain Python cuts each life at every edge and asks of each
stretch what it was.

It shares no line, and no idea of an array, with the package. Instants are whole minutes since ``FIRST``. Logs
have moves at one instant with and without ``seq``, in any order of rows; blockers that overlap each other,
the start and the end; moves and blockers after as-of; working weeks and holidays in zones whose clocks change
within them, in one of them at midnight.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd
from flow_small import STATES, Small, typed
from hypothesis import strategies as st

from vmo_helpers.measures import flow
from vmo_helpers.window import review_window

FIRST = dt.datetime(2024, 2, 20, tzinfo=dt.UTC)  # a leap day lies ahead, and a change of clocks in each zone
DAY = 1440
DAYS = 60
ENDS = ("done", "cancelled")
NAMES = [str(row["state"]) for row in STATES]
STATE = {str(row["state"]): row for row in STATES}
CLASS = {name: str(row["class"]) for name, row in STATE.items()}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe")
STREAMS = {"V": "Vans", "W": "Wagons"}
Steps = Sequence[tuple[int, str, "int | None"]]
Facts = tuple["str | None", "float | None", "float | None"]


@dataclass(frozen=True)
class Life:
    """Of one item: when it started and ended, how, and up to when it has been lived (its end, else as-of)."""

    start: int | None
    end: int | None
    how: str | None
    until: int

    @property
    def status(self) -> str:
        ended = {"done": "finished", "cancelled": "cancelled"}
        return ended[self.how] if self.how else "backlog" if self.start is None else "in_progress"


@dataclass(frozen=True)
class Stretch:
    """A part of a life in which nothing changes: work, wait or other; under a blocker of that reason."""

    item: int
    begin: int
    end: int
    state: str
    kind: str
    blocked: bool
    reason: str | None

    def cause(self, by: str) -> str:
        """What the item waits for, as a reader would say it."""
        if by == "reason":
            return (self.reason or "no reason given") if self.blocked else "no blocker"
        if CLASS[self.state] != "wait":
            return f"{self.state}, blocked" if by == "state" else "blocked"
        row = STATE[self.state]
        return {
            "state": self.state,
            "function": str(row.get("function") or "no function named"),
            "gate": self.state if row.get("is_gate") else "no gate",
            "owner": str(row.get("owner") or "no owner named"),
        }[by]


@dataclass(frozen=True)
class Counted:
    """One log. ``rows``: item, minute, state, seq, as they stand in the file; ``blocks``: item, from, to
    (None: open), reason."""

    items: Sequence[Facts]
    rows: Sequence[tuple[int, int, str, int | None]]
    blocks: Sequence[tuple[int, int, int | None, str | None]]
    now: int
    zone: str
    start_day: int
    week: tuple[int, ...] | None
    free: tuple[str, ...]
    found: Small = field(repr=False)

    @cached_property
    def midnights(self) -> dict[dt.date, int]:
        days = [FIRST.date() + dt.timedelta(days=number) for number in range(-3, DAYS + 4)]
        zone = ZoneInfo(self.zone)
        return {day: minute(dt.datetime.combine(day, dt.time(), tzinfo=zone)) for day in days}

    @property
    def begin(self) -> int:
        """The window's first minute."""
        return self.midnights[FIRST.date() + dt.timedelta(days=self.start_day)]

    def day(self, at: int) -> dt.date:
        return (FIRST + dt.timedelta(minutes=at)).astimezone(ZoneInfo(self.zone)).date()

    def window_days(self) -> Iterator[tuple[dt.date, int]]:
        """Each day of the window with the minute at which it is looked at: its last one, on the last day
        as-of."""
        day = FIRST.date() + dt.timedelta(days=self.start_day)
        while day <= self.day(self.now):
            yield day, min(self.midnights[day + dt.timedelta(days=1)] - 1, self.now)
            day += dt.timedelta(days=1)

    def days(self, begin: int, end: int) -> float:
        """Days of the portfolio's calendar from one minute to another."""
        if self.week is None:
            return (end - begin) / DAY
        total = 0.0
        for day, opens in self.midnights.items():
            closes = self.midnights.get(day + dt.timedelta(days=1), opens)
            if day.weekday() in self.week and str(day) not in self.free:
                total += max(0, min(end, closes) - max(begin, opens)) / max(closes - opens, 1)
        return total

    def moves(self, item: int, until: int | None = None) -> list[tuple[int, str]]:
        """The moves of an item up to a minute, by time, then seq (rows without one last), then row."""
        last = self.now if until is None else min(until, self.now)
        mine = [
            (at, seq is None, seq or 0, row, state)
            for row, (who, at, state, seq) in enumerate(self.rows)
            if who == item and at <= last
        ]
        return [(at, state) for at, *_, state in sorted(mine)]

    def state_at(self, item: int, at: int) -> str | None:
        moves = self.moves(item, at)
        return moves[-1][1] if moves else None

    def in_progress(self, item: int, at: int) -> bool:
        moves = self.moves(item, at)
        return (
            any(CLASS[state] in ("active", "wait") for _, state in moves) and CLASS[moves[-1][1]] not in ENDS
        )

    def life(self, item: int) -> Life:
        moves = self.moves(item)
        start = next((at for at, state in moves if CLASS[state] in ("active", "wait")), None)
        end, how = None, CLASS[moves[-1][1]] if moves else None
        if how in ENDS:
            for at, state in reversed(moves):
                if CLASS[state] != how:
                    break
                end = at
        return Life(start, end, how if how in ENDS else None, self.now if end is None else end)

    @cached_property
    def stretches(self) -> list[Stretch]:
        """All lives between start and end, cut wherever anything changes."""
        told = []
        for item in range(len(self.items)):
            life = self.life(item)
            if life.start is None:
                continue
            mine = [block for block in self.blocks if block[0] == item]
            edges = {life.start, life.until, self.begin, *(at for at, _ in self.moves(item))}
            edges |= {edge for _, begin, end, _ in mine for edge in (begin, end) if edge is not None}
            cuts = sorted(edge for edge in edges if life.start <= edge <= life.until)
            for begin, end in itertools.pairwise(cuts):
                state = str(self.state_at(item, begin))
                over = [
                    (since, row)
                    for row, (_, since, to, _) in enumerate(mine)
                    if since <= begin and (to is None or to > begin)
                ]
                first = min(over, default=None)
                kind = "wait" if over else {"active": "active", "wait": "wait"}.get(CLASS[state], "other")
                told.append(
                    Stretch(item, begin, end, state, kind, bool(over), mine[first[1]][3] if first else None)
                )
        return told

    def spent(self, kind: str, item: int | None = None, *, inside: bool = False) -> float:
        """Days of a kind of all items or of one, within the window where asked."""
        return sum(
            self.days(part.begin, part.end)
            for part in self.stretches
            if (part.blocked if kind == "blocked" else part.kind == kind)
            and item in (None, part.item)
            and not (inside and part.begin < self.begin)
        )


def minute(at: dt.datetime) -> int:
    return round((at.astimezone(dt.UTC) - FIRST).total_seconds()) // 60


def build(
    told: Sequence[tuple[Facts, Steps]],
    blocks: Sequence[tuple[int, int, int | None, str | None]],
    now: int,
    zone: str,
    start_day: int,
    week: tuple[int, ...] | None,
    free: Sequence[int],
    shuffled: int,
) -> Counted:
    rows: list[tuple[int, int, str, int | None]] = []
    for item, (_, steps) in enumerate(told):
        at = 0
        for gap, state, seq in steps:
            at += gap
            rows.append((item, at, state, seq))
    if shuffled:
        random.Random(shuffled).shuffle(rows)
    stretches = [
        (item, begin, None if length is None else begin + length, why)
        for item, begin, length, why in blocks
        if item < len(told)
    ]
    items = [facts for facts, _ in told]
    naive = FIRST.replace(tzinfo=None)
    when = [
        None if at is None else naive + dt.timedelta(minutes=at) for at in [now, *(row[1] for row in rows)]
    ]
    built = typed(
        str(when[0]),
        zone,
        work_items={
            "item_id": [f"I{n}" for n in range(len(items))],
            "title": ["t"] * len(items),
            "level": ["epic"] * len(items),
            "created_at": [naive] * len(items),
            "work_type": ["feature"] * len(items),
            "value_stream_id": [stream for stream, _, _ in items],
            "planned_cost": [cost for _, cost, _ in items],
            "cost_of_delay_per_week": [delay for _, _, delay in items],
        },
        transitions={
            "item_id": [f"I{row[0]}" for row in rows],
            "at": when[1:],
            "to_state": [row[2] for row in rows],
            "seq": [row[3] for row in rows],
        },
        states={
            "state": NAMES,
            "class": list(CLASS.values()),
            "position": [float(row["position"]) for row in STATES],
            "function": [row.get("function") for row in STATES],
            "owner": [row.get("owner") for row in STATES],
            "is_gate": [bool(row.get("is_gate")) for row in STATES],
        },
        blockers={
            "item_id": [f"I{block[0]}" for block in stretches],
            "from_at": [naive + dt.timedelta(minutes=block[1]) for block in stretches],
            "to_at": [
                pd.NaT if block[2] is None else naive + dt.timedelta(minutes=block[2]) for block in stretches
            ],
            "reason": [block[3] for block in stretches],
        },
        value_streams={"value_stream_id": list(STREAMS), "name": list(STREAMS.values())},
    )
    holidays = tuple(sorted({str(FIRST.date() + dt.timedelta(days=day)) for day in free}))
    built = replace(built, settings=replace(built.settings, working_days=week, holidays=holidays))
    as_of = pd.Timestamp(str(when[0]), tz="UTC").as_unit("us")
    window = review_window(as_of, str(FIRST.date() + dt.timedelta(days=start_day)), zone)
    log = flow.read(built)
    found = Small(built, window, log, flow.items(log, window))
    return Counted(items, rows, stretches, now, zone, start_day, week, holidays, found)


changes = st.builds(
    lambda day, at: day * DAY + at, st.sampled_from([19, 40, 47]), st.integers(0, DAY)
)  # where clocks change, on Sundays
gaps = st.one_of(st.just(0), st.integers(0, 5 * DAY), st.integers(0, 15 * DAY))
seqs = st.one_of(st.none(), st.integers(0, 3))
moves = st.tuples(gaps, st.sampled_from(NAMES), seqs)
first = st.lists(st.tuples(changes, st.sampled_from(NAMES), seqs), max_size=1)
steps = st.one_of(  # most items with a path: random lists alone are short
    st.lists(moves, max_size=2),
    st.lists(moves, min_size=5, max_size=9),
    st.lists(moves, min_size=3, max_size=9),
    st.builds(list.__add__, first, st.lists(moves, min_size=2, max_size=6)),
)
facts = st.tuples(
    st.sampled_from([None, "V", "W"]),
    st.sampled_from([None, 1000.0, 31_000.0]),
    st.sampled_from([None, None, 700.0, 4900.0]),
)
stretch = st.tuples(
    st.integers(0, 3),
    st.integers(0, DAYS * DAY),
    st.one_of(st.none(), st.integers(-60, 30 * DAY)),
    st.sampled_from([None, "vendor", "budget"]),
)
orders = st.sampled_from([0, 0, 1, 2, 3])  # 0: as they came
lengths = st.sampled_from([None, (0, 1, 2, 3, 6), (0, 1, 2, 3, 6), (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4)])
random_logs = st.builds(
    build,
    st.one_of(
        st.lists(st.tuples(facts, steps), max_size=2),
        st.lists(st.tuples(facts, steps), min_size=3, max_size=5),
    ),
    st.one_of(st.lists(stretch, max_size=1), st.lists(stretch, min_size=4, max_size=9)),
    st.integers(12 * DAY, DAYS * DAY),
    st.sampled_from(ZONES),
    st.integers(0, 10),
    lengths,
    st.lists(st.integers(0, DAYS), max_size=4),
    orders,
)
late_windows = st.builds(
    build,
    st.lists(st.tuples(facts, steps), min_size=3, max_size=9),
    st.just([]),
    st.integers(45 * DAY, DAYS * DAY),
    st.sampled_from(ZONES),
    st.integers(0, 42),
    st.none(),
    st.just([]),
    orders,
)
