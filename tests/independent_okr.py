"""The figures of alignment once more, in SQL, from the CSV files: it shares no line, and no idea of an array,
with the package.

Written from docs/measures.md, "OKR alignment" and "Money". Elapsed days only; targets of key results are
taken back to the day by ``plan_changes``; no other plan is (the sample changes none that matters here).
``figures`` answers the keys of figures.json, ``levels`` the rung of each item, ``key_results`` verdicts and
projections.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
from scipy import stats

_COLUMNS: dict[str, dict[str, str]] = {
    "work_items": {
        "item_id": "varchar",
        "level": "varchar",
        "created_at": "timestamptz",
        "parent_id": "varchar",
        "work_type": "varchar",
        "planned_cost": "double",
        "goal": "varchar",
        "delivered_at": "timestamptz",
        "started_at": "timestamptz",
        "finished_at": "timestamptz",
        "cancelled_at": "timestamptz",
    },
    "transitions": {
        "item_id": "varchar",
        "at": "timestamptz",
        "to_state": "varchar",
        "seq": "double",
        "recorded_at": "timestamptz",
    },
    "states": {
        "state": "varchar",
        "level": "varchar",
        "work_type": "varchar",
        "value_stream_id": "varchar",
        "class": "varchar",
    },
    "objectives": {
        "objective_id": "varchar",
        "from": "date",
        "to": "date",
        "rank": "double",
        "parent_id": "varchar",
    },
    "key_results": {
        "kr_id": "varchar",
        "objective_id": "varchar",
        "type": "varchar",
        "from": "date",
        "to": "date",
        "baseline": "double",
        "target": "double",
        "low": "double",
        "high": "double",
        "metric_id": "varchar",
        "commitment": "varchar",
        "cadence_days": "double",
    },
    "checkins": {"kr_id": "varchar", "at": "timestamptz", "value": "double", "recorded_at": "timestamptz"},
    "observations": {
        "metric_id": "varchar",
        "at": "timestamptz",
        "value": "double",
        "segment": "varchar",
        "recorded_at": "timestamptz",
    },
    "links": {
        "item_id": "varchar",
        "goal_type": "varchar",
        "goal_id": "varchar",
        "share": "double",
        "expected_delta": "double",
        "due": "date",
        "linked_at": "timestamptz",
        "removed_at": "timestamptz",
    },
    "spend": {
        "period": "date",
        "amount": "double",
        "item_id": "varchar",
        "value_stream_id": "varchar",
        "kind": "varchar",
        "recorded_at": "timestamptz",
    },
    "budgets": {
        "value_stream_id": "varchar",
        "from": "date",
        "to": "date",
        "amount": "double",
        "kr_id": "varchar",
    },
    "plan_changes": {
        "table": "varchar",
        "key": "varchar",
        "column": "varchar",
        "changed_at": "timestamptz",
        "old_value": "varchar",
    },
}

RENAMED = {"at": "happened"}  # "at" is a word of DuckDB's own
_GOALS = """
create temp table objective as
select *, $day between "from" and "to" as holds, $day between "from" and "to" and rank between 1 and 3 as top
    from objectives;

create temp table above as
with recursive up as (
    select objective_id as id, objective_id as ancestor, 0 as steps from objective
    union all
    select up.id, o.parent_id, up.steps + 1 from up join objective o on o.objective_id = up.ancestor
    where o.parent_id in (select objective_id from objective))
select * from up;

create temp table aim as
select o.objective_id, coalesce(bool_or(a.top), false) as top_three, arg_max(a.objective_id, u.steps) filter
    (a.holds) as top_level
from objective o join above u on u.id = o.objective_id join objective a on a.objective_id = u.ancestor
where o.holds group by o.objective_id;

