"""The planted benefits: one line a test, with the attainment that the observations will show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Change = tuple[str, float | date, float | date, date, str]

# epic | kind | metric | unit | baseline | target | lag days | due | planned value in EUR 1,000 | value type |
# cadence | mode | attainment
# mode: level (attainment × plan) · decay (sound, then losing a share of plan a month) · watch (noise too wide
# to call) ·
#       few (due has passed, too few observations) · early (not yet due) · season (level on a yearly rhythm) ·
#       no_metric, no_baseline, no_target, no_due, no_lag, flat_target: that element is missing
TESTS = """
kiosk_refresh|behaviour|Orders per kiosk and week|orders|14|60|30|2026-03-31|900|revenue|30|level|0.03
refund_instant|outcome|Refund complaints per 1,000 orders|per 1,000|9.2|4.0|30|2026-06-30|1200|customer|30|\
level|0.12
cross_border_at|outcome|Online revenue in Austria per week|EUR 1,000|20|310|14|2026-09-30|1400|revenue|30|\
level|0.25
vendor_scorecard|outcome|Vendor deductions collected per month|EUR 1,000|40|185|45|2026-07-31|1600|cost|30|\
level|0.35
pallet_tracking|outcome|Lost pallets per week|pallets|96|42|20|2026-04-30|2100|cost|7|decay|0.08
chargeback|outcome|Chargebacks won|%|31|55|20|2026-04-15|600|risk|7|decay|0.09
coupons_mobile|behaviour|Coupons redeemed on the phone|%|6|35|21|2026-05-31|800|revenue|30|level|0.30
click_reserve|outcome|Reservations collected within 48 hours|%|22|48|30|2026-08-31|500|customer|30|level|0.42
one_tap_returns|outcome|Cart abandonment|%|31.4|26.2|14|2026-06-30|1100|revenue|7|level|1.05
fresh_forecast|outcome|Fresh waste|% of turnover|6.8|5.1|30|2026-08-31|900|cost|30|season|0.98
apple_pay|behaviour|Orders paid by wallet|%|4|22|14|2026-04-30|350|revenue|30|level|1.12
late_cutoff|outcome|Orders placed between 18 and 22 h|per day|1900|3400|14|2026-08-31|700|revenue|30|level|\
0.86
voucher_pool|outcome|Hours for voucher reconciliation|hours|320|90|30|2026-08-31|300|cost|30|level|0.84
invoice_b2b|outcome|Business orders per week|orders|140|420|30|2026-07-31|500|revenue|30|season|0.85
guest_checkout|outcome|First-visit conversion|%|1.9|2.6|30|2026-04-30|600|revenue|30|watch|0.66
evening_slots|outcome|Failed first deliveries|%|11.5|6.5|30|2026-05-31|500|customer|30|watch|0.65
store_order_cal|outcome|Missed order deadlines per month|deadlines|210|80|30|2026-05-31|300|cost|30|watch|0.64
eta_mail|outcome|Where-is-my-parcel contacts per 1,000 orders|per 1,000|74|48|60|2027-02-28|400|cost|30|\
early|0.5
cash_office|outcome|Cash office hours per store and week|hours|9.5|3.0|90|2027-03-31|350|cost|30|early|0.5
live_tracking|outcome|Courier contact rate|%|5.1|3.2|30|2027-06-30|520|customer|30|early|0.0
offers_ai|outcome|Basket value of members with offers|EUR|38.5|42.0|45|2027-08-31|900|revenue|90|early|0.0
size_curves|outcome|Sold-out core sizes|%|18|11|14|2027-01-31|600|revenue|30|early|0.1
demand_sensing|outcome|||31|19|30|2026-09-30|500|cost|30|no_metric|0
tier_benefits|outcome|Members who choose a benefit|%||40|14|2026-08-31|250|customer|30|no_baseline|0
risk_rules|outcome|Manual fraud reviews per 1,000 orders|per 1,000|22||14|2026-09-30|200|cost|30|no_target|0
returns_to_vendor|outcome|Days until the vendor's credit note|days|41|20|30||300|cost|30|no_due|0
collect_hold|outcome|Orders not collected|%|9.4|6.0||2026-09-30|180|cost|30|no_lag|0
parcel_photo|outcome|Not-received claims per 10,000 parcels|per 10,000|21|21|14|2026-08-31|220|cost|30|\
flat_target|0
basket_merge|outcome|Baskets continued on a second device|%|3.5|8.0|30|2026-09-30|400|revenue|45|few|0.4
dock_booking|outcome|Truck waiting time at the dock|minutes|74|35|30|2026-09-30|260|cost|60|few|0.6
points_expiry|outcome|Points redeemed before expiry|%|58||30|2027-04-30|200|customer|90|no_target|0
stock_accuracy|outcome|Stock accuracy|%|91.5|97|30||380|cost|30|no_due|0
promise_engine|outcome|Delivery promise kept|%|91|97|30|2026-07-31|1300|customer|30|level|0.05
sca_exempt|behaviour|Payments without a second prompt|%|34|62|14|2026-03-31|450|revenue|30|level|0.30
refund_ledger|outcome|Open refund postings at month end|postings|2600|400|30|2026-08-31|400|cost|30|level|0.10
recommend_home|outcome|Revenue from recommendations per week|EUR 1,000|55|140|14|2026-09-30|800|revenue|7|\
level|0.20
till_update|outcome|Till outages per store and quarter|outages|6.2|2.0|60|2026-02-28|500|cost|30|level|0.45
dunning|outcome|Customers lost after dunning|%|24|14|60|2026-04-30|550|revenue|30|level|0.25
card_token|behaviour|Returning customers with a stored card|%|28|44|14|2026-09-30|350|revenue|7|level|1.0
label_api|outcome|Cost per label|EUR cent|11.0|7.5|14|2026-08-31|300|cost|7|level|0.97
newsletter_pref|behaviour|Newsletter unsubscriptions per month|%|1.8|1.1|7|2026-10-15|120|customer|7|level|\
0.95
app_push|behaviour|Push messages opened|%|4.0|7.5|30|2026-03-31|200|revenue|30|level|1.0
fraud_score|outcome|Fraud losses of turnover|basis points|14.5|11.0|30|2027-08-31|700|risk|90|early|0.0
bnpl_till|behaviour|Store purchases paid later|%|0|6|30|2027-06-30|400|revenue|30|early|0.0
rightsize_box|outcome|Air shipped per parcel|%|43|31|60|2027-03-31|350|cost|30|early|0.3
promo_stock|outcome|Promotion articles left after the promotion|%|19|12|45|2027-03-31|450|cost|30|early|0.2
ship_from_store|outcome|Sold-out sizes sent from a store|%|3|40|30|2026-08-31|260|revenue|30|level|0.10
ship_from_store|outcome|Margin of sizes sent from a store|EUR 1,000|0|85|250|2027-12-31|410|revenue|30|\
early|0.0
"""

MISSING = {
    "no_metric": "metric",
    "no_baseline": "baseline",
    "no_target": "target",
    "no_due": "due",
    "no_lag": "lag_days",
    "flat_target": "target = baseline",
}
NOISE = {"level": 0.05, "season": 0.05, "watch": 0.20, "decay": 0.04, "few": 0.10, "early": 0.08}
# last observation of metrics that nobody feeds any more: older than twice the cadence (planted), inside it
# (near misses)
LAST_SEEN = {
    "apple_pay": date(2026, 7, 31),
    "till_update": date(2026, 7, 31),
    "sca_exempt": date(2026, 6, 30),
    "dunning": date(2026, 7, 31),
}
LAST_SEEN_NEARLY = {
    "app_push": date(2026, 9, 4),
    "guest_checkout": date(2026, 9, 4),
    "evening_slots": date(2026, 9, 4),
}
# red for months, and on plan since: share of the plan until that day. The board was told of it (planted)
RECOVERED = {"one_tap_returns": (0.35, date(2026, 8, 1))}
# what stands in the plan of a benefit, and was changed: column, before, today, day, reason. ``TESTS`` holds
# the plan that measures: of a moved one the first, of the others today's
MOVED: dict[str, Change] = {
    "coupons_mobile": ("target", 35.0, 15.0, date(2026, 5, 5), "Paper coupons stay for a year"),
    "cross_border_at": ("due", date(2026, 9, 30), date(2028, 3, 31), date(2026, 9, 24), "Slower market"),
    "dunning": ("target", 14.0, 21.5, date(2026, 3, 10), "New forecast"),
}
# moved as well, but today's plan judges them no more kindly: still red, or asking for more
MOVED_IN_VAIN: dict[str, Change] = {
    "refund_instant": ("target", 4.0, 6.0, date(2026, 4, 21), "New forecast"),
    "card_token": ("target", 44.0, 48.0, date(2026, 8, 17), "Second wave of countries"),
}
# decided: 30 days after the change, and 10 days before it
RE_PLANNED: dict[str, Change] = {
    "apple_pay": ("target", 28.0, 22.0, date(2026, 2, 9), "One wallet fewer"),
    "late_cutoff": ("target", 4000.0, 3400.0, date(2026, 6, 15), "Halle II opens later"),
}
# changed while the plan was a draft: before the item was baselined
DRAFTED: dict[str, Change] = {"voucher_pool": ("target", 60.0, 90.0, date(2026, 2, 2), "Brand by brand")}
CHANGED = MOVED | MOVED_IN_VAIN | RE_PLANNED | DRAFTED


@dataclass(frozen=True)
class Benefit:
    """One benefit with its metric, as planted."""

    benefit_id: str
    metric_id: str | None
    slug: str
    kind: str
    metric: str
    unit: str
    baseline: float | None
    target: float | None
    lag: float | None
    due: date | None
    value: float
    value_type: str
    cadence: int
    mode: str
    attainment: float

    @property
    def inside_class(self) -> str:
        """behaviour, customer or business."""
        if self.kind == "behaviour":
            return "behaviour"
        return "customer" if self.value_type == "customer" else "business"


def benefits() -> tuple[Benefit, ...]:
    """All of ``TESTS``, numbered in their order."""
    found = []
    for number, line in enumerate(TESTS.strip().splitlines(), start=1):
        slug, kind, metric, unit, base, target, lag, due, value, value_type, cadence, mode, attainment = (
            line.split("|")
        )
        found.append(
            Benefit(
                f"BEN-{number:02d}",
                f"M-{100 + number}" if metric else None,
                slug,
                kind,
                metric,
                unit,
                float(base) if base else None,
                float(target) if target else None,
                float(lag) if lag else None,
                date.fromisoformat(due) if due else None,
                float(value) * 1000,
                value_type,
                int(cadence),
                mode,
                float(attainment),
            )
        )
    return tuple(found)
