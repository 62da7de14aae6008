"""Funding and the move: budgets by days, months with actuals, teams that stay, axes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from outcomes_small import GREEN, LIMITS, epic, metric, portfolio, readings

from vmo_helpers.measures import flow, funding, okr, status, transition, value
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure, by_key
from vmo_helpers.window import Window, review_window

Row = dict[str, Any]
STREAMS = [{"value_stream_id": one, "name": one} for one in ("S", "T")]


def window_of(made: Portfolio, first: str | None = None) -> Window:
    assert made.as_of is not None
    return review_window(made.as_of, first, "UTC")


def budget(budget_id: str, first: str, last: str, amount: float, **more: Any) -> Row:
    return {
        "budget_id": budget_id,
        "value_stream_id": "S",
        "from": first,
        "to": last,
        "amount": amount,
        **more,
    }


def booked(period: str, amount: float, **more: Any) -> Row:
    return {"period": period, "amount": amount, "value_stream_id": "S", **more}


def made_of(**tables: Any) -> Portfolio:
    return portfolio("2025-12-31", value_streams=STREAMS, **tables)


def test_money_of_a_budget_falls_by_the_days_in_the_window() -> None:
    rows = [
        budget("B1", "2025-12-01", "2026-01-01", 32, funding_type="project"),
        budget("B2", "2025-12-30", "2025-12-31", 31, funding_type="value_stream"),
        budget("B3", "2026-01-01", "2026-12-31", 99, funding_type="project"),
    ]
    found = funding.budgets(made_of(budgets=rows), window_of(made_of(), "2025-12-01"))
    assert found["in_window"].tolist() == [31, 31]
    assert funding.value_stream_share(found) == 0.5


@pytest.mark.parametrize(
    ("first", "last", "source", "cadence"),
    [
        ("2025-01-01", "2025-12-16", None, "annual"),
        ("2025-01-01", "2025-12-15", None, "other"),
        ("2025-01-01", "2025-01-31", "annual", "annual"),
        ("2025-01-01", "2025-03-31", None, "quarterly"),
        ("2025-01-01", "2025-01-31", None, "monthly"),
    ],
)
def test_how_long_money_is_fixed_for(first: str, last: str, source: str | None, cadence: str) -> None:
    rows = [budget("B1", first, last, 9, source=source)]
    assert funding.budgets(made_of(budgets=rows), window_of(made_of()))["cadence"].tolist() == [cadence]


def test_the_last_eight_quarters_each_by_its_own_days() -> None:
    rows = [
        budget("B1", "2025-01-01", "2025-12-31", 365, funding_type="project"),
        budget("B2", "2025-10-01", "2025-12-31", 92, funding_type="value_stream"),
    ]
    found = funding.quarters(made_of(budgets=rows), window_of(made_of()))
    assert found["quarter"].iloc[[0, -1]].tolist() == ["2024 Q1", "2025 Q4"]
    assert found["value_stream_share"].iloc[-2:].tolist() == [0, 0.5]
    assert found["value_stream_share"].iloc[:4].isna().all()


def test_a_month_with_actual_spend_has_no_forecast() -> None:
    spend = [
        booked("2025-11-01", 10),
        booked("2025-12-01", 20),
        booked("2025-12-01", 99, kind="forecast"),
        booked("2025-10-01", 99, kind="forecast"),
        booked("2026-01-01", 5, kind="forecast"),
        booked("2026-02-01", 7, kind="forecast"),
    ]
    rows = [budget("B1", "2025-11-01", "2026-01-31", 92)]
    found = funding.streams(made_of(spend=spend, budgets=rows), window_of(made_of(), "2025-11-01")).iloc[0]
    assert (found["budget"], found["spend"], found["forecast"]) == (61, 30, 5)
    assert (found["estimate_at_completion"], found["budget_at_completion"]) == (35, 92)


def test_money_of_no_stream_is_a_row_of_its_own() -> None:
    spend = [booked("2025-11-01", 10), {"period": "2025-11-01", "amount": 3, "item_id": "E1"}]
    found = funding.streams(made_of(spend=spend), window_of(made_of()))
    assert found["spend"].sum() == 13 and found["value_stream_id"].isna().sum() == 1


@pytest.mark.parametrize(("share", "breached"), [(0.60, False), (0.61, True), (0.50, False), (0.49, True)])
def test_a_guardrail_is_broken_beyond_the_tolerance_either_way(share: float, breached: bool) -> None:
    work = [
        epic(horizon="investing"),
        {**epic("F1"), "level": "feature", "parent_id": "E1"},
        epic("E2", horizon="retiring"),
    ]
    spend = [
        {"period": "2025-11-01", "amount": 100 * share, "item_id": "F1"},
        {"period": "2025-11-01", "amount": 100 * (1 - share), "item_id": "E2"},
        booked("2025-11-01", 500),
    ]
    made = made_of(work_items=work, spend=spend)
    made = replace(made, settings=replace(made.settings, guardrails={"investing": 0.55}))
    table = funding.guardrails(made, window_of(made), guardrail_tolerance=0.05)
    assert table.index.tolist() == list(range(len(table))) and table["name"].iloc[0] == "investing"
    found = table.set_index(["basis", "name"])
    assert found.loc[("horizon", "investing"), "share"] == pytest.approx(share)
    assert bool(found.loc[("horizon", "investing"), "breached"]) is breached
    assert found["breached"].notna().sum() == 1


@pytest.mark.parametrize(
    ("teams", "lasting"),
    [
        ([("S", "2024-12-31", None)], 10),
        ([("S", "2025-01-01", None)], 0),
        ([("S", None, None)], 10),
        ([("S", "2024-01-01", "2025-05-31"), ("S", "2025-06-01", None)], 10),
        ([("S", "2024-01-01", "2025-05-30"), ("S", "2025-06-01", None)], 0),
        ([("T", "2024-01-01", "2025-05-31"), ("S", "2025-06-01", None)], 0),
    ],
)
def test_a_team_lasts_after_a_year_on_one_stream_without_a_gap(
    teams: list[tuple[str, str | None, str | None]], lasting: float
) -> None:
    rows = [
        {"team": "Till", "value_stream_id": stream, "from": first, "to": last}
        for stream, first, last in teams
    ]
    spend = [{"period": "2025-12-01", "amount": 10, "item_id": "E1"}, booked("2025-12-01", 5)]
    found = funding.persistence(
        made_of(work_items=[epic(team="Till")], teams=rows, spend=spend), window_of(made_of())
    )
    known = found.set_index(found["team"].fillna("?"))
    assert known.loc["Till", "lasting_spend"] == lasting
    assert np.isnan(known.loc["?", "lasting_spend"]) and known.loc["?", "spend"] == 5


def figures_of(made: Portfolio, uses: pd.DataFrame, **missing: str) -> dict[str, Figure]:
    window = window_of(made, "2025-01-01")
    found = funding.figures(
        made,
        funding.budgets(made, window),
        funding.streams(made, window),
        funding.guardrails(made, window, guardrail_tolerance=0.05),
        funding.persistence(made, window),
        uses,
        missing,
        window,
    )
    return {key.removeprefix("funding."): figure for key, figure in by_key(found).items()}


def uses_of(**amounts: float) -> pd.DataFrame:
    """What money was spent on; the ladder judges what serves a goal and what serves none."""
    parts = {"top_three": 0.0, "no_goal": 0.0, "not_traceable": 0.0, **amounts}
    frame = pd.DataFrame({"part": list(parts), "amount": list(parts.values()), "items": 2})
    return frame.assign(judged=frame["part"].ne("not_traceable"))


def test_the_headline_numbers_of_funding_are_shares_and_sums_of_their_tables() -> None:
    rows = [
        budget("B1", "2025-01-01", "2025-12-31", 30, funding_type="project", source="participatory"),
        budget("B2", "2025-07-01", "2025-09-30", 10, funding_type="value_stream"),
    ]
    spend = [
        {"period": "2025-12-01", "amount": 3, "item_id": "E1"},
        {"period": "2025-12-01", "amount": 1, "item_id": "E2"},
        booked("2026-01-01", 7, kind="forecast"),
    ]
    work = [epic("E1", team="Till", value_stream_id="S"), epic("E2", team="Van", value_stream_id="S")]
    teams = [
        {"team": "Till", "value_stream_id": "S", "from": "2024-01-01", "to": None},
        {"team": "Van", "value_stream_id": "S", "from": "2025-06-01", "to": None},
    ]
    made = made_of(budgets=rows, spend=spend, work_items=work, teams=teams)
    found = figures_of(made, uses_of(top_three=6, no_goal=2, not_traceable=5))
    values = {key: figure.value for key, figure in found.items() if figure.value is not None}
    assert values == pytest.approx(
        {
            "value_stream_share": 10 / 40,
            "annual_share": 30 / 40,
            "participatory_share": 30 / 40,
            "bound_share": 0,
            "unaligned_spend": 2,
            "unaligned_share": 2 / 8,
            "untraceable_spend": 5,
            "budget": 40,
            "spend": 4,
            "estimate_at_completion": 4,
            "persistent_team_share": 3 / 4,
        }
    )
    assert (found["unaligned_spend"].n, found["persistent_team_share"].n) == (4, 2)
    assert found["guardrail_breaches"].why == "portfolio.toml names no [guardrails]"


def test_budgets_of_half_a_unit_have_shares_and_without_money_nothing_has() -> None:
    small = [budget("B1", "2025-01-01", "2025-12-31", 0.5, source="participatory")]
    assert figures_of(made_of(budgets=small), uses_of())["participatory_share"].value == 1
    nothing = figures_of(made_of(), uses_of())
    assert {figure.value for figure in nothing.values()} == {None}
    assert all(figure.why for figure in nothing.values())
    unlinked = figures_of(made_of(), uses_of(no_goal=3, not_traceable=2), linked="there are no links")
    assert unlinked["unaligned_share"].why == unlinked["unaligned_spend"].why == "there are no links"
    assert unlinked["untraceable_spend"].value == 2


def test_what_a_stream_gave_back_counts_items_with_both_a_benefit_and_spend() -> None:
    rounds = [budget("B1", "2025-01-01", "2025-12-31", 9, round="R1")]
    made = made_of(budgets=rounds)
    money = pd.DataFrame(
        {
            "item_id": ["E1", "E2", "E3"],
            "value_stream_id": "S",
            "status": ["in_progress", "finished", "finished"],
            "realised": [6.0, 50.0, np.nan],
            "spent": [3.0, 0.0, 4.0],
        }
    )
    scores = pd.DataFrame({"item_id": ["E1", "E2"], "score": [7.0, 1.0]})
    found = funding.rounds(made, scores, money).iloc[0]
    assert (found["score"], found["return"]) == (7, 2)


def test_money_that_follows_the_score_has_a_tau_of_one_and_no_p_value() -> None:
    rounds = pd.DataFrame({"round": "R1", "value_stream_id": list("abc"), "allocated_by": "Forum"})
    rounds = rounds.assign(amount=[3.0, 2.0, 1.0], score=[7.0, 6.0, 5.0], **{"return": [np.nan, 1.0, 2.0]})
    found = funding.rounds_fit(rounds).iloc[0]
    assert (found["tau_score"], found["n_score"], found["tau_return"]) == (1, 3, -1)
    assert np.isnan(found["p_score"]) and found["roles"] == "Forum"


def axes_of(made: Portfolio) -> pd.DataFrame:
    window, log = window_of(made), flow.read(made)
    inside = value.inside(made, log, attainment_line=LIMITS.attainment_line)
    items = flow.items(log, window)
    aligned = okr.read(made, items, window)
    signs, latency = status.fake_agility(made, log, items, window), flow.decision_latency(made)
    known = (signs, latency, aligned.items, okr.money(aligned), np.nan, window)
    return transition.axes(made, log, inside, *known, decision_quick_days=14).set_index("axis")


def test_without_evidence_an_axis_is_what_people_assess_and_marked_so() -> None:
    made = portfolio(work_items=[{**epic(), "delivered_at": None}], benefits=[], metrics=[])
    assert axes_of(made)["value"].isna().all()
    settings = replace(made.settings, assessment={"governance": 2.0, "impact": 5.0})
    found = axes_of(replace(made, settings=settings))
    assert found.loc[["governance", "impact"], "value"].tolist() == [0.25, 1.0]
    assert found["basis"].dropna().unique().tolist() == [transition.ASSESSED]


def test_one_outcome_metric_more_never_lowers_tracking() -> None:
    output = [metric("M0", kind="output"), metric("M1")]
    seen = [*readings(GREEN, "M0"), *readings(GREEN, "M1")]
    fewer = axes_of(portfolio(metrics=output, observations=seen, benefits=[]))
    more = axes_of(
        portfolio(metrics=[*output, metric("M2")], observations=[*seen, *readings(GREEN, "M2")], benefits=[])
    )
    unread = axes_of(portfolio(metrics=[*output, metric("M2")], observations=seen, benefits=[]))
    assert more.loc["tracking", "first"] > fewer.loc["tracking", "first"]
    assert unread.loc["tracking", "first"] == fewer.loc["tracking", "first"]


def test_an_open_decision_counts_once_it_is_late() -> None:
    asked = {"question": "?", "asked_at": "2025-12-01"}
    rows = [
        {"decision_id": "D1", **asked, "decided_at": "2025-12-15", "outcome": "stop"},
        {"decision_id": "D2", **asked, "decided_at": "2025-12-16", "outcome": "stop"},
        {"decision_id": "D3", **asked},
        {"decision_id": "D4", **asked | {"asked_at": "2025-12-25"}},
    ]
    assert axes_of(portfolio(decisions=rows)).loc["governance", "second"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ((2.4, 5, 5, 5), "both, a PMO first"),
        ((2.5, 3.5, 3.5, 3.5), "a VMO"),
        ((4, 2.5, 2.5, 2.5), "a PMO"),
        ((4, 3, 3, 3), "both"),
    ],
)
def test_which_office_is_needed(said: tuple[float, ...], answer: str) -> None:
    keys = ("pm_maturity", "primary_objective", "authority", "strategic_alignment")
    made = portfolio()
    settings = replace(made.settings, assessment=dict(zip(keys, said, strict=True)))
    assert transition.needs(settings)[0] == answer
    assert transition.needs(replace(settings, assessment={"authority": 3}))[1].startswith(
        "[assessment] does not say"
    )


def test_before_and_after_are_as_long_as_each_other() -> None:
    rows = [
        budget("B1", "2025-01-01", "2025-06-30", 9, funding_type="project"),
        budget("B2", "2025-07-01", "2025-12-31", 9, funding_type="value_stream"),
        budget("B3", "2025-01-01", "2025-06-30", 3, funding_type="value_stream"),
    ]
    made = made_of(budgets=rows)
    assert transition.before_after(made, flow.read(made), flow.SMALL_N).empty
    moved = replace(made, settings=replace(made.settings, vmo_since="2025-07-01"))
    found = transition.before_after(moved, flow.read(moved), flow.SMALL_N).set_index("measure")
    assert found.loc["money that funds value streams", ["before", "after", "change"]].tolist() == [
        0.25,
        1,
        0.75,
    ]


def test_where_teams_spent_nothing_it_is_not_known_how_much_is_spent_by_those_that_stay() -> None:
    teams = [{"team": "Till", "value_stream_id": "S", "from": "2024-01-01", "to": None}]
    spend = [{"period": "2025-12-01", "amount": 0, "item_id": "E1"}]
    work = [epic("E1", team="Till", value_stream_id="S")]
    found = figures_of(made_of(spend=spend, work_items=work, teams=teams), uses_of())
    assert found["persistent_team_share"].value is None
    assert "none of the spend is outside" in found["persistent_team_share"].definition
