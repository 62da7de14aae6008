"""Which work serves which goal, since when, with what promise; and the goals' own changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from vmo_helpers.sample.cast import Epic
from vmo_helpers.sample.goals import TARGET_EDITED, TARGET_EDITED_IN_TIME, kr_name
from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.world import END_DAY, at_work, days_ago, stamp

Row = dict[str, Any]

# epic: expected change of the key result's value. Their sums over-map K01, K02 and K11 (> 1.5 × the way to
# go)
DELTA = {
    "self_checkout": 4,
    "same_day_slots": 8,
    "locker_network": 9,
    "late_cutoff": 3,  # K01: 13 to go
    "promise_engine": 4,
    "live_tracking": 3,
    "carrier_switch": 3,
    "refund_instant": 1,  # K02: 6
    "member_pricing": 0.60,
    "club_app": 0.55,  # K11: 0.7
    "split_shipments": -0.16,
    "address_check": -0.14,
    "rightsize_box": -0.02,  # K04: 0.22, a near miss at 1.45
    "ship_from_store": 9.0,  # K23: 6.5, a near miss at 1.38
    "pickup_10": 50,
    "click_reserve": 5,  # K07: 38, a near miss at 1.45
    "gift_cards": -5,
    "one_tap_returns": -2,
    "card_token": -1.5,  # K05: 6, a near miss at 1.42
    "label_api": -0.30,
    "wave_picking": -0.35,
    "fraud_score": -0.8,
    "chargeback": -0.3,
}
OVER_MAPPED, NEARLY_OVER_MAPPED = ["K01", "K02", "K11"], ["K04", "K05", "K07", "K23"]
# further key results of an epic, and how its effort is shared (None: equally)
ALSO: dict[str, tuple[tuple[str, ...], tuple[float, ...] | None]] = {
    "same_day_slots": (("K02", "K04", "K23", "K28"), (0.4, 0.2, 0.2, 0.1, 0.1)),
    "club_app": (("K12", "K13", "K26", "K30"), (0.4, 0.3, 0.2, 0.2, 0.1)),  # 1.2: scaled
    "member_pricing": (("K13", "K30"), None),
    "live_tracking": (("K28", "K40"), (0.5, 0.2, 0.1)),  # 0.8: the rest serves nothing
    "carrier_switch": (("K28", "K40"), None),
    "gift_cards": (("K34",), None),
    "pickup_10": (("K25",), None),
    "kiosk_refresh": (("K24",), None),
    "auto_replen": (("K14",), None),
    "cross_dock": (("K16",), None),
    "supplier_portal": (("K37",), None),
    "consent_hub": (("K17", "K39"), None),
    "returns_3p": (("K27",), None),
}
MANY_KEY_RESULTS, NEARLY_MANY = (
    ["same_day_slots", "club_app"],
    ["member_pricing", "live_tracking", "carrier_switch"],
)
APART = {
    "psd3_ready": ("K17",),
    "event_bus": ("K19", "K20"),
    "ci_speed": ("K19", "K35", "K38"),
    "store_wifi": ("O-22",),
}
THROUGH_FEATURES = {
    "birthday_treat": ("K41", "K32"),
    "receipt_digital": ("K36",),
}  # the epic itself has no link
THROUGH_COLUMN = ("brand_shop",)  # work_items.goal
FRESH = "returns_desk"  # linked two days before the end
REMOVED = {
    "wallet_pass": ("K05", date(2026, 3, 20), date(2026, 9, 1)),
    "cross_dock": ("K03", date(2026, 9, 22), date(2026, 10, 14)),
    "receipt_digital": ("O-3", date(2026, 9, 18), date(2026, 10, 9)),
    "kiosk_refresh": ("K01", date(2026, 2, 2), date(2026, 6, 30)),
}
ENDED = {"seller_ads": "K42"}  # its only goal ended in September
ORPHANS = ["esl_labels", "wms_halle", "endless_aisle", "wallet_pass", "seller_ads", "rfid_inbound"]
NEARLY_ORPHANS = ["birthday_treat", "receipt_digital", "brand_shop", "returns_desk", "cross_dock"]
WITHOUT_WORK = ["K08", "K10", "K31", "K33"]
BARELY_WORKED = ["K41", "K32", "K36", "K37"]  # one link each, three of them a feature's
SILOED, NOT_SILOED = ["K02", "K07", "K23"], ["K01", "K04", "K05"]
BEFORE_2026 = {"C2S": "O-01", "STO": "O-02", "LOY": "O-03", "PAY": "O-01"}
SINCE_2026 = {"C2S": "O-1", "SUP": "O-4", "PAY": "O-5", "LOY": "O-3"}
STATEMENTS = (
    "We believe that {title} moves this key result; we will know by the date.",
    "Assumption from the pilot, to be tested.",
    "Agreed in the value sync.",
)


def goal_links(made: Journey, features: list[str], rng: np.random.Generator) -> list[Row]:
    """All links of one epic and its features."""
    epic = made.epic
    level, _, goal = epic.goal.partition(" ")
    linked = at_work(_linked_day(made, rng), rng)
    rows: list[Row] = []
    if epic.slug in THROUGH_FEATURES:
        return [
            *_removed(epic, rng),
            *[
                _link(feature, code, at_work(days_ago(3 if epic.slug == "birthday_treat" else 30), rng))
                for feature, code in zip(features, THROUGH_FEATURES[epic.slug], strict=False)
            ],
        ]
    if goal and epic.slug not in THROUGH_COLUMN:
        row = _link(epic.item_id, goal, at_work(days_ago(2), rng) if epic.slug == FRESH else linked)
        if level == "3":
            row |= {
                "expected_delta": DELTA[epic.slug],
                "due": date(2026, 12, 31) if rng.random() < 0.7 else date(2026, 11, 30),
                "statement": str(rng.choice(STATEMENTS)).format(title=epic.title),
            }
        rows.append(row)
    more, shares = ALSO.get(epic.slug, ((), None))
    rows += [_link(epic.item_id, code, linked) for code in more]
    rows += [_link(epic.item_id, code, linked) for code in APART.get(epic.slug, ())]
    for row, share in zip(rows, shares or (), strict=False):
        row["share"] = share
    if epic.slug in ENDED:
        rows.append(_link(epic.item_id, ENDED[epic.slug], linked))
    if epic.goal == "." and made.finished:
        old = made.finished.date() < date(2026, 1, 15)
        found = (BEFORE_2026 if old else SINCE_2026).get(epic.stream)
        if found and rng.random() < 0.75:
            rows.append(_link(epic.item_id, found, linked))
    return [*rows, *_removed(epic, rng)]


def _linked_day(made: Journey, rng: np.random.Generator) -> date:
    """Goals of 2026 were linked in the new year at the earliest; work of that year a little after its
    start."""
    begun = made.started.date() if made.started else made.created.date()
    floor = date(2026, 1, 12).toordinal() + int(rng.integers(0, 40))
    if made.finished and made.finished.date() < date(2026, 1, 15):
        floor = 0
    day = max(floor, begun.toordinal() + int(rng.integers(1, 12)))
    return min(date.fromordinal(day), made.last_day, END_DAY)


def _link(item: str, goal: str, at: Any) -> Row:
    kind = "key_result" if goal.startswith("K") else "objective"
    return {
        "item_id": item,
        "goal_type": kind,
        "goal_id": kr_name(goal) if kind == "key_result" else goal,
        "linked_at": stamp(at),
    }


def _removed(epic: Epic, rng: np.random.Generator) -> list[Row]:
    if epic.slug not in REMOVED:
        return []
    goal, first, last = REMOVED[epic.slug]
    return [{**_link(epic.item_id, goal, at_work(first, rng)), "removed_at": stamp(at_work(last, rng))}]


def goal_changes(rng: np.random.Generator) -> list[Row]:
    """Edits of targets (one after its quarter was over) and of one weight."""
    rows = [
        {
            "table": "key_results",
            "key": kr_name(code),
            "column": "target",
            "changed_at": stamp(at_work(day, rng)),
            "old_value": old,
            "reason": reason,
        }
        for code, (old, day, reason) in {**TARGET_EDITED, **TARGET_EDITED_IN_TIME}.items()
    ]
    rows.append(
        {
            "table": "objectives",
            "key": "O-2",
            "column": "weight",
            "changed_at": stamp(at_work(date(2026, 3, 9), rng)),
            "old_value": "0.25",
            "reason": "Board: stores first after the spring results",
        }
    )
    return rows
