"""Clocks, ranks, estimates and the axes of the move once more, in SQL and plain loops, from the CSV files.

Written from docs/measures.md, as ``independent_value``. Handed over is only what chance decides: the draws of
the weights.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from independent_flow import Independent
from independent_value import IndependentValue

DAY = 86_400_000_000
_TABLES: dict[str, dict[str, str]] = {
    "asked": {"item_id": "varchar", "asked_at": "timestamptz", "decided_at": "timestamptz"},
    "begun": {"item_id": "varchar", "baselined_at": "timestamptz"},
    "metered": {"benefit_id": "varchar", "metric_id": "varchar"},
    "meters": {"metric_id": "varchar", "kind": "varchar", "direction": "varchar"},
    "scored": {"item_id": "varchar", "criterion": "varchar", "score": "double"},
    "gates": {"state": "varchar", "is_gate": "boolean"},
}
_FILES = {
    "asked": "decisions",
    "begun": "work_items",
    "metered": "benefits",
    "meters": "metrics",
    "scored": "criteria_scores",
    "gates": "states",
}


class IndependentMove(IndependentValue):
    """As ``IndependentValue``; ``weights`` of the value framework, and ``draws``: a list of them."""

    def __init__(
        self, folder: Path, first: str, day: str, zone: str, level: str, guardrails: dict[str, float]
    ) -> None:
        super().__init__(folder, first, day, zone, level, guardrails)
        for table, columns in _TABLES.items():
            self._read(folder / f"{_FILES[table]}.csv", table, columns)
        self.folder, self.zone = folder, zone
        self.decided = [
            (item, at)
            for item, at in self._all(
                "select item_id, epoch_us(decided_at) from asked where item_id is not null"
            )
            if at is not None and at <= self.now
        ]

    def _measured(self, row: dict[str, Any], item: str, column: str, delivered: int | None) -> Any:
        """What a benefit is measured by: the plan of its item's baseline, or of a change that was decided."""
        today = self._planned("benefits", row["benefit_id"], column, row[column])
        kind = dt.date.fromisoformat if column == "due" else float
        changes = [
            (at, None if old is None else kind(old))
            for at, old in self.changed.get(("benefits", row["benefit_id"], column), [])
            if at <= self.now
        ]
        baselined = self._one("select epoch_us(baselined_at) from begun where item_id = ?", [item])
        since = -1 if baselined is None else min(baselined, baselined if delivered is None else delivered)
        for at, _ in changes:
            if any(who == item and abs(when - at) <= 31 * DAY for who, when in self.decided):
                since = max(since, at)
        return next((old for at, old in changes if at > since), today)

    def tests(self) -> list[dict[str, Any]]:
        """Each benefit of an item that counts, with its metric and the plan that measures it."""
        bearer = self._bearer()
        kinds = {row[0]: row[1:] for row in self._all("select metric_id, kind, direction from meters")}
        metric = dict(self._all("select benefit_id, metric_id from metered"))
        starts = {
            row[0]: row[1:]
            for row in self._all(
                "select e.item_id, epoch_us(case when e.delivered_at <= $as_of then e.delivered_at end), "
                "epoch_us(e.finish), i.planned_end from epic e join v_items i using (item_id)"
            )
        }
        columns = ("benefit_id", "item_id", "baseline", "target", "due", "lag_days")
        found = []
        for cells in self._all(f"select {', '.join(columns)} from v_benefits"):
            row: dict[str, Any] = dict(zip(columns, cells, strict=True))
            if row["item_id"] not in bearer:
                continue
            item = bearer[row["item_id"]]
            delivered, finish, end = starts[item]
            kind, direction = kinds.get(metric[row["benefit_id"]] or "", (None, None))
            if kind in ("output", "activity"):
                continue
            plan = {name: self._measured(row, item, name, delivered) for name in columns[2:]}
            found.append(
                {
                    **plan,
                    "item": item,
                    "metric": metric[row["benefit_id"]] if kind else None,
                    "up": -1.0 if direction == "decrease" else 1.0,
                    "direction": direction,
                    "behaviour": kind == "behaviour",
                    "deployed": delivered or finish,
                    "planned_end": end,
                }
            )
        return found

    def clocks(self) -> dict[str, float | None]:
        """Deployed → adopted → realised: how many, and the median days by Kaplan and Meier."""
        readings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for key, at, value in self._all(
            "select metric_id, epoch_us(happened), value from observations where value is not null and "
            "coalesce(segment, 'all') = 'all' and happened <= $as_of and (recorded_at is null or recorded_at "
            "<= $as_of) qualify row_number() over (partition by metric_id, happened order by recorded_at "
            "desc nulls last) = 1 order by 2"
        ):
            readings[key].append((at, value))
        deployed: dict[str, int] = {}
        reached: dict[tuple[str, bool], int] = {}
        having: dict[bool, set[str]] = {True: set(), False: set()}
        for test in self.tests():
            item, behaviour = test["item"], test["behaviour"]
            if test["deployed"] is not None:
                deployed[item] = test["deployed"]
            if test["metric"]:
                having[behaviour].add(item)
            if test["deployed"] is None or test["target"] is None or test["target"] == test["baseline"]:
                continue
            series = readings[test["metric"]]
            for (at, value), (_, next_value) in itertools.pairwise(series):
                held = all((one - test["target"]) * test["up"] >= 0 for one in (value, next_value))
                if at >= test["deployed"] and held:
                    reached[item, behaviour] = min(at, reached.get((item, behaviour), at))
                    break
        adopted = {item: reached[item, True] for item in deployed if (item, True) in reached}
        adoption = self._median({i: deployed[i] for i in having[True] if i in deployed}, adopted)
        realised = {item: reached[item, False] for item in adopted if (item, False) in reached}
        realisation = self._median({i: adopted[i] for i in having[False] if i in adopted}, realised)
        return {
            "value.adopted_items": adoption[0],
            "value.deployed_to_adopted_p50_days": adoption[1],
            "value.realised_items": realisation[0],
            "value.adopted_to_realised_p50_days": realisation[1],
        }

    def _median(self, begun: dict[str, int], came: dict[str, int]) -> tuple[float | None, float | None]:
        """How many came, and the first age by which half had; under five nothing is said of it."""
        done = [item for item in begun if item in came]
        ages = sorted(
            (max(0.0, (came.get(item, self.now) - start) / DAY), item not in came)
            for item, start in begun.items()
        )
        if not begun:
            return None, None
        if len(done) < 5:
            return float(len(done)), None
        left = 1.0
        for age in sorted({age for age, late in ages if not late}):
            there = sum(one >= age for one, _ in ages)
            left *= 1 - sum(one == age and not late for one, late in ages) / there
            if left <= 0.5 + 1e-12:
                return float(len(done)), age
        return float(len(done)), None

    def apart(self) -> dict[str, float | None]:
        """Disbenefits, the teams' own shares, and spend that serves no goal."""
        rows = [row for row in self.benefits() if row["planned"] is not None]
        against = [row for row in rows if row["planned"] < 0]
        cost = [row["realised"] for row in against if row["realised"] is not None]
        teams = [
            share
            for (share,) in self._all(
                "select sum(actual_value) / nullif(sum(planned_value) filter (committed), 0) from "
                f"v_pi_objectives where actual_value is not null and \"to\" between date '{self.first}' and "
                f"date '{self.day}' group by team"
            )
            if share is not None
        ]
        bound, _ = self._bound()
        counted = self._one("select coalesce(sum(spent), 0) from cost join counted using (item_id)")
        lost = counted - self._one(
            "select coalesce(sum(spent * part), 0) from served join counted using (item_id) "
            "join cost using (item_id)"
        )
        alone = self._one(
            f"select sum(amount) from booked where item_id is null and period >= date '{self.first}'"
        )
        return {
            "value.disbenefits": (sum(cost) if cost else None) if against else 0.0 if rows else None,
            "value.business_value_team_mean": sum(teams) / len(teams) if teams else None,
            "funding.unaligned_spend": lost,
            "funding.unaligned_share": lost / (counted + bound) if counted + bound else None,
            "funding.untraceable_spend": (alone or 0.0) - bound,
        }

    def completion(self) -> float | None:
        """Actual spend in the window, and forecasts after each stream's last actual month."""
        self.db.execute(
            "create or replace temp table homed as select s.*, coalesce(s.value_stream_id, h.stream, '') "
            "as home from spend s left join (select k.id, arg_min(i.value_stream_id, k.steps) as stream "
            "from kin k join v_items i on i.item_id = k.ancestor where i.value_stream_id is not null group "
            "by 1) h on h.id = "
            f"s.item_id where (recorded_at is null or recorded_at <= {self.as_of}) and "
            f"(kind = 'forecast' or period <= date '{self.day}') and "
            "(s.item_id is null or s.item_id in (select item_id from item))"
        )
        found: float | None = self._one(
            f"""with last as (
                select home, max(period) as period from homed where kind = 'actual' group by 1),
            pot as (
                select value_stream_id as home, max("to") as "to" from v_pots
                where "to" >= date '{self.first}' and "from" <= date '{self.day}' group by 1)
            select sum(amount) from homed left join last using (home) left join pot using (home)
            where (homed.kind = 'actual' and homed.period >= date '{self.first}')
               or (homed.kind = 'forecast' and homed.period > coalesce(last.period, date '{self.first}' - 1)
                   and (pot."to" is null or homed.period <= pot."to"))"""
        )
        return found

    def ranks(self, weights: dict[str, float], swings: Sequence[Sequence[float]]) -> dict[str, float | None]:
        """Items with half of the weight scored, and how often the same five lead as the weights swing."""
        rows = self._all("select item_id, criterion, score from scored join epic using (item_id)")
        named = [name for name in weights if any(name == criterion for _, criterion, _ in rows)]
        grid: dict[str, dict[str, float]] = defaultdict(dict)
        for item, criterion, score in rows:
            if criterion in named:
                grid[item][criterion] = score
        whole = sum(weights[name] for name in named)
        some = [item for item, row in grid.items() if sum(weights[name] for name in row) >= whole / 2 - 1e-12]
        found = {"value.scored_items": float(len(some)) if grid else None, "value.rank_stability": None}
        if len(some) < 6:
            return found
        draws = [(-1, name, weights[name]) for name in named]
        draws += [
            (n, name, weights[name] * one)
            for n, swing in enumerate(swings)
            for name, one in zip(named, swing, strict=True)
        ]
        self.db.execute("create or replace temp table drawn (n int, criterion varchar, weight double)")
        columns = zip(*draws, strict=True)
        self.db.execute(
            "insert into drawn select unnest(?), unnest(?), unnest(?)", [list(one) for one in columns]
        )
        self.db.execute("create or replace temp table enough as select unnest(?) as item_id", [some])
        found["value.rank_stability"] = self._one(
            """with score as (
                select n, item_id, sum(weight * score) / sum(weight) as score from drawn
                join scored using (criterion) join enough using (item_id) group by all),
            first as (
                select item_id, row_number() over (order by score desc, item_id) as place
                from score where n = -1),
            led as (
                select n, item_id, row_number() over (partition by n order by score desc, place) as rank
                from score join first using (item_id))
            select avg(same::int) from (
                select n, max(place) <= 5 as same from led join first using (item_id)
                where rank <= 5 and n >= 0 group by n)"""
        )
        return found

    def axes(self, realisation: float | None, assessed: dict[str, float]) -> dict[str, float | None]:
        """Each from 0, as a PMO, to 1, as a VMO; ``realisation``: the share of benefits realised.

        ``assessed``: what portfolio.toml says of an axis without evidence, from 1 to 5.
        """
        flow = Independent(
            self.folder, self.first, f"{self.day}T23:59:59.999999", timezone=self.zone, level=self.level
        )
        waits = flow.wait_by_state()
        gates = {state for (state,) in self._all("select distinct state from gates where is_gate")}
        at_gates = sum(days for state, days in waits.items() if state in gates)
        quick = self._one(
            f"""select avg((decided is not null and days <= 14)::int) from (
                select case when decided_at <= {self.as_of} then decided_at end as decided,
                    (epoch_us(coalesce(decided, {self.as_of})) - epoch_us(asked_at)) / 86400e6 as days
                from asked where asked_at between (date '{self.first}')::timestamptz and {self.as_of})
            where decided is not null or days > 14"""
        )
        able = {test["item"] for test in self.tests() if _assessable(test)}
        started = [item for (item,) in self._all("select item_id from epic where start is not null")]
        rungs = {item for (item,) in self._all("select distinct item_id from claim where rung >= 3")}
        spent = dict(
            self._all("select item_id, spent from cost join epic using (item_id) where spent is not null")
        )
        bound, _ = self._bound()
        recent = f"from booked where period >= date '{self.first}'"
        traced = self._one(f"select sum(amount) filter (item_id is not null) {recent}") + bound
        inputs = {
            "governance": [1 - at_gates / sum(waits.values()) if waits and gates else None, quick],
            "tracking": [
                self.read_share(),
                sum(item in able for item in started) / len(started) if started else None,
            ],
            "optimisation": [sum(spent.get(item, 0.0) for item in able | rungs) / traced if traced else None],
            "impact": [None if realisation is None else min(1.0, max(0.0, realisation))],
        }
        known = {axis: [one for one in both if one is not None] for axis, both in inputs.items()}
        said = {axis: assessed.get({"optimisation": "control"}.get(axis, axis)) for axis in known}
        return {
            f"transition.{axis}": sum(one) / len(one) if one else None if told is None else (told - 1) / 4
            for (axis, one), told in zip(known.items(), said.values(), strict=True)
        }


def _assessable(test: dict[str, Any]) -> bool:
    """It lacks nothing: metric, baseline, a target another way, due day, lag, a start."""
    way = None if None in (test["baseline"], test["target"]) else test["target"] - test["baseline"]
    right = bool(way) and (test["direction"] not in ("increase", "decrease") or way * test["up"] > 0)
    there = test["metric"] and test["due"] is not None and test["lag_days"] is not None
    return bool(there and right and (test["deployed"] is not None or test["planned_end"] is not None))
