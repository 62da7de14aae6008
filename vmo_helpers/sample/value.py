"""Satisfaction, programme increments, criteria, risks and decisions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from vmo_helpers.sample.cast import Epic, epics
from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.world import END, STREAMS, TEAMS, at_work, days_ago, rows_of, stamp

Row = dict[str, Any]

# stream, instrument: mean score per quarterly wave (eight waves to October 2026), spread, answers a wave.
# Falls are the planted case
WAVES: dict[tuple[str, str], tuple[tuple[float, ...], float, int]] = {
    ("STO", "nps"): ((8.25, 8.28, 8.24, 8.26, 8.0, 7.75, 7.45, 7.15), 1.9, 2400),
    ("PAY", "ces"): ((5.6, 5.62, 5.58, 5.6, 5.45, 5.25, 5.05, 4.8), 1.2, 1500),
    ("C2S", "csat"): ((4.35, 4.36, 4.34, 4.35, 4.28, 4.16, 4.05, 3.9), 0.85, 1800),
    ("LOY", "nps"): ((8.3, 8.32, 8.28, 8.3, 8.31, 8.3, 8.29, 8.28), 1.8, 1600),  # within its interval
    ("SUP", "csat"): ((4.1, 4.05, 4.12, 4.08, 4.1, 4.07, 4.09, 4.06), 0.9, 350),  # suppliers: within it
    ("MKT", "nps"): ((7.9, 8.1, 8.0, 7.8, 8.1, 7.9, 8.0, 7.0), 2.2, 9),  # few sellers: no conclusion
}
SATISFACTION_DROPS, SATISFACTION_HELD = (
    ["VS-STO:nps", "VS-PAY:ces", "VS-C2S:csat"],
    ["VS-LOY:nps", "VS-SUP:csat", "VS-MKT:nps"],
)
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}

# programme increments of twelve weeks: predictability = actual ÷ planned of committed. Outside 80–100 % is
# the planted case
INCREMENTS = {
    "PI 24.5": 0.86,
    "PI 25.1": 0.93,
    "PI 25.2": 0.84,
    "PI 25.3": 0.68,
    "PI 25.4": 0.81,
    "PI 26.1": 0.91,
    "PI 26.2": 0.99,
    "PI 26.3": 1.08,
}
FIRST_INCREMENT = date(2024, 11, 25)
# business value achieved of planned, for objectives that name an epic: 80 % and more with a red outcome is
# opinion only (planted)
OPINION = {
    "kiosk_refresh": 0.95,
    "coupons_mobile": 0.90,
    "vendor_scorecard": 0.85,
    "refund_instant": 0.78,
    "click_reserve": 0.76,
    "refund_ledger": 0.75,
    "one_tap_returns": 0.96,
    "late_cutoff": 0.88,
    "fresh_forecast": 0.90,
}
OPINION_ONLY, NEARLY_OPINION = (
    ["kiosk_refresh", "coupons_mobile", "vendor_scorecard"],
    ["refund_instant", "click_reserve", "refund_ledger"],
)
GOALS = (
    "Pilot live in three regions",
    "Interface to the tills in production",
    "Response times under load",
    "Training of store managers done",
    "Old path switched off",
    "Dashboard for the value stream",
    "Error rate halved",
    "Contract tests with partners",
    "Roll-out wave two",
    "Test data for Austria",
    "Support handbook",
    "Alarms with runbooks",
)

# asked: days ago; after: how many days later it was decided (empty: open); due: days ago (negative: ahead);
# done: days ago (empty: not yet)
DECISIONS = """
slug|question|asked|outcome|after|due|done|metric|cost|options
promise_engine|Free the integration test queue: two more release engineers until it holds under eight epics?|57||||||EUR 24 k a month for two engineers|two engineers from Payments for three months; a second test environment; nothing new starts until eight epics are left
kiosk_refresh|Stop the store kiosk refresh after the second slice?|43|||||M-101|EUR 60 k to end the lease early|stop; pause until the second slice is measured; go on with ten stores
esl_labels|Stop electronic shelf labels or fund a new supplier?|36||||||EUR 310 k for a new supplier|
one_tap_returns|Fund the next slice of one-tap returns?|12|||||M-109|EUR 180 k for the slice|the whole slice; its first half, then look again
locker_network|Legal review of locker contracts in parallel to building?|27|||||||
wms_halle|Go on with Halle II while the works council agreement is open?|150|continue|21|20||||
cross_border_at|Pivot Austria to partner shops?|118|pivot|48|31||M-103||
self_checkout|Freeze new starts in Store Experience until four epics are finished?|205|freeze|41|100|96|||
drone_trial|Stop the drone trial?|190|stop|24|150|152|||
coupons_mobile|Fund paper coupons for one more year?|240|fund|28|190|188|M-107|EUR 95 k|
auction_mode|Stop auction mode?|133|stop|15|110|112|||
|Move the release window from monthly to fortnightly?|300|free|66|200|171|||
|One budget a value stream for Payments?|330|fund|28|296|290|||
tier_benefits|Which three benefits come first?|260|continue|9|240|238|||
|Second lawyer for contract review until March?|88|free|29|-20|||EUR 11 k a month|
crypto_pay|Stop the stablecoin trial?|292|stop|6|280|281|||
apple_pay|Is a target of 22 % of orders by wallet enough, with one wallet fewer?|246|continue|12|||||
late_cutoff|Plan with 3,400 late orders a day until Halle II opens?|159|continue|11|||||
"""  # noqa: E501
SLOW_AFTER = 30  # days


def survey_rows(rng: np.random.Generator) -> list[Row]:
    """Answers by wave and score; counts follow the planted mean, the spread and no luck."""
    rows: list[Row] = []
    first = date(2025, 1, 29)
    for (stream, instrument), (means, spread, answers) in WAVES.items():
        low, high = SCALES[instrument]
        scores = np.arange(low, high + 1)
        for wave, mean in enumerate(means):
            weight = np.exp(-0.5 * ((scores - mean) / spread) ** 2)
            counts = np.floor(answers * weight / weight.sum() + rng.uniform(0.3, 0.7, len(scores))).astype(
                int
            )
            at = stamp(datetime.combine(first + timedelta(days=91 * wave), time(12)))
            rows += [
                {
                    "survey_id": f"S-{stream}-{wave + 1}",
                    "at": at,
                    "instrument": instrument,
                    "score": int(score),
                    "count": int(count),
                    "value_stream_id": STREAMS[stream][0],
                }
                for score, count in zip(scores, counts, strict=True)
                if count
            ]
    return rows


def increment_rows(named: dict[str, tuple[str, str]], rng: np.random.Generator) -> list[Row]:
    """Four objectives a team and increment; the committed ones' planned value and all actual values give the
    planted ratio.

    ``named`` maps a slug to its item and team: in the last increment but one some objectives name their epic.
    """
    rows: list[Row] = []
    for number, (pi, ratio) in enumerate(INCREMENTS.items()):
        first = FIRST_INCREMENT + timedelta(days=84 * number)
        made: list[Row] = []
        for team, _ in TEAMS.values():
            for place, goal in enumerate(rng.permutation(len(GOALS))[:4]):
                planned = int(rng.integers(4, 11))
                actual = (
                    planned * ratio * float(np.clip(rng.normal(1.0, 0.13), 0.5, 1.2)) if place < 3 else 0.0
                )
                made.append(
                    {
                        "pi": pi,
                        "team": team,
                        "objective": GOALS[goal],
                        "planned_value": planned,
                        "committed": "true" if place < 3 else "false",
                        "actual_value": actual,
                        "from": first,
                        "to": first + timedelta(days=83),
                    }
                )
        if pi == list(INCREMENTS)[-2]:
            for slug, share in OPINION.items():
                if slug in named:
                    item, team = named[slug]
                    row = next(r for r in made if r["team"] == team and "item_id" not in r)
                    row |= {"item_id": item, "planned_value": 10, "actual_value": round(10 * share, 2)}
        _balance(made, ratio)
        rows += made
    return rows


def _balance(rows: list[Row], ratio: float) -> None:
    """Scale the actual values that name no epic so that the increment's sum is the planted share of its
    committed plan."""
    planned = sum(row["planned_value"] for row in rows if row["committed"] == "true")
    fixed = sum(row["actual_value"] for row in rows if "item_id" in row)
    free = sum(row["actual_value"] for row in rows if "item_id" not in row)
    for row in rows:
        if "item_id" not in row:
            row["actual_value"] = round(row["actual_value"] * (ratio * planned - fixed) / free, 2)


def criteria_rows(epics: list[Epic], rng: np.random.Generator) -> list[Row]:
    """Scores of the value framework's criteria for epics that compete for money."""
    bias = {"W": 0.8, "RT": -0.8}
    return [
        {
            "item_id": epic.item_id,
            "criterion": criterion,
            "score": int(np.clip(round(float(rng.normal(5.6 + bias.get(epic.label, 0.0), 1.9))), 1, 10)),
        }
        for epic in epics
        for criterion in ("roi", "strategic_alignment", "risk", "stakeholder_satisfaction")
    ]


