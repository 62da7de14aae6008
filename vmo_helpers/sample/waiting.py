"""Work that waits to be begun: what a week of it costs, how long it takes, and what the market shifted."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from vmo_helpers.sample.world import END_DAY, rows_of

Row = dict[str, Any]

# cost: of delay, EUR a week; weeks: low, likely, high; late: EUR once when its date is missed. What lacks a
# cost or a length cannot be put in order
ESTIMATES = """
slug|cost|low|likely|high|late
carrier_switch|2500|11|19|33|
visual_merch|5500|8|14|25|
supplier_portal|4500|9|15|24|
receipt_digital|1500|10|17|29|
seller_ads|7000|6|10|18|
subscription_box|6500|12|18|30|
open_banking|9000|14|22|38|
robot_picking|3500|16|26|44|
family_account|4000|7|12|22|
league_play|3000|5|9|16|
store_events|2000|6|10|17|180000
b2b_shop|8000|9|14|26|
ads_network|5000|8|12|21|
cargo_bike||10|16|28|
"""

# the first moves its item five places, and what it passes nearly as many back; the others reach waiting work
# that could not begin sooner
SHIFTS = """
kind|about|at|factor|reason|recorded
item|receipt_digital|2026-09-14T09:00:00+02:00|5|A law asks for it from 2027 on|2026-09-18T11:20:00+02:00
item|ads_network|2026-10-05T09:00:00+02:00|3|Brands advertise on marketplaces|
item|supplier_portal|2026-08-03|1.5|Two suppliers ask for it in their contracts|
stream|VS-PAY|2026-10-12|1.2|Fees for instant payments fell|
"""
MOVED, SHIFTED = ["receipt_digital", "family_account"], ["ads_network", "supplier_portal", "open_banking"]


def estimate(slug: str, started: datetime | None) -> Row:
    """Columns of work_items of an epic that is not finished: as told, else what it took and 3 to 22 weeks.

    One in eight of those in progress has none. The same for every seed: the order of work is planted.
    """
    for told in rows_of(ESTIMATES):
        if told["slug"] == slug:
            return {
                "cost_of_delay_per_week": told["cost"] and float(told["cost"]),
                "late_cost": told["late"] and float(told["late"]),
                **{f"weeks_{name}": float(str(told[name])) for name in ("low", "likely", "high")},
            }
    drawn = zlib.crc32(slug.encode())
    if started is None or drawn % 8 == 0:
        return {}
    spent, ahead = (END_DAY - started.date()).days // 7, 3 + drawn % 20
    return {
        "weeks_low": spent + round(ahead * 0.6),
        "weeks_likely": spent + ahead,
        "weeks_high": spent + 2 * ahead,
    }


def shift_rows(items: dict[str, str]) -> list[Row]:
    """The table shifts, of those items that the sample holds."""
    return [
        {
            "subject_type": told["kind"],
            "subject_id": items.get(str(told["about"]), told["about"]),
            "at": told["at"],
            "factor": float(str(told["factor"])),
            "reason": told["reason"],
            "recorded_at": told["recorded"],
        }
        for told in rows_of(SHIFTS)
        if told["kind"] != "item" or told["about"] in items
    ]
