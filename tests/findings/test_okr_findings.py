"""What alignment tells a board: the sentence, the number, the threshold, and when nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from okr_small import YEAR, aligned, checkins, epic, key_result, link, objective, portfolio

from vmo_helpers.findings import Finding, headline
from vmo_helpers.findings import okr as findings
from vmo_helpers.findings.saying import beside_line
from vmo_helpers.measures import okr
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity, Verdict

LIMITS = Thresholds()


def judged(read: okr.Alignment, limits: Thresholds = LIMITS) -> Finding:
    return findings.alignment(read, okr.ladder(read), limits)


def booked(item: str, amount: float) -> dict[str, Any]:
    return {"period": "2026-03-01", "amount": amount, "item_id": item}


PROMISE = {"expected_delta": 2, "due": "2026-12-31"}


@pytest.fixture(scope="module")
def fifth() -> okr.Alignment:
    """Five epics: four serve the top goal, one of them with a promise; the fifth cost as much as all the
    others, and serves nothing."""
    work = [epic(f"E{n}", team="Till") for n in range(5)] + [
        epic("X1", work_type="enabler"),
        epic("X2", work_type="debt"),
        epic("X3", work_type="debt"),
    ]
    return aligned(
        work_items=work,
        objectives=[objective("O1", 1, weight=70), objective("O2", 2, weight=30)],
        key_results=[key_result("K1")],
        links=[link("E0", "K1", **PROMISE), link("E1", "K1"), link("E2", "O1"), link("E3", "O1")],
        spend=[*[booked(f"E{n}", 100_000) for n in range(4)], booked("E4", 400_000)],
    )


def test_count_and_money_stand_side_by_side_in_the_headline(fifth: okr.Alignment) -> None:
    found = judged(fifth)
    assert (
        found.sentence
        == "80 % tagged, 80 % serve a top-three goal (50 % of the spend), 20 % with a contribution"
    )
    assert (found.severity, found.value, found.threshold, found.threshold_name) == (
        Severity.WARNING,
        0.8,
        0.8,
        "okr_alignment_share",
    )
    assert found.clears_when == "the money follows: at least 80 % of it"


def test_under_the_line_the_headline_says_how_many_items_are_short(fifth: okr.Alignment) -> None:
    found = judged(fifth, replace(LIMITS, okr_alignment_share=0.85))
    assert found.sentence.endswith("; 1 epic short of 85 %")
    assert (found.severity, found.details["items_short"]) == (Severity.ALARM, 1)
    assert found.evidence[0].rows == (6,)  # the fifth epic


def test_the_denominator_and_what_stands_apart_are_said(fifth: okr.Alignment) -> None:
    assert (
        findings.denominator(fifth).sentence
        == "5 feature epics in progress are counted; 3 items stand apart: 2 debt and 1 enabler"
    )
    assert judged(fifth).details["excluded"] == {"debt": 2, "enabler": 1}


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.7996, "79.96 %"),
        (0.8, "80 %"),
        (0.804, "80.4 %"),
        (0.79, "79 %"),
        (0.5, "50 %"),
        (0.79999999, "just under 80 %"),
    ],
)
def test_a_share_that_misses_the_line_never_reads_like_it(share: float, said: str) -> None:
    assert beside_line(share, 0.8) == said


def test_nothing_in_progress_is_not_available_and_neither_nothing_nor_all() -> None:
    read = aligned(work_items=[epic("E1", finished_at="2026-06-01")], links=[link("E1", "O1")])
    found = judged(read)
    assert (found.severity, found.value) == (Severity.UNKNOWN, None)
    assert found.sentence == "No conclusion on alignment: no epic of work type feature is in progress"


def test_a_starving_goal_is_named_with_its_intent_and_its_money(fifth: okr.Alignment) -> None:
    named = {one.subject: one.sentence for one in findings.starvation(fifth, okr.starvation(fifth), LIMITS)}
    assert named == {  # half of the money serves no goal, so both starve, the hungriest first
        "O2": "“Objective O2” carries 30 % of intent, 0 % of money",
        "O1": "“Objective O1” carries 70 % of intent, 50 % of money",
    }


def test_a_gap_of_exactly_the_threshold_starves_and_one_below_does_not(fifth: okr.Alignment) -> None:
    frame = okr.starvation(fifth).assign(
        spend_gap=[LIMITS.okr_starvation_points, LIMITS.okr_starvation_points - 0.001]
    )
    assert [one.subject for one in findings.starvation(fifth, frame, LIMITS)] == ["O1"]
    calm = findings.starvation(fifth, frame.assign(spend_gap=0.0), LIMITS)
    assert [(one.severity, one.sentence) for one in calm] == [
        (Severity.GOOD, "No goal gets 15 points less of money than of intent")
    ]


def test_without_weights_nobody_is_said_to_starve() -> None:
    read = aligned(links=[link("E1", "O1")])
    [found] = findings.starvation(read, okr.starvation(read), LIMITS)
    assert (found.severity, found.sentence) == (
        Severity.UNKNOWN,
        "No conclusion on starving goals: no objective that holds the day bears a weight",
    )


def test_spend_without_a_goal_is_said_in_money_with_what_cannot_be_traced(fifth: okr.Alignment) -> None:
    found = findings.unaligned_spend(fifth, okr.money(fifth), LIMITS)
    assert (found.sentence, found.money, found.severity) == (
        "EUR 400 k serves no goal, 50 % of the traceable spend",
        400_000,
        Severity.ALARM,
    )
    assert found.evidence[0].rows == (6,)


def test_orphans_are_counted_first_and_then_named(fifth: okr.Alignment) -> None:
    first, each = findings.orphan_items(fifth, okr.orphan_items(fifth), LIMITS)
    assert first.sentence == "1 of 5 feature epics in progress serves no goal"
    assert (each.id, each.sentence, each.money) == (
        "okr.orphan_item:E4",
        "“Epic E4” serves no goal (EUR 400 k spent)",
        400_000,
    )


def test_an_orphan_on_which_nothing_was_spent_bears_no_money() -> None:
    read = aligned(work_items=[epic("E1"), epic("E2")], links=[link("E1", "O1")], spend=[booked("E2", 0)])
    first, each = findings.orphan_items(read, okr.orphan_items(read), LIMITS)
    assert (first.sentence, first.money) == ("1 of 2 feature epics in progress serves no goal", None)
    assert (each.sentence, each.money) == ("“Epic E2” serves no goal", None)
    read = aligned(work_items=[epic("E1"), epic("E2")], links=[link("E1", "O1")], spend=[booked("E2", 1)])
    first, each = findings.orphan_items(read, okr.orphan_items(read), LIMITS)
    assert first.sentence.endswith("serves no goal")
    assert (first.money, each.money, each.n) == (None, 1, 1)


def test_goals_without_work_are_counted_and_named(fifth: okr.Alignment) -> None:
    first, each = findings.goals_without_work(fifth, okr.goal_work(fifth))
    assert first.sentence == "1 of 2 objectives has no work in progress"
    assert (each.id, each.sentence) == (
        "okr.objective_without_work:O2",
        "Nobody works on the objective “Objective O2”",
    )


def test_everything_that_maps_to_one_goal_is_one_effective_goal(fifth: okr.Alignment) -> None:
    found = findings.over_mapping(fifth, okr.goal_spread(fifth), LIMITS)
    assert (
        found.sentence == "Every link goes to “Objective O1”: 1 effective goal of 2; 1 feature epic has none"
    )
    assert found.severity == Severity.NOTE  # 1 of 2 is not under half


def test_links_that_spread_over_fewer_than_half_of_the_goals_warn() -> None:
    spread = pd.DataFrame(
        {
            "objective_id": list("abc"),
            "title": ["Growth", "Trust", "Speed"],
            "links": [18, 1, 1],
            "link_share": [0.9, 0.05, 0.05],
        }
    )
    found = findings.over_mapping(aligned(links=[link("E1", "O1")]), spread, LIMITS)
    assert found.sentence == "90 % of all links go to “Growth”: 1.2 effective goals of 3"
    assert found.severity == Severity.WARNING


def test_a_key_result_promised_more_than_one_and_a_half_times_over_is_named() -> None:
    frame = pd.DataFrame(
        {
            "kr_id": ["K1", "K2", "K3"],
            "title": ["Kept", "Just", "Open"],
            "promised_share": [1.8, 1.5, np.nan],
            "promising_items": [4, 3, 0],
        },
        index=pd.Index([2, 3, 4], name="row"),
    )
    [found] = findings.over_promised(frame, LIMITS)
    assert found.sentence == "“Kept” is promised 1.8 times over by 4 items"
    assert found.evidence[0].rows == (2,)
    assert findings.over_promised(frame.iloc[2:], LIMITS)[0].severity == Severity.UNKNOWN


def test_an_item_that_claims_more_than_three_key_results_is_named() -> None:
    krs = [key_result(f"K{n}") for n in range(4)]
    read = aligned(
        work_items=[epic("E1"), epic("E2")],
        key_results=krs,
        links=[link("E1", f"K{n}") for n in range(4)] + [link("E2", f"K{n}") for n in range(3)],
    )
    [found] = findings.over_mapped_items(read, LIMITS)
    assert (found.subject, found.sentence) == ("E1", "“Epic E1” claims 4 key results")
    three = [link("E1", f"K{n}") for n in range(3)] + [link("E2", "K0")]
    read = aligned(work_items=[epic("E1"), epic("E2")], key_results=krs, links=three)
    [calm] = findings.over_mapped_items(read, LIMITS)
    assert (calm.severity, calm.value) == (Severity.GOOD, 3)


def test_what_a_team_pulls_is_said_from_five_starts_on(fifth: okr.Alignment) -> None:
    pulled = okr.pulled_against_wanted(fifth)  # of 5 starts 4 for the goal that is wanted at 70 %, 1 for none
    [calm] = findings.pulled_against_wanted(fifth, pulled, LIMITS)
    assert (calm.severity, calm.sentence) == (
        Severity.GOOD,
        "No team started 25 points more for a goal than is wanted",
    )
    loud = findings.pulled_against_wanted(fifth, pulled, replace(LIMITS, okr_pulled_points=0.1))
    assert [one.sentence for one in loud] == [
        "Till started 20 % for no goal",
        "Till started 80 % for “Objective O1”, wanted 70 %",
    ]
    few = okr.pulled_against_wanted(fifth).assign(n=4)
    assert findings.pulled_against_wanted(fifth, few, LIMITS)[0].severity == Severity.UNKNOWN


def results(*verdicts: str) -> pd.DataFrame:
    """Key results with a verdict each, as the rule reads them."""
    n = len(verdicts)
    return pd.DataFrame(
        {
            "kr_id": [f"K{i}" for i in range(n)],
            "title": [f"Result {i}" for i in range(n)],
            "verdict": list(verdicts),
            "progress": 0.4,
            "needed": 1.0,
            "expected": 0.5,
            "projected": 0.6,
            "projected_low": 0.5,
            "projected_high": 0.7,
            "overdue_days": 9.0,
            "values_in_period": 5,
            "not_measured_because": [None if v != Verdict.NOT_MEASURED else "no value yet" for v in verdicts],
        },
        index=pd.RangeIndex(2, n + 2, name="row"),
    )


def test_the_worst_key_results_are_counted_and_never_averaged_away() -> None:
    rows = results(*[Verdict.ON_TRACK] * 4, *[Verdict.WILL_MISS] * 4, *[Verdict.NOT_MEASURED] * 3)
    first, *each = findings.key_results(rows)
    assert (first.sentence, first.severity) == ("4 key results will miss, 3 are not measured", Severity.ALARM)
    assert len(each) == 7
    assert each[0].sentence == "“Result 4” is heading for between 50 and 70 %; 100 % of its target is needed"


def test_a_key_result_that_loses_to_its_opposite_is_told_with_it() -> None:
    rows = results(Verdict.ON_TRACK, Verdict.WILL_MISS, Verdict.MISSED, Verdict.WILL_MISS, Verdict.AT_RISK)

    def said(*pairs: tuple[str, str]) -> str:
        both = pd.DataFrame(pairs, columns=["kr_id", "other_kr_id"])
        return headline(findings.key_results(rows, both)).partition("at risk")[2]

    assert (
        said(("K0", "K1"))
        == said(("K1", "K0"))
        == "; 1 of those that miss loses to an opposite that is on track"
    )
    assert said(("K0", "K1"), ("K0", "K2")) == "; 2 of those that miss lose to an opposite that is on track"
    assert said(("K1", "K3"), ("K0", "K4"), ("K9", "K0")) == said() == ""


def test_four_on_track_and_one_off_track_do_not_read_as_on_track() -> None:
    assert (
        headline(findings.key_results(results(*[Verdict.ON_TRACK] * 4, Verdict.MISSED)))
        == "1 key result has missed"
    )


def test_unmeasured_key_results_are_unknown_and_never_calm() -> None:
    [first, *each] = findings.key_results(results(Verdict.NOT_MEASURED, Verdict.NOT_MEASURED))
    assert (first.sentence, first.severity) == ("None of 2 key results is measured", Severity.UNKNOWN)
    assert all(one.severity == Severity.UNKNOWN for one in each)


def test_a_calm_row_of_key_results_says_so_and_what_is_too_early() -> None:
    [found] = findings.key_results(results(Verdict.ON_TRACK, Verdict.ACHIEVED, Verdict.TOO_EARLY))
    assert (found.sentence, found.severity) == (
        "2 of 3 key results are on track; for 1 it is too early to say",
        Severity.GOOD,
    )


def test_key_results_without_an_end_are_neither_on_track_nor_a_worry() -> None:
    [found] = findings.key_results(results(Verdict.ON_TRACK, Verdict.NO_END))
    assert (found.sentence, found.severity) == (
        "1 of 2 key results is on track; 1 has no end, and so no pace",
        Severity.GOOD,
    )
    assert findings.key_results(results(Verdict.NO_END))[0].severity == Severity.UNKNOWN


def test_no_key_results_at_all_is_no_conclusion() -> None:
    assert findings.key_results(results())[0].severity == Severity.UNKNOWN


def test_an_objective_reads_with_its_score_how_much_is_measured_and_the_worst() -> None:
    known = portfolio(
        key_results=[key_result("K1"), key_result("K2")], checkins=checkins("K1", ("2026-10-20", 5))
    )
    goals = okr.goals(known)
    [found] = findings.objectives(okr.objective_status(goals, okr.key_results(known, goals)))
    assert (found.sentence, found.severity) == (
        "“Objective O1”: score 0.5, 1 of 2 measured, worst not measured",
        Severity.UNKNOWN,
    )


def test_a_goal_changed_after_its_end_is_said_with_both_values() -> None:
    quarter = {"from": "2026-07-01", "to": "2026-09-30"}
    change = {
        "table": "key_results",
        "key": "K1",
        "column": "target",
        "old_value": "97",
        "changed_at": "2026-10-12T09:00",
    }
    read = aligned(
        objectives=[objective("O1", 1)],
        key_results=[key_result("K1", target=96, **quarter)],
        plan_changes=[change],
        links=[link("E1", "O1")],
    )
    [found] = findings.late_edits(read, okr.late_edits(read.portfolio, read.goals))
    assert (
        found.sentence == "“Key result K1” was changed after its end: target from 97 to 96 on 12 October 2026"
    )


def test_without_a_record_of_changes_nobody_says_that_nothing_was_changed() -> None:
    read = aligned(links=[link("E1", "O1")])
    assert (
        findings.late_edits(read, okr.late_edits(read.portfolio, read.goals))[0].severity == Severity.UNKNOWN
    )


def test_goals_at_odds_and_goals_of_one_department_are_named() -> None:
    read = aligned(
        work_items=[epic("E1", team="Till")],
        teams=[{"team": "Till", "department": "Stores"}],
        links=[link("E1", "K1")],
        metrics=[
            {
                "metric_id": "M1",
                "name": "Free returns",
                "unit": "%",
                "direction": "maintain",
                "kind": "outcome",
            }
        ],
        key_results=[
            key_result("K1", metric_id="M1"),
            key_result("K2", metric_id="M1", type="decrease", baseline=9, target=4),
        ],
    )
    [pair] = findings.conflicting_goals(read, okr.conflicting(read.goals))
    assert (pair.subject, pair.sentence) == (
        "K1|K2",
        "“Key result K1” and “Key result K2” pull “Free returns” both ways",
    )
    assert pair.evidence[0].rows == (2, 3)
    first, each = findings.siloed_goals(okr.served_by(read))
    assert first.sentence == "1 of 1 key result in work is served by one department alone"
    assert each.sentence == "“Key result K1” is served by Stores alone"


@pytest.mark.parametrize(("named", "severity"), [(1, Severity.UNKNOWN), (2, Severity.GOOD)])
def test_goals_are_at_odds_or_not_once_two_key_results_name_a_metric(named: int, severity: Severity) -> None:
    metrics = [
        {"metric_id": f"M{n}", "name": f"M{n}", "unit": "%", "direction": "increase", "kind": "outcome"}
        for n in range(2)
    ]
    goals = [key_result(f"K{n}", metric_id=f"M{n}" if n < named else None) for n in range(2)]
    read = aligned(metrics=metrics, key_results=goals)
    [found] = findings.conflicting_goals(read, okr.conflicting(read.goals))
    assert (found.severity, found.n) == (severity, named)


def test_the_line_of_sight_is_said_with_where_it_breaks(fifth: okr.Alignment) -> None:
    found = findings.line_of_sight(fifth, okr.coverage(fifth), LIMITS)
    assert found.sentence.startswith(
        "40 % of 5 feature epics lead through a key result to an enterprise objective; the line breaks "
        "most often at the key result"
    )
    assert found.severity == Severity.WARNING


@pytest.mark.parametrize(
    ("delivered", "said"),
    [
        (0, "No conclusion on what moved: nothing was delivered in the window"),
        (2, "0 of 2 delivered feature epics moved their key result; 2 promised none"),
    ],
)
def test_what_was_delivered_without_a_promise_moved_nothing(delivered: int, said: str) -> None:
    work = [
        epic("E9"),
        *[epic(f"E{n}", delivered_at="2026-06-01", finished_at="2026-06-01") for n in range(delivered)],
    ]
    read = aligned(work_items=work, key_results=[key_result("K1")], links=[link("E9", "K1")])
    assert findings.moved(read, okr.moved_items(read)).sentence == said


def test_a_hostile_title_is_text_and_cut_to_a_readable_length() -> None:
    title = "</script><script>alert(1)</script> " + "x" * 200
    read = aligned(work_items=[epic("E1", title=title), epic("E2")], links=[link("E2", "O1")])
    each = findings.orphan_items(read, okr.orphan_items(read), LIMITS)[1]
    assert each.sentence.startswith("“</script><script>alert(1)</script>")
    assert len(each.sentence) < 90


def test_every_finding_names_its_rule_and_can_be_written_as_json(fifth: okr.Alignment) -> None:
    import json

    found = [
        judged(fifth),
        findings.denominator(fifth),
        findings.unaligned_spend(fifth, okr.money(fifth), LIMITS),
        *findings.over_mapped_items(fifth, LIMITS),
    ]
    assert all(one.rule.startswith("okr.") for one in found)
    assert json.loads(json.dumps([one.as_json() for one in found], allow_nan=False))


def test_a_portfolio_without_goals_can_still_be_asked_everything() -> None:
    ended = objective("O1", 1, **{**YEAR, "to": "2026-03-31"})
    read = aligned(objectives=[ended], links=[link("E1", "O1")])
    every = [
        judged(read),
        *findings.starvation(read, okr.starvation(read), LIMITS),
        findings.unaligned_spend(read, okr.money(read), LIMITS),
        *findings.orphan_items(read, okr.orphan_items(read), LIMITS),
        *findings.goals_without_work(read, okr.goal_work(read)),
        findings.line_of_sight(read, okr.coverage(read), LIMITS),
        findings.over_mapping(read, okr.goal_spread(read), LIMITS),
        *findings.over_promised(okr.promised(read), LIMITS),
        *findings.pulled_against_wanted(read, okr.pulled_against_wanted(read), LIMITS),
        *findings.siloed_goals(okr.served_by(read)),
        *findings.conflicting_goals(read, okr.conflicting(read.goals)),
        *findings.key_results(okr.key_results(read.portfolio, read.goals)),
    ]
    assert {one.severity for one in every} == {Severity.UNKNOWN}
    assert okr.item_goals(read).empty
    assert okr.line_of_sight(read)["broken_at"].to_list() == ["goal"]
