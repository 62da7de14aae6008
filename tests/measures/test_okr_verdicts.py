"""Where key results are heading, when nothing can be said, and what they add up to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from okr_small import YEAR, aligned, checkins, figure, key_result, objective, portfolio, results, verdict
from scipy import stats

from vmo_helpers.measures import okr
from vmo_helpers.vocabulary import Verdict

MONTHLY = [f"2026-{month:02d}-01T09:00" for month in range(2, 11)] + ["2026-10-28T09:00"]


def monthly(*values: float, kr_id: str = "K1") -> list[dict[str, object]]:
    """The last len(values) months' check-ins, the newest of 28 October."""
    return checkins(kr_id, *zip(MONTHLY[len(MONTHLY) - len(values) :], values, strict=True))


def test_a_straight_way_to_the_target_is_on_track() -> None:
    assert (
        verdict(key_results=[key_result("K1")], checkins=monthly(2, 3, 4, 5, 6, 7, 8, 9)) == Verdict.ON_TRACK
    )


def test_a_flat_line_far_below_the_target_will_miss() -> None:
    found = results(key_results=[key_result("K1")], checkins=monthly(1.0, 1.1, 1.0, 1.2, 1.1)).iloc[0]
    assert found["verdict"] == Verdict.WILL_MISS
    assert found["projected_low"] <= found["projected"] <= found["projected_high"] < 1


def test_a_line_that_ends_short_within_its_interval_is_at_risk() -> None:
    found = results(key_results=[key_result("K1")], checkins=monthly(1, 4, 2, 6, 4, 7.5)).iloc[0]
    assert found["projected"] < 1 < found["projected_high"]
    assert found["verdict"] == Verdict.AT_RISK


def test_an_aspirational_key_result_needs_seven_tenths() -> None:
    values = monthly(1, 2, 3, 4, 5, 6)
    assert verdict(key_results=[key_result("K1", target=11)], checkins=values) == Verdict.WILL_MISS
    assert (
        verdict(key_results=[key_result("K1", target=11, commitment="aspirational")], checkins=values)
        == Verdict.ON_TRACK
    )


def test_two_values_are_too_early() -> None:
    assert verdict(key_results=[key_result("K1")], checkins=monthly(1, 9)) == Verdict.TOO_EARLY


def test_under_a_quarter_of_the_time_is_too_early() -> None:
    kr = key_result("K1", **{"from": "2026-10-20", "to": "2026-12-31"})
    values = checkins("K1", ("2026-10-21", 1), ("2026-10-25", 1), ("2026-10-30", 1))
    assert verdict(key_results=[kr], checkins=values) == Verdict.TOO_EARLY
    assert verdict("2026-11-08", key_results=[kr], checkins=values) == Verdict.WILL_MISS


def test_without_an_end_no_pace_is_asked_for() -> None:
    endless = key_result("K1", **{"from": "2026-01-01", "to": "9999-12-31"})
    found = results(key_results=[endless], checkins=monthly(1.0, 1.1, 1.0, 1.2, 1.1)).iloc[0]
    assert found["verdict"] == Verdict.NO_END
    assert found[["expected", "gap", "projected", "time_gone_share"]].isna().all()
    assert found["progress"] == pytest.approx(0.11)
    assert verdict(key_results=[endless], checkins=monthly(9, 10)) == Verdict.ACHIEVED
    far = key_result("K1", **{"from": "2026-01-01", "to": "2261-12-30"})
    assert verdict(key_results=[far], checkins=monthly(1.0, 1.1, 1.0)) == Verdict.TOO_EARLY


def test_a_key_result_of_an_endless_objective_has_no_end_either() -> None:
    tables = {
        "objectives": [objective("O1", 1, **{"from": "2026-01-01", "to": "9999-12-31"})],
        "key_results": [key_result("K1", **{"from": None, "to": None})],
        "checkins": monthly(1.0, 1.1, 1.0),
    }
    assert verdict(**tables) == Verdict.NO_END