def risk_rows(journeys: list[Journey], rng: np.random.Generator) -> list[Row]:
    """One or two risks on most of the dearer epics; those of finished ones are closed."""
    rows: list[Row] = []
    for made in journeys:
        if made.epic.cost < 250_000 or rng.random() > 0.75 or made.started is None:
            continue
        for _ in range(int(rng.integers(1, 3))):
            opened = at_work(made.started + timedelta(days=int(rng.integers(3, 40))), rng)
            closed = made.finished is not None or rng.random() < 0.2
            ended = min(
                made.finished or END,
                opened + timedelta(days=int(rng.integers(20, 160))),
                END - timedelta(days=1),
            )
            rows.append(
                {
                    "risk_id": f"R-{len(rows) + 1:03d}",
                    "item_id": made.epic.item_id,
                    "probability": round(float(rng.beta(2, 4)), 2),
                    "impact": round(made.epic.cost * float(rng.uniform(0.1, 0.7)), -4),
                    "roam": str(rng.choice(["owned", "owned", "accepted", "mitigated"]))
                    if not closed
                    else "resolved",
                    "opened_at": stamp(opened),
                    "closed_at": stamp(at_work(ended, rng)) if closed and ended > opened else None,
                }
            )
    return rows


def _decider(slug: str | None, question: str) -> str:
    """The role that can carry a decision out."""
    if "integration test" in question or "release window" in question:
        return "Release platform lead"
    stream = next((epic.stream for epic in epics() if epic.slug == slug), None)
    return STREAMS[stream][3] if stream else "Head of Portfolio Management"


