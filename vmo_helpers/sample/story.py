"""All tables of the cast, assembled from the topics; what the truth needs to know of them comes along."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from vmo_helpers.sample import benefits as b
from vmo_helpers.sample import (
    flow,
    goals,
    links,
    metrics,
    money,
    outcomes,
    plans,
    status,
    value,
    waiting,
    worth,
)
from vmo_helpers.sample.cast import Epic, epics
from vmo_helpers.sample.journeys import Journey, journey
from vmo_helpers.sample.world import TEAMS, days_ago, frame, generator, state_rows, stream_rows

Row = dict[str, Any]
STILL_SINCE = {"demand_sensing": days_ago(60)}  # no move of a feature either: the near miss of a frozen goal


@dataclass
class Story:
    """The cast's tables and what was planted in them."""

    tables: dict[str, pd.DataFrame]
    journeys: list[Journey]
    items: dict[str, str]  # slug → item_id
    first_plans: dict[str, plans.Plan]
    spent: dict[str, float]
    realised: float
    planned_to_date: float
    decisions: dict[str, list[str]]
    benefits: list[b.Benefit] = field(default_factory=list)
    realised_share: dict[str, float] = field(default_factory=dict)  # of benefits whose plan is due in full
    measured: dict[str, bool] = field(default_factory=dict)  # of benefits that are due a value


def build(seed: int, first: int | None = None) -> Story:
    """The cast (or its first epics, in the order of the story) as tables."""
    everyone = [journey(epic, rng) for rng in [generator(seed, 1)] for epic in epics()]
    chosen = sorted(everyone if first is None else everyone[:first], key=lambda made: made.epic.item_id)
    cast: list[Epic] = [made.epic for made in chosen]
    items = {epic.slug: epic.item_id for epic in cast}
    rows: dict[str, list[Row]] = {
        name: []
        for name in (
            "work_items",
            "transitions",
            "blockers",
            "plan_changes",
            "spend",
            "status_reports",
            "metrics",
            "observations",
            "benefits",
            "targets",
            "realisations",
            "links",
            "dependencies",
        )
    }
    story = Story({}, chosen, items, {}, {}, 0.0, 0.0, {})
    ends = _work(seed, chosen, rows, story)
    _outcomes(seed, chosen, rows, story, ends)
    if cast:
        _goals(seed, chosen, rows)
    tables = {name: frame(name, found) for name, found in rows.items()}
    tables |= {
        "value_streams": stream_rows(),
        "states": state_rows(),
        "teams": frame("teams", money.team_rows()),
    }
    tables |= _portfolio_wide(seed, chosen, story, {row["metric_id"] for row in rows["metrics"]})
    story.tables = dict(sorted(tables.items()))
    return story


def _work(
    seed: int, chosen: list[Journey], rows: dict[str, list[Row]], story: Story
) -> dict[str, date | None]:
    """Work items with plans, moves, blockers, spend and reports. Returns today's planned end per slug."""
    rng, plan_rng, money_rng, word_rng = (generator(seed, topic) for topic in (2, 3, 4, 5))
    ends: dict[str, date | None] = {}
    spend: list[Row] = []
    for made in chosen:
        slug = made.epic.slug
        first = plans.plan(made, plan_rng)
        columns, changes = plans.plan_columns(made, first, plan_rng)
        ends[slug], story.first_plans[slug] = columns["planned_end"], first
        row = {**flow.work_item(made, rng), **columns}
        if slug in links.THROUGH_COLUMN:
            row["goal"] = made.epic.goal.split()[1]
        features, moves = flow.feature_rows(made, rng, still_since=STILL_SINCE.get(slug))
        rows["work_items"] += [row, *features]
        rows["transitions"] += [*flow.transition_rows(made, rng), *moves]
        rows["blockers"] += flow.blocker_rows(made, rng)
        rows["plan_changes"] += changes
        booked = money.spend_rows(made, first, [feature["item_id"] for feature in features], money_rng)
        story.spent[slug] = round(sum(line["amount"] for line in booked), 2)
        spend += booked
        rows["status_reports"] += status.report_rows(made, word_rng)
    spend += money.stream_spend(money_rng)
    rows["spend"] = sorted(spend, key=lambda line: line["period"])
    rows["dependencies"] = [
        {"item_id": story.items[a], "needs_item_id": story.items[b]}
        for a, b in plans.DEPENDENCIES
        if a in story.items and b in story.items
    ]
    return ends


