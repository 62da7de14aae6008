"""What was planned, what changed, and who depends on whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from vmo_helpers.sample import waiting
from vmo_helpers.sample.cast import Epic
from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.world import END_DAY, FIRST_DAY, at_work, days_ago, stamp

Row = dict[str, Any]

# planned ends that the story needs, as first planned; others follow from finish or start
FIRST_END = {
    "promise_engine": date(2026, 2, 27),
    "kiosk_refresh": date(2025, 10, 31),
    "live_tracking": date(2026, 12, 11),
    "offers_ai": date(2027, 1, 29),
    "bnpl_till": date(2026, 12, 18),
    "fraud_score": date(2027, 2, 26),
    "same_day_slots": date(2026, 8, 28),
    "till_cloud": date(2026, 6, 30),
    "demand_sensing": date(2026, 5, 8),
    "markdown_engine": date(2026, 12, 4),
    "gift_cards": date(2026, 9, 30),
    "refund_instant": date(2025, 6, 30),
    "pallet_tracking": date(2025, 7, 31),
    "vendor_scorecard": date(2025, 8, 13),
    "click_reserve": date(2025, 9, 12),
    "points_expiry": date(2026, 3, 31),
    "stock_accuracy": date(2026, 9, 1),
    "self_checkout": date(2025, 11, 28),
    "esl_labels": date(2026, 3, 31),
    "rfid_inbound": date(2026, 7, 31),
    "store_wifi": date(2026, 6, 30),
    "two_person": date(2026, 7, 31),
    "lakehouse": date(2025, 10, 15),
    "refund_ledger": date(2025, 11, 14),
}
# scope: planned points and the share of it that was delivered (under 0.75 is the planted case)
SCOPE = {
    "risk_rules": (40, 0.50),
    "invoice_b2b": (25, 0.72),
    "till_update": (60, 0.6333),
    "chargeback": (50, 0.76),
    "fresh_forecast": (36, 0.7778),
    "store_order_cal": (30, 0.80),
    "apple_pay": (20, 1.0),
    "label_api": (16, 1.0),
    "cash_office": (18, 0.9444),
    "wave_picking": (45, 0.9111),
    "one_tap_returns": (24, 1.0),
    "lakehouse": (55, 0.8909),
}
# today's planned cost where it is not the first one (old value, today's, day)
COST_CHANGED = {
    "basket_merge": (295_000.0, date(2026, 3, 2), "Scope moved to a later epic"),
    "label_api": (260_000.0, date(2026, 5, 4), "Third carrier added"),
    "self_checkout": (2_900_000.0, date(2026, 1, 19), "Second supplier"),
    "promise_engine": (2_250_000.0, date(2026, 3, 16), "Second generation of the route model"),
}
# baselined this many days ago without any change or decision since: planted beyond 270; the rest are near
# misses
PLAN_AGED = {"esl_labels": 655, "sepa_instant": 520, "data_mesh": 331, "store_wifi": 276}
PLAN_NEARLY_AGED = {
    "rfid_inbound": 266,
    "two_person": 281,
    "wms_halle": 402,
}  # young enough; changed since; decided since
UNCHANGED = {*PLAN_AGED, "rfid_inbound", "wms_halle"}
WARNED = "ship_from_store"  # baselined after its planned end: the one counted warning of the clean sample
KEPT_END = {"promise_engine", WARNED}  # the planned end that nobody moved

DEPENDENCIES = (
    ("same_day_slots", "promise_engine"),
    ("ship_from_store", "event_bus"),
    ("staff_app", "store_wifi"),
    ("self_checkout", "till_cloud"),
    ("pickup_10", "ship_from_store"),
    ("offers_ai", "consent_hub"),
    ("member_pricing", "till_cloud"),
    ("live_tracking", "event_bus"),
    ("bnpl_till", "till_cloud"),
    ("club_app", "event_bus"),
    ("returns_3p", "seller_onboarding"),
    ("seller_ads", "catalogue_match"),
    ("carrier_switch", "promise_engine"),
    ("subscription_box", "promise_engine"),
    ("cargo_bike", "same_day_slots"),
    ("league_play", "club_app"),
    ("open_banking", "psd3_ready"),
    ("robot_picking", "wms_halle"),
    ("markdown_engine", "data_mesh"),
    ("b2b_shop", "seller_onboarding"),
    ("wallet_pass", "card_token"),
)
FIXED_DATES = {
    "psd3_ready": date(2027, 3, 31),
    "gift_cards": date(2026, 11, 20),
    "same_day_slots": date(2026, 11, 13),
    "store_events": date(2027, 2, 1),
    "till_cloud": date(2026, 12, 31),
}
URGENCY = {
    "gift_cards": "fixed_date",
    "same_day_slots": "decaying",
    "psd3_ready": "fixed_date",
    "markdown_engine": "decaying",
    "till_cloud": "late_penalty",
    "store_events": "fixed_date",
}


@dataclass(frozen=True)
class Plan:
    """What an epic promised. ``cost`` and ``end`` are the first plan; today's stand in the row."""

    baselined: datetime | None
    end: date | None
    cost: float | None