def decision_rows(
    items: dict[str, str], metrics: set[str], rng: np.random.Generator
) -> tuple[list[Row], dict[str, list[str]]]:
    """The log of decisions, and which of them were slow, nearly slow, late, nearly late."""
    rows: list[Row] = []
    sorts: dict[str, list[str]] = {"slow": [], "quick": [], "late": [], "in_time": []}
    for told in rows_of(DECISIONS):
        slug, question, metric = told["slug"], str(told["question"]), told["metric"]
        if slug is not None and slug not in items:
            continue
        asked, after, due, done = (
            None if (days := told[name]) is None else int(days) for name in ("asked", "after", "due", "done")
        )
        assert asked is not None
        key = f"D-{len(rows) + 1:03d}"
        decided = None if after is None else at_work(days_ago(asked - after), rng)
        waited = asked if after is None else after
        sorts["slow" if waited > SLOW_AFTER + 3 else "quick"].append(key)
        if due is not None:
            sorts["late" if done is None and due > 0 else "in_time"].append(key)
        rows.append(
            {
                "decision_id": key,
                "asked_at": stamp(at_work(days_ago(asked), rng)),
                "question": question,
                "item_id": items.get(slug) if slug else None,
                "deck": "portfolio_review",
                "outcome": told["outcome"],
                "decided_at": stamp(decided),
                "decided_by": "Value sync" if decided else None,
                "owner": _decider(slug, question),
                "due": days_ago(due) if due is not None else None,
                "done_at": stamp(at_work(days_ago(done), rng)) if done else None,
                "effect_metric_id": metric if metric in metrics else None,
                "cost": told["cost"],
                "options": told["options"],
            }
        )
    return rows, sorts
