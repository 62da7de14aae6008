"""What each notebook needs at the least and what makes it say more: the last table of the data contract."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Needs:
    """``least``: without these tables a notebook has nothing to say; ``better``: what it would say more
    with."""

    least: tuple[str, ...]
    better: tuple[str, ...]


NEEDS: dict[str, Needs] = {
    "flow_analysis": Needs(
        ("work_items", "transitions", "states"), ("value_streams", "blockers", "spend", "teams")
    ),
    "watermelon_metrics": Needs(
        ("work_items",),
        (
            "status_reports",
            "benefits",
            "metrics",
            "observations",
            "targets",
            "transitions",
            "states",
            "spend",
            "surveys",
            "pi_objectives",
            "checkins",
            "links",
            "plan_changes",
        ),
    ),
    "okr_alignment": Needs(
        ("work_items", "objectives", "links"),
        (
            "key_results",
            "checkins",
            "metrics",
            "observations",
            "budgets",
            "spend",
            "transitions",
            "states",
            "teams",
        ),
    ),
    "value_and_funding": Needs(
        ("work_items",),
        (
            "benefits",
            "realisations",
            "observations",
            "budgets",
            "spend",
            "criteria_scores",
            "risks",
            "dependencies",
            "surveys",
            "pi_objectives",
        ),
    ),
    "portfolio_review": Needs((), ("decisions",)),
}


def missing(notebook: str, present: frozenset[str]) -> list[str]:
    """The tables that the notebook would use and does not have, the indispensable ones first; none for an
    unknown notebook."""
    needs = NEEDS.get(notebook, Needs((), ()))
    return [table for table in needs.least + needs.better if table not in present]