def test_without_a_known_begin_no_pace_is_asked_for() -> None:
    begun = {"objectives": [objective("O1", 1, **{"from": None, "to": "2026-12-31"})]}
    begun["key_results"] = [key_result("K1", **{"from": None, "to": None})]
    found = results(**begun, checkins=monthly(1.0, 1.1, 1.0, 1.2, 1.1)).iloc[0]
    assert found["verdict"] == Verdict.NO_BEGIN and found["holds"]
    assert found[["expected", "gap", "projected", "time_gone_share"]].isna().all()
    assert found["progress"] == pytest.approx(0.11)
    assert verdict(**begun, checkins=monthly(9, 10)) == Verdict.ACHIEVED
    own = {**begun, "key_results": [key_result("K1", **{"from": "2026-01-01", "to": "2026-12-31"})]}
    assert verdict(**own, checkins=monthly(1.0, 1.1, 1.0, 1.2, 1.1)) == Verdict.WILL_MISS


def test_an_unknown_begin_keeps_no_key_result_from_being_over() -> None:
    over = {
        "objectives": [objective("O1", 1, **{"from": None, "to": "2026-12-31"})],
        "key_results": [key_result("K1", **{"from": None, "to": "2026-09-30"})],
    }
    assert verdict(**over, checkins=monthly(9, 10)) == Verdict.ACHIEVED
    assert verdict("2026-10-10", **over, checkins=checkins("K1", ("2026-09-28", 2.0))) == Verdict.MISSED


def test_phased_targets_ask_for_a_pace_from_the_first_on_where_the_begin_is_unknown() -> None:
    def asked(as_of: str) -> float:
        tables = {
            "objectives": [objective("O1", 1, **{"from": None, "to": "2026-12-31"})],
            "key_results": [key_result("K1", **{"from": None, "to": None})],
            "targets": [{"goal_id": "K1", "at": "2026-07-01", "value": 5}],
        }
        return float(results(as_of, **tables, checkins=monthly(9, 10))["expected"].iloc[0])

    assert np.isnan(asked("2026-06-30T12:00")) and asked("2026-07-01T12:00") == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("values", [(), (1.0, 9.0)], ids=["no value", "too early"])
def test_none_at_risk_is_unknown_where_no_key_result_can_be_judged(values: tuple[float, ...]) -> None:
    one = aligned(key_results=[key_result("K1")], checkins=monthly(*values))
    found = figure(one, "key_results_at_risk")
    assert found.value is None and found.why is not None and found.why.startswith("none of 1 key results")
    two = [key_result("K1"), key_result("K2")]
    steady = monthly(2, 3, 4, 5, 6, 7, 8, 9, kr_id="K2")
    other = aligned(key_results=two, checkins=[*monthly(*values), *steady])
    assert figure(other, "key_results_at_risk").value == 0


def test_values_before_the_period_make_no_trend() -> None:
    kr = key_result("K1", **{"from": "2026-07-01", "to": "2026-12-31"})
    found = results(key_results=[kr], checkins=monthly(9, 8, 7, 6, 5, 4)).iloc[0]  # the first of 1 June
    assert found["values_in_period"] == 5


def test_the_interval_is_that_of_a_new_value_on_the_last_day() -> None:
    """By the textbook, with scipy's line: t · s · √(1 + 1/n + (x − x̄)²/Σ(x − x̄)²) at 80 %."""
    found = results(key_results=[key_result("K1", target=20)], checkins=monthly(1, 3, 2, 5, 4, 7)).iloc[0]
    at = pd.DatetimeIndex(MONTHLY[-6:]).tz_localize("Europe/Berlin")
    x = (at - pd.Timestamp("2026-01-01", tz="Europe/Berlin")) / pd.Timedelta(days=1)
    x, y = x.to_numpy(), np.array([1, 3, 2, 5, 4, 7.0])
    end = (
        pd.Timestamp("2027-01-01", tz="Europe/Berlin") - pd.Timestamp("2026-01-01", tz="Europe/Berlin")
    ) / pd.Timedelta(days=1)
    line = stats.linregress(x, y)
    residual = np.sqrt(np.sum((y - line.intercept - line.slope * x) ** 2) / 4)
    half = (
        stats.t.ppf(0.9, 4)
        * residual
        * np.sqrt(1 + 1 / 6 + (end - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2))
    )
    expected = [(line.intercept + line.slope * end + side) / 20 for side in (0, -half, half)]
    assert found[["projected", "projected_low", "projected_high"]].to_list() == pytest.approx(
        expected, abs=1e-6
    )


