"""Four axes of the move, and whether this portfolio needs a PMO, a VMO or both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import among
from vmo_helpers.measures import outcomes
from vmo_helpers.measures.flow.arrays import NEVER, micro
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.portfolio import Settings
from vmo_helpers.results.figure import Figure
from vmo_helpers.vocabulary import MetricKind
from vmo_helpers.window import Window

GOVERNANCE, TRACKING, OPTIMISATION, IMPACT = AXES = ("governance", "tracking", "optimisation", "impact")
TITLES = {
    GOVERNANCE: "Governance → enablement",
    TRACKING: "Project → outcome tracking",
    OPTIMISATION: "Cost control → value optimisation",
    IMPACT: "Delivering → impact",
}
ASSESSMENT = {GOVERNANCE: "governance", TRACKING: "tracking", OPTIMISATION: "control", IMPACT: "impact"}
"""The key of ``[assessment]`` that stands in for an axis without evidence."""
EVIDENCE, ASSESSED = "evidence", "assessed"
CONTRIBUTES = 3  # the rung of alignment with a stated contribution, L3
NEEDS = ("both, a PMO first", "a VMO", "a PMO", "both")
APPROVAL_WAITS = "approval_waits"


def axes(
    portfolio: Portfolio,
    log: FlowLog,
    inside: outcomes.Inside,
    signs: pd.DataFrame,
    latency: pd.DataFrame,
    aligned: pd.DataFrame,
    uses: pd.DataFrame,
    realised: float,
    window: Window,
    *,
    decision_quick_days: float,
) -> pd.DataFrame:
    """One row an axis, from 0 (as a PMO) to 1 (as a VMO).

    ``signs`` as ``status.fake_agility``, ``latency`` as ``flow.decision_latency``, ``aligned`` as the items
    of ``okr.read``, ``uses`` as ``okr.money`` return them; ``realised`` is the share of benefits realised. An
    axis is the mean of its inputs; with one missing the other alone; with both missing what
    ``[assessment]`` says, (answer − 1) ÷ 4, and marked so.

    Columns
        axis: its key
        title: in words
        value (share 0–1): missing without evidence and assessment
        basis: evidence or assessed; missing for neither
        first, second (share 0–1): its inputs; missing where there is nothing to compute them from
        first_is, second_is: what they are
        missing: what there was no evidence of, joined by "; "
    """
    inputs = {
        GOVERNANCE: (
            (_unapproved(signs), "waiting that does not stand before approvals"),
            (
                _quick(latency, window, decision_quick_days),
                f"decisions taken within {decision_quick_days:g} days",
            ),
        ),
        TRACKING: (
            (outcome_metrics_read(portfolio, window), "metrics read that are of outcome or behaviour"),
            (_assessable_share(log, inside, window), "started items with a benefit that can be tested"),
        ),
        OPTIMISATION: (
            (
                _optimised(log, inside, aligned, uses),
                "traceable spend of items with such a benefit or a contribution",
            ),
            (np.nan, ""),
        ),
        IMPACT: (
            (float(np.clip(realised, 0, 1)), "benefits realised of what was planned by now"),
            (np.nan, ""),
        ),
    }
    return pd.DataFrame([_axis(axis, *inputs[axis], portfolio.settings) for axis in AXES])


def _axis(
    axis: str, first: tuple[float, str], second: tuple[float, str], settings: Settings
) -> dict[str, object]:
    known = [value for value, what in (first, second) if what and np.isfinite(value)]
    missing = [what for value, what in (first, second) if what and not np.isfinite(value)]
    said = settings.assessment.get(ASSESSMENT[axis])
    value, basis = (float(np.mean(known)), EVIDENCE) if known else (np.nan, None)
    if not known and said is not None:
        value, basis = (said - 1) / 4, ASSESSED
    return {
        "axis": axis,
        "title": TITLES[axis],
        "value": value,
        "basis": basis,
        "first": first[0],
        "second": second[0],
        "first_is": first[1],
        "second_is": second[1] or None,
        "missing": "; ".join(missing) or None,
    }


def _unapproved(signs: pd.DataFrame) -> float:
    waits = signs.loc[signs["sign"].eq(APPROVAL_WAITS), "value"]
    return 1 - float(waits.iloc[0]) if len(waits) else np.nan


def _quick(latency: pd.DataFrame, window: Window, days: float) -> float:
    """Share of the decisions asked in the window that were taken in so many days; younger open ones wait."""
    asked = latency[window.holds(latency["asked_at"])]
    told = asked[~asked["open"] | asked["latency_days"].gt(days)]
    return float((~told["open"] & told["latency_days"].le(days)).mean()) if len(told) else np.nan


def outcome_metrics_read(portfolio: Portfolio, window: Window) -> float:
    """Share of the metrics observed in the window that are of outcome or behaviour; NaN for none."""
    seen = portfolio.observations.loc[window.holds(portfolio.observations["at"]), "metric_id"]
    read = portfolio.metrics[among(portfolio.metrics["metric_id"], seen)]
    return (
        float(read["kind"].isin([MetricKind.OUTCOME, MetricKind.BEHAVIOUR]).mean()) if len(read) else np.nan
    )


def _assessable_share(log: FlowLog, inside: outcomes.Inside, window: Window) -> float:
    """Share of the items started by the window's end that have a benefit which can be tested."""
    started = log.lives.started <= min(micro(window.end), NEVER - 1)
    return float(_assessable(log, inside)[started].mean()) if started.any() else np.nan


