"""truth.json: the planted cases, the parameters behind them, and the truth of each item."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from vmo_helpers.sample import goals, money, plans, value
from vmo_helpers.sample.cases import cases
from vmo_helpers.sample.story import Story
from vmo_helpers.sample.world import END_DAY, FIRST_DAY, WINDOW_DAY

LABELS = {
    "W": "watermelon",
    "S": "sound",
    "O": "open_inside",
    "GU": "green_unproven",
    "U": "unknown_inside",
    "RT": "red_through",
    "BI": "better_inside",
    "RU": "red_unproven",
    "RX": "red_unknown",
    "-": "not_reported",
}
INSIDE = {
    "W": "red",
    "RT": "red",
    "S": "green",
    "BI": "green",
    "O": "open",
    "GU": "not_yet_due",
    "RU": "not_yet_due",
}
GREENS = ("watermelon", "sound", "open_inside", "green_unproven", "unknown_inside")
LEVELS = {"3": "L3", "2": "L2", "t": "L1", "1": "L1", "0": "L0"}


def truth_of(story: Story, items: int, seed: int) -> dict[str, Any]:
    """The whole truth as plain values."""
    return {
        "parameters": _parameters(story, items, seed),
        "cases": [{**asdict(case), "complete": case.complete and items <= 120} for case in cases(story)],
        "items": [_item(story, place) for place in range(len(story.journeys))],
        "benefits": [
            {
                "benefit_id": x.benefit_id,
                "item_id": story.items[x.slug],
                "metric_id": x.metric_id,
                "class": x.inside_class,
                "mode": x.mode,
                "attainment": x.attainment if x.mode in ("level", "season", "watch") else None,
            }
            for x in story.benefits
        ],
        "warnings": _warnings(story),
    }


def _parameters(story: Story, items: int, seed: int) -> dict[str, Any]:
    made = [j.epic for j in story.journeys]
    labels = {LABELS[code]: sum(epic.label == code for epic in made) for code in LABELS}
    features = [epic for epic in made if epic.status == "in_progress" and epic.work_type == "feature"]
    return {
        "name": "Northwind Retail",
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "items": items,
        "seed": seed,
        "first_day": FIRST_DAY.isoformat(),
        "last_day": END_DAY.isoformat(),
        "window_first_day": WINDOW_DAY.isoformat(),
        "labels": labels,
        "outside_green": sum(labels[x] for x in GREENS),
        "status": {
            kind: sum(epic.status == kind for epic in made)
            for kind in ("in_progress", "finished", "cancelled", "backlog")
        },
        "okr_denominator": len(features),
        "okr_linked": sum(epic.goal != "0" for epic in features),
        "okr_top_three": sum(_top_three(epic.goal) for epic in features),
        "okr_key_result": sum(_top_three(epic.goal) and epic.goal[0] in "23" for epic in features),
        "okr_contribution": sum(epic.goal[0] == "3" for epic in features),
        "watermelon_money": sum(x.value for x in story.benefits if _label(story, x.slug) == "W"),
        "realised": round(story.realised, 2),
        "planned_to_date": round(story.planned_to_date, 2),
        "predictability": value.INCREMENTS,
        "money_2026": _money(),
    }


def _top_three(goal: str) -> bool:
    """True when a goal lies under one of the enterprise objectives of rank 1 to 3."""
    code = goal.partition(" ")[2]
    parents = {row["objective_id"]: row["parent_id"] for row in goals.objectives()}
    objective = (
        {kr.kr_id: kr.objective_id for kr in goals.key_results()}.get(goals.kr_name(code), code)
        if code
        else None
    )
    while objective and parents.get(objective):
        objective = parents[objective]
    return objective in ("O-1", "O-2", "O-3")


def _label(story: Story, slug: str) -> str | None:
    return next((made.epic.label for made in story.journeys if made.epic.slug == slug), None)


def _money() -> dict[str, float]:
    this = [line for line in money.BUDGETS if line[1] == 2026]
    whole = sum(line[2] for line in this)
    return {
        "budget": whole,
        "project_share": round(sum(line[2] for line in this if line[3] == "project") / whole, 4),
    }


def _item(story: Story, place: int) -> dict[str, Any]:
    made = story.journeys[place]
    epic = made.epic
    cycle = (made.finished - made.started).total_seconds() / 86400 if made.finished and made.started else None
    first = story.first_plans[epic.slug]
    return {
        "item_id": epic.item_id,
        "slug": epic.slug,
        "status": epic.status,
        "work_type": epic.work_type,
        "started": made.started.isoformat() if made.started else None,
        "finished": made.finished.isoformat() if made.finished else None,
        "cycle_time_days": round(cycle, 3) if cycle is not None else None,
        "label": LABELS[epic.label],
        "inside": INSIDE.get(epic.label, "unknown"),
        "level": LEVELS.get(epic.goal[0]) if epic.status == "in_progress" else None,
        "first_planned_cost": first.cost,
        "first_planned_end": first.end.isoformat() if first.end else None,
        "spent": story.spent[epic.slug],
    }


def _warnings(story: Story) -> list[dict[str, str]]:
    if plans.WARNED not in story.items:
        return []
    return [
        {
            "table": "work_items",
            "item_id": story.items[plans.WARNED],
            "sentence": f"{story.items[plans.WARNED]}: planned_end lies before baselined_at",
        }
    ]