def plan(made: Journey, rng: np.random.Generator) -> Plan:
    """The first plan. Epics that are not reported on have an estimate of cost at most, and no planned end."""
    epic = made.epic
    cost = epic.cost or None
    if epic.label == "-" or made.started is None:
        return Plan(None, None, cost)
    if epic.slug in PLAN_AGED or epic.slug in PLAN_NEARLY_AGED:
        baselined = at_work(days_ago({**PLAN_AGED, **PLAN_NEARLY_AGED}[epic.slug]), rng)
    else:
        baselined = at_work(made.started + timedelta(days=int(rng.integers(6, 21))), rng)
    if epic.slug in FIRST_END:
        end = FIRST_END[epic.slug]
    elif made.finished:
        end = made.finished.date() - timedelta(days=int(rng.integers(-14, 60)))
    elif made.cancelled:
        end = made.cancelled.date() + timedelta(days=60)
    else:
        end = made.started.date() + timedelta(days=int(rng.integers(190, 320)))
    if epic.slug == WARNED:
        return Plan(at_work(date(2026, 4, 29), rng), date(2026, 4, 17), cost)
    return Plan(baselined, max(end, baselined.date() + timedelta(days=20)), cost)


def plan_columns(made: Journey, first: Plan, rng: np.random.Generator) -> tuple[Row, list[Row]]:
    """Today's plan as columns of work_items, and the plan_changes that lead back to the first one."""
    epic = made.epic
    row: Row = {"baselined_at": stamp(first.baselined), "planned_end": first.end, "planned_cost": first.cost}
    changes: list[Row] = []
    if first.end and first.baselined:
        row["planned_end"], changes = _moved_ends(made, first, rng)
    if epic.slug in COST_CHANGED and first.cost:
        today, day, reason = COST_CHANGED[epic.slug]
        changes.append(_change(epic, "planned_cost", at_work(day, rng), f"{first.cost:.0f}", reason))
        row["planned_cost"] = today
    if epic.slug in SCOPE:
        points, share = SCOPE[epic.slug]
        row |= {"scope_planned": points, "scope_delivered": round(points * share)}
    weekly = _cost_of_delay(epic, rng)
    row |= {
        "cost_of_delay_per_week": weekly,
        "urgency": URGENCY.get(epic.slug),
        "needed_by": FIXED_DATES.get(epic.slug),
    }
    if made.finished is None and made.cancelled is None:
        row |= waiting.estimate(epic.slug, made.started)
    if made.finished and made.finished.date() >= date(2025, 6, 1):
        row["release"] = f"R{made.finished:%y.%m}"
    return row, changes


def _moved_ends(made: Journey, first: Plan, rng: np.random.Generator) -> tuple[date, list[Row]]:
    """Late epics move their planned end, two or three times, each time to soon after the day of the
    change."""
    epic = made.epic
    changes: list[Row] = []
    assert first.end is not None and first.baselined is not None
    over = made.finished.date() if made.finished else END_DAY
    if (
        made.cancelled
        or epic.slug in UNCHANGED | KEPT_END
        or (made.finished and over <= first.end + timedelta(days=21))
    ):
        return first.end, []
    now = first.end
    limit = date(2026, 9, 20)
    while now < min(over, limit) and len(changes) < 3:
        day = max(
            now - timedelta(days=int(rng.integers(4, 24))),
            first.baselined.date() + timedelta(days=8),
            FIRST_DAY,
        )
        if day > limit:
            break
        changes.append(
            _change(epic, "planned_end", at_work(day, rng), now.isoformat(), str(rng.choice(REASONS)))
        )
        now = min(now + timedelta(days=int(rng.integers(60, 140))), over + timedelta(days=75))
    return now, changes


REASONS = (
    "Integration test capacity",
    "Supplier delay",
    "Waiting for legal review",
    "Christmas freeze",
    "Scope clarified",
    "Team borrowed for an incident",
    "Dependency on the tills",
)


def _change(epic: Epic, column: str, at: datetime, old: str, reason: str) -> Row:
    return {
        "table": "work_items",
        "key": epic.item_id,
        "column": column,
        "changed_at": stamp(at),
        "old_value": old,
        "reason": reason,
    }


def _cost_of_delay(epic: Epic, rng: np.random.Generator) -> float | None:
    if rng.random() < 0.3 or not epic.cost:
        return None
    return round(epic.cost * float(rng.lognormal(-3.9, 0.5)) / 500) * 500.0
