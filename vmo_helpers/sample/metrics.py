"""Metrics beside the benefits: vanity metrics and what retires them, usage that drops, goals that froze."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from vmo_helpers.sample.outcomes import observation, observed_days
from vmo_helpers.sample.world import END_DAY, FIRST_DAY, STREAMS

Row = dict[str, Any]

# id | epic or stream | kind | name | unit | direction | cadence | banned | replaces | level | spread | mode
# mode: flat · ramp · drop3 (last three readings far below) · drop2, dip3, drop1 (near misses) · last:DAY
# (nobody reads it any more)
BESIDE = """
M-201|C2S|activity|Team velocity (story points per sprint)|points|increase|14|||212|0.08|ramp
M-202|STO|activity|Utilisation of project staff|%|increase|30|||93|0.02|flat
M-203|till_cloud|output|Tills migrated|tills|increase|30|||640|0.03|ramp
M-204|gift_cards|output|Gift card designs published|designs|increase|30|||18|0.05|ramp
M-205|club_app|activity|App downloads|downloads|increase|30|true||48000|0.06|ramp
M-206|SUP|output|Cost variance of projects|%|decrease|30|true||4.1|0.20|flat
M-207|SUP|outcome|Lead time from request to customer|days|decrease|30||M-206|205|0.06|flat
M-208|C2S|outcome|Epics that reached customers per quarter|epics|increase|90||M-201|5|0.15|flat
M-209|club_app|behaviour|Members who open the app each week|%|increase|30||M-205|21|0.03|flat
M-211|refund_instant|output|Service desks equipped|desks|increase|30|||310|0.03|ramp
M-212|vendor_scorecard|output|Vendors on the scorecard|vendors|increase|30|||480|0.03|ramp
M-213|label_api|activity|Label calls per day|calls|increase|30|||61000|0.05|flat
M-214|one_tap_returns|activity|Returns started in the app|per day|increase|30|||2900|0.06|ramp
M-221|store_pickup_v1|behaviour|Pick-up orders per store and week|orders|increase|7|||61|0.03|drop3
M-222|track_page|behaviour|Tracking page visits per order|visits|increase|30|||2.4|0.03|drop3
M-223|welcome_offer|behaviour|Second order within 30 days|%|increase|30|||17.5|0.03|drop3
M-224|basket_save|behaviour|Saved baskets opened again|%|increase|30|||34|0.03|drop2
M-225|parcel_insure|behaviour|Orders with parcel insurance|%|increase|30|||7.2|0.04|dip3
M-226|paypal_v2|behaviour|Express checkouts|% of orders|increase|30|||26|0.03|drop1
M-227|supplier_edi|behaviour|Orders confirmed electronically|%|increase|30|||88|0.02|flat
M-231|markdown_engine|behaviour|Markdown proposals accepted|%|increase|90|||41|0.04|flat
M-232|consent_hub|behaviour|Permissions given at sign-up|%|increase|30|||57|0.03|last:2026-09-22
M-233|demand_sensing|outcome|Forecast error on promotions|%|decrease|90|||31|0.04|flat
M-241|C2S|outcome|Online orders per week|orders|increase|7|||182000|0.04|christmas
M-242|STO|outcome|Store visits per week|visits|increase|7|||1240000|0.03|christmas
M-243|MKT|outcome|Marketplace turnover per month|EUR 1,000|increase|30|||410|0.06|christmas
"""
VANITY = ["M-201", "M-202", "M-203", "M-204", "M-205", "M-206"]
WITH_OUTCOME = ["M-211", "M-212", "M-213", "M-214"]
USAGE_DROPS, USAGE_HELD = (
    ["M-221", "M-222", "M-223"],
    ["M-224", "M-225", "M-226", "M-227", "M-141"],
)  # the last is meant to fall


def beside(items: dict[str, tuple[str, str, date]], rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """Metrics and observations of ``BESIDE``; ``items`` maps a slug to its item, its stream and its first day
    of readings."""
    metrics: list[Row] = []
    seen: list[Row] = []
    for line in BESIDE.strip().splitlines():
        metric, where, kind, name, unit, direction, cadence, banned, replaces, level, spread, mode = (
            line.split("|")
        )
        noise = rng.normal(0, float(spread), 200)
        if where in STREAMS:
            item, stream, first = None, STREAMS[where][0], FIRST_DAY
        elif where in items:
            item, stream, first = items[where]
        else:
            continue
        metrics.append(
            {
                "metric_id": metric,
                "name": name,
                "unit": unit,
                "direction": direction,
                "kind": kind,
                "timing": "leading" if kind == "behaviour" else None,
                "cadence_days": int(cadence),
                "season_days": 365 if mode == "christmas" else None,
                "banned": "true" if banned else None,
                "replaces": replaces or None,
                "item_id": item,
                "value_stream_id": stream,
            }
        )
        last = date.fromisoformat(mode[5:]) if mode.startswith("last:") else END_DAY
        first = max(FIRST_DAY, min(first, last - timedelta(days=260)))
        at = observed_days(7 if int(cadence) == 14 else int(cadence), first, last)
        at = at[::2] if int(cadence) == 14 else at
        if mode.startswith("last:"):
            at.append(datetime.combine(last, time()))
        values = float(level) * (1 + _shape(mode, len(at), noise[: len(at)], float(spread)))
        if mode == "christmas":
            values = values * np.array([_season(t) for t in at])
        seen += [observation(metric, t, v) for t, v in zip(at, values.tolist(), strict=True)]
        if metric == "M-222":  # segments are shown, never tested
            seen += [
                observation(metric, t, v * 1.12, segment="app")
                for t, v in zip(at[-8:], values[-8:].tolist(), strict=True)
            ]
    return metrics, seen


def _season(at: datetime) -> float:
    """A retailer's year: the weeks before Christmas at 1.8, the sales in July a little up, February low."""
    day = at.timetuple().tm_yday
    return float(
        1
        + 0.8 * np.exp(-(((day - 346) / 16) ** 2))
        + 0.15 * np.exp(-(((day - 190) / 14) ** 2))
        - 0.12 * np.exp(-(((day - 45) / 25) ** 2))
    )


def _shape(mode: str, count: int, noise: Any, spread: float) -> Any:
    noise = np.clip(noise, -2.0 * spread, 2.0 * spread)
    if mode == "ramp":
        return noise - 0.5 + 0.5 * np.arange(count) / max(count - 1, 1)
    tail = {"drop3": (3, -9.0), "drop2": (2, -9.0), "drop1": (1, -9.0), "dip3": (3, -0.9)}.get(mode)
    if tail:
        how_many, fall = tail
        noise[-how_many:] = fall * spread + 0.3 * noise[-how_many:]
    return noise
