"""A portfolio in which all is well and on record: most rules that can be good are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import day_end

AS_OF = dt.date(2026, 6, 30)
STATES = [
    {"state": "Idea", "class": "backlog", "position": 0, "function": "product"},
    {"state": "Approval", "class": "wait", "position": 1, "function": "finance", "is_gate": True},
    {"state": "Build", "class": "active", "position": 2, "function": "engineering", "wip_limit": 30},
    {"state": "Queue", "class": "wait", "position": 3, "function": "operations"},
    {"state": "Done", "class": "done", "position": 4, "function": "operations"},
]
Row = dict[str, Any]
THRIFTY = "E20"
"""Delivered for less than was planned, and sound."""


def days_after(day: dt.date, days: float) -> str:
    return (dt.datetime.combine(day, dt.time(9)) + dt.timedelta(days=days)).isoformat()


def lives() -> list[tuple[str, dt.date, float | None]]:
    """Item, start, days at work: slow and few in the first year, quick and many in the second, five open.

    Three more begin long before the window before, so that it bears comparison.
    """
    first = [dt.date(2024, 6, 3) + dt.timedelta(days=16 * n) for n in range(20)]
    second = [dt.date(2025, 7, 1) + dt.timedelta(days=5 * n) for n in range(70)]
    slow = [(day, 60.0 + n % 4) for n, day in enumerate(first)]
    quick = [(day, 10.0 + n % 4) for n, day in enumerate(second)]
    new = [(AS_OF - dt.timedelta(days=2 + n % 2), None) for n in range(4)]
    old = [(dt.date(2024, 2, 1) + dt.timedelta(days=16 * n), 60.0 + n) for n in range(3)]
    return [(f"E{n:02}", *life) for n, life in enumerate([*slow, *quick, *new, *old])]


def _moves(item: str, start: dt.date, days: float | None) -> list[Row]:
    steps = [("Idea", -1.0), ("Approval", 0.0), ("Build", 0.2)]
    if days is not None:
        steps += [("Queue", days - 3), ("Done", days)]
    return [{"item_id": item, "to_state": state, "at": days_after(start, at)} for state, at in steps]


def _readings(metric: str, first: dt.date, start: dt.date, due: dt.date) -> list[Row]:
    """Twice a month, a little better than a straight way from 0 at the start to 100 at due."""
    at, rows = first, []
    while at <= AS_OF:
        way = max(0.0, min(1.3, 1.2 * (at - start).days / (due - start).days))
        rows.append({"metric_id": metric, "at": at.isoformat(), "value": 100 * way + len(rows) % 3 - 1})
        at += dt.timedelta(days=15)
    return rows


def tables() -> dict[str, list[Row]]:
    made: dict[str, list[Row]] = {"states": STATES, "transitions": [], "work_items": [], "spend": []}
    made |= {
        name: []
        for name in ("status_reports", "metrics", "benefits", "observations", "links", "realisations")
    }
    for n, (item, start, days) in enumerate(lives()):
        goal, ended = f"K{n % 2 + 1}", None if days is None else start + dt.timedelta(days=days)
        made["work_items"].append(
            {
                "item_id": item,
                "title": f"Epic {n}",
                "level": "epic",
                "created_at": days_after(start, -1),
                "requested_at": days_after(start, -1),
                "baselined_at": days_after(start, 0),
                "planned_end": (start + dt.timedelta(days=90)).isoformat(),
                "delivered_at": None if days is None else days_after(start, days),
                "value_stream_id": f"V{n // 2 % 2 + 1}",
                "team": f"T{n // 2 % 2 + 1}",
                "planned_cost": 100,
                "scope_planned": 5,
                "scope_delivered": 3 if item == THRIFTY else 5,
            }
        )
        made["transitions"] += _moves(item, start, days)
        made["spend"].append({"period": start.replace(day=1).isoformat(), "item_id": item, "amount": 100})
        made["links"].append(
            {
                "item_id": item,
                "goal_type": "key_result",
                "goal_id": goal,
                "expected_delta": 1,
                "due": "2026-12-01",
                "linked_at": "2026-01-02" if start < dt.date(2026, 1, 2) else start.isoformat(),
            }
        )
        shown = (ended or start) + dt.timedelta(days=10)
        due = shown + dt.timedelta(days=300)
        made["metrics"].append(
            {
                "metric_id": f"M{n}",
                "name": f"Orders {n}",
                "unit": "orders",
                "direction": "increase",
                "kind": "behaviour" if n % 5 == 0 else "outcome",
                "item_id": item,
            }
        )
        made["benefits"].append(
            {
                "benefit_id": f"B{n}",
                "item_id": item,
                "metric_id": f"M{n}",
                "baseline": 0,
                "target": 100,
                "due": due.isoformat(),
                "lag_days": 10,
                "owner": "Ada",
                "planned_value": 100,
                "value_type": "revenue",
            }
        )
        planned = max(0.0, min(1.0, (AS_OF - shown).days / 300))
        if ended is not None and planned:
            booked = {"benefit_id": f"B{n}", "at": AS_OF.isoformat(), "value": 110 * planned}
            made["realisations"].append(booked)
        made["observations"] += _readings(f"M{n}", start - dt.timedelta(days=90), shown, due)
        reported = [AS_OF - dt.timedelta(days=days) for days in (65, 35, 5)]
        made["status_reports"] += [
            {"item_id": item, "at": day.isoformat(), "overall": "green", "schedule": "green"}
            for day in reported
            if day > start or day == reported[-1]
        ]
    return made | _beside()


def _beside() -> dict[str, list[Row]]:
    """What does not hang on single items."""
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    return {
        "value_streams": [{"value_stream_id": f"V{n}", "name": f"Stream {n}"} for n in (1, 2)],
        "blockers": [{"item_id": "E30", "from_at": "2025-09-01", "to_at": "2025-09-02", "reason": "vendor"}],
        "dependencies": [{"item_id": "E30", "needs_item_id": "E20"}],
        "decisions": [
            {
                "decision_id": "D1",
                "question": "Go on?",
                "asked_at": "2026-02-01",
                "decided_at": "2026-02-03",
                "outcome": "continue",
                "due": "2026-03-01",
                "done_at": "2026-02-20",
            }
        ],
        "pi_objectives": [
            {
                "pi": "PI 1",
                "team": "T1",
                "objective": f"Ship {n}",
                "planned_value": 10,
                "committed": True,
                "actual_value": 9,
                "item_id": f"E0{n}",
                "from": "2026-01-01",
                "to": "2026-03-31",
            }
            for n in range(3)
        ],
        "budgets": [
            {
                "budget_id": f"U{n}",
                "value_stream_id": f"V{n}",
                "from": "2026-01-01",
                "to": "2026-03-31",
                "amount": 5000,
                "funding_type": "value_stream",
            }
            for n in (1, 2)
        ],
        "teams": [{"team": f"T{n}", "value_stream_id": f"V{n}", "from": "2024-01-01"} for n in (1, 2)],
        "surveys": [
            {
                "at": day,
                "instrument": "csat",
                "score": score,
                "scale_min": 1,
                "scale_max": 5,
                "value_stream_id": "V1",
                "survey_id": f"S{n}",
                "count": 40,
            }
            for day in ("2025-02-01", "2026-02-01")
            for n, score in enumerate([4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5])
        ],
        "objectives": [
            {"objective_id": "O0", "title": "Last year", "from": "2025-01-01", "to": "2025-12-31"},
            *(
                {
                    "objective_id": f"O{n}",
                    "title": f"Objective {n}",
                    "rank": n,
                    "weight": 50,
                    "level": "enterprise",
                    **year,
                }
                for n in (1, 2)
            ),
        ],
        "key_results": [
            {
                "kr_id": f"K{n}",
                "objective_id": f"O{n}",
                "title": f"Key result {n}",
                "type": "increase",
                "baseline": 0,
                "target": 100,
                "metric_id": f"M{n}",
                **year,
            }
            for n in (1, 2)
        ],
        "checkins": [
            {"kr_id": f"K{n}", "at": f"2026-0{month}-25", "value": 9.5 * month + month % 2}
            for n in (1, 2)
            for month in range(1, 7)
        ],
        "plan_changes": [
            {"table": table, "key": key, "column": column, "old_value": "40", "changed_at": day}
            for table, key, column, day in (
                ("objectives", "O1", "weight", "2026-01-15"),
                ("benefits", "B0", "planned_value", "2024-06-20"),
            )
        ],
    }


def portfolio(kept: Collection[str] | None = None) -> Portfolio:
    """All of it, or with those items alone."""
    every = tables()
    if kept is not None:
        every = {
            name: [row for row in rows if row.get("item_id") is None or row["item_id"] in kept]
            for name, rows in every.items()
        }
        metrics = {row["metric_id"] for row in every["metrics"]}
        every["observations"] = [row for row in every["observations"] if row["metric_id"] in metrics]
        every["key_results"] = [row for row in every["key_results"] if row["metric_id"] in metrics]
        every["plan_changes"] = [row for row in every["plan_changes"] if row["key"] != "B0" or "E00" in kept]
        results = {row["kr_id"] for row in every["key_results"]}
        every["checkins"] = [row for row in every["checkins"] if row["kr_id"] in results]
        every["links"] = [row for row in every["links"] if row["goal_id"] in results]
        benefits = {row["benefit_id"] for row in every["benefits"]}
        every["realisations"] = [row for row in every["realisations"] if row["benefit_id"] in benefits]
    settings = Settings(review_level="epic", work_type_guardrails={"feature": 1.0}, office="vmo")
    made = portfolio_of(every, settings)
    return made.known_at(day_end(AS_OF.isoformat(), "UTC"))
