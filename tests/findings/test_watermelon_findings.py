"""Every flag explains itself; what cannot be said is said; the judgement is stable, harmless text, and names
no person."""

import json
from typing import Any

import pandas as pd
import pytest
from outcomes_small import (
    GREEN,
    LIMITS,
    RED,
    benefit,
    calm,
    epic,
    inside_of,
    metric,
    portfolio,
    readings,
    report,
)

from vmo_helpers.findings import headline
from vmo_helpers.findings import watermelon as judge
from vmo_helpers.measures import flow, outcomes, satisfaction, status
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import review_window


def judged(made: Portfolio) -> pd.DataFrame:
    """The items with the index that the measure gives them: their rows in the file."""
    return status.items(made, flow.read(made), inside_of(made), LIMITS)


def flags(made: Portfolio) -> list[Finding]:
    assert made.as_of is not None
    inside = inside_of(made)
    items = judged(made)
    return judge.watermelons(made, items, outcomes.tests(inside, made.as_of, LIMITS), inside, LIMITS, "epic")


def red_epic(**more: Any) -> Portfolio:
    tables: dict[str, Any] = {
        "work_items": [epic(title="Kiosk refresh")],
        "metrics": [metric(name="Orders per kiosk", unit="orders")],
        "benefits": [benefit(planned_value=900_000)],
        "observations": readings(RED),
        "status_reports": [report(at="2025-09-17"), report()],
    }
    return portfolio(**{**tables, **more})


def test_the_headline_counts_the_greens_that_are_red_inside_and_their_money() -> None:
    found = flags(red_epic())
    assert headline(found) == "1 of 1 green epic is red inside (EUR 900 k)"
    assert found[0].severity is Severity.ALARM
    assert (found[0].value, found[0].n, found[0].money) == (1, 1, 900_000)
    assert found[0].details["watermelon"] == 1


def test_a_flag_answers_every_why() -> None:
    flag = flags(red_epic())[1]
    assert flag.id == "watermelon.watermelon:E1"
    assert (
        flag.sentence
        == "“Kiosk refresh” is reported green since 17 September, yet “Orders per kiosk” stands at 11 % "
        "of the planned change"
    )
    assert (flag.threshold, flag.threshold_name, flag.unit) == (0.8, "attainment_line", "share")
    answers = judge.why(flag).set_index("question")["answer"].to_dict()
    assert answers == {
        "Outside": "Reported green since 17 September",
        "Inside": "“Orders per kiosk” stands at 11 % of the planned change, between 6 and 16 %",
        "Seen by": "business",
        "Last value": "10 orders on 15 December, from a baseline of 0 towards 100",
        "Red since": "15 August",
        "Due": "30 September, 92 days ago",
        "At stake": "EUR 900 k of planned value",
        "Delivery facts say": "no plan to compare with",
        "Beside it": "nothing",
        "Missing": "nothing",
        "Would clear it": "a report of amber or red; or “Orders per kiosk” at 80 orders or above (80 % "
        "of the planned change) over its latest readings",
    }
    assert flag.clears_when == answers["Would clear it"]


def test_a_flag_names_its_rows_by_table() -> None:
    evidence = {part.table: part.rows for part in flags(red_epic())[1].evidence}
    assert evidence == {
        "work_items": (2,),
        "status_reports": (3,),
        "benefits": (2,),
        "observations": (21, 22, 23, 24, 25),
    }


def test_the_loudest_and_costliest_come_first() -> None:
    made = portfolio(
        work_items=[epic(f"E{k}") for k in range(5)],
        metrics=[metric(f"M{k}") for k in range(4)],
        benefits=[
            benefit(f"B{k}", f"E{k}", f"M{k}", planned_value=value)
            for k, value in enumerate((10, 30, 20, 40))
        ],
        observations=[row for k in range(3) for row in readings(RED, f"M{k}")] + readings(GREEN, "M3"),
        status_reports=[report(item_id=f"E{k}") for k in range(5)],
    )
    found = flags(made)
    assert [flag.subject for flag in found] == ["portfolio", "E1", "E2", "E0"]
    assert headline(found) == "3 of 5 green epics are red inside (EUR 60); 1 more cannot be tested"


