"""What is said of value and funding on a few rows: the order, the words, and the ends of what is told."""

import pandas as pd
import pytest
from planted import LIMITS
from planted_value import advice, axes, benefits

from vmo_helpers.findings import funding, transition, value
from vmo_helpers.portfolio import Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.vocabulary import Office, Severity


def test_what_nobody_measured_is_told_with_the_largest_plan_first() -> None:
    whole, *each = value.not_measured(benefits((2, None, 2), (9, None, 9), (1, 1, 1), (5, None, 5)))
    assert whole.sentence == "3 benefits are due a value that nobody measured"
    assert [one.subject for one in each] == ["B1", "B3", "B0"]


@pytest.mark.parametrize(
    ("verdicts", "said", "severity"),
    [
        (["stop", "fund", "fund"], "Stop 1, fund 2 of 3 items in progress", Severity.ALARM),
        (["pivot", "continue", "cannot_say"], "Pivot 1, continue 1 of 3 items in progress", Severity.WARNING),
        (["continue"], "Continue 1 of 1 item in progress", Severity.NOTE),
    ],
)
def test_recommendations_are_counted_in_the_order_of_what_they_ask(
    verdicts: list[str], said: str, severity: Severity
) -> None:
    whole, *each = advice(*verdicts)
    assert whole.sentence.partition(":")[0].partition(";")[0] == said
    assert (whole.severity, len(each)) == (
        severity,
        sum(word in ("stop", "pivot", "fund") for word in verdicts),
    )
    assert whole.sentence.endswith("; 1 cannot be judged") == ("cannot_say" in verdicts)


@pytest.mark.parametrize(
    ("shares", "aside"), [([0.2, 0.4, 0.6], "; by quarter 20 % (Q0) to 60 % (Q2)"), ([0.2], ""), ([], "")]
)
def test_money_for_streams_is_told_from_the_first_to_the_last_quarter(
    shares: list[float], aside: str
) -> None:
    budgets = pd.DataFrame(
        {"funding_type": ["project", "value_stream"], "in_window": [1.0, 3.0]}, index=[2, 3]
    )
    quarters = pd.DataFrame({"value_stream_share": shares, "quarter": [f"Q{n}" for n in range(len(shares))]})
    said = funding.value_streams(budgets, quarters, LIMITS).sentence
    assert said == "75 % of the window's money funds value streams" + aside


@pytest.mark.parametrize(("third", "severity"), [(0.5, Severity.ALARM), (0.51, Severity.NOTE)])
def test_an_axis_just_at_its_line_is_one_of_a_pmo(third: float, severity: Severity) -> None:
    signs = pd.DataFrame({"sign": ["project_funding"], "value": [0.2]})
    made = portfolio_of({}, Settings(office=Office.VMO))
    found = transition.rebadged(made, axes(0.5, 0.4, third, 0.9), signs, 0.5, LIMITS)
    assert (found.severity, found.value) == (severity, 3 if third == 0.5 else 2)
    pmo = transition.rebadged(portfolio_of({}, Settings(office=Office.PMO)), axes(0.5), signs, 0.5, LIMITS)
    assert (pmo.severity, pmo.value, pmo.n) == (Severity.NOTE, None, 0)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.36, 0.63, 0.55), "36 % (Q0) to 63 % (Q1) to 55 % (Q2)"),
        ((0.36, 0.599, 0.55), "36 % (Q0) to 55 % (Q2)"),
        ((0.36, 0.20, 0.55), "36 % (Q0) to 20 % (Q1) to 55 % (Q2)"),
        ((0.36, 0.55), "36 % (Q0) to 55 % (Q1)"),
        ((None, 0.9, 0.36, 0.55), "90 % (Q1) to 36 % (Q2) to 55 % (Q3)"),
    ],
)
def test_a_quarter_far_outside_of_the_first_and_the_last_is_told(
    shares: tuple[float | None, ...], said: str
) -> None:
    budgets = pd.DataFrame({"funding_type": ["project", "value_stream"], "in_window": [0.42, 0.58]})
    quarters = pd.DataFrame({"quarter": [f"Q{n}" for n in range(len(shares))], "value_stream_share": shares})
    found = funding.value_streams(budgets, quarters.astype({"value_stream_share": float}), LIMITS)
    assert found.sentence.partition("by quarter ")[2] == said


def test_of_streams_that_projects_fund_the_one_with_the_most_money_is_told_first() -> None:
    money = {"A": 1.0, "B": 3.0, "C": 2.0}
    named = pd.DataFrame({"value_stream_id": list(money), "value_stream": list(money)})
    rows = pd.DataFrame(
        {"funding_type": "project", "value_stream_id": list(money), "in_window": money.values()}
    )
    whole, *each = funding.project_funded(rows, named, LIMITS)
    assert (whole.value, [one.subject for one in each]) == (3, ["B", "C", "A"])


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        ([150.0], "1 of 1 stream spends over 110 % of its budget to date"),
        ([150.0, 50.0], "1 of 2 streams spends over 110 % of its budget to date; all together 100 %"),
        ([110.0, 90.0], "None of 2 streams spends over 110 % of its budget to date"),
    ],
)
def test_what_streams_spent_all_together_is_told_beside_what_one_of_several_overspent(
    spent: list[float], said: str
) -> None:
    rows = pd.DataFrame({"spend": spent, "budget": 100.0}).assign(value_stream=None)
    rows = rows.assign(value_stream_id=[f"S{n}" for n in range(len(spent))], spent_share=rows["spend"] / 100)
    assert funding.over_budget(rows, LIMITS)[0].sentence == said
