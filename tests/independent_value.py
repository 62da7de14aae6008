"""The figures of value, funding and the move once more, in SQL and plain loops, from the CSV files.

Written from docs/measures.md, "Value", "Funding" and "The move from PMO to VMO"; it shares no line, and no
idea of an array, with the package. The score of each benefit is handed over: tests of the inside hold it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from pathlib import Path
from typing import Any

from independent_okr import IndependentAlignment

_MORE: dict[str, dict[str, str]] = {
    "items": {
        "item_id": "varchar",
        "parent_id": "varchar",
        "level": "varchar",
        "value_stream_id": "varchar",
        "team": "varchar",
        "horizon": "varchar",
        "planned_end": "date",
        "delivered_at": "timestamptz",
        "created_at": "timestamptz",
    },
    "benefits": {
        "benefit_id": "varchar",
        "item_id": "varchar",
        "baseline": "double",
        "target": "double",
        "delta_type": "varchar",
        "due": "date",
        "lag_days": "double",
        "planned_value": "double",
        "value_type": "varchar",
        "value_basis": "varchar",
        "value_until": "date",
        "share": "double",
    },
    "targets": {"goal_id": "varchar", "at": "timestamptz", "value": "double"},
    "realisations": {
        "benefit_id": "varchar",
        "at": "timestamptz",
        "value": "double",
        "recorded_at": "timestamptz",
    },
    "risks": {
        "item_id": "varchar",
        "probability": "double",
        "impact": "double",
        "roam": "varchar",
        "opened_at": "timestamptz",
        "closed_at": "timestamptz",
    },
    "pots": {
        "value_stream_id": "varchar",
        "from": "date",
        "to": "date",
        "amount": "double",
        "funding_type": "varchar",
        "source": "varchar",
        "horizon": "varchar",
        "kr_id": "varchar",
    },
    "teams": {"team": "varchar", "value_stream_id": "varchar", "from": "date", "to": "date"},
    "pi_objectives": {
        "team": "varchar",
        "planned_value": "double",
        "committed": "boolean",
        "actual_value": "double",
        "from": "date",
        "to": "date",
    },
    "readings": {"metric_id": "varchar", "at": "timestamptz", "recorded_at": "timestamptz"},
    "metric_kinds": {"metric_id": "varchar", "kind": "varchar"},
}
_FILES = {"items": "work_items", "pots": "budgets", "readings": "observations", "metric_kinds": "metrics"}
_TYPES = {"due": dt.date.fromisoformat, "planned_end": dt.date.fromisoformat}


class IndependentValue(IndependentAlignment):
    """As ``IndependentAlignment``, with ``guardrails`` by horizon of portfolio.toml."""

    def __init__(
        self, folder: Path, first: str, day: str, zone: str, level: str, guardrails: dict[str, float]
    ) -> None:
        super().__init__(folder, first, day, zone, level)
        for table, columns in _MORE.items():
            self._read(folder / f"{_FILES.get(table, table)}.csv", f"v_{table}", columns)
        self.day, self.level, self.guardrails = day, level, guardrails
        self.db.execute("delete from booked where item_id not in (select item_id from item)")
        self.now: int = self._one(f"select epoch_us({self.as_of})")
        self.ends: dict[dt.date, int] = {}
        self.changed: dict[tuple[str, str, str], list[tuple[int, str | None]]] = defaultdict(list)
        for *where, at, old in self._all(
            'select "table", "key", "column", epoch_us(changed_at), old_value from plan_changes '
            "where changed_at is not null order by changed_at"
        ):
            self.changed[tuple(where)].append((at, old))  # type: ignore[index]

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        return self.db.execute(query.replace("$as_of", self.as_of)).fetchall()

    def _bearer(self) -> dict[str, str]:
        """Each item's nearest ancestor or self of the review level."""
        query = (
            "select k.id, arg_min(k.ancestor, k.steps) from kin k join epic e on e.item_id = k.ancestor "
            "group by 1"
        )
        return dict(self._all(query))

    def _planned(self, table: str, key: str, column: str, today: Any, *, oldest: bool = False) -> Any:
        """What stood in a column on the day; ``oldest``: the first value that ever did."""
        for at, old in self.changed.get((table, key, column), []):
            if (oldest and old is not None) or (not oldest and at > self.now):
                return None if old is None else _TYPES.get(column, float)(old)
        return today

    def _end(self, day: dt.date | None) -> int | None:
        """The last microsecond of a day."""
        if day is not None and day not in self.ends:
            self.ends[day] = self._one(f"select epoch_us((date '{day + dt.timedelta(1)}')::timestamptz) - 1")
        return None if day is None else self.ends[day]

    def benefits(self) -> list[dict[str, Any]]:
        """Each benefit that counts: what was planned by the day, what came, and the first plan."""
        bearer = self._bearer()
        starts = {
            item: (delivered or finish, planned)
            for item, delivered, finish, planned in self._all(
                "select e.item_id, epoch_us(case when e.delivered_at <= $as_of then e.delivered_at end), "
                "epoch_us(e.finish), i.planned_end from epic e join v_items i using (item_id)"
            )
        }
        paid: dict[str, float] = {}
        for key, amount in self._all(
            "select benefit_id, sum(value) from (select * from v_realisations where happened <= $as_of and "
            "(recorded_at is null or recorded_at <= $as_of) qualify row_number() over (partition by "
            "benefit_id, "
            "happened order by recorded_at desc nulls last) = 1) group by 1"
        ):
            paid[key] = amount
        rows = []
        columns = list(_MORE["benefits"])
        for found in self._all(f"select {', '.join(columns)} from v_benefits"):
            row: dict[str, Any] = dict(zip(columns, found, strict=True))
            if row["item_id"] not in bearer:
                continue
            item = bearer[row["item_id"]]
            done, planned_end = starts[item]
            share = 1.0 if row["share"] is None else row["share"]
            today, first = dict(row), dict(row)
            for column in ("baseline", "target", "due", "lag_days", "planned_value"):
                today[column] = self._planned("benefits", row["benefit_id"], column, row[column])
                first[column] = self._planned("benefits", row["benefit_id"], column, row[column], oldest=True)
            end_today = self._planned("work_items", item, "planned_end", planned_end)
            end_first = self._planned("work_items", item, "planned_end", planned_end, oldest=True)
            starts_today, starts_first = done or self._end(end_today), self._end(end_first)
            x, x_first = self._share(today, starts_today), self._share(first, starts_first)
            value, value_first = (one["planned_value"] for one in (today, first))
            realised = paid.get(row["benefit_id"])
            rows.append(
                {
                    "benefit_id": row["benefit_id"],
                    "item_id": item,
                    "type": row["value_type"],
                    "planned": None if value is None else value * share,
                    "x": x,
                    "full": None if value is None else value * share * self._years(today, starts_today),
                    "to_date": None
                    if x is None or value is None
                    else value * share * self._due(today, starts_today, x),
                    "first": None
                    if x_first is None or value_first is None
                    else value_first * share * self._due(first, starts_first, x_first),
                    "realised": None if realised is None else realised * share,
                }
            )
        return rows

    def _share(self, row: dict[str, Any], start: int | None) -> float | None:
        """The share of a one-off plan that is due on the day."""
        due = self._end(row["due"])
        if start is None or due is None or row["lag_days"] is None:
            return None
        effect = start + row["lag_days"] * 86_400_000_000
        knots = self.db.execute(
            "select epoch_us(happened), value from v_targets where goal_id = ? order by 1",
            [row["benefit_id"]],
        ).fetchall()
        base, target = row["baseline"], row["target"]
        if knots and base is not None and target is not None and base != target:
            line = [(at, (value - base) / (target - base)) for at, value in knots]
            if self.now >= line[-1][0]:
                return min(1.0, max(0.0, line[-1][1]))
            line = [(min(effect, line[0][0]), 0.0), *line]
            for (left, low), (right, high) in itertools.pairwise(line):
                if left <= self.now < right:
                    return min(1.0, max(0.0, low + (high - low) * ((self.now - left) / (right - left))))
            return 0.0
        if due <= effect:
            return float(self.now >= effect)
        return min(1.0, max(0.0, (self.now - effect) / (due - effect)))

    def _due(self, row: dict[str, Any], start: int | None, x: float) -> float:
        """By how much the planned value is due: of a yearly benefit the years that its plan counts for."""
        if row["value_basis"] != "yearly":
            return x
        assert start is not None, "a share without a start is none"
        due, until = self._end(row["due"]) or 0, self._end(row["value_until"])
        effect = start + row["lag_days"] * 86_400_000_000
        now = self.now if until is None else min(self.now, until)
        ramp = min(now, due) - effect
        counted = ramp**2 / (due - effect) / 2 + max(0.0, now - due) if ramp > 0 else 0.0
        return float(counted / 86_400_000_000 / 365.25)

    def _years(self, row: dict[str, Any], start: int | None) -> float:
        """The years of a yearly benefit over its whole life, 1 of any other."""
        until = self._end(row["value_until"])
        if row["value_basis"] != "yearly" or start is None or until is None:
            return 1.0
        return float((until - start - row["lag_days"] * 86_400_000_000) / 86_400_000_000 / 365.25)

    def value(self, score: dict[str, float], base: float | None) -> dict[str, float | None]:
        """``score``: the chance that each tested benefit misses; ``base``: that of the others."""
        rows = [row for row in self.benefits() if row["planned"] is not None]
        due = [row for row in rows if row["planned"] > 0 and (row["x"] or 0) > 0]
        seen = [row for row in due if row["realised"] is not None]
        cash = [row for row in seen if row["type"] in ("revenue", "cost")]
        realised, planned = sum(row["realised"] for row in seen), sum(row["to_date"] for row in seen)
        first = sum(row["first"] for row in rows if row["realised"] is not None and (row["first"] or 0) > 0)
        spent = self._spent()
        back: dict[str, float] = defaultdict(float)
        for row in rows:
            if row["planned"] > 0 and row["realised"] is not None:
                back[row["item_id"]] += row["realised"]
        both = [item for item in back if item in spent]
        every = self._one("select sum(amount) from booked")
        tested, assumed, exposure = self._at_risk(rows, score, base)
        points = self._all(
            "select sum(actual_value), sum(planned_value) filter (committed) from v_pi_objectives "
            "where actual_value is "
            f"not null and \"to\" between date '{self.first}' and date '{self.day}'"
        )[0]
        return {
            "value.benefit_realisation": realised / planned if planned else None,
            "value.benefit_realisation_first_plan": realised / first if first and planned else None,
            "value.benefit_realisation_in_full": realised / sum(row["full"] for row in seen)
            if seen
            else None,
            "value.cashable_realisation": sum(row["realised"] for row in cash)
            / sum(row["to_date"] for row in cash)
            if cash
            else None,
            "value.realised": realised if seen else None,
            "value.planned_to_date": planned if seen else None,
            "value.unmeasured_benefits": float(len(due) - len(seen)) if due else None,
            "value.return": sum(back[item] for item in both) / sum(spent[item] for item in both)
            if both
            else None,
            "value.return_on_all_spend": sum(back.values()) / every if back and every else None,
            "value.benefit_at_risk": tested,
            "value.benefit_at_risk_assumed": assumed,
            "value.risk_exposure": exposure,
            "value.business_value_delivered": points[0] / points[1] if points[1] else None,
        }

    def _spent(self) -> dict[str, float]:
        bearer, spent = self._bearer(), defaultdict[str, float](float)
        for item, amount in self._all(
            "select item_id, sum(amount) from booked where item_id is not null group by 1"
        ):
            if item in bearer:
                spent[bearer[item]] += amount
        return spent

    def _at_risk(
        self, rows: list[dict[str, Any]], score: dict[str, float], base: float | None
    ) -> tuple[float | None, float | None, float | None]:
        bearer, risks = self._bearer(), defaultdict[str, float](float)
        for item, amount in self._all(
            "select item_id, sum(probability * impact) from v_risks where (opened_at is null or "
            "opened_at <= $as_of) and "
            "(closed_at is null or closed_at > $as_of) and coalesce(roam, '') <> 'resolved' group by 1"
        ):
            if item in bearer:
                risks[bearer[item]] += amount
        left: dict[tuple[str, bool], list[tuple[float, float]]] = defaultdict(list)
        for row in rows:
            if row["planned"] > 0:
                rest = max(0.0, row["full"] - (row["realised"] or 0.0))
                own = score.get(row["benefit_id"])
                if own is not None or base is not None:
                    left[row["item_id"], own is not None].append((rest, base if own is None else own))  # type: ignore[arg-type]
        totals: dict[bool, list[float]] = {True: [], False: []}
        for (item, tested), parts in left.items():
            whole = sum(rest for rest, _ in parts)
            if whole <= 0:
                continue
            missed = sum(rest * own for rest, own in parts)
            first = tested or sum(rest for rest, _ in left.get((item, True), [])) <= 0
            risked = risks.get(item, 0.0) if first else 0.0
            totals[tested].append(min(whole, missed + (1 - missed / whole) * risked))
        with_benefit = {row["item_id"] for row in rows if row["planned"] > 0}
        alone = [amount for item, amount in risks.items() if item not in with_benefit and amount > 0]
        return tuple(sum(each) if each else None for each in (totals[True], totals[False], alone))  # type: ignore[return-value]

    def funding(self) -> dict[str, float | None]:
        falls = (
            f"amount * greatest(0, datediff('day', greatest(\"from\", date '{self.first}'), "
            f'least("to", date '
            f"'{self.day}')) + 1) / (datediff('day', \"from\", \"to\") + 1)"
        )
        pot = f'(select *, {falls} as falls, datediff(\'day\', "from", "to") + 1 as days from v_pots)'
        every, typed, projects, yearly, shared, bound = self._all(
            f"select sum(falls), sum(falls) filter (funding_type is not null), sum(falls) filter "
            f"(funding_type = "
            "'project'), sum(falls) filter (days >= 350 or source = 'annual'), sum(falls) filter (source = "
            "'participatory'), sum(falls) filter (exists (select 1 from key_results k join "
            "objectives o using "
            '(objective_id) where k.kr_id = p.kr_id and o."from" <= p."to" and o."to" >= p."from")) '
            f"from {pot} p"
        )[0]
        recent = f"(select * from booked where period >= date '{self.first}')"
        horizons = dict(
            self._all(
                f"select i.horizon, sum(b.amount) from {recent} b join (select k.id, "
                f"arg_min(i.horizon, k.steps) as "
                "horizon from kin k join v_items i on i.item_id = k.ancestor where i.horizon is not "
                "null group by 1) i "
                "on i.id = b.item_id group by 1"
            )
        )
        total = sum(horizons.values())
        off = (
            [abs(horizons.get(name, 0.0) / total - want) for name, want in self.guardrails.items()]
            if total
            else []
        )
        lasting, known = self._all(
            f"""with paid as (
                select t.team, last_day(b.period) as d, b.amount from {recent} b join (
                    select k.id, arg_min(i.team, k.steps) as team from kin k
                    join v_items i on i.item_id = k.ancestor where i.team is not null group by 1) t
                on t.id = b.item_id),
            home as (
                select *, coalesce("from", date '1800-01-01') as f, coalesce("to", date '2200-01-01') as e
                from v_teams where "from" is null or "from" <= date '{self.day}'),
            run as (
                select *, sum(fresh) over (partition by team, value_stream_id order by f) as r from (
                    select *, (coalesce(f - lag(e) over (
                        partition by team, value_stream_id order by f), 2) > 1)::int as fresh from home)),
            stay as (
                select team, value_stream_id, min(f) as f, max(e) as e from run
                group by team, value_stream_id, r)
            select sum(amount) filter (exists (select 1 from stay s where s.team = p.team
                and p.d between s.f and s.e and p.d - s.f >= 365)), sum(amount)
            from paid p where p.team in (select team from home)"""
        )[0]
        return {
            "funding.value_stream_share": 1 - (projects or 0.0) / typed if typed else None,
            "funding.annual_share": (yearly or 0.0) / every if every else None,
            "funding.participatory_share": (shared or 0.0) / every if every else None,
            "funding.bound_share": (bound or 0.0) / every if every else None,
            "funding.budget": every or None,
            "funding.spend": self._one(f"select sum(amount) from {recent}"),
            "funding.guardrail_breaches": float(sum(one > 0.05 for one in off)) if off else None,
            "funding.persistent_team_share": (lasting or 0.0) / known if known else None,
        }

    def read_share(self) -> float | None:
        """Metrics read in the window that are of outcome or behaviour."""
        found: float | None = self._one(
            "select avg((kind in ('outcome', 'behaviour'))::int) from v_metric_kinds where metric_id "
            "in (select metric_id "
            f"from v_readings where happened between (date '{self.first}')::timestamptz and {self.as_of})"
        )
        return found