def _outcomes(
    seed: int, chosen: list[Journey], rows: dict[str, list[Row]], story: Story, ends: dict[str, date | None]
) -> None:
    rng = generator(seed, 6)
    by_slug = {made.epic.slug: made for made in chosen}
    for benefit in b.benefits():
        made = by_slug.get(benefit.slug)
        if made is None:
            continue
        story.benefits.append(benefit)
        end = ends[benefit.slug]
        item, stream = made.epic.item_id, rows["work_items"][0]["value_stream_id"]
        stream = next(row["value_stream_id"] for row in rows["work_items"] if row["item_id"] == item)
        if benefit.metric_id:
            rows["metrics"].append(outcomes.metric_row(benefit, item, stream))
            rows["observations"] += outcomes.observation_rows(benefit, made, end, rng)
        rows["benefits"].append(
            outcomes.benefit_row(benefit, item, f"Business owner, {made.epic.title}"[:60], rng)
        )
        rows["targets"] += outcomes.target_rows(benefit, made, end)
        booked, planned, realised = outcomes.realisation_rows(benefit, made, end, rng)
        rows["realisations"] += booked
        story.planned_to_date += planned
        story.realised += realised
        if planned > 0:
            story.measured[benefit.benefit_id] = bool(booked)
        if planned >= benefit.value > 0 and booked:
            story.realised_share[benefit.benefit_id] = realised / planned
    stream_of = {row["item_id"]: row["value_stream_id"] for row in rows["work_items"]}
    told = worth.beside(
        {slug: (made, stream_of[made.epic.item_id]) for slug, made in by_slug.items()}, generator(seed, 12)
    )
    for name, more in told.items():
        rows[name] += more
    rows["plan_changes"] += outcomes.change_rows(story.benefits, generator(seed, 11))
    places = {
        made.epic.slug: (
            made.epic.item_id,
            next(row["value_stream_id"] for row in rows["work_items"] if row["item_id"] == made.epic.item_id),
            _read_from(made),
        )
        for made in chosen
    }
    for found, seen in (metrics.beside(places, generator(seed, 7)), goals.metric_rows(generator(seed, 8))):
        rows["metrics"] += found
        rows["observations"] += seen
    known = {row["metric_id"] for row in rows["metrics"]}
    for row in rows["metrics"]:
        row["replaces"] = row.get("replaces") if row.get("replaces") in known else None


def _read_from(made: Journey) -> date:
    begun: datetime = made.delivered or made.finished or made.started or made.created
    return begun.date()


def _goals(seed: int, chosen: list[Journey], rows: dict[str, list[Row]]) -> None:
    rng = generator(seed, 9)
    for made in chosen:
        features = [row["item_id"] for row in rows["work_items"] if row.get("parent_id") == made.epic.item_id]
        rows["links"] += links.goal_links(made, features, rng)
    rows["plan_changes"] += links.goal_changes(rng)


def _portfolio_wide(
    seed: int, chosen: list[Journey], story: Story, known: set[str]
) -> dict[str, pd.DataFrame]:
    rng = generator(seed, 10)
    owners = {row["objective_id"]: row["owner"] for row in goals.objectives()}
    results = goals.key_results()
    rows: dict[str, list[Row]] = {"objectives": goals.objectives(), "key_results": [], "checkins": []}
    for kr in results:
        row = goals.key_result_row(kr, owners[kr.objective_id])
        row["metric_id"] = kr.metric_id if kr.metric_id in known else None
        rows["key_results"].append(row)
        rows["checkins"] += goals.checkin_rows(kr, rng)
    rows["budgets"] = money.budget_rows()
    rows["surveys"] = value.survey_rows(rng)
    rows["pi_objectives"] = value.increment_rows(
        {made.epic.slug: (made.epic.item_id, TEAMS[made.epic.team][0]) for made in chosen}, rng
    )
    competing = [made.epic for made in chosen if made.finished is None and made.cancelled is None]
    rows["criteria_scores"] = value.criteria_rows(competing, rng)
    rows["risks"] = value.risk_rows(chosen, rng)
    rows["shifts"] = waiting.shift_rows(story.items)
    rows["decisions"], story.decisions = value.decision_rows(story.items, known, rng)
    return {name: frame(name, found) for name, found in rows.items()}
