"""Every flow figure once more, in SQL, from the CSV files: it shares no line, and no idea of an array, with
the package.

Written from the definitions of docs/measures.md, in elapsed days. ``figures`` answers the keys of
figures.json; ``wait_by_state``, ``cumulative_flow`` and ``wip_by_day`` the frames of the same names;
``sensitivity`` the headline under each convention, in working days as well.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb

DAY = 86_400_000_000

_LOG = """
create or replace temp table item as
select row_number() over () as row, *, epoch_us(created_at) as created, epoch_us(coalesce(requested_at,
    created_at)) as asked,
       epoch_us(case when delivered_at <= $as_of then delivered_at end) as delivered,
       epoch_us(case when started_at <= $as_of then started_at end) as plain_start,
       epoch_us(case when coalesce(finished_at, delivered_at) <= $as_of
           then coalesce(finished_at, delivered_at) end) as plain_finish,
       epoch_us(case when cancelled_at <= $as_of then cancelled_at end) as plain_cancel
from work_items where coalesce(level, $level) = $level and (created_at is null or created_at <= $as_of);

create or replace temp table move as
select t.item_id, t.to_state as state, epoch_us(t.at) as at,
       row_number() over (partition by t.item_id order by t.at, t.seq nulls last, t.row) as n
from transitions t join item using (item_id) where t.at <= $as_of;

create or replace temp table fitting as
select m.item_id, m.n, s.class, s.position,
       row_number() over (partition by m.item_id, m.n order by (s.level is not null)::int + (s.work_type is
           not null)::int
                          + (s.value_stream_id is not null)::int desc) as choice
from move m join item i using (item_id) join states s on s.state = m.state
where (s.level is null or s.level = $level) and (s.work_type is null or s.work_type = coalesce(i.work_type,
    'feature'))
  and (s.value_stream_id is null or s.value_stream_id = i.value_stream_id);

create or replace temp table visit as
select m.item_id, m.n, m.state, f.class, f.position, m.at as begun, lead(m.at) over (partition by m.item_id
    order by m.n) as ended
from move m join fitting f on f.item_id = m.item_id and f.n = m.n and f.choice = 1;

create or replace temp table logged as
select item_id, min(begun) filter (class in ('active', 'wait')) as started,
       coalesce(max(n) filter (class <> 'done'), 0) as last_undone, coalesce(max(n) filter (class <>
           'cancelled'), 0) as last_kept,
       arg_max(class, n) as stands,
       coalesce(bool_or(class = 'done' and after <> 'done'), false) as reopened
from (select *, lead(class) over (partition by item_id order by n) as after from visit) group by item_id;

create or replace temp table life as
select i.*, l.item_id is not null as has_log, coalesce(l.reopened, false) as reopened,
       case when l.item_id is null then i.plain_start else l.started end as start,
       case when l.item_id is null then
                 case when i.plain_cancel is not null and (i.plain_finish is null or i.plain_cancel >
                     i.plain_finish) then null
                      else i.plain_finish end
            when l.stands = 'done' then (select min(begun) from visit v where v.item_id = i.item_id and v.n >
                l.last_undone) end as finish,
       case when l.item_id is null then
                 case when i.plain_cancel is not null and (i.plain_finish is null or i.plain_cancel >
                     i.plain_finish)
                      then i.plain_cancel end
            when l.stands = 'cancelled' then (select min(begun) from visit v where v.item_id = i.item_id and
                v.n > l.last_kept)
       end as cancel
from item i left join logged l using (item_id);

create or replace temp table island as
with edge as (
    select item_id, epoch_us(from_at) as begun,
           case when to_at <= $as_of then epoch_us(to_at) else epoch_us($as_of) end as ended
    from blockers where from_at <= $as_of and (to_at is null or to_at > from_at)),
marked as (
    select *, max(ended) over (partition by item_id order by begun, ended
                               rows between unbounded preceding and 1 preceding) as reach from edge),
numbered as (
    select *, sum((reach is null or begun > reach)::int) over (partition by item_id order by begun, ended) as
        number from marked)
select item_id, number, min(begun) as begun, max(ended) as ended from numbered group by item_id, number;

create or replace temp table lived as
select v.item_id, v.state, v.class, v.position, v.n, greatest(v.begun, l.start) as begun,
       least(coalesce(v.ended, $now), coalesce(l.finish, $now), coalesce(l.cancel, $now)) as ended
from visit v join life l using (item_id)
where l.start is not null
  and least(coalesce(v.ended, $now), coalesce(l.finish, $now), coalesce(l.cancel, $now)) > greatest(v.begun,
      l.start);