create temp table result as
select k.* replace (coalesce(try_cast((select arg_min(c.old_value, c.changed_at) from plan_changes c
                                       where c."table" = 'key_results' and c."key" = k.kr_id and c."column" =
                                           'target'
                                         and c.changed_at > $as_of) as double), k.target) as target),
       aim.top_three, aim.top_level
from key_results k join aim using (objective_id);

create temp table goal as
select 'objective' as goal_type, objective_id as goal_id, top_three, top_level, false as is_result from aim
union all select 'key_result', kr_id, top_three, top_level, true from result;
"""

_WORK = """
create temp table item as select * from work_items where created_at is null or created_at <= $as_of;
create temp table fact as
select * from transitions where happened <= $as_of and (recorded_at is null or recorded_at <= $as_of)
qualify row_number() over (partition by item_id, happened, seq, case when recorded_at is null then row end
                           order by recorded_at desc nulls last) = 1;
create temp table classed as
select f.item_id, f.happened, f.seq, f.row, s.class from fact f join item i using (item_id)
join states s on s.state = f.to_state and (s.level is null or s.level = coalesce(i.level, $level))
     and (s.work_type is null or s.work_type = coalesce(i.work_type, 'feature'))
qualify row_number() over (partition by f.item_id, f.row order by (s.level is not null)::int + (s.work_type
    is not null)::int desc) = 1;
create temp table stand as
select item_id, arg_max(class, (happened, coalesce(seq, 0), row)) as last_class,
       min(happened) filter (class in ('active', 'wait')) as start,
       max((happened, coalesce(seq, 0), row)) filter (class <> 'done') as undone from classed group by
           item_id;
create temp table epic as
select i.*, coalesce(i.work_type, 'feature') as kind,
       coalesce(s.start, case when s.item_id is null and i.started_at <= $as_of then i.started_at end) as
           start,
       case when s.item_id is null then case when coalesce(i.finished_at, i.delivered_at) <= $as_of
                 then coalesce(i.finished_at, i.delivered_at) end
            when s.last_class = 'done' then (select min(c.happened) from classed c where c.item_id = i.item_id
                                             and (s.undone is null or (c.happened, coalesce(c.seq, 0), c.row)
                                                 > s.undone)) end as finish,
       coalesce(s.last_class = 'cancelled', i.cancelled_at <= $as_of, false) as gone
from item i left join stand s using (item_id) where coalesce(i.level, $level) = $level;
create temp table counted as select * from epic where start is not null and finish is null and not gone and
    kind = 'feature';

create temp table kin as
with recursive up as (
    select item_id as id, item_id as ancestor, 0 as steps from item
    union all
    select up.id, i.parent_id, up.steps + 1 from up join item i on i.item_id = up.ancestor where i.parent_id
        in (select item_id from item))
select * from up;

create temp table tie as
select item_id, goal_type, goal_id, share, expected_delta, due, linked_at, row from links
where (linked_at is null or linked_at <= $as_of) and (removed_at is null or removed_at > $as_of)
union all
select w.item_id, case when w.goal in (select objective_id from objectives) then 'objective' else
    'key_result' end,
       w.goal, null, null, null, null, -1
from item w where w.goal is not null and not exists (select 1 from links l where l.item_id = w.item_id and
    l.goal_id = w.goal);

create temp table claim as
select e.item_id, t.*exclude (item_id), t.item_id as holder, g.top_three, g.top_level, g.is_result, x.origin,
    x.steps,
       1 + (g.is_result and g.top_three)::int
         + (g.is_result and g.top_three and t.expected_delta is not null and t.due is not null)::int as rung
from epic e join (
    select id as item_id, ancestor as holder, least(steps, 1) as origin, steps from kin
    union all select ancestor, id, 2, steps from kin where steps > 0) x on x.item_id = e.item_id
join tie t on t.item_id = x.holder join goal g using (goal_type, goal_id);

create temp table served as
with one as (
    select *, max(rung) over (partition by item_id, goal_type, goal_id) as best from claim
    qualify row_number() over (partition by item_id, goal_type, goal_id order by origin, steps, linked_at
        desc nulls last, row) = 1)