def test_without_a_report_the_flag_says_that_delivery_facts_speak() -> None:
    made = red_epic(status_reports=[], work_items=[epic(title="Kiosk", planned_end="2024-12-20")])
    flag = flags(made)[1]
    assert "green by delivery facts, without a report" in flag.sentence
    assert flag.missing == ("status report",)


def test_a_plan_that_jumps_is_said_on_the_flag() -> None:
    flag = flags(red_epic(benefits=[benefit(due="2025-02-01")]))[1]
    assert "due lies on or before" in judge.why(flag)["answer"].iloc[0]


def test_no_watermelon_is_good_news_with_what_else_the_greens_are() -> None:
    found = flags(red_epic(observations=readings(GREEN)))
    assert [flag.severity for flag in found] == [Severity.GOOD]
    assert found[0].sentence == "None of 1 green epic is red inside: 1 sound"


def test_greens_that_nothing_tests_leave_no_conclusion() -> None:
    found = flags(red_epic(benefits=[], observations=[]))
    assert (found[0].severity, found[0].value) == (Severity.UNKNOWN, None)
    assert found[0].sentence == "No conclusion: none of 1 green epic can be tested"
    assert flags(portfolio())[0].severity is Severity.NOTE


def test_what_is_too_noisy_to_call_is_watched_not_accused() -> None:
    noisy = readings(calm([0, 0, 10, 30, 10, 40, 20, 75, 40, 85, 40, 80], noise=20))
    found = judge.watch(red_epic(), judged(red_epic(observations=noisy)), LIMITS, "epic")
    assert found[0].severity is Severity.NOTE
    assert found[0].sentence == "1 green epic might be red inside: the data do not settle it"
    assert found[1].sentence.endswith("too noisy to call")


def test_an_interval_under_the_line_is_not_called_noisy_where_tests_share_the_item() -> None:
    short = readings(calm([0, 0, 5, 20, 25, 35, 45, 56, 72, 78, 68, 76]))
    two = {
        "metrics": [metric(), metric("M2")],
        "benefits": [benefit(), benefit("B2", metric_id="M2")],
        "observations": [*short, *readings(GREEN, "M2")],
    }
    items = judged(red_epic(**two))
    [row] = items.to_dict("records")
    assert row["high"] < LIMITS.attainment_line and 0.05 <= row["p_value"] < 0.2
    [_, watched] = judge.watch(red_epic(**two), items, LIMITS, "epic")
    [_, open_] = judge.open_inside(items, LIMITS, "epic")
    for finding in (watched, open_):
        assert finding.sentence.endswith(": under the line by itself, not shown by its 2 tests together")
    alone = judged(red_epic(observations=short))
    assert alone["label"].tolist() == ["watermelon"]


def test_a_flag_says_that_several_tests_share_the_item() -> None:
    two = {
        "metrics": [metric(), metric("M2")],
        "benefits": [benefit(), benefit("B2", metric_id="M2")],
        "observations": [*readings(RED), *readings(GREEN, "M2")],
    }
    answers = judge.why(flags(red_epic(**two))[1]).set_index("question")["answer"]
    assert answers["Tests"] == "1 other test of it; it is judged by all of them together"
    assert "Tests" not in judge.why(flags(red_epic())[1])["question"].tolist()


def test_a_green_that_cannot_be_tested_is_a_finding_of_its_own() -> None:
    made = red_epic(benefits=[benefit(lag_days=None, planned_value=5)])
    items = judged(made)
    found = judge.unknown_inside(made, items, status.missing_elements(items), "epic")
    assert all(flag.severity is Severity.UNKNOWN for flag in found)
    assert found[0].sentence == "1 green epic cannot be tested (EUR 5): 1 for want of a lag"
    assert found[1].missing == ("lag",)
    assert found[1].clears_when == "state how many days after delivery an effect can show first"