def _assessable(log: FlowLog, inside: outcomes.Inside) -> np.ndarray:
    return np.bincount(inside.item[inside.assessable], minlength=log.items) > 0


def _optimised(log: FlowLog, inside: outcomes.Inside, aligned: pd.DataFrame, uses: pd.DataFrame) -> float:
    """Spend of items with a benefit that can be tested or an L3 link ÷ spend that can be traced."""
    traced = float(uses.loc[uses["part"].ne("not_traceable"), "amount"].sum())
    tested = log.work["item_id"][_assessable(log, inside)]
    serves = among(aligned["item_id"], tested) | aligned["rung"].ge(CONTRIBUTES).to_numpy()
    return float(aligned.loc[serves, "spend_once"].sum()) / traced if traced > 0 else np.nan


def needs(settings: Settings) -> tuple[str, str]:
    """Which office the assessment speaks for, and from what; empty, and what is missing, without a key.

    Project management under 2.5 of 5: both, a PMO first. Else the mean of objective, authority and strategic
    alignment: 3.5 or more a VMO, 2.5 or less a PMO, between both.
    """
    said = settings.assessment
    keys = ("pm_maturity", "primary_objective", "authority", "strategic_alignment")
    if lacking := [key for key in keys if key not in said]:
        return "", f"[assessment] does not say {', '.join(lacking)}"
    mean = float(np.mean([said[key] for key in keys[1:]]))
    first, vmo, pmo, both = NEEDS
    told = (
        f"project management {said['pm_maturity']:g} of 5; objective, authority and alignment {mean:.1f} of 5"
    )
    if said["pm_maturity"] < 2.5:
        return first, told
    return (vmo if mean >= 3.5 else pmo if mean <= 2.5 else both), told


def figures(axes: pd.DataFrame, window: Window) -> list[Figure]:
    """``transition.governance``, ``.tracking``, ``.optimisation`` and ``.impact``; unknown ones say why."""
    return [
        Figure(
            f"transition.{row['axis']}",
            None if pd.isna(row["value"]) else float(row["value"]),
            "share",
            int(pd.notna(row["first"])) + int(pd.notna(row["second"])),
            window,
            f"{row['title']}, 0 as a PMO to 1 as a VMO: mean of {_inputs(row)}"
            + ("; assessed, not measured" if row["basis"] == ASSESSED else ""),
            why=None
            if pd.notna(row["value"])
            else f"nothing tells of {row['missing']}, nor does [assessment]",
        )
        for row in axes.to_dict("records")
    ]


def _inputs(row: dict[Any, Any]) -> str:
    both = [str(row[name]) for name in ("first_is", "second_is") if isinstance(row[name], str)]
    return " and ".join(both)