select *, coalesce(share / greatest(sum(coalesce(share, 0)) over (partition by item_id), 1),
                   greatest(1 - sum(coalesce(share, 0)) over (partition by item_id), 0)
                   / nullif(count(*) filter (share is null) over (partition by item_id), 0)) as part from one;
"""

_MONEY = """
create temp table booked as
select * from spend where coalesce(kind, 'actual') = 'actual' and period <= $day and (recorded_at is null or
    recorded_at <= $as_of);
create temp table cost as
select k.ancestor as item_id, sum(amount) filter (period >= $first) as spent
from booked b join kin k on k.id = b.item_id group by 1;
"""

_RESULTS = """
create temp table reading as
select k.kr_id, c.happened, c.value, 1 as prefer from checkins c join result k using (kr_id)
where c.value is not null and c.happened <= $as_of and (c.recorded_at is null or c.recorded_at <= $as_of)
qualify row_number() over (partition by k.kr_id, c.happened order by c.recorded_at desc nulls last) = 1
union all
select k.kr_id, o.happened, o.value, 0 from observations o join result k using (metric_id)
where coalesce(o.segment, 'all') = 'all' and o.happened <= $as_of and (o.recorded_at is null or o.recorded_at
    <= $as_of)
qualify row_number() over (partition by k.kr_id, o.happened order by o.recorded_at desc nulls last) = 1;

create temp table latest as
select kr_id, arg_max(value, (happened, prefer)) as value, max(happened) as happened from reading group by
    kr_id;

create temp table line as
select k.kr_id, count(r.value) as n, regr_slope(r.value, x.t) as slope, avg(x.t) as mean_t, avg(r.value) as
    mean_v,
       regr_sxx(r.value, x.t) as sxx, regr_syy(r.value, x.t) as syy
from result k join reading r using (kr_id),
     lateral (select (epoch_us(r.happened) - epoch_us(k."from"::timestamptz)) / 86400e6 as t) x
