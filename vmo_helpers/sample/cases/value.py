"""Planted cases of value and funding."""

from __future__ import annotations

from vmo_helpers.sample import money, value
from vmo_helpers.sample.story import Story
from vmo_helpers.sample.world import STREAMS, Case


def value_cases(story: Story) -> list[Case]:
    """Predictability, decisions, budgets, teams."""
    return [
        Case(
            "value.predictability",
            [pi for pi, r in value.INCREMENTS.items() if not 0.8 <= r <= 1.0],
            [pi for pi, r in value.INCREMENTS.items() if 0.8 <= r <= 0.85 or 0.97 <= r <= 1.0],
            "business value achieved outside 80–100 % of what was committed",
            details={"ratio": value.INCREMENTS},
        ),
        Case(
            "value.benefit_shortfall",
            [benefit for benefit, share in story.realised_share.items() if share < 0.5],
            [benefit for benefit, share in story.realised_share.items() if 0.5 <= share < 0.75],
            "due in full, and under half of the planned money was realised; the near misses realised up "
            "to three quarters",
            details={"share": {benefit: round(share, 4) for benefit, share in story.realised_share.items()}},
        ),
        Case(
            "value.not_measured",
            [benefit for benefit, measured in story.measured.items() if not measured],
            [benefit for benefit, measured in story.measured.items() if measured],
            "due a value, and nothing realised is on record; the near misses have a row, however small",
        ),
        Case(
            "value.late_decision",
            story.decisions["late"],
            story.decisions["in_time"],
            "decided, due and not done; near misses are done or not yet due",
        ),
        Case(
            "funding.unstable_team",
            ["Personal Offers", "Marketplace Catalogue", "Till & Kiosk"],
            ["Fraud Shield", "Forecasting", "Checkout"],
            "on its stream for less than a year; the near misses moved 13–14 months ago",
        ),
        Case(
            "funding.guardrail",
            ["emerging", "investing"],
            ["evaluating", "extracting", "retiring"],
            "share of the budgets of 2026 more than five points from the portfolio's own split; the near "
            "misses are within 2–4 points",
        ),
        Case(
            "funding.over_budget",
            [STREAMS[c][0] for c in money.OVERSPENT],
            [STREAMS[c][0] for c in money.NEARLY_OVERSPENT],
            "spent over 110 % of the budget of 2026 to date (ten of twelve months); the near misses "
            "spent 100–107 %",
        ),
        Case(
            "funding.project_funded",
            ["VS-STO", "VS-SUP", "VS-DAT"],
            ["VS-PAY", "VS-C2S", "VS-LOY"],
            "most of the money of 2026 funds projects rather than the value stream; Payments funds "
            "projects with a sixth of its own",
        ),
    ]
