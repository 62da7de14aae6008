"""The sample portfolio: every figure of value and funding agrees with an independent computation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from independent_move import IndependentMove

from vmo_helpers.measures import decisions, flow, funding, okr, outcomes, status, transition, value
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import by_key
from vmo_helpers.sources import load
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Inside
from vmo_helpers.window import day_end, review_window

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
LIMITS = Thresholds()
PLANTED_AT = ("2026-10-31", None, "epic")


def _planted(rule: str) -> dict[str, Any]:
    cases = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["cases"]
    return next(case for case in cases if case["rule"] == rule)


@pytest.fixture(scope="module")
def sample() -> Portfolio:
    return load(SAMPLE)


@pytest.mark.parametrize("level", ["epic", "feature"])
@pytest.mark.parametrize(
    ("day", "first"), [("2026-10-31", None), ("2026-09-30", "2026-01-01"), ("2026-05-15", None)]
)
def test_every_figure_agrees_with_the_independent_one(
    sample: Portfolio, day: str, first: str | None, level: str
) -> None:
    zone = sample.settings.timezone
    made = sample.at_level(level).known_at(day_end(day, zone))
    assert made.as_of is not None
    window = review_window(made.as_of, first, zone)
    log = flow.read(made)
    inside = value.inside(made, log, attainment_line=LIMITS.attainment_line)
    tested = outcomes.tests(inside, window.end, LIMITS)
    benefits = value.benefits(made, log, tested)
    money, scores = value.money(made, log, benefits), value.scores(made)
    clocks = outcomes.three_clocks(inside, log, tested, adoption_hold_observations=2)
    aligned = okr.read(made, flow.items(log, window), window)
    guarded = funding.guardrails(made, window, guardrail_tolerance=LIMITS.guardrail_tolerance)
    ours = by_key(
        [
            *value.figures(
                made, benefits, money, scores, inside, clocks, window, LIMITS.smallest_n_percentile
            ),
            *funding.figures(
                made,
                funding.budgets(made, window),
                funding.streams(made, window),
                guarded,
                funding.persistence(made, window),
                okr.money(aligned),
                aligned.missing,
                window,
            ),
        ]
    )
    items = flow.items(log, window)
    signs, latency = status.fake_agility(made, log, items, window), flow.decision_latency(made)
    known = aligned.items, okr.money(aligned), value.realisation(benefits).value
    axes = transition.axes(
        made, log, inside, signs, latency, *known, window, decision_quick_days=LIMITS.decision_quick_days
    )
    ours |= by_key(transition.figures(axes, window))
    independent = IndependentMove(SAMPLE, window.start_day, day, zone, level, dict(made.settings.guardrails))
    score = tested.set_index("benefit_id")["chance_under"].dropna().to_dict()
    red = int(tested["inside"].eq(Inside.RED).sum())
    base = (red + 0.5) / (len(score) + 1) if len(score) >= 5 else None
    weights = value.framework(made).weights
    swings = np.random.default_rng(20_260_731).uniform(0.75, 1.25, (1_000, len(weights))).tolist()
    theirs = {
        **independent.value(score, base),
        **independent.funding(),
        **independent.clocks(),
        **independent.apart(),
        **independent.ranks(weights, swings),
        "funding.estimate_at_completion": independent.completion(),
    }
    theirs |= independent.axes(theirs["value.benefit_realisation"], dict(made.settings.assessment))
    assert set(theirs) == set(ours)
    for key, expected in theirs.items():
        wanted = None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert ours[key].value == wanted, key
    assert transition.outcome_metrics_read(made, window) == pytest.approx(independent.read_share())
    if (day, first, level) == PLANTED_AT:
        office = _planted("transition.rebadged")
        low = [axis for axis in transition.AXES if theirs[f"transition.{axis}"] <= LIMITS.transition_axis_low]
        assert sorted(low) == office["planted"]
        assert not set(low) & set(office["near_misses"])


def test_the_office_of_the_sample_is_a_vmo_in_name_alone() -> None:
    told = json.loads((SAMPLE.parent / "review" / "findings.json").read_text(encoding="utf-8"))
    (office,) = [one for one in told if one["rule"] == "transition.rebadged"]
    assert (office["severity"], office["value"], office["n"]) == ("alarm", 3, 4)


def test_identities_with_alignment_fake_agility_and_predictability(sample: Portfolio) -> None:
    zone = sample.settings.timezone
    made = sample.known_at(day_end("2026-10-31", zone))
    window = review_window(day_end("2026-10-31", zone), None, zone)
    log = flow.read(made)
    items = flow.items(log, window)
    signs = status.fake_agility(made, log, items, window).set_index("sign")["value"]
    budgets = funding.budgets(made, window)
    assert funding.value_stream_share(budgets) == pytest.approx(1 - signs["project_funding"])
    yearly = budgets.loc[budgets["cadence"].eq("annual"), "in_window"].sum() / budgets["in_window"].sum()
    assert yearly == pytest.approx(signs["annual_cadence"])
    pooled, teams = flow.predictability(made, window), value.business_value(made, window)
    assert teams[["planned_value", "actual_value"]].sum().to_numpy() == pytest.approx(
        pooled[["planned_value", "actual_value"]].sum().to_numpy()
    )
    aligned = okr.read(made, items, window)
    uses = okr.money(aligned)
    figures = by_key(
        funding.figures(
            made,
            budgets,
            funding.streams(made, window),
            funding.guardrails(made, window, guardrail_tolerance=0.05),
            funding.persistence(made, window),
            uses,
            aligned.missing,
            window,
        )
    )
    counted = aligned.counted
    lost = (counted["spend_once"] * (1 - counted["linked_spend_share"])).sum()
    assert figures["funding.unaligned_spend"].value == pytest.approx(lost)


def test_streams_add_up_to_the_portfolio(sample: Portfolio) -> None:
    zone = sample.settings.timezone
    made = sample.known_at(day_end("2026-10-31", zone))
    window = review_window(day_end("2026-10-31", zone), None, zone)
    log = flow.read(made)
    inside = value.inside(made, log, attainment_line=LIMITS.attainment_line)
    benefits = value.benefits(made, log, outcomes.tests(inside, window.end, LIMITS))
    money = value.money(made, log, benefits)
    streams, realised = value.by_stream(money), value.realised_by_stream(made, benefits)
    for column in ("realised", "spent", "at_risk", "at_risk_assumed", "risk_exposure"):
        assert streams[column].sum() == pytest.approx(money[column].sum()), column
    headline = value.realisation(benefits)
    assert realised["realised"].sum() == pytest.approx(headline.realised)
    assert realised["planned_to_date"].sum() == pytest.approx(headline.planned)
    held = funding.streams(made, window)
    booked = made.spend[made.spend["kind"].eq("actual") & made.spend["period"].ge(window.first_day)]
    assert held["spend"].sum() == pytest.approx(booked["amount"].sum())
    assert np.isclose(held["budget"].sum(), funding.budgets(made, window)["in_window"].sum())


def test_what_reviews_told_of_the_sample_proves_right_or_wrong_as_planted(sample: Portfolio) -> None:
    """The flags of five month ends, as a shelf of their reviews has them, against the truth."""
    zone, told = sample.settings.timezone, []
    for day in ("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31"):
        made = sample.known_at(day_end(day, zone))
        log = flow.read(made)
        inside = outcomes.read(made, log, attainment_line=LIMITS.attainment_line)
        told.append(status.items(made, log, inside, LIMITS).assign(day=pd.Timestamp(day)))
    states = decisions.states(made)
    flags = transition.flags(pd.concat(told[:-1]), told[-1], states, day, zone)
    planted = _planted("transition.flag_wrong")
    assert flags.loc[flags["state"].eq("wrong"), "item_id"].tolist() == planted["planted"]
    assert set(planted["near_misses"]) <= set(flags.loc[flags["state"].eq("open"), "item_id"])