def everything(made: Portfolio) -> list[Finding]:
    """Every finding of the topic, on one portfolio."""
    assert made.as_of is not None
    window = review_window(made.as_of, None, made.settings.timezone)
    log = flow.read(made)
    inside = outcomes.read(made, log, attainment_line=LIMITS.attainment_line)
    items = status.items(made, log, inside, LIMITS)
    facts = status.delivery(made, log, LIMITS)
    asked = [satisfaction.answers(made, each, by="value_stream_id") for each in (window, window.before)]
    parts: list[Finding | list[Finding]] = [
        judge.watermelons(made, items, outcomes.tests(inside, made.as_of, LIMITS), inside, LIMITS, "epic"),
        judge.open_inside(items, LIMITS, "epic"),
        judge.moved_goalposts(made, items, LIMITS, "epic"),
        judge.watch(made, items, LIMITS, "epic"),
        judge.unknown_inside(made, items, status.missing_elements(items), "epic"),
        judge.shrunk(items, LIMITS, "epic"),
        judge.self_contradicting(items, "epic"),
        judge.delivery_contradicts(items, LIMITS, "epic"),
        judge.stale(items, LIMITS, "epic"),
        judge.opinion_only(items, LIMITS, "epic"),
        judge.frozen(made, items, LIMITS, "epic"),
        judge.plan_aged(items, LIMITS, "epic"),
        judge.coverage(status.coverage(made, log, inside, stale_rhythms=2, by="team"), LIMITS, "epic"),
        judge.loose_ends(status.loose_ends(made, log, inside), made),
        judge.vanity_metrics(made, status.vanity_metrics(made)),
        judge.fake_agility(status.fake_agility(made, log, flow.items(log, window), window), LIMITS),
        judge.estimate_accuracy(status.estimate_accuracy(made, log, facts), LIMITS, "epic"),
        judge.usage_drops(made, outcomes.usage_drops(made, inside, usage_drop_observations=3), LIMITS),
        judge.satisfaction_drops(
            made, satisfaction.drops(*asked, satisfaction_drop_p=0.05, smallest_n_answers=30), LIMITS
        ),
    ]
    return [finding for part in parts for finding in (part if isinstance(part, list) else [part])]


BARE = [epic(delivered_at=None)]


@pytest.mark.parametrize(
    "made",
    [
        portfolio(work_items=BARE, metrics=[], benefits=[]),
        portfolio(work_items=[epic(created_at="2027-01-01", delivered_at=None)], metrics=[], benefits=[]),
        portfolio(),
        red_epic(),
    ],
    ids=["one bare item", "no item", "no evidence", "a red one"],
)
def test_every_rule_answers_whatever_there_is(made: Portfolio) -> None:
    found = everything(made)
    assert len({finding.id for finding in found}) == len(found)
    for finding in found:
        assert json.dumps(finding.as_json(), allow_nan=False)
        assert "nan" not in finding.sentence.lower() and "None" not in finding.sentence.replace("None of", "")


def test_where_nothing_is_known_nothing_is_good() -> None:
    calm_ones = [
        finding.rule
        for finding in everything(portfolio(work_items=BARE, metrics=[], benefits=[]))
        if finding.severity is Severity.GOOD
    ]
    assert calm_ones == []


def test_a_title_is_text_and_cut_to_a_readable_length() -> None:
    title = "</script><script>alert(1)</script>" + "long " * 40 + "\u202e"
    flag = flags(red_epic(work_items=[epic(title=title)]))[1]
    assert len(flag.sentence) < 220 and "\u202e" not in flag.sentence


