"""Value: worked examples, bounds and identities on a few rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from outcomes_small import GREEN, LIMITS, RED, benefit, calm, epic, inside_of, metric, portfolio, readings

from vmo_helpers.measures import flow, outcomes, value
from vmo_helpers.measures.outcomes.plan import DAY, Plans, planned_days, planned_share
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure, by_key
from vmo_helpers.vocabulary import BenefitState, Recommendation, Tier
from vmo_helpers.window import review_window

Row = dict[str, Any]


def paid(benefit_id: str, amount: float, at: str = "2025-09-30") -> Row:
    return {"benefit_id": benefit_id, "at": at, "value": amount}


def benefits_of(made: Portfolio) -> pd.DataFrame:
    log = flow.read(made)
    assert made.as_of is not None
    inside = value.inside(made, log, attainment_line=LIMITS.attainment_line)
    return value.benefits(made, log, outcomes.tests(inside, made.as_of, LIMITS)).set_index(
        "benefit_id", drop=False
    )


def money_of(made: Portfolio) -> pd.DataFrame:
    return value.money(made, flow.read(made), benefits_of(made)).set_index("item_id")


def small(day: str = "2025-06-15", **tables: Any) -> Portfolio:
    """B1 runs from 2 March (New Year's Day and 60 days) to the end of September 2025."""
    rows = [benefit(planned_value=100.0), benefit("B2", planned_value=50.0)]
    return portfolio(day, **{"benefits": rows, "realisations": [paid("B1", 20.0, "2025-06-01")], **tables})


class TestBenefits:
    def test_half_way_along_the_ramp_half_of_the_money_is_planned(self) -> None:
        found = benefits_of(small()).loc["B1"]
        assert found["planned_share"] == pytest.approx(106 / 213, abs=0.003)
        assert found["planned_to_date"] == pytest.approx(100 * found["planned_share"])
        assert (found["realised"], found["state"]) == (20.0, BenefitState.REALISING)

    def test_what_nobody_measures_is_in_neither_sum_and_bounds_the_share(self) -> None:
        found = value.realisation(benefits_of(small()))
        assert (found.measured, found.unmeasured) == (1, 1)
        planned = found.planned
        assert found.value == pytest.approx(20 / planned)
        assert found.low == pytest.approx(20 / (1.5 * planned))
        assert found.high == pytest.approx((20 + planned / 2) / (1.5 * planned))

    @pytest.mark.parametrize("truth", [0.0, 0.3, 1.0])
    def test_the_bounds_hold_the_truth(self, truth: float) -> None:
        made = small()
        guess = value.realisation(benefits_of(made))
        plan = benefits_of(made).loc["B2", "planned_to_date"]
        known = [paid("B1", 20.0, "2025-06-01"), paid("B2", truth * plan, "2025-06-01")]
        told = value.realisation(benefits_of(small(realisations=known)))
        assert guess.low - 1e-9 <= told.value <= guess.high + 1e-9

    def test_a_share_is_applied_to_what_is_planned_and_to_what_came(self) -> None:
        rows = [benefit(planned_value=100.0, share=0.25)]
        found = benefits_of(small(benefits=rows, day="2025-12-31")).loc["B1"]
        assert (found["planned_to_date"], found["realised"]) == (25.0, 5.0)

    def test_a_correction_counts(self) -> None:
        rows = [paid("B1", 20.0, "2025-06-01"), paid("B1", -5.0, "2025-06-10")]
        assert benefits_of(small(realisations=rows)).loc["B1", "realised"] == 15.0

    def test_a_yearly_benefit_is_planned_for_each_year_until_it_ends(self) -> None:
        yearly = {"planned_value": 365.25, "value_basis": "yearly", "lag_days": 0, "due": "2025-01-01"}
        rows = [benefit(**yearly, value_until="2025-04-10"), benefit("B2", **yearly)]
        found = benefits_of(small(benefits=rows, day="2025-12-31"))
        # the first day is the ramp, of which half counts
        assert found.loc["B1", "planned_to_date"] == pytest.approx(99.5, abs=1e-6)
        assert found.loc["B1", "planned_in_full"] == pytest.approx(100, abs=1e-6)
        assert found.loc["B2", "planned_to_date"] == pytest.approx(364.5, abs=1e-6)
        assert np.isnan(found.loc["B2", "planned_in_full"])

    @pytest.mark.parametrize(
        ("row", "day", "state"),
        [
            ({}, "2025-02-01", BenefitState.AWAITED),
            ({}, "2025-06-15", BenefitState.NOT_MEASURED),
            ({"lag_days": None}, "2025-06-15", BenefitState.UNKNOWN),
            ({"planned_value": None}, "2025-06-15", BenefitState.UNKNOWN),
        ],
    )
    def test_each_state_of_life(self, row: Row, day: str, state: BenefitState) -> None:
        rows = [benefit(**{"planned_value": 9.0, **row})]
        assert benefits_of(portfolio(day, benefits=rows)).loc["B1", "state"] == state

    @pytest.mark.parametrize(
        ("day", "came", "state"),
        [
            ("2026-03-20", 9.0, BenefitState.SUSTAINED),
            ("2026-03-20", 1.0, BenefitState.REALISING),
            ("2026-10-02", 1.0, BenefitState.ENDED),
        ],
    )
    def test_it_is_sustained_for_a_year_and_then_ends(
        self, day: str, came: float, state: BenefitState
    ) -> None:
        rows = [benefit(planned_value=9.0, due="2025-09-30")]
        made = portfolio(day, benefits=rows, realisations=[paid("B1", came, "2025-10-10")])
        assert benefits_of(made).loc["B1", "state"] == state

    def test_a_shortfall_that_a_change_of_plan_hid_shows_against_the_first(self) -> None:
        change = {"table": "benefits", "key": "B1", "column": "planned_value", "old_value": "100"}
        made = portfolio(
            "2025-12-31",
            work_items=[epic(planned_end="2025-01-01")],
            benefits=[benefit(planned_value=40.0)],
            realisations=[paid("B1", 36.0)],
            plan_changes=[change | {"changed_at": "2025-05-01"}],
        )
        found = benefits_of(made)
        assert value.realisation(found).value == pytest.approx(0.9)
        assert value.realisation(found, value.FIRST).value == pytest.approx(0.36)

    def test_a_benefit_that_came_after_the_baseline_is_in_todays_plan_alone(self) -> None:
        came = {"table": "benefits", "key": "B1", "column": "planned_value", "old_value": None}
        made = portfolio(
            "2025-12-31",
            work_items=[epic(planned_end="2025-01-01", baselined_at="2024-03-01")],
            benefits=[benefit(planned_value=40.0)],
            plan_changes=[came | {"changed_at": "2024-06-01"}],
        )
        found = benefits_of(made).loc["B1"]
        assert found["came_later"] and np.isnan(found["first_planned_to_date"])

    def test_a_benefit_moved_from_a_child_to_its_parent_changes_no_sum(self) -> None:
        work = [epic(), {**epic("F1", delivered_at=None), "level": "feature", "parent_id": "E1"}]
        series = {"metrics": [metric()], "observations": readings(GREEN)}
        tables = {**series, "work_items": work, "realisations": [paid("B1", 9.0)]}
        own, lifted = (
            portfolio(benefits=[benefit(item_id=item, planned_value=10.0)], **tables) for item in ("E1", "F1")
        )
        pd.testing.assert_frame_equal(benefits_of(own), benefits_of(lifted))
        pd.testing.assert_frame_equal(money_of(own), money_of(lifted))

    @pytest.mark.parametrize(("shares", "claimed"), [((0.7, 0.4), True), ((0.7, 0.3), False)])
    def test_a_metric_is_claimed_twice_where_shares_pass_one(
        self, shares: tuple[float, float], claimed: bool
    ) -> None:
        rows = [benefit(f"B{n}", planned_value=9.0, share=share) for n, share in enumerate(shares)]
        found = value.claimed_twice(benefits_of(small(benefits=rows, realisations=[])))
        assert len(found) == int(claimed)
        if claimed:
            assert found["benefits"].iloc[0] == "B0; B1" and found["claimed"].iloc[0] == pytest.approx(1.1)

    def test_spans_apart_claim_nothing_twice(self) -> None:
        work = [epic(), epic("E2", delivered_at="2026-01-01")]
        rows = [benefit(planned_value=9.0), benefit("B2", "E2", planned_value=9.0, due="2026-09-30")]
        made = portfolio("2026-06-30", work_items=work, benefits=rows)
        assert value.claimed_twice(benefits_of(made)).empty


class TestByStream:
    def test_what_is_due_is_summed_by_stream_and_the_dearest_plan_stands_first(self) -> None:
        streams = [{"value_stream_id": key, "name": f"Stream {key}"} for key in ("S", "T")]
        work = [epic("E1", value_stream_id="S"), epic("E2", value_stream_id="T"), epic("E3")]
        rows = [
            benefit("B1", "E1", planned_value=10.0),
            benefit("B2", "E2", planned_value=30.0),
            benefit("B3", "E2", planned_value=20.0),
            benefit("B4", "E3", planned_value=5.0),
        ]
        came = [paid("B1", 9.0), paid("B2", 7.0), paid("B4", 5.0)]
        made = portfolio(value_streams=streams, work_items=work, benefits=rows, realisations=came)
        found = value.realised_by_stream(made, benefits_of(made))
        assert found.index.tolist() == [0, 1, 2]
        assert found["value_stream_id"].fillna("none").tolist() == ["T", "S", "none"]
        assert found["realised"].tolist() == [7, 9, 5]
        assert found["planned_to_date"].tolist() == [30, 10, 5]
        assert found["unmeasured"].tolist() == [1, 0, 0]


class TestMoney:
    def test_what_is_at_risk_is_what_is_left_by_its_score_and_the_risks_of_the_rest(self) -> None:
        risk = {"risk_id": "R1", "item_id": "E1", "probability": 0.5, "impact": 40}
        made = portfolio(observations=readings(RED), benefits=[benefit(planned_value=100.0)], risks=[risk])
        row, found = money_of(made).loc["E1"], benefits_of(made).loc["B1"]
        score = found["miss_score"]
        assert found["miss_basis"] == "tested" and 0.9 < score <= 1
        assert row["at_risk"] == pytest.approx(min(100, 100 * score + (1 - score) * 20))
        assert row["ahead"] == pytest.approx(100 * (1 - score))

    @pytest.mark.parametrize(("impact", "at_most_all"), [(40, False), (400, True)])
    def test_risks_add_to_what_a_sound_benefit_may_lose_up_to_all_of_it(
        self, impact: float, at_most_all: bool
    ) -> None:
        risk = {"risk_id": "R1", "item_id": "E1", "probability": 0.5, "impact": impact}
        made = portfolio(observations=readings(GREEN), benefits=[benefit(planned_value=100.0)], risks=[risk])
        score = benefits_of(made).loc["B1", "miss_score"]
        assert score < 0.2
        expected = 100 if at_most_all else 100 * score + (1 - score) * impact / 2
        assert money_of(made).loc["E1", "at_risk"] == pytest.approx(expected)

    def test_under_five_tests_what_is_not_tested_has_no_price(self) -> None:
        row = money_of(portfolio(benefits=[benefit(planned_value=100.0)])).loc["E1"]
        assert row["unpriced"] == 1 and np.isnan(row["at_risk"]) and np.isnan(row["ahead"])

    def test_the_base_rate_prices_the_untested_beside_five_tests(self) -> None:
        work = [epic(f"E{n}") for n in range(6)]
        rows = [benefit(f"B{n}", f"E{n}", f"M{n}", planned_value=10.0) for n in range(6)]
        series = [each for n in range(5) for each in readings(RED if n < 2 else GREEN, f"M{n}")]
        made = portfolio(
            work_items=work, benefits=rows, metrics=[metric(f"M{n}") for n in range(6)], observations=series
        )
        found = benefits_of(made).loc["B5"]
        assert (found["miss_basis"], found["miss_score"]) == ("assumed", pytest.approx(2.5 / 6))
        assert money_of(made).loc["E5", "at_risk_assumed"] == pytest.approx(10 * 2.5 / 6)

    @pytest.mark.parametrize(("tested", "priced"), [(4, False), (5, True)])
    def test_five_tests_are_enough_for_a_base_rate(self, tested: int, priced: bool) -> None:
        work = [epic(f"E{n}") for n in range(tested + 1)]
        rows = [benefit(f"B{n}", f"E{n}", f"M{n}", planned_value=10.0) for n in range(tested + 1)]
        series = [each for n in range(tested) for each in readings(GREEN, f"M{n}")]
        metrics = [metric(f"M{n}") for n in range(tested + 1)]
        made = portfolio(work_items=work, benefits=rows, metrics=metrics, observations=series)
        score = benefits_of(made).loc[f"B{tested}", "miss_score"]
        assert score == pytest.approx(0.5 / 6) if priced else np.isnan(score)

    def test_of_one_item_the_tested_and_the_assumed_are_priced_apart(self) -> None:
        work = [epic(f"E{n}") for n in range(5)]
        rows = [benefit(f"B{n}", f"E{n}", f"M{n}", planned_value=10.0) for n in range(5)]
        rows.append(benefit("B5", "E0", "M5", planned_value=30.0))
        series = [each for n in range(5) for each in readings(RED, f"M{n}")]
        made = portfolio(
            work_items=work, benefits=rows, metrics=[metric(f"M{n}") for n in range(6)], observations=series
        )
        scores, row = benefits_of(made)["miss_score"], money_of(made).loc["E0"]
        assert row["left_tested"] == 10
        assert row["at_risk"] == pytest.approx(10 * scores["B0"])
        assert row["at_risk_assumed"] == pytest.approx(30 * scores["B5"])

    def test_the_newest_forecast_is_the_cost_to_go_and_else_the_rest_of_the_plan(self) -> None:
        def booked(period: str, amount: float, kind: str = "actual", item_id: str = "E1") -> Row:
            return {"period": period, "amount": amount, "item_id": item_id, "kind": kind}

        spend = [
            booked("2025-10-01", 30),
            booked("2025-10-01", 99, "forecast"),
            booked("2026-01-01", 25, "forecast"),
            booked("2025-10-01", 70, item_id="E2"),
        ]
        work = [epic(planned_cost=500), epic("E2", planned_cost=100), epic("E3")]
        found = money_of(portfolio(work_items=work, spend=spend))
        assert found["cost_to_go"].iloc[:2].tolist() == [25, 30] and np.isnan(found.loc["E3", "cost_to_go"])
        assert found["spent"].iloc[:2].tolist() == [30, 70] and np.isnan(found.loc["E3", "spent"])


class TestFigures:
    def of(self, made: Portfolio, least: int = 5) -> dict[str, Figure]:
        log, inside = flow.read(made), inside_of(made)
        assert made.as_of is not None
        tested = outcomes.tests(inside, made.as_of, LIMITS)
        clocks = outcomes.three_clocks(inside, log, tested, adoption_hold_observations=2)
        window = review_window(made.as_of, None, "UTC")
        frames = (benefits_of(made), money_of(made), value.scores(made))
        found = value.figures(made, *frames, inside, clocks, window, least)
        return {key.removeprefix("value."): figure for key, figure in by_key(found).items()}

    @pytest.mark.parametrize(("amount", "returned"), [(0, None), (1, 30), (10, 3)])
    def test_where_nothing_was_spent_there_is_no_return(self, amount: float, returned: float | None) -> None:
        spend = [{"period": "2025-10-01", "amount": amount, "item_id": "E1", "kind": "actual"}]
        made = portfolio(benefits=[benefit(planned_value=40.0)], realisations=[paid("B1", 30.0)], spend=spend)
        found = self.of(made)
        assert (found["return"].value, found["return"].n) == (returned, 1)
        assert found["return_on_all_spend"].value == returned

    def test_they_are_sums_and_shares_of_their_tables(self) -> None:
        rows = [
            benefit("B1", "E1", planned_value=40.0),
            benefit("B2", "E2", "M2", planned_value=20.0),
            benefit("B3", "E2", "M3", planned_value=10.0),
            benefit("B4", "E3", "M4", planned_value=-6.0),
        ]
        spend = [
            {"period": "2025-10-01", "amount": 10, "item_id": "E1", "kind": "actual"},
            {"period": "2025-11-01", "amount": 5, "value_stream_id": "S", "kind": "actual"},
            {"period": "2026-01-01", "amount": 99, "item_id": "E1", "kind": "forecast"},
        ]
        made = portfolio(
            work_items=[epic(f"E{n}") for n in range(1, 4)],
            metrics=[metric(f"M{n}") for n in range(1, 5)],
            benefits=rows,
            realisations=[paid("B1", 30.0), paid("B2", 20.0), paid("B4", -4.0)],
            spend=spend,
        )
        found = self.of(made)
        expected = {
            "benefit_realisation": 50 / 60,
            "realised": 50,
            "planned_to_date": 60,
            "unmeasured_benefits": 1,
            "disbenefits": -4,
            "return": 30 / 10,
            "return_on_all_spend": 50 / 15,  # a disbenefit is in no other figure
        }
        assert {key: found[key].value for key in expected} == pytest.approx(expected)
        assert [found[key].n for key in ("benefit_realisation", "unmeasured_benefits", "return")] == [2, 3, 1]

    def test_without_a_value_planned_or_spent_all_are_unknown_and_say_why(self) -> None:
        found = self.of(portfolio(benefits=[benefit()]))
        known = {key for key, figure in found.items() if figure.value is not None}
        assert known <= {"adopted_items", "realised_items"}
        unknown = [figure for key, figure in found.items() if key not in known]
        assert all(figure.why and figure.low is None and figure.high is None for figure in unknown)

    @pytest.mark.parametrize(("planned", "delivered"), [(1, 2.0), (0, None)])
    def test_business_value_is_a_share_of_anything_that_was_planned(
        self, planned: float, delivered: float | None
    ) -> None:
        objective = {"pi": "P1", "team": "Till", "objective": "Faster", "committed": True}
        objective |= {"planned_value": planned, "actual_value": 2, "from": "2025-07-01", "to": "2025-09-30"}
        found = self.of(portfolio(pi_objectives=[objective]))["business_value_delivered"]
        assert found.value == delivered

    @pytest.mark.parametrize(("least", "median"), [(1, 104), (2, None)])
    def test_a_median_needs_as_many_items_as_the_smallest_n(self, least: int, median: float | None) -> None:
        use = calm([10, 120, 40, 105, 110, 90, 100, 100, 100, 100, 100, 100])
        made = portfolio(metrics=[metric(kind="behaviour")], benefits=[benefit()], observations=readings(use))
        found = self.of(made, least)
        assert (found["adopted_items"].value, found["adopted_items"].n) == (1, 1)
        assert found["deployed_to_adopted_p50_days"].value == median


def test_an_objective_without_an_actual_value_is_counted_and_in_neither_sum() -> None:
    usual = {"pi": "P1", "team": "Till", "from": "2025-07-01", "to": "2025-09-30", "committed": True}
    made = portfolio(
        pi_objectives=[
            {**usual, "objective": "A", "planned_value": 8, "actual_value": 6},
            {**usual, "objective": "B", "planned_value": 5},
            {**usual, "objective": "C", "planned_value": 2, "actual_value": 2, "committed": False},
        ]
    )
    assert made.as_of is not None
    row = value.business_value(made, review_window(made.as_of, None, "UTC")).iloc[0]
    counted = ["planned_value", "actual_value", "delivered", "objectives", "unscored"]
    assert row[counted].tolist() == [8, 8, 1, 2, 1]


class TestScores:
    def scored(self, *rows: tuple[str, str, float], **weights: float) -> pd.DataFrame:
        table = [{"item_id": item, "criterion": name, "score": score} for item, name, score in rows]
        made = portfolio(work_items=[epic(f"E{n}") for n in range(8)], criteria_scores=table)
        settings = replace(made.settings, value_framework={"version": "1", **weights})
        return value.scores(replace(made, settings=settings)).set_index("item_id")

    def test_a_missing_criterion_is_left_out_and_bounds_the_score(self) -> None:
        found = self.scored(("E1", "roi", 8), ("E2", "risk", 8), ("E2", "roi", 2), roi=0.6, risk=0.4).loc[
            "E1"
        ]
        assert (found["score"], found["low"], found["high"]) == (8, pytest.approx(5.2), pytest.approx(8.8))
        assert found["missing"] == "risk"

    def test_under_half_of_the_weight_there_is_no_score(self) -> None:
        found = self.scored(("E1", "risk", 8), ("E2", "roi", 2), roi=0.6, risk=0.4)
        assert np.isnan(found.loc["E1", "score"]) and np.isnan(found.loc["E1", "rank"])

    def test_nine_of_ten_redrawn_ranks_lie_in_the_interval(self) -> None:
        random = np.random.default_rng(4)
        rows = [
            (f"E{n}", name, float(random.integers(1, 11)))
            for n in range(8)
            for name in ("roi", "risk", "fit")
        ]
        weights = {"roi": 0.5, "risk": 0.3, "fit": 0.2}
        found = self.scored(*rows, **weights)
        grid = np.array([[score for item, _, score in rows if item == one] for one in found.index])
        drawn = np.array(list(weights.values())) * random.uniform(0.75, 1.25, (4000, 3))
        ranks = (-(drawn @ grid.T)).argsort(axis=1).argsort(axis=1) + 1
        within = (ranks >= found["rank_low"].to_numpy()) & (ranks <= found["rank_high"].to_numpy())
        assert within.mean() >= 0.87


def advised(**row: Any) -> pd.DataFrame:
    usual = {
        "item_id": "E1",
        "title": "Trial",
        "value_stream_id": "S",
        "value_stream": "Stores",
        "status": "in_progress",
        "benefits": 1,
        "ratio": 0.4,
        "ahead": 4.0,
        "cost_to_go": 10.0,
    }
    money = {**dict.fromkeys(("realised", "planned_to_date", "spent", "return", "at_risk"), np.nan), **usual}
    state = {"inside": "red", "tier": str(Tier.BOARD), "p_value": 0.01, "adopted_at": pd.NaT}
    scored = {"score": 5.0, "rank": 1.0, "rank_low": 1.0, "rank_high": 1.0}
    stream = {"value_stream_id": "S", "spend": 9.0, "budget": 9.0}
    known = [
        {**each, **{key: row[key] for key in row if key in each}} for each in (money, state, scored, stream)
    ]
    first, judged, ranks, streams = (pd.DataFrame([each]) for each in known)
    ranks = pd.concat([ranks.assign(item_id="E1"), *[ranks.assign(item_id=f"X{n}") for n in range(3)]])
    costs = pd.DataFrame({"item_id": ["E1"], "cost_per_month": [2.0], "cost_basis": ["cost of delay"]})
    costs["spend_per_month"] = row.get("spend_per_month", 7.0)
    judged = judged.assign(item_id="E1", adopted_at=pd.to_datetime(judged["adopted_at"], utc=True))
    clocks = judged[["item_id", "adopted_at"]]
    return value.recommendations(first, judged, ranks, clocks, streams, costs, stop_ratio=0.5)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ({"ratio": 0.49}, Recommendation.STOP),
        ({"ratio": 0.5}, Recommendation.PIVOT),
        ({"ratio": 0.49, "tier": str(Tier.RED)}, Recommendation.CANNOT_SAY),
        ({"ratio": 0.99, "tier": str(Tier.RED)}, Recommendation.PIVOT),
        ({"ratio": 0.4, "tier": str(Tier.RED), "adopted_at": "2025-05-01"}, Recommendation.PIVOT),
        ({"ratio": 1.0, "inside": "green", "tier": "none"}, Recommendation.FUND),
        ({"ratio": 1.0, "inside": "green", "tier": "none", "spend": 8.9}, Recommendation.CONTINUE),
        ({"ratio": 1.0, "inside": "green", "tier": "none", "rank": 2.0}, Recommendation.CONTINUE),
        ({"ratio": 1.0, "inside": "green", "tier": "none", "rank_high": 3.0}, Recommendation.CONTINUE),
        ({"ratio": 0.99, "inside": "green", "tier": "none"}, Recommendation.CANNOT_SAY),
        ({"ratio": np.nan, "ahead": np.nan}, Recommendation.CANNOT_SAY),
    ],
)
def test_each_verdict_and_its_near_misses(row: Row, verdict: Recommendation) -> None:
    found = advised(**row).iloc[0]
    assert found["verdict"] == verdict
    assert found["because"] and found["changes_when"]
    if verdict is Recommendation.CANNOT_SAY:
        assert found["because"].startswith("for want of")