where r.happened >= k."from"::timestamptz and r.happened < (k."to" + 1)::timestamptz group by k.kr_id;
"""


class IndependentAlignment:
    """A folder of CSV files as of the end of a day, with a window from a first day on."""

    def __init__(self, folder: Path, first: str, day: str, zone: str, level: str) -> None:
        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute("set TimeZone = ?", [zone])
        for table, columns in _COLUMNS.items():
            self._read(folder / f"{table}.csv", table, columns)
        self.as_of = f"timestamptz '{day} 23:59:59.999999'"
        self.first = first
        names = {"day": day, "first": first, "level": level}
        for script in (_GOALS, _WORK, _MONEY, _RESULTS):
            for statement in filter(str.strip, script.split(";\n")):
                given = {name: value for name, value in names.items() if f"${name}" in statement}
                self.db.execute(statement.replace("$as_of", self.as_of), given)

    def _read(self, path: Path, table: str, columns: dict[str, str]) -> None:
        there: set[str] = set()
        if path.is_file():
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
        else:
            self.db.execute("create temp table raw as select 1 as row where false")
        given = {name: f"nullif(trim(\"{name}\"), '')" if name in there else "null" for name in columns}
        cells = ", ".join(
            f'{given[name]}::{kind} as "{RENAMED.get(name, name)}"' for name, kind in columns.items()
        )
        self.db.execute(f"create temp table {table} as select row, {cells} from raw")
        self.db.execute("drop table raw")

    def _one(self, query: str, values: Any = None) -> Any:
        row = self.db.execute(query, values).fetchone()
        return row[0] if row else None

    def levels(self) -> dict[str, int]:
        """The rung of every item of the denominator."""
        query = (
            "select c.item_id, coalesce(max(l.rung), 0) from counted c left join claim l using "
            "(item_id) group by 1"
        )
        return dict(self.db.execute(query).fetchall())

    def figures(self) -> dict[str, float | None]:
        n = self._one("select count(*) from counted")
        reach = {
            "linked": "rung >= 1",
            "top_three": "top_three",
            "key_result": "rung >= 2",
            "contribution": "rung >= 3",
        }
        paid, top_paid = self._bound()
        bound = {"linked": paid, "top_three": top_paid, "key_result": top_paid, "contribution": 0}
        split = (
            "select coalesce(sum(spent * part), 0) from served join counted using (item_id) join "
            "cost using (item_id)"
        )
        spent = self._one("select sum(spent) from cost join counted using (item_id)")
        planned = self._one("select sum(planned_cost) from counted")
        found: dict[str, float | None] = {}
        for name, rule in reach.items():
            some = f"select distinct item_id from claim join counted using (item_id) where {rule}"
            found[f"okr.{name}_share"] = self._one(f"select count(*) from ({some})") / n
            found[f"okr.{name}_share_by_planned_cost"] = (
                self._one(f"select coalesce(sum(planned_cost), 0) from counted where item_id in ({some})")
                / planned
            )
            served = self._one(f"{split} where {rule.replace('rung', 'best')}")
            found[f"okr.{name}_share_by_spend"] = (served + bound[name]) / (spent + paid)
        mapped = round((found["okr.top_three_share"] or 0) * n)
        found["okr.items_short"] = next(more for more in range(n + 1) if (mapped + more) / n >= 0.8)
        found["okr.orphan_items"] = self._one(
            "select count(*) from counted where item_id not in (select item_id from claim)"
        )
        found["okr.effective_goals"] = self._one("""
            select 1 / sum(p * p) from (
                select count(*) / sum(count(*)) over () as p from served join counted using (item_id) group
                    by top_level)""")
        found["okr.spend_without_goal"] = spent - self._one(split)
        found["okr.goals_without_work"] = self._one("""
            with busy as (
                select distinct goal_type, goal_id from claim join epic using (item_id)
                where start is not null and finish is null and not gone),
            worked as (
                select distinct u.ancestor from above u where u.id in (
                    select goal_id from busy where goal_type = 'objective'
                    union select r.objective_id from busy join result r on r.kr_id = goal_id where goal_type
                        = 'key_result'))
            select (select count(*) from aim where objective_id not in (select ancestor from worked))
                 + (select count(*) from result where kr_id not in (select goal_id from busy where goal_type
                     = 'key_result'))""")
        verdicts = self.key_results()
        found["okr.key_results_at_risk"] = sum(
            row["verdict"] in ("at_risk", "will_miss", "missed") for row in verdicts.values()
        )
        found["okr.stale_key_results"] = sum(row["verdict"] == "stale" for row in verdicts.values())
        found["okr.not_measured_key_results"] = sum(
            row["verdict"] == "not_measured" for row in verdicts.values()
        )
        return found

    def _bound(self) -> tuple[float, float]:
        """Money on streams alone that budgets bind to a key result, and what of it to one under the top
        three."""
        pots = self.db.execute("""
            select b.value_stream_id, b."from", b."to", b.amount, r.top_three
            from budgets b join result r using (kr_id) where b.amount > 0""").fetchall()
        left = [pot[3] for pot in pots]
        paid = {True: 0.0, False: 0.0}
        months = """
            select value_stream_id, period, sum(amount), period >= $first::date from booked where item_id is
                null
            group by 1, 2 order by period"""
        for stream, period, amount, inside in self.db.execute(months, {"first": self.first}).fetchall():
            fitting = [n for n, pot in enumerate(pots) if pot[0] == stream and pot[1] <= period <= pot[2]]
            there = sum(left[n] for n in fitting)
            for n in fitting:
                drawn = left[n] / there * min(max(amount, 0.0), there) if there else 0.0
                left[n] -= drawn
                paid[bool(pots[n][4])] += drawn if inside else 0.0
        return paid[True] + paid[False], paid[True]

    def key_results(self) -> dict[str, dict[str, Any]]:
        """progress, projected, projected_low, projected_high and verdict of each key result of the day."""
        query = """
            select k.*, l.value, line.n, line.slope, line.mean_t, line.mean_v, line.sxx, line.syy,
                   (epoch_us((k."to" + 1)::timestamptz) - 1 - epoch_us(k."from"::timestamptz)) / 86400e6 as
                       length,
                   (epoch_us($as_of) - epoch_us(k."from"::timestamptz)) / 86400e6 as gone,
                   date_diff('day', l.happened::date, least(k."to", ($as_of)::date)) as waited
            from result k left join latest l using (kr_id) left join line using (kr_id)"""
        rows = self.db.execute(query.replace("$as_of", self.as_of))
        names = [column[0] for column in rows.description or ()]
        return {
            row[names.index("kr_id")]: _judged(dict(zip(names, row, strict=True))) for row in rows.fetchall()
        }


def _score(kr: dict[str, Any], value: float | None) -> float | None:
    kind, baseline, target, low, high = (kr[name] for name in ("type", "baseline", "target", "low", "high"))
    if value is None:
        return None
    if kind in ("increase", "decrease"):
        return (
            None
            if baseline is None or target is None or baseline == target
            else (value - baseline) / (target - baseline)
        )
    if kind == "reach":
        return value / target if target else None
    if kind == "range":
        return None if low is None or high is None else float(low <= value <= high)
    if kind == "binary":
        return float(value >= 1)
    if kind == "milestone":
        return value
    return None if target is None else float(value >= target if kind == "maintain_above" else value <= target)


def _judged(kr: dict[str, Any]) -> dict[str, Any]:
    progress = _score(kr, kr["value"])
    needed = 0.7 if kr["commitment"] == "aspirational" else 1.0
    held = kr["type"] in ("maintain_above", "maintain_below", "range")
    found: dict[str, Any] = {
        "progress": progress,
        "projected": None,
        "projected_low": None,
        "projected_high": None,
    }
    if progress is None:
        return {**found, "verdict": "not_measured"}
    over = kr["gone"] >= kr["length"] - 1e-9
    if not over and (kr["n"] or 0) >= 3 and kr["gone"] >= 0.25 * kr["length"] and kr["type"] != "binary":
        ahead = kr["length"] - kr["mean_t"]
        value = kr["mean_v"] + kr["slope"] * ahead
        rest = max(kr["syy"] - kr["slope"] ** 2 * kr["sxx"], 0) / (kr["n"] - 2)
        half = stats.t.ppf(0.9, kr["n"] - 2) * math.sqrt(rest * (1 + 1 / kr["n"] + ahead**2 / kr["sxx"]))
        ends = sorted(_score(kr, side) or 0.0 for side in (value - half, value + half))
        if kr["type"] == "range":
            ends[1] = float(kr["low"] <= value + half and kr["high"] >= value - half)
        found |= {"projected": _score(kr, value), "projected_low": ends[0], "projected_high": ends[1]}
    cadence = kr["cadence_days"] or 30
    done = kr["type"] in ("binary", "milestone") and progress >= 1
    reached = progress >= needed - 1e-9
    if kr["waited"] - cadence > max(3, cadence / 4) and not done:
        verdict = "stale"
    elif over:
        verdict = "achieved" if reached else "missed"
    elif found["projected"] is None:
        verdict = "achieved" if reached and not held else "too_early"
    elif found["projected_high"] < needed - 1e-9:
        verdict = "will_miss"
    elif found["projected"] < needed - 1e-9 or (held and not reached):
        verdict = "at_risk"
    else:
        verdict = "achieved" if reached and not held else "on_track"
    return {**found, "verdict": verdict}