def test_the_interval_of_a_decrease_goal_is_not_upside_down() -> None:
    found = results(
        key_results=[key_result("K1", type="decrease", baseline=10, target=0)],
        checkins=monthly(9, 7, 8, 5, 6, 3),
    ).iloc[0]
    assert found["projected_low"] < found["projected"] < found["projected_high"]
    assert found["projected_value_low"] < found["projected_value_high"]


def judged(kr: dict[str, object], *histories: tuple[float, ...]) -> list[str]:
    """The verdicts of equal key results, one a history of monthly values."""
    krs = [key_result(f"K{n}", **{"baseline": None, "target": None, **kr}) for n in range(len(histories))]
    rows = [row for n, values in enumerate(histories) for row in monthly(*values, kr_id=f"K{n}")]
    return results(key_results=krs, checkins=rows)["verdict"].to_list()


def test_a_goal_to_stay_above_is_judged_by_where_its_value_is_heading() -> None:
    above = {"type": "maintain_above", "target": 45}
    held, below, falling, wavering = (
        (50, 49, 50, 49, 50),
        (44, 43, 42, 41, 40),
        (55, 53, 51, 49, 47),
        (47, 45.5, 47.5, 45, 46, 44),
    )
    said = [Verdict.ON_TRACK, Verdict.WILL_MISS, Verdict.WILL_MISS, Verdict.AT_RISK]
    assert judged(above, held, below, falling, wavering) == said


def test_a_goal_to_stay_above_that_is_below_today_is_not_on_track_though_it_rises() -> None:
    kr = key_result("K1", type="maintain_above", baseline=None, target=45)
    assert verdict(key_results=[kr], checkins=monthly(38, 39.5, 41, 42.5, 44)) == Verdict.AT_RISK


def test_a_range_is_on_track_inside_its_bounds() -> None:
    assert judged({"type": "range", "low": 2, "high": 4}, (3, 3.1, 3, 2.9), (5, 5.1, 5, 4.9)) == [
        Verdict.ON_TRACK,
        Verdict.WILL_MISS,
    ]


def test_a_yes_or_no_that_is_open_is_not_called_missed_before_its_end() -> None:
    assert judged({"type": "binary"}, (0, 0, 0, 0), (0, 0, 0, 1)) == [Verdict.TOO_EARLY, Verdict.ACHIEVED]


def test_at_the_end_of_its_period_a_key_result_is_achieved_or_missed() -> None:
    kr = key_result("K1", **{"from": "2026-07-01", "to": "2026-09-30"})
    before = checkins("K1", ("2026-09-01", 6), ("2026-09-28", 10))
    assert verdict(key_results=[kr], checkins=before) == Verdict.ACHIEVED
    assert verdict(key_results=[kr], checkins=checkins("K1", ("2026-09-28", 9.9))) == Verdict.MISSED


def test_a_score_that_is_just_reached_is_reached_whatever_the_last_bit() -> None:
    kr = key_result(
        "K1",
        baseline=0.3,
        target=0.1,
        type="decrease",
        commitment="aspirational",
        **{"from": "2026-07-01", "to": "2026-09-30"},
    )
    assert (
        verdict(key_results=[kr], checkins=checkins("K1", ("2026-09-28", 0.16))) == Verdict.ACHIEVED
    )  # (0.16 − 0.3) ÷ −0.2


def test_a_check_in_is_stale_when_overdue_by_more_than_its_grace() -> None:
    """Overdue by 3 of 3.5 days, 4 of 3.5; 3 of 3, 4 of 3; 7 of 7.5, 8 of 7.5; without a cadence as with 30
    days."""
    cases = [(14, 14, False), (14, 13, True), (7, 21, False), (7, 20, True)]
    slow = [(30, 24, False), (30, 23, True), (None, 24, False), (None, 23, True)]
    krs = [key_result(f"K{n}", cadence_days=cadence) for n, (cadence, *_) in enumerate(cases + slow)]
    rows = [
        row for n, (_, day, _) in enumerate(cases) for row in checkins(f"K{n}", (f"2026-10-{day}T16:00", 9))
    ]
    rows += [
        row
        for n, (_, day, _) in enumerate(slow, len(cases))
        for row in checkins(f"K{n}", (f"2026-09-{day}T16:00", 9))
    ]
    assert results(key_results=krs, checkins=rows)["stale"].to_list() == [
        is_stale for *_, is_stale in cases + slow
    ]