create or replace temp table blocked as
select v.item_id, v.state, v.class, greatest(v.begun, b.begun) as begun, least(v.ended, b.ended) as ended
from lived v join island b on b.item_id = v.item_id and b.begun < v.ended and b.ended > v.begun;
"""

_SPENT = """
with whole as (
    select item_id, class, sum(greatest(0, least(ended, $high) - greatest(begun, $low))) as us from lived
        group by all),
under as (
    select item_id, class, sum(greatest(0, least(ended, $high) - greatest(begun, $low))) as us from blocked
        group by all)
select item_id,
       coalesce(sum(w.us) filter (w.class = 'active'), 0) - coalesce(sum(u.us) filter (w.class = 'active'),
           0) as active,
       coalesce(sum(w.us) filter (w.class = 'wait'), 0) + coalesce(sum(u.us) filter (w.class <> 'wait'), 0)
           as waited
from whole w left join under u using (item_id, class) group by item_id
"""

_SPANS = """
create or replace temp table counted as
select *, greatest(0, start - coalesce(created, start)) as before_creation, greatest(0, start -
    coalesce(asked, start)) as before_request,
       greatest(0, coalesce(delivered, finish) - finish) as after_finish
from life where has_log and start is not null and finish between $low and $high;

create or replace temp table span as
select item_id, class as kind, begun, ended from lived
union all select item_id, 'under a blocker, ' || class, begun, ended from blocked
union all select item_id, 'cycle', start, finish from counted
union all select item_id, 'created', start - before_creation, start from counted
union all select item_id, 'asked', start - before_request, start from counted
union all select item_id, 'delivered', finish, finish + after_finish from counted;

create or replace temp table day as
select epoch_us(day) as opens, epoch_us(day + interval 1 day) as closes,
       isodow(day) in (select unnest($week::int[])) and not list_contains($free::varchar[], strftime(day,
           '%Y-%m-%d')) as worked
from (select unnest(generate_series(date_trunc('day', make_timestamptz((select min(begun) from span))),
                                    make_timestamptz((select max(ended) from span)), interval 1 day)) as day);

create or replace temp table length as
select item_id, kind, 'elapsed' as calendar, sum(ended - begun) / 86400000000.0 as days from span group by all
union all
select item_id, kind, 'working', sum((least(ended, closes) - greatest(begun, opens)) / (closes - opens))
from span join day on worked and begun < closes and ended > opens group by all;

create or replace temp table item_days as
with told as (pivot length on kind in ('active', 'wait', 'under a blocker, active', 'under a blocker, wait',
    'under a blocker, backlog',
                                       'under a blocker, done', 'under a blocker, cancelled',
                                       'cycle', 'created', 'asked', 'delivered') using sum(days)),
every as (select item_id, calendar from counted, (values ('elapsed'), ('working')) as c(calendar))
select every.item_id, calendar, coalesce(active, 0) as plain_active, coalesce(wait, 0) as plain_wait,
       coalesce(active, 0) - coalesce("under a blocker, active", 0) as active,
       coalesce(wait, 0) + coalesce("under a blocker, active", 0) + coalesce("under a blocker, backlog", 0)
       + coalesce("under a blocker, done", 0) + coalesce("under a blocker, cancelled", 0) as waited,
       coalesce(cycle, 0) as cycle, coalesce(created, 0) as created, coalesce(asked, 0) as asked,
           coalesce(delivered, 0) as delivered
