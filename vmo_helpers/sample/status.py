"""Status reports: what was said, how often, and where the last word contradicts itself or is old."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.world import END_DAY, STREAMS, at_work, days_ago, stamp

Row = dict[str, Any]

REPORTING_SINCE = date(2025, 1, 13)
SILENT = (
    "tier_benefits",
    "dock_booking",
    "points_expiry",
    "stock_accuracy",
)  # a plan but no report: the delivery facts speak
FORTNIGHTLY_FROM = 900_000.0  # planned cost
# days since the last report. Older than twice the rhythm is the planted case (30 or 14 days), inside it the
# near miss
OLD = {"two_person": 95, "demand_sensing": 78, "tax_engine_ch": 109, "wms_halle": 47}
NEARLY_OLD = {"gift_cards": 57, "newsletter_pref": 57, "staff_app": 26, "locker_network": 57}
# sub-rating of the last report that contradicts an overall green (planted)
CONTRADICTED = {
    "kiosk_refresh": ("benefits", "amber"),
    "same_day_slots": ("schedule", "amber"),
    "vendor_scorecard": ("benefits", "red"),
    "till_cloud": ("scope", "amber"),
}
CONTRADICTED_BEFORE = {
    "one_tap_returns": ("schedule", "amber"),
    "late_cutoff": ("scope", "red"),
    "eta_mail": ("budget", "amber"),
}
LAST_WORD = {
    "fraud_score": "green_amber",
    "bnpl_till": "amber",
    "rightsize_box": "amber",
    "promo_stock": "red",
    "recommend_home": "amber",
    "promise_engine": "amber_red",
    "sca_exempt": "amber",
    "refund_ledger": "red",
    "till_update": "amber",
    "dunning": "red",
    "card_token": "amber",
    "label_api": "green_amber",
    "newsletter_pref": "red",
    "app_push": "amber",
}
GREENS = {"W", "S", "O", "U", "GU"}

COMMENTS = {
    "green": (
        "On plan. Next milestone: pilot stores.",
        "Sprint goals met, no impediments that need the board.",
        "Within budget and schedule.",
        "Release candidate accepted by the business.",
        "Team stable; scope confirmed with the value stream.",
        "All milestones of the quarter met.",
        "Roll-out continues as planned.",
        "Budget used as planned, training done.",
        "Go-live checklist complete.",
        "Stakeholders satisfied with the demo.",
    ),
    "green_amber": (
        "Slot in the integration environment tight, else on plan.",
        "Minor slip on one interface, buffer used.",
        "One open question with data protection, answer expected next week.",
    ),
    "amber": (
        "Waiting for a slot in the integration test.",
        "Legal review takes longer than planned.",
        "Two people lent to the Christmas readiness team.",
        "Supplier interface two sprints late; plan B in work.",
        "Scope for the first release is being cut.",
        "Test data for Austria missing.",
    ),
    "amber_red": (
        "Milestone missed for the second time; new date under discussion.",
        "Queue in front of integration test: no date yet.",
        "Dependency on the tills not resolved.",
    ),
    "red": (
        "Release missed. Recovery plan goes to the value sync.",
        "No capacity in the release window before the freeze.",
        "Business case under review.",
        "Supplier has stopped work.",
    ),
}

AFTER_RELEASE = {
    "green": (
        "In use in all stores. Benefits are tracked with controlling.",
        "Hypercare ended, no open defects.",
        "Closed on budget.",
        "Roll-out complete. Benefit review planned with the business owner.",
        "Adoption as expected, figures follow.",
        "Stable in operation.",
        "Handed over to the value stream.",
    ),
    "green_amber": ("In use; one country still to follow.", "Stable, two follow-up defects open."),
    "amber": (
        "In use, benefits later than planned.",
        "Adoption behind plan; training repeated in two regions.",
        "Second release needed before the effect shows.",
    ),
    "amber_red": ("Benefits behind plan; measures under discussion.",),
    "red": ("In use, but the effect does not show. Business owner informed.", "Benefit case under review."),
}
LAST_COMMENT = {
    "kiosk_refresh": "All kiosks installed, on budget. Second slice in integration test.",
    "pallet_tracking": "Trackers on every pallet. Closed under budget.",
    "vendor_scorecard": "Scorecards sent to all vendors. Deductions ramp up later than planned.",
    "refund_instant": "Live in all stores since January. No open defects.",
    "coupons_mobile": "Live in app and at every till. Paper coupons stay for another year.",
    "esl_labels": "Supplier insolvent. New tender runs until spring.",
    "promise_engine": "Fourth round in integration test. No slot before the freeze.",
    "self_checkout": "96 of 140 stores equipped; waiting for a slot in integration test.",
    "wms_halle": "Works council agreement still open.",
    "one_tap_returns": "Four in five returns are started in the app. Next slice asked for.",
}


def reported(made: Journey) -> bool:
    """Whether anybody reports on the epic."""
    return made.epic.label != "-" and made.epic.slug not in SILENT


def rhythm_days(made: Journey) -> int:
    """Days between reports: a fortnight for the dear epics, else a month."""
    return 14 if made.epic.cost >= FORTNIGHTLY_FROM else 30


def report_rows(made: Journey, rng: np.random.Generator) -> list[Row]:
    """Reports at the epic's rhythm from its first weeks to the end of the data (delivered ones report on in
    the benefit phase)."""
    epic = made.epic
    if not reported(made) or made.started is None:
        return []
    rhythm = rhythm_days(made)
    last = days_ago({**OLD, **NEARLY_OLD}.get(epic.slug, int(rng.integers(1, 9))))
    begin = max(
        REPORTING_SINCE,
        made.started.date() + timedelta(days=min(20, (END_DAY - made.started.date()).days // 2)),
    )
    days = [last]
    while days[-1] - timedelta(days=rhythm) >= begin:
        days.append(days[-1] - timedelta(days=rhythm))
    days.reverse()
    words = _words(epic.slug, epic.label, len(days), rng)
    rows: list[Row] = []
    author = (
        f"Epic owner, {STREAMS[epic.stream][1]}"
        if rng.random() < 0.7
        else f"Product manager, {STREAMS[epic.stream][1]}"
    )
    for place, (day, word) in enumerate(zip(days, words, strict=True)):
        at = at_work(day, rng)
        pool = (AFTER_RELEASE if made.finished and at > made.finished else COMMENTS)[word]
        comment = str(rng.choice(pool)) if rng.random() < 0.85 else None
        left = len(days) - 1 - place
        late = stamp(at + timedelta(days=2)) if rng.random() < 0.03 and left else None
        rows.append(
            {
                "item_id": epic.item_id,
                "at": stamp(at),
                "overall": word,
                **_parts(epic.slug, word, left, rng),
                "author": author,
                "comment": LAST_COMMENT.get(epic.slug, comment) if left == 0 else comment,
                "recorded_at": late,
            }
        )
    if epic.slug == "chargeback":  # a report that was corrected: two versions of one fact
        place = len(rows) - 5
        first = {
            **rows[place],
            "overall": "amber",
            "comment": "Win rate behind plan since the scheme changed its rules.",
            "recorded_at": rows[place]["at"],
        }
        corrected = stamp(at_work(days[place] + timedelta(days=6), rng))
        rows[place] = {
            **rows[place],
            "comment": "Corrected after the steering meeting.",
            "recorded_at": corrected,
        }
        rows.insert(place, first)
    return rows


def _words(slug: str, label: str, count: int, rng: np.random.Generator) -> list[str]:
    if label in GREENS:
        words = ["green"] * count
        if label != "W" and count > 6 and rng.random() < 0.5:  # an amber spell, long over
            place = int(rng.integers(1, count - 4))
            words[place : place + 2] = ["amber", "green_amber"]
        return words
    final = LAST_WORD.get(slug) or str(rng.choice(["amber", "amber", "amber_red", "red"]))
    ladder = ["green", "green_amber", "amber", "amber_red", "red"]
    top = ladder.index(final)
    steps = np.sort(rng.uniform(0.15, 0.9, top)) if top else np.array([])
    return [
        ladder[int((steps <= place / max(count - 1, 1)).sum())] if place < count - 1 else final
        for place in range(count)
    ]


def _parts(slug: str, word: str, left: int, rng: np.random.Generator) -> Row:
    """Sub-ratings. Greens agree with themselves in their last two reports, but for the planted ones."""
    parts: Row = dict.fromkeys(("schedule", "budget", "scope", "quality", "benefits"))
    if rng.random() < 0.75 or left == 0:
        parts |= {"schedule": word, "budget": "green", "scope": "green"}
        if rng.random() < 0.4:
            parts["quality"] = "green"
        if word != "green" and rng.random() < 0.4:
            parts["budget"] = "amber"
    if left == 0 and slug in CONTRADICTED:
        parts |= dict([CONTRADICTED[slug]])
    if left == 1 and slug in CONTRADICTED_BEFORE:
        parts |= dict([CONTRADICTED_BEFORE[slug]])
    if slug == "recommend_home" and left < 3:
        parts["benefits"] = "red"  # beside an amber overall: no contradiction of a green
    return parts