@pytest.mark.parametrize(
    ("row", "cost", "basis"),
    [
        ({"ratio": 0.49}, 7.0, "spend of the last three months"),
        ({"ratio": 0.5}, 2.0, "cost of delay"),
        ({"ratio": 1.0, "inside": "green", "tier": "none"}, 2.0, "cost of delay"),
    ],
)
def test_waiting_to_stop_costs_the_spend_that_goes_on(row: Row, cost: float, basis: str) -> None:
    found = advised(**row).iloc[0]
    assert (found["cost_per_month"], found["cost_basis"]) == (cost, basis)
    if row["ratio"] < 0.5:
        unknown = advised(**row, spend_per_month=np.nan).iloc[0]
        assert np.isnan(unknown["cost_per_month"])


@pytest.mark.parametrize("knots", [[], [(20, 0.3), (40, 1.6), (90, 0.8)], [(5, 1.2)]])
def test_days_that_a_plan_counts_for_are_the_area_under_its_share(knots: list[tuple[int, float]]) -> None:
    at = np.array([day * DAY for day, _ in knots], dtype=np.int64)
    share = np.array([one for _, one in knots], dtype=np.float64)
    plans = Plans(np.array([10 * DAY]), np.array([70 * DAY]), np.array([0, len(knots)]), at, share)
    for until in (5, 10, 33, 70, 120):
        grid = np.arange(10 * DAY, max(until, 10) * DAY, DAY // 200) + DAY // 400
        area = np.clip(planned_share(plans, np.zeros(len(grid), dtype=np.int64), grid), 0, 1).sum() / 200
        found = planned_days(plans, np.array([0]), np.array([until * DAY]))
        assert found[0] == pytest.approx(area, abs=0.01)