from every left join told using (item_id, calendar);
"""
_CONVENTIONS = {
    "this deck": ("sum(active) / sum(active + waited)", "cycle"),
    "from creation to finish": ("sum(active) / sum(active + waited + created)", "cycle + created"),
    "from request to finish": ("sum(active) / sum(active + waited + asked)", "cycle + asked"),
    "from start to delivery": ("sum(active) / sum(active + waited + delivered)", "cycle + delivered"),
    "the median item": ("quantile_cont(active / (active + waited), 0.5) filter (active + waited > 0)", None),
    "the mean of the items": ("avg(active / (active + waited)) filter (active + waited > 0)", None),
    "active ÷ waiting, another number": ("sum(active) / sum(waited)", None),
    "blockers not looked at": ("sum(plain_active) / sum(plain_active + plain_wait)", None),
    "the other calendar": ("sum(active) / sum(active + waited)", "cycle"),
}


class Independent:
    """One folder of CSV files as of an instant (ISO 8601), with a window from a day in the portfolio's
    zone."""

    def __init__(
        self, folder: Path, start_day: str, as_of: str, *, timezone: str = "UTC", level: str = "epic"
    ) -> None:
        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute("set TimeZone = ?", [timezone])
        self.timezone = timezone
        for table, columns in _NEEDED.items():
            self._read(folder / f"{table}.csv", table, columns)
        low, now = self.db.execute(
            "select epoch_us(?::timestamptz), epoch_us(?::timestamptz)", [start_day, as_of]
        ).fetchall()[0]
        self.low, self.now = int(low), int(now)
        self.names = {"as_of": as_of, "level": level, "now": self.now, "low": self.low, "high": self.now}
        for statement in _LOG.split(";"):
            if statement.strip():
                self._run(statement)

    def _read(self, path: Path, table: str, columns: dict[str, str]) -> None:
        if path.exists():
            self.db.execute(
                f"create temp table raw as select row_number() over () as row, * from read_csv('{path}', "
                "all_varchar = true, header = true)"
            )
            there = {
                name
                for (name,) in self.db.execute(
                    "select column_name from information_schema.columns where table_name = 'raw'"
                ).fetchall()
            }
            chosen = ", ".join(
                f'"{name}"::{kind} as "{name}"' if name in there else f'null::{kind} as "{name}"'
                for name, kind in columns.items()
            )
            self.db.execute(f"create temp table {table} as select row, {chosen} from raw")
            self.db.execute("drop table raw")
        else:
            empty = ", ".join(f'null::{kind} as "{name}"' for name, kind in columns.items())
            self.db.execute(f"create temp table {table} as select 0 as row, {empty} where false")
        if table == "states":
            self.db.execute("update states set position = row where position is null")
        if table == "work_items":
            self.db.execute("alter table work_items drop column row")

    def _run(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        names = {name: value for name, value in {**self.names, **more}.items() if f"${name}" in statement}
        if "as_of" in names:
            statement = statement.replace("$as_of", "$as_of::timestamptz")
        return self.db.execute(statement, names).fetchall()

    def figures(self) -> dict[str, float | None]:
        """Every flow key of figures.json; None where it is not known or too little."""
        one = lambda statement: self._run(statement)[0][0]  # noqa: E731
        cycle = "(finish - start) / 86400000000.0"
        finished = "finish between $low and $high"
        going = "start is not null and finish is null and cancel is null"
        leads = (
            "(select (coalesce(delivered, finish) - asked) / 86400000000.0 as days from life "
            "where coalesce(delivered, finish) between $low and $high and coalesce(delivered, finish) >= "
            "asked)"
        )
        active, total, median, n = self._efficiency()
        return {
            "flow.items": one("select count(*) from life"),
            "flow.finished": one(f"select count(*) from life where {finished}"),
            "flow.wip": one(f"select count(*) from life where {going}"),
            "flow.lead_time_p50_days": self._quantile(f"select days from {leads}", 0.5),
            "flow.lead_time_p85_days": self._quantile(f"select days from {leads}", 0.85),
            "flow.cycle_time_p50_days": self._quantile(
                f"select {cycle} as days from life where {finished} and finish >= start", 0.5
            ),
            "flow.cycle_time_p85_days": self._quantile(
                f"select {cycle} as days from life where {finished} and finish >= start", 0.85
            ),
            "flow.flow_efficiency": active / total if total else None,
            "flow.flow_efficiency_median": median if n >= 5 else None,
            "flow.throughput_per_week": self._throughput(),
            "flow.age_p85_days": self._quantile(
                f"select ($now - start) / 86400000000.0 as days from life where {going}", 0.85
            ),
            "flow.reopened_items": one(f"select count(*) from life where {finished} and reopened"),
            "flow.started": one("select count(*) from life where start between $low and $high"),
            "flow.started_unfinished": one(
                "select count(*) from life where start between $low and $high and finish is null"
            ),
            "flow.wait_days": one(f"select coalesce(sum(waited), 0) from ({_SPENT})") / DAY,
        }

    def _efficiency(self) -> tuple[float, float, float | None, int]:
        spent = _SPENT.replace("$low", str(-(2**62))).replace("$high", str(2**62))
        return self._run(f"""
            select coalesce(sum(active), 0), coalesce(sum(active + waited), 0), quantile_cont(active /
                (active + waited), 0.5), count(*)
            from ({spent}) join life using (item_id) where finish between $low and $high and active + waited
                > 0""")[0]

    def _quantile(self, values: str, q: float) -> float | None:
        value, n = self._run(f"select quantile_cont(days, {q}), count(*) from ({values})")[0]
        return None if n < (10 if q >= 0.85 else 5) else value

    def _throughput(self) -> float | None:
        (rate,) = self._run("""
            with week as (
                select monday from (select unnest(generate_series(
                    date_trunc('week', make_timestamptz($low)), make_timestamptz($high), interval 7 days)) as
                        monday)
                where epoch_us(monday) >= $low and epoch_us(monday + interval 7 days) - 1 <= $high
                  and epoch_us(monday + interval 7 days)
                      > (select least(min(start), min(finish), min(cancel)) from life))
            select case when (select count(*) from week) = 0 then null else
                (select count(*) from life join week
                 on life.finish >= epoch_us(monday) and life.finish < epoch_us(monday + interval 7 days))
                / (select count(*) from week) end""")[0]
        return None if rate is None or math.isnan(rate) else rate

    def sensitivity(
        self, calendar: str = "elapsed", week: tuple[int, ...] = (1, 2, 3, 4, 5), free: tuple[str, ...] = ()
    ) -> dict[str, tuple[float, float | None, float | None]]:
        """Flow efficiency and the median and 85th percentile of cycle time (None where they stay as they are)
        by convention.

        ``calendar``: elapsed or working, what a day is; the other one is the last convention. ``week``: 1 is
        Monday.
        """
        for statement in _SPANS.split(";"):
            if statement.strip():
                self._run(statement, week=list(week), free=list(free))
        other = {"elapsed": "working", "working": "elapsed"}[calendar]
        told = {}
        for name, (share, length) in _CONVENTIONS.items():
            middle, tail = (f"quantile_cont({length}, {q})" if length else "null" for q in (0.5, 0.85))
            ((*values,),) = self._run(
                f"select {share}, {middle}, {tail} from item_days where calendar = $calendar",
                calendar=other if name == "the other calendar" else calendar,
            )
            told[name] = (float(values[0]), values[1], values[2])
        return told

    def wait_by_state(self) -> dict[str, float]:
        """Wait days inside the window by state; time under a blocker in a state that is no wait state as
        "state, blocked"."""
        rows = self._run("""
            select state, sum(us) / 86400000000.0 from (
                select state, greatest(0, least(ended, $high) - greatest(begun, $low)) as us from lived where
                    class = 'wait'
                union all
                select state || ', blocked', greatest(0, least(ended, $high) - greatest(begun, $low)) from
                    blocked where class <> 'wait')
            group by state having sum(us) > 0""")
        return {str(state): float(days) for state, days in rows}

    def _days(self) -> str:
        """The instants at which each day is looked at: its last microsecond, on the last day as-of."""
        return """
            select day, least(epoch_us(day + interval 1 day) - 1, $high) as tick from (
                select unnest(generate_series(
                    date_trunc('day', make_timestamptz($low)), make_timestamptz($high), interval 1 day)) as
                        day)"""

    def cumulative_flow(self) -> dict[tuple[str, str], int]:
        """Items in each state at the end of each day, where there are any."""
        rows = self._run(f"""
            select strftime(day, '%Y-%m-%d'), state, count(*) from ({self._days()})
            join visit on begun <= tick and (ended is null or ended > tick) group by all""")
        return {(str(day), str(state)): int(count) for day, state, count in rows}

    def wip_by_day(self) -> dict[str, int]:
        """Items in progress at the end of each day, as it was then: started, and in neither done nor
        cancelled."""
        rows = self._run(f"""
            select strftime(day, '%Y-%m-%d'), count(item_id) from ({self._days()}) left join (
                select item_id, begun, ended from visit join life using (item_id)
                where begun >= start and class not in ('done', 'cancelled') and (ended is null or ended >
                    begun)
                union all
                select item_id, start, coalesce(finish, cancel) from life
                where not has_log and start is not null and coalesce(finish, cancel, $now + 1) > start
            ) on begun <= tick and (ended is null or ended > tick) group by all""")
        return {str(day): int(count) for day, count in rows}


_TEXT, _AT, _NUMBER = "varchar", "timestamptz", "double"
_NEEDED = {
    "work_items": {
        "item_id": _TEXT,
        "level": _TEXT,
        "work_type": _TEXT,
        "value_stream_id": _TEXT,
        "created_at": _AT,
        "requested_at": _AT,
        "delivered_at": _AT,
        "started_at": _AT,
        "finished_at": _AT,
        "cancelled_at": _AT,
    },
    "transitions": {"item_id": _TEXT, "at": _AT, "to_state": _TEXT, "seq": _NUMBER},
    "states": {
        "state": _TEXT,
        "level": _TEXT,
        "work_type": _TEXT,
        "value_stream_id": _TEXT,
        "class": _TEXT,
        "position": _NUMBER,
    },
    "blockers": {"item_id": _TEXT, "from_at": _AT, "to_at": _AT},
}