def test_a_stale_key_result_is_never_on_track_and_never_achieved() -> None:
    histories = {"K1": (2, 3, 4, 5, 6, 7, 99), "K2": (2, 4, 6, 8, 10, 12, 99)}
    rows = [
        row
        for kr_id, values in histories.items()
        for row in monthly(*values, kr_id=kr_id)
        if str(row["at"]) < "2026-09-02"
    ]
    found = results(key_results=[key_result(kr_id, cadence_days=14) for kr_id in histories], checkins=rows)
    assert found["verdict"].to_list() == [Verdict.STALE, Verdict.STALE]


def test_a_done_milestone_needs_no_more_check_ins() -> None:
    kr = key_result("K1", type="milestone", baseline=None, target=None, cadence_days=14)
    found = results(key_results=[kr], checkins=checkins("K1", ("2026-05-01", 1))).iloc[0]
    assert (found["verdict"], bool(found["stale"])) == (Verdict.ACHIEVED, False)


def test_only_key_results_of_an_objective_whose_period_holds_the_day_are_judged() -> None:
    old = objective("O2", 2, **{"from": "2026-07-01", "to": "2026-09-30"})
    tables = {
        "objectives": [objective("O1", 1), old],
        "key_results": [key_result("K1"), key_result("K2", "O2")],
    }
    assert list(results(**tables).index) == ["K1"]
    assert list(results("2026-09-30", **tables).index) == ["K1", "K2"]  # the last day belongs to the period


def rolled_up(verdict_values: dict[str, tuple[float, ...]], **more: object) -> tuple[okr.Goals, object]:
    krs = [key_result(kr_id, **(more.get(kr_id) or {})) for kr_id in verdict_values]
    rows = [row for kr_id, values in verdict_values.items() for row in monthly(*values, kr_id=kr_id)]
    known = portfolio(key_results=krs, checkins=rows)
    goals = okr.goals(known)
    return goals, okr.objective_status(goals, okr.key_results(known, goals)).set_index("objective_id")


GOOD, BAD = (5, 6, 7, 8, 9), (1, 1.1, 1, 1.1, 1)


def test_four_on_track_and_one_off_track_are_not_on_track() -> None:
    _, status = rolled_up({"K1": GOOD, "K2": GOOD, "K3": GOOD, "K4": GOOD, "K5": BAD})
    assert status.loc["O1", ["worst", "on_track", "will_miss"]].to_list() == ["will_miss", 4, 1]


def test_key_results_without_check_ins_are_said_and_neither_green_nor_zero() -> None:
    _, status = rolled_up({"K1": GOOD, "K2": ()})
    assert status.loc["O1", ["key_results", "measured", "not_measured"]].to_list() == [2, 1, 1]
    assert status.at["O1", "score"] == pytest.approx(0.9)  # of the measured one alone
    assert status.at["O1", "worst"] == Verdict.NOT_MEASURED


def test_an_objective_without_any_measured_key_result_has_no_score() -> None:
    _, status = rolled_up({"K1": (), "K2": GOOD}, K2={"target": None})
    assert np.isnan(status.at["O1", "score"])


def test_a_missing_weight_counts_as_one_and_drops_no_key_result() -> None:
    _, status = rolled_up({"K1": GOOD, "K2": BAD}, K1={"weight": 3})
    assert status.at["O1", "measured"] == 2
    assert status.at["O1", "score"] == pytest.approx((3 * 0.9 + 1 * 0.1) / 4)


def test_more_than_the_target_does_not_pay_for_another_key_result() -> None:
    _, status = rolled_up({"K1": (10, 20, 30, 40), "K2": BAD})
    assert status.at["O1", "score"] == pytest.approx((1 + 0.1) / 2)


def test_an_objective_sums_up_what_lies_under_it() -> None:
    known = portfolio(
        objectives=[objective("O1", 1), objective("O2", parent_id="O1")],
        key_results=[key_result("K1", "O2")],
        checkins=monthly(*BAD),
    )
    goals = okr.goals(known)
    status = okr.objective_status(goals, okr.key_results(known, goals)).set_index("objective_id")
    assert status["worst"].to_list() == ["will_miss", "will_miss"]


def test_a_key_result_outlives_the_clock_change_day() -> None:
    kr = key_result("K1", **{**YEAR, "to": "2026-10-25"})
    assert results("2026-10-25", key_results=[kr], checkins=monthly(9)).at["K1", "time_gone_share"] == 1