def test_rows_that_lead_nowhere_are_named_with_what_is_done_about_them() -> None:
    made = portfolio(metrics=[metric(), metric("lone")], benefits=[benefit(target=0)])
    found = judge.loose_ends(status.loose_ends(made, flow.read(made), inside_of(made)), made)
    assert [finding.sentence for finding in found] == [
        "Metric of no item: lone (shown nowhere, judged nowhere)",
        "Target equals baseline: B1 (not assessable)",
    ]
    assert found[1].evidence[0].rows == (2,)


def test_estimates_are_called_estimate_accuracy_and_need_five_items() -> None:
    few = pd.DataFrame({"days_late": [3.0] * 4, "cost_ratio": [0.9] * 4, "scope_ratio": [float("nan")] * 4})
    assert judge.estimate_accuracy(few, LIMITS, "epic").severity is Severity.UNKNOWN
    many = pd.concat([few, few], ignore_index=True)
    assert (
        judge.estimate_accuracy(many, LIMITS, "epic").sentence
        == "Estimate accuracy: the median epic came 3 days late at 90 % of its first budget"
    )


def test_three_clocks_count_what_is_deployed_and_never_call_the_unmeasured_done() -> None:
    days = pd.to_datetime(pd.Series(["2026-01-01", "2026-02-01", "2026-03-01", None]), utc=True)
    reached = pd.to_datetime(pd.Series(["2026-01-11", "2026-03-03", None, None]), utc=True)
    clocks = pd.DataFrame(
        {
            "item_id": list("ABCD"),
            "deployed_at": days,
            "adopted_at": reached.where([True, False, False, False]),
            "adoption_known": [True, False, False, False],
            "realisation_known": [True, True, True, False],
        }
    )
    clocks = clocks.assign(realised_at=reached, realisation_days=(reached - days).dt.days)
    clocks = clocks.assign(realisation=["reached", "reached", "not measured", "not measured"])
    told = judge.three_clocks(clocks, LIMITS, "epic")
    assert (
        told.sentence
        == "3 epics are deployed: 2 of 3 whose outcome was read realised it, 1 cannot be judged; 1 of 1 "
        "whose use was read is adopted"
    )
    words = ["reached"] * 5 + ["on plan", "on plan", "behind", "missed", "not yet due"]
    many = pd.concat([clocks.iloc[:1]] * 10).assign(realisation=words)
    many["realised_at"] = many["realised_at"].where(many["realisation"].eq("reached"))
    assert judge.three_clocks(many, LIMITS, "epic").sentence == (
        "10 epics are deployed: 5 of 10 whose outcome was read realised it, half of them within 10 days, 2 "
        "are on plan, 1 is behind, 1 missed it and 1 is not yet due; 10 of 10 whose use was read are adopted"
    )
    assert (told.n, told.value, told.severity) == (3, 2 / 3, Severity.NOTE)
    unread = judge.three_clocks(clocks.assign(adoption_known=False, realisation_known=False), LIMITS, "epic")
    assert (unread.severity, unread.n) == (Severity.UNKNOWN, 3)
    nothing = judge.three_clocks(clocks.iloc[3:], LIMITS, "epic")
    assert nothing.severity is Severity.UNKNOWN and nothing.missing


@pytest.mark.parametrize(("p_value", "n"), [([0.5, None], 1), ([None, None], 0)])
def test_value_by_opinion_is_judged_from_one_scored_item_with_a_tested_outcome_on(
    p_value: list[float | None], n: int
) -> None:
    scored = {"business_value_share": 0.9, "suffixes": "", "item_id": ["E-1", "E-2"], "money": 1.0}
    rows = pd.DataFrame({**scored, "p_value": pd.Series(p_value, dtype="float64")})
    (told,) = judge.opinion_only(rows, LIMITS, "epic")
    if n:
        calm = "No business value by opinion alone (1 epic scored and tested)"
        assert (told.severity, told.n, told.sentence) == (Severity.GOOD, 1, calm)
    else:
        assert told.severity == Severity.UNKNOWN
        assert told.sentence.endswith("no outcome of 2 scored epics can be tested")
